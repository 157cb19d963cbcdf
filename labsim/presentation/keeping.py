"""The run store and the workers of a command, and what is said about them.

Takes: options of a command line. Gives: a store or none, workers, and sentences.
"""

from pathlib import Path

from labsim.experiment.runner import ExperimentResult
from labsim.experiment.workers import PROCESSES, THREADS, Workers
from labsim.foundations.errors import InputError, Problem, Where, raise_if
from labsim.foundations.i18n import t
from labsim.foundations.paths import store_folder
from labsim.presentation import terminal
from labsim.results.store import RunStore


def store_of(folder: Path | None, none: bool, lang: str) -> RunStore | None:
    """Return the store of a command; a usual folder that cannot be used costs a note and no result.

    Raises:
        InputError: a folder that was named cannot be used, or both options are given.
    """
    if none:
        what = t("与 --store 矛盾", "contradicts --store")
        raise_if([Problem(Where(key="--no-store"), what)] if folder is not None else [])
        return None
    try:
        return RunStore(store_folder() if folder is None else folder)
    except InputError as error:
        if folder is not None:
            raise
        said = error.problems[0]
        terminal.note(
            t(f"不存放运行结果：{said.render('zh')}", f"runs are not kept: {said.render('en')}"), lang, "yellow"
        )
        return None


def workers_of(number: int | None, processes: bool, dask: str | None) -> Workers:
    """Return who works.

    Raises:
        InputError: no workers, or an address that is none.
    """
    if dask is not None and "://" not in dask:
        what = t(f"“{dask}”不是地址", f"'{dask}' is no address")
        raise InputError([Problem(Where(key="--dask"), what, t("tcp://主机:端口", "tcp://host:port"))])
    return Workers(dask or (PROCESSES if processes else THREADS), number)


def tell_kept(result: ExperimentResult, store: RunStore | None, lang: str) -> None:
    """Tell how many runs were found in a store, and what it had to say."""
    if store is not None and result.stored:
        terminal.say(
            t(
                f"{result.design.requested} 次运行中 {result.stored} 次早已运行过，取自 {store.folder}。",
                f"{result.stored} of {result.design.requested} runs had been run before and came from {store.folder}.",
            ),
            lang,
        )
    for one in result.notes:
        terminal.note(one, lang, "yellow")


def tell_failures(result: ExperimentResult, lang: str) -> None:
    """Tell the first failure and the command that runs it again."""
    if not result.failed:
        return
    first = result.failures.iloc[0]
    terminal.note(t(f"失败的运行，例如：{first['error']}", f"failed runs, for example: {first['error']}"), lang, "red")
    if first["command"]:
        terminal.note(t(f"单独重跑：{first['command']}", f"to run it alone: {first['command']}"), lang, "red")
