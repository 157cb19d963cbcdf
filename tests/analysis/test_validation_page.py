"""``docs/validation.md``: generated, bilingual, and for the targets and values that are there now."""

from pathlib import Path

from labsim.analysis.targetfile import read_targets
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
    assert "Fit targets: 1/1" in text
    assert "Free targets: 0/1" in text
    misses = text.split("## 未命中")[1].split("## 口径")[0]
    assert "没中 · missed" in misses
    assert "中了" not in misses
    assert "weigh it" in misses
    assert "disputes" in text
    assert found.sha256 in text


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
