"""One activity alone: random utility with social interactions, taste and habit.

Takes: an :class:`ActivityAlone`. Gives: shares round by round and everybody's state at the
end, from the same kernels as any run. Submodels (1)-(3); with ``world`` and ``levers`` also
(4), (6) and (7). The deterministic limit of the same specification is ``mean_field``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labsim.model.kernels.neighbours import acting_contacts
from labsim.model.parts import Alone, Place, Triple, start_alone
from labsim.model.simulate import Run
from labsim.model.state import PERIOD, WEEK, Activity
from labsim.scenario.world import AGES

_MEMBERS = 200_000  # supervisors when everybody is one


@dataclass(frozen=True)
class ActivityAlone:
    """One activity, nothing else.

    Attributes:
        residents: how many, or how many per age group.
        alpha: base utility, of everybody or per age group.
        contact_influence: J, utility when all contacts take part.
        taste_sd: spread of personal taste (patrols use half of it, as in the model).
        habit_weight: utility of a full habit (weekly activities only, as in the model).
        habit_rate: share of the way to the last act, per round.
        network: ``"none"``, ``"complete"``, contacts or a networkx graph.
        start: last decision before the first round: 0, 1 or one per resident.
        habit_start: habit before the first round, likewise.
        activity: which one; weekly, or every 28 days for meetings and patrols.
        rounds: how often everybody decides.
        world: further world values over the silent ones.
        levers: further lever values over the silent ones.
    """

    residents: int | tuple[int, int, int] = 1000
    alpha: float | Triple = 0.0
    contact_influence: float = 0.0
    taste_sd: float = 0.0
    habit_weight: float = 0.0
    habit_rate: float = 0.272
    network: Any = "none"
    start: ArrayLike = 0
    habit_start: ArrayLike = 0.0
    activity: Activity = Activity.SORT
    rounds: int = 52
    world: Mapping[str, float] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)

    @property
    def interval(self) -> int:
        """Return the days between two decisions of a resident."""
        return WEEK if self.activity <= Activity.APP else PERIOD

    @property
    def alphas(self) -> Triple:
        """Return the base utility of each age group."""
        return self.alpha if isinstance(self.alpha, tuple) else (self.alpha,) * 3


@dataclass(frozen=True)
class ActivityResult:
    """What became of one activity.

    Attributes:
        counts: acts in each round, shape [rounds].
        due: decisions in each round, shape [rounds].
        active: last decision of every resident, shape [N].
        habit: habit of every resident at the end, shape [N].
        age: age group of every resident, shape [N].
        run: the whole run, for everything else.
    """

    counts: NDArray[np.int64]
    due: NDArray[np.int64]
    active: NDArray[np.int8]
    habit: NDArray[np.float64]
    age: NDArray[np.int8]
    run: Run

    @property
    def shares(self) -> NDArray[np.float64]:
        """Return the share who acted in each round."""
        return self.counts / self.due


def start_activity(part: ActivityAlone, seed: int) -> Run:
    """Return a run of the activity before its first round."""
    name = part.activity.name.lower()
    world = {f"alpha_{name}_{age}": value for age, value in zip(AGES, part.alphas, strict=True)}
    world |= {
        "contact_influence": part.contact_influence, "taste_sd": part.taste_sd,
        "habit_weight": part.habit_weight, "habit_rate": part.habit_rate,
    }  # fmt: skip
    levers = {"supervisors": float(_MEMBERS if part.activity == Activity.PATROL else 0)}
    place = Place(part.residents, part.network)
    days = part.rounds * part.interval
    run = start_alone(Alone(place, world | dict(part.world), levers | dict(part.levers), days=days), seed)
    people = run.state.people
    people.active[part.activity] = part.start
    people.acting[part.activity] = acting_contacts(run.setup.contacts, people.active[part.activity])
    run.state.people.habit[part.activity] = part.habit_start
    return run


def participation(part: ActivityAlone, seed: int = 0) -> ActivityResult:
    """Run one activity.

    >>> result = participation(ActivityAlone(residents=500, alpha=50.0, rounds=4))
    >>> result.counts.tolist()
    [500, 500, 500, 500]
    """
    run = start_activity(part, seed).advance()
    name = part.activity.name.lower()
    daily = run.state.daily.reshape(part.rounds, part.interval)
    return ActivityResult(
        counts=daily[f"act_{name}"].sum(axis=1, dtype=np.int64), due=daily[f"due_{name}"].sum(axis=1, dtype=np.int64),
        active=run.state.people.active[part.activity].copy(), habit=run.state.people.habit[part.activity].copy(),
        age=run.setup.residents.age, run=run,
    )  # fmt: skip
