"""``labsim search``: levers under a budget, and what it would take to reach targets.

Takes: levers with their ranges. Gives: settings that nothing beats, or the region that reaches targets, both tried
again on seeds that the search never saw.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import typer

from labsim.analysis.decide.running import Levers, Targets, across, better, mean_of, worlds_over
from labsim.analysis.decide.search import Finalist, Region, pareto, what_it_takes
from labsim.experiment.worlds import UNCERTAIN
from labsim.foundations.errors import Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.presentation import terminal
from labsim.presentation.commands.robust import TargetList, numbers_of
from labsim.presentation.keeping import store_of
from labsim.presentation.options import Json, Lang, NoStore, Seed, StoreFolder, chosen, words
from labsim.results.indicators import select
from labsim.scenario.files import load

app = typer.Typer()
_OVER = -1e12
"""An outcome worse than any: over the budget."""


@app.command(
    help=words(
        "搜索：在预算内调杠杆，找互不占优的政策并换种子复核；给出 --target 时反过来问“要做到什么程度”。",
        "Search levers under a budget for policies that nothing beats, tried again on fresh seeds; with --target: what "
        "would it take?",
    )
)
def search(
    base: Annotated[str, typer.Argument(help=words("基准情景", "baseline scenario"), show_default=False)],
    lever: Annotated[
        list[str],
        typer.Option("--lever", help=words("杠杆 名称=下限:上限，可多次", "lever NAME=LOW:HIGH; may be repeated")),
    ],
    outcome: Annotated[
        list[str] | None, typer.Option("--outcome", help=words("指标，1 至 4 个", "indicators, 1 to 4"))
    ] = None,
    most: Annotated[
        list[str] | None,
        typer.Option("--most", help=words("上限 指标=数值（预算）", "limit INDICATOR=VALUE (a budget)")),
    ] = None,
    target: TargetList = None,
    trials: Annotated[int, typer.Option("--trials", help=words("试多少种政策", "policies to try"))] = 200,
    chance: Annotated[float, typer.Option("--chance", help=words("达标概率要求", "chance asked for"))] = 0.8,
    worlds: Annotated[
        int, typer.Option("--worlds", help=words("每种政策的世界状态数", "states of the world each"))
    ] = 10,
    seed: Seed = 0,
    store: StoreFolder = None,
    no_store: NoStore = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Search among levers; return the exit code."""
    tongue = chosen(lang)
    limits = {"--trials": (trials, 20, 20_000), "--worlds": (worlds, 2, 500), "--chance": (chance, 0.01, 1.0)}
    raise_if(
        Problem(
            Where(key=key), t(f"{value} 无效", f"{value} is not possible"), t(f"{low} 至 {high}", f"{low} to {high}")
        )
        for key, (value, low, high) in limits.items()
        if not low <= value <= high
    )
    turned = Levers(_ranges(lever))
    goals, bound = list(outcome or ["satisfaction_share"]), numbers_of(most or [], "--most")
    wanted = Targets(numbers_of(target or [], "--target"))
    if len(goals) > 4:
        raise_if([Problem(Where(key="--outcome"), t("指标太多", "too many indicators"), t("至多 4 个", "at most 4"))])
    select([*goals, *bound])
    scenario, kept = load(base), store_of(store, no_store, tongue)
    names = list(dict.fromkeys([*goals, *wanted.wanted, *bound]))

    def ran(points: Any, batch: int) -> dict[str, Any]:
        design = (worlds_over(worlds, seed + batch, UNCERTAIN), 1, seed + batch)
        return across(turned.scenarios(scenario, points), names, design, kept)

    def meets(points: Any, batch: int) -> Any:
        cubes = ran(points, batch)
        inside = [mean_of(cubes[name], (1, 2)) <= value for name, value in bound.items()]
        good = np.logical_and.reduce(inside) if inside else np.ones(len(points), np.bool_)
        return (wanted.met(cubes)[:, :, 0] & good[:, None]).astype(np.float64)

    def values(points: Any, batch: int) -> Any:
        cubes = ran(points, batch)
        made = np.stack([better(name, mean_of(cubes[name], (1, 2))) for name in goals], axis=1)
        for name, value in bound.items():
            made[~(mean_of(cubes[name], (1, 2)) <= value)] = _OVER
        return np.where(np.isfinite(made).all(axis=1, keepdims=True), made, _OVER)  # not measurable: never best

    with terminal.answering(tongue):
        if wanted.wanted:
            region = what_it_takes(meets, len(turned.ranges), trials, chance, seed)
            return _takes(region, turned, (wanted, chance), tongue, as_json)
        front = pareto(values, len(turned.ranges), len(goals), trials, seed)
    inside = [one for one in front if (one.promised > _OVER / 2).all()]
    told = (len(inside), trials, worlds, seed)
    return _front(inside, turned, goals, told, (tongue, as_json))


def _front(
    front: Sequence[Finalist], turned: Levers, goals: Sequence[str], told: tuple[int, ...], how: tuple[str, bool]
) -> int:
    """Print a front: settings, what they gave on fresh seeds and what the search had promised."""
    lang, as_json = how
    settings = turned.values(np.array([one.point for one in front]).reshape(len(front), -1))

    def seen(values: Any) -> list[float] | None:
        if (values <= _OVER / 2).any():
            return None  # over budget on fresh seeds
        return [float(better(name, np.array(value))) for name, value in zip(goals, values, strict=True)]

    fresh, promised = [seen(one.fresh) for one in front], [seen(one.promised) or [] for one in front]
    if as_json:
        rows = [{"levers": a, "fresh": b, "promised": c} for a, b, c in zip(settings, fresh, promised, strict=True)]
        terminal.dump({"outcomes": list(goals), "front": rows, "trials": told[1], "worlds": told[2], "seed": told[3]})
        return 0
    heads = [*turned.ranges, *goals, t("搜索时承诺", "promised in the search").in_language(lang)]
    cells = [
        [*(f"{v:.3g}" for v in a.values()), *(["–"] * len(goals) if b is None else [f"{v:.4g}" for v in b]),
         ", ".join(f"{v:.4g}" for v in c)]
        for a, b, c in zip(settings, fresh, promised, strict=True)
    ]  # fmt: skip
    terminal.show(terminal.table("", heads, cells))
    gaps = [one.optimism for one, b in zip(front, fresh, strict=True) if b is not None]
    optimism = [f"{name} {gap:+.3g}" for name, gap in zip(goals, np.mean(gaps, axis=0), strict=True)] if gaps else ["–"]
    said = ", ".join(optimism)
    terminal.say(
        t(
            f"乐观偏差（承诺 − 新种子，正数为承诺过高）：{said}。"
            f"试了 {told[1]} 种政策，每种 {told[2]} 个世界，种子 {told[3]}。",
            f"optimism of the search (promised − fresh, above 0: too much was promised): "
            f"{said}. {told[1]} policies tried in {told[2]} worlds each, "
            f"seed {told[3]}.",
        ),
        lang,
        "bold",
    )
    return 0


def _takes(found: Region, turned: Levers, asked: tuple[Targets, float], lang: str, as_json: bool) -> int:
    wanted, chance = asked
    settings = turned.values(np.stack([found.low, found.high])) if found.feasible else []
    if as_json:
        terminal.dump(
            {
                "feasible": found.feasible,
                "best": found.best,
                "tried": found.tried,
                "policies": len(found.points),
                "from": settings[0] if settings else None,
                "to": settings[1] if settings else None,
            }
        )
        return 0
    if not found.feasible:
        terminal.say(
            t(
                f"做不到：试过的 {found.tried} 种政策中没有一种能以 {chance:.0%} 的把握达到 "
                f"{wanted.text.zh}（最好 {found.best:.0%}）。",
                f"not to be had: none of {found.tried} policies reaches {wanted.text.en} with a chance of {chance:.0%} "
                f"(best {found.best:.0%}).",
            ),
            lang,
            "yellow",
        )
        return 0
    terminal.say(
        t(
            f"{found.tried} 种政策中有 {len(found.points)} 种以至少 {chance:.0%} 的把握达到 "
            f"{wanted.text.zh}（换种子复核）：",
            f"{len(found.points)} of {found.tried} policies reach {wanted.text.en} with a chance of at least "
            f"{chance:.0%} (checked on fresh seeds):",
        ),
        lang,
        "bold",
    )
    for name in turned.ranges:
        low, high = settings[0][name], settings[1][name]
        terminal.say(t(f"· {name}：{low:.3g} 至 {high:.3g}", f"· {name}: {low:.3g} to {high:.3g}"), lang)
    return 0


def _ranges(written: Sequence[str]) -> dict[str, tuple[float, float]]:
    found, problems = {}, []
    for one in written:
        name, _, ends = one.partition("=")
        try:
            low, high = (float(end) for end in ends.split(":"))
            found[name.strip()] = (low, high)
        except ValueError:
            what = t(f"看不懂“{one}”", f"'{one}' cannot be read")
            problems.append(Problem(Where(key="--lever"), what, t("名称=下限:上限", "NAME=LOW:HIGH")))
    raise_if(problems)
    return found
