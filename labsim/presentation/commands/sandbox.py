"""``labsim sandbox``, ``rehearse``, ``kit`` and ``debrief``: exercises for teams.

Takes: the name of an exercise or its file. Gives: a session that people join by browser; a
rehearsal with bots; the trainer's kit; the debrief of a session file.
"""

import asyncio
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from labsim.foundations.errors import InputError, Problem, Where, raise_if
from labsim.foundations.i18n import in_language, t
from labsim.foundations.writing import check_writable, write_whole
from labsim.presentation import terminal
from labsim.presentation.options import Json, Lang, chosen, words
from labsim.sandbox.board import Board
from labsim.sandbox.debrief import FUTURES
from labsim.sandbox.keeping import load_session
from labsim.sandbox.reading import exercise_names, exercise_text, load_exercise, read_exercise
from labsim.sandbox.rehearse import Rehearsal
from labsim.sandbox.rehearse import rehearse as play_through
from labsim.sandbox.room import opened_log
from labsim.sandbox.serving import Server, forever, logs_folder
from labsim.sandbox.tokens import new_seed

app = typer.Typer()
_MOST_TEAMS = 12

Exercise = Annotated[str, typer.Argument(help=words("演练的名称或文件", "name or file of an exercise"))]
Teams = Annotated[int, typer.Option("--teams", help=words("队伍数（1–12）", "teams (1-12)"))]


@app.command(
    help=words(
        "沙盘演练：各队用浏览器加入，逐轮决策，同样的运气，事后复盘。不写名称则列出全部演练。",
        "A sandbox exercise: teams join by browser and decide round by round under one luck. Without a name: list.",
    )
)
def sandbox(
    exercise: Annotated[
        str | None, typer.Argument(help=words("演练的名称或文件", "name or file of an exercise"), show_default=False)
    ] = None,
    teams: Teams = 4,
    session: Annotated[
        Path | None,
        typer.Option(
            "--session",
            help=words("记录文件；已有则接着进行", "file of the log; a session that is there goes on"),
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", help=words("端口（0 为任意空闲）", "port (0: any that is free)"))
    ] = 8765,
    lan: Annotated[
        bool, typer.Option("--lan", help=words("向局域网开放（默认只限本机）", "open to the local network"))
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed",
            help=words(
                "种子（默认随机，写进记录；猜得到的种子等于泄题）",
                "seed (by default drawn and kept in the log; one that teams guess gives the future away)",
            ),
        ),
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            help=words(
                "主持人姓名，可重复；各有链接，记录写明谁做了什么",
                "a facilitator's name, repeatable: each gets a link, the log says who did what",
            ),
            show_default=False,
        ),
    ] = None,
    lang: Lang = None,
) -> int:
    """Serve a session until interrupted; return the exit code."""
    tongue = chosen(lang)
    if exercise is None:
        _list(tongue)
        return 0
    raise_if(_teams(teams))
    text = exercise_text(exercise)
    made = read_exercise(text, exercise)
    path = session or logs_folder() / f"{made.name}-{time.strftime('%Y%m%d-%H%M%S')}.db"
    if session is None:
        path.parent.mkdir(parents=True, exist_ok=True)
    check_writable(path)
    names = [in_language(t(f"第{i}队", f"Team {i}"), tongue) for i in range(1, teams + 1)]
    asyncio.run(_serve(path, text, names, _Wanted(seed, port, lan, tongue, tuple(dict.fromkeys(host or ())))))
    return 0


class _Wanted:
    """How a session is to be served."""

    def __init__(self, seed: int | None, port: int, lan: bool, lang: str, hosts: tuple[str, ...]) -> None:
        self.seed, self.port, self.lan, self.lang, self.hosts = seed, port, lan, lang, hosts


async def _serve(path: Path, text: str, names: list[str], wanted: _Wanted) -> None:
    log = opened_log(path, text, wanted.seed if wanted.seed is not None else new_seed(), names)
    # Charts take seconds to load, and the other commands draw none.
    from labsim.presentation.sandbox.debrief import debrief_html
    from labsim.presentation.sandbox.pages import pages

    server = Server(log, pages(), partial(debrief_html, lang=wanted.lang), port=wanted.port, lan=wanted.lan)
    first, *others = wanted.hosts or ("",)
    link, lang, session = server.start(first), wanted.lang, server.room.session
    terminal.say(session.exercise.title, lang, "bold")
    terminal.say(t(f"主持人（请勿外传）：{link}", f"facilitator (keep it to yourself): {link}"), lang)
    for name in others:
        far = server.host_link(name, far=True)
        terminal.say(t(f"主持人 {name}（请勿外传）：{far}", f"facilitator {name} (keep it to yourself): {far}"), lang)
    door = server.room.door
    terminal.say(t(f"参与者：{door}   口令：{session.code}", f"participants: {door}   code: {session.code}"), lang)
    if wanted.lan:
        note = t("局域网内未加密：只在可信的网络里使用。", "not encrypted: use it in a network you trust.")
        terminal.note(note, lang, "yellow")
    else:
        terminal.note(t("只限本机；让手机加入请加 --lan", "this machine only; add --lan to let phones join"), lang)
    terminal.note(t(f"记录：{path}（中断后用 --session 接着进行）", f"log: {path} (go on with --session)"), lang)
    await forever(server)


@app.command(
    help=words(
        "排练：机器人用真实网络请求走完整场演练，报告时间安排与最长等待。",
        "Rehearsal: bots play a whole session over real HTTP; prints the time plan and the worst waits.",
    )
)
def rehearse(exercise: Exercise, teams: Teams = 8, as_json: Json = False, lang: Lang = None) -> int:
    """Rehearse an exercise; return 0 when everything worked, else 1."""
    tongue = chosen(lang)
    raise_if(_teams(teams))
    text = exercise_text(exercise)
    made = read_exercise(text, exercise)
    # Charts take seconds to load, and the other commands draw none.
    from labsim.presentation.sandbox.debrief import debrief_html
    from labsim.presentation.sandbox.pages import pages

    found = play_through(text, teams, pages(), debrief_html)
    if as_json:
        terminal.dump(asdict(found))
    else:
        terminal.say(made.title, tongue, "bold")
        _show(found, tongue)
    return 1 if found.complaints else 0


def _show(found: Rehearsal, lang: str) -> None:
    rows = [[f"{s.start // 60}:{s.start % 60:02d}", str(s.minutes), escape(s.what[lang])] for s in found.plan]
    heads = [in_language(x, lang) for x in (t("开始", "from"), t("分钟", "minutes"), t("内容", "what"))]
    terminal.show(terminal.table(in_language(t("时间安排", "time plan"), lang), heads, rows))
    worst = max(found.worst.items(), key=lambda one: one[1])
    slowest = max(found.rounds)
    terminal.say(
        t(
            f"{found.teams} 队 {found.people} 人：参与者等待 95% 在 {found.p95:.2f} 秒内，"
            f"最长 {worst[1]:.2f} 秒（{worst[0]}）；"
            f"一轮推演最长 {slowest:.2f} 秒；掉线重连 {found.rejoin:.2f} 秒；复盘 {found.debrief:.0f} 秒。",
            f"{found.teams} teams, {found.people} people: 95 % of waits within {found.p95:.2f} s, "
            f"worst {worst[1]:.2f} s ({worst[0]}); slowest round {slowest:.2f} s; "
            f"back after a drop-out in {found.rejoin:.2f} s; debrief {found.debrief:.0f} s.",
        ),
        lang,
    )
    for one in found.complaints:
        terminal.note(t(f"问题：{one}", f"trouble: {one}"), lang, "red")


@app.command(
    help=words(
        "演练资料包：主持人脚本、角色卡、时间表、讨论题，一份可打印的网页。",
        "The kit of an exercise: script, role cards, time plan, questions, on one page to print.",
    )
)
def kit(
    exercise: Exercise,
    out: Annotated[Path, typer.Option("--out", help=words("文件（HTML）", "file (HTML)"))] = Path("labsim-kit.html"),
    lang: Lang = None,
) -> int:
    """Write the kit of an exercise; return the exit code."""
    tongue = chosen(lang)
    from labsim.presentation.sandbox.kit import kit_html  # as above

    write_whole(out, kit_html(load_exercise(exercise), lang=tongue))
    terminal.say(t(f"资料包：{out}", f"kit: {out}"), tongue)
    return 0


@app.command(
    help=words("复盘：重放导出的演练记录，写出离线网页。", "The debrief of an exported session, as one offline page.")
)
def debrief(
    file: Annotated[Path, typer.Argument(help=words("导出的演练记录（JSON）", "an exported session (JSON)"))],
    out: Annotated[Path, typer.Option("--out", help=words("文件（HTML）", "file (HTML)"))] = Path(
        "labsim-debrief.html"
    ),
    futures: Annotated[int, typer.Option("--futures", help=words("其他未来的个数", "other futures"))] = FUTURES,
    lang: Lang = None,
) -> int:
    """Replay a session and write its debrief; return the exit code."""
    tongue = chosen(lang)
    check_writable(out)
    if not 2 <= futures <= 2000:
        what = t(f"{futures} 无效", f"{futures} is not possible")
        raise InputError([Problem(Where(key="--futures"), what, t("2 至 2,000", "2 to 2,000"))])
    session = load_session(file)
    if not session.played:
        what = t("一轮也没有打", "no round was played")
        raise InputError([Problem(Where(str(file)), what, t("至少打完一轮再导出", "export after a round at least"))])
    session.close()
    board = Board(session)
    board.prepare()
    # Charts take seconds to load, and the other commands draw none.
    from labsim.presentation.sandbox.debrief import debrief_html

    write_whole(out, debrief_html(board, time.time(), futures=futures, lang=tongue))
    terminal.say(t(f"复盘：{out}", f"debrief: {out}"), tongue)
    return 0


def _teams(teams: int) -> list[Problem]:
    if 1 <= teams <= _MOST_TEAMS:
        return []
    what = t(f"{teams} 队无效", f"{teams} teams are not possible")
    return [Problem(Where(key="--teams"), what, t(f"1 至 {_MOST_TEAMS}", f"1 to {_MOST_TEAMS}"))]


def _list(lang: str) -> None:
    rows = []
    for name in exercise_names():
        one = load_exercise(name)
        minutes = sum(x.minutes for x in one.rounds)
        rows.append([name, escape(in_language(one.title, lang)), str(len(one.rounds)), str(minutes)])
    heads = [t("名称", "name"), t("演练", "exercise"), t("轮数", "rounds"), t("决策分钟", "minutes to decide")]
    terminal.show(terminal.table("", [in_language(x, lang) for x in heads], rows))
