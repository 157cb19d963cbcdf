"""The evening of the module *services*: its order, its record, its laws.

Takes: the state at the end of the core's day. Gives: hours and vouchers for those who volunteered,
services for those whose turn it is, what is written down. Submodel (S6) and the order of the rest.
"""

from labsim.behaviour.services import stored_hours
from labsim.foundations.arithmetic import unfixed
from labsim.foundations.compiled import part
from labsim.model.columns import Records, Setup, State
from labsim.model.kernels.accounts import breach
from labsim.model.modules.services_booking import believe, serve
from labsim.model.modules.services_offers import served_last_week
from labsim.model.modules.services_state import MANY, Service, Tally
from labsim.model.state import FEN, PERIOD, WEEK, YEAR, Activity
from labsim.population.residents import Age


@part
def _store(setup: Setup, state: State, policy: Records, daily: Records) -> None:
    """Credit hours and vouchers to those who volunteered today, submodel (S6)."""
    services = state.modules.services
    book = services.book[0]
    world = setup.world[0]
    voucher = int(FEN * policy.venue_vouchers + 0.5)
    credit = 0
    if policy.time_bank > 0.0:
        credit = stored_hours(world.hours_volunteer, policy.team_share, policy.time_bank_rate)
    if credit == 0 and voucher == 0:
        return
    given = int(credit * policy.time_bank_pool)
    for row in range(len(setup.residents.id)):
        if state.people.decided[Activity.VOLUNTEER, row] != 1:
            continue
        patron = services.patrons[row]
        patron.vouchers += voucher
        book.vouchers_issued += voucher
        daily.vouchers_issued += voucher
        if credit > 0:
            patron.hours += credit - given
            book.pool += given
            book.credited += credit
            daily.hours_credited += credit
            believe(setup, state, row, book.kept)


@part
def _note(daily: Records, service: int, asked: int, served: int) -> None:
    """Write down how many asked for a service today, and how many were served."""
    if service == Service.CANTEEN:
        daily.asked_canteen = asked
        daily.served_canteen = served
    elif service == Service.SCHOOL:
        daily.asked_school = asked
        daily.served_school = served
    elif service == Service.CULTURE:
        daily.asked_culture = asked
        daily.served_culture = served
    elif service == Service.GYM:
        daily.asked_gym = asked
        daily.served_gym = served
    elif service == Service.ROOM:
        daily.asked_room = asked
        daily.served_room = served
    elif service == Service.COUNSEL:
        daily.asked_counsel = asked
        daily.served_counsel = served
    elif service == Service.VISIT:
        daily.asked_visit = asked
        daily.served_visit = served
    else:
        daily.asked_item = asked
        daily.served_item = served


@part
def _look_back(setup: Setup, state: State, day: int) -> None:
    """Count who took part in culture and who was visited in the last twelve months."""
    memory = state.modules.services.memory
    book = state.modules.services.book[0]
    took_part = 0
    young = 0
    visited = 0
    for row in range(len(setup.residents.id)):
        if memory[MANY + Service.CULTURE, row] > day - YEAR:
            took_part += 1
            if setup.residents.age[row] == Age.YOUNG:
                young += 1
        if memory[MANY + Service.VISIT, row] > day - YEAR:
            visited += 1
    book.culture_12m = took_part / len(setup.residents.id)
    book.culture_12m_young = young / setup.ages[Age.YOUNG] if setup.ages[Age.YOUNG] > 0 else 0.0
    book.elders_visited = float(visited)


@part
def _record(setup: Setup, state: State, daily: Records, day: int) -> None:
    """Write down the stocks of the day; the slots of a week on its first day."""
    book = state.modules.services.book[0]
    daily.culture_12m = book.culture_12m
    daily.culture_12m_young = book.culture_12m_young
    daily.elders_visited = book.elders_visited
    daily.bank_trust = unfixed(book.trust) / len(setup.residents.id)
    daily.hours_held = book.credited - book.spent
    daily.vouchers_held = book.vouchers_issued - book.vouchers_spent
    if day % WEEK == 0:
        daily.slots = book.slots
        daily.joint_activities = book.joint
        daily.used_slots += book.joint


@part
def _conserve(setup: Setup, state: State, day: int) -> None:
    """Check the laws of the module, every day."""
    services = state.modules.services
    book = services.book[0]
    hours = book.pool
    vouchers = 0
    outside = 0
    for row in range(len(services.patrons)):
        patron = services.patrons[row]
        hours += patron.hours
        vouchers += patron.vouchers
        if setup.residents.id[row] % WEEK != day % WEEK:
            continue  # what somebody expects changes on their day only
        if not 0.0 <= patron.trust <= 1.0:
            outside += 1
        for k in range(MANY):
            if not 0.0 <= services.memory[k, row] <= 1.0:
                outside += 1
    if book.credited != book.spent + hours:
        breach(state, 29, day, book.credited - book.spent - hours)
    if book.vouchers_issued != book.vouchers_spent + vouchers:
        breach(state, 30, day, book.vouchers_issued - book.vouchers_spent - vouchers)
    for k in range(MANY):
        over = served_last_week(state, k) - services.tally[k, Tally.PLACES]
        if services.tally[k, day % WEEK] > 0 and over > 0:
            outside += over
    if outside > 0 or book.used > max(book.slots, 0):
        breach(state, 31, day, outside)


@part
def services_evening(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Live through a day of services; nothing happens during burn-in."""
    if day < 0:
        return
    services = state.modules.services
    daily = services.daily[day + setup.burn_in]
    _store(setup, state, policy, daily)
    for service in range(MANY):
        asked = serve(setup, state, policy, daily, service, day)
        _note(daily, service, asked, services.tally[service, day % WEEK])
    if (day + 1) % PERIOD == 0:
        _look_back(setup, state, day)
    _record(setup, state, daily, day)
    _conserve(setup, state, day)
