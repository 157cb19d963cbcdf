"""The departments that inspect, by name.

Takes: how many there are. Gives: :class:`Department`, one for each number that the model
uses. Names are for tables and the classroom view; what a department does comes from levers
and world values, so that no name carries a hidden rule.

Eight by default (evidence ``departments_with_own_standards``). The documents do not name
them; these are the usual ones in a street's inspections (assumption).
"""

from labsim.foundations.declared import Frozen, Text
from labsim.foundations.i18n import t

_NAMES = (
    t("城市管理", "urban management"),
    t("消防救援", "fire and rescue"),
    t("住房建设", "housing and construction"),
    t("市场监管", "market regulation"),
    t("应急管理", "emergency management"),
    t("卫生健康", "health"),
    t("公安", "public security"),
    t("生态环境", "ecology and environment"),
)


class Department(Frozen):
    """A department that inspects: its number in the model and its name."""

    id: int
    name: Text


def departments(count: int) -> tuple[Department, ...]:
    """Return the departments of a community; beyond the named ones they are numbered."""
    further = (t(f"部门 {i + 1}", f"department {i + 1}") for i in range(len(_NAMES), count))
    names = (*_NAMES[:count], *further)
    return tuple(Department(id=i, name=name) for i, name in enumerate(names))
