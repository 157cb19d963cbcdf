"""V3: habit is an exponential average. Also: efficacy, crowding-out and rewards by hand."""

import numpy as np
import pytest
from scipy.special import expit

from labsim.model.parts import ALWAYS_ACTS
from labsim.model.parts_people import ActivityAlone, participation
from labsim.model.state import Activity

RATE = 0.272


@pytest.mark.parametrize(("weeks", "expected"), [(1, 0.272), (4, 0.719117), (9, 0.942564)])
def test_v3_habit_of_those_who_always_act(weeks: int, expected: float):
    result = participation(ActivityAlone(50, ALWAYS_ACTS, habit_rate=RATE, rounds=weeks))
    assert result.habit == pytest.approx(np.full(50, 1 - (1 - RATE) ** weeks), abs=1e-12)
    assert result.habit[0] == pytest.approx(expected, abs=5e-7)


def test_v3_ninety_five_percent_of_the_plateau():
    """Lally et al. 2010: 66 days."""
    assert np.log(0.05) / np.log(1 - RATE) == pytest.approx(9.437, abs=5e-4)
    after = [participation(ActivityAlone(7, ALWAYS_ACTS, habit_rate=RATE, rounds=w)).habit[0] for w in (9, 10)]
    assert after[0] < 0.95 < after[1]


def test_v3_variance_of_habit_under_independent_acts():
    n, p = 40_000, 0.3
    result = participation(ActivityAlone(n, float(np.log(p / (1 - p))), habit_rate=RATE, rounds=60), seed=9)
    expected = RATE / (2 - RATE) * p * (1 - p)
    assert expected == pytest.approx(0.033056, abs=5e-7)
    kurtosis = ((result.habit - result.habit.mean()) ** 4).mean() / result.habit.var() ** 2
    assert result.habit.var() == pytest.approx(expected, abs=4 * expected * np.sqrt((kurtosis - 1) / n))
    assert result.habit.mean() == pytest.approx(p, abs=4 * np.sqrt(expected / n))


def test_habit_decays_when_nobody_acts():
    result = participation(ActivityAlone(14, -ALWAYS_ACTS, habit_rate=0.1, habit_start=1.0, rounds=20))
    assert result.habit == pytest.approx(np.full(14, 0.9**20), abs=1e-12)


def test_habit_counts_for_weekly_activities_only():
    """A full habit that never fades moves sorting and not meetings, equation (1)."""
    for activity, utility in ((Activity.SORT, -1.0 + 2.0), (Activity.MEETING, -1.0)):
        part = ActivityAlone(
            20_000, -1.0, habit_weight=2.0, habit_rate=0.0, habit_start=1.0, activity=activity, rounds=4
        )
        share, p = participation(part, seed=2).shares.mean(), expit(utility)
        assert share == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 80_000))


@pytest.mark.parametrize(("activity", "weight"), [(Activity.APP, 0.5), (Activity.MEETING, 1.0), (Activity.PATROL, 1.0)])
@pytest.mark.parametrize("told", [0.0, 1.0])
def test_efficacy_follows_the_delta_rule(activity: Activity, weight: float, told: float):
    """Whoever is never told ends in disbelief, whoever always is in belief; half the rate for the app (4)."""
    rounds, rate, start = 12, 0.2, 0.6
    part = ActivityAlone(
        20, ALWAYS_ACTS, activity=activity, rounds=rounds, levers={"results_told": told},
        world={"efficacy_rate": rate, "efficacy_start": start},
    )  # fmt: skip
    efficacy = participation(part).run.state.people.efficacy
    assert efficacy == pytest.approx(told + (start - told) * (1 - weight * rate) ** rounds, abs=1e-12)


def test_agenda_scales_what_a_meeting_brings():
    """E settles around F Q times the share of the agenda that residents set."""
    part = ActivityAlone(
        4000, ALWAYS_ACTS, activity=Activity.MEETING, rounds=60, levers={"results_told": 0.8, "agenda_residents": 0.5},
        world={"efficacy_rate": 0.1},
    )  # fmt: skip
    efficacy = participation(part, seed=4).run.state.people.efficacy
    sd = np.sqrt(0.1 / 1.9 * 0.4 * 0.6)
    assert efficacy.mean() == pytest.approx(0.4, abs=4 * sd / np.sqrt(4000) + 0.5 * 0.9**60)
    assert efficacy.std() == pytest.approx(sd, rel=0.1)


def test_efficacy_enters_voice_alone():
    """beta_E (E - 1/2) for the app and not for sorting."""
    for activity, utility in ((Activity.APP, 4.0 * 0.4), (Activity.SORT, 0.0)):
        part = ActivityAlone(
            20_000, 0.0, activity=activity, rounds=1, world={"efficacy_weight": 4.0, "efficacy_start": 0.9}
        )
        p = expit(utility)
        assert participation(part).shares[0] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 20_000))


def test_crowding_out_builds_up_and_fades():
    """X after n weeks of believed payment is chi (1 - (1 - rate)^n), and fades by (1 - rate) a week (7)."""
    chi, rate, on, off = 0.7, 0.05, 20, 10
    days = 7 * on
    from labsim.model.parts import Alone, Place, start_alone

    world = {f"alpha_sort_{age}": ALWAYS_ACTS for age in ("young", "middle", "older")}
    part = Alone(
        Place(21), world | {"crowding_out": chi, "crowding_out_rate": rate, "credibility_start": 0.9},
        {"points_earning": 1.0}, {days: {"points_earning": 0.0}}, days=7 * (on + off),
    )  # fmt: skip
    run = start_alone(part, 1).advance(days)
    assert run.state.people.crowding == pytest.approx(chi * (1 - (1 - rate) ** on), abs=1e-12)
    run.advance()
    assert run.state.people.crowding == pytest.approx(chi * (1 - (1 - rate) ** on) * (1 - rate) ** off, abs=1e-12)


def test_a_reward_counts_relative_to_effort_and_as_far_as_believed():
    """beta_R C ln(1 + points / cost), equation (1)."""
    n = 40_000
    part = ActivityAlone(
        n, -2.0, activity=Activity.VOLUNTEER, rounds=1,
        world={"reward_weight": 1.5, "credibility_start": 0.8, "cost_volunteer": 20.0, "redemption_rate": 0.0},
        levers={"points_earning": 1.0, "points_volunteer": 10.0},
    )  # fmt: skip
    p = expit(-2.0 + 1.5 * 0.8 * np.log(1.5))
    assert participation(part).shares[0] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / n))


def test_belief_spreads_to_the_mean():
    """DeGroot 1974 in a complete network: the spread falls by 1 - rate n/(n-1) a period, the mean stays."""
    n, rate, periods = 50, 0.1, 6
    part = ActivityAlone(n, -ALWAYS_ACTS, network="complete", rounds=4 * periods, world={"social_learning_rate": rate})
    from labsim.model.parts_people import start_activity

    run = start_activity(part, 1)
    run.state.people.efficacy[:] = np.arange(n) / n
    before = run.state.people.efficacy.copy()
    after = run.advance().state.people.efficacy
    factor = (1 - rate * n / (n - 1)) ** periods
    assert after - before.mean() == pytest.approx((before - before.mean()) * factor, abs=1e-8)
