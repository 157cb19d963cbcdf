"""What one community worker learns, forgets and hopes for, and what skill does to the work.

Takes: scalars of one worker. Gives: skills (0 to 1), chances, factors on times and shifted
probabilities. Submodels (W1)-(W9) of the workforce module.
"""

from labsim.foundations.arithmetic import exp, log, logistic
from labsim.foundations.compiled import rule

YEAR = 364.0  # days


@rule
def daily_share(rate: float) -> float:
    """Return the part of a gap that a yearly rate closes in a day, so that a year closes 1 - exp(-rate)."""
    return 1.0 - exp(-rate / YEAR)


@rule
def experienced(start: float, level: float, rate: float, years: float) -> float:
    """Return the skill after years of daily work alone, submodel (W1).

    Args:
        start: skill of a newcomer.
        level: what daily work alone leads to.
        rate: of learning on the job, 1/y.
        years: of service.
    """
    return level + (start - level) * exp(-rate * years)


@rule
def usual_skill(start: float, level: float, rate: float, years: float) -> float:
    """Return the mean skill of staff whose years of service are exponential, submodel (W1).

    Parameters of the core are those of today's staff, so that effects of skill count from here.

    Args:
        start: skill of a newcomer.
        level: what daily work alone leads to.
        rate: of learning on the job, 1/y.
        years: mean years of service.
    """
    return level + (start - level) / (1.0 + rate * years)


@rule
def practised(skill: float, level: float, learning: float, forgetting: float) -> float:
    """Return the skill after a day of work, submodel (W1).

    Who is below what daily work leads to learns on the job; what was learnt beyond it fades
    (Arthur, Bennett, Stanush & McNelly 1998).

    Args:
        skill: 0 to 1.
        level: what daily work alone leads to and keeps.
        learning: share of the gap closed in a day.
        forgetting: share of what exceeds the level lost in a day.
    """
    return skill + (learning if skill < level else forgetting) * (level - skill)


@rule
def session_gain(rate: float, quality: float, units: float) -> float:
    """Return the share of what is missing that one session teaches, submodel (W2).

    Args:
        rate: of one unit of teaching at its best, below 1.
        quality: of the session, 0 to 1.
        units: of the session spent on this skill; 3 units are shared by all.
    """
    return 1.0 - exp(units * log(1.0 - rate * quality))


@rule
def taught(skill: float, gain: float) -> float:
    """Return the skill after passing a session: n of them leave (1 - s)(1 - gain)^n missing, submodel (W2)."""
    return skill + gain * (1.0 - skill)


@rule
def attendance(base: float, places: float, load_effect: float, load: float) -> float:
    """Return the chance that a worker attends a session, submodel (W3): overload keeps people at their desks.

    Args:
        base: attendance of those with a place who are not overloaded.
        places: places as a share of staff.
        load_effect: how strongly overload keeps away.
        load: hours of work per contractual hour.
    """
    return base * places * exp(-load_effect * max(load - 1.0, 0.0))


@rule
def learnt_from(skill: float, mentor: float, share: float) -> float:
    """Return the skill after a day beside a mentor, submodel (W4): only a better one teaches."""
    return skill + share * max(mentor - skill, 0.0)


@rule
def mean_skill(policy: float, digital: float, mediation: float) -> float:
    """Return the mean of the skills that are taught, submodel (W4)."""
    return (policy + digital + mediation) / 3.0


@rule
def team_skill(total: float, workers: int, posted: float, professional: float, alone: float) -> float:
    """Return the mean skill of those at work, submodel (W5).

    Args:
        total: sum over the workers present.
        workers: how many.
        posted: professionals posted to the community.
        professional: their skill.
        alone: skill of whoever stands in when nobody is there.
    """
    return (total + posted * professional) / (workers + posted) if workers + posted > 0.0 else alone


@rule
def time_factor(effect: float, skill: float, reference: float) -> float:
    """Return the time work takes against that of staff with the reference skill, submodel (W5).

    Log-linear in skill, as in the learning curve (Wright 1936).
    """
    return exp(-effect * (skill - reference))


@rule
def shifted(probability: float, effect: float, skill: float, reference: float) -> float:
    """Return a probability whose log odds fall with skill, submodel (W6); a negative effect raises it."""
    shift = effect * (skill - reference)
    if shift == 0.0 or probability <= 0.0 or probability >= 1.0:
        return probability
    return logistic(log(probability / (1.0 - probability)) - shift)


@rule
def is_blocked(waited: float, patience: float, title: float, levels: float) -> bool:
    """Return whether a career is blocked, submodel (W7).

    Args:
        waited: years since joining or the latest promotion.
        patience: years after which waiting turns into being stuck.
        title: level of the worker's title.
        levels: levels of the title series; with none there is nowhere to go.
    """
    return waited > patience and (levels == 0.0 or title < levels)


@rule
def promotion_hope(openings: float, waiting: int) -> float:
    """Return the chance to be promoted within a year that the waiting may expect (Vroom 1964), submodel (W7).

    Args:
        openings: promotions a year.
        waiting: workers who can still rise.
    """
    return min(openings / waiting, 1.0) if waiting > 0 else 1.0


@rule
def blocked_quit_probability(rate: float, hope: float) -> float:
    """Return the chance that a blocked worker leaves on a day, beside all other reasons, submodel (W7)."""
    return daily_share(rate * (1.0 - hope))


@rule
def promotion_score(merit: float, waited: float, skill: float) -> float:
    """Return the claim to an opening, submodel (W8): years of waiting against skill.

    Args:
        merit: weight of skill, 0 to 1.
        waited: years since the latest step.
        skill: mean of the skills, 0 to 1.
    """
    return (1.0 - merit) * waited / (1.0 + waited) + merit * skill


@rule
def administration(load: float, base: float, extra: float, relief: float, limit: float) -> float:
    """Return the administrative load against today's, submodel (W9).

    Hours of training come on top; others take tasks over, as far as tasks can be handed over.

    Args:
        load: administrative load against today's, before.
        base: hours a day that a load of 1 stands for.
        extra: hours a day of training and mentoring.
        relief: hours a day that others could take over.
        limit: share of the load that can be handed over.
    """
    if base <= 0.0:
        return load
    return load + (extra - min(relief, limit * load * base)) / base
