"""What happens to the community from outside.

Takes: an inject of the scenario. Gives: failed items, moved money, workers who leave,
extra visits, an app that is down.
"""

import math
from typing import NamedTuple

from labsim.foundations.randomness import Decision, uniform
from labsim.model.columns import Account
from labsim.model.mesa.base import Community
from labsim.model.state import FEN, ItemState
from labsim.scenario.phases import InjectKind

STORM = 1_000_000_000  # visit numbers of injected visits start here, away from ordinary ones
STORM_DAY = 100_000  # room for a day's injected visits


class InjectRow(NamedTuple):
    """One row of the inject table; magnitude and target by kind (``scenario.phases.Inject``)."""

    day: int
    kind: int
    magnitude: float
    target: int


def apply_inject(model: Community, inject: InjectRow) -> None:
    """Let an inject that is dated today happen."""
    count = int(inject.magnitude)
    if inject.kind == InjectKind.FAULT_BURST:
        burst_of_faults(model, count, inject.target)
    elif inject.kind == InjectKind.FUND_CHANGE:
        change_fund(model, inject.magnitude, inject.target)
    elif inject.kind == InjectKind.STAFF_LEAVE:
        staff_leave(model, count)
    elif inject.kind == InjectKind.INSPECTION_STORM:
        inspection_storm(model, count, inject.target)
    elif inject.kind == InjectKind.APP_OUTAGE:
        model.app_back = max(model.app_back, model.day + inject.magnitude)


def burst_of_faults(model: Community, count: int, item_class: int) -> None:
    """Let the items with the smallest keys fail, of one class or (-1) of any."""
    sound = [
        item for item in model.items if item.state == ItemState.OK and (item_class < 0 or item.item_class == item_class)
    ]
    sound.sort(key=lambda item: uniform(model.seed, int(Decision.INJECT_ITEM), model.day, item.id))
    for item in sound[:count]:
        item.fail(float(model.day))


def change_fund(model: Community, yuan: float, target: int) -> None:
    """Give money to the repair fund (0) or the points pot (1), or take what is there."""
    treasury = model.treasury
    amount = math.floor(FEN * yuan + 0.5)
    if target == 1:
        treasury.fund_pot(max(amount, -treasury.balance(Account.POINTS_POT)))
    else:
        treasury.fund_repairs(max(amount, -treasury.balance(Account.REPAIR_FUND)))


def staff_leave(model: Community, count: int) -> None:
    """Let the workers with the smallest keys leave."""
    present = [post for post in model.staff if post.present]
    present.sort(key=lambda post: uniform(model.seed, int(Decision.INJECT_STAFF), model.day, post.number))
    for post in present[:count]:
        post.leave(float(model.day))


def inspection_storm(model: Community, count: int, target: int) -> None:
    """Let one department, or (-1) all in turn, come for extra visits."""
    for extra in range(count):
        department = model.departments[target if target >= 0 else extra % len(model.departments)]
        department.visit(STORM + model.row * STORM_DAY + model.today.visits, float(model.day))
