"""The command line as a user meets it: results, JSON, both languages, and mistakes without a traceback."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from labsim.presentation import doctor
from labsim.presentation.cli import main, names
from tests.architecture.source import ROOT

CHINESE = re.compile(r"[\u3400-\u9fff]")
QUICK = ["-n", "20", "--worlds", "10"]


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


def document(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    code, out, _ = ran(capsys, *arguments, "--json")
    assert code == 0
    return json.loads(out)


# --- looking --------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["show", "points"], ["levers"], ["levers", "--world"], ["levers", "--community"],
                                     ["instruments"], ["order"], ["doctor"]])  # fmt: skip
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_table_fits_80_columns_and_cuts_nothing(capsys: pytest.CaptureFixture[str], command: list[str], lang: str):
    code, out, err = ran(capsys, *command, "--lang", lang)
    assert (code, err) == (0, "")
    assert "…" not in out
    wide = [sum(2 if CHINESE.match(c) else 1 for c in line.rstrip()) for line in out.splitlines() if "─" in line]
    assert max(wide) <= 80
    assert bool(CHINESE.search(out)) == (lang == "zh")


def test_nothing_is_lost_by_wrapping(capsys: pytest.CaptureFixture[str]):
    from labsim.scenario.levers import LEVERS

    _, out, _ = ran(capsys, "levers", "--lang", "zh")
    squeezed = re.sub(r"\s", "", out)
    assert [name for name in LEVERS if name not in squeezed] == []


def test_show_as_json(capsys: pytest.CaptureFixture[str]):
    found = document(capsys, "show", "points")
    assert found["scenario"] == "points"
    fund = next(d for d in found["differences"] if d["name"] == "points_fund")
    assert (fund["old"], fund["new"], fund["unit"], fund["start"]) == (0.0, 60000.0, "yuan", 0)
    assert fund["label"]["zh"]
    assert fund["label"]["en"]


def test_a_scenario_against_itself_differs_in_nothing(capsys: pytest.CaptureFixture[str]):
    assert document(capsys, "show", "baseline")["differences"] == []
    assert "Nothing differs" in ran(capsys, "show", "baseline")[1]


def written(folder: Path, module: str, called: str = "mine") -> Path:
    path = folder / f"{called}.toml"
    path.write_text(
        f'extends = "baseline"\nname = "{called}"\n{module}\n'
        '[label]\nzh = "甲"\nen = "mine"\n[[instruments]]\nname = "one_stop_mediation"\nstart = 0\n'
        '[[injects]]\nday = 10\nkind = "fund_change"\nmagnitude = -2000\ntarget = 0\n'
        '[[injects]]\nday = 20\nkind = "app_outage"\nmagnitude = 14\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", [["show"], ["run", "-n", "2"], ["compare", "baseline"]])
def test_an_instrument_whose_module_is_off_is_a_mistake_that_says_what_to_write(
    capsys: pytest.CaptureFixture[str], here: Path, lang: str, command: list[str]
):
    path = written(here, '[levers]\ntrainings = 4\n[[phases]]\nlever = "joint_meetings"\nvalue = 1\n')
    code, out, err = ran(capsys, command[0], *command[1:], path, "--lang", lang)
    assert (code, out) == (2, "")
    for key, module in (("levers.trainings", "workforce"), ("phases[0].lever", "coordination"),
                        ("instruments[0].name", "disputes")):  # fmt: skip
        line = next(one for one in err.splitlines() if key in one)
        assert re.search(r"mine\.toml:\d+: ", line)
        assert f"module_{module} = true" in line
        assert 'extends = "full"' in line
    assert ("[population] 下写" in err) == (lang == "zh")


def test_what_an_instrument_does_without_a_module_that_is_off_is_told(capsys: pytest.CaptureFixture[str], here: Path):
    found = document(capsys, "show", "coordination")
    assert set(found["left_out"].values()) == {"module_coordination"}
    assert not set(found["left_out"]) & {row["name"] for row in found["differences"]}
    for lang, says in (("en", "left out of the instruments until"), ("zh", "已省去")):
        assert says in re.sub(r"\s+", " ", ran(capsys, "show", "coordination", "--lang", lang)[1])
    on = here / "on.toml"
    on.write_text('extends = "coordination"\nname = "on"\n[population]\nmodule_coordination = true\n', encoding="utf-8")
    whole = document(capsys, "show", on)
    assert whole["left_out"] == {}
    assert set(found["left_out"]) <= {row["name"] for row in whole["differences"]}
    assert "left out" not in ran(capsys, "show", on, "--lang", "en")[1]


def test_show_tells_injects_in_words(capsys: pytest.CaptureFixture[str], here: Path):
    path = written(here, "[population]\nmodule_disputes = true\n")
    en, zh = (ran(capsys, "show", path, "--lang", lang)[1] for lang in ("en", "zh"))
    assert re.search(r"10\s+change of funds\s+-2,000 yuan\s+repair fund", en)
    assert re.search(r"20\s+app outage\s+14 days\s+–", en)
    assert re.search(r"10\s+资金变动\s+-2,000 元\s+维修资金", zh)
    assert not re.search(r"fund_change|app_outage|-1\b", zh + en)


def test_levers_of_modules_are_marked(capsys: pytest.CaptureFixture[str]):
    from labsim.scenario.modules.register import MODULE_OF_LEVER

    out = re.sub(r"\s", "", ran(capsys, "levers", "--lang", "en")[1])
    assert out.count("needsmodule_") == len(MODULE_OF_LEVER)
    assert "needs" not in ran(capsys, "levers", "points_fund", "--lang", "en")[1]


def test_levers_are_found_by_a_word_in_either_language(capsys: pytest.CaptureFixture[str]):
    zh = {q["name"] for q in document(capsys, "levers", "积分")}
    en = {q["name"] for q in document(capsys, "levers", "points")}
    assert "points_fund" in zh & en
    assert {q["name"] for q in document(capsys, "levers", "--world", "habit")} >= {"habit_weight", "habit_rate"}


@pytest.mark.parametrize("word", ["points_scheme", "A01", "积分制", "碳账户", "service credits"])
def test_instruments_are_found_by_name_code_and_alias(capsys: pytest.CaptureFixture[str], word: str):
    assert "points_scheme" in [one["id"] for one in document(capsys, "instruments", *word.split())]


@pytest.mark.parametrize(("word", "code", "moved"), [("红黑榜", "B14", "red_black_list"), ("f04", "F04", "mentoring")])
def test_a_variant_is_found_with_what_it_sets(capsys: pytest.CaptureFixture[str], word: str, code: str, moved: str):
    one = document(capsys, "instruments", word)[0]
    assert (one["id"], one["found_as"]) == ("capability_plan", code)
    assert moved in one["sets"]
    assert "trainings" not in one["sets"]
    assert f'variant = "{code}"' in re.sub(r"\s+", " ", ran(capsys, "instruments", word, "--lang", "en")[1])


def test_a_system_that_is_no_instrument_is_answered(capsys: pytest.CaptureFixture[str]):
    (one,) = document(capsys, "instruments", "形式主义")
    assert (one["kind"], one["code"]) == ("not an instrument", "B22")
    for lang, says in (("zh", "不是治理工具"), ("en", "not an instrument")):
        code, out, _ = ran(capsys, "instruments", "形式主义", "--lang", lang)
        assert code == 0
        assert says in out
        assert "unannounced_inspection" in out


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_is_short_and_the_detail_holds_everything(capsys: pytest.CaptureFixture[str], lang: str):
    short = re.sub(r"\s", "", ran(capsys, "instruments", "PDCA", "--lang", lang)[1])
    whole = re.sub(r"\s", "", ran(capsys, "instruments", "PDCA", "--detail", "--lang", lang)[1])
    assert re.search(r"0%→70%", short)
    assert "pdca_recurrence_rate" not in short
    assert re.search(r"pdca_recurrence_rate.*45%→12%", whole)
    assert ("矛盾：" if lang == "zh" else "Againstit:") in whole


@pytest.mark.parametrize(("command", "word", "near"), [("instruments", "pnt_shmx", "points_scheme"),
                                                      ("levers", "repir_budg", "repair_budget"),
                                                      ("levers", "zzz", "inspection"),
                                                      ("instruments", "xyzzy", "inspection")])  # fmt: skip
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_match_prints_the_nearest_names_or_how_to_go_on(
    capsys: pytest.CaptureFixture[str], command: str, word: str, near: str, lang: str
):
    code, out, err = ran(capsys, command, word, "--lang", lang)
    assert (code, out) == (2, "")
    assert near in err or (lang == "zh" and "labsim instruments" in err)
    assert bool(CHINESE.search(err)) == (lang == "zh")


def test_a_name_spelt_almost_right_is_found_and_said_to_be_so(capsys: pytest.CaptureFixture[str]):
    _, out, _ = ran(capsys, "instruments", "pnts_shme", "--lang", "en")
    assert "Nothing is called 'pnts_shme'" in out
    assert "points_scheme" in out


def test_order_as_json_is_the_order(capsys: pytest.CaptureFixture[str]):
    from labsim.model.day import ORDER

    assert [step["kernel"] for step in document(capsys, "order")] == [step.kernel for step in ORDER]


# --- comparing ------------------------------------------------------------------------


def test_compare_as_json(capsys: pytest.CaptureFixture[str], folder: Path):
    found = document(capsys, "compare", folder / "baseline.toml", folder / "closed_loop.toml", *QUICK,
                     "-i", "satisfaction_share", "-i", "staff_load", "--delta", "satisfaction_share=0.01")  # fmt: skip
    assert found["pairs_requested"] == 20
    assert {v["indicator"] for v in found["verdicts"]} == {"satisfaction_share", "staff_load"}
    one = next(v for v in found["verdicts"] if v["indicator"] == "satisfaction_share" and v["group"] == "all")
    assert (one["n"], one["worlds"], one["delta"]) == (20, 10, 0.01)
    assert one["low"] < one["difference"] < one["high"]
    assert one["difference"] == pytest.approx(one["value"] - one["baseline"])


def test_compare_prints_what_json_holds(capsys: pytest.CaptureFixture[str], folder: Path):
    given = ["compare", folder / "baseline.toml", folder / "points.toml", *QUICK, "-i", "sorting_rate"]
    one = document(capsys, *given)["verdicts"][0]
    code, out, _ = ran(capsys, *given, "--lang", "zh")
    assert code == 0
    gap = re.search(r"([+-][\d.]+)\s+\[([+-]?[\d.]+), ([+-]?[\d.]+)\]", out)
    assert gap is not None
    for printed, exact in zip(gap.groups(), (one["difference"], one["low"], one["high"]), strict=True):
        assert abs(float(printed) - 100 * exact) < 0.06
    assert one["verdict_zh"] in re.sub(r"\s", "", out)
    assert "n = 20 对（10 种世界状态）" in out


def test_compare_by_group(capsys: pytest.CaptureFixture[str], folder: Path):
    given = ["compare", folder / "baseline.toml", folder / "points.toml", *QUICK, "-i", "sorting_rate", "--by"]
    code, out, _ = ran(capsys, *given, "age")
    assert code == 0
    assert all(label in out for label in ("young (18-34)", "middle (35-59)", "older (60+)"))
    code, _, err = ran(capsys, *given, "agee")
    assert code == 2
    assert "did you mean age?" in err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_main_job(capsys: pytest.CaptureFixture[str], folder: Path, here: Path, lang: str):
    given = [folder / f"{name}.toml" for name in ("points", "closed_loop", "coordination")]
    code, out, _ = ran(capsys, "run", *given, "--baseline", folder / "baseline.toml", *QUICK, "--lang", lang)
    assert code == 0
    assert str(here / "labsim-brief.html") in out.replace("\n", "")
    page = (here / "labsim-brief.html").read_text(encoding="utf-8")
    assert f'id="show-{lang}" checked' in page
    record = json.loads((here / "labsim-brief.html.json").read_text(encoding="utf-8"))
    assert record["record"]["finished"] == 4 * 20
    assert bool(CHINESE.search(out)) == (lang == "zh")
    assert "…" not in out


def test_the_main_job_as_json_is_json_only(capsys: pytest.CaptureFixture[str], folder: Path, here: Path):
    found = document(capsys, "run", folder / "points.toml", "--baseline", folder / "baseline.toml", "-n", "4")
    assert Path(found["brief"]) == here / "labsim-brief.html"
    assert Path(found["record"]).exists()
    assert {v["kind"] for v in found["verdicts"]} <= {"too_few", "not_measurable"}


def test_one_replication_is_enough_for_a_brief_without_verdicts(capsys: pytest.CaptureFixture[str], folder: Path):
    code, out, _ = ran(capsys, "run", folder / "points.toml", "--baseline", folder / "baseline.toml", "-n", "1")
    assert code == 0
    assert "not enough runs" in re.sub(r"\s+", " ", out)


# --- checking -------------------------------------------------------------------------

TARGETS = """
horizon = 56
window = [0, 56]
[[targets]]
id = "{id}"
indicator = "sorting_rate"
value = {value}
band = [{low}, {high}]
role = "fit"
"""


def test_validate_counts_hits_and_misses_and_fails_on_a_broken_file_only(
    capsys: pytest.CaptureFixture[str], here: Path
):
    (here / "hit.toml").write_text(TARGETS.format(id="all", value=0.5, low=0.0, high=1.0), encoding="utf-8")
    (here / "miss.toml").write_text(TARGETS.format(id="none", value=0.001, low=0.0, high=0.002), encoding="utf-8")
    (here / "broken.toml").write_text("[[targets]]\nid = 'x'\nindicater = 'y'\n", encoding="utf-8")
    hit = document(capsys, "validate", "hit.toml", "-n", "2")
    assert hit["totals"] == {"fit": {"hits": 1, "of": 1}, "free": {"hits": 0, "of": 0}}
    miss = document(capsys, "validate", "miss.toml", "-n", "2")
    assert miss["totals"]["fit"] == {"hits": 0, "of": 1}
    code, out, _ = ran(capsys, "validate", "miss.toml", "-n", "2")
    assert code == 0
    assert "✗ miss by" in out
    code, out, err = ran(capsys, "validate", "broken.toml")
    assert code == 2
    assert out == ""
    assert "indicater" in err
    assert "did you mean indicator?" in err


def test_calibrate_writes_values_and_how(capsys: pytest.CaptureFixture[str], here: Path):
    (here / "t.toml").write_text(TARGETS.format(id="all", value=0.5, low=0.0, high=1.0), encoding="utf-8")
    code, _, err = ran(capsys, "calibrate", "t.toml", "--effort", "0")
    assert code == 2
    assert "--effort" in err


def test_doctor_names_a_fix_for_all_that_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("LABSIM_CHROMIUM", raising=False)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "gone"))
    monkeypatch.setattr(doctor, "OLDEST", (99, 0))
    monkeypatch.setattr(doctor, "NEEDED", ("no-such-package",))
    found = {one.name: one for one in doctor.findings()}
    assert {name for name, one in found.items() if one.state == "error"} == {"python", "packages"}
    assert found["fonts"].state == "warning"
    assert all(one.fix is not None for one in found.values() if one.state != "ok")
    assert "no-such-package" in found["packages"].what.en


def test_doctor_passes_here(capsys: pytest.CaptureFixture[str]):
    found = document(capsys, "doctor")
    assert [one["name"] for one in found if one["state"] == "error"] == []
    assert {"python", "packages", "files", "compiler", "cache", "folder", "fonts"} <= {one["name"] for one in found}


# --- mistakes -------------------------------------------------------------------------

MISTAKES = {
    "unknown command": (["compar"], "compare"),
    "unknown option": (["levers", "--wrld"], "--world"),
    "option without value": (["run", "--seed"], "--seed"),
    "not a number": (["run", "-n", "many"], "--replications"),
    "missing argument": (["compare"], "BASE"),
    "missing policy": (["compare", "baseline"], "POLICY"),
    "unknown scenario": (["show", "bseline"], "baseline"),
    "two unknown scenarios": (["compare", "bseline", "pionts"], "points"),
    "unknown lever": (["levers", "points_fnd"], "points_fund"),
    "unknown instrument": (["instruments", "pnt_shmx"], "points_scheme"),
    "unknown indicator": (["compare", "baseline", "points", "-i", "sorting_rat"], "sorting_rate"),
    "unknown delta": (["compare", "baseline", "points", "--delta", "sorting_rat=1"], "sorting_rate"),
    "delta without value": (["compare", "baseline", "points", "--delta", "sorting_rate"], "NAME=VALUE"),
    "delta of nothing": (["compare", "baseline", "points", "--delta", "sorting_rate=0"], "sorting_rate"),
    "no replications": (["run", "-n", "0"], "--replications"),
    "too many worlds": (["run", "--worlds", "0"], "--worlds"),
    "negative seed": (["run", "--seed", "-1", "-n", "2"], "seed"),
    "same policy twice": (["compare", "baseline", "points", "points"], "points"),
    "nowhere to write": (["run", "--out", "no/such/folder/a.html"], "folder"),
    "no ending of a brief": (["compare", "baseline", "points", "--out", "a.pdf"], ".docx"),
    "a folder as scenario": (["show", "."], "directory"),
    "a folder as file": (["run", "--out", "."], "folder"),
    "no such language": (["levers", "--lang", "fr"], "fr"),
    "no targets file": (["validate", "no.toml"], "no.toml"),
    "one replication": (["validate", "-n", "1"], "replications"),
}

ENGLISH = {"NAME=VALUE", "folder", "directory"}


@pytest.mark.parametrize(("given", "named"), MISTAKES.values(), ids=MISTAKES.keys())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_mistake_is_one_message(capsys: pytest.CaptureFixture[str], given: list[str], named: str, lang: str):
    language = [] if "--lang" in given else ["--lang", lang]
    code, out, err = ran(capsys, *given, *language)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    if lang == "en" or named not in ENGLISH:
        assert named in err
    if language:
        assert bool(CHINESE.search(err)) == (lang == "zh")


def test_all_mistakes_are_told_at_once(capsys: pytest.CaptureFixture[str]):
    _, _, err = ran(capsys, "compare", "bseline", "pionts")
    assert "bseline" in err
    assert "pionts" in err


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_is_in_the_language(capsys: pytest.CaptureFixture[str], lang: str):
    for given in (["--help"], [], *([name, "--help"] for name in names())):
        code, out, _ = ran(capsys, *given, "--lang", lang)
        assert code == 0
        assert bool(CHINESE.search(out)) == (lang == "zh")
        if lang == "zh":
            for english in ("Usage", "Options:", "Commands:", "Arguments:", "Show this", "default:", "required"):
                assert english not in out


# --- as a process ---------------------------------------------------------------------


def process(*arguments: str, **more: str) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "PYTHONUTF8", "PYTHONIOENCODING")}
    return subprocess.Popen(
        [sys.executable, "-m", "labsim", *arguments],
        env={**kept, "PYTHONPATH": str(ROOT), **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_output_is_utf8_whatever_the_machine_prefers():
    with process("levers", "积分", LABSIM_LANG="zh", PYTHONIOENCODING="ascii") as child:
        out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err
    assert "积分启动资金" in re.sub(r"\s", "", out)


def test_a_reader_who_leaves_early_hears_nothing():
    with process("levers", "--json", LABSIM_LANG="en") as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        err = child.stderr.read()
        child.wait(timeout=120)
    assert err == ""
    assert child.returncode == 1  # as Typer has it: what was asked for was not all delivered


def test_an_interruption_that_no_command_answers_is_still_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*given: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("labsim.presentation.commands.run.contest", interrupted)
    code, out, err = ran(capsys, "compare", "baseline", "points")
    assert (code, out) == (130, "")
    assert "Interrupted" in err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a child alone")
def test_ctrl_c_leaves_finished_work(folder: Path, here: Path):
    given = [str(folder / "points.toml"), "--baseline", str(folder / "baseline.toml")]
    with process("run", *given, "-n", "20000", "--worlds", "1", LABSIM_LANG="en") as child:
        # Long enough to be at work, far too short for 40,000 runs; whether any was finished is left open.
        time.sleep(12)
        assert child.poll() is None
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=240)
    assert child.returncode == 130, err
    assert "Traceback" not in err
    assert "Interrupted" in err
    if (here / "labsim-brief.html.json").exists():
        record = json.loads((here / "labsim-brief.html.json").read_text(encoding="utf-8"))
        done = record["record"]["finished"]
        assert 0 < done < record["record"]["requested"] == 40000
        assert f"{done} of 40000 runs" in err
        assert "brief:" in out
