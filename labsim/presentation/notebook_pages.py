"""The notebooks of the lab, in Chinese and English from one source.

Takes: a folder. Gives: ``1_policymaker.ipynb`` (Chinese) and ``1_policymaker.en.ipynb``. Notebooks are
thin: what they do is one call, and what they say is here, in both languages.

    python -m labsim.presentation.notebook_pages notebooks
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labsim.foundations.declared import Text
from labsim.foundations.i18n import LANGUAGES, t
from labsim.foundations.writing import write_whole

POLICYMAKER: tuple[Text | str, ...] = (
    t(
        "# 政策实验室\n\n"
        "点上方 ▶▶（“重启并运行全部”），或选中下面的格子按 Shift+Enter。之后不用写代码：\n\n"
        "1. 左侧选社区与基准，新增一至三项政策，调杠杆；\n"
        "2. 核对“方案一页纸”，写下要回答的问题、看哪些结果、差多少才算数；\n"
        "3. 按“运行”，看结论、随时间的变化、谁受影响、取舍与原因，带走简报。\n\n"
        "参数均为示例，不代表任何真实社区。",
        "# The policymaker's lab\n\n"
        "Press ▶▶ above (restart and run all), or select the cell below and press Shift+Enter. No code after that:\n\n"
        "1. on the left choose a community and a baseline, add one to three policies, turn their levers;\n"
        "2. check the plan on a page; state the question, the outcomes, and the difference that matters;\n"
        "3. press Run: verdicts, changes over time, who is affected, trade-offs and reasons; take the brief away.\n\n"
        "All parameters are illustrative: no real community.",
    ),
    'import labsim as lab\n\nlab.explore("{lang}")',
)
"""Cells: words in both languages, or code with a place for the language."""


def notebook(cells: Sequence[Text | str], lang: str) -> str:
    """Return a notebook without outputs as the text of its file."""
    made: list[dict[str, Any]] = []
    for i, cell in enumerate(cells):
        common: dict[str, Any] = {"id": f"cell-{i}", "metadata": {}}
        if isinstance(cell, Text):
            made.append({"cell_type": "markdown", **common, "source": cell.in_language(lang).splitlines(keepends=True)})
        else:
            code = cell.format(lang=lang).splitlines(keepends=True)
            made.append({"cell_type": "code", **common, "execution_count": None, "outputs": [], "source": code})
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    whole = {
        "cells": made,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def pages() -> dict[str, str]:
    """Return the notebooks by file name."""
    endings = {"zh": ".ipynb", "en": ".en.ipynb"}
    return {f"1_policymaker{endings[lang]}": notebook(POLICYMAKER, lang) for lang in LANGUAGES}


if __name__ == "__main__":
    for name, text in pages().items():
        write_whole(Path(sys.argv[1]) / name, text)
