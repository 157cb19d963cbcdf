"""Answers while a person looks: only what changed is run, and a superseded question stops.

Takes: scenarios, again and again, one lever apart. Gives: :class:`Answer` objects, the first at
once from runs that are there, more as runs finish. Scenarios meet the same luck as in
``experiment.runner``, so the last answer is the result of the same design, bit for bit.

>>> live = Live(Reduction(indicators=("satisfaction_share",)), replications=20)  # doctest: +SKIP
>>> live.ask([baseline, policy], tell=show)  # returns at once; ``show`` is called from a worker  # doctest: +SKIP
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from os import cpu_count
from time import monotonic

from labsim.experiment.design import Design, Job
from labsim.experiment.estimates import Estimate, Nearby
from labsim.experiment.failures import failure_table
from labsim.experiment.pasts import Pasts
from labsim.experiment.runner import ExperimentResult
from labsim.experiment.tasks import Failure, failure
from labsim.experiment.worlds import World
from labsim.foundations.declared import Text
from labsim.results.results import Reduced, Reduction, Run, reduce, tidy, tidy_series
from labsim.results.segments import Stored, run_key
from labsim.results.store import RunStore
from labsim.scenario.scenario import Scenario

_SLICE = 91
"""Days between two looks at whether the question still stands."""
_TELL_SECONDS = 0.25
_MOST_RUNS = 20_000


@dataclass(frozen=True)
class Answer:
    """What is known so far.

    Attributes:
        result: of the runs that are finished; partial until ``complete``.
        complete: whether every run of the question is there, or failed.
        reused: runs of the question that had been run before.
        seconds: since the question was asked.
        estimates: scenarios, by name, whose values are estimated from runs with another value of
            one lever until their own are there.
    """

    result: ExperimentResult
    complete: bool
    reused: int
    seconds: float
    estimates: tuple[Estimate, ...] = ()


Tell = Callable[[Answer], None]


class Request:
    """A question under way."""

    def __init__(self, design: Design, tell: Tell) -> None:
        """Start the clock."""
        self.design, self.tell = design, tell
        self.asked = self.told = monotonic()
        self.reused = 0
        self.failures: dict[tuple[int, int], Failure] = {}
        self.fresh: list[Stored] = []
        self.complete = False
        self.telling = threading.Lock()
        self._over = threading.Event()
        self._done = threading.Event()

    def cancel(self) -> None:
        """Stop: nothing more is told, runs under way end within a few days of the model."""
        self._over.set()
        self._done.set()

    def is_cancelled(self) -> bool:
        """Return whether it was superseded or stopped."""
        return self._over.is_set()

    def finish(self) -> None:
        """Let those go who wait."""
        self._done.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the last answer, or until it is superseded; return whether that came in time."""
        return self._done.wait(timeout)


class Live:
    """One conversation: questions that differ little from the one before.

    Attributes:
        pasts: burn-ins that runs share.
    """

    def __init__(
        self, what: Reduction | None = None, replications: int = 20, seed: int = 0, store: RunStore | None = None
    ) -> None:
        """Open it; nothing is run yet.

        Args:
            what: to keep of each run; all indicators when left out.
            replications: paired runs of every scenario in the central world: intervals hold luck only.
            seed: from which all luck follows.
            store: where runs are looked for and kept; none when left out.

        Raises:
            InputError: an indicator that does not exist.
        """
        self.pasts = Pasts()
        self._what = what or Reduction()
        self._what.chosen()  # a wrong name is found now and not by a worker
        self._replications, self._seed, self._store = replications, seed, store
        self._runs: OrderedDict[str, Reduced] = OrderedDict()
        self._nearby = Nearby()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(cpu_count() or 1, thread_name_prefix="labsim-live")
        self._request: Request | None = None

    def ask(self, scenarios: Sequence[Scenario], tell: Tell) -> Request:
        """Ask for scenarios, the baseline first; an earlier question that is still under way stops.

        ``tell`` gets a first answer before this returns and more from a worker's thread, at most four a
        second; the last one is complete.

        Raises:
            InputError: the scenarios cannot be compared.
        """
        design = Design.of(scenarios, 1, self._replications, self._seed)
        if self._request is not None:
            self._request.cancel()
        self._request = request = Request(design, tell)
        prints = [one.fingerprint() for one in design.scenarios]
        jobs = design.jobs()
        keys = {(i, j): run_key(each, job.seed) for i, job in enumerate(jobs) for j, each in enumerate(prints)}
        self._look_up(design, keys)
        with self._lock:
            missing = [place for place, key in keys.items() if key not in self._runs]
        request.reused = len(keys) - len(missing)
        self._tell(request, keys, guess=True)
        if not missing:
            request.finish()
            return request
        left = _Countdown(len(missing))
        for i, j in missing:
            future = self._pool.submit(self._work, request, design.scenarios[j], jobs[i])
            future.add_done_callback(partial(self._arrived, request, keys, (i, j), left))
        return request

    def close(self) -> None:
        """Stop what is under way and let the threads go."""
        if self._request is not None:
            self._request.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    # ------------------------------------------------------------------ one run

    def _work(self, request: Request, scenario: Scenario, job: Job) -> Reduced | Failure | None:
        """Return what is measured of one run; None when the question no longer stands."""
        if request.is_cancelled():
            return None
        try:
            run, counts = self.pasts.run(scenario, job.seed)
            while run.day < scenario.horizon:
                if request.is_cancelled():
                    return None
                run.advance(run.day + _SLICE)
            return reduce(run.trajectory(), self._what.wide if self._store else self._what, counts)
        except Exception as error:  # a failed run is a row, never the end of a conversation
            return failure(scenario, job, error)

    def _arrived(
        self,
        request: Request,
        keys: dict[tuple[int, int], str],
        at: tuple[int, int],
        left: "_Countdown",
        done: "Future[Reduced | Failure | None]",
    ) -> None:
        outcome = None if done.cancelled() else done.result()
        with self._lock:
            if isinstance(outcome, Failure):
                request.failures[at] = outcome
            elif outcome is not None:
                self._runs[keys[at]] = outcome
                while len(self._runs) > _MOST_RUNS:
                    self._runs.popitem(last=False)
                if self._store is not None:
                    scenario = request.design.scenarios[at[1]]
                    seed = request.design.jobs()[at[0]].seed
                    request.fresh.append(Stored(keys[at], scenario.fingerprint(), scenario.name, 0, seed, outcome))
            last = left.down()
            due = last or monotonic() - request.told > _TELL_SECONDS
            if due:
                request.told = monotonic()
        try:
            if due:
                self._tell(request, keys, guess=not last)
        finally:
            if last:
                self._keep(request)
                request.finish()

    # ------------------------------------------------------------------ what is known

    def _look_up(self, design: Design, keys: dict[tuple[int, int], str]) -> None:
        """Take from the store what is not at hand."""
        if self._store is None:
            return
        wanted = [key for key in keys.values() if key not in self._runs]
        found = self._store.find(wanted, self._what, design.scenarios[0].horizon) if wanted else {}
        with self._lock:
            self._runs.update(found)

    def _keep(self, request: Request) -> None:
        if self._store is not None:
            self._store.keep(request.fresh)

    def _tell(self, request: Request, keys: dict[tuple[int, int], str], guess: bool) -> None:
        with request.telling:  # one at a time, so that nothing comes after the last answer
            if request.is_cancelled() or request.complete:
                return
            with self._lock:
                runs = {place: self._runs[key] for place, key in keys.items() if key in self._runs}
                failed = dict(request.failures)
            known = {place: one.narrowed(self._what) for place, one in runs.items()}
            request.complete = len(known) + len(failed) == len(keys)
            estimates: tuple[Estimate, ...] = ()
            if request.complete:
                self._nearby.learn(request.design, known)
            elif guess:
                estimates, more = self._nearby.fill(request.design, known)
                known = {**more, **known}
            notes = () if self._store is None else tuple(self._store.notes)
            result, seconds = told_so_far(request.design, known, failed, notes), monotonic() - request.asked
            if not request.is_cancelled():
                request.tell(Answer(result, request.complete, request.reused, seconds, estimates))


class _Countdown:
    """How many runs of a question are still to come."""

    def __init__(self, number: int) -> None:
        self._left = number

    def down(self) -> bool:
        """Count one down; return whether it was the last."""
        self._left -= 1
        return self._left == 0


def told_so_far(
    design: Design,
    known: dict[tuple[int, int], Reduced],
    failed: dict[tuple[int, int], Failure],
    notes: tuple[Text, ...] = (),
) -> ExperimentResult:
    """Return the result of a design of which some runs are known; only whole pairs are counted.

    Args:
        design: what is run.
        known: runs that ended well, by place.
        failed: the others, by place.
        notes: what a store had to say.
    """
    jobs, many = design.jobs(), len(design.scenarios)
    ended = [i for i in range(len(jobs)) if all((i, j) in known or (i, j) in failed for j in range(many))]
    runs: list[tuple[Run, Reduced]] = []
    failures: list[tuple[Failure, Scenario, World]] = []
    for i in ended:
        for j, scenario in enumerate(design.scenarios):
            if (i, j) in known:
                runs.append((Run(scenario.name, 0, jobs[i].replication, jobs[i].seed), known[i, j]))
            else:
                failures.append((failed[i, j], scenario, jobs[i].world))
    return ExperimentResult(
        design=design,
        values=tidy(runs),
        series=tidy_series(runs),
        failures=failure_table(failures, None),
        finished=len(runs),
        failed=len(failures),
        cancelled=design.requested - len(runs) - len(failures),
        interrupted=len(ended) < len(jobs),
        notes=notes,
    )
