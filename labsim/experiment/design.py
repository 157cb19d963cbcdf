"""What is run: scenarios x states of the world x replications, paired.

Takes: scenarios and numbers. Gives: a :class:`Design`, and the :class:`Job` list it means.

All scenarios meet the same worlds and the same seeds, so that they share all luck. Every
world has seeds of its own: world means are then independent, which the two-level interval
of ``analysis.paired`` rests on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from labsim.experiment.worlds import CENTRAL, World, worlds
from labsim.foundations.errors import Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.foundations.randomness import Decision, uniform
from labsim.scenario.idle import idle_problems
from labsim.scenario.scenario import Scenario


@dataclass(frozen=True)
class Job:
    """All scenarios in one world on one seed: they share the population and all luck."""

    world: World
    replication: int
    seed: int


@dataclass(frozen=True)
class Design:
    """A paired experiment.

    Attributes:
        scenarios: of different names and the same length; the first is the baseline.
        worlds: states of the world, each equally probable.
        replications: seeds in each world.
        seed: from which all seeds follow.
        first: number of the first replication, to add replications to earlier ones.
    """

    scenarios: tuple[Scenario, ...]
    worlds: tuple[World, ...] = (CENTRAL,)
    replications: int = 50
    seed: int = 0
    first: int = 0

    def __post_init__(self) -> None:
        """Check the design.

        Raises:
            InputError: all that is wrong with it.
        """
        raise_if(_problems(self))

    @classmethod
    def of(cls, scenarios: Sequence[Scenario], world_draws: int = 1, replications: int = 50, seed: int = 0) -> Self:
        """Return a design with so many draws of the world."""
        return cls(tuple(scenarios), worlds(world_draws, seed), replications, seed)

    @property
    def requested(self) -> int:
        """Return how many runs the design asks for."""
        return len(self.scenarios) * len(self.worlds) * self.replications

    def jobs(self) -> list[Job]:
        """Return the jobs: replications of the first world, then of the next."""
        return [
            Job(world, replication, seed_of(self.seed, world.draw, replication))
            for world in self.worlds
            for replication in range(self.first, self.first + self.replications)
        ]

    def moved(self) -> dict[tuple[int, int], Scenario]:
        """Return each scenario in each state of the world, by draw and number of the scenario; runs share them."""
        return {
            (world.draw, j): world.applied(scenario)
            for world in self.worlds
            for j, scenario in enumerate(self.scenarios)
        }


def seed_of(seed: int, draw: int, replication: int) -> int:
    """Return the seed of a replication in a world: 52 bits, so that it survives JSON.

    Steps below zero keep these addresses apart from the draws of parameters.
    """
    return int(uniform(seed, int(Decision.WORLD), -1 - draw, replication) * 2.0**52)


def _problems(design: Design) -> list[Problem]:
    found = []
    names = [scenario.name for scenario in design.scenarios]
    if not names:
        found.append(Problem.at("scenarios", t("没有情景", "there is no scenario"), t("至少 1 个", "at least 1")))
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(
            Problem.at(
                "scenarios",
                t(f"有多个情景名为“{name}”", f"several scenarios are named '{name}'"),
                t("名称各不相同", "different names"),
            )
        )
    for scenario in design.scenarios:
        for problem in idle_problems(scenario):
            found.append(replace(problem, where=Where(scenario.name, key=problem.where.key)))
    lengths = {(scenario.burn_in, scenario.horizon) for scenario in design.scenarios}
    if len(lengths) > 1:
        said = ", ".join(f"{burn_in} + {horizon}" for burn_in, horizon in sorted(lengths))
        found.append(
            Problem.at(
                "scenarios",
                t(f"情景长度不同：{said} 天", f"scenarios of different length: {said} days"),
                t("相同的 burn_in 与 horizon", "the same burn_in and horizon"),
            )
        )
    if design.replications < 1:
        found.append(
            Problem.at(
                "replications",
                t(f"重复次数 {design.replications} 无效", f"{design.replications} replications are not possible"),
                t("至少 1", "at least 1"),
            )
        )
    if not 0 <= design.seed < 2**63:
        found.append(
            Problem.at(
                "seed",
                t(f"种子 {design.seed} 无效", f"a seed of {design.seed} is not possible"),
                t("0 到 2^63 - 1", "0 to 2^63 - 1"),
            )
        )
    draws = [world.draw for world in design.worlds]
    if not draws or len(set(draws)) < len(draws):
        found.append(
            Problem.at(
                "worlds",
                t("世界状态为空或重复", "states of the world are missing or repeated"),
                t("各不相同，至少 1 个", "different ones, at least 1"),
            )
        )
    return found
