"""Charts as inline SVG: text stays text, drawn by the reader's browser.

Takes: plain DataFrames and words in one language. Gives: SVG strings with a role, a title and
a description, ready to stand inside a page. Colours are Okabe and Ito's, which colour-blind
readers tell apart; shape and dashes carry the same distinction in grey print.
"""

import re
import unicodedata
from dataclasses import dataclass
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from labsim.presentation.fonts import tell_fonts

FONTS = (
    "'Noto Sans SC','Source Han Sans SC','PingFang SC','Hiragino Sans GB','Microsoft YaHei',"
    "'WenQuanYi Micro Hei','Noto Sans CJK SC',system-ui,sans-serif"
)
BASELINE = "#595959"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
MARKS = ("●", "■", "▲", "◆", "▼", "✚")
"""The shapes as characters, for legends in running text."""
BAND_FROM = 20
"""From so many runs on a band of quantiles is drawn; fewer are drawn one by one."""
BAND = (0.1, 0.9)
WIDEST_LABEL = 150
"""Longer labels of rows are cut in a chart; the legend beside it has them whole."""


@dataclass(frozen=True)
class Words:
    """The words of a chart in one language.

    Attributes:
        name: unique within a page; ids inside the SVG start with it.
        title: what the chart shows, for those who cannot see it.
        description: what is to be seen in it.
        x: title of the horizontal axis.
        y: title of the vertical axis, where it has one.
    """

    name: str
    title: str
    description: str
    x: str
    y: str = ""


@dataclass(frozen=True)
class Frame:
    """Size and limits of a chart.

    Attributes:
        width: of the plot in pixels.
        height: of the plot in pixels.
        domain: limits of the value axis; by the data when left out.
        ticks: places of the ticks on the time axis; by the data when left out.
    """

    width: int = 300
    height: int = 150
    domain: tuple[float, float] | None = None
    ticks: tuple[float, ...] = ()


def differences(rows: pd.DataFrame, delta: float, words: Words, frame: Frame) -> str:
    """Draw paired differences as dots with intervals and the band in which they do not matter.

    Args:
        rows: one row per dot in the order of drawing: ``row`` (label), ``series`` (0, 1, … for
            colour and shape), ``difference``, ``low``, ``high``; NaN is not drawn.
        delta: half the width of the band, in the unit of the differences.
        words: of the chart.
        frame: its size.
    """
    order = list(dict.fromkeys(rows["row"]))
    drawn = rows[rows["difference"].notna()]
    several = rows.groupby("row", sort=False).size().max() > 1
    scale = alt.Scale(domain=frame.domain, nice=False, zero=False) if frame.domain else alt.Scale(zero=True)
    room = min(max(_width(row) for row in order), WIDEST_LABEL)
    axis = alt.Axis(labelLimit=room, minExtent=room, maxExtent=room, ticks=False, domain=False, grid=False)
    y = alt.Y("row:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))
    x_axis = alt.Axis(title=words.x, tickCount=5, grid=True)
    used = sorted({int(i) for i in rows["series"]})
    palette = alt.Scale(domain=used, range=[COLOURS[i % len(COLOURS)] for i in used])
    shapes = alt.Scale(domain=used, range=[SHAPES[i % len(SHAPES)] for i in used])
    band = alt.Chart(pd.DataFrame({"low": [-delta], "high": [delta]})).mark_rect(color="#e4e4e4")
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color="#333", strokeWidth=1)
    base = alt.Chart(drawn).encode(y=y, color=alt.Color("series:N", scale=palette, legend=None))
    if several:
        base = base.encode(yOffset=alt.YOffset("series:N", scale=alt.Scale(domain=used, paddingOuter=0.3)))
    whisker = base.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale, axis=x_axis), x2="high:Q")
    dot = base.mark_point(filled=True, size=62, opacity=1).encode(
        x=alt.X("difference:Q", scale=scale), shape=alt.Shape("series:N", scale=shapes, legend=None)
    )
    chart = alt.layer(
        band.encode(x=alt.X("low:Q", scale=scale), x2="high:Q"),
        zero.encode(x=alt.X("zero:Q", scale=scale)),
        whisker,
        dot,
    )
    return as_svg(chart.properties(width=frame.width, height=frame.height), words)


def fan(runs: pd.DataFrame, words: Words, frame: Frame, colour: str) -> str:
    """Draw a baseline and a policy over time.

    From :data:`BAND_FROM` runs on: the median and the band that holds 80 % of runs; fewer runs
    are drawn as one thin line each.

    Args:
        runs: one row per run and moment: ``policy`` (bool), ``run``, ``time`` and ``value``.
        words: of the chart.
        frame: its size.
        colour: of the policy.
    """
    runs = runs[runs["value"].notna()]
    fewest = min(runs.groupby("policy")["run"].nunique(), default=0)
    x = alt.X("time:Q", axis=alt.Axis(title=words.x, values=list(frame.ticks), grid=False, format="~g"))
    limits = alt.Scale(domain=frame.domain, nice=False) if frame.domain else alt.Scale(zero=False)
    y_axis = alt.Axis(title=words.y or None, tickCount=4, minExtent=38)
    colours = alt.Color("policy:N", scale=alt.Scale(domain=[False, True], range=[BASELINE, colour]), legend=None)
    dashes = alt.StrokeDash("policy:N", scale=alt.Scale(domain=[False, True], range=[[5, 3], [1, 0]]), legend=None)
    layers: list[alt.Chart]
    if fewest >= BAND_FROM:
        at = runs.groupby(["policy", "time"])["value"]
        wide = pd.DataFrame({"low": at.quantile(BAND[0]), "middle": at.median(), "high": at.quantile(BAND[1])})
        chart = alt.Chart(wide.reset_index().round(6)).encode(x=x, color=colours)
        layers = [
            chart.mark_area(opacity=0.22).encode(y=alt.Y("low:Q", scale=limits, axis=y_axis), y2="high:Q"),
            chart.mark_line(strokeWidth=2.2).encode(y=alt.Y("middle:Q", scale=limits), strokeDash=dashes),
        ]
    else:
        chart = alt.Chart(runs.round(6)).encode(x=x, color=colours, strokeDash=dashes, detail="run:N")
        layers = [chart.mark_line(strokeWidth=1, opacity=0.7).encode(y=alt.Y("value:Q", scale=limits, axis=y_axis))]
    return as_svg(alt.layer(*layers).properties(width=frame.width, height=frame.height), words)


def span(values: pd.DataFrame | pd.Series, *more: float, room: float = 0.06) -> tuple[float, float]:
    """Return the limits that hold all finite values and some more, with a little room."""
    numbers = [float(v) for v in values.to_numpy().ravel() if pd.notna(v)] + list(more)
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    reach = (high - low) or abs(high) or 1.0
    return low - room * reach, high + room * reach


def _width(label: str) -> int:
    """Return about how many pixels a label takes; the machine that draws may have no font to measure it with."""
    return sum(13 if unicodedata.east_asian_width(c) in "WF" else 7 for c in label) + 8


def as_svg(chart: alt.LayerChart | alt.FacetChart, words: Words) -> str:
    """Return a chart as SVG in the common look, with the words that make it accessible."""
    text: dict[str, Any] = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": "#333"}
    styled = (
        chart.configure(font=FONTS, background="transparent", padding=4)
        .configure_axis(**text, titleColor="#333", gridColor="#eee", domainColor="#888", tickColor="#888")
        .configure_view(stroke=None)
    )
    tell_fonts()
    return _accessible(vl_convert.vegalite_to_svg(styled.to_json(validate=False)), words)


def _accessible(svg: str, words: Words) -> str:
    """Return the SVG with a title, a description and ids of its own; without namespaces, which HTML knows."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\s(?:xmlns(?::xlink)?|version|class)="[^"]*"', "", svg)
    svg = re.sub(r'\s(?:role|aria-label|aria-roledescription)="[^"]*"', "", svg)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{words.name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{words.name}-\1)", svg)
    svg = re.sub(r'\sfont-family="[^"]*"', "", svg)
    head = (
        f'<svg role="img" aria-labelledby="{words.name}-title {words.name}-desc" '
        f'aria-label="{escape(words.title, quote=True)}" preserveAspectRatio="xMinYMin meet" '
    )
    inner = (
        f'<title id="{words.name}-title">{escape(words.title)}</title>'
        f'<desc id="{words.name}-desc">{escape(words.description)}</desc>'
    )
    opening, rest = svg.split(">", 1)
    return f"{head}{opening.removeprefix('<svg').strip()}>{inner}{rest}"
