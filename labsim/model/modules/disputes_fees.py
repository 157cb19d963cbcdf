"""Trust in the property firm, and whether households pay their fee. Submodels (D7) and (D8).

Takes: households and the levers of the day. Gives: trust that moves, fees and money for repairs.
"""

from labsim.behaviour.disputes import fee_probability, neighbours_share, promise_chance
from labsim.behaviour.participation import delta_rule
from labsim.behaviour.trust import problem_calm
from labsim.foundations.compiled import part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.state import FEN


@part
def experience_service(setup: Setup, state: State, policy: Records, row_of_day: int, day: int) -> None:
    """Let every household see a promise of the firm kept or broken, submodel (D7)."""
    world = setup.world[0]
    module = state.modules.disputes
    collection = module.book[0].collection
    chance = promise_chance(world.promise_base, policy.property_alliance, collection, world.firm_break_even)
    kept = 0
    for row in range(len(setup.residents.id)):
        if setup.residents.head[row] == 0:
            continue
        calm = problem_calm(world.problem_decay, float(module.blocks[setup.residents.block[row]].faults))
        luck = uniform(setup.seed, Decision.PROMISE_KEPT, day, setup.residents.id[row])
        if luck < chance:
            kept += 1
        home = module.homes[row]
        home.trust = delta_rule(home.trust, world.firm_trust_rate, 1.0 if luck < chance * calm else 0.0)
    module.daily[row_of_day].promises_kept = kept


@part
def pay_fees(setup: Setup, state: State, today: Records, row_of_day: int, day: int) -> None:
    """Let every household pay its property fee or not, submodel (D8): nobody sees a decision of the same day."""
    world = setup.world[0]
    module = state.modules.disputes
    residents = setup.residents
    book = module.book[0]
    for block in range(len(module.blocks)):
        module.blocks[block].homes = 0
        module.blocks[block].paid = 0
    for row in range(len(residents.id)):
        block = module.blocks[residents.block[row]]
        block.homes += int(residents.head[row])
        block.paid += int(module.homes[row].paid)
    due = 0
    paid = 0
    for row in range(len(residents.id)):
        if residents.head[row] == 0:
            continue
        home = module.homes[row]
        block = module.blocks[residents.block[row]]
        share = world.fee_habit_start
        if book.fee_days > 0:
            share = neighbours_share(int(block.paid), int(block.homes), int(home.paid), world.fee_habit_start)
        trust = world.fee_trust_weight * (home.trust - 0.5)
        habit = world.fee_habit_weight * home.habit
        chance = fee_probability(world.alpha_fee, trust, habit, world.fee_influence * share)
        pays = uniform(setup.seed, Decision.FEE_PAID, day, residents.id[row]) < chance
        home.paid = 1 if pays else 0
        home.habit = delta_rule(home.habit, world.fee_habit_rate, 1.0 if pays else 0.0)
        due += 1
        paid += int(home.paid)
    money = paid * int(FEN * world.fee_amount + 0.5)
    repairs = int(money * world.firm_repair_share)
    transfer(state, Account.RESIDENTS, Account.REPAIR_FUND, repairs)
    transfer(state, Account.RESIDENTS, Account.SUPPLIERS, money - repairs)
    today.repair_in += repairs
    book.fee_days += 1
    book.collection = paid / due if due > 0 else world.fee_habit_start
    daily = module.daily[row_of_day]
    daily.fees_due = due
    daily.fees_paid = paid
    daily.fees = money
    daily.fees_for_repairs = repairs
