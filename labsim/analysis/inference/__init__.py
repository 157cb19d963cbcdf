"""Calibration to data outside the simulator: priors, simulations, posteriors and checks of the inference itself."""
