"""``labsim attribute`` as a user meets it."""

import json
import re
from pathlib import Path

import pytest

from labsim.presentation.cli import main
from labsim.scenario.files import save
from tests.presentation.conftest import small

CHINESE = re.compile(r"[\u3400-\u9fff]")
QUICK = ["-n", "4", "--worlds", "2", "-i", "staff_load"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, in an 80-column terminal without colour."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LABSIM_LANG", "en")
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(a) for a in arguments])
    got = capsys.readouterr()
    return code, got.out, got.err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_parts_intervals_n_and_the_sum_are_on_the_screen(capsys, folder: Path, lang: str):
    code, out, err = ran(capsys, "attribute", folder / "coordination.toml", *QUICK, "--lang", lang)
    assert (code, err) == (0, "")
    zh = lang == "zh"
    for said in ("联席会议", "整体", "各部分之和等于整体", "n = 4 对", "精确 Shapley 值") if zh else (
        "Joint meeting", "the whole", "The parts sum to the whole", "n = 4 pairs", "exact Shapley values"
    ):  # fmt: skip
        assert said in out
    assert re.search(r"[-+]\d+\.\d+ \[[-+]?\d", out)
    assert bool(CHINESE.search(out)) == zh
    wide = [sum(2 if CHINESE.match(c) else 1 for c in line.rstrip()) for line in out.splitlines() if "─" in line]
    assert max(wide) <= 80


def test_json_holds_the_split_and_its_sum(capsys, folder: Path):
    base = folder / "baseline.toml"
    code, out, _ = ran(
        capsys, "attribute", folder / "closed_loop.toml", "--baseline", base, "--by", "mechanisms", *QUICK, "--json"
    )
    assert code == 0
    found = json.loads(out, parse_constant=lambda name: pytest.fail(name))
    assert found["by"] == "mechanisms"
    assert found["method"] == "exact"
    assert found["runs"]["finished"] == found["scenarios_run"] * 4
    (one,) = found["indicators"]
    assert {part["part"] for part in one["parts"]} == {part["key"] for part in found["parts"]}
    assert "rectification" in {part["part"] for part in one["parts"]}
    assert sum(part["difference"] for part in one["parts"]) == pytest.approx(one["whole"]["difference"], abs=1e-9)


def test_an_instrument_is_a_package_by_its_name_in_either_language(capsys, folder: Path):
    base = folder / "baseline.toml"
    said = [
        ran(capsys, "attribute", name, "--baseline", base, "--by", "levers", *QUICK, "--json")[1]
        for name in ("resident_supervisors", "B07", "社区监督员/居民监督员")
    ]
    assert json.loads(said[0])["package"] == "resident_supervisors"
    assert said[0] == said[1] == said[2]
    code, out, _ = ran(capsys, "attribute", "resident_supervisors", "--baseline", base, *QUICK)
    assert code == 0
    assert "One part: split it" in out


def test_a_package_of_a_scenario_that_is_no_policy_has_no_parts(capsys, here: Path):
    save(small("baseline"), here / "plain.toml")
    code, out, err = ran(capsys, "attribute", "plain.toml", *QUICK)
    assert (code, out) == (2, "")
    assert "nothing to split" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pdca_cycl"], "did you mean pdca_cycle?"),
        (["closed_lop"], "did you mean closed_loop?"),
        (["points", "--by", "mechanism"], "did you mean mechanisms?"),
        (["points", "-i", "handling_days"], "did you mean handling_days_p90?"),
        (["points", "--pairs", "0"], "0 is not possible"),
    ],
)
def test_a_mistake_gets_one_clear_message(capsys, arguments: list[str], said: str):
    code, out, err = ran(capsys, "attribute", *arguments)
    assert (code, out) == (2, "")
    assert said in err.replace("\n", " ")
    code, _, err = ran(capsys, "attribute", *arguments, "--lang", "zh")
    assert code == 2
    assert CHINESE.search(err)
