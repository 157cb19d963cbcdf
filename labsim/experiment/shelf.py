"""What a design finds in a store, and puts there while it runs.

Takes: a store or none, a design, what to keep. Gives: :class:`Shelf`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from labsim.experiment.design import Design
from labsim.experiment.tasks import Failure, Outcome, People, Place, people_of
from labsim.foundations.declared import Text
from labsim.results.results import Reduced, Reduction, Run
from labsim.results.segments import Stored, pack, run_key
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

_SECONDS = 2.0
_MOST = 500
_SAMPLE = 64


@dataclass(frozen=True)
class Cost:
    """What it costs to keep runs, bytes.

    Attributes:
        file: of a file without runs.
        new: of a run of other residents, or on another seed, than those before it.
        again: of a run of residents and a seed that were there: much of what is measured is the same, and a
            file keeps once what is the same.
    """

    file: float = 0.0
    new: float = 0.0
    again: float = 0.0


class Shelf:
    """The part of a store that a design needs; without a store, an empty one that keeps nothing.

    Finished runs are written every two seconds or 500 runs: what a killed machine costs.

    Attributes:
        found: outcomes that were run before, by place.
        spared: places whose run is that of an earlier place: it is run once and kept for both.
    """

    def __init__(
        self, store: RunStore | None, design: Design, what: Reduction, moved: Mapping[tuple[int, int], Scenario]
    ) -> None:
        """Look for the runs of a design.

        Args:
            store: where they may be.
            design: what is run.
            what: is asked of each run.
            moved: ``design.moved()``.
        """
        self._store, self._design, self._what = store, design, what
        self._waiting: list[Stored] = []
        self._sample: dict[Place, Stored] = {}
        self._written = monotonic()
        self._prints = {} if store is None else {at: one.fingerprint() for at, one in moved.items()}
        self._jobs = design.jobs()
        self.found: dict[Place, Reduced] = {}
        self.spared: set[Place] = set()
        self._twins: dict[Place, list[Place]] = {}
        if store is not None:
            keys = {(i, j): self._key((i, j)) for i in range(len(self._jobs)) for j in range(len(design.scenarios))}
            kept = store.find(keys.values(), what, design.scenarios[0].horizon)
            self.found = {place: kept[key] for place, key in keys.items() if key in kept}
            firsts: dict[str, Place] = {}
            for place, key in keys.items():
                if key not in kept and (first := firsts.setdefault(key, place)) != place:
                    self._twins.setdefault(first, []).append(place)
                    self.spared.add(place)

    @property
    def notes(self) -> tuple[Text, ...]:
        """Return what went wrong without harm."""
        return () if self._store is None else tuple(self._store.notes)

    def kept(self, fresh: Mapping[Place, Outcome]) -> dict[Place, Outcome]:
        """Put finished runs on the shelf; return them narrowed to what was asked for."""
        if self._store is None:
            return dict(fresh)
        narrow: dict[Place, Outcome] = {}
        for place, outcome in fresh.items():
            if isinstance(outcome, Failure):
                narrow[place] = outcome
                narrow |= {twin: self._as(twin, outcome) for twin in self._twins.get(place, ())}
                continue
            narrow[place] = outcome.narrowed(self._what)
            narrow |= dict.fromkeys(self._twins.get(place, ()), narrow[place])
            job, scenario = self._jobs[place[0]], self._design.scenarios[place[1]]
            fresh_one = Stored(self._key(place), self._print(place), scenario.name, job.world.draw, job.seed, outcome)
            self._waiting.append(fresh_one)
            if len(self._sample) < _SAMPLE:
                self._sample[place] = fresh_one
        if len(self._waiting) >= _MOST or monotonic() - self._written > _SECONDS:
            self.flush()
        return narrow

    def cost(self) -> Cost:
        """Return what keeping costs, from the first runs; nothing without a store."""
        if len(self._sample) < 2:
            return Cost()
        firsts: dict[tuple[int, People], Place] = {}
        for i, j in self._sample:
            firsts.setdefault((self._jobs[i].seed, people_of(self._design.scenarios[j])), (i, j))
        new = [self._sample[place] for place in firsts.values()]
        again = [one for place, one in self._sample.items() if place not in firsts.values()]
        one, news, all_ = len(pack(new[:1])), len(pack(new)), len(pack(new + again))
        each = (news - one) / (len(new) - 1) if len(new) > 1 else (all_ - one) / len(again)
        return Cost(max(one - each, 0.0), each, (all_ - news) / len(again) if again else each)

    def flush(self) -> None:
        """Write what waits."""
        if self._store is None:
            return
        self._store.keep(self._waiting)
        self._waiting = []
        self._written = monotonic()

    def _as(self, place: Place, failed: Failure) -> Failure:
        job, scenario = self._jobs[place[0]], self._design.scenarios[place[1]]
        return Failure(Run(scenario.name, job.world.draw, job.replication, job.seed), failed.error)

    def _key(self, place: Place) -> str:
        return run_key(self._print(place), self._jobs[place[0]].seed)

    def _print(self, place: Place) -> str:
        """Return the fingerprint of the scenario in its world: the same for all replications."""
        return self._prints[self._jobs[place[0]].world.draw, place[1]]
