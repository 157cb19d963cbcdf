"""A workbook back to a scenario, checked like a scenario file: every problem at once, each with its cell.

Takes: the bytes of an ``.xlsx``. Gives: a scenario. Nothing in the file is executed: a formula is a problem and
not a value, macros are refused, and what would unpack to very much is not opened.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, nearest, raise_if
from labsim.foundations.i18n import LANGUAGES, t
from labsim.presentation import sheet
from labsim.scenario.reading import Reader
from labsim.scenario.scenario import Scenario
from labsim.scenario.tomlsource import Source

_MOST = 50_000_000
_MOST_ROWS = 2000
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def read_workbook(content: bytes, file: str) -> Scenario:
    """Return the scenario of a workbook.

    Args:
        content: of the file.
        file: how it is called in messages.

    Raises:
        InputError: all that is wrong with it, with the cells.
    """
    book = _opened(content, file)
    found = _Cells(book, file)
    found.read()
    source = Source(found.data, found.places, found.problems)
    reader = Reader(source, file, re.sub(r"\W", "_", file.rsplit("/", 1)[-1].rsplit(".", 1)[0]) or "scenario")
    scenario = reader.scenario()
    raise_if(reader.problems)
    assert scenario is not None
    return scenario


def _opened(content: bytes, file: str) -> Any:
    def refused(what: Text) -> InputError:
        return InputError([Problem(Where(file), what, t("由 labsim 写出的 .xlsx", "an .xlsx written by labsim"))])

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _MOST:
                raise refused(t("解压后太大", "it unpacks to too much"))
            if any("vba" in one.filename.lower() for one in archive.infolist()):
                raise refused(t("含有宏，不予打开", "it holds macros and is not opened"))
            if any(_ENTITY.search(archive.read(one)) for one in archive.infolist() if one.filename.endswith(".xml")):
                raise refused(t("含有实体声明，不予打开", "it declares entities and is not opened"))
        return load_workbook(io.BytesIO(content), keep_links=False)
    except InputError:
        raise
    except Exception as error:  # whatever a damaged archive makes its library say
        raise refused(t(f"不是可读的工作簿（{error}）", f"it is no readable workbook ({error})")) from None


class _Cells:
    """Reads sheets into the data of a scenario file, and remembers the cell of every key."""

    def __init__(self, book: Any, file: str) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[str, Where] = {}
        self.problems: list[Problem] = []
        self._file = file
        self._book = book
        self._rows: dict[int, int] = {}

    def read(self) -> None:
        """Read every sheet that is there; one that has another name is told, one that is missing holds nothing."""
        named = {title.in_language(lang): key for key, title in sheet.TITLES.items() for lang in LANGUAGES}
        pages: dict[str, Worksheet] = {}
        for page in self._book.worksheets:
            if page.title in named:
                pages[named[page.title]] = page
            elif page.sheet_state == "visible":
                what = t(f"没有名为“{page.title}”的工作表", f"there is no sheet named '{page.title}'")
                names = t(
                    "、".join(x.zh for x in sheet.TITLES.values()), ", ".join(x.en for x in sheet.TITLES.values())
                )
                self.problems.append(Problem(Where(self._file), what, names, nearest(page.title, named)))
        if sheet.SETTINGS in pages:
            self._settings(pages[sheet.SETTINGS])
        for section in sheet.VALUES:
            if section in pages:
                self._values(pages[section], section)
        for section in sheet.LISTS:
            if section in pages:
                self._list(pages[section], section)

    def _at(self, page: Worksheet, cell: Any) -> Where:
        return Where(f"{self._file} {page.title}!{cell.coordinate}")

    def _value(self, page: Worksheet, cell: Any) -> Any:
        """Return what a cell holds; a formula or an error holds nothing, and is told."""
        value = cell.value
        if cell.data_type in ("f", "e"):
            what = t(f"单元格里是公式或错误值：{value}", f"the cell holds a formula or an error: {value}")
            self.problems.append(Problem(self._at(page, cell), what, t("写数值，不写公式", "a value, no formula")))
            return None
        if isinstance(value, str):
            value = value if value.strip() else None
        return value.date() if isinstance(value, datetime) else value

    def _settings(self, page: Worksheet) -> None:
        named = {label.in_language(lang): key for key, label in sheet.FIELDS.items() for lang in LANGUAGES}
        for first, second, *_ in page.iter_rows(min_row=2, max_row=_MOST_ROWS, max_col=2):
            label, value = first.value, self._value(page, second)
            if label is None or value is None:
                continue
            key = named.get(str(label).strip())
            if key is None:
                what = t(f"没有名为“{label}”的项目", f"there is no entry named '{label}'")
                guess = nearest(str(label), named)
                self.problems.append(Problem(self._at(page, first), what, None, guess))
                continue
            head, _, lang = key.partition(".")
            if lang:
                self.data.setdefault(head, {})[lang] = str(value)
            else:
                self.data[head] = str(value) if head == "name" else value
            self.places[key] = self.places[head] = self._at(page, second)

    def _columns(self, page: Worksheet, heads: Mapping[str, Text]) -> dict[str, int]:
        """Return the column of each heading; headings that are not known are told."""
        named = {label.in_language(lang): key for key, label in heads.items() for lang in LANGUAGES}
        found: dict[str, int] = {}
        for cell in page[1]:
            if cell.value is None:
                continue
            key = named.get(str(cell.value).strip())
            if key is not None:
                found[key] = cell.column
            else:
                what = t(f"没有名为“{cell.value}”的列", f"there is no column named '{cell.value}'")
                self.problems.append(Problem(self._at(page, cell), what, None, nearest(str(cell.value), named)))
        return found

    def _filled(self, page: Worksheet, heads: Mapping[str, Text]) -> Iterator[tuple[int, dict[str, tuple[Any, Any]]]]:
        """Yield the number of each row below the headings with its cells and values by column."""
        columns = self._columns(page, heads)
        for row in page.iter_rows(min_row=2, max_row=_MOST_ROWS):
            by_column = {cell.column: cell for cell in row}
            cells = {key: by_column[j] for key, j in columns.items() if j in by_column}
            yield row[0].row, {key: (cell, self._value(page, cell)) for key, cell in cells.items()}

    def _values(self, page: Worksheet, section: str) -> None:
        for _, cells in self._filled(page, sheet.VALUE_HEADS):
            cell, value = cells.get("value", (None, None))
            name = cells.get("name", (None, None))[1]
            if value is None or name is None:
                continue
            self.data.setdefault(section, {})[str(name).strip()] = value
            self.places[f"{section}.{str(name).strip()}"] = self._at(page, cell)

    def _list(self, page: Worksheet, section: str) -> None:
        kept = section if section != "own" else "instruments"
        for number, cells in self._filled(page, sheet.LISTS[section]):
            given = {key: value for key, (_, value) in cells.items() if value is not None}
            if not given:
                continue
            for key in given:
                if (section, key) in sheet.OFFERS:
                    given[key] = sheet.chosen(str(given[key]))
            where = {key: self._at(page, cells[key][0]) for key in given}
            if section == "own":
                self._own(given, where, self._at(page, next(cell for cell, _ in cells.values())))
                continue
            if isinstance(given.get("variant"), int | float):
                given["variant"] = str(given["variant"])
            entries = self.data.setdefault(kept, [])
            self._rows[number] = len(entries) if section == "instruments" else self._rows.get(number, -1)
            at = f"{kept}[{len(entries)}]"
            entries.append(given)
            self.places[at] = next(iter(where.values()))
            self.places |= {f"{at}.{key}": place for key, place in where.items()}

    def _own(self, given: dict[str, Any], where: dict[str, Where], row: Where) -> None:
        """Put a value of its own where the instrument is that it belongs to."""
        at = self._rows.get(given.get("row", -1), -1)
        entries = self.data.get("instruments", [])
        if at < 0 or not {"lever", "value"} <= given.keys():
            what = t("要写明工具所在的行、杠杆与取值", "it needs the row of an instrument, a lever and a value")
            rows = "、".join(str(number) for number, i in self._rows.items() if i >= 0)
            self.problems.append(Problem(where.get("row", row), what, t(f"行：{rows or '–'}", f"rows: {rows or '–'}")))
            return
        entries[at].setdefault("levers", {})[given["lever"]] = given["value"]
        self.places[f"instruments[{at}].levers.{given['lever']}"] = where["value"]
