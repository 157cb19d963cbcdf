"""Counters of acting contacts are what a count of the contacts would find, on every day and for every activity."""

import numpy as np
import pytest

from labsim.model.kernels.neighbours import acting_contacts
from labsim.model.simulate import start
from labsim.model.state import Activity
from labsim.population.contacts import Contacts
from labsim.scenario.scenario import Scenario

BUSY = (
    Scenario(horizon=84, burn_in=0)
    .with_community(residents=90, blocks=4, items=60, panel=30)
    .with_levers(supervisors=30, points_earning=1.0, points_redemption=1.0, digital_teaching=0.5)
)


@pytest.mark.parametrize("day", [1, 29, 84])
def test_counters_are_a_count(day: int):
    run = start(BUSY, 3).advance(day)
    people, contacts = run.state.people, run.setup.contacts
    for activity in Activity:
        assert people.acting[activity].tolist() == acting_contacts(contacts, people.active[activity]).tolist()
    if day > 1:
        assert (people.acting.max(axis=1) > 0).all(), "everybody is idle: the counters show nothing"


def test_a_count_of_contacts():
    # 0 knows 1 and 2, 3 knows nobody
    contacts = Contacts(np.array([0, 2, 3, 4, 4]), np.array([1, 2, 0, 0], np.int32), False)
    assert acting_contacts(contacts, np.array([1, 0, 1, 1], np.int8)).tolist() == [1, 1, 1, 0]
    everybody = Contacts(np.zeros(5, np.int64), np.zeros(0, np.int32), True)
    assert acting_contacts(everybody, np.ones(4, np.int8)).tolist() == [0, 0, 0, 0]
