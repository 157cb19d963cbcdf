"""Exercises in a notebook: alone against the reference, or as the facilitator of a session.

Takes: the name of an exercise. Gives: widgets made from its file; no code has to be written.
"""

import time
from pathlib import Path

import ipywidgets as widgets
from markupsafe import Markup, escape

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import in_language, language, t
from labsim.foundations.writing import write_whole
from labsim.presentation.charts import scaled
from labsim.presentation.look import style
from labsim.presentation.sandbox.debrief import debrief_html
from labsim.results.indicators import indicator
from labsim.sandbox.exercise import Choice, Exercise
from labsim.sandbox.solo import Solo
from labsim.scenario.levers import LEVERS

_WIDE = widgets.Layout(width="34rem", max_width="100%")


def play_alone(exercise: str, *, seed: int = 1, lang: str | None = None) -> widgets.VBox:
    """Return an exercise to be played alone, against the reference policy.

    Args:
        exercise: name or file.
        seed: the luck.
        lang: ``zh`` or ``en``; the reader's when left out.

    Raises:
        InputError: there is no such exercise, or it is wrong.
    """
    return _Alone(Solo(exercise, seed), lang or language()).box


def _slider(exercise: Exercise, one: Choice, lang: str) -> widgets.FloatSlider:
    slider = widgets.FloatSlider(
        value=exercise.before(one.lever), min=one.low, max=one.high, step=one.step, layout=_WIDE,
        description=LEVERS[one.lever].label.in_language(lang), style={"description_width": "14rem"},
        readout_format=".0f" if one.step >= 1 else ".2f", tooltip=one.why.in_language(lang),
    )  # fmt: skip
    slider.add_class(f"lever-{one.lever}")
    return slider


class _Alone:
    """The widgets of somebody who plays alone."""

    def __init__(self, solo: Solo, lang: str) -> None:
        self.solo, self.lang = solo, lang
        exercise = solo.exercise
        self.sliders = {one.lever: _slider(exercise, one, lang) for one in exercise.decisions}
        self.bought = {
            one.name: widgets.Checkbox(
                description=f"{one.label.in_language(lang)} ({one.price:,.0f})", indent=False, layout=_WIDE
            )
            for one in exercise.purchases
        }
        self.head, self.record = widgets.HTML(), widgets.HTML()
        self.message = widgets.HTML()
        self.go = widgets.Button(description=self.say("推演这一轮", "run the round"), button_style="primary")
        self.go.on_click(lambda _: self._run())
        self.rows = [[self._figure(name, value) for name, value in solo.before.items()]]
        self.notes: list[Markup] = []
        forms = [*self.sliders.values(), *self.bought.values(), self.go, self.message]
        self.box = widgets.VBox([widgets.HTML(f"<style>{style()}</style>"), self.head, self.record, *forms])
        self._draw()

    def say(self, zh: str, en: str) -> str:
        """Return words in the language of the player."""
        return in_language(t(zh, en), self.lang)

    def _run(self) -> None:
        now, exercise = self.solo.now, self.solo.exercise
        changed = {k: s.value for k, s in self.sliders.items() if abs(s.value - now[k]) > 1e-9}
        # A slider counts in steps of binary fractions; the decision is the nearest allowed one.
        levers = {k: _on_grid(exercise.choice(k), v) for k, v in changed.items()}
        try:
            told = self.solo.play(levers, purchases=[name for name, one in self.bought.items() if one.value])
        except InputError as error:
            lines = Markup("<br>").join(problem.render(self.lang) for problem in error.problems)
            self.message.value = Markup('<div class="labsim"><p class="mistake">{}</p></div>').format(lines)
            return
        self.message.value = ""
        self.rows.append([self._figure(name, value) for name, value in told.reported.items()])
        titles = {event.name: event for event in exercise.events}
        for name in told.events:
            event = titles[name]
            self.notes.append(self._note(event.title, event.story))
        labels = {one.name: one.label for one in exercise.purchases}
        for name, found in told.samples.items():
            if found is not None:
                share = f"{100 * found.share:.0f}% ({100 * found.low:.0f}–{100 * found.high:.0f}%, n = {found.n})"
                self.notes.append(self._note(labels[name], t(share, share)))
        for one in self.bought.values():
            one.value = False
        self._draw()

    def _note(self, head: Text, body: Text) -> Markup:
        return Markup("<p><b>{}</b> {}</p>").format(head.in_language(self.lang), body.in_language(self.lang))

    def _figure(self, name: str, value: float) -> str:
        scale, unit = scaled(indicator(name))
        return "–" if value != value else f"{scale * value:,.1f}{'%' if unit.en == '%' else ''}"

    def _draw(self) -> None:
        solo, exercise = self.solo, self.solo.exercise
        index = len(self.rows) - 1
        title, story = exercise.title.in_language(self.lang), exercise.story.in_language(self.lang)
        if solo.over:
            mine, reference = solo.score()
            body = self.say(
                f"得分 {mine:.1f}，参考做法在同样的运气下 {reference:.1f}。一次的输赢含运气；复盘把它与本事分开。",
                f"{mine:.1f} points; the reference gets {reference:.1f} on the same luck. "
                "One game holds luck; the debrief tells it from skill.",
            )
            self.go.description = self.say("写出复盘报告", "write the debrief")
            self.go._click_handlers.callbacks = [lambda _: self._debrief()]
        else:
            body = exercise.rounds[index].brief.in_language(self.lang)
            body += self.say(
                f"（第 {index + 1}/{len(exercise.rounds)} 轮，{exercise.rounds[index].days} 天；每轮预算 "
                f"{exercise.budget:,.0f} 元，至多改 {exercise.most_changes} 项）",
                f" (round {index + 1} of {len(exercise.rounds)}, {exercise.rounds[index].days} days; "
                f"{exercise.budget:,.0f} yuan a round, at most {exercise.most_changes} changes)",
            )
        told = Markup("").join(self.notes)
        self.head.value = Markup('<div class="labsim"><h2>{}</h2><p>{}</p><p><b>{}</b></p>{}</div>').format(
            title, story, body, told
        )
        self.record.value = self._table()

    def _table(self) -> str:
        names = list(self.solo.before)
        before, after = self.say("此前", "before"), self.say("第{}轮", "round {}")
        heads = [before, *(after.format(i) for i in range(1, len(self.rows)))]
        row = Markup("<tr><th scope='row'>{}</th>{}</tr>")
        cells = [
            row.format(
                indicator(name).label.in_language(self.lang),
                Markup("").join(Markup("<td class='num'>{}</td>").format(values[k]) for values in self.rows),
            )
            for k, name in enumerate(names)
        ]
        head = Markup("").join(Markup("<th scope='col'>{}</th>").format(x) for x in heads)
        first = escape(self.say("台账指标", "on record"))
        return Markup(
            "<div class='labsim'><table><thead><tr><th>{}</th>{}</tr></thead><tbody>{}</tbody></table></div>"
        ).format(first, head, Markup("").join(cells))

    def _debrief(self) -> None:
        path = Path(f"{self.solo.exercise.name}-debrief.html")
        write_whole(path, debrief_html(self.solo.board, time.time(), lang=self.lang))
        link = Markup('<div class="labsim"><a href="{}" target="_blank">{}</a></div>')
        self.message.value = link.format(path.name, self.say("打开复盘报告", "open the debrief"))


def _on_grid(one: Choice, value: float) -> float:
    steps = round((value - one.low) / one.step)
    return float(f"{one.low + steps * one.step:.10g}")
