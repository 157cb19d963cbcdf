"""The end of a brief: what it rests on, what it cannot say, and from what it can be made again.

Takes: a :class:`Page`. Gives: sections.
"""

from labsim.foundations.i18n import t
from labsim.presentation.brief.document import (
    Bullets,
    Entry,
    Fold,
    Ids,
    Line,
    Paragraph,
    Part,
    Section,
    Table,
    entry,
    entry_of,
)
from labsim.presentation.brief.page import Page
from labsim.presentation.rests import interval_said

MACHINE_ROWS = (t("版本", "versions"), t("系统", "system"))
"""What the record says about the machine."""
SOURCES_ROW = t("源代码哈希", "hash of the sources")
_LIMITS = (
    t(
        "你所在社区会怎样：居民和点位是合成的，没有用你的数据校准。",
        "What will happen in your community: residents and check items are synthetic and not calibrated to your data.",
    ),
    t(
        "模拟期之外会怎样，以及取值超出所列范围时会怎样。",
        "What happens beyond the simulated time, or for values outside the listed ranges.",
    ),
    t(
        "没有写进模型的渠道：人口迁移、媒体、上级考核的其他要求、邻近社区的影响。",
        "Channels that are not in the model: moving in and out, media, other demands from above, neighbouring "
        "communities.",
    ),
    t(
        "是否合法、是否公平、是否值得：这些由人来判断。",
        "Whether a policy is lawful, fair or worth it: people decide that.",
    ),
    t(
        "“无法区分”不等于“没有效果”，只说明现有运行和知识不足以分辨。",
        "'Not distinguishable' does not mean 'no effect': what was run and what is known cannot tell.",
    ),
)


def grounds(page: Page) -> Section:
    """Return what the verdicts rest on: data, prior, story."""
    values = [t(f"{plan.label.zh}：{page.values[plan.name].zh}", f"{plan.label.en}: {page.values[plan.name].en}")
              for plan in page.plans]  # fmt: skip
    parts: list[Part] = [Bullets(tuple(entry_of(one) for one in (*values, *page.rests_on))), _each(page)]
    if page.told.grounds is None:
        said = t(
            "没有给出校准结果，所以参数没有红黄绿灯：结论靠拟合值与假设，没有本地数据支撑。",
            "No calibration was given, so parameters have no lights: the verdicts rest on fitted values and "
            "assumptions, not on local data.",
        )
        parts.append(Paragraph(said, "hint"))
    else:
        parts += _lights(page, page.told.grounds.source)
    heads = (t("参数", "parameter"), t("取值", "value"), t("范围", "range"), t("来源", "source"))
    rows = tuple(
        (entry_of(label), entry_of(value), entry_of(span), entry_of(origin, "code"))
        for label, value, span, origin in page.parameters
    )
    title = t("全部世界参数", "All world parameters")
    parts.append(Fold(title, (Table("table-parameters", title, heads, rows),), long=True))
    return Section("rests", t("结论的依据", "What the verdicts rest on"), tuple(parts))


def _each(page: Page) -> Table:
    """Return what the interval of every verdict comes from: prior or luck."""
    rows = tuple(
        (entry_of(row.label), *(entry_of(interval_said(one.verdict)) for one in row.cells))
        for row in (*page.benefits, *page.burdens)
    )
    title = t("每个结论的区间从何而来", "What the interval of each verdict comes from")
    heads = (t("指标", "indicator"), *(plan.label for plan in page.plans))
    marks = (("", ""), *((plan.mark, plan.colour) for plan in page.plans))
    return Table("table-rests", title, heads, rows, "plain", marks)


def _lights(page: Page, source: str) -> list[Part]:
    title = t("校准后的参数", "Parameters after calibration")
    rows = tuple(
        (Entry((Line(one.label),), about={"parameter": one.name}), entry_of(one.words, f"light-{one.light}"))
        for one in page.lights
    )
    heads = (t("参数", "parameter"), t("依据", "rests on"))
    parts: list[Part] = [
        Paragraph(t(f"校准：{source}。", f"Calibration: {source}.")),
        Table("table-lights", title, heads, rows),
    ]
    if page.taken_back:
        said = t("以下结论因依据不足而收回：", "These verdicts were taken back because they would rest on assumptions:")
        parts += [Paragraph(said, "warning"), Bullets(tuple(entry_of(one) for one in page.taken_back))]
    return parts


def limits(page: Page) -> Section:
    """Return what the model cannot say."""
    said = _LIMITS if page.told.grounds is None else _LIMITS[1:]
    return Section("limits", t("本模型不能回答的", "What the model cannot say"), (Bullets(tuple(map(entry_of, said))),))


def record(page: Page) -> Section:
    """Return from what the brief can be made again."""
    kept, told = page.record, page.told
    rows = [
        (entry("日期", "date"), entry(told.when)),
        (entry("种子", "seed"), entry(str(kept.seed), kind="code")),
        (
            entry("运行：请求 / 完成 / 失败", "runs: requested / finished / failed"),
            entry(f"{kept.requested} / {kept.finished} / {kept.failed}"),
        ),
    ]
    if told.attempts:
        rows.append((entry("此前与本次共比较", "comparisons made, this one included"), entry(str(told.attempts))))
    versions = ", ".join(f"{name} {version}" for name, version in kept.versions.items())
    rows += [
        (entry_of(MACHINE_ROWS[0]), entry(versions, kind="code")),
        (entry_of(MACHINE_ROWS[1]), entry(kept.platform, kind="code")),
        (entry_of(SOURCES_ROW), entry(kept.sources, kind="code")),
    ]
    rows += [
        (entry(f"指纹 · {name}", f"fingerprint · {name}"), entry(one, kind="code"))
        for name, one in kept.fingerprints.items()
    ]
    rows += [(entry(f"数据 · {name}", f"data · {name}"), entry(one, kind="code")) for name, one in kept.data.items()]
    heads = (t("项目", "item"), t("内容", "content"))
    title = t("运行记录", "Run record")
    said = t(
        "相同指纹、种子和代码得到相同数字；labsim verify 加本文件名会重新计算每个数字。"
        "同名 JSON 文件含全部情景、种子、运行编号和未取整的数字。",
        "Equal fingerprints, seeds and code give equal numbers; labsim verify with this file's name computes every "
        "number again. The JSON file of the same name holds all scenarios, seeds, run ids and unrounded numbers.",
    )
    ids = tuple(Ids(f"runs-{i}", name, some) for i, (name, some) in enumerate(page.runs.items()))
    runs = t("每个数字所依据的运行", "The runs behind every number")
    return Section(
        "record", title,
        (Table("table-record", title, heads, tuple(rows)), Paragraph(said, "hint"), Fold(runs, ids, long=True)),
    )  # fmt: skip
