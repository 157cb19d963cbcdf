"""The day of the projects module: permits, building, acceptance, what is done; its record and laws.

Takes: the state and the levers of the day. Gives: projects on their way, and what they change. Submodels (P5)-(P8).
"""

from labsim.behaviour.coordination import load_of, times_passed, unclear_probability
from labsim.behaviour.projects import misread_probability, work_time
from labsim.behaviour.rectification import stage_time
from labsim.behaviour.skills import shifted, usual_skill
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, exponential, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import breach, transfer
from labsim.model.modules.projects_money import (
    ROUNDS,
    come_together,
    end_project,
    fill_pot,
    give_back,
    next_paid,
    put_in,
)
from labsim.model.modules.projects_needs import avert_faults, found_projects, households_of, limited_in, set_barriers
from labsim.model.modules.projects_state import KINDS, Kind, ProjectStage
from labsim.model.modules.projects_voice import (
    call_for_suggestions,
    hear_residents,
    hold_vote,
    is_due,
    start_programmes,
)
from labsim.model.modules.states import Module
from labsim.model.state import FEN, PERIOD, YEAR, Activity

VISIT_HOURS = 1.0  # assumption: a visit to a household at home


@part
def _wait(setup: Setup, policy: Records, slot: Records, k: int) -> float:
    """Return the time of one approval, submodel (P5)."""
    step = slot.attempts * ROUNDS + slot.steps
    slot.steps += 1
    return stage_time(
        setup.world[0].permit_days, policy.approval_cut, exponential(setup.seed, Decision.PROJECT_PERMIT, step, k)
    )


@part
def _seek_permits(setup: Setup, policy: Records, slot: Records, k: int) -> None:
    """Hand the plan to the first department; a joint meeting decides for all of them."""
    slot.hops = int(setup.world[0].lift_permits) if k % KINDS == Kind.LIFT else 1
    if uniform(setup.seed, Decision.PROJECT_JOINT, slot.attempts, k) < policy.joint_decision:
        slot.hops = 1
    slot.stage = ProjectStage.PERMITS
    slot.next += _wait(setup, policy, slot, k)


@part
def _work_days(setup: Setup, slot: Records, k: int, again: int) -> float:
    """Return the building time of a project, or what it would be a second time."""
    world = setup.world[0]
    mean = world.small_days
    if k % KINDS == Kind.LIFT:
        mean = world.lift_days
    elif k % KINDS == Kind.ROAD:
        mean = world.road_days
    return work_time(mean, uniform(setup.seed, Decision.PROJECT_BUILD, slot.attempts * ROUNDS + again, k))


@part
def _build(setup: Setup, state: State, policy: Records, mine: Records, k: int) -> None:
    """Pay the builders and begin; households that object and are not won over stop the work for a while, (P6)."""
    world = setup.world[0]
    module = state.modules.projects
    slot = module.slots[k]
    kind = k % KINDS
    transfer(state, Account.PROJECT_FUND, Account.SUPPLIERS, slot.cost)
    slot.held -= slot.cost
    module.books[0].spent += slot.cost
    mine.spent += slot.cost
    stopped = 0
    if kind == Kind.LIFT or kind == Kind.ROAD:
        block = k // KINDS
        mine.hours += VISIT_HOURS * policy.household_visits * households_of(setup, block)
        for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
            row = setup.blocks.member[place]
            who = setup.residents.id[row] * KINDS + kind
            if setup.residents.head[row] == 0:
                continue
            if uniform(setup.seed, Decision.PROJECT_CONFLICT, slot.attempts, who) >= world.conflict_rate:
                continue
            mine.conflicts += 1
            calmed = policy.household_visits * world.visit_settles
            if uniform(setup.seed, Decision.PROJECT_SETTLED, slot.attempts, who) < calmed:
                mine.settled += 1
            else:
                stopped += 1
    mine.petitions += stopped
    slot.stage = ProjectStage.BUILDING
    slot.next += _work_days(setup, slot, k, 0) + stopped * world.petition_days


@part
def _after_permits(setup: Setup, state: State, policy: Records, mine: Records, k: int) -> None:
    """Build, unless nobody knows who clears the waste of a renovation: then offices pass it on, submodel (P6)."""
    world = setup.world[0]
    slot = state.modules.projects.slots[k]
    listed = policy.responsibility_list if state.modules.on[Module.COORDINATION] > 0 else 0.0
    unclear = unclear_probability(world.unclear_duties, listed)
    luck = uniform(setup.seed, Decision.PROJECT_CLEARING, slot.attempts, k)
    if k % KINDS != Kind.ROAD or luck >= unclear:
        _build(setup, state, policy, mine, k)
        return
    slot.hops = times_passed(luck / unclear, world.passes_most)
    slot.stage = ProjectStage.CLEARING
    mine.delays += 1
    wait = _wait(setup, policy, slot, k)
    mine.delay_days += wait
    slot.next += wait


@part
def _accept(setup: Setup, state: State, today: Records, policy: Records, mine: Records, k: int) -> bool:
    """Accept what was built; say whether it stands, or is built again because policy was misread, (P7)."""
    world = setup.world[0]
    slot = state.modules.projects.slots[k]
    bare = world.policy_error
    row = mine.day + setup.burn_in
    if state.modules.on[Module.WORKFORCE] > 0 and row > 0:
        usual = usual_skill(world.skill_newcomer, world.skill_practice, world.practice_rate, world.tenure_start)
        bare = shifted(bare, world.error_skill, state.modules.workforce.daily[row - 1].policy, usual)
    chance = misread_probability(bare, policy.policy_briefing, world.briefing_effect)
    mine.built += 1
    if k % KINDS == Kind.LIFT:
        mine.lifts_built += 1
    if uniform(setup.seed, Decision.PROJECT_ERROR, slot.attempts, k) >= chance:
        return True
    mine.reworks += 1
    if k % KINDS == Kind.LIFT:
        mine.lift_reworks += 1
    amount = int(slot.cost * world.rework_size)
    put_in(state, today, mine, amount, Account.GOVERNMENT)
    transfer(state, Account.PROJECT_FUND, Account.SUPPLIERS, amount)
    state.modules.projects.books[0].spent += amount
    mine.spent += amount
    slot.stage = ProjectStage.REWORK
    slot.next += world.rework_size * _work_days(setup, slot, k, 1)
    return False


@part
def _complete(setup: Setup, state: State, mine: Records, k: int) -> None:
    """Let what is done do its work, submodel (P8)."""
    slot = state.modules.projects.slots[k]
    books = state.modules.projects.books[0]
    block = k // KINDS
    kind = k % KINDS
    if kind == Kind.LIFT:
        mine.lifts += 1
        mine.lift_households += households_of(setup, block)
        mine.lift_days += slot.next - slot.opened
        slot.level = 0.0
    elif kind == Kind.RAMP:
        mine.ramps += 1
        mine.ramp_households += limited_in(setup, state, block, True)
        slot.level = 0.0
    elif kind == Kind.PARKING:
        mine.spaces += slot.spaces
        slot.lacking -= slot.spaces
        slot.level = min(1.0, slot.lacking / households_of(setup, block))
    else:
        mine.roads += 1 if kind == Kind.ROAD else 0
        mine.gardens += 1 if kind == Kind.GARDEN else 0
        slot.level = 0.0
        slot.since = slot.next
    if kind <= Kind.RAMP:
        set_barriers(setup, state, block)
    else:
        books.relieved = 1
        state.ledger[0].project_value += slot.cost / FEN / setup.world[0].project_life
    books.done += 1
    mine.done += 1
    end_project(setup, state, k, 1.0, slot.next)


@part
def _advance(setup: Setup, state: State, today: Records, policy: Records, mine: Records, k: int) -> None:
    """Take the next step of a project at its time."""
    slot = state.modules.projects.slots[k]
    if slot.stage == ProjectStage.ASKING:
        if come_together(setup, state, today, policy, mine, k):
            _seek_permits(setup, policy, slot, k)
        elif slot.rounds >= setup.world[0].asking_rounds:
            give_back(state, mine, k, int(slot.held))
            state.modules.projects.books[0].given_up += 1
            mine.given_up += 1
            end_project(setup, state, k, 0.0, slot.next)
        else:
            slot.next += PERIOD
    elif slot.stage == ProjectStage.BUILDING:
        if _accept(setup, state, today, policy, mine, k):
            _complete(setup, state, mine, k)
    elif slot.stage == ProjectStage.REWORK:
        _complete(setup, state, mine, k)
    else:
        slot.hops -= 1
        if slot.hops > 0:
            wait = _wait(setup, policy, slot, k)
            if slot.stage == ProjectStage.CLEARING:
                mine.delay_days += wait
            slot.next += wait
        elif slot.stage == ProjectStage.PERMITS:
            _after_permits(setup, state, policy, mine, k)
        else:
            _build(setup, state, policy, mine, k)


@part
def _count_limited(setup: Setup, state: State, mine: Records, day: int) -> None:
    """Count who is not steady on their feet, and who of them took part outside the home within a year."""
    module = state.modules.projects
    last = state.people.last_act
    for row in range(len(module.people)):
        if module.people[row].limited == 0:
            continue
        first = setup.residents.block[row] * KINDS
        free = module.slots[first + Kind.RAMP].level == 0.0 and module.slots[first + Kind.LIFT].level == 0.0
        latest = max(last[Activity.VOLUNTEER, row], max(last[Activity.MEETING, row], last[Activity.PATROL, row]))
        mine.limited += 1
        mine.limited_free += 1 if free else 0
        if latest > day - YEAR:
            mine.limited_out += 1
            mine.limited_free_out += 1 if free else 0


@part
def _conserve(state: State, mine: Records, day: int) -> None:
    """Record what is under way and held, and check the laws of the module."""
    module = state.modules.projects
    books = module.books[0]
    held = int(books.pot)
    pledges = 0
    for k in range(len(module.slots)):
        slot = module.slots[k]
        held += int(slot.held)
        pledges += int(slot.pledges)
        mine.under_way += 1 if slot.stage != ProjectStage.NONE else 0
        mine.waiting_money += 1 if slot.stage == ProjectStage.MONEY else 0
    mine.held = held
    off = books.proposed - books.down - books.given_up - books.done - mine.under_way
    if off != 0:
        breach(state, 26, day, off)
    off = books.money_in - books.spent - books.refunded - held
    if off != 0 or held != state.accounts[Account.PROJECT_FUND]:
        breach(state, 27, day, held - state.accounts[Account.PROJECT_FUND] + off)
    if (day + 1) % PERIOD == 0:
        for row in range(len(module.people)):
            for kind in range(KINDS):
                pledges -= (module.people[row].paid >> kind) & 1
        if pledges != 0:
            breach(state, 28, day, pledges)


@part
def projects_morning(setup: Setup, state: State, policy: Records, day: int) -> None:
    """Take the core's co-funded projects over, book yesterday's work, and avert faults without a cause."""
    module = state.modules.projects
    row = day + setup.burn_in
    mine = module.daily[row]
    mine.day = day
    if row == 0:
        found_projects(setup, state)
    else:
        hours = module.daily[row - 1].hours
        policy.admin_load = policy.admin_load + load_of(hours, setup.world[0].base_load)
    module.books[0].offers = policy.cofunding
    policy.cofunding = 0.0
    if module.books[0].relieved > 0:
        avert_faults(setup, state, mine, day)


@part
def projects_evening(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Propose, vote, pay, permit, build; residents decide from day 0 on."""
    module = state.modules.projects
    mine = module.daily[day + setup.burn_in]
    if day >= 0:
        fill_pot(state, today, policy, mine, day)
        start_programmes(setup, state, policy, mine, day)
        if module.books[0].offers > 0.0 and (day + 1) % PERIOD == 0:
            hear_residents(setup, state, mine, day)
        if module.books[0].vote_day == day:
            hold_vote(setup, state, policy, mine, day)
        if module.books[0].vote_day <= day and is_due(state, KINDS, policy.project_votes):
            call_for_suggestions(setup, state, policy, mine, day)
        paid = next_paid(state, today, policy, mine)
        while paid >= 0:
            module.slots[paid].next = day + 1.0
            _seek_permits(setup, policy, module.slots[paid], paid)
            paid = next_paid(state, today, policy, mine)
        for k in range(len(module.slots)):
            slot = module.slots[k]
            while slot.stage != ProjectStage.NONE and slot.stage != ProjectStage.BALLOT and slot.next <= day + 1.0:
                if slot.stage == ProjectStage.MONEY:
                    break
                _advance(setup, state, today, policy, mine, k)
        if (day + 1) % PERIOD == 0:
            _count_limited(setup, state, mine, day)
    _conserve(state, mine, day)
