"""Values whose construction fails in plain words, in both languages.

Takes: what pydantic found wrong. Gives: problems. :class:`Checked` is the base of
everything a user may construct.
"""

import tomllib
from collections.abc import Iterable
from typing import Any

from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator

from labsim.foundations.declared import Frozen, Text
from labsim.foundations.errors import InputError, Problem, Where, nearest
from labsim.foundations.i18n import t

_WANTED: dict[str, tuple[str, str]] = {
    "multiple_of": ("{multiple_of} 的倍数", "a multiple of {multiple_of}"),
    "greater_than_equal": ("不小于 {ge}", "at least {ge}"),
    "less_than_equal": ("不大于 {le}", "at most {le}"),
    "int_type": ("整数", "a whole number"),
    "int_parsing": ("整数", "a whole number"),
    "int_from_float": ("整数", "a whole number"),
    "float_type": ("数字", "a number"),
    "float_parsing": ("数字", "a number"),
    "finite_number": ("有限的数字", "a finite number"),
    "string_type": ("文字", "text"),
    "string_too_short": ("至少 {min_length} 个字", "at least {min_length} character"),
    "string_pattern_mismatch": ("字母、汉字、数字、_ 与 -（{pattern}）", "letters, digits, _ and - ({pattern})"),
    "enum": ("{expected} 之一", "one of {expected}"),
    "missing": ("必须写明", "it must be given"),
    "date_from_datetime_parsing": ("日期，如 2026-01-01", "a date such as 2026-01-01"),
    "date_type": ("日期，如 2026-01-01", "a date such as 2026-01-01"),
}


def wanted(kind: str, context: dict[str, Any]) -> Text | None:
    """Return what is allowed for one of pydantic's error types, or None when it is not a known one."""
    if kind not in _WANTED:
        return None
    zh, en = _WANTED[kind]
    return t(zh.format(**context), en.format(**context))


def dotted(parts: Iterable[str | int]) -> str:
    """Return a path into a file as people write it: ``phases[0].stop``."""
    key = ""
    for part in parts:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    return key


def broken(name: str, error: tomllib.TOMLDecodeError) -> InputError:
    """Return the mistake of a file that is no TOML, for files that come with the package."""
    return InputError([Problem(Where(name), t(f"TOML 语法错误：{error}", f"broken TOML: {error}"))])


def plainly(error: ValidationError, fields: Iterable[str]) -> list[Problem]:
    """Return pydantic's findings as problems in both languages.

    Args:
        error: what pydantic raised.
        fields: the right names at the top, for near misses.
    """
    names, problems = list(fields), []
    for found in error.errors(include_url=False):
        key, kind = dotted(found["loc"]), found["type"]
        if kind == "extra_forbidden":
            last = str(found["loc"][-1])
            guess = nearest(last, names) if len(found["loc"]) == 1 else None
            problems.append(
                Problem.at(
                    key,
                    t(f"没有名为“{last}”的项", f"there is no entry named '{last}'"),
                    t(", ".join(names), ", ".join(names)) if len(found["loc"]) == 1 else None,
                    guess,
                )
            )
            continue
        allowed = wanted(kind, found.get("ctx", {}))
        got = "" if kind == "missing" else f" {found['input']!r}"[:60]
        what = t(f"值无效{got}", f"not valid:{got}") if got else t("缺少此项", "this entry is missing")
        problems.append(Problem.at(key, what, allowed or t("符合此项类型的值", found["msg"])))
    return problems


class Checked(Frozen):
    """A frozen value whose construction fails with an :class:`InputError`, never with pydantic's own."""

    @model_validator(mode="wrap")
    @classmethod
    def _say_it_plainly(cls, data: Any, handler: ModelWrapValidatorHandler["Checked"]) -> "Checked":
        try:
            return handler(data)
        except ValidationError as error:
            raise InputError(plainly(error, cls.model_fields)) from None
