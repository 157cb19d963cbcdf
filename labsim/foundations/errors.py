"""What a user did wrong, said so that it can be put right.

Takes: problems found while reading or checking. Gives: one error that holds them all,
each with where it is, what is wrong, what is allowed and the nearest right name.
"""

import difflib
import errno
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from labsim.foundations.declared import Text
from labsim.foundations.i18n import language, t


@dataclass(frozen=True)
class Where:
    """A place in the user's input; any part may be unknown."""

    file: str | None = None
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        """Return ``file:line: key``, leaving out what is unknown."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return ": ".join(part for part in (place, self.key) if part)


@dataclass(frozen=True)
class Problem:
    """One mistake: where, what, what is allowed, and the nearest right name."""

    where: Where
    what: Text
    allowed: Text | None = None
    suggestion: str | None = None

    @classmethod
    def at(cls, key: str, what: Text, allowed: Text | None = None, suggestion: str | None = None) -> "Problem":
        """Return a problem at a key whose file and line are not known (yet)."""
        return cls(Where(key=key or None), what, allowed, suggestion)

    def render(self, chosen: str | None = None) -> str:
        """Return the problem as one line in the chosen language, else in the reader's."""
        chosen = chosen or language()
        zh = chosen == "zh"
        text = self.what.in_language(chosen)
        if self.allowed is not None:
            text += ("；允许：" if zh else "; allowed: ") + self.allowed.in_language(chosen)
        if self.suggestion is not None:
            text += f"；是否想写 {self.suggestion}？" if zh else f"; did you mean {self.suggestion}?"
        place = str(self.where)
        return f"{place}: {text}" if place else text


class InputError(Exception):
    """All problems of one input at once.

    It is not a ``ValueError``, so that pydantic lets it through unchanged.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Collect problems; there must be at least one."""
        self.problems: list[Problem] = list(problems)
        if not self.problems:
            raise ValueError("an InputError needs a problem")
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return the message in the reader's language."""
        return self.render()

    def render(self, chosen: str | None = None) -> str:
        """Return all problems, one per line, in the chosen language, else in the reader's."""
        return "\n".join(problem.render(chosen) for problem in self.problems)

    def located(self, place: Callable[[Where], Where]) -> "InputError":
        """Return the same error with every place completed by ``place``."""
        return InputError(replace(problem, where=place(problem.where)) for problem in self.problems)


def raise_if(problems: Iterable[Problem]) -> None:
    """Raise an :class:`InputError` when there are problems.

    Raises:
        InputError: at least one problem was given.
    """
    found = list(problems)
    if found:
        raise InputError(found)


_REASONS = {
    errno.ENOENT: t("文件或文件夹不存在", "no such file or folder"),
    errno.EACCES: t("没有权限", "permission denied"),
    errno.EPERM: t("没有权限", "permission denied"),
    errno.EISDIR: t("这是文件夹", "this is a folder"),
    errno.ENOTDIR: t("路径中有一段不是文件夹", "a part of the path is no folder"),
    errno.EROFS: t("只读，不能写入", "it can only be read"),
    errno.ENOSPC: t("磁盘已满", "the disk is full"),
    errno.ELOOP: t("链接绕成了圈", "links go in a circle"),
    errno.ENAMETOOLONG: t("名称太长", "the name is too long"),
    errno.EEXIST: t("已经存在", "it exists already"),
    errno.EDQUOT: t("磁盘配额已满", "the quota of the disk is used up"),
    errno.EFBIG: t("文件太大", "the file is too large"),
    errno.EADDRINUSE: t("已被占用", "it is in use"),
    errno.EADDRNOTAVAIL: t("本机没有这个地址", "this machine has no such address"),
}


def reason(error: OSError) -> Text:
    """Return why the system refused a file; what it seldom says stays in its own words."""
    said = error.strerror or str(error) or type(error).__name__
    return _REASONS.get(error.errno or 0, t(f"系统提示“{said}”", said))


def plain(name: str) -> str:
    """Return a name as it is compared: full-width forms narrowed, case and separators dropped."""
    narrow = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in narrow if c.isalnum())


_ALIKE = 0.4
"""Below this likeness a name says nothing about another; see :meth:`difflib.SequenceMatcher.ratio`."""


def nearest(name: str, names: Iterable[str], labels: Iterable[tuple[str, str]] = ()) -> str | None:
    """Return the right name that was probably meant, or None.

    Args:
        name: what the user wrote.
        names: the names that are right.
        labels: pairs of (label in any language, name), so that a label finds its name.
    """
    spoken = {plain(label): right for label, right in labels}
    spoken |= {plain(right): right for right in names}
    wanted = plain(name)
    if wanted in spoken:
        return spoken[wanted]
    close = difflib.get_close_matches(wanted, spoken, n=1, cutoff=0.6)
    if close:
        return spoken[close[0]]
    # A short Chinese label often stands inside a longer one: 检查频次 in 每月检查频次.
    inside = [right for label, right in spoken.items() if len(wanted) >= 2 and wanted and (wanted in label)]
    return inside[0] if len(set(inside)) == 1 else None


def closest(name: str, called: Iterable[tuple[str, str]], many: int = 5) -> list[tuple[str, str]]:
    """Return the pairs of (label, right name) that are spelt least unlike a name, best first; perhaps none.

    Args:
        name: what the user wrote.
        called: pairs of (label in any language, right name).
        many: how many right names at most, each once with its best label.
    """
    wanted, best = plain(name), dict[str, tuple[float, str]]()
    for label, right in called:
        alike = difflib.SequenceMatcher(None, plain(label), wanted).ratio()
        if alike >= _ALIKE and alike > best.get(right, (0.0, ""))[0]:
            best[right] = (alike, label)
    ranked = sorted(best.items(), key=lambda one: -one[1][0])[:many]
    return [(label, right) for right, (_, label) in ranked]


def unknown_name(
    key: str, name: str, names: Iterable[str], what: Text, labels: Iterable[tuple[str, str]] = ()
) -> Problem:
    """Return the problem of a name that does not exist, with what may be written instead.

    Args:
        key: where the name stands.
        name: what the user wrote.
        names: the names that are right; they are listed when they are few.
        what: what kind of name it is, such as a lever.
        labels: pairs of (label, name).
    """
    right = list(names)
    guess = nearest(name, right, labels)
    few = ", ".join(right) if len(right) <= 14 else None
    many = t(f"{len(right)} 个名称，如 {', '.join(right[:3])}", f"{len(right)} names, such as {', '.join(right[:3])}")
    return Problem.at(
        key,
        t(f"没有名为“{name}”的{what.zh}", f"there is no {what.en} named '{name}'"),
        t(few, few) if few else many if right else None,
        guess,
    )
