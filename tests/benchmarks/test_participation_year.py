"""The workload of the benchmark: labsim's engine and a C loop give the same bits, and counters of contacts hold."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from benchmarks.peers.labsim_engine import columns_of, live, prepare
from benchmarks.peers.workload import COMMUNITY, CONTACTS, Workload, make
from labsim.foundations.draws import TOGETHER
from labsim.model.kernels.neighbours import by_contacts
from labsim.population.contacts import Contacts
from tests.architecture.source import ROOT

RESIDENTS = COMMUNITY + 700  # two communities, and blocks of draws that end within one


@pytest.fixture(scope="module")
def workload() -> Workload:
    return make(RESIDENTS, seed=3)


def days(workload: Workload, many: int, seed: int = 1):
    columns, contacts = columns_of(workload), Contacts(workload.start, workload.other, False)
    record = np.zeros((many, len(workload.budget), 4), np.int64)
    live(columns, contacts, by_contacts(contacts, TOGETHER), workload.budget.copy(), record, seed)
    return columns, record


def said(command: list[str], **more: str):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return json.loads(
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment).stdout
    )


def test_everybody_knows_others_both_ways_and_nobody_twice(workload: Workload):
    ties = [
        (row, int(other))
        for row in range(workload.residents)
        for other in workload.other[workload.start[row] : workload.start[row + 1]]
    ]
    assert len(set(ties)) == len(ties) == CONTACTS * workload.residents
    assert {(b, a) for a, b in ties} == set(ties)
    assert all(a != b for a, b in ties)


def test_counters_of_contacts_are_what_a_count_finds(workload: Workload):
    columns, _ = days(workload, 9)
    found = np.add.reduceat(columns.acts[workload.other].astype(int), workload.start[:-1])
    assert 0 < columns.acts.sum() < workload.residents
    assert columns.acting.tolist() == found.tolist()


def test_money_runs_out_and_points_are_kept(workload: Workload):
    _, record = days(workload, 60)
    money = record[:, :, 3]
    assert (np.diff(money, axis=0) <= 0).all()
    assert (money[-1] == 0).all()


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc")
def test_a_c_loop_gives_the_same_bits(workload: Workload, tmp_path):
    np.savez(tmp_path / "workload.npz", **workload._asdict())
    program = (
        "import sys, numpy as np\n"
        "from benchmarks.peers.c_loop import prepare\n"
        "from benchmarks.peers.workload import Workload\n"
        "print(prepare(Workload(**np.load(sys.argv[2])), 1).run().tolist())\n"
    )
    # Without contraction of a product and a sum into one rounding, which Python and LLVM do not do either.
    command = [sys.executable, "-c", program, "c_loop", str(tmp_path / "workload.npz"), "-ffp-contract=off"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert json.loads(done.stdout) == np.asarray(prepare(workload, 1).run()).tolist()


def test_plain_python_gives_the_same_bits():
    program = (
        "from tests.benchmarks.test_participation_year import days\n"
        "from benchmarks.peers.workload import make\n"
        "print(days(make(300, seed=5), 12)[1].tolist())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LABSIM_COMPILER": "off"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, env=environment
    )
    assert json.loads(done.stdout) == days(make(300, seed=5), 12)[1].tolist()
