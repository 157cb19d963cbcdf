#!/usr/bin/env python3
"""One command that sets up what it needs and then works: ``python3 dev.py run`` or ``test``.

Takes: Python 3.11 or newer and nothing else, on Linux, macOS or Windows; no compiler.
Gives: an environment in ``.venv`` with exactly the locked packages, and the command done in it.

Only the standard library is used, and nothing newer than Python 3.6 grammar, so that an old
Python reads this file to the line that says what is missing.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 -- the whole point: an older Python must be told
    sys.stderr.write(
        "labsim needs Python 3.11 or newer; this is %s (%s).\n" % (sys.version.split()[0], sys.executable)  # noqa: UP031
        + "labsim \u9700\u8981 Python 3.11 \u6216\u66f4\u9ad8\u7248\u672c\u3002\n"
    )
    raise SystemExit(1)

import hashlib
import json
import locale
import shutil
import subprocess
import threading
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}
UV_LOCK = ROOT / "requirements-uv.lock"

# The shortest run that uses every kernel. Should it fail, a test says why.
COMPILE = "from labsim import Scenario, simulate; simulate(Scenario(horizon=28, burn_in=0), 1)"

ALL_CORES = ("--numprocesses=auto", "--dist=loadfile")
USAGE = """python3 dev.py COMMAND [ARGUMENTS]

  run      the main job: baseline against policies, verdicts, a brief   主要任务:基线与政策对比、结论、简报
  labsim   any other command of the lab, e.g. labsim levers             实验室的其他命令
  lab      JupyterLab with the notebooks, offline                       打开 JupyterLab(可离线)
  test     the whole gate: lint, format, types, tests                   全部检查与测试
           (with arguments: only these tests, e.g. test tests/model)    (带参数:只运行这些测试)
  check    lint, format and types only                                  只检查代码风格与类型
  cover    the tests, and which lines none of them reached              测试,并列出没有跑到的行
  fix      mend lint and format where a machine can                     自动修正格式
  slow     the tests that take longer                                   耗时较长的测试
  bench    the benchmarks                                               性能基准
  docs     the documents as a site in site/, offline                     生成文档站点 site/(可离线)
  python   Python in the environment                                    环境中的 Python
  lock     write the requirements*.lock files anew                      重新生成依赖锁定文件
"""


class SetupError(Exception):
    """What is missing and what to do about it, in both languages."""


def say(english: str, chinese: str) -> None:
    """Print one message in both languages, at once, so that it stands before a child's output."""
    print(f"dev.py: {english}\ndev.py: {chinese}", flush=True)


def child_environment() -> dict[str, str]:
    """Return the environment for a child: UTF-8, and no packages but the environment's."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET"}}
    path = os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", os.defpath)])
    return {**kept, "PATH": path, "PYTHONUTF8": "1", "VIRTUAL_ENV": str(VENV)}


def call(*command: object, cwd: Path | None = ROOT, more: dict[str, str] | None = None) -> int:
    """Run a child to its end and return its exit code.

    Ctrl-C reaches the child as well. It is left to finish what it saves, so this only waits.
    """
    with subprocess.Popen([str(c) for c in command], cwd=cwd, env={**child_environment(), **(more or {})}) as child:
        while True:
            try:
                code = child.wait()
                return code if code >= 0 else 128 - code  # ended by a signal: as a shell would say it
            except KeyboardInterrupt:
                continue


def python(*arguments: object, cwd: Path | None = ROOT) -> int:
    """Run the environment's Python; ``-P`` keeps a stray ``random.py`` in the folder from being imported."""
    return call(PYTHON, "-P", *arguments, cwd=cwd)


# --------------------------------------------------------------------------- setting up


def fingerprint(lock: Path) -> str:
    """Return what an environment depends on; when it changes, packages are installed again."""
    made_by = (VENV / "pyvenv.cfg").read_bytes() if (VENV / "pyvenv.cfg").exists() else b""
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), made_by, str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def works(*arguments: str) -> bool:
    """Return whether the environment's Python runs these arguments without complaint."""
    try:
        return subprocess.run([PYTHON, *arguments], capture_output=True, env=child_environment()).returncode == 0
    except OSError:
        return False


def make_environment() -> None:
    """Make ``.venv`` if there is none that works.

    Raises:
        SetupError: Python came without what it takes, as Debian's does.
    """
    if works("-c", "import sys; sys.exit(sys.version_info < (3, 11))") and works("-m", "pip", "--version"):
        return
    say(f"making an environment in {VENV}", f"正在建立虚拟环境 {VENV}")
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        # Half an environment would look like a whole one next time.
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"no environment could be made ({error}).\n"
            f"On Debian or Ubuntu: sudo apt install python{version}-venv\n"
            f"无法建立虚拟环境。Debian/Ubuntu 请先运行:sudo apt install python{version}-venv"
        ) from error


def mirror() -> dict[str, str]:
    """Return pip's own choice of index as uv wants it, so that a mirror set for pip serves both."""
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return {}
    question = [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"]
    asked = subprocess.run(question, capture_output=True, text=True, env=child_environment())
    index = os.environ.get("PIP_INDEX_URL") or (asked.stdout.strip() if asked.returncode == 0 else "")
    return {"UV_DEFAULT_INDEX": index} if index else {}


def install(lock: Path) -> None:
    """Install a lock: by uv, which is fast, else by pip, which knows every proxy and certificate setting.

    Only wheels are taken, so no compiler is needed and no package runs code while it is installed.

    Raises:
        SetupError: both failed; what they said stands above.
    """
    wheels = ["--require-hashes", "--only-binary", ":all:", "-r"]
    pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wheels]
    if os.environ.get("LABSIM_UV", "1") != "0" and call(*pip, UV_LOCK) == 0:
        uv = [PYTHON, "-m", "uv", "pip", "install", "-q", "--system-certs", "--python", PYTHON, *wheels]
        if call(*uv, lock, more=mirror()) == 0:
            return
        say("uv could not install the packages; pip tries now, which takes longer", "uv 安装失败,改用 pip,时间较长")
    if call(*pip, lock) != 0:
        raise SetupError(
            "the packages could not be installed; the reason stands above.\n"
            "Mostly it is the network: set a mirror (pip config set global.index-url ADDRESS), a proxy "
            "(HTTPS_PROXY) or certificates (PIP_CERT, SSL_CERT_FILE), and run the same command again.\n"
            "依赖安装失败,原因见上。多半是网络问题:请设置镜像(pip config set global.index-url 地址)、"
            "代理(HTTPS_PROXY)或证书(PIP_CERT、SSL_CERT_FILE),然后再次运行同一命令。"
        )


def ensure(need: str) -> None:
    """Bring the environment to what ``need`` (run or test) asks for; do nothing if it is there.

    The lock for tests holds all of the lock for runs, so a place ready for tests is ready for runs.
    """
    enough = ["run", "test"] if need == "run" else ["test"]
    if any(_stamp(n).exists() and _stamp(n).read_text(encoding="utf-8") == fingerprint(LOCKS[n]) for n in enough):
        return
    start = time.monotonic()
    make_environment()
    say("installing the locked packages: once, a minute or two", "正在安装锁定的依赖:只此一次,约一两分钟")
    install(LOCKS[need])
    # The folder itself, so that an edit counts at once and nothing has to be built.
    (_site_packages() / "labsim-here.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    _stamp(need).write_text(fingerprint(LOCKS[need]), encoding="utf-8")
    seconds = time.monotonic() - start
    say(f"ready after {seconds:.0f} s", f"准备完毕,用时 {seconds:.0f} 秒")


def _stamp(need: str) -> Path:
    return VENV / f".labsim-ready-{need}"


def _site_packages() -> Path:
    return next(iter((VENV / "lib").glob("python*/site-packages")), VENV / "Lib" / "site-packages")


# --------------------------------------------------------------------------- commands


def run(arguments: list[str]) -> int:
    """Do the main job, in the folder the user stands in, so that paths mean what they say."""
    return python("-m", "labsim", "run", *arguments, cwd=None)


def labsim(arguments: list[str]) -> int:
    """Run any command of the lab."""
    return python("-m", "labsim", *arguments, cwd=None)


def check(arguments: list[str]) -> int:
    """Run every static check, even after one failed, and return the first failure's code."""
    steps = {
        "ruff check": ["ruff", "check", "--output-format=concise", *arguments],
        "ruff format --check": ["ruff", "format", "--check", "--output-format=concise", *arguments],
        "mypy": ["mypy", *arguments],
    }
    codes = {name: _step(name, *step) for name, step in steps.items()}
    failed = {name: code for name, code in codes.items() if code != 0}
    if failed:
        say(f"failed: {', '.join(failed)}", f"未通过:{'、'.join(failed)}")
    return next(iter(failed.values()), 0)


def test(arguments: list[str]) -> int:
    """Run the gate; with arguments, only pytest with them.

    The model is compiled while the static checks run, so that the tests, which share all cores, find it
    compiled. Pytest comes last and always, so its closing line ends the output whatever came before.
    """
    if arguments:
        return python("-m", "pytest", *arguments)
    compiling = threading.Thread(target=python, args=("-c", COMPILE))
    compiling.start()
    checked = check([])
    compiling.join()
    tested = _step("pytest", "pytest", *ALL_CORES, "--durations=15")
    return tested or checked


def cover(arguments: list[str]) -> int:
    """Run the tests and list the lines that none of them reached; the gate goes without, because tracing slows it."""
    return python("-m", "pytest", *ALL_CORES, "--cov", "--cov-report=term", *arguments)


def fix(arguments: list[str]) -> int:
    """Mend lint and format where a machine can."""
    return python("-m", "ruff", "check", "--fix", *arguments) | python("-m", "ruff", "format", *arguments)


def slow(arguments: list[str]) -> int:
    """Run the tests that take longer, one after the other; the slowest are listed at the end."""
    return python("-m", "pytest", "-m", "slow", "--durations=25", *arguments)


def bench(arguments: list[str]) -> int:
    """Run the named benchmarks, or all, one after the other; return the worst exit code."""
    files = [Path(a).resolve() for a in arguments] or sorted((ROOT / "benchmarks").glob("[!_]*.py"))
    return max((_step(file.name, file) for file in files), default=0)


def lab(arguments: list[str]) -> int:
    """Open JupyterLab without a question, a request to the outside or a look at the user's own settings."""
    settings = VENV / "etc" / "jupyter" / "labconfig" / "default_setting_overrides.json"
    chosen: dict[str, object] = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
        "@jupyterlab/notebook-extension:tracker": {"autoStartDefaultKernel": True},
        # ▶▶ is what a notebook tells its reader to press: no question about what a kernel is.
        "@jupyterlab/apputils-extension:sessionDialogs": {"skipKernelRestartDialog": True},
        # The start page and the documents are to be read: rendered, and not as their source.
        "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    }
    tongue = os.environ.get("LABSIM_LANG") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    chinese = tongue.lower().startswith(("zh", "chinese"))
    if chinese:
        chosen["@jupyterlab/translation-extension:plugin"] = {"locale": "zh_CN"}
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(chosen, indent=2), encoding="utf-8")
    flags = ["--ip=127.0.0.1", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if os.name != "nt":
        flags.append("--KernelManager.transport=ipc")  # kernels speak through files, not through an open port
    if os.name != "nt" and os.geteuid() == 0:
        flags.append("--allow-root")  # Jupyter would only end; who is root here, as in a container, means it
    start = "0_start.md" if chinese else "0_start.en.md"
    flags += [f"--LabApp.default_url=/lab/tree/{own_notebooks().name}/{start}", f"--ServerApp.root_dir={ROOT}"]
    return python("-m", "jupyterlab", *flags, *arguments)


def own_notebooks() -> Path:
    """Return the folder of the reader's own copies: JupyterLab saves what is run, and git keeps the originals.

    A copy that is there stays as it is.
    """
    own = ROOT / "my_notebooks"
    own.mkdir(exist_ok=True)
    originals = [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "notebooks").glob("*.md")]
    for original in originals:
        if not (own / original.name).exists():
            shutil.copyfile(original, own / original.name)
    say(f"your own copies of the notebooks: {own}", f"您自己的笔记本副本：{own}")
    return own


def docs(arguments: list[str]) -> int:
    """Build the documents as a site in ``site/``; a link that leads nowhere is an error."""
    code = call(PYTHON, "-P", "-m", "mkdocs", "build", "--strict", *arguments, more={"NO_MKDOCS_2_WARNING": "1"})
    if code == 0:
        say(f"open {ROOT / 'site' / 'index.html'}", f"打开 {ROOT / 'site' / 'index.html'}")
    return code


def python_(arguments: list[str]) -> int:
    """Run the environment's Python, as the generators of tables and pages ask for."""
    return python(*arguments)


def lock(arguments: list[str]) -> int:
    """Write the lock files anew; ``--upgrade`` takes the newest versions, else pinned ones are kept.

    The files hold hashes and no address, so the same file serves every mirror.
    """
    options = ["--universal", "--fork-strategy=fewest", "--python-version=3.11", "--generate-hashes", "--system-certs"]
    options += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", "-q", *arguments]
    compile_ = [PYTHON, "-m", "uv", "pip", "compile", "pyproject.toml", *options]
    code = call(*compile_, "--all-extras", "--group", "docs", "-o", LOCKS["test"].name)
    if code == 0:
        # uv keeps the versions it finds in the file it writes to: so both locks agree.
        shutil.copyfile(LOCKS["test"], LOCKS["run"])
        kept = [c for c in compile_ if c != "--upgrade"]
        code = call(*kept, "-o", LOCKS["run"].name)
    return code


def _step(title: str, module: str | Path, *arguments: object) -> int:
    print(f"== {title}", flush=True)
    return python(*(["-m", module] if isinstance(module, str) else [module]), *arguments)


COMMANDS = {
    f.__name__.rstrip("_"): f for f in (run, labsim, lab, test, check, cover, fix, slow, bench, docs, python_, lock)
}


def main(arguments: list[str]) -> int:
    """Set up and run one command; return its exit code."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        print(USAGE)
        return 0 if name in {"help", "-h", "--help"} else 2
    try:
        ensure("run" if name in {"run", "labsim", "lab"} else "test")
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return COMMANDS[name](rest)


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    raise SystemExit(main(sys.argv[1:]))
