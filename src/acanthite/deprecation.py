"""Names on their way out: they warn while they last, and a test fails once they should be gone."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar

__all__ = ["DEPRECATIONS", "Deprecation", "deprecated"]

P = ParamSpec("P")
R = TypeVar("R")


class Deprecation(NamedTuple):
    """A name that is going: since which version it warns, in which it is gone, and what to use.

    Examples
    --------
    >>> entry = Deprecation(
    ...     "acanthite.film.sputter", "0.2", "0.4", "acanthite.film.grow(recipe)"
    ... )
    >>> entry.expired("0.3.1"), entry.expired("0.4.0")
    (False, True)
    """

    name: str
    since: str
    gone_in: str
    use: str

    def expired(self, version: str) -> bool:
        """Return whether ``version`` should no longer have the name."""
        return _numbers(version) >= _numbers(self.gone_in)


DEPRECATIONS: list[Deprecation] = []
"""All of them, as far as their modules have been imported."""


def deprecated(*, since: str, gone_in: str, use: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function or the constructor of a class warn of its end.

    Parameters
    ----------
    since, gone_in : str
        Versions, such as "0.2" and "0.4": the first that warns, and the first without the name.
    use : str
        What to use instead, as a user would write it.

    Returns
    -------
    callable
        A decorator. Calls go through unchanged after a ``FutureWarning``, which users see by
        default.

    Examples
    --------
    >>> @deprecated(since="0.2", gone_in="0.4", use="acanthite.film.grow(recipe)")
    ... def sputter(recipe):
    ...     return recipe
    >>> DEPRECATIONS.pop().gone_in
    '0.4'
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__}.{function.__qualname__}"
        DEPRECATIONS.append(Deprecation(name, since, gone_in, use))
        message = f"{name} is deprecated since {since} and gone in {gone_in}; use {use}"

        @functools.wraps(function)
        def warn(*args: P.args, **kwargs: P.kwargs) -> R:
            warnings.warn(message, FutureWarning, stacklevel=2)
            return function(*args, **kwargs)

        return warn

    return decorate


def _numbers(version: str) -> tuple[int, ...]:
    numeric = version.split("+")[0].split("rc")[0].split(".dev")[0]
    return tuple(int(part) for part in numeric.split("."))
