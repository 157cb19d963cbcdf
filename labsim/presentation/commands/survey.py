"""``labsim survey``: is a survey fit for use, what does it say, and a synthetic one to try everything on.

Takes: a data file and a codebook, or a scenario. Gives: every problem at once, figures with the error of their
design, or files. No cell of fewer than ten persons is printed or written.
"""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.markup import escape

from labsim.analysis.survey.estimates import Estimate, frame, kish, shown_counts, small, table
from labsim.analysis.survey.logs import AppLog, CaseLog, read_log
from labsim.analysis.survey.population import Fitted, fitted
from labsim.analysis.survey.questions import MISSING_LABELS, QUESTIONS, Kind, Missing
from labsim.analysis.survey.survey import Answers, Survey, read_survey
from labsim.analysis.survey.synthetic import Fieldwork, twin, year_after
from labsim.analysis.survey.twinfiles import write_twin
from labsim.foundations.errors import Problem, Where, raise_if, unknown_name
from labsim.foundations.i18n import in_language, t
from labsim.foundations.writing import check_writable
from labsim.model.simulate import simulate
from labsim.model.state import YEAR
from labsim.population.synthesis import synthesise
from labsim.presentation import terminal
from labsim.presentation.options import Json, Lang, Seed, chosen, groups_of, words
from labsim.results.indicators import ALL, GROUP_LABELS, indicator
from labsim.results.tablefile import write_table
from labsim.scenario.community import COMMUNITY
from labsim.scenario.files import load, save
from labsim.scenario.scenario import Scenario, community_values

WORK = {
    "check": t("检查", "check"), "figures": t("数字", "figures"), "log": t("日志", "log"), "make": t("合成", "make"),
    "population": t("人口", "population"),
}  # fmt: skip
_FILES = {"check": 2, "figures": 2, "log": 2, "make": 0, "population": 2}

app = typer.Typer()


@app.command(
    help=words(
        "问卷与日志：check 数据 编码本，figures（加权估计与误差），log，make 合成数据，population 加权成人口。",
        "Surveys and logs: check DATA CODEBOOK; figures DATA CODEBOOK (weighted, with the error of the design); "
        "log DATA COLUMNS; make (a synthetic twin); population DATA CODEBOOK (raked, as a scenario).",
    )
)
def survey(
    work: Annotated[
        str,
        typer.Argument(
            metavar="check|figures|log|make|population", help=words("做什么", "what to do"), show_default=False
        ),
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[DATA CODEBOOK]", help=words("数据文件与编码本", "data file and codebook")),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help=words("按群体列出：age、migrant、digital", "by group: age, migrant, digital")),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help=words("figures：表（.csv）；make：文件夹", "figures: a table (.csv); make: a folder")
        ),
    ] = None,
    scenario: Annotated[str, typer.Option("--scenario", help=words("make：社区", "make: the community"))] = "baseline",
    persons: Annotated[int, typer.Option("--persons", help=words("make：访问人数", "make: persons asked"))] = 600,
    waves: Annotated[
        int,
        typer.Option("--waves", help=words("make：2 表示一年后再调查一次", "make: 2 asks others again a year later")),
    ] = 1,
    form: Annotated[
        str, typer.Option("--format", help=words("make：格式", "make: csv, gbk, sav, zsav, dta or xlsx"))
    ] = "csv",
    margin: Annotated[
        list[str] | None,
        typer.Option(
            "--margin", help=words("population：边际，如 age=0.3:0.4:0.3", "population: such as age=0.3:0.4:0.3")
        ),
    ] = None,
    residents: Annotated[
        int, typer.Option("--residents", help=words("population：居民数", "population: residents"))
    ] = 1500,
    seed: Seed = 0,
    as_json: Json = False,
    lang: Lang = None,
) -> int:
    """Do one thing with survey data; return the exit code."""
    tongue, given = chosen(lang), files or []
    if work not in WORK:
        spoken = [(label.zh, name) for name, label in WORK.items()]
        raise_if([unknown_name("", work, WORK, t("操作", "work"), spoken)])
    if len(given) != _FILES[work]:
        what = t(f"{work} 需要 {_FILES[work]} 个文件", f"{work} needs {_FILES[work]} files")
        raise_if([Problem(Where(key="survey"), what, t("数据 编码本", "DATA CODEBOOK"))])
    if work == "make":
        return _make(load(scenario), (persons, waves), seed, (out or Path("survey"), form), tongue)
    if work == "log":
        return _log(read_log(*given), tongue, as_json)
    found = read_survey(*given)
    if work == "check":
        return _check(found, tongue, as_json)
    if work == "population":
        made = fitted(found, _margins(margin or []), residents)
        return _population(made, load(scenario), out or Path("population.toml"), tongue, as_json)
    groupings = [one.partition(":")[0] for one in by or []]
    for one in groupings:
        groups_of(one)
    return _figures(found, groupings, out, tongue, as_json)


def _check(found: Survey, lang: str, as_json: bool) -> int:
    """Print what a survey holds; that it could be read at all says that nothing is wrong with it."""
    kinds = list(Missing)
    if as_json:
        document = {
            "persons": small(found.n), "weighted": found.weighted, "weight_effect": kish(found.weight),
            "strata": int(found.stratum.max()) + 1, "clusters": int(found.cluster.max()) + 1,
            "questions": {name: _counts(one) for name, one in found.answers.items()},
            "notes": [one.model_dump() for one in found.notes], "sha256": list(found.sha256),
        }  # fmt: skip
        terminal.dump(document)
        return 0
    heads = [t("问题", "question"), *(MISSING_LABELS[kind] for kind in kinds)]
    cells = []
    for name, one in found.answers.items():
        label = escape(one.question.label.in_language(lang))
        cells.append([f"{label}\n[dim]{name}[/dim]", *shown_counts(list(one.counts().values()))])
    terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells, (8, 2, 2, 2, 2, 2, 2)))
    strata, clusters = int(found.stratum.max()) + 1, int(found.cluster.max()) + 1
    said = t(
        f"✓ {found.n:,} 人，{strata} 层，{clusters} 群，权重的设计效应 {kish(found.weight):.2f}；没有问题。",
        f"✓ {found.n:,} persons, {strata} strata, {clusters} clusters, design effect of weights "
        f"{kish(found.weight):.2f}; nothing is wrong.",
    )
    terminal.say(said, lang, "bold green")
    for note in found.notes:
        terminal.say(t(f"· {note.zh}", f"· {note.en}"), lang)
    return 0


def _counts(one: Answers) -> dict[str, str]:
    return dict(zip([kind.name.lower() for kind in Missing], shown_counts(list(one.counts().values())), strict=True))


def _figures(found: Survey, groupings: list[str], out: Path | None, lang: str, as_json: bool) -> int:
    some = table(found, groupings)
    if out is not None:
        write_table(frame(some), out)
    if as_json:
        terminal.dump([{k: None if v != v else v for k, v in vars(one).items()} for one in some])
        return 0
    heads = [t("问题", "question"), t("群体", "group"), t("95% 区间", "95 % interval"), t("估计", "estimate"),
             t("n", "n"), t("有效 n", "effective n"), t("设计效应", "design effect")]  # fmt: skip
    cells = [_row(one, lang) for one in some]
    terminal.show(terminal.table("", [one.in_language(lang) for one in heads], cells, (9, 5, 5, 3, 2, 3, 3)))
    hidden = sum(one.hidden for one in some)
    if hidden:
        said = t(f"{hidden} 个格子不足 10 人（或可由此推出），不显示。",
                 f"{hidden} cells have fewer than ten persons, or would give such a cell away: not shown.")  # fmt: skip
        terminal.say(said, lang)
    if out is not None:
        terminal.say(t(f"表：{out}", f"table: {out}"), lang, "bold")
    return 0


def _row(one: Estimate, lang: str) -> list[str]:
    question = QUESTIONS[one.question]
    group = "" if one.group == ALL else GROUP_LABELS[one.group].in_language(lang)
    label = escape(question.label.in_language(lang))
    if one.hidden:
        return [label, group, "–", "–", "<10", "–", "–"]
    share = question.kind is not Kind.NUMBER
    low, high, value = (f"{100 * x:.1f}%" if share else f"{x:.2f}" for x in (one.low, one.high, one.value))
    return [label, group, f"{low} – {high}", value, str(one.n), f"{one.effective:.0f}",
            f"{one.effect:.2f}"]  # fmt: skip


def _log(found: CaseLog | AppLog, lang: str, as_json: bool) -> int:
    figures = found.figures()
    if as_json:
        document: dict[str, Any] = {"figures": figures}
        if isinstance(found, CaseLog):
            document |= {"cases": small(len(found.opened)), "days": found.days, "categories": dict(found.categories)}
        terminal.dump(document)
        return 0
    cells = []
    for name, value in figures.items():
        item = indicator(name)
        text = f"{100 * value:.1f}%" if item.unit == "share" else f"{value:,.2f} {item.unit_text.in_language(lang)}"
        cells.append([escape(item.label.in_language(lang)), text, name])
    heads = [in_language(one, lang) for one in (t("指标", "indicator"), t("数值", "value"), t("名称", "name"))]
    terminal.show(terminal.table("", heads, cells))
    if isinstance(found, CaseLog):
        terminal.say(
            t(f"✓ {len(found.opened):,} 个案件，{found.days:.0f} 天，另有 {found.duplicates:,} 条重复。",
              f"✓ {len(found.opened):,} cases in {found.days:.0f} days, and {found.duplicates:,} duplicates."),
            lang, "bold green",
        )  # fmt: skip
    return 0


def _margins(written: list[str]) -> dict[str, Any]:
    made, problems = {}, []
    for one in written:
        name, _, shares = one.partition("=")
        try:
            made[name.strip()] = np.array([float(share) for share in shares.split(":")])
        except ValueError:
            what = t(f"看不懂“{one}”", f"'{one}' cannot be read")
            problems.append(Problem(Where(key="--margin"), what, t("名称=数:数", "NAME=NUMBER:NUMBER")))
    raise_if(problems)
    return made


def _population(made: Fitted, base: Scenario, out: Path, lang: str, as_json: bool) -> int:
    """Write a scenario with the raked population and print how good the fit is."""
    values = made.community()
    check_writable(out)
    save(base.with_community(**values).renamed(out.stem, out.stem, out.stem), out)
    if as_json:
        numbers = {name: getattr(made, name) for name in ("srmse", "weight_cv", "trimmed", "held_out")}
        terminal.dump({"file": str(out), "community": values, "errors": dict(made.errors), **numbers})
        return 0
    for name, value in values.items():
        terminal.say(t(f"{COMMUNITY[name].label.zh}：{value:.4g}", f"{COMMUNITY[name].label.en}: {value:.4g}"), lang)
    terminal.say(
        t(f"最大边际误差 {max(made.errors.values()):.2%}，SRMSE {made.srmse:.2f}，权重变异 {made.weight_cv:.2f}，"
          f"截断 {made.trimmed:.1%}，留出交叉表误差 {made.held_out:.1%}。场景：{out}",
          f"largest error of a margin {max(made.errors.values()):.2%}, SRMSE {made.srmse:.2f}, variation of weights "
          f"{made.weight_cv:.2f}, trimmed {made.trimmed:.1%}, held-out cross-table off by {made.held_out:.1%}. "
          f"Scenario: {out}"),
        lang, "bold",
    )  # fmt: skip
    for note in made.notes:
        terminal.say(t(f"· {note.zh}", f"· {note.en}"), lang)
    return 0


def _make(base: Any, how: tuple[int, int], seed: int, where: tuple[Path, str], lang: str) -> int:
    scenario, (persons, waves) = base.changed(horizon=YEAR), how
    limits = {"--persons": (persons, 20, 100_000), "--waves": (waves, 1, 2)}
    raise_if(
        Problem(
            Where(key=key), t(f"{value} 无效", f"{value} is not possible"), t(f"{low} 至 {high}", f"{low} to {high}")
        )
        for key, (value, low, high) in limits.items()
        if not low <= value <= high
    )
    people = synthesise(community_values(scenario), seed)
    run = simulate(scenario, seed, population=people)
    asked = Fieldwork(persons=persons)
    found = [twin(scenario, run, people, asked, seed)]
    if waves == 2:
        longer = simulate(scenario.changed(horizon=2 * YEAR), seed, population=people)
        found.append(twin(*year_after(scenario, run, longer), people, asked, seed + 1))  # other persons
    written = [path for wave, made in enumerate(found, 1) for path in write_twin(made, *where, wave)]
    for made in found:
        answered, cases, weeks = len(made.survey), len(made.cases), len(made.app)
        terminal.say(
            t(f"合成数据：抽中 {persons} 人，{answered} 人作答；{cases} 条案件记录、{weeks} 周应用使用。都不是真人。",
              f"synthetic data: {persons} persons asked, {answered} answered; {cases} case records, {weeks} weeks of "
              "the app. Nobody in it is real."),
            lang, "bold",
        )  # fmt: skip
    for path in written:
        terminal.say(t(str(path), str(path)), lang)
    return 0
