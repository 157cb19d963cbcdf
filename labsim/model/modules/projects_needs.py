"""What blocks need, whom that keeps at home, and faults that no longer happen. Submodels (P1) and (P8).

Takes: luck of the first day, completed projects. Gives: levels of need in slots, barriers of residents,
arrivals of faults whose cause is gone.
"""

from labsim.behaviour.projects import averted, preference, relieved, usual_barrier, way_out, worn
from labsim.foundations.arithmetic import exp, fixed, unfixed
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Clock, Records, Setup, State
from labsim.model.kernels.faults import schedule_fault
from labsim.model.modules.projects_state import KINDS, Kind, ProjectStage
from labsim.model.state import YEAR
from labsim.population.residents import Age, ItemClass


@part
def households_of(setup: Setup, block: int) -> int:
    """Count the households of a block."""
    count = 0
    for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
        count += int(setup.residents.head[setup.blocks.member[place]])
    return count


@part
def need_of(setup: Setup, state: State, k: int, now: float) -> float:
    """Return the need of a slot, 0 to 1; roads and gardens wear on."""
    slot = state.modules.projects.slots[k]
    if k % KINDS < Kind.ROAD:
        return float(slot.level)
    return worn(slot.level, (now - slot.since) / YEAR, setup.world[0].project_life)


@part
def _barrier(setup: Setup, state: State, row: int) -> float:
    """Return what keeps a resident from going out today."""
    module = state.modules.projects
    first = setup.residents.block[row] * KINDS
    stairs = module.people[row].stairs if module.slots[first + Kind.LIFT].level > 0.0 else 0.0
    steps = module.slots[first + Kind.RAMP].level > 0.0
    world = setup.world[0]
    return way_out(module.people[row].limited == 1, steps, stairs, world.entrance_barrier, world.stairs_barrier)


@part
def set_barriers(setup: Setup, state: State, block: int) -> None:
    """Let residents of a block feel what keeps them in, against what the core's parameters hold already."""
    for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
        row = setup.blocks.member[place]
        state.people.barrier[row] = _barrier(setup, state, row) - state.modules.projects.people[row].usual


@part
def _found_block(setup: Setup, state: State, block: int) -> None:
    """Draw what a block needs, and who of its residents is not steady on their feet and lives how high."""
    module = state.modules.projects
    world = setup.world[0]
    residents = setup.residents
    homes = households_of(setup, block)
    for kind in range(KINDS):
        slot = module.slots[block * KINDS + kind]
        luck = uniform(setup.seed, Decision.PROJECT_NEED, kind, block)
        if homes == 0:
            continue
        if kind == Kind.LIFT:
            slot.level = 1.0 if luck < world.old_blocks else 0.0
        elif kind == Kind.RAMP:
            slot.level = 1.0 if luck < world.stepped_blocks else 0.0
        elif kind == Kind.PARKING:
            slot.lacking = int(2.0 * luck * world.parking_lack * homes)
            slot.level = min(1.0, slot.lacking / homes)
        else:
            slot.level = luck
        slot.start = slot.level
    stairs = 0.0
    for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
        row = setup.blocks.member[place]
        if residents.head[row] == 1:
            stairs = uniform(setup.seed, Decision.PROJECT_FLOOR, 0, residents.id[row])
        share = world.limited_older if residents.age[row] == Age.OLDER else world.limited_others
        limited = uniform(setup.seed, Decision.PROJECT_LIMITED, 0, residents.id[row]) < share
        module.people[row].limited = 1 if limited else 0
        module.people[row].stairs = stairs


@part
def found_projects(setup: Setup, state: State) -> None:
    """Draw all needs; the core's utilities stand for an age group as it is, barriers of today included."""
    module = state.modules.projects
    residents = setup.residents
    for block in range(len(setup.blocks.start) - 1):
        _found_block(setup, state, block)
    for age in range(len(setup.ages)):
        total = 0
        for row in range(len(residents.id)):
            if residents.age[row] == age:
                total += fixed(exp(-_barrier(setup, state, row)))
        for row in range(len(residents.id)):
            if residents.age[row] == age:
                module.people[row].usual = usual_barrier(unfixed(total) / setup.ages[age])
    for block in range(len(setup.blocks.start) - 1):
        set_barriers(setup, state, block)


@part
def avert_faults(setup: Setup, state: State, mine: Records, day: int) -> None:
    """Let arrivals of today not happen whose cause a project has removed, submodel (P8)."""
    world = setup.world[0]
    calendar = state.calendar
    for j in range(len(state.items)):
        clock = calendar.first[Clock.FAULT] + j
        if calendar.time[clock] >= day + 1.0 or setup.places.item_class[j] == ItemClass.CAPITAL:
            continue
        kind = Kind.ROAD
        share = world.wear_faults
        if setup.places.item_class[j] == ItemClass.ENVIRONMENT:
            kind = Kind.PARKING
            share = world.parking_faults
        k = setup.places.block[j] * KINDS + kind
        relief = relieved(state.modules.projects.slots[k].start, need_of(setup, state, k, float(day)))
        while calendar.time[clock] < day + 1.0:
            luck = uniform(setup.seed, Decision.PROJECT_CAUSE, state.items[j].faults, setup.places.id[j])
            if not averted(share, relief, luck):
                break
            state.items[j].faults += 1
            mine.averted += 1
            schedule_fault(setup, state, j, calendar.time[clock])


@part
def limited_in(setup: Setup, state: State, block: int, by_household: bool) -> int:
    """Count residents of a block who are not steady on their feet, or the households in which one lives."""
    count = 0
    counted = False
    for place in range(setup.blocks.start[block], setup.blocks.start[block + 1]):
        row = setup.blocks.member[place]
        if setup.residents.head[row] == 1:
            counted = False
        if state.modules.projects.people[row].limited == 1 and not (by_household and counted):
            count += 1
            counted = True
    return count


@part
def choose(setup: Setup, state: State, policy: Records, kind: int, day: int) -> int:
    """Return the slot where the next project of a programme goes, -1 when no block needs one."""
    slots = state.modules.projects.slots
    best = -1
    most = -1.0
    highest = 0.0
    for second in range(2):
        for block in range(len(setup.blocks.start) - 1):
            k = block * KINDS + kind
            need = need_of(setup, state, k, float(day))
            if slots[k].stage != ProjectStage.NONE or need <= 0.0:
                continue
            if kind <= Kind.RAMP:
                need = float(limited_in(setup, state, block, False))
            if second == 0:
                highest = max(highest, need)
                continue
            score = preference(
                need, highest, policy.demand_weight, uniform(setup.seed, Decision.PROJECT_CHOICE, day, k)
            )
            if score > most:
                most = score
                best = k
    return best
