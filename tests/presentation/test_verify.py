"""A brief in three layouts says one thing, and one changed digit anywhere is found and named."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from docx import Document as WordDocument
from openpyxl import load_workbook

from labsim.analysis.compare import Comparison
from labsim.analysis.inference.calibration import Light
from labsim.analysis.verdict import Kind
from labsim.experiment.runner import Watch
from labsim.foundations.errors import InputError
from labsim.presentation.brief.brief import run_record
from labsim.presentation.brief.document import Document, Fold, Table, flat
from labsim.presentation.brief.grounds import Grounds, weighed
from labsim.presentation.brief.page import Told
from labsim.presentation.brief.pieces import of_page, of_word, of_workbook, recipe_of_page
from labsim.presentation.brief.recipe import packed, recipe_of, unpacked
from labsim.presentation.brief.tables import recipe_in as recipe_of_workbook
from labsim.presentation.brief.tables import workbook
from labsim.presentation.brief.verify import compared, verify
from labsim.presentation.brief.word import recipe_in as recipe_of_word
from labsim.presentation.brief.word import word
from labsim.presentation.cli import main
from labsim.results.indicators import ALL


@pytest.fixture(scope="module")
def recipe(comparison: Comparison, told: Told) -> str:
    return packed(recipe_of(comparison, told, "zh"))


@pytest.fixture(scope="module")
def in_word(said: Document, recipe: str) -> bytes:
    return word(said, "zh", recipe)


@pytest.fixture(scope="module")
def in_cells(said: Document, comparison: Comparison, recipe: str) -> bytes:
    return workbook(said, "zh", {}, recipe)


def numbers(text: str) -> list[str]:
    return re.findall(r"[-+]?\d[\d,.]*", text)


def test_a_recipe_makes_the_same_comparison(comparison: Comparison, told: Told, recipe: str):
    again = unpacked(recipe, "a.html")
    assert again == recipe_of(comparison, told, "zh")
    asked = replace(told, asked=("satisfaction_share",))
    assert unpacked(packed(recipe_of(comparison, asked, "zh")), "a.html").told == asked
    found = again.compared(Watch(), None)
    assert found.to_json() == comparison.to_json()
    assert run_record(found, again.told) == run_record(comparison, told)


def test_a_partial_comparison_is_made_again_as_partial(partial: Comparison, comparison: Comparison, told: Told):
    """What never ran when the brief was written does not come in when it is verified."""
    result = comparison.result
    keys = ("scenario", "world", "replication")
    gone = ("closed_loop", result.design.worlds[-1].draw, 1)
    kept = result.values[[tuple(row) != gone for row in zip(*(result.values[k] for k in keys), strict=True)]]
    stopped = replace(result, values=kept, finished=result.finished - 1, cancelled=1, interrupted=True)
    again = recipe_of(replace(comparison, result=stopped), told, "zh")
    assert again.left_out == (gone,)
    found = again.compared(Watch(), None)
    assert (found.result.finished, found.result.cancelled) == (result.finished - 1, 1)
    assert min(d.paired.n for d in found.differences if d.policy == "closed_loop" and d.paired.n > 10) < 20


def test_every_layout_carries_the_recipe(source: str, in_word: bytes, in_cells: bytes, recipe: str):
    assert recipe_of_page(source.encode()) == recipe_of_word(in_word) == recipe_of_workbook(in_cells) == recipe


def test_every_layout_holds_every_table(said: Document, in_word: bytes, in_cells: bytes):
    paper = WordDocument(io.BytesIO(in_word))
    tables = [one for one in paper.tables if one.style is not None and one.style.name == "Table Grid"]
    wanted = [table for _, table in said.tables()]
    assert len(tables) == len(wanted) >= 12
    folds = [part for section in said.sections for part in flat(section.parts) if isinstance(part, Fold) and part.long]
    appendix = {part.name for one in folds for part in one.parts if isinstance(part, Table)}
    assert appendix
    for one, table in zip(tables, sorted(wanted, key=lambda it: it.name in appendix), strict=True):
        assert len(one.rows) == len(table.rows) + 1
        assert [numbers(cell.text) for cell in one.rows[-1].cells] == [numbers(e.said("zh")) for e in table.rows[-1]]
    book = load_workbook(io.BytesIO(in_cells))
    assert len(book.sheetnames) == len(wanted) + 2
    sheet = next(book[name] for name in book.sheetnames if name.startswith("结论 结论"))
    heads = [cell.value for cell in sheet[1]]
    first = wanted[0].rows[0][1]
    row = dict(zip(heads, [cell.value for cell in sheet[2]], strict=True))
    assert row["差异"] == pytest.approx(first.numbers["difference"], nan_ok=True) or row["差异"] is None
    assert row["运行"] == first.runs == "runs-0 runs-1"


def test_no_text_of_a_scenario_becomes_a_formula(said: Document, recipe: str):
    nasty = replace(said, question=said.question.model_copy(update={"zh": "=HYPERLINK(1)"}))
    book = load_workbook(io.BytesIO(workbook(nasty, "zh", {}, recipe)))
    cell = book[book.sheetnames[0]]["A2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_a_word_file_is_one_that_others_open(in_word: bytes, said: Document):
    with zipfile.ZipFile(io.BytesIO(in_word)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        body = archive.read("word/document.xml").decode()
    pictures = [p for s in said.sections for part in flat(s.parts) for p in getattr(part, "pictures", ())]
    assert body.count("<pic:pic>") + body.count("<pic:pic ") == len(pictures) > 5
    assert body.count("w:tblHeader") == len(list(said.tables()))
    assert all(text.strip() for text in re.findall(r'descr="([^"]*)"', body))
    folds = [p for s in said.sections for p in flat(s.parts) if isinstance(p, Fold)]
    assert all(fold.summary.zh in WordDocument(io.BytesIO(in_word)).element.xpath("string(.)") for fold in folds)


# ------------------------------------------------------------------ one digit


def other_digit(found: re.Match[str]) -> str:
    return str((int(found[0]) + 1) % 10)


def test_one_digit_on_a_page_is_found_and_named(source: str):
    right = of_page(source.encode())
    places = {
        "结论": r'(?<=class="gap">\+)\d', "差异与区间": r'(?<=<path aria-label="difference: )\d|(?<=translate\()\d',
        "台账与真实": r'(?<=data-true=")\d', "运行记录": r'(?<=<td><span class="code">)\d',
    }  # fmt: skip
    for heading, pattern in places.items():
        at = re.compile(pattern).search(source, source.index(f'<h2><span lang="zh">{heading}'))
        assert at is not None, heading
        forged = source[: at.start()] + other_digit(re.match(r"\d", source[at.start() :])) + source[at.end() :]  # type: ignore[arg-type]
        (one,) = compared(of_page(forged.encode()), right)
        assert one.place.count(heading) == 1, one
        assert one.said != one.right
    assert compared(right, right) == []


def test_a_row_that_was_taken_out_is_found(source: str):
    right = of_page(source.encode())
    start = source.index("<tr>", source.index('id="table-benefits"') + 400)
    forged = source[:start] + source[source.index("</tr>", start) + 5 :]
    found = compared(of_page(forged.encode()), right)
    assert found
    assert all("结论" in one.place and one.said == "" for one in found)


def test_one_digit_in_a_word_file_is_found_and_named(in_word: bytes):
    file = WordDocument(io.BytesIO(in_word))
    run = next(r for r in file.tables[0].rows[2].cells[1].paragraphs[1].runs if re.search(r"\d", r.text))
    run.text = re.sub(r"\d", other_digit, run.text, count=1)
    forged = io.BytesIO()
    file.save(forged)
    (one,) = compared(of_word(forged.getvalue()), of_word(in_word))
    row, column = file.tables[0].rows[2].cells[0].text.split("\n")[0], file.tables[0].rows[0].cells[1].text
    assert one.place == f"结论 › {row} › {column}"[: len(one.place)]
    assert row in one.place


def test_one_digit_in_a_workbook_is_found_and_named(in_cells: bytes):
    book = load_workbook(io.BytesIO(in_cells))
    sheet = next(book[name] for name in book.sheetnames if name.startswith("结论 结论"))
    cell = next(cell for row in sheet.iter_rows(min_row=2) for cell in row if isinstance(cell.value, float))
    cell.value *= 1 + 1e-9
    forged = io.BytesIO()
    book.save(forged)
    (one,) = compared(of_workbook(forged.getvalue()), of_workbook(in_cells))
    assert one.place.startswith(f"{sheet.title}!{cell.coordinate}")


def test_a_record_is_verified_from_its_runs(comparison: Comparison, told: Told, tmp_path: Path, capsys):
    file, forged = tmp_path / "a.json", tmp_path / "b.json"
    file.write_text(run_record(comparison, told), encoding="utf-8")
    document = json.loads(file.read_text(encoding="utf-8"))
    one = next(v for v in document["comparison"]["verdicts"] if v["difference"])
    one["difference"] = float(np.nextafter(one["difference"], np.inf))
    document["record"]["versions"]["numpy"] = "another machine"
    forged.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    arguments = ["--store", str(tmp_path / "runs"), "--lang", "zh", "--json"]
    assert main(["verify", str(file), *arguments]) == 0
    right = json.loads(capsys.readouterr().out)
    assert (right["right"], right["runs"], right["stored"]) == (True, 60, 0)
    assert main(["verify", str(forged), *arguments]) == 1
    wrong = json.loads(capsys.readouterr().out)
    assert wrong["stored"] == 60
    (place,) = wrong["differences"]
    assert place["place"].endswith("› difference")
    assert place["place"].startswith("comparison › verdicts[")


@pytest.mark.slow
def test_a_page_is_verified_from_its_runs(source: str, tmp_path: Path):
    file = tmp_path / "a.html"
    file.write_text(source, encoding="utf-8")
    found = verify(file, Watch(), None)
    assert found.differences == ()
    assert found.pieces > 3000
    assert (found.runs, found.stored) == (60, 0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"", ".pdf"), ("gone.html", None, "gone.html"), ("a.html", b"<p>1</p>", "配方"),
        ("a.docx", b"PK", "损坏"), ("a.xlsx", b"", "损坏"), ("a.json", b"[]", "配方"), ("a.json", b"{", "损坏"),
        ("b.json", b'{"recipe": {"seed": "x"}}', "seed"),
        ("b.html", b'<meta name="labsim-recipe" content="eJwDAAAAAAE=">', "损坏"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_verified_is_one_clear_message(
    tmp_path: Path, name: str, content: bytes | None, said: str
):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError) as error:
        verify(file, Watch(), None)
    assert said in error.value.render("zh")
    assert name in error.value.render("en")


# ------------------------------------------------------------------ what it rests on


def test_a_verdict_that_rests_on_a_red_parameter_is_taken_back(comparison: Comparison, told: Told):
    """The states of the world are given scores that explain the differences between them, and those are red."""
    one = next(
        v for v in comparison.verdicts(group=ALL)
        if v.kind is Kind.MATTERS and v.difference.paired.knowledge_sd > 0
    )  # fmt: skip
    name, policy = one.difference.indicator, one.difference.policy
    values = comparison.result.values.query("indicator == @name and group == 'all'")
    wide = values.groupby(["world", "scenario"], observed=True)["value"].mean().unstack()
    gaps = wide[policy] - wide["baseline"]
    scores = tuple((float(x),) for x in (gaps - gaps.mean()) / gaps.std())

    def weigh(light: Light):
        return weighed(comparison, Grounds(("habit_weight",), scores, {"habit_weight": light}, "study.toml"))

    green, red = weigh(Light.GREEN), weigh(Light.RED)
    assert green.taken_back == ()
    assert green.comparison.verdicts() == comparison.verdicts()
    after = next(v for v in red.comparison.verdicts(policy, ALL) if v.difference.indicator == name)
    assert after.kind is Kind.OPEN
    assert "habit_weight" in after.sentence.en
    assert any("habit_weight" in sentence.zh for sentence in red.taken_back)
    kept = recipe_of(comparison, replace(told, grounds=Grounds(("a",), scores, {"a": Light.RED}, "x")), "zh")
    assert unpacked(packed(kept), "a").told.grounds == Grounds(("a",), scores, {"a": Light.RED}, "x")
