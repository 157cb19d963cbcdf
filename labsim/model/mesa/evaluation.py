"""Module *evaluation* with Mesa agents: the appraisal office, and the units that are appraised.

Takes: the community. Gives: the twin of ``model/modules/evaluation*.py``, with the same records, bit
for bit. Warnings have an office of their own (``mesa_evaluation_warnings.py``), the end of a
quarter too (``mesa_evaluation_quarter.py``).
"""

import math

import numpy as np

from labsim.behaviour import evaluation as rules
from labsim.behaviour.evaluation import Attention, Weights
from labsim.behaviour.participation import delta_rule
from labsim.foundations.arithmetic import exp
from labsim.model.kernels.recording import BREACHES
from labsim.model.mesa.base import Actor, Community, add_up
from labsim.model.mesa.evaluation_quarter import QuarterOffice
from labsim.model.mesa.evaluation_warnings import WarningOffice
from labsim.model.mesa.modules import ModuleAgent
from labsim.model.modules.evaluation_state import EVALUATION_DAILY, QUARTER
from labsim.model.state import PERIOD
from labsim.model.trajectory import ConservationError

Sheet = dict[str, float]


class UnitAgent(Actor):
    """A unit that is appraised: the community's staff, or a department.

    Attributes:
        attention: what it attends to.
        boosted: day until which a list or an interview adds to the stake.
    """

    def __init__(self, model: Community, attention: Attention) -> None:
        """Attend to what today's appraisal asks for."""
        super().__init__(model)
        self.attention = attention
        self.boosted = -math.inf

    @property
    def stake(self) -> float:
        """What depends on the result for this unit."""
        return rules.stake_of(self.policy.appraisal_stake, self.world.list_boost, self.boosted > self.model.day)

    def attend(self, target: Attention) -> None:
        """Let attention move part of the way, (EV3)."""
        rate = self.world.attention_rate
        self.attention = Attention(*(delta_rule(a, rate, b) for a, b in zip(self.attention, target, strict=True)))


class EvaluationAgent(ModuleAgent, Actor):
    """The appraisal office.

    Attributes:
        before: attention before any reform.
        staff: the community's staff.
        departments: the others that are appraised.
        satisfaction: share satisfied in the latest survey.
        verified: share of closures that the latest third party found genuine; None before the first.
        sheet: the record of the day.
    """

    def __init__(self, model: Community) -> None:
        """Open the office; nothing has been appraised."""
        super().__init__(model)
        self.satisfaction = self.world.satisfaction_before
        self.verified: float | None = None
        self.survey_hours = 0.0
        present = rules.multi_source_weights(rules.RESIDENT, rules.EXTERNAL, rules.PROCESS, rules.EFFECT)
        self.before = self._target(rules.as_measured(present, True, False), 1.0, rules.SAMPLE)
        self.staff = UnitAgent(model, self.before)
        self.departments = [UnitAgent(model, self.before) for _ in model.departments]
        self.warnings = WarningOffice(self)
        self.quarter = QuarterOffice(self)
        self.sheet: Sheet = {}
        self.history: list[Sheet] = []

    def records(self) -> np.ndarray:
        """Return ``EVALUATION_DAILY`` records, one per day so far."""
        rows = [tuple(day[name] for name in EVALUATION_DAILY.names or ()) for day in self.history]
        return np.array(rows, EVALUATION_DAILY)

    def recent(self, days: int) -> list[Sheet]:
        """Return the records of the latest days, today included."""
        return [*self.history[max(0, len(self.history) + 1 - days) :], self.sheet]

    def weights(self) -> Weights:
        """Return the weights of today's appraisal, (EV1)."""
        p = self.policy
        if p.five_x > 0.0:
            weights = self.five_x()
        else:
            weights = rules.multi_source_weights(
                p.appraisal_resident_weight, p.appraisal_external_weight, p.appraisal_process_share,
                p.appraisal_effect_share,
            )  # fmt: skip
        weights = rules.with_stars(weights, p.star_scheme)
        return rules.as_measured(weights, p.satisfaction_surveys > 0.0, p.third_party_checks > 0.0)

    def five_x(self) -> Weights:
        """Return the weights of the 5+X scorecard, whether it is used or not."""
        p = self.policy
        parts = (p.five_x_satisfaction, p.five_x_governance, p.five_x_innovation, p.five_x_learning, p.five_x_risk)
        return rules.five_x_weights(*parts, p.appraisal_process_share, p.appraisal_effect_share)

    def _target(self, weights: Weights, stake: float, asked: float) -> Attention:
        world = self.world
        noise = rules.survey_noise(self.satisfaction, asked)
        reliable = rules.reliability(world.satisfaction_spread, noise)
        return rules.attention_target(
            weights, world.attention_sensitivity * stake, reliable, world.third_party_detection, world.intrinsic_real,
            world.repair_seen, world.repair_on_record, world.feedback_seen,
        )  # fmt: skip

    def mean_of_departments(self, work: str) -> float:
        """Return the mean attention of departments to a kind of work."""
        return add_up(getattr(unit.attention, work) for unit in self.departments) / len(self.departments)

    @property
    def show(self) -> float:
        """Ledgers, meetings and pilots of staff against today's, (EV5)."""
        now, before = self.staff.attention, self.before
        return (now.ledger + now.pilots) / (before.ledger + before.pilots)

    # -- morning -----------------------------------------------------------------------------

    def morning(self) -> None:
        """Let units carry out the levers of the day as they attend to things, (EV4) and (EV5)."""
        self.sheet = {n: 0.0 if EVALUATION_DAILY[n].kind == "f" else 0 for n in EVALUATION_DAILY.names or ()}
        world, policy, now, before = self.world, self.policy, self.staff.attention, self.before
        repair, closing = now.repair - before.repair, now.closing - before.closing
        self._shape_visits_and_approvals()
        by = world.haste_effect * closing - world.care_effect * repair
        world.superficial_share = rules.shifted(world.superficial_share, by)
        world.work_days = world.work_days * exp(world.care_work * (repair - closing))
        policy.intake_cut = rules.hastened(policy.intake_cut, world.haste_stages * closing)
        policy.case_tracking = max(rules.hastened(policy.case_tracking, world.haste_stages * closing), 0.0)
        listening = world.listening_effect * (now.feedback - before.feedback)
        policy.results_told = rules.shifted(policy.results_told, listening)
        policy.agenda_residents = rules.shifted(policy.agenda_residents, listening)
        own = world.own_checks * max(repair, 0.0)
        policy.verification = rules.any_check(policy.verification, own, self._confirming() * world.confirm_detection)
        self._keep_ledgers()

    def _shape_visits_and_approvals(self) -> None:
        world, policy, before = self.world, self.policy, self.before

        def shift(work: str) -> float:
            moved = (getattr(unit.attention, work) - getattr(before, work) for unit in self.departments)
            return add_up(moved) / len(self.departments)

        formal = shift("ledger") - shift("repair")
        world.perfunctory_share = rules.shifted(world.perfunctory_share, world.formality_effect * formal)
        policy.approval_cut = rules.hastened(policy.approval_cut, world.haste_stages * shift("closing"))

    def _confirming(self) -> float:
        """Return the share of repairs that a reporter is asked to confirm."""
        days = self.model.history[-56:]
        reported, opened = sum(day.found_resident for day in days), sum(day.opened for day in days)
        return self.policy.confirmation * reported / opened if opened > 0 else 0.0

    def _keep_ledgers(self) -> None:
        world, policy, show = self.world, self.policy, self.show
        self.sheet["ledger_hours"] = world.base_load * policy.admin_load * world.ledger_share * show
        self.sheet["survey_hours"] = self.survey_hours
        policy.admin_load = policy.admin_load * rules.admin_ratio(world.ledger_share, show)
        if world.base_load > 0.0:
            extra = self.warnings.hours + self.survey_hours
            policy.admin_load = policy.admin_load + extra / world.base_load

    # -- evening -----------------------------------------------------------------------------

    def evening(self) -> None:
        """Answer and issue warnings, appraise a quarter that ends, move attention at the end of a period."""
        day = self.model.day
        self.warnings.work()
        if day == 0:
            self.quarter.watch_from_now()
        elif day > 0:
            self.quarter.onsets += self.today.onsets
        if day >= 0 and (day + 1) % QUARTER == 0:
            self.quarter.end()
        if (day + 1) % PERIOD == 0:
            self._attend()
        self._record()
        self._check()
        self.history.append(self.sheet)

    def _attend(self) -> None:
        weights = self.weights()
        asked = self.policy.survey_sample * self.policy.satisfaction_surveys
        for unit in (self.staff, *self.departments):
            unit.attend(self._target(weights, unit.stake, asked))

    def _record(self) -> None:
        self.sheet["day"] = self.model.day
        for work in Attention._fields:
            self.sheet[f"staff_{work}"] = getattr(self.staff.attention, work)
            self.sheet[f"department_{work}"] = self.mean_of_departments(work)

    def _check(self) -> None:
        """Check the laws of the module.

        Raises:
            ConservationError: one is broken.
        """
        laws = {37: rules.total_weight(self.weights()) - 1.0}
        for unit in (self.staff, *self.departments):
            laws[35] = max(laws.get(35, 0.0), abs(add_up(unit.attention) - 1.0))
        for code, off in laws.items():
            if abs(off) > 1e-9:
                raise ConservationError(self.model.day, BREACHES[code], int(off * 1e9))
        off = self.warnings.issued - self.warnings.answered - self.warnings.pending
        if off != 0:
            raise ConservationError(self.model.day, BREACHES[36], off)
