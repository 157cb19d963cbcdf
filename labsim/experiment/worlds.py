"""States of the world: what is not known, drawn.

Takes: a seed and how many. Gives: :class:`World`, the parameters of each draw.

*Assumption*: what the evidence does not pin down lies within plus or minus ``spread``
(20 %) of its calibrated value, uniformly and independently, inside its declared range. A
parameter that the evidence pins down keeps its calibrated value, because moving it alone
would leave the facts it was fitted to.
"""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.randomness import Decision, uniform
from labsim.scenario.scenario import Scenario, world_values
from labsim.scenario.world import WORLD

SPREAD = 0.2

UNCERTAIN = (
    # rewards, habit and influence: no information without a points trial or a panel
    "contact_influence",
    "habit_weight",
    "efficacy_weight",
    "reward_weight",
    "crowding_out",
    "crowding_out_rate",
    "recognition_weight",
    "habit_rate",
    "efficacy_rate",
    "social_learning_rate",
    "credibility_rate",
    "migrant_barrier",
    "cost_volunteer",
    "cost_patrol",
    # discovery and repair
    "detection",
    "equipment_effect",
    "notice_rate",
    "patrol_coverage",
    "patrol_detection",
    "recurrence_days",
    "verification_days",
    "cost_facility",
    "cost_capital",
    # staff
    "visit_hours",
    "quit_load",
    "quit_pay",
    "vacancy_days",
    # services and satisfaction
    "need_cost",
    "saturation",
    "volunteer_value",
    "problem_decay",
    "score_service",
    "score_problem",
    "score_efficacy",
)
"""Parameters that the evidence does not identify: the one place where they are chosen."""

SUM_TO_ONE = ("score_service", "score_problem", "score_efficacy")
"""Weights of the score: they are moved together."""


@dataclass(frozen=True)
class World:
    """One state of the world.

    Attributes:
        draw: 0 for the central world, 1 and up for draws.
        factors: where each drawn parameter lies, as a multiple of its calibrated value.
    """

    draw: int
    factors: tuple[tuple[str, float], ...] = ()

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario in this state of the world.

        What the scenario says about the world itself stays: a question such as "without
        influence of contacts" would otherwise be drawn away.
        """
        if not self.factors:
            return scenario
        centre = world_values(scenario)
        moved = {
            name: min(max(centre[name] * factor, WORLD[name].low), WORLD[name].high)
            for name, factor in self.factors
            if name not in scenario.world
        }
        return scenario.with_world(**balanced(moved, centre))


CENTRAL = World(0)


def worlds(n: int, seed: int, parameters: Iterable[str] | None = None, spread: float = SPREAD) -> tuple[World, ...]:
    """Draw states of the world.

    Args:
        n: how many. One is the central world alone; more are draws 1 to n, without the central
            one, which is no random draw.
        seed: of the experiment. A parameter's draw is addressed by its name, so more parameters
            or more worlds leave the others as they are.
        parameters: names in ``WORLD``; :data:`UNCERTAIN` when left out.
        spread: half the width of the range, as a share of the calibrated value.

    Raises:
        InputError: a parameter does not exist, no worlds, or a spread outside 0 to 1.
    """
    names = UNCERTAIN if parameters is None else tuple(parameters)
    labels = [(label, name) for name, q in WORLD.items() for label in (q.label.zh, q.label.en)]
    problems = [
        unknown_name("worlds", name, WORLD, t("世界参数", "world parameter"), labels)
        for name in names
        if name not in WORLD
    ]
    if n < 1:
        problems.append(
            Problem.at(
                "worlds",
                t(f"世界状态数 {n} 无效", f"{n} states of the world are not possible"),
                t("至少 1", "at least 1"),
            )
        )
    if not 0 <= spread <= 1:
        problems.append(
            Problem.at(
                "spread", t(f"幅度 {spread} 无效", f"a spread of {spread} is not possible"), t("0 到 1", "0 to 1")
            )
        )
    raise_if(problems)
    if n == 1:
        return (CENTRAL,)
    return tuple(
        World(
            draw,
            tuple(
                (name, 1.0 + spread * (2.0 * uniform(seed, int(Decision.WORLD), draw, address(name)) - 1.0))
                for name in names
            ),
        )
        for draw in range(1, n + 1)
    )


def address(name: str) -> int:
    """Return the number under which a parameter is drawn; it survives new declarations."""
    return zlib.crc32(name.encode())


def balanced(moved: Mapping[str, float], centre: Mapping[str, float]) -> dict[str, float]:
    """Return the values with the weights of the score scaled back to a sum of 1."""
    values = dict(moved)
    if not set(SUM_TO_ONE) <= set(values):
        return {name: value for name, value in values.items() if name not in SUM_TO_ONE}
    total = sum(values[name] for name in SUM_TO_ONE)
    for name in SUM_TO_ONE:
        values[name] = values[name] / total if total > 0 else centre[name]
    return values
