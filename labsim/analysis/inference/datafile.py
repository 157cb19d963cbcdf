"""Data as a study file names them: a survey with its codebook, logs with their columns.

Takes: a section such as ``[data]``. Gives: :class:`Data`, or every problem of the section and of its files at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labsim.analysis.survey.logs import read_log
from labsim.analysis.survey.survey import Survey, read_survey
from labsim.foundations.errors import InputError, Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.record import data_hashes
from labsim.scenario.entries import wrong

FILES = ("survey", "codebook", "cases", "cases_columns", "app", "app_columns")
_PAIRS = (("survey", "codebook"), ("cases", "cases_columns"), ("app", "app_columns"))


@dataclass(frozen=True)
class Data:
    """What a section names.

    Attributes:
        survey: or None.
        logs: figures by name of the indicator, under ``cases`` and ``app``.
        hashes: SHA-256 of every file, by name.
    """

    survey: Survey | None
    logs: Mapping[str, Mapping[str, float]]
    hashes: Mapping[str, str]


def read_data(given: Any, folder: Path, section: str, labels: list[tuple[str, str]]) -> Data:
    """Return the data of a section; paths start from a folder.

    Args:
        given: the section.
        folder: of the study.
        section: its name, for messages.
        labels: other names of entries, for the nearest right one.

    Raises:
        InputError: all that is wrong with the section and its files.
    """
    problems: list[Problem] = []
    files = _files(given, folder, section, labels, problems)
    survey, logs = None, {}
    for one, other in _PAIRS:
        if not {one, other} <= set(files):
            continue
        try:
            if one == "survey":
                survey = read_survey(files[one], files[other])
            else:
                logs[one] = read_log(files[one], files[other]).figures()
        except InputError as error:
            problems += error.problems
    raise_if(problems)
    return Data(survey, logs, data_hashes(list(files.values())))


def _files(
    given: Any, folder: Path, section: str, labels: list[tuple[str, str]], problems: list[Problem]
) -> dict[str, Path]:
    if not isinstance(given, dict):
        problems.append(wrong(section, given, t(f"[{section}] 一节", f"a section [{section}]")))
        return {}
    found = {}
    for name, value in given.items():
        key = f"{section}.{name}"
        if name not in FILES:
            problems.append(unknown_name(key, name, FILES, t("数据项", "entry of the data"), labels))
        elif not isinstance(value, str):
            problems.append(wrong(key, value, t("文件名", "the name of a file")))
        elif not (folder / value).is_file():
            problems.append(Problem.at(key, t(f"没有文件 {value}", f"there is no file {value}")))
        else:
            found[name] = folder / value
    for one, other in _PAIRS:
        if (one in given) != (other in given):
            lacks = other if one in given else one
            problems.append(Problem.at(section, t(f"缺少 {lacks}", f"{lacks} is missing")))
    return found
