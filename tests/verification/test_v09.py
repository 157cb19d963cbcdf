"""V9: conservation, every day, in 200 random configurations; checked by the engine and once more from its records."""

from functools import cache

import numpy as np
import pytest

from labsim.model.columns import Account
from labsim.model.simulate import Run, start
from labsim.model.state import Activity, ItemState, Outcome, Stage
from labsim.model.trajectory import ConservationError, Trajectory
from labsim.scenario.scenario import Scenario, lever_table
from tests.verification.configurations import BURN_IN, HORIZON, configurations

COUNT, CHUNKS, FULL = 200, 10, 12


@cache  # drawing is pure: the same scenarios every time
def drawn() -> list[tuple[int, Scenario]]:
    return configurations(COUNT)


@cache
def drawn_full(count: int) -> list[tuple[int, Scenario]]:
    """Return scenarios with every extension module on."""
    return configurations(count, every_module=True)


def check_money(daily: np.ndarray, accounts: np.ndarray, paid: int) -> None:
    """Money in = money out + balance, per account and in total; the first row holds what was there at the start.

    Residents have what they received, less what they paid where modules are on: property fees, shares of projects,
    fees for services.
    """
    for account, money_in, money_out, balance in (
        (Account.REPAIR_FUND, "repair_in", "repair_spent", "repair_balance"),
        (Account.POINTS_POT, "pot_in", "pot_paid", "pot_balance"),
    ):
        kept = np.cumsum(daily[money_in] - daily[money_out])
        assert (kept == daily[balance]).all()
        assert (daily[balance] >= 0).all()
        assert daily[balance][-1] == accounts[account]
    assert accounts.sum() == 0
    assert accounts[Account.ESCROW] == accounts[Account.SERVICE_FUND] == 0
    project = daily["project_raised"] + daily["project_matched"] - daily["project_spent"] - daily["project_refunded"]
    assert (project == 0).all()
    received = daily["pot_paid"].sum() + daily["incentive_spent"].sum() - daily["project_raised"].sum()
    assert accounts[Account.RESIDENTS] >= received + daily["project_refunded"].sum() - paid


def check_points(daily: np.ndarray, points: np.ndarray) -> None:
    """Points issued = redeemed + held, every day and person; a redeemed point is a yuan of the pot."""
    assert (np.cumsum(daily["points_issued"] - daily["points_redeemed"]) == daily["points_held"]).all()
    assert daily["points_held"][-1] == points.sum()
    assert (points >= 0).all()
    assert (daily["pot_paid"] == daily["points_redeemed"]).all()
    assert (daily["redeem_failures"] <= daily["redeem_tries"]).all()


def check_cases(table: Trajectory, items: int) -> None:
    """Cases opened = closed + dropped + open, every day; an item has one open case at most, in order of time."""
    daily, cases = table.daily, table.cases
    assert (np.cumsum(daily["opened"] - daily["closed"] - daily["dropped"]) == daily["open"]).all()
    found = daily["found_inspection"] + daily["found_resident"] + daily["found_patrol"]
    assert (found == daily["opened"]).all()
    assert (daily["genuine_closures"] + daily["superficial_closures"] == daily["closed"]).all()
    assert (daily["latent"] + daily["open"] <= items).all()
    faults = daily["onsets"] + daily["recurrences"]
    assert (np.cumsum(faults - daily["closed"]) == daily["latent"] + daily["open"]).all()
    for outcome, name in ((Outcome.CLOSED, "closed"), (Outcome.DROPPED, "dropped")):
        ended = cases["closed"][cases["outcome"] == outcome]
        assert (np.bincount(np.floor(ended).astype(int) + BURN_IN, minlength=len(daily)) == daily[name]).all()
    assert (np.bincount(np.floor(cases["opened"]).astype(int) + BURN_IN, minlength=len(daily)) == daily["opened"]).all()
    for earlier, later in (("onset", "opened"), ("opened", "queued"), ("queued", "started"), ("started", "closed")):
        both = ~np.isnan(cases[earlier]) & ~np.isnan(cases[later])
        assert (cases[earlier][both] <= cases[later][both]).all()
    assert (np.isnan(cases["closed"]) == (cases["outcome"] == Outcome.OPEN)).all()
    assert daily["reports"].sum() == cases["reports"].sum()
    for item in np.unique(cases["item_id"]):
        own = cases[cases["item_id"] == item]
        assert (own["number"] == np.arange(1, len(own) + 1)).all()
        assert (own["closed"][:-1] <= own["opened"][1:]).all()  # NaN, a case still open, can only be the last
        fixed = own["outcome"][:-1] == Outcome.CLOSED
        assert (own["next_opened"][:-1][fixed] == own["opened"][1:][fixed]).all()
        assert (own["next_onset"][:-1][fixed] == own["onset"][1:][fixed]).all()
        assert (own["onset"][:-1][~fixed] == own["onset"][1:][~fixed]).all()


def check_residents(table: Trajectory) -> None:
    """Nobody comes or goes; beliefs and habits stay shares; counts by day, group and person agree."""
    residents, daily, groups = table.residents, table.daily, table.groups
    for name in ("efficacy", "credibility", "habit_sort", "habit_volunteer", "habit_app", "satisfied"):
        assert ((residents[name] >= 0) & (residents[name] <= 1)).all()
    assert (residents["crowding"] >= 0).all()
    assert (groups["residents"].sum(axis=1) == len(residents)).all()
    programme = table.programme
    for activity in Activity:
        name = f"act_{activity.name.lower()}"
        assert (daily[name] <= daily[f"due_{activity.name.lower()}"]).all()
        assert groups[name].sum() == daily[name].sum() == residents[f"acts_{activity.name.lower()}"].sum()
    assert groups["reports"].sum() == programme["reports"].sum()
    assert (groups["offline_12m"] <= groups["residents"]).all()
    assert (groups["active_28d"] <= groups["residents"]).all()


def check_state(run: Run) -> None:
    """Each item is in one state, and the state, the queue and the handlers tell the same story."""
    state = run.state
    items, queue = state.items, state.queue[: int(state.ledger[0].queued)]
    is_open = items.state == ItemState.OPEN
    assert np.isin(items.state, [ItemState.OK, ItemState.LATENT, ItemState.OPEN]).all()
    assert ((items.stage != Stage.NONE) == is_open).all()
    assert ((items.case >= 0) == is_open).all()
    assert sorted(queue) == np.flatnonzero(items.stage == Stage.WAITING).tolist()
    serving = state.handlers.serving[state.handlers.serving >= 0]
    assert sorted(serving) == np.flatnonzero(items.stage == Stage.SERVICE).tolist()
    clock = state.calendar.time
    kinds = np.split(clock, state.calendar.first[1:-1])
    assert (np.isfinite(kinds[1]) <= (items.superficial == 1)).all()
    in_process = np.isin(items.stage, [Stage.INTAKE, Stage.APPROVAL, Stage.VERIFICATION])
    assert (np.isfinite(kinds[3]) == in_process).all()
    assert (clock[np.isfinite(clock)] >= run.day).all()


def check_modules(table: Trajectory) -> None:
    """What modules count agrees with itself and with the core, every day."""
    modules = table.modules
    if "disputes" in modules:
        rows = modules["disputes"]
        opened = rows["opened_neighbour"] + rows["opened_property"]
        settled = rows["settled_neighbour"] + rows["settled_property"]
        escalated = rows["escalated_neighbour"] + rows["escalated_property"]
        assert (np.cumsum(opened - settled - escalated) == rows["open"]).all()
    if "coordination" in modules:
        rows = modules["coordination"]
        assert rows["opened"].sum() == len(table.cases)
        assert (rows["attended"] <= rows["invited"]).all()
        assert (rows["decided_at_meeting"] <= rows["agenda"]).all()
        assert (rows["grid_found"] + rows["team_found"] <= table.daily["found_patrol"]).all()
    if "workforce" in modules:
        rows = modules["workforce"]
        left = rows["left_blocked"] + rows["left_other"] + rows["left_abolished"]
        assert (np.diff(rows["present"]) == (rows["hired"] - left)[1:]).all()
    if "evaluation" in modules:
        rows = modules["evaluation"]
        for who in ("staff", "department"):
            attention = sum(rows[name] for name in rows.dtype.names or () if name.startswith(f"{who}_"))
            assert np.allclose(attention, 1.0, atol=1e-9)
        issued = sum(np.cumsum(rows[f"warned_{colour}"]) for colour in ("blue", "yellow", "red"))
        assert (issued - np.cumsum(rows["answered_in_time"] + rows["answered_late"]) == rows["pending"]).all()


def check_run(seed: int, scenario: Scenario) -> None:
    """Run a configuration and hold every book against every other."""
    run = start(scenario, seed)
    for day in (-7, 28, 91, HORIZON):
        check_state(run.advance(day))
    table = run.trajectory()
    staff = lever_table(scenario).staff
    assert (table.daily["staff_present"] <= staff).all()
    posts = run.state.posts.state
    assert (posts != 0).sum() == staff[-1]
    paid = int(table.modules["disputes"]["fees"].sum()) if "disputes" in table.modules else 0
    if "projects" in table.modules:
        paid += int(table.modules["projects"]["paid_in"].sum() - table.modules["projects"]["refunded"].sum())
    if "services" in table.modules:
        paid += int(table.modules["services"]["fees"].sum())
    check_money(table.daily, run.state.accounts, paid)
    check_points(table.daily, run.state.people.points)
    check_cases(table, len(run.state.items))
    check_residents(table)
    check_modules(table)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_v9_books_balance_every_day(chunk: int):
    for seed, scenario in drawn()[chunk::CHUNKS]:
        check_run(seed, scenario)


@pytest.mark.parametrize("number", range(FULL))
def test_v9_books_balance_with_every_module_on(number: int):
    seed, scenario = drawn_full(FULL)[number]
    assert all(on for name, on in scenario.community.items() if name.startswith("module_"))
    check_run(seed, scenario)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_v9_books_balance_with_every_module_on_in_200_configurations(chunk: int):
    for seed, scenario in drawn_full(COUNT)[chunk::CHUNKS]:
        check_run(seed, scenario)


def test_v9_the_configurations_are_not_idle():
    """Something of everything happens somewhere, or the laws above were checked on nothing."""
    totals: dict[str, int] = {}
    for seed, scenario in drawn()[::2]:
        daily = start(scenario, seed).advance().trajectory().daily
        for name in daily.dtype.names or ():
            totals[name] = totals.get(name, 0) + int((daily[name] != 0).sum())
    assert [name for name, count in totals.items() if count == 0] == []


def busy() -> Run:
    """Return a run in which points, money, cases and posts all move."""
    scenario = Scenario(
        horizon=112, burn_in=28, community={"residents": 60, "blocks": 6, "items": 60, "contacts": 4},
        world={"alpha_sort_young": 1.0, "fault_rate": 2e-3},
        levers={"points_earning": 1, "points_redemption": 1, "points_fund": 5000, "points_sort": 5, "cofunding": 1},
    )  # fmt: skip
    return start(scenario, 1).advance(50)


def move_money(run: Run, account: int, amount: int) -> None:
    """Move money in the books that no flow of the day accounts for."""
    run.state.accounts[account] += amount
    run.state.accounts[Account.SUPPLIERS] -= amount


BREAKS = {
    "money over all accounts": lambda run: run.state.accounts.__setitem__(Account.RESIDENTS, 123),
    "repair fund against its flows": lambda run: move_money(run, Account.REPAIR_FUND, 1),
    "points pot against its flows": lambda run: move_money(run, Account.POINTS_POT, 1),
    "project money left in escrow": lambda run: move_money(run, Account.ESCROW, 1),
    "points issued = redeemed + held": lambda run: run.state.people.points.__setitem__(
        3, run.state.people.points[3] + 1
    ),
    "cases opened = closed + dropped + open": lambda run: run.state.ledger.closed.__setitem__(0, 10_000),
    "posts = present + vacant": lambda run: run.setup.levers.staff.__setitem__(slice(None), 13.0),
    "efficacy, credibility or habit outside 0..1": lambda run: run.state.people.habit.__setitem__((0, 0), 1.5),
}


@pytest.mark.parametrize("law", BREAKS)
def test_v9_broken_books_end_the_run(law: str):
    run = busy()
    BREAKS[law](run)
    with pytest.raises(ConservationError, match=r"^day 5\d: ") as caught:
        run.advance()
    assert caught.value.law == law
    assert caught.value.day in (50, 51)


def test_v9_not_a_number_is_outside():
    run = busy()
    run.state.people.efficacy[7] = np.nan
    with pytest.raises(ConservationError, match="outside"):
        run.advance()


def test_v9_an_overdrawn_fund_ends_the_run():
    run = busy()
    spare = int(run.state.accounts[Account.REPAIR_FUND]) + 1
    run.state.daily.repair_spent[run.day + run.setup.burn_in] = spare  # booked as spent, so only the sign is wrong
    move_money(run, Account.REPAIR_FUND, -spare)
    with pytest.raises(ConservationError, match="overdrawn"):
        run.advance()


def test_a_full_case_log_is_an_error_and_not_a_wild_write():
    run = busy()
    shorter = run.state.cases[: int(run.state.ledger[0].cases) + 1].view(np.recarray)
    run.state = run.state._replace(cases=shorter)
    larger = run.advance()  # it grows before a day that might need more
    assert larger.day == 112
    assert len(larger.state.cases) > 60
