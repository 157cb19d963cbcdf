"""The debrief in numbers: what was true, what it cost, what else could have been, luck against skill.

Takes: the results of a session. Gives: :class:`Debrief`. Everything is worked out by playing
again: on the luck that was met, and on other futures that nobody has seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

import numpy as np
import numpy.typing as npt

from labsim.analysis.paired import Paired, paired
from labsim.analysis.shapley import EXACT, Plan, drawn_orders, exact_plan, order_plan, split
from labsim.experiment.worlds import address
from labsim.results.indicators import series
from labsim.sandbox.board import Board
from labsim.sandbox.exercise import Exercise
from labsim.sandbox.moves import course, money
from labsim.sandbox.play import Luck, Played, Strike, course_of
from labsim.sandbox.scoring import Foresight, Line, Process, score_of, scorecard, total
from labsim.sandbox.session import Team

FUTURES = 200
"""Other futures on which every course is played again."""
WHAT_IF_FUTURES = 20
"""Futures of a single what-if: enough to tell luck from a lesson, few enough to wait for."""
ORDERS = 8
"""Orders over which attribution is averaged where there are more than six decisions."""
PAIRS = (
    ("fix_rate_official", "fix_rate_genuine"),
    ("recurrence_90d", "recurrence_90d_true"),
    ("open_mean", "backlog_mean"),
)
"""What is on record beside what is true, over time."""

Array = npt.NDArray[np.float64]
Values = Mapping[str, float]
Courses = Sequence[Sequence[Values]]


@dataclass(frozen=True)
class Part:
    """One decision of a team and what it added to its score on the luck that was met."""

    round: int
    lever: str
    value: float
    added: float


@dataclass(frozen=True)
class WhatIf:
    """A course with something changed against the course that was played.

    ``met`` is the difference on the luck that was met, ``gap`` the paired difference over futures.
    """

    round: int
    changed: Values
    met: float
    gap: Paired


@dataclass(frozen=True)
class TeamDebrief:
    """What a team learns.

    Attributes:
        name: of the team.
        score: points on the luck that was met.
        lines: the scorecard behind them.
        process: points for how it worked; never part of the score.
        left: yuan that were not spent.
        timeline: by indicator, one value per 28 days; true and reported.
        parts: what each decision added; they sum to ``score - idle``.
        idle: points of changing nothing, on the same luck.
        futures: points of the same course on other futures, shape [n].
        percentile: share of those futures that were worse than the one that was met.
        against: paired difference to the reference policy over futures.
        rank: among the teams; teams that cannot be told apart share one.
        what_ifs: for each round, what taking the reference's decisions there would have changed.
        surprises: forecasts whose interval missed, those first that were surest of the wrong direction.
    """

    name: str
    score: float
    lines: tuple[Line, ...]
    process: Process
    left: float
    timeline: Mapping[str, Array]
    parts: tuple[Part, ...]
    idle: float
    futures: Array
    percentile: float
    against: Paired
    rank: int
    what_ifs: tuple[WhatIf, ...]
    surprises: tuple[tuple[int, Foresight], ...]

    @property
    def skill(self) -> float:
        """Return the mean over futures: what the decisions are worth."""
        return float(self.futures.mean())

    @property
    def luck(self) -> float:
        """Return what the luck that was met added to that."""
        return self.score - self.skill


@dataclass(frozen=True)
class Debrief:
    """The debrief of a session.

    ``reference`` holds the points of the reference policy on the same futures; ``reference_met``
    on the luck that was met. ``seconds`` is how long it took to make.
    """

    teams: tuple[TeamDebrief, ...]
    reference: Array
    reference_met: float
    seconds: float


def future_seed(seed: int, k: int) -> int:
    """Return the seed of another future of a session."""
    return address(f"sandbox future {seed} {k}")


def scores_of(luck: Luck, courses: Courses, strikes: Sequence[Strike]) -> list[float]:
    """Return the points of some courses in one future; all meet the same luck."""
    points = dict.fromkeys(range(len(courses)), 0.0)
    last: tuple[Played, float] | None = None
    for k, played in luck.play_all(courses, strikes):
        if last is None or last[0] is not played:
            last = played, score_of(luck.exercise, played)
        points[k] = last[1]
    return list(points.values())


def clouds(
    exercise: Exercise, seeds: Sequence[int], courses: Courses, strikes: Sequence[Strike], threads: int = 2
) -> Array:
    """Return the points of courses on futures, shape [futures, courses]."""
    with ThreadPoolExecutor(threads) as pool:
        rows = list(pool.map(lambda seed: scores_of(Luck(exercise, seed), courses, strikes), seeds))
    return np.array(rows, dtype=np.float64).reshape(len(seeds), len(courses))


def debrief(board: Board, *, futures: int = FUTURES, threads: int = 2) -> Debrief:
    """Return the debrief of a session whose rounds are all played.

    Args:
        board: results of the session.
        futures: other futures to play on.
        threads: how many work side by side.
    """
    began = monotonic()
    session, exercise = board.session, board.session.exercise
    teams = list(session.teams.values())
    reference = course_of(exercise, exercise.reference)
    courses = [*(course(team.moves) for team in teams), reference]
    # Branches are played in the futures that the courses are played in: a community is drawn once for all.
    asked = [(k, index, changed) for k, team in enumerate(teams) for index, changed in _instead(exercise, team)]
    branches = [branch(teams[k], index, changed) for k, index, changed in asked]
    seeds = [future_seed(session.seed, k) for k in range(futures)]
    some = min(WHAT_IF_FUTURES // 2, futures)
    both = clouds(exercise, seeds[:some], [*courses, *branches], session.strikes, threads)
    cloud = np.vstack([both[:, : len(courses)], clouds(exercise, seeds[some:], courses, session.strikes, threads)])
    met = scores_of(board.luck, [*courses, *branches], session.strikes)
    ranks = _ranks(cloud[:, : len(teams)])
    with ThreadPoolExecutor(threads) as pool:
        # Teams that decided alike share their attribution, as they share their luck.
        first = {str(course(team.moves)): team for team in reversed(teams)}
        shared = dict(zip(first, pool.map(lambda team: attribution(board, team), first.values()), strict=True))
        parts = [shared[str(course(team.moves))] for team in teams]
    ifs = [
        (k, WhatIf(index + 1, changed, met[len(courses) + i] - met[k], _gap(both[:, k], both[:, len(courses) + i])))
        for i, (k, index, changed) in enumerate(asked)
    ]
    found = tuple(
        TeamDebrief(
            name=team.name, score=met[k], lines=_lines(board, team), process=board.process(team),
            left=money(exercise, team.moves), timeline=_timeline(board, team), parts=parts[k][0], idle=parts[k][1],
            futures=cloud[:, k], percentile=_percentile(cloud[:, k], met[k]),
            against=_gap(cloud[:, -1], cloud[:, k]), rank=ranks[k], what_ifs=tuple(one for at, one in ifs if at == k),
            surprises=_surprises(board, team),
        )
        for k, team in enumerate(teams)
    )  # fmt: skip
    return Debrief(found, cloud[:, -1], met[len(teams)], monotonic() - began)


def attribution(board: Board, team: Team) -> tuple[tuple[Part, ...], float]:
    """Return what each decision of a team added, and the points of changing nothing.

    Shapley values on the luck that was met: they sum to the score less that of no decision.
    """
    strikes = board.session.strikes
    turned = [(i, lever, value) for i, move in enumerate(team.moves) for lever, value in sorted(move.levers.items())]

    def chosen(coalition: int) -> list[dict[str, float]]:
        made: list[dict[str, float]] = [{} for _ in team.moves]
        for k, (index, lever, value) in enumerate(turned):
            if coalition >> k & 1:
                made[index][lever] = value
        return made

    plan = _plan(len(turned), [f"{i} {lever}" for i, lever, _ in turned], board.session.seed) if turned else None
    coalitions = list(plan.coalitions()) if plan else [0]
    points = scores_of(board.luck, [chosen(one) for one in coalitions], strikes)
    worth = {one: np.array([p]) for one, p in zip(coalitions, points, strict=True)}
    added = split(plan, worth)[:, 0] if plan else np.zeros(0)
    parts = [Part(i + 1, lever, value, float(a)) for (i, lever, value), a in zip(turned, added, strict=True)]
    return tuple(parts), float(worth[0][0])


def _plan(many: int, names: Sequence[str], seed: int) -> Plan:
    return exact_plan(many) if many <= EXACT else order_plan(many, drawn_orders(names, ORDERS, seed))


def branch(team: Team, index: int, changed: Values) -> list[dict[str, float]]:
    """Return a team's course with the decisions of one round replaced; an empty change is the course itself."""
    return [{**values, **changed} if i == index else values for i, values in enumerate(course(team.moves))]


def what_if(
    board: Board, team: Team, index: int, changed: Values, *, futures: int = WHAT_IF_FUTURES, threads: int = 2
) -> WhatIf:
    """Return what changing decisions in one round would have made of it.

    Args:
        board: results of the session.
        team: whose course is branched.
        index: of the round, from 0.
        changed: levers and the values they would have taken there.
        futures: other futures on which the difference is checked.
        threads: how many work side by side.
    """
    exercise, session = board.session.exercise, board.session
    courses = [course(team.moves), branch(team, index, changed)]
    met = scores_of(board.luck, courses, session.strikes)
    seeds = [future_seed(session.seed, k) for k in range(futures)]
    cloud = clouds(exercise, seeds, courses, session.strikes, threads)
    return WhatIf(index + 1, dict(changed), met[1] - met[0], _gap(cloud[:, 0], cloud[:, 1]))


def _instead(exercise: Exercise, team: Team) -> Iterator[tuple[int, dict[str, float]]]:
    """Give each round in which the reference decides something else, and what."""
    for index, values in enumerate(exercise.reference.rounds):
        changed = {lever: v for lever, v in values.items() if team.moves[index].levers.get(lever) != v}
        if changed:
            yield index, changed


def _gap(base: Array, other: Array) -> Paired:
    return paired(base.reshape(1, -1), other.reshape(1, -1))


def _ranks(cloud: Array) -> list[int]:
    """Return ranks by points over futures; a team stands behind those that are better beyond doubt, and only those."""
    many = cloud.shape[1]
    return [1 + sum(_gap(cloud[:, b], cloud[:, a]).low > 0 for a in range(many) if a != b) for b in range(many)]


def _percentile(cloud: Array, met: float) -> float:
    return float(((cloud < met).sum() + 0.5 * (cloud == met).sum()) / max(len(cloud), 1))


def _lines(board: Board, team: Team) -> tuple[Line, ...]:
    played = board.played(team)
    lines = scorecard(board.session.exercise, played.run, played.counts)
    assert np.isfinite(total(lines))
    return tuple(lines)


def _timeline(board: Board, team: Team) -> dict[str, Array]:
    played = board.played(team)
    return {name: series(played.run, name, counts=played.counts) for pair in PAIRS for name in pair}


def _surprises(board: Board, team: Team) -> tuple[tuple[int, Foresight], ...]:
    missed = [(index + 1, one) for index, one in board.foresights(team) if not one.held]
    return tuple(sorted(missed, key=lambda one: -one[1].brier)[:5])
