"""Indicators of a city: volunteering, inspection, money, the spread of practices, and inequality.

Takes: nothing. Gives: :data:`CITY_INDICATORS`, by name, in the order in which they are shown.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from labsim.foundations.i18n import t
from labsim.model.city_diffusion import NEVER
from labsim.model.city_state import CityTrajectory
from labsim.model.state import FEN
from labsim.results.city import (
    HALF,
    CityIndicator,
    allotted_a_year,
    events_a_year,
    followers,
    formality,
    gini,
    of_communities,
    third,
)
from labsim.results.declaration import NOT_MEASURABLE, Array, Better, Delta
from labsim.results.indicators import indicator
from labsim.results.margins import FIVE_POINTS, MONEY, tenth

_ONE = Delta(absolute=1.0, source="assumption: one of them")
_SHARED = (
    "satisfaction_share",
    "volunteer_acts_year",
    "fix_rate_official",
    "fix_rate_genuine",
    "handling_days_mean",
    "backlog_mean",
    "detection_days",
    "council_attendance",
)


def _mean(values: Array) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else NOT_MEASURABLE


def _of(
    values: Callable[[CityTrajectory], Array], summary: Callable[[Array], float]
) -> Callable[[CityTrajectory], float]:
    return lambda city: summary(values(city))


def _perfunctory(city: CityTrajectory) -> float:
    known = formality(city)[np.isfinite(formality(city))]
    return float((known > HALF).mean()) if len(known) else NOT_MEASURABLE


def _adopted_share(city: CityTrajectory) -> float:
    return float((city.adopted != NEVER).mean()) if city.adopted.size else NOT_MEASURABLE


def _followers(city: CityTrajectory) -> float:
    return float((followers(city) != NEVER).sum(axis=1).mean()) if city.adopted.size else NOT_MEASURABLE


def _streets(city: CityTrajectory) -> float:
    if not city.adopted.size:
        return NOT_MEASURABLE
    street = np.array(city.street)
    return float(np.mean([len(np.unique(street[days != NEVER])) for days in city.adopted]))


def _delay(city: CityTrajectory) -> float:
    days = followers(city)
    return float(days[days != NEVER].mean()) if (days != NEVER).any() else NOT_MEASURABLE


def _held(city: CityTrajectory) -> float:
    return float(city.funds["held"][-1].sum()) / FEN if len(city.funds) else NOT_MEASURABLE


def _reached(city: CityTrajectory) -> float:
    return float((city.periods["allotted"].sum(axis=0) > 0).mean()) if city.funds["paid_in"].any() else NOT_MEASURABLE


def _gap(name: str) -> list[CityIndicator]:
    """Return two indicators about one of a community: the mean of communities and the gap between thirds."""
    item, values = indicator(name), of_communities(name)
    return [
        CityIndicator(
            name=f"mean_{name}",
            label=t(f"{item.label.zh}(社区平均)", f"{item.label.en}, mean of communities"),
            unit=item.unit,
            better=item.better,
            delta=item.delta,
            formula=_of(values, _mean),
            definition=t(f"各社区“{item.label.zh}”的平均", f"mean over communities of: {item.label.en}"),
        ),
        CityIndicator(
            name=f"gap_{name}",
            label=t(f"{item.label.zh}(社区差距)", f"{item.label.en}, gap between communities"),
            unit=item.unit,
            better=Better.LOWER,
            delta=item.delta,
            formula=_of(
                values,
                lambda all_: (
                    third(all_[np.isfinite(all_)], True) - third(all_[np.isfinite(all_)], False)
                    if np.isfinite(all_).any()
                    else NOT_MEASURABLE
                ),
            ),
            definition=t(
                f"“{item.label.zh}”最高三分之一与最低三分之一社区之差",
                f"highest minus lowest third of communities: {item.label.en}",
            ),
        ),
    ]


_ALL = (
    CityIndicator(
        name="events_year",
        label=t("志愿活动(社区平均)", "volunteer events, mean of communities"),
        unit="events/y",
        better=Better.HIGHER,
        delta=tenth(5.0),
        formula=_of(events_a_year, _mean),
        definition=t(
            "在社区内开展的志愿活动，折算为每年，各社区平均",
            "volunteer events held in a community, scaled to a year, mean of communities",
        ),
    ),
    CityIndicator(
        name="events_popular",
        label=t("热门社区志愿活动", "volunteer events, popular communities"),
        unit="events/y",
        better=Better.NONE,
        delta=tenth(5.0),
        formula=_of(events_a_year, lambda values: third(values, True)),
        definition=t("活动最多的三分之一社区的平均", "mean of the third of communities with most events"),
    ),
    CityIndicator(
        name="events_marginal",
        label=t("边缘社区志愿活动", "volunteer events, marginal communities"),
        unit="events/y",
        better=Better.HIGHER,
        delta=tenth(5.0),
        formula=_of(events_a_year, lambda values: third(values, False)),
        definition=t("活动最少的三分之一社区的平均", "mean of the third of communities with fewest events"),
    ),
    CityIndicator(
        name="events_gini",
        label=t("志愿活动基尼系数", "Gini coefficient of volunteer events"),
        unit="level",
        better=Better.LOWER,
        delta=FIVE_POINTS,
        formula=_of(events_a_year, gini),
        definition=t("志愿活动在社区间的基尼系数，0 为均等", "Gini coefficient of events over communities, 0 is equal"),
    ),
    CityIndicator(
        name="perfunctory_communities",
        label=t("应付式检查社区占比", "communities with perfunctory inspection"),
        unit="share",
        better=Better.LOWER,
        delta=FIVE_POINTS,
        formula=_perfunctory,
        definition=t(
            "过半检查走过场的社区占有检查社区的比例",
            "communities in which over half of visits are a formality / communities with visits",
        ),
    ),
    CityIndicator(
        name="formality_gini",
        label=t("走过场程度基尼系数", "Gini coefficient of the share of formality"),
        unit="level",
        better=Better.LOWER,
        delta=FIVE_POINTS,
        formula=_of(formality, lambda values: gini(values[np.isfinite(values)])),
        definition=t(
            "走过场占比在社区间的基尼系数",
            "Gini coefficient over communities of the share of visits that are a formality",
        ),
    ),
    CityIndicator(
        name="adoption_share",
        label=t("做法采用率", "communities that adopted"),
        unit="share",
        better=Better.HIGHER,
        delta=FIVE_POINTS,
        formula=_adopted_share,
        definition=t(
            "期末已采用的社区占比，多种做法取平均",
            "communities that have adopted at the end / all, mean over practices",
        ),
    ),
    CityIndicator(
        name="followers",
        label=t("仿效社区数", "communities that followed"),
        unit="communities",
        better=Better.HIGHER,
        delta=_ONE,
        formula=_followers,
        definition=t(
            "首批之后采用的社区数，多种做法取平均", "communities that adopted after the first ones, mean over practices"
        ),
    ),
    CityIndicator(
        name="adopting_streets",
        label=t("有社区采用的街道数", "streets with an adopter"),
        unit="streets",
        better=Better.HIGHER,
        delta=_ONE,
        formula=_streets,
        definition=t(
            "至少一个社区采用的街道数，多种做法取平均", "streets in which a community has adopted, mean over practices"
        ),
    ),
    CityIndicator(
        name="adoption_delay",
        label=t("仿效用时", "days until others followed"),
        unit="days",
        better=Better.LOWER,
        delta=Delta(absolute=28.0, source="assumption: a period"),
        formula=_delay,
        definition=t(
            "仿效社区自首批采用起的平均天数", "mean days from the first adoption to that of those who followed"
        ),
    ),
    CityIndicator(
        name="fund_gini",
        label=t("统筹资金基尼系数", "Gini coefficient of the shared fund"),
        unit="level",
        better=Better.NONE,
        delta=FIVE_POINTS,
        formula=_of(allotted_a_year, gini),
        definition=t("统筹资金在社区间的基尼系数", "Gini coefficient of allotments over communities"),
    ),
    CityIndicator(
        name="fund_reached",
        label=t("得到统筹资金的社区占比", "communities that got money"),
        unit="share",
        better=Better.HIGHER,
        delta=FIVE_POINTS,
        formula=_reached,
        definition=t("得到过统筹资金的社区占比", "communities that got money of the shared fund / all"),
    ),
    CityIndicator(
        name="fund_held",
        label=t("未分配的统筹资金", "money that the fund holds"),
        unit="yuan",
        better=Better.LOWER,
        delta=MONEY,
        formula=_held,
        definition=t("期末留存的统筹资金(元)", "money of the shared fund not allotted at the end (yuan)"),
    ),
    *(one for name in _SHARED for one in _gap(name)),
)

CITY_INDICATORS: Mapping[str, CityIndicator] = MappingProxyType({one.name: one for one in _ALL})
"""All indicators of a city by name."""
