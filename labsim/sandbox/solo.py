"""One player against the reference policy: the same exercise, alone.

Takes: the name of an exercise. Gives: :class:`Solo`: a round at a time, under the rules and
the fog of a session; afterwards the score beside the reference's, and the debrief.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labsim.foundations.errors import InputError, Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.sandbox.board import Board
from labsim.sandbox.exercise import Exercise
from labsim.sandbox.moves import Move, course, money, problems
from labsim.sandbox.observing import Sample
from labsim.sandbox.play import course_of, in_force, planned
from labsim.sandbox.reading import load_exercise
from labsim.sandbox.scoring import Forecast, Foresight, score_of
from labsim.sandbox.session import HOST, Action, Session, opened

ME = "我 / me"


@dataclass(frozen=True)
class Told:
    """What is known after a round: figures on record, samples, scores of forecasts, what happened."""

    round: int
    reported: Mapping[str, float]
    samples: Mapping[str, Sample | None]
    foresight: tuple[Foresight, ...]
    events: tuple[str, ...]
    left: float


class Solo:
    """An exercise played alone; ``exercise`` and ``session`` may be read."""

    def __init__(self, exercise: str | Path | Exercise, seed: int = 1) -> None:
        """Open an exercise.

        Raises:
            InputError: there is no such exercise.
        """
        self.exercise = exercise if isinstance(exercise, Exercise) else load_exercise(exercise)
        self.session: Session = opened(self.exercise, seed, "", [ME])
        self.board = Board(self.session)
        self._do("started")

    @property
    def over(self) -> bool:
        """Return whether all rounds are played."""
        return len(self._team.moves) == len(self.exercise.rounds)

    @property
    def before(self) -> Mapping[str, float]:
        """Return the figures on record before the first round."""
        return self.board.opening

    @property
    def now(self) -> Mapping[str, float]:
        """Return the value of every decision as it stands."""
        values = in_force(self.exercise, course(self._team.moves))
        return values[-1] if values else {one.lever: self.exercise.before(one.lever) for one in self.exercise.decisions}

    def play(
        self,
        levers: Mapping[str, float] | None = None,
        *,
        purchases: Sequence[str] = (),
        forecasts: Sequence[Forecast] = (),
        reasons: str = "-",
    ) -> Told:
        """Play the next round.

        Args:
            levers: decisions to change.
            purchases: information to buy.
            forecasts: one for every figure of ``exercise.forecasts``, or none at all.
            reasons: why.

        Raises:
            InputError: something is not possible, all of it at once; nothing has happened then.
        """
        if self.over:
            raise InputError([Problem(Where(), t("演练已经结束", "the exercise is over"))])
        index, team = self.session.index, self._team
        move = Move(levers=levers or {}, purchases=tuple(purchases), forecasts=tuple(forecasts), reasons=reasons)
        guessed = [Forecast(indicator=name, rises=0.5, low=0, high=0) for name in self.exercise.forecasts]
        judged = move if forecasts else Move(**{**dict(move), "forecasts": tuple(guessed)})
        raise_if(problems(self.exercise, team.moves, judged))
        team.locked = move
        self._do("ran")
        self.board.prepare()
        if not self.over:
            self._do("opened")
        return self._told(index)

    def score(self) -> tuple[float, float]:
        """Return my points and those of the reference policy on the same luck.

        Raises:
            InputError: the exercise is not over.
        """
        if not self.over:
            raise InputError([Problem(Where(), t("演练还没有打完", "the exercise is not over"))])
        reference = course_of(self.exercise, self.exercise.reference)
        other = self.board.luck.play(reference, planned(self.exercise), papers=False)
        return score_of(self.exercise, self.board.played(self._team)), score_of(self.exercise, other)

    def _told(self, index: int) -> Told:
        team, starts = self._team, self.exercise.starts
        found = {name: one for at, name, one in self.board.samples(team) if at == index}
        return Told(
            round=index + 1,
            reported=self.board.report(team, index),
            samples=found,
            foresight=tuple(one for at, one in self.board.foresights(team) if at == index),
            events=tuple(one.name for one in self.session.strikes if starts[index] <= one.day < starts[index + 1]),
            left=money(self.exercise, team.moves),
        )

    @property
    def _team(self) -> Any:
        return self.session.teams[ME]

    def _do(self, kind: str) -> None:
        self.session.apply(Action(time.time(), HOST, kind, {}))
