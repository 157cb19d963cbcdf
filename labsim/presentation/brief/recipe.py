"""The recipe that every brief carries: all that its numbers can be made again from.

Takes: a comparison and what was told about it. Gives: :class:`Recipe`, packed into a line of text, and the way back.
A recipe is data: scenarios, states of the world, seeds; it is checked like anything from outside, never executed.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field

from labsim.analysis.compare import LEVEL, Comparison, contest
from labsim.analysis.inference.bank import Placed
from labsim.analysis.inference.calibration import Light
from labsim.analysis.precision import Precision, Stop
from labsim.experiment.design import Design
from labsim.experiment.runner import ExperimentResult, Watch, run
from labsim.experiment.worlds import World
from labsim.foundations.declared import Frozen, Text
from labsim.foundations.errors import InputError, Problem, Where
from labsim.foundations.i18n import t
from labsim.presentation.brief.grounds import Grounds
from labsim.presentation.brief.page import Told
from labsim.results.indicators import ALL, indicator, indicators
from labsim.results.results import Reduction
from labsim.results.store import RunStore
from labsim.scenario.checked import Checked
from labsim.scenario.scenario import Scenario

_MOST = 50_000_000
"""Bytes of an unpacked recipe; one that claims more is no recipe."""


class State(Frozen):
    """A state of the world: parameters as multiples of their calibrated values, or as values of their own."""

    draw: int
    factors: dict[str, float] = Field(default_factory=dict)
    values: dict[str, float] | None = None


class Rests(Frozen):
    """What a calibration said; see :class:`Grounds`."""

    names: tuple[str, ...]
    scores: tuple[tuple[float, ...], ...]
    lights: dict[str, Light]
    source: str


class Recipe(Checked):
    """All that decides the numbers and words of a brief.

    ``left_out`` are the runs that were never finished when it was written, as scenario, world and replication.
    """

    scenarios: tuple[Scenario, ...]
    worlds: tuple[State, ...]
    replications: int
    first: int
    seed: int
    window: tuple[int, int] | None
    indicators: tuple[str, ...] | None
    by_group: bool
    series: tuple[str, ...]
    delta: dict[str, float]
    level: float
    left_out: tuple[tuple[str, int, int], ...]
    precision: dict[str, Any] | None
    when: str
    question: Text | None
    stated: str
    restated: int
    attempts: int
    grounds: Rests | None
    asked: tuple[str, ...] = ()
    lang: str
    sources: str

    @property
    def design(self) -> Design:
        """The runs."""
        states = tuple(
            World(one.draw, tuple(one.factors.items()))
            if one.values is None
            else Placed(one.draw, tuple(one.factors.items()), tuple(one.values.items()))
            for one in self.worlds
        )
        return Design(self.scenarios, states, self.replications, self.seed, self.first)

    @property
    def told(self) -> Told:
        """What the brief was told."""
        rests = self.grounds
        grounds = Grounds(rests.names, rests.scores, rests.lights, rests.source) if rests else None
        return Told(self.when, self.question, self.stated, self.restated, self.attempts, grounds, self.asked)

    def compared(self, watch: Watch, store: RunStore | None) -> Comparison:
        """Make the comparison again: runs come from the store or are run."""
        what = Reduction(self.indicators, self.window, self.by_group, self.series)
        result = _without(run(self.design, what, progress=watch, store=store), self.left_out)
        found = contest(result, self.delta, self.level)
        kept = self.precision
        precision = Precision(Stop(kept["stop"]), kept["replications"], tuple(kept["wide"])) if kept else None
        return replace(found, precision=precision)


def recipe_of(comparison: Comparison, told: Told, lang: str) -> Recipe:
    """Return the recipe of a comparison."""
    result = comparison.result
    design, values = result.design, result.values
    names = list(dict.fromkeys(values["indicator"]))
    first, last = (int(part) for part in str(values["window"].iloc[0]).split(":"))
    grounds = told.grounds
    rests = Rests(**vars(grounds)) if grounds else None
    return Recipe(
        scenarios=design.scenarios,
        worlds=tuple(_state(one) for one in design.worlds),
        replications=design.replications,
        first=design.first,
        seed=design.seed,
        window=None if (first, last) == (0, design.scenarios[0].horizon) else (first, last),
        indicators=None if set(names) == set(indicators()) else tuple(str(name) for name in names),
        by_group=bool((values["group"] != ALL).any()),
        series=tuple(str(name) for name in dict.fromkeys(result.series["indicator"])),
        delta=_deltas(comparison),
        level=comparison.differences[0].paired.level if comparison.differences else LEVEL,
        left_out=_never(result),
        precision=comparison.precision.to_dict() if comparison.precision else None,
        when=told.when,
        question=told.question,
        stated=told.stated,
        restated=told.restated,
        attempts=told.attempts,
        grounds=rests,
        asked=told.asked,
        lang=lang,
        sources=result.record(told.when).sources,
    )


def packed(recipe: Recipe) -> str:
    """Return a recipe as one line of letters and digits."""
    return base64.b64encode(zlib.compress(recipe.model_dump_json().encode(), 9)).decode("ascii")


def unpacked(line: str, file: str) -> Recipe:
    """Return the recipe of a line.

    Raises:
        InputError: it is none, or one from another version that can no longer be read.
    """
    try:
        # A limit on what comes out: a few letters can claim to hold gigabytes.
        plain = zlib.decompressobj().decompress(base64.b64decode(line, validate=True), _MOST)
        return read_recipe(json.loads(plain), file)
    except (binascii.Error, zlib.error, ValueError) as error:
        what = t(f"其中的运行配方已损坏（{error}）", f"its recipe of the runs is damaged ({error})")
        raise InputError([Problem(Where(file), what)]) from None


def read_recipe(data: Mapping[str, Any], file: str) -> Recipe:
    """Return the recipe of its JSON.

    Raises:
        InputError: it is none.
    """
    try:
        return Recipe.model_validate(data)
    except InputError as error:
        raise error.located(lambda where: Where(file, where.line, f"recipe.{where.key}")) from None


def _state(one: World) -> State:
    values = dict(one.values) if isinstance(one, Placed) else None
    return State(draw=one.draw, factors=dict(one.factors), values=values)


def _deltas(comparison: Comparison) -> dict[str, float]:
    """Return the differences that matter where they are not those declared."""
    return {
        one.indicator: one.delta
        for one in comparison.differences
        if one.group == ALL and one.delta != indicator(one.indicator).delta.at(one.paired.baseline)
    }


def _never(result: ExperimentResult) -> tuple[tuple[str, int, int], ...]:
    """Return the runs of the design that are neither finished nor failed."""
    keys = ["scenario", "world", "replication"]
    ended = {
        (str(a), int(b), int(c))
        for table in (result.values, result.failures)
        for a, b, c in table[keys].drop_duplicates().itertuples(index=False)
    }
    ids = result.run_ids()[keys].itertuples(index=False)
    return tuple((str(a), int(b), int(c)) for a, b, c in ids if (str(a), int(b), int(c)) not in ended)


def _without(result: ExperimentResult, gone: tuple[tuple[str, int, int], ...]) -> ExperimentResult:
    """Return a result as if some runs had never been finished."""
    if not gone:
        return result
    left_out = set(gone)

    def kept(table: Any) -> Any:
        rows = zip(table["scenario"].astype(str), table["world"], table["replication"], strict=True)
        return table[[key not in left_out for key in rows]]

    many = len(left_out)
    return replace(
        result, values=kept(result.values), series=kept(result.series), finished=result.finished - many,
        cancelled=result.cancelled + many, interrupted=True,
    )  # fmt: skip
