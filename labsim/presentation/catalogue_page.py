"""The page of the catalogue: every system of the documents and what it is in the laboratory.

Takes: the instruments, the systems that are none, the evidence. Gives: ``docs/catalogue.md`` and
its Chinese twin, written by ``python -m labsim.presentation.catalogue_page docs/catalogue.md``.
Nothing on the page is typed; a test fails when it is not the one that is generated.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.catalogue_words import FAMILIES, causal, claimed, differs, figure, mechanisms, moves
from labsim.scenario.instruments import Instrument, Variant, evidence_rows, instruments
from labsim.scenario.not_instruments import NotInstrument, not_instruments

_HEAD = (
    t("系统", "system"), t("工具", "instrument"), t("机制", "mechanism"),
    t("杠杆（原值 → 新值）", "levers (old → new)"),
    t("文件主张的指标", "indicators claimed"), t("文件中的数字", "figures of the documents"),
)  # fmt: skip
_TITLE = t("治理工具目录", "The catalogue of instruments")
_NAME_ONLY = t("另一名称", "another name for it")


def _opening() -> Text:
    every = instruments().values()
    variants = [variant for one in every for variant in one.variants]
    own, none = sum(variant.has_values for variant in variants), len(not_instruments())
    many = len(every) + len(variants) + none
    return t(
        f"文件描述的 {many} 个系统：{len(every)} 项治理工具，{len(variants)} 个变体（其中 {own} 个有自己的参数），"
        f"{none} 个不是工具。机制一栏是 [model.md](model.md) 第 6 节的子模型；杠杆只写改动；"
        "主张是文件说的，模型并不知道；"
        "带 † 的数字由原文归因于某项措施，但原文都没有样本量、对照与误差。证据编号见 `data/evidence.csv`。"
        '在情景中写 `name = "工具"`，变体另加 `variant = "编号"`；`labsim instruments 名称 --detail` 显示全部。'
        "此页由程序生成。",
        f"The documents describe {many} systems: {len(every)} instruments, {len(variants)} variants of them ({own} "
        f"with values of their own) and {none} that are no instrument. Mechanisms are the submodels of section 6 of "
        "[model.md](model.md). Levers are what is changed. Claims are the documents': the model is not told. Figures "
        "with † are tied to a policy by the text itself, always without a sample size, a control or an error. Ids are "
        'those of `data/evidence.csv`. A scenario says `name = "instrument"`, and `variant = "code"` for a variant; '
        "`labsim instruments NAME --detail` shows everything. This page is generated.",
    )


def _figures(ids: Iterable[str], lang: str) -> str:
    rows = evidence_rows()
    return "<br>".join(
        f"`{name}` {figure(rows[name]).in_language(lang)}{' †' if causal(rows[name]) else ''}"
        for name in dict.fromkeys(ids)
    )


def _cell(texts: Sequence[Text], lang: str) -> str:
    return "<br>".join(text.in_language(lang) for text in texts)


def _instrument_row(one: Instrument, lang: str) -> list[str]:
    needs = "".join(f"<br>module_{module}" for module in one.needs())
    return [
        f"**{one.code} {one.name.in_language(lang)}**", f"`{one.id}`{needs}", _cell(mechanisms(one), lang),
        _cell(moves(one.levers), lang), _cell([claimed(claim) for claim in one.claims], lang),
        _figures(one.own_evidence(), lang),
    ]  # fmt: skip


def _variant_row(one: Instrument, variant: Variant, lang: str) -> list[str]:
    return [
        f"{variant.code} {variant.name.in_language(lang)}", f"→ {one.code} `{one.id}`", "",
        _cell(differs(variant) or [_NAME_ONLY], lang), "", _figures(variant.all_evidence(), lang),
    ]  # fmt: skip


def _other_row(one: NotInstrument, lang: str) -> list[str]:
    closest = ", ".join(f"`{name}`" for name in one.instead)
    none = t(f"不是工具，见 {closest}", f"none; see {closest}").in_language(lang)
    return [f"{one.code} {one.name.in_language(lang)}", none, one.why.in_language(lang), "", "",
            _figures(one.evidence, lang)]  # fmt: skip


def page(lang: str) -> str:
    """Return the whole page in one language."""
    rows: dict[str, list[str]] = {}
    for one in instruments().values():
        rows[one.code] = _instrument_row(one, lang)
        rows |= {variant.code: _variant_row(one, variant, lang) for variant in one.variants}
    rows |= {one.code: _other_row(one, lang) for one in not_instruments().values()}
    lines = [f"# {_TITLE.in_language(lang)}", "", _opening().in_language(lang), ""]
    for letter, family in zip("ABCDEFGHI", FAMILIES.values(), strict=True):
        head = [heading.in_language(lang) for heading in _HEAD]
        lines += [f"## {letter} {family.in_language(lang)}", "", _line(head), _line(["---"] * len(head))]
        lines += [_line(rows[code]) for code in sorted(rows) if code.startswith(letter)]
        lines.append("")
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def files(path: Path) -> dict[Path, str]:
    """Return the English page and its Chinese twin beside it, by file."""
    return {path: page("en"), path.with_suffix(".zh.md"): page("zh")}


def main(paths: Iterable[str]) -> None:
    """Write the page, and its Chinese twin, for each path of an English page."""
    for path in map(Path, paths):
        for file, text in files(path).items():
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
