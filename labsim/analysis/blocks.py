"""The community's blocks through time: what is open, what only the model knows, who takes part.

Takes: scenarios and a seed. Gives: :class:`Film` objects, one frame per 28 days.

A film is one replication: one possible course, not an expectation. It shows where and when, and
verdicts are drawn from many replications elsewhere. Blocks with fewer than ten residents show no
participation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labsim.foundations.calendar import PERIOD
from labsim.model.simulate import Run, start
from labsim.model.state import Activity, ItemState
from labsim.results.indicators import SMALLEST_GROUP
from labsim.scenario.scenario import Scenario

Array = npt.NDArray[np.float64]
OFFLINE = (Activity.VOLUNTEER, Activity.MEETING, Activity.PATROL)
"""What counts as taking part: going out, not a tap in the app."""


@dataclass(frozen=True)
class Film:
    """One scenario, block by block.

    Attributes:
        scenario: its name.
        seed: of the replication.
        days: of the frames, from day 0.
        residents: of each block.
        items: check items of each block.
        opened: items with an open case, [frame, block]: what is on record.
        unsolved: items out of order, known or not, [frame, block]: what only the model knows.
        active: share of residents who volunteered, met or patrolled in the last 28 days, [frame, block];
            NaN in blocks with too few residents.
    """

    scenario: str
    seed: int
    days: tuple[int, ...]
    residents: npt.NDArray[np.int64]
    items: npt.NDArray[np.int64]
    opened: Array
    unsolved: Array
    active: Array


def films(scenarios: Sequence[Scenario], seed: int, every: int = PERIOD) -> list[Film]:
    """Return a film of each scenario under the same luck.

    Args:
        scenarios: what happens.
        seed: of the replication.
        every: days between frames.
    """
    return [_film(scenario, seed, every) for scenario in scenarios]


def _film(scenario: Scenario, seed: int, every: int) -> Film:
    run = start(scenario, seed)
    days = tuple(range(0, scenario.horizon + 1, every))
    frames = []
    for day in days:
        run.advance(day)
        frames.append(_frame(run))
    setup = run.setup
    opened, unsolved, active = (np.stack(column) for column in zip(*frames, strict=True))
    return Film(
        scenario.name,
        seed,
        days,
        np.diff(setup.blocks.start),
        np.bincount(setup.places.block, minlength=len(setup.blocks.start) - 1),
        opened,
        unsolved,
        active,
    )


def _frame(run: Run) -> tuple[Array, Array, Array]:
    setup, state = run.setup, run.state
    many = len(setup.blocks.start) - 1
    place, condition = setup.places.block, state.items.state
    took_part = (state.people.last_act[list(OFFLINE)] >= run.day - PERIOD).any(axis=0)
    residents = np.diff(setup.blocks.start)
    active = np.bincount(setup.residents.block[took_part], minlength=many) / np.maximum(residents, 1)
    return (
        np.bincount(place[condition == ItemState.OPEN], minlength=many).astype(np.float64),
        np.bincount(place[condition != ItemState.OK], minlength=many).astype(np.float64),
        np.where(residents >= SMALLEST_GROUP, active, np.nan),
    )
