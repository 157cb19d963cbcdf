"""Who asks for which service, what money and volunteers can offer, what is made of an hour given.

Takes: scalars of one resident, one service or one offer. Gives: utilities, places, qualities, shares.
Submodels (S1)-(S8) of the module *services*.
"""

from typing import NamedTuple

from labsim.foundations.arithmetic import exp, log, logistic
from labsim.foundations.compiled import rule

OPEN_DAYS = 5  # days a week on which canteen and class are open
WEEKS = 52  # of a year of 364 days


class Offer(NamedTuple):
    """What is the same for everybody who considers a service on a day; logits unless said otherwise."""

    bias: float  # base utility, with what a choice of options adds
    price: float  # what the full fee takes
    fee: float  # yuan
    inertia: float  # of holding a place already
    ease: float  # of booking online


@rule
def option_utility(options: float) -> float:
    """Return what a choice among equivalent options adds, submodel (S1): the log-sum (McFadden 1978)."""
    return log(options)


@rule
def price_utility(weight: float, price: float, scale: float) -> float:
    """Return what a price takes from a utility, submodel (S1); money counts less at the margin."""
    return -weight * log(1.0 + price / scale)


@rule
def use_probability(offered: float, need_term: float, taste_term: float, expectation_term: float) -> float:
    """Return the chance that a resident asks for a service in a week, submodel (S1).

    Random utility, as for taking part: McFadden 1974.

    Args:
        offered: base utility with options, price, inertia and ease of booking.
        need_term: weight of need times the need of the age group above one third.
        taste_term: weight of taste times personal taste.
        expectation_term: weight times what is expected above what was expected at the start.
    """
    return logistic(offered + need_term + taste_term + expectation_term)


@rule
def item_probability(yearly_rate: float, offered: float) -> float:
    """Return the chance of a government item in a week that the community can handle, submodel (S1)."""
    return offered * (1.0 - exp(-yearly_rate / WEEKS))


@rule
def booked_online(luck: float, online: float) -> bool:
    """Return whether a service is booked online for this person, submodel (S2)."""
    return luck < online


@rule
def finds_channel(luck: float, online: float, offline: float, digital: bool) -> bool:
    """Return whether a resident finds a way to ask, submodel (S2).

    Who has no digital access needs phone or desk; they are kept for a share of what went online.
    """
    return digital or luck >= online * (1.0 - offline)


@rule
def places(money: float, cost: float) -> int:
    """Return the weekly places that yearly money buys, submodel (S3)."""
    return int(money / WEEKS / cost) if cost > 0.0 else 0


@rule
def satisfying(amount: float, scale: float) -> float:
    """Return the chance that a service is good when so much of something is put into it, submodel (S4).

    Falling returns: yuan on a meal against what it takes, or hours of a class against an
    exponential time until parents are home.
    """
    return 1.0 - exp(-amount / scale)


@rule
def opens_slot(luck: float, used: int, slots: int) -> bool:
    """Return whether a booking falls on a slot that nobody uses yet, submodel (S5).

    Slots are picked at random: v bookings fill 1 - (1 - 1/n)^v of n slots on average.
    """
    return luck * slots >= used


@rule
def happens(yearly_rate: float) -> float:
    """Return the chance in a week of something with a yearly rate, at most once, submodel (S5)."""
    return 1.0 - exp(-yearly_rate / WEEKS)


@rule
def stored_hours(hours: float, share: float, rate: float) -> int:
    """Return the credit for an act of volunteering, in hundredths of hours, submodel (S6)."""
    return int(100.0 * hours * share * rate + 0.5)


@rule
def skill_found(skills: float, pool: float) -> float:
    """Return the chance that a pool holds a needed skill, submodel (S7): each member has one of them."""
    return 1.0 - exp(pool * log(1.0 - 1.0 / skills)) if skills > 1.0 else (1.0 if pool > 0.0 else 0.0)


@rule
def matched(matching: float, found: float, errands: float) -> float:
    """Return the chance that a request finds somebody who can do it, submodel (S7).

    Args:
        matching: share of requests that are matched with the pool.
        found: chance that the pool holds the skill.
        errands: share of hours that are those of the errand team, which does whatever is asked.
    """
    return 1.0 - (1.0 - matching * found) * (1.0 - errands)


@rule
def use_ratio(served: float, places_offered: float, usual: float) -> float:
    """Return the use of places against their usual use, submodel (S8); money for empty places serves nobody."""
    return min(1.0, served / places_offered) / usual if places_offered > 0.0 else 0.0
