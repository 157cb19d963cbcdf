"""``docs/validation.md``: generated, bilingual, and for the targets and values that are there now."""

from pathlib import Path

from labsim.analysis.setting import Setting
from labsim.analysis.targetfile import read_targets
from labsim.analysis.targets import NotProduced, Targets
from labsim.analysis.validate import validate, world_hash
from labsim.analysis.validation_page import packaged_record, page
from labsim.foundations.i18n import t
from labsim.scenario.scenario import calibrated_values, world_values
from tests.analysis.tiny import target, targets


def test_hits_misses_and_what_would_settle_them_are_on_the_page():
    found = targets(
        target("met", "sorting_rate", (0, 1), label=t("中了", "met")),
        target("missed", "sorting_rate", (2, 3), role="free", label=t("没中", "missed"),
               data_needed=t("称重", "weigh it")),
        target("later", "", (1, 2), status="needs module", module="disputes"),
    )  # fmt: skip
    text = page(validate(found, replications=2))
    assert "| **合计 all** | **1/1** (50 %) | **0/1** |" in text
    participation = text.split("### 参与 · participation")[1].split("\n### ")[0].split("\n## ")[0]
    assert participation.startswith(": 1/2")
    assert participation.index("`met`") < participation.index("`missed`")
    misses = text.split("## 未命中")[1].split("## 口径")[0]
    assert "没中 · missed" in misses
    assert "中了" not in misses
    assert "weigh it" in misses
    assert "disputes" in text
    assert found.sha256 in text


def test_the_widest_miss_comes_first_and_figures_that_are_nowhere_are_counted():
    found = targets(
        target("near", "sorting_rate", (1.5, 2.5), evidence=("recurrence_rate_3m",)),
        target("far", "mean_efficacy", (30, 31)),
    )
    silent = NotProduced(evidence=("flood_casualties",), reason=t("没有洪水", "no flood"))
    found = Targets(base=found.base, targets=found.targets, not_produced=(silent,))
    text = page(validate(found, replications=2))
    misses = text.split("## 未命中")[1]
    assert misses.index("far") < misses.index("near")
    assert "1 are checked by targets, 0 are inputs, 1 cannot be produced" in text
    assert "no flood" in text


def test_an_effect_that_one_community_cannot_see_is_marked():
    told = Setting(levers={"results_told": 0.24})
    nothing = target("none", "mean_efficacy", (-1, 1), statistic="difference", after=told)
    nobody = Setting(levers={"points_volunteer": 100, "points_earning": 1, "points_redemption": 1, "points_fund": 5e5})
    clear = target("clear", "volunteer_acts_year", (1, 99), statistic="ratio", after=nobody)
    report = validate(targets(nothing, clear), replications=4)
    assert [one.telling for one in report.findings] == [False, True]
    assert page(report).count(" ⚠ |") == 1


def test_the_page_in_the_docs_is_for_the_targets_and_values_that_are_there(root: Path):
    text = (root / "docs" / "validation.md").read_text(encoding="utf-8")
    found = read_targets()
    again = "python -m labsim.analysis.validation_page docs/validation.md"
    assert f"<!-- targets: {found.sha256} -->" in text, again
    assert f"<!-- world: {world_hash(world_values(found.base))} -->" in text, again


def test_the_record_is_of_the_targets_and_values_that_are_there():
    record = packaged_record()
    assert record is not None
    assert record["sha256"] == read_targets().sha256
    assert record["fitted"] == calibrated_values()
