"""The map of the community, played through time: blocks as tiles, one map per scenario and measure, and a table.

Takes: films of the blocks. Gives: HTML in which the page's script changes classes and words only.
"""

import json
from collections.abc import Sequence
from html import escape
from math import ceil

import numpy as np

from labsim.analysis.blocks import Film
from labsim.foundations.calendar import YEAR
from labsim.foundations.i18n import t
from labsim.scenario.scenario import Scenario

MEASURES = ("opened", "unsolved", "active")
_WORDS = {
    "opened": t("在办案件（台账）", "open cases (on record)"),
    "unsolved": t("未解决问题（真实）", "unsolved problems (true)"),
    "active": t("近 28 天参与居民 %", "residents active in 28 days, %"),
}
_LEVELS = 5
_TILE = 46


def played(films: Sequence[Film], scenarios: Sequence[Scenario], lang: str) -> str:
    """Return the maps of all scenarios with a button to play and a slider through time."""
    levels = {name: _steps([getattr(film, name) for film in films], name) for name in MEASURES}
    maps, frames, sums, last_texts = [], [], [], []
    for film, scenario in zip(films, scenarios, strict=True):
        for name in MEASURES:
            values = np.asarray(getattr(film, name), np.float64) * (100 if name == "active" else 1)
            cells = [[_cell(v, levels[name]) for v in row] for row in values]
            frames.append([["".join(level for level, _ in row), " ".join(text for _, text in row)] for row in cells])
            last_texts.append([text for _, text in cells[-1]])
            label = scenario.label.in_language(lang)
            sums.append([_sum(row, film, name, lang) for row in values])
            maps.append(_map(f"{label} · {_WORDS[name].in_language(lang)}", cells[-1], sums[-1][-1]))
    when = [_when(day, lang) for day in films[0].days]
    last = len(when) - 1
    data = escape(json.dumps(frames, separators=(",", ":"), ensure_ascii=False), quote=True)
    words = escape(json.dumps({"when": when, "sums": sums}, ensure_ascii=False), quote=True)
    play = t("▶ 播放", "▶ play").in_language(lang)
    moment = t("时间", "moment").in_language(lang)
    note = t(
        f"n = 1 次重复（种子 {films[0].seed}），一种可能的过程，不是平均结果；示例参数。"
        "颜色越深，数越大；同一项各图同一标尺，同一网格在各图中位置相同。不足 10 人的网格不显示参与（虚线框）。",
        f"n = 1 replication (seed {films[0].seed}): one possible course, not an average; illustrative parameters. "
        "Darker is more, on one scale for all maps of a measure; a block has the same place in every map; "
        "blocks under 10 residents show no participation (dashed).",
    ).in_language(lang)
    return (
        f'<div class="film" data-film data-frames="{data}" data-words="{words}" data-at="{last}">'
        f'<div class="run"><button data-play aria-pressed="false">{play}</button>'
        f'<input type="range" min="0" max="{last}" step="1" value="{last}" aria-label="{moment}">'
        f'<b data-when class="num">{when[-1]}</b></div><div class="maps">{"".join(maps)}</div>'
        f'<p class="hint">{escape(note)}</p>{_table(films[-1], scenarios, last_texts, when[-1], lang)}</div>'
    )


def _table(film: Film, scenarios: Sequence[Scenario], texts: Sequence[Sequence[str]], when: str, lang: str) -> str:
    """Return the numbers on the tiles as a table; the page's script keeps it at the moment that is shown."""
    said = t("数字", "the numbers"), t("网格", "block"), t("居民", "residents"), t("检查点位", "items")
    summary, *heads = (one.in_language(lang) for one in said)
    first = "".join(f'<th scope="col" rowspan="2">{one}</th>' for one in heads)
    over = "".join(
        f'<th scope="colgroup" colspan="{len(MEASURES)}">{escape(one.label.in_language(lang))}</th>'
        for one in scenarios
    )
    under = "".join(f'<th scope="col">{_WORDS[name].in_language(lang)}</th>' for name in MEASURES) * len(scenarios)
    rows = []
    for b, (people, items) in enumerate(zip(film.residents, film.items, strict=True)):
        cells = "".join(f'<td class="num" data-m="{m}">{column[b]}</td>' for m, column in enumerate(texts))
        rows.append(
            f'<tr><th scope="row">{b + 1}</th><td class="num">{people}</td><td class="num">{items}</td>{cells}</tr>'
        )
    return (
        f'<details><summary>{summary}</summary><p data-when class="num">{when}</p><div class="wide"><table>'
        f"<thead><tr>{first}{over}</tr><tr>{under}</tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def _steps(values: Sequence[np.ndarray], name: str) -> list[float]:
    """Return the limits between levels of shade, common to all scenarios."""
    known = np.concatenate([np.ravel(v) for v in values]) * (100 if name == "active" else 1)
    known = known[np.isfinite(known) & (known > 0)]
    if not len(known):
        return [1.0, 2.0, 3.0, 4.0]
    return [0.0, *(float(v) for v in np.quantile(known, (0.34, 0.67, 0.92)))]


def _cell(value: float, steps: Sequence[float]) -> tuple[str, str]:
    if not np.isfinite(value):
        return "x", "–"
    level = sum(value > step for step in steps)
    return str(min(level, _LEVELS - 1)), f"{value:.0f}"


def _map(title: str, cells: Sequence[tuple[str, str]], total: str) -> str:
    across = max(1, ceil(len(cells) ** 0.5 * 1.2))
    down = ceil(len(cells) / across)
    tiles = []
    for b, (level, text) in enumerate(cells):
        x, y = (b % across) * _TILE, (b // across) * _TILE
        tiles.append(
            f'<g data-block="{b}" class="b{level}" transform="translate({x} {y})"><title>{b + 1}</title>'
            f'<rect width="{_TILE}" height="{_TILE}" rx="5"/>'
            f'<text x="{_TILE / 2:g}" y="{_TILE / 2 + 4:g}" text-anchor="middle">{text}</text></g>'
        )
    return (
        f'<figure data-map><figcaption><b>{escape(title)}</b> <span data-sum class="num">{escape(total)}</span>'
        f'</figcaption><svg role="img" aria-label="{escape(title, quote=True)}" viewBox="0 0 {across * _TILE} '
        f'{down * _TILE}">{"".join(tiles)}</svg></figure>'
    )


def _sum(row: np.ndarray, film: Film, name: str, lang: str) -> str:
    if name == "active":
        known = np.isfinite(row)
        people = film.residents[known].sum()
        mean = float((row[known] * film.residents[known]).sum() / people) if people else float("nan")
        return t(f"全体 {mean:.1f}%", f"all {mean:.1f}%").in_language(lang)
    return t(f"共 {row.sum():.0f}", f"{row.sum():.0f} in all").in_language(lang)


def _when(day: int, lang: str) -> str:
    return t(f"第 {day} 天（{day / YEAR:.2f} 年）", f"day {day} ({day / YEAR:.2f} years)").in_language(lang)
