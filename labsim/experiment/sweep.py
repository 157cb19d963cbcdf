"""Running a sweep: a table with one row per run, whatever became of it.

Takes: a :class:`~labsim.experiment.designs.Sweep`. Gives: :class:`SweepResult`, with a row for every run in the
order of the design: points, worlds, replications; a failed run is a row with its error and the command that
runs it again.
"""

from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labsim.experiment.designs import Sweep
from labsim.experiment.runner import ExperimentResult, Progress, Watch, run
from labsim.experiment.workers import Workers
from labsim.results.indicators import select
from labsim.results.results import Reduction
from labsim.results.store import RunStore


@dataclass(frozen=True)
class SweepResult:
    """What a sweep gave.

    Attributes:
        sweep: that was run.
        table: one row per run: ``point``, of a city ``community``, one column per factor, ``world``,
            ``replication``, ``seed``, one column per indicator (NaN where it could not be measured), ``error`` and
            ``command`` (empty where the run ended well). Runs that were never run have no row.
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
    keys = ["scenario", "world", "replication", "seed"]
    points = {point.scenario.name: point for point in sweep.points}
    begins, measured = _runs(result.values, names)
    finished, failed = result.values.loc[begins, keys], result.failures[[*keys, "error", "command"]]
    ended = pd.concat([one.astype({"scenario": object}) for one in (finished, failed)], ignore_index=True)
    table = pd.DataFrame(index=range(len(ended)))
    of = [points[name] for name in ended["scenario"]]
    table["point"] = [one.number for one in of]
    if sweep.city is not None:
        table["community"] = [one.community for one in of]
    for i, factor in enumerate(sweep.factors):
        table[factor.column] = [_cell(one.levels[i]) for one in of]
    for key in keys[1:]:
        table[key] = ended[key].to_numpy(np.int64)
    # Runs that failed have no values: NaN.
    table = pd.concat([table, pd.DataFrame(measured, columns=names).reindex(range(len(ended)))], axis=1)
    for name in ("error", "command"):
        table[name] = ended[name].fillna("").astype(str)
    order = [name for name in ("point", "community", "world", "replication") if name in table]
    return table.sort_values(order, kind="stable", ignore_index=True)


def _runs(values: pd.DataFrame, names: list[str]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which rows begin a run, and the values of each run, shape [runs, indicators]."""
    # By number, and without a copy of the table: a large sweep has millions of values.
    columns = [values["scenario"].cat.codes, values["world"], values["replication"]]
    begins = np.zeros(len(values), np.bool_)
    begins[:1] = True
    for column in columns:  # the rows of a run stand together
        keys = column.to_numpy()
        begins[1:] |= keys[1:] != keys[:-1]
    place = np.array([names.index(name) for name in values["indicator"].cat.categories], np.int64)
    measured = np.full((int(np.count_nonzero(begins)), len(names)), np.nan)
    measured[np.cumsum(begins) - 1, place[values["indicator"].cat.codes]] = values["value"]
    return begins, measured


def _cell(level: float | tuple[str, ...]) -> float | str:
    return " + ".join(level) if isinstance(level, tuple) else level
