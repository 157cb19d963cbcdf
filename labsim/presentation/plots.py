"""The charts of the lab: over time, differences, trade-offs, gains and losses, the community's blocks.

Takes: numbers in the reader's unit and words in one language. Gives: SVG as text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labsim.presentation.figures import BAND, BAND_FROM, BASELINE
from labsim.presentation.look import colour
from labsim.presentation.plot import Axis, Drawing, axis, line_style

Array = npt.NDArray[Any]
GAIN, LOSS, SAME = "#0b6b4b", "#c2571a", "#d5dae0"
_ROW = 26.0


@dataclass(frozen=True)
class Curve:
    """One scenario over time.

    Attributes:
        number: of the policy; below 0 for the baseline.
        name: in words.
        runs: values, [run, period]; NaN where there is none.
        estimated: whether they are estimates that wait for their own runs.
    """

    number: int
    name: str
    runs: Array
    estimated: bool = False


@dataclass(frozen=True)
class Gap:
    """One difference with its interval.

    Attributes:
        row: label of its row.
        number: of the policy.
        difference: mean; NaN is not drawn.
        low: lower end of the interval.
        high: upper end.
    """

    row: str
    number: int
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Titles:
    """Words of a chart: unique name, what it shows, what is seen in it, the unit of each axis."""

    name: str
    title: str
    description: str
    x: str = ""
    y: str = ""


def over_time(curves: Sequence[Curve], years: Array, words: Titles, size: tuple[int, int] = (560, 260)) -> str:
    """Draw scenarios over time: median and the band of 80 % of runs, or single runs where they are few."""
    width, height = size
    right, top, bottom = width - 12.0, 22.0, height - 38.0
    bands = [_band(one) for one in curves]
    up = axis([v for band in bands for part in band for v in np.ravel(part)], bottom, top)
    left = up.room
    across = Axis(0.0, float(years[-1]) if len(years) else 1.0, left, right, tuple(_half_years(years)))
    drawing = Drawing(width, height, words.title, words.description)
    drawing.beside(up, left, right, words.y)
    drawing.below(across, bottom, bottom, words.x)
    for one, (low, _, high) in zip(curves, bands, strict=True):
        if len(one.runs) >= BAND_FROM:
            edge = [(across(x), up(y)) for x, y in zip(years, high, strict=True) if np.isfinite(y)]
            back = [(across(x), up(y)) for x, y in zip(years, low, strict=True) if np.isfinite(y)]
            paint = BASELINE if one.number < 0 else colour(one.number)
            drawing.path([*edge, *reversed(back)], f'fill="{paint}" fill-opacity=".13" stroke="none"')
    # The baseline last: its dashes stay to be seen on a policy that changes nothing.
    for one, (_, middle, _) in reversed(list(zip(curves, bands, strict=True))):
        faint = ' opacity=".45"' if one.estimated else ""
        if len(one.runs) >= BAND_FROM:
            _curve(drawing, years, middle, (across, up), line_style(one.number, 2.4) + faint)
        else:
            for run in one.runs:
                _curve(drawing, years, run, (across, up), line_style(one.number, 1.0) + faint)
        known = np.flatnonzero(np.isfinite(middle)) if len(middle) else np.zeros(0, int)
        if len(known):
            at = known[-1]
            drawing.shape(across(float(years[at])) - 1, up(float(middle[at])), one.number, 4.5)
    return drawing.svg(words.name)


def gaps(rows: Sequence[Gap], delta: float, words: Titles, width: int = 560) -> str:
    """Draw differences as marks with intervals, one row per label, and the band in which they do not matter."""
    labels = list(dict.fromkeys(one.row for one in rows))
    many = max((sum(one.row == label for one in rows) for label in labels), default=1)
    each = max(_ROW, 14.0 * many + 8.0)
    left, right, top = 150.0, width - 14.0, 8.0
    bottom = top + each * len(labels)
    values = [v for one in rows for v in (one.difference, one.low, one.high)]
    across = axis([*values, 0.0, -delta, delta], left, right, count=5)
    drawing = Drawing(width, int(bottom + 38), words.title, words.description)
    drawing.rect(across(-delta), top, (across(delta) - across(-delta), bottom - top), 'fill="#e4e7ea"')
    drawing.below(across, bottom, top, words.x)
    drawing.line(across(0.0), top, across(0.0), bottom, 'stroke="#333"')
    for i, label in enumerate(labels):
        mine = [one for one in rows if one.row == label]
        drawing.text(left - 10, top + each * (i + 0.5) + 4, _short(label), "end")
        for j, one in enumerate(mine):
            y = top + each * i + each * (j + 1) / (len(mine) + 1)
            if np.isfinite(one.low) and np.isfinite(one.high):
                style = f'stroke="{colour(one.number)}" stroke-width="2.6"'
                drawing.line(across(one.low), y, across(one.high), y, style)
            if np.isfinite(one.difference):
                drawing.shape(across(one.difference), y, one.number)
    return drawing.svg(words.name)


def pairs(rows: Sequence[tuple[str, int, float, float]], words: Titles, width: int = 560) -> str:
    """Draw two levels of one thing per row: hollow for the first, the policy's mark for the second, a line between.

    Args:
        rows: label, number of the policy (below 0 for the baseline), first level, second level.
        words: of the chart.
        width: in pixels.
    """
    left, right, top, each = 150.0, width - 14.0, 8.0, 30.0
    bottom = top + each * len(rows)
    across = axis([v for _, _, *levels in rows for v in levels], left, right, count=5)
    drawing = Drawing(width, int(bottom + 38), words.title, words.description)
    drawing.below(across, bottom, top, words.x)
    for i, (label, number, first, second) in enumerate(rows):
        y, paint = top + each * (i + 0.5), BASELINE if number < 0 else colour(number)
        drawing.text(left - 10, y + 4, _short(label), "end")
        if np.isfinite(first) and np.isfinite(second):
            drawing.line(across(first), y, across(second), y, f'stroke="{paint}" stroke-width="2"')
        if np.isfinite(second):
            drawing.shape(across(second), y, number, 6.0)
        if np.isfinite(first):
            drawing.add(
                f'<circle cx="{across(first)}" cy="{y:g}" r="6" fill="#fff" stroke="{paint}" stroke-width="2"/>'
            )
    return drawing.svg(words.name)


def scatter(points: Sequence[tuple[int, Array, Array]], words: Titles, size: tuple[int, int] = (560, 360)) -> str:
    """Draw two outcomes against each other: a small dot per run, the mark at the mean.

    Args:
        points: number of the policy (below 0 for the baseline), values across and up, one per run.
        words: of the chart.
        size: width and height in pixels.
    """
    width, height = size
    right, top, bottom = width - 28.0, 24.0, height - 40.0
    up = axis([v for _, _, y in points for v in y], bottom, top)
    left = up.room
    across = axis([v for _, x, _ in points for v in x], left, right, count=5)
    drawing = Drawing(width, height, words.title, words.description)
    drawing.beside(up, left, right, words.y)
    drawing.below(across, bottom, top, words.x)
    for number, x, y in points:
        paint = BASELINE if number < 0 else colour(number)
        for a, b in zip(x, y, strict=True):
            if np.isfinite(a) and np.isfinite(b):
                drawing.add(f'<circle cx="{across(a)}" cy="{up(b)}" r="2" fill="{paint}" fill-opacity=".35"/>')
    for number, x, y in points:
        if np.isfinite(x).any() and np.isfinite(y).any():
            drawing.shape(across(float(np.nanmean(x))), up(float(np.nanmean(y))), number, 8.0)
    return drawing.svg(words.name)


def shares(rows: Sequence[tuple[str, float, float, str]], words: Titles, width: int = 560) -> str:
    """Draw who gains and who loses: a bar to the right and one to the left, per group.

    Args:
        rows: label, share that gains, share that loses (0 to 1), words at the end.
        words: of the chart.
        width: in pixels.
    """
    left, right, top, each = 150.0, width - 84.0, 8.0, 24.0
    most = max([0.05, *(v for _, gain, loss, _ in rows for v in (gain, loss) if np.isfinite(v))])
    across = axis([-100 * most, 100 * most], left, right, room=0.02, count=5)
    bottom = top + each * len(rows)
    drawing = Drawing(width, int(bottom + 38), words.title, words.description)
    for value in across.ticks:
        drawing.line(across(value), top, across(value), bottom, 'stroke="#e8ebee"')
        drawing.text(across(value), bottom + 15, f"{abs(value):g}", "middle")
    drawing.text((left + right) / 2, bottom + 31, words.x, "middle", 'class="unit"')
    for i, (label, gain, loss, end) in enumerate(rows):
        y = top + each * i
        drawing.text(left - 10, y + each / 2 + 4, _short(label), "end")
        if np.isfinite(gain):
            zero = across(0.0)
            drawing.rect(zero, y + 4, (across(100 * gain) - zero, each - 8), f'fill="{GAIN}"')
            hatch = f'fill="{LOSS}" stroke="#fff" stroke-dasharray="3 2"'
            drawing.rect(across(-100 * loss), y + 4, (zero - across(-100 * loss), each - 8), hatch)
        drawing.text(right + 8, y + each / 2 + 4, end)
    drawing.line(across(0.0), top, across(0.0), bottom, 'stroke="#333"')
    return drawing.svg(words.name)


def _curve(drawing: Drawing, years: Array, values: Array, axes: tuple[Axis, Axis], style: str) -> None:
    across, up = axes
    pairs = zip(years, values, strict=True)
    drawing.path([(across(float(x)), up(float(y))) for x, y in pairs if np.isfinite(y)], style)


def _band(curve: Curve) -> tuple[Array, Array, Array]:
    """Return the lower edge, the median and the upper edge; for few runs their extremes."""
    runs = curve.runs
    empty = np.full(runs.shape[1] if runs.ndim == 2 else 0, np.nan)
    if not runs.size:
        return empty, empty, empty
    low, middle, high = empty.copy(), empty.copy(), empty.copy()
    some = np.isfinite(runs).any(axis=0)
    edges = (100 * BAND[0], 50, 100 * BAND[1]) if len(runs) >= BAND_FROM else (0, 50, 100)
    if some.any():
        low[some], middle[some], high[some] = np.nanpercentile(runs[:, some], edges, axis=0)
    return low, middle, high


def _half_years(years: Array) -> list[float]:
    last = float(years[-1]) if len(years) else 1.0
    step = 0.5 if last <= 3 else 1.0
    return [step * i for i in range(int(last / step + 1e-6) + 1)]


def _short(label: str, most: int = 22) -> str:
    """Return a label that fits its room; Chinese characters count twice."""
    room, kept = float(most), ""
    for letter in label:
        room -= 1.75 if ord(letter) > 0x2E80 else 1.0
        if room < 0:
            return kept.rstrip() + "…"
        kept += letter
    return kept
