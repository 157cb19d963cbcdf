"""Module *workforce*: closed forms, laws, directions, three engines, and the core untouched when it is off."""

import math

import numpy as np
import pytest

from labsim.behaviour import skills as rules
from labsim.model.simulate import Run, simulate, simulate_many, start
from labsim.model.trajectory import ConservationError, Trajectory
from labsim.results.indicators import measure
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.modules.workforce import LEVERS_WORKFORCE
from labsim.scenario.scenario import Scenario
from tests.modules import workforce_drawn as drawn
from tests.modules.engines import idle, same_bits

ON = Scenario().with_community(module_workforce=1)
# Nothing breaks, nobody is overloaded, pay is fair: staff alone, who quit at the base rate and nothing else.
QUIT = 0.12
BARE = (
    Scenario(horizon=728, burn_in=0)
    .with_community(module_workforce=1, residents=60, blocks=1, items=0, panel=0)
    .with_levers(staff=60, pay_gap=0, inspection_frequency=0, trainings=0, certified_hiring=0)
    .with_world(base_load=0, quit_rate=QUIT, blocked_quit=0, trained_start=0, titled_start=0, vacancy_days=30)
)


def of_module(one: Trajectory) -> np.ndarray:
    """Return the module's records from day 0 on."""
    return one.modules["workforce"][one.burn_in :]


def z_of(found: list[float], expected: float) -> float:
    """Return by how many standard errors the mean of replications is off."""
    values = np.array(found)
    return float((values.mean() - expected) / (values.std(ddof=1) / math.sqrt(len(values))))


def stayers(run: Run, since: int) -> np.ndarray:
    """Return the workers who are present and had joined before a day."""
    workers = run.state.modules.workforce.workers
    return workers[(workers["present"] == 1) & (workers["joined"] < since)]


# -- (W1) learning on the job, forgetting ---------------------------------------------------------


def test_a_newcomer_learns_on_the_job_exponentially():
    run = start(BARE, 1).advance(700)
    workers = run.state.modules.workforce.workers
    workers = workers[(workers["present"] == 1) & (workers["joined"] >= 0)]
    assert len(workers) > 3
    # Who joins in the morning has learnt by the evening of the same day.
    expected = 0.5 - 0.3 * np.exp(-(700 - workers["joined"]) / 364)
    for name in ("policy", "digital", "mediation", "decision"):
        assert workers[name] == pytest.approx(expected, abs=1e-9)


def test_the_mean_skill_under_turnover_is_stationary_where_learning_balances_leaving():
    """Years of service are exponential with rate q, so the mean is s + (L - s) r/(r + q)."""
    scenario = BARE.with_world(tenure_start=1 / QUIT)
    expected = rules.usual_skill(0.2, 0.5, 1.0, 1 / QUIT)
    assert expected == pytest.approx(0.2 + 0.3 * 1.0 / (1.0 + QUIT))
    found = [float(of_module(one)["policy"].mean()) for one in simulate_many(scenario, range(12))]
    assert abs(z_of(found, expected)) < 4
    assert np.std(found) < 0.02  # narrow enough to tell it from 0.5, where nobody leaves
    assert abs(np.mean(found) - expected) < 0.01


def test_turnover_costs_skill():
    calm, busy = (of_module(simulate(BARE.with_world(tenure_start=4, quit_rate=rate), 1)) for rate in (0.05, 0.12))
    assert calm["left_other"].sum() < busy["left_other"].sum()
    assert calm["policy"][-1] > busy["policy"][-1]


# -- (W2) and (W3) sessions -----------------------------------------------------------------------


@pytest.mark.parametrize("digital", [0.0, 1 / 3, 1.0])
def test_n_sessions_leave_the_nth_power_of_what_one_leaves(digital: float):
    gain = {
        "policy": rules.session_gain(0.2, 0.5, 1.5 * (1 - digital)),
        "digital": rules.session_gain(0.2, 0.5, 3 * digital),
    }
    assert rules.session_gain(0.2, 0.5, 1.0) == pytest.approx(0.1)
    assert (1 - gain["policy"]) ** 2 * (1 - gain["digital"]) == pytest.approx(0.9**3)  # three units, however shared
    skill = 0.3
    for n in range(1, 6):
        skill = rules.taught(skill, gain["policy"])
        assert skill == pytest.approx(1 - 0.7 * (1 - gain["policy"]) ** n)


def test_four_sessions_a_year_give_the_skill_of_the_closed_form():
    """Everybody comes and passes; between sessions what exceeds the level fades. Exact, worker by worker."""
    scenario = BARE.with_levers(trainings=4, training_places=1, training_quality=1).with_world(
        training_attendance=1,
        training_pass=1,
        attendance_load=0,
        training_gain=0.2,
        forgetting_rate=0.3,
        tenure_start=15,
    )
    days = 364
    run = start(scenario, 2).advance(days)
    book = run.state.modules.workforce.daily[:days]
    held = np.flatnonzero(book["attended"])
    assert held.tolist() == [90, 181, 272, 363]
    assert (book["attended"][held] == book["passed"][held]).all()
    old = stayers(run, -3640)  # ten years of service: their skill is at the level
    assert len(old) > 10
    years = -old["joined"] / 364
    skill = 0.5 - 0.3 * np.exp(-years)
    for day in range(days):
        if day in held:
            skill = 1 - 0.8 * (1 - skill)
        rate = np.where(skill < 0.5, 1.0, 0.3)
        skill = 0.5 + (skill - 0.5) * np.exp(-rate / 364)
    assert old["policy"] == pytest.approx(skill, abs=1e-9)
    assert old["digital"] == pytest.approx(skill, abs=1e-9)
    assert (old["decision"] <= 0.5).all()


def test_places_attendance_and_pass_rate_thin_out_sessions_as_chances_do():
    scenario = BARE.with_levers(trainings=24, training_places=0.5).with_world(
        training_attendance=0.8, training_pass=0.6
    )
    books = [of_module(one) for one in simulate_many(scenario, range(4))]
    attended, passed, could = 0, 0, 0
    for book in books:
        for day in np.flatnonzero(book["attended"]):
            could += int(book["present"][day - 1])
        attended += int(book["attended"].sum())
        passed += int(book["passed"].sum())
    assert abs(attended - 0.4 * could) < 4 * math.sqrt(could * 0.24)
    assert abs(passed - 0.6 * attended) < 4 * math.sqrt(attended * 0.24)


def test_overload_keeps_people_at_their_desks():
    assert rules.attendance(0.9, 0.5, 2.0, 0.7) == pytest.approx(0.45)
    assert rules.attendance(0.9, 0.5, 2.0, 1.5) == pytest.approx(0.45 * math.exp(-1))
    few, many = (
        of_module(simulate(ON.with_levers(trainings=24, training_places=1, admin_load=load), 3))["attended"].sum()
        for load in (2.0, 0.5)
    )
    assert few < 0.8 * many


def test_the_share_trained_starts_where_it_is_today():
    first = [
        one.modules["workforce"]["trained"][0]
        for one in simulate_many(ON.changed(horizon=28).with_levers(staff=60), range(12))
    ]
    assert abs(np.sum(first) - 0.28 * 720) < 4 * math.sqrt(720 * 0.28 * 0.72)


def test_hours_of_training_are_other_work():
    scenario = ON.changed(horizon=56)
    with_it, without = (simulate(scenario.with_levers(exercises=n), 4) for n in (24, 0))
    hours = of_module(with_it)["learning_hours"]
    assert hours.max() > 20
    gain = with_it.programme["other_hours"] - without.programme["other_hours"]
    # The visits' 14-day mean is the same: nothing else has changed yet on the first day of an exercise.
    first = int(np.flatnonzero(with_it.modules["workforce"]["exercised"])[0])
    one, other = with_it.daily[first], without.daily[first]
    extra = (
        with_it.modules["workforce"]["learning_hours"][first] - without.modules["workforce"]["learning_hours"][first]
    )
    assert one["other_hours"] - other["other_hours"] == pytest.approx(extra)
    assert one["speed"] < other["speed"]
    assert gain.mean() > 0


# -- (W4) mentors ---------------------------------------------------------------------------------


def test_a_mentor_closes_a_share_of_the_gap_and_never_drags_down():
    share = rules.daily_share(1.5)
    skill = 0.2
    for _ in range(364):
        skill = rules.learnt_from(skill, 0.8, share)
    assert skill == pytest.approx(0.8 - 0.6 * math.exp(-1.5))
    assert rules.learnt_from(0.8, 0.2, share) == 0.8


def test_no_mentor_has_more_newcomers_than_allowed_and_newcomers_learn_faster():
    scenario = BARE.with_world(tenure_start=8)
    mentored, alone = (
        start(scenario.with_levers(mentoring=share, mentees_per_mentor=2), 5).advance() for share in (1, 0)
    )
    workers = mentored.state.modules.workforce.workers
    links = workers["mentor"][workers["mentor"] >= 0]
    assert len(links) > 0
    assert np.bincount(links).max() <= 2
    assert (728 - workers["joined"][links] >= 364).all()
    assert mentored.state.modules.workforce.daily["policy"][-1] > alone.state.modules.workforce.daily["policy"][-1]
    assert alone.state.modules.workforce.daily["pairs"].max() == 0


# -- (W5) and (W6) what skill does ----------------------------------------------------------------


def test_effects_of_skill_are_log_linear_and_nothing_at_the_reference():
    assert rules.time_factor(1.5, 0.44, 0.44) == 1.0
    assert rules.time_factor(1.5, 0.64, 0.44) == pytest.approx(math.exp(-0.3))
    assert rules.shifted(0.37, 2.0, 0.5, 0.5) == 0.37
    assert rules.shifted(0.0, 2.0, 0.9, 0.5) == 0.0
    odds = rules.shifted(0.4, 2.0, 0.7, 0.5)
    assert odds / (1 - odds) == pytest.approx(0.4 / 0.6 * math.exp(-0.4))
    assert rules.team_skill(6.0, 12, 0.0, 0.8, 0.2) == 0.5
    assert rules.team_skill(6.0, 12, 3.0, 0.8, 0.2) == pytest.approx(0.56)
    assert rules.team_skill(0.0, 0, 0.0, 0.8, 0.2) == 0.2


@pytest.mark.parametrize(
    ("effect", "lever", "indicator", "better"),
    [
        ("skill_speed", {"training_digital": 1}, "handling_days_mean", -1),
        ("skill_decision", {"exercises": 12}, "handling_days_mean", -1),
        ("skill_quality", {"training_digital": 0}, "recurrence_90d_true", -1),
        ("skill_voice", {"training_digital": 0}, "mean_efficacy", 1),
    ],
)
def test_each_skill_acts_on_its_own_part_of_the_work(effect: str, lever: dict[str, float], indicator: str, better: int):
    """All effects but one switched off: what the one skill moves, and in which direction."""
    alone = dict.fromkeys(("skill_speed", "skill_decision", "skill_quality", "skill_voice"), 0.0) | {effect: 2.0}
    scenario = ON.with_world(**alone).with_levers(trainings=6, training_places=1, **lever)
    skilled, same = (simulate_many(one, range(3)) for one in (scenario, scenario.with_world(**{effect: 0.0})))
    for one, other in zip(skilled, same, strict=True):
        assert better * (measure(one, indicator, (364, 728)) - measure(other, indicator, (364, 728))) > 0


# -- (W7) blocked careers -------------------------------------------------------------------------


def test_the_blocked_leave_beside_all_other_reasons():
    """Two hazards compete: each takes its own share of the days that people are exposed to it."""
    rate = 0.5
    scenario = BARE.with_levers(title_levels=0).with_world(blocked_quit=rate, blocked_after=1, tenure_start=15)
    books = [of_module(one) for one in simulate_many(scenario, range(6))]
    blocked = sum(int(book["blocked"].sum()) for book in books)
    present = sum(int(book["present"].sum()) for book in books)
    left = sum(int(book["left_blocked"].sum()) for book in books)
    other = sum(int(book["left_other"].sum()) for book in books)
    for found, expected in (
        (left, blocked * (1 - math.exp(-rate / 364))),
        (other, present * (1 - math.exp(-QUIT / 364))),
    ):
        assert abs(found - expected) < 4 * math.sqrt(expected)
    assert all((book["hope"] == 0.0).all() for book in books)


def test_prospects_keep_people():
    assert rules.promotion_hope(3.0, 12) == 0.25
    assert rules.promotion_hope(30.0, 12) == rules.promotion_hope(0.0, 0) == 1.0
    assert rules.blocked_quit_probability(0.5, 1.0) == 0.0
    assert rules.is_blocked(2.5, 2.0, 0, 0)  # no title series: nowhere to go
    assert rules.is_blocked(2.5, 2.0, 0, 1)
    assert not rules.is_blocked(2.5, 2.0, 1, 1)  # at the top
    assert not rules.is_blocked(1.5, 2.0, 0, 1)


# -- (W8) promotion -------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.04, 0.2])
def test_openings_are_filled_as_long_as_somebody_waits(share: float):
    run = start(BARE.with_levers(title_levels=3, promotion_share=share), 1).advance()
    ledger = run.state.modules.workforce.ledger[0]
    granted = 2 * 60 * share
    assert ledger.lapsed == 0
    assert math.floor(granted) - 60 * share / 4 - 1 <= ledger.promoted <= math.ceil(granted)
    assert ledger.titles <= ledger.promoted
    assert ledger.accrued == pytest.approx(1e6 * granted, rel=1e-4)


def test_openings_that_nobody_can_take_lapse():
    """One level, and openings for everybody every quarter: each worker rises once, after the least wait."""
    scenario = BARE.with_levers(title_levels=1, promotion_share=1).with_world(title_wait=1, quit_rate=0.05)
    run = start(scenario, 1).advance()
    workers = run.state.modules.workforce.workers
    assert run.state.modules.workforce.ledger[0].lapsed > 0
    old = (workers["present"] == 1) & (workers["joined"] < 728 - 364 - 91)
    assert (workers["title"][old] == 1).all()
    assert workers["title"].max() == 1


def test_merit_promotes_the_skilled_and_seniority_the_patient():
    assert rules.promotion_score(0.0, 3.0, 0.1) == 0.75
    assert rules.promotion_score(1.0, 3.0, 0.1) == 0.1
    scenario = BARE.with_levers(title_levels=1, promotion_share=0.1, trainings=12, training_places=0.3)
    for merit, better in ((0.0, "joined"), (1.0, "policy")):
        run = start(scenario.with_levers(promotion_merit=merit), 3).advance(92)
        workers = run.state.modules.workforce.workers
        here = workers["present"] == 1
        risen, rest = workers[here & (workers["title"] == 1)], workers[here & (workers["title"] == 0)]
        assert len(risen) == 1
        assert (
            (risen[better].mean() < rest[better].min())
            if better == "joined"
            else (risen[better].mean() > rest[better].mean())
        )


def test_allowances_are_wages_and_narrow_the_pay_gap():
    scenario = BARE.with_levers(title_levels=3, promotion_share=0.5, pay_gap=0.2)
    paid, unpaid = (simulate(scenario.with_levers(title_premium=share), 1) for share in (0.1, 0.0))
    both = paid.daily["quits"].cumsum() == unpaid.daily["quits"].cumsum()
    days = slice(0, int(np.argmin(both)) if not both.all() else len(both))  # until the first who stays for the money
    extra = paid.daily["wages"][days] - unpaid.daily["wages"][days]
    assert np.abs(extra - paid.modules["workforce"]["premiums"][days]).max() <= 60 * 72000 * 100 * 0.03 / 364
    assert extra.sum() > 0
    assert paid.daily["quits"].sum() <= unpaid.daily["quits"].sum()


# -- (W9) relief ----------------------------------------------------------------------------------


def test_others_take_over_what_can_be_handed_over():
    assert rules.administration(1.0, 80.0, 8.0, 0.0, 0.4) == pytest.approx(1.1)
    assert rules.administration(1.0, 80.0, 0.0, 16.0, 0.4) == pytest.approx(0.8)
    assert rules.administration(1.0, 80.0, 0.0, 500.0, 0.4) == pytest.approx(0.6)
    assert rules.administration(1.0, 0.0, 8.0, 16.0, 0.4) == 1.0


def test_relief_is_paid_for_and_takes_load_away():
    before, after = (simulate(ON.with_levers(social_workers=n, social_organisations=2 * n), 6) for n in (0, 2))
    assert measure(after, "staff_load", (0, 728)) < measure(before, "staff_load", (0, 728)) - 0.1
    book = of_module(after)
    assert book["professionals"].sum() == pytest.approx(2 * 72000 * 100 * 2, rel=1e-4)
    assert book["contracts"].sum() == pytest.approx(4 * 60000 * 100 * 2, rel=1e-4)
    services = after.programme["service_spent"].sum() - before.programme["service_spent"].sum()
    assert services == book["contracts"].sum() + book["fees"].sum() - of_module(before)["fees"].sum()


# -- the core without it --------------------------------------------------------------------------

SMALL = Scenario(horizon=56, burn_in=28).with_community(residents=150, blocks=5, items=150, panel=20)


def test_switched_off_no_lever_and_no_parameter_of_it_does_anything():
    moved = SMALL.with_levers(**{q.name: q.high for q in LEVERS_WORKFORCE}).with_world(blocked_quit=1, skill_speed=3)
    assert simulate(moved, 1).digest() == simulate(SMALL, 1).digest()


def test_switched_on_with_nothing_to_do_it_leaves_the_core_alone():
    """No effect of skill, no session, nobody blocked: the core's records are the same to the bit."""
    effects = dict.fromkeys(("skill_speed", "skill_decision", "skill_quality", "skill_voice", "blocked_quit"), 0.0)
    idle = SMALL.with_levers(trainings=0).with_world(**effects)
    off, on = simulate(idle, 1), simulate(idle.with_community(module_workforce=1), 1)
    for table in ("daily", "groups", "cases", "residents"):
        assert getattr(on, table).tobytes() == getattr(off, table).tobytes()
    assert on.modules["workforce"]["present"].min() > 0


def test_its_levers_are_registered():
    of_it = {name for name, module in MODULE_OF_LEVER.items() if module == "workforce"}
    assert of_it == {q.name for q in LEVERS_WORKFORCE}


def test_its_indicators_are_not_measurable_when_it_is_off():
    one = simulate(SMALL, 1)
    names = ("policy_skill", "trained_share", "attrition_blocked_3y", "processing_efficiency", "turnover_other_year")
    assert all(math.isnan(measure(one, name)) for name in names)


# -- laws -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "law"),
    [
        (lambda state: state.ledger["headcount"].__iadd__(1), "workers = workers before"),
        (lambda state: state.workers["policy"].__iadd__(2), "skill outside"),
        (lambda state: state.ledger["promoted"].__iadd__(1), "openings = promotions"),
    ],
)
def test_books_that_do_not_balance_stop_the_run(spoil, law: str):
    run = start(SMALL.with_community(module_workforce=1), 1).advance(20)
    spoil(run.state.modules.workforce)
    with pytest.raises(ConservationError, match=f"day 20: {law}"):
        run.advance()


# -- three engines --------------------------------------------------------------------------------


def test_three_engines_give_the_same_bits():
    assert idle(same_bits(drawn), "workforce") == []
