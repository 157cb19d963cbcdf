"""The evening of the module *disputes*: its order, its record, its laws.

Takes: the state at the end of the core's day. Gives: a day of disputes and, every 28 days, of
service and fees.
"""

from labsim.behaviour.disputes import mediation_time
from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.compiled import part
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.accounts import breach
from labsim.model.modules.disputes_arise import arise, count_faults, facts_of_day, talk_to_parties
from labsim.model.modules.disputes_fees import experience_service, pay_fees
from labsim.model.modules.disputes_mediation import disputes_of_day
from labsim.model.modules.disputes_state import DisputeStage
from labsim.model.state import PERIOD


@part
def _record(setup: Setup, state: State, policy: Records, row_of_day: int) -> None:
    module = state.modules.disputes
    daily = module.daily[row_of_day]
    book = module.book[0]
    waiting = 0
    for place in range(book.open):
        if module.disputes[module.disputes[place].listed].stage == DisputeStage.WAITING:
            waiting += 1
    trust = 0
    rapport = 0
    homes = 0
    for row in range(len(setup.residents.id)):
        if setup.residents.head[row] == 1:
            trust += fixed(module.homes[row].trust)
            rapport += fixed(module.homes[row].rapport)
            homes += 1
    daily.open = book.open
    daily.waiting = waiting
    presence = setup.world[0].elder_presence
    daily.mediators = mediation_time(int(policy.elders_panel), int(policy.mediators), presence)
    daily.information = book.information
    daily.firm_trust = unfixed(trust) / homes if homes > 0 else 0.0
    daily.rapport = unfixed(rapport) / homes if homes > 0 else 0.0


@part
def _conserve(setup: Setup, state: State, day: int) -> None:
    """Check the laws of the module, every day."""
    module = state.modules.disputes
    book = module.book[0]
    still_open = 0
    in_session = 0
    for k in range(len(module.disputes)):
        if module.disputes[k].stage != DisputeStage.NONE:
            still_open += 1
        if module.disputes[k].stage == DisputeStage.SESSION:
            in_session += 1
    off = book.opened - book.settled - book.escalated - still_open
    if off != 0 or still_open != book.open:
        breach(state, 20, day, off)
    off = book.busy_mediators + book.busy_elders - in_session
    if off != 0:
        breach(state, 21, day, off)
    outside = 0
    for row in range(len(module.homes)):
        home = module.homes[row]
        if not (0.0 <= home.trust <= 1.0 and 0.0 <= home.habit <= 1.0 and 0.0 <= home.rapport <= 1.0):
            outside += 1
    if outside > 0:
        breach(state, 22, day, outside)


@part
def disputes_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Live through a day of disputes, and every 28 days of service and fees."""
    row_of_day = day + setup.burn_in
    count_faults(setup, state)
    state.modules.disputes.book[0].information = facts_of_day(setup, state, policy, row_of_day)
    talk_to_parties(setup, state, policy, row_of_day, day)
    arise(setup, state, policy, row_of_day, day)
    disputes_of_day(setup, state, policy, row_of_day, day)
    if day >= 0 and (day + 1) % PERIOD == 0:
        experience_service(setup, state, policy, row_of_day, day)
        pay_fees(setup, state, today, row_of_day, day)
    _record(setup, state, policy, row_of_day)
    _conserve(setup, state, day)
