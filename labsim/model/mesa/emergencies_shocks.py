"""Floods, stopped lifts, epidemics and hot events of the Mesa model.

Takes: a dated shock. Gives: calls, infections, rumours. Twins of ``modules/emergencies_flood`` and
``modules/emergencies_spread``; submodels (E2) and (E5)-(E8).
"""

import math

from labsim.behaviour import emergencies as rules
from labsim.behaviour.participation import delta_rule
from labsim.foundations.randomness import Decision
from labsim.model.mesa.base import PAIR, Actor, Community
from labsim.model.mesa.people import ResidentAgent
from labsim.model.modules.emergencies_flood import CARS, FLOORS, GARAGE, OCCUPIED
from labsim.model.state import ItemState
from labsim.population.residents import Age, ItemClass

Record = dict[str, float]


def online(who: ResidentAgent) -> bool:
    """Return whether an alert reaches a resident."""
    return who.online


class Call:
    """Somebody needs a team.

    Attributes:
        who: address of its luck.
        block: where.
        since: when it began.
        ready: when the alarm has reached a team.
        resident: who needs help; None for lifts and garages.
        in_flood: whether the resident is in a flooded block.
        cars: to be moved, 0 for a call about people.
        water: when water comes.
        danger: when somebody in the water is hurt.
    """

    def __init__(
        self, office: Actor, who: int, block: int, since: float, resident: ResidentAgent | None = None, cars: int = 0
    ) -> None:
        """Call, with the alarm still to be raised."""
        self.office, self.who, self.block, self.since, self.resident = office, who, block, since, resident
        self.ready = since
        self.in_flood = False
        self.cars = cars
        self.water = self.danger = math.inf

    def raise_alarm(self, seen: bool = False) -> None:
        """Let the alarm get through; ``seen`` when a caller is there already."""
        office, world, policy = self.office, self.office.world, self.office.policy
        step = office.model.row * 8
        minutes = 0.0
        if not seen:
            old = self.resident is not None and self.resident.age == Age.OLDER
            equipped = old and office.luck(Decision.CALL_DEVICE, 0, self.resident.id) < policy.call_devices  # type: ignore[union-attr]
            delay = office.patience(Decision.CALL_STAGE, step, self.who)
            minutes = rules.alarm_minutes(equipped, world.device_minutes, world.alarm_minutes, delay)
        tracks = [office.patience(Decision.CALL_STAGE, step + track, self.who) for track in (1, 2)]
        self.ready = rules.later(
            self.since, minutes + rules.relay_minutes(world.relay_minutes, policy.response_tracks, *tracks)
        )

    def team_arrives(self, arrival: float, mine: Record) -> float | None:
        """Do what a team came for; return minutes at the scene, None for the usual time."""
        if self.cars > 0:
            minutes = self.office.world.car_minutes
            moved = rules.cars_before(arrival, self.water, minutes, self.cars)
            mine["cars_moved"] += moved
            mine["cars_flooded"] += self.cars - moved
            return moved * minutes
        response = rules.minutes_between(self.since, arrival)
        in_time = response <= rules.CIRCLE
        mine["calls"] += 1
        mine["response_minutes"] += response
        mine["in_circle"] += in_time
        if self.in_flood and self.resident is not None:
            if arrival < self.water:
                mine["moved"] += 1
                self.resident.hear_back(1.0, self.since)
            elif arrival <= self.danger:
                mine["reached"] += 1
                self.resident.hear_back(float(in_time), self.since)
            else:
                mine["hurt"] += 1
                self.resident.hear_back(0.0, self.since)
        return None


class Flood:
    """Water in the lowest blocks, submodel (E5)."""

    def __init__(self, office: Actor, points: int) -> None:
        """Choose the lowest blocks: they are the same in every flood."""
        self.office = office
        blocks = range(len(office.model.blocks))
        self.low = sorted(blocks, key=lambda block: office.luck(Decision.FLOOD_POINT, 0, block))[:points]

    def _monitored(self, block: int) -> bool:
        return self.office.luck(Decision.FLOOD_POINT, 1, block) < self.office.policy.flood_monitoring

    def happen(self, callers: float, staff: int, mine: Record) -> list[Call]:
        """Warn, move and flood; return whom teams must fetch and what they must move."""
        office, world, model = self.office, self.office.world, self.office.model
        warned = [block for block in self.low if self._monitored(block)]
        mine["points"] += len(self.low)
        mine["points_warned"] += len(warned)
        if warned:
            mine["staff_hours"] += staff * world.flood_lead
        calls = []
        for block in self.low:
            luck = office.luck(Decision.FLOOD_POINT, model.row + 2, block)
            water = rules.water_time(model.day, luck)
            # A lead of nothing is no warning.
            early = block in warned and water - world.flood_lead / 24.0 < water
            warning = water - world.flood_lead / 24.0 if early else None
            calls += self._people(block, water, warning, callers / len(warned) if warned else 0.0, mine)
            calls += self._garage(block, water, warning, mine)
        return calls

    def _people(self, block: int, water: float, warning: float | None, visitors: float, mine: Record) -> list[Call]:
        office, world, row = self.office, self.office.world, self.office.model.row
        calls, visits = [], 0
        for who in office.model.blocks[block]:
            if office.luck(Decision.FLOOD_PERSON, -1, who.id) >= world.flood_exposed:
                continue
            mine["at_risk"] += 1
            told = math.inf
            if warning is not None and online(who):
                told = warning + world.read_hours * office.patience(Decision.FLOOD_PERSON, row * FLOORS, who.id) / 24.0
            elif warning is not None:
                visits += 1
                told = rules.told_by_visit(warning, visits, visitors, world.warning_visits)
            mine["homes_at_risk"] += who.head
            mine["homes_saved"] += who.head == 1 and told < water
            helpless = who.age == Age.OLDER and office.luck(Decision.FLOOD_PERSON, -2, who.id) < world.flood_help
            pause = world.move_hours * office.patience(Decision.FLOOD_PERSON, row * FLOORS + 1, who.id)
            if not helpless and told + pause / 24.0 < water:
                mine["moved"] += 1
                who.hear_back(1.0, water)
                continue
            fetched = helpless and told < water
            call = Call(office, who.id, block, told if fetched else water, who)
            call.in_flood = True
            call.water = water
            hours = world.danger_hours * office.patience(Decision.FLOOD_PERSON, row * FLOORS + 2, who.id)
            call.danger = water + hours / 24.0
            call.raise_alarm(seen=fetched)
            calls.append(call)
        return calls

    def _garage(self, block: int, water: float, warning: float | None, mine: Record) -> list[Call]:
        office, world, row = self.office, self.office.world, self.office.model.row
        everybody = [who for members in office.model.blocks for who in members]
        first = GARAGE + block * 1024
        cars = int(world.garage_cars)
        left = 0
        for car in range(first, first + cars):
            owner = everybody[int(office.luck(Decision.FLOOD_CAR, -1, car) * len(everybody))]
            if warning is None or not online(owner):
                left += 1
                continue
            hours = world.read_hours * office.patience(Decision.FLOOD_CAR, row * FLOORS, car)
            hours += world.move_hours * office.patience(Decision.FLOOD_CAR, row * FLOORS + 1, car)
            left += not warning + hours / 24.0 < water
        mine["cars_at_risk"] += cars
        mine["cars_moved"] += cars - left
        if warning is None:
            mine["cars_flooded"] += left
            return []
        calls = []
        for done in range(0, left, CARS):
            call = Call(office, first + done, block, warning, cars=min(CARS, left - done))
            call.water = water
            call.raise_alarm(seen=True)
            calls.append(call)
        return calls


def stop_lifts(office: Actor, lifts: int, mine: Record) -> list[Call]:
    """Let lifts that are in order stop, some with somebody inside, submodel (E7)."""
    model, row = office.model, office.model.row
    sound = [item for item in model.items if item.state == ItemState.OK and item.item_class == ItemClass.CAPITAL]
    sound.sort(key=lambda item: office.luck(Decision.LIFT_FAILURE, row, item.id))
    calls = []
    for item in sound[:lifts]:
        item.fail(float(model.day))
        mine["lifts"] += 1
        who = 2 * GARAGE + item.id
        if office.luck(Decision.LIFT_TRAPPED, row * 2, who) < OCCUPIED:
            mine["trapped"] += 1
            call = Call(office, who, item.block, model.day + office.luck(Decision.LIFT_TRAPPED, row * 2 + 1, who))
            call.raise_alarm()
            calls.append(call)
    return calls


def others_known(model: Community, who: ResidentAgent) -> list[ResidentAgent]:
    """Return a resident's contacts; everybody else when all know each other."""
    return [other for other in model.people if other is not who] if model.everybody_acquainted else who.contacts


class Outbreak(Actor):
    """An infection that goes from contact to contact, and what is done about it, submodel (E6).

    Attributes:
        infected: who is infected and not found yet, with the day.
        found: who was found infected, ever.
        quarantine: the day after the last of each contact's quarantine.
        going_on: whether anybody is infected or in quarantine.
    """

    def __init__(self, model: Community) -> None:
        """Begin without any infection."""
        super().__init__(model)
        self.infected: dict[ResidentAgent, int] = {}
        self.found: set[ResidentAgent] = set()
        self.quarantine: dict[ResidentAgent, int] = {}
        self.going_on = self.sampling = False
        self.rounds = self.round_day = self.next_round = 0
        self.done = 0.0

    def imported(self, count: int, watched: float, mine: Record) -> None:
        """Let so many residents come home infected; a watched gate keeps them at home, submodel (E9)."""
        day, world = self.model.day, self.world
        healthy = [who for who in self.model.people if who not in self.infected and who not in self.found]
        healthy.sort(key=lambda who: self.luck(Decision.EPIDEMIC_SEED, day, who.id))
        for who in healthy[:count]:
            self.infected[who] = day - 1
            mine["imported"] += 1
            if self.luck(Decision.GATE_SEEN, day, who.id) < rules.seen_at_gate(watched, world.gate_check):
                self.quarantine[who] = day + int(world.quarantine_days)
                mine["seen_at_gate"] += 1
            if not self.going_on:
                self.going_on, self.sampling, self.next_round = True, False, day

    def _at_home(self, who: ResidentAgent) -> bool:
        return self.quarantine.get(who, 0) > self.model.day

    def day(self, callers: float, staff: int, mine: Record) -> list[ResidentAgent]:
        """Infect, sample, find; return who is in quarantine and needs supplies."""
        self._spread(mine)
        self._find(self._sample(callers, staff, mine), mine)
        locked_in = [who for who in self.model.people if self._at_home(who) and who not in self.found]
        mine["quarantined"] += len(locked_in)
        self.going_on = bool(self.infected or locked_in)
        return locked_in

    def _spread(self, mine: Record) -> None:
        world, day, row = self.world, self.model.day, self.model.row
        caught: set[ResidentAgent] = set()
        for who, since in self.infected.items():
            if since >= day or self._at_home(who):
                continue
            known = others_known(self.model, who)
            chance = rules.pair_chance(world.infection_chance, world.close_contacts, len(known))
            for other in known:
                well = other not in self.infected and other not in self.found and not self._at_home(other)
                if well and self.luck(Decision.EPIDEMIC_CONTACT, row, who.id * PAIR + other.id) < chance:
                    caught.add(other)
        mine["infections"] += len(caught)
        self.infected.update(dict.fromkeys(caught, day))

    def _sample(self, callers: float, staff: int, mine: Record) -> float:
        """Go on with a round of sampling; return the share sampled by the evening."""
        world, day = self.world, self.model.day
        if not self.sampling and day >= self.next_round:
            self.sampling, self.round_day, self.done = True, day, 0.0
            self.rounds += 1
        if not self.sampling:
            return self.done
        pace = rules.sampling_pace(self.policy.sampling_stations, world.station_rate, callers, world.gather_rate)
        share = pace * world.sampling_day / len(self.model.people)
        if self.done + share < 1.0:
            mine["staff_hours"] += staff * world.sampling_day
            return self.done + share
        self.sampling, self.next_round = False, day + int(world.sampling_gap)
        mine["rounds"] += 1
        mine["sampling_hours"] += rules.round_hours(day - self.round_day, self.done, share, world.sampling_day)
        mine["staff_hours"] += staff * ((1.0 - self.done) / share * world.sampling_day)
        return 1.0

    def _is_found(self, who: ResidentAgent, since: int, evening: float) -> bool:
        day = self.model.day
        if day - since >= self.world.symptom_days:
            return True
        if since >= day or not self.done <= self.luck(Decision.SAMPLE_TURN, self.rounds, who.id) < evening:
            return False
        return self.luck(Decision.SAMPLE_FINDS, self.rounds, who.id) < self.world.test_sensitivity

    def _find(self, evening: float, mine: Record) -> None:
        last = self.model.day + int(self.world.quarantine_days)
        for who in [one for one, since in self.infected.items() if self._is_found(one, since, evening)]:
            del self.infected[who]
            self.found.add(who)
            mine["found"] += 1
            for other in who.contacts:
                self.quarantine[other] = max(self.quarantine.get(other, 0), last)
        self.done = evening


class HotEvent(Actor):
    """A complaint that goes round until it is answered, submodel (E8).

    Attributes:
        heard: who has heard of the latest event, with the day.
        going_on: whether it is unanswered.
    """

    def __init__(self, model: Community) -> None:
        """Begin with nothing to talk about."""
        super().__init__(model)
        self.heard: dict[ResidentAgent, int] = {}
        self.number = 0
        self.since = self.until = 0.0
        self.going_on = False

    def _hear(self, who: ResidentAgent, day: int, mine: Record) -> None:
        self.heard[who] = day
        mine["heard"] += 1
        who.efficacy = delta_rule(who.efficacy, self.world.efficacy_rate * self.world.hot_weight, 0.0)

    def break_out(self, count: int, mine: Record) -> None:
        """Let so many residents see it first; an earlier event is forgotten."""
        day = self.model.day
        self.number += 1
        self.heard = {}
        self.going_on, self.since = True, float(day)
        self.until = day + self.policy.hot_answer_hours / 24.0
        line = sorted(self.model.people, key=lambda who: self.luck(Decision.HOT_SEED, self.number, who.id))
        for who in line[:count]:
            self._hear(who, day - 1, mine)

    def talk(self, mine: Record) -> None:
        """Let whoever heard the day before tell contacts, until the event is answered."""
        day, exposure = self.model.day, rules.told_share(self.model.day, self.until)
        if exposure == 0.0:
            self.going_on = False
            mine["answers"] += 1
            mine["answer_hours"] += 24.0 * (self.until - self.since)
            return
        chance = self.world.hot_tell * exposure
        fresh = [who for who, when in self.heard.items() if when == day - 1]
        pairs = [(who, other) for who in fresh for other in others_known(self.model, who)]
        for who, other in pairs:
            address = who.id * PAIR + other.id
            if other not in self.heard and self.luck(Decision.HOT_TOLD, self.model.row, address) < chance:
                self._hear(other, day, mine)
