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


async def compute(function: Callable[..., Value], *args: Any) -> Value:
    """Return what a function gives, computed beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(_views, function, *args)


async def compute_long(function: Callable[..., Value], *args: Any) -> Value:
    """Return what a function that takes seconds gives; views go on beside it."""
    return await asyncio.get_running_loop().run_in_executor(_trainings, function, *args)


def warm_up(function: Callable[[], Any]) -> None:
    """Compile what a first view needs, before anybody asks for it."""
    _views.submit(function)


def close() -> None:
    """Let go of what was not begun."""
    for pool in (_views, _trainings):
        pool.shutdown(wait=False, cancel_futures=True)
