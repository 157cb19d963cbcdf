"""What was played so far, worked out once: the results behind every view.

Takes: a session. Gives: per team what was played, what is on record, what samples found and
how good forecasts were. It holds nothing that the log does not give again.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from labsim.sandbox.moves import course, money
from labsim.sandbox.observing import Sample, reported, reported_before, sampled
from labsim.sandbox.play import Luck, Played, in_force
from labsim.sandbox.scoring import Foresight, Process, answered, foresight
from labsim.sandbox.session import Session, Team

Key = tuple[object, ...]


@dataclass
class Board:
    """Results of a session; ask only for what :meth:`prepare` worked out, unless you can wait."""

    session: Session
    opening: dict[str, float] = field(init=False)
    _played: dict[Key, Played] = field(default_factory=dict)
    _reports: dict[Key, dict[str, float]] = field(default_factory=dict)
    _samples: dict[Key, Sample | None] = field(default_factory=dict)
    _luck: Luck = field(init=False)

    def __post_init__(self) -> None:
        """Bring the community to day 0."""
        self._luck = Luck(self.session.exercise, self.session.seed)
        self.opening = reported_before(self.session.exercise, self.luck.before(), self.luck.counts)

    @property
    def luck(self) -> Luck:
        """Return the luck that is met; another one of the same seed when the exercise ended early."""
        if self._luck.exercise is not self.session.exercise:
            self._luck = Luck(self.session.exercise, self.session.seed)
        return self._luck

    def prepare(self, threads: int = 2) -> None:
        """Work out all that views need; teams run side by side."""
        wanted = {self._key(team): team for team in self.session.teams.values() if team.moves}
        missing = [team for key, team in wanted.items() if key not in self._played]
        with ThreadPoolExecutor(threads) as pool:
            for key, played in zip(map(self._key, missing), pool.map(self._play, missing), strict=True):
                self._played[key] = played
        for team in wanted.values():
            for index in range(len(team.moves)):
                self.report(team, index)
            list(self.samples(team))

    def ready(self) -> bool:
        """Return whether everything that was decided has been worked out."""
        return all(self._key(team) in self._played for team in self.session.teams.values() if team.moves)

    def played(self, team: Team) -> Played:
        """Return what a team has played."""
        key = self._key(team)
        if key not in self._played:
            self._played[key] = self._play(team)
        return self._played[key]

    def report(self, team: Team, index: int) -> dict[str, float]:
        """Return the figures on record for a round; -1 is before the first."""
        if index < 0:
            return self.opening
        key = (*self._key(team), index)
        if key not in self._reports:
            self._reports[key] = reported(self.session.exercise, self.played(team), index)
        return self._reports[key]

    def samples(self, team: Team) -> Iterator[tuple[int, str, Sample | None]]:
        """Give what a team bought: the round, the name and what was found."""
        by_name = {one.name: one for one in self.session.exercise.purchases}
        for index, move in enumerate(team.moves):
            for name in move.purchases:
                key = (*self._key(team), index, name)
                if key not in self._samples:
                    found = sampled(self.session.exercise, self.played(team), index, by_name[name], self.session.seed)
                    self._samples[key] = found
                yield index, name, self._samples[key]

    def foresights(self, team: Team) -> Iterator[tuple[int, Foresight]]:
        """Give the scores of a team's forecasts, by round."""
        for index, move in enumerate(team.moves):
            for one in move.forecasts:
                before, after = (self.report(team, i)[one.indicator] for i in (index - 1, index))
                found = foresight(one, before, after)
                if found is not None:
                    yield index, found

    def process(self, team: Team) -> Process:
        """Return a team's points for how it worked."""
        exercise, moves = self.session.exercise, team.moves
        if not moves:
            return Process(0.0, 0.0, 0.0, 0.0)
        values = in_force(exercise, course(moves))
        happened = [one for one in self.session.strikes if one.day < exercise.starts[len(moves)]]
        return Process(
            foresaw=sum(bool(one.forecasts) for one in moves) / len(moves),
            asked=sum(bool(one.purchases) for one in moves) / len(moves),
            answered=answered(exercise, happened, values),
            reserve=max(money(exercise, moves), 0.0) / max(exercise.budget * len(moves), 1.0),
        )

    def _play(self, team: Team) -> Played:
        return self.luck.play(course(team.moves), self.session.strikes)

    def _key(self, team: Team) -> Key:
        # Teams that decide alike share one result: the same luck gives them the same bits.
        last = self.session.exercise.starts[len(team.moves)]
        turned = tuple(tuple(sorted(move.levers.items())) for move in team.moves)
        return turned, tuple(one for one in self.session.strikes if one.day < last)
