"""What each person may be shown, as plain data for a page.

Takes: the session, its results and who asks. Gives: JSON-ready values. A player's view is
built from reports and samples alone: no true state is passed to anything that builds it.
"""

import math
from typing import Any

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.results.indicators import GROUP_LABELS, indicator
from labsim.sandbox.board import Board
from labsim.sandbox.exercise import DIMENSIONS, Exercise
from labsim.sandbox.moves import Move, changes, course, money
from labsim.sandbox.play import in_force
from labsim.sandbox.scoring import score_of
from labsim.sandbox.session import OBSERVER, Action, Session, Team, called
from labsim.scenario.levers import LEVERS
from labsim.scenario.units import unit_text

WORST = t("最不利群体", "worst-off group")
_DEEDS = 12
OBSERVER_LABEL = t("观察员", "observer")


def words(text: Text) -> dict[str, str]:
    """Return a text as JSON."""
    return {"zh": text.zh, "en": text.en}


def finite(value: float) -> float | None:
    """Return a number as JSON: None where there is none."""
    return float(value) if math.isfinite(value) else None


def public(session: Session) -> dict[str, Any]:
    """Return what anybody may know who has not joined yet."""
    exercise = session.exercise
    roles = [{"name": one.name, "label": words(one.label)} for one in exercise.roles]
    return {
        "title": words(exercise.title),
        "phase": session.phase,
        "teams": list(session.teams),
        "roles": [*roles, {"name": OBSERVER, "label": words(OBSERVER_LABEL)}],
        "taken": {name: [s.role for s in session.seats.values() if s.team == name and not s.revoked]
                  for name in session.teams},
    }  # fmt: skip


def player(session: Session, board: Board, seat: str, now: float) -> dict[str, Any]:
    """Return the view of a player or observer."""
    exercise, me, team = session.exercise, session.seats[seat], session.team_of(seat)
    role = next((one for one in exercise.roles if one.name == me.role), None)
    sees = exercise.visible if role is None else tuple(dict.fromkeys((*role.sees, *exercise.forecasts)))
    label = OBSERVER_LABEL if role is None else role.label
    return {
        **clock(session, board, now),
        "me": {"team": team.name, "role": me.role, "label": words(label), "name": me.name, "rejoin": me.rejoin,
               "table": team.table, "card": words(role.card) if role else None},
        "leads": me.role == exercise.roles[0].name or not session.sitting(team.name, exercise.roles[0].name),
        "lead": words(exercise.roles[0].label),
        "title": words(exercise.title),
        "story": words(exercise.story),
        "objectives": [words(one.text) for one in exercise.objectives],
        "scorecard": scorecard_lines(exercise),
        "mates": [{"name": s.name, "role": s.role} for s in session.seats.values()
                  if s.team == team.name and not s.revoked],
        "decisions": decisions(session, team, me.role),
        "purchases": [{"name": one.name, "label": words(one.label), "price": one.price, "n": one.n,
                       "bought": one.name in team.purchases} for one in exercise.purchases],
        "locked": team.locked is not None,
        "plan": plan(team.locked),
        "money": purse(session, team),
        "figures": record(session, board, team, sees),
        "forecasts": [figure(name) for name in exercise.forecasts],
        "samples": samples(exercise, board, team),
        "foresight": foresights(board, team),
        "news": news(session),
        "messages": [one["text"] for one in session.messages if one["to"] in ("all", team.name)],
    }  # fmt: skip


def samples(exercise: Exercise, board: Board, team: Team) -> list[dict[str, Any]]:
    """Return what a team bought, with the error of each sample."""
    labels = {one.name: words(one.label) for one in exercise.purchases}
    return [
        {
            "round": index + 1,
            "label": labels[name],
            "found": None if one is None else {"share": one.share, "low": one.low, "high": one.high, "n": one.n},
        }
        for index, name, one in board.samples(team)
    ]


def foresights(board: Board, team: Team) -> list[dict[str, Any]]:
    """Return how good a team's forecasts were."""
    return [
        {
            "round": index + 1,
            "label": words(indicator(one.indicator).label),
            "unit": unit_of(one.indicator),
            "brier": one.brier,
            "interval": one.interval,
            "held": one.held,
            "after": finite(one.after),
        }
        for index, one in board.foresights(team)
    ]


def clock(session: Session, board: Board, now: float) -> dict[str, Any]:
    """Return where the session stands."""
    exercise = session.exercise
    left = session.deadline - (session.paused or now)
    return {
        "version": session.version,
        "phase": session.phase,
        "round": session.index,
        "ready": board.ready(),
        "seconds": round(left) if session.phase == "deciding" else None,
        "paused": bool(session.paused),
        "rounds": [{"days": one.days, "minutes": one.minutes, "brief": words(one.brief)}
                   for one in exercise.rounds[: session.index + 1]],
        "of": session.asked,
        "delay": exercise.delay,
    }  # fmt: skip


def scorecard_lines(exercise: Exercise) -> list[dict[str, Any]]:
    """Return the scorecard as it is announced: what counts, how much, from where to where."""
    groups = {"worst": WORST, **GROUP_LABELS}
    return [
        {"dimension": words(DIMENSIONS[one.dimension]), "label": words(indicator(one.indicator).label),
         "group": words(groups[one.group]) if one.group else None, "weight": one.weight, "poor": one.poor,
         "good": one.good, "unit": unit_of(one.indicator)}
        for one in exercise.score
    ]  # fmt: skip


def unit_of(name: str) -> dict[str, str]:
    """Return the words of an indicator's unit; a share is shown in per cent."""
    item = indicator(name)
    return {"zh": "%", "en": "%"} if item.unit == "share" else words(item.unit_text)


def figure(name: str) -> dict[str, Any]:
    """Return what a reported figure is called, and what one of it is."""
    item = indicator(name)
    return {"name": name, "label": words(item.label), "definition": words(item.definition), "unit": unit_of(name),
            "share": item.unit == "share", "better": item.better.value}  # fmt: skip


def decisions(session: Session, team: Team, role: str) -> list[dict[str, Any]]:
    """Return the form of a round: every decision with its value now, and the draft."""
    exercise = session.exercise
    values = in_force(exercise, course(team.moves))
    now = values[-1] if values else {one.lever: exercise.before(one.lever) for one in exercise.decisions}
    labels = {one.name: one.label for one in exercise.roles}
    days = exercise.rounds[session.index].days
    return [
        {"lever": one.lever, "label": words(LEVERS[one.lever].label), "unit": words(unit_text(LEVERS[one.lever].unit)),
         "share": LEVERS[one.lever].unit == "share", "switch": LEVERS[one.lever].unit == "off/on",
         "low": one.low, "high": one.high, "step": one.step, "why": words(one.why), "by": one.by,
         "by_label": words(labels[one.by]), "now": now[one.lever], "draft": team.draft.get(one.lever, now[one.lever]),
         "before": exercise.before(one.lever), "price": one.price * days / 28, "down": one.down,
         "mine": role != OBSERVER and (one.by == role or not session.sitting(team.name, one.by))}
        for one in exercise.decisions
    ]  # fmt: skip


def purse(session: Session, team: Team) -> dict[str, Any]:
    """Return the money of a team: what there is for this round, and what the draft leaves."""
    exercise = session.exercise
    before = money(exercise, team.moves)
    draft = team.locked or Move(levers=team.draft, purchases=tuple(team.purchases))
    open_ = session.phase == "deciding"
    return {
        "budget": exercise.budget,
        "there": before + exercise.budget if open_ else before,
        "left": money(exercise, [*team.moves, draft]) if open_ else before,
        "changes": len(changes(exercise, team.moves, draft)) if open_ else 0,
        "most": exercise.most_changes,
    }


def plan(move: Move | None) -> dict[str, Any] | None:
    """Return what was locked."""
    return None if move is None else move.model_dump(mode="json")


def record(session: Session, board: Board, team: Team, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return figures on record: before the first round, and after each."""
    rounds = range(-1, len(team.moves))
    return [{**figure(name), "values": [finite(board.report(team, i)[name]) for i in rounds]} for name in names]


def news(session: Session) -> list[dict[str, Any]]:
    """Return what has happened, latest last."""
    by_name = {one.name: one for one in session.exercise.events}
    starts = session.exercise.starts
    return [
        {"round": max(i for i in range(len(starts) - 1) if starts[i] <= one.day) + 1, "day": one.day,
         "title": words(by_name[one.name].title), "story": words(by_name[one.name].story)}
        for one in session.strikes
    ]  # fmt: skip


def facilitator(session: Session, board: Board, now: float, online: frozenset[str]) -> dict[str, Any]:
    """Return the facilitator's console: every team, every event, the truth beside the record."""
    exercise = session.exercise
    return {
        **clock(session, board, now),
        "title": words(exercise.title),
        "code": session.code,
        "teams": [_team(session, board, one, online) for one in session.teams.values()],
        "policies": [{"name": one.name, "label": words(one.label)} for one in exercise.policies],
        "roles": [{"name": one.name, "label": words(one.label)} for one in exercise.roles],
        "events": [
            {"name": one.name, "title": words(one.title), "story": words(one.story), "expected": words(one.expected),
             "round": one.round, "after": one.after, "state": session.events[one.name]}
            for one in exercise.events
        ],
        "scorecard": scorecard_lines(exercise),
        "messages": session.messages,
        "news": news(session),
        "hosts": sorted({called(one) for one in session.hosts.values()} - {""}),
        "deeds": [deed(session, one) for one in session.deeds[-_DEEDS:]],
    }  # fmt: skip


def deed(session: Session, action: Action) -> dict[str, Any]:
    """Return what a facilitator did: when, who, what, and to whom or what."""
    data = action.data
    if action.kind == "event":
        about = words(next(one.title for one in session.exercise.events if one.name == data["name"]))
    else:
        said = next((str(data[key]) for key in ("team", "to", "name", "minutes") if data.get(key)), "")
        about = {"zh": said, "en": said}
    return {
        "at": action.at, "who": called(action.actor), "kind": action.kind, "about": about, "to": data.get("to"),
    }  # fmt: skip


def _team(session: Session, board: Board, team: Team, online: frozenset[str]) -> dict[str, Any]:
    seats = [
        {"seat": key, "name": one.name, "role": one.role, "online": key in online, "revoked": one.revoked,
         "rejoin": one.rejoin}
        for key, one in session.seats.items() if one.team == team.name
    ]  # fmt: skip
    finished = len(team.moves) == len(session.exercise.rounds)
    labels = {one.lever: LEVERS[one.lever].label for one in session.exercise.decisions}
    return {
        "name": team.name,
        "seats": seats,
        "locked": team.locked is not None,
        "bot": team.bot,
        "table": team.table,
        "draft": [{"label": words(labels[lever]), "value": value} for lever, value in team.draft.items()],
        "question": team.locked.question if team.locked else "",
        "reasons": team.locked.reasons if team.locked else "",
        "money": purse(session, team),
        "record": record(session, board, team, session.exercise.visible),
        "score": score_of(session.exercise, board.played(team)) if finished and board.ready() else None,
        "process": board.process(team).points if team.moves else None,
    }
