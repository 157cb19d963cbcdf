"""The lab as a page: what a person does comes in, parts of HTML that changed go out.

Takes: messages of the page. Gives: messages to it. Nothing here knows what carries them, so
that notebook, app and tests use the same page.
"""

import base64
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from jinja2 import Template

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.presentation.brief.page import Told
from labsim.presentation.lab import side
from labsim.presentation.lab.acts import ACTS
from labsim.presentation.lab.body import TABS, Seen, asked, body, question
from labsim.presentation.lab.desk import Desk
from labsim.presentation.lab.open import opened
from labsim.presentation.lab.said import said_of
from labsim.presentation.lab.takes import KINDS, Take, brief_file, scenario_files, sheet_file, view_file
from labsim.presentation.lab.view import View, scenarios
from labsim.presentation.look import environment
from labsim.presentation.watching import compiled_code, duration
from labsim.results.store import RunStore
from labsim.scenario.instruments import instruments
from labsim.scenario.scenario import Scenario

Send = Callable[[dict[str, Any]], None]
PARTS = ("head", "side", "status", "tabs", "body")
_JOBS = {
    "full": t("成对运行", "paired runs"),
    "gain": t("逐人比较", "person by person"),
    "why": t("拆分效果", "splitting the effect"),
    "map": t("逐格推演", "following the blocks"),
    "take": t("正在写文件", "writing the file"),
}
_ASKS = ("lever", "lever_reset", "take", "drop", "add_lever", "community", "community_reset", "baseline",
         "add_policy", "remove_policy", "open")  # fmt: skip
"""Acts after which the scenarios may be others, so that a quick answer is asked for."""


class LabPage:
    """One person's lab.

    Attributes:
        view: what was chosen.
        desk: where work is done.
    """

    def __init__(self, send: Send, view: View | None = None, store: RunStore | None = None) -> None:
        """Open it.

        Args:
            send: takes messages to the page, from any thread.
            view: to start from.
            store: where runs are kept.
        """
        self.view = view or View()
        self.desk = Desk(self.show, store)
        self._send, self._words = send, ""
        self._mistakes: list[InputError] = []
        self._refused = ""
        self._lock = threading.RLock()
        self._sent: dict[str, str] = {}
        self._asked: tuple[str, ...] = ()
        self._attempts, self._hearing = 0, False
        self._scenarios: list[Scenario] = scenarios(self.view)
        self._prints = _prints(self._scenarios)

    # ------------------------------------------------------------------ in

    def heard(self, message: Mapping[str, Any]) -> None:
        """Do what the page asks for; a mistake is told there and changes nothing."""
        act, key, value = str(message.get("do")), str(message.get("key", "")), message.get("value")
        with self._lock:
            self._mistakes, self._refused, self._hearing = [], "", True
            try:
                self._do(act, key, value)
            except InputError as error:
                self._mistakes, self._refused = [error], key if act == "delta" else ""
                # Sent again even when it says the same, so that a box shows what holds and not what was refused.
                self._sent = {name: html for name, html in self._sent.items() if name != "side"}
            finally:
                self._hearing = False
            if act == "hello":
                self._sent = {}
            self.show()

    def _do(self, act: str, key: str, value: Any) -> None:
        if act in ("hello", "cancel", "search"):
            self._words = str(value)[:80] if act == "search" else self._words
            if act == "cancel":
                self.desk.cancel()
            return
        if act in ("save_view", "take_brief", "take_scenarios", "take_sheet"):
            self._take(act, key)
            return
        view = opened(self.view, key, str(value)) if act == "open" else self._moved(act, key, value)
        made = scenarios(view)
        self.view, self._scenarios, self._prints = view, made, _prints(made)
        if act in _ASKS and view.stated and view.policies:
            self._ask()
        self._work(act, value)

    def _moved(self, act: str, key: str, value: Any) -> View:
        if act in ("gain", "why", "map"):
            return self.view
        if act not in ACTS:
            raise InputError([unknown_name("", act, ACTS, t("操作", "act"))])
        if act == "run" and not self.view.policies:
            raise InputError([Problem(Where(), t("还没有政策", "there is no policy yet"))])
        return ACTS[act](self.view, key, value)

    def _ask(self) -> None:
        if self._prints != self._asked and self.seen.full is None:
            self._asked = self._prints
            self._attempts += 1
            self.desk.ask(self._scenarios, asked(self.view))

    def _work(self, act: str, value: Any) -> None:
        view, made = self.view, self._scenarios
        if act == "run":
            self._asked = self._prints
            self._attempts += 1
            self.desk.run(made, asked(view), view.pairs)
        elif act == "gain":
            self.desk.gain(made, view.seed)
        elif act == "map":
            self.desk.film(made, view.seed)
        elif act == "why" and view.draft is not None:
            self.desk.explain(made[0], made[view.active + 1], view.outcomes, str(value), view.seed)

    # ------------------------------------------------------------------ out

    @property
    def seen(self) -> Seen:
        """What tabs are made from."""
        return Seen(self.view, self._scenarios, self._prints, self.desk)

    def show(self) -> None:
        """Send the parts that changed; while something is being heard, once at its end."""
        with self._lock:
            if self._hearing:
                return
            made = self.parts()
            fresh = {name: html for name, html in made.items() if self._sent.get(name) != html}
            self._sent = made
            if fresh:
                self._send(
                    {"kind": "parts", "parts": fresh, "projector": self.view.projector, "lang": _tag(self.view.lang)}
                )

    def parts(self) -> dict[str, str]:
        """Return every part as HTML."""
        template, content = _template(self.view.lang), self._content()
        return {name: str(getattr(template.module, name)(content)) for name in PARTS}

    def shell(self) -> str:
        """Return the whole page as HTML, to be shown before anything is sent."""
        return str(getattr(_template(self.view.lang).module, "shell")(self._content()))  # noqa: B009 -- a macro

    def _content(self) -> dict[str, Any]:
        view, made, seen = self.view, self._scenarios, self.seen
        draft = view.draft
        chosen = [instruments()[one.name] for one in draft.instruments] if draft else []
        said, state = said_of(seen)
        return {
            "view": view,
            "base_label": made[0].label,
            "baselines": side.labels_of(side.BASELINES),
            "ready": side.labels_of(side.READY),
            "community": side.community_knobs(view, made[0]),
            "modules": side.module_labels(view),
            "policy_tabs": side.policy_tabs(view),
            "draft": draft,
            "chosen": chosen,
            "words": self._words,
            "cards": side.cards(self._words, draft),
            "groups": side.lever_groups(draft, made[0], made[view.active + 1]) if draft else [],
            "more": side.levers_to_add(draft) if draft else [],
            "usual": question(view.changed(question=""), made),
            "outcomes": side.outcomes(view),
            "job": self._job(),
            "mistakes": [line for error in self._told() for line in error.render(view.lang).splitlines()],
            "refused": self._refused,
            "quick_said": said,
            "quick_state": state,
            "tabs": [(name, label, results and view.stated is None) for name, label, results in TABS],
            "body": body(seen),
        }

    def _told(self) -> Sequence[InputError]:
        return [*self._mistakes, *([self.desk.problem] if self.desk.problem else [])]

    def _job(self) -> dict[str, Any] | None:
        job = self.desk.job
        if job is None:
            return None
        left = duration(job.left).in_language(self.view.lang) if job.left is not None else None
        return {
            "label": _JOBS[job.kind].in_language(self.view.lang),
            "done": job.done,
            "total": job.total,
            "left": left,
            "cold": not job.done and not compiled_code()[0],
        }

    # ------------------------------------------------------------------ files

    def _take(self, act: str, kind: str) -> None:
        view, full = self.view, self.seen.full
        if act == "save_view":
            self._give(view_file(view))
        elif act == "take_scenarios":
            self._give(scenario_files(self._scenarios))
        elif act == "take_sheet":
            self._give(sheet_file(self._scenarios[min(view.active + 1, len(self._scenarios) - 1)], view.lang))
        elif full is None:
            what = t("还没有与当前方案一致的完整运行", "there is no full run of the plan as it stands")
            raise InputError([Problem(Where(), what, t("先按“运行”", "press Run first"))])
        else:
            raise_if([] if kind in KINDS else [unknown_name("", kind, KINDS, t("文件种类", "kind of file"))])
            asked_for = question(view, self._scenarios)
            today, stated = date.today().isoformat(), view.stated or ""
            told = Told(today, asked_for, stated, view.restated, self._attempts, asked=view.outcomes)
            self.desk.make(lambda: self._give(brief_file(full, view, told, kind)))

    def _give(self, one: Take) -> None:
        data = base64.b64encode(one.content).decode("ascii")
        self._send({"kind": "file", "name": one.name, "mime": one.mime, "data": data})

    def close(self) -> None:
        """Stop all work."""
        self.desk.close()


def _prints(made: Sequence[Scenario]) -> tuple[str, ...]:
    return tuple(one.fingerprint() for one in made)


def _tag(lang: str) -> str:
    return "zh-CN" if lang == "zh" else "en"


# Safe to keep: templates travel with the package, and a template holds no state.
@cache
def _template(lang: str) -> Template:
    made = environment()
    made.globals["say"] = lambda zh, en: zh if lang == "zh" else en
    made.globals["L"] = lambda text: text.in_language(lang) if isinstance(text, Text) else str(text)
    return made.get_template("lab.html.j2")
