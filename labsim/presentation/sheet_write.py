"""A scenario as a workbook that people fill in: headings in words, choices, limits that the cell itself checks.

Takes: a scenario and a language. Gives: the bytes of an ``.xlsx`` that :mod:`sheet_read` reads back without loss.
"""

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from labsim.foundations.declared import Kind, Quantity
from labsim.foundations.i18n import t
from labsim.presentation import sheet
from labsim.presentation.brief.tables import on_paper
from labsim.presentation.words_sources import source
from labsim.scenario.scenario import Scenario
from labsim.scenario.units import unit_text

_HEAD = PatternFill("solid", fgColor="1D2733")
_FILL_IN = PatternFill("solid", fgColor="FFF8E0")
_HIDDEN = "lists"
_ON = t("开", "on")
_OFF = t("关", "off")
_WIDTHS = {"label": 38, "value": 20, "source": 60, "name": 34, "lever": 46, "kind": 34, "unit": 18}


def workbook_of(scenario: Scenario, lang: str) -> bytes:
    """Return a scenario as a workbook."""
    book = Workbook()
    first: Any = book.active
    first.title = sheet.TITLES[sheet.SETTINGS].in_language(lang)
    offered = _offers(book, lang)
    _settings(first, scenario, lang)
    for section in sheet.VALUES:
        _values(book.create_sheet(sheet.TITLES[section].in_language(lang)), section, scenario, lang)
    rows = {
        "instruments": list(_instruments(scenario, lang)),
        "own": list(_own(scenario, lang)),
        "phases": [
            [_choice("lever", p.lever, lang), exact(p.value), p.start, p.ramp or None, p.stop] for p in scenario.phases
        ],
        "injects": [
            [one.day, _choice("kind", one.kind.name.lower(), lang), exact(one.magnitude), one.target]
            for one in scenario.injects
        ],
    }
    for section, entries in rows.items():
        _list(book.create_sheet(sheet.TITLES[section].in_language(lang)), section, entries, lang, offered)
    for page in book.worksheets:
        on_paper(page)
    book.move_sheet(_HIDDEN, len(book.sheetnames))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def exact(value: float) -> Any:
    """Return a number as a cell keeps it exactly: as text where the 16 digits of a workbook would lose some."""
    if float(value).is_integer() and abs(value) < 1e15 and not (value == 0 and str(value).startswith("-")):
        return int(value)
    return value if float(f"{value:.16g}") == value and value != 0 else repr(value)


def _choice(kind: str, name: str, lang: str) -> str:
    return sheet.choices()[kind].said(name, lang)


def _instruments(scenario: Scenario, lang: str) -> Iterator[list[Any]]:
    for one in scenario.instruments:
        yield [_choice("instrument", one.name, lang), one.variant, one.start, one.ramp or None, one.stop]


def _own(scenario: Scenario, lang: str) -> Iterator[list[Any]]:
    for i, one in enumerate(scenario.instruments):
        for name, value in one.levers.items():
            yield [i + 2, _choice("lever", name, lang), exact(value)]


def _offers(book: Workbook, lang: str) -> dict[str, str]:
    """Write the choices on a hidden sheet and return where each list stands."""
    page = book.create_sheet(_HIDDEN)
    page.sheet_state = "hidden"
    places = {}
    for j, (kind, some) in enumerate(sheet.choices().items(), 1):
        words = [some.said(name, lang) for name in some.words]
        words = words or [_ON.in_language(lang), _OFF.in_language(lang)]
        for i, word in enumerate(words, 1):
            page.cell(i, j, word)
        column = get_column_letter(j)
        places[kind] = f"={_HIDDEN}!${column}$1:${column}${len(words)}"
    return places


def _headed(page: Worksheet, heads: list[str], widths: list[int]) -> None:
    for j, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        cell = page.cell(1, j, head)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        page.column_dimensions[get_column_letter(j)].width = width
    page.freeze_panes = "A2"


def _settings(page: Worksheet, scenario: Scenario, lang: str) -> None:
    _headed(page, [t("项目", "what").in_language(lang), t("内容", "content").in_language(lang)], [34, 60])
    about = scenario.description
    values = {
        "name": scenario.name, "label.zh": scenario.label.zh, "label.en": scenario.label.en,
        "description.zh": about.zh if about else None, "description.en": about.en if about else None,
        "start_date": scenario.start_date, "horizon": scenario.horizon, "burn_in": scenario.burn_in,
    }  # fmt: skip
    for i, (key, label) in enumerate(sheet.FIELDS.items(), 2):
        page.cell(i, 1, label.in_language(lang))
        _fill_in(page.cell(i, 2), values[key])
        page.row_dimensions[i].height = 16.0 * (1 + len(str(values[key] or "")) // 55)
        page.cell(i, 2).alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")


def _fill_in(cell: Any, value: Any) -> None:
    """Write into a cell that is meant to be changed; text stays text, also when it begins like a formula."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.fill, cell.protection = _FILL_IN, Protection(locked=False)


def _values(page: Worksheet, section: str, scenario: Scenario, lang: str) -> None:
    own = scenario.community if section == "population" else getattr(scenario, section)
    heads = sheet.VALUE_HEADS
    _headed(page, [one.in_language(lang) for one in heads.values()], [_WIDTHS.get(name, 12) for name in heads])
    column = get_column_letter(list(heads).index("value") + 1)
    for i, (name, q) in enumerate(sheet.VALUES[section].items(), 2):
        about = {
            "name": name, "label": q.label.in_language(lang), "unit": unit_text(q.unit).in_language(lang),
            "default": exact(q.default), "low": exact(q.low), "high": exact(q.high),
            "source": source(q.source).in_language(lang),
        }  # fmt: skip
        for j, key in enumerate(heads, 1):
            if key != "value":
                page.cell(i, j, about[key])
        value = exact(own[name]) if name in own else None
        if q.kind is Kind.SWITCH and value is not None:
            value = (_ON if value else _OFF).in_language(lang)
        _fill_in(page[f"{column}{i}"], value)
        _limit(page, f"{column}{i}", q, lang)


def _limit(page: Worksheet, place: str, q: Quantity, lang: str) -> None:
    """Let the cell itself say what it takes."""
    if q.kind is Kind.SWITCH:
        check = DataValidation(type="list", formula1=f'"{_ON.in_language(lang)},{_OFF.in_language(lang)}"')
    else:
        kind = "whole" if q.kind is Kind.WHOLE else "decimal"
        check = DataValidation(type=kind, operator="between", formula1=f"{q.low!r}", formula2=f"{q.high!r}")
    check.allow_blank = True
    # A warning and no ban: text with a unit, such as 30%, is right as well, and labsim checks it.
    check.errorStyle = "warning"
    check.error = t(f"允许 {q.low:g} 至 {q.high:g}", f"{q.low:g} to {q.high:g} is allowed").in_language(lang)
    check.errorTitle = q.label.in_language(lang)[:30]
    check.showErrorMessage = True
    page.add_data_validation(check)
    check.add(place)


def _list(page: Worksheet, section: str, entries: list[list[Any]], lang: str, offered: dict[str, str]) -> None:
    heads = sheet.LISTS[section]
    widths = [_WIDTHS["lever"] if (section, name) in sheet.OFFERS else 20 for name in heads]
    _headed(page, [one.in_language(lang) for one in heads.values()], widths)
    last = max(sheet.ROOM, len(entries)) + 1
    for i in range(2, last + 1):
        for j in range(1, len(heads) + 1):
            _fill_in(page.cell(i, j), entries[i - 2][j - 1] if i - 2 < len(entries) else None)
    for j, name in enumerate(heads, 1):
        if (section, name) in sheet.OFFERS:
            check = DataValidation(type="list", formula1=offered[sheet.OFFERS[section, name]], allow_blank=True)
            check.errorStyle, check.showErrorMessage = "warning", True
            page.add_data_validation(check)
            column = get_column_letter(j)
            check.add(f"{column}2:{column}{last}")
