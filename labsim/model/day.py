"""THE ORDER OF A DAY, once: what happens in which order, for every way of running.

Takes: the state at the start of a day. Gives: the state at its end. :data:`ORDER` is the
list that ``labsim order`` prints; a test checks that :func:`one_day` follows it.
"""

from typing import NamedTuple

from labsim.foundations.compiled import kernel, part
from labsim.foundations.declared import Text
from labsim.model.columns import Setup, State
from labsim.model.kernels.cases import change_speed, count_work, start_service
from labsim.model.kernels.events import events_of_day, inject, reschedule_visits
from labsim.model.kernels.people import decide, learn_from_contacts, take_effect
from labsim.model.kernels.points import fund_points, issue_points, redeem_points
from labsim.model.kernels.recording import conserve, record, sweep
from labsim.model.kernels.services import offer_project, release_money, survey
from labsim.model.kernels.staff import fill_posts, staff_day
from labsim.model.modules.hooks import modules_evening, modules_morning
from labsim.model.state import N_ACTIVITIES, PERIOD


class Step(NamedTuple):
    """One step: its number, the kernel that does it, what it does, which submodels."""

    number: int
    kernel: str
    label: Text
    submodels: str


ORDER = (
    Step(
        1,
        "modules_morning",
        Text(zh="扩展机制:机构如何执行当日杠杆", en="extension modules: what institutions make of the levers"),
        "-",
    ),
    Step(1, "fill_posts", Text(zh="按编制设岗、补缺", en="create posts and fill vacancies"), "16"),
    Step(1, "reschedule_visits", Text(zh="检查频次变动", en="apply a changed inspection frequency"), "9"),
    Step(1, "fund_points", Text(zh="积分资金到账", en="fund the points scheme"), "6"),
    Step(1, "inject", Text(zh="突发事件", en="apply injects"), "-"),
    Step(1, "change_speed", Text(zh="处置速度变动", en="apply a changed handling speed"), "13, 15"),
    Step(1, "start_service", Text(zh="空闲人员接案", en="let idle handlers take waiting cases"), "13"),
    Step(
        2,
        "events_of_day",
        Text(
            zh="按时间先后:故障、检查、居民发现与上报、巡查、案件流转",
            en="faults, visits, notices, patrols, case events, in order of time",
        ),
        "8-14",
    ),
    Step(3, "count_work", Text(zh="记录处置工时", en="book hours of work in progress"), "15"),
    Step(
        3, "staff_day", Text(zh="工作负荷、工资、离职、次日速度", en="load, wages, quits, tomorrow's speed"), "15, 16"
    ),
    Step(4, "sweep", Text(zh="清点未解决问题,超期未反馈", en="count open problems, overdue feedback"), "4"),
    Step(5, "decide", Text(zh="当日轮到的居民同时决定", en="residents whose turn it is decide, all at once"), "1, 2"),
    Step(5, "offer_project", Text(zh="众筹项目征集", en="offer a co-funded project"), "19"),
    Step(5, "take_effect", Text(zh="习惯、反馈、挤出、奖励", en="habit, feedback, crowding-out, rewards"), "3, 4, 7"),
    Step(6, "issue_points", Text(zh="发放积分", en="issue points"), "6"),
    Step(6, "redeem_points", Text(zh="兑换积分,更新信誉", en="redeem points, update credibility"), "6"),
    Step(7, "learn_from_contacts", Text(zh="每28天:邻里学习", en="every 28 days: learn from contacts"), "5"),
    Step(7, "release_money", Text(zh="每28天:拨付经费", en="every 28 days: release money"), "13, 17"),
    Step(7, "survey", Text(zh="每28天:满意度调查", en="every 28 days: satisfaction survey"), "17, 18"),
    Step(7, "modules_evening", Text(zh="扩展机制:自身的一天", en="extension modules live through their day"), "-"),
    Step(8, "record", Text(zh="记录", en="record"), "-"),
    Step(9, "conserve", Text(zh="核对守恒", en="check that books balance"), "-"),
)


@part
def one_day(setup: Setup, state: State, day: int) -> None:
    """Let one day pass; ``day`` may be negative during burn-in, when only cases move."""
    row = day + setup.burn_in
    today = state.daily[row]
    policy = setup.levers[row]
    today.day = day
    modules_morning(setup, state, today, policy, day)
    fill_posts(setup, state, today, policy, day)
    reschedule_visits(setup, state, policy, float(day))
    fund_points(setup, state, today, policy, day)
    inject(setup, state, today, policy, day)
    change_speed(state, today, state.ledger[0].next_speed, float(day))
    start_service(setup, state, today, policy, float(day))
    events_of_day(setup, state, today, policy, day)
    count_work(state, today, day + 1.0)
    state.ledger[0].next_speed = staff_day(setup, state, today, policy, row, day)
    sweep(setup, state, today, day)
    if day >= 0:
        for activity in range(N_ACTIVITIES):
            decide(setup, state, policy, activity, day)
        offer_project(setup, state, today, policy, day)
        for activity in range(N_ACTIVITIES):
            take_effect(setup, state, today, policy, activity, day)
        issue_points(setup, state, today, policy, day)
        redeem_points(setup, state, today, policy, day)
    if day >= 0 and (day + 1) % PERIOD == 0:
        learn_from_contacts(setup, state, state.people.efficacy)
        if policy.points_earning > 0.0:
            learn_from_contacts(setup, state, state.people.credibility)
    if (day + 1) % PERIOD == 0:
        release_money(state, today, policy)
    if day >= 0 and (day + 1) % PERIOD == 0:
        survey(setup, state, policy, row, day)
    modules_evening(setup, state, today, policy, day)
    record(setup, state, today, policy, day)
    conserve(setup, state, today, policy, row, day)


@kernel
def run_days(setup: Setup, state: State, first: int, last: int) -> int:
    """Let days ``first`` to ``last - 1`` pass; return the day reached.

    Stops early when a conservation law broke or the case log needs more room.
    """
    # Faults arrive independently, so four times their mean and a reserve is never reached in a day.
    room = 4 * int(len(state.items) * (1.0 + setup.world[0].fault_rate)) + 64
    for day in range(first, last):
        if state.ledger[0].cases + room > len(state.cases):
            return day
        one_day(setup, state, day)
        if state.ledger[0].breach != 0:
            return day
    return last
