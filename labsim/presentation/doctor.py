"""What a machine lacks for the lab, each with its fix.

Takes: nothing. Gives: :class:`Check` objects. Nothing is changed; a folder is only tried for writing.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fontTools.ttLib import TTLibError

from labsim.foundations.compiled import COMPILED
from labsim.foundations.errors import InputError
from labsim.foundations.i18n import language, t
from labsim.foundations.paths import share, store_folder
from labsim.presentation.doctor_check import Check
from labsim.presentation.doctor_room import room
from labsim.presentation.watching import compiled_code
from labsim.scenario.files import load, scenario_names
from labsim.scenario.instruments import instruments
from labsim.scenario.levers import LEVERS

OLDEST = (3, 11)
NEEDED = ("numpy", "numba", "scipy", "pandas", "pydantic", "networkx", "altair", "vl-convert-python", "rich", "typer")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def findings() -> list[Check]:
    """Return every check, in the order in which things would fail."""
    return [
        _python(),
        _packages(),
        _files(),
        _compiler(),
        _cache(),
        _folder(),
        _store(),
        _output(),
        _language(),
        _glyphs(),
        _fonts(),
        *room(),
        _browser(),
    ]


def _python() -> Check:
    topic, found = t("Python", "Python"), platform.python_version()
    if sys.version_info >= OLDEST:
        return Check("python", topic, "ok", t(f"{found}，{platform.system()}", f"{found} on {platform.system()}"))
    fix = t("安装 Python 3.11 或更高版本", "install Python 3.11 or newer")
    return Check("python", topic, "error", t(f"{found} 太旧", f"{found} is too old"), fix)


def _packages() -> Check:
    topic = t("依赖包", "packages")
    found, missing = [], []
    for name in NEEDED:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    said = ", ".join(found)
    if not missing:
        return Check("packages", topic, "ok", t(said, said))
    lacking = ", ".join(missing)
    what = t(f"缺少 {lacking}", f"missing: {lacking}")
    return Check(
        "packages", topic, "error", what, t("重新安装：pip install labsim", "install again: pip install labsim")
    )


def _files() -> Check:
    topic = t("情景与数据", "scenarios and data")
    fix = t(
        "重新安装 labsim，或重新获取完整的代码仓库", "install labsim again, or get a complete copy of the repository"
    )
    try:
        names, many = scenario_names(), len(instruments())
        for name in names:
            load(name)
    except (InputError, OSError) as error:
        zh, en = (error.render("zh"), error.render("en")) if isinstance(error, InputError) else (str(error), str(error))
        return Check("files", topic, "error", t(zh, en), fix)
    if not names:
        return Check("files", topic, "error", t(f"{share()} 中没有情景", f"no scenarios in {share()}"), fix)
    return Check(
        "files",
        topic,
        "ok",
        t(f"{len(names)} 个情景，{many} 项治理工具", f"{len(names)} scenarios, {many} instruments"),
    )


def _compiler() -> Check:
    topic = t("编译", "compiler")
    if COMPILED:
        return Check("compiler", topic, "ok", t("已开启", "on"))
    what = t(
        "已关闭（LABSIM_COMPILER=off）：结果相同，但慢百倍",
        "off (LABSIM_COMPILER=off): same results, a hundred times slower",
    )
    return Check("compiler", topic, "warning", what, t("取消该环境变量", "unset that variable"))


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _cache() -> Check:
    topic = t("编译缓存", "cache of compiled code")
    folder = os.environ.get("NUMBA_CACHE_DIR", "")
    if not COMPILED:
        return Check("cache", topic, "ok", t("不需要", "not needed"))
    if not (folder and _writable(Path(folder))):
        what = t(f"{folder} 不可写：每次启动都要重新编译", f"{folder} cannot be written to: every start compiles anew")
        fix = t("把 NUMBA_CACHE_DIR 设为可写的文件夹", "set NUMBA_CACHE_DIR to a folder that can be written to")
        return Check("cache", topic, "warning", what, fix)
    functions, size = compiled_code()
    if functions:
        said = f"{size / 1e6:.0f} MB, {folder}"
        return Check(
            "cache", topic, "ok", t(f"已编译 {functions} 个函数，{said}", f"{functions} functions compiled, {said}")
        )
    what = t(
        f"还没有编译：第一次运行要等约 2–4 分钟，只此一次（{folder}）",
        f"nothing compiled yet: the first run takes 2–4 minutes more, once ({folder})",
    )
    return Check("cache", topic, "ok", what, t("现在就编译：labsim demo", "compile now: labsim demo"))


def _folder() -> Check:
    topic, here = t("当前文件夹", "current folder"), Path.cwd()
    if _writable(here):
        return Check("folder", topic, "ok", t(f"{here} 可写", f"{here} can be written to"))
    what = t(f"{here} 不可写，简报无处可放", f"{here} cannot be written to, so a brief has no place")
    return Check(
        "folder", topic, "warning", what, t("换一个文件夹，或用 --out 指定", "change folder or name one with --out")
    )


def _store() -> Check:
    topic, folder = t("运行结果的存放处", "where runs are kept"), store_folder()
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if there.is_dir() and _writable(there):
        return Check("store", topic, "ok", t(f"{folder}", f"{folder}"))
    what = t(f"{folder} 不可写：结果不保留，每次重算", f"{folder} cannot be written to: runs are not kept")
    fix = t("把 LABSIM_STORE 设为可写的文件夹", "set LABSIM_STORE to a folder that can be written to")
    return Check("store", topic, "warning", what, fix)


def _glyphs() -> Check:
    """Whether the font that travels with briefs draws Chinese; readers without a font of their own need it."""
    topic = t("简报自带的中文字体", "Chinese in briefs")
    fix = t("重新安装 labsim", "install labsim again")
    try:
        # Reading fonts takes a while, and no other command does it unless it writes a page.
        from labsim.presentation.fonts import lacking

        boxes = lacking("".join(lever.label.zh for lever in LEVERS.values()))
    except (OSError, TTLibError) as error:
        what = t(f"字体文件读不出来（{error}）", f"the font cannot be read ({error})")
        return Check("glyphs", topic, "error", what, fix)
    if not boxes:
        return Check("glyphs", topic, "ok", t("齐全", "complete"))
    what = t(f"缺少 {len(boxes)} 个字形：{boxes}", f"{len(boxes)} characters would be boxes: {boxes}")
    return Check("glyphs", topic, "error", what, fix)


def _output() -> Check:
    topic = t("输出编码", "output encoding")
    found = (getattr(sys.stdout, "encoding", None) or "?").lower()
    if found.replace("-", "") == "utf8":
        return Check("output", topic, "ok", t("UTF-8", "UTF-8"))
    fix = t("设置 PYTHONUTF8=1；Windows 上请用 Windows Terminal", "set PYTHONUTF8=1; on Windows use Windows Terminal")
    return Check("output", topic, "warning", t(f"{found}：中文可能显示不全", f"{found}: Chinese may not show"), fix)


def _language() -> Check:
    found = language()
    named = t("中文", "Chinese") if found == "zh" else t("英文", "English")
    how = t(
        f"{named.zh}（用 LABSIM_LANG=zh|en 或 --lang 更改）", f"{named.en} (change it by LABSIM_LANG=zh|en or --lang)"
    )
    return Check("language", t("语言", "language"), "ok", how)


def _fonts() -> Check:
    topic = t("中文字体", "Chinese font")
    # Windows and macOS come with one. Elsewhere fontconfig knows, and without it nobody does.
    if platform.system() in ("Windows", "Darwin"):
        return Check("fonts", topic, "ok", t("系统自带", "part of the system"))
    fix = t(
        "Debian/Ubuntu：sudo apt install fonts-wqy-microhei", "on Debian or Ubuntu: sudo apt install fonts-wqy-microhei"
    )
    tool = shutil.which("fc-list")
    if tool is None:
        return Check("fonts", topic, "warning", t("无法得知（没有 fc-list）", "not known (no fc-list)"), fix)
    asked = subprocess.run(
        [tool, ":lang=zh-cn", "family"], capture_output=True, text=True, encoding="utf-8", check=False
    )
    found = sorted({line.split(",")[0] for line in asked.stdout.splitlines() if line.strip()})
    if found:
        return Check("fonts", topic, "ok", t(found[0], found[0]))
    what = t("没有：本机浏览器中的中文会显示为方框", "none: browsers on this machine show boxes for Chinese")
    return Check("fonts", topic, "warning", what, fix)


def _browser() -> Check:
    topic = t("浏览器（仅测试用）", "browser (for tests only)")
    found = os.environ.get("LABSIM_CHROMIUM") or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        return Check("browser", topic, "ok", t(found, found))
    what = t("没有 Chromium：浏览器测试会跳过，其余不受影响", "no Chromium: browser tests are skipped, all else works")
    fix = t("Debian/Ubuntu：sudo apt install chromium", "on Debian or Ubuntu: sudo apt install chromium")
    return Check("browser", topic, "ok", what, fix)
