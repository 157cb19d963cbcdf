"""How a Mesa model under way takes levers and injects that were not planned.

Takes: values and a day, or injects. Gives: the bits of a scenario that had planned them, as
``Run.set_levers`` and ``Run.add_injects`` of the array engine do.
"""

from collections.abc import Mapping

import numpy as np

from labsim.model.mesa.agents import StaffAgent
from labsim.model.mesa.cases import HandlerAgent
from labsim.model.mesa.day import CommunityDay
from labsim.model.mesa.injects import InjectRow
from labsim.model.mesa.people import ResidentAgent
from labsim.model.mesa.roles import ROLES, SupervisorRole
from labsim.model.state import Activity
from labsim.scenario.changes import Under, added_injects, changed_fingerprint, changed_levers
from labsim.scenario.phases import Inject


class UnderWay(CommunityDay):
    """A model whose policy can be changed between two days."""

    _levers: np.recarray
    _injects: np.recarray
    _fingerprint: str

    def _most(self) -> dict[str, int]:
        """Return the largest number of posts, handlers and supervisors on any day."""
        return {name: int(self._levers[name].max()) for name in ("staff", "handlers", "supervisors")}

    def set_levers(self, values: Mapping[str, float], day: int | None = None, stop: int | None = None) -> None:
        """Set levers from a day on, as a scenario with these phases would have.

        Args:
            values: levers and their new values.
            day: the first day of the new values; the next day to be simulated when left out.
            stop: the day on which what held before holds again; never when left out.

        Raises:
            InputError: no such lever, a value out of range, a day that is over.
        """
        first = self.day if day is None else day
        self._levers = changed_levers(self._levers, values, first, self._under(), stop)
        most = self._most()
        self.staff += [StaffAgent(self, number) for number in range(len(self.staff), most["staff"])]
        handlers = self.desk.handlers
        handlers += [HandlerAgent(self, number) for number in range(len(handlers), most["handlers"])]
        for resident in self.people:
            if resident.supervisor_rank < most["supervisors"] and Activity.PATROL not in resident.roles:
                SupervisorRole(resident)
        self._gather()
        what = {"levers": dict(values), "day": first, "stop": stop}
        self._fingerprint = changed_fingerprint(self._fingerprint, what)

    def add_injects(self, *injects: Inject) -> None:
        """Let more happen to the community, from today on, as a scenario with these injects would have.

        Raises:
            InputError: an inject is not possible or its day is over.
        """
        self._injects = added_injects(self._injects, injects, self._under(), len(self.departments))
        self.injects = [InjectRow(*row) for row in self._injects.tolist()]
        what = {"injects": [one.model_dump(mode="json") for one in injects]}
        self._fingerprint = changed_fingerprint(self._fingerprint, what)

    def _under(self) -> Under:
        return Under(self.day, self.burn_in, self.horizon)

    def _gather(self) -> None:
        """Gather agents of a kind."""
        self.residents = self.agents.select(agent_type=ResidentAgent)
        self.workers = self.agents.select(agent_type=StaffAgent)
        self.roles = {activity: self.agents.select(agent_type=ROLES[activity]) for activity in Activity}
