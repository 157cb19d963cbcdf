"""Sessions on disk: an append-only log in SQLite, and a small file to carry elsewhere.

Takes: actions. Gives: them back, after ``kill -9`` as well: an action counts only once it is
on the disk. The file is JSON: data, never executed.
"""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labsim.foundations.errors import InputError, Problem, Where, reason
from labsim.foundations.i18n import t
from labsim.foundations.version import __version__
from labsim.foundations.writing import write_whole
from labsim.sandbox.moves import course
from labsim.sandbox.play import Luck
from labsim.sandbox.reading import read_exercise
from labsim.sandbox.session import Action, Session, folded, opened

FORMAT, VERSION = "labsim-sandbox-session", 1
_MOST = 20_000_000
_SECRET = ("token", "rejoin")
_EMPTY: dict[str, object] = {"tables": {}}
"""Secrets that stand in a table of their own."""


class Log:
    """The log of one session in an SQLite file."""

    def __init__(self, path: Path | str) -> None:
        """Open a log, or make an empty one.

        Raises:
            InputError: the file is no log, or cannot be written.
        """
        self.path = Path(path)
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            # An acknowledged action must survive a power cut, not only a crash.
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("CREATE TABLE IF NOT EXISTS head (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS actions (n INTEGER PRIMARY KEY, at REAL NOT NULL, actor TEXT NOT NULL, "
                "kind TEXT NOT NULL, data TEXT NOT NULL)"
            )
        except sqlite3.Error as error:
            what = t(f"无法作为记录打开：{error}", f"cannot be opened as a log: {error}")
            raise InputError([Problem(Where(str(path)), what)]) from None

    def head(self) -> dict[str, Any]:
        """Return what the session was opened with; empty for a new log."""
        return {key: json.loads(value) for key, value in self._db.execute("SELECT key, value FROM head")}

    def begin(self, text: str, seed: int, code: str, teams: Sequence[str]) -> None:
        """Write what a session is opened with."""
        head = {"exercise": text, "seed": seed, "code": code, "teams": list(teams), "version": VERSION}
        self._db.execute("BEGIN")
        for key, value in head.items():
            self._db.execute("INSERT INTO head VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False)))
        self._db.execute("COMMIT")

    def add(self, action: Action) -> None:
        """Write an action; when this returns it is on the disk."""
        data = json.dumps(action.data, ensure_ascii=False)
        self._db.execute("INSERT INTO actions (at, actor, kind, data) VALUES (?, ?, ?, ?)",
                         (action.at, action.actor, action.kind, data))  # fmt: skip

    def actions(self) -> list[Action]:
        """Return every action in order."""
        rows = self._db.execute("SELECT at, actor, kind, data FROM actions ORDER BY n")
        return [Action(at, actor, kind, json.loads(data)) for at, actor, kind, data in rows]

    def session(self) -> Session:
        """Return the session as it stands.

        Raises:
            InputError: there is none, or it was written by another version.
        """
        head = self.head()
        if head.get("version") != VERSION:
            what = t("不是本版本的演练记录", "this is no log of this version")
            raise InputError([Problem(Where(str(self.path)), what)])
        return folded(
            opened(read_exercise(head["exercise"]), head["seed"], head["code"], head["teams"]), self.actions()
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def digests(session: Session) -> dict[str, str]:
    """Return the digest of what each team has played: equal digests mean equal bits."""
    luck = Luck(session.exercise, session.seed)
    return {
        name: luck.play(course(team.moves), session.strikes, papers=False).run.digest()
        for name, team in session.teams.items()
    }


def exported(head: dict[str, Any], actions: Sequence[Action], session: Session) -> str:
    """Return a session as a file that can be replayed anywhere; no token or code is in it."""
    log = [
        {"at": one.at, "actor": one.actor, "kind": one.kind,
         "data": {key: "" if key in _SECRET else _EMPTY.get(key, value) for key, value in one.data.items()}}
        for one in actions
    ]  # fmt: skip
    document = {
        "format": FORMAT, "version": VERSION, "labsim": __version__, "seed": head["seed"], "teams": head["teams"],
        "exercise": head["exercise"], "exercise_sha256": hashlib.sha256(head["exercise"].encode()).hexdigest(),
        "actions": log, "digests": digests(session),
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def save_session(log: Log, path: Path | str) -> None:
    """Write the file of a session.

    Raises:
        InputError: it cannot be written.
    """
    write_whole(Path(path), exported(log.head(), log.actions(), log.session()))


def load_session(path: Path | str) -> Session:
    """Return the session of a file, replayed.

    Raises:
        InputError: it is no session file, of another version, damaged, or replays to other bits here.
    """
    shown, source = str(path), Path(path)

    def bad(zh: str, en: str) -> InputError:
        return InputError([Problem(Where(shown), t(zh, en))])

    try:
        if source.stat().st_size > _MOST:
            raise bad("文件太大", "the file is too large")
        document = json.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        why = reason(error)
        raise bad(f"无法读取：{why.zh}", f"cannot be read: {why.en}") from None
    except (ValueError, RecursionError):
        raise bad("不是 JSON 文件", "this is no JSON file") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise bad("不是演练记录文件", "this is no session file")
    if document.get("version") != VERSION:
        raise bad(
            f"版本 {document.get('version')!r}，本程序读 {VERSION}",
            f"version {document.get('version')!r}, not {VERSION}",
        )
    try:
        text, seed, teams = document["exercise"], document["seed"], document["teams"]
        if hashlib.sha256(text.encode()).hexdigest() != document["exercise_sha256"]:
            raise bad("演练内容被改动过", "the exercise in it was changed")
        if isinstance(seed, bool) or not isinstance(seed, int) or not 1 <= len(teams) <= 12:
            raise bad("种子或队伍不对", "the seed or the teams are wrong")
        log = [Action(float(x["at"]), str(x["actor"]), str(x["kind"]), dict(x["data"])) for x in document["actions"]]
        wanted = dict(document["digests"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise bad("文件不完整", "the file is not complete") from None
    session = folded(opened(read_exercise(text, shown), seed, "", [str(name) for name in teams]), log)
    if digests(session) != wanted:
        raise bad("重放结果与记录不同：程序版本或文件不同", "other results here: another version, or an edited file")
    return session
