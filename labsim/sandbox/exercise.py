"""What an exercise is: story, roles, rounds, decisions, events, what may be seen, how it is scored.

Takes: the tables of an exercise file. Gives: :class:`Exercise`, frozen and checked; all that
is wrong is told at once. Everything here is data: nothing of a file is ever executed.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from labsim.foundations.calendar import PERIOD
from labsim.foundations.declared import Frozen, Text
from labsim.foundations.errors import Problem, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.results.declaration import Better, Sight
from labsim.results.indicators import GROUP_CELLS, indicators
from labsim.scenario.checked import Checked
from labsim.scenario.checks import LEVER, emergency_problem, inject_problems, labels, module_off, value_problems
from labsim.scenario.levers import LEVERS
from labsim.scenario.phases import Inject, InjectKind
from labsim.scenario.scenario import Scenario, community_values, lever_table
from labsim.scenario.values import ValueField

DIMENSIONS: Mapping[str, Text] = {
    "satisfaction": t("群众满意", "residents"),
    "governance": t("治理实效", "governance"),
    "fairness": t("公平可及", "fairness"),
    "staff": t("队伍状态", "staff"),
    "money": t("资金使用", "money"),
    "x": t("X：本演练专项", "X: this exercise"),
}
"""The dimensions of the 5+X scorecard."""
GAMEABLE = frozenset(
    {
        "fix_rate_official", "on_time_share", "recurrence_90d", "inspections_month", "meeting_attendance",
        "cases_decided_in_meeting", "score_appraisal", "score_5x", "training_attendance_year", "points_issued",
    }
)  # fmt: skip
"""Indicators that a score may not hold: paper and meetings improve them as much as work does."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class Objective(Frozen):
    """What a team is to learn, and the mechanism in the model that teaches it."""

    text: Text
    mechanism: Text


class Seat(Frozen):
    """A role at a team's table: what its card says and which reported figures it sees."""

    name: Name
    label: Text
    card: Text
    sees: Annotated[tuple[str, ...], Field(max_length=20)] = ()


class Round(Frozen):
    """A round: simulated days, minutes at the table, what is told before it."""

    days: Annotated[int, Field(ge=28, le=91)]
    minutes: Annotated[int, Field(ge=1, le=120)]
    brief: Text


class Choice(Frozen):
    """A decision: a lever that a role turns, between which values, at what price.

    ``price`` is yuan per unit above the value before the exercise, for every 28 days; with
    ``down`` it is per unit below, for what costs money to make less, such as a load.
    """

    lever: str
    by: str
    low: float
    high: float
    step: Annotated[float, Field(gt=0)]
    price: Annotated[float, Field(ge=0)] = 0.0
    down: bool = False
    why: Text


class Event(Frozen):
    """Something that happens to all teams: the shock, the story, and what good players do.

    ``round`` counts from 1; the event strikes ``after`` days into it. ``held`` events wait in
    the facilitator's hand. ``answers`` are the levers whose change counts as a response.
    """

    name: Name
    title: Text
    story: Text
    expected: Text
    kind: str
    magnitude: float
    target: int = -1
    round: Annotated[int, Field(ge=1)]
    after: Annotated[int, Field(ge=0, le=90)] = 0
    held: bool = False
    answers: tuple[str, ...] = ()

    def inject(self, day: int) -> Inject:
        """Return the shock as the model takes it."""
        return Inject(day=day, kind=InjectKind[self.kind.upper()], magnitude=self.magnitude, target=self.target)


class Purchase(Frozen):
    """Information that can be bought: a sample of something true, with its sampling error.

    ``of`` is an indicator that is a share, or ``backlog_share`` for the share of places with an
    unresolved problem. The effective sample is ``n / deff``.
    """

    name: Name
    label: Text
    of: str
    n: Annotated[int, Field(ge=10, le=5000)]
    deff: Annotated[float, Field(ge=1, le=10)] = 1.0
    price: Annotated[float, Field(ge=0)]

    @property
    def effective(self) -> int:
        """Return how many independent answers the sample is worth."""
        return max(round(self.n / self.deff), 1)


class Measure(Frozen):
    """One line of the scorecard: 0 points at ``poor``, 100 at ``good``, straight in between."""

    dimension: str
    indicator: str
    weight: Annotated[float, Field(gt=0, le=100)]
    poor: float
    good: float
    group: str | None = None


class Policy(Frozen):
    """A course of decisions, round by round, that is played for comparison or by bots."""

    name: Name
    label: Text
    why: Text
    rounds: tuple[ValueField, ...]


class Exercise(Checked):
    """A whole exercise, checked.

    Raises:
        InputError: anything is not valid; all problems at once.
    """

    name: Name
    title: Text
    story: Text
    version: Literal[1] = 1
    objectives: Annotated[tuple[Objective, ...], Field(min_length=3, max_length=5)]
    roles: Annotated[tuple[Seat, ...], Field(min_length=2, max_length=8)]
    rounds: Annotated[tuple[Round, ...], Field(min_length=2, max_length=10)]
    decisions: Annotated[tuple[Choice, ...], Field(min_length=1, max_length=20)]
    events: tuple[Event, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    budget: Annotated[float, Field(ge=0)]
    most_changes: Annotated[int, Field(ge=1, le=5)] = 5
    delay: Annotated[int, Field(ge=0, le=27)] = 5
    forecasts: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    score: Annotated[tuple[Measure, ...], Field(min_length=3, max_length=20)]
    policies: Annotated[tuple[Policy, ...], Field(min_length=1)]
    questions: Annotated[tuple[Text, ...], Field(min_length=3, max_length=12)]
    scenario: Scenario

    @model_validator(mode="after")
    def _checked(self) -> "Exercise":
        raise_if(_problems(self))
        return self

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Return the first day of every round, and behind them the day after the last."""
        days = [0]
        for one in self.rounds:
            days.append(days[-1] + one.days)
        return tuple(days)

    @property
    def reference(self) -> Policy:
        """Return the policy that teams are compared with: the first of the file."""
        return self.policies[0]

    def before(self, lever: str) -> float:
        """Return the value of a lever when the exercise begins."""
        return self._opening[lever]

    @cached_property
    def _opening(self) -> dict[str, float]:
        table = lever_table(self.scenario)
        return {name: float(table[name][self.scenario.burn_in]) for name in LEVERS}

    def choice(self, lever: str) -> Choice:
        """Return the decision that turns a lever."""
        return next(one for one in self.decisions if one.lever == lever)

    def cost(self, values: Mapping[str, float], index: int) -> float:
        """Return the price in yuan of the lever values that hold in a round."""
        spans = self.rounds[index].days / PERIOD
        more = [(one, values[one.lever] - self.before(one.lever)) for one in self.decisions]
        return sum(one.price * max(-gap if one.down else gap, 0.0) * spans for one, gap in more)

    @cached_property
    def visible(self) -> tuple[str, ...]:
        """Return every indicator that some role sees or that is forecast."""
        return tuple(dict.fromkeys([name for role in self.roles for name in role.sees] + list(self.forecasts)))


def _problems(one: Exercise) -> Iterator[Problem]:
    yield from _named_twice(one)
    yield from _decision_problems(one)
    yield from _event_problems(one)
    yield from _figure_problems(one)
    yield from _policy_problems(one)


def _named_twice(one: Exercise) -> Iterator[Problem]:
    for key, names in (
        ("roles", [x.name for x in one.roles]), ("events", [x.name for x in one.events]),
        ("purchases", [x.name for x in one.purchases]), ("policies", [x.name for x in one.policies]),
        ("decisions", [x.lever for x in one.decisions]),
    ):  # fmt: skip
        for i, name in enumerate(names):
            if name in names[:i]:
                yield Problem.at(f"{key}[{i}]", t(f"“{name}”出现两次", f"'{name}' is there twice"))


def _decision_problems(one: Exercise) -> Iterator[Problem]:
    community = community_values(one.scenario)
    roles = [role.name for role in one.roles]
    spoken = [(text, role.name) for role in one.roles for text in (role.label.zh, role.label.en)]
    for i, made in enumerate(one.decisions):
        key = f"decisions[{i}]"
        if made.by not in roles:
            yield unknown_name(f"{key}.by", made.by, roles, t("角色", "role"), spoken)
        if made.lever not in LEVERS:
            yield unknown_name(f"{key}.lever", made.lever, LEVERS, LEVER, labels(LEVERS))
            continue
        if module_off(made.lever, community) is not None:
            what = t(f"{made.lever} 的扩展机制没有打开", f"the module of {made.lever} is off")
            yield Problem.at(f"{key}.lever", what, t("在 [population] 打开它", "switch it on under [population]"))
        for end in ("low", "high"):
            for problem in value_problems(key, {made.lever: getattr(made, end)}, LEVERS, LEVER):
                yield Problem.at(f"{key}.{end}", problem.what, problem.allowed, problem.suggestion)
        if not made.low < made.high:
            yield Problem.at(f"{key}.high", t("上限不大于下限", "the highest value is not above the lowest"))
        elif not made.low <= one.before(made.lever) <= made.high:
            what = t(
                f"演练前的值 {one.before(made.lever):g} 不在范围内", f"today's {one.before(made.lever):g} is outside"
            )
            yield Problem.at(f"{key}.low", what, t(f"{made.low:g} 至 {made.high:g}", f"{made.low:g} to {made.high:g}"))


def _event_problems(one: Exercise) -> Iterator[Problem]:
    kinds = [kind.name.lower() for kind in InjectKind]
    community = community_values(one.scenario)
    turned = {made.lever for made in one.decisions}
    for i, event in enumerate(one.events):
        key = f"events[{i}]"
        if event.kind not in kinds:
            yield unknown_name(f"{key}.kind", event.kind, kinds, t("事件类型", "kind of event"))
        else:
            inject = event.inject(0)
            yield from inject_problems(key, inject, one.scenario.horizon, int(community["departments"]))
            problem = emergency_problem(key, inject, community)
            if problem is not None:
                yield problem
        if event.round > len(one.rounds):
            allowed = t(f"1 至 {len(one.rounds)}", f"1 to {len(one.rounds)}")
            yield Problem.at(f"{key}.round", t("没有这一轮", "there is no such round"), allowed)
        elif event.after >= one.rounds[event.round - 1].days:
            days = one.rounds[event.round - 1].days
            what = t(f"这一轮只有 {days} 天", f"the round has only {days} days")
            yield Problem.at(f"{key}.after", what, t(f"0 至 {days - 1}", f"0 to {days - 1}"))
        for lever in event.answers:
            if lever not in turned:
                yield unknown_name(f"{key}.answers", lever, turned, t("决策", "decision"))


def _figure_problems(one: Exercise) -> Iterator[Problem]:
    known = indicators()
    spoken = [(text, name) for name, item in known.items() for text in (item.label.zh, item.label.en)]
    word = t("指标", "indicator")
    seen = [(f"roles[{i}].sees[{k}]", name) for i, role in enumerate(one.roles) for k, name in enumerate(role.sees)]
    seen += [(f"forecasts[{i}]", name) for i, name in enumerate(one.forecasts)]
    for key, name in seen:
        if name not in known:
            yield unknown_name(key, name, known, word, spoken)
        elif known[name].sight is not Sight.REPORTED or not known[name].periodic:
            what = t(f"{name} 不在台账上，队伍不能看到", f"{name} is not on record: teams cannot see it")
            yield Problem.at(key, what, t("能分期上报的指标", "an indicator that is reported by period"))
        elif name in ("satisfaction_share", "satisfaction_score"):
            what = t("满意度要购买调查才能知道", "satisfaction is known only from a survey that is bought")
            yield Problem.at(key, what, t("写在 [[purchases]]", "put it under [[purchases]]"))
    for i, bought in enumerate(one.purchases):
        if bought.of != "backlog_share" and bought.of not in known:
            yield unknown_name(f"purchases[{i}].of", bought.of, ["backlog_share", *known], word, spoken)
        elif bought.of != "backlog_share" and known[bought.of].unit != "share":
            yield Problem.at(f"purchases[{i}].of", t("只能抽样占比", "only a share can be sampled"))
    for i, line in enumerate(one.score):
        key = f"score[{i}]"
        if line.dimension not in DIMENSIONS:
            yield unknown_name(f"{key}.dimension", line.dimension, DIMENSIONS, t("维度", "dimension"))
        if line.indicator not in known:
            yield unknown_name(f"{key}.indicator", line.indicator, known, word, spoken)
            continue
        item = known[line.indicator]
        if line.indicator in GAMEABLE:
            what = t(f"{line.indicator} 靠做台账就能提高，不能计分", f"{line.indicator} rises by paperwork alone")
            yield Problem.at(f"{key}.indicator", what, t("真实结果", "what really came out"))
        if line.group is not None and not (item.by_group and (line.group in GROUP_CELLS or line.group == "worst")):
            groups = ["worst", *GROUP_CELLS] if item.by_group else []
            yield unknown_name(f"{key}.group", line.group, groups, t("群体", "group"))
        wrong = line.good < line.poor if item.better is Better.HIGHER else line.good > line.poor
        if line.good == line.poor or (item.better is not Better.NONE and wrong):
            yield Problem.at(f"{key}.good", t("好与差颠倒或相同", "good and poor are swapped or equal"))
    total = sum(line.weight for line in one.score)
    if abs(total - 100) > 1e-9:
        yield Problem.at("score", t(f"权重之和为 {total:g}", f"the weights sum to {total:g}"), t("100", "100"))


def _policy_problems(one: Exercise) -> Iterator[Problem]:
    made = {choice.lever: choice for choice in one.decisions}
    for i, policy in enumerate(one.policies):
        if len(policy.rounds) != len(one.rounds):
            what = t(f"有 {len(policy.rounds)} 轮", f"it has {len(policy.rounds)} rounds")
            yield Problem.at(f"policies[{i}].rounds", what, t(f"{len(one.rounds)} 轮", f"{len(one.rounds)} rounds"))
        for k, values in enumerate(policy.rounds):
            for lever, value in values.items():
                key = f"policies[{i}].rounds[{k}]"
                if lever not in made:
                    yield unknown_name(key, lever, made, t("决策", "decision"), labels(LEVERS))
                elif not made[lever].low <= value <= made[lever].high:
                    low, high = made[lever].low, made[lever].high
                    what = t(f"{lever} = {value:g} 超出范围", f"{lever} = {value:g} is out of range")
                    yield Problem.at(key, what, t(f"{low:g} 至 {high:g}", f"{low:g} to {high:g}"))
