"""Who may import whom: data flows one way, and each foreign library has its place."""

from fnmatch import fnmatchcase

import pytest

from tests.architecture.source import Module, complaints_of, package_modules

FLOORS = (
    "foundations", "scenario", "population", "behaviour", "model", "results", "experiment", "analysis", "sandbox",
    "presentation",
)  # fmt: skip

# library -> the modules that may import it
_SHOWS = (
    "altair", "anywidget", "bokeh", "docx", "fontTools", "ipywidgets", "IPython", "jinja2", "matplotlib", "openpyxl",
    "plotly", "rich", "traitlets", "typer", "vl_convert", "voila",
)  # fmt: skip
PLACES = {
    "numba": ["labsim.foundations.compiled"],
    "llvmlite": [],
    "mesa": ["labsim.model.mesa.*"],
    "networkx": ["labsim.population.*"],
    "cma": ["labsim.analysis.*"],
    "dask": ["labsim.experiment.workers"],
    "distributed": [],
    "pyarrow": ["labsim.results.*"],
    "pyreadstat": ["labsim.analysis.survey.*"],
    "tornado": ["labsim.sandbox.*"],
    "segno": ["labsim.sandbox.door"],
    "arviz": ["labsim.analysis.inference.posterior"],
    "xarray": ["labsim.analysis.inference.posterior"],
    "SALib": ["labsim.analysis.explore.*"],
    "optuna": ["labsim.analysis.decide.*"],
    **{library: ["labsim.presentation.*"] for library in _SHOWS},
}

FRONT_DOORS = {"labsim", "labsim.__main__"}


def climbs(module: Module) -> list[str]:
    """Return the imports of a module that do not go down."""
    if module.name in FRONT_DOORS:
        return []
    if module.floor not in FLOORS:
        return [f"{module.name} stands on no floor"]
    wrong = []
    for line, name in module.imports():
        parts = name.split(".")
        if parts[0] != "labsim":
            continue
        target = parts[1] if len(parts) > 1 else ""
        if target not in FLOORS:
            wrong.append(f"{module.name}:{line} imports the front door ({name})")
        elif FLOORS.index(target) > FLOORS.index(module.floor):
            wrong.append(f"{module.name}:{line} imports upwards: {name}")
    return wrong


def strays(module: Module) -> list[str]:
    """Return the imports of libraries outside their place."""
    return [
        f"{module.name}:{line} imports {name}; its place is {', '.join(PLACES[name.split('.')[0]]) or 'nowhere'}"
        for line, name in module.imports()
        if not any(fnmatchcase(module.name, p) for p in PLACES.get(name.split(".")[0], ["*"]))
    ]


def test_imports_only_go_down():
    assert complaints_of(climbs) == ""


def test_foreign_libraries_keep_to_their_place():
    assert complaints_of(strays) == ""


def test_there_is_a_house_to_check():
    """An empty list of modules would pass everything above."""
    floors = {m.floor for m in package_modules()}
    assert {"foundations", "scenario", "model"} <= floors


@pytest.mark.parametrize(
    "text",
    [
        "from labsim.analysis import verdict",
        "import labsim.model.state",
        "import labsim",
        "from labsim import compare",
        "def f():\n    from labsim.model import day",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import labsim.model",
        "from ..model import state",
        "from .. import model",
        "import importlib\nimportlib.import_module('labsim.model')",
    ],
)
def test_an_upward_import_is_found(text: str):
    assert climbs(Module("labsim.population.network", text))


@pytest.mark.parametrize(
    "text",
    ["from labsim.foundations import i18n", "from . import residents", "from ..scenario import world", "import os"],
)
def test_a_downward_import_is_allowed(text: str):
    assert climbs(Module("labsim.population.network", text)) == []


def test_a_relative_import_in_a_package_counts_from_the_package():
    assert climbs(Module("labsim.population", "from . import network", is_package=True)) == []
    assert climbs(Module("labsim.population", "from ..model import day", is_package=True))


@pytest.mark.parametrize(
    ("name", "text", "allowed"),
    [
        ("labsim.model.kernels", "import numba", False),
        ("labsim.model.kernels", "from numba import njit", False),
        ("labsim.foundations.compiled", "import numba", True),
        ("labsim.model.mesa.model", "import mesa", True),
        ("labsim.model.mesa.agents", "from mesa import Agent", True),
        ("labsim.model.day", "import mesa.agent", False),
        ("labsim.analysis.compare", "def f():\n    import altair", False),
        ("labsim.presentation.figures", "import altair", True),
        ("labsim", "import rich", False),
    ],
)
def test_a_stray_library_is_found(name: str, text: str, allowed: bool):
    assert (strays(Module(name, text)) == []) is allowed
