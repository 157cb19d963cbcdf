"""Supply points and vehicles of the Mesa model.

Takes: requests. Gives: deliveries, and kits that are bought and used up. Twin of what ``modules/emergencies``
does with supplies; submodel (E4).
"""

import math
from dataclasses import dataclass

from labsim.behaviour import emergencies as rules
from labsim.foundations.randomness import Decision
from labsim.model.columns import Account
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.emergencies_shocks import Record


@dataclass
class Request:
    """Somebody asks for a kit."""

    who: int
    block: int
    since: float


class SupplyPoint(Actor):
    """A cupboard with kits."""

    def __init__(self, model: Community, number: int) -> None:
        """Put up an empty cupboard."""
        super().__init__(model)
        self.number = number
        self.stock = 0


class SupplyStore(Actor):
    """Everybody who keeps and delivers supplies.

    Attributes:
        sides: block sides from point k to every block.
        points: ever opened; the lever says how many are today.
        vehicles: when each is back.
        bought: kits so far.
        used: kits so far.
    """

    def __init__(self, model: Community, sides: list[list[float]]) -> None:
        """Begin without a point."""
        super().__init__(model)
        self.sides = sides
        self.points: list[SupplyPoint] = []
        self.vehicles: list[float] = []
        self.bought = self.used = 0

    def restock(self, mine: Record) -> None:
        """Fill supply points up to their stock, and pay."""
        for point in self._open_points():
            lacking = max(int(self.policy.supply_stock) - point.stock, 0)
            point.stock += lacking
            mine["bought"] += lacking
        mine["kit_money"] = mine["bought"] * fen(self.world.kit_cost)
        self.model.treasury.transfer(Account.GOVERNMENT, Account.SUPPLIERS, int(mine["kit_money"]))
        self.today.service_spent += int(mine["kit_money"])
        self.bought += int(mine["bought"])

    def _open_points(self) -> list[SupplyPoint]:
        while len(self.points) < self.policy.supply_points:
            self.points.append(SupplyPoint(self.model, len(self.points)))
        return self.points[: int(self.policy.supply_points)]

    def _carry(self, point: SupplyPoint, block: int, ready: float) -> tuple[float, int]:
        """Return when a kit arrives, and by which vehicle (-1: on foot)."""
        world, sides = self.world, self.sides[point.number][block]
        ways = [(rules.later(ready, world.loading_minutes + sides * world.street_minutes), -1)]
        for number in range(int(self.policy.supply_vehicles)):
            if number % int(self.policy.supply_points) != point.number:
                continue
            while len(self.vehicles) <= number:
                self.vehicles.append(-math.inf)
            start = max(ready, self.vehicles[number])
            ways.append((rules.later(start, world.loading_minutes + sides * world.vehicle_minutes), number))
        return min(ways)

    def _ask_around(self, request: Request) -> tuple[SupplyPoint | None, float]:
        """Ask points by phone, the nearest first, until one has a kit."""
        ready = request.since
        nearest_first = sorted(self._open_points(), key=lambda p: (self.sides[p.number][request.block], p.number))
        for attempt, point in enumerate(nearest_first):
            luck = self.patience(Decision.SUPPLY_REQUEST, self.model.row * 8 + 1 + attempt % 7, request.who)
            ready = rules.later(ready, self.world.allocation_minutes * luck)
            if point.stock > 0:
                return point, ready
        return None, ready

    def deliver(self, request: Request, mine: Record) -> None:
        """Deliver what was asked for from a point that has it."""
        point, ready = None, request.since
        if self.luck(Decision.SUPPLY_REQUEST, self.model.row * 8, request.who) < self.policy.smart_dispatch:
            stocked = [one for one in self._open_points() if one.stock > 0]
            point = min(stocked, key=lambda one: self._carry(one, request.block, ready)[0], default=None)
        else:
            point, ready = self._ask_around(request)
        if point is None:
            mine["unmet"] += 1
            return
        arrival, vehicle = self._carry(point, request.block, ready)
        if vehicle >= 0:
            back = self.sides[point.number][request.block] * self.world.vehicle_minutes
            self.vehicles[vehicle] = rules.later(arrival, back)
        point.stock -= 1
        self.used += 1
        minutes = rules.minutes_between(request.since, arrival)
        mine["delivered"] += 1
        mine["delivery_minutes"] += minutes
        mine["in_promise"] += minutes <= rules.PROMISE
