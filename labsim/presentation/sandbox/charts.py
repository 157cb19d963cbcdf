"""The charts of a debrief, as inline SVG in both languages.

Takes: the numbers of a debrief. Gives: :class:`Picture` objects.
"""

import altair as alt
import pandas as pd

from labsim.foundations.declared import Text
from labsim.foundations.i18n import LANGUAGES, t
from labsim.presentation.charts import Picture, scaled
from labsim.presentation.figures import BASELINE, COLOURS, Words, as_svg, span
from labsim.results.indicators import indicator
from labsim.sandbox.debrief import PAIRS, Debrief, TeamDebrief
from labsim.scenario.levers import LEVERS

_HEADINGS = (
    t("整改率：台账与真实", "fix rate: on record and true"),
    t("90天复发率：台账与真实", "recurrence in 90 days: on record and true"),
    t("未解决问题：在办与全部", "unresolved problems: open cases and all"),
)
_SIGHT = (t("台账", "on record"), t("真实", "true"))


def timeline(team: TeamDebrief, key: str, starts: tuple[int, ...]) -> list[Picture]:
    """Return what was on record beside what was true, period by period; rounds are marked."""
    found = []
    for heading, pair in zip(_HEADINGS, PAIRS, strict=True):
        scale, unit = scaled(indicator(pair[1]))
        rows = pd.DataFrame(
            [{"day": 28 * (i + 1), "value": scale * value, "true": bool(k)}
             for k, name in enumerate(pair) for i, value in enumerate(team.timeline[name])]
        ).dropna()  # fmt: skip
        if rows.empty or rows["true"].sum() < 2:
            continue
        caption = t("虚线为台账，实线为真实；竖线为轮次。", "dashed: on record; solid: true; upright lines: rounds.")
        svg = {lang: _timeline(rows, _words(f"{key}-{pair[1]}", heading, unit, lang), starts) for lang in LANGUAGES}
        found.append(Picture(heading, caption, svg["zh"], svg["en"]))
    return found


def _words(name: str, heading: Text, unit: Text, lang: str) -> Words:
    said = heading.in_language(lang)
    return Words(f"{name}-{lang}", said, said, t("天", "day").in_language(lang), unit.in_language(lang))


def _timeline(rows: pd.DataFrame, words: Words, starts: tuple[int, ...]) -> str:
    limits = alt.Scale(domain=span(rows["value"], 0.0), nice=False)
    base = alt.Chart(rows.round(4)).encode(
        x=alt.X("day:Q", axis=alt.Axis(title=words.x, values=list(starts), grid=False)),
        y=alt.Y("value:Q", scale=limits, axis=alt.Axis(title=words.y, tickCount=4)),
        color=alt.Color("true:N", scale=alt.Scale(domain=[False, True], range=[BASELINE, COLOURS[1]]), legend=None),
        strokeDash=alt.StrokeDash("true:N", scale=alt.Scale(domain=[False, True], range=[[5, 3], [1, 0]]), legend=None),
    )
    rounds = alt.Chart(pd.DataFrame({"day": list(starts[1:-1])})).mark_rule(color="#d8dde3").encode(x="day:Q")
    return as_svg(alt.layer(rounds, base.mark_line(strokeWidth=2.2)).properties(width=270, height=140), words)


def clouds(found: Debrief) -> Picture:
    """Return every team's points on other futures, with the one that was met as a dot."""
    rows = pd.DataFrame(
        [{"team": team.name, "points": round(float(v), 2)} for team in found.teams for v in team.futures]
    )
    met = pd.DataFrame([{"team": team.name, "points": round(team.score, 2)} for team in found.teams])
    heading = t("同样的决策，放到其他未来", "the same decisions in other futures")
    many = len(found.reference)
    caption = t(
        f"细线：{many} 个其他未来中的得分；圆点：这次遇到的。竖线为参考做法的均值。",
        f"ticks: points in {many} other futures; dot: the one that was met. The upright line is the reference's mean.",
    )
    svg = {}
    for lang in LANGUAGES:
        axis = t("得分", "points").in_language(lang)
        words = Words(f"clouds-{lang}", heading.in_language(lang), caption.in_language(lang), axis)
        y = alt.Y(
            "team:N", title=None, sort=list(met["team"]), axis=alt.Axis(ticks=False, domain=False, labelLimit=150)
        )
        limits = span(rows["points"], *met["points"], float(found.reference.mean()))
        x = alt.X("points:Q", scale=alt.Scale(domain=limits, nice=False),
                  axis=alt.Axis(title=axis, grid=True))  # fmt: skip
        mean = pd.DataFrame({"points": [float(found.reference.mean())]})
        chart = alt.layer(
            alt.Chart(mean).mark_rule(color=BASELINE, strokeDash=[5, 3]).encode(x=x),
            alt.Chart(rows).mark_tick(thickness=1, opacity=0.3, color=COLOURS[0], size=20).encode(x=x, y=y),
            alt.Chart(met).mark_point(filled=True, size=130, color=COLOURS[1], opacity=1).encode(x=x, y=y),
        )
        svg[lang] = as_svg(chart.properties(width=430, height=34 * len(found.teams)), words)
    return Picture(heading, caption, svg["zh"], svg["en"])


def parts(team: TeamDebrief, key: str) -> Picture | None:
    """Return what each decision added to the points."""
    if not team.parts:
        return None
    heading = t("每项决策带来多少分", "what each decision added")
    caption = t(
        f"各项之和等于得分 {team.score:.1f} 减去“什么也不改”的 {team.idle:.1f}。",
        f"They sum to the {team.score:.1f} points less the {team.idle:.1f} of changing nothing.",
    )
    svg = {}
    for lang in LANGUAGES:
        rows = pd.DataFrame(
            [{"part": _called(one.round, one.lever, lang), "added": round(one.added, 3)} for one in team.parts]
        )
        axis = t("分", "points").in_language(lang)
        words = Words(f"{key}-{lang}", heading.in_language(lang), caption.in_language(lang), axis)
        bars = alt.Chart(rows).mark_bar(size=13).encode(
            x=alt.X("added:Q", axis=alt.Axis(title=axis)),
            y=alt.Y("part:N", sort=list(rows["part"]), title=None, axis=alt.Axis(labelLimit=210, ticks=False)),
            color=alt.condition("datum.added >= 0", alt.value(COLOURS[2]), alt.value(COLOURS[1])),
        )  # fmt: skip
        svg[lang] = as_svg(alt.layer(bars).properties(width=230, height=21 * len(rows)), words)
    return Picture(heading, caption, svg["zh"], svg["en"])


def _called(index: int, lever: str, lang: str) -> str:
    label = LEVERS[lever].label
    return t(f"第{index}轮 {label.zh}", f"{index}: {label.en}").in_language(lang)
