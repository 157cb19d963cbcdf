"""What ``labsim research`` answers: tables and sentences of a study, in one language or as JSON.

Takes: what was found. Gives: text on the terminal and the exit code.
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np
from rich.markup import escape

from labsim.analysis.gates import gates
from labsim.analysis.inference.bank import Bank
from labsim.analysis.inference.calibration import RESTS_LABELS, Light, Quality
from labsim.analysis.inference.fitting import Fit, checked
from labsim.analysis.inference.heldout import EVERYBODY, GAIN, LOGISTIC, MODEL, PRIOR, SAME, Foretold, together
from labsim.analysis.inference.identify import Spectrum
from labsim.analysis.inference.misfit import expectation, rates
from labsim.analysis.inference.splits import BLOCKS, SPLIT_LABELS
from labsim.foundations.i18n import in_language, t
from labsim.presentation import terminal

_SETS = {
    "only survey": t("只有问卷", "survey only"), "without survey": t("没有问卷", "no survey"),
    "only cases": t("只有案件", "cases only"), "without cases": t("没有案件", "no cases"),
    "only app": t("只有应用", "app only"), "without app": t("没有应用", "no app"),
    "survey x 4": t("四倍问卷", "survey × 4"),
}  # fmt: skip
# The mark says what the colour says, on paper too; figures have the same.
_LIGHTS = {Light.GREEN: "[green]●[/green]", Light.YELLOW: "[yellow]▲[/yellow]", Light.RED: "[red]✖[/red]"}
_LIGHT_WORDS = {Light.GREEN: t("绿", "green"), Light.YELLOW: t("黄", "yellow"), Light.RED: t("红", "red")}


def said_gates(lang: str, as_json: bool) -> int:
    """Print every gate; return 1 when one was not passed."""
    with terminal.answering(lang):
        found = list(gates())
    if as_json:
        terminal.dump([asdict(one) | {"name": one.name.en, "asked": one.asked.en} for one in found])
    else:
        heads = [t("✓", "✓"), t("试什么", "what was tried"), t("要求", "asked"), t("得到", "found")]
        cells = [
            ["[green]✓[/green]" if one.passed else "[red]✗[/red]", one.name.in_language(lang),
             one.asked.in_language(lang), one.found]
            for one in found
        ]  # fmt: skip
        terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells, (1, 8, 6, 4)))
        good = sum(one.passed for one in found)
        terminal.say(t(f"{len(found)} 项中 {good} 项通过。", f"{good} of {len(found)} passed."), lang, "bold")
    return 0 if all(one.passed for one in found) else 1


def said_identify(found: Spectrum, bank: Bank, lang: str, as_json: bool) -> int:
    """Print what the data can tell before any fit; return the exit code."""
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


def said_fit(found: Fit, told: list[Foretold], out: Path, lang: str, as_json: bool) -> int:
    """Print a posterior, whether to believe it, and what it foretold; return the exit code."""
    seen, posterior = found.bank.observed, found.posterior
    inside = posterior.predictive()
    elsewhere = found.bank.n * sum(one.name != BLOCKS for one in found.study.splits)
    if as_json:
        terminal.dump(
            {
                "posterior": str(out),
                "method": posterior.method,
                "simulations": found.simulations,
                "stored": found.bank.stored,
                "simulations_elsewhere": elsewhere,
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
                "held_out": [_gains(one) for one in told],
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
        light = posterior.lights[one.name]
        name = f"{_LIGHT_WORDS[light].in_language(lang)} · {escape(one.label.in_language(lang))}"
        label = f"{_LIGHTS[light]} {name}\n[dim]{one.name}[/dim]"
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
    _foretold(told, lang)
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
        t(f"{found.simulations:,} 次模拟（{found.bank.stored:,} 次取自运行库），另有 {elsewhere:,} 次用于检验预测；"
          f"方法 {posterior.method}；后验：{out}",
          f"{found.simulations:,} simulations ({found.bank.stored:,} from the store), and {elsewhere:,} more to try "
          f"forecasts; method {posterior.method}; posterior: {out}"), lang, "bold",
    )  # fmt: skip
    return 0


_FORECASTS = {
    MODEL: t("模型", "model"), SAME: t("同一数字", "same\nfigure"), EVERYBODY: t("全体", "everyone"),
    LOGISTIC: t("逻辑回归", "logistic"), PRIOR: t("先验", "prior"),
}  # fmt: skip


def _gains(one: Foretold) -> dict[str, object]:
    """Return a score as JSON-ready values."""
    low, high = np.quantile(one.gains, [0.05, 0.95])
    return {
        "name": one.name, "figures": one.figures, "scores": one.scores, "gain": one.gain, "tests": len(one.each),
        "usual_gain": one.usual_gain, "often": one.often, "usual_low": float(low), "usual_high": float(high),
    }  # fmt: skip


def _foretold(told: list[Foretold], lang: str) -> None:
    """Print how well what was held out is foretold, and whether that is better than naive."""
    if not told:
        nothing = t(
            "没有留出检验：问卷的楼栋（群）不足 8 个，也没有 [held_out]。",
            "nothing was held out: the survey has fewer than eight blocks, and there is no [held_out].",
        )
        terminal.say(nothing, lang)
        return
    rows = [*told, together(told)] if len(told) > 1 else told
    heads = [t("留出", "held out"), *_FORECASTS.values(), t("好多少", "better\nby"),
             t("平常", "usually")]  # fmt: skip
    cells = []
    for one in rows:
        low, high = np.quantile(one.gains, [0.05, 0.95])
        label = SPLIT_LABELS.get(one.name, t("合计", "all")).in_language(lang)
        cells.append(
            [f"{label} ({one.figures})",
             *(f"{one.scores[name]:.2f}" if name in one.scores else "–" for name in _FORECASTS),
             f"{one.gain:+.0%}", f"{one.usual_gain:+.0%}\n{low:+.0%}…{high:+.0%}\n≥{GAIN:.0%}: {one.often:.0%}"]
        )  # fmt: skip
    terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells))
    whole, many = rows[-1], len(rows[-1].each)
    good = whole.gain >= GAIN
    terminal.say(
        t(
            f"CRPS（越小越好）。比最好的简单预测{'好' if whole.gain > 0 else '差'} {abs(whole.gain):.0%}"
            f"（要求好 {GAIN:.0%}：{'达到' if good else '未达到'}）。括号里是数字的个数。“平常”来自 {many} 套已知真值的"
            "数据：平均好多少、90% 的数据套在什么范围、多少套达到要求；这一份调查只是其中一次抽取。",
            f"CRPS, smaller is better. {abs(whole.gain):.0%} {'better' if whole.gain > 0 else 'worse'} than the best "
            f"naive forecast (asked: {GAIN:.0%} better: {'yes' if good else 'no'}). In brackets: how many figures. "
            f"'usually' is of {many} data sets of known truth: the mean gain, where 90 % of them lie, how many reach "
            "what is asked; one survey is one draw of them.",
        ),
        lang,
    )


def said_check(bank: Bank, tests: int, method: str, lang: str, as_json: bool) -> int:
    """Print the light of every parameter and why; return the exit code."""
    found, whole = checked(bank, bank.study.seed, tests, method=method)
    flags = rates(expectation(bank, bank.study.seed), bank, bank.study.seed)
    if as_json:
        rows = [asdict(one) | {"light": one.light.value, "rests": one.rests.value} for one in found]
        terminal.dump(
            {"parameters": rows, "joint": asdict(whole), "misfit": flags, "method": method, "simulations": bank.n}
        )
        return 0
    n = found[0].n
    heads = [
        t("参数", "parameter"), t("SBC p", "SBC p"), t(f"90% 覆盖/{n}", f"90 % of {n}"), t(f"50%/{n}", f"50 % of {n}"),
        t("R²", "R²"), t("误差", "error"), t("宽度", "width"),
    ]  # fmt: skip
    terminal.show(
        terminal.table("", [one.in_language(lang) for one in heads], [_quality(one) for one in found],
                       (9, 3, 4, 4, 3, 3, 3))
    )  # fmt: skip
    for light in Light:
        some = [one for one in found if one.light is light]
        for why in dict.fromkeys(one.why for one in some):
            names = ", ".join(one.name for one in some if one.why == why)
            word = _LIGHT_WORDS[light]
            terminal.say(t(f"{word.zh}：{names}（{why.zh}）", f"{word.en}: {names} ({why.en})"), lang)
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
    terminal.say(
        t(
            f"全部参数一起（TARP）：90% 区域含真值 {whole.covered:.0%}"
            f"（p = {whole.p:.3f}，{whole.n} 套数据）；方法 {method}。",
            f"all parameters together (TARP): 90 % regions hold {whole.covered:.0%} of truths (p = {whole.p:.3f}, "
            f"{whole.n} data sets); method {method}.",
        ),
        lang,
    )
    terminal.say(t("红灯参数不得支撑简报中的结论。", "A red parameter may not carry a verdict in a brief."), lang)
    return 0


def _quality(one: Quality) -> list[str]:
    numbers = (f"{one.recovery:.2f}", f"{one.error:.2f}", f"{one.width:.2f}")
    return [f"{_LIGHTS[one.light]} {one.name}", f"{one.ranks:.3f}", str(one.hits), str(one.half_hits), *numbers]
