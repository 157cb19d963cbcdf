"""TOML that remembers where everything stood, and survives broken lines.

Takes: the text of a file. Gives: :class:`Source`: its data, the line of every key, and a
problem for every line that is not TOML. A broken line is set aside and the rest is read
on, so that one forgotten quote does not hide every other mistake.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from labsim.foundations.errors import InputError, Problem, Where, nearest, reason
from labsim.foundations.i18n import t

_ASIDE = "__set_aside__"
_AT_LINE = re.compile(r"at line (\d+)")
_MOST_ERRORS = 50
_DEEPEST = 50
"""No file of ours nests more than five deep; far more would exhaust the stack of whoever walks it."""
# What a Chinese keyboard writes where TOML wants the usual sign and NFKC does not help.
_FULL_WIDTH = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "。": ".", "【": "[", "】": "]", "、": ","})

# How the standard library begins its messages, and what that means.
_REASONS = {
    "Invalid statement": "无法识别的语句",
    "Invalid value": "无法识别的值",
    "Invalid initial character for a key": "键名开头无效",
    "Expected newline or end of document": "一行多写了内容",
    "Expected '=' after a key": "键名后缺少 =",
    "Expected ']": "缺少右方括号",
    "Unclosed array": "数组没有右方括号",
    "Unclosed inline table": "内联表没有右花括号",
    "Unterminated string": "文字缺少右引号",
    "Illegal character": "含有不允许的字符",
    "Invalid date": "日期无效",
    "Cannot overwrite": "重复的键",
    "Cannot declare": "重复的节",
    "Cannot mutate": "重复的节",
    "Duplicate": "重复的键",
}


def _in_chinese(reason: str) -> str:
    """Return a reason of the standard library in Chinese."""
    return next((zh for start, zh in _REASONS.items() if reason.startswith(start)), "语法错误")


@dataclass(frozen=True)
class Source:
    """One file as read: values, where each key stands, and what could not be read."""

    data: dict[str, Any]
    places: dict[str, Where]
    problems: list[Problem] = field(default_factory=list)


def read_text(path: Path, shown: str) -> str:
    """Return the text of a file in UTF-8.

    Raises:
        InputError: it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise InputError(
            [
                Problem(
                    Where(shown, line),
                    t("文件不是 UTF-8 编码（可能是 GBK）", "the file is not UTF-8 (GBK perhaps)"),
                    t("用编辑器另存为 UTF-8", "save it as UTF-8 in your editor"),
                )
            ]
        ) from None
    except OSError as error:
        why = reason(error)
        raise InputError(
            [Problem(Where(shown), t(f"无法读取文件：{why.zh}", f"cannot read the file: {why.en}"))]
        ) from None


def _repaired(line: str, names: dict[str, str]) -> str | None:
    """Return what a broken ``key = value`` line probably meant, or None when no reading is TOML."""
    usual = unicodedata.normalize("NFKC", line.translate(_FULL_WIDTH)).strip()
    candidates = [usual]
    if "=" in usual:
        key, _, value = (part.strip() for part in usual.partition("="))
        right = nearest(key.strip("\"'"), names.values(), names.items()) or key
        value = value.lstrip("= ")
        bare = value.strip("\"' ")
        # Quotes help words, not numbers and dates that are wrong in themselves.
        words = bare and not bare[0].isdigit()
        candidates += [f"{right} = {value}", f'{right} = "{bare}"' if words else ""]
    else:
        key, _, value = usual.replace(":", " ").partition(" ")
        candidates.append(f"{nearest(key, names.values(), names.items()) or key} = {value.strip()}")
        if usual.startswith("["):
            inner = usual.strip("[] ")
            candidates.append(f"[[{inner}]]" if usual.startswith("[[") else f"[{inner}]")
    for candidate in candidates:
        try:
            if candidate and candidate != line.strip() and tomllib.loads(candidate):
                return candidate
        except tomllib.TOMLDecodeError:
            continue
    return None


def _broken_line(text: str, error: tomllib.TOMLDecodeError) -> int:
    """Return the line (from 1) to blame for a syntax error."""
    named = _AT_LINE.search(str(error))
    if named:
        return int(named[1])
    # "At end of document": something was opened and never closed; the grammar knows where.
    return _first_error(_tree(text)) or text.count("\n") + 1


def _tree(text: str) -> Node:
    return Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node


def _first_error(node: Node) -> int | None:
    if node.is_error or node.is_missing:
        return node.start_point.row + 1
    return next(
        (
            line
            for child in node.children
            if child.has_error or child.is_missing
            if (line := _first_error(child)) is not None
        ),
        None,
    )


def parse(text: str, shown: str, names: dict[str, str]) -> Source:
    """Return a TOML text as a source; what is wrong with it is in the source's problems.

    Args:
        text: the text.
        shown: how the file is called in messages.
        names: label or name -> right name, for near misses on broken lines.

    Raises:
        InputError: it nests so deep that nothing of it can be read.
    """
    try:
        source = _parsed(text, shown, names)
        if not _too_deep(source.data):
            return source
    except RecursionError:
        pass
    raise InputError(
        [
            Problem(
                Where(shown, _deep_line(text)),
                t("嵌套过深", "nested too deeply"),
                t(f"至多 {_DEEPEST} 层", f"at most {_DEEPEST} levels"),
            )
        ]
    )


def _too_deep(data: dict[str, Any]) -> bool:
    """Return whether values nest deeper than allowed; level by level, so that no depth is too much for it."""
    level: list[Any] = [data]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def _deep_line(text: str) -> int | None:
    """Return the line (from 1) where brackets or dots go too deep, as far as counting them tells, or None."""
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        opened = line.count("[") + line.count("{")
        if max(depth + opened, line.count(".")) >= _DEEPEST:
            return number
        depth += opened - line.count("]") - line.count("}")
    return None


def _parsed(text: str, shown: str, names: dict[str, str]) -> Source:
    """Return a TOML text as a source; broken lines are set aside and noted."""
    lines = text.replace("\r\n", "\n").split("\n")
    problems: list[Problem] = []
    data: dict[str, Any] = {}
    for attempt in range(_MOST_ERRORS):
        try:
            data = tomllib.loads("\n".join(lines))
            break
        except tomllib.TOMLDecodeError as error:
            number = min(_broken_line("\n".join(lines), error), len(lines))
            while number > 1 and not lines[number - 1].strip():
                number -= 1
            line = lines[number - 1]
            # The keys under a broken header must not slip into the section above it.
            lines[number - 1] = f"[{_ASIDE}{attempt}]" if line.lstrip().startswith(("[", "［", "【")) else ""
            reason = re.sub(r" \(at .*\)$", "", str(error))
            problems.append(
                Problem(
                    Where(shown, number, line.partition("=")[0].strip()[:40] or None),
                    t(f"此行不是有效的 TOML（{_in_chinese(reason)}）", f"this line is not valid TOML ({reason})"),
                    t(
                        "键 = 值，如 staff = 14；文字加英文引号，中文键名改用英文名",
                        'key = value, such as staff = 14; text in "quotes", Chinese labels by their English key',
                    ),
                    _repaired(line, names),
                )
            )
    else:
        lines = []
    data = {key: value for key, value in data.items() if not key.startswith(_ASIDE)}
    places = {key: Where(shown, line, key) for key, line in _lines_of("\n".join(lines) + "\n").items()}
    return Source(data, places, problems)


def _key_parts(node: Node) -> list[str]:
    if node.type == "dotted_key":
        return [part for child in node.children for part in _key_parts(child)]
    if node.type in ("bare_key", "quoted_key"):
        text = (node.text or b"").decode()
        return [next(iter(tomllib.loads(f"{text} = 0")))]
    return []


def _lines_of(text: str) -> dict[str, int]:
    """Return the line of every key of a valid text, by dotted path."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    for node in _tree(text).children:
        if node.type == "pair":
            _pair(node, "", found)
        elif node.type in ("table", "table_array_element"):
            prefix = ".".join(part for child in node.children if child.type != "pair" for part in _key_parts(child))
            if node.type == "table_array_element":
                counts[prefix] = counts.get(prefix, -1) + 1
                found.setdefault(prefix, node.start_point.row + 1)
                prefix = f"{prefix}[{counts[prefix]}]"
            else:
                # [phases.x] after [[phases]] belongs to the last of them.
                head, dot, tail = prefix.partition(".")
                prefix = f"{head}[{counts[head]}]{dot}{tail}" if head in counts else prefix
            for end in [*re.finditer(r"\.", prefix)]:
                found.setdefault(prefix[: end.start()], node.start_point.row + 1)
            found[prefix] = node.start_point.row + 1
            for child in node.children:
                if child.type == "pair":
                    _pair(child, prefix, found)
    return found


def _pair(node: Node, prefix: str, found: dict[str, int]) -> None:
    parts, value = _key_parts(node.children[0]), node.children[-1]
    if value.type == "comment":
        value = node.children[-2]
    key = prefix
    for part in parts:
        # a.b.c = 1 makes a and a.b too: a problem may be about those.
        key = f"{key}.{part}" if key else part
        found.setdefault(key, node.start_point.row + 1)
    _value(value, key, found)


def _value(value: Node, key: str, found: dict[str, int]) -> None:
    if value.type == "inline_table":
        for child in value.children:
            if child.type == "pair":
                _pair(child, key, found)
    elif value.type == "array":
        inner = [child for child in value.children if child.type not in ("[", "]", ",", "comment")]
        for i, child in enumerate(inner):
            found[f"{key}[{i}]"] = child.start_point.row + 1
            _value(child, f"{key}[{i}]", found)


def place_of(key: str | None, places: dict[str, Where], shown: str) -> Where:
    """Return where a key stands, else where the nearest thing around it does."""
    around = key or ""
    while around:
        if around in places:
            return Where(places[around].file, places[around].line, key)
        around = re.sub(r"(\.[^.\[\]]*|\[\d+\])$|^[^.\[\]]*$", "", around)
    return Where(shown, None, key)
