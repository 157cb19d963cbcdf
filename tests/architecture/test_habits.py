"""Habits that keep the house liveable: small pieces, no hidden state, one source of chance, words for strangers.

Each check is a function from a module to its complaints, so that it can be shown to bite on bad text.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Function, Module, complaints_of, decorators, last_name

MOST_LINES = 350
MOST_CLASS_LINES = 200
MOST_ARGUMENTS = 6
COMPILED = {"rule", "kernel", "part", "allocating_part"}
MUTATORS = {"append", "add", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


def module_length(module: Module) -> Iterator[str]:
    """A module that no longer fits in a reader's head."""
    if len(module.lines) > MOST_LINES:
        yield f"{module.name} has {len(module.lines)} lines"


def class_length(module: Module) -> Iterator[str]:
    """A class that does everything."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_CLASS_LINES:
                yield f"{module.name}:{node.lineno} class {node.name} has {length} lines"


def _only_builds(node: Function) -> bool:
    """Whether a function is a declaration: it only hands its arguments to one constructor."""
    body = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    match body:
        case [ast.Return(value=ast.Call() as call)]:
            return last_name(call.func)[:1].isupper()
        case _:
            return False


def argument_count(module: Module) -> Iterator[str]:
    """A function with too many arguments.

    Compiled rules and kernels take plain numbers and arrays, a command's arguments are its options, and a
    declaration helper has the fields of what it declares: these may have more.
    """
    for node in module.functions():
        if decorators(node) & (COMPILED | {"command", "callback"}) or _only_builds(node):
            continue
        a = node.args
        names = [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)] + [x.arg for x in (a.vararg, a.kwarg) if x]
        count = len(names) - (names[:1] in (["self"], ["cls"]))
        if count > MOST_ARGUMENTS:
            yield f"{module.name}:{node.lineno} {node.name} takes {count} arguments"


def docstrings(module: Module) -> Iterator[str]:
    """A public thing without a word for the stranger who meets it."""
    if not ast.get_docstring(module.tree):
        yield f"{module.name} has no docstring"

    def public(body: list[ast.stmt], owner: str) -> Iterator[str]:
        for node in body:
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                if not ast.get_docstring(node) and not decorators(node) & {"overload", "override"}:
                    yield f"{owner}.{node.name} has no docstring"
                if isinstance(node, ast.ClassDef):
                    yield from public(node.body, f"{owner}.{node.name}")

    yield from public(module.tree.body, module.name)


def swallowed_errors(module: Module) -> Iterator[str]:
    """An ``except`` that catches everything, Ctrl-C included, and does not raise it again."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            everything = node.type is None or last_name(node.type) == "BaseException"
            if everything and not any(isinstance(n, ast.Raise) for n in ast.walk(node)):
                yield f"{module.name}:{node.lineno} swallows every error"


def _is_mutable(value: ast.expr | None) -> bool:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    makers = {"list", "dict", "set", "defaultdict", "Counter", "deque", "OrderedDict", "bytearray"}
    return isinstance(value, displays) or (isinstance(value, ast.Call) and last_name(value.func) in makers)


def hidden_state(module: Module) -> Iterator[str]:
    """State of a module that a call could change, so that a second call would give another answer."""
    mutable: set[str] = set()
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and _is_mutable(statement.value):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            mutable |= {t.id for t in targets if isinstance(t, ast.Name)}
    for name in sorted(mutable):
        if name != name.upper() and name != "__all__":
            yield f"{module.name}: {name} is mutable and is not named as a constant"
    for function in module.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield f"{module.name}:{node.lineno} global {', '.join(node.names)}"
            changed = ""
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                changed = last_name(node.value) if isinstance(node.value, ast.Name) else ""
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
                changed = last_name(node.func.value) if isinstance(node.func.value, ast.Name) else ""
            if changed in mutable and isinstance(node, ast.Subscript | ast.Call):
                yield f"{module.name}:{node.lineno} changes the module's {changed}"
        if decorators(function) & {"cache", "lru_cache"}:
            # A cache is state too. It is harmless when the function is pure; somebody must have said so.
            first = min(d.lineno for d in function.decorator_list)
            near = module.lines[max(first - 2, 0) : function.lineno]
            if not any("#" in line for line in near):
                yield f"{module.name}:{first} caches {function.name} without a note why that is safe"


RANDOM_MODULES = {"random", "secrets", "numpy.random", "scipy.stats.sampling"}
RANDOM_NAMES = {"default_rng", "RandomState", "SystemRandom", "rvs", "urandom", "uuid4", "getrandbits", "random", "rng"}


def foreign_chance(module: Module) -> Iterator[str]:
    """Chance from anywhere but foundations/randomness.py, Mesa's own generator included."""
    # Tokens of a session must not be guessed; no result depends on them.
    if module.name in ("labsim.foundations.randomness", "labsim.sandbox.tokens"):
        return
    for line, name in module.imports():
        if any(name == m or name.startswith(f"{m}.") for m in RANDOM_MODULES):
            yield f"{module.name}:{line} imports {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in RANDOM_NAMES:
            yield f"{module.name}:{node.lineno} uses .{node.attr}"


SIMULATES = {"foundations", "scenario", "population", "behaviour", "model"}


def outside_world(module: Module) -> Iterator[str]:
    """A simulated day that depends on the clock or on the salt of ``hash``: not the same twice."""
    if module.floor not in SIMULATES:
        return
    salted = {id(n) for f in module.functions() if f.name == "__hash__" for n in ast.walk(f)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and id(node) not in salted:
            owner = last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
            name = last_name(node.func)
            if (owner, name) in {("", "hash"), ("time", "time"), ("datetime", "now"), ("date", "today")}:
                yield f"{module.name}:{node.lineno} calls {owner}{'.' if owner else ''}{name}()"


def unnamed_encoding(module: Module) -> Iterator[str]:
    """A text file opened in whatever encoding the machine prefers: Chinese text breaks on Windows."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or last_name(node.func) not in {"open", "read_text", "write_text"}:
            continue
        if isinstance(node.func, ast.Name) and node.func.id != "open":  # a function of ours that has the name
            continue
        if ast.unparse(node.func) == "os.open":  # a descriptor has no encoding
            continue
        given = {k.arg for k in node.keywords}
        binary = any(
            isinstance(a, ast.Constant) and isinstance(a.value, str) and "b" in a.value for a in node.args[-1:]
        )
        if not given & {"encoding", None} and not binary:
            yield f"{module.name}:{node.lineno} {last_name(node.func)}() names no encoding"


CHECKS = (
    module_length, class_length, argument_count, docstrings, swallowed_errors, hidden_state, foreign_chance,
    outside_world, unnamed_encoding,
)  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_habit(check):
    assert complaints_of(check) == ""


DOC = '"""Words."""\n'


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (module_length, "x = 1\n" * 351),
        (class_length, "class A:\n" + "    x = 1\n" * 200),
        (argument_count, "def f(a, b, c, d, *, e, g, h): ..."),
        (argument_count, "class A:\n    def f(self, a, b, c, d, e, g, *rest): ..."),
        (argument_count, "def f(a, b, c, d, e, g, h):\n    return compute(a)"),
        (docstrings, "x = 1"),
        (docstrings, DOC + "def f(): ..."),
        (docstrings, DOC + "class A:\n    'Words.'\n    def f(self): ..."),
        (swallowed_errors, "try:\n    f()\nexcept:\n    pass"),
        (swallowed_errors, "try:\n    f()\nexcept BaseException:\n    pass"),
        (hidden_state, "registry = {}"),
        (hidden_state, "SEEN = set()\ndef f(x):\n    SEEN.add(x)"),
        (hidden_state, "TABLE = {}\ndef f(x):\n    TABLE[x] = 1"),
        (hidden_state, "n = 0\ndef f():\n    global n\n    n += 1"),
        (hidden_state, "@lru_cache(maxsize=None)\ndef f(x): ..."),
        (foreign_chance, "import random"),
        (foreign_chance, "def f():\n    from numpy.random import default_rng"),
        (foreign_chance, "import numpy as np\nnp.random.seed(1)"),
        (foreign_chance, "def step(self):\n    self.random.random()"),
        (foreign_chance, "from scipy import stats\nstats.norm.rvs(1)"),
        (outside_world, "hash('x')"),
        (outside_world, "import datetime\ndatetime.datetime.now()"),
        (unnamed_encoding, "open('x')"),
        (unnamed_encoding, "path.write_text('x')"),
    ],
)
def test_a_bad_habit_is_found(check, text: str):
    assert list(check(Module("labsim.model.day", text)))


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (module_length, "x = 1\n" * 350),
        (argument_count, "class A:\n    def f(self, a, b, c, d, e, g): ..."),
        (argument_count, "@rule\ndef f(a, b, c, d, e, g, h): ..."),
        (argument_count, "@app.command()\ndef f(a, b, c, d, e, g, h): ..."),
        (argument_count, "def _q(a, b, c, d, e, g, h):\n    return Quantity(a, b)"),
        (docstrings, DOC + "def _f(): ..."),
        (swallowed_errors, "try:\n    f()\nexcept BaseException:\n    undo()\n    raise"),
        (hidden_state, "LABELS = {'a': 1}\ndef f():\n    own = []\n    own.append(LABELS['a'])"),
        (hidden_state, "@cache  # pure\ndef f(x): ..."),
        (outside_world, "class A:\n    def __hash__(self):\n        return hash(self.x)"),
        (foreign_chance, "from labsim.foundations.randomness import uniform"),
        (unnamed_encoding, "path.read_text(encoding='utf-8')\nopen('x', 'rb')"),
    ],
)
def test_a_good_habit_passes(check, text: str):
    assert list(check(Module("labsim.model.day", text))) == []
