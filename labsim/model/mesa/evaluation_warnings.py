"""Warnings with Mesa agents: the office that turns cases blue, yellow and red.

Takes: the cases on the desk. Gives: the twin of ``model/modules/evaluation_warnings.py``.
"""

from typing import TYPE_CHECKING

from labsim.behaviour.evaluation import response_time, warning_colour
from labsim.foundations.randomness import Decision
from labsim.model.columns import Clock
from labsim.model.mesa.base import Actor
from labsim.model.mesa.cases import Case, HandlerAgent
from labsim.model.state import Stage

if TYPE_CHECKING:
    from labsim.model.mesa.evaluation import EvaluationAgent, UnitAgent

COLOURS = ("", "blue", "yellow", "red")
YELLOW, RED = 2, 3


class WarningAgent(Actor):
    """A warning about a case.

    Attributes:
        case: what it is about.
        colour: 1 blue, 2 yellow, 3 red.
        due: when it should be answered.
        answer: when it is, unless the case ends before.
    """

    def __init__(self, office: "WarningOffice", case: Case, colour: int, hours: float) -> None:
        """Warn, and draw how long the answer takes, (EV9)."""
        super().__init__(office.model)
        self.case = case
        self.colour = colour
        now = self.model.day + 1.0
        luck = self.patience(Decision.WARNING_RESPONSE, case.number * 4 + colour, case.item.id)
        real = office.attention_to(case)
        self.due = now + hours / 24.0
        self.answer = now + response_time(
            self.world.warning_response, hours, real, self.model.desk.speed, luck
        )  # fmt: skip

    @property
    def answered_at(self) -> float:
        """When it is answered; the end of the case is an answer."""
        return min(self.answer, self.case.closed) if self.case.item.case is not self.case else self.answer


class WarningOffice(Actor):
    """Whoever looks at open cases every evening.

    Attributes:
        hours: of staff, for the warnings of the day.
        issued: warnings so far.
        answered: of these.
    """

    def __init__(self, office: "EvaluationAgent") -> None:
        """Begin with no warning."""
        super().__init__(office.model)
        self.office = office
        self.hours = 0.0
        self.issued = self.answered = 0
        self._colour: dict[Case, int] = {}
        self._open: dict[int, WarningAgent] = {}  # by row of the item
        self._forces: dict[int, Case] = {}  # red cases whose task force is at work, by row of the item

    @property
    def pending(self) -> int:
        """Warnings that are still to be answered."""
        return len(self._open)

    def in_charge(self, item: int) -> "UnitAgent":
        """Return the department in whose remit an item lies."""
        departments = self.office.departments
        return departments[int(self.luck(Decision.EVALUATION_REMIT, 0, item) * len(departments))]

    def attention_to(self, case: Case) -> float:
        """Return the attention of whoever is in charge to real work, against today's."""
        now, before = self.in_charge(case.item.id).attention, self.office.before
        return (now.repair + now.feedback) / (before.repair + before.feedback)

    def work(self) -> None:
        """Book answers that came today, and warn about cases that have turned a worse colour, (EV8)."""
        self.hours = 0.0
        p = self.policy
        for item in self.model.items:
            if item.row in self._open:
                self._settle(item.row)
            if item.row in self._forces:
                self._follow_up(self._forces[item.row])
            case = item.case
            if p.warnings == 0.0 or case is None:
                continue
            age = self.model.day + 1.0 - case.opened
            colour = warning_colour(
                item.item_class, age, p.warning_blue_age, p.warning_yellow_age, p.warning_red_age
            )  # fmt: skip
            if colour > self._colour.get(case, 0):
                self._issue(case, colour)
        self.office.sheet["pending"] = self.pending

    def _settle(self, row: int) -> None:
        warning = self._open[row]
        if warning.answered_at <= self.model.day + 1.0:
            self._open.pop(row).remove()
            self._book(warning.answered_at <= warning.due)

    def _book(self, in_time: bool) -> None:
        self.answered += 1
        self.office.sheet["answered_in_time" if in_time else "answered_late"] += 1

    def _issue(self, case: Case, colour: int) -> None:
        sheet, name = self.office.sheet, COLOURS[colour]
        if case.item.row in self._open:  # a worse colour overtakes a warning that nobody has answered
            self._open[case.item.row].remove()
            self._book(False)
        warning = WarningAgent(self, case, colour, getattr(self.policy, f"warning_{name}_hours"))
        cost = getattr(self.world, f"warning_hours_{name}")
        self._colour[case] = colour
        self._open[case.item.row] = warning
        self.issued += 1
        self.hours += cost
        sheet[f"warned_{name}"] += 1
        sheet["warning_hours"] += cost
        self._move(case, colour, warning.answer)
        if colour == RED:
            self._forces[case.item.row] = case

    def _move(self, case: Case, colour: int, answer: float) -> None:
        """Let a case move on no later than its warning is answered."""
        if colour >= YELLOW:
            case.hops_left = min(case.hops_left, 1)
        if case.stage == Stage.WAITING:
            if colour == RED:
                self.model.desk.queue.remove(case)
                self.model.desk.queue.insert(0, case)
        elif case.stage != Stage.SERVICE:
            events, row = self.model.events, case.item.row
            events.set(Clock.CASE, row, min(events.time_of(Clock.CASE, row), answer))

    def _follow_up(self, case: Case) -> None:
        """Once a red case has been served, let its task force call away the handler who would be busy longest."""
        if case.item.case is case and case.stage != Stage.VERIFICATION:
            return
        del self._forces[case.item.row]

        def busy_until(handler: HandlerAgent) -> float:
            return self.model.events.time_of(Clock.SERVICE, handler.number)

        free = [h for h in self.model.desk.handlers if h.case is not None and self._colour.get(h.case, 0) != RED]
        if free:
            chosen = max(free, key=busy_until)
            later = busy_until(chosen) + self.world.task_force_days / self.model.desk.speed
            self.model.events.set(Clock.SERVICE, chosen.number, later)
            self.office.sheet["task_forces"] += 1
