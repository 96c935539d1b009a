"""Sums of columns, each times its input, as a read of an array is; outputs stay in registers."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from acanthite.jit import njit
from acanthite.nn.engine.native.options import INLINED
from acanthite.nn.engine.native.simd import (
    F32,
    I64,
    LANES,
    WIDE,
    everywhere,
    first_lanes,
    intrinsic,
    load,
    pointer,
    store,
    vector,
)

_U = np.uint64
_VECTOR = vector(F32)
_FUSED = ("contract",)


def _tile(width: int) -> Any:
    """Return a function that sums the columns of ``width`` outputs.

    Of the last vector there may be fewer.
    """

    @intrinsic
    def tile(typingctx, w, n_out, first, active, inputs, n, z):
        def codegen(context, builder, signature, arguments):
            kinds = signature.args
            w, n_out, first, active, inputs, n, z = arguments
            inside = first_lanes(builder, builder.sub(n_out, first)) if width == LANES else None
            zero = ir.Constant(_VECTOR, None)
            sums = [cgutils.alloca_once_value(builder, zero) for _ in range(0, width, LANES)]
            for s in sums:
                builder.store(zero, s)
            with cgutils.for_range(builder, n, intp=I64) as loop:
                line, x = (
                    builder.load(
                        builder.gep(
                            context.make_array(kind)(context, builder, array).data, [loop.index]
                        )
                    )
                    for kind, array in ((kinds[3], active), (kinds[4], inputs))
                )
                at = builder.add(builder.mul(builder.zext(line, I64), n_out), first)
                x = everywhere(builder, x)
                for k, s in enumerate(sums):
                    address = pointer(
                        context, builder, kinds[0], w, builder.add(at, I64(k * LANES))
                    )
                    product = builder.fmul(x, load(builder, address, inside), flags=_FUSED)
                    builder.store(builder.fadd(builder.load(s), product, flags=_FUSED), s)
            for k, s in enumerate(sums):
                target = pointer(context, builder, kinds[6], z, builder.add(first, I64(k * LANES)))
                store(builder, builder.load(s), target, inside)
            return context.get_dummy_value()

        u = types.uint64
        return types.void(w, u, u, active, inputs, u, z), codegen

    return tile


_WIDEST = 256 if WIDE else 64  # as many outputs as registers hold
_widest = _tile(_WIDEST)
_half = _tile(_WIDEST // 2)
_quarter = _tile(_WIDEST // 4)
_one = _tile(LANES)


@njit(**INLINED)
def sum_columns(w, active, inputs, n, z):
    """Set ``z`` to the sum of the ``n`` columns listed, each times its input.

    Parameters
    ----------
    w : ndarray of float32, shape (n_in * n_out,)
        Column by column.
    active : ndarray of uint32, shape (n,) or longer
        Columns.
    inputs : ndarray of float32, the same
        Their inputs.
    n : int
    z : ndarray of float32, shape (n_out,)
        Filled.
    """
    n_out, first = _U(z.shape[0]), _U(0)
    while first + _U(_WIDEST) <= n_out:
        _widest(w, n_out, first, active, inputs, _U(n), z)
        first += _U(_WIDEST)
    if first + _U(_WIDEST // 2) <= n_out:
        _half(w, n_out, first, active, inputs, _U(n), z)
        first += _U(_WIDEST // 2)
    if first + _U(_WIDEST // 4) <= n_out:
        _quarter(w, n_out, first, active, inputs, _U(n), z)
        first += _U(_WIDEST // 4)
    while first < n_out:
        _one(w, n_out, first, active, inputs, _U(n), z)
        first += _U(LANES)
