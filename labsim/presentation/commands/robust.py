"""``labsim robust``: policies when much is not known.

Takes: policies. Gives: how they hold up over states of the world, where they fail and what is worth finding out first.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import typer

from labsim.analysis.decide.robust import Robust, Worth, information
from labsim.analysis.decide.robust import robust as held
from labsim.analysis.decide.running import Targets, across, better, mean_of, places_of
from labsim.analysis.explore.discovery import Box, discover
from labsim.analysis.explore.emulator import emulate, split
from labsim.analysis.explore.sensitivity import sobol
from labsim.experiment.worlds import SPREAD, UNCERTAIN
from labsim.experiment.worlds import worlds as drawn
from labsim.foundations.errors import Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.presentation import terminal
from labsim.presentation.keeping import store_of
from labsim.presentation.options import Json, Lang, NoStore, Seed, StoreFolder, chosen, words
from labsim.presentation.watching import watching
from labsim.results.indicators import indicator, select
from labsim.scenario.files import load
from labsim.scenario.scenario import Scenario, world_values
from labsim.scenario.world import WORLD

app = typer.Typer()
_TOLD = 5
_FEWEST_FAILURES = 20

TargetList = Annotated[
    list[str] | None,
    typer.Option("--target", help=words("目标 指标=数值，可多次", "target INDICATOR=VALUE; may be repeated")),
]


@app.command(
    help=words(
        "稳健性：政策在许多世界状态下的遗憾、达标率、最差十分之一，何处失败，先弄清什么最值得。",
        "Robustness: regret, targets met and the worst tenth over states of the world; where policies fail; what is "
        "worth finding out first.",
    )
)
def robust(
    base: Annotated[str, typer.Argument(help=words("基准情景", "baseline scenario"), show_default=False)],
    policies: Annotated[list[str], typer.Argument(help=words("政策情景", "policy scenarios"), show_default=False)],
    outcome: Annotated[
        str, typer.Option("--outcome", help=words("按哪个指标比较", "indicator to judge by"))
    ] = "satisfaction_share",
    target: TargetList = None,
    worlds: Annotated[int, typer.Option("--worlds", help=words("世界状态数", "states of the world"))] = 100,
    seed: Seed = 0,
    store: StoreFolder = None,
    no_store: NoStore = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Compare policies over states of the world; return the exit code."""
    tongue = chosen(lang)
    select([outcome])
    wanted = Targets(numbers_of(target or [], "--target"))
    if not 20 <= worlds <= 5000:
        what = t(f"{worlds} 无效", f"{worlds} is not possible")
        raise_if([Problem(Where(key="--worlds"), what, t("20 至 5000", "20 to 5000"))])
    scenarios = [load(one) for one in (base, *policies)]
    kept = store_of(store, no_store, tongue)
    states = drawn(worlds, seed)
    names = list(dict.fromkeys([outcome, *wanted.wanted]))
    with terminal.answering(tongue), watching(t("正在运行", "running"), tongue) as watch:
        cubes = across(scenarios, names, (states, 2, seed), kept, watch)
    value = better(outcome, mean_of(cubes[outcome], (2,)))
    gaps = int((~np.isfinite(value)).sum())
    if gaps:
        what = t(f"{outcome} 在 {gaps} 个世界里无法测量", f"{outcome} cannot be measured in {gaps} worlds")
        raise_if(
            [
                Problem(
                    Where(key="--outcome"),
                    what,
                    t("更长的模拟期，或另一个指标", "a longer horizon, or another indicator"),
                )
            ]
        )
    met = wanted.met(cubes) if wanted.wanted else np.ones(cubes[outcome].shape, np.bool_)
    meets = np.asarray(np.all(met, axis=2))
    rows = held([one.name for one in scenarios], value, meets)
    places = places_of(states, UNCERTAIN)
    boxes = {
        one.name: discover(places, ~meets[i], list(UNCERTAIN), seed) if (~meets[i]).sum() >= _FEWEST_FAILURES else None
        for i, one in enumerate(scenarios)
    }
    worth = information(UNCERTAIN, value, places)
    part = split(better(outcome, cubes[outcome])) if len(scenarios) > 1 else None
    sensitive = _sensitivity(places, value[-1] - value[0], seed)
    if as_json:
        terminal.dump(
            {
                "outcome": outcome,
                "n": int(cubes[outcome].size),
                "seed": seed,
                "policies": [vars(one) for one in rows],
                "boxes": {
                    name: None
                    if box is None
                    else {
                        "zh": _said(box, scenarios[0]).zh,
                        "en": _said(box, scenarios[0]).en,
                        "coverage": box.coverage,
                        "density": box.density,
                        "n": box.n,
                    }
                    for name, box in boxes.items()
                },
                "worth": [vars(one) for one in worth],
                "variance": None if part is None else vars(part),
                "sensitivity": sensitive,
            }
        )
        return 0
    _robust(rows, outcome, wanted, tongue)
    for name, box in boxes.items():
        if box is not None:
            said = _said(box, scenarios[0])
            terminal.say(t(f"{name}：{said.zh}", f"{name}: {said.en}"), tongue, "yellow")
    if part is not None:
        terminal.say(
            t(
                f"差异来自：政策 {part.policy:.0%}，参数 {part.parameters:.0%}，"
                f"两者交互 {part.interaction:.0%}，运气 {part.luck:.0%}。",
                f"differences come from: policy {part.policy:.0%}, parameters {part.parameters:.0%}, both together "
                f"{part.interaction:.0%}, luck {part.luck:.0%}.",
            ),
            tongue,
        )
    _worth(worth, outcome, tongue)
    size = f"{len(scenarios)} × {worlds} × 2 = {cubes[outcome].size:,}"
    terminal.say(
        t(
            f"{size} 次运行，种子 {seed}，参数在拟合值 ±{SPREAD:.0%} 内。",
            f"{size} runs, seed {seed}, parameters within ±{SPREAD:.0%} of their fitted values.",
        ),
        tongue,
        "bold",
    )
    return 0


def _sensitivity(places: Any, effect: Any, seed: int) -> dict[str, Any]:
    """Return Sobol totals of the effect of the last policy through an emulator, and how well that explains runs."""
    keep = np.argsort([-abs(float(np.corrcoef(places[:, j], effect)[0, 1])) for j in range(places.shape[1])])[:6]
    made = emulate(places[:, keep], effect)
    if made.explained <= 0:
        return {"explained": made.explained, "total": {}}
    names = [UNCERTAIN[j] for j in keep]
    found = sobol(made, names, 256, seed + 1)
    total = {one.name: {"total": one.total, "error": one.total_error} for one in found}
    return {"explained": made.explained, "total": total}


def _said(box: Box, base: Scenario) -> Any:
    centre = world_values(base)
    ends = {name: tuple(sorted((centre[name] * (1 - SPREAD), centre[name] * (1 + SPREAD)))) for name in UNCERTAIN}
    return box.sentence(
        {name: (pair[0], pair[1]) for name, pair in ends.items()}, {name: WORLD[name].label for name in UNCERTAIN}
    )


def _robust(rows: Sequence[Robust], outcome: str, wanted: Targets, lang: str) -> None:
    heads = [
        t("政策", "policy"),
        t("达标", "targets met"),
        t("最大遗憾", "largest regret"),
        t("平均遗憾", "mean regret"),
        t("最差十分之一", "worst tenth"),
        t("平均", "mean"),
    ]
    share = indicator(outcome).unit == "share"

    def show(value: float) -> str:
        return f"{100 * value:.1f}%" if share else f"{value:.3g}"

    cells = [
        [
            one.name,
            f"{one.meets:.0%}" if wanted.wanted else "–",
            show(one.largest_regret),
            show(one.mean_regret),
            show(one.worst_tenth),
            show(one.mean),
        ]
        for one in rows
    ]
    label = indicator(outcome).label
    terminal.say(label, lang, "bold")
    terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells))
    if wanted.wanted:
        terminal.say(t(f"目标：{wanted.text.zh}", f"targets: {wanted.text.en}"), lang)


def _worth(worth: Sequence[Worth], outcome: str, lang: str) -> None:
    top = sorted((one for one in worth if one.name != "all" and one.survey_first), key=lambda one: -one.value)[:_TOLD]
    if not top:
        said = t("再调查也不会改变选择：现在就可以决定。", "no survey would change the choice: decide now.")
        terminal.say(said, lang)
    scale, unit = (
        (100, t("个百分点", "points")) if indicator(outcome).unit == "share" else (1, indicator(outcome).unit_text)
    )
    for one in top:
        label = WORLD[one.name].label
        terminal.say(
            t(
                f"先弄清“{label.zh}”值 {scale * one.value:.2g} ± {2 * scale * one.error:.2g} {unit.zh}。",
                f"finding out '{label.en}' first is worth {scale * one.value:.2g} ± "
                f"{2 * scale * one.error:.2g} {unit.en}.",
            ),
            lang,
        )


def numbers_of(written: Sequence[str], key: str) -> dict[str, float]:
    """Return values by name of options ``NAME=VALUE``.

    Raises:
        InputError: one of them is not of that form.
    """
    found, problems = {}, []
    for one in written:
        name, _, value = one.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            problems.append(
                Problem(Where(key=key), t(f"看不懂“{one}”", f"'{one}' cannot be read"), t("名称=数值", "NAME=VALUE"))
            )
    raise_if(problems)
    return found
