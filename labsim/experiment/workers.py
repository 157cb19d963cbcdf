"""Who does the work: threads, processes, a Dask cluster, or any executor of ``concurrent.futures``.

Takes: a task, items, :class:`Workers`. Gives: :class:`Feed`, an iterator over outcomes as they come.

Only as much is handed out as keeps everybody busy, so that stopping is quick and a worker that dies
costs little. A process that dies breaks its pool: the pool is made anew, and what was under way is tried
again at the end, one at a time, so that one deadly item is found and no innocent one is blamed.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from typing import Any, Generic, TypeVar

from labsim.foundations.errors import InputError, Problem, unknown_name
from labsim.foundations.i18n import t

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = "threads"
PROCESSES = "processes"
_TRIES = 3
_LOOK_SECONDS = 0.2
_BREAK_SECONDS = 10.0
_AT_HAND = 4


class WorkerDiedError(RuntimeError):
    """A worker died again and again on one item."""


class Control:
    """A hand on work under way, from any thread: pause, resume, cancel."""

    def __init__(self) -> None:
        """Start neither paused nor cancelled."""
        self._going = threading.Event()
        self._going.set()
        self._cancelled = threading.Event()

    def pause(self) -> None:
        """Hand out nothing new until :meth:`resume`; what is under way goes on."""
        self._going.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        self._going.set()

    def cancel(self) -> None:
        """Hand out nothing more, for good; what is under way is kept."""
        self._cancelled.set()

    @property
    def paused(self) -> bool:
        """Whether nothing new is handed out now."""
        return not self._going.is_set()

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._cancelled.is_set()


@dataclass(frozen=True)
class Workers:
    """Who works.

    Attributes:
        kind: ``threads`` (the compiled model releases the interpreter lock), ``processes`` (spawned,
            one thread each), or the address of a Dask scheduler such as ``tcp://127.0.0.1:8786``.
        number: how many; as many as processors when None. A Dask cluster has its own.
        control: to pause, resume and cancel.

    Raises:
        InputError: another kind, or no workers.
    """

    kind: str = THREADS
    number: int | None = None
    control: Control = field(default_factory=Control)

    def __post_init__(self) -> None:
        """Check both."""
        if self.kind not in (THREADS, PROCESSES) and "://" not in self.kind:
            kinds = [THREADS, PROCESSES, "tcp://host:port"]
            raise InputError([unknown_name("workers", self.kind, kinds, t("执行方式", "kind of workers"))])
        if self.number is not None and self.number < 1:
            what = t(f"{self.number} 个工作单元无效", f"{self.number} workers are not possible")
            raise InputError([Problem.at("workers", what, t("至少 1", "at least 1"))])

    @property
    def count(self) -> int:
        """Return how many work at a time on this machine."""
        return self.number or os.cpu_count() or 1


class Feed(Generic[Item, Result], Iterator[tuple[int, Result | BaseException]]):
    """Outcomes as they come: the number of the item, and its result or the error it ended in.

    An interrupt while it waits leaves it as it was: whoever goes on iterating loses nothing.
    """

    def __init__(self, task: Callable[[Item], Result], items: Sequence[Item], workers: Workers | Executor) -> None:
        """Open the workers; nothing is handed out before the first outcome is asked for."""
        self._task, self._items = task, list(items)
        self._queue = deque(range(len(items)))
        self._live: dict[Future[Result], int] = {}
        self._ready: deque[tuple[int, Result | BaseException]] = deque()
        self._died = dict.fromkeys(self._queue, 0)
        self._workers = workers if isinstance(workers, Workers) else Workers()
        self._given = isinstance(workers, Executor)
        self._stopped = False
        self._client: Any = None
        self._begun: Any = None
        self._false_starts = 0
        self._pool: Executor = workers if isinstance(workers, Executor) else self._opened()

    def __next__(self) -> tuple[int, Result | BaseException]:
        """Return the next outcome, in the order of completion."""
        while not self._ready:
            self._hand_out()
            if self._live:
                done, _ = wait(self._live, _LOOK_SECONDS, FIRST_COMPLETED)
                self._take(done)
            elif self._queue and not self._over:
                threading.Event().wait(_LOOK_SECONDS)  # paused
            else:
                raise StopIteration
        return self._ready.popleft()

    def extend(self, items: Sequence[Item]) -> None:
        """Add items behind those there are; numbers go on."""
        first = len(self._items)
        self._items += items
        self._queue.extend(range(first, len(self._items)))
        self._died |= dict.fromkeys(range(first, len(self._items)), 0)

    @property
    def width(self) -> int:
        """Return how many work at a time, as far as anybody knows."""
        if self._client is not None:
            return max(1, sum(int(each) for each in self._client.nthreads().values()))
        return (os.cpu_count() or 1) if self._given else self._workers.count

    def stop(self) -> None:
        """Hand out nothing more; what is under way still comes."""
        self._stopped = True
        if self._begun is None:  # a pool of processes that breaks never ends when futures in it were cancelled
            for future in self._live:
                future.cancel()

    def finished(self) -> list[tuple[int, Result | BaseException]]:
        """Return what is finished and was not asked for yet, without waiting for anything."""
        self._take({future for future in self._live if future.done()})
        found = list(self._ready)
        self._ready.clear()
        return found

    def close(self, waits: bool = True) -> None:
        """Let the workers go."""
        if self._client is not None:
            self._pool.shutdown(wait=waits)
            self._client.close()
        elif not self._given:
            self._pool.shutdown(wait=waits, cancel_futures=True)

    @property
    def _over(self) -> bool:
        return self._stopped or self._workers.control.cancelled

    def _hand_out(self) -> None:
        """Keep everybody busy; items on which a worker died are tried alone and last."""
        while self._queue and not self._over and not self._workers.control.paused:
            alone = self._died[self._queue[0]] > 0
            if len(self._live) >= (1 if alone else self._most):
                return
            i = self._queue.popleft()
            try:
                with _deaf():
                    self._live[self._pool.submit(self._task, self._items[i])] = i
            except BrokenProcessPool:
                self._queue.appendleft(i)
                self._renew()
            except OSError:  # it broke while it started the next process: then it says so when asked again
                self._queue.appendleft(i)
                self._false_starts += 1
                if self._false_starts >= _TRIES:
                    raise

    @property
    def _most(self) -> int:
        if self._given:
            return len(self._items)  # nobody knows how many an executor from outside can do at a time
        if self._client is not None:
            # Workers come and go. Messages take their time: everybody has the next items at hand.
            return _AT_HAND * self.width
        return 2 * self._workers.count

    def _take(self, done: set[Future[Result]]) -> None:
        broken = False
        for future in done:
            i = self._live.pop(future)
            if future.cancelled():
                continue
            error = future.exception()
            if isinstance(error, BrokenProcessPool) and not self._given:
                self._suspect(i)
                broken = True
            elif self._client is not None and type(error).__name__ == "KilledWorker":
                self._suspect(i)  # Dask blames everything that was on a worker that died
            else:
                self._ready.append((i, future.result() if error is None else error))
        if broken:
            self._renew()

    def _renew(self) -> None:
        """Make the pool anew after a worker died; what was under way goes to the end of the queue."""
        if self._begun is not None and not self._begun.value and not self._over:
            self._false_starts += 1  # once, or twice, somebody may have killed them
            if self._false_starts >= _TRIES:
                raise InputError([_never_began()])
        # Every future of a broken pool ends at once, unless it was handed out while the pool broke: it never does.
        ended, _ = wait(self._live, _BREAK_SECONDS)
        for future, i in list(self._live.items()):
            error = None if future not in ended or future.cancelled() else future.exception()
            if future not in ended or isinstance(error, BrokenProcessPool):
                self._suspect(i)
            elif not future.cancelled():
                self._ready.append((i, future.result() if error is None else error))
        self._live.clear()
        # Nor does a process that was started while the pool broke, and the pool would wait for it.
        for process in list((getattr(self._pool, "_processes", None) or {}).values()):
            process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._opened()

    def _suspect(self, i: int) -> None:
        self._died[i] += 1
        if self._died[i] >= _TRIES:
            self._ready.append((i, WorkerDiedError(f"its worker died {_TRIES} times")))
        else:
            self._queue.append(i)

    def _opened(self) -> Executor:
        if self._workers.kind == THREADS:
            return ThreadPoolExecutor(self._workers.count)
        if self._workers.kind == PROCESSES:
            # Never fork: threads and compiled code do not survive it.
            context = multiprocessing.get_context("spawn")
            if getattr(multiprocessing.current_process(), "_inheriting", False):
                sys.exit(1)  # a worker that reads its script again: whoever started it says what is wrong
            if self._begun is None:
                # Not an event: a process that is killed while it holds its lock would keep it for ever.
                self._begun = context.RawValue("b", 0)
            return ProcessPoolExecutor(self._workers.count, context, initializer=_begin_work, initargs=(self._begun,))
        self._client = _client(self._workers.kind)
        pool: Executor = self._client.get_executor(pure=False)
        return pool


@contextmanager
def _deaf() -> Iterator[None]:
    """Keep Ctrl-C from workers that are started meanwhile: they inherit that they do not hear it from the beginning."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_work(begun: Any) -> None:
    """Say that work can begin, leave Ctrl-C to the process that asked for the work, and do not outlive it."""
    begun.value = 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _never_began() -> Problem:
    """Return what is wrong when no process ever came to work."""
    guard = "if __name__ == '__main__':"
    return Problem.at(
        "workers",
        t(
            "工作进程还没开始就结束了（进程会把脚本重新读一遍）",
            "the worker processes ended before they could begin (a process reads the script again)",
        ),
        t(
            f"把运行的语句写在 {guard} 之下，或用 Workers('{THREADS}')",
            f"what runs stands under {guard}, or Workers('{THREADS}')",
        ),
    )


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _client(address: str) -> Any:
    """Return a client of a Dask scheduler.

    Raises:
        InputError: Dask is not installed, or nobody answers at the address.
    """
    try:
        from dask.distributed import Client
    except ImportError:
        what = t("没有安装 Dask", "Dask is not installed")
        raise InputError(
            [Problem.at("--dask", what, t("pip install 'labsim[dask]'", "pip install 'labsim[dask]'"))]
        ) from None
    try:
        return Client(address, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        what = t(f"{address} 没有调度器应答（{error}）", f"no scheduler answers at {address} ({error})")
        raise InputError([Problem.at("--dask", what, t("tcp://主机:端口", "tcp://host:port"))]) from None
