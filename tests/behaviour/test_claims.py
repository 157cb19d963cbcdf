"""What every instrument of the catalogue claims, held against runs: something claimed moves, and nothing before.

The instrument starts on a day of a community with every mechanism on. At least one indicator
that it claims to move must move that way afterwards, with the whole interval of the paired
difference on that side. The gate tries this on a small community; ``slow`` tries every
single claim on the whole one. Claims that do not hold stand in ``MISSES`` with the reason:
the documents claim more than the model shows, and this is where it says so. A miss that
holds after all fails the test, so the list cannot grow stale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from labsim.analysis.paired import Paired, paired
from labsim.results.indicators import Window
from labsim.scenario.files import load
from labsim.scenario.instruments import Claim, instrument, instruments
from labsim.scenario.scenario import Scenario
from tests.behaviour.cases import Change
from tests.behaviour.runs import base, runs, values

LEVEL = 0.98


@dataclass(frozen=True)
class Trial:
    """Where instruments are tried: a community, the day they start, the days that are measured, the seeds."""

    before: Scenario
    start: int
    window: Window
    seeds: Sequence[int]

    def given(self, change: Change) -> "Trial":
        """Return the trial in a community in which something else holds on both sides."""
        return Trial(change.applied(self.before), self.start, self.window, self.seeds)

    def shocked(self, name: str) -> "Trial":
        """Return the trial with the shocks that the instrument is for, in the middle of the days measured."""
        day = sum(self.window) // 2
        shocks = tuple({"day": day, "kind": kind, "magnitude": size} for kind, size in SHOCKS.get(name, ()))
        return self.given(Change(injects=shocks))

    def after(self, name: str) -> Scenario:
        """Return the community with an instrument."""
        return self.before.with_instruments(name, start=self.start)

    def found(self, name: str, claim: Claim) -> Paired:
        """Return the paired difference of what is claimed."""
        pair = [values(one, self.seeds, claim.indicator, self.window) for one in (self.before, self.after(name))]
        return paired(pair[0], pair[1], LEVEL)


SMALL = Trial(base("claims"), 112, (140, 364), range(4))
WHOLE = Trial(load("full"), 182, (364, 728), range(12))

# Repairs that cost between the 50,000 yuan of today and 80,000: where money is no bottleneck more of it does nothing.
_SHORT_OF_MONEY = Change(population={"capital_share": 0.065}, world={"cost_capital": 4000})
GIVEN = {
    "rectification_budget": _SHORT_OF_MONEY,
    "graded_funding": _SHORT_OF_MONEY,
    # A project that the hundred households of the small community can pay a third of.
    "matched_crowdfunding": Change(levers={"cofunding_cost": 30_000}),
    # A lift takes longer than the small trial lasts: permits and building are quicker, with more blocks to choose from.
    "lift_retrofit": Change(
        population={"blocks": 30}, world={"permit_days": 10, "lift_days": 30, "alpha_fund": 2, "old_blocks": 0.8}
    ),
    # Complaints tell blocks apart where there are many and few problems in each.
    "data_driven_inspection": Change(population={"blocks": 100, "items": 400}, world={"fault_rate": 0.0005}),
    # Who leaves is a rare event: it is counted on the staff of five communities.
    "career_track": Change(levers={"staff": 60}, world={"base_load": 120}),
    # Warnings pull handlers away: with few of them, other cases wait (the instrument's own contradiction).
    "three_colour_warning": Change(levers={"staff": 16, "handlers": 4}),
}
"""What else must be the case for an instrument to have something to act on."""
SHOCKS: dict[str, tuple[tuple[str, float], ...]] = {"emergency_circle_15min": (("flood", 3), ("epidemic", 2))}
"""What must happen, on both sides, for an instrument to be of use."""
SEEDS = {
    "career_track": 6,
    "lift_retrofit": 6,
    "data_driven_inspection": 12,
    "rectification_budget": 6,
    "graded_funding": 6,
}
"""How many pairs the gate needs where luck is large."""

MISSES = {
    ("age_friendly_access", "app_active_share"): (
        "who is taught becomes a user, but a less frequent one than those who were there: the share that is active "
        "falls while more people use it"
    )
}
"""Claims of the documents that the model does not show, and why."""


def holds(claim: Claim, found: Paired) -> bool:
    """Return whether a claim holds: the interval decides.

    What an instrument itself creates has no value without it; there it is the value that must exist.
    """
    if not found.n:
        return claim.direction == "up" and bool(np.isnan(found.baseline) and found.policy > 0)
    return found.low > 0 if claim.direction == "up" else found.high < 0


def judged(trial: Trial, name: str) -> tuple[set[str], list[str]]:
    """Return the claimed indicators that moved as claimed, and what was found, to read."""
    kept, lines = set(), []
    for claim in instrument(name).claims:
        found = trial.found(name, claim)
        if holds(claim, found):
            kept.add(claim.indicator)
        lines.append(
            f"{claim.indicator} {claim.direction}: {found.baseline:.5g} -> {found.policy:.5g}, "
            f"difference in [{found.low:+.4g}, {found.high:+.4g}], {found.n} pairs"
        )
    return kept, lines


def missed(name: str) -> set[str]:
    return {what for one, what in MISSES if one == name}


@pytest.mark.parametrize("name", sorted(instruments()))
def test_an_instrument_moves_something_it_claims_and_nothing_before_it_starts(name: str):
    trial = SMALL.given(GIVEN.get(name, Change())).shocked(name)
    trial = Trial(trial.before, trial.start, trial.window, range(SEEDS.get(name, len(SMALL.seeds))))
    kept, lines = judged(trial, name)
    assert kept, "\n".join(lines)
    assert not kept & missed(name), "a known miss holds: take it off the list"
    row = trial.before.burn_in + trial.start
    for one, other in zip(runs(trial.before, trial.seeds), runs(trial.after(name), trial.seeds), strict=True):
        assert one.daily[:row].tobytes() == other.daily[:row].tobytes()
        assert one.groups[: trial.start // 28].tobytes() == other.groups[: trial.start // 28].tobytes()
        assert one.modules.keys() == other.modules.keys()
        for module, records in one.modules.items():
            assert records[:row].tobytes() == other.modules[module][:row].tobytes(), module
        assert one.digest() != other.digest()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(instruments()))
def test_every_claim_holds_on_the_whole_community_or_is_a_known_miss(name: str):
    trial = WHOLE.given(GIVEN.get(name, Change())).shocked(name)
    seeds = range(max(len(WHOLE.seeds), 6 * SEEDS.get(name, 0)))
    kept, lines = judged(Trial(trial.before, trial.start, trial.window, seeds), name)
    claimed = {claim.indicator for claim in instrument(name).claims}
    assert claimed - kept == missed(name), "\n".join(lines)


def test_the_tables_of_this_file_speak_of_claims_that_exist():
    claims = {(name, claim.indicator) for name, one in instruments().items() for claim in one.claims}
    assert set(MISSES) <= claims
    assert {*GIVEN, *SEEDS, *SHOCKS} <= set(instruments())
    assert all(len(why) > 40 for why in MISSES.values())


def test_a_claim_that_goes_the_other_way_does_not_hold():
    up, down = (Claim(indicator="staff_load", direction=way) for way in ("up", "down"))
    before = np.array([[1.0, 1.2, 0.9, 1.1]])
    rise, luck = (paired(before, before + gap) for gap in (np.array([0.5, 0.6, 0.5, 0.4]), before - 1.05))
    assert (holds(up, rise), holds(down, rise)) == (True, False)
    assert not holds(up, luck)
    assert not holds(down, luck)
