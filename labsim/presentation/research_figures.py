"""The picture of a posterior: how much of each prior the data have left, and whether it may carry a verdict.

Takes: a posterior and the quality of its inference. Gives: SVG in one language.
"""

from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

import altair as alt
import numpy as np
import pandas as pd

from labsim.analysis.inference.calibration import RESTS_LABELS, Light, Quality
from labsim.analysis.inference.posterior import Posterior
from labsim.foundations.i18n import t
from labsim.presentation.figures import Words, as_svg

_COLOURS = {Light.GREEN: "#009E73", Light.YELLOW: "#E69F00", Light.RED: "#C0392B"}
_MARKS = {Light.GREEN: "●", Light.YELLOW: "▲", Light.RED: "✖"}
_ROW, _WIDTH, _LABEL = 30, 430, 260


def posterior_svg(found: Posterior, quality: Sequence[Quality], lang: str) -> str:
    """Return the 90 % interval of each parameter inside its prior range, coloured by its light.

    The mark before a name says the same as the colour: ● green, ▲ yellow, ✖ red.
    """
    lights = {one.name: one.light for one in quality}
    rows: list[dict[str, Any]] = []
    for i, prior in enumerate(found.priors):
        ends = np.array([*found.interval(prior.name), float(np.median(found.values[:, i]))])
        low, high, middle = (ends - prior.low) / (prior.high - prior.low)
        light = lights.get(prior.name, Light.RED)
        rests = RESTS_LABELS[found.rests(prior.name)].in_language(lang)
        rows.append(
            {
                "row": f"{_MARKS[light]} {prior.name} · {rests}", "low": low, "high": high, "middle": middle,
                "light": light.value, "zero": 0.0, "one": 1.0,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    order = table["row"].tolist()
    # The machine that draws may have no font to measure Chinese with, and would cut the mark off.
    room = min(max(sum(13 if east_asian_width(c) in "WF" else 7 for c in one) for one in order) + 8, _LABEL)
    y = alt.Y(
        "row:N", sort=order, title=None, axis=alt.Axis(labelLimit=_LABEL, minExtent=room, ticks=False, domain=False)
    )
    scale = alt.Scale(domain=[0, 1])
    title = t(
        "先验范围内的位置（0% = 下限，100% = 上限）", "place in the prior range (0 % = low end, 100 % = high end)"
    ).in_language(lang)
    x = alt.X("zero:Q", title=title, scale=scale, axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]))
    colour = alt.Color(
        "light:N",
        scale=alt.Scale(domain=[one.value for one in Light], range=[_COLOURS[one] for one in Light]),
        legend=None,
    )
    base = alt.Chart(table)
    chart = alt.layer(
        base.mark_bar(height=14, color="#e6e6e6").encode(y=y, x=x, x2="one:Q"),
        base.mark_bar(height=8).encode(y=y, x=alt.X("low:Q", scale=scale, title=title), x2="high:Q", color=colour),
        base.mark_tick(thickness=2, size=14, color="#222").encode(y=y, x=alt.X("middle:Q", scale=scale, title=title)),
    ).properties(width=_WIDTH, height=_ROW * len(rows))
    said = t(
        "灰色是先验，彩色是后验的 90% 区间，竖线是中位数",
        "grey: the prior; coloured: the 90 % interval of the posterior; line: its median",
    ).in_language(lang)
    words = Words(name=f"posterior-{lang}", title=t("后验", "posterior").in_language(lang), description=said, x=title)
    return as_svg(chart, words)
