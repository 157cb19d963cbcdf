"""Compiled, plain Python and Mesa: the same bits. One thread or two: the same bits. A later lever: the same past."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from labsim.foundations.compiled import COMPILED
from labsim.model.mesa.model import CommunityModel
from labsim.model.simulate import simulate, simulate_many, start
from labsim.model.state import CASES, DAILY, GROUPS
from labsim.model.trajectory import Trajectory
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario
from tests.model import drawn

FULL_NAMES = [f"all modules {number}" for number in range(drawn.FULL)]
NAMES = ["baseline", "low ends", "high ends", *FULL_NAMES, *(f"drawn {number}" for number in range(drawn.MANY))]


def start_plain(root: Path, many: int, *which: str) -> subprocess.Popen[str]:
    """Start a process of plain Python that prints its digests."""
    environment = {**os.environ, "LABSIM_COMPILER": "off", "PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", "-m", "tests.model.drawn", str(many), *which]
    return subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def plain_process(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Plain Python, at work on the other core while this process runs the other two engines."""
    process = start_plain(root, drawn.MANY)
    yield process
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def array(plain_process: subprocess.Popen[str]) -> list[Trajectory]:
    return [simulate(one, drawn.SEED) for one in drawn.scenarios()]


@pytest.fixture(scope="module")
def plain(plain_process: subprocess.Popen[str], array: list[Trajectory], mesa: list[str]) -> dict[str, list[str]]:
    out, err = plain_process.communicate(timeout=600)
    assert plain_process.returncode == 0, err
    answer = json.loads(out)
    assert answer.pop("compiled") is False
    return answer


@pytest.fixture(scope="module")
def mesa() -> list[str]:
    return drawn.mesa(drawn.MANY)


def test_this_process_runs_the_compiled_engine():
    """Otherwise the comparisons below compare an engine with itself."""
    assert COMPILED or os.environ.get("LABSIM_COMPILER") is not None


def differing(one: list[str], other: list[str]) -> list[str]:
    return [name for name, a, b in zip(NAMES, one, other, strict=True) if a != b]


def test_mesa_equals_compiled(array: list[Trajectory], mesa: list[str]):
    assert differing(mesa, [one.digest() for one in array]) == []


def test_plain_python_equals_compiled(array: list[Trajectory], plain: dict[str, list[str]]):
    assert differing(plain["array"], [one.digest() for one in array]) == []


def test_mesa_with_the_compiler_off_equals_compiled(array: list[Trajectory], plain: dict[str, list[str]]):
    some = plain["mesa"]
    assert len(some) == 6 + drawn.FULL
    assert some == [one.digest() for one in array[: len(some)]]


@pytest.mark.parametrize(("table", "layout"), [("daily", DAILY), ("groups", GROUPS), ("cases", CASES)])
def test_the_drawn_scenarios_exercise_every_column(array: list[Trajectory], table: str, layout: np.dtype):
    """Equal zeros prove nothing: every column takes two values or more in at least two scenarios."""
    idle = []
    for name in layout.names or ():
        busy = 0
        for one in array:
            column = getattr(one, table)[name]
            busy += len(np.unique(column[~np.isnan(column)] if column.dtype.kind == "f" else column)) > 1
        if busy < 2:
            idle.append(name)
    assert idle == []


def test_the_drawn_scenarios_differ(array: list[Trajectory]):
    assert len({one.digest() for one in array}) == len(NAMES)
    assert len({one.digest() for one in (simulate(drawn.baseline(), seed) for seed in range(3))}) == 3


# -- full size: 1,500 residents, 910 days ------------------------------------------------------

BUSY = Scenario(
    levers={
        "points_earning": 1, "points_redemption": 1, "points_fund": 20000, "points_topup": 1500, "supervisors": 40,
        "recognition": 0.3, "verification": 0.5, "case_tracking": 0.5, "complaint_targeting": 0.5, "data_sharing": 0.5,
        "inspection_equipment": 0.3, "cofunding": 1, "cofunding_cost": 270000, "match_ratio": 3, "match_threshold": 0.1,
        "demand_weight": 0.4, "handlers": 1, "repair_budget": 60000, "queue_rule": 1,
    },
    injects=(
        Inject(day=200, kind=InjectKind.FAULT_BURST, magnitude=100),
        Inject(day=400, kind=InjectKind.STAFF_LEAVE, magnitude=3),
        Inject(day=400, kind=InjectKind.FUND_CHANGE, magnitude=-2000, target=1),
        Inject(day=401, kind=InjectKind.FAULT_BURST, magnitude=100),
    ),
)  # fmt: skip
CHANGE = 365


@pytest.fixture(scope="module")
def busy() -> Trajectory:
    return simulate(BUSY, 3)


def other_value(lever: str) -> float:
    """Return a value far from the one of the busy scenario."""
    quantity = LEVERS[lever]
    now = BUSY.levers.get(lever, quantity.default)
    return quantity.low if now > (quantity.low + quantity.high) / 2 or lever.endswith("_share") else quantity.high


def known_on(cases: np.ndarray, day: float) -> np.ndarray:
    """Return what was known about cases on a day: cases opened before, and of these what had happened."""
    known = cases[cases["opened"] < day].copy()
    later = ~(known["closed"] < day)
    for name in ("attempts", "superficial", "outcome", "told", "reports", "reporter", "reporter_cell"):
        known[name][later] = 0  # still in the making
    for name in ("queued", "started", "closed", "next_onset", "next_opened"):
        known[name][~(known[name] < day)] = np.nan
    return known


@pytest.mark.parametrize("lever", sorted(set(LEVERS) - set(MODULE_OF_LEVER)))  # modules are off here
def test_a_lever_changes_the_future_and_not_the_past(busy: Trajectory, lever: str):
    later = simulate(BUSY.with_phases(Phase(lever=lever, value=other_value(lever), start=CHANGE)), 3)
    row = busy.burn_in + CHANGE
    assert later.daily[:row].tobytes() == busy.daily[:row].tobytes()
    assert later.groups[: CHANGE // 28].tobytes() == busy.groups[: CHANGE // 28].tobytes()
    assert known_on(later.cases, CHANGE).tobytes() == known_on(busy.cases, CHANGE).tobytes()
    future = [one.daily[row:].tobytes() + one.groups.tobytes() for one in (busy, later)]
    # The fund is paid in once, at the launch: a later value has nothing left to change.
    assert (future[0] != future[1]) is (lever != "points_fund")


def test_everything_until_a_change_is_the_same_to_the_bit():
    """The whole trajectory of the first 365 days, residents included, when every lever moves on day 365."""
    values = {name: other_value(name) for name in LEVERS}
    changed = BUSY.with_phases(*(Phase(lever=name, value=value, start=CHANGE) for name, value in values.items()))
    assert (
        start(changed, 3).advance(CHANGE).trajectory().digest() == start(BUSY, 3).advance(CHANGE).trajectory().digest()
    )
    assert simulate(changed, 3).digest() != simulate(BUSY, 3).digest()


def test_a_placebo_lever_changes_nothing(busy: Trajectory):
    same = {name: BUSY.levers.get(name, quantity.default) for name, quantity in LEVERS.items()}
    phases = [Phase(lever=name, value=value, start=CHANGE, ramp=10) for name, value in same.items()]
    placebo = simulate(BUSY.with_phases(*phases), 3)
    assert placebo.digest() == busy.digest()
    assert placebo.scenario == busy.scenario


def test_threads_change_no_bit(busy: Trajectory):
    seeds = [3, 1, 2, 0]
    one, two, four = ([t.digest() for t in simulate_many(BUSY, seeds, threads=n)] for n in (1, 2, 4))
    assert one == two == four
    assert one[0] == busy.digest()
    assert len(set(one)) == len(seeds)


def test_mesa_beside_compiled_runs_on_threads_changes_no_bit():
    """Nothing is shared between runs, not even between engines."""
    small = drawn.draw_scenario(0)
    alone = simulate(small, 1).digest()
    with ThreadPoolExecutor(2) as pool:
        mesa = pool.submit(lambda: CommunityModel(small, 1).run().trajectory().digest())
        array = [pool.submit(lambda: simulate(small, 1).digest()) for _ in range(3)]
        assert {mesa.result(), *(one.result() for one in array)} == {alone}


def test_a_run_in_pieces_is_the_same_run(busy: Trajectory):
    run = start(BUSY, 3)
    for day in (-100, 0, 1, 29, 365):
        run.advance(day)
    assert run.advance().trajectory().digest() == busy.digest()


def test_with_every_module_on_every_module_has_something_to_do(array: list[Trajectory]):
    """Equal zeros prove nothing: most columns of every module move in one of the two scenarios."""
    full = array[3 : 3 + drawn.FULL]
    modules = {MODULE_OF_LEVER[lever] for lever in MODULE_OF_LEVER}
    for module in modules:
        names = full[0].modules[module].dtype.names or ()
        busy = [name for name in names if any(len(np.unique(one.modules[module][name])) > 1 for one in full)]
        assert len(busy) > 0.4 * len(names), (module, sorted(set(names) - set(busy)))


@pytest.mark.slow
def test_many_scenarios_with_every_module_on_in_all_engines(root: Path):
    process = start_plain(root, 30, "full")
    array = [simulate(drawn.draw_full(number), drawn.SEED).digest() for number in range(30)]
    mesa = [CommunityModel(drawn.draw_full(n), drawn.SEED).run().trajectory().digest() for n in range(30)]
    out, err = process.communicate(timeout=3000)
    assert process.returncode == 0, err
    assert mesa == array
    assert json.loads(out)["array"] == array


@pytest.mark.slow
def test_full_size_in_all_engines(root: Path):
    """1,500 residents, 910 days; ``benchmarks/three_engines.py`` measures how long each takes."""
    code = "from labsim.model.simulate import simulate; from tests.model.test_three_engines import BUSY; "
    environment = {**os.environ, "LABSIM_COMPILER": "off", "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code + "print(simulate(BUSY, 3).digest())"],
        cwd=root, env=environment, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    compiled = simulate(BUSY, 3).digest()
    assert done.stdout.strip() == compiled
    assert CommunityModel(BUSY, 3).run().trajectory().digest() == compiled
