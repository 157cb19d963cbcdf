"""The end of a quarter with Mesa agents: survey, third party, publication, marks, lists.

Takes: what is on record. Gives: the twin of ``model/modules/evaluation_appraisal.py``.
"""

from typing import TYPE_CHECKING

from labsim.behaviour import evaluation as rules
from labsim.behaviour.evaluation import QUARTERS, Weights
from labsim.behaviour.participation import delta_rule
from labsim.foundations.arithmetic import exp
from labsim.foundations.randomness import Decision
from labsim.model.mesa.base import Actor, add_up
from labsim.model.mesa.cases import Case
from labsim.model.modules.evaluation_state import QUARTER
from labsim.model.state import Outcome

if TYPE_CHECKING:
    from labsim.model.mesa.evaluation import EvaluationAgent, UnitAgent

UNRESOLVED_DAYS = 14
IN_TIME = 21.0  # days; rectification_deadline_days: 15 working days
PROVINCE_SHARE = 0.25  # assumption: one provincial award for four city awards


class QuarterOffice(Actor):
    """Whoever closes the books of a quarter.

    Attributes:
        onsets: problems that have arisen since the last publication.
    """

    def __init__(self, office: "EvaluationAgent") -> None:
        """Begin with empty books."""
        super().__init__(office.model)
        self.office = office
        self.onsets = 0
        self._unresolved_before = 0.0
        self._failed = 0

    @property
    def _quarter(self) -> int:
        return (self.model.day + 1) // QUARTER - 1

    def _unresolved(self) -> float:
        days = self.model.recent(UNRESOLVED_DAYS)
        return add_up(day.fault_item_days for day in days) / len(days)

    def watch_from_now(self) -> None:
        """Begin to count what arises until the next publication."""
        self._unresolved_before, self.onsets = self._unresolved(), 0

    def end(self) -> None:
        """Appraise the quarter that ends today, (EV6)."""
        office, p = self.office, self.policy
        before = office.satisfaction
        office.survey_hours = 0.0
        if rules.is_due(self._quarter, p.satisfaction_surveys):
            self._survey()
        if rules.is_due(self._quarter, p.third_party_checks):
            self._third_party()
        if p.publication > 0.0:
            self._publish()
        total = self._score()
        if p.star_scheme > 0.0:
            office.sheet["stars"] = self._stars(office.satisfaction - before)
        if p.red_black_list > 0.0:
            self._list_departments()
        self._interview(total)
        self.watch_from_now()

    # -- what is asked and looked at ------------------------------------------------------------

    def _survey(self) -> None:
        """Ask residents whether they are content, (EV2)."""
        quarter = self._quarter

        def is_reached(who: int) -> bool:
            return self.luck(Decision.EVALUATION_REACHED, quarter, who) < self.policy.survey_door_share

        reached = [who for who in self.model.people if who.online or is_reached(who.id)]
        reached.sort(key=lambda who: self.luck(Decision.EVALUATION_ASKED, quarter, who.id))
        asked = reached[: int(self.policy.survey_sample)]
        content = sum(self.luck(Decision.EVALUATION_ANSWER, quarter, who.id) < who.satisfied for who in asked)
        self.office.sheet["asked"], self.office.sheet["content"] = len(asked), content
        self.office.survey_hours = len(asked) * self.world.survey_hours / QUARTER
        if asked:
            self.office.satisfaction = content / len(asked)

    def _third_party(self) -> None:
        """Let a third party look at cases that were closed since its last visit."""
        since = self.model.day + 1.0 - QUARTERS * QUARTER / self.policy.third_party_checks
        closed = [case for case in self.model.desk.log if case.outcome == Outcome.CLOSED and case.closed >= since]
        closed.sort(key=lambda case: self.luck(Decision.EVALUATION_SAMPLED, case.number, case.item.id))
        checked = closed[: int(self.policy.third_party_sample)]
        seen = sum(case.superficial == 1 and self._is_seen_through(case) for case in checked)
        self.office.sheet["checked"], self.office.sheet["seen_through"] = len(checked), seen
        if checked:
            self.office.verified = 1.0 - seen / len(checked)

    def _is_seen_through(self, case: Case) -> bool:
        return self.luck(Decision.EVALUATION_SEEN, case.number, case.item.id) < self.world.third_party_detection

    def _publish(self) -> None:
        """Let those whom the publication reaches learn what was done, (EV7)."""
        world, sheet = self.world, self.office.sheet
        outcome = rules.published_outcome(self._unresolved_before, float(self.onsets), self._unresolved())
        rate = world.efficacy_rate * world.publication_weight
        for who in self.model.people:
            chance = self.policy.publication * (world.heard_online if who.online else world.heard_offline)
            if self.luck(Decision.EVALUATION_HEARD, self._quarter, who.id) < chance:
                who.efficacy = delta_rule(who.efficacy, rate, outcome)
                sheet["heard"] += 1
        sheet["published"], sheet["published_outcome"] = 1, outcome
        sheet["heard_share"] = sheet["heard"] / len(self.model.people)

    # -- marks ------------------------------------------------------------------------------------

    def _marks(self) -> Weights:
        office, world = self.office, self.world
        days, sheets = self.model.recent(QUARTER), office.recent(QUARTER)
        closed, opened = sum(day.closed for day in days), sum(day.opened for day in days)
        in_time = sum(sheet["answered_in_time"] for sheet in sheets)
        answered = in_time + sum(sheet["answered_late"] for sheet in sheets)
        official = min(closed / opened, 1.0) if opened > 0 else 1.0
        pilots = rules.marks(office.staff.attention.pilots, world.pilot_full_marks)
        return Weights(
            process=rules.marks(office.show, world.ledger_full_marks),
            official=official,
            satisfaction=office.satisfaction,
            verified=official if office.verified is None else office.verified,
            innovation=pilots,
            learning=pilots,
            risk=in_time / answered if answered > 0 else 1.0,
        )

    def _score(self) -> float:
        """Write weights, marks and scores down; return the score of the appraisal, 0 to 1."""
        office, p, sheet = self.office, self.policy, self.office.sheet
        found, weights = self._marks(), self.office.weights()
        governance = (0.0, 1.0, 0.0, 0.0, 0.0, p.appraisal_process_share, p.appraisal_effect_share)
        total = rules.score(weights, found)
        sheet["appraisals"] = 1
        sheet["score_appraisal"] = 100.0 * total
        sheet["score_5x"] = 100.0 * rules.score(office.five_x(), found)
        sheet["governance_5x"] = 100.0 * rules.score(rules.five_x_weights(*governance), found)
        sheet |= {f"weight_{what}": value for what, value in weights._asdict().items()}
        sheet |= {f"mark_{what}": value for what, value in found._asdict().items()}
        return total

    def _stars(self, gain: float) -> int:
        chance = self.world.award_rate * self.office.staff.attention.pilots
        city = self.luck(Decision.EVALUATION_CITY_AWARD, self._quarter, 0) < 1.0 - exp(-chance)
        luck = self.luck(Decision.EVALUATION_PROVINCE_AWARD, self._quarter, 0)
        return rules.star_points(city, luck < 1.0 - exp(-PROVINCE_SHARE * chance), gain)

    # -- what follows -----------------------------------------------------------------------------

    def _on_record(self, case: Case) -> bool:
        """Return whether a case counts for its department this quarter."""
        end = self.model.day + 1.0
        if case.outcome == Outcome.OPEN:
            return end - case.opened > IN_TIME
        return case.closed >= end - QUARTER

    def _list_departments(self) -> None:
        """Put the worst departments on the black list and the best on the red one, for a quarter."""
        cases: dict[UnitAgent, list[bool]] = {unit: [] for unit in self.office.departments}
        for case in filter(self._on_record, self.model.desk.log):
            in_time = case.outcome == Outcome.CLOSED and case.closed - case.opened <= IN_TIME
            cases[self.office.warnings.in_charge(case.item.id)].append(in_time)
        shares = {unit: sum(good) / len(good) for unit, good in cases.items() if good}
        for _ in range(int(self.policy.red_black_list * len(cases) + 0.5)):
            for name, pick in (("listed_black", min), ("listed_red", max)):
                if shares:
                    unit = pick(shares, key=lambda one: shares[one])
                    unit.boosted = self.model.day + 1.0 + QUARTER
                    del shares[unit]
                    self.office.sheet[name] += 1

    def _interview(self, total: float) -> None:
        """Call the head in after years of failing."""
        self._failed = self._failed + 1 if total < self.world.pass_mark else 0
        if self.policy.interview_after > 0.0 and self._failed >= QUARTERS * self.policy.interview_after:
            self._failed = 0
            self.office.staff.boosted = self.model.day + 1.0 + QUARTERS * QUARTER
            self.office.sheet["interviews"] += 1
