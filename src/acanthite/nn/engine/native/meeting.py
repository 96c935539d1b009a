"""Two threads that wait for each other in compiled code.

To wake a thread takes the system a tenth of a millisecond, as long as a block of samples takes the
thread. So whoever comes first looks again and again for a few microseconds, and then leaves the
core to others between two looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.atomics import APART, LOOKS, leave_core, read, write
from acanthite.nn.engine.native.options import INLINED

SIDES = 2


def meeting() -> np.ndarray:
    """Return counters of how often either side has come, shape (2 * 16,)."""
    return np.zeros(SIDES * APART, np.int64)


@contextmanager
def leaving(counters: np.ndarray, side: int) -> Iterator[None]:
    """Let nobody wait for a side any more once this ends, with an error too."""
    try:
        yield
    finally:
        counters[side * APART] = np.iinfo(np.int64).max


@njit(**INLINED)
def meet(counters, side, step):
    """Come to the end of a step, counted from one, and wait until the other side has too.

    Parameters
    ----------
    counters : ndarray of int64
        From :func:`meeting`; empty where there is no other side.
    side : int
        0 or 1.
    step : int
    """
    if counters.shape[0] == 0:
        return
    write(counters, side * APART, step)
    other = (1 - side) * APART
    looks = 0
    while read(counters, other) < step:
        looks += 1
        if looks > LOOKS:
            leave_core()
