"""The kit of an exercise: what a trainer prints, generated from the exercise file.

Takes: an exercise. Gives: one HTML page: script, time plan, role cards, events with expected
actions, scorecard, questions. Every number in it comes from the file.
"""

from labsim.foundations.declared import Text
from labsim.foundations.i18n import language, t
from labsim.foundations.version import __version__
from labsim.presentation.charts import scaled
from labsim.presentation.sandbox.debrief import decision_words, rendered
from labsim.presentation.words import inject, quantity
from labsim.results.indicators import GROUP_LABELS, indicator
from labsim.sandbox.exercise import DIMENSIONS, Event, Exercise, Measure
from labsim.sandbox.rehearse import time_plan
from labsim.sandbox.views import WORST
from labsim.scenario.levers import LEVERS


def kit_html(exercise: Exercise, *, lang: str | None = None) -> str:
    """Return the kit as one page in both languages.

    Args:
        exercise: what is to be played.
        lang: language in which the page opens.
    """
    plan = time_plan(exercise)
    return rendered(
        "sandbox_kit.html.j2", lang=lang or language(), version=__version__, exercise=exercise, plan=plan,
        total=plan[-1].start + plan[-1].minutes, decisions=_decisions(exercise),
        events=[_event(x) for x in exercise.events], debrief=_debrief(plan[-1].minutes),
        lines=[_line(x) for x in exercise.score], seen=_seen(exercise),
        policies=[
            (p.label, p.why, [[decision_words(k, v) for k, v in values.items()] for values in p.rounds])
            for p in exercise.policies
        ],
    )  # fmt: skip


def _decisions(exercise: Exercise) -> list[tuple[str, Text, Text, Text]]:
    """Return role, label, range and price of every decision."""
    found = []
    for one in exercise.decisions:
        q = LEVERS[one.lever]
        low, high, now = (quantity(v, q.unit) for v in (one.low, one.high, exercise.before(one.lever)))
        way = t("减少", "less") if one.down else t("增加", "more")
        step, price = quantity(one.step, q.unit), f"{one.price * one.step:,.0f}"
        span = t(f"{low.zh} – {high.zh}（现在 {now.zh}）", f"{low.en} – {high.en} (now {now.en})")
        cost = (
            t("不花钱", "free")
            if not one.price
            else t(f"每{way.zh} {step.zh}，28 天 {price} 元", f"{price} yuan per 28 days for each {step.en} {way.en}")
        )
        found.append((one.by, q.label, span, cost))
    return found


def _event(one: Event) -> tuple[Event, Text]:
    kind, amount, target = inject(one.inject(0))
    # Some shocks strike no place of their own.
    zh, en = ("" if x in ("–", "-") else f" {x}" for x in (target.zh, target.en))
    return one, t(f"{kind.zh} {amount.zh}{zh}", f"{kind.en} {amount.en}{en}")


def _debrief(minutes: int) -> list[tuple[int, Text]]:
    """Return the steps of a debrief with their minutes, which sum to all there are."""
    feel, facts, other = round(0.15 * minutes), round(0.35 * minutes), round(0.25 * minutes)
    steps = (
        t("各队先说感受和做法，不看报告。主持人只问不评。",
          "teams say how it felt and what they did, without the report; you ask and do not judge."),
        t("打开报告：台账与真实差在哪一轮？最大的意外是什么？",
          "open the report: in which round did record and truth part? What surprised most?"),
        t("如果当时……：每队选一个决定，在手机上重演；再看运气与本事，分不出高下的队并列。",
          "what if: each team plays one decision again on a phone; then "
          "luck and skill (teams that cannot be told apart tie)."),
        t("带回去：按讨论题，每人写下回单位后要改的一件事。",
          "take it home: with the questions, everybody writes down one thing to change at work."),
    )  # fmt: skip
    return list(zip((feel, facts, other, minutes - feel - facts - other), steps, strict=True))


def _line(one: Measure) -> tuple[Text, Text, float, Text, Text]:
    item = indicator(one.indicator)
    scale, unit = scaled(item)
    group = {"worst": WORST, **GROUP_LABELS}.get(one.group or "")
    zh, en = (f"（{group.zh}）", f" ({group.en})") if group else ("", "")
    label = t(f"{item.label.zh}{zh}", f"{item.label.en}{en}")
    poor, good = (t(f"{_plain(scale * v)} {unit.zh}", f"{_plain(scale * v)} {unit.en}") for v in (one.poor, one.good))
    return DIMENSIONS[one.dimension], label, one.weight, poor, good


def _plain(value: float) -> str:
    """Return a number as people write it: no powers of ten."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


def _seen(exercise: Exercise) -> dict[str, list[Text]]:
    return {role.name: [indicator(name).label for name in role.sees] for role in exercise.roles}
