"""Where Numba keeps the package's kernels: under names that change with the source they are made
from.

Numba looks at the file of a kernel only. One that was compiled before an upgrade still holds what
it took from other modules: a type that has been renamed since cannot be loaded, and a function that
was mended would go on as it was. So each cached kernel's name also carries a hash of the modules it
can be made from: those of its room that compile, and what these import. Kernels whose modules are
unchanged are found again; in the folder of ``NUMBA_CACHE_DIR``, if it is set, by every checkout and
environment that uses it.

A cache is a convenience: a file in it that is damaged, or a folder that cannot be written to, costs
the time to compile and nothing else. Numba trusts what it finds on disk; here each kernel is stored
with a hash of its bytes, so that machine code with a flipped bit is never run, and a folder for
this process alone takes over where no other can be written.

Kernels are compiled by ``njit`` of this module; ``prange`` is Numba's own.
"""

from __future__ import annotations

import atexit
import gc
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba import prange
from numba.core import caching, compiler, event
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from acanthite.lowering import OPTIMISED, InnerCompiler, InnerLibrary, KernelCompiler, no_entry

__all__ = ["fingerprint", "first_compiled", "load_numba", "njit", "prange"]

_ROOT = Path(__file__).parent
GENERATED = "acanthite_kernel_"
"""How the names of generated modules begin; they stand in the user's cache folder."""
_COMPILES = re.compile(r"^from (?:numba|acanthite\.jit)\b", re.MULTILINE)
_IMPORTS = re.compile(
    r"^(?:from|import) acanthite([.\w]*)(?: import (\([^)]*\)|.*))?", re.MULTILINE
)


class _First(event.Listener):
    def __init__(self, say: Callable[[], None]) -> None:
        self.say: Callable[[], None] | None = say

    def on_start(self, event: Any) -> None:
        say = self.say
        self.say = None
        if say is not None:
            say()

    def on_end(self, event: Any) -> None:
        pass


@contextmanager
def first_compiled(say: Callable[[], None]) -> Iterator[None]:
    """Call ``say`` when the first kernel is compiled; not at all where all are found on disk."""
    with event.install_listener("numba:compile", _First(say)):
        yield


def load_numba() -> None:
    """Import what Numba leaves to the first compilation: half of it, and SciPy's LAPACK.

    Under its lock: a thread that compiled meanwhile would find definitions taken from where they
    wait and not yet where it looks them up, and fail with ``No definition for lowering``.
    """
    target: Any = cpu_target
    with global_compiler_lock:
        target.target_context.refresh()
        target.typing_context.refresh()


@cache
def fingerprint(file: Path) -> str:
    """Return eight hexadecimal digits for the source a kernel in ``file`` is made from.

    Parameters
    ----------
    file : Path
        A module of the package or a generated one.

    Returns
    -------
    str
    """
    if file.is_relative_to(_ROOT):
        return _of_room(file.relative_to(_ROOT).parts[0])
    return _digest([file])


@cache
def _of_room(room: str) -> str:
    """Return the hash of a room's kernels: types made in one of its modules are handed to kernels
    of another.
    """
    top = _ROOT / room
    files = sorted(top.rglob("*.py")) if top.is_dir() else [top]
    return _digest(file for file in files if _COMPILES.search(_text(file)))


def _digest(start: Iterable[Path]) -> str:
    """Return the hash of some modules and all they import from the package, directly or not."""
    modules = set()
    left = list(start)
    while left:
        file = left.pop()
        if file not in modules:
            modules.add(file)
            left += _imported(file)
    parts = sorted(hashlib.sha256(_text(file).encode()).digest() for file in modules)
    return hashlib.sha256(b"".join(parts)).hexdigest()[:8]


def _imported(file: Path) -> Iterator[Path]:
    for module, names in _IMPORTS.findall(_text(file)):
        parts = module.split(".")[1:]
        for path in (parts, *([*parts, name] for name in re.findall(r"\w+", names))):
            yield from (
                p for p in (_ROOT.joinpath(*path, "__init__.py"), _file(path)) if p.is_file()
            )


def _file(parts: list[str]) -> Path:
    return _ROOT.joinpath(*parts[:-1], f"{parts[-1]}.py") if parts else _ROOT / "__init__.py"


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


class _Kept:
    """Put before one of Numba's locators: the same place, another name."""

    _py_file: str

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        return super().from_function(py_func, py_file) if _is_ours(Path(py_file)) else None  # type: ignore[misc]

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        """Return where a file's kernels lie in a folder for all: the same for every copy of it.

        Numba's own way is a hash of where the file stands, and every checkout compiles anew.
        """
        return str(Path("acanthite", *_place(Path(py_file))))

    def get_disambiguator(self) -> str:
        place = super().get_disambiguator()  # type: ignore[misc]
        return f"{place}-{fingerprint(Path(self._py_file))}-{numba.__version__}"

    def get_source_stamp(self) -> str:
        """Return what a stored kernel must match: the source, not when it was written.

        Older versions of Numba take the time of the file, and every checkout compiles anew.
        """
        return fingerprint(Path(self._py_file))


def _place(file: Path) -> tuple[str, ...]:
    """Return the folders from the package to a file in it; a generated one has a name of its own."""
    return file.relative_to(_ROOT).parts[:-1] if file.is_relative_to(_ROOT) else ("generated",)


def _is_ours(file: Path) -> bool:
    return (file.is_relative_to(_ROOT) or file.stem.startswith(GENERATED)) and file.is_file()


# Numba 0.61 names it with an underscore, later ones without
_LOCATOR = "InTreeCacheLocator"
_InTree: Any = getattr(caching, _LOCATOR, None) or getattr(caching, f"_{_LOCATOR}")


class _Temporary(_InTree):
    """The last resort: a folder that lives as long as the process."""

    def get_cache_path(self) -> str:
        return str(_temporary_folder())


@cache
def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="acanthite-kernels-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


caching.CacheImpl._locator_classes[:0] = [
    type(f"Kept{locator.__name__}", (_Kept, locator), {})
    for locator in (*caching.CacheImpl._locator_classes, _Temporary)
]


class _SealedFile(caching.IndexDataCacheFile):
    """Numba's two files of a kernel, index and machine code, each ending in a hash of itself."""

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[BytesIO]:
        content = BytesIO()
        yield content
        data = content.getvalue()
        with super()._open_for_write(filepath) as file:
            file.write(
                data + hashlib.sha256(data).digest()
            )  # unpickling ignores what stands behind

    def _load_index(self) -> Any:
        _check_seal(Path(self._index_path))
        return super()._load_index()

    def _load_data(self, name: str) -> Any:
        _check_seal(Path(self._data_path(name)))
        return super()._load_data(name)


class _DamagedError(OSError):
    """The bytes of a file are not those that were written."""


def _check_seal(file: Path) -> None:
    if not file.exists():
        return
    stored = file.read_bytes()
    size = hashlib.sha256().digest_size
    if hashlib.sha256(stored[:-size]).digest() != stored[-size:]:
        raise _DamagedError(file)


class _Cache(caching.FunctionCache):
    """A cache that is never the reason why something fails."""

    def __init__(self, py_func: Any) -> None:
        super().__init__(py_func)
        self._cache_file = _SealedFile(
            self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp()
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # a damaged pickle raises whatever its bytes happen to say
            with suppress(OSError):
                self._cache_file.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:  # the disk is full, or somebody took the folder away
            self.disable()


class _Flags(compiler.Flags):
    """Numba's options of a compilation, told apart by those that were set.

    Numba compares all of them, default or not, with each call whose types it looks up: a fifth of
    the time to compile.
    """

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._values == self._values

    def __hash__(self) -> int:
        return hash(frozenset(self._values))


class _InnerCacheImpl(caching.CompileResultCacheImpl):
    def rebuild(self, target_context: Any, payload: Any) -> Any:
        code, description, environment, signature, object_mode, lifted, says, reload, _ = payload
        for function in reload:
            function()
        library = InnerLibrary.unserialize(target_context.codegen(), *code)
        return compiler.compile_result(
            target_context=target_context,
            typing_context=target_context.typing_context,
            library=library,
            environment=environment,
            entry_point=no_entry(library, description, environment),
            fndesc=description,
            signature=signature,
            objectmode=object_mode,
            lifted=lifted,
            type_annotation=says,
            reload_init=reload,
        )


class _InnerCache(_Cache):
    _impl_class = _InnerCacheImpl


_OWN: dict[str, Any] = {
    "fastmath": False,
    "error_model": "python",
    "forceinline": False,
    "no_cfunc_wrapper": True,  # no C code calls a kernel, and every wrapper is compiled
}
"""Options a kernel would otherwise inherit from the first kernel to call it.

The bits of a result would then depend on what ran before and on what was found on disk.
"""


def njit(
    *function: Any,
    cache: bool = False,
    inner: bool = False,
    optimised: bool = False,
    **options: Any,
) -> Any:
    """Compile a kernel as ``numba.njit`` does, by its own options alone and with a cache that
    survives damage.

    Parameters
    ----------
    *function : callable, optional
        The kernel, where the decorator is written without options.
    cache : bool
        Keep the machine code on disk.
    inner : bool
        Other kernels call it: it is optimised and made machine code as a part of these, and has no
        way in from Python. A twin that has one is compiled when Python first calls it. It may not
        use Python objects, as ``print`` does.
    optimised : bool
        Optimise an inner kernel before it is made a part of its callers: fast mathematics then
        regroups its sums in itself, not across what it calls and what calls it.
    **options
        Numba's. None is inherited from a calling kernel.

    Returns
    -------
    numba.core.dispatcher.Dispatcher, or a decorator that returns one
    """
    own = {
        "no_cpython_wrapper": inner,
        "pipeline_class": InnerCompiler if inner else KernelCompiler,
    }
    settings: dict[str, Any] = {**_OWN, **options, **own}

    def compiled(kernel: Any) -> Any:
        if optimised:
            OPTIMISED.add(kernel)
        dispatcher: Any = numba.njit(**settings)(kernel)
        dispatcher._compiler._customize_flags = _Flags
        dispatcher._compiler.compile = _without_collection(dispatcher._compiler.compile)
        if cache:
            dispatcher._cache = (_InnerCache if inner else _Cache)(kernel)
        if inner:
            _enter_by_twin(dispatcher, lambda: njit(_twin(kernel), cache=cache, **options))
        return dispatcher

    return compiled(function[0]) if function else compiled


def _without_collection(compile_: Callable[..., Any]) -> Callable[..., Any]:
    """Return a way to compile that does not look for garbage meanwhile.

    Numba makes millions of objects, most of which stay: to look through them takes a tenth of the
    time. Numba compiles under its lock, one kernel at a time with those it calls.
    """

    def wrapped(*arguments: Any) -> Any:
        if not gc.isenabled():
            return compile_(*arguments)
        gc.disable()
        try:
            return compile_(*arguments)
        finally:
            gc.enable()

    return wrapped


def _enter_by_twin(dispatcher: Any, make: Callable[[], Any]) -> None:
    """Let Python calls of a kernel go to another one, made at the first."""
    made: list[Any] = []

    def twin() -> Any:
        if not made:
            made.append(make())
        return made[0]

    def keep(result: Any) -> None:  # not where Numba looks for what Python may call
        dispatcher.overloads[tuple(result.signature.args)] = result

    def enter(*arguments: Any, **named: Any) -> Any:
        return twin()._compile_for_args(*arguments, **named)

    dispatcher.twins = made
    dispatcher.twin = twin
    dispatcher.add_overload = keep
    dispatcher._compile_for_args = enter


def from_python(kernel: Any) -> Any:
    """Return what Python may call of a kernel: itself, or the twin of one that kernels call.

    The machine code of the latter has no way in from Python: to call it ends the process.
    """
    return kernel.twin() if hasattr(kernel, "twin") else kernel


def _twin(kernel: Any) -> Any:
    """Return a copy of a function whose machine code is kept under another name."""
    twin = FunctionType(kernel.__code__, kernel.__globals__, kernel.__name__, kernel.__defaults__)
    twin.__module__ = kernel.__module__
    twin.__qualname__ = f"{kernel.__qualname__}.from_python"
    return twin
