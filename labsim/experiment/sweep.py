"""Running a sweep: a table with one row per run, whatever became of it.

Takes: a :class:`~labsim.experiment.designs.Sweep`. Gives: :class:`SweepResult`, with a row for every run in the
order of the design: points, worlds, replications; a failed run is a row with its error and the command that
runs it again.
"""

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from labsim.experiment.designs import Sweep
from labsim.experiment.runner import ExperimentResult, Progress, Watch, run
from labsim.experiment.workers import Workers
from labsim.results.indicators import select
from labsim.results.results import Reduction
from labsim.results.store import RunStore

RUN_COLUMNS = ("point", "world", "replication", "seed")


@dataclass(frozen=True)
class SweepResult:
    """What a sweep gave.

    Attributes:
        sweep: that was run.
        table: one row per run: ``point``, one column per factor, ``world``, ``replication``, ``seed``, one
            column per indicator (NaN where it could not be measured), ``error`` and ``command`` (empty where
            the run ended well). Runs that were never run have no row.
        result: of the experiment: counts and failures.
    """

    sweep: Sweep
    table: pd.DataFrame
    result: ExperimentResult

    def __post_init__(self) -> None:
        """Check that every run has its row."""
        if len(self.table) + self.result.cancelled != self.sweep.requested:
            counts = f"{len(self.table)} rows and {self.result.cancelled} cancelled"
            raise AssertionError(f"{self.sweep.requested} runs requested, but {counts}")


def run_sweep(
    sweep: Sweep,
    executor: Workers | Executor | None = None,
    progress: Progress | Watch | None = None,
    store: RunStore | None = None,
) -> SweepResult:
    """Run a sweep.

    Args:
        sweep: what to run.
        executor: who works, as in :func:`labsim.experiment.runner.run`.
        progress: who is told.
        store: where runs are kept and found.
    """
    what = Reduction(sweep.indicators, by_group=False)
    result = run(sweep.design(), what, executor, progress, store=store)
    return SweepResult(sweep, sweep_table(sweep, result), result)


def sweep_table(sweep: Sweep, result: ExperimentResult) -> pd.DataFrame:
    """Return the table of :class:`SweepResult`."""
    names = [item.name for item in select(sweep.indicators)]
    keys = ["scenario", "world", "replication"]
    numbers = {point.scenario.name: point.number for point in sweep.points}
    ended = pd.concat(
        [
            result.values.astype({"scenario": object})[[*keys, "seed"]].drop_duplicates(),
            result.failures.astype({"scenario": object})[[*keys, "seed", "error", "command"]],
        ],
        ignore_index=True,
    )
    table = pd.DataFrame(index=range(len(ended)))
    table["point"] = ended["scenario"].map(numbers).to_numpy(np.int64)
    for i, factor in enumerate(sweep.factors):
        table[factor.column] = [_cell(sweep.points[number].levels[i]) for number in table["point"]]
    for key in ("world", "replication", "seed"):
        table[key] = ended[key].to_numpy(np.int64)
    wide = _wide(result.values, numbers, names)
    columns = table[["point", "world", "replication"]].merge(wide, "left", ["point", "world", "replication"])
    table = pd.concat([table, columns[names]], axis=1)
    for name in ("error", "command"):
        table[name] = ended[name].fillna("").astype(str) if name in ended else ""
    return table.sort_values(["point", "world", "replication"], kind="stable", ignore_index=True)


def _wide(values: pd.DataFrame, numbers: dict[str, int], names: list[str]) -> pd.DataFrame:
    """Return one row per run and one column per indicator."""
    keys = ["point", "world", "replication"]
    # By number: a large sweep has millions of values, and their names are few.
    point = np.array([numbers[name] for name in values["scenario"].cat.categories], np.int64)
    known = values["indicator"].cat
    frame = values[["world", "replication", "value"]].assign(
        point=point[values["scenario"].cat.codes], indicator=known.codes.to_numpy(np.int64)
    )
    wide = frame.pivot(index=keys, columns="indicator", values="value")
    wide.columns = pd.Index(known.categories[wide.columns], dtype=object)
    return wide.reindex(columns=names).reset_index()


def _cell(level: float | tuple[str, ...]) -> float | str:
    return " + ".join(level) if isinstance(level, tuple) else level
