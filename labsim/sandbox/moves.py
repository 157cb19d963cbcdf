"""What a team hands in for a round, and what it may not.

Takes: lever values, purchases, forecasts and reasons from outside. Gives: a checked
:class:`Move`, the money it leaves, and all problems at once.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, Where, unknown_name
from labsim.foundations.i18n import t
from labsim.results.indicators import indicator
from labsim.sandbox.exercise import Exercise
from labsim.sandbox.play import in_force
from labsim.sandbox.scoring import Forecast
from labsim.scenario.checked import Checked
from labsim.scenario.levers import LEVERS
from labsim.scenario.values import ValueField, Values

_TOLERANCE = 1e-6


class Move(Checked):
    """What a team does in a round.

    ``levers`` holds only what is turned. A move that was not locked in time has no forecasts.
    """

    levers: ValueField = Values()
    purchases: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    question: Annotated[str, Field(max_length=500)] = ""
    reasons: Annotated[str, Field(max_length=2000)] = ""
    forecasts: Annotated[tuple[Forecast, ...], Field(max_length=8)] = ()
    late: bool = False


def course(moves: Sequence[Move]) -> list[dict[str, float]]:
    """Return the decisions of some moves, round by round."""
    return [dict(one.levers) for one in moves]


def money(exercise: Exercise, moves: Sequence[Move]) -> float:
    """Return the yuan left after some rounds; what is not spent is carried over."""
    values = in_force(exercise, course(moves))
    prices = {one.name: one.price for one in exercise.purchases}
    spent = sum(exercise.cost(now, i) for i, now in enumerate(values))
    spent += sum(prices[name] for move in moves for name in move.purchases)
    return exercise.budget * len(moves) - spent


def value_problems(exercise: Exercise, lever: str, value: object) -> Iterator[Problem]:
    """Yield what is wrong with one value of one decision."""
    levers = [one.lever for one in exercise.decisions]
    if lever not in levers:
        yield unknown_name("levers", str(lever)[:60], levers, t("决策", "decision"))
        return
    choice, label = exercise.choice(lever), LEVERS[lever].label
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    steps = (float(value) - choice.low) / choice.step if number else 0.5  # type: ignore[arg-type]
    inside = number and choice.low - _TOLERANCE <= float(value) <= choice.high + _TOLERANCE  # type: ignore[arg-type]
    if not inside or abs(steps - round(steps)) > _TOLERANCE:
        low, high, step = choice.low, choice.high, choice.step
        yield Problem.at(
            lever,
            t(f"“{label.zh}”的值不可用", f"not a possible value of {label.en}"),
            t(f"{low:g} 至 {high:g}，步长 {step:g}", f"{low:g} to {high:g} in steps of {step:g}"),
        )


def problems(exercise: Exercise, moves: Sequence[Move], move: Move) -> Iterator[Problem]:
    """Yield everything that is wrong with the next move of a team.

    Args:
        exercise: what is played.
        moves: of the rounds before.
        move: the next one.
    """
    wrong = [problem for lever, value in move.levers.items() for problem in value_problems(exercise, lever, value)]
    names = [one.name for one in exercise.purchases]
    for name in move.purchases:
        if name not in names:
            wrong.append(unknown_name("purchases", name[:60], names, t("信息", "information")))
    if len(set(move.purchases)) != len(move.purchases):
        wrong.append(Problem.at("purchases", t("同一信息买了两次", "the same information is bought twice")))
    yield from wrong
    if wrong:
        return
    changed = changes(exercise, moves, move)
    if len(changed) > exercise.most_changes:
        yield Problem.at(
            "levers",
            t(f"改动了 {len(changed)} 项", f"{len(changed)} decisions are changed"),
            t(f"每轮至多 {exercise.most_changes} 项", f"at most {exercise.most_changes} a round"),
        )
    left = money(exercise, [*moves, move])
    if left < -_TOLERANCE:
        yield Problem.at(
            "budget",
            t(f"超出预算 {-left:,.0f} 元", f"{-left:,.0f} yuan over the budget"),
            t("不超过可用资金", "no more than there is"),
        )
    yield from forecast_problems(exercise, move)


def forecast_problems(exercise: Exercise, move: Move) -> Iterator[Problem]:
    """Yield what is wrong with the forecasts of a move that is to be locked."""
    given = [one.indicator for one in move.forecasts]
    labels = {name: indicator(name).label for name in exercise.forecasts}
    if sorted(given) != sorted(exercise.forecasts):
        allowed = t("、".join(one.zh for one in labels.values()), ", ".join(one.en for one in labels.values()))
        yield Problem.at("forecasts", t("先锁定全部预测", "lock every forecast first"), allowed)
    for one in move.forecasts:
        name = labels.get(one.indicator)
        if name and not (0 <= one.rises <= 1 and one.low <= one.high):
            yield Problem.at(
                f"forecasts.{one.indicator}"[:80],
                t(f"“{name.zh}”的预测填得不对", f"not a possible forecast of {name.en}"),
                t("把握 0–100%，下限不大于上限", "a chance of 0-100 %, the lower end not above the upper"),
            )
    if not move.reasons.strip():
        yield Problem.at("reasons", t("写下理由", "give your reasons"), t("一两句话", "a sentence or two"))


def changes(exercise: Exercise, moves: Sequence[Move], move: Move) -> dict[str, float]:
    """Return the decisions that a move really changes."""
    before = in_force(exercise, course(moves))
    now = before[-1] if before else {one.lever: exercise.before(one.lever) for one in exercise.decisions}
    return {lever: value for lever, value in move.levers.items() if abs(value - now[lever]) > _TOLERANCE}


def fallback(exercise: Exercise, moves: Sequence[Move], draft: Mapping[str, float]) -> Move:
    """Return the move of a team that locked nothing in time: its draft where that is allowed, else less.

    What cannot be paid for goes back, first the draft, then all that costs money.
    """
    foreseen = tuple(Forecast(indicator=name, rises=0.5, low=0, high=0) for name in exercise.forecasts)
    for levers in (
        dict(draft), {}, {one.lever: exercise.before(one.lever) for one in exercise.decisions if one.price},
    ):  # fmt: skip
        if not list(problems(exercise, moves, Move(levers=levers, reasons="-", forecasts=foreseen))):
            return Move(levers=levers, late=True)
    return Move(levers={one.lever: exercise.before(one.lever) for one in exercise.decisions}, late=True)


def said(found: Sequence[Problem]) -> Text:
    """Return problems as one text in both languages, for people who look at a page and not at a file."""
    told = [replace(one, where=Where()) for one in found]
    return t("；".join(one.render("zh") for one in told), "; ".join(one.render("en") for one in told))
