"""What a dispute does on its way to being settled, and why a household pays its property fee.

Takes: scalars of one dispute or one household. Gives: rates, probabilities, levels.
Submodels (D1)-(D8) of the module *disputes*.
"""

from labsim.foundations.arithmetic import exp, logistic
from labsim.foundations.compiled import rule


@rule
def arrival_probability(yearly_rate: float) -> float:
    """Return the chance that a Poisson process of a yearly rate has a point on a day, submodel (D1)."""
    return 1.0 - exp(-yearly_rate / 364.0)


@rule
def property_rate(base: float, fault_effect: float, faults: float, trust: float) -> float:
    """Return a household's yearly rate of disputes with the property firm, submodel (D1).

    Grievance needs a cause and somebody to blame (Felstiner, Abel & Sarat 1980): the rate
    grows with what is broken and not mended, and falls with trust in the firm.

    Args:
        base: rate without trust and without anything broken.
        fault_effect: what one unresolved facility problem in the block adds, relative to the base.
        faults: unresolved facility problems in the block.
        trust: in the firm, 0 to 1.
    """
    return base * (1.0 + fault_effect * faults) * (1.0 - trust)


@rule
def referrals_needed(usual: float, by_the_desk: bool) -> int:
    """Return how often a dispute is passed on before somebody mediates, submodel (D2)."""
    return 0 if by_the_desk else int(usual)


@rule
def mediation_time(elders: int, mediators: int, presence: float) -> float:
    """Return the working days that all who mediate give on a day, submodel (D3).

    Args:
        elders: members of the panel.
        mediators: of the community; they are there every working day.
        presence: share of working days that an elder, who is retired and a volunteer, gives.
    """
    return elders * presence + mediators


@rule
def elders_chance(elders: int, mediators: int, presence: float) -> float:
    """Return the chance that a dispute goes to the elders' panel: its share of the time of all who mediate, (D3).

    Args:
        elders: members of the panel.
        mediators: of the community; they are there every working day.
        presence: share of working days that an elder, who is retired and a volunteer, gives.
    """
    time = mediation_time(elders, mediators, presence)
    return elders * presence / time if time > 0.0 else 0.0


@rule
def settle_probability(
    base: float,
    skill: float,
    tension_weight: float,
    tension: float,
    information_weight: float,
    information: float,
    trust_term: float,
) -> float:
    """Return the chance that one round settles a dispute, submodel (D4).

    Args:
        base: propensity of the class of dispute when tension is middling (logit).
        skill: what the table and its mediator add (logit).
        tension_weight: weight of tension (logit).
        tension: between the parties, 0 to 1.
        information_weight: weight of what both sides know (logit).
        information: share of the facts that both sides know; 0 where facts are not in question.
        trust_term: weight of trust times the parties' trust in the community above one half.
    """
    return logistic(base + skill - tension_weight * (tension - 0.5) + information_weight * information + trust_term)


@rule
def party_trust(efficacy: float, rapport: float) -> float:
    """Return how far a party trusts the community to help, submodel (D9).

    Two grounds that fail independently: that something happens when one speaks up, and knowing the people who come.

    Args:
        efficacy: 0 to 1.
        rapport: with those who visit regularly, 0 to 1.
    """
    return 1.0 - (1.0 - efficacy) * (1.0 - rapport)


@rule
def relieved(tension: float, relief: float, trust: float) -> float:
    """Return the tension after somebody came to talk: a share goes, as far as they are trusted, (D5) and (D9)."""
    return tension * (1.0 - relief * trust)


@rule
def sessions_today(capacity: float, day_of_period: int) -> int:
    """Return how many of a period's sessions fall on a day, submodel (D5); 28 days hold them all."""
    return int(capacity * (day_of_period + 1) / 28.0) - int(capacity * day_of_period / 28.0)


@rule
def shared_facts(told: float, reach: float, data: float, patrolled: float, hall: float) -> float:
    """Return the share of the facts of a property dispute that both sides know, submodel (D6).

    Sources miss facts independently of each other.

    Args:
        told: share that is shown to both sides outright.
        reach: share that one source shows when it is complete.
        data: how far departments share their data.
        patrolled: share of blocks that residents patrolled.
        hall: how far an online hall reaches, by who takes part.
    """
    hidden = (1.0 - reach * data) * (1.0 - reach * patrolled) * (1.0 - reach * hall)
    return 1.0 - (1.0 - told) * hidden


@rule
def patrolled_share(patrols: int, blocks: int) -> float:
    """Return the share of blocks seen when patrols fall on blocks at random, submodel (D6)."""
    return 1.0 - exp(-patrols / blocks)


@rule
def promise_chance(base: float, checked: float, collection: float, break_even: float) -> float:
    """Return the chance that the property firm keeps a promise, submodel (D7).

    A checked promise is kept; below its break-even collection the firm cuts service in proportion.
    """
    return (base + (1.0 - base) * checked) * min(1.0, collection / break_even)


@rule
def neighbours_share(paid: int, homes: int, own: int, before: float) -> float:
    """Return the share of the other households of a block that paid last time, submodel (D8).

    Args:
        paid: households of the block that paid, the asking one included.
        homes: households of the block.
        own: 1 when the asking household paid.
        before: what to believe when there is no other household.
    """
    return (paid - own) / (homes - 1) if homes > 1 else before


@rule
def fee_probability(alpha: float, trust_term: float, habit_term: float, social: float) -> float:
    """Return the chance that a household pays its fee, submodel (D8): McFadden 1974, Brock & Durlauf 2001.

    Args:
        alpha: base utility (logit).
        trust_term: weight of trust times trust in the firm above one half.
        habit_term: weight of habit times habit.
        social: influence times the share of neighbours who paid.
    """
    return logistic(alpha + trust_term + habit_term + social)
