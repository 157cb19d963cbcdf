"""Households in the trust file are visited regularly: the morning of the module *disputes*. Submodel (D9).

Takes: levers of the day. Gives: rapport of households with those who come, tension that they talk away, and the
hours that visits cost.
"""

from labsim.behaviour.coordination import load_of, occurrences
from labsim.behaviour.disputes import party_trust, relieved
from labsim.behaviour.participation import delta_rule
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Records, Setup, State
from labsim.model.state import PERIOD, YEAR


@part
def _listen(setup: Setup, state: State, row: int) -> None:
    """Let a household that is visited talk about its open disputes; whom it trusts can calm it, submodel (D9)."""
    module = state.modules.disputes
    trust = party_trust(state.people.efficacy[row], module.homes[row].rapport)
    for place in range(module.book[0].open):
        k = module.disputes[place].listed
        dispute = module.disputes[k]
        if k // 2 == row or dispute.other == row:
            dispute.tension = relieved(dispute.tension, setup.world[0].visit_relief, trust)


@part
def disputes_morning(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Visit the households of the file whose turn it is; every 28 days some rapport has faded."""
    world = setup.world[0]
    residents = setup.residents
    module = state.modules.disputes
    visits = 0
    fading = day % PERIOD == 0
    for row in range(len(residents.id)):
        if residents.head[row] == 0:
            continue
        home = module.homes[row]
        if fading:
            home.rapport = delta_rule(home.rapport, world.rapport_fade, 0.0)
        if policy.trust_file == 0.0:
            continue
        who = residents.id[row]
        # Turns of households are spread over the year by their numbers.
        turns = occurrences((day + who) % YEAR, policy.care_visits, float(YEAR))
        if turns > 0 and uniform(setup.seed, Decision.TRUST_FILE, 0, who) < policy.trust_file:
            for _ in range(turns):
                home.rapport = delta_rule(home.rapport, world.rapport_rate, 1.0)
                _listen(setup, state, row)
            visits += turns
    module.daily[day + setup.burn_in].care_visits = visits
    policy.admin_load = policy.admin_load + load_of(visits * world.visit_hours_care, world.base_load)
