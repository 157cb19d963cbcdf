"""Numbers, units and dates in words."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from labsim.analysis.compare import Comparison
from labsim.analysis.paired import paired
from labsim.analysis.verdict import Difference as Gap
from labsim.analysis.verdict import verdict
from labsim.foundations.i18n import t
from labsim.presentation.words import alike, inject, needs, quantity, shown, silent, tone, when, years
from labsim.presentation.words_sources import source
from labsim.results.catalogue_cases import CASES, INSPECTION
from labsim.results.catalogue_costs import MONEY_AND_POINTS, STAFF
from labsim.results.catalogue_residents import PARTICIPATION, VOICE
from labsim.results.indicators import indicator, indicators
from labsim.scenario.community import COMMUNITY
from labsim.scenario.differences import OWN, Difference
from labsim.scenario.instruments import evidence_rows
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import Inject, InjectKind
from labsim.scenario.world import WORLD


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0.6, "share", "60%", "60%"),
        (0.125, "share", "12.5%", "12.5%"),
        (0.0004, "share", "0.04%", "0.04%"),
        (1.0, "off/on", "开", "on"),
        (0.0, "off/on", "关", "off"),
        (60000.0, "yuan", "60,000 元", "60,000 yuan"),
        (1234567.0, "yuan/y", "1,234,567 元/年", "1,234,567 yuan/y"),
        (0.00067, "1/d", "0.00067 次/天", "0.00067 per day"),
        (-6.5, "logit", "-6.5", "-6.5"),
        (0.0, "persons", "0 人", "0 persons"),
    ],
)
def test_a_quantity_in_words(value: float, unit: str, zh: str, en: str):
    assert quantity(value, unit) == t(zh, en)


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        (OWN, "本情景", "this scenario"),
        ("assumption", "假设", "assumption"),
        ("assumption: design", "假设：设计", "assumption: design"),
        ("story: a_number", "个案叙述：a_number", "story: a_number"),
        ("Train 2009", "Train 2009", "Train 2009"),
        ("Train 2009; range assumption", "Train 2009；范围为假设", "Train 2009; range assumption"),
        (
            "social_worker_hours: 52 h a week",
            "“专职社工工时”：每周 52 小时",
            "'Working time of full-time social workers': 52 h a week",
        ),
        ("some_share (before): .65", "some_share（之前）：0.65", "some_share (before): .65"),
    ],
)
def test_a_source_in_words(written: str, zh: str, en: str):
    assert source(written) == t(zh, en)


CITATION = re.compile(r"[A-Z][\w,&. ]*? (19|20)\d\d")
# Evidence ids have underscores; files and sections are named as they are.
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+|data/targets\.toml")


def english(text: str) -> list[str]:
    """Return the runs of three or more English words that are neither citations nor names."""
    return re.findall(r"[A-Za-z']{2,}(?:[ ,]+[\w'%.]+){2,}", NAME.sub("；", CITATION.sub("；", text)), re.ASCII)


def test_every_source_is_in_chinese():
    sources = {q.source for catalogue in (LEVERS, WORLD, COMMUNITY) for q in catalogue.values()}
    sources |= {item.delta.source for item in indicators().values()}
    assert len(sources) > 100
    assert {written: found for written in sources if (found := english(source(written).zh))} == {}
    ids = set(evidence_rows())
    assert [said.en for said in map(source, sources) if ids & set(re.findall(r"\w+", said.zh + said.en))] == []


@pytest.mark.parametrize(
    "written", ["assumption: taken from thin air", "some_share: two out of three", "Train 2009; as we see it"]
)
def test_a_source_without_chinese_is_found(written: str):
    assert english(source(written).zh)


@pytest.mark.parametrize("written", ["Deci, Koestner & Ryan 1999", "Lally et al. 2010", "a_b + c_d + e_f", "D"])
def test_a_citation_or_a_name_is_no_english_left_over(written: str):
    assert english(written) == []


@pytest.mark.parametrize(
    ("kind", "magnitude", "target", "zh", "en"),
    [
        ("fault_burst", 5, -1, "故障突增 5 处 –", "burst of faults 5 faults –"),
        ("fault_burst", 5, 1, "故障突增 5 处 设施类点位", "burst of faults 5 faults facility items"),
        ("fund_change", -2000, 0, "资金变动 -2,000 元 维修资金", "change of funds -2,000 yuan repair fund"),
        ("fund_change", 2000, 1, "资金变动 2,000 元 积分资金", "change of funds 2,000 yuan points pot"),
        ("staff_leave", 2, -1, "人员离岗 2 人 –", "staff leave 2 persons –"),
        ("inspection_storm", 30, 0, "集中检查 30 次 部门 0", "storm of inspections 30 visits department 0"),
        ("app_outage", 14, -1, "应用停用 14 天 –", "app outage 14 days –"),
    ],
)
def test_an_inject_in_words(kind: str, magnitude: float, target: int, zh: str, en: str):
    texts = inject(Inject(day=3, kind=InjectKind[kind.upper()], magnitude=magnitude, target=target))
    assert " ".join(text.zh for text in texts) == zh
    assert " ".join(text.en for text in texts) == en


def test_every_kind_of_inject_has_words():
    for kind in InjectKind:
        assert inject(Inject(day=0, kind=kind, magnitude=1.0, target=0))[0].zh


def test_a_lever_says_which_module_it_needs():
    assert MODULE_OF_LEVER
    assert needs("points_fund") is None
    for name, module in MODULE_OF_LEVER.items():
        assert needs(name) == t(f"需开启 module_{module}", f"needs module_{module}")
        assert f"module_{module}" in COMMUNITY


def test_indicators_of_modules_that_are_off_are_silent(comparison: Comparison):
    hidden = silent(comparison)
    valued = {d.indicator for d in comparison.differences if d.paired.n}
    assert {"passes_per_case", "warning_hours_year"} <= hidden
    assert not hidden & valued
    # Nothing of the core is hidden, measurable or not.
    assert not hidden & {item.name for item in (*PARTICIPATION, *CASES, *VOICE, *INSPECTION, *STAFF, *MONEY_AND_POINTS)}


def test_an_indicator_of_a_module_that_one_policy_has_is_not_silent(comparison: Comparison):
    result = comparison.result
    *others, last = result.design.scenarios
    on = (*others, last.with_community(module_coordination=1))
    mixed = replace(comparison, result=replace(result, design=replace(result.design, scenarios=on)))
    assert "passes_per_case" not in silent(mixed)
    assert "warning_hours_year" in silent(mixed)


def test_from_when_to_when():
    base = Difference("levers", "x", t("甲", "x"), "share", 0.0, 1.0, OWN)
    start = date(2026, 1, 1)
    assert when(base, start) == t("全程", "throughout")
    timed = Difference("levers", "x", t("甲", "x"), "share", 0.0, 1.0, OWN, start=31, ramp=14, stop=59)
    assert when(timed, start).en == "from 2026-02-01, over 14 days, until 2026-03-01"
    assert when(timed, start).zh == "2026-02-01 起，14 天到位，2026-03-01 止"


@pytest.mark.parametrize(("days", "en"), [(364, "1 year"), (728, "2 years"), (84, "84 days")])
def test_years(days: int, en: str):
    assert years(days).en == en


def test_what_is_shown_is_what_the_sentence_says(comparison: Comparison):
    """The table, the sentence and the screen must not round one number in two ways."""
    seen = 0
    for one in comparison.verdicts():
        if "区间" not in one.sentence.zh:
            continue
        numbers = shown(one)
        for text in (numbers.difference, numbers.low, numbers.high, numbers.delta):
            assert text in one.sentence.zh
            assert text in one.sentence.en
        seen += 1
    assert seen > 50


def test_one_level_is_written_alike_in_every_column(comparison: Comparison):
    """A policy under which nothing moves has no interval, and says nothing about how finely a level is known."""
    for name in dict.fromkeys(d.indicator for d in comparison.differences):
        row = [v for v in comparison.verdicts(group="all") if v.difference.indicator == name]
        levels = {s.baseline for s in alike(row)}
        # Runs without a value are left out with their pair: then it is another baseline.
        assert len(levels) == 1 or len({v.difference.paired.baseline for v in row}) > 1, (name, levels)
    moved, still = (
        verdict(Gap(policy, "volunteer_acts_year", "all", 193.0, numbers))
        for policy, numbers in (
            ("a", paired(np.full((1, 20), 1928.3), 3200 + 150 * np.arange(20.0)[None, :])),
            ("b", paired(np.full((1, 20), 1928.3), np.full((1, 20), 1928.3))),
        )
    )
    assert (shown(moved).baseline, shown(still).baseline) == ("1,930", "1,928")
    assert [one.baseline for one in alike([moved, still])] == ["1,930", "1,930"]
    assert alike([still, moved])[0].value == "1,930"


def test_shares_are_shown_as_percentages(comparison: Comparison):
    one = next(v for v in comparison.verdicts("points", "all") if v.difference.indicator == "sorting_rate")
    assert shown(one).baseline.endswith("%")
    assert abs(float(shown(one).difference) - 100 * one.difference.paired.difference) < 0.06
    assert abs(float(shown(one).baseline.rstrip("%")) - 100 * one.difference.paired.baseline) < 0.06


def test_the_tone_of_a_verdict_follows_its_direction(comparison: Comparison):
    for one in comparison.verdicts(group="all"):
        numbers, better = one.difference.paired, indicator(one.difference.indicator).better.value
        if tone(one) == "better":
            assert (numbers.difference > 0) == (better == "higher")
        if tone(one) == "worse":
            assert (numbers.difference < 0) == (better == "higher")
    assert {tone(one) for one in comparison.verdicts(group="all")} >= {"better", "equal"}
