"""A synthetic twin as files: survey, codebook, logs, in the formats and encodings that offices use.

Takes: a :class:`~labsim.analysis.survey.synthetic.Twin` and a folder. Gives: the files, whole or not at all.
"""

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from labsim.analysis.survey.logs import log_file
from labsim.analysis.survey.synthetic import DONT_KNOW, NOT_APPLICABLE, REFUSED, SKIPPED, Twin
from labsim.foundations.errors import InputError, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.writing import unwritable, write_whole

FORMATS = ("csv", "gbk", "sav", "zsav", "dta", "xlsx")
_YES_NO = {1: "是", 2: "否"}
_MISSING = {REFUSED: "拒答", DONT_KNOW: "不知道/说不清", NOT_APPLICABLE: "不适用", SKIPPED: "跳答"}
_LABELS = {
    "xuhao": "序号", "jiedao": "分层（街道）", "loudong": "楼栋", "quanzhong": "权重",
    "a2": "您的年龄", "a5_hukou": "您是否流动人口",
    "a7_shangwang": "您平时上网吗",
    "b1": "过去12个月是否参加过志愿服务、议事会或巡查", "b2": "过去12个月是否参加过议事",
    "b3": "过去12个月志愿服务次数", "b4": "最近一周是否做到垃圾分类",
    "b5": "过去12个月是否上报过问题", "b6": "是否知道处理结果",
    "c1": "您对社区是否满意", "c2": "反映问题是否有用", "c3": "您是否信任居委会",
}  # fmt: skip
_ORDER = ("很满意", "比较满意", "一般", "不太满意", "很不满意")
VALUE_LABELS: Mapping[str, Mapping[int, str]] = {
    "a5_hukou": {1: "否", 2: "是"},
    "a7_shangwang": {1: "否", 2: "是"},
    **{name: {**_YES_NO, **_MISSING} for name in ("b1", "b2", "b4", "b5", "b6")},
    "b3": _MISSING,
    "c1": {**{i + 1: word for i, word in enumerate(_ORDER)}, **_MISSING},
    **{name: {1: "完全没用" if name == "c2" else "完全不信任", 5: "很有用" if name == "c2" else "非常信任", **_MISSING}
       for name in ("c2", "c3")},
}  # fmt: skip
CODEBOOK = f"""\
# 编码本：问卷的列与编码对应 labsim 的哪个量。Codebook: which column and codes mean which quantity of labsim.
title = "合成居民问卷 / synthetic resident survey"

[design]
weight = "quanzhong"
stratum = "jiedao"
cluster = "loudong"

[missing]                # 对所有题目有效 / holds for every question
refused = [{REFUSED}, "拒答"]
dont_know = [{DONT_KNOW}, "不知道/说不清"]
not_applicable = [{NOT_APPLICABLE}, "不适用"]
skipped = [{SKIPPED}, "跳答"]

[variables.age]
column = "a2"

[variables.migrant]
column = "a5_hukou"
values = {{ no = [1], yes = [2] }}

[variables.digital]
column = "a7_shangwang"
values = {{ no = [1], yes = [2] }}

[variables.offline_12m]
column = "b1"
values = {{ yes = [1, "是"], no = [2, "否"] }}

[variables.deliberated_12m]
column = "b2"
values = {{ yes = [1, "是"], no = [2, "否"] }}

[variables.volunteer_times_12m]
column = "b3"

[variables.sorts_waste]
column = "b4"
values = {{ yes = [1, "是"], no = [2, "否"] }}

[variables.reported_12m]
column = "b5"
values = {{ yes = [1, "是"], no = [2, "否"] }}

[variables.knows_results]
column = "b6"
values = {{ yes = [1, "是"], no = [2, "否"] }}

[variables.satisfaction]
column = "c1"
scale = [5, 1]           # 1 = 很满意 very satisfied

[variables.efficacy]
column = "c2"
scale = [1, 5]

[variables.trust]
column = "c3"
scale = [1, 5]
"""
CASES_FILE = {
    "opened": "立案时间", "closed": "办结时间", "category": "类别", "by_resident": "居民上报", "duplicate_of": "重复于",
    "reopened": "重开", "id": "编号",
}  # fmt: skip
APP_FILE = {"week": "周", "active": "活跃人数", "registered": "注册人数"}


def write_twin(made: Twin, folder: Path, form: str = "csv", wave: int = 1) -> list[Path]:
    """Write the files of a twin and return them: survey, codebook, logs, what names their columns, and stage times.

    Args:
        made: the twin.
        folder: is made when it is not there.
        form: ``csv`` (UTF-8), ``gbk`` (CSV as Chinese systems write it), ``sav``, ``zsav``, ``dta`` or ``xlsx``.
        wave: from the second on, only survey and logs are written, with the number of the wave in their names.

    Raises:
        InputError: an unknown format, or the folder cannot be written to.
    """
    raise_if([unknown_name("--format", form, FORMATS, t("格式", "format"))] if form not in FORMATS else [])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError([unwritable(folder, error)]) from None
    number = "" if wave == 1 else f"_{wave}"
    survey = folder / f"survey{number}.{'csv' if form == 'gbk' else form}"
    logs = {f"{name}{number}.csv": one.to_csv(index=False, lineterminator="\n")
            for name, one in (("cases", made.cases), ("app", made.app))}  # fmt: skip
    once = {
        "codebook.toml": CODEBOOK,
        "cases.toml": log_file(CASES_FILE, "cases"),
        "app.toml": log_file(APP_FILE, "app"),
        **{f"{name}.csv": one.to_csv(index=False, lineterminator="\n") for name, one in made.stages.items()},
    }
    texts = {**(once if wave == 1 else {}), **logs}
    write_whole(survey, survey_bytes(made.survey, form))
    for name, text in texts.items():
        write_whole(folder / name, text)
    return [survey, *(folder / name for name in texts)]


def survey_bytes(table: pd.DataFrame, form: str) -> bytes:
    """Return a survey as the content of a file."""
    if form in ("csv", "gbk"):
        named = table if form == "csv" else _worded(table)
        encoding = "utf-8" if form == "csv" else "gb18030"
        return named.to_csv(index=False, lineterminator="\n").encode(encoding)
    if form == "xlsx":
        buffer = io.BytesIO()
        _worded(table).to_excel(buffer, index=False, engine="openpyxl")
        return buffer.getvalue()
    return _statistical(table, form)


def _worded(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with words instead of codes where each code has one: as exported "with labels"."""
    words = {name: labels for name, labels in VALUE_LABELS.items() if name[0] == "b" and name != "b3"}
    return table.assign(**{name: table[name].map(labels) for name, labels in words.items()})


def _statistical(table: pd.DataFrame, form: str) -> bytes:
    import pyreadstat

    library: Any = pyreadstat
    labels = {name: dict(values) for name, values in VALUE_LABELS.items()}
    given = [_LABELS[name] for name in table.columns]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"survey.{form}"
        if form == "dta":
            plain = {name: {k: v for k, v in values.items() if k > 0} for name, values in labels.items()}
            kept = {name: values for name, values in plain.items() if values}
            library.write_dta(table, str(path), column_labels=given, variable_value_labels=kept)
        else:
            ranges = {name: [{"lo": -9, "hi": -1}] for name in labels if name[0] in "bc"}
            library.write_sav(table, str(path), column_labels=given, variable_value_labels=labels,
                                 missing_ranges=ranges, compress=form == "zsav")  # fmt: skip
        return path.read_bytes()
