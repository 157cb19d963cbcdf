"""What a calibration leaves behind: the fitted values and the record of how they were obtained.

Takes: a :class:`~labsim.analysis.calibrate.Calibration` and a date. Gives: ``calibrated.toml``, which
:func:`labsim.scenario.scenario.world_values` reads, and ``calibration/core.json``, each whole or not at all.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from labsim.analysis.calibrate import Calibration
from labsim.analysis.staged import range_problems
from labsim.foundations.errors import InputError, raise_if
from labsim.foundations.paths import resource
from labsim.foundations.writing import unwritable, write_whole
from labsim.scenario.world import WORLD

VALUES = "calibrated.toml"
RECORD = ("calibration", "core.json")


def values_text(calibration: Calibration, when: date, version: str) -> str:
    """Return the text of ``calibrated.toml``.

    Raises:
        InputError: a value is outside its declared range.
    """
    raise_if(range_problems(calibration.fitted, "world"))
    seeds = calibration.search.seeds
    lines = [
        "# World parameters fitted to the fit targets, written by `labsim calibrate`. Do not edit: rerun it.",
        "# They answer to figures of template texts (data/README.md): illustrative, not measured.",
        "# How they were found: calibration/core.json. Whether they hold on fresh seeds: docs/validation.md.",
        "",
        "[record]",
        f"date = {when.isoformat()}",
        f'labsim = "{version}"',
        f'targets = "{calibration.targets}"',
        f'targets_sha256 = "{calibration.sha256}"',
        f"seeds = {list(seeds)}",
        f"loss = {calibration.loss!r}",
        f"fit_targets_hit = {calibration.hits}",
        f"fit_targets = {len(calibration.results)}",
        f"stages = {json.dumps([one['stage'] for one in calibration.stages])}",
        f"complete = {'false' if calibration.stopped else 'true'}",
        "",
        "[world]",
    ]
    for name, value in calibration.fitted.items():
        q = WORLD[name]
        lines.append(f"{name} = {value!r}  # {q.label.en}; {q.unit}; declared {q.default:g} ({q.low:g} to {q.high:g})")
    return "\n".join(lines) + "\n"


def record_text(calibration: Calibration, when: date, version: str) -> str:
    """Return the text of the record: stages, bounds, traces of losses, hits and misses."""
    record = {"date": when.isoformat(), "labsim": version, "optimiser": "CMA-ES (cma)", "hits": calibration.hits,
              **calibration.model_dump(mode="json", exclude={"search": {"threads"}})}  # fmt: skip
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def save_calibration(
    calibration: Calibration, when: date, version: str, folder: Path | None = None
) -> Mapping[str, Path]:
    """Write values and record, and return where they are, by name.

    Nothing is written when a value is not allowed; each file appears whole or not at all.

    Args:
        calibration: what was found.
        when: the date to be written; the clock is not asked, so that a rerun gives the same bytes.
        version: of labsim.
        folder: where to; ``data/`` when left out.

    Raises:
        InputError: a value is outside its declared range, or the folder cannot be written to.
    """
    place = resource("data") if folder is None else folder
    texts = {
        "record": (place.joinpath(*RECORD), record_text(calibration, when, version)),
        "values": (place / VALUES, values_text(calibration, when, version)),
    }
    try:
        place.joinpath(*RECORD).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError([unwritable(place, error)]) from None
    for path, text in texts.values():
        write_whole(path, text)
    return {name: path for name, (path, _) in texts.items()}
