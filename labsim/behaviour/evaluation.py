"""What an appraisal measures, what one unit attends to, and how a warning is answered.

Takes: scalars of one appraisal, one unit or one case. Gives: weights, attention, marks, times.
Submodels (EV1)-(EV9). Multitask incentives (Holmstrom & Milgrom 1991): attention is limited and
goes where a unit of it gains most marks, so what is measured cheaply crowds out what is not
(Goodhart 1975; Campbell 1979).
"""

import math
from typing import NamedTuple

from labsim.foundations.arithmetic import exp, log, logistic
from labsim.foundations.compiled import rule
from labsim.scenario.modules.evaluation import PRESENT

QUARTERS = 4  # appraisals a year
RESIDENT, EXTERNAL, PROCESS, EFFECT, SAMPLE = PRESENT
STAR_SATISFACTION = 1.0 / 6.0  # +1 of the +1, +2 and +3 that the stars promise; the rest is for awards
CITY_POINTS = 2
PROVINCE_POINTS = 3
STAR_STEP = 0.05  # star_satisfaction_step


class Weights(NamedTuple):
    """What counts how much in an appraisal; they sum to 1."""

    process: float  # meetings held, ledgers kept
    official: float  # closures on record
    satisfaction: float  # the survey
    verified: float  # closures that a third party finds genuine
    innovation: float
    learning: float
    risk: float  # warnings answered in time


class Attention(NamedTuple):
    """What one unit attends to; the shares sum to 1."""

    repair: float  # genuine repair, own checks
    feedback: float  # hearing and telling residents, answering warnings
    closing: float  # getting cases off the list fast
    ledger: float  # ledgers and meetings
    pilots: float  # innovation projects and study sessions
    other: float  # what no appraisal looks at


@rule
def multi_source_weights(resident: float, external: float, process: float, effect: float) -> Weights:
    """Return the weights of an appraisal by superiors, residents and a third party, (EV1).

    The third party has its share of the whole and residents theirs of the rest. The superior
    splits what is left over process indicators, effect indicators (half survey, half verified
    repair) and the record. Shares that exceed 1 together are scaled down to 1.

    Args:
        resident: weight of residents' judgement.
        external: weight of the third party (dual-track evaluation).
        process: share of process indicators in the superior's appraisal.
        effect: share of effect indicators in it.
    """
    scale = 1.0 / (process + effect) if process + effect > 1.0 else 1.0
    superior = (1.0 - external) * (1.0 - resident)
    seen = superior * process * scale
    felt = superior * effect * scale
    on_record = superior * max(0.0, 1.0 - (process + effect) * scale)
    return Weights(seen, on_record, (1.0 - external) * resident + 0.5 * felt, external + 0.5 * felt, 0.0, 0.0, 0.0)


@rule
def five_x_weights(
    satisfaction: float,
    governance: float,
    innovation: float,
    learning: float,
    risk: float,
    process: float,
    effect: float,
) -> Weights:
    """Return the weights of the 5+X scorecard, scaled to sum to 1, (EV1).

    Governance performance is judged as the superior judges: process indicators, the record,
    and verified repair for effect indicators.

    Args:
        satisfaction: weight of public satisfaction.
        governance: weight of governance performance.
        innovation: weight of innovation.
        learning: weight of learning and growth.
        risk: weight of X, risk and public opinion.
        process: share of process indicators.
        effect: share of effect indicators.
    """
    total = satisfaction + governance + innovation + learning + risk
    if total <= 0.0:
        return Weights(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    scale = 1.0 / (process + effect) if process + effect > 1.0 else 1.0
    part = governance / total
    on_record = max(0.0, 1.0 - (process + effect) * scale)
    return Weights(
        part * process * scale,
        part * on_record,
        satisfaction / total,
        part * effect * scale,
        innovation / total,
        learning / total,
        risk / total,
    )


@rule
def with_stars(weights: Weights, stars: float) -> Weights:
    """Return weights of which a share is carried by the five-star award, (EV1)."""
    rest = 1.0 - stars
    return Weights(
        rest * weights.process,
        rest * weights.official,
        rest * weights.satisfaction + stars * STAR_SATISFACTION,
        rest * weights.verified,
        rest * weights.innovation + stars * (1.0 - STAR_SATISFACTION),
        rest * weights.learning,
        rest * weights.risk,
    )


@rule
def as_measured(weights: Weights, surveyed: bool, checked: bool) -> Weights:
    """Return the weights that bite: what nobody measures is judged by the record, (EV1)."""
    lost = (0.0 if surveyed else weights.satisfaction) + (0.0 if checked else weights.verified)
    return Weights(
        weights.process,
        weights.official + lost,
        weights.satisfaction if surveyed else 0.0,
        weights.verified if checked else 0.0,
        weights.innovation,
        weights.learning,
        weights.risk,
    )


@rule
def total_weight(weights: Weights) -> float:
    """Return the sum of the weights, 1 but for rounding."""
    total = weights.process + weights.official + weights.satisfaction + weights.verified
    return total + weights.innovation + weights.learning + weights.risk


@rule
def score(weights: Weights, marks: Weights) -> float:
    """Return the weighted sum of marks, (EV6)."""
    total = weights.process * marks.process + weights.official * marks.official
    total = total + weights.satisfaction * marks.satisfaction + weights.verified * marks.verified
    total = total + weights.innovation * marks.innovation + weights.learning * marks.learning
    return total + weights.risk * marks.risk


@rule
def survey_noise(share: float, asked: float) -> float:
    """Return the sampling variance p(1 - p)/n of a surveyed share, (EV2)."""
    return share * (1.0 - share) / asked if asked > 0.0 else math.inf


@rule
def reliability(spread: float, noise: float) -> float:
    """Return how much of a measure's variance is due to work and not to chance, (EV2)."""
    return spread * spread / (spread * spread + noise)


@rule
def attention_target(
    weights: Weights,
    pull: float,
    reliable: float,
    detection: float,
    intrinsic: float,
    repair_seen: float,
    repair_on_record: float,
    feedback_seen: float,
) -> Attention:
    """Return the attention that the marginal score of each kind of work calls for, (EV3).

    A softmax of what a unit of attention gains. A noisy survey and a third party that sees
    little make a weight pull less.

    Args:
        weights: of what is measured.
        pull: sensitivity times stake.
        reliable: reliability of the survey.
        detection: chance that a third party sees through a superficial repair.
        intrinsic: log attention to real work without any appraisal.
        repair_seen: what genuine repair gains in the survey.
        repair_on_record: what it gains on record, where haste gains 1.
        feedback_seen: what feedback gains in the survey.
    """
    felt = weights.satisfaction * reliable
    real = weights.verified * detection + felt * repair_seen + weights.official * repair_on_record
    repair = exp(intrinsic + pull * real)
    feedback = exp(intrinsic + pull * (felt * feedback_seen + weights.risk))
    closing = exp(pull * weights.official)
    ledger = exp(pull * weights.process)
    pilots = exp(pull * (weights.innovation + weights.learning))
    total = repair + feedback + closing + ledger + pilots + 1.0
    return Attention(repair / total, feedback / total, closing / total, ledger / total, pilots / total, 1.0 / total)


@rule
def shifted(share: float, by: float) -> float:
    """Return a probability moved by so many logits, (EV4); 0 and 1 stay."""
    if share <= 0.0 or share >= 1.0 or by == 0.0:
        return share
    return logistic(log(share / (1.0 - share)) + by)


@rule
def hastened(cut: float, by: float) -> float:
    """Return the share of a time that is cut when work hurries by so much, (EV4); below 0 it takes longer."""
    return cut if by == 0.0 else 1.0 - (1.0 - cut) * exp(-by)


@rule
def any_check(first: float, second: float, third: float) -> float:
    """Return the chance that one of three independent checks catches a superficial repair, (EV4)."""
    return 1.0 - (1.0 - first) * (1.0 - second) * (1.0 - third)


@rule
def admin_ratio(ledger_share: float, show: float) -> float:
    """Return administrative load against today's when ledgers and meetings take ``show`` times today's, (EV5)."""
    return 1.0 - ledger_share + ledger_share * show


@rule
def marks(value: float, full: float) -> float:
    """Return marks, 0 to 1, for so much of what earns full marks, (EV6)."""
    return min(value / full, 1.0)


@rule
def is_due(quarter: int, a_year: float) -> bool:
    """Return whether something that happens so often a year happens at the end of a quarter from day 0."""
    return math.floor((quarter + 1) * a_year / QUARTERS) > math.floor(quarter * a_year / QUARTERS)


@rule
def star_points(city: bool, province: bool, gain: float) -> int:
    """Return the star points of a quarter: awards, and each step by which satisfaction rose (F08)."""
    # The tiny addend keeps a rise of exactly one step, which is not exact in binary, a step.
    steps = math.floor(max(gain, 0.0) / STAR_STEP + 1e-9)
    return (CITY_POINTS if city else 0) + (PROVINCE_POINTS if province else 0) + int(steps)


@rule
def published_outcome(before: float, arisen: float, now: float) -> float:
    """Return what a publication shows of what had to be done: the share that is done, (EV7).

    Args:
        before: unresolved problems at the last publication.
        arisen: problems that have arisen since; a superficial repair that failed is none.
        now: unresolved problems.
    """
    due = before + arisen
    if due <= 0.0:
        return 1.0 if now <= 0.0 else 0.0
    return max(1.0 - now / due, 0.0)


@rule
def warning_colour(item_class: int, age: float, blue: float, yellow: float, red: float) -> int:
    """Return the colour of an open case, (EV8): 0 none, 1 blue, 2 yellow, 3 red.

    A safety problem is red at once; a facility counts one colour above litter of its age.

    Args:
        item_class: 0 environment, 1 facility, 2 capital and safety.
        age: days since the case was opened.
        blue: age that turns a case blue.
        yellow: yellow.
        red: red.
    """
    if item_class == 2 or age >= red:
        return 3
    colour = 2 if age >= yellow else (1 if age >= blue else 0)
    return min(colour + item_class, 3) if colour > 0 else 0


@rule
def response_time(relative: float, hours: float, attention: float, speed: float, luck: float) -> float:
    """Return the days until a warning is answered, (EV9).

    Args:
        relative: mean response against the deadline.
        hours: the deadline.
        attention: attention to repair and feedback against today's.
        speed: of handling, 1 when staff have time.
        luck: unit exponential.
    """
    return relative * hours / 24.0 * luck / (attention * speed)


@rule
def stake_of(stake: float, boost: float, boosted: bool) -> float:
    """Return what depends on the result for a unit; a list or an interview adds to it (B24, F03)."""
    return stake * (1.0 + boost) if boosted else stake
