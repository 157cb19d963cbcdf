"""The compiler, and nothing else: the only module that imports numba.

Takes: plain Python functions over numbers and arrays.
Gives: :func:`rule` for what one person or department does (small, inlined by the
compiler) and :func:`kernel` for loops over everybody (compiled once, kept on disk,
free of the interpreter lock so that replications run on threads).

With ``LABSIM_COMPILER=off`` both return the function unchanged: the same source then
runs as plain Python, which is slow, can be stepped through in a debugger, and must give
the same bits (``tests/model/test_three_engines.py``).
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, cast

from platformdirs import user_cache_path

from labsim.foundations.sources import source_hash

F = TypeVar("F", bound=Callable[..., Any])

COMPILED: bool = os.environ.get("LABSIM_COMPILER", "on").lower() not in {"off", "0", "no"}


_NEVER_COMPILED = (
    "city",
    "mesa/",
    "parts",
    "mean_field",
    "simulate",
    "trajectory",
    "errors",
    "i18n",
    "paths",
    "sources",
    "writing",
    "version",
)
_PACKAGE = Path(__file__).parent.parent
_LONGEST_TYPE = 120  # characters of a type's name that are written out
_KEPT = 6  # sets of compiled code that stay on disk


def _writable_cache() -> str:
    """Return a folder where compiled code of these sources can be kept.

    Without one numba refuses to import a cached function at all, for example when
    the package and HOME are both read-only.
    """
    # numba looks only at the file of the outermost function: without a hash of all sources, a changed
    # rule would go on running as it was inside every kernel that was cached before.
    key = source_hash(("foundations", "scenario", "population", "behaviour", "model"), _NEVER_COMPILED)
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:  # chosen by hand, or by the process that started this one
        return given if Path(given).name == key else str(Path(given) / key)
    for folder in (user_cache_path("labsim") / "compiled", Path(tempfile.gettempdir()) / "labsim-compiled"):
        try:
            (folder / key).mkdir(parents=True, exist_ok=True)
            os.utime(folder / key)
            others = sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
        except OSError:
            continue
        if os.access(folder / key, os.W_OK):
            for old in others[_KEPT:]:
                shutil.rmtree(old, ignore_errors=True)
            return str(folder / key)
    return tempfile.mkdtemp(prefix="labsim-compiled-")


if COMPILED:
    os.environ["NUMBA_CACHE_DIR"] = _writable_cache()
    import numba
    from numba.core.base import BaseContext
    from numba.core.caching import CacheImpl, UserProvidedCacheLocator
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import CompilerBase, DefaultPassBuilder
    from numba.core.funcdesc import default_mangler

    def _short(type_: Any) -> Any:
        """Return what stands for a type in the name of a compiled function: a hash where its own name is long."""
        name = str(type_)
        return f"T{hashlib.sha256(name.encode()).hexdigest()[:24]}" if len(name) > _LONGEST_TYPE else type_

    def _mangler(_: BaseContext, name: str, types: Iterable[Any], **options: Any) -> str:
        """Name a compiled function after its types, as numba does, but briefly."""
        return cast(str, cast(Any, default_mangler)(name, tuple(_short(one) for one in types), **options))

    # numba writes every field of a record into the name of each function that takes it: 50 kB a name with the
    # columns of this model. They were 95 % of the compiled code on disk, and the compiler spent its time on them.
    cast(Any, BaseContext).mangler = _mangler

    class _ByModule(UserProvidedCacheLocator):
        """Where the code of labsim's functions is kept: by module, so that a checkout that moves keeps it."""

        @classmethod
        def from_function(cls, py_func: Any, py_file: str) -> Any:
            """Return the place of a function of labsim, or None for anybody else's."""
            return cast(Any, super()).from_function(py_func, py_file) if _PACKAGE in Path(py_file).parents else None

        @classmethod
        def get_suitable_cache_subpath(cls, py_file: str) -> str:
            """Return the folder of a module's functions; the folder above it stands for the sources."""
            return "-".join(Path(py_file).relative_to(_PACKAGE).parent.parts)

    cast(Any, CacheImpl)._locator_classes = [_ByModule, *CacheImpl._locator_classes]

    class _LinkedOnly(cast(Any, JITCodeLibrary)):  # type: ignore[misc]
        """Code that is only ever linked into its callers, which optimise it with their own.

        By default LLVM optimises a piece by itself and then once more in every function around it.
        """

        def _optimize_final_module(self) -> None:
            pass

        def _finalize_final_module(self) -> None:
            self._finalized = True

        def get_pointer_to_function(self, _name: str) -> int:
            """Return 0: nobody calls a piece by its address."""
            return 0

        @property
        def codegen(self) -> Any:
            """What callers ask for the code generator of a piece."""
            return _WithoutEnvironment(self._codegen)

    class _WithoutEnvironment:
        """A code generator for code that meets no Python object and so needs no environment."""

        def __init__(self, real: Any) -> None:
            self._real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

        def set_env(self, _name: str, _env: object) -> None:
            """Keep no address."""

    class _PieceCompiler(cast(Any, CompilerBase)):  # type: ignore[misc]
        """Compile a piece as numba does, into a library that is only linked."""

        def define_pipelines(self) -> list[Any]:
            """Return the usual passes."""
            self.state.library = _LinkedOnly(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
            return [cast(Any, DefaultPassBuilder).define_nopython_pipeline(self.state)]

    _njit: Any = numba.njit
    _ALL: Any = {"nogil": True, "error_model": "numpy"}
    _PIECE: Any = _ALL | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": _PieceCompiler}

    def rule(function: F) -> F:
        """Compile a scalar rule; kernels inline it."""
        return cast(F, _njit(cache=True, **_ALL)(function))

    def kernel(function: F) -> F:
        """Compile a loop over arrays; it releases the interpreter lock."""
        return cast(F, _njit(cache=True, **_ALL)(function))

    def part(function: F) -> F:
        """Compile a piece that only kernels call and that makes no array.

        It has no entry point for Python, is optimised with its callers only, and does not count references to
        the columns it is given, which whoever called the kernel holds: a hundred counters, up and down at every
        call, were most of the code and half of the time of a run.
        """
        return cast(F, _njit(_nrt=False, **_PIECE)(function))

    def allocating_part(function: F) -> F:
        """Compile a piece that only kernels call and that makes arrays of its own."""
        return cast(F, _njit(_nrt=True, **_PIECE)(function))

else:

    def rule(function: F) -> F:
        """Return the rule as it stands: plain Python."""
        return function

    def kernel(function: F) -> F:
        """Return the loop as it stands: plain Python."""
        return function

    def part(function: F) -> F:
        """Return the piece as it stands: plain Python."""
        return function

    def allocating_part(function: F) -> F:
        """Return the piece as it stands: plain Python."""
        return function
