"""One team's course through an exercise: rounds forward, bit for bit one long run.

Takes: an exercise, a seed and what was decided. Gives: :class:`Played`. The luck of a seed is
shared: two teams that decide alike get the same bits, and a branch differs only behind its
first changed decision.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labsim.model.simulate import Run, start
from labsim.model.trajectory import Trajectory
from labsim.population.synthesis import synthesise
from labsim.results.declaration import Counts
from labsim.sandbox.exercise import Exercise, Policy
from labsim.scenario.phases import Inject, Phase
from labsim.scenario.scenario import Scenario, community_values

Course = Sequence[Mapping[str, float]]
"""What is decided in each round: only the levers that are turned."""


@dataclass(frozen=True)
class Strike:
    """An event that happens: its name, and the day."""

    name: str
    day: int


def planned(exercise: Exercise) -> tuple[Strike, ...]:
    """Return the events as the file plans them; those in the facilitator's hand and of rounds not played are not."""
    played = len(exercise.rounds)
    coming = [one for one in exercise.events if not one.held and one.round <= played]
    found = [Strike(one.name, exercise.starts[one.round - 1] + one.after) for one in coming]
    return tuple(sorted(found, key=lambda one: one.day))


def ended_after(exercise: Exercise, rounds: int) -> Exercise:
    """Return an exercise as it is when no more than its first rounds are played."""
    if rounds == len(exercise.rounds):
        return exercise
    policies = tuple(one.model_copy(update={"rounds": one.rounds[:rounds]}) for one in exercise.policies)
    # Made anew, as a copy would keep what was worked out of all rounds.
    return Exercise.model_construct(**{**dict(exercise), "rounds": exercise.rounds[:rounds], "policies": policies})


def in_force(exercise: Exercise, course: Course) -> list[dict[str, float]]:
    """Return the value of every decision in every round played: what is not turned stays as it is."""
    now = {one.lever: exercise.before(one.lever) for one in exercise.decisions}
    found = []
    for values in course:
        now = {**now, **values}
        found.append(now)
    return found


def course_of(exercise: Exercise, policy: Policy) -> list[dict[str, float]]:
    """Return a policy as a course."""
    return [dict(values) for values in policy.rounds[: len(exercise.rounds)]]


@dataclass(frozen=True)
class Played:
    """What came of a course.

    Attributes:
        papers: after each round, the run as it stood when its papers were filled in, ``delay``
            days before the round ended: all that any report may be made of.
        run: the whole truth so far.
        counts: residents by cell.
    """

    papers: tuple[Trajectory, ...]
    run: Trajectory
    counts: Counts


class Luck:
    """One future: a community and all the chance that will meet it, shared by whoever plays it."""

    def __init__(self, exercise: Exercise, seed: int) -> None:
        """Draw the community and bring it to day 0."""
        community = community_values(exercise.scenario)
        population = synthesise(community, seed)
        self.exercise, self.seed = exercise, seed
        self.counts = Counts.of(population)
        self._opening = start(exercise.scenario, seed, population).advance(0)

    def begin(self) -> Run:
        """Return a run of its own that stands at day 0."""
        # Deep: modules write into arrays that a run shares with its setup, and teams run on threads.
        return copy.deepcopy(self._opening)

    def before(self) -> Trajectory:
        """Return the burn-in: what is known before the first decision."""
        return self._opening.trajectory()

    def play(self, course: Course, strikes: Sequence[Strike], *, papers: bool = True) -> Played:
        """Play a course to the end of its last round.

        Args:
            course: what is decided in each round played.
            strikes: what happens; those behind the last round played are left out.
            papers: whether reports are wanted; without them only the truth is kept.

        Raises:
            InputError: a decision is not possible.
        """
        exercise, run, kept = self.exercise, self.begin(), []
        for index, values in enumerate(course):
            last = exercise.starts[index + 1]
            self._decide(run, index, values, strikes)
            if papers:
                kept.append(run.advance(last - exercise.delay).trajectory())
            run.advance(last)
        return Played(tuple(kept), run.trajectory(), self.counts)

    def play_all(self, courses: Sequence[Course], strikes: Sequence[Strike]) -> Iterator[tuple[int, Played]]:
        """Play many courses, without reports; rounds that courses share from the start are played once.

        Gives the place of a course in the list and what came of it, in an order of its own. The
        bits are those of :meth:`play`.
        """
        yield from self._branches(self.begin(), 0, dict(enumerate(courses)), strikes)

    def _branches(
        self, run: Run, index: int, courses: Mapping[int, Course], strikes: Sequence[Strike]
    ) -> Iterator[tuple[int, Played]]:
        ways: dict[object, dict[int, Course]] = {}
        ended = [k for k, course in courses.items() if len(course) == index]
        for k, course in courses.items():
            if k not in ended:
                ways.setdefault(frozenset(course[index].items()), {})[k] = course
        if ended:
            played = Played((), run.trajectory(), self.counts)
            yield from ((k, played) for k in ended)
        for left, way in zip(range(len(ways) - 1, -1, -1), ways.values(), strict=True):
            # The last way takes the run itself: nobody needs it afterwards.
            one = copy.deepcopy(run) if left else run
            self._decide(one, index, next(iter(way.values()))[index], strikes)
            one.advance(self.exercise.starts[index + 1])
            yield from self._branches(one, index + 1, way, strikes)

    def _decide(self, run: Run, index: int, values: Mapping[str, float], strikes: Sequence[Strike]) -> None:
        """Let the decisions and events of a round count."""
        first, last = self.exercise.starts[index], self.exercise.starts[index + 1]
        if values:
            run.set_levers(values, first)
        struck = [injects_of(self.exercise, one) for one in strikes if first <= one.day < last]
        if struck:
            run.add_injects(*struck)


def injects_of(exercise: Exercise, strike: Strike) -> Inject:
    """Return the shock behind a strike."""
    return next(one for one in exercise.events if one.name == strike.name).inject(strike.day)


def as_scenario(exercise: Exercise, course: Course, strikes: Sequence[Strike]) -> Scenario:
    """Return the plan that a course amounts to: simulating it gives the bits of the play."""
    phases = [
        Phase(lever=lever, value=value, start=exercise.starts[index])
        for index, values in enumerate(course)
        for lever, value in values.items()
    ]
    return exercise.scenario.with_phases(*phases).with_injects(*(injects_of(exercise, one) for one in strikes))
