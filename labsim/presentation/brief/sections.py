"""The brief, said once: from what was found to sections, tables, lists and pictures.

Takes: a :class:`Page`. Gives: a :class:`Document`, which is laid out as a web page, a Word file or a workbook.
"""

from collections.abc import Sequence

from labsim.analysis.verdict import RULE
from labsim.foundations.declared import Text
from labsim.foundations.i18n import t
from labsim.presentation.brief.closing import grounds, limits, record
from labsim.presentation.brief.document import (
    Bullets,
    Document,
    Entry,
    Fold,
    Heading,
    Legend,
    Line,
    Paragraph,
    Part,
    Pictures,
    Section,
    Table,
    entry,
    entry_of,
)
from labsim.presentation.brief.page import Cell, Page, Row
from labsim.presentation.charts import Picture
from labsim.presentation.plan_page import Plan


def document(page: Page) -> Document:
    """Return what a brief says, in order."""
    found: Sequence[Section | None] = (
        _verdicts(page), _plan(page), _differences(page), _over_time(page), _groups(page), _sights(page),
        grounds(page), limits(page), record(page),
    )  # fmt: skip
    return Document(
        title=t("社区治理政策简报", "Community policy brief"),
        when=page.told.when,
        question=page.question,
        opening=_opening(page),
        sections=tuple(one for one in found if one is not None),
        version=page.record.versions["labsim"],
    )


def _opening(page: Page) -> tuple[Part, ...]:
    told = page.told
    parts: list[Part] = [
        Paragraph(
            t(
                "示例参数：社区与参数均为示例，数字不代表任何真实社区。",
                "Illustrative parameters: community and parameters are examples; no number stands for a real "
                "community.",
            ),
            "sample",
        ),
        Paragraph(t(page.runs_said.zh + page.basis.zh, f"{page.runs_said.en} {page.basis.en}")),
    ]
    if told.stated:
        again = (
            t(f"看到结果之后又改过 {told.restated} 次。", f"Changed {told.restated} times after results were seen.")
            if told.restated
            else t("此后没有改过。", "Not changed since.")
        )
        parts.append(
            Paragraph(
                t(
                    f"问题与关注值于 {told.stated} 在看到结果之前定下。{again.zh}",
                    f"Question and smallest differences were stated on {told.stated}, before any result. {again.en}",
                )
            )
        )
    if page.unfinished:
        parts.append(Paragraph(page.unfinished, "warning"))
    return tuple(parts)


# ------------------------------------------------------------------ verdicts


def _verdicts(page: Page) -> Section:
    rows = (*page.benefits, *page.burdens)
    parts: list[Part] = [
        Paragraph(
            t(
                f"每格：结论；差异及其区间；基准 → 政策。“关注值”是事先定下的、值得关心的最小差异，见下文。{RULE.zh}",
                "Each cell: the verdict; the difference with its interval; baseline → policy. What 'matters' is a "
                f"smallest difference fixed beforehand, listed below. {RULE.en}",
            ),
            "hint",
        )
    ]
    asked, burdens = t("您问的结果", "What you asked about"), t("代价与负担", "Costs and burdens")
    others = t("其他指标", "Other indicators") if page.asked else t("结论", "Verdicts")
    if page.asked:
        parts += [Heading(asked), _table("table-asked", asked, page.asked, page.plans)]
        for plan in page.plans:
            parts += [Heading(plan.label, plan.mark, plan.colour), _sentences(page.asked, plan)]
    if page.benefits:
        parts += [Heading(others)] if page.asked else []
        parts.append(_table("table-benefits", others, page.benefits, page.plans))
    if page.burdens:
        parts += [Heading(burdens), _table("table-burdens", burdens, page.burdens, page.plans)]
    for plan in page.plans if rows else ():
        said = t(f"逐句写出：{plan.label.zh}", f"In full sentences: {plan.label.en}")
        parts.append(Fold(said, (_sentences(rows, plan),)))
    parts.append(Fold(t("多大的差异才值得关心", "Which differences matter"), (_deltas(page),)))
    return Section("verdicts", t("结论", "Verdicts"), tuple(parts))


def _sentences(rows: Sequence[Row], plan: Plan) -> Bullets:
    cells = [one for row in rows for one in row.cells if one.verdict.difference.policy == plan.name]
    return Bullets(tuple(Entry((Line(one.verdict.sentence),), runs=one.runs) for one in cells), "sentences")


def _table(name: str, title: Text, rows: Sequence[Row], plans: Sequence[Plan]) -> Table:
    heads = (t("指标", "indicator"), *(plan.label for plan in plans))
    marks = (("", ""), *((plan.mark, plan.colour) for plan in plans))
    return Table(
        name, title, heads, tuple((_named(row), *(_cell(row, one) for one in row.cells)) for row in rows),
        "verdicts", marks,
    )  # fmt: skip


def _named(row: Row) -> Entry:
    unit = t(f"{row.unit.zh} · {row.way.zh}", f"{row.unit.en} · {row.way.en}") if row.unit else row.way
    return Entry((Line(row.label), Line(unit, "small")))


def _cell(row: Row, one: Cell) -> Entry:
    difference, numbers = one.verdict.difference, one.shown
    p = difference.paired
    lines = [Line(one.verdict.words, "words")]
    if p.n:
        lines.append(Line(t(numbers.difference, numbers.difference), "gap"))
        if not p.identical:
            zh, en = numbers.interval.zh, numbers.interval.en
            lines.append(Line(t(f"（{zh}）", f"({en})"), "interval"))
    levels = f"{numbers.baseline} → {numbers.value} · n = {p.n}"
    lines.append(Line(t(levels, levels), "levels"))
    counted = {
        "baseline": p.baseline, "value": p.policy, "difference": p.difference, "low": p.low, "high": p.high,
        "delta": difference.delta, "n": p.n, "missing": p.missing,
    }  # fmt: skip
    about = {"indicator": row.name, "policy": difference.policy}
    return Entry(tuple(lines), counted, one.tone, about, one.runs)


def _deltas(page: Page) -> Table:
    heads = (t("指标", "indicator"), t("关注值", "smallest difference"), t("依据", "source"))
    rows = []
    for label, delta, unit, why in page.deltas:
        size = t(f"{delta} {unit.zh}", f"{delta} {unit.en}") if unit else t(delta, delta)
        rows.append((entry_of(label), entry_of(size), entry_of(why, "code")))
    return Table("table-deltas", t("关注值", "Differences that matter"), heads, tuple(rows))


# ------------------------------------------------------------------ the plan


def _plan(page: Page) -> Section:
    parts: list[Part] = []
    for i, plan in enumerate(page.plans):
        parts.append(Heading(plan.label, plan.mark, plan.colour))
        if plan.description:
            parts.append(Paragraph(plan.description))
        parts.append(_moves(i, plan))
        if plan.against:
            said = tuple(entry(f"{name.zh}：{one.zh}", f"{name.en}: {one.en}") for name, one in plan.against)
            parts.append(Fold(t("对其说法的质疑", "What speaks against the claims"), (Bullets(said),)))
    return Section("plan", t("方案一页纸", "The plan on a page"), tuple(parts))


def _moves(i: int, plan: Plan) -> Table:
    heads = (
        t("改动", "what changes"), t("原值 → 新值", "old → new"), t("时间", "when"), t("治理工具", "instrument"),
        t("来源", "source"),
    )  # fmt: skip
    rows = tuple(
        (
            Entry((Line(one.label),), about={"lever": one.name}),
            entry(f"{one.old.zh} → {one.new.zh}", f"{one.old.en} → {one.new.en}", "move"),
            entry_of(one.when),
            entry_of(one.instruments or t("–", "–")),
            entry_of(one.source, "assumed" if one.assumed else ""),
        )
        for one in plan.moves
    ) or ((entry("与基准没有差别", "nothing differs from the baseline"), *[entry("–")] * 4),)
    return Table(f"table-plan-{i}", t(f"方案：{plan.label.zh}", f"Plan: {plan.label.en}"), heads, rows, "plan")


# ------------------------------------------------------------------ pictures and their tables


def _legend(page: Page) -> Legend:
    return Legend(tuple((plan.mark, plan.colour, plan.label) for plan in page.plans))


def _differences(page: Page) -> Section:
    hint = t(
        "点为平均差异，横线为区间，灰带内的差异不值得关心。数字见“结论”一节的表。",
        "Dots are mean differences, lines their intervals; inside the grey band a difference does not matter. The "
        "numbers are in the tables of the verdicts.",
    )
    return Section(
        "differences", t("差异与区间", "Differences and intervals"),
        (Paragraph(hint, "hint"), _legend(page), Pictures(page.gaps)),
    )  # fmt: skip


def _over_time(page: Page) -> Section | None:
    if not page.over_time:
        return None
    hint = t(
        "灰色虚线为基准，彩色实线为政策；次数够多时线为中位数，带含 80% 的运行，否则每次运行一条细线。",
        "Grey dashes are the baseline, the coloured line is the policy; with enough runs lines are medians and bands "
        "hold 80 % of runs, else each run is one thin line.",
    )
    parts: list[Part] = [Paragraph(hint, "hint"), _legend(page)]
    for pictures in page.over_time:
        parts += [Heading(pictures[0].heading), Pictures(pictures)]
    if page.time_tables:
        parts.append(Fold(t("图中的数字", "The numbers of the charts"), page.time_tables, long=True))
    return Section("time", t("随时间的变化", "Over time"), tuple(parts))


def _groups(page: Page) -> Section | None:
    if not page.groups:
        return None
    hint = t(
        "年龄、流动人口、数字可及：各群体与自己的基准相比。",
        "Age, migrants, digital access: each group against its own baseline.",
    )
    tables = tuple(
        _table(f"table-group-{i}", label, rows, page.plans) for i, (label, rows) in enumerate(page.group_rows)
    )
    folds = tuple(Fold(t(f"图中的数字：{one.title.zh}", f"The numbers: {one.title.en}"), (one,)) for one in tables)
    pictures: tuple[Picture, ...] = page.groups
    return Section(
        "groups", t("谁受影响", "Who is affected"),
        (Paragraph(hint, "hint"), _legend(page), Pictures(pictures, wide=True), *folds),
    )  # fmt: skip


def _sights(page: Page) -> Section | None:
    if not page.sights:
        return None
    hint = t(
        "台账上的数字只含已记录的；模型另外知道真实状态。两者之差就是台账看不到的部分。",
        "Records hold what was recorded; the model also knows the true state. The gap is what records do not show.",
    )
    tables = []
    for i, (reported, actual, levels) in enumerate(page.sights):
        rows = tuple(
            (
                entry_of(one.label),
                Entry((Line(t(one.reported, one.reported)),), {"reported": one.reported_value}, runs=one.runs),
                Entry((Line(t(one.true, one.true)),), {"true": one.true_value}, runs=one.runs),
            )
            for one in levels
        )
        heads = (t("情景", "scenario"), reported, actual)
        tables.append(Table(f"table-sight-{i}", reported, heads, rows))
    return Section("sights", t("台账与真实", "On record and true"), (Paragraph(hint, "hint"), *tables))
