"""What was observed, as figures that the model has too, with the error of their measurement.

Takes: a survey and logs. Gives: :class:`Observed`: values, the covariance of their sampling error, and how
simulated figures become figures that could have been observed.

Figures of a survey carry the error of its design, so that its effective size and never its number of persons
decides. Acts that people like to be seen doing are over-reported by a factor that is not known (prior 1.1 to
1.5): one factor for the whole survey. Figures of a log have no sampling error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.chance import Purpose, bells, evens
from labsim.analysis.survey.estimates import asked, estimates, steady_covariance
from labsim.analysis.survey.questions import OVER_REPORTED, QUESTIONS
from labsim.analysis.survey.survey import Survey
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.results.indicators import ALL, GROUP_CELLS, GROUP_LABELS, groups, indicator

Array = NDArray[np.float64]
GROUPINGS = ("age", "migrant", "digital")
OVER_REPORT = (1.1, 1.5)
_MOST = 0.99


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        indicator: of the model.
        group: of residents.
        source: ``survey``, ``cases`` or ``app``.
        scale: what the model's value is multiplied with, to be the observed one.
    """

    indicator: str
    group: str
    source: str
    scale: float = 1.0

    @property
    def name(self) -> str:
        """Return its name in tables and files."""
        return self.indicator if self.group == ALL else f"{self.indicator}[{self.group}]"

    @property
    def label(self) -> Text:
        """Return its name in words."""
        item = indicator(self.indicator).label
        if self.group == ALL:
            return item
        group = GROUP_LABELS[self.group]
        return t(f"{item.zh}·{group.zh}", f"{item.en}, {group.en}")


@dataclass(frozen=True)
class Observed:
    """Figures, what they are and how precisely they were measured.

    Attributes:
        figures: what they are.
        values: as observed, shape [figures].
        covariance: of the sampling error, shape [figures, figures].
        over_report: range of the factor for acts in surveys.
    """

    figures: tuple[Figure, ...]
    values: Array
    covariance: Array
    over_report: tuple[float, float] = OVER_REPORT

    @cached_property
    def _root(self) -> Array:
        """A matrix whose product with its transpose is the covariance."""
        size, turn = np.linalg.eigh((self.covariance + self.covariance.T) / 2)
        return np.asarray(turn * np.sqrt(np.maximum(size, 0.0)))

    @cached_property
    def _boosted(self) -> NDArray[np.bool_]:
        return np.array([one.source == "survey" and one.indicator in OVER_REPORTED for one in self.figures])

    def noisy(self, clean: Array, seed: int, number: int, sample: int = 0) -> Array:
        """Return simulated figures as they could have been measured.

        Args:
            clean: figures of the model, shape [n, figures].
            seed: of the noise.
            number: of the copy; another one gives other noise on the same figures.
            sample: added to the number of the sampling error alone: other persons, asked in the same way.
        """
        low, high = self.over_report
        factor = low + (high - low) * evens(seed, Purpose.NUISANCE, number, (len(clean), 1))
        measured = np.where(self._boosted, _boosted(clean, factor), clean)
        return np.asarray(measured + bells(seed, Purpose.NOISE, number + sample, clean.shape) @ self._root.T)

    def only(self, keep: Iterable[int]) -> "Observed":
        """Return some of the figures, by place."""
        some = list(keep)
        return Observed(tuple(self.figures[i] for i in some), self.values[some], self.covariance[np.ix_(some, some)],
                        self.over_report)  # fmt: skip

    def replaced(self, values: Array) -> "Observed":
        """Return the same figures with other values."""
        return Observed(self.figures, np.asarray(values, np.float64), self.covariance, self.over_report)

    def tightened(self, times: float) -> "Observed":
        """Return the same figures from a survey of so many times the persons."""
        return Observed(self.figures, self.values, self.covariance / times, self.over_report)


def _boosted(clean: Array, factor: Array) -> Array:
    share = clean <= 1.0
    return np.where(share, np.minimum(clean * factor, _MOST), clean * factor)


def observed(
    survey: Survey | None,
    logs: Mapping[str, Mapping[str, float]],
    residents: float,
    groupings: Sequence[str] = GROUPINGS,
) -> Observed:
    """Return what a survey and logs say.

    Args:
        survey: or None.
        logs: figures by name of the indicator, under ``cases`` and ``app``.
        residents: of the community, for figures that count acts.
        groupings: of residents, that the survey's figures are also given for.

    Raises:
        InputError: there is not a single figure that the model has too.
    """
    figures: list[Figure] = []
    values: list[float] = []
    covariance = np.zeros((0, 0))
    if survey is not None:
        wanted = _wanted(survey, groupings)
        found, joint = estimates(survey, wanted)[0], steady_covariance(survey, wanted)
        keep = [i for i, one in enumerate(found) if not one.hidden]
        for i in keep:
            name = QUESTIONS[found[i].question].indicator
            assert name is not None
            scale = 1.0 / residents if name == "volunteer_acts_year" else 1.0
            figures.append(Figure(name, found[i].group, "survey", scale))
            values.append(found[i].value)
        covariance = joint[np.ix_(keep, keep)]
    for source, some in logs.items():
        for name, value in some.items():
            figures.append(Figure(name, ALL, source))
            values.append(value)
    raise_if([] if figures else [Problem.at("data", t("没有任何可用的数字", "there is no figure to fit to"))])
    whole = np.zeros((len(figures), len(figures)))
    whole[: len(covariance), : len(covariance)] = covariance
    return Observed(tuple(figures), np.array(values), whole)


def _wanted(survey: Survey, groupings: Sequence[str]) -> list[tuple[str, str]]:
    """Return questions and groups that the model has a figure for."""
    found = []
    for question in asked(survey):
        name = QUESTIONS[question].indicator
        if name is None:
            continue
        # The number of acts in a group needs the size of the group, which the community's margins only know.
        inside = groups(indicator(name)) if name != "volunteer_acts_year" else (ALL,)
        found.append((question, ALL))
        found += [(question, one) for one in GROUP_CELLS if one in inside and one.split(":")[0] in groupings]
    return found
