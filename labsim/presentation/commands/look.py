"""``labsim show``, ``levers`` and ``order``: what there is, without running anything.

Takes: names and words to look for. Gives: tables or JSON.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.markup import escape

from labsim.foundations.declared import Quantity, Text
from labsim.foundations.errors import InputError, Problem, Where, closest, plain
from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal
from labsim.presentation.options import Json, Lang, chosen, words
from labsim.presentation.words import inject, joined, needs, quantity, when, years
from labsim.presentation.words_sources import source
from labsim.scenario.checks import labels
from labsim.scenario.community import COMMUNITY
from labsim.scenario.differences import Difference, differences
from labsim.scenario.files import load
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.scenario import Scenario, calibrated_values, community_values, left_out, world_values
from labsim.scenario.world import WORLD

_SECTIONS = {"time": t("时间", "time"), "population": t("社区", "community"), "world": t("世界参数", "world")}
_LEVERS, _WORLD, _COMMUNITY = (
    t("政策杠杆", "levers"),
    t("世界参数", "world parameters"),
    t("社区数值", "community values"),
)
app = typer.Typer()


@app.command(help=words("一页列出情景改动的每一个值。", "Show on one page every value that a scenario changes."))
def show(
    scenario: Annotated[str, typer.Argument(help=words("情景的名称或文件", "name or file of a scenario"))],
    baseline: Annotated[str, typer.Option("--baseline", help=words("与哪个情景相比", "compared with"))] = "baseline",
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Print what a scenario changes against another; return the exit code."""
    tongue = chosen(lang)
    one, base = load(scenario), load(baseline)
    rows = differences(one, base)
    if as_json:
        terminal.dump(
            {
                "scenario": one.name,
                "label": one.label.model_dump(),
                "baseline": base.name,
                "fingerprint": one.fingerprint(),
                "horizon": one.horizon,
                "burn_in": one.burn_in,
                "start_date": one.start_date.isoformat(),
                "differences": [_difference(row) for row in rows],
                "injects": [item.model_dump(mode="json") for item in one.injects],
                "left_out": {lever: f"module_{module}" for lever, module in _left_out(one).items()},
            }
        )
        return 0
    terminal.say(one.label, tongue, "bold")
    if one.description is not None:
        terminal.say(one.description, tongue)
    length = years(one.horizon)
    residents = community_values(one)["residents"]
    terminal.say(
        t(
            f"{residents:,.0f} 名居民，自 {one.start_date} 起 {length.zh}，预热 {one.burn_in} 天；"
            f"指纹 {one.fingerprint()[:12]}",
            f"{residents:,.0f} residents, {length.en} from {one.start_date}, burn-in {one.burn_in} days; "
            f"fingerprint {one.fingerprint()[:12]}",
        ),
        tongue,
        "dim",
    )
    if rows:
        _differences(rows, one, base, tongue)
    else:
        terminal.say(t(f"与“{base.label.zh}”没有差别。", f"Nothing differs from '{base.label.en}'."), tongue)
    if one.injects:
        _injects(one, tongue)
    _note(one, tongue)
    return 0


def _left_out(one: Scenario) -> dict[str, str]:
    """Return the optional levers of a scenario's instruments whose extension module is off, with the module."""
    community, catalogue = community_values(one), instruments()
    return {
        name: MODULE_OF_LEVER[name]
        for applied in one.instruments
        for name in left_out(catalogue[applied.name], applied.variant, community)
        if name not in applied.levers
    }


def _note(one: Scenario, lang: str) -> None:
    """Print one line per extension module that is off although an instrument could use it."""
    idle = _left_out(one)
    for module in dict.fromkeys(idle.values()):
        labelled = [LEVERS[name].label for name in idle if idle[name] == module]
        named = joined([t(f"“{label.zh}”", f"'{label.en}'") for label in labelled])
        terminal.say(
            t(
                f"注意：工具中的{named.zh}已省去；在 [population] 中写 module_{module} = true 才有。",
                f"Note: left out of the instruments until [population] has module_{module} = true: {named.en}.",
            ),
            lang,
            "yellow",
        )


def _named(name: str, label: Text, lang: str, more: str = "") -> str:
    """Return a cell with a label, the name below it, and the extension module that a lever needs."""
    module = needs(name)
    marked = f"\n[yellow]{module.in_language(lang)}[/yellow]" if module else ""
    return f"{escape(label.in_language(lang))}\n[dim]{escape(name)}{more}[/dim]{marked}"


def _differences(rows: list[Difference], one: Scenario, base: Scenario, lang: str) -> None:
    title = t(f"与“{base.label.zh}”不同之处", f"What differs from '{base.label.en}'")
    heads = [t("改动", "what"), t("原值 → 新值", "old → new"), t("时间", "when"), t("来源", "source")]
    cells = []
    for row in rows:
        old, new = quantity(row.old, row.unit), quantity(row.new, row.unit)
        section = "" if row.section == "levers" else f" · {_SECTIONS[row.section].in_language(lang)}"
        origin = source(row.source).in_language(lang)
        if row.instrument:
            origin = f"{row.instrument}; {origin}"
        cells.append(
            [
                _named(row.name, row.label, lang, section),
                f"{old.in_language(lang)} → {new.in_language(lang)}",
                when(row, one.start_date).in_language(lang),
                escape(origin),
            ]
        )
    terminal.show(terminal.table(title.in_language(lang), [h.in_language(lang) for h in heads], cells, (5, 4, 3, 5)))


def _injects(one: Scenario, lang: str) -> None:
    heads = [t("第几天", "day"), t("突发事件", "inject"), t("大小", "magnitude"), t("对象", "target")]
    cells = [[str(i.day), *(escape(text.in_language(lang)) for text in inject(i))] for i in one.injects]
    terminal.show(terminal.table("", [h.in_language(lang) for h in heads], cells))


def _difference(row: Difference) -> dict[str, Any]:
    return {
        "section": row.section,
        "name": row.name,
        "label": row.label.model_dump(),
        "unit": row.unit,
        "old": row.old,
        "new": row.new,
        "source": row.source,
        "start": row.start,
        "ramp": row.ramp,
        "stop": row.stop,
        "instrument": row.instrument,
    }


@app.command(help=words("列出政策杠杆（或世界参数、社区数值）。", "List levers (or world or community values)."))
def levers(
    word: Annotated[str | None, typer.Argument(help=words("名称或标签中的词", "a word of the name or label"))] = None,
    world: Annotated[bool, typer.Option("--world", help=words("列出世界参数", "list world parameters"))] = False,
    community: Annotated[
        bool, typer.Option("--community", help=words("列出社区数值", "list community values"))
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Print declarations that match a word; return the exit code."""
    tongue = chosen(lang)
    declared: Mapping[str, Quantity] = WORLD if world else COMMUNITY if community else LEVERS
    what = (
        t("世界参数", "world parameters")
        if world
        else t("社区数值", "community values")
        if community
        else t("政策杠杆", "levers")
    )
    found = {name: q for name, q in declared.items() if word is None or _matches(q, word)}
    if not found:
        raise InputError([_no_match(word or "", declared, what)])
    values = world_values(Scenario()) if world else {name: q.default for name, q in found.items()}
    if as_json:
        fitted = calibrated_values() if world else {}
        document = [
            q.model_dump(mode="json")
            | {"value": values[n], "fitted": n in fitted}
            | ({"module": f"module_{MODULE_OF_LEVER[n]}"} if n in MODULE_OF_LEVER else {})
            for n, q in found.items()
        ]
        terminal.dump(document)
        return 0
    heads = [t("名称", "name"), t("现值", "value"), t("范围", "range"), t("来源", "source")]
    cells = []
    for name, q in found.items():
        low, high = quantity(q.low, q.unit).in_language(tongue), quantity(q.high, q.unit).in_language(tongue)
        between = f"{low}\n{high}" if len(low) + len(high) > 18 else f"{low} – {high}"
        cells.append(
            [
                _named(name, q.label, tongue),
                quantity(values[name], q.unit).in_language(tongue),
                between,
                escape(source(q.source).in_language(tongue)),
            ]
        )
    title = f"{what.in_language(tongue)} ({len(found)})"
    terminal.show(terminal.table(title, [h.in_language(tongue) for h in heads], cells, (6, 3, 3, 5)))
    return 0


def _matches(q: Quantity, word: str) -> bool:
    return any(plain(word) in plain(text) for text in (q.name, q.label.zh, q.label.en, q.group))


def _no_match(word: str, declared: Mapping[str, Quantity], what: Text) -> Problem:
    near = [right for _, right in closest(word, [*labels(declared), *((name, name) for name in declared)])]
    groups = ", ".join(dict.fromkeys(q.group for q in declared.values()))
    found = t(f"；最接近的：{'、'.join(near)}", f"; the nearest: {', '.join(near)}")
    nothing = t(
        f"，也没有相近的；可用组名查找：{groups}", f" and nothing is close; groups can be searched for: {groups}"
    )
    more = found if near else nothing
    return Problem(Where(), t(f"没有含“{word}”的{what.zh}{more.zh}", f"no {what.en} match '{word}'{more.en}"))


@app.command(help=words("打印模型中一天的次序。", "Print the order of a day in the model."))
def order(as_json: Json = False, lang: Lang = None) -> int:
    """Print the schedule of a day; return the exit code."""
    from labsim.model.day import ORDER  # compiles nothing until it is asked for

    tongue = chosen(lang)
    if as_json:
        terminal.dump(
            [
                {"step": s.number, "kernel": s.kernel, "label": s.label.model_dump(), "submodels": s.submodels}
                for s in ORDER
            ]
        )
        return 0
    heads = [t("步", "step"), t("做什么", "what happens"), t("函数", "kernel"), t("子模型", "submodels")]
    cells = [[str(s.number), escape(s.label.in_language(tongue)), s.kernel, s.submodels] for s in ORDER]
    title = in_language(t("一天的次序", "The order of a day"), tongue)
    terminal.show(terminal.table(title, [h.in_language(tongue) for h in heads], cells))
    return 0
