"""Messages in Chinese and English.

Takes: pairs of words kept beside the place that uses them. Gives: the language of the
reader and the right words of a pair. There is no message catalogue to fall out of step
with the code: a text without its pair cannot be written.
"""

import locale
import os
from collections.abc import Mapping

from labsim.foundations.declared import Text

LANGUAGES = ("zh", "en")
SWITCH = "LABSIM_LANG"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def t(zh: str, en: str) -> Text:
    """Return a text that exists in both languages."""
    return Text(zh=zh, en=en)


def language(environment: Mapping[str, str] | None = None) -> str:
    """Return ``zh`` or ``en``: the switch ``LABSIM_LANG`` if set, else by locale.

    Args:
        environment: variables to look at; the process environment when left out.
    """
    variables = os.environ if environment is None else environment
    for name in (SWITCH, *_LOCALE_VARIABLES):
        value = variables.get(name, "").strip().lower()
        if name == SWITCH and value in ("中文", "chinese"):
            return "zh"
        if value:
            return "zh" if value.startswith("zh") else "en"
    # Windows sets none of these variables; there the C library knows, under a long name.
    known = (locale.getlocale()[0] or "").lower() if environment is None else ""
    return "zh" if known.startswith(("zh", "chinese")) else "en"


def in_language(text: Text, chosen: str | None = None) -> str:
    """Return the words of a text in the chosen language, else in the reader's."""
    return text.in_language(chosen or language())
