"""Where Numba keeps the package's kernels: under names that change with the source they are made from.

Numba looks at the file of a kernel only. One that was compiled before an upgrade still holds what it took from other modules: a type
that has been renamed since cannot be loaded, and a function that was mended would go on as it was. So each cached kernel's
name also carries a hash of the modules it can be made from: those of its room that compile, and what these import. Kernels whose
modules are unchanged are found again.

Importing this module is enough; ``njit`` and ``prange`` are Numba's own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit, prange
from numba.core import caching, event

__all__ = ["fingerprint", "first_compiled", "njit", "prange"]

_ROOT = Path(__file__).parent
GENERATED = "acanthite_kernel_"
"""How the names of generated modules begin; they stand in the user's cache folder."""
_COMPILES = re.compile(r"^from (?:numba|acanthite\.jit)\b", re.MULTILINE)
_IMPORTS = re.compile(r"^(?:from|import) acanthite([.\w]*)(?: import (\([^)]*\)|.*))?", re.MULTILINE)


class _First(event.Listener):
    def __init__(self, say: Callable[[], None]) -> None:
        self.say: Callable[[], None] | None = say

    def on_start(self, event: Any) -> None:
        say, self.say = self.say, None
        if say is not None:
            say()

    def on_end(self, event: Any) -> None:
        pass


@contextmanager
def first_compiled(say: Callable[[], None]) -> Iterator[None]:
    """Call ``say`` when the first kernel is compiled; not at all where all are found on disk."""
    with event.install_listener("numba:compile", _First(say)):
        yield


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
    """Return the hash of a room's kernels: types made in one of its modules are handed to kernels of another."""
    top = _ROOT / room
    files = sorted(top.rglob("*.py")) if top.is_dir() else [top]
    return _digest(file for file in files if _COMPILES.search(_text(file)))


def _digest(start: Iterable[Path]) -> str:
    """Return the hash of some modules and all they import from the package, directly or not."""
    found, left = set(), list(start)
    while left:
        file = left.pop()
        if file not in found:
            found.add(file)
            left += _imported(file)
    parts = sorted(hashlib.sha256(_text(file).encode()).digest() for file in found)
    return hashlib.sha256(b"".join(parts)).hexdigest()[:8]


def _imported(file: Path) -> Iterator[Path]:
    for module, names in _IMPORTS.findall(_text(file)):
        parts = module.split(".")[1:]
        for path in (parts, *([*parts, name] for name in re.findall(r"\w+", names))):
            yield from (p for p in (_ROOT.joinpath(*path, "__init__.py"), _file(path)) if p.is_file())


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
        file = Path(py_file)
        ours = file.is_relative_to(_ROOT) or file.stem.startswith(GENERATED)
        return super().from_function(py_func, py_file) if ours and file.is_file() else None  # type: ignore[misc]

    def get_disambiguator(self) -> str:
        return f"{super().get_disambiguator()}-{fingerprint(Path(self._py_file))}"  # type: ignore[misc]


caching.CacheImpl._locator_classes[:0] = [
    type(f"Kept{locator.__name__}", (_Kept, locator), {}) for locator in caching.CacheImpl._locator_classes
]
