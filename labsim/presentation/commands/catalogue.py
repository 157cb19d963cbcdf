"""``labsim instruments``: the catalogue of policy instruments, by what people call them.

Takes: words to look for. Gives: a short table, everything about what was found, or JSON.
"""

from typing import Annotated, Any

import typer
from rich.markup import escape

from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, plain
from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal
from labsim.presentation.catalogue_words import FAMILIES, causal, cited, claimed, differs, figure, mechanisms, moves
from labsim.presentation.options import Json, Lang, chosen, words
from labsim.presentation.words import joined
from labsim.presentation.words_sources import source
from labsim.scenario.instruments import Setting, Variant, evidence_rows
from labsim.scenario.instruments import instruments as catalogue
from labsim.scenario.levers import LEVERS
from labsim.scenario.not_instruments import NotInstrument
from labsim.scenario.search import Found, Hit, Way, close_names, find

app = typer.Typer()


@app.command(
    help=words(
        "列出或搜索治理工具目录（中英文、别名、编号）。", "List or search policy instruments (zh, en, aliases, codes)."
    )
)
def instruments(
    word: Annotated[
        list[str] | None, typer.Argument(metavar="[WORDS]...", help=words("要找的词", "words to look for"))
    ] = None,
    detail: Annotated[
        bool,
        typer.Option("--detail", help=words("主张、矛盾、变体与证据", "claims, contradictions, variants, evidence")),
    ] = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Print the instruments that are meant; return the exit code."""
    tongue, wanted = chosen(lang), " ".join(word or ())
    every = Found(Way.NOT, tuple(Hit(one) for one in catalogue().values()))
    found = find(wanted) if plain(wanted) else every
    if not (found.hits or found.others):
        raise InputError([_nothing(wanted)])
    if as_json:
        terminal.dump([*(_entry(hit) for hit in found.hits), *(_other_entry(one) for one in found.others)])
        return 0
    if found.way is Way.ALMOST:
        terminal.say(t(f"没有叫“{wanted}”的；写法最接近的：", f"Nothing is called '{wanted}'; the nearest:"), tongue)
    if found.hits and detail:
        for hit in found.hits:
            _detail(hit, tongue)
    elif found.hits:
        _table(found.hits, tongue)
    for one in found.others:
        _other(one, tongue)
    return 0


def _nothing(wanted: str) -> Problem:
    near = close_names(wanted)
    what = t(f"没有符合“{wanted}”的治理工具", f"no instrument matches '{wanted}'")
    if near:
        zh = "、".join(f"{called}（{right}）" for called, right in near)
        en = ", ".join(f"{called} ({right})" for called, right in near)
        more = t(f"；最接近的名称：{zh}", f"; the nearest names: {en}")
    else:
        families = joined([t(family.zh, name) for name, family in FAMILIES.items()])
        more = t(
            f"，也没有相近的名称；labsim instruments 列出全部，类别：{families.zh}",
            f" and no name is close; labsim instruments lists all of them, families: {families.en}",
        )
    return Problem(Where(), t(what.zh + more.zh, what.en + more.en))


def _table(hits: tuple[Hit, ...], lang: str) -> None:
    heads = [
        t("工具", "instrument"), t("做什么", "what it does"), t("杠杆（原值 → 新值）", "levers (old → new)"),
        t("证据", "evidence"),
    ]  # fmt: skip
    cells = [
        [
            _named(hit, lang),
            escape(hit.instrument.what.in_language(lang)),
            escape("\n".join(move.in_language(lang) for move in moves(_settings(hit)))),
            str(len(cited(hit.instrument))),
        ]
        for hit in hits
    ]
    title = in_language(t(f"治理工具（{len(hits)} 项）", f"policy instruments ({len(hits)})"), lang)
    terminal.show(terminal.table(title, [head.in_language(lang) for head in heads], cells, (5, 6, 6, 3)))


def _settings(hit: Hit) -> dict[str, Setting]:
    """Return what is set: by the variant that was found where it has values of its own."""
    return hit.instrument.settings(hit.variant.code if hit.variant else None)


def _named(hit: Hit, lang: str) -> str:
    """Return the name of an instrument, its id, the variant that was asked for, and the modules that it needs."""
    one = hit.instrument
    lines = [f"{one.code} {escape(one.name.in_language(lang))}", f"[dim]{one.id}[/dim]"]
    if hit.variant is not None:
        lines.append(f"[cyan]← {hit.variant.code} {escape(hit.variant.name.in_language(lang))}[/cyan]")
        if hit.variant.has_values:
            lines.append(f'[dim]variant = "{hit.variant.code}"[/dim]')
    needed = ", ".join(f"module_{module}" for module in one.needs(hit.variant.code if hit.variant else None))
    if needed:
        lines.append(f"[yellow]{in_language(t(f'需开启 {needed}', f'needs {needed}'), lang)}[/yellow]")
    return "\n".join(lines)


def _other(one: NotInstrument, lang: str) -> None:
    every = catalogue()
    closest = joined([t(f"{every[name].name.zh}（{name}）", f"{every[name].name.en} ({name})") for name in one.instead])
    terminal.say(
        t(
            f"{one.code} {one.name.zh}：不是治理工具。{one.why.zh}最接近的工具：{closest.zh}。",
            f"{one.code} {one.name.en}: not an instrument. {one.why.en} The closest: {closest.en}.",
        ),
        lang,
    )


def _detail(hit: Hit, lang: str) -> None:
    one = hit.instrument
    terminal.say(t(f"{one.code} {one.name.zh}（{one.id}）", f"{one.code} {one.name.en} ({one.id})"), lang, "bold")
    terminal.say(one.what, lang)
    how = mechanisms(one)
    terminal.say(
        t(f"机制：{'、'.join(text.zh for text in how)}", f"Mechanism: {'; '.join(text.en for text in how)}"), lang
    )
    if needed := one.needs():
        lines = ", ".join(f"module_{module} = true" for module in needed)
        terminal.say(t(f"需在 [population] 下写 {lines}", f"Needs {lines} under [population]"), lang, "yellow")
    heads: tuple[Text, ...] = (t("杠杆（原值 → 新值）", "levers (old → new)"), t("来源", "source"), t("说明", "note"))
    _rows(heads, [[move, _source(s), _note(s)] for move, s in zip(moves(one.levers), one.levers.values(), strict=True)],
          lang, (5, 5, 5))  # fmt: skip
    if one.claims:
        heads = (t("文件主张（模型不知道）", "claimed (the model is not told)"), t("文件中的数字", "figures"))
        _rows(heads, [[claimed(claim), _figures(claim.evidence)] for claim in one.claims], lang, (5, 8))
    for contradiction in one.contradictions:
        terminal.say(t(f"矛盾：{contradiction.zh}", f"Against it: {contradiction.en}"), lang)
    if one.variants:
        heads = (t("变体", "variant"), t("不同之处", "what differs"))
        _rows(heads, [[_variant(v), _differs(v)] for v in one.variants], lang, (5, 8))
    rows = evidence_rows()
    heads = (t("证据", "evidence"), t("数字", "figure"), t("量", "quantity"), t("归因于措施", "said to be caused"))
    _rows(heads, [[t(i, i), figure(rows[i]), t(rows[i]["quantity"], rows[i]["quantity"]), _causal(rows[i])]
                  for i in cited(one)], lang, (4, 3, 6, 2))  # fmt: skip


def _rows(heads: tuple[Text, ...], rows: list[list[Text]], lang: str, ratios: tuple[int, ...]) -> None:
    cells = [[escape(cell.in_language(lang)) for cell in row] for row in rows]
    terminal.show(terminal.table("", [head.in_language(lang) for head in heads], cells, ratios))


def _source(setting: Setting) -> Text:
    return source(": ".join(part for part in (setting.provenance.value, ", ".join(setting.evidence)) if part))


def _note(setting: Setting) -> Text:
    left_out = t("；扩展机制关闭时省去", "; left out while its module is off") if setting.optional else t(" ", " ")
    note = setting.note or t("–", "–")
    return t(note.zh + left_out.zh.rstrip(), note.en + left_out.en.rstrip())


def _figures(ids: tuple[str, ...]) -> Text:
    rows = evidence_rows()
    parts = [(i, figure(rows[i])) for i in ids]
    none = t("–", "–")
    return t(
        "\n".join(f"{i}: {f.zh}" for i, f in parts) or none.zh, "\n".join(f"{i}: {f.en}" for i, f in parts) or none.en
    )


def _variant(one: Variant) -> Text:
    return t(f"{one.code} {one.name.zh}", f"{one.code} {one.name.en}")


def _differs(one: Variant) -> Text:
    own = differs(one) or [t("只是另一名称", "another name for it")]
    return t("\n".join(text.zh for text in own), "\n".join(text.en for text in own))


def _causal(row: dict[str, str]) -> Text:
    return t("是", "yes") if causal(row) else t("否", "no")


def _entry(hit: Hit) -> dict[str, Any]:
    """Return everything about an instrument that was found, with the declared values of its levers."""
    one, settings = hit.instrument, _settings(hit)
    rows = evidence_rows()
    return one.model_dump(mode="json") | {
        "kind": "instrument",
        "found_as": hit.variant.code if hit.variant else None,
        "needs": [f"module_{module}" for module in one.needs(hit.variant.code if hit.variant else None)],
        "sets": {
            name: {"old": LEVERS[name].default, "new": setting.value, "unit": LEVERS[name].unit}
            for name, setting in settings.items()
        },
        "mechanisms": [text.model_dump() for text in mechanisms(one)],
        "figures": {name: rows[name] for name in cited(one)},
    }


def _other_entry(one: NotInstrument) -> dict[str, Any]:
    return one.model_dump(mode="json") | {"kind": "not an instrument"}
