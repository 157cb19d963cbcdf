"""The frame of a chart drawn at once: scales, ticks, axes, and words for those who cannot see it.

Takes: numbers and words in one language. Gives: SVG as text, drawn by the reader's browser. The
lab draws several charts whenever a lever moves, for which a charting library takes too long.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from labsim.presentation.figures import BASELINE, COLOURS, SHAPES
from labsim.presentation.look import colour

DASHES = ("", "12 4", "9 3 2 3", "5 5", "14 3 2 3 2 3", "3 6")
"""Of policies: none is dotted, which is the baseline's own, so that grey print keeps them apart."""
BASE_DASH = "2 4"
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Axis:
    """One axis: limits in the unit of the data, pixels, ticks.

    Attributes:
        low: smallest value that fits.
        high: largest.
        start: pixel of ``low``.
        end: pixel of ``high``.
        ticks: values with a tick.
    """

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    @property
    def room(self) -> float:
        """Pixels that its labels take beside it."""
        return max(52.0, 14.0 + _DIGIT * max((len(label(v)) for v in self.ticks), default=0))

    def __call__(self, value: float) -> float:
        """Return the pixel of a value, kept inside the frame."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)


_DIGIT = 7.6
"""Pixels of a digit, at most."""


def axis(values: Iterable[float], start: float, end: float, room: float = 0.06, count: int = 4) -> Axis:
    """Return an axis that holds all finite values, with a little room and about so many ticks."""
    known = [float(v) for v in values if math.isfinite(v)] or [0.0, 1.0]
    low, high = min(known), max(known)
    reach = (high - low) or abs(high) or 1.0
    low, high = low - room * reach, high + room * reach
    return Axis(low, high, start, end, ticks(low, high, count))


def ticks(low: float, high: float, count: int = 4) -> tuple[float, ...]:
    """Return round values between two others, about so many."""
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return tuple(round(i * step, 10) for i in range(first, math.floor(high / step + 1e-9) + 1))


def label(value: float) -> str:
    """Return a tick's value as text."""
    if abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.6g}"


@dataclass
class Drawing:
    """A chart under way: what was drawn so far, in order.

    Attributes:
        width: pixels of the whole chart.
        height: pixels of the whole chart.
        title: what it shows.
        description: what is to be seen in it.
    """

    width: int
    height: int
    title: str
    description: str
    _parts: list[str] = field(default_factory=list)

    def add(self, *parts: str) -> None:
        """Draw over what is there."""
        self._parts += parts

    def text(self, x: float, y: float, words: str, anchor: str = "start", more: str = "") -> None:
        """Write words."""
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        """Draw a straight line; ``style`` holds SVG attributes."""
        self.add(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {style}/>')

    def rect(self, x: float, y: float, size: tuple[float, float], style: str) -> None:
        """Draw a rectangle of a width and height."""
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{size[0]:.1f}" height="{size[1]:.1f}" {style}/>')

    def path(self, points: Sequence[tuple[float, float]], style: str) -> None:
        """Draw a line through points."""
        if points:
            self.add(f'<path d="M{"L".join(f"{x:g} {y:g}" for x, y in points)}" {style}/>')

    def shape(self, x: float, y: float, number: int, size: float = 5.0) -> None:
        """Draw the mark of a policy, or of the baseline for a number below 0; its shape says the same as its colour."""
        paint = f'fill="{BASELINE if number < 0 else colour(number)}" stroke="#fff"'
        name = "diamond" if number < 0 else SHAPES[number % len(SHAPES)]
        shapes: dict[str, list[tuple[float, float]]] = {
            "square": [(-1, -1), (1, -1), (1, 1), (-1, 1)],
            "triangle-up": [(0, -1.2), (1.1, 0.9), (-1.1, 0.9)],
            "triangle-down": [(0, 1.2), (1.1, -0.9), (-1.1, -0.9)],
            "diamond": [(0, -1.3), (1.1, 0), (0, 1.3), (-1.1, 0)],
        }
        corners = shapes.get(name)
        if corners is None:
            self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" {paint}/>')
        else:
            points = " ".join(f"{x + size * a:.1f},{y + size * b:.1f}" for a, b in corners)
            self.add(f'<polygon points="{points}" {paint}/>')

    def below(self, across: Axis, y: float, top: float, words: str) -> None:
        """Draw a horizontal axis with light lines up to ``top``."""
        for value in across.ticks:
            self.line(across(value), top, across(value), y, 'stroke="#e8ebee"')
            self.text(across(value), y + 15, label(value), "middle")
        self.text((across.start + across.end) / 2, y + 31, words, "middle", 'class="unit"')

    def beside(self, up: Axis, x: float, right: float, words: str) -> None:
        """Draw a vertical axis with light lines up to ``right``."""
        for value in up.ticks:
            self.line(x, up(value), right, up(value), 'stroke="#e8ebee"')
            self.text(x - 6, up(value) + 4, label(value), "end")
        self.text(2, 12, words, "start", 'class="unit"')

    def svg(self, name: str) -> str:
        """Return the whole as an image with a name, a title and a description.

        Args:
            name: unique in the page; ids start with it.
        """
        return (
            f'<svg class="chart" role="img" viewBox="0 0 {self.width} {self.height}" '
            f'aria-labelledby="{name}-t {name}-d" preserveAspectRatio="xMinYMin meet">'
            f'<title id="{name}-t">{escape(self.title)}</title><desc id="{name}-d">{escape(self.description)}</desc>'
            f"{''.join(self._parts)}</svg>"
        )


def line_style(number: int, width: float = 2.2) -> str:
    """Return how the line of a policy, or of the baseline for a number below 0, is drawn."""
    paint, dash = (BASELINE, BASE_DASH) if number < 0 else (colour(number), DASHES[number % len(DASHES)])
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="none" stroke="{paint}" stroke-width="{width:g}" stroke-linejoin="round"{dashed}'


__all__ = ["COLOURS", "Axis", "Drawing", "axis", "label", "line_style", "ticks"]
