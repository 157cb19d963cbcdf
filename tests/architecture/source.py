"""The tree as syntax: every module of the package parsed once, and small questions about it."""

import ast
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "labsim"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One module: its dotted name and its text. Tests make their own from bad text to prove a check bites."""

    name: str
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed text."""
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.text.splitlines()

    @property
    def floor(self) -> str:
        """The folder below ``labsim``, or an empty text for the front door itself."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 2 or (len(parts) == 2 and self.is_package) else ""

    @property
    def stem(self) -> str:
        """The last part of the dotted name."""
        return self.name.rsplit(".", 1)[-1]

    def functions(self) -> Iterator[Function]:
        """Give every function and method, nested ones too."""
        return (n for n in ast.walk(self.tree) if isinstance(n, Function))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Give (line, dotted name) of all that is imported anywhere, also inside functions and TYPE_CHECKING.

        ``from a import b`` gives ``a.b``: whether b is a module or a name in it makes no difference to a floor.
        """
        package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) - node.level + 1] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and last_name(node.func) in {"import_module", "__import__"}:
                match node.args:
                    case [ast.Constant(value=str(name)), *_]:
                        yield node.lineno, name


def last_name(node: ast.expr) -> str:
    """Return ``c`` of ``a.b.c``, ``c`` or ``c(...)``; an empty text for anything else."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def decorators(node: Function | ast.ClassDef) -> set[str]:
    """Return the last names of a definition's decorators."""
    return {last_name(d) for d in node.decorator_list}


def package_modules() -> list[Module]:
    """Parse every module of labsim."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return found


def complaints_of(check: Callable[[Module], Iterable[str]]) -> str:
    """Return what a check has to say about the package, a line each; empty when all is well."""
    return "\n".join(complaint for module in package_modules() for complaint in check(module))


def tracked_files() -> list[Path]:
    """Return what git keeps or would keep: tracked files and new ones that no rule ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode("utf-8").split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]
