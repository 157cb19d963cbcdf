"""``labsim research``: from a study file to a posterior that can be defended.

Takes: a study file. Gives: what the data can tell (identify), the posterior (fit), whether the inference is right
(check), and verdicts that no unknown parameter carries (compare).
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from labsim.analysis.compare import Comparison, contest
from labsim.analysis.inference.bank import simulate_bank
from labsim.analysis.inference.fitting import METHODS, fit
from labsim.analysis.inference.guard import Guarded, backed, least_worlds, scores_of
from labsim.analysis.inference.heldout import all_foretold
from labsim.analysis.inference.identify import spectrum
from labsim.analysis.inference.posterior import Posterior, load_posterior, save_posterior
from labsim.analysis.inference.study import Study, read_study
from labsim.experiment.design import Design
from labsim.experiment.runner import run
from labsim.experiment.workers import Workers
from labsim.foundations.errors import InputError, Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import t
from labsim.foundations.writing import check_writable
from labsim.presentation import terminal
from labsim.presentation.brief.grounds import Grounds
from labsim.presentation.keeping import store_of
from labsim.presentation.options import Json, Lang, NoStore, StoreFolder, chosen, words
from labsim.presentation.research_said import said_check, said_fit, said_gates, said_identify
from labsim.presentation.watching import watching
from labsim.presentation.words import OVER_TIME
from labsim.results.results import Reduction
from labsim.results.store import RunStore

WORK = {
    "identify": t("可识别性", "identify"), "fit": t("拟合", "fit"), "check": t("检验", "check"),
    "compare": t("比较", "compare"), "gates": t("验收", "gates"),
}  # fmt: skip
SHOWN = ("satisfaction_share", "participation_offline_12m", "deliberated_12m", "sorting_rate", "fix_rate_genuine",
         "handling_days_mean")  # fmt: skip

app = typer.Typer()


@app.command(
    help=words(
        "研究者：identify 数据能说明什么，fit 拟合出后验，check 检验推断本身（红绿灯），compare 用后验比较政策，"
        "gates 在已知答案的问题上验收全部统计方法（不需要研究文件）。",
        "Researchers: identify (what the data can tell), fit (a posterior), check (is the inference right, with "
        "traffic lights), compare (policies under the posterior), gates (all statistics on problems whose answer is "
        "known; needs no study).",
    )
)
def research(
    work: Annotated[
        str,
        typer.Argument(
            metavar="identify|fit|check|compare|gates", help=words("做什么", "what to do"), show_default=False
        ),
    ],
    study: Annotated[
        Path | None, typer.Argument(help=words("研究文件（TOML）", "study file (TOML)"), show_default=False)
    ] = None,
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
    page: Annotated[
        Path | None,
        typer.Option(
            "--brief",
            help=words("compare：写一份简报（.html .docx .xlsx）", "compare: write a brief (.html .docx .xlsx)"),
        ),
    ] = None,
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
    if work == "gates":
        return said_gates(tongue, as_json)
    if study is None:
        raise InputError(
            [Problem(Where(key=work), t("没有研究文件", "no study file is given"), t("study.toml", "study.toml"))]
        )
    asked, kept = read_study(study), store_of(store, no_store, tongue)
    if work == "fit":
        check_writable(out)
    if work == "compare":
        if page is not None:
            # Charts are loaded only to draw them.
            from labsim.presentation.brief.brief import check_brief

            check_brief(page)
        posterior = load_posterior(out)
        compared = _compared(asked, posterior, list(instruments or []), (worlds, page is not None), (kept, tongue))
        if page is not None:
            _brief(compared, posterior, f"{study.name}, {out.name}", page, tongue)
        return _said(backed(compared, posterior), posterior, len(compared.result.design.worlds), tongue, as_json)
    with terminal.answering(tongue), watching(t("正在模拟", "simulating"), tongue) as watch:
        bank = simulate_bank(asked, kept, watch)
    if work == "identify":
        return said_identify(spectrum(bank), bank, tongue, as_json)
    if work == "check":
        return said_check(bank, tests, method, tongue, as_json)
    with terminal.answering(tongue), watching(t("正在检验预测", "trying forecasts"), tongue) as watch:
        told = all_foretold(bank, store=kept, watch=watch)
    found = fit(asked, method, kept, None, bank)
    save_posterior(found.posterior, out)
    return said_fit(found, told, out, tongue, as_json)


def _compared(
    asked: Study, posterior: Posterior, instruments: list[str], what: tuple[int, bool], how: tuple[RunStore | None, str]
) -> Comparison:
    """Return the study's community with and without instruments, in worlds drawn from the posterior."""
    (worlds, over_time), (kept, lang) = what, how
    raise_if([] if instruments else [Problem(Where(key="compare"), t("没有政策工具", "no instrument is given"))])
    least = least_worlds(posterior)
    few = t(f"{worlds} 种世界状态太少", f"{worlds} states of the world are too few")
    raise_if([] if worlds >= least else [Problem(Where(key="--worlds"), few, t(f"至少 {least}", f"at least {least}"))])
    base = asked.base.renamed("base", asked.base.label.zh, asked.base.label.en)
    policy = base.with_instruments(*instruments).renamed("policy", "+".join(instruments), " + ".join(instruments))
    places = posterior.worlds(worlds, base)
    with terminal.answering(lang), watching(t("正在运行", "running"), lang) as watch:
        kind = Reduction(SHOWN, series=OVER_TIME if over_time else ())
        return contest(run(Design((base, policy), places, 2, asked.seed), kind, Workers(), watch, store=kept))


def _brief(found: Comparison, posterior: Posterior, source: str, path: Path, lang: str) -> None:
    """Write the brief, with what each parameter rests on."""
    # Charts are loaded only to draw them.
    from labsim.presentation.brief.brief import brief
    from labsim.presentation.brief.page import Told

    scores = tuple(tuple(float(one) for one in row) for row in scores_of(found, posterior))
    grounds = Grounds(tuple(one.name for one in posterior.priors), scores, posterior.lights, source)
    written, _ = brief(found, path, lang=lang, told=Told(date.today().isoformat(), grounds=grounds))
    terminal.note(t(f"简报：{written}", f"brief: {written}"), lang)


def _said(found: list[Guarded], posterior: Posterior, worlds: int, lang: str, as_json: bool) -> int:
    if as_json:
        terminal.dump([_document(one) for one in found])
        return 0
    for one in found:
        terminal.say(one.verdict.sentence, lang, "yellow" if one.reason else "")
    terminal.say(
        t(
            f"{worlds} 个后验世界 × 2 次成对重复；后验 {posterior.method}。",
            f"{worlds} worlds from the posterior × 2 paired replications; posterior by {posterior.method}.",
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
