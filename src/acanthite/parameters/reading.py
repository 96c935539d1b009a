"""Which parameters a computation reads: recorded while it runs, so that no list is kept by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

__all__ = ["NotedGroup", "cached", "forget", "note", "noting", "reading"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_forgetters: list[Callable[[], None]] = []
_read: ContextVar[set[str] | None] = ContextVar("parameters read", default=None)


@contextmanager
def reading() -> Iterator[set[str]]:
    """Record the keys of all parameters read inside the ``with`` block, from any set.

    Yields
    ------
    set of str
        Grows with every key read. A reading around this one has its keys too, once this one ends.

    Notes
    -----
    A thread started inside is heard only if it runs in a copy of the context
    (:func:`contextvars.copy_context`).

    Examples
    --------
    >>> from acanthite.parameters import AG2S
    >>> with reading() as keys:
    ...     side = AG2S.group("stack")["island_side"]
    >>> keys
    {'stack.island_side'}
    """
    keys: set[str] = set()
    token = _read.set(keys)
    try:
        yield keys
    finally:
        _read.reset(token)
        note(keys)


def noting() -> bool:
    """Return whether reads are being recorded."""
    return _read.get() is not None


def note(keys: Iterable[str]) -> None:
    """Record that keys were read."""
    read = _read.get()
    if read is not None:
        read.update(keys)


class NotedGroup(dict[str, float]):
    """The plain values of a group, each noted when it is taken rather than when the group is.

    Parameters
    ----------
    name : str
        Of the group.
    values : dict of str to float
    """

    def __init__(self, name: str, values: dict[str, float]) -> None:
        super().__init__(values)
        self._name = name

    def __getitem__(self, key: str) -> float:
        note((f"{self._name}.{key}",))
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names.

        Without this method ``**group`` and ``dict(group)`` would take the values unnoted.
        """
        return super().__iter__()

    def get(self, key: str, default: float | None = None) -> float | None:  # type: ignore[override]
        """Return a value, noted, or the default."""
        return self[key] if key in self else default  # noqa: SIM401 - dict.get would not note it

    def items(self) -> list[tuple[str, float]]:  # type: ignore[override]
        """Return names and values, all noted."""
        return [(key, self[key]) for key in self]

    def values(self) -> list[float]:  # type: ignore[override]
        """Return the values, all noted."""
        return [self[key] for key in self]


def cached(size: int) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Return a decorator that caches the ``size`` latest results and the parameters they read.

    A result taken from the cache counts as reading them again.
    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        @lru_cache(maxsize=size)
        def computed(*args: _P.args, **kwargs: _P.kwargs) -> tuple[_R, frozenset[str]]:
            with reading() as keys:
                result = function(*args, **kwargs)
            return result, frozenset(keys)

        _forgetters.append(computed.cache_clear)

        @wraps(function)
        def recalled(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            result, keys = computed(*args, **kwargs)
            note(keys)
            return result

        return recalled

    return decorate


def forget() -> None:
    """Drop all results that :func:`cached` keeps: before a run with other settings.

    Examples
    --------
    >>> from acanthite.parameters.reading import forget
    >>> forget()
    """
    for clear in _forgetters:
        clear()
