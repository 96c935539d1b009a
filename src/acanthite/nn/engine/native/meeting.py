"""Two threads that wait for each other in compiled code.

To wake a thread takes the system a tenth of a millisecond, as long as a block of samples takes the
thread. So whoever comes first looks again and again for a few microseconds, and then leaves the
core to others between two looks.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils

from acanthite.jit import njit
from acanthite.nn.engine.native.options import INLINED
from acanthite.nn.engine.native.simd import intrinsic

SIDES = 2

_APART = (
    16  # numbers between the sides' counters: two cores that write to one line share it in turns
)
_LOOKS = 2000  # before the core is left to others; some 40 ns each
_YIELD = "acanthite_yield"

# by a name of our own, as the system's is not the same everywhere
_yield = (
    ctypes.windll.kernel32.SwitchToThread
    if sys.platform == "win32"
    else ctypes.CDLL(None).sched_yield
)
binding.add_symbol(_YIELD, ctypes.cast(_yield, ctypes.c_void_p).value)


def meeting() -> np.ndarray:
    """Return counters of how often either side has come, shape (2 * 16,)."""
    return np.zeros(SIDES * _APART, np.int64)


@contextmanager
def leaving(counters: np.ndarray, side: int) -> Iterator[None]:
    """Let nobody wait for a side any more once this ends, with an error too."""
    try:
        yield
    finally:
        counters[side * _APART] = np.iinfo(np.int64).max


def _place(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.gep(data, [at])


@intrinsic
def _read(typingctx, array, at):
    """Read a number; what the other thread wrote before it wrote this is there."""

    def codegen(context, builder, signature, arguments):
        place = _place(context, builder, signature.args[0], *arguments)
        return builder.load_atomic(place, "acquire", 8)

    return types.int64(array, types.intp), codegen


@intrinsic
def _write(typingctx, array, at, value):
    """Write a number, and before it all that was written so far."""

    def codegen(context, builder, signature, arguments):
        array, at, value = arguments
        place = _place(context, builder, signature.args[0], array, at)
        builder.store_atomic(value, place, "release", 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), codegen


@intrinsic
def _leave_core(typingctx):
    """Let another thread have the core."""

    def codegen(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, _YIELD), [])
        return context.get_dummy_value()

    return types.void(), codegen


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
    _write(counters, side * _APART, step)
    other = (1 - side) * _APART
    looks = 0
    while _read(counters, other) < step:
        looks += 1
        if looks > _LOOKS:
            _leave_core()
