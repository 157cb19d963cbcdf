"""Pasts that runs share: what happened before day 0 is simulated once.

Takes: scenarios and seeds. Gives: runs that stand at day 0. Scenarios that differ only from
day 0 on have the same burn-in, so a changed lever costs the programme and not the burn-in.
The bits are those of a run from the first day.
"""

import hashlib
import threading
from collections import OrderedDict
from copy import copy
from typing import Any, cast

import numpy as np

from labsim.model.columns import State, enlarged_state
from labsim.model.simulate import Run, start
from labsim.population.residents import Population
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.scenario.scenario import Scenario, community_values, inject_table, lever_table, world_values

MOST = 64
"""Pasts that are kept; one of 1,500 residents takes about 3 MB."""


class Pasts:
    """Runs at day 0, by what happened before it; safe to ask from several threads.

    Attributes:
        made: pasts that were simulated.
        shared: runs that were spared theirs.
    """

    def __init__(self, most: int = MOST) -> None:
        """Start with none.

        Args:
            most: how many are kept; the one not asked for longest goes first.
        """
        self._most = most
        self._kept: OrderedDict[tuple[str, int], tuple[Run, Population]] = OrderedDict()
        self._lock = threading.Lock()
        self.made = 0
        self.shared = 0

    def run(self, scenario: Scenario, seed: int) -> tuple[Run, Counts]:
        """Return a run of a scenario at the start of day 0, and who lives there by cell."""
        key = past_key(scenario), seed
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                self.shared += 1
        if kept is None:
            people = synthesise(community_values(scenario), seed)
            kept = start(scenario, seed, people).advance(0), people
            with self._lock:
                self.made += 1
                self._kept[key] = kept
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return branched(kept[0], scenario), Counts.of(kept[1])


def past_key(scenario: Scenario) -> str:
    """Return what decides the days before day 0, and the sizes of a run."""
    levers = np.ascontiguousarray(lever_table(scenario)[: scenario.burn_in])
    early = inject_table(scenario)
    digest = hashlib.sha256(levers.tobytes())
    digest.update(np.ascontiguousarray(early[early["day"] < 0]).tobytes())
    fixed = scenario.burn_in, scenario.horizon, sorted(community_values(scenario).items())
    digest.update(repr((fixed, sorted(world_values(scenario).items()))).encode())
    return digest.hexdigest()


def branched(past: Run, scenario: Scenario) -> Run:
    """Return a copy of a run at day 0 that goes on as another scenario; the past stays as it is.

    Args:
        past: a run at day 0 whose :func:`past_key` is that of the scenario.
        scenario: what happens from day 0 on.
    """
    run = copy(past)
    # Modules write into the levers and the world of their run: every run has its own.
    run.setup = past.setup._replace(
        levers=lever_table(scenario), injects=inject_table(scenario), world=past.setup.world.copy()
    )
    run.state = enlarged_state(run.setup, cast(State, _copied(past.state)))
    run.scenario = scenario.fingerprint()
    return run


def _copied(columns: Any) -> Any:
    """Return a tuple of columns with arrays of its own."""
    if isinstance(columns, tuple):
        return type(columns)(*(_copied(one) for one in columns))
    return columns.copy()
