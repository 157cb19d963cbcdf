"""Numbers with a unit, as people write them.

Takes: text such as ``"24 h"``, ``"30%"``, ``"5 万元/年"`` and the declared unit. Gives: the
number in the declared unit, exactly, when the conversion is well defined; else None.
A month is no unit here: it is not a fixed number of days. A year is the model's, 364 days.
"""

import re
import unicodedata
from fractions import Fraction

from labsim.foundations.declared import Text
from labsim.foundations.i18n import t

_DAY, _HOUR = Fraction(1), Fraction(1, 24)
_TIME = {
    "d": _DAY,
    "day": _DAY,
    "days": _DAY,
    "天": _DAY,
    "日": _DAY,
    "h": _HOUR,
    "hour": _HOUR,
    "hours": _HOUR,
    "小时": _HOUR,
    "min": _HOUR / 60,
    "分钟": _HOUR / 60,
    "week": 7 * _DAY,
    "weeks": 7 * _DAY,
    "周": 7 * _DAY,
    "28 d": 28 * _DAY,
    "期": 28 * _DAY,
    "y": 364 * _DAY,
    "year": 364 * _DAY,
    "years": 364 * _DAY,
    "年": 364 * _DAY,
}
_MONEY = {
    **dict.fromkeys(("yuan", "元", "cny", "rmb", "块"), Fraction(1)),
    "千元": Fraction(1000),
    **dict.fromkeys(("万元", "万"), Fraction(10_000)),
    "亿元": Fraction(100_000_000),
}
_SHARE = {"share": Fraction(1), "%": Fraction(1, 100), "percent": Fraction(1, 100), "‰": Fraction(1, 1000)}
_COUNTS = {
    "persons": ("persons", "person", "people", "人", "名", "位"),
    "points": ("points", "point", "积分", "分"),
    "blocks": ("blocks", "block", "栋", "网格"),
    "items": ("items", "item", "个", "处"),
    "departments": ("departments", "department", "个", "部门"),
    "communities": ("communities", "community", "个", "社区"),
    "streets": ("streets", "street", "个", "街道"),
    "acts": ("acts", "act", "人次"),
    "periods": ("periods", "period", "期"),
    "ratio": ("ratio", "倍"),
    "yuan/yuan": ("yuan/yuan", "元/元"),
}
_SWITCH = {
    "on": 1.0,
    "off": 0.0,
    "yes": 1.0,
    "no": 0.0,
    "true": 1.0,
    "false": 0.0,
    "开": 1.0,
    "关": 0.0,
    "是": 1.0,
    "否": 0.0,
}
_NUMBER = re.compile(r"^([+-]?(?:\d[\d,_]*\.?\d*|\.\d+)(?:e[+-]?\d{1,3}(?!\d))?)\s*(.*)$")


def _factor(unit: str) -> tuple[str, Fraction] | None:
    """Return the dimension of a unit and its size in the base of that dimension."""
    found: tuple[str, Fraction] | None = None
    if unit in _TIME:
        found = "time", _TIME[unit]
    elif unit in _MONEY:
        found = "money", _MONEY[unit]
    elif unit in _SHARE:
        found = "share", _SHARE[unit]
    elif "/" in unit:
        above, below = unit.split("/", 1)
        over, under = _TIME.get(below), _MONEY.get(above)
        if over and above in ("1", "次"):
            found = "rate", 1 / over
        elif over and under:
            found = "money rate", under / over
        elif over and above in _TIME and above not in ("d", "28 d"):
            # Only hours per day and the like: working time, not a share of a day.
            found = "hours rate", _TIME[above] / over
    return found


def size(written: str, declared: str) -> Fraction | None:
    """Return how many declared units one written unit is, or None when they do not convert."""
    if written in ("", declared) or written in _COUNTS.get(declared, ()):
        return Fraction(1)
    one, other = _factor(written), _factor(declared)
    return one[1] / other[1] if one and other and one[0] == other[0] else None


def parse(text: str, declared: str) -> float | None:
    """Return the number of a text in the declared unit, or None when there is no such reading.

    Args:
        text: a number with or without a unit; full-width characters are read as the usual ones.
        declared: the unit of the declaration.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if declared == "off/on" and plain in _SWITCH:
        return _SWITCH[plain]
    match = _NUMBER.match(plain)
    if match is None:
        return None
    unit = re.sub(r"\s*/\s*", "/", match[2].strip())
    factor = size(unit, declared)
    try:
        return None if factor is None else float(Fraction(re.sub("[,_]", "", match[1])) * factor)
    except (OverflowError, ValueError):  # more than a number of this machine holds, or thousands of digits
        return None


def completed(text: str, declared: str) -> str | None:
    """Return a text with the period it lacks, such as ``5 万元/年`` for ``5 万元``, or None when that does not help."""
    units = ("/年", "/28 d")
    return next((text + per for per in units if parse(text + per, declared) is not None), None)


_ZH = {
    "share": "占比 0–1", "yuan": "元", "yuan/y": "元/年", "yuan/28 d": "元/28 天", "yuan/yuan": "元/元",
    "persons": "人", "points": "分", "off/on": "关/开", "1/28 d": "次/28 天", "1/d": "次/天", "1/week": "每周",
    "1/y": "每年", "1/event": "每次事件", "rule": "规则编号", "ratio": "倍", "d": "天", "h": "小时",
    "h/d": "小时/天", "y": "年", "handler-d": "人·天", "log": "对数", "1": "无量纲", "blocks": "栋", "items": "个",
    "departments": "个", "cases": "件", "indicators": "项", "formats": "种", "times": "次", "1/meeting": "每次会议",
    "logit/d": "logit/天", "communities": "个", "streets": "个", "acts": "人次", "periods": "期（28 天）",
    "min": "分钟", "1/h": "次/小时", "teams": "支", "stations": "个站点", "sites": "处",
    "tracks": "条", "kits": "套", "vehicles": "辆", "venues": "处", "rooms": "间", "kinds": "种", "h/week": "小时/周",
    "yuan/h": "元/小时", "entrances": "个", "1/visit": "每次走访",
}  # fmt: skip


def unit_text(unit: str) -> Text:
    """Return a declared unit in both languages."""
    return t(f"{_ZH[unit]}（{unit}）" if _ZH.get(unit, unit) != unit else unit, unit)
