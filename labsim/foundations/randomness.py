"""Chance: the only source of it in labsim.

Takes: a seed, the kind of decision, the step and who decides.
Gives: a uniform number in (0, 1), always the same for the same address.

There is no generator and no stream. A draw depends on its address alone, never on how
many were drawn before, so an unconnected newcomer, a new mechanism or an extra event
changes nobody else's luck, and two scenarios on one seed share all luck.

Source: Philox4x32-10, Salmon, Moraes, Dror & Shaw 2011 (SC11), with its published
test vectors in ``tests/foundations/test_randomness.py``.
"""

from enum import IntEnum

from labsim.foundations.arithmetic import log
from labsim.foundations.compiled import rule

_WORD = 0xFFFFFFFF
_M0 = 0xD2511F53
_M1 = 0xCD9E8D57
_W0 = 0x9E3779B9
_W1 = 0xBB67AE85


class Decision(IntEnum):
    """What a draw is for. Numbers are frozen: a new decision takes a new number."""

    # participation
    TASTE = 1
    ACT_SORT = 2
    ACT_VOLUNTEER = 3
    ACT_APP = 4
    ACT_MEETING = 5
    ACT_PATROL = 6
    OUTCOME_APP = 7
    OUTCOME_MEETING = 8
    OUTCOME_PATROL = 9
    REDEEM = 10
    REDEEM_ORDER = 11
    FUND_JOIN = 12
    DIGITAL_TAUGHT = 13
    # faults and how they are found
    FAULT_ONSET = 20
    RECURRENCE = 21
    NOTICE_TIME = 22
    NOTICE_WHO = 23
    REPORT = 24
    VISIT_PHASE = 25
    VISIT_GAP = 26
    PERFUNCTORY = 27
    COVER = 29
    SHARE_SKIP = 30
    DETECT = 31
    PATROL_TIME = 32
    PATROL_DETECT = 33
    INJECT_ITEM = 34
    # cases
    INTAKE_TIME = 40
    HOPS = 41
    JOINT_DECISION = 42
    HOP_TIME = 43
    HOP_DROP = 44
    WORK_TIME = 45
    SUPERFICIAL = 46
    VERIFY = 47
    VERIFY_TIME = 48
    TOLD = 49
    # staff
    QUIT = 60
    VACANCY_TIME = 61
    INJECT_STAFF = 62
    # the synthetic population
    AGE = 80
    MIGRANT = 81
    DIGITAL = 82
    REGISTERED = 83
    LOW_INCOME = 84
    PANEL = 86
    SUPERVISOR = 87
    CONTACT = 88
    ITEM_CLASS = 89
    # states of the world
    WORLD = 100
    # disputes and property fees (module disputes: 200-219)
    DISPUTE_NEIGHBOUR = 200
    DISPUTE_PROPERTY = 201
    DISPUTE_TIME = 202
    DISPUTE_OTHER = 203
    DISPUTE_TENSION = 204
    DISPUTE_INTAKE = 205
    DISPUTE_REFERRAL = 206
    DISPUTE_ROUTE = 207
    DISPUTE_TABLE = 208
    DISPUTE_PANEL = 209
    DISPUTE_SESSION = 210
    DISPUTE_SETTLED = 211
    DISPUTE_GAP = 212
    PROMISE_KEPT = 213
    FEE_PAID = 214
    TRUST_FILE = 215
    # evaluation and warning (module evaluation: 300-319)
    EVALUATION_REMIT = 300
    EVALUATION_REACHED = 301
    EVALUATION_ASKED = 302
    EVALUATION_ANSWER = 303
    EVALUATION_SAMPLED = 304
    EVALUATION_SEEN = 305
    EVALUATION_HEARD = 306
    EVALUATION_CITY_AWARD = 307
    EVALUATION_PROVINCE_AWARD = 308
    WARNING_RESPONSE = 309
    # coordination of departments (module coordination: 220-239)
    MEETING_ATTEND = 220
    NEEDED_DEPARTMENT = 221
    MEETING_AGENDA = 222
    DUTY_UNCLEAR = 223
    DUTY_PASSES = 224
    GRID_DETECT = 225
    TEAM_DETECT = 226
    # skills, training and careers of staff (module workforce: 280-299)
    TENURE_START = 280
    TRAINED_START = 281
    TITLE_START = 282
    CERTIFIED = 283
    TRAINING_ATTEND = 284
    TRAINING_PASS = 285
    MENTORED = 286
    EXERCISE_ATTEND = 287
    QUIT_BLOCKED = 288
    # emergencies (module emergencies: 320-339)
    STREET_LENGTH = 320
    CALL_TIME = 321
    CALL_WHO = 322
    CALL_KIND = 323
    CALL_DEVICE = 324
    CALL_STAGE = 325
    TEAM_ON_CALL = 326
    SUPPLY_REQUEST = 327
    FLOOD_POINT = 328
    FLOOD_PERSON = 329
    FLOOD_CAR = 330
    LIFT_FAILURE = 331
    LIFT_TRAPPED = 332
    EPIDEMIC_SEED = 333
    EPIDEMIC_CONTACT = 334
    SAMPLE_TURN = 335
    SAMPLE_FINDS = 336
    HOT_SEED = 337
    HOT_TOLD = 338
    GATE_SEEN = 339
    # the analysis of runs, outside the model (360-379)
    ATTRIBUTION_ORDER = 360
    # many communities under streets and a district (city: 340-359)
    CITY_SEED = 340
    CITY_TRAIT = 341
    CITY_TIE = 342
    CITY_ADOPT = 343
    CITY_BID = 344
    CITY_BID_QUALITY = 345
    # projects and funds (module projects: 240-259)
    PROJECT_NEED = 240
    PROJECT_LIMITED = 241
    PROJECT_FLOOR = 242
    PROJECT_REACHED = 243
    PROJECT_SUGGEST = 244
    PROJECT_TURNOUT = 245
    PROJECT_YES = 246
    PROJECT_APPEAL = 247
    PROJECT_CHOICE = 248
    PROJECT_PROPOSE = 249
    PROJECT_JOIN = 250
    PROJECT_PERMIT = 251
    PROJECT_JOINT = 252
    PROJECT_BUILD = 253
    PROJECT_ERROR = 254
    PROJECT_CLEARING = 255
    PROJECT_CONFLICT = 256
    PROJECT_SETTLED = 257
    PROJECT_CAUSE = 258
    # services and venues (module services: 260-279)
    SERVICE_ASKED = 260
    SERVICE_CHANNEL = 261
    SERVICE_ORDER = 262
    SERVICE_GOOD = 263
    NEEDED_AT_HOME = 264
    ROOM_SLOT = 265
    JOINT_ACTIVITY = 266
    SESSION_WHICH = 267
    VISIT_MATCHED = 268


@rule
def philox_round(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int, done: int) -> tuple[int, int, int, int]:
    """Return the words after one round more; the key grows with the rounds that are done."""
    p0 = _M0 * c0
    p1 = _M1 * c2
    k0 = (k0 + done * _W0) & _WORD
    k1 = (k1 + done * _W1) & _WORD
    return ((p1 >> 32) & _WORD) ^ c1 ^ k0, p1 & _WORD, ((p0 >> 32) & _WORD) ^ c3 ^ k1, p0 & _WORD


@rule
def philox4x32(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Return the four 32-bit words of Philox4x32-10 for a counter and a key.

    Written in signed 64-bit arithmetic with masks, which gives the same bits compiled
    (where products wrap) and in plain Python (where they do not).
    """
    for done in range(10):
        c0, c1, c2, c3 = philox_round(c0, c1, c2, c3, k0, k1, done)
    return c0, c1, c2, c3


@rule
def uniform(seed: int, decision: int, step: int, agent: int) -> float:
    """Draw the uniform number that belongs to an address.

    Args:
        seed: the replication, 64 bits.
        decision: a :class:`Decision`.
        step: the day, or the how-manieth event of its kind; 32 bits, may be negative.
        agent: who or what decides, by its stable id; 64 bits.

    Returns:
        A number strictly between 0 and 1 with 52 random bits.
    """
    seed = int(seed)
    step = int(step)
    agent = int(agent)
    w0, w1, _, _ = philox4x32(
        agent & _WORD, (agent >> 32) & _WORD, step & _WORD, (decision + 0) & _WORD, seed & _WORD, (seed >> 32) & _WORD
    )
    return ((w0 >> 6) * 67108864.0 + (w1 >> 6) + 0.5) * 2.220446049250313e-16


WORDS = 65536
"""Added to a decision, so that no word of :func:`word` is part of a number of :func:`uniform`."""


@rule
def word(seed: int, decision: int, step: int, agent: int) -> int:
    """Draw the 32-bit word that belongs to an address: a quarter of a Philox block, shared by four agents.

    Agents who are 256 apart share a block, so that 1,024 in a row need 256 blocks and every word of them has
    its place in one of four runs (``draws.fill_words``).
    """
    seed = int(seed)
    step = int(step)
    agent = int(agent)
    block = (agent >> 10) * 256 + (agent & 255)
    words = philox4x32(block, 0, step & _WORD, decision + WORDS, seed & _WORD, (seed >> 32) & _WORD)
    return words[(agent >> 8) & 3]


@rule
def exponential(seed: int, decision: int, step: int, agent: int) -> float:
    """Draw the unit-mean exponential number that belongs to an address."""
    return -log(uniform(seed, decision, step, agent))


@rule
def bernoulli(seed: int, decision: int, step: int, agent: int, probability: float) -> bool:
    """Decide whether something with this probability happens at an address."""
    return uniform(seed, decision, step, agent) < probability
