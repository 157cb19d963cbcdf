"""Files that a person opens in the lab: a view, or a scenario filled in as a spreadsheet.

Takes: the view, the name of the file and its text (a workbook as base64). Gives: the next view.
"""

import base64
import binascii

from labsim.foundations.errors import Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.presentation.lab.view import MOST_POLICIES, Draft, View, draft_of, read, scenarios
from labsim.scenario.scenario import Scenario, community_values


def opened(view: View, name: str, content: str) -> View:
    """Return the view after a file was opened.

    Raises:
        InputError: it is neither, or something in it is wrong; all problems at once.
    """
    if not name.lower().endswith((".xlsx", ".xlsm")):
        return read(content, name or "view.json")
    # Workbooks take a while to be able to read, and most people never open one.
    from labsim.presentation.sheet_read import read_workbook

    try:
        data = base64.b64decode(content, validate=True)
    except binascii.Error:
        data = b""
    one = read_workbook(data, name)
    raise_if([*_misfits(view, one, name)])
    return with_draft(view, draft_of(one))


def with_draft(view: View, draft: Draft) -> View:
    """Return the view with one more policy, which is then worked on."""
    return view.changed(policies=(*view.policies, draft), active=len(view.policies))


def _misfits(view: View, one: Scenario, name: str) -> list[Problem]:
    """Return why a scenario cannot stand beside the policies that are there: another place, world or time."""
    found = []
    base = scenarios(view)[0]
    if len(view.policies) >= MOST_POLICIES:
        what = t(f"已有 {MOST_POLICIES} 项政策", f"there are {MOST_POLICIES} policies already")
        found.append(Problem(Where(name), what, t("先删去一项", "remove one first")))
    mine, theirs = community_values(one), community_values(base)
    other = [key for key in theirs if mine[key] != theirs[key] and not key.startswith("module_")]
    if other or dict(one.world) != dict(base.world):
        keys = ", ".join([*other, *sorted(set(one.world) ^ set(base.world))][:6])
        what = t(
            f"表中的社区或世界参数与当前页面不同（{keys}）", f"its community or world is not that of this page ({keys})"
        )
        found.append(Problem(Where(name), what, t("同一社区，只改政策", "the same community, another policy")))
    if (one.horizon, one.burn_in) != (base.horizon, base.burn_in):
        what = t(f"时长不同：{one.horizon} 天", f"another length: {one.horizon} days")
        found.append(Problem(Where(name), what, t(f"{base.horizon} 天", f"{base.horizon} days")))
    return found
