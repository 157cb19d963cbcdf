"""A session: who sits where, which round it is, what was locked. State is a fold over a log.

Takes: actions, each checked and then logged before it counts. Gives: the state. The same log
gives the same state anywhere, so nothing that was acknowledged is ever lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem
from labsim.foundations.i18n import t
from labsim.sandbox.exercise import Exercise
from labsim.sandbox.moves import Move, changes, fallback
from labsim.sandbox.play import Strike, ended_after
from labsim.scenario.values import Values

OBSERVER = "observer"
HOST = "host"
OF_PLAYERS = frozenset({"drafted", "locked"})
OF_HOST = frozenset(
    {
        "dismissed", "started", "ran", "opened", "undone", "event", "paused", "resumed", "extended", "message", "bot",
        "revoked", "unlocked", "finished",
    }
)  # fmt: skip
OF_DOOR = frozenset({"hosted", "joined", "rejoined"})
KINDS = OF_PLAYERS | OF_HOST | OF_DOOR
"""Every kind of action, by who may do it; a log with any other is not read."""


@dataclass(frozen=True)
class Action:
    """One line of the log."""

    at: float
    actor: str
    kind: str
    data: Mapping[str, Any]


class RefusedError(Exception):
    """An action that is not possible now; the text says why, in both languages."""

    def __init__(self, text: Text) -> None:
        """Keep the reason."""
        super().__init__(text.en)
        self.text = text


def is_host(actor: str) -> bool:
    """Return whether an actor is a facilitator: ``host``, or ``host:`` and a name."""
    return actor == HOST or actor.startswith(f"{HOST}:")


def called(actor: str) -> str:
    """Return the name of a facilitator, empty for one who gave none."""
    return actor.partition(":")[2]


@dataclass
class Sitting:
    """Somebody at the table. ``token`` is a digest; a revoked one opens nothing."""

    team: str
    role: str
    name: str
    token: str
    rejoin: str
    revoked: bool = False


@dataclass
class Team:
    """A team: its draft, what it locked, what it did so far. ``table`` lets late-comers in."""

    name: str
    table: str = ""
    draft: dict[str, float] = field(default_factory=dict)
    purchases: list[str] = field(default_factory=list)
    locked: Move | None = None
    moves: list[Move] = field(default_factory=list)
    bot: str | None = None


@dataclass
class Session:
    """The state of a session; only :meth:`apply` changes it."""

    exercise: Exercise
    seed: int
    code: str
    teams: dict[str, Team]
    phase: str = "lobby"
    index: int = 0
    deadline: float = 0.0
    paused: float = 0.0
    seats: dict[str, Sitting] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    strikes: list[Strike] = field(default_factory=list)
    events: dict[str, str] = field(default_factory=dict)
    messages: list[dict[str, str]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    deeds: list[Action] = field(default_factory=list)
    version: int = 0
    asked: int = field(init=False)
    """Rounds that the exercise asks for; fewer may be played."""

    def __post_init__(self) -> None:
        """Put every event where the file puts it."""
        self.events = {one.name: "held" if one.held else "planned" for one in self.exercise.events}
        self.asked = len(self.exercise.rounds)

    def apply(self, action: Action) -> None:
        """Let an action that was checked count."""
        if action.kind not in KINDS:
            raise KeyError(action.kind)
        getattr(self, f"_{action.kind}")(action)
        if "id" in action.data:
            self.done.add(f"{action.actor} {action.data['id']}")
        if is_host(action.actor):
            self.deeds.append(action)
        self.version += 1

    def team_of(self, seat: str) -> Team:
        """Return the team of a seat."""
        return self.teams[self.seats[seat].team]

    def sitting(self, team: str, role: str) -> list[str]:
        """Return the seats of a role in a team that are taken by people."""
        return [key for key, one in self.seats.items() if one.team == team and one.role == role and not one.revoked]

    def _hosted(self, action: Action) -> None:
        name = action.data.get("name", "")
        self.hosts[action.data["token"]] = f"{HOST}:{name}" if name else HOST

    def _dismissed(self, action: Action) -> None:
        gone = f"{HOST}:{action.data['name']}"
        self.hosts = {token: actor for token, actor in self.hosts.items() if actor != gone}

    def _joined(self, action: Action) -> None:
        data = action.data
        self.seats[data["seat"]] = Sitting(data["team"], data["role"], data["name"], data["token"], data["rejoin"])

    def _rejoined(self, action: Action) -> None:
        # The old token dies here: whoever replays it gets nothing.
        self.seats[action.data["seat"]].token = action.data["token"]

    def _revoked(self, action: Action) -> None:
        self.seats[action.data["seat"]].revoked = True

    def _bot(self, action: Action) -> None:
        self.teams[action.data["team"]].bot = action.data["policy"]

    def _started(self, action: Action) -> None:
        for name, table in action.data.get("tables", {}).items():
            self.teams[name].table = table
        self._open(0, action.at)

    def _open(self, index: int, at: float) -> None:
        self.phase, self.index, self.paused = "deciding", index, 0.0
        self.deadline = at + 60 * self.exercise.rounds[index].minutes
        for team in self.teams.values():
            team.draft, team.purchases, team.locked = {}, [], None

    def _drafted(self, action: Action) -> None:
        team = self.team_of(action.actor)
        for lever, value in action.data.get("levers", {}).items():
            team.draft[lever] = float(value)
        if "purchases" in action.data:
            team.purchases = list(action.data["purchases"])

    def _locked(self, action: Action) -> None:
        self.team_of(action.actor).locked = Move(**action.data["move"])

    def _unlocked(self, action: Action) -> None:
        self.teams[action.data["team"]].locked = None

    def _ran(self, action: Action) -> None:
        first, last = self.exercise.starts[self.index], self.exercise.starts[self.index + 1]
        for event in self.exercise.events:
            if self.events[event.name] == "planned" and event.round - 1 == self.index:
                self.strikes.append(Strike(event.name, first + event.after))
                self.events[event.name] = "struck"
            elif self.events[event.name] == "triggered":
                day = first + min(event.after, last - first - 1)
                self.strikes.append(Strike(event.name, day))
                self.events[event.name] = "struck"
        for team in self.teams.values():
            move = self.with_bots(team, team.locked or fallback(self.exercise, team.moves, team.draft))
            # What was moved away and back is no decision.
            changed = changes(self.exercise, team.moves, move)
            team.moves.append(Move(**{**dict(move), "levers": changed}))
        self.phase = "results"

    def with_bots(self, team: Team, move: Move) -> Move:
        """Return a move with what bots in empty seats add: their policy's values for this round, while money lasts."""
        if team.bot is None:
            return move
        policy = next(one for one in self.exercise.policies if one.name == team.bot)
        levers = dict(move.levers)
        for lever, value in policy.rounds[self.index].items():
            if lever in levers or self.sitting(team.name, self.exercise.choice(lever).by):
                continue
            tried = fallback(self.exercise, team.moves, {**levers, lever: value})
            if tried.levers == Values({**levers, lever: value}):
                levers[lever] = value
        return Move(**{**dict(move), "levers": levers})

    def _opened(self, action: Action) -> None:
        self._open(self.index + 1, action.at)

    def _undone(self, action: Action) -> None:
        if self.phase == "deciding":
            self.phase, self.index = "results", self.index - 1
            return
        first = self.exercise.starts[self.index]
        for event in self.exercise.events:
            if any(one.name == event.name and one.day >= first for one in self.strikes):
                planned = event.round - 1 == self.index and not event.held
                self.events[event.name] = "planned" if planned else "held"
        self.strikes = [one for one in self.strikes if one.day < first]
        was = {name: team.moves.pop() for name, team in self.teams.items()}
        self._open(self.index, action.at)
        for name, move in was.items():
            self.teams[name].draft, self.teams[name].purchases = dict(move.levers), list(move.purchases)

    def _event(self, action: Action) -> None:
        self.events[action.data["name"]] = action.data["to"]

    def _paused(self, action: Action) -> None:
        self.paused = action.at

    def _resumed(self, action: Action) -> None:
        self.deadline += action.at - self.paused
        self.paused = 0.0

    def _extended(self, action: Action) -> None:
        self.deadline += 60 * action.data["minutes"]

    def _message(self, action: Action) -> None:
        self.messages.append({"to": action.data["to"], "text": action.data["text"]})

    def _finished(self, action: Action) -> None:
        self.close()

    def close(self) -> None:
        """End the exercise with the rounds that were played; from now on it is an exercise of these rounds."""
        self.exercise = ended_after(self.exercise, self.played)
        self.phase, self.index = "debrief", self.played - 1

    @property
    def played(self) -> int:
        """Return how many rounds were played."""
        return min(len(team.moves) for team in self.teams.values())


def opened(exercise: Exercise, seed: int, code: str, teams: Sequence[str]) -> Session:
    """Return a session in which nobody sits yet."""
    return Session(exercise, seed, code, {name: Team(name) for name in teams})


def folded(session: Session, actions: Sequence[Action]) -> Session:
    """Return a session after a log.

    Raises:
        InputError: the log was not written by this program or does not fit the exercise.
    """
    for i, action in enumerate(actions):
        try:
            session.apply(action)
        except (KeyError, AttributeError, TypeError, ValueError, IndexError, StopIteration) as error:
            what = t(
                f"记录第 {i + 1} 条无法读取：{action.kind}", f"entry {i + 1} of the log cannot be read: {action.kind}"
            )
            raise InputError([Problem.at("actions", what)]) from error
    return session
