"""A rehearsal: bots play a whole session over real HTTP, with everything that goes wrong in a real one.

Takes: an exercise and a number of teams. Gives: :class:`Rehearsal`: the time plan and the
worst waits. Teams lock in the same moment; in every round somebody drops out and comes back
by code; others come late; one seat stays empty and a bot decides for it; the facilitator pauses,
extends, holds, skips and triggers events, and takes a round back.
"""

import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from labsim.foundations.i18n import t
from labsim.sandbox.background import Background
from labsim.sandbox.client import Client
from labsim.sandbox.exercise import Exercise
from labsim.sandbox.keeping import Log
from labsim.sandbox.reading import read_exercise
from labsim.sandbox.room import Maker
from labsim.sandbox.serving import Pages
from labsim.sandbox.tokens import new_code

BRIEFING = 15
"""Minutes before the first round: story, roles, scorecard."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """A line of the time plan, in minutes from the start."""

    what: dict[str, str]
    start: int
    minutes: int


@dataclass(frozen=True)
class Rehearsal:
    """What a rehearsal found.

    Attributes:
        teams: how many played.
        people: seats taken.
        plan: the time plan.
        worst: longest wait of a participant, in seconds, by kind of request.
        p95: the 95th percentile of all waits of participants, in seconds.
        rounds: seconds to work out each round for all teams.
        rejoin: longest time in seconds until somebody who dropped out was back with their view.
        debrief: seconds to make the debrief.
        complaints: what did not work; empty when all is well.
    """

    teams: int
    people: int
    plan: tuple[Step, ...]
    worst: dict[str, float]
    p95: float
    rounds: tuple[float, ...]
    rejoin: float
    debrief: float
    complaints: tuple[str, ...]


def time_plan(exercise: Exercise) -> tuple[Step, ...]:
    """Return the time plan of an exercise: briefing, rounds, and at least a third of all time for the debrief."""
    steps = [Step({"zh": "开场：背景、角色、评分", "en": "briefing: story, roles, scorecard"}, 0, BRIEFING)]
    now = BRIEFING
    for i, one in enumerate(exercise.rounds):
        text = t(f"第 {i + 1} 轮（{one.days} 天）", f"round {i + 1} ({one.days} days)")
        steps.append(Step({"zh": text.zh, "en": text.en}, now, one.minutes))
        now += one.minutes
    debrief = max(-(-now // 2 // 5) * 5, 30)
    steps.append(
        Step({"zh": "复盘（不少于全程三分之一）", "en": "debrief (a third of all time or more)"}, now, debrief)
    )
    return tuple(steps)


def rehearse(text: str, teams: int, pages: Pages, debrief: Maker, tell: Tell = lambda words: None) -> Rehearsal:
    """Play a whole session with bots.

    Args:
        text: of the exercise.
        teams: how many.
        pages: what the server hands out.
        debrief: makes the debrief.
        tell: hears what is being done.
    """
    exercise = read_exercise(text)
    names = [f"{i}队" for i in range(1, teams + 1)]
    with tempfile.TemporaryDirectory(prefix="labsim-rehearsal-", ignore_cleanup_errors=True) as folder:
        path = str(Path(folder) / "rehearsal.db")
        log = Log(path)
        log.begin(text, 1, new_code(), names)
        log.close()
        hall = Background(path, pages, debrief)
        try:
            return _Play(exercise, names, hall).run(tell)
        finally:
            hall.close()


class _Play:
    """The bots of a rehearsal."""

    def __init__(self, exercise: Exercise, names: Sequence[str], hall: Background) -> None:
        self.exercise, self.names = exercise, list(names)
        self.address = hall.server.address.local
        self.host = Client(self.address)
        self.complaints: list[str] = []
        self._ok("host", self.host.ask("api/join", {"host": hall.host_link.partition("host=")[2]}))
        self.code = str(self.host.view()["code"])
        self.seats: dict[tuple[str, str], Client] = {}
        self.left: list[Client] = []
        self.rejoin, self.begun, self.skipped = 0.0, False, ""
        roles = [role.name for role in exercise.roles]
        # Empty to the end where the last one who comes late is another.
        self.empty = (self.names[-1], roles[1]) if len(roles) > 2 else None
        self.lock = threading.Lock()

    def run(self, tell: Tell) -> Rehearsal:
        """Play."""
        roles = [role.name for role in self.exercise.roles]
        # The last role of every team comes late: in the second round.
        self._together([partial(self._join, team, role) for team in self.names for role in roles[:-1]
                        if (team, role) != self.empty])  # fmt: skip
        self._ok("bot", self.host.act("bot", team=self.names[-1], policy=self.exercise.reference.name))
        self._ok("start", self.host.act("started"))
        self.begun = True
        rounds = []
        for index in range(len(self.exercise.rounds)):
            tell(f"{index + 1}/{len(self.exercise.rounds)}")
            if index == 1:
                self._together([partial(self._join, team, roles[-1]) for team in self.names])
            self._facilitate(index)
            self._together([partial(self._decide, team, k, index) for k, team in enumerate(self.names)])
            self._drop(*sorted(self.seats)[index % len(self.seats)])
            self._together([partial(self._lock, team, index) for team in self.names])
            began = monotonic()
            self._ok("run", self.host.act("ran", round=index))
            self.host.view()
            rounds.append(monotonic() - began)
            self._together([client.view for client in self.seats.values()])
            if index == 1:
                self._take_back(index)
            if index + 1 < len(self.exercise.rounds):
                self._ok("open", self.host.act("opened", round=index))
        self._ok("finish", self.host.act("finished"))
        began = monotonic()
        self._ok("debrief", self.host.ask("api/debrief"))
        return self._found(rounds, monotonic() - began)

    def _found(self, rounds: list[float], debrief: float) -> Rehearsal:
        waits = [wait for client in (*self.seats.values(), *self.left) for wait in client.waits]
        worst: dict[str, float] = {}
        for path, seconds in waits:
            worst[path] = max(worst.get(path, 0.0), seconds)
        ordered = sorted(seconds for _, seconds in waits)
        p95 = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
        return Rehearsal(len(self.names), len(self.seats), time_plan(self.exercise), worst, p95, tuple(rounds),
                         self.rejoin, debrief, tuple(self.complaints))  # fmt: skip

    def _together(self, jobs: Sequence[Callable[[], object]]) -> None:
        """Do everything at the same moment."""
        gate = threading.Barrier(len(jobs))

        def job(one: Callable[[], object]) -> None:
            gate.wait()
            try:
                one()
            except (OSError, RuntimeError) as error:
                self._complain(str(error))

        with ThreadPoolExecutor(len(jobs)) as pool:
            list(pool.map(job, jobs))

    def _join(self, team: str, role: str) -> None:
        mate = next((one for (name, _), one in self.seats.items() if name == team), None) if self.begun else None
        table = str(mate.view()["me"]["table"]) if mate else ""
        client = Client(self.address)
        self._ok(f"join {team} {role}", client.join(self.code, team, role, f"bot {role}", table))
        with self.lock:
            self.seats[team, role] = client

    def _facilitate(self, index: int) -> None:
        """Do what facilitators do: the clock, a message, and every fate of an event."""
        act, events = self.host.act, self.exercise.events
        if index == 0:
            self._ok("pause", act("paused"))
            if self._leader(self.names[0]).act("drafted", round=0, levers={})[0] == 200:
                self._complain("a paused exercise took a draft")
            self._ok("go on", act("resumed"))
            self._ok("extend", act("extended", minutes=1))
            self._ok("message", act("message", to="all", text="还有一分钟 / one minute left"))
        here = [event.name for event in events if event.round == index + 1 and not event.held]
        if index == 0 and here:
            self._ok("hold", act("event", name=here[0], to="held"))
            self._ok("plan", act("event", name=here[0], to="planned"))
        if index == 1 and here:
            self.skipped = here[0]
            self._ok("skip", act("event", name=here[0], to="skipped"))
        if index == 2 and self.skipped:
            if self._has_struck(self.skipped):
                self._complain(f"{self.skipped}: skipped, and happened")
            self._ok("trigger", act("event", name=self.skipped, to="triggered"))
        if index == 3 and self.skipped and not self._has_struck(self.skipped):
            self._complain(f"{self.skipped}: triggered, and did not happen")

    def _has_struck(self, name: str) -> bool:
        title = next(event.title.en for event in self.exercise.events if event.name == name)
        return title in [one["title"]["en"] for one in self._leader(self.names[0]).view()["news"]]

    def _take_back(self, index: int) -> None:
        """Undo a round and run it again: everybody decides alike, so nothing may differ."""
        before = [self._leader(team).view()["figures"] for team in self.names]
        self._ok("undo", self.host.act("undone", round=index))
        self._together([partial(self._lock, team, index) for team in self.names])
        self._ok("run again", self.host.act("ran", round=index))
        if [self._leader(team).view()["figures"] for team in self.names] != before:
            self._complain("a round taken back and run again came out otherwise")

    def _leader(self, team: str) -> Client:
        return self.seats[team, self.exercise.roles[0].name]

    def _decide(self, team: str, number: int, index: int) -> None:
        policy = self.exercise.policies[number % len(self.exercise.policies)]
        for lever, value in policy.rounds[index].items():
            by = self.exercise.choice(lever).by
            client = self.seats.get((team, by), self._leader(team))
            status, _ = client.act("drafted", round=index, levers={lever: value})
            if status != 200:
                self._complain(f"{team} {lever}")
        # In the last round only: the policies of a file need what is carried over.
        if index + 1 == len(self.exercise.rounds) and self.exercise.purchases:
            bought = self.exercise.purchases[number % len(self.exercise.purchases)]
            leader = self._leader(team)
            leader.act("drafted", round=index, purchases=[bought.name])
            if leader.view()["money"]["left"] < 0:
                leader.act("drafted", round=index, purchases=[])

    def _lock(self, team: str, index: int) -> None:
        leader = self._leader(team)
        forecasts = [{"indicator": name, "rises": 0.6, "low": 0.0, "high": 1.0} for name in self.exercise.forecasts]
        plan = {"round": index, "forecasts": forecasts, "reasons": "-", "question": "?"}
        self._ok(f"lock {team}", leader.act("locked", **plan))

    def _drop(self, team: str, role: str) -> None:
        """Let somebody lose the device, and come back on another by code."""
        old = self.seats[team, role]
        code = old.view()["me"]["rejoin"]
        began = monotonic()
        new = Client(self.address)
        self._ok(f"rejoin {team} {role}", new.ask("api/join", {"rejoin": code}))
        new.view()
        self.rejoin = max(self.rejoin, monotonic() - began)
        if old.ask("api/view")[0] != 401:
            self._complain(f"{team} {role}: the old seat still opens")
        self.seats[team, role] = new
        self.left.append(old)

    def _ok(self, what: str, answer: tuple[int, Any]) -> None:
        if answer[0] != 200:
            self._complain(f"{what}: {answer[0]} {answer[1]}"[:300])

    def _complain(self, words: str) -> None:
        with self.lock:
            self.complaints.append(words)
