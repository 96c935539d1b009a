"""Long calls: a bar when asked for, and a line in the log when they begin and end.

``progress=True`` shows a bar in a terminal or notebook; a function of one's own is called with the
fraction done. What is logged goes to the logger of the module, below ``acanthite``, at level INFO:
``logging.getLogger("acanthite").setLevel("INFO")``.
"""

from __future__ import annotations

import functools
import inspect
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

__all__ = ["Progress", "bar", "long_call", "reporter"]

Progress = Callable[[float], None] | bool | None
"""What an argument ``progress`` may be: a function called with the fraction done, True for a bar,
None.
"""

T = TypeVar("T", bound=Callable[..., Any])


def long_call(doing: str) -> Callable[[T], T]:
    """Let a function with an argument ``progress`` take True for a bar, and log how long it took.

    Parameters
    ----------
    doing : str
        What it does, as the bar and the log say: "measuring".

    Returns
    -------
    callable
        A decorator; the function itself is given a callable or None.

    Examples
    --------
    >>> @long_call("counting")
    ... def count(n, progress=None):
    ...     report = reporter(progress)
    ...     for i in range(n):
    ...         report((i + 1) / n)
    ...     return n
    >>> count(3, progress=print)
    0.3333333333333333
    0.6666666666666666
    1.0
    3
    """

    def decorate(function: T) -> T:
        signature = inspect.signature(function)
        logger = logging.getLogger(function.__module__)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            wanted = _wanted(signature, args, kwargs)
            logger.info("%s: begun", doing)
            start = time.perf_counter()
            if isinstance(wanted, bool):
                result = _with_bar(function, signature, args, kwargs, doing if wanted else "")
            else:
                result = function(*args, **kwargs)
            logger.info("%s: done in %.3g s", doing, time.perf_counter() - start)
            return result

        return call  # type: ignore[return-value]

    return decorate


def _wanted(signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    try:
        return signature.bind(*args, **kwargs).arguments.get("progress")
    except TypeError:  # a wrong call: the function itself says so best
        return None


def _with_bar(
    function: Callable[..., Any],
    signature: inspect.Signature,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    doing: str,
) -> Any:
    """Call ``function`` with what moves a bar, or without progress where there are no words for it."""
    bound = signature.bind(*args, **kwargs)
    with bar(doing) if doing else nullcontext() as move:
        bound.arguments["progress"] = move
        return function(*bound.args, **bound.kwargs)


def reporter(progress: Progress) -> Callable[[float], None]:
    """Return the function to call with the fraction done; without one, it does nothing.

    Parameters
    ----------
    progress : callable, bool or None
        As :func:`long_call` hands it on.

    Returns
    -------
    callable

    Examples
    --------
    >>> reporter(None)(0.5)
    >>> reporter(print)(0.5)
    0.5
    """
    return progress if callable(progress) else _ignore


def _ignore(fraction: float) -> None:
    pass


@contextmanager
def bar(doing: str) -> Iterator[Callable[[float], None]]:
    """Show a bar while something is computed, where there is a terminal or a notebook.

    Parameters
    ----------
    doing : str
        Shown beside the bar, which stands on standard error.

    Yields
    ------
    callable
        Moves the bar to the fraction done.

    Examples
    --------
    >>> with bar("counting") as move:
    ...     move(0.5)
    """
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TimeRemainingColumn())
    hidden = not (console.is_terminal or console.is_jupyter)
    with Bar(*columns, console=console, transient=True, disable=hidden) as display:
        task = display.add_task(doing, total=1.0)
        yield lambda fraction: display.update(task, completed=fraction)
