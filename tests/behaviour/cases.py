"""Direction cases: what a practitioner expects, written as a table and judged by paired differences.

Takes: ``*.toml`` of this folder. Gives: cases, and for each expectation what was found.

A case names a base community (``bases/``), what holds on both sides (``given``), what is
changed (``change``, or ``steps`` one after the other) and what must follow. Differences
are paired by seed, and the interval decides, never the mean:

==============  =================================================================
``up, down``    the whole interval of the difference lies on that side of zero
``same``        equal to the bit in every pair, or, with ``within``, the whole
                interval inside plus and minus that band
``not_up``      the whole interval below ``within`` (``not_down``: above minus it)
``no_worse``    the same, where "worse" is what the indicator declares
==============  =================================================================

With ``steps`` the expectation holds from the base to the first step and from each step to the next.
"""

import tomllib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from labsim.analysis.paired import Paired, paired
from labsim.foundations.declared import Frozen, Text
from labsim.results.declaration import Better
from labsim.results.indicators import ALL, indicator
from labsim.scenario.instruments import instrument
from labsim.scenario.phases import AppliedInstrument, Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario
from tests.behaviour.runs import base, values

Direction = Literal["up", "down", "same", "not_up", "not_down", "no_worse"]
FOLDER = Path(__file__).parent
LEVEL = 0.98
"""Coverage of the intervals: of a hundred cases in which nothing happens, one would pass as ``up``."""


class Change(Frozen):
    """What is done to a scenario; the words of a scenario file."""

    levers: dict[str, float] = Field(default_factory=dict)
    world: dict[str, float] = Field(default_factory=dict)
    population: dict[str, float] = Field(default_factory=dict)
    instruments: tuple[dict[str, Any] | str, ...] = ()
    phases: tuple[dict[str, Any], ...] = ()
    injects: tuple[dict[str, Any], ...] = ()

    def moved(self) -> set[str]:
        """Return the levers that the change names, itself or through its instruments."""
        named = [one if isinstance(one, str) else str(one["name"]) for one in self.instruments]
        of_instruments = {lever for one in named for lever in instrument(one).levers}
        return {*self.levers, *(str(one["lever"]) for one in self.phases), *of_instruments}

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario with the change made."""
        named = [{"name": one} if isinstance(one, str) else one for one in self.instruments]
        injects = [one | {"kind": InjectKind[one["kind"].upper()]} for one in self.injects]
        changed = scenario.with_community(**self.population).with_world(**self.world).with_levers(**self.levers)
        changed = changed.with_phases(*(Phase(**one) for one in self.phases))
        changed = changed.with_instruments(*(AppliedInstrument(**one) for one in named))
        return changed.with_injects(*(Inject(**one) for one in injects))


class Expected(Frozen):
    """What must follow for one indicator."""

    indicator: str
    direction: Direction
    group: str = ALL
    window: tuple[int, int] | None = None
    within: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _checked(self) -> Self:
        declared = indicator(self.indicator)
        if self.direction in ("up", "down") and self.within is not None:
            raise ValueError(f"{self.indicator}: a direction has no band")
        if self.direction in ("not_up", "not_down", "no_worse") and self.within is None:
            raise ValueError(f"{self.indicator}: say how much would not matter ('within')")
        if self.direction == "no_worse" and declared.better is Better.NONE:
            raise ValueError(f"{self.indicator}: neither direction is worse")
        return self

    def holds(self, found: Paired) -> bool:
        """Return whether paired differences say so; NaN says nothing."""
        direction = self.direction
        if direction == "no_worse":
            direction = "not_up" if indicator(self.indicator).better is Better.LOWER else "not_down"
        if not found.n or found.missing:
            return False
        low, high = found.low, found.high
        band = self.within or 0.0
        answer = {
            "up": low > 0,
            "down": high < 0,
            "same": found.identical if self.within is None else -band < low and high < band,
            "not_up": high < band,
            "not_down": low > -band,
        }
        return bool(answer[direction])


class Case(Frozen):
    """One case, as a practitioner reads it."""

    zh: Annotated[str, Field(min_length=4)]
    en: Annotated[str, Field(min_length=8)]
    why: Text
    base: str = "core"
    given: Change = Change()
    change: Change | None = None
    steps: Annotated[tuple[Change, ...], Field(min_length=2)] | None = None
    expect: Annotated[tuple[Expected, ...], Field(min_length=1)]
    pairs: Annotated[int, Field(ge=4, le=60)] = 5
    slow: bool = False
    inert: bool = False
    """Whether it is the point of the case that the change does nothing at all."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.change is None) == (self.steps is None):
            raise ValueError(f"{self.en}: either 'change' or 'steps'")
        return self

    def scenarios(self) -> list[Scenario]:
        """Return what is compared, each with the one after it."""
        before = self.given.applied(base(self.base))
        return [before, *(one.applied(before) for one in self.changes())]

    def changes(self) -> tuple[Change, ...]:
        """Return the change, or the steps, that the case is about."""
        return self.steps or (self.change or Change(),)


class Found(NamedTuple):
    """What one expectation met."""

    expected: Expected
    step: int
    paired: Paired

    @property
    def holds(self) -> bool:
        """Return whether the expectation holds."""
        return self.expected.holds(self.paired)

    def __str__(self) -> str:
        p, e = self.paired, self.expected
        return (
            f"{e.indicator} {e.group} {e.direction} (step {self.step}): {p.baseline:.6g} -> {p.policy:.6g}, "
            f"difference {p.difference:+.4g} in [{p.low:+.4g}, {p.high:+.4g}], {p.n} pairs, {p.missing} without value"
        )


def judged(case: Case) -> list[Found]:
    """Return what every expectation of a case met, on seeds 0 to ``pairs - 1``."""
    seeds = range(case.pairs)
    chain = case.scenarios()
    return [
        Found(one, step, compared(earlier, later, seeds, one))
        for step, (earlier, later) in enumerate(pairwise(chain), start=1)
        for one in case.expect
    ]


def compared(before: Scenario, after: Scenario, seeds: Sequence[int], what: Expected) -> Paired:
    """Return the paired difference of an indicator."""
    pair = [values(one, seeds, what.indicator, what.window, what.group) for one in (before, after)]
    return paired(np.array(pair[0]), np.array(pair[1]), LEVEL)


def cases(path: Path) -> list[Case]:
    """Return the cases of a file; ``base`` at its head holds for those that name none."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    Text(**data["title"])
    common = {"base": data["base"]} if "base" in data else {}
    return [Case.model_validate(common | one) for one in data["case"]]


def every_case() -> Iterator[tuple[str, Case]]:
    """Yield every case of the folder with its name: the file, and what is expected in English."""
    for path in sorted(FOLDER.glob("*.toml")):
        for case in cases(path):
            yield f"{path.stem}: {case.en}", case
