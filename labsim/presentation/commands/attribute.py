"""``labsim attribute``: which part of a package does what.

Takes: a scenario, or the name of one instrument. Gives: for each indicator the effect of the
package split over its instruments, mechanisms or levers, with intervals.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.markup import escape

from labsim.analysis.attributed import Attribution, Share, Whole
from labsim.analysis.attribution import attribute as split
from labsim.analysis.packages import By
from labsim.analysis.paired import Basis, Paired
from labsim.analysis.shapley import EXACT, ORDERS
from labsim.analysis.verdict import Difference, verdict
from labsim.foundations.declared import Text
from labsim.foundations.errors import InputError, Problem, Where, nearest, plain, raise_if, unknown_name
from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal
from labsim.presentation.keeping import store_of, tell_failures, tell_kept
from labsim.presentation.options import Indicators, Json, Lang, NoStore, Seed, StoreFolder, Worlds, chosen, words
from labsim.presentation.watching import watching
from labsim.presentation.words import shown
from labsim.results.indicators import indicator
from labsim.scenario.files import load, scenario_names
from labsim.scenario.instruments import INSTRUMENT, instrument_names, instruments
from labsim.scenario.modules.register import MODULE_OF_LEVER
from labsim.scenario.scenario import Scenario

PAIRS = 20
EACH = 2
"""Replications in each state of the world: two are enough to tell luck from knowledge."""
_STRONGEST = 3
"""Interactions told below a table."""

app = typer.Typer()


@app.command(
    help=words(
        "归因：把一组政策的效果拆到各工具、机制或杠杆，各部分之和等于整体。",
        "Attribution: split a package's effect over its instruments, mechanisms or levers; parts sum to the whole.",
    )
)
def attribute(
    scenario: Annotated[
        str,
        typer.Argument(
            help=words("情景的名称或文件，或一项工具的名称", "name or file of a scenario, or name of an instrument")
        ),
    ],
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            help=words(
                "基准情景（默认：同一情景去掉工具与阶段；单项工具为 baseline，涉及扩展机制的为 full）",
                "the baseline (default: the scenario without instruments and phases; for one instrument: baseline, "
                "or full where it moves levers of an extension module)",
            ),
        ),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help=words("instruments、mechanisms 或 levers", "instruments, mechanisms or levers"))
    ] = By.INSTRUMENTS.value,
    indicators: Indicators = None,
    pairs: Annotated[
        int,
        typer.Option("--pairs", "-n", help=words("每种组合的成对运行次数", "paired runs of each combination of parts")),
    ] = PAIRS,
    worlds: Worlds = None,
    seed: Seed = 1,
    orders: Annotated[
        int,
        typer.Option(
            "--orders",
            help=words(f"超过 {EXACT} 个部分时平均的次序数", f"orders averaged over with more than {EXACT} parts"),
        ),
    ] = ORDERS,
    store: StoreFolder = None,
    no_store: NoStore = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Split the effect of a package; return the exit code."""
    tongue = chosen(lang)
    asked = {"--pairs": pairs, "--worlds": 1 if worlds is None else worlds}
    raise_if(
        Problem(Where(key=key), t(f"{value} 次无效", f"{value} is not possible"), t("1 至 100,000", "1 to 100,000"))
        for key, value in asked.items()
        if not 1 <= value <= 100_000
    )
    drawn = max(pairs // EACH, 1) if worlds is None else worlds
    whole, base = _package(scenario, baseline)
    kept = store_of(store, no_store, tongue)
    started = monotonic()
    with terminal.answering(tongue), watching(t("正在运行", "running"), tongue) as watch:
        found = split(
            whole, base, by=by, indicators=indicators, worlds=drawn, replications=-(-pairs // drawn), seed=seed,
            orders=orders, progress=watch, store=kept,
        )  # fmt: skip
    if as_json:
        terminal.dump(found.to_dict())
    elif found.wholes:
        for one in found.wholes:
            _print(found, one, tongue)
        _closing(found, tongue, monotonic() - started)
        tell_kept(found.result, kept, tongue)
        tell_failures(found.result, tongue)
    else:
        terminal.note(t("已中断，没有完成的运行。", "Interrupted before any run was finished."), tongue, "yellow")
    return 130 if found.result.interrupted else 0


def _package(name: str, baseline: str | None) -> tuple[Scenario, Scenario | None]:
    """Return the package and its baseline; one instrument is a package over the baseline.

    Raises:
        InputError: there is no such scenario and no such instrument.
    """
    base = None if baseline is None else load(baseline)
    called = {plain(spoken): one for spoken, one in instrument_names()} | {plain(one): one for one in instruments()}
    if plain(name) in called and name not in scenario_names() and not Path(name).exists():
        one = instruments()[called[plain(name)]]
        before = base or load("full" if MODULE_OF_LEVER.keys() & one.levers else "baseline")
        return before.with_instruments(one.id).renamed(one.id, one.name.zh, one.name.en), before
    try:
        return load(name), base
    except InputError:
        near = nearest(name, instruments(), instrument_names())
        if Path(name).exists() or Path(name).suffix or nearest(name, scenario_names()) or near is None:
            raise
        both = [*scenario_names(), *instruments()]
        kind = t(f"情景或{INSTRUMENT.zh}", f"scenario or {INSTRUMENT.en}")
        raise InputError([unknown_name("", name, both, kind, instrument_names())]) from None


def _print(found: Attribution, whole: Whole, lang: str) -> None:
    """Print one indicator: a row for each part and one for the whole."""
    item = indicator(whole.effect.indicator)
    unit = t("个百分点", "pp") if item.unit == "share" else item.unit_text
    title = f"{item.label.in_language(lang)} ({in_language(unit, lang)})"
    heads = (
        t("部分", "part"), t("在整体中的效果", "effect in the package"), t("占比", "share"),
        t("单独使用", "alone"), t("与其他合用之差", "with the others"),
    )  # fmt: skip
    labels = {part.key: part.label for part in found.parts}
    rows = [_row(labels[one.part], one, lang) for one in found.of(item.name)[1]]
    end = in_language(t("整体", "the whole"), lang)
    rows.append([f"[bold]{end}[/bold]", _numbers(whole.effect), "100%" if whole.effect.paired.n else "–", "", ""])
    made = terminal.table(escape(title), [in_language(head, lang) for head in heads], rows, [5, 5, 2, 3, 3])
    terminal.show(made)
    if whole.reason is not None:
        terminal.say(whole.reason, lang, "yellow")
    for text in _together(found, item.name, labels):
        terminal.say(text, lang)


def _row(label: Text, one: Share, lang: str) -> list[str]:
    effect = _numbers(one.effect)
    if one.order_error:
        effect += f"\n[dim]± {_plainly(one.effect, one.order_error)} {in_language(t('次序', 'orders'), lang)}[/dim]"
    share = "–" if math.isnan(one.share) else f"{100.0 * one.share + 0.0:.0f}%"
    alone, synergy = (_numbers(_like(one.effect, numbers), short=True) for numbers in (one.alone, one.synergy))
    return [escape(label.in_language(lang)), effect, share, alone, synergy]


def _like(effect: Difference, numbers: Paired) -> Difference:
    """Return other numbers of the same indicator, to be shown in the same way."""
    return Difference(effect.policy, effect.indicator, effect.group, effect.delta, numbers)


def _numbers(effect: Difference, short: bool = False) -> str:
    """Return a difference with its interval, as a comparison prints it."""
    if not effect.paired.n:
        return "–"
    text = shown(verdict(effect))
    if short or text.constant:
        return text.difference
    # Rich would read an interval in brackets as markup.
    return escape(f"{text.difference} [{text.low}, {text.high}]")


def _plainly(effect: Difference, value: float) -> str:
    scale = 100.0 if indicator(effect.indicator).unit == "share" else 1.0
    return f"{scale * value:,.2g}" if scale * value < 1000 else f"{scale * value:,.0f}"


def _together(found: Attribution, name: str, labels: dict[str, Text]) -> list[Text]:
    """Return the strongest interactions whose interval does not hold 0."""
    whole, shares = found.of(name)
    alone = {one.part: one.alone.difference for one in shares}
    clear = [one for one in found.interactions if one.indicator == name]
    clear = [one for one in clear if one.effect.low > 0 or one.effect.high < 0]
    clear.sort(key=lambda one: -abs(one.effect.difference))
    texts = []
    for one in clear[:_STRONGEST]:
        a, b, gap = labels[one.one], labels[one.other], shown(verdict(_like(whole.effect, one.effect)))
        # The same sign as what both do apart: more together; the other sign: they do the same work.
        same = one.effect.difference * (alone[one.one] + alone[one.other]) > 0
        how = t("相互加强", "they strengthen each other") if same else t("相互替代", "one takes the other's place")
        texts.append(
            t(
                f"{a.zh} × {b.zh}：{how.zh}，合用与各自相加之差 {gap.difference} [{gap.low}, {gap.high}]",
                f"{a.en} × {b.en}: {how.en}; together {gap.difference} [{gap.low}, {gap.high}] "
                "against the sum of both apart",
            )
        )
    return texts


def _closing(found: Attribution, lang: str, seconds: float) -> None:
    """Say what the numbers rest on, and that the parts sum to the whole."""
    numbers = max((one.effect.paired for one in found.wholes), key=lambda one: one.n)
    residuals: Sequence[float] = [one.residual for one in found.wholes if math.isfinite(one.residual)]
    drawn = (
        t("仅含运气", "luck only")
        if numbers.basis is Basis.LUCK
        else t(f"{numbers.worlds} 种世界状态", f"{numbers.worlds} states of the world")
    )
    many, orders = len(found.parts), len(found.plan.orders)
    how = (
        t(f"{many} 个部分的全部 {1 << many} 种组合（精确 Shapley 值）",
          f"All {1 << many} combinations of {many} parts (exact Shapley values)")
        if found.plan.exact
        else t(f"{many} 个部分的 {orders} 种随机次序的平均（± 为次序抽样误差）",
               f"The average of {orders} random orders of {many} parts (±: standard error of that sample)")
    )  # fmt: skip
    if residuals:
        largest = max(residuals)
        terminal.say(
            t(f"各部分之和等于整体（每对运行最大偏差 {largest:.1g}）。",
              f"The parts sum to the whole (largest deviation in any pair of runs: {largest:.1g})."),
            lang, "bold",
        )  # fmt: skip
    terminal.say(
        t(
            f"{how.zh}；n = {numbers.n} 对（{drawn.zh}），95% 区间；{found.result.finished} 次运行，"
            f"失败 {found.result.failed} 次，用时 {seconds:.0f} 秒。"
            "占比可为负或超过 100%；整体与 0 不能区分时不给占比。",
            f"{how.en}; n = {numbers.n} pairs ({drawn.en}), 95% intervals; {found.result.finished} runs, "
            f"{found.result.failed} failed, {seconds:.0f} s. "
            "A share may be negative or above 100%; there is none where the whole cannot be told from 0.",
        ),
        lang,
    )
    if many == 1:
        hint = t(
            "只有一个部分：用 --by mechanisms 或 --by levers 再拆。",
            "One part: split it with --by mechanisms or levers.",
        )
        terminal.say(hint, lang)
    if found.result.interrupted:
        text = t("已中断：以上只用已完成的运行。", "Interrupted: the above uses finished runs only.")
        terminal.note(text, lang, "yellow")
