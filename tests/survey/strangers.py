"""Survey files as strangers send them: odd labels, spare columns, dates, long texts, codes for no answer, damage.

Nearly all can be read, and what they hold is known; the rest have one thing wrong with them that must be told.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

FORMS = ("sav", "zsav", "dta", "csv", "bom", "gbk", "utf16", "tsv", "semicolon", "xlsx")
FAULTS = ("cut", "twice", "none", "strange", "empty", "missing column")
_ENCODINGS = {"csv": "utf-8", "bom": "utf-8-sig", "gbk": "gbk", "utf16": "utf-16", "tsv": "utf-8", "semicolon": "utf-8"}
_SEPARATORS = {"tsv": "\t", "semicolon": ";"}
_TEXT = ("csv", "bom", "gbk", "utf16", "tsv", "semicolon")
_HEADS = {
    "stat": ("q1", "A_02", "Q9_1", "VAR00001", "w", "变量1"),
    "text": ("b1. 参加过吗", "q 1", "是否参加（12个月）", "Q1"),
}
_CODES = ((1, 2), (1, 0), (2, 1))
_WORDS = (("是", "否"), ("Yes", "No"), ("参加过", "没有参加过"))
_MISSING = ((97, 98, 99), (-3, -2, -1), (7, 8, 9))
_LONG = "，".join(["社区反映了很多问题"] * 30)


@dataclass(frozen=True)
class Stranger:
    """A file, its codebook and what it holds.

    Attributes:
        file: of data.
        book: codebook.
        yes: who said yes.
        no: who said no.
        refused: who refused.
        scale: sum of answers on the scale of 1 to 5, and how many there are.
        fault: what is wrong; empty when nothing is.
    """

    file: Path
    book: Path
    yes: int
    no: int
    refused: int
    scale: tuple[float, int]
    fault: str


def stranger(number: int, folder: Path) -> Stranger:
    """Write one file and its codebook; the same number always writes the same."""
    luck = random.Random(number)
    form, n = FORMS[number % len(FORMS)], luck.randint(20, 80)
    fault = luck.choice(FAULTS) if luck.random() < 0.2 else ""
    text = form in _TEXT or form == "xlsx"
    yes, no = luck.choice(_WORDS) if text and luck.random() < 0.5 else luck.choice(_CODES)
    refused, unknown, skipped = luck.choice(_MISSING)
    head = luck.choice(_HEADS["text" if text else "stat"])
    answers = luck.choices([yes, no, refused, unknown, skipped], [5, 4, 1, 1, 1], k=n)
    places = luck.choices([1, 2, 3, 4, 5, refused, unknown], [3, 3, 3, 3, 3, 1, 1], k=n)
    answers[0], places[0] = yes, 3
    columns: dict[str, list[Any]] = {head: answers, "满意度" if luck.random() < 0.5 else "sat": places}
    scale = list(columns)[1]
    spare: dict[str, list[Any]] = {
        "日期": [f"2026-0{luck.randint(1, 9)}-1{luck.randint(0, 9)}" for _ in range(n)],
        "意见": [luck.choice(["", _LONG, "没有,意见", 'a "quoted" word', "多行 文本"]) for _ in range(n)],
        "nothing": [None] * n,
        "身份": [f"{luck.randint(0, 10**9):018d}" for _ in range(n)],
        "小数": [luck.random() * 10 ** luck.randint(-6, 9) for _ in range(n)],
    }
    for name in luck.sample(list(spare), luck.randint(0, len(spare))):
        columns[name] = spare[name]
    order = luck.sample(list(columns), len(columns))
    table = pd.DataFrame({name: columns[name] for name in order})
    if fault == "none":
        table = table.iloc[:0]
    if fault == "strange":
        table.loc[n - 1, scale] = 77
    path = folder / f"{number}.{ {'bom': 'csv', 'gbk': 'csv', 'utf16': 'txt', 'semicolon': 'csv'}.get(form, form) }"
    _write(path, table, form, (refused, unknown, skipped), head if fault == "twice" and text else "")
    if fault == "cut":
        path.write_bytes(path.read_bytes()[: luck.randint(1, 40)])
    if fault == "empty":
        path.write_bytes(b"")
    if fault == "twice" and not text:
        fault = ""
    said = "b99" if fault == "missing column" else head
    book = folder / f"{number}.toml"
    book.write_text(
        f"[missing]\nrefused = [{refused}]\ndont_know = [{unknown}]\nskipped = [{skipped}]\n"
        f'[variables.offline_12m]\ncolumn = "{said}"\nvalues = {{ yes = [{_toml(yes)}], no = [{_toml(no)}] }}\n'
        f'[variables.trust]\ncolumn = "{scale}"\nscale = [1, 5]\n', encoding="utf-8",
    )  # fmt: skip
    given = [one for one in places if 1 <= one <= 5]
    return Stranger(path, book, answers.count(yes), answers.count(no), answers.count(refused),
                    (float(sum(given)), len(given)), fault)  # fmt: skip


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _write(path: Path, table: pd.DataFrame, form: str, missing: tuple[int, int, int], twice: str) -> None:
    shown = pd.concat([table, table[[twice]]], axis=1) if twice else table
    if form in _TEXT:
        made = shown.to_csv(index=False, sep=_SEPARATORS.get(form, ","), lineterminator="\r\n")
        path.write_bytes(made.encode(_ENCODINGS[form]))
    elif form == "xlsx":
        shown.to_excel(path, index=False)
    else:
        library: Any = pyreadstat
        named = {name: f"{name}？标签 label of {name}" * 3 for name in table.columns}
        plain = table.assign(nothing=float("nan")) if "nothing" in table else table
        if form == "dta":
            library.write_dta(plain, str(path), column_labels=[one[:79] for one in named.values()])
        else:
            low, high = min(missing), max(missing)
            numbers = [name for name in table.columns if pd.api.types.is_integer_dtype(table[name])]
            ranges = {name: [{"lo": low, "hi": high}] for name in numbers}
            library.write_sav(plain, str(path), column_labels=list(named.values()), missing_ranges=ranges,
                              compress=form == "zsav")  # fmt: skip
