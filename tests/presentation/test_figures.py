"""Charts: what they say to eyes, to ears and to a printer without colour."""

import re

import numpy as np
import pandas as pd
import pytest

from labsim.presentation import figures
from labsim.presentation.figures import BASELINE, COLOURS, MARKS, SHAPES, Frame, Words, differences, fan, span

WORDS = Words("one", "标题 <b>&", "描述", "个百分点", "比例")


def rows(**more: object) -> pd.DataFrame:
    table = {"row": ["甲", "乙"], "series": [0, 1], "difference": [1.0, 5.0], "low": [0.5, 4.0], "high": [1.5, 6.0]}
    return pd.DataFrame({**table, **more})


def runs(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        [(p, str(r), k / 13, 10.0 * p + r + k) for p in (False, True) for r in range(n) for k in range(1, 5)],
        columns=["policy", "run", "time", "value"],
    )


def test_a_chart_has_a_role_a_title_and_a_description():
    svg = differences(rows(), 2.0, WORDS, Frame())
    assert svg.startswith('<svg role="img" aria-labelledby="one-title one-desc"')
    assert '<title id="one-title">标题 &lt;b&gt;&amp;</title>' in svg
    assert '<desc id="one-desc">描述</desc>' in svg


def test_text_stays_text_and_asks_nothing_of_the_network():
    svg = differences(rows(), 2.0, WORDS, Frame())
    assert {"甲", "乙", "个百分点"} <= set(re.findall(r"<text[^>]*>([^<]+)</text>", svg))
    assert "http" not in svg
    assert "<image" not in svg
    assert "<script" not in svg


def test_ids_of_two_charts_never_meet():
    many = "".join(
        fan(runs(25), Words(name, "t", "d", "x", "y"), Frame(domain=(0.0, 50.0)), COLOURS[0]) for name in ("a", "b")
    )
    ids = re.findall(r'\bid="([^"]+)"', many)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", many)) <= set(ids)


def test_the_dot_lies_inside_its_interval_and_the_band_is_as_wide_as_twice_delta():
    """Read back from the drawing: the scale is that of the axis."""
    frame = Frame(width=200, height=60, domain=(-4.0, 6.0))
    svg = differences(rows(), 2.0, WORDS, frame)
    assert re.search(r'd="M40,0h80v60h-80Z"[^>]*fill="#e4e4e4"', svg)  # from -2 to 2, at 20 px a unit
    line = re.search(r'<line transform="translate\(90,[\d.]+\)" x2="([\d.]+)"[^>]*stroke="#0072B2"', svg)
    assert line is not None
    assert float(line[1]) == pytest.approx(20.0)  # from 0.5 to 1.5
    assert re.search(r'transform="translate\(100,[\d.]+\)" d="M[^"]*"[^>]*fill="#0072B2"', svg)  # the dot at 1


def test_policies_differ_by_shape_as_well_as_colour():
    svg = differences(rows(), 2.0, WORDS, Frame())
    dots = re.findall(r'd="([^"]+)"[^>]*fill="(#0072B2|#D55E00)"', svg)
    assert len({shape for shape, _ in dots}) == 2
    assert len({colour for _, colour in dots}) == 2


def test_there_are_as_many_shapes_and_marks_as_colours():
    assert len(COLOURS) == len(SHAPES) == len(MARKS) == len(set(COLOURS)) == len(set(SHAPES)) == len(set(MARKS))


def test_what_cannot_be_measured_is_not_drawn():
    nan = float("nan")
    svg = differences(rows(difference=[1.0, nan], low=[nan, nan], high=[nan, nan]), 2.0, WORDS, Frame(domain=(-3, 3)))
    assert "NaN" not in svg
    assert "乙" in svg  # the row stays: that it has no value is the message
    assert "#D55E00" not in svg


@pytest.mark.parametrize(("n", "areas", "lines"), [(25, 2, 2), (19, 0, 38)])
def test_a_band_needs_twenty_runs(n: int, areas: int, lines: int):
    svg = fan(runs(n), WORDS, Frame(domain=(0.0, 60.0)), COLOURS[1])
    assert len(re.findall(r'<path[^>]*opacity="0\.22"', svg)) == areas
    strokes = re.findall(rf'<path[^>]*stroke="(?:{BASELINE}|{COLOURS[1]})"', svg)
    assert len(strokes) == lines


def test_the_baseline_is_dashed():
    svg = fan(runs(25), WORDS, Frame(domain=(0.0, 60.0)), COLOURS[1])
    line = re.search(rf'<path[^>]*stroke="{BASELINE}"[^>]*>', svg)
    assert line is not None
    assert 'stroke-dasharray="5,3"' in line[0]


def test_the_median_is_drawn_where_it_is():
    table = runs(21)
    svg = fan(table, WORDS, Frame(width=100, height=100, domain=(0.0, 50.0)), COLOURS[0])
    middle = table[table["policy"]].groupby("time")["value"].median()
    path = re.search(rf'd="M([\d.,L]+)"[^>]*stroke="{COLOURS[0]}"', svg)
    assert path is not None
    heights = [float(point.split(",")[1]) for point in path[1].split("L")]
    assert np.allclose(heights, 100 - 2 * middle.to_numpy())


def test_span_holds_everything_and_copes_with_nothing():
    low, high = span(pd.Series([1.0, float("nan"), 3.0]), 0.0)
    assert low < 0.0 < 3.0 < high
    assert span(pd.Series([2.0, 2.0]))[0] < 2.0 < span(pd.Series([2.0, 2.0]))[1]
    assert span(pd.Series([float("nan")]))[0] < span(pd.Series([float("nan")]))[1]


def test_long_labels_have_a_limit():
    long = "一个非常非常长的政策名称" * 4
    svg = differences(rows(row=[long, "乙"]), 2.0, WORDS, Frame())
    width = float(re.search(r'width="([\d.]+)"', svg)[1])  # type: ignore[index]
    assert width < 300 + figures.WIDEST_LABEL + 40
