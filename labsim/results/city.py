"""What a city is judged by: declarations, values, and tables by community and street.

Takes: a :class:`CityTrajectory`. Gives: values of city-wide indicators, and rows that a table
or a data frame is made of.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field

from labsim.foundations.declared import Frozen, Text
from labsim.foundations.errors import raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.model.city_diffusion import NEVER
from labsim.model.city_state import CityTrajectory
from labsim.model.state import FEN, PERIOD, YEAR
from labsim.results.declaration import NOT_MEASURABLE, UNITS, Array, Better, Delta
from labsim.results.indicators import measure

PER_YEAR = YEAR / PERIOD
HALF = 0.5
"""A community inspects perfunctorily when more than this share of visits is a formality."""


class CityIndicator(Frozen):
    """A city-wide indicator, declared once; ``definition`` is one sentence with the denominator."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Text
    unit: str
    better: Better
    definition: Text
    delta: Delta
    formula: Callable[[CityTrajectory], float]

    @property
    def unit_text(self) -> Text:
        """Return the words of the unit."""
        return UNITS[self.unit]


# -- formulas ------------------------------------------------------------------------------------


def gini(values: Array) -> float:
    """Return the Gini coefficient of values that are 0 or more: 0 all equal, (n - 1) / n one has all."""
    ordered = np.sort(np.asarray(values, np.float64))
    whole = float(ordered.sum())
    if not len(ordered) or whole <= 0.0:
        return NOT_MEASURABLE
    rank = np.arange(1, len(ordered) + 1)
    return float((2.0 * rank - len(ordered) - 1.0) @ ordered / (len(ordered) * whole))


def events_a_year(city: CityTrajectory) -> Array:
    """Return the volunteer events of each community, scaled to a year."""
    return np.asarray(city.periods["events"].sum(axis=0) * PER_YEAR / max(len(city.periods), 1))


def allotted_a_year(city: CityTrajectory) -> Array:
    """Return the yuan that each community got from the shared fund, scaled to a year."""
    return np.asarray(city.periods["allotted"].sum(axis=0) * PER_YEAR / max(len(city.periods), 1) / FEN)


def formality(city: CityTrajectory) -> Array:
    """Return the share of visits in each community that were a formality, NaN without visits."""
    visits = city.periods["visits"].sum(axis=0)
    formal = city.periods["perfunctory"].sum(axis=0)
    return np.where(visits > 0, formal / np.maximum(visits, 1), NOT_MEASURABLE)


def third(values: Array, highest: bool) -> float:
    """Return the mean of the third of communities with the highest or lowest values."""
    ordered = np.sort(values)
    many = max(1, len(ordered) // 3)
    return float((ordered[-many:] if highest else ordered[:many]).mean())


def followers(city: CityTrajectory) -> Array:
    """Return, by practice and community, on which day after the first ones it was adopted, else -1."""
    first = np.where(city.adopted == NEVER, np.iinfo(np.int32).max, city.adopted).min(axis=1, keepdims=True)
    return np.asarray(np.where(city.adopted > first, city.adopted - first, NEVER))


def of_communities(name: str) -> Callable[[CityTrajectory], Array]:
    """Return the formula: an indicator of a community, in every community."""

    def values(city: CityTrajectory) -> Array:
        return np.array([measure(one, name) for one in city.communities])

    return values


# -- values --------------------------------------------------------------------------------------


def choose(known: Mapping[str, CityIndicator], names: Iterable[str] | None) -> list[CityIndicator]:
    """Return the declarations of these names, of all when left out.

    Raises:
        InputError: some names do not exist; all of them are named at once.
    """
    if names is None:
        return list(known.values())
    wanted = list(names)
    spoken = [(label, one.name) for one in known.values() for label in (one.label.zh, one.label.en)]
    what = t("城市指标", "indicator of a city")
    raise_if(unknown_name("indicators", name, known, what, spoken) for name in wanted if name not in known)
    return [known[name] for name in wanted]


Row = dict[str, float | int | str | None]


def community_rows(city: CityTrajectory, names: Sequence[str] = ()) -> list[Row]:
    """Return one row per community.

    Args:
        city: the replication.
        names: indicators of a community to be added (``results.indicators``).
    """
    events, money, formal = events_a_year(city), allotted_a_year(city), formality(city)
    visits = city.periods["visits"].sum(axis=0) / max(len(city.periods), 1)
    rows: list[Row] = []
    for k, one in enumerate(city.communities):
        row: Row = {"community": k + 1, "street": city.street[k] + 1, "residents": len(one.residents)}
        row |= {"events_year": float(events[k]), "visits_28d": float(visits[k])}
        row |= {"formality_share": _none(formal[k]), "fund_yuan_year": float(money[k])}
        row |= {"adopted": int((city.adopted[:, k] != NEVER).sum())}
        rows.append(row | {name: _none(measure(one, name)) for name in names})
    return rows


def street_rows(city: CityTrajectory, names: Sequence[str] = ()) -> list[Row]:
    """Return one row per street: means over its communities, numbers of residents and adoptions summed."""
    rows = community_rows(city, names)
    found: list[Row] = []
    for street in sorted(set(city.street)):
        own = [row for row in rows if row["street"] == street + 1]
        made: Row = {"street": street + 1, "communities": len(own)}
        for name in own[0]:
            values = [float(value) for row in own if isinstance(value := row[name], int | float)]
            if name in ("residents", "adopted"):
                made[name] = int(sum(values))
            elif name not in ("community", "street"):
                made[name] = float(np.mean(values)) if values else None
        found.append(made)
    return found


def _none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
