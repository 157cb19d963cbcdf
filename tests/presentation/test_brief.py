"""The brief, parsed as a browser would: whole, offline, in both languages, with the comparison's own numbers."""

import json
import math
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from labsim.analysis.compare import Comparison
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import t
from labsim.presentation.brief.brief import brief, html, run_record
from labsim.presentation.brief.document import Bullets, Table
from labsim.presentation.brief.page import Told
from labsim.presentation.brief.page import page as said
from labsim.presentation.brief.sections import document
from labsim.presentation.words import HEADLINES, alike, silent

VOID = {"meta", "input", "br", "link", "img", "hr"}
DATE = "2026-01-31"


class Node:
    """An element: its tag, attributes, children and text."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Node | None") -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Node | str] = []

    def all(self, tag: str | None = None, **wanted: str) -> "list[Node]":
        """Return all elements below with a tag and attributes."""
        found = []
        for child in self.children:
            if isinstance(child, Node):
                if tag in (None, child.tag) and all(child.attributes.get(k) == v for k, v in wanted.items()):
                    found.append(child)
                found += child.all(tag, **wanted)
        return found

    def text(self, lang: str | None = None) -> str:
        """Return the text below, of one language where given."""
        if lang and self.attributes.get("lang") not in (None, lang) and self.tag != "html":
            return ""
        return " ".join(c if isinstance(c, str) else c.text(lang) for c in self.children)


class Tree(HTMLParser):
    """A page as a tree; an element that is not closed is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = self.now = Node("root", {}, None)
        self.feed(page)
        self.close()
        assert self.now is self.root, f"{self.now.tag} is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.now)
        self.now.children.append(node)
        if tag not in VOID:
            self.now = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.now.children.append(Node(tag, {name: value or "" for name, value in attrs}, self.now))

    def handle_endtag(self, tag: str) -> None:
        assert self.now.tag == tag, f"</{tag}> closes <{self.now.tag}>"
        assert self.now.parent is not None
        self.now = self.now.parent

    def handle_data(self, data: str) -> None:
        self.now.children.append(data)


@pytest.fixture(scope="module")
def interrupted(partial: Comparison) -> str:
    """A brief in English of a partial comparison with a question of its own."""
    return html(partial, "en", Told(DATE, t("钱够吗？", "Is there enough money?")))


@pytest.fixture(scope="module")
def page(source: str) -> Node:
    return Tree(source).root


def test_nothing_comes_from_outside(page: Node, source: str):
    fetching = {"script", "link", "img", "iframe", "object", "embed", "base", "audio", "video", "image", "use"}
    assert {node.tag for node in page.all()} & fetching == set()
    asking = {"src", "href", "xlink:href", "action", "poster", "srcset", "background"}
    assert [node.attributes for node in page.all() if asking & node.attributes.keys()] == []
    style = "".join(node.text() for node in page.all("style"))
    assert "@import" not in style
    assert style.count("url(") == style.count("url(data:font/woff2;base64,") == 1  # the font travels inside
    assert "http" not in source


def test_words_from_files_cannot_break_out(page: Node, source: str):
    assert "<script" not in source
    assert "loop <script>alert('x')</script> & \"quotes\"" in page.text()


def test_every_number_of_the_verdict_tables_is_the_comparison_s(page: Node, comparison: Comparison):
    cells = [node for name in ("table-benefits", "table-burdens") for node in page.all(id=name)[0].all("td")]
    assert len(cells) >= 2 * 10
    for cell in cells:
        a = cell.attributes
        one = comparison.difference(a["data-policy"], a["data-indicator"])
        p = one.paired
        for key, value in (("baseline", p.baseline), ("value", p.policy), ("difference", p.difference),
                           ("low", p.low), ("high", p.high)):  # fmt: skip
            printed = float(a[f"data-{key}"])
            assert printed == value or (math.isnan(printed) and math.isnan(value))
        assert int(a["data-n"]) == p.n
        verdict = next(v for v in comparison.verdicts() if v.difference == one or v.difference is one)
        row = [v for v in comparison.verdicts(group="all") if v.difference.indicator == one.indicator]
        numbers = alike(row)[row.index(verdict)]
        for lang in ("zh", "en"):
            said = cell.text(lang)
            assert verdict.words.in_language(lang) in said
            assert f"n = {p.n}" in said
            assert numbers.baseline in said
            assert numbers.value in said
            assert (numbers.difference in said) or not p.n
            assert p.identical or not p.n or numbers.interval.in_language(lang) in said


def test_every_policy_has_every_indicator(page: Node, comparison: Comparison):
    for row in page.all(id="table-benefits")[0].all("tr")[1:]:
        assert [cell.attributes["data-policy"] for cell in row.all("td")] == list(comparison.policies)


def test_what_belongs_to_a_module_that_is_off_is_left_out(comparison: Comparison):
    rows = {
        row.name
        for rows in (said(comparison, Told(DATE)).benefits, said(comparison, Told(DATE)).burdens)
        for row in rows
    }
    assert silent(comparison)
    assert not rows & silent(comparison)
    # What could not be measured for another reason stays: headlines are all there.
    assert set(HEADLINES) <= rows


def test_what_was_asked_for_by_name_is_shown_even_with_its_module_off(comparison: Comparison):
    asked = {"sorting_rate", "warning_hours_year"}
    few = replace(comparison, differences=tuple(d for d in comparison.differences if d.indicator in asked))
    rows = {row.name for rows in (said(few, Told(DATE)).benefits, said(few, Told(DATE)).burdens) for row in rows}
    assert rows == asked


def test_what_the_question_is_about_stands_first_with_its_sentences(comparison: Comparison):
    """Also where it is a cost, or was measured without being a headline; nothing is said twice."""
    asked = ("money_total_year", "satisfaction_share", "recurrence_90d")
    assert "recurrence_90d" not in HEADLINES
    found = said(comparison, Told(DATE, asked=asked))
    (verdicts,) = (one for one in document(found).sections if one.name == "verdicts")
    tables = [part for part in verdicts.parts if isinstance(part, Table)]
    assert tables[0].name == "table-asked"
    rows = [row[1].about["indicator"] for table in tables for row in table.rows]
    assert tuple(rows[:3]) == asked
    assert len(rows) == len(set(rows))
    assert set(HEADLINES) <= set(rows)
    sentences = [part for part in verdicts.parts if isinstance(part, Bullets)]
    assert [[one.said("zh") for one in part.items] for part in sentences] == [
        [next(v for v in comparison.verdicts(policy, "all") if v.difference.indicator == name).sentence.zh
         for name in asked]
        for policy in comparison.policies
    ]  # fmt: skip


def test_every_number_names_its_runs(page: Node, comparison: Comparison):
    ids = set(comparison.result.run_ids()["run_id"])
    named = [node for node in page.all() if "data-runs" in node.attributes]
    assert len(named) > 40
    for node in named:
        for name in node.attributes["data-runs"].split():
            (listed,) = page.all(id=name)
            assert set(listed.text().split()[1:]) <= ids
    both = page.all(id="table-benefits")[0].all("td")[0].attributes["data-runs"]
    assert both == "runs-0 runs-1"
    assert {one for i in range(3) for one in page.all(id=f"runs-{i}")[0].text().split()[1:]} == ids


def test_every_text_has_its_twin(page: Node):
    """Each Chinese element is followed by its English one and the reverse."""
    seen = 0
    for parent in [page, *page.all()]:
        spoken = [c for c in parent.children if isinstance(c, Node) and c.attributes.get("lang") in ("zh", "en")]
        assert [c.attributes["lang"] for c in spoken] == ["zh", "en"] * (len(spoken) // 2)
        for one in spoken:
            assert one.text().strip() or one.all("svg")
        seen += len(spoken)
    assert seen > 400


def test_what_is_outside_the_twins_has_no_language(page: Node):
    def bare(node: Node) -> str:
        if node.attributes.get("lang") in ("zh", "en") or node.tag in ("style", "label", "title"):
            return ""
        return "".join(c if isinstance(c, str) else bare(c) for c in node.children)

    (main,) = page.all("main")
    assert not any("\u3400" <= c <= "\u9fff" for c in bare(main))


def test_it_opens_in_the_language_asked_for(source: str, interrupted: str):
    for lang, text in (("zh", source), ("en", interrupted)):
        root = Tree(text).root
        chosen = [node.attributes["id"] for node in root.all("input") if "checked" in node.attributes]
        assert chosen == [f"show-{lang}"]
        assert root.all("html")[0].attributes["lang"].startswith(lang)


def test_ids_are_unique_and_labels_point_at_them(page: Node):
    ids = [node.attributes["id"] for node in page.all() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    assert {node.attributes["for"] for node in page.all("label")} <= set(ids)
    for node in page.all("svg"):
        assert node.attributes["role"] == "img"
        assert set(node.attributes["aria-labelledby"].split()) <= set(ids)


def test_it_says_what_it_must(page: Node, comparison: Comparison):
    zh, en = page.text("zh"), page.text("en")
    assert "示例参数" in zh
    assert "Illustrative parameters" in en
    assert "20 对" in zh
    assert "20 pairs" in en
    for section in ("verdicts", "plan", "differences", "time", "groups", "sights", "rests", "limits", "record"):
        assert len(page.all("section", id=section)) == 1
    for fingerprint in comparison.result.record(DATE).fingerprints.values():
        assert fingerprint in zh
    assert {row.attributes["data-lever"] for row in page.all("th") if "data-lever" in row.attributes} >= {
        "points_fund", "verification"
    }  # fmt: skip


def test_with_one_world_it_says_that_luck_is_all(comparison: Comparison):
    from labsim.analysis.compare import contest

    r = comparison.result
    first = r.design.worlds[:1]
    one = replace(
        r, design=replace(r.design, worlds=first), values=r.values[r.values["world"] == first[0].draw],
        series=r.series.iloc[:0], finished=len(r.design.scenarios) * 2,
    )  # fmt: skip
    text = html(contest(one), "en", Told(DATE))
    assert "hold luck only" in text
    assert 'id="time"' not in text


def test_a_partial_result_says_so(interrupted: str, source: str):
    assert "Interrupted: 60 of 90 runs were finished" in interrupted
    assert "Interrupted" not in source


def test_a_question_can_be_asked(interrupted: str):
    assert "钱够吗？" in interrupted
    assert "Is there enough money?" in interrupted


def test_the_same_comparison_gives_the_same_bytes(comparison: Comparison, source: str):
    assert html(comparison, "zh", Told(DATE)) == source


def test_it_is_small(source: str):
    assert len(source.encode()) < 1_500_000


def test_files_are_written_beside_each_other(comparison: Comparison, tmp_path: Path):
    page, record = brief(comparison, tmp_path / "a.html", lang="en")
    assert (page.name, record.name) == ("a.html", "a.html.json")
    document = json.loads(record.read_text(encoding="utf-8"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.html", "a.html.json"]
    assert len(document["runs"]) == document["record"]["requested"] == 60
    assert document["comparison"]["verdicts"] == json.loads(comparison.to_json())["verdicts"]
    assert {r["run_id"] for r in document["runs"]} == set(comparison.result.run_ids()["run_id"])


def test_a_second_brief_of_the_same_stem_leaves_the_record_of_the_first(comparison: Comparison, tmp_path: Path):
    brief(comparison, tmp_path / "a.htm", on=date(2030, 1, 1))
    before = (tmp_path / "a.htm.json").read_bytes()
    _, record = brief(comparison, tmp_path / "a.xlsx", on=date(2031, 1, 1))
    assert (record.name, (tmp_path / "a.htm.json").read_bytes()) == ("a.xlsx.json", before)
    assert record.read_bytes() != before


@pytest.mark.parametrize("name", ["a.json", "a.pdf", "a.htlm"])
def test_a_brief_has_an_ending_that_can_be_opened(comparison: Comparison, tmp_path: Path, name: str):
    with pytest.raises(InputError) as error:
        brief(comparison, tmp_path / name)
    assert ".docx" in error.value.render("zh")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_a_mistake_of_the_user(
    comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("labsim.presentation.brief.brief.html", lambda *_: "")
    with pytest.raises(InputError) as error:
        brief(comparison, tmp_path / "nowhere" / "a.html")
    assert "nowhere" in error.value.render("en")


def test_nothing_finished_is_nothing_to_brief(comparison: Comparison, tmp_path: Path):
    with pytest.raises(InputError):
        brief(replace(comparison, differences=()), tmp_path / "a.html")


def test_the_record_is_plain_json(comparison: Comparison):
    def refuse(word: str) -> None:
        raise AssertionError(word)

    json.loads(run_record(comparison, Told(DATE)), parse_constant=refuse)
