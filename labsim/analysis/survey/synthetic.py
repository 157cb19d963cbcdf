"""Synthetic surveys: what a survey of the model's residents would have looked like, errors included.

Takes: a run of the model and how the survey is done. Gives: a table as survey firms deliver it, with weights,
strata, clusters, reversed scales and missing codes, so that everything can be tried without private data.
The measurement error is the one that the inference allows for: acts are over-reported by a factor, people
forget, some do not answer at all, the young and migrants more often.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from labsim.analysis.chance import Purpose, bells, evens
from labsim.foundations.declared import Frozen
from labsim.foundations.errors import Problem, raise_if
from labsim.foundations.i18n import t
from labsim.model.state import WEEK, YEAR, Outcome
from labsim.model.trajectory import Trajectory
from labsim.population.residents import Population
from labsim.scenario.scenario import Scenario, lever_table, world_values

Array = NDArray[np.float64]
REFUSED, DONT_KNOW, NOT_APPLICABLE, SKIPPED = -3, -2, -1, -8
_FIRST_YEAR, _LAST_YEAR = np.array([18, 35, 60]), np.array([34, 59, 88])
_POINTS = 5
STAGES = {"intake_days": (80, "intake_cut"), "hop_days": (120, "approval_cut")}
"""Stages that are on record: how many records, and the lever that cuts their time."""


class Fieldwork(Frozen):
    """How the survey is done.

    Attributes:
        persons: asked at most.
        clusters: blocks that are drawn; all of them when there are fewer.
        over_report: reported takers-part / true ones, for acts that people like to be seen doing.
        forgets: share of those who took part and do not remember.
        refuses: share of single answers that are refused.
        unknown: share of single answers that are "don't know".
        response: chance that somebody of middle age answers at all.
    """

    persons: int = Field(default=600, ge=20)
    clusters: int = Field(default=15, ge=2)
    over_report: float = Field(default=1.25, ge=1.0, le=2.0)
    forgets: float = Field(default=0.05, ge=0.0, le=0.5)
    refuses: float = Field(default=0.02, ge=0.0, le=0.2)
    unknown: float = Field(default=0.03, ge=0.0, le=0.2)
    response: float = Field(default=0.7, gt=0.0, le=1.0)


@dataclass(frozen=True)
class Twin:
    """A synthetic twin of a community's data.

    Attributes:
        survey: one row per person who answered.
        cases: one row per record of the case log, duplicates included.
        app: one row per week.
        stages: times of a stage on record in the year before, by the world parameter that is their mean.
    """

    survey: pd.DataFrame
    cases: pd.DataFrame
    app: pd.DataFrame
    stages: Mapping[str, pd.DataFrame]


def twin(scenario: Scenario, run: Trajectory, people: Population, how: Fieldwork, seed: int) -> Twin:
    """Return the data that a survey firm, a case desk and an app would have delivered at the end of a run.

    Args:
        scenario: that was run, at least 364 days.
        run: of the model.
        people: of the run.
        how: the survey is done.
        seed: of the sampling and of the errors; the run has its own.

    Raises:
        InputError: the run is shorter than the twelve months that are asked about.
    """
    if run.horizon != YEAR:
        what = t(f"模拟期为 {run.horizon} 天", f"the horizon is {run.horizon} days")
        raise_if([Problem.at("horizon", what, t(f"恰好 {YEAR} 天", f"exactly {YEAR} days"))])
    stages = {name: stage_table(scenario, name, seed) for name in STAGES}
    return Twin(_survey(scenario, run, people, how, seed), case_table(scenario, run), app_table(run), stages)


def year_after(scenario: Scenario, run: Trajectory, longer: Trajectory) -> tuple[Scenario, Trajectory]:
    """Return the second year of a community as if it were a run of its own, for a second wave of a survey.

    Args:
        scenario: that was run.
        run: its first year.
        longer: the same run over two years.

    Raises:
        ValueError: they are not the same run.
    """
    same = run.seed == longer.seed and longer.horizon == 2 * run.horizon and run.burn_in == longer.burn_in
    if not same or (run.residents["id"] != longer.residents["id"]).any():
        raise ValueError("these are two different runs")
    people, cases = longer.residents.copy(), longer.cases.copy()
    for name in people.dtype.names or ():
        if name.startswith("acts_"):
            people[name] -= run.residents[name]
    for name in ("opened", "closed"):
        cases[name] -= run.horizon
    year = replace(longer, burn_in=longer.burn_in + run.horizon, horizon=run.horizon, residents=people, cases=cases,
                   groups=longer.groups[len(run.groups) :])  # fmt: skip
    return scenario.changed(start_date=scenario.start_date + timedelta(days=run.horizon)), year


def _survey(scenario: Scenario, run: Trajectory, people: Population, how: Fieldwork, seed: int) -> pd.DataFrame:
    rows, weight, stratum = _sample(people, how, seed)
    truth, who = run.residents, people.residents
    n = len(truth)
    draws = iter(range(1, 100))

    def luck() -> Array:
        return evens(seed, Purpose.ANSWER, next(draws), (n,))

    offline = truth["acts_volunteer"] + truth["acts_meeting"] + truth["acts_patrol"] > 0
    talked = truth["acts_meeting"] + truth["acts_app"] > 0
    reporter = np.zeros(n, np.bool_)
    recent = run.cases[(run.cases["opened"] >= 0) & (run.cases["reporter"] >= 0)]
    reporter[recent["reporter"]] = True
    told = float(recent["told"].mean()) if len(recent) else 0.0
    low, high = _FIRST_YEAR[who.age], _LAST_YEAR[who.age]
    sorted_share = truth["acts_sort"] / (YEAR / WEEK)
    columns = {
        "xuhao": who.id + 1,
        "jiedao": stratum,
        "loudong": who.block + 1,
        "quanzhong": np.round(weight, 4),
        "a2": np.floor(low + luck() * (high - low + 1)).astype(np.int64),
        "a5_hukou": who.migrant + 1,
        "a7_shangwang": who.digital + 1,
        "b1": 2 - _claims(offline, how, luck(), luck()),
        "b2": 2 - _claims(talked, how, luck(), luck()),
        "b3": np.round(truth["acts_volunteer"] * (1 + (how.over_report - 1) * 2 * luck())).astype(np.int64),
        "b4": 2 - _claims(luck() < sorted_share, how, luck(), luck()),
        "b5": 2 - reporter.astype(np.int64),
        "b6": np.where(reporter, 2 - (luck() < told).astype(np.int64), SKIPPED),
        # the usual Chinese order: 1 is very satisfied
        "c1": _POINTS + 1 - _satisfaction(scenario, truth["score"], bells(seed, Purpose.ANSWER, 0, (n,))),
        "c2": _stepped(truth["efficacy"], luck()),
        "c3": _stepped(0.5 * truth["efficacy"] + 0.5 * truth["score"] / 100, luck()),
    }
    table = pd.DataFrame(columns)
    for name in ("b1", "b2", "b3", "b4", "b5", "c1", "c2", "c3"):
        away = luck()
        table[name] = np.where(
            away < how.refuses, REFUSED, np.where(away < how.refuses + how.unknown, DONT_KNOW, table[name])
        )
    return table.iloc[rows].reset_index(drop=True)


def _sample(people: Population, how: Fieldwork, seed: int) -> tuple[NDArray[np.int64], Array, NDArray[np.int64]]:
    """Return the rows of those who answer, and the weight and stratum of everybody, shape [n]."""
    who = people.residents
    n, blocks = len(who.id), len(people.blocks.start) - 1
    half = 1 + (np.arange(blocks) * 2 // blocks)
    order = np.argsort(evens(seed, Purpose.SAMPLE, 0, (blocks,)), kind="stable")
    chosen: list[int] = []
    for stratum in (1, 2):
        inside = [int(b) for b in order if half[b] == stratum]
        chosen += inside[: max(2, round(how.clusters / 2))]
    key, answers = evens(seed, Purpose.SAMPLE, 1, (n,)), evens(seed, Purpose.RESPONSE, 0, (n,))
    # The young and migrants are harder to find at home.
    chance = how.response * np.array([0.75, 1.0, 1.15])[who.age] * np.where(who.migrant == 1, 0.8, 1.0)
    take = max(1, round(how.persons / len(chosen)))
    rows: list[int] = []
    weight = np.ones(n)
    for block in sorted(chosen):
        living = np.flatnonzero(who.block == block)
        asked = living[np.argsort(key[living], kind="stable")][:take]
        stratum_blocks = int(np.sum(half == half[block]))
        drawn = sum(half[b] == half[block] for b in chosen)
        weight[asked] = stratum_blocks / drawn * len(living) / len(asked)
        rows += [int(one) for one in asked if answers[one] < min(chance[one], 1.0)]
    some = np.array(sorted(rows), np.int64)
    cell = who.age.astype(np.int64) * 2 + who.migrant
    for one in np.unique(cell[some]):  # post-stratified to age and migration, which the office knows
        here = some[cell[some] == one]
        weight[here] *= np.sum(cell == one) / weight[here].sum()
    return some, weight, half[who.block]


def _claims(did: NDArray[np.bool_], how: Fieldwork, forget: Array, claim: Array) -> NDArray[np.int64]:
    """Return who says they took part: some forget, and enough others say so that the total is over-reported."""
    says = did & (forget >= how.forgets)
    true = float(did.mean())
    missing = min(how.over_report * true, 0.98) - true * (1 - how.forgets)
    rate = missing / (1 - true) if true < 1 else 0.0
    found: NDArray[np.int64] = (says | (~did & (claim < rate))).astype(np.int64)
    return found


def _satisfaction(scenario: Scenario, score: Array, z: Array) -> NDArray[np.int64]:
    """Return 1 to 5; 4 and 5 are the satisfied of the model."""
    world = world_values(scenario)
    latent = (score + world["satisfied_sd"] * z - world["satisfied_at"]) / world["satisfied_sd"]
    found: NDArray[np.int64] = 1 + np.searchsorted(np.array([-2.0, -1.0, 0.0, 1.0]), latent, side="right")
    return found


def _stepped(level: Array, luck: Array) -> NDArray[np.int64]:
    """Return 1 to 5 whose mean place on the scale is the level (stochastic rounding)."""
    found: NDArray[np.int64] = 1 + np.floor(np.clip(level, 0, 1) * (_POINTS - 1) + luck).astype(np.int64)
    return np.minimum(found, _POINTS)


def case_table(scenario: Scenario, run: Trajectory) -> pd.DataFrame:
    """Return the case log of the programme: one row per case and one per duplicate report, Chinese headings."""
    cases = run.cases[run.cases["opened"] >= 0]
    start = pd.Timestamp(scenario.start_date)
    kinds = np.array(["环境卫生", "公共设施", "大修"])
    done = (cases["outcome"] == Outcome.CLOSED) & (cases["closed"] < run.horizon)
    numbers = [f"A{i + 1:05d}" for i in range(len(cases))]
    table = pd.DataFrame(
        {
            "编号": numbers,
            "立案时间": _stamps(start, cases["opened"]),
            "办结时间": np.where(done, _stamps(start, np.where(done, cases["closed"], 0)), ""),
            "类别": kinds[cases["item_class"]],
            "居民上报": np.where(cases["detector"] == 1, "是", "否"),
            "重复于": "",
            "重开": np.where(cases["number"] > 1, "是", "否"),
        }
    )
    extra = np.maximum(cases["reports"] - (cases["detector"] == 1), 0)
    again = table.loc[table.index.repeat(extra)].assign(重复于=lambda one: one["编号"], 居民上报="是", 重开="否")
    again["编号"] = [f"D{i + 1:05d}" for i in range(len(again))]
    return pd.concat([table, again], ignore_index=True)


def stage_table(scenario: Scenario, name: str, seed: int) -> pd.DataFrame:
    """Return when a stage of cases of the year before began and ended, of the model's exponential times.

    Args:
        scenario: whose world says how long the stage takes on paper, and whose levers say what is cut from it.
        name: ``intake_days`` or ``hop_days``.
        seed: of the times.
    """
    many, cut = STAGES[name]
    number = list(STAGES).index(name)
    mean = world_values(scenario)[name] * (1.0 - float(lever_table(scenario)[cut][0]))
    began = np.sort(evens(seed, Purpose.STAGE, 2 * number, (many,))) * YEAR - YEAR
    ended = began - mean * np.log(1.0 - evens(seed, Purpose.STAGE, 2 * number + 1, (many,)))
    start = pd.Timestamp(scenario.start_date)
    shown = [_stamps(start, days) for days in (began, np.minimum(ended, 0.0))]
    return pd.DataFrame({"开始": shown[0], "结束": np.where(ended < 0.0, shown[1], "")})


def _stamps(start: pd.Timestamp, days: Array) -> list[str]:
    return [str((start + pd.Timedelta(minutes=round(1440 * float(one)))).strftime("%Y-%m-%d %H:%M")) for one in days]


def app_table(run: Trajectory) -> pd.DataFrame:
    """Return the log of the app: users and registered residents of every whole week."""
    weeks = run.horizon // WEEK
    days = run.programme[: weeks * WEEK]
    active, due = (days[name].reshape(weeks, WEEK).sum(axis=1) for name in ("act_app", "due_app"))
    return pd.DataFrame({"周": np.arange(1, weeks + 1), "活跃人数": active, "注册人数": due})
