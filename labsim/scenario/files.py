"""Scenario files: ``scenarios/*.toml`` to :class:`Scenario` and back.

Takes: a path or the name of a scenario that travels with the package. Gives: a scenario,
or one error with every problem of the file and of the files it extends, each with its
line. A file says only what differs from the one it extends.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labsim.foundations.errors import InputError, Problem, Where, nearest, raise_if
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.foundations.writing import write_whole
from labsim.scenario.entries import wrong
from labsim.scenario.instruments import instrument_id
from labsim.scenario.reading import LISTS, TABLES, Reader, known_names
from labsim.scenario.scenario import Scenario
from labsim.scenario.tomlsource import Source, parse, place_of, read_text
from labsim.scenario.written import written

CITY_TABLE = "city"
"""The table that makes a file a city (``city_files``)."""
_IS_CITY = re.compile(r"^\s*\[\[?city[\].]", re.MULTILINE)


def load(path_or_name: str | Path) -> Scenario:
    """Return the scenario of a file.

    Args:
        path_or_name: a path, or the name of a scenario that travels with the package, such as ``baseline``.

    Raises:
        InputError: the file or one it extends is missing or wrong; all problems at once.
    """
    source, stem = source_of(path_or_name, scenario_names)
    shown = str(path_or_name)
    if CITY_TABLE in source.data:
        what = t("这是一个城市（多个社区），不是单个社区的情景", "this is a city, not a scenario of one community")
        place = place_of(CITY_TABLE, source.places, shown)
        raise InputError([Problem(place, what, t(f"labsim city {shown}", f"labsim city {shown}"))])
    reader = Reader(source, shown, stem)
    scenario = reader.scenario()
    raise_if(sorted(reader.problems, key=lambda one: (one.where.file or "", one.where.line or 0)))
    assert scenario is not None
    return scenario


def source_of(path_or_name: str | Path, known: Callable[[], list[str]]) -> tuple[Source, str]:
    """Return a file merged over the files it extends, and the name it gives to what has none.

    Args:
        path_or_name: of the file.
        known: gives the names that would have been right.

    Raises:
        InputError: there is no such file.
    """
    path = _find(str(path_or_name), None)
    if path is None:
        raise InputError([_missing(str(path_or_name), Where(str(path_or_name)), Path(), known())])
    return _read_chain(path, str(path_or_name), ()), path.stem


def save(scenario: Scenario, path: str | Path) -> Path:
    """Write a scenario to a file that :func:`load` reads back without loss, and return where.

    The file appears whole or not at all: it is written beside its place and moved there.

    Raises:
        InputError: the folder does not exist or cannot be written to.
    """
    target = Path(path)
    write_whole(target, written(scenario))
    return target


def scenario_names() -> list[str]:
    """Return the names of the scenarios of one community that travel with the package, the stories among them."""
    return sorted(path.stem for path in _packaged_files() if not _is_city(path))


def city_names() -> list[str]:
    """Return the names of the cities that travel with the package."""
    return sorted(path.stem for path in _packaged_files() if _is_city(path))


def _is_city(path: Path) -> bool:
    return _IS_CITY.search(path.read_text(encoding="utf-8")) is not None


def _packaged_files() -> list[Path]:
    return [path for folder in _packaged() for path in folder.glob("*.toml")]


def _packaged() -> tuple[Path, Path]:
    return resource("scenarios"), resource("scenarios", "stories")


def _find(name: str, folder: Path | None) -> Path | None:
    beside = [folder / name] if folder else [Path(name)]
    packaged = [folder / found for folder in _packaged() for found in (name, f"{name}.toml")] + [resource(name)]
    return next((path for path in (*beside, *packaged) if name and path.is_file()), None)


def _missing(name: str, where: Where, folder: Path, known: list[str]) -> Problem:
    what = t(f"找不到情景文件“{name}”", f"there is no scenario file '{name}'")
    if name and (folder / name).is_dir():
        what = t(f"“{name}”是文件夹，不是情景文件", f"'{name}' is a directory, not a scenario file")
    return Problem(
        where,
        what,
        t(f"文件路径，或：{', '.join(known)}", f"a path, or one of: {', '.join(known)}"),
        nearest(Path(name).stem, known),
    )


def _read_chain(path: Path, shown: str, above: tuple[Path, ...]) -> Source:
    """Return a file merged over the files it extends."""
    here = path.resolve()
    source = parse(read_text(path, shown), shown, known_names())
    extends = source.data.get("extends")
    if extends is None:
        return source
    where = place_of("extends", source.places, shown)
    if not isinstance(extends, str):
        name = t("带引号的文字：情景的名称或文件", "text in quotes: a scenario's name or file")
        problem = wrong("extends", extends, name)
        source.problems.append(Problem(where, problem.what, problem.allowed))
        return source
    parent = _find(extends, path.parent)
    if parent is None:
        source.problems.append(_missing(extends, where, path.parent, scenario_names()))
        return source
    if parent.resolve() in (*above, here):
        chain = " → ".join(one.name for one in (*above, here, parent.resolve()))
        source.problems.append(
            Problem(
                where,
                t(f"extends 形成循环：{chain}", f"extends goes round in a circle: {chain}"),
                t("不回到自身的继承链", "a chain that does not come back to itself"),
            )
        )
        return source
    return _merged(_read_chain(parent, extends, (*above, here)), source)


def _merged(parent: Source, child: Source) -> Source:
    """Return a child over its parent: values replace, lists grow, an instrument of the same name replaces."""
    own = ("extends", "name", "label", "description")
    data = {key: value for key, value in parent.data.items() if key not in own}
    places = {key: where for key, where in parent.places.items() if key.split(".")[0] not in own}
    moved: dict[str, str] = {}
    for key, value in child.data.items():
        before = data.get(key)
        if key in (*TABLES, CITY_TABLE) and isinstance(value, dict) and isinstance(before, dict):
            data[key] = {**before, **value}
        elif key in LISTS and isinstance(value, list) and isinstance(before, list):
            data[key] = list(before)
            for i, entry in enumerate(value):
                same = _same_instrument(before, entry) if key == "instruments" else None
                at = len(data[key]) if same is None else same
                data[key][at : at + 1] = [entry]
                moved[f"{key}[{i}]"] = f"{key}[{at}]"
        else:
            data[key] = value
    for key, where in child.places.items():
        head = key.split(".")[0]
        places[moved.get(head, head) + key[len(head) :]] = where
    return Source(data, places, parent.problems + child.problems)


def _same_instrument(entries: list[Any], entry: Any) -> int | None:
    called = [one.get("name") if isinstance(one, dict) else one for one in [*entries, entry]]
    names = [instrument_id(one) if isinstance(one, str) else one for one in called]
    return names.index(names[-1]) if names[-1] in names[:-1] else None
