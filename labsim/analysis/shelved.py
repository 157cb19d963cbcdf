"""Runs of a battery in a run store: each with the windows that targets look at.

Takes: a store, scenarios and what is measured in each. Gives: :class:`BatteryShelf`.
"""

from collections.abc import Mapping, Sequence
from time import monotonic

from labsim.analysis.setting import Setting
from labsim.analysis.targets import Measure
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import t
from labsim.model.trajectory import Trajectory
from labsim.results.declaration import Counts
from labsim.results.indicators import Window
from labsim.results.results import Reduced, Reduction, reduce
from labsim.results.segments import Stored, run_key
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

_SECONDS = 2.0


class BatteryShelf:
    """What a battery finds in a store, and puts there while it runs.

    Attributes:
        stored: runs that were found with everything that is asked of them.
        note: why runs could not be kept, or None.
    """

    def __init__(
        self,
        store: RunStore,
        scenarios: Mapping[Setting, Scenario],
        wanted: Mapping[Setting, Sequence[Measure]],
        seeds: Sequence[int],
    ) -> None:
        """Look for the runs."""
        self._store, self._scenarios, self._wanted = store, scenarios, wanted
        self._waiting: list[Stored] = []
        self._written = monotonic()
        self._found: dict[tuple[Setting, int], dict[Measure, float]] = {}
        self.note: Text | None = None
        self._prints = {setting: one.fingerprint() for setting, one in scenarios.items()}
        by_window: dict[Window, list[Setting]] = {}
        for setting, measures in wanted.items():
            for window in dict.fromkeys(one.window for one in measures):
                by_window.setdefault(window, []).append(setting)
        held: dict[tuple[Setting, int], dict[Measure, float]] = {}
        for window, settings in by_window.items():
            keys = {run_key(self._prints[one], seed): (one, seed) for one in settings for seed in seeds}
            for key, reduced in store.find(keys, Reduction(window=window), window[1]).items():
                setting, seed = keys[key]
                held.setdefault((setting, seed), {}).update(_values(reduced, wanted[setting], window))
        self._found = {key: values for key, values in held.items() if set(values) >= set(wanted[key[0]])}

    @property
    def stored(self) -> int:
        """Return how many runs were found."""
        return len(self._found)

    def found(self, setting: Setting, seed: int) -> dict[Measure, float] | None:
        """Return what is measured in a run that was found, or None."""
        return self._found.get((setting, seed))

    def keep(self, setting: Setting, seed: int, trajectory: Trajectory, counts: Counts) -> None:
        """Put a run on the shelf, measured in every window that is asked for; may be called by many threads."""
        if self.note is not None:
            return
        scenario, print_ = self._scenarios[setting], self._prints[setting]
        for window in dict.fromkeys(one.window for one in self._wanted[setting]):
            reduced = reduce(trajectory, Reduction(window=window), counts)
            self._waiting.append(Stored(run_key(print_, seed), print_, scenario.name, 0, seed, reduced))

    def flush(self, now: bool = False) -> None:
        """Write what waits, when it has waited long enough. A store that refuses costs a note, never the results."""
        if not (now or monotonic() - self._written > _SECONDS):
            return
        waiting, self._waiting = self._waiting, []
        try:
            self._store.add(waiting)
        except InputError as error:
            said = error.problems[0]
            self.note = t(f"运行没有存入：{said.render('zh')}", f"runs were not kept: {said.render('en')}")
        self._written = monotonic()


def _values(reduced: Reduced, wanted: Sequence[Measure], window: Window) -> dict[Measure, float]:
    values = {(name, group): float(v) for (name, group, _), v in zip(reduced.rows, reduced.values, strict=True)}
    return {
        one: values[one.indicator, one.group]
        for one in wanted
        if one.window == window and (one.indicator, one.group) in values
    }
