"""A first guess from runs that are there: between two values of one lever, or at the nearest one.

Takes: runs of scenarios that differ from the one asked for in a single lever. Gives: estimated
runs on the same seeds, and words for what they are. They are shown as estimates only, and replaced
by the scenario's own runs as these finish.

*Assumption*: between two values that were run, every run moves in a straight line with the lever.
"""

from collections import OrderedDict
from dataclasses import dataclass

from labsim.experiment.design import Design
from labsim.results.results import Reduced
from labsim.scenario.scenario import Scenario, resolved

Place = tuple[int, int]
_MOST = 40


@dataclass(frozen=True)
class Estimate:
    """What an estimate rests on.

    Attributes:
        scenario: name of the scenario that is estimated.
        lever: the one lever in which the runs it rests on differ from it.
        asked: value of the lever that was asked for.
        at: values of the lever that were run: two when ``asked`` lies between them, else the nearest.
    """

    scenario: str
    lever: str
    asked: float
    at: tuple[float, ...]


@dataclass(frozen=True)
class _Known:
    """A scenario that was run on all seeds."""

    name: str
    rest: str
    levers: dict[str, list[list[float]]]
    runs: dict[int, Reduced]  # by seed


class Nearby:
    """What was run in a conversation, to estimate from."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def learn(self, design: Design, known: dict[Place, Reduced]) -> None:
        """Remember the scenarios of a design of which every run is known."""
        jobs = design.jobs()
        for j, scenario in enumerate(design.scenarios):
            if any((i, j) not in known for i in range(len(jobs))):
                continue
            levers, rest = _described(scenario)
            runs = {job.seed: known[i, j] for i, job in enumerate(jobs)}
            key = scenario.fingerprint()
            self._known[key] = _Known(scenario.name, rest, levers, runs)
            self._known.move_to_end(key)
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def fill(self, design: Design, known: dict[Place, Reduced]) -> tuple[tuple[Estimate, ...], dict[Place, Reduced]]:
        """Return estimates for the scenarios with missing runs, and the runs they stand for."""
        jobs = design.jobs()
        found: list[Estimate] = []
        runs: dict[Place, Reduced] = {}
        for j, scenario in enumerate(design.scenarios):
            missing = [i for i in range(len(jobs)) if (i, j) not in known]
            guess = self._near(scenario) if missing and j else None
            if guess is None:
                continue
            estimate, low, high, weight = guess
            seeds = [jobs[i].seed for i in missing]
            if all(seed in low.runs and seed in high.runs for seed in seeds):
                found.append(estimate)
                runs |= {
                    (i, j): _between(low.runs[seed], high.runs[seed], weight)
                    for i, seed in zip(missing, seeds, strict=True)
                }
        return tuple(found), runs

    def _near(self, scenario: Scenario) -> tuple[Estimate, _Known, _Known, float] | None:
        levers, rest = _described(scenario)
        by_lever: dict[str, dict[float, _Known]] = {}
        for one in self._known.values():
            lever = _only_difference(levers, one.levers) if one.rest == rest else None
            if lever is not None:
                by_lever.setdefault(lever, {})[one.levers[lever][-1][1]] = one
        best = None
        for lever, at in by_lever.items():
            asked = levers[lever][-1][1]
            below = max((v for v in at if v <= asked), default=None)
            above = min((v for v in at if v >= asked), default=None)
            if below is not None and above is not None and below != above:
                weight = (asked - below) / (above - below)
                return Estimate(scenario.name, lever, asked, (below, above)), at[below], at[above], weight
            near = below if below is not None else above
            if near is not None and best is None:
                best = Estimate(scenario.name, lever, asked, (near,)), at[near], at[near], 0.0
        return best


def _described(scenario: Scenario) -> tuple[dict[str, list[list[float]]], str]:
    whole = resolved(scenario)
    levers: dict[str, list[list[float]]] = whole.pop("levers")
    return levers, repr(whole)


def _only_difference(one: dict[str, list[list[float]]], other: dict[str, list[list[float]]]) -> str | None:
    """Return the one lever that differs, if it moves on the same days in both; else None."""
    differ = [name for name in one if one[name] != other[name]]
    if len(differ) != 1:
        return None
    a, b = one[differ[0]], other[differ[0]]
    return differ[0] if [day for day, _ in a[:-1]] == [day for day, _ in b[:-1]] else None


def _between(low: Reduced, high: Reduced, weight: float) -> Reduced:
    return Reduced(
        low.rows,
        (1.0 - weight) * low.values + weight * high.values,
        low.periods,
        (1.0 - weight) * low.series + weight * high.series,
    )
