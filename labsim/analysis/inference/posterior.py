"""Posteriors: draws, what they rest on, and a file that others read.

Takes: draws of a study. Gives: :class:`Posterior`, saved as netCDF in the layout of ArviZ with the record that
makes it again: study, seeds, versions and hashes of the data. Reading one runs nothing.
"""

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.inference.bank import Placed
from labsim.analysis.inference.calibration import NOT_CHECKED, ONLY_PRIOR, Light, Quality, Rests, rests_on
from labsim.analysis.inference.priors import Prior, world_of
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import t
from labsim.foundations.writing import check_writable, unwritable
from labsim.scenario.scenario import Scenario

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """What may be said of a parameter.

    Attributes:
        name: of the parameter.
        label: its name in words.
        interval: the central 90 %.
        rests: on data, on the prior, or on both.
        light: green and yellow ones may carry a verdict, red ones may not.
        why: the reason for the light, in a sentence.
    """

    name: str
    label: Text
    interval: tuple[float, float]
    rests: Rests
    light: Light
    why: Text


@dataclass(frozen=True)
class Posterior:
    """What is known about parameters after the data.

    Attributes:
        priors: the parameters.
        scores: draws as standard normal scores of the prior, shape [draws, parameters].
        method: how they were found.
        figures: name of each observed figure.
        observed: observed figures, shape [figures].
        predicted: figures of fresh runs at draws, errors of measurement included, shape [runs, figures].
        record: what makes it again.
    """

    priors: tuple[Prior, ...]
    scores: Array
    method: str
    figures: tuple[str, ...] = ()
    observed: Array = field(default_factory=lambda: np.zeros(0))
    predicted: Array = field(default_factory=lambda: np.zeros((0, 0)))
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> Array:
        """Return natural values, shape [draws, parameters]."""
        return np.stack([one.natural(self.scores[:, i]) for i, one in enumerate(self.priors)], axis=1)

    def interval(self, name: str, level: float = 0.9) -> tuple[float, float]:
        """Return the central interval of a parameter."""
        at = [one.name for one in self.priors].index(name)
        low, high = np.quantile(self.values[:, at], [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def width(self, name: str) -> float:
        """Return the width of the 90 % interval as a share of the prior's."""
        prior = next(one for one in self.priors if one.name == name)
        low, high = self.interval(name)
        return (high - low) / prior.whole

    def rests(self, name: str) -> Rests:
        """Return what a parameter rests on: data, prior, or both."""
        return rests_on(self.width(name))

    @property
    def lights(self) -> dict[str, Light]:
        """Return the light of each parameter as the inference was checked; what rests on the prior alone is red."""
        return {one.name: one.light for one in self.standings()}

    def standings(self) -> list[Standing]:
        """Return of each parameter what it rests on, its light and the reason for it."""
        checked = {name: Quality(**one) for name, one in dict(self.record.get("quality", {})).items()}
        found = []
        for one in self.priors:
            rests, known = self.rests(one.name), checked.get(one.name)
            if known is None:
                light, why = Light.RED, NOT_CHECKED
            elif rests is Rests.PRIOR:
                light, why = Light.RED, ONLY_PRIOR
            else:
                light, why = known.light, known.why
            found.append(Standing(one.name, one.label, self.interval(one.name), rests, light, why))
        return found

    def worlds(self, many: int, base: Scenario) -> tuple[Placed, ...]:
        """Return states of the world at even steps through the draws, for experiments."""
        rows = np.unique(np.linspace(0, len(self.scores) - 1, many).round().astype(np.int64))
        values = self.values
        return tuple(
            Placed(1 + i, (), tuple(world_of(self.priors, [float(one) for one in values[row]], base).items()))
            for i, row in enumerate(rows)
        )

    def predictive(self) -> list[tuple[str, float, float, float, bool]]:
        """Return name, observed, and the ends of the 95 % band of each figure, and whether it lies inside."""
        if not len(self.predicted):
            return []
        low, high = np.quantile(self.predicted, [0.025, 0.975], axis=0)
        return [
            (name, float(x), float(a), float(b), bool(a <= x <= b))
            for name, x, a, b in zip(self.figures, self.observed, low, high, strict=True)
        ]


def crps(draws: Array, truth: Array) -> Array:
    """Return the continuous ranked probability score of each column, smaller is better (Gneiting & Raftery 2007).

    Args:
        draws: forecasts, shape [draws, figures].
        truth: what came, shape [figures].
    """
    ordered = np.sort(draws, axis=0)
    n = len(draws)
    share = (2 * np.arange(1, n + 1) - n - 1)[:, None]
    spread = np.sum(share * ordered, axis=0) / n**2
    return np.asarray(np.mean(np.abs(draws - truth), axis=0) - spread)


def save_posterior(found: Posterior, path: Path) -> None:
    """Write a posterior as netCDF (ArviZ InferenceData), whole or not at all.

    Raises:
        InputError: the place cannot be written to, or the ending is not ``.nc``.
    """
    if path.suffix != ".nc":
        what = t(f"不支持 {path.suffix or path.name}", f"{path.suffix or path.name} is not supported")
        raise InputError([Problem(Where(str(path)), what, t(".nc", ".nc"))])
    check_writable(path)
    az = _arviz()
    values = found.values
    posterior = {one.name: values[None, :, i] for i, one in enumerate(found.priors)}
    groups: dict[str, Any] = {"posterior": posterior}
    if len(found.figures):
        groups["observed_data"] = {"figures": found.observed}
        groups["posterior_predictive"] = {"figures": found.predicted[None]}
    axes = {"figures": ["figure"]} if len(found.figures) else {}
    data = az.from_dict(**groups, coords={"figure": list(found.figures)}, dims=axes)
    data.posterior.attrs.update(
        labsim=json.dumps(
            {
                "priors": [one.model_dump() for one in found.priors], "method": found.method,
                "figures": list(found.figures), "record": dict(found.record),
            },
            ensure_ascii=False,
        ),
    )  # fmt: skip
    data.posterior["scores"] = (("chain", "draw", "parameter"), found.scores[None])
    beside = path.with_name(f".saving-{path.name}")
    try:
        data.to_netcdf(str(beside), engine="h5netcdf", compress=False)
        beside.replace(path)
    except OSError as error:
        raise InputError([unwritable(path, error)]) from None
    finally:
        beside.unlink(missing_ok=True)


def load_posterior(path: Path) -> Posterior:
    """Return the posterior of a file.

    Raises:
        InputError: there is none, or it is not one of ours.
    """
    try:
        import xarray as xr
    except ImportError:
        raise InputError([_needs("xarray")]) from None
    try:
        with xr.open_dataset(path, group="posterior", engine="h5netcdf") as data:
            known: dict[str, Any] = json.loads(data.attrs["labsim"])
            scores = np.asarray(data["scores"].values[0], np.float64)
        seen, predicted = np.zeros(0), np.zeros((0, 0))
        if known["figures"]:
            with xr.open_dataset(path, group="observed_data", engine="h5netcdf") as data:
                seen = np.asarray(data["figures"].values, np.float64)
            with xr.open_dataset(path, group="posterior_predictive", engine="h5netcdf") as data:
                predicted = np.asarray(data["figures"].values[0], np.float64)
        priors = tuple(Prior(**one) for one in known["priors"])
        return Posterior(priors, scores, known["method"], tuple(known["figures"]), seen, predicted, known["record"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        what = t(f"不是 labsim 的后验文件：{error}", f"this is no posterior of labsim: {error}")
        raise InputError(
            [Problem(Where(str(path)), what, t("labsim research fit 写出的 .nc", "a .nc file of labsim research fit"))]
        ) from None


def _arviz() -> Any:
    try:
        with warnings.catch_warnings():
            # It says that its next version will have another interface; the extra names the one that is used.
            warnings.simplefilter("ignore", FutureWarning)
            import arviz
    except ImportError:
        raise InputError([_needs("arviz")]) from None
    return arviz


def _needs(library: str) -> Problem:
    what = t(f"需要软件包 {library}", f"the package {library} is needed")
    return Problem(Where(), what, t('pip install "labsim[research]"', 'pip install "labsim[research]"'))
