"""The policymaker's lab without a browser: what is done on the page, and what it then shows."""

import base64
import html
import io
import json
import re
import socket
import time
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem
from labsim.foundations.i18n import t
from labsim.presentation.cli import main
from labsim.presentation.lab import side as lab_side
from labsim.presentation.lab.acts import ACTS
from labsim.presentation.lab.page import LabPage
from labsim.presentation.lab.view import TABS, Draft, View, from_scenario, read, scenarios, written
from labsim.presentation.plots import Curve, Titles, over_time
from labsim.presentation.words import HEADLINES
from labsim.results.store import RunStore
from labsim.scenario.levers import LEVERS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SMALL = {"residents": 60.0, "items": 60.0, "blocks": 4.0, "panel": 6.0}


class Visitor:
    """Somebody who clicks, and remembers what came back."""

    def __init__(self, view: View | None = None, store: RunStore | None = None) -> None:
        self.messages: list[dict] = []
        self.parts: dict[str, str] = {}
        self.page = LabPage(self._got, view, store)
        self.do("hello")

    def _got(self, message: dict) -> None:
        self.messages.append(message)
        self.parts.update(message.get("parts", {}))

    def do(self, act: str, key: str = "", value: object = "") -> "Visitor":
        self.page.heard({"do": act, "key": key, "value": value})
        return self

    def wait(self) -> "Visitor":
        """Wait until nothing is under way."""
        end = time.monotonic() + 300
        unfinished = ('class="working"', 'data-quick="growing"', 'data-quick="estimate"', 'data-quick="waiting"')
        while self.page.desk.job or any(one in self.parts["status"] for one in unfinished):
            assert time.monotonic() < end
            time.sleep(0.02)
        return self

    def file(self) -> tuple[str, bytes]:
        """Return the last file that was handed over."""
        last = next(m for m in reversed(self.messages) if m["kind"] == "file")
        return last["name"], base64.b64decode(last["data"])

    @property
    def view(self) -> View:
        return self.page.view


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    one = Visitor()
    yield one
    one.page.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def ran(store: RunStore) -> Iterator[Visitor]:
    """Somebody who has run two policies on a small community for a question."""
    one = Visitor(View(community=SMALL, pairs=20), store)
    one.do("add_policy", "", "points").do("add_policy", "", "empty").do("lever", "service_budget", 300000.0)
    one.do("question", "", "积分值不值？").do("outcome", "volunteer_acts_year", True)
    one.do("delta", "satisfaction_share", "1.5").do("run").wait()
    yield one
    one.page.close()


class _Checker(HTMLParser):
    """Every element that is opened is closed, and ids are unique."""

    VOID = frozenset({"input", "br", "img", "meta", "link", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a beginning"
        assert self.open.pop() == tag


def whole(text: str) -> str:
    checker = _Checker()
    checker.feed(text)
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    return text


# --- where it is served


def test_a_port_that_is_taken_is_told_before_anything_starts(capsys: pytest.CaptureFixture[str]):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["app", "--port", str(port), "--no-browser", "--lang", "zh"]) == 2
        said = "".join(capsys.readouterr())
    assert f"端口 {port} 已被占用" in said
    assert "--port" in said.split("例如")[1]
    assert "token" not in said


# --- before any result


def test_the_first_page_asks_for_a_policy_and_says_why_nothing_runs_yet(visitor: Visitor):
    side = whole(visitor.parts["side"])
    assert "<details" in side
    assert re.search(r'id="step-community">.*1,500 人', side)  # folded, with what is chosen on its one line
    assert re.search(r'data-do="run"[^>]* disabled>.*先在“政策”中新增一项', side)
    assert visitor.parts["body"].count('data-do="add_policy"') == len(lab_side.READY) + 1
    visitor.do("add_policy", "", "points").do("add_policy", "", "empty")
    assert re.search(r"50 对 ×（2 项政策 \+ 基准）= 150 次运行", visitor.parts["side"])


def test_runs_that_could_not_be_kept_are_said_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(self: RunStore, runs: object) -> None:
        raise InputError([Problem.at("", t("磁盘已满", "the disk is full"))])

    monkeypatch.setattr(RunStore, "add", refuse)
    one = Visitor(View(community=SMALL, pairs=20), RunStore(tmp_path))
    one.do("add_policy", "", "points").do("question", "", "积分值不值？").do("delta", "satisfaction_share", "1.5")
    one.do("run").wait().do("tab", "", "verdict")
    assert "运行没有存入" in one.parts["body"]
    assert "磁盘已满" in one.parts["body"]
    one.page.close()


@pytest.mark.parametrize("typed", ["-5", "0", "1e999", "nan"])
def test_a_difference_that_cannot_matter_is_refused_beside_its_box(visitor: Visitor, typed: str):
    visitor.do("delta", "satisfaction_share", "2")
    for _ in range(2):  # typed once more, the box has to be set back once more
        visitor.messages.clear()
        visitor.do("delta", "satisfaction_share", typed)
        assert visitor.view.deltas == {"satisfaction_share": 0.02}
        side = whole(visitor.messages[-1]["parts"]["side"])
        row = next(part for part in side.split('<div class="outcome">') if 'data-key="satisfaction_share"' in part)
        assert 'value="2"' in row
        assert 'class="mistake"' in row
        assert side.count('class="mistake"') == 1
    assert 'class="mistake"' not in visitor.do("delta", "satisfaction_share", "3").parts["side"]


def test_no_result_is_shown_before_the_question_was_stated(visitor: Visitor):
    visitor.do("add_policy", "", "points")
    for tab in ("verdict", "time", "groups", "trade", "why", "true", "map"):
        visitor.do("tab", "", tab)
        assert "结果先不显示" in visitor.parts["body"]
        assert "<svg" not in visitor.parts["body"]
    assert visitor.page.desk.quick is None


def test_the_plan_shows_every_lever_that_changes(visitor: Visitor):
    visitor.do("add_policy", "", "points").do("lever", "staff", 15)
    moves = re.findall(r'data-lever="(\w+)"', visitor.parts["body"])
    assert sorted(moves) == ["points_earning", "points_fund", "points_redemption", "staff"]
    assert "12 人 → <b>15 人</b>" in visitor.parts["body"]


def test_sliders_come_from_the_declarations():
    """A policy that turns every lever there is has a row for each, with its label, range and kind."""
    every = Draft(label=Text(zh="全部", en="all"), levers=LEVERS.defaults())
    visitor = Visitor(View(policies=(every,)))
    for name, q in LEVERS.items():
        row = re.search(rf'data-row="{name}".*?</div>', visitor.parts["side"], re.S)
        assert row, name
        assert html.escape(q.label.zh) in row[0]
        assert ('type="checkbox"' in row[0]) == (q.kind.value == "switch")
        if 'type="range"' in row[0]:
            assert f'min="{q.low}" max="{q.high}"' in row[0]
            assert "来源" in row[0]
    visitor.page.close()


def test_values_beyond_what_was_tried_are_marked(visitor: Visitor):
    visitor.do("add_policy", "", "empty").do("lever", "staff", 12)
    assert 'class="knob" data-row="staff"' in visitor.parts["side"]
    visitor.do("lever", "staff", 60)
    low, high = lab_side.tried("staff")
    assert low <= 12 <= high < 60
    assert 'class="knob beyond" data-row="staff"' in visitor.parts["side"]


def test_instruments_are_found_by_nickname_and_taken(visitor: Visitor):
    visitor.do("add_policy", "", "empty").do("search", "", "PDCA")
    assert visitor.parts["side"].index('id="card-pdca_cycle"') > 0
    visitor.do("take", "pdca_cycle")
    assert [one.name for one in visitor.view.policies[0].instruments] == ["pdca_cycle"]
    visitor.do("drop", "pdca_cycle")
    assert visitor.view.policies[0].instruments == ()


def test_an_instrument_switches_on_the_module_it_needs_everywhere(visitor: Visitor):
    visitor.do("add_policy", "", "empty").do("take", "lift_retrofit")
    assert [one.community["module_projects"] for one in scenarios(visitor.view)] == [1.0, 1.0]
    assert "项目与资金" in visitor.parts["side"]


def test_instruments_that_contradict_are_refused_and_nothing_changes(visitor: Visitor):
    visitor.do("add_policy", "", "points")
    before = visitor.view
    visitor.do("lever", "staff", 1000)
    assert visitor.view == before
    assert "不能是 1000" in visitor.parts["status"]
    visitor.do("tab", "", "plan")
    assert "mistake" not in visitor.parts["status"]


@pytest.mark.parametrize(
    ("act", "key", "value"),
    [
        ("fly", "", ""), ("lever", "staffs", 3), ("lever", "staff", "many"), ("take", "points", ""), ("tab", "", "x"),
        ("community", "residents", -3), ("baseline", "", "../x"), ("outcome", "joy", True), ("lang", "", "fr"),
        ("delta", "satisfaction_share", "-1"), ("delta", "satisfaction_share", "x"), ("run", "", ""),
        ("add_policy", "", "../../etc"), ("take_brief", "", ""), ("open", "a.json", "{"), ("pairs", "", 7),
    ],
)  # fmt: skip
def test_whatever_comes_from_a_page_is_checked(visitor: Visitor, act, key, value):
    before = visitor.view
    visitor.do(act, key, value)
    assert visitor.view == before
    assert 'class="mistake"' in visitor.parts["status"]


def test_a_community_keeps_its_proportions(visitor: Visitor):
    visitor.do("community", "residents", 3000)
    assert {k: visitor.view.community[k] for k in ("residents", "items", "blocks", "panel")} == {
        "residents": 3000, "items": 3000, "blocks": 60, "panel": 120,
    }  # fmt: skip
    visitor.do("community_reset", "residents")
    assert dict(visitor.view.community) == {}


def test_a_third_policy_is_the_last(visitor: Visitor):
    for _ in range(4):
        visitor.do("add_policy", "", "empty")
    assert len(visitor.view.policies) == 3
    visitor.do("remove_policy").do("remove_policy").do("remove_policy").do("remove_policy")
    assert len(visitor.view.policies) == 0


# --- results


def cells(page: str) -> dict[tuple[str, str], str]:
    """Return the differences in the cells of a page, by indicator and policy; all residents come first."""
    found: dict[tuple[str, str], str] = {}
    for tag in re.findall(r"<td[^>]* data-difference=[^>]*>", page):
        about = dict(re.findall(r'data-(\w+)="([^"]*)"', tag))
        found.setdefault((about["indicator"], about["policy"]), about["difference"])
    return found


def test_the_numbers_are_those_of_the_command_line_and_of_its_brief(
    ran: Visitor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The files that are taken away, given to ``labsim compare``: page, brief and JSON hold the same numbers."""
    ran.do("tab", "", "verdict").do("take_scenarios")
    name, content = ran.file()
    assert name == "labsim-scenarios.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    files = [str(tmp_path / f"{one}.toml") for one in ("baseline", "policy_a", "policy_b")]
    asked = ["-n", "20", "--worlds", "10", "--seed", "1", "--delta", "satisfaction_share=0.015", "--no-store"]
    assert main(["compare", *files, *asked, "--out", str(tmp_path / "brief.html"), "--json"]) == 0
    verdicts = [one for one in json.loads(capsys.readouterr().out)["verdicts"] if one["group"] == "all"]
    told = {(one["indicator"], one["policy"]): one["difference"] for one in verdicts}

    on_page = cells(ran.parts["body"])
    in_brief = cells((tmp_path / "brief.html").read_text(encoding="utf-8"))
    assert len(on_page) >= 2 * 10
    assert {key: float(value) for key, value in on_page.items()} == {key: told[key] for key in on_page}
    assert {key: in_brief[key] for key in on_page if key in in_brief} == {
        k: v for k, v in on_page.items() if k in in_brief
    }
    assert {("satisfaction_share", "policy_a"), ("money_total_year", "policy_b")} <= set(in_brief) & set(on_page)


class _Controls(HTMLParser):
    """What can be moved: act, key, and a value that it does not have now."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, object]] = []
        self._select: tuple[str, str] | None = None

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "option" and self._select and "selected" not in has and has["value"]:
            self.found.append((*self._select, has["value"]))
            self._select = None
        if "data-do" not in has or "disabled" in has:
            return
        act, key = has["data-do"], has.get("data-key") or ""
        if tag == "select":
            self._select = act, key
        elif has.get("type") == "range":
            low, high, now = float(has["min"]), float(has["max"]), float(has["value"])
            step = float(has["step"])
            self.found.append((act, key, now + step if now + step <= high else max(low, now - step)))
        elif has.get("type") == "checkbox":
            self.found.append((act, key, "checked" not in has))
        elif tag in ("input", "textarea"):
            self.found.append((act, key, "3" if has.get("type") == "number" else "points"))
        elif has.get("aria-pressed") != "true" and has.get("aria-selected") != "true":
            self.found.append((act, key, has.get("data-value") or ""))

    def handle_endtag(self, tag):
        self._select = None if tag == "select" else self._select


def test_every_control_moves_something(visitor: Visitor):
    """Each slider, switch, choice and button of an open page is moved once, from the same state."""
    two = View(community=SMALL, policies=(from_scenario("points"), Draft(label=Text(zh="甲", en="A"))))
    start = two.changed(policies=(two.policies[0], two.policies[1].model_copy(update={"levers": {"mentoring": 1.0}})))
    seen: set[str] = set()
    for active in (0, 1):
        view = start.changed(active=active)
        visitor.do("open", "view.json", written(view))
        parser = _Controls()
        for part in ("head", "side", "tabs", "body"):
            parser.feed(visitor.parts[part])
        for act, key, value in dict.fromkeys(parser.found):
            if act in ("run", "hello"):
                continue  # what a run shows is tested elsewhere
            before, prints, many = visitor.view, visitor.page._prints, len(visitor.messages)
            visitor.do(act, key, value)
            refused = 'class="mistake"' in visitor.parts["status"]
            if refused and act == "take":
                continue  # a card that contradicts the policy says so
            assert not refused, (act, key, value)
            assert len(visitor.messages) > many, (act, key, value)
            if act in ("lever", "community", "baseline"):
                assert visitor.page._prints != prints, (act, key, value)
            elif act not in ("search", "save_view", "take_scenarios", "take_sheet"):
                assert visitor.view != before, (act, key, value)
            seen.add(act)
            if visitor.view != view:
                visitor.do("open", "view.json", written(view))
            if act == "search":
                visitor.do("search", "", "")
    told = {"across", "up", "shown", "restate", "run"}  # behind results
    assert set(ACTS) - told <= seen, set(ACTS) - told - seen


def test_the_question_stands_over_its_answers(ran: Visitor):
    ran.do("tab", "", "verdict")
    body = whole(ran.parts["body"])
    assert "<h2>积分值不值？</h2>" in body
    assert "δ 1.5" in body
    assert "n = 20" in body
    assert body.count('class="asked"') == 4


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_tab_is_sound_and_in_one_language(ran: Visitor, lang: str):
    ran.do("lang", "", lang).do("gain").wait().do("map").wait().do("why", "", "instruments").wait()
    for tab in TABS:
        ran.do("tab", "", tab)
        for name, text in ran.parts.items():
            whole(text)
            if lang == "en":
                shown = re.sub(r'lang="zh">中文|积分值不值？|data-frames="[^"]*"', "", text)
                assert not CHINESE.search(re.sub(r"policy A|政策 B", "", shown)), (
                    tab,
                    name,
                    CHINESE.findall(shown)[:8],
                )
    ran.do("lang", "", "zh")


def test_charts_have_words_for_those_who_cannot_see_them(ran: Visitor):
    for tab in ("time", "groups", "trade"):
        ran.do("tab", "", tab)
        images = re.findall(r"<svg[^>]*>.*?</svg>", ran.parts["body"], re.S)
        assert images
        for one in images:
            assert 'role="img"' in one
            assert re.search(r"<title[^>]*>[^<]+</title><desc[^>]*>[^<]+</desc>", one)
        assert ran.parts["body"].count("<table") >= len(images)
        assert "n = 20" in ran.parts["body"]
        assert "种子 1" in ran.parts["body"]


def test_the_table_of_tradeoffs_has_units_equal_decimals_and_says_how_to_read_it(ran: Visitor):
    ran.do("tab", "", "trade")
    page = ran.parts["body"]
    heads = [re.sub("<[^>]*>", "", one) for one in re.findall(r'<th scope="col">.*?</th>', page)]
    assert [one for one in heads if one.endswith("（%）")], heads
    assert [one for one in heads if one.endswith("（元/年）")], heads
    rows = [re.findall(r'<td class="num">(.*?)</td>', row) for row in re.findall(r"<tr>.*?</tr>", page)][1:]
    assert len(rows) == 3
    for column in list(zip(*rows, strict=True))[:-1]:
        assert len({len(one.partition(".")[2]) for one in column}) == 1, column
    assert len(re.findall(r'<th scope="row"><span class="dot" style="color:#\w{6}"', page)) == 3
    assert "最后一列：" in page


def test_gainers_the_split_and_the_map_have_tables_and_say_what_they_rest_on(ran: Visitor):
    ran.do("policy", "", 0).do("gain").wait().do("why", "", "instruments").wait().do("map").wait()
    many = int(SMALL["blocks"])
    ran.do("tab", "", "groups")
    notes = re.findall(r"<figcaption>(.*?)</figcaption>", ran.parts["body"])
    assert len(notes) == 3
    found = ran.page.seen.extra("gain")
    for policy, note in zip(("policy_a", "policy_b"), notes[1:], strict=True):
        assert f"n = {found.n} 次重复" in note
        assert "种子 1；" in note
        large = [name for name, one in found.of(policy).items() if name.startswith("block:") and one.gain == one.gain]
        hidden = many - len(large)
        assert (f"另有 {hidden} 个网格" in note) == (hidden > 0)
        assert large
    table = ran.parts["body"].split("</figure>")[1]
    for one in found.of("policy_a").values():
        if one.group.startswith("block:") and one.gain == one.gain:
            row = re.search(rf'<th scope="row">网格 {int(one.group[6:]) + 1}</th>(.*?)</tr>', table)
            assert row
            assert f"{100 * one.gain:.1f}%" in row[1]
    ran.do("tab", "", "why")
    notes = re.findall(r"<figcaption>(.*?)</figcaption>", ran.parts["body"])
    assert notes
    for note in notes:
        assert re.search(r"n = \d+ 对", note)
        assert "种子 1，" in note
    ran.do("tab", "", "map")
    body = whole(ran.parts["body"])
    tiles = re.findall(r'<text x="[^>]*>([^<]*)</text>', body)
    cells = re.findall(r'<td class="num" data-m="(\d+)">([^<]*)</td>', body)
    assert len(tiles) == 9 * many
    assert [text for m in range(9) for column, text in cells if int(column) == m] == tiles
    assert "n = 1 次重复" in body


def test_one_indicator_on_both_axes_is_told(ran: Visitor):
    across = ran.view.across
    ran.do("tab", "", "trade").do("across", "", ran.view.up)
    assert "请换一项" in ran.parts["body"]
    assert "<svg" not in ran.parts["body"]
    ran.do("across", "", across)
    assert "<svg" in ran.parts["body"]


def test_a_moved_lever_is_answered_and_the_full_result_comes_back(ran: Visitor):
    ran.do("tab", "", "verdict").do("policy", "", 1)
    before = ran.parts["body"]
    ran.do("lever", "service_budget", 500000.0).wait()
    assert "快速回答：20 对，仅含运气" in ran.parts["status"]
    assert ran.parts["body"] != before
    ran.do("lever", "service_budget", 400000.0)
    first = [m["parts"]["status"] for m in ran.messages if "初步估计" in m.get("parts", {}).get("status", "")]
    assert first, "between two values that were run there is an estimate at once"
    ran.wait()
    ran.do("lever", "service_budget", 300000.0)
    assert "完整结果：60 次运行" in ran.parts["status"]
    assert ran.parts["body"] == before


def test_a_question_that_is_changed_later_is_recorded(ran: Visitor):
    assert "readonly" in ran.parts["side"]
    ran.do("question", "", "另一个问题")
    assert ran.view.question == "积分值不值？"
    stated = ran.view.stated
    ran.do("restate")
    assert (ran.view.stated, ran.view.restated) == (None, 1)
    ran.do("tab", "", "verdict")
    assert "结果先不显示" in ran.parts["body"]
    ran.do("run").wait()
    assert ran.view.stated is not None
    assert stated is not None
    assert "看到结果后改过" in ran.parts["side"]


# --- taken away


def test_a_view_opens_the_same_state(ran: Visitor, store: RunStore):
    ran.do("tab", "", "time").do("shown", "", "volunteer_acts_year").do("save_view")
    name, content = ran.file()
    assert name == "labsim-view.json"
    assert read(content.decode()) == ran.view
    other = Visitor(None, store)
    other.do("open", name, content.decode()).wait()
    assert other.view == ran.view
    assert "快速回答：20 对" in other.parts["status"]
    assert other.parts["side"] == ran.parts["side"]
    other.page.close()


def test_a_policy_goes_out_as_a_spreadsheet_and_comes_back_as_another_policy(visitor: Visitor):
    visitor.do("add_policy", "", "points").do("take_sheet")
    name, content = visitor.file()
    assert name == "policy_a.xlsx"
    visitor.do("open", name, base64.b64encode(content).decode())
    one, other = visitor.view.policies
    assert (one.instruments, one.label) == (other.instruments, other.label)
    before = visitor.view
    visitor.do("community", "residents", 300).do("open", name, base64.b64encode(content).decode())
    assert len(visitor.view.policies) == 2
    assert "社区" in visitor.parts["status"] + visitor.parts["head"]
    visitor.do("open", "bad.xlsx", "UEs=")
    assert "bad.xlsx" in "".join(visitor.parts.values())
    assert before.policies == visitor.view.policies


@pytest.mark.slow
def test_a_brief_holds_the_numbers_of_the_page(ran: Visitor):
    ran.do("run").wait().do("take_brief", "html").wait()
    name, content = ran.file()
    assert name == "labsim-brief.html"
    page = content.decode()
    assert "积分值不值？" in page
    full = ran.page.seen.full
    assert full is not None
    one = full.difference("policy_a", "satisfaction_share")
    assert f'data-difference="{one.paired.difference}"' in page


def test_tables_hold_the_numbers_of_the_page(ran: Visitor):
    ran.do("run").wait()
    full = ran.page.seen.full
    assert full is not None
    one = full.difference("policy_a", "satisfaction_share")
    ran.do("take_brief", "xlsx").wait()
    _, content = ran.file()
    book = pd.read_excel(io.BytesIO(content), sheet_name=None, dtype={"seed": str})
    row = book["全部结论"].query("policy == 'policy_a' and indicator == 'satisfaction_share' and group == 'all'")
    assert row["difference"].iloc[0] == pytest.approx(one.paired.difference)
    mine = book["每次运行的值"].groupby("scenario")["satisfaction_share"].mean()
    assert mine["policy_a"] - mine["baseline"] == pytest.approx(one.paired.difference)
    assert len(book["运行编号"]) == 60
    assert set(book["运行编号"]["seed"]) == {str(s) for s in full.result.run_ids()["seed"]}


def test_a_job_can_be_stopped_and_what_was_done_is_marked(visitor: Visitor):
    visitor.do("community", "residents", 400).do("add_policy", "", "points").do("pairs", "", 1000).do("run")
    end = time.monotonic() + 300
    while (job := visitor.page.desk.job) is None or not job.done:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert "停止" in visitor.parts["status"]
    visitor.do("cancel").wait()
    assert "中途停止" in visitor.parts["status"]


# --- view files


def test_a_view_survives_a_file(visitor: Visitor):
    visitor.do("add_policy", "", "closed_loop").do("lever", "staff", 14).do("community", "older_share", 0.4)
    assert read(written(visitor.view)) == visitor.view


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "other"}, "不是 labsim 视图"), ({"baseline": "base"}, "没有名为“base”的情景"),
        ({"community": {"residents": 1}}, "居民人数"), ({"outcomes": ["joy"]}, "没有名为“joy”的指标"),
        ({"version": 2}, "version"), ({"tabs": 1}, "tabs"),
        ({"policies": [{"label": {"zh": "a", "en": "a"}, "levers": {"staffs": 1}}]}, "staffs"),
        ({"policies": [{"label": {"zh": "a", "en": "a"}, "instruments": [{"name": "points"}]}]}, "points"),
        ({"deltas": {"satisfaction_share": 0}}, "关注值 0"), ({"shown": "joy"}, "joy"), ({"question": 3}, "question"),
    ],
)  # fmt: skip
def test_a_wrong_view_file_is_told_in_words(change: dict, said: str):
    text = json.dumps({**View().model_dump(mode="json"), **change})
    with pytest.raises(InputError) as error:
        read(text, "my.json")
    assert said in error.value.render("zh")
    assert "my.json" in error.value.render("zh")


def test_everything_on_the_page_does_something():
    """Every act that a template names is known, and every act is named in a template."""
    from labsim.presentation.lab.page import _template

    source = Path(_template("zh").filename or "").read_text(encoding="utf-8")
    named = set(re.findall(r'do\("(\w+)"', source)) | {"community", "community_reset", "lever", "lever_reset"}
    named |= set(re.findall(r'chooser\(c, "(\w+)"', source))
    others = {"cancel", "search", "save_view", "take_brief", "take_scenarios", "take_sheet", "gain", "why", "map"}
    assert named - others == set(ACTS)
    assert set(HEADLINES) >= set(View().outcomes)


@pytest.mark.parametrize("values", [(1_000_000.0, 1_300_000.0), (0.1, 0.2), (-3_000_000.0, 2.0)])
def test_long_numbers_have_room_beside_an_axis(values):
    """Millions of yuan were cut off once."""
    curve = Curve(-1, "a", np.tile(np.linspace(values[0], values[1], 4), (3, 1)))
    drawn = over_time([curve], np.arange(1.0, 5.0), Titles("x", "t", "d"))
    labels = re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="end" >([^<]+)</text>', drawn)
    assert labels
    for x, text in labels:
        assert float(x) >= 7.2 * len(text)
