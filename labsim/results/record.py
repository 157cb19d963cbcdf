"""The record of runs: all that is needed to make the same numbers again.

Takes: scenarios, seeds and what was used. Gives: :class:`Record`, as JSON, and short run ids.
"""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from labsim.foundations.declared import Frozen
from labsim.foundations.sources import source_hash
from labsim.foundations.version import __version__
from labsim.scenario.scenario import Scenario

PACKAGES = ("numpy", "numba", "scipy", "pandas", "pydantic")
_ID_LENGTH = 12
_COUNTS = ("foundations", "scenario", "population", "behaviour", "model", "results", "experiment", "analysis")
"""Floors whose code shapes a number or a verdict."""


class Record(Frozen):
    """What was run, on what, and with which versions.

    Attributes:
        date: given by the caller; a record that looked at the clock could not be repeated.
        scenarios: canonical scenario of each name.
        fingerprints: fingerprint of each scenario, world and population resolved.
        seed: of the experiment.
        seeds: of the runs, by draw of the world.
        worlds: world values that each draw sets, by draw.
        requested: runs asked for.
        finished: runs done.
        failed: runs that ended in an error.
        versions: of Python and packages.
        platform: operating system and machine.
        data: SHA-256 of each data file used, by file name.
        sources: hash of the code that shapes a number or a verdict; empty in records of older versions.
    """

    date: str
    scenarios: dict[str, dict[str, JsonValue]]
    fingerprints: dict[str, str]
    seed: int
    seeds: dict[int, list[int]]
    worlds: dict[int, dict[str, float]]
    requested: int
    finished: int
    failed: int
    versions: dict[str, str]
    platform: str
    data: dict[str, str]
    sources: str = ""

    def to_json(self) -> str:
        """Return the record as JSON text with sorted keys."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2, sort_keys=True)


def run_id(fingerprint: str, seed: int, world: int) -> str:
    """Return the short name of a run: 12 hexadecimal digits of a hash of what decides it.

    Args:
        fingerprint: of the scenario before the draw of the world.
        seed: of the run.
        world: number of the draw.
    """
    return hashlib.sha256(f"{fingerprint} {seed} {world}".encode()).hexdigest()[:_ID_LENGTH]


def versions() -> dict[str, str]:
    """Return the versions of labsim, Python and the packages that shape the numbers."""
    found = {"labsim": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def sources_now() -> str:
    """Return the hash of the code that shapes a number or a verdict."""
    return source_hash(_COUNTS)


def system() -> str:
    """Return the operating system and the kind of machine; nothing that names this one."""
    return f"{platform.system()} {platform.machine()}"


def data_hashes(files: Sequence[Path]) -> dict[str, str]:
    """Return the SHA-256 of each file by its name; folders are left out, they name a machine."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def canonical(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as JSON-ready values, from which it can be made again."""
    return scenario.model_dump(mode="json")


def record(
    scenarios: Sequence[Scenario],
    date: str,
    runs: Mapping[str, int],
    seed: int,
    seeds: Mapping[int, Sequence[int]],
    *,
    worlds: Mapping[int, Mapping[str, float]] | None = None,
    files: Sequence[Path] = (),
) -> Record:
    """Return the record of an experiment.

    Args:
        scenarios: that were run.
        date: of the runs, as the caller says it.
        runs: counts ``requested``, ``finished`` and ``failed``.
        seed: of the experiment.
        seeds: of the runs, by draw of the world.
        worlds: values that each draw sets.
        files: data that the runs read.
    """
    return Record(
        date=date,
        scenarios={s.name: canonical(s) for s in scenarios},
        fingerprints={s.name: s.fingerprint() for s in scenarios},
        seed=seed,
        seeds={draw: list(some) for draw, some in seeds.items()},
        worlds={draw: dict(values) for draw, values in (worlds or {}).items()},
        requested=runs["requested"],
        finished=runs["finished"],
        failed=runs["failed"],
        versions=versions(),
        platform=system(),
        data=data_hashes(files),
        sources=sources_now(),
    )
