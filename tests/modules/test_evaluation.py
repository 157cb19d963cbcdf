"""Module *evaluation*: closed forms, laws, directions, three engines, and the core untouched when it is off."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labsim.behaviour import evaluation as rules
from labsim.behaviour.evaluation import Weights
from labsim.model.mesa.model import CommunityModel
from labsim.model.modules.evaluation_state import QUARTER
from labsim.model.simulate import simulate, simulate_many, start
from labsim.model.state import Outcome
from labsim.model.trajectory import ConservationError, Trajectory
from labsim.results.catalogue_evaluation import EVALUATION
from labsim.results.indicators import measure
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.evaluation import LEVERS_EVALUATION, PRESENT
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.scenario import Scenario, world_values
from labsim.scenario.search import search
from tests.modules import evaluation_drawn as drawn
from tests.modules.engines import idle, same_bits

ON = Scenario().with_community(module_evaluation=1)
TODAY = {"appraisal_resident_weight": 0.15, "appraisal_process_share": 0.6, "appraisal_effect_share": 0.2}
EFFECT = {
    "appraisal_resident_weight": 0.4, "appraisal_process_share": 0.2, "appraisal_effect_share": 0.6,
    "appraisal_external_weight": 0.4, "third_party_checks": 4, "satisfaction_surveys": 4, "survey_sample": 300,
}  # fmt: skip
SEEDS = range(6)

share = st.floats(0, 1)


def of_module(one: Trajectory) -> np.ndarray:
    """Return the module's records from day 0 on."""
    return one.modules["evaluation"][one.burn_in :]


def appraisals(one: Trajectory) -> np.ndarray:
    """Return the records of days on which a quarter was appraised."""
    days = of_module(one)
    return days[days["appraisals"] == 1]


def weights_of(row: np.void, what: str = "weight") -> Weights:
    return Weights(*(float(row[f"{what}_{name}"]) for name in Weights._fields))


def beyond_luck(gain: np.ndarray) -> bool:
    return bool(gain.mean() > 3 * gain.std(ddof=1) / math.sqrt(len(gain)))


# -- (EV1) weights --------------------------------------------------------------------------------


@given(share, share, share, share)
def test_the_weights_of_an_appraisal_sum_to_one(resident: float, external: float, process: float, effect: float):
    weights = rules.multi_source_weights(resident, external, process, effect)
    assert min(weights) >= 0
    assert rules.total_weight(weights) == pytest.approx(1, abs=1e-12)
    for surveyed in (False, True):
        for checked in (False, True):
            bites = rules.as_measured(rules.with_stars(weights, 0.3), surveyed, checked)
            assert rules.total_weight(bites) == pytest.approx(1, abs=1e-12)


def test_weights_by_hand():
    """Residents .4 of what a third party with .4 leaves; the superior has .36, of which .2 and .6."""
    weights = rules.multi_source_weights(0.4, 0.4, 0.2, 0.6)
    assert weights == pytest.approx((0.072, 0.072, 0.24 + 0.108, 0.4 + 0.108, 0, 0, 0))
    assert rules.multi_source_weights(0, 0, 0.9, 0.9)[:4] == pytest.approx((0.5, 0, 0.25, 0.25))
    # Nobody asks and nobody checks: effect indicators are what the record says.
    assert rules.as_measured(weights, False, False)[:4] == pytest.approx((0.072, 0.928, 0, 0))


def test_the_weights_of_the_scorecard_are_the_documents():
    weights = rules.five_x_weights(0.4, 0.3, 0.2, 0.1, 0.0, 0.6, 0.2)
    assert weights == pytest.approx((0.18, 0.06, 0.4, 0.06, 0.2, 0.1, 0))
    with_x = rules.five_x_weights(0.4, 0.3, 0.2, 0.1, 0.25, 0.6, 0.2)
    assert with_x == pytest.approx((*(w / 1.25 for w in weights[:6]), 0.2))
    assert rules.total_weight(rules.five_x_weights(0, 0, 0, 0, 0, 0.6, 0.2)) == 1


def test_present_is_what_the_levers_say_by_default():
    names = ("resident_weight", "external_weight", "process_share", "effect_share")
    declared = [LEVERS[name].default for name in (*(f"appraisal_{name}" for name in names), "survey_sample")]
    assert list(PRESENT) == declared


# -- (EV2) surveys --------------------------------------------------------------------------------


def test_reliability_is_the_share_of_variance_that_is_not_chance():
    assert rules.survey_noise(0.8, 100) == pytest.approx(0.0016)
    assert rules.reliability(0.04, 0.0016) == pytest.approx(0.5)
    assert rules.reliability(0.04, rules.survey_noise(0.8, 0)) == 0


def test_the_noise_of_a_survey_is_p_times_1_minus_p_over_n():
    """Against the truth of the same community: 30 of 1,500, so drawing without replacement takes away 2 %."""
    scenario = ON.changed(horizon=112, burn_in=0).with_levers(satisfaction_surveys=4, survey_sample=30)
    scenario = scenario.with_community(items=300, contacts=0)
    errors = []
    for one in simulate_many(scenario, range(60)):
        truth = satisfied_at(one, 2)
        row = appraisals(one)[0]
        assert row["asked"] == 30
        errors.append((row["content"] / 30 - truth) / math.sqrt(rules.survey_noise(truth, 30) * (1 - 30 / 1500)))
    assert abs(np.mean(errors)) < 4 / math.sqrt(len(errors))
    assert abs(np.mean(np.square(errors)) - 1) < 4 * math.sqrt(2 / len(errors))


def satisfied_at(one: Trajectory, period: int) -> float:
    """Return the true share of residents who are satisfied at the end of a period."""
    group = one.groups[period]
    return float(group["satisfied"].sum() / group["residents"].sum() / 2**32)


def test_a_survey_that_stays_online_asks_only_those_who_are():
    scenario = ON.changed(horizon=112, burn_in=0).with_levers(
        satisfaction_surveys=4, survey_sample=5000, survey_door_share=0
    )
    one = simulate(scenario, 1)
    online = np.isin(one.residents["cell"] % 2, 1)
    assert appraisals(one)[0]["asked"] == online.sum() < len(online)
    everybody = simulate(scenario.with_levers(survey_door_share=1), 1)
    assert appraisals(everybody)[0]["asked"] == len(online)


@pytest.mark.parametrize("a_year", [0, 1, 1.5, 2, 3, 4])
def test_something_yearly_happens_so_often_in_four_years(a_year: float):
    assert sum(rules.is_due(quarter, a_year) for quarter in range(16)) == 4 * a_year


# -- (EV3) attention ------------------------------------------------------------------------------


@given(share, share, share, share, st.floats(0, 30), share, share)
def test_attention_is_shared_out(resident, external, process, effect, pull, reliable, detection):
    weights = rules.multi_source_weights(resident, external, process, effect)
    attention = rules.attention_target(weights, pull, reliable, detection, 1.0, 0.4, 0.3, 0.6)
    assert min(attention) > 0
    assert sum(attention) == pytest.approx(1, abs=1e-12)


def test_attention_is_a_softmax_of_marginal_scores():
    """Log odds against work that nobody scores are sensitivity times the gain of a unit, and motivation."""
    weights = Weights(0.5, 0.2, 0.2, 0.1, 0.0, 0.0, 0.0)
    attention = rules.attention_target(weights, 4.0, 0.5, 0.7, 1.0, 0.4, 0.3, 0.6)
    log_odds = [math.log(a / attention.other) for a in attention]
    real = 0.1 * 0.7 + 0.2 * 0.5 * 0.4 + 0.2 * 0.3
    assert log_odds == pytest.approx([1 + 4 * real, 1 + 4 * 0.2 * 0.5 * 0.6, 0.8, 2.0, 0, 0])
    nobody_scores = rules.attention_target(weights, 0.0, 0.5, 0.7, 1.0, 0.4, 0.3, 0.6)
    assert nobody_scores.repair / nobody_scores.ledger == pytest.approx(math.e)


def test_attention_moves_half_the_way_in_a_period():
    one = simulate(ON.changed(horizon=112, burn_in=0).with_levers(appraisal_process_share=1.0), 1)
    ledger = of_module(one)["staff_ledger"][[26, 27, 55, 83, 111]]
    world = world_values(ON)
    weights = rules.as_measured(rules.multi_source_weights(0.15, 0, 1.0, 0.2), True, False)
    reliable = rules.reliability(world["satisfaction_spread"], rules.survey_noise(world["satisfaction_before"], 100))
    goal = rules.attention_target(
        weights, world["attention_sensitivity"], reliable, world["third_party_detection"], world["intrinsic_real"],
        world["repair_seen"], world["repair_on_record"], world["feedback_seen"],
    ).ledger  # fmt: skip
    assert goal - ledger == pytest.approx((goal - ledger[0]) * 0.5 ** np.arange(5), abs=1e-12)


# -- (EV4), (EV5) what attention does ----------------------------------------------------------------


def test_a_shift_is_in_logits_and_leaves_certainty_alone():
    assert rules.shifted(0.2, 1.5) == pytest.approx(1 / (1 + 4 * math.exp(-1.5)), rel=1e-12)
    assert [rules.shifted(edge, 3.0) for edge in (0.0, 1.0)] == [0.0, 1.0]
    assert rules.shifted(0.3, 0.0) == 0.3
    assert rules.hastened(0.5, math.log(2)) == pytest.approx(0.75)
    assert rules.hastened(0.5, -math.log(2)) == pytest.approx(0)
    assert rules.any_check(0.5, 0.4, 0.1) == pytest.approx(1 - 0.5 * 0.6 * 0.9)


def test_show_costs_hours():
    """Ledger hours are their share of the work other than cases, times show against today's."""
    one = simulate(ON.changed(horizon=364).with_levers(appraisal_process_share=0.9, appraisal_effect_share=0.0), 1)
    days, world = of_module(one), world_values(ON)
    show = (days["staff_ledger"] + days["staff_pilots"])[:-1]
    today = one.modules["evaluation"]["staff_ledger"][0] + one.modules["evaluation"]["staff_pilots"][0]
    expected = world["base_load"] * world["ledger_share"] * show / today
    before_moving = one.modules["evaluation"]["ledger_hours"][0]
    assert before_moving == pytest.approx(world["base_load"] * world["ledger_share"])
    assert days["ledger_hours"][1:] == pytest.approx(expected, rel=1e-9)


# -- (EV6) marks and scores ----------------------------------------------------------------------------


def test_scores_are_weights_times_marks():
    scenario = ON.changed(horizon=364).with_levers(**EFFECT, warnings=1, star_scheme=0.2, five_x_risk=0.1)
    rows = appraisals(simulate(scenario, 2))
    assert len(rows) == 4
    for row in rows:
        weights, found = weights_of(row), weights_of(row, "mark")
        assert row["score_appraisal"] == pytest.approx(100 * np.dot(weights, found), rel=1e-12)
        assert sum(weights) == pytest.approx(1, abs=1e-12)
        parts = 0.4 * found.satisfaction + 0.2 * found.innovation + 0.1 * found.learning + 0.1 * found.risk
        governance = 0.2 * found.process + 0.2 * found.official + 0.6 * found.verified
        assert row["governance_5x"] == pytest.approx(100 * governance)
        assert row["score_5x"] == pytest.approx(100 * (parts + 0.3 * governance) / 1.1)
        assert all(0 <= mark <= 1 for mark in found)


def test_marks_come_from_the_record():
    one = simulate(ON.changed(horizon=364).with_levers(satisfaction_surveys=4), 3)
    for quarter, row in enumerate(appraisals(one)):
        days = one.programme[quarter * QUARTER : (quarter + 1) * QUARTER]
        assert row["mark_official"] == min(days["closed"].sum() / days["opened"].sum(), 1)
        assert row["mark_satisfaction"] == row["content"] / row["asked"]
        assert row["mark_verified"] == row["mark_official"]  # no third party: the record is believed


def test_a_third_party_sees_through_its_share_of_superficial_repairs():
    seen = superficial = 0
    scenario = ON.changed(horizon=364).with_levers(**EFFECT, third_party_sample=1000, appraisal_stake=0)
    for one in simulate_many(scenario, range(8)):
        for quarter, row in enumerate(appraisals(one)):
            closed = one.cases["closed"]
            done = (one.cases["outcome"] == Outcome.CLOSED) & (closed >= quarter * QUARTER)
            done &= closed < (quarter + 1) * QUARTER
            assert row["checked"] == done.sum()
            assert row["mark_verified"] == pytest.approx(1 - row["seen_through"] / row["checked"])
            seen += int(row["seen_through"])
            superficial += int(one.cases["superficial"][done].sum())
    assert superficial > 400
    assert seen / superficial == pytest.approx(0.7, abs=4 * math.sqrt(0.7 * 0.3 / superficial))


def test_stars():
    assert rules.star_points(False, False, 0.0) == 0
    assert rules.star_points(True, False, 0.0499) == 2
    assert rules.star_points(True, True, 0.8 - 0.75) == 6  # a step of .05 is a step although .8 - .75 is less
    assert rules.star_points(False, True, -0.2) == 3


def test_years_of_failing_lead_to_an_interview_and_an_interview_to_attention():
    """Two years are eight quarters; what is scored then draws more attention of staff, not of departments."""
    failing = ON.with_world(pass_mark=1.0).with_levers(**EFFECT, interview_after=1)
    days = of_module(simulate(failing, 1))
    quiet = of_module(simulate(failing.with_levers(interview_after=0), 1))
    assert np.flatnonzero(days["interviews"]).tolist() == [363, 727]
    assert np.flatnonzero(of_module(simulate(failing.with_levers(interview_after=2), 1))["interviews"]).tolist() == [
        727
    ]
    assert days["staff_other"][450] < 0.5 * quiet["staff_other"][450]
    assert days["department_other"][450] == pytest.approx(quiet["department_other"][450], rel=0.05)
    assert quiet["interviews"].sum() == 0


# -- (EV7) publication --------------------------------------------------------------------------------


def test_what_a_publication_shows():
    assert rules.published_outcome(10, 30, 8) == pytest.approx(0.8)
    assert rules.published_outcome(10, 0, 10) == 0  # nothing came of it
    assert rules.published_outcome(5, 5, 30) == 0
    assert rules.published_outcome(0, 0, 0) == 1
    assert rules.published_outcome(0, 0, 2) == 0


@pytest.mark.parametrize("repair_budget", [0, 50000])
def test_a_publication_moves_those_who_hear_of_it_towards_what_was_done(repair_budget: int):
    """Efficacy moves by share x rate x weight x (outcome - belief): up when much was done, down otherwise."""
    scenario = ON.changed(horizon=112).with_levers(repair_budget=repair_budget)
    scenario = scenario.with_world(heard_online=0.5, heard_offline=0.5)
    silent, public = simulate(scenario, 5), simulate(scenario.with_levers(publication=1), 5)
    row = appraisals(public)[0]
    belief = float(silent.programme["mean_efficacy"][QUARTER - 1])
    moved = float(public.programme["mean_efficacy"][QUARTER - 1]) - belief
    rate = world_values(ON)["efficacy_rate"] * world_values(ON)["publication_weight"]
    assert moved == pytest.approx(row["heard_share"] * rate * (row["published_outcome"] - belief), abs=0.002)
    assert row["heard"] / 1500 == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / 1500))
    days = public.programme[:QUARTER]
    unresolved = days["fault_item_days"][-14:].mean()
    before = public.daily["fault_item_days"][public.burn_in - 13 : public.burn_in + 1].mean()
    assert row["published_outcome"] == pytest.approx(
        max(1 - unresolved / (before + days["onsets"][1:].sum()), 0), rel=1e-12
    )


# -- (EV8), (EV9) warnings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item_class", "age", "colour"),
    [(0, 2.9, 0), (0, 3, 1), (0, 7, 2), (0, 21, 3), (1, 2.9, 0), (1, 3, 2), (1, 7, 3), (2, 0, 3)],
)
def test_colours(item_class: int, age: float, colour: int):
    assert rules.warning_colour(item_class, age, 3, 7, 21) == colour


@pytest.mark.parametrize("relative", [0.4, 1.0])
def test_a_warning_is_in_time_with_the_chance_of_an_exponential(relative: float):
    """Mean response r times the deadline: in time with chance 1 - exp(-1/r), whatever the deadline is."""
    slow = (
        Scenario(horizon=364, burn_in=28)
        .with_community(module_evaluation=1, facility_share=0, capital_share=0, residents=100, blocks=2, panel=0)
        .with_world(base_load=0, fault_rate=0.002, notice_rate=0.2, intake_days=6, hop_days=3, drop_rate=0.02)
        .with_world(warning_response=relative, warning_hours_blue=0)
        .with_levers(warnings=1, warning_blue_age=0, warning_yellow_age=120, warning_red_age=120)
        .with_levers(warning_blue_hours=6, handlers=4)
    )
    days = np.concatenate([of_module(one) for one in simulate_many(slow, range(3))])
    in_time, late = int(days["answered_in_time"].sum()), int(days["answered_late"].sum())
    assert in_time + late > 1500
    assert days["warned_yellow"].sum() + days["warned_red"].sum() == 0
    chance = 1 - math.exp(-1 / relative)
    assert in_time / (in_time + late) == pytest.approx(
        chance, abs=4 * math.sqrt(chance * (1 - chance) / (in_time + late))
    )


def test_warnings_shorten_the_tail_and_cost_hours():
    calm, warned = simulate_many(ON, SEEDS), simulate_many(ON.with_levers(warnings=1), SEEDS)
    pairs = list(zip(calm, warned, strict=True))
    gain = np.array([measure(a, "handling_days_p90") - measure(b, "handling_days_p90") for a, b in pairs])
    assert gain.mean() > 1
    assert beyond_luck(gain)
    hours = world_values(ON)
    for one in warned:
        days = of_module(one)
        cost = sum(days[f"warned_{c}"].sum() * hours[f"warning_hours_{c}"] for c in ("blue", "yellow", "red"))
        assert days["warning_hours"].sum() == pytest.approx(cost)
        assert days["warned_blue"].sum() > 100


def test_task_forces_of_few_handlers_lengthen_the_other_cases():
    """Only safety cases turn a colour: they end sooner, and litter, which nobody warns about, later."""
    few = (
        ON.with_community(capital_share=0.05, facility_share=0.05)
        .with_world(fault_rate=0.0006, cost_capital=0, task_force_days=2, warning_hours_red=0)
        .with_levers(handlers=1, warning_blue_age=120, warning_yellow_age=120, warning_red_age=120)
    )
    calm, warned = simulate_many(few, SEEDS), simulate_many(few.with_levers(warnings=1), SEEDS)

    def days(one: Trajectory, of_class: int) -> float:
        cases = one.cases[(one.cases["item_class"] == of_class) & (one.cases["outcome"] == Outcome.CLOSED)]
        return float((cases["closed"] - cases["opened"])[cases["opened"] > 0].mean())

    pairs = list(zip(calm, warned, strict=True))
    assert beyond_luck(np.array([days(a, 2) - days(b, 2) for a, b in pairs]))
    assert beyond_luck(np.array([days(b, 0) - days(a, 0) for a, b in pairs]))
    assert all(of_module(one)["task_forces"].sum() > 10 for one in warned)
    assert all(of_module(one)["warned_blue"].sum() + of_module(one)["warned_yellow"].sum() == 0 for one in warned)


# -- directions: gaming -----------------------------------------------------------------------------


def test_show_wins_the_appraisal_of_processes_and_loses_that_of_effects():
    """The same two communities, each with marks from its own record, under both sets of weights."""
    showy = ON.with_levers(**(EFFECT | {"appraisal_resident_weight": 0, "appraisal_external_weight": 0}))
    showy = showy.with_levers(appraisal_process_share=0.95, appraisal_effect_share=0)
    of_show = [appraisals(one)[-1] for one in simulate_many(showy, SEEDS)]
    of_real = [appraisals(one)[-1] for one in simulate_many(ON.with_levers(**EFFECT), SEEDS)]
    by_process = rules.multi_source_weights(TODAY["appraisal_resident_weight"], 0, 0.6, 0.2)
    by_effect = rules.multi_source_weights(0.4, 0.4, 0.2, 0.6)

    def lead(weights: Weights) -> np.ndarray:
        marks = [(weights_of(a, "mark"), weights_of(b, "mark")) for a, b in zip(of_show, of_real, strict=True)]
        return np.array([rules.score(weights, a) - rules.score(weights, b) for a, b in marks])

    assert beyond_luck(lead(by_process))
    assert beyond_luck(-lead(by_effect))


def test_a_list_drives_departments_to_what_is_scored_whatever_that_is():
    for levers, work in ((TODAY, "ledger"), (EFFECT, "repair")):
        plain = of_module(simulate(ON.with_levers(**levers), 1))
        listed = of_module(simulate(ON.with_levers(**levers, red_black_list=0.25), 1))
        assert listed[f"department_{work}"][-1] > plain[f"department_{work}"][-1] + 0.02
        assert (listed["listed_black"].sum(), listed["listed_red"].sum()) == (16, 16)  # 2 of 8, 8 quarters
        assert plain["listed_black"].sum() == 0


# -- off, and on with nothing to do ------------------------------------------------------------------

SMALL = Scenario(horizon=112, burn_in=28).with_community(residents=150, blocks=5, items=150, panel=20)


def test_switched_off_no_lever_and_no_parameter_of_it_does_anything():
    moved = SMALL.with_levers(**{q.name: q.high for q in LEVERS_EVALUATION}).with_world(list_boost=3, ledger_share=0.9)
    assert simulate(moved, 1).digest() == simulate(SMALL, 1).digest()
    assert not simulate(SMALL, 1).modules


def test_todays_appraisal_leaves_the_core_alone():
    """The core was fitted under it: switched on with every lever at its default, no bit moves."""
    off, on = simulate(SMALL, 1), simulate(SMALL.with_community(module_evaluation=1), 1)
    for table in ("daily", "groups", "cases", "residents"):
        assert getattr(on, table).tobytes() == getattr(off, table).tobytes()
    assert on.modules["evaluation"]["ledger_hours"].min() > 0


def test_its_levers_are_registered():
    of_it = {name for name, module in MODULE_OF_LEVER.items() if module == "evaluation"}
    assert of_it == {q.name for q in LEVERS_EVALUATION}


def test_its_indicators_are_not_measurable_when_it_is_off():
    one = simulate(SMALL, 1)
    assert all(math.isnan(measure(one, item.name)) for item in EVALUATION)


# -- laws ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "law"),
    [
        (lambda state: state.attention[1].__iadd__(0.01), "attention of everybody"),
        (lambda state: state.desk["issued"].__iadd__(1), "warnings issued"),
    ],
)
def test_books_that_do_not_balance_stop_the_run(spoil, law: str):
    run = start(SMALL.with_community(module_evaluation=1), 1).advance(20)
    spoil(run.state.modules.evaluation)
    with pytest.raises(ConservationError, match=f"day 20: {law}"):
        run.advance()


def test_the_mesa_twin_keeps_the_same_laws():
    model = CommunityModel(SMALL.with_community(module_evaluation=1), 1).run(5)
    next(iter(model.modules.values())).warnings.issued += 1
    with pytest.raises(ConservationError, match="day 5: warnings issued"):
        model.step()


def test_every_warning_is_answered_or_pending():
    busy = ON.changed(horizon=364).with_levers(warnings=1, handlers=1).with_world(fault_rate=0.001)
    run = start(busy, 3).advance()
    days = run.state.modules.evaluation.daily
    issued = sum(int(days[f"warned_{colour}"].sum()) for colour in ("blue", "yellow", "red"))
    answered = int(days["answered_in_time"].sum() + days["answered_late"].sum())
    assert issued == answered + int(days["pending"][-1])
    assert days["pending"][-1] == run.state.modules.evaluation.warned["pending"].sum()
    assert issued > 500


# -- three engines -----------------------------------------------------------------------------


def test_three_engines_give_the_same_bits():
    assert idle(same_bits(drawn), "evaluation") == []


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("双轨评估", "multi_source_evaluation"),
        ("traffic-light", "three_colour_warning"),
        ("G08", "multi_source_evaluation"),
        ("五星书记", "five_x_evaluation"),
        ("B26", "participation_gap_and_awareness"),
        ("quarterly survey", "satisfaction_survey"),
    ],
)
def test_variants_find_their_instrument(words: str, found: str):
    assert search(words)[0].id == found
