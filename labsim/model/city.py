"""Many communities under streets and a district, one run.

Takes: a city and a seed. Gives: a :class:`CityTrajectory`. Communities live their days on
their own; at the start of every period of 28 days the level above looks at what is on record
and splits visits (Y1), allots money (Y2), sends volunteer teams (Y3), and secretaries take
practices over from each other (Y4)-(Y6). It acts through levers and money only.

The communities of a period are simulated on threads. No bit depends on how many, nor on the
engine: compiled, plain and Mesa communities make the same city.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from labsim.behaviour.city import has_improved, teams_sent
from labsim.model.city_diffusion import NEVER, adopting
from labsim.model.city_district import District
from labsim.model.city_member import (
    HIGHER_IS_BETTER,
    QUARTER,
    Engine,
    Member,
    backlog,
    compiled,
    last_days,
    mark,
    published,
    total,
)
from labsim.model.city_state import COMMUNITY_PERIODS, FUND_PERIODS, CityTrajectory
from labsim.model.state import PERIOD
from labsim.model.trajectory import ConservationError
from labsim.scenario.city import City, Practice
from labsim.scenario.city_declared import Learning, TeamRule

Progress = Callable[[int, int], None]


def _go_to(day: int, member: Member) -> None:
    member.advance(day)


class CityRun(District):
    """A city that goes forward period by period."""

    def advance(self, to: int | None = None, progress: Progress | None = None) -> "CityRun":
        """Simulate whole periods up to a day, the end of the horizon by default.

        Args:
            to: the day; rounded up to the start of a period.
            progress: told after every period: periods done, periods in all.

        Raises:
            ConservationError: visits, money or volunteer acts do not balance.
        """
        horizon = self.city.scenario.horizon
        last = horizon if to is None else min(to, horizon)
        with ThreadPoolExecutor(self.threads) as pool:
            while self.day < last:
                acts = self.day >= 0
                if acts:
                    self._act()
                end = self.day + PERIOD if acts else 0
                list(pool.map(partial(_go_to, end), self.members))
                if acts:
                    self._count()
                self.day = end
                if progress is not None:
                    progress(self.day // PERIOD, horizon // PERIOD)
        return self

    def trajectory(self) -> CityTrajectory:
        """Return what has been recorded so far."""
        done = max(self.day, 0) // PERIOD
        return CityTrajectory(
            city=self.city.fingerprint(),
            seed=self.seed,
            street=tuple(self.street),
            communities=tuple(one.trajectory() for one in self.members),
            periods=np.array(self.periods[:done].view(np.ndarray), COMMUNITY_PERIODS),
            funds=np.array(self.funds[:done].view(np.ndarray), FUND_PERIODS),
            adopted=self.adopted.copy(),
        )

    # -- the start of a period -------------------------------------------------------------------

    def _act(self) -> None:
        records = [one.records() for one in self.members]
        now = self.periods[self.day // PERIOD]
        for k, seen in enumerate(records):
            row = now[k]
            row.day = self.day
            row.complaints = total(last_days(seen, QUARTER), "reports")
            row.backlog, row.mark = backlog(seen), mark(seen)
        self.share(records)
        for number, practice in enumerate(self.city.practices):
            self._spread(number, practice, records)

    def _spread(self, number: int, practice: Practice, records: list[np.ndarray]) -> None:
        """Let communities take a practice over, (Y5) and (Y6)."""
        first = int(practice.value("start"))
        if self.day < first:
            return
        if self.day == first:
            takers = sorted({k - 1 for k in practice.adopters})
        else:
            has = self.adopted[number] != NEVER
            good = np.array([bool(has[k]) and self._is_good(number, practice, k, records[k]) for k in range(len(has))])
            hazard = (practice.value("innovation"), practice.value("imitation"), practice.value("threshold"))
            takers = adopting((self.seed, self.day // PERIOD, number), self.known, has, good, hazard)
        for k in takers:
            self.adopted[number, k] = self.day
            self.members[k].set_levers(practice.settings(), self.day)

    def _is_good(self, number: int, practice: Practice, k: int, records: np.ndarray) -> bool:
        """Return whether others see that a community does well with a practice."""
        if practice.learning is Learning.CONTACT:
            return True
        span = int(practice.value("window")) * PERIOD
        since = int(self.adopted[number, k]) + self.city.scenario.burn_in
        if since < span or len(records) - since < span:
            return False  # nothing to compare yet
        what, higher = practice.published, practice.published in HIGHER_IS_BETTER
        before, after = published(records[since - span : since], what), published(records[-span:], what)
        return has_improved(before, after, higher, practice.value("margin"))

    # -- the end of a period ---------------------------------------------------------------------

    def _count(self) -> None:
        """Record what happened in a period, and check that visits and volunteer acts balance.

        Raises:
            ConservationError: they do not.
        """
        period = self.day // PERIOD
        now = self.periods[period]
        pool = 0.0 if self.city.team_rule is TeamRule.HOME else self.city.value("volunteer_pool")
        size = int(self.city.value("event_acts"))
        for k, one in enumerate(self.members):
            seen, row = last_days(one.records(), 1), now[k]
            row.visits, row.perfunctory = total(seen, "visits"), total(seen, "perfunctory_visits")
            row.acts = total(seen, "act_volunteer")
            row.sent = teams_sent(int(row.acts), pool)
            row.worked = int(row.acts) - int(row.sent) + int(row.received)
            held = int(self.periods.events[:period, k].sum())
            row.events = int(self.periods.worked[: period + 1, k].sum()) // size - held
        for fund, communities in enumerate(self.sharing):
            self.waiting[fund] += sum(int(now[k].sent) for k in communities)
            book = self.funds[period, fund]
            book.waiting = self.waiting[fund]
            off = int(book.capacity) - int(book.unused) - sum(int(now[k].visits_allotted) for k in communities)
            if off != 0:
                raise ConservationError(self.day, "visits of departments (hundredths)", off)
            done = self.periods[: period + 1, communities]
            off = int(done["acts"].sum()) - int(done["worked"].sum()) - self.waiting[fund]
            if off != 0:
                raise ConservationError(self.day, "volunteer acts = worked + waiting", off)


def simulate_city(
    city: City, seed: int, *, engine: Engine = compiled, threads: int = 2, progress: Progress | None = None
) -> CityTrajectory:
    """Simulate one replication of a city.

    Raises:
        ConservationError: books of a community or of the city do not balance.
    """
    return CityRun(city, seed, engine, threads).advance(progress=progress).trajectory()
