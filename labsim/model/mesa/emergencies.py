"""The emergencies module of the Mesa model: the office that sends teams and supplies.

Takes: the community. Gives: :class:`EmergencyOffice`, with teams, supply points and vehicles as agents, and
the same daily records, bit for bit, as the compiled module. Twin of ``modules/emergencies*.py``; shocks are
next door.
"""

import math

import numpy as np

from labsim.behaviour import emergencies as rules
from labsim.behaviour.coordination import load_of, occurrences
from labsim.foundations.randomness import Decision
from labsim.model.kernels.recording import BREACHES
from labsim.model.mesa.agents import fen
from labsim.model.mesa.base import Actor, Community
from labsim.model.mesa.emergencies_shocks import Call, Flood, HotEvent, Outbreak, Record, online, stop_lifts
from labsim.model.mesa.emergencies_supplies import Request, SupplyStore
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.modules.emergencies_state import EMERGENCIES_DAILY, MOST_ORDINARY, station_ways
from labsim.model.state import WEEK, YEAR, Activity
from labsim.model.trajectory import ConservationError
from labsim.population.residents import Age
from labsim.scenario.phases import InjectKind


class TeamAgent(Actor):
    """A team: number 0 is staff's, the others are volunteers'.

    Attributes:
        number: of the team; it is at station number modulo stations.
        free: from when it can set out.
    """

    def __init__(self, model: Community, number: int) -> None:
        """Found a team that is free."""
        super().__init__(model)
        self.number = number
        self.free = -math.inf

    def there_at(self, call: Call, way: float, out: float) -> float:
        """Return when the team can be at a call.

        Args:
            call: what it is called to.
            way: minutes.
            out: minutes until it sets out.
        """
        return rules.later(max(call.ready, self.free), out + way)


class EmergencyOffice(ModuleAgent, Actor):
    """The office to which alarms and requests come.

    Attributes:
        sides: block sides from station k to every block.
        pool: residents on call this week.
        store: supply points and vehicles.
        outbreak: the epidemic.
        hot: the hot event.
    """

    def __init__(self, model: Community) -> None:
        """Open the office with nothing in the cupboards."""
        super().__init__(model)
        self.sides = station_ways(np.array([len(block) for block in model.blocks]), model.seed).tolist()
        self.teams: list[TeamAgent] = []
        self.pool = self.formed = self.standby = 0
        self.store = SupplyStore(model, self.sides)
        self.outbreak = Outbreak(model)
        self.hot = HotEvent(model)
        self._days: list[Record] = []

    def records(self) -> np.ndarray:
        """Return ``EMERGENCIES_DAILY`` records, one per day so far."""
        names = EMERGENCIES_DAILY.names or ()
        return np.array([tuple(day[name] for name in names) for day in self._days], EMERGENCIES_DAILY)

    # -- the day --------------------------------------------------------------------------------

    def morning(self) -> None:
        """Live through the emergencies of a day."""
        mine: Record = {n: 0.0 if EMERGENCIES_DAILY[n].kind == "f" else 0 for n in EMERGENCIES_DAILY.names or ()}
        self._days.append(mine)
        mine["day"] = self.model.day
        self._man_teams(mine)
        if self.model.row % WEEK == 0:
            self.store.restock(mine)
        calls, requests = self._ordinary()
        self._shocks(mine, calls, requests)
        for call in sorted(calls, key=lambda one: (one.ready, one.who)):
            self._answer(call, mine)
        mine["requests"] = len(requests)
        for request in sorted(requests, key=lambda one: (one.since, one.who)):
            self.store.deliver(request, mine)
        self._count_losses(mine)
        drills = occurrences(self.model.day, self.policy.emergency_drills, float(YEAR))
        mine["staff_hours"] += drills * self.world.drill_hours
        self.policy.admin_load += load_of(mine["staff_hours"], self.world.base_load)
        self._check(mine)

    # -- who comes: (E3) ------------------------------------------------------------------------

    def _on_call(self) -> int:
        """Return how many residents would come if a team were called this week."""
        world, count = self.world, 0
        for who in self.model.people:
            habit = world.habit_weight * who.roles[Activity.VOLUNTEER].habit
            voice = world.efficacy_weight * (who.efficacy - 0.5)
            chance = rules.on_call_probability(world.alpha_team, habit, voice)
            reach = 1.0 if online(who) else world.tree_reach
            count += self.luck(Decision.TEAM_ON_CALL, self.model.row, who.id) < chance * reach
        return count

    def _man_teams(self, mine: Record) -> None:
        """Form today's volunteer teams."""
        world, policy = self.world, self.policy
        if policy.emergency_teams == 0 and policy.gate_posts == 0:
            self.pool = 0
        elif self.model.row % WEEK == 0 or self.pool == 0:
            self.pool = self._on_call()
        self.formed = rules.teams_formed(policy.emergency_teams, self.pool, world.team_size)
        self.standby = rules.teams_standing_by(policy.standby_teams, self.formed, self.pool, world.duty_hours)
        while len(self.teams) < 1 + self.formed:
            self.teams.append(TeamAgent(self.model, len(self.teams)))
        mine.update(pool=self.pool, teams=self.formed, standby=self.standby)
        mine["volunteer_hours"] = self.standby * 24.0 * rules.STANDBY_PERSONS

    # -- calls: (E1) and (E2) -------------------------------------------------------------------

    def _ordinary(self) -> tuple[list[Call], list[Request]]:
        """Let residents call for help on an ordinary day."""
        model, world, row = self.model, self.world, self.model.row
        everybody = [who for block in model.blocks for who in block]
        rate = rules.calls_a_day(len(everybody), world.call_rate)
        calls: list[Call] = []
        requests: list[Request] = []
        time, k = 0.0, -1
        while rate > 0.0 and k + 1 < MOST_ORDINARY + len(everybody) // 4:
            k += 1
            time += self.patience(Decision.CALL_TIME, row, k) / rate
            if time >= 1.0:
                break
            who = everybody[int(self.luck(Decision.CALL_WHO, row, k) * len(everybody))]
            if who.age != Age.OLDER and self.luck(Decision.CALL_KIND, row * 2, k) >= world.call_others:
                continue
            call = Call(self, -1 - k, who.block, model.day + time, who)
            call.raise_alarm()
            calls.append(call)
            if self.luck(Decision.CALL_KIND, row * 2 + 1, k) < world.kit_share:
                requests.append(Request(-1 - k, who.block, model.day + time))
        return calls, requests

    def _answer(self, call: Call, mine: Record) -> None:
        """Send the team that can be there first."""
        world, policy, row = self.world, self.policy, self.model.row
        mean = rules.muster_mean(world.muster_minutes, world.drill_gain, policy.emergency_drills, world.drill_scale)
        muster = mean * self.patience(Decision.CALL_STAGE, row * 8 + 3, call.who)
        ways = [minutes[call.block] * world.street_minutes for minutes in self.sides]
        offers = []
        for team in self.teams[: 1 + self.formed]:
            out = world.standby_minutes if 0 < team.number <= self.standby else muster
            offers.append((team.there_at(call, ways[team.number % int(policy.emergency_stations)], out), team.number))
        arrival, number = min(offers)
        way = ways[number % int(policy.emergency_stations)]
        busy = call.team_arrives(arrival, mine)
        if busy is None:
            busy = world.rescue_minutes * self.patience(Decision.CALL_STAGE, row * 8 + 4, call.who)
        self.teams[number].free = rules.later(arrival, busy + way)
        if number > 0:
            mine["volunteer_hours"] += (busy + 2.0 * way) / 60.0 * world.team_size

    # -- shocks ---------------------------------------------------------------------------------

    def _total(self, kind: InjectKind) -> int:
        injects = getattr(self.model, "injects", ())
        return sum(int(one.magnitude) for one in injects if one.day == self.model.day and one.kind == kind)

    def _shocks(self, mine: Record, calls: list[Call], requests: list[Request]) -> None:
        """Let today's shocks happen, and those of earlier days go on."""
        model, world, policy = self.model, self.world, self.policy
        staff, blocks = sum(post.present for post in model.staff), len(model.blocks)
        tracks, volunteers = policy.response_tracks, self.formed * world.team_size
        callers = rules.callers_out(staff, tracks, blocks, world.steward_share, volunteers)
        points = min(self._total(InjectKind.FLOOD), blocks)
        if points > 0:
            calls += Flood(self, points).happen(callers, staff, mine)
        calls += stop_lifts(self, self._total(InjectKind.LIFT_FAILURE), mine)
        watched = rules.gate_shifts(policy.gate_posts, world.entrances, self.pool, world.duty_hours, self.standby)
        cases = self._total(InjectKind.EPIDEMIC)
        if cases > 0 or self.outbreak.going_on:
            mine["volunteer_hours"] += watched * world.entrances * 24.0
        self.outbreak.imported(cases, watched, mine)
        if self.outbreak.going_on:
            for who in self.outbreak.day(callers, staff, mine):
                since = model.day + self.luck(Decision.CALL_TIME, -1 - model.row, who.id)
                requests.append(Request(who.id, who.block, since))
        first = self._total(InjectKind.HOT_EVENT)
        if first > 0:
            self.hot.break_out(first, mine)
        if self.hot.going_on:
            self.hot.talk(mine)

    # -- books ----------------------------------------------------------------------------------

    def _count_losses(self, mine: Record) -> None:
        car, home = fen(self.world.car_loss), fen(self.world.home_loss)
        mine["loss"] = mine["cars_flooded"] * car + (mine["homes_at_risk"] - mine["homes_saved"]) * home
        mine["loss_avoided"] = mine["cars_moved"] * car + mine["homes_saved"] * home

    def _check(self, mine: Record) -> None:
        """Check the books: supplies, people and vehicles at risk.

        Raises:
            ConservationError: something got lost.
        """
        mine["held"] = sum(point.stock for point in self.store.points)
        laws = {
            38: self.store.bought - self.store.used - mine["held"],
            39: mine["at_risk"] - mine["moved"] - mine["reached"] - mine["hurt"],
            40: mine["cars_at_risk"] - mine["cars_moved"] - mine["cars_flooded"],
        }
        for law, off in laws.items():
            if off != 0:
                raise ConservationError(self.model.day, BREACHES[law], int(off))
