"""What an alarm, a team, a warning, a sample and a rumour do.

Takes: scalars of one call, one resident, one day. Gives: minutes, chances, counts. Submodels (E1)-(E9)
of the module *emergencies*.
"""

import math

from labsim.foundations.arithmetic import exp, logistic
from labsim.foundations.compiled import rule

CIRCLE = 15.0  # minutes: emergency_circle_minutes
PROMISE = 30.0  # minutes: emergency_supply_delivery_minutes
DAY_MINUTES = 1440.0
WEEK_HOURS = 168.0
STANDBY_PERSONS = 2.0  # assumption: a team on standby is two persons
WATER_FIRST = 6.0  # hours: assumption, water reaches a point between 6 and 18 o'clock
WATER_SPAN = 12.0


@rule
def later(time: float, minutes: float) -> float:
    """Return the time, in days, some minutes later."""
    return time + minutes / DAY_MINUTES


@rule
def minutes_between(before: float, after: float) -> float:
    """Return the minutes from one time, in days, to another."""
    return (after - before) * DAY_MINUTES


@rule
def calls_a_day(residents: int, yearly: float) -> float:
    """Return the rate of calls a day if everybody called as older residents do, submodel (E1).

    Others are thinned out of it afterwards (Lewis & Shedler 1979).
    """
    return residents * yearly / 364.0


@rule
def alarm_minutes(device: bool, by_device: float, without: float, luck: float) -> float:
    """Return the minutes until an alarm is raised, submodel (E2); ``luck`` has mean 1."""
    return by_device if device else without * luck


@rule
def relay_minutes(mean: float, tracks: float, luck: float, other: float) -> float:
    """Return the minutes until an alarm reaches a team: the faster of two tracks, submodel (E2).

    Of two independent exponential tracks the faster takes half the mean.
    """
    return mean * (min(luck, other) if tracks >= 2.0 else luck)


@rule
def muster_mean(base: float, gain: float, drills: float, scale: float) -> float:
    """Return the mean minutes to gather a team that has drilled so often a year, submodel (E2)."""
    return base * (1.0 - gain * (1.0 - exp(-drills / scale)))


@rule
def on_call_probability(alpha: float, habit: float, voice: float) -> float:
    """Return the chance that a resident would come if called, submodel (E3): a logit (McFadden 1974).

    Args:
        alpha: base utility.
        habit: weighted habit of volunteering.
        voice: weighted efficacy.
    """
    return logistic(alpha + habit + voice)


@rule
def teams_formed(wanted: float, pool: int, size: float) -> int:
    """Return how many volunteer teams can be manned, submodel (E3)."""
    return min(int(wanted), int(pool / size))


@rule
def teams_standing_by(wanted: float, teams: int, pool: int, weekly_hours: float) -> int:
    """Return how many teams can stand by around the clock with the hours that volunteers give, (E3)."""
    return min(int(wanted), min(teams, int(pool * weekly_hours / (7.0 * 24.0 * STANDBY_PERSONS))))


@rule
def gate_shifts(posts: float, entrances: float, pool: int, duty_hours: float, standby: float) -> float:
    """Return the share of the hours of all entrances that volunteers watch, submodel (E9).

    Teams on standby come first; what is left of the hours of those on call goes to the posts.

    Args:
        posts: entrances that should be watched around the clock.
        entrances: of the community.
        pool: residents on call.
        duty_hours: that each gives in a week.
        standby: teams on standby.
    """
    left = max(0.0, pool * duty_hours - standby * STANDBY_PERSONS * WEEK_HOURS)
    return min(min(posts, entrances) * WEEK_HOURS, left) / (entrances * WEEK_HOURS)


@rule
def seen_at_gate(watched: float, sensitivity: float) -> float:
    """Return the chance that somebody who comes home from outside is sent into quarantine at the gate, (E9)."""
    return watched * sensitivity


@rule
def callers_out(staff: int, tracks: float, blocks: int, stewards: float, volunteers: float) -> float:
    """Return who can go from door to door: staff, stewards on the second track, teams, (E5) and (E6)."""
    return staff + volunteers + (blocks * stewards if tracks >= 2.0 else 0.0)


@rule
def water_time(day: int, luck: float) -> float:
    """Return when water reaches a point, submodel (E5)."""
    return day + (WATER_FIRST + WATER_SPAN * luck) / 24.0


@rule
def told_by_visit(warning: float, visit: int, callers: float, pace: float) -> float:
    """Return when the how-manieth resident of a block is warned at the door, submodel (E5)."""
    return warning + visit / (callers * pace) / 24.0 if callers > 0.0 else math.inf


@rule
def cars_before(arrival: float, water: float, minutes: float, cars: int) -> int:
    """Return how many of a garage's cars a team moves before the water comes, submodel (E5)."""
    room = minutes_between(arrival, water) / minutes
    return min(cars, int(room)) if room > 0.0 else 0


@rule
def sampling_pace(stations: float, station_rate: float, callers: float, gather_rate: float) -> float:
    """Return residents sampled in an hour: the slower of sampling and of calling down, submodel (E6)."""
    return min(stations * station_rate, callers * gather_rate)


@rule
def round_hours(days: int, done: float, share: float, hours: float) -> float:
    """Return how long a round of sampling took from its first to its last hour, submodel (E6).

    Args:
        days: whole days before today.
        done: share sampled before today.
        share: share that a day can do.
        hours: of sampling in a day.
    """
    return 24.0 * days + hours * (1.0 - done) / share


@rule
def told_share(day: int, answered: float) -> float:
    """Return the share of a day on which a hot event is still unanswered, submodel (E8)."""
    return min(max(answered - day, 0.0), 1.0)


@rule
def pair_chance(chance: float, close: float, known: int) -> float:
    """Return the chance that an infected resident infects one of so many acquaintances on a day, (E6).

    Close contacts of a day fall on acquaintances evenly.
    """
    return chance * min(close / known, 1.0) if known > 0 else 0.0
