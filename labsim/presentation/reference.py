"""Tables of the documentation, generated from the declarations.

Takes: a Markdown file with markers ``<!-- table: NAME -->`` … ``<!-- end -->``.
Gives: the same file with each table written anew: ``python -m labsim.presentation.reference
docs/model.md``. A test fails when a table in the file is not the one that is generated.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from labsim.foundations.declared import Catalogue, Quantity
from labsim.model.day import ORDER
from labsim.results.city_catalogue import CITY_INDICATORS
from labsim.results.indicators import indicators
from labsim.scenario.city_declared import CITY, PRACTICE
from labsim.scenario.community import COMMUNITY
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.scenario import Scenario, world_values
from labsim.scenario.world import WORLD

_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _row(quantity: Quantity) -> list[str]:
    return [
        f"`{quantity.name}`", quantity.label.zh, quantity.label.en, quantity.unit,
        f"{quantity.low:g} – {quantity.high:g}", f"{quantity.default:g}", quantity.source,
    ]  # fmt: skip


_QUANTITY_HEAD = ("name", "中文", "English", "unit", "range", "default", "source")


def _quantities(catalogue: Catalogue) -> str:
    return _markdown(_QUANTITY_HEAD, (_row(quantity) for quantity in catalogue.values()))


def _world() -> str:
    fitted: Mapping[str, float] = world_values(Scenario())
    rows = ([*_row(quantity), f"{fitted[quantity.name]:g}"] for quantity in WORLD.values())
    return _markdown((*_QUANTITY_HEAD, "fitted"), rows)


def _order() -> str:
    rows = ([str(step.number), f"`{step.kernel}`", step.label.zh, step.label.en, step.submodels] for step in ORDER)
    return _markdown(("step", "kernel", "中文", "English", "submodels"), rows)


def _indicators() -> str:
    rows = (
        [f"`{name}`", item.label.zh, item.label.en, item.unit, str(item.better), item.definition.en]
        for name, item in indicators().items()
    )
    return _markdown(("name", "中文", "English", "unit", "better", "definition"), rows)


def _instruments() -> str:
    rows = (
        [item.code, f"`{name}`", item.name.zh, item.name.en, ", ".join(item.values()), "; ".join(item.evidence)]
        for name, item in instruments().items()
    )
    return _markdown(("code", "name", "中文", "English", "levers", "evidence"), rows)


def _city_indicators() -> str:
    rows = (
        [f"`{name}`", item.label.zh, item.label.en, item.unit, str(item.better), item.definition.en]
        for name, item in CITY_INDICATORS.items()
    )
    return _markdown(("name", "中文", "English", "unit", "better", "definition"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "levers": lambda: _quantities(LEVERS),
    "world": _world,
    "community": lambda: _quantities(COMMUNITY),
    "city": lambda: _quantities(CITY),
    "practice": lambda: _quantities(PRACTICE),
    "city_indicators": _city_indicators,
    "order": _order,
    "indicators": _indicators,
    "instruments": _instruments,
}


def refreshed(text: str) -> str:
    """Return a Markdown text with every marked table written anew.

    Raises:
        KeyError: a marker names a table that does not exist.
    """
    return _MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}{found[3]}", text)


def main(paths: Iterable[str]) -> None:
    """Write the tables of these files anew."""
    for path in map(Path, paths):
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
