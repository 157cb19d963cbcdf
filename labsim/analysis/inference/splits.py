"""What is held out: blocks of the same survey, the year that followed, and other communities.

Takes: surveys and logs. Gives: :class:`Split`: figures from which is foretold, figures that are foretold, and what a
logistic regression of persons makes of them. None of the second figures is ever fitted to.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labsim.analysis.inference.logistic import regressed
from labsim.analysis.inference.observed import Observed, observed
from labsim.analysis.survey.survey import Survey
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import t
from labsim.scenario.scenario import Scenario

Array = NDArray[np.float64]
Logs = Mapping[str, Mapping[str, float]]
BLOCKS, LATER, ELSEWHERE = "blocks", "later", "elsewhere"
SPLIT_LABELS = {
    BLOCKS: t("另一半楼栋", "other half of the blocks"), LATER: t("下一年", "the year after"),
    ELSEWHERE: t("另一个社区", "another community"),
}  # fmt: skip
_FEWEST_BLOCKS = 8


@dataclass(frozen=True)
class Split:
    """Figures that are foretold from others.

    Attributes:
        name: ``blocks``, ``later`` or ``elsewhere``.
        first: what is known.
        second: what is foretold.
        regressed: what a logistic regression of the first one's persons says of the second, NaN for figures of logs.
        base: the community that the second figures are of.
    """

    name: str
    first: Observed
    second: Observed
    regressed: Array
    base: Scenario


def by_blocks(survey: Survey, logs: Logs, residents: float, base: Scenario) -> Split | None:
    """Return two halves of the surveyed blocks, logs with the first one; None with fewer than eight blocks.

    Halves are of every stratum, so that both stand for the community.
    """
    key = survey.stratum * (int(survey.cluster.max()) + 1) + survey.cluster
    blocks, place = np.unique(key, return_inverse=True)
    if not _FEWEST_BLOCKS <= len(blocks) < survey.n:
        return None
    first = np.arange(len(blocks)) % 2 == 0
    one, other = (survey.part(np.flatnonzero(side)) for side in (first[place], ~first[place]))
    try:
        seen, came = observed(one, logs, residents), observed(other, {}, residents)
    except InputError:
        return None
    return Split(BLOCKS, seen, came, regressed(one, other, came), base)


def apart(
    name: str, base: Scenario, known: tuple[Survey | None, Observed], came: tuple[Survey | None, Observed]
) -> Split:
    """Return a split into what a study is fitted to and data of another year or community.

    Args:
        name: ``later`` or ``elsewhere``.
        base: the community of the other data.
        known: survey and figures of the study.
        came: survey and figures of the other data.
    """
    (survey, seen), (other, told) = known, came
    nothing = np.full(len(told.figures), np.nan)
    return Split(name, seen, told, nothing if survey is None or other is None else regressed(survey, other, told), base)
