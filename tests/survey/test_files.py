"""Files of strangers: every format says the same, missing codes stay apart, mistakes are told all at once."""

from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from labsim.analysis.survey.logs import CaseLog, read_log
from labsim.analysis.survey.questions import Missing
from labsim.analysis.survey.reading import ENDINGS, read_table
from labsim.analysis.survey.survey import read_survey
from labsim.analysis.survey.twinfiles import FORMATS, write_twin
from labsim.foundations.errors import InputError
from tests.survey.twins import data, ran

HEAD = '[variables.offline_12m]\ncolumn = "q1"\nvalues = { yes = [1], no = [2] }\n'


def written(folder: Path, table: str | bytes, book: str, name: str = "s.csv") -> tuple[Path, Path]:
    file, codebook = folder / name, folder / "book.toml"
    file.write_bytes(table.encode() if isinstance(table, str) else table)
    codebook.write_text(book, encoding="utf-8")
    return file, codebook


def problems(folder: Path, table: str | bytes, book: str, name: str = "s.csv") -> list[str]:
    with pytest.raises(InputError) as caught:
        read_survey(*written(folder, table, book, name))
    return [one.render("en") for one in caught.value.problems]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_the_same_answers(form: str, tmp_path: Path):
    made = data()
    files = write_twin(made, tmp_path, form)
    found = read_survey(files[0], files[1])
    table = made.survey
    assert found.n == len(table)
    assert found.weight == pytest.approx(table["quanzhong"] / table["quanzhong"].mean())
    offline = found.answers["offline_12m"]
    assert (offline.missing == Missing.REFUSED).sum() == (table["b1"] == -3).sum() > 0
    assert (offline.missing == Missing.DONT_KNOW).sum() == (table["b1"] == -2).sum() > 0
    assert np.nansum(offline.values) == (table["b1"] == 1).sum()
    # reversed: 1 is very satisfied, and no missing code enters
    answered = table["c1"][table["c1"] > 0]
    assert np.nanmean(found.answers["satisfaction"].values) == pytest.approx(((5 - answered) / 4).mean())
    assert (found.answers["knows_results"].missing == Missing.SKIPPED).sum() == (table["b6"] == -8).sum()


def test_missing_codes_of_the_file_itself_never_enter_a_mean(tmp_path: Path):
    """An SPSS file declares -9 to -1 as missing; a codebook that forgets them must not make answers of them."""
    made = data()
    files = write_twin(made, tmp_path, "sav")
    text = files[1].read_text(encoding="utf-8")
    start, end = text.index("[missing]"), text.index("[variables.age]")
    files[1].write_text(text[:start] + text[end:], encoding="utf-8")
    found = read_survey(files[0], files[1]).answers["efficacy"]
    assert (found.missing == Missing.REFUSED).sum() == (made.survey["c2"] == -3).sum()  # by its label 拒答
    assert (found.missing == Missing.DONT_KNOW).sum() == (made.survey["c2"] == -2).sum()
    assert np.nanmin(found.values) >= 0


def test_the_same_forgetful_codebook_is_refused_where_nothing_else_explains_the_codes(tmp_path: Path):
    said = problems(tmp_path, "q1\n1\n2\n-2\n", HEAD)
    assert len(said) == 1
    assert "-2" in said[0]
    assert "book.toml" in said[0]


def test_all_problems_are_told_at_once_with_lines_and_nearest_names(tmp_path: Path):
    book = (
        HEAD + '[variables.satisfacton]\nscale = [1, 5]\n[variables.migrant]\ncolumn = "hukuo"\n'
        "values = { yes = [2], no = [1] }\n" + '[variables.trust]\ncolumn = "q1"\nscale = [5]\n[design]\nweight = "w"\n'
    )
    said = problems(tmp_path, "q1,hukou,w\n1,1,1\n2,2,0\n", book)
    text = "\n".join(said)
    assert "satisfaction" in text  # did you mean
    assert "[lowest, highest]" in text
    fixed = book.replace("satisfacton]\nscale = [1, 5]", 'efficacy]\ncolumn = "q1"\nscale = [1, 5]').replace(
        "[5]", "[1, 2]"
    )
    text = "\n".join(problems(tmp_path, "q1,hukou,w\n1,1,1\n2,2,0\n", fixed))
    assert "did you mean hukou?" in text
    assert "weights are no positive numbers" in text
    assert "book.toml:8" in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_chinese_columns_in_every_encoding(encoding: str, tmp_path: Path):
    table = "参加,年龄\n" + "是,30\n否,70\n拒答,40\n" * 5
    book = (
        '[missing]\nrefused = ["拒答"]\n[variables.offline_12m]\ncolumn = "参加"\n'
        'values = { yes = ["是"], no = ["否"] }\n'
        '[variables.age]\ncolumn = "年龄"\n'
    )
    found = read_survey(*written(tmp_path, table.encode(encoding), book))
    assert np.nanmean(found.answers["offline_12m"].values) == 0.5
    assert (found.answers["offline_12m"].missing == Missing.REFUSED).sum() == 5


def test_bands_of_a_number_and_stata_missing_letters(tmp_path: Path):
    import pyreadstat

    table = pd.DataFrame({"n": [1.0, 2.0, 3.0, "a", 2.0]})
    pyreadstat.write_dta(table, str(tmp_path / "s.dta"), missing_user_values={"n": ["a"]})
    book = tmp_path / "b.toml"
    book.write_text(
        '[variables.volunteer_times_12m]\ncolumn = "n"\nnumbers = { 1 = 0, 2 = 1.5, 3 = 6 }\n'
        'missing = { refused = ["a"] }\n',
        encoding="utf-8",
    )
    found = read_survey(tmp_path / "s.dta", book).answers["volunteer_times_12m"]
    assert found.values[:3].tolist() == [0, 1.5, 6]
    assert found.missing.tolist() == [0, 0, 0, Missing.REFUSED, 0]


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=12)
@given(content=st.binary(max_size=300))
def test_a_broken_file_is_one_clear_message(ending: str, content: bytes, tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("broken") / f"x{ending}"
    path.write_bytes(content)
    said = ""
    try:
        read_table(path)
    except InputError as error:
        said = error.render("zh")
    assert not said or str(path) in said


def test_a_log_gives_what_the_model_counts(tmp_path: Path):
    """The case log of a run holds the same figures as the run itself."""
    from labsim.results.indicators import measure

    run, _ = ran()
    write_twin(data(), tmp_path)
    found = read_log(tmp_path / "cases.csv", tmp_path / "cases.toml").figures()
    for name in ("handling_days_mean", "fix_rate_official", "on_time_share"):
        assert found[name] == pytest.approx(measure(run, name), rel=0.05)  # a log ends with its last case
    assert found["duplicate_report_share"] == pytest.approx(measure(run, "duplicate_report_share"), abs=0.05)
    app = read_log(tmp_path / "app.csv", tmp_path / "app.toml").figures()
    assert app["app_weekly"] == pytest.approx(measure(run, "app_weekly"))


def test_problems_of_a_log_are_told_at_once(tmp_path: Path):
    (tmp_path / "c.csv").write_text("开,关,类\n2026-01-01,2025-12-01,a\n2026年1月3日,昨天,b\n", encoding="utf-8")
    book = tmp_path / "c.toml"
    book.write_text('[columns]\nopened = "开"\nclosed = "关"\ncategroy = "类"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_log(tmp_path / "c.csv", book)
    text = caught.value.render("en")
    assert "did you mean category?" in text
    assert "1 times cannot be read" in text
    assert "1 cases end before they begin" in text


def test_small_categories_of_a_log_are_not_named(tmp_path: Path):
    rows = "".join(f"{i},{i + 3},{'许多' if i < 40 else '少见'}\n" for i in range(45))
    (tmp_path / "c.csv").write_text("a,b,k\n" + rows, encoding="utf-8")
    (tmp_path / "c.toml").write_text('[columns]\nopened = "a"\nclosed = "b"\ncategory = "k"\n', encoding="utf-8")
    log = read_log(tmp_path / "c.csv", tmp_path / "c.toml")
    assert isinstance(log, CaseLog)
    assert dict(log.categories) == {"许多": 40, "<10": 1}
