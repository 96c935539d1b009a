"""Numbers that two threads read and write in compiled code."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils

from acanthite.nn.engine.native.simd import I64, intrinsic

APART = 16
"""Numbers of 8 bytes from one that a core writes to one that another does.

So the two never lie on one cache line, which only one core can write to at a time.
"""

LOOKS = 2000
"""How often a thread looks whether another has come, some 40 ns each time, before it lets others
have the core between two looks.
"""

_YIELD = "acanthite_yield"

# by a name of our own, as the system's is not the same everywhere
_yield = (
    ctypes.windll.kernel32.SwitchToThread
    if sys.platform == "win32"
    else ctypes.CDLL(None).sched_yield
)
binding.add_symbol(_YIELD, ctypes.cast(_yield, ctypes.c_void_p).value)


def _place(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.gep(data, [at])


@intrinsic
def read(typingctx, array, at):
    """Read a number; what the other thread wrote before it wrote this is there."""

    def codegen(context, builder, signature, arguments):
        place = _place(context, builder, signature.args[0], *arguments)
        return builder.load_atomic(place, "acquire", 8)

    return types.int64(array, types.intp), codegen


@intrinsic
def write(typingctx, array, at, value):
    """Write a number, and before it all that was written so far."""

    def codegen(context, builder, signature, arguments):
        array, at, value = arguments
        place = _place(context, builder, signature.args[0], array, at)
        builder.store_atomic(value, place, "release", 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, types.int64), codegen


@intrinsic
def replace(typingctx, array, at, expected, value):
    """Write a number if the one expected is still there; return whether it was."""

    def codegen(context, builder, signature, arguments):
        array, at, expected, value = arguments
        place = _place(context, builder, signature.args[0], array, at)
        result = builder.cmpxchg(place, expected, value, "acq_rel", "acquire")
        return builder.extract_value(result, 1)

    i = types.int64
    return types.boolean(array, types.intp, i, i), codegen


@intrinsic
def add_one(typingctx, array, at):
    """Add one to a number, and before it write all that was written so far."""

    def codegen(context, builder, signature, arguments):
        place = _place(context, builder, signature.args[0], *arguments)
        builder.atomic_rmw("add", place, I64(1), "acq_rel")
        return context.get_dummy_value()

    return types.void(array, types.intp), codegen


@intrinsic
def leave_core(typingctx):
    """Let another thread have the core."""

    def codegen(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, _YIELD), [])
        return context.get_dummy_value()

    return types.void(), codegen
