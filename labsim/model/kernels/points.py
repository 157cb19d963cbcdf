"""The points scheme: earned, held, redeemed while the pot lasts. Submodel (6)."""

import numpy as np

from labsim.behaviour.participation import delta_rule, redeemable
from labsim.foundations.compiled import allocating_part, part
from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account, Records, Setup, State
from labsim.model.kernels.accounts import transfer
from labsim.model.kernels.people import points_for, turn
from labsim.model.state import FEN, PERIOD, WEEK, Activity


@part
def fund_points(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Put money into the pot: once at the launch of the scheme, then every period."""
    ledger = state.ledger[0]
    if ledger.points_started == 0 and policy.points_earning > 0.0 and day >= 0:
        ledger.points_started = 1
        for row in range(len(setup.residents.id)):
            state.people.credibility[row] = setup.world[0].credibility_start
        _deposit(state, today, int(FEN * policy.points_fund + 0.5))
    if ledger.points_started == 1 and policy.points_redemption > 0.0 and day % PERIOD == 0:
        _deposit(state, today, int(FEN * policy.points_topup + 0.5))


@part
def _deposit(state: State, today: Records, amount: int) -> None:
    transfer(state, Account.GOVERNMENT, Account.POINTS_POT, amount)
    today.pot_in += amount


@part
def issue_points(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Credit the acts of the day."""
    people = state.people
    ledger = state.ledger[0]
    for activity in (Activity.SORT, Activity.VOLUNTEER):
        points = int(FEN * points_for(policy, activity) + 0.5)
        if points == 0:
            continue
        first, last = turn(setup, activity, day)
        for place in range(first, last):
            row = setup.turns[place]
            if people.decided[activity, row] == 1:
                people.points[row] += points
                ledger.points_held += points
                ledger.points_issued += points
                today.points_issued += points


@allocating_part
def redeem_points(setup: Setup, state: State, today: Records, policy: Records, day: int) -> None:
    """Let residents redeem in an order of luck until the pot cannot pay, and believe accordingly."""
    if policy.points_earning == 0.0 and policy.points_redemption == 0.0:
        return
    world = setup.world[0]
    people = state.people
    ledger = state.ledger[0]
    threshold = int(FEN * world.redemption_threshold + 0.5)
    residents = setup.residents
    n = len(residents.id)
    rows = np.empty(n, np.int64)
    keys = np.empty(n, np.float64)
    tries = 0
    for row in range(n):
        if residents.id[row] % WEEK != day % WEEK or people.points[row] < threshold:
            continue
        if uniform(setup.seed, Decision.REDEEM, day, residents.id[row]) < world.redemption_rate:
            rows[tries] = row
            keys[tries] = uniform(setup.seed, Decision.REDEEM_ORDER, day, residents.id[row])
            tries += 1
    order = np.argsort(keys[:tries])
    for i in order:
        row = rows[i]
        amount = redeemable(people.points[row], threshold)
        success = policy.points_redemption > 0.0 and state.accounts[Account.POINTS_POT] >= amount
        if success:
            transfer(state, Account.POINTS_POT, Account.RESIDENTS, amount)
            people.points[row] -= amount
            ledger.points_held -= amount
            ledger.points_redeemed += amount
            today.points_redeemed += amount
            today.pot_paid += amount
        else:
            today.redeem_failures += 1
        today.redeem_tries += 1
        believed = people.credibility[row]
        people.credibility[row] = delta_rule(believed, world.credibility_rate, 1.0 if success else 0.0)
