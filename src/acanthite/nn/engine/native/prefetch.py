"""Ask the processor for a cache line before it is needed; pulses fall on cells far apart."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


def _prefetch(write: int, near: int) -> Any:
    def typed(typingctx, array, index):
        return types.void(array, types.intp), codegen

    def codegen(context, builder, signature, arguments):
        kind, _ = signature.args
        data = context.make_array(kind)(context, builder, arguments[0]).data
        pointer = builder.bitcast(builder.gep(data, [arguments[1]]), cgutils.voidptr_t)
        i32 = ir.IntType(32)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, i32, i32, i32]),
            "llvm.prefetch.p0",
        )
        builder.call(function, [pointer, i32(write), i32(near), i32(1)])
        return context.get_dummy_value()

    return intrinsic(typed)


prefetch = _prefetch(write=1, near=3)
"""``prefetch(array, index)``: fetch the line of ``array.ravel()[index]`` for writing.

The array is contiguous.
"""

prefetch_once = _prefetch(write=0, near=0)
"""The same for reading, past the second cache, so that nothing there is pushed out."""
