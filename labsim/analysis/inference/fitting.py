"""One call from a study to a posterior, by the method of one's choice.

Takes: a study. Gives: :class:`Fit`: the posterior, how the bank was made, and whether the data fit the model.

``regression`` (the default) needs one bank for any number of data sets; ``smc`` makes fresh simulations that close
in on these data. Two methods that disagree are a warning that no single one gives.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.inference.bank import Bank, simulate_bank, simulated
from labsim.analysis.inference.calibration import Quality, drawn, quality
from labsim.analysis.inference.joint import Joint, joint
from labsim.analysis.inference.misfit import Misfit, expectation, misfit
from labsim.analysis.inference.posterior import Posterior
from labsim.analysis.inference.regression import DRAWS, learn
from labsim.analysis.inference.smc import emulated, smc
from labsim.analysis.inference.study import Study
from labsim.experiment.runner import Progress, Watch
from labsim.foundations.errors import raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.record import system, versions
from labsim.results.store import RunStore

Array = NDArray[np.float64]
METHODS = ("regression", "smc")
PREDICTIVE = 60
"""Fresh runs at draws of the posterior."""
TESTS = 200


@dataclass(frozen=True)
class Fit:
    """What a study found.

    Attributes:
        study: what was asked.
        bank: the simulations.
        posterior: what is known now.
        misfit: whether the model could have made the data.
        quality: how well the inference finds each parameter on data of known truth; empty when not asked for.
        simulations: how many were made, checks of prediction included.
    """

    study: Study
    bank: Bank
    posterior: Posterior
    misfit: Misfit
    simulations: int
    quality: tuple[Quality, ...] = ()


def fit(
    study: Study,
    method: str = "regression",
    store: RunStore | None = None,
    watch: Watch | Progress | None = None,
    bank: Bank | None = None,
    checks: tuple[int, int] = (PREDICTIVE, TESTS),
) -> Fit:
    """Fit a study.

    Args:
        study: what is fitted to what.
        method: ``regression`` or ``smc``.
        store: where runs are kept and found; whoever stops and starts again loses nothing with one.
        watch: who is told.
        bank: simulations that are there already.
        checks: fresh runs for the predictive check, and data sets of known truth for the lights; 0 leaves one out.

    Raises:
        InputError: an unknown method, or runs that failed.
        KeyboardInterrupt: it was stopped.
    """
    raise_if([unknown_name("--method", method, METHODS, t("方法", "method"))] if method not in METHODS else [])
    bank = bank or simulate_bank(study, store, watch)
    seen = bank.observed
    known = learn(bank, study.seed)
    made = bank.n
    if method == "smc":
        places = [study.observed.figures.index(one) for one in seen.figures]

        def model(scores: Array, first: int) -> Array:
            clean = simulated(study, scores, first, store)[0][:, places]
            return np.where(np.isfinite(clean), clean, np.median(bank.clean, axis=0))

        scores, course = smc(bank, known, seen.values, model, study.seed)
        made = course[-1].simulations
    else:
        scores = known.posterior(seen.values, study.seed)
    predicted = _predicted(study, bank, scores, store, checks[0])
    judged = tuple(check(bank, study.seed, checks[1], 400, method)) if checks[1] else ()
    record = {
        "study": study.fingerprint(), "seed": study.seed, "simulations": made, "method": method,
        "versions": versions(), "platform": system(), "data": dict(study.data or {}),
        "quality": {one.name: asdict(one) for one in judged},
    }  # fmt: skip
    found = Posterior(
        study.priors, scores, method, tuple(one.name for one in seen.figures), seen.values, predicted, record
    )
    known_misfit = misfit(expectation(bank, study.seed), bank, seen.values)
    return Fit(study, bank, found, known_misfit, made + len(predicted), judged)


def _predicted(study: Study, bank: Bank, scores: Array, store: RunStore | None, many: int) -> Array:
    """Return figures of fresh runs at draws, measured as the real ones were."""
    if many == 0:
        return np.zeros((0, len(bank.observed.figures)))
    rows = np.linspace(0, len(scores) - 1, many).round().astype(np.int64)
    places = [study.observed.figures.index(one) for one in bank.observed.figures]
    clean = simulated(study, scores[rows], 2_000_000, store)[0][:, places]
    clean = np.where(np.isfinite(clean), clean, np.median(bank.clean, axis=0))
    return bank.observed.noisy(clean, study.seed, 500)


def check(bank: Bank, seed: int, tests: int = TESTS, draws: int = DRAWS, method: str = "regression") -> list[Quality]:
    """Return how well a method finds each parameter; the first half of :func:`checked`."""
    return checked(bank, seed, tests, draws, method)[0]


def checked(
    bank: Bank, seed: int, tests: int = TESTS, draws: int = DRAWS, method: str = "regression"
) -> tuple[list[Quality], Joint]:
    """Return how well a method finds each parameter and all of them, on simulations it has not learnt from.

    ``smc`` makes its fresh simulations on a stand-in for the model that the same bank taught (:func:`emulated`): the
    truths and their figures are the model's own, what closes in on them is not.

    Args:
        bank: all simulations; the last ones are held out.
        seed: of the errors of measurement.
        tests: how many are held out, at most a fifth.
        draws: of each posterior.
        method: that is tried.
    """
    many = min(tests, bank.n // 5)
    held, part = np.arange(bank.n - many, bank.n), bank.part(np.arange(bank.n - many))
    known = learn(part, seed)
    stand_in = emulated(part, seed)

    def infer(values: Array, luck: int) -> Array:
        if method == "smc":
            return smc(part, known, values, stand_in, luck, draws)[0]
        return known.posterior(values, luck, draws=draws)

    found = drawn(bank, held, infer, seed)
    return quality(bank, held, found), joint(bank.scores[held], found, seed)
