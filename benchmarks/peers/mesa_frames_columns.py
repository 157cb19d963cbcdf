"""The workload in mesa-frames: residents are rows of a Polars frame, a day is a few expressions on it."""

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF
from numpy.typing import NDArray

from benchmarks.peers.serving import Year
from benchmarks.peers.workload import (
    CONTACT_WEIGHT,
    DAYS,
    HABIT_RATE,
    REWARD_AT,
    TRUST_RATE,
    TRUST_START,
    TRUST_WEIGHT,
    Workload,
)


class Residents(AgentSetPolars):  # type: ignore[misc]
    """Everybody."""

    def __init__(self, model: "Participation", workload: Workload) -> None:
        """Start without habit or points."""
        super().__init__(model)
        n = workload.residents
        self._agents: pl.DataFrame
        self.other = pl.Series(workload.other)
        self.start = workload.start[:-1]
        self += pl.DataFrame(
            {
                "unique_id": np.arange(n),
                "community": workload.community,
                "base": workload.base,
                "weight": CONTACT_WEIGHT / np.diff(workload.start),
                "acts": np.zeros(n),
                "habit": np.zeros(n),
                "trust": np.full(n, TRUST_START),
                "points": np.zeros(n),
            }
        )

    def step(self) -> None:
        """Let everybody decide and learn."""
        model = self.model
        # Sums over runs of one flat column: the fastest of join, list and gather that Polars offers.
        acting = np.add.reduceat(self._agents["acts"].gather(self.other).to_numpy(), self.start)
        draws = pl.Series(model.random.random(len(self)))
        paid = pl.Series(model.budget > 0).cast(pl.Float64).gather(self._agents["community"])
        utility = (
            pl.col("base") + pl.col("weight") * pl.Series(acting) + pl.col("habit") + TRUST_WEIGHT * pl.col("trust")
        )
        self._agents = (
            self._agents.with_columns((draws * (1.0 + (-utility).exp()) < 1.0).cast(pl.Float64).alias("acts"))
            .with_columns(
                habit=pl.col("habit") + HABIT_RATE * (pl.col("acts") - pl.col("habit")),
                trust=pl.col("trust") + TRUST_RATE * pl.col("acts") * (paid - pl.col("trust")),
                points=pl.col("points") + pl.col("acts"),
            )
            .with_columns(full=pl.col("points") >= REWARD_AT)
            .with_columns(points=pl.col("points") - REWARD_AT * pl.col("full"))
        )
        sums = self._agents.group_by("community", maintain_order=True).agg(
            pl.col("acts", "trust", "habit", "full").sum()
        )
        model.budget = np.maximum(0, model.budget - sums["full"].to_numpy())
        model.record.append(np.column_stack([sums.select("acts", "trust", "habit").to_numpy(), model.budget]))


class Participation(ModelDF):  # type: ignore[misc]
    """The workload."""

    def __init__(self, workload: Workload, seed: int) -> None:
        """Make everybody."""
        super().__init__(seed)
        self.budget = workload.budget.astype(np.int64)
        self.record: list[NDArray[np.float64]] = []
        self.agents += Residents(self, workload)


def prepare(workload: Workload, seed: int) -> Year:
    """Return a year of the workload."""
    model = Participation(workload, seed)

    def run() -> NDArray[np.generic]:
        for _ in range(DAYS):
            model.agents.do("step")
        return np.stack(model.record)[:, :, 0]

    return Year(run)
