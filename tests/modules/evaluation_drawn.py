"""Small communities with appraisals and warnings, drawn at random for the comparison of engines."""

from random import Random

from labsim.scenario.modules.evaluation import LEVERS_EVALUATION, WORLD_EVALUATION
from labsim.scenario.phases import Inject, InjectKind, Phase
from labsim.scenario.scenario import Scenario
from tests.model.drawn import draw_scenario, value_of

MANY = 6
SEED = 7


def draw(number: int) -> Scenario:
    """Return the random scenario of a number: every lever and parameter of the module drawn, and many cases.

    The last one lasts more than a year and fails its appraisals, so that an interview is due.
    """
    chance = Random(3000 + number)
    last = number == MANY - 1
    levers = {lever.name: value_of(chance, lever) for lever in LEVERS_EVALUATION}
    levers |= {
        "warnings": 1.0, "survey_sample": float(chance.randint(5, 60)),
        "third_party_sample": float(chance.randint(3, 40)),
        "satisfaction_surveys": chance.choice((0.0, 4.0, 4.0)), "third_party_checks": chance.choice((0.0, 4.0, 4.0)),
        "red_black_list": chance.choice((0.0, 0.25, 0.5)), "interview_after": float(last),
        "warning_blue_age": chance.uniform(0, 4), "warning_yellow_age": chance.uniform(2, 9),
        "warning_red_age": chance.uniform(5, 20),
    }  # fmt: skip
    world = {q.name: value_of(chance, q) for q in WORLD_EVALUATION} | {"pass_mark": 1.0}
    core = draw_scenario(number)
    community = {**core.community, "residents": 50, "blocks": 4, "items": 60, "panel": 8, "module_evaluation": 1.0}
    scenario = core.changed(
        horizon=392 if last else 112, burn_in=28, community={**community, "departments": chance.randint(1, 6)},
        injects=(Inject(day=30, kind=InjectKind.FAULT_BURST, magnitude=25),), phases=(),
    )  # fmt: skip
    return (
        scenario.with_levers(**levers)
        .with_world(**world)
        .with_phases(
            Phase(lever="appraisal_effect_share", value=chance.random(), start=20, ramp=30),
            Phase(lever="five_x", value=chance.randint(0, 1), start=40),
            Phase(lever="warnings", value=0, start=80, stop=95),
        )
    )
