"""Exercise files: ``scenarios/exercises/*.toml`` to :class:`Exercise`.

Takes: a path, the name of an exercise that travels with the package, or a text. Gives: the
exercise, or one error with every problem, each with its line.
"""

from pathlib import Path
from typing import Any

from labsim.foundations.calendar import PERIOD
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, nearest, raise_if
from labsim.foundations.i18n import t
from labsim.foundations.paths import resource
from labsim.sandbox.exercise import Exercise
from labsim.scenario.reading import TABLES, Reader, known_names
from labsim.scenario.scenario import Scenario
from labsim.scenario.tomlsource import Source, parse, place_of, read_text

_SCENARIO = (*TABLES, "instruments", "phases", "start_date", "burn_in")
_MOST = 400_000
"""Bytes of the longest exercise file that is read; ours have some ten thousand."""


def exercise_names() -> list[str]:
    """Return the names of the exercises that travel with the package, in the order of the programme."""
    return sorted(path.stem for path in resource("scenarios", "exercises").glob("*.toml"))


def load_exercise(path_or_name: str | Path) -> Exercise:
    """Return the exercise of a file.

    Args:
        path_or_name: a path, or the name of an exercise that travels with the package.

    Raises:
        InputError: the file is missing or wrong; all problems at once.
    """
    shown = str(path_or_name)
    return read_exercise(exercise_text(path_or_name), shown)


def exercise_text(path_or_name: str | Path) -> str:
    """Return the text of an exercise file.

    Raises:
        InputError: there is no such file, or it cannot be read.
    """
    shown = str(path_or_name)
    packaged = resource("scenarios", "exercises", f"{shown}.toml")
    found = packaged if "/" not in shown and "\\" not in shown and packaged.is_file() else Path(shown)
    if not found.is_file():
        known = exercise_names()
        what = t(f"找不到演练“{shown}”", f"there is no exercise '{shown}'")
        allowed = t(f"文件路径，或：{', '.join(known)}", f"a path, or one of: {', '.join(known)}")
        raise InputError([Problem(Where(shown), what, allowed, nearest(Path(shown).stem, known))])
    if found.stat().st_size > _MOST:
        raise InputError([Problem(Where(shown), t("文件太大", "the file is too large"), t("400 KB", "400 KB"))])
    return read_text(found, shown)


def read_exercise(text: str, shown: str = "exercise.toml") -> Exercise:
    """Return the exercise of a text in TOML.

    Raises:
        InputError: it is not one; all problems at once.
    """
    source = parse(text, shown, known_names())
    problems = list(source.problems)
    data = {key: value for key, value in source.data.items() if key not in _SCENARIO}
    scenario, found = _scenario(source, data, shown)
    problems += found
    fields = {key: value for key, value in data.items() if key != "scenario"}
    if "scenario" in data:
        problems.append(
            Problem.at("scenario", t("没有这一项", "there is no such entry"), t("[levers] 等", "[levers] …"))
        )
    try:
        made = Exercise(**fields, scenario=scenario or Scenario())
    except InputError as error:
        problems += error.problems
        made = None
    except TypeError:
        problems.append(Problem.at("", t("内容不是演练", "this is no exercise")))
        made = None
    placed = [
        Problem(one.where if one.where.line else place_of(one.where.key, source.places, shown), one.what, one.allowed,
                one.suggestion)
        for one in dict.fromkeys(problems)
    ]  # fmt: skip
    raise_if(sorted(placed, key=lambda one: one.where.line or 0))
    assert made is not None
    return made


def horizon_of(rounds: int) -> int:
    """Return the horizon of a scenario that holds so many days: whole periods."""
    return -(-rounds // PERIOD) * PERIOD


def _scenario(source: Source, data: dict[str, Any], shown: str) -> tuple[Scenario | None, list[Problem]]:
    """Return the community in which an exercise is played, and what is wrong with it."""
    own = {key: value for key, value in source.data.items() if key in _SCENARIO}
    name = str(data.get("name", "exercise"))
    reader = Reader(Source(own, source.places), shown, name)
    scenario = reader.scenario()
    if scenario is None:
        return None, reader.problems
    days = 0
    rounds = data.get("rounds")
    for one in rounds if isinstance(rounds, list) else []:
        given = one.get("days") if isinstance(one, dict) else None
        days += given if isinstance(given, int) and 0 < given <= 3640 else 0
    title = data.get("title")
    label = scenario.label
    if isinstance(title, dict) and all(isinstance(title.get(x), str) and title[x] for x in ("zh", "en")):
        label = Text(zh=title["zh"], en=title["en"])
    try:
        return scenario.changed(horizon=max(horizon_of(days), 28), label=label), reader.problems
    except InputError as error:
        return None, [*reader.problems, *error.problems]
