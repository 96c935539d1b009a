"""Where views are computed: one thread beside the server's loop.

One, because kernels that run on several threads must not be entered from two at once, and because
the cores are the person's own. Trainings, which last, have a thread of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Value = TypeVar("Value")

_views = ThreadPoolExecutor(1, thread_name_prefix="acanthite-lab-view")
_trainings = ThreadPoolExecutor(1, thread_name_prefix="acanthite-lab-training")
_stops: list[Callable[[], None]] = []


async def compute(function: Callable[..., Value], *args: Any) -> Value:
    """Return what a function gives, computed beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_views, function, *args)


async def compute_long(function: Callable[[], Value], stop: Callable[[], None]) -> Value:
    """Return what a function that takes long gives; views go on beside it.

    Parameters
    ----------
    function : callable
    stop : callable
        Called when the server ends before the function does.
    """
    _stops.append(stop)
    try:
        return await asyncio.get_running_loop().run_in_executor(_trainings, function)
    finally:
        _stops.remove(stop)


def close() -> None:
    """Stop what takes long, and let go of what was not begun."""
    for stop in list(_stops):
        stop()
    for pool in (_views, _trainings):
        pool.shutdown(wait=False, cancel_futures=True)
