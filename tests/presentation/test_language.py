"""Whatever a reader can see exists in Chinese and in English."""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from labsim.foundations.declared import Text
from labsim.model.day import ORDER
from labsim.presentation import words
from labsim.presentation.cli import main, names
from labsim.presentation.doctor import findings
from labsim.presentation.words_evidence import IN_CHINESE
from labsim.presentation.words_sources import source
from labsim.results.declaration import UNITS
from labsim.results.indicators import GROUP_LABELS, indicators
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.world import WORLD

CHINESE = re.compile(r"[\u3400-\u9fff]")
PRESENTATION = Path(words.__file__).parent
# Who takes a text in both languages: the Chinese first.
PAIRS = {"t", "Text", "words", "say", "entry"}


def texts() -> Iterator[tuple[str, Text]]:
    """Give every declared text with what it belongs to."""
    for catalogue in (LEVERS, WORLD, COMMUNITY):
        for name, q in catalogue.items():
            yield name, q.label
    for name, item in indicators().items():
        yield name, item.label
        yield f"{name}: definition", item.definition
    for name, one in instruments().items():
        yield name, one.name
        yield f"{name}: what", one.what
        for said in one.contradictions:
            yield f"{name}: contradiction", Text(zh=said.zh, en=said.en)
        for lever, setting in one.levers.items():
            if setting.note is not None:
                yield f"{name}: {lever}", setting.note
    yield from ((name, unit) for name, unit in UNITS.items())
    yield from ((name, label) for name, label in GROUP_LABELS.items())
    yield from ((step.kernel, step.label) for step in ORDER)
    for check in findings():
        yield from ((check.name, text) for text in (check.topic, check.what, check.fix) if text is not None)
    for unit in {q.unit for catalogue in (LEVERS, WORLD, COMMUNITY) for q in catalogue.values()}:
        yield unit, words.quantity(2.0, unit)
    yield from sources()


def sources() -> Iterator[tuple[str, Text]]:
    """Give on whose word every value stands, as a reader meets it."""
    for catalogue in (LEVERS, WORLD, COMMUNITY):
        yield from ((name, source(q.source)) for name, q in catalogue.items())
    for name, one in instruments().items():
        for settings in (one.levers, *(variant.levers for variant in one.variants)):
            for setting in settings.values():
                yield name, source(f"{setting.provenance.value}: {', '.join(setting.evidence)}")


def test_sources_are_words_and_no_keys():
    """A new evidence id needs its words in words_evidence.py."""
    key = re.compile(r"(?<![\w/])[a-z]+_[a-z_\d]+(?!\w|\.toml)")
    assert [(name, text.zh, text.en) for name, text in sources() if key.search(text.zh) or key.search(text.en)] == []


def test_english_has_no_chinese():
    assert [(name, text.en) for name, text in texts() if CHINESE.search(text.en)] == []


def test_labels_are_in_chinese():
    """A label that is the same in both languages was not translated."""
    catalogues = (LEVERS, WORLD, COMMUNITY, indicators(), instruments())
    labels = [q.name if isinstance(q.name, Text) else q.label for c in catalogues for q in c.values()]
    assert len(labels) > 200
    assert [label.zh for label in labels if not CHINESE.search(label.zh)] == []


def lonely(tree: ast.AST) -> list[str]:
    """Return Chinese literals that are not the first of a pair."""
    paired: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            chinese = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "zh")]
            if name in PAIRS and len(node.args) + len(node.keywords) >= 2:
                paired |= {id(inner) for one in chinese for inner in ast.walk(one)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in paired
    ]


# Halves of pairs that are put together from parts, and Chinese that is itself the subject.
KNOWN = {
    "reference.py": {"中文"},
    "options.py": {
        "用法：",
        "参数：",
        "选项：",
        "命令：",
        "[默认：",
        "[必填]",
        "显示本说明。",
        "[选项]",
        "命令 [参数]",
        "<文字，可重复>",
        "<文字>",
        "<整数>",
        "<数字>",
        "<文件>",
        "年龄",
        "流动人口",
        "数字可及",
    },
    "words.py": {" 起", "， ", " 天到位", "，", " 止"},
    "charts.py": {"：", "（", "），n = "},
    "words_evidence.py": {IN_CHINESE},
}


@pytest.mark.parametrize("path", sorted(PRESENTATION.glob("*.py")), ids=lambda p: p.name)
def test_no_chinese_without_english_in_code(path: Path):
    found = lonely(ast.parse(path.read_text(encoding="utf-8")))
    assert set(found) - KNOWN.get(path.name, set()) == set()


@pytest.mark.parametrize("text", ['print("你好")', 't("你好")', 'say(t("a", "b"), "你好")', 'x = f"{n} 次"'])
def test_a_lonely_text_is_found(text: str):
    assert lonely(ast.parse(text))


@pytest.mark.parametrize("text", ['t("你好", "hello")', 't(f"{n} 次", f"{n} times")', 'Text(zh="你", en="you")'])
def test_a_pair_is_no_lonely_text(text: str):
    assert lonely(ast.parse(text)) == []


PACKAGE = PRESENTATION.parent
# What works on a text and is none of it.
HELPERS = {"len", "str", "round", "abs", "float", "int", "in_language", "chosen"}


def said(node: ast.AST) -> str:
    """Return the words of an expression that are written there."""
    return "".join(n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str))


def shown(node: ast.AST) -> set[str]:
    """Return what a text is filled with: the names inside its braces, without the language that they end in."""
    holes = [n.value for n in ast.walk(node) if isinstance(n, ast.FormattedValue)]
    names = {n.id for hole in holes for n in ast.walk(hole) if isinstance(n, ast.Name)}
    return {re.sub(r"_?(zh|en)$", "", name) for name in names - HELPERS} - {""}


def halves(tree: ast.AST) -> Iterator[tuple[int, ast.AST, ast.AST]]:
    """Give line, Chinese and English of every text in both languages."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"t", "Text", "words"}:
            named = {k.arg: k.value for k in node.keywords}
            both = [*node.args, *(named[k] for k in ("zh", "en") if k in named)]
            if len(both) == 2 and not any(isinstance(one, ast.Starred) for one in both):
                yield node.lineno, both[0], both[1]


def unlike(tree: ast.AST, known: Collection[str] = ()) -> list[str]:
    """Return what is wrong with the pairs of a module: a half that is empty, not translated, or tells less."""
    wrong = []
    for line, zh, en in halves(tree):
        literal = isinstance(zh, ast.Constant | ast.JoinedStr) and isinstance(en, ast.Constant | ast.JoinedStr)
        if literal and bool(said(zh).strip() or shown(zh)) != bool(said(en).strip() or shown(en)):
            wrong.append(f"{line}: one half is empty")
        if CHINESE.search(said(en)):
            wrong.append(f"{line}: Chinese in the English half")
        # A phrase in words that are no code, such as a command, has to be translated.
        if (
            literal
            and said(zh) == said(en)
            and re.search(r"[a-z]{2,} [a-z]{2,}", said(en))
            and not CODE.search(said(en))
        ):
            wrong.append(f"{line}: {said(en)!r} is English in both")
        if literal and (alone := (shown(zh) ^ shown(en)) - set(known)):
            wrong.append(f"{line}: {alone} only in one half")
    return wrong


CODE = re.compile(r"^(pip install|labsim) |^low < high")
# One half is put together from other names than the other, and tells the same.
OTHERWISE = {
    "analysis/survey/survey.py": {"_TOLD"},  # "three kinds in all" and "and one more"
    "presentation/lab/body.py": {"asked", "names"},
    "results/catalogue_evaluation.py": {"colour"},  # the other half is the colour in Chinese
    "scenario/entries.py": {"units"},
    "scenario/tomlsource.py": {"_in_chinese"},
}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_both_halves_of_every_text_tell_the_same(path: Path):
    assert (
        unlike(ast.parse(path.read_text(encoding="utf-8")), OTHERWISE.get(path.relative_to(PACKAGE).as_posix(), ()))
        == []
    )


@pytest.mark.parametrize(
    "text",
    [
        't("你好", "")',
        't("", "hello")',
        't("你好 world", "你好")',
        't("no such file", "no such file")',
        't(f"{n} 次", "some times")',
        't(f"{n} 次", f"{m} times")',
        'Text(zh="共", en=f"{n} in all")',
    ],
)
def test_halves_that_do_not_tell_the_same_are_found(text: str):
    assert unlike(ast.parse(text))


@pytest.mark.parametrize(
    "text",
    ['t("你好", "hello")', 't(f"{why.zh}：{n}", f"{n}: {why.en}")', 't(f"{unit_zh}", f"{unit_en}")', 't("δ", "δ")'],
)
def test_halves_that_tell_the_same_are_not(text: str):
    assert unlike(ast.parse(text)) == []


def test_the_pairs_are_found():
    assert sum(1 for path in PACKAGE.rglob("*.py") for _ in halves(ast.parse(path.read_text(encoding="utf-8")))) > 2000


def test_no_chinese_without_english_in_templates():
    for path in (PRESENTATION / "templates").glob("*.j2"):
        text = path.read_text(encoding="utf-8")
        pairs = r"""say\("[^"]*", "[^"]+"\)|say\('[^']*', '[^']+'\)"""
        bare = re.sub(pairs, "", re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL))
        # The name of a language is written in that language, and a page has one title.
        title = '{{ "社区治理政策简报" if lang == "zh" else "Community policy brief" }}'
        for known in (' aria-label="中文"', ">中文</label>", ">中文</button>", title):
            bare = bare.replace(known, "")
        assert CHINESE.findall(bare) == [], path.name


LITERAL = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
SAID = re.compile(rf"""say\(\s*{LITERAL},\s*{LITERAL},?\s*\)|\[{LITERAL}, {LITERAL}\]""")


def bare_in_script(text: str) -> list[str]:
    """Return Chinese characters of a script that stand in no pair."""
    return CHINESE.findall(SAID.sub("", re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)))


def test_no_chinese_without_english_in_the_pages_of_the_sandbox():
    scripts = sorted((PRESENTATION / "sandbox" / "static").glob("*.js"))
    assert len(scripts) >= 4
    assert {path.name: bare_in_script(path.read_text(encoding="utf-8")) for path in scripts} == {
        path.name: [] for path in scripts
    }
    assert bare_in_script('a.append("你好")')
    assert bare_in_script('say("你好")')


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_of_commands_is_in_one_language_and_cuts_no_sentence(
    lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--help", "--lang", lang]) == 0
    usage, *listed = capsys.readouterr().out.splitlines()
    assert len(listed) > len(names())
    assert [line for line in listed if line.endswith("...")] == []
    assert bool(CHINESE.search("".join([usage, *listed]))) == (lang == "zh")
    if lang == "zh":
        assert main(["compare", "--help", "--lang", lang]) == 0
        assert re.findall(r"OPTIONS|ARGS|<[a-z]+|\[default|\[required", usage + capsys.readouterr().out) == []
