"""What is written down at the end of a day, and the laws that must hold.

Takes: the state. Gives: the day's record; a breach of a conservation law ends the run.
"""

from labsim.foundations.arithmetic import fixed, unfixed
from labsim.foundations.compiled import part
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import breach
from labsim.model.kernels.cases import charge, give_feedback, reporter_row
from labsim.model.kernels.staff import NO_POST
from labsim.model.state import PERIOD, Activity, ItemState

SEVERITY = (1.0, 3.0, 10.0)  # assumption: an open safety problem weighs as ten of litter
FADING = 1.0 - 1.0 / 56.0  # complaints count for about 56 days in targeting
BREACHES = {
    1: "money over all accounts",
    2: "repair fund against its flows",
    3: "points issued = redeemed + held",
    4: "cases opened = closed + dropped + open",
    5: "posts = present + vacant",
    6: "efficacy, credibility or habit outside 0..1",
    7: "money overdrawn",
    8: "points pot against its flows",
    9: "project money left in escrow",
    10: "case log full within a day",
    # module disputes: 20-22
    20: "disputes opened = settled + escalated + open",
    21: "mediators at work = disputes in a session",
    22: "trust in the firm or habit of paying outside 0..1",
    # module coordination: 23-25
    23: "claimed projects = finished + under way",
    24: "attendance and agenda of a joint meeting within its bounds",
    25: "wages of grid officers against officers on duty",
    # module projects: 26-28
    26: "projects proposed = voted down + given up + done + under way",
    27: "project money in = spent + refunded + held",
    28: "households that paid = contributions held, one for each household and project",
    # module evaluation: 35-37
    35: "attention of everybody sums to 1",
    36: "warnings issued = answered + pending",
    37: "weights of the appraisal sum to 1",
    # module emergencies: 38-40
    38: "supplies bought = used + held",
    39: "people at risk = moved + reached + hurt",
    40: "vehicles at risk = moved + flooded",
    # module workforce: 32-34
    32: "workers = workers before + hired - left",
    33: "skill outside 0..1, or a mentor who is not there",
    34: "openings = promotions + openings kept + openings lapsed",
    # module services: 29-31
    29: "hours credited = spent + held",
    30: "vouchers issued = spent + held",
    31: "places given within capacity, trust and expectations within 0..1",
}
"""Laws by the code that ``breach`` takes; modules have codes of their own."""


@part
def sweep(setup: Setup, state: State, today: Records, day: int) -> None:
    """Count open problems, and disappoint reporters who have waited too long, submodel (4)."""
    end = day + 1.0
    deadline = setup.world[0].feedback_deadline
    ring = day % 14
    for block in range(len(state.complaints)):
        state.unresolved[ring, block] = 0
        state.complaints[block] *= FADING
    latent = 0
    opened = 0
    overdue = 0
    severity = 0.0
    for j in range(len(state.items)):
        item = state.items[j]
        if item.state == ItemState.OK:
            continue
        state.unresolved[ring, setup.places.block[j]] += 1
        severity += SEVERITY[setup.places.item_class[j]]
        if item.state == ItemState.LATENT:
            latent += 1
            continue
        opened += 1
        case = state.cases[item.case]
        if end - case.opened <= deadline:
            continue
        overdue += 1
        row = reporter_row(setup, case.reporter)
        if row >= 0 and item.informed == 0:
            item.informed = 1
            give_feedback(setup, state, row, 0.0, end)
    today.latent = latent
    today.open = opened
    today.overdue_open = overdue
    today.fault_item_days = float(latent + opened)
    today.severity_item_days = severity


@part
def record(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Write stocks and means of the day, step 8."""
    people = state.people
    ledger = state.ledger[0]
    n = len(setup.residents.id)
    efficacy = 0
    credibility = 0
    crowding = 0
    recent = 0
    for row in range(n):
        efficacy += fixed(people.efficacy[row])
        credibility += fixed(people.credibility[row])
        crowding += fixed(people.crowding[row])
        if people.last_act[Activity.APP, row] > day - PERIOD:
            recent += 1
    today.mean_efficacy = unfixed(efficacy) / n
    today.mean_credibility = unfixed(credibility) / n
    today.mean_crowding = unfixed(crowding) / n
    today.app_active_28d = recent
    waiting = 0
    for position in range(ledger.queued):
        if charge(setup, state, state.queue[position]) > state.accounts[Account.REPAIR_FUND]:
            waiting += 1
    today.waiting_money = waiting
    today.queued = ledger.queued
    today.repair_balance = state.accounts[Account.REPAIR_FUND]
    today.pot_balance = state.accounts[Account.POINTS_POT]
    today.points_held = ledger.points_held


@part
def conserve(setup: Setup, state: State, today: Records, policy: Records, row: int, day: int) -> None:
    """Check that books balance, step 9; on in every run."""
    accounts = state.accounts
    ledger = state.ledger[0]
    total = 0
    for account in range(len(accounts)):
        total += accounts[account]
    if total != 0:
        breach(state, 1, day, total)
    repair_before = 0
    pot_before = 0
    if row > 0:
        repair_before = state.daily[row - 1].repair_balance
        pot_before = state.daily[row - 1].pot_balance
    off = repair_before + today.repair_in - today.repair_spent - accounts[Account.REPAIR_FUND]
    if off != 0:
        breach(state, 2, day, off)
    off = pot_before + today.pot_in - today.pot_paid - accounts[Account.POINTS_POT]
    if off != 0:
        breach(state, 8, day, off)
    if accounts[Account.ESCROW] != 0 or accounts[Account.SERVICE_FUND] != 0:
        breach(state, 9, day, accounts[Account.ESCROW])
    if accounts[Account.REPAIR_FUND] < 0 or accounts[Account.POINTS_POT] < 0:
        breach(state, 7, day, accounts[Account.REPAIR_FUND])
    people = state.people
    held = 0
    outside = 0
    for i in range(len(people.points)):
        held += people.points[i]
        if not (0.0 <= people.efficacy[i] <= 1.0 and 0.0 <= people.credibility[i] <= 1.0):
            outside += 1
        for activity in range(3):
            if not 0.0 <= people.habit[activity, i] <= 1.0:
                outside += 1
    if ledger.points_issued != ledger.points_redeemed + held:
        breach(state, 3, day, ledger.points_issued - ledger.points_redeemed - held)
    if outside > 0:
        breach(state, 6, day, outside)
    if ledger.cases != ledger.closed + ledger.dropped + today.open:
        breach(state, 4, day, ledger.cases - ledger.closed - ledger.dropped - today.open)
    posts = 0
    for p in range(len(state.posts)):
        if state.posts[p].state != NO_POST:
            posts += 1
    if posts != int(policy.staff):
        breach(state, 5, day, posts)
