"""The facilitator's console in a notebook, beside a session that runs there.

Takes: the name of an exercise. Gives: :class:`Hosted`: buttons for what a facilitator does, and
the address that teams open.
"""

import time
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from markupsafe import Markup

from labsim.foundations.declared import Text
from labsim.foundations.i18n import in_language, language, t
from labsim.presentation.look import style
from labsim.presentation.sandbox.debrief import debrief_html
from labsim.presentation.sandbox.pages import pages
from labsim.sandbox.background import Background
from labsim.sandbox.client import Client
from labsim.sandbox.door import qr_code
from labsim.sandbox.reading import exercise_text, read_exercise
from labsim.sandbox.room import opened_log
from labsim.sandbox.serving import logs_folder
from labsim.sandbox.tokens import new_seed

_STATE = (
    "<style>{}</style><div class='labsim'><h2>{}</h2>{}"
    "<p>{}</p><table><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table></div>"
)
# Jupyter takes colour and line from links: nobody would know them as such.
_LINK = "color:#0072b2;text-decoration:underline"
_BUTTON = "display:inline-block;background:#0072b2;color:#fff;padding:.5em 1em;border-radius:6px;text-decoration:none"
_PHASES = {
    "lobby": t("等待入座", "people come in"),
    "deciding": t("各队商议", "teams decide"),
    "results": t("看结果", "results"),
    "debrief": t("复盘", "debrief"),
}


class Hosted:
    """A session that runs beside the notebook, and its facilitator's console.

    Attributes:
        address: what participants open.
        code: what they type.
        host_link: makes whoever opens it a facilitator.
        console: the buttons.
    """

    def __init__(self, server: Background, lang: str) -> None:
        """Take up a session that is being served."""
        self._server, self.lang = server, lang
        self.address, self.host_link, self.links = server.server.room.door, server.host_link, server.links
        self._client = Client(server.server.address.local)
        self._client.ask("api/join", {"host": self.host_link.partition("host=")[2]})
        self.code = str(self._client.view()["code"])
        self._state = widgets.HTML()
        self._events = widgets.Dropdown(layout=widgets.Layout(width="16rem"))
        self._text = widgets.Text(placeholder=in_language(t("给所有队的消息", "message to all teams"), lang))
        row = [
            self._button(t("开始", "start"), "started"),
            self._button(t("推演本轮", "run the round"), "ran", round=True),
            self._button(t("下一轮", "next round"), "opened", round=True),
            self._button(t("暂停", "pause"), "paused"),
            self._button(t("继续", "go on"), "resumed"),
            self._button(t("加 3 分钟", "+3 minutes"), "extended", minutes=3),
            self._button(t("撤销", "undo"), "undone", round=True),
            self._button(t("结束", "close"), "finished"),
        ]
        more = [
            self._event(t("触发", "trigger"), "triggered"),
            self._event(t("暂扣", "hold"), "held"),
            self._event(t("跳过", "skip"), "skipped"),
        ]
        send = widgets.Button(description=in_language(t("发送", "send"), lang))
        send.on_click(lambda _: self._do("message", to="all", text=self._text.value))
        fresh = widgets.Button(description=in_language(t("刷新", "refresh"), lang))
        fresh.on_click(lambda _: self.refresh())
        self.console = widgets.VBox(
            [self._state, widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap")),
             widgets.HBox([self._events, *more]), widgets.HBox([self._text, send, fresh])]
        )  # fmt: skip
        self.refresh()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.console._repr_mimebundle_(**kwargs)

    def __repr__(self) -> str:
        """Return the ways in, for where no buttons can be drawn."""
        said = t(f"主持人：{self.host_link}\n参与者：{self.address}  口令：{self.code}",
                 f"facilitator: {self.host_link}\nparticipants: {self.address}  code: {self.code}")  # fmt: skip
        return in_language(said, self.lang)

    def _ways(self) -> Markup:
        """Return the links in: for the facilitators, for participants, and as a picture for phones."""
        lang = self.lang
        mine = in_language(
            t("打开主持人控制台（链接请勿外传）", "open the facilitator's console (keep the link)"), lang
        )
        said = in_language(t("参与者打开", "participants open"), lang)
        code = in_language(t("口令", "code"), lang)
        first = Markup("<p><a href='{}' target='_blank' class='host-link' style='{}'><b>{}</b></a></p>")
        other = Markup("<p>{}: <a href='{}' target='_blank' style='{}'>{}</a></p>")
        found = [first.format(self.host_link, _BUTTON, mine)]
        found += [other.format(name, link, _LINK, link) for name, link in self.links.items()]
        door = Markup("<p>{} <a href='{}#code={}' target='_blank' style='{}'>{}</a> · {} {}</p>")
        large = Markup("<b style='font-size:1.6em'>{}</b>").format(self.code)
        found.append(door.format(said, self.address, self.code, _LINK, self.address, code, large))
        if self.view["lan"]:
            picture = b64encode(qr_code(f"{self.address}#code={self.code}")).decode()
            found.append(Markup("<img alt='QR' style='width:9rem' src='data:image/svg+xml;base64,{}'>").format(picture))
        return Markup("").join(found)

    def refresh(self) -> None:
        """Show where the session stands."""
        view, lang = self._client.view(), self.lang
        self.view = view
        chosen = self._events.value
        self._events.options = [(f"{one['title'][lang]} · {one['state']}", one["name"]) for one in view["events"]]
        names = [one["name"] for one in view["events"]]
        self._events.value = chosen if chosen in names else next(iter(names), None)
        done, open_ = in_language(t("已锁定", "locked"), lang), in_language(t("商议中", "deciding"), lang)
        deciding = view["phase"] == "deciding"
        rows = Markup("").join(
            Markup("<tr><th scope='row'>{}</th><td>{}</td><td>{}</td></tr>").format(
                one["name"], (done if one["locked"] else open_) if deciding else "–", len(one["seats"])
            )
            for one in view["teams"]
        )
        heads = [in_language(x, lang) for x in (t("队伍", "team"), t("状态", "state"), t("人数", "people"))]
        at = f"{view['round'] + 1}/{view['of']} · {in_language(_PHASES[view['phase']], lang)}"
        here = (Markup(style()), view["title"][lang], self._ways(), at)
        self._state.value = Markup(_STATE).format(*here, *heads, rows)

    def close(self) -> None:
        """Stop serving; the session is in its log and can go on."""
        self._server.close()

    def _button(self, words: Text, kind: str, **data: Any) -> widgets.Button:
        made = widgets.Button(description=in_language(words, self.lang))

        def press(_: Any) -> None:
            self._do(kind, **{k: self.view["round"] if k == "round" else v for k, v in data.items()})

        made.on_click(press)
        return made

    def _event(self, words: Text, to: str) -> widgets.Button:
        made = widgets.Button(description=in_language(words, self.lang))
        made.on_click(lambda _: self._do("event", name=self._events.value, to=to))
        return made

    def _do(self, kind: str, **data: Any) -> None:
        status, said = self._client.act(kind, **data)
        self.refresh()
        if status != 200 and "refused" in said:
            self._state.value += Markup("<div class='labsim'><p class='mistake'>{}</p></div>").format(
                said["refused"][self.lang]
            )


def host(
    exercise: str, *, teams: int = 4, session: str | Path | None = None, lan: bool = False,
    hosts: Sequence[str] = (), lang: str | None = None,
) -> Hosted:  # fmt: skip
    """Serve a session beside the notebook and return its console.

    Args:
        exercise: name or file.
        teams: how many, 1 to 12.
        session: file of the log; one that is there goes on.
        lan: open it to the local network, for phones.
        hosts: names of more facilitators: each gets a link, and the log says who did what.
        lang: ``zh`` or ``en``; the reader's when left out.

    Raises:
        InputError: there is no such exercise, or the file cannot be used.
    """
    tongue = lang or language()
    text = exercise_text(exercise)
    made = read_exercise(text, exercise)
    path = Path(session) if session else logs_folder() / f"{made.name}-{time.strftime('%Y%m%d-%H%M%S')}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [in_language(t(f"第{i}队", f"Team {i}"), tongue) for i in range(1, teams + 1)]
    opened_log(path, text, new_seed(), names).close()
    return Hosted(Background(str(path), pages(), debrief_html, lan=lan, hosts=hosts), tongue)
