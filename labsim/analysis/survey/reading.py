"""Files of data as they come: SPSS, Stata, SAS, CSV and Excel, in UTF-8 or a Chinese encoding.

Takes: a path. Gives: :class:`RawTable`: cells as they are, with value labels and the codes that the file
itself declares as missing, kept apart and never turned into nothing.
"""

import csv
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from labsim.foundations.errors import InputError, Problem, Where, reason
from labsim.foundations.i18n import t

ENDINGS = (".sav", ".zsav", ".dta", ".sas7bdat", ".csv", ".tsv", ".txt", ".xlsx")
_ENCODINGS = ("utf-8-sig", "gb18030")
_MOST_BYTES = 2_000_000_000


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in a file.

    Attributes:
        frame: one row per person, one column per variable.
        labels: of variables, where the file has them.
        value_labels: of values by variable.
        missing: of each variable the ranges (low, high) of values that the file declares as missing.
        encoding: of the text, or the format that knows its own.
    """

    frame: pd.DataFrame
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)
    missing: Mapping[str, tuple[tuple[Any, Any], ...]] = field(default_factory=dict)
    encoding: str = "utf-8"


def read_table(path: Path) -> RawTable:
    """Return the table of a file, by its ending.

    Raises:
        InputError: the file is missing, broken, too large or of another kind.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise _refused(path, t(f"不支持 {ending or path.name}", f"{ending or path.name} is not supported"))
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _refused(path, t("文件超过 2 GB", "the file is larger than 2 GB"))
        if ending in (".csv", ".tsv", ".txt"):
            return _text(path)
        return _excel(path) if ending == ".xlsx" else _statistical(path, ending)
    except OSError as error:
        why = reason(error)
        raise _refused(path, t(f"无法读取：{why.zh}", f"cannot be read: {why.en}")) from None


def _refused(path: Path, what: Any) -> InputError:
    return InputError([Problem(Where(str(path)), what, t(", ".join(ENDINGS), ", ".join(ENDINGS)))])


def _text(path: Path) -> RawTable:
    content = path.read_bytes()
    names = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else _ENCODINGS
    for encoding in names:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refused(path, t("编码既不是 UTF-8 也不是 GB18030", "the encoding is neither UTF-8 nor GB18030"))
    if "\0" in text or not text.strip():
        raise _refused(path, t("不是文本表格，或文件为空", "this is no table of text, or it is empty"))
    first = text.lstrip().splitlines()[0]
    separator = max("\t,;|", key=first.count) if any(sign in first for sign in "\t,;|") else ","
    rows = [row for row in csv.reader(io.StringIO(text.lstrip()), delimiter=separator) if any(row)]
    heads = [head.strip() for head in rows[0]]
    wrong = [i for i, row in enumerate(rows[1:], 2) if len(row) != len(heads)]
    if wrong:
        few = ", ".join(map(str, wrong[:5]))
        raise _refused(
            path, t(f"第 {few} 行的列数与表头不同", f"rows {few} have another number of cells than the head")
        )
    return _named(path, RawTable(pd.DataFrame(rows[1:], columns=heads, dtype=object), encoding=encoding))


def _excel(path: Path) -> RawTable:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that no survey needs
            whole = pd.read_excel(path, header=None, dtype=object, engine="openpyxl")
    except (ImportError, OSError):
        raise
    except Exception as error:  # whatever openpyxl says of a broken file, it is the file's fault
        raise _refused(path, t(f"Excel 文件损坏：{error}", f"broken Excel file: {error}")) from None
    if whole.empty:
        raise _refused(path, t("工作表是空的", "the sheet is empty"))
    # The head is taken as it stands: pandas would give a name that is there twice a number, and nobody would notice.
    heads = [f"Unnamed: {i}" if pd.isna(name) else str(name).strip() for i, name in enumerate(whole.iloc[0])]
    return _named(path, RawTable(whole.iloc[1:].set_axis(heads, axis=1).reset_index(drop=True), encoding="xlsx"))


def _statistical(path: Path, ending: str) -> RawTable:
    import pyreadstat

    readers: dict[str, Any] = {".sav": pyreadstat.read_sav, ".zsav": pyreadstat.read_sav, ".dta": pyreadstat.read_dta,
               ".sas7bdat": pyreadstat.read_sas7bdat}  # fmt: skip
    said = ""
    # A file says its own encoding; old ones from Chinese systems say another one than they use.
    for encoding in (None, "GB18030", "UTF-8"):
        try:
            frame, meta = readers[ending](str(path), user_missing=True, encoding=encoding)
            break
        except OSError:
            raise
        except Exception as error:  # ReadstatError has many parents between versions
            said = said or str(error)
    else:
        raise _refused(path, t(f"文件损坏或编码未知：{said}", f"broken file or unknown encoding: {said}"))
    labels = {name: str(label) for name, label in meta.column_names_to_labels.items() if label}
    ranges = {name: tuple((one["lo"], one["hi"]) for one in some) for name, some in (meta.missing_ranges or {}).items()}
    codes = {name: tuple((one, one) for one in some) for name, some in (meta.missing_user_values or {}).items()}
    return _named(path, RawTable(frame, labels, meta.variable_value_labels, {**ranges, **codes}, ending[1:]))


def _named(path: Path, table: RawTable) -> RawTable:
    """Return the table when its columns have names of their own.

    Raises:
        InputError: no rows, or a name twice.
    """
    heads = list(table.frame.columns)
    twice = sorted({str(name) for name in heads if heads.count(name) > 1})
    if twice:
        raise _refused(
            path, t(f"重复的列名：{', '.join(twice[:5])}", f"columns of the same name: {', '.join(twice[:5])}")
        )
    if table.frame.empty:
        raise _refused(path, t("没有任何一行数据", "there is no row of data"))
    return table
