"""Who may do what, and when: every action from outside passes here before it counts.

Takes: the session, who asks, what for. Gives: the data of the action, checked and reduced to
what is known; or a refusal in both languages. Nothing here trusts its input.
"""

from collections.abc import Mapping
from typing import Any

from labsim.foundations.errors import InputError
from labsim.foundations.i18n import t
from labsim.sandbox.moves import Move, problems, said, value_problems
from labsim.sandbox.session import HOST, OBSERVER, OF_HOST, OF_PLAYERS, RefusedError, Session, Team, is_host
from labsim.sandbox.tokens import new_code

MOST_SEATS = 12
"""People at a table, observers among them: nobody can fill another team's places."""
_LONGEST_NAME = 30
_EVENT_STATES = ("planned", "held", "skipped", "triggered")


class WrongCodeError(RefusedError):
    """Somebody who may be guessing."""


def refuse(zh: str, en: str) -> RefusedError:
    """Return a refusal."""
    return RefusedError(t(zh, en))


def checked(session: Session, actor: str, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of an action that may be done now.

    Raises:
        RefusedError: it may not, with the reason.
    """
    if not isinstance(data, Mapping):
        raise refuse("请求格式不对", "this is not a request")
    if is_host(actor):
        if kind not in OF_HOST:
            raise refuse("没有这个操作", "there is no such action")
        found = _of_host(session, actor, kind, data)
    else:
        if kind not in OF_PLAYERS:
            raise refuse(
                "没有这个操作，或只有主持人可以做", "there is no such action, or only the facilitator may do it"
            )
        found = _of_player(session, actor, kind, data)
    given = data.get("id")
    return {**found, "id": given[:64]} if isinstance(given, str) and given else found


def _of_host(session: Session, actor: str, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    phase, last = session.phase, session.index == len(session.exercise.rounds) - 1
    wanted = {
        "started": phase == "lobby",
        "ran": phase == "deciding" and not session.paused,
        "opened": phase == "results" and not last,
        "undone": phase == "results" or (phase == "deciding" and session.index > 0),
        "event": phase in ("lobby", "deciding", "results"),
        "paused": phase == "deciding" and not session.paused,
        "resumed": phase == "deciding" and bool(session.paused),
        "extended": phase == "deciding",
        "unlocked": phase == "deciding",
        "finished": session.played > 0 and phase in ("results", "deciding"),
    }
    if not wanted.get(kind, True):
        raise refuse("现在不能这样做", "this cannot be done now")
    if kind in ("ran", "opened", "undone") and data.get("round") != session.index:
        raise refuse("这一轮已经变了，请看最新页面", "the round has changed: look at the page again")
    if kind == "dismissed":
        name = data.get("name")
        if f"{HOST}:{name}" not in session.hosts.values() or actor == f"{HOST}:{name}":
            raise refuse("没有这位主持人，或是您自己", "there is no such facilitator, or it is you")
        return {"name": name}
    return _host_data(session, kind, data)


def _host_data(session: Session, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "event":
        name, to = data.get("name"), data.get("to")
        if name not in session.events or to not in _EVENT_STATES:
            raise refuse("没有这个事件或状态", "there is no such event or state")
        if session.events[name] == "struck":
            raise refuse("事件已经发生；可以撤销这一轮", "it has happened; you can undo the round")
        event = next(one for one in session.exercise.events if one.name == name)
        if to == "planned" and event.round - 1 < session.index:
            raise refuse("原定的轮次已过；可以“触发”", "its round is over; trigger it instead")
        return {"name": name, "to": to}
    if kind == "extended":
        minutes = data.get("minutes")
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not -60 <= minutes <= 60:
            raise refuse("分钟数：-60 至 60", "minutes: -60 to 60")
        return {"minutes": minutes}
    if kind == "message":
        to, text = data.get("to"), data.get("text")
        if to not in ("all", *session.teams) or not isinstance(text, str) or not 0 < len(text.strip()) <= 500:
            raise refuse("给谁（all 或队名）与 1–500 字", "to whom (all or a team) and 1-500 characters")
        return {"to": to, "text": text.strip()}
    if kind == "bot":
        team, policy = data.get("team"), data.get("policy")
        if team not in session.teams or policy not in (None, *(one.name for one in session.exercise.policies)):
            raise refuse("没有这支队伍或策略", "there is no such team or policy")
        return {"team": team, "policy": policy}
    if kind == "unlocked":
        if data.get("team") not in session.teams:
            raise refuse("没有这支队伍", "there is no such team")
        return {"team": data["team"]}
    if kind == "revoked":
        if data.get("seat") not in session.seats:
            raise refuse("没有这个座位", "there is no such seat")
        return {"seat": data["seat"]}
    if kind == "started":
        return {"tables": {name: new_code(4) for name in session.teams}}
    return {}


def named(session: Session, name: object) -> str:
    """Return the name of another facilitator.

    Raises:
        RefusedError: it is no name, or somebody has it.
    """
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME or not name.strip().isprintable():
        raise refuse(f"名字 1–{_LONGEST_NAME} 字", f"a name of 1-{_LONGEST_NAME} characters")
    if f"{HOST}:{name.strip()}" in session.hosts.values():
        raise refuse("已有同名的主持人", "there is a facilitator of that name")
    return name.strip()


def _of_player(session: Session, actor: str, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    sitting, team = session.seats[actor], session.team_of(actor)
    if sitting.role == OBSERVER:
        raise refuse("观察员只看不改", "observers only look")
    if session.phase != "deciding" or data.get("round") != session.index:
        raise refuse("这一轮已经结束", "this round is over")
    if session.paused:
        raise refuse("主持人已暂停", "the facilitator has paused the exercise")
    if team.locked is not None:
        raise refuse("方案已锁定", "the plan is locked")
    return _drafted(session, actor, data) if kind == "drafted" else _locked(session, actor, data)


def _drafted(session: Session, actor: str, data: Mapping[str, Any]) -> dict[str, Any]:
    exercise, sitting = session.exercise, session.seats[actor]
    found: dict[str, Any] = {}
    levers = data.get("levers", {})
    if not isinstance(levers, Mapping) or len(levers) > 30:
        raise refuse("决策格式不对", "these are no decisions")
    for lever, value in levers.items():
        wrong = list(value_problems(exercise, lever, value))
        if wrong:
            raise RefusedError(said(wrong))
        by = exercise.choice(lever).by
        if by != sitting.role and session.sitting(sitting.team, by):
            label = next(one.label for one in exercise.roles if one.name == by)
            raise refuse(f"这项由{label.zh}决定", f"the {label.en} decides this")
    if levers:
        found["levers"] = {lever: float(value) for lever, value in levers.items()}
    if "purchases" in data:
        bought, names = data["purchases"], [one.name for one in exercise.purchases]
        if not isinstance(bought, list) or any(one not in names for one in bought) or len(set(bought)) != len(bought):
            raise refuse("没有这项信息", "there is no such information")
        found["purchases"] = list(bought)
    return found


def _locked(session: Session, actor: str, data: Mapping[str, Any]) -> dict[str, Any]:
    exercise, sitting, team = session.exercise, session.seats[actor], session.team_of(actor)
    leader = exercise.roles[0]
    if sitting.role != leader.name and session.sitting(sitting.team, leader.name):
        raise refuse(f"由{leader.label.zh}锁定方案", f"the {leader.label.en} locks the plan")
    given = {key: data[key] for key in ("question", "reasons", "forecasts") if key in data}
    try:
        move = Move(levers=team.draft, purchases=tuple(team.purchases), **given)
    except InputError as error:
        raise RefusedError(said(error.problems)) from None
    except TypeError:
        raise refuse("内容不对", "this is no plan") from None
    wrong = list(problems(exercise, team.moves, move))
    if wrong:
        raise RefusedError(said(wrong))
    return {"move": move.model_dump(mode="json")}


def joining(session: Session, data: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the team, role and name of somebody who may come in, late or not.

    Raises:
        RefusedError: the code is wrong, the table does not exist or the house is full.
    """
    code, team, role, name = (data.get(key) for key in ("code", "team", "role", "name"))
    if not isinstance(code, str) or code.strip().upper() != session.code:
        raise WrongCodeError(t("口令不对，请看投影", "the code is wrong: look at the screen"))
    if team not in session.teams:
        raise refuse("没有这支队伍", "there is no such team")
    if role != OBSERVER and role not in [one.name for one in session.exercise.roles]:
        raise refuse("没有这个角色", "there is no such role")
    # The code on the screen would let rivals in; who comes late asks the table itself.
    table, wanted = data.get("table"), session.teams[str(team)].table
    if wanted and (not isinstance(table, str) or table.strip().upper() != wanted):
        raise WrongCodeError(t("演练已开始：请向本队队友或主持人要“本队口令”",
                               "it has begun: ask your team or the facilitator for the table's code"))  # fmt: skip
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME or not name.strip().isprintable():
        raise refuse(f"名字 1–{_LONGEST_NAME} 字", f"a name of 1-{_LONGEST_NAME} characters")
    if sum(one.team == team and not one.revoked for one in session.seats.values()) >= MOST_SEATS:
        raise refuse("这支队伍已满", "this table is full")
    return str(team), str(role), name.strip()


def what_if_asked(session: Session, actor: str, data: Mapping[str, Any]) -> tuple[Team, int, str, float]:
    """Return the team, round, decision and value of a what-if; players may ask about their own team only.

    Raises:
        RefusedError: there is no such team, round or decision, or the value is not possible.
    """
    name = data.get("team") if is_host(actor) else session.seats[actor].team
    if name not in session.teams:
        raise refuse("没有这支队伍", "there is no such team")
    team, index, lever, value = session.teams[str(name)], data.get("round"), data.get("lever"), data.get("value")
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(team.moves):
        raise refuse("没有这一轮", "there is no such round")
    wrong = list(value_problems(session.exercise, str(lever), value))
    if wrong or not isinstance(value, int | float):
        raise RefusedError(said(wrong))
    return team, index, str(lever), float(value)
