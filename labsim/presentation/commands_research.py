"""``labsim research``: from a study file to a posterior that can be defended.

Takes: a study file. Gives: what the data can tell (identify), the posterior (fit), whether the inference is right
(check), and verdicts that no unknown parameter carries (compare).
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from labsim.analysis.compare import contest
from labsim.analysis.inference.bank import Bank, simulate_bank
from labsim.analysis.inference.calibration import RESTS_LABELS, Light, Quality
from labsim.analysis.inference.fitting import METHODS, Fit, check, fit
from labsim.analysis.inference.guard import Guarded, backed
from labsim.analysis.inference.heldout import GAIN, Foretold, foretold
from labsim.analysis.inference.identify import Spectrum, spectrum
from labsim.analysis.inference.misfit import expectation, rates
from labsim.analysis.inference.posterior import Posterior, load_posterior, save_posterior
from labsim.analysis.inference.study import Study, read_study
from labsim.experiment.design import Design
from labsim.experiment.runner import run
from labsim.experiment.workers import Workers
from labsim.foundations.declared import Text
from labsim.foundations.errors import Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import in_language, t
from labsim.foundations.writing import check_writable
from labsim.presentation import terminal
from labsim.presentation.keeping import store_of
from labsim.presentation.options import Json, Lang, NoStore, StoreFolder, chosen, words
from labsim.presentation.watching import watching
from labsim.results.results import Reduction
from labsim.results.store import RunStore

WORK = {
    "identify": t("可识别性", "identify"), "fit": t("拟合", "fit"), "check": t("检验", "check"),
    "compare": t("比较", "compare"),
}  # fmt: skip
_SETS = {
    "only survey": t("只有问卷", "survey only"), "without survey": t("没有问卷", "no survey"),
    "only cases": t("只有案件", "cases only"), "without cases": t("没有案件", "no cases"),
    "only app": t("只有应用", "app only"), "without app": t("没有应用", "no app"),
    "survey x 4": t("四倍问卷", "survey × 4"),
}  # fmt: skip
_LIGHTS = {Light.GREEN: "[green]●[/green]", Light.YELLOW: "[yellow]●[/yellow]", Light.RED: "[red]●[/red]"}
_LIGHT_WORDS = {Light.GREEN: t("绿", "green"), Light.YELLOW: t("黄", "yellow"), Light.RED: t("红", "red")}
SHOWN = ("satisfaction_share", "participation_offline_12m", "deliberated_12m", "sorting_rate", "fix_rate_genuine",
         "handling_days_mean")  # fmt: skip

app = typer.Typer()


@app.command(
    help=words(
        "研究者：identify 数据能说明什么，fit 拟合出后验，check 检验推断本身（红绿灯），compare 用后验比较政策。",
        "Researchers: identify (what the data can tell), fit (a posterior), check (is the inference right, with "
        "traffic lights), compare (policies under the posterior).",
    )
)
def research(
    work: Annotated[
        str,
        typer.Argument(metavar="identify|fit|check|compare", help=words("做什么", "what to do"), show_default=False),
    ],
    study: Annotated[Path, typer.Argument(help=words("研究文件（TOML）", "study file (TOML)"), show_default=False)],
    instruments: Annotated[
        list[str] | None, typer.Argument(help=words("compare：政策工具", "compare: instruments"))
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help=words("方法：regression 或 smc", "method: regression or smc"))
    ] = "regression",
    out: Annotated[
        Path, typer.Option("--out", help=words("后验文件（netCDF）", "file of the posterior (netCDF)"))
    ] = Path("posterior.nc"),
    tests: Annotated[
        int, typer.Option("--tests", help=words("check：已知真值的数据集数", "check: data sets of known truth"))
    ] = 200,
    worlds: Annotated[
        int, typer.Option("--worlds", help=words("compare：后验抽样数", "compare: draws of the posterior"))
    ] = 40,
    store: StoreFolder = None,
    no_store: NoStore = False,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Do one thing with a study; return the exit code."""
    tongue = chosen(lang)
    if work not in WORK:
        raise_if([unknown_name("", work, WORK, t("操作", "work"), [(one.zh, name) for name, one in WORK.items()])])
    raise_if([unknown_name("--method", method, METHODS, t("方法", "method"))] if method not in METHODS else [])
    limits = {"--tests": (tests, 20, 1000), "--worlds": (worlds, 10, 400)}
    raise_if(
        Problem(
            Where(key=key), t(f"{value} 无效", f"{value} is not possible"), t(f"{low} 至 {high}", f"{low} to {high}")
        )
        for key, (value, low, high) in limits.items()
        if not low <= value <= high
    )
    asked, kept = read_study(study), store_of(store, no_store, tongue)
    if work == "fit":
        check_writable(out)
    if work == "compare":
        return _compare(asked, load_posterior(out), list(instruments or []), worlds, (kept, tongue, as_json))
    with terminal.answering(tongue), watching(t("正在模拟", "simulating"), tongue) as watch:
        bank = simulate_bank(asked, kept, watch)
    if work == "identify":
        return _identify(spectrum(bank), bank, tongue, as_json)
    if work == "check":
        return _check(bank, tests, tongue, as_json)
    found = fit(asked, method, kept, None, bank)
    save_posterior(found.posterior, out)
    return _fit(found, out, tongue, as_json)


def _identify(found: Spectrum, bank: Bank, lang: str, as_json: bool) -> int:
    if as_json:
        left = {name: float(one) for name, one in zip(found.names, found.left, strict=True)}
        sets = {key: dict(zip(found.names, one.tolist(), strict=True)) for key, one in found.with_data.items()}
        terminal.dump({"left": left, "eigenvalues": found.eigenvalues.tolist(), "with_data": sets, "n": bank.n})
        return 0
    keys = list(found.with_data)
    heads = [
        in_language(t("参数", "parameter"), lang),
        in_language(t("剩余不确定", "left"), lang),
        *(_SETS[key].in_language(lang) for key in keys),
    ]
    cells = [
        [name, f"{found.left[i]:.2f}", *(f"{found.with_data[key][i]:.2f}" for key in keys)]
        for i, name in enumerate(found.names)
    ]
    terminal.show(terminal.table("", heads, cells, (4, *[2] * (len(heads) - 1))))
    spectrum_text = "  ".join(f"{one:.3g}" for one in found.eigenvalues)
    said = t(
        f"{len(found.names)} 个方向中数据比先验更清楚的有 {found.known} 个（信息谱 {spectrum_text}；"
        f"{bank.n:,} 次模拟）。"
        "1 = 数据什么也没说。",
        f"the data know {found.known} of {len(found.names)} directions better than the prior (spectrum "
        f"{spectrum_text}; {bank.n:,} simulations). 1 means that the data say nothing.",
    )
    terminal.say(said, lang, "bold")
    for i, name in enumerate(found.names):
        if found.left[i] > 0.8:
            best = min(keys, key=lambda key: float(found.with_data[key][i]))
            gain = float(found.with_data[best][i])
            helps = gain < 0.9 * found.left[i]
            best_set = _SETS[best]
            told = t(f"最有帮助的是“{best_set.zh}”（{gain:.2f}）", f"'{best_set.en}' would help most ({gain:.2f})")
            if not helps:
                told = t(
                    "这些数据再多也无济于事：需要干预试验或追踪调查",
                    "no more of these data helps: a trial or a panel would",
                )
            terminal.say(t(f"· {name}：{told.zh}。", f"· {name}: {told.en}."), lang)
    return 0


def _fit(found: Fit, out: Path, lang: str, as_json: bool) -> int:
    seen, posterior = found.bank.observed, found.posterior
    inside = posterior.predictive()
    score = foretold(found.bank, found.study.seed)
    if as_json:
        terminal.dump(
            {
                "posterior": str(out),
                "method": posterior.method,
                "simulations": found.simulations,
                "stored": found.bank.stored,
                "figures": len(seen.figures),
                "dropped": list(found.bank.dropped),
                "parameters": {
                    one.name: {
                        "interval": posterior.interval(one.name),
                        "rests": posterior.rests(one.name).value,
                        "width": posterior.width(one.name),
                    }
                    for one in posterior.priors
                },
                "predictive": [
                    dict(zip(("figure", "observed", "low", "high", "inside"), row, strict=True)) for row in inside
                ],
                "held_out": None if score is None else asdict(score) | {"gain": score.gain},
                "misfit": {
                    "flagged": found.misfit.flagged,
                    "p": found.misfit.p,
                    "largest": found.misfit.largest,
                    "figures": [one.figure.name for one in found.misfit.surprises],
                },
                "record": dict(posterior.record),
            }
        )
        return 0
    heads = [t("参数", "parameter"), t("90% 区间", "90 % interval"), t("先验", "prior"), t("依据", "rests on")]
    cells = []
    for one in posterior.priors:
        low, high = posterior.interval(one.name)
        rests = RESTS_LABELS[posterior.rests(one.name)].in_language(lang)
        light = _LIGHTS[posterior.lights[one.name]]
        label = f"{light} {escape(one.label.in_language(lang))}\n[dim]{one.name}[/dim]"
        cells.append([label, f"{low:.3g} – {high:.3g}", f"{one.low:g} – {one.high:g}", rests])
    terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells, (6, 4, 4, 3)))
    good = sum(row[4] for row in inside)
    terminal.say(
        t(
            f"后验预测：{len(inside)} 个数字中 {good} 个在 95% 带内。",
            f"predictive check: {good} of {len(inside)} figures inside the 95 % band.",
        ),
        lang,
    )
    terminal.say(_foretold(score), lang)
    if found.misfit.flagged:
        names = "; ".join(one.figure.label.in_language(lang) for one in found.misfit.surprises[:3])
        terminal.say(
            t(
                f"⚠ 模型造不出这样的数据（p = {found.misfit.p:.3f}）：{names}。后验不可信。",
                f"⚠ the model cannot make such data (p = {found.misfit.p:.3f}): {names}. Do not believe the posterior.",
            ),
            lang,
            "bold red",
        )
    else:
        terminal.say(t(f"数据在模型能造出的范围内（p = {found.misfit.p:.2f}）。",
                       f"the model can make such data (p = {found.misfit.p:.2f})."), lang)  # fmt: skip
    terminal.say(
        t(f"{found.simulations:,} 次模拟（{found.bank.stored:,} 次取自运行库），方法 {posterior.method}；后验：{out}",
          f"{found.simulations:,} simulations ({found.bank.stored:,} from the store), method {posterior.method}; "
          f"posterior: {out}"), lang, "bold",
    )  # fmt: skip
    return 0


_NAIVE = {
    "model": t("模型", "model"), "same group": t("另一半的同组", "same group in the other half"),
    "everybody": t("另一半的全体", "everybody in the other half"), "prior": t("先验", "prior"),
}  # fmt: skip


def _foretold(score: Foretold | None) -> Text:
    """Return how well half of the blocks were foretold from the others, and whether that is better than naive."""
    if score is None:
        return t(
            "没有留出检验：问卷的楼栋（群）不足 8 个。", "nothing was held out: the survey has fewer than eight blocks."
        )
    zh, en = (
        ", ".join(f"{name.in_language(tongue)} {score.scores[key]:.2f}" for key, name in _NAIVE.items())
        for tongue in ("zh", "en")
    )
    good = score.gain >= GAIN
    return t(
        f"留出检验：用一半楼栋预测另一半的 {score.figures} 个数字，CRPS（越小越好）{zh}；比最好的简单预测"
        f"{'好' if score.gain > 0 else '差'} {abs(score.gain):.0%}（要求好 {GAIN:.0%}：{'达到' if good else '未达到'}；"
        f"{score.tests} 套已知真值的数据上平均 {score.usual_gain:+.0%}）。",
        f"held out: {score.figures} figures of half of the blocks, foretold from the others; CRPS (smaller is "
        f"better) {en}; {abs(score.gain):.0%} {'better' if score.gain > 0 else 'worse'} than the best naive forecast "
        f"(asked: {GAIN:.0%} better: {'yes' if good else 'no'}; {score.usual_gain:+.0%} on average over {score.tests} "
        "data sets of known truth).",
    )


def _check(bank: Bank, tests: int, lang: str, as_json: bool) -> int:
    found = check(bank, bank.study.seed, tests)
    flags = rates(expectation(bank, bank.study.seed), bank, bank.study.seed)
    if as_json:
        rows = [asdict(one) | {"light": one.light.value, "rests": one.rests.value} for one in found]
        terminal.dump({"parameters": rows, "misfit": flags, "simulations": bank.n})
        return 0
    n = found[0].n
    heads = [
        t("参数", "parameter"),
        t("灯", "light"),
        t("SBC p", "SBC p"),
        t(f"90% 覆盖/{n}", f"90 % covers/{n}"),
        t(f"50%/{n}", f"50 %/{n}"),
        t("R²", "R²"),
        t("误差", "error"),
        t("宽度", "width"),
        t("原因", "why"),
    ]
    cells = [_quality(one, lang) for one in found]
    terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells, (5, 3, 2, 3, 2, 2, 2, 2, 7)))
    terminal.say(
        t(
            f"模型设错的检验：自己的数据被误报 {flags['false']:.1%}，"
            f"造不出的数据被发现 {flags['found']:.1%}；{bank.n:,} 次模拟。",
            f"misspecification: {flags['false']:.1%} of the model's own data flagged, {flags['found']:.1%} of "
            f"impossible data found; {bank.n:,} simulations.",
        ),
        lang,
        "bold",
    )
    terminal.say(t("红灯参数不得支撑简报中的结论。", "A red parameter may not carry a verdict in a brief."), lang)
    return 0


def _quality(one: Quality, lang: str) -> list[str]:
    light = f"{_LIGHTS[one.light]} {_LIGHT_WORDS[one.light].in_language(lang)}"
    return [
        one.name,
        light,
        f"{one.ranks:.3f}",
        str(one.hits),
        str(one.half_hits),
        f"{one.recovery:.2f}",
        f"{one.error:.2f}",
        f"{one.width:.2f}",
        one.why.in_language(lang),
    ]


def _compare(
    asked: Study, posterior: Posterior, instruments: list[str], worlds: int, how: tuple[RunStore | None, str, bool]
) -> int:
    kept, lang, as_json = how
    raise_if([] if instruments else [Problem(Where(key="compare"), t("没有政策工具", "no instrument is given"))])
    base = asked.base.renamed("base", asked.base.label.zh, asked.base.label.en)
    policy = base.with_instruments(*instruments).renamed("policy", "+".join(instruments), " + ".join(instruments))
    places = posterior.worlds(worlds, base)
    with terminal.answering(lang), watching(t("正在运行", "running"), lang) as watch:
        result = run(Design((base, policy), places, 2, asked.seed), Reduction(SHOWN), Workers(), watch, store=kept)
    found = backed(contest(result), posterior)
    if as_json:
        terminal.dump([_document(one) for one in found])
        return 0
    for one in found:
        terminal.say(one.verdict.sentence, lang, "yellow" if one.reason else "")
    terminal.say(
        t(
            f"{len(places)} 个后验世界 × 2 次成对重复；后验 {posterior.method}。",
            f"{len(places)} worlds from the posterior × 2 paired replications; posterior by {posterior.method}.",
        ),
        lang,
        "bold",
    )
    return 0


def _document(one: Guarded) -> dict[str, Any]:
    return {
        "indicator": one.before.difference.indicator,
        "before": one.before.kind.value,
        "verdict": one.verdict.kind.value,
        "share_red": one.share,
        "blamed": list(one.blamed),
        "sentence_zh": one.verdict.sentence.zh,
        "sentence_en": one.verdict.sentence.en,
    }
