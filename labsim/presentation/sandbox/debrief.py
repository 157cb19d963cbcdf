"""The debrief of a session as one page that needs nothing else.

Takes: the results of a session. Gives: HTML in both languages: timeline, decisions, what if,
luck against skill, scorecard, questions.
"""

import time
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment
from markupsafe import Markup

from labsim.analysis.paired import Paired
from labsim.foundations.declared import Text
from labsim.foundations.i18n import language, t
from labsim.foundations.version import __version__
from labsim.presentation.charts import Picture, scaled
from labsim.presentation.fonts import font_face
from labsim.presentation.look import environment
from labsim.presentation.sandbox import charts
from labsim.presentation.words import quantity
from labsim.results.indicators import GROUP_LABELS, indicator
from labsim.sandbox.board import Board
from labsim.sandbox.debrief import FUTURES, Debrief, TeamDebrief, WhatIf, debrief
from labsim.sandbox.exercise import DIMENSIONS, Exercise
from labsim.sandbox.scoring import Line
from labsim.sandbox.views import WORST, news
from labsim.scenario.levers import LEVERS


def _environment() -> Environment:
    made = environment()
    made.filters["value"] = _value
    made.filters["gap"] = gap_words
    return made


def rendered(template: str, **content: object) -> str:
    """Return a page with the font for the characters that it turned out to have."""
    made = _environment().get_template(template)
    return made.render(**content, font_face=Markup(font_face(made.render(**content, font_face=""))))


@dataclass(frozen=True)
class Section:
    """One team's part of the page."""

    team: TeamDebrief
    timeline: list[Picture]
    parts: Picture | None
    lines: list[tuple[Text, Line]]
    moves: list[tuple[int, str, str, list[Text], list[Text]]]


def debrief_html(board: Board, at: float, *, futures: int = FUTURES, lang: str | None = None) -> str:
    """Return the debrief of a session.

    Args:
        board: results of a session whose rounds are all played.
        at: seconds since 1970, for the date.
        futures: other futures to play on.
        lang: language in which the page opens.
    """
    began = time.monotonic()
    found = debrief(board, futures=futures)
    exercise = board.session.exercise
    sections = [_section(board, team, f"t{i}") for i, team in enumerate(found.teams)]
    return rendered(
        "sandbox_debrief.html.j2", lang=lang or language(), when=date.fromtimestamp(at).isoformat(), exercise=exercise,
        asked=board.session.asked, found=found, sections=sections, cloud=charts.clouds(found),
        news=news(board.session),
        surprises=_surprises(found), seed=board.session.seed, version=__version__, futures=futures,
        seconds=time.monotonic() - began, verdict=verdict_words, what_if=what_if_words,
        dimensions=_dimensions(exercise),
    )  # fmt: skip


def _section(board: Board, team: TeamDebrief, key: str) -> Section:
    moves = board.session.teams[team.name].moves
    groups = {"worst": WORST, **GROUP_LABELS}
    lines = []
    for line in team.lines:
        name, label = DIMENSIONS[line.dimension], indicator(line.indicator).label
        extra = groups[line.group] if line.group else None
        zh, en = (f"（{extra.zh}）", f" ({extra.en})") if extra else ("", "")
        lines.append((t(f"{name.zh} · {label.zh}{zh}", f"{name.en} · {label.en}{en}"), line))
    bought = {one.name: one.label for one in board.session.exercise.purchases}
    said = [
        (i + 1, move.question, move.reasons, [bought[name] for name in move.purchases],
         [decision_words(lever, value) for lever, value in move.levers.items()])
        for i, move in enumerate(moves)
    ]  # fmt: skip
    pictures = charts.timeline(team, key, board.session.exercise.starts)
    return Section(team, pictures, charts.parts(team, f"parts-{key}"), lines, said)


def decision_words(lever: str, value: float) -> Text:
    """Return a decision as words: what is set to what."""
    label, amount = LEVERS[lever].label, quantity(value, LEVERS[lever].unit)
    return t(f"{label.zh} → {amount.zh}", f"{label.en} → {amount.en}")


def gap_words(gap: Paired) -> Text:
    """Return a paired difference of points with its interval and its n."""
    if gap.identical:
        d, n = f"{gap.difference:+.1f}", gap.n
        return t(f"{d} 分（n = {n}，各未来都相同）", f"{d} points (n = {n}, equal in all)")
    return t(
        f"{gap.difference:+.1f} 分（95% 区间 {gap.low:+.1f} 至 {gap.high:+.1f}，n = {gap.n}）",
        f"{gap.difference:+.1f} points (95 % interval {gap.low:+.1f} to {gap.high:+.1f}, n = {gap.n})",
    )


def verdict_words(gap: Paired) -> Text:
    """Return what a paired difference says: better, worse, or that nobody can tell."""
    if gap.identical and gap.difference == 0:
        return t("与参考做法相同", "the same as the reference")
    if gap.low > 0:
        return t("好于参考做法", "better than the reference")
    if gap.high < 0:
        return t("不如参考做法", "worse than the reference")
    return t("与参考做法无法区分", "not distinguishable from the reference")


def what_if_words(one: WhatIf) -> Text:
    """Return a what-if as a sentence."""
    changed = [decision_words(lever, value) for lever, value in one.changed.items()]
    zh, en = "、".join(x.zh for x in changed), ", ".join(x.en for x in changed)
    gap = gap_words(one.gap)
    return t(
        f"第 {one.round} 轮如果 {zh}：这次的运气下 {one.met:+.1f} 分；其他未来中 {gap.zh}",
        f"round {one.round} with {en}: {one.met:+.1f} points on the luck that was met; in other futures {gap.en}",
    )


def _value(line: Line) -> str:
    if line.value != line.value:
        return "–"
    scale, unit = scaled(indicator(line.indicator))
    return f"{scale * line.value:,.1f}" + ("%" if unit.en == "%" else "")


def _surprises(found: Debrief) -> list[Text]:
    said = []
    for team in found.teams:
        for index, one in team.surprises:
            item = indicator(one.indicator)
            scale, unit = scaled(item)
            was = " → ".join("–" if v != v else f"{scale * v:,.1f}" for v in (one.before, one.after))
            said.append(
                t(
                    f"{team.name} 第 {index} 轮：{item.label.zh} {was} {unit.zh}，落在所猜的区间之外；"
                    f"方向误差 {one.brier:.2f}（0 最好，1 最差）",
                    f"{team.name}, round {index}: {item.label.en} {was} {unit.en}, outside the interval foreseen; "
                    f"direction off by {one.brier:.2f} (0 is best, 1 worst)",
                )
            )
    return said


def _dimensions(exercise: Exercise) -> list[tuple[Text, float]]:
    """Return the weight of each dimension of the scorecard."""
    weights: dict[str, float] = {}
    for line in exercise.score:
        weights[line.dimension] = weights.get(line.dimension, 0.0) + line.weight
    return [(DIMENSIONS[name], weight) for name, weight in weights.items()]
