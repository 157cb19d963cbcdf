"""Calibration: world parameters under which the model shows the fit targets.

Takes: targets, stages and settings of the search. Gives: :class:`Calibration`: the values, how they were
found and which targets they meet on the seeds they were fitted on. Fresh seeds are for ``validate``.

The loss is the sum over targets of how far outside the band a value is, in widths of the band, squared
near the band and linear far from it, plus a weak pull towards the declared defaults. All evaluations use
the same seeds, so the loss has no noise of its own, and populations are made once. The search is CMA-ES
(Hansen & Ostermeier 2001, library ``cma``), its chance addressed like any other: rerunning gives the same bits.
"""

import tomllib
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from typing_extensions import TypedDict

from labsim.analysis.battery import Battery, distance, estimate
from labsim.analysis.plan import stages
from labsim.analysis.staged import Knob, Stage, knob_problems, shifts_of, world_at
from labsim.analysis.targets import Role, Target, Targets
from labsim.foundations.declared import Frozen
from labsim.foundations.draws import normals
from labsim.foundations.errors import InputError, Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.foundations.randomness import Decision
from labsim.scenario.checked import broken
from labsim.scenario.checks import WORLD_PARAMETER, value_problems
from labsim.scenario.scenario import Scenario
from labsim.scenario.world import WORLD

Array = NDArray[np.float64]
START = ("data", "calibration", "start.toml")
NOT_MEASURABLE_LOSS = 4.0
"""Loss of a target that cannot be measured in most runs: as bad as two and a half bands away."""


class Search(Frozen):
    """How the search is done.

    Attributes:
        seeds: replications of every evaluation.
        margin: share of the band on each side that is not aimed at: the figure of the text is in its middle, and luck
            must not push a hit out.
        pull: weight of the squared distance from the declared defaults, in half ranges of a knob.
        search_seed: seed of the search's own chance.
        effort: factor on the evaluations of every stage.
        threads: runs at the same time; changes no bit.
    """

    seeds: tuple[int, ...] = tuple(range(1, 11))
    margin: float = Field(default=0.4, ge=0.0, lt=0.5)
    pull: float = Field(default=0.03, ge=0.0)
    search_seed: int = Field(default=1, ge=0)
    effort: float = Field(default=1.0, gt=0.0)
    threads: int = Field(default=2, ge=1)


class StageRecord(TypedDict):
    """What one stage did."""

    stage: str
    targets: list[str]
    knobs: dict[str, dict[str, Any]]
    evaluations: int
    start_loss: float
    loss: float
    trace: list[float]


class Result(TypedDict):
    """One fit target on the seeds it was fitted on."""

    id: str
    value: float | None
    band: list[float]
    hit: bool
    distance: float | None


class Calibration(Frozen):
    """What a calibration found.

    Attributes:
        fitted: values of the parameters that knobs moved.
        results: every fit target on the calibration seeds.
        stages: what each stage did.
        loss: of all fit targets at the end.
        search: how the search was done.
        targets: name of the targets file.
        sha256: of the targets file.
        stopped: whether the search was stopped before its end.
    """

    fitted: dict[str, float]
    results: list[Result]
    stages: list[StageRecord]
    loss: float
    search: Search
    targets: str
    sha256: str
    stopped: bool = False

    @property
    def hits(self) -> int:
        """Return how many fit targets are inside their band."""
        return sum(one["hit"] for one in self.results)


Progress = Callable[[str, int, int, float], None]
"""Called with the stage, evaluations done, evaluations in all and the best loss so far."""


def miss(target: Target, value: float, share_measured: float, margin: float) -> float:
    """Return the loss of one target, 0 well inside the band."""
    if share_measured < 0.5 or not np.isfinite(value):
        return NOT_MEASURABLE_LOSS + (1.0 - share_measured)
    width = target.high - target.low
    aim = target.low + margin * width, target.high - margin * width
    away = max(aim[0] - value, value - aim[1], 0.0) / width
    return away**2 if away < 1.0 else 2.0 * away - 1.0


def start_values(path: Path | None = None) -> dict[str, float]:
    """Return the hand-steered values that a calibration starts from, table ``[world]``; none without a file.

    Args:
        path: a file; ``data/calibration/start.toml`` when left out.

    Raises:
        InputError: the file is broken or holds a value that is not allowed.
    """
    place = resource(*START) if path is None else path
    if not place.is_file():
        return {}
    try:
        found: dict[str, Any] = tomllib.loads(place.read_text(encoding="utf-8")).get("world", {})
    except tomllib.TOMLDecodeError as error:
        raise broken(place.name, error) from None
    problems = list(value_problems("world", found, WORLD, WORLD_PARAMETER))
    if problems:
        raise InputError(problems).located(lambda where: Where(place.name, where.line, where.key))
    return {name: float(value) for name, value in found.items()}


class Objective:
    """The loss of one stage as a function of shifts."""

    def __init__(self, battery: Battery, knobs: Sequence[Knob], start: Mapping[str, float], search: Search) -> None:
        """Take the runs, what is turned, and the values of everything else."""
        self.battery, self.knobs, self.start, self.search = battery, tuple(knobs), dict(start), search
        self.half = np.array([(knob.high - knob.low) / 2 for knob in knobs])

    def __call__(self, shifts: Array) -> float:
        """Return the loss at these shifts, shape [knobs]."""
        pairs = self.battery.evaluate(world_at(self.knobs, shifts, self.start), self.search.threads)
        total = self.search.pull * float(np.sum((shifts / self.half) ** 2))
        for target, pair in zip(self.battery.targets, pairs, strict=True):
            found = estimate(target.statistic, pair)
            total += miss(target, found.value, found.n / found.runs, self.search.margin)
        return total


def _strategy(start: Array, spread: float, evaluations: int, seed: int) -> Any:
    """Return a CMA-ES on the unit cube whose normal numbers are addressed by seed and call."""
    with warnings.catch_warnings():
        # It says that plotting is not there; nothing is plotted here.
        warnings.filterwarnings("ignore", message="Could not import matplotlib")
        from cma import CMAEvolutionStrategy

    size = max(2, len(start))  # the library fails in one dimension: a second one is turned that nothing reads
    calls = iter(range(1, 2**31))

    def normal(*shape: int) -> Array:
        return normals(seed, Decision.WORLD, next(calls), np.arange(int(np.prod(shape)))).reshape(shape)

    options = {
        "bounds": [0.0, 1.0], "maxfevals": evaluations, "verbose": -9, "seed": np.nan, "randn": normal,
        "tolfun": 1e-4, "tolx": 1e-4,
        "CMA_stds": np.ones(size),
    }  # fmt: skip
    return CMAEvolutionStrategy(np.concatenate([start, np.full(size - len(start), 0.5)]), spread, options)


def search_stage(
    stage: Stage, targets: Targets, start: Mapping[str, float], search: Search, progress: Progress | None = None
) -> tuple[dict[str, float], StageRecord]:
    """Turn the knobs of one stage.

    Args:
        stage: knobs and targets.
        targets: all targets.
        start: every world value before the stage.
        search: how.
        progress: called after every generation.

    Returns:
        Every world value after the stage, never with a larger loss than before it, and the record.

    Raises:
        InputError: a knob is not possible, or the stage has no fit target.
    """
    raise_if(knob_problems(stage.knobs))
    looks_at = stage.looks_at(targets)
    if not looks_at:
        what = t(f"阶段 {stage.name} 没有可拟合的目标", f"stage {stage.name} has no target to fit")
        raise InputError([Problem.at("targets", what, t('role = "fit"', 'role = "fit"'))])
    knobs = stage.knobs
    low = np.array([knob.low for knob in knobs])
    width = np.array([knob.high for knob in knobs]) - low
    objective = Objective(Battery.of(looks_at, targets.base, search.seeds), knobs, start, search)
    best = shifts_of(knobs, start)
    best_loss = first_loss = objective(best)
    budget = max(1, round(stage.evaluations * search.effort))
    trace = [round(best_loss, 6)]
    done = 1
    strategy = _strategy((best - low) / width, stage.spread, budget, search.search_seed)
    while done < budget and not strategy.stop():
        points = strategy.ask()
        tried = [low + width * np.asarray(point)[: len(knobs)] for point in points]
        losses = [objective(shifts) for shifts in tried]
        strategy.tell(points, losses)
        done += len(points)
        if min(losses) < best_loss:
            best_loss = min(losses)
            best = tried[int(np.argmin(losses))]
        trace.append(round(best_loss, 6))
        if progress is not None:
            progress(stage.name, done, budget, best_loss)
    record = StageRecord(
        stage=stage.name, targets=[one.id for one in looks_at],
        knobs={knob.name: {**knob.model_dump(exclude={"name"}), "found": round(float(shift), 6)}
               for knob, shift in zip(knobs, best, strict=True)},
        evaluations=done, start_loss=round(first_loss, 6), loss=round(best_loss, 6), trace=trace,
    )  # fmt: skip
    return world_at(knobs, best, start), record


def calibrate(
    targets: Targets,
    plan: Sequence[Stage] | None = None,
    search: Search | None = None,
    start: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """Search stage by stage for world values that meet the fit targets.

    Args:
        targets: what to meet; free targets are never looked at.
        plan: the stages; those of :func:`labsim.analysis.plan.stages` when left out.
        search: how.
        start: world values to start from, over the declared defaults; those found by hand
            (:func:`start_values`) when left out. An earlier calibration is never looked at.
        progress: called after every generation.

    Returns:
        The calibration. Ctrl-C ends the search and leaves the best values so far.

    Raises:
        InputError: a knob, a start value or a stage is not possible.
    """
    search = search or Search()
    plan = tuple(plan or stages(targets))
    start = start_values() if start is None else start
    world = {**WORLD.defaults(), **start}
    raise_if([p for stage in plan for p in knob_problems(stage.knobs)])
    Scenario(world=start)  # says which start values are wrong
    records: list[StageRecord] = []
    stopped = False
    for stage in plan:
        try:
            world, record = search_stage(stage, targets, world, search, progress)
        except KeyboardInterrupt:
            stopped = True
            break
        records.append(record)
    moved = sorted({name for stage in plan for knob in stage.knobs for name in knob.moves})
    kept = {name: world[name] for name in WORLD if name in {*moved, *start}}
    results, loss = results_of(targets.running(Role.FIT), targets, world, search)
    return Calibration(
        fitted=kept, results=results, stages=records, loss=round(loss, 6), search=search, targets=targets.source,
        sha256=targets.sha256, stopped=stopped,
    )  # fmt: skip


def results_of(
    fit: Sequence[Target], targets: Targets, world: Mapping[str, float], search: Search
) -> tuple[list[Result], float]:
    """Return every target on the calibration seeds, and the loss of all without the pull."""
    pairs = Battery.of(fit, targets.base, search.seeds).evaluate(world, search.threads)
    results: list[Result] = []
    loss = 0.0
    for target, pair in zip(fit, pairs, strict=True):
        found = estimate(target.statistic, pair)
        away = distance(target, found.value)
        measured = found.n / found.runs >= 0.5 and np.isfinite(found.value)
        loss += miss(target, found.value, found.n / found.runs, search.margin)
        results.append(
            Result(
                id=target.id, value=round(found.value, 6) if measured else None, band=[target.low, target.high],
                hit=bool(measured and away == 0.0), distance=round(away, 6) if measured else None,
            )
        )  # fmt: skip
    return results, loss
