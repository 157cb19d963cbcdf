"""How long a new shell takes: to import labsim, to its first result, and to compile everything from nothing.

Takes: how often to repeat. Gives: seconds of processor time (medians), which on a machine with nothing
else to do are those of the clock; for people or (``--json``) for programs. The exit code is 1 when a limit is exceeded.

    python benchmarks/cold_start.py                # some seconds
    python benchmarks/cold_start.py --compile      # also from nothing, in a cache of its own: a minute or two

``import labsim`` loads names when they are first used, so "everything" imports every public name, and is held
against an import of the mandatory dependencies that those names need.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from labsim.foundations.i18n import in_language, t

IMPORT = 1.5
"""Times that the import of everything may take of what its dependencies take."""
FIRST = 3.0
"""Seconds until a new shell has its first result, when everything was compiled before."""

PROGRAMS = {
    "python": "",
    "labsim": "import labsim",
    "dependencies": "import altair, anywidget, fontTools.subset, jinja2, networkx, numba, numpy, pandas, platformdirs, "
    "pyarrow.parquet, pydantic, scipy.stats, tomlkit, tornado.web, tree_sitter, tree_sitter_toml",
    "everything": "import labsim\nfor name in labsim.__all__: getattr(labsim, name)",
    "first": "import labsim\nlabsim.simulate(labsim.load('baseline'), 1)",
}
NAMES = {
    "python": t("空的 Python", "Python alone"),
    "labsim": t("import labsim", "import labsim"),
    "dependencies": t("导入所用的必需依赖", "the dependencies, imported"),
    "everything": t("导入 labsim 的全部公开名称", "every public name of labsim, imported"),
    "first": t("新终端的第一个结果（已编译）", "first result of a new shell, compiled before"),
    "nothing": t("从零编译到第一个结果", "first result, everything compiled from nothing"),
}


def seconds(program: str) -> float:
    """Return the processor time of a new Python for a program; the clock's where children are not timed."""
    start, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-c", program], check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used if used > 0.0 else time.perf_counter() - start


def from_nothing() -> float:
    """Return the processor time of the first result when nothing was ever compiled."""
    program = f"{PROGRAMS['first']}\nimport time\nprint(time.process_time())"
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        command = [sys.executable, "-c", program]
        return float(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)


def measure(repeats: int, compiling: bool) -> dict[str, float]:
    """Return seconds by program, each in turn, so that whatever else the machine does meets all alike."""
    seconds(PROGRAMS["first"])  # compiles what is not compiled, and reads every file once
    rounds = [{name: seconds(program) for name, program in PROGRAMS.items()} for _ in range(repeats)]
    found = {name: statistics.median(one[name] for one in rounds) for name in PROGRAMS}
    return found | ({"nothing": from_nothing()} if compiling else {})


def fits(found: dict[str, float]) -> bool:
    """Return whether imports and the first result stay within their limits."""
    imports = (found["everything"] - found["python"]) / (found["dependencies"] - found["python"])
    return imports <= IMPORT and found["first"] <= FIRST


def report(found: dict[str, float]) -> str:
    """Return what was found as text, in the reader's language."""
    lines = [f"{value:8.2f} s  {in_language(NAMES[name])}" for name, value in found.items()]
    within = t("在限度之内", "within the limits") if fits(found) else t("超出限度！", "OVER THE LIMITS")
    return "\n".join([*lines, in_language(within)])


def main() -> int:
    """Measure and print; return 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--compile", action="store_true", help="measure the compiler too")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.repeats, asked.compile)
    print(json.dumps(found) if asked.json else report(found))
    return 0 if fits(found) else 1


if __name__ == "__main__":
    sys.exit(main())
