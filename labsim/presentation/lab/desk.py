"""What is run for the lab, beside the person who looks: comparisons, and what they ask about them.

Takes: scenarios and what to do with them. Gives: results as they come, progress, time left; all
work can be stopped. One long job at a time; a lever that moves is answered beside it.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Any

from labsim.analysis.attributed import Attribution
from labsim.analysis.attribution import attribute
from labsim.analysis.blocks import Film, films
from labsim.analysis.compare import Comparison, compare, contest
from labsim.analysis.gainers import Gainers, gainers
from labsim.experiment.design import seed_of
from labsim.experiment.estimates import Estimate
from labsim.experiment.live import Answer, Live, Request
from labsim.experiment.runner import Watch
from labsim.experiment.workers import Control, Workers
from labsim.foundations.errors import InputError
from labsim.presentation.words import HEADLINES, TRUE_BESIDE_REPORTED
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

QUICK = 20
"""Pairs of a quick answer, luck only."""
GAINERS = 10
EACH = 2
_LOOK = 0.2


@dataclass(frozen=True)
class Asked:
    """What is asked of a comparison: seed, differences that matter, indicators to be kept over time."""

    seed: int
    deltas: Mapping[str, float]
    series: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """A long job under way: what it is, how far; since when it is timed, and what was done before that."""

    kind: str
    done: int
    total: int
    since: float
    control: Control
    before: int = 0

    @property
    def left(self) -> float | None:
        """Seconds that are probably left; None before anything is known.

        The clock starts with the first news: what comes before, such as compiling the model, says nothing of the rest.
        """
        timed = self.done - self.before
        return (monotonic() - self.since) / timed * (self.total - self.done) if timed > 0 else None


@dataclass(frozen=True)
class Quick:
    """A quick answer: its comparison, whether it is whole, and what in it is estimated."""

    prints: tuple[str, ...]
    comparison: Comparison
    complete: bool
    seconds: float
    estimates: tuple[Estimate, ...]


class Desk:
    """Where work for one person is done.

    Attributes:
        job: the long job under way, or None.
        full: the last full comparison, with the scenarios it is of.
        quick: the last quick answer.
        extras: gainers, attribution and films by kind, with the scenarios they are of.
        problem: why the last job gave nothing, or None.
    """

    def __init__(self, tell: Callable[[], None], store: RunStore | None = None) -> None:
        """Open it.

        Args:
            tell: called, from any thread, when there is something new to see.
            store: where runs are kept.
        """
        self._tell, self._store = tell, store
        names = tuple(dict.fromkeys([*HEADLINES, *(name for pair in TRUE_BESIDE_REPORTED for name in pair)]))
        self._names = names
        self._live: tuple[object, Live] | None = None
        self._bench = ThreadPoolExecutor(1, thread_name_prefix="labsim-desk")
        self._lock = threading.Lock()
        self.job: Job | None = None
        self.full: tuple[tuple[str, ...], Comparison] | None = None
        self.quick: Quick | None = None
        self.extras: dict[str, tuple[tuple[str, ...], Any]] = {}
        self.problem: InputError | None = None

    # ------------------------------------------------------------------ quick answers

    def ask(self, scenarios: Sequence[Scenario], asked: Asked) -> Request:
        """Ask for a quick answer; an earlier question stops.

        Raises:
            InputError: the scenarios cannot be compared.
        """
        live = self._conversation(asked)
        prints = tuple(one.fingerprint() for one in scenarios)

        def told(answer: Answer) -> None:
            comparison = contest(answer.result, asked.deltas)
            self.quick = Quick(prints, comparison, answer.complete, answer.seconds, answer.estimates)
            self._tell()

        return live.ask(scenarios, told)

    def _conversation(self, asked: Asked) -> Live:
        """Return the conversation on a seed about some series; another one ends."""
        key = asked.seed, asked.series
        if self._live is None or self._live[0] != key:
            if self._live is not None:
                self._live[1].close()
            what = Reduction(indicators=self._names, series=asked.series)
            self._live = key, Live(what, QUICK, asked.seed, self._store)
        return self._live[1]

    # ------------------------------------------------------------------ long jobs

    def run(self, scenarios: Sequence[Scenario], asked: Asked, pairs: int) -> None:
        """Compare in full, as ``labsim compare`` does with as many replications: luck and knowledge.

        A quick answer comes first, so that there is something to look at.

        Raises:
            InputError: the scenarios cannot be compared.
        """
        first = self.ask(scenarios, asked)

        def work(control: Control, progress: Callable[[int, int], None]) -> None:
            while not (first.wait(_LOOK) or control.cancelled):
                pass
            comparison = compare(
                *scenarios,
                replications=EACH,
                worlds=pairs // EACH,
                seed=asked.seed,
                delta=dict(asked.deltas),
                series=asked.series,
                executor=Workers(control=control),
                progress=Watch(progress),
                store=self._store,
            )
            if comparison.differences:
                self.full = tuple(one.fingerprint() for one in scenarios), comparison

        self._begin("full", len(scenarios) * pairs, work)

    def gain(self, scenarios: Sequence[Scenario], seed: int) -> None:
        """Ask every resident who gains and who loses."""

        def work(control: Control, progress: Callable[[int, int], None]) -> None:
            found: Gainers = gainers(scenarios, GAINERS, seed, stop=lambda: control.cancelled, progress=progress)
            if found.n:
                self._put("gain", scenarios, found)

        self._begin("gain", GAINERS, work)

    def explain(self, base: Scenario, policy: Scenario, outcomes: Sequence[str], by: str, seed: int) -> None:
        """Split the effect of a policy over its parts."""

        def work(control: Control, progress: Callable[[int, int], None]) -> None:
            found: Attribution = attribute(
                policy,
                base,
                by=by,
                indicators=list(outcomes),
                seed=seed,
                executor=Workers(control=control),
                progress=Watch(progress),
                store=self._store,
            )
            if found.result.finished:
                self._put(f"why {policy.name}", [base, policy], found)

        self._begin("why", 1, work)

    def film(self, scenarios: Sequence[Scenario], seed: int) -> None:
        """Follow the blocks of the community through time, in the first replication of the quick answers."""

        def work(control: Control, progress: Callable[[int, int], None]) -> None:
            found: list[Film] = []
            for i, one in enumerate(scenarios):
                if control.cancelled:
                    return
                found += films([one], seed_of(seed, 0, 0))
                progress(i + 1, len(scenarios))
            self._put("map", scenarios, found)

        self._begin("map", len(scenarios), work)

    def make(self, work: Callable[[], None]) -> None:
        """Make a file, which takes seconds."""
        self._begin("take", 1, lambda control, progress: work())

    def cancel(self) -> None:
        """Stop the long job; what is finished of a comparison is kept and marked as partial."""
        if self.job is not None:
            self.job.control.cancel()

    def close(self) -> None:
        """Stop everything."""
        self.cancel()
        if self._live is not None:
            self._live[1].close()
        self._bench.shutdown(wait=True, cancel_futures=True)

    def _put(self, kind: str, scenarios: Sequence[Scenario], found: object) -> None:
        self.extras[kind] = tuple(one.fingerprint() for one in scenarios), found

    def _begin(self, kind: str, total: int, work: Callable[[Control, Callable[[int, int], None]], None]) -> None:
        with self._lock:
            if self.job is not None:
                return
            control = Control()
            self.job = Job(kind, 0, total, monotonic(), control)
        self.problem = None
        last = [0.0]

        def progress(done: int, whole: int) -> None:
            now = monotonic()
            if self.job is not None and (now - last[0] > 0.25 or done == whole):
                last[0] = now
                first = self.job.done == 0
                since, before = (now, done) if first else (self.job.since, self.job.before)
                self.job = Job(kind, done, whole, since, control, before)
                self._tell()

        def through() -> None:
            try:
                work(control, progress)
            except InputError as error:
                self.problem = error
            finally:
                self.job = None
                self._tell()

        self._bench.submit(through)
