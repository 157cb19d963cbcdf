"""Detection alone and the case queue alone.

Takes: a :class:`DetectionAlone` or a :class:`QueueAlone`. Gives: times of faults and cases
from the same kernels as any run. Submodels (8)-(14).

Nothing is censored: a run goes on, with faults and arrivals as before, until everything
that began before its end has ended. What began before day 0 (burn-in) is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from labsim.model.parts import Alone, Place, logit, start_alone
from labsim.model.simulate import Run
from labsim.model.state import DAILY, PERIOD, ItemState, Outcome

CERTAIN = 50.0
KEPT = (
    "visits", "perfunctory_visits", "item_visits", "duplicate_item_visits", "skipped_item_visits", "reports",
    "duplicate_reports", "opened", "closed", "dropped", "returned", "queued", "latent", "open", "waiting_money",
    "repair_in", "repair_spent", "repair_balance", "case_hours",
)  # fmt: skip
_ENVIRONMENT_ITEMS = 4000


@dataclass(frozen=True)
class DetectionAlone:
    """Faults and how they are found; a found fault is put right at once.

    Attributes:
        items: check items.
        fault_rate: faults per item and day.
        departments: departments that inspect.
        visits: visits of all departments together in 28 days; a department's period is
            ``28 * departments / visits`` days.
        coverage: chance that a visit covers an item.
        detection: chance that a covered fault is seen.
        perfunctory: chance that a visit is a formality.
        poisson: visits at random times; else periodic with random phase.
        notice_rate: rate at which residents notice a fault, per day.
        report_probability: chance that who noticed reports.
        data_sharing: share of repeat checks avoided.
        window: days within which another department's visit is a repeat.
        days: length.
        burn_in: days before day 0.
        world: further world values over the silent ones.
        levers: further lever values over the silent ones.
    """

    items: int = 1000
    fault_rate: float = 1e-3
    departments: int = 1
    visits: float = 0.0
    coverage: float = 1.0
    detection: float = 1.0
    perfunctory: float = 0.0
    poisson: bool = False
    notice_rate: float = 0.0
    report_probability: float = 1.0
    data_sharing: float = 0.0
    window: float = 7.0
    days: int = 3640
    burn_in: int = 364
    world: Mapping[str, float] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseTable:
    """What was found, over all seeds.

    Attributes:
        cases: ``CASES`` records that began in time: by onset for detection, by opening for
            the queue.
        daily: some ``DAILY`` columns of days 0 to ``days - 1``, shape [seeds, days].
        follow_up: days for which a run went on at least.
    """

    cases: NDArray[np.void]
    daily: NDArray[np.void]
    follow_up: int

    @property
    def delays(self) -> NDArray[np.float64]:
        """Return days from onset to opening."""
        return np.asarray(self.cases["opened"] - self.cases["onset"])

    @property
    def detectors(self) -> NDArray[np.int8]:
        """Return who found each (``state.Detector``)."""
        return np.asarray(self.cases["detector"])

    def duplicate_shares(self) -> NDArray[np.float64]:
        """Return duplicate checks over checks, one per seed; NaN where nobody checked."""
        checks = self.daily["item_visits"].sum(axis=1).astype(float)
        shares: NDArray[np.float64] = np.divide(
            self.daily["duplicate_item_visits"].sum(axis=1), checks, out=np.full(len(checks), np.nan), where=checks > 0
        )
        return shares

    def skipped_share(self) -> float:
        """Return the share of due checks that shared data avoided."""
        skipped = self.daily["skipped_item_visits"].sum()
        return float(skipped / (skipped + self.daily["item_visits"].sum()))

    @property
    def started(self) -> NDArray[np.void]:
        """Return the cases that reached a handler."""
        return np.asarray(self.cases[~np.isnan(self.cases["started"])])

    @property
    def waits(self) -> NDArray[np.float64]:
        """Return days from entering the queue to the start of the first attempt."""
        return np.asarray(self.started["started"] - self.started["queued"])

    @property
    def sojourns(self) -> NDArray[np.float64]:
        """Return days from entering the queue to closure, all attempts and verifications included."""
        return np.asarray(self.started["closed"] - self.started["queued"])

    def waited(self, days: float = 0.0) -> float:
        """Return the share of cases that waited longer than so many days."""
        return float((self.waits > days).mean())

    @property
    def queue_lengths(self) -> NDArray[np.float64]:
        """Return how many waited at the end of each day, shape [seeds, days]."""
        return self.daily["queued"].astype(float)

    def recurred(self, days: float) -> float:
        """Return the share of cases closed in time whose item failed again within so many days.

        Raises:
            ValueError: the runs did not go on for so long.
        """
        if days > self.follow_up:
            raise ValueError(f"followed up for {self.follow_up} days: give a follow_up of {days:g} or more")
        closed = self.cases[self.cases["closed"] < self.daily.shape[1]]
        closed = closed[closed["outcome"] == Outcome.CLOSED]
        return float((closed["next_onset"] - closed["closed"] <= days).mean())


def detection(part: DetectionAlone, seeds: Sequence[int] = (0,)) -> CaseTable:
    """Let faults happen and be found.

    >>> table = detection(DetectionAlone(items=50, fault_rate=0.01, visits=28, days=364), seeds=[1, 2])
    >>> bool(table.delays.max() < 1.0)  # one visit a day that misses nothing
    True
    """
    world = {
        "fault_rate": part.fault_rate, "detection": part.detection, "perfunctory_share": part.perfunctory,
        "poisson_visits": float(part.poisson), "notice_rate": part.notice_rate, "drop_rate": 0.0,
        "report_bias": logit(part.report_probability), "duplicate_window": part.window,
    }  # fmt: skip
    levers = {
        "inspection_frequency": part.visits, "inspection_coverage": part.coverage, "data_sharing": part.data_sharing,
    }  # fmt: skip
    formality = part.perfunctory * (1.0 - part.levers.get("unannounced_share", 0.0))
    findable = part.visits * part.coverage * part.detection * (1.0 - formality)
    if part.fault_rate > 0.0 and findable + part.notice_rate * part.report_probability == 0.0:
        raise ValueError("faults that nobody can find: give visits or a notice rate")
    alone = Alone(
        Place(items=part.items, departments=part.departments), world | dict(part.world), levers | dict(part.levers),
        days=part.days, burn_in=part.burn_in,
    )  # fmt: skip
    return _join([_finished(alone, seed, "onset", PERIOD) for seed in seeds], PERIOD)


@dataclass(frozen=True)
class QueueAlone:
    """Cases from their opening on; a fault opens a case at once.

    Attributes:
        arrival_rate: cases a day from very many items (a Poisson process but for the share of
            items that are in the system); or None with ``fault_rate``.
        items: check items, or how many per class, in proportion to which cases arrive.
        fault_rate: faults per item in order and day: a finite source (machine repair).
        intake_days: mean intake time.
        hop_days: mean time of one approval.
        many_hops: share of cases with three approvals instead of one.
        drop: chance that an approval loses the case. Its item is in order again by the end of
            the day, so that arrivals go on as before.
        work_days: mean work of an attempt, handler-days.
        handlers: how many.
        queue_rule: 0 first come, 1 by class, 2 overdue first.
        deadline: days after which a case is overdue.
        superficial: chance that an attempt is superficial.
        recurrence_days: mean time until a superficial repair fails.
        verification: chance that verification catches a superficial repair; 0 is none.
        costs: yuan of a case, per class.
        budget: yuan a year, of which a thirteenth is released every 28 days.
        days: length.
        burn_in: days before day 0.
        follow_up: days for which a run goes on at least, to see what recurs.
        world: further world values over the silent ones.
        levers: further lever values over the silent ones.
    """

    arrival_rate: float | None = 1.0
    items: int | tuple[int, int, int] = _ENVIRONMENT_ITEMS
    fault_rate: float | None = None
    intake_days: float = 0.0
    hop_days: float = 0.0
    many_hops: float = 0.0
    drop: float = 0.0
    work_days: float = 1.0
    handlers: int = 1
    queue_rule: int = 0
    deadline: float = 21.0
    superficial: float = 0.0
    recurrence_days: float = 30.0
    verification: float = 0.0
    costs: tuple[float, float, float] = (0.0, 0.0, 0.0)
    budget: float = 0.0
    days: int = 3640
    burn_in: int = 364
    follow_up: int = 3 * PERIOD + 7
    world: Mapping[str, float] = field(default_factory=dict)
    levers: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Return faults per item in order and day.

        Raises:
            ValueError: both or none of ``arrival_rate`` and ``fault_rate`` are given.
        """
        if (self.arrival_rate is None) == (self.fault_rate is None):
            raise ValueError("give either arrival_rate or fault_rate, and None for the other")
        if self.fault_rate is not None:
            return self.fault_rate
        items = self.items if isinstance(self.items, int) else sum(self.items)
        return float(self.arrival_rate or 0.0) / items


def queue_alone(part: QueueAlone) -> Alone:
    """Return the part as world values and levers."""
    world = {
        "fault_rate": part.rate, "notice_rate": np.inf, "report_bias": CERTAIN, "intake_days": part.intake_days,
        "hop_days": part.hop_days, "many_hops_share": part.many_hops, "drop_rate": part.drop,
        "work_days": part.work_days, "feedback_deadline": part.deadline, "superficial_share": part.superficial,
        "recurrence_days": part.recurrence_days, "cost_environment": part.costs[0], "cost_facility": part.costs[1],
        "cost_capital": part.costs[2],
    }  # fmt: skip
    levers = {
        "handlers": float(part.handlers), "staff": float(part.handlers), "queue_rule": float(part.queue_rule),
        "verification": part.verification, "repair_budget": part.budget,
    }  # fmt: skip
    return Alone(
        Place(items=part.items), world | dict(part.world), levers | dict(part.levers), days=part.days,
        burn_in=part.burn_in,
    )  # fmt: skip


def case_queue(part: QueueAlone, seeds: Sequence[int] = (0,)) -> CaseTable:
    """Let cases arrive, wait and be served.

    >>> table = case_queue(QueueAlone(arrival_rate=1.0, items=500, work_days=0.5, days=364), seeds=[1])
    >>> bool((table.sojourns >= table.waits).all())
    True
    """
    alone = queue_alone(part)
    return _join([_finished(alone, seed, "opened", part.follow_up) for seed in seeds], part.follow_up)


def _finished(alone: Alone, seed: int, began: str, follow_up: int) -> CaseTable:
    """Return what began in time, from a run that went on until all of it had ended."""
    days = alone.days
    extra = follow_up
    while True:
        run = _advanced(replace(alone, days=days + extra), seed)
        if not _unfinished(run, days, began):
            break
        extra *= 4
    table = run.trajectory()
    cases = table.cases[(table.cases[began] >= 0.0) & (table.cases[began] < days)]
    programme = table.programme[:days]
    daily = np.empty(days, [(name, DAILY[name]) for name in KEPT])
    for name in KEPT:
        daily[name] = programme[name]
    return CaseTable(cases, daily[None], follow_up)


def _advanced(alone: Alone, seed: int) -> Run:
    run = start_alone(alone, seed)
    if alone.world["drop_rate"] == 0.0 or alone.world["notice_rate"] != np.inf:
        return run.advance()
    # Faults are noticed at onset only, so what is still unknown at night was dropped that day.
    while run.day < alone.days:
        run.advance(run.day + 1)
        items = run.state.items
        items.state[items.state == ItemState.LATENT] = ItemState.OK
    return run


def _unfinished(run: Run, days: int, began: str) -> bool:
    items = run.state.items
    if began == "onset":
        return bool(((items["state"] == ItemState.LATENT) & (items["onset"] < days)).any())
    cases = run.state.cases[: int(run.state.ledger[0].cases)]
    return bool(((cases["outcome"] == Outcome.OPEN) & (cases["opened"] < days)).any())


def _join(tables: Sequence[CaseTable], follow_up: int) -> CaseTable:
    cases = np.concatenate([table.cases for table in tables])
    return CaseTable(cases, np.concatenate([table.daily for table in tables]), follow_up)
