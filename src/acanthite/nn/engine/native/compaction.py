"""Lists of lines: those that have an input, an error, or fire, in order and without a branch.

Which lines are in such a list cannot be foreseen, so a branch a line costs more than the work it
guards. Sixteen lines are compared at once; a processor that can (AVX-512) also packs those that are
in with one instruction, others one by one. Whatever is written to must have room for sixteen
numbers behind the list, and what is listed by :func:`list_below` for sixteen behind its last.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types

from acanthite.jit import njit
from acanthite.nn.engine.native.options import INLINED
from acanthite.nn.engine.native.simd import (
    LANES,
    count,
    everywhere,
    first_lanes,
    intrinsic,
    load,
    numbers,
    pack,
    pointer,
)

_U = np.uint64
_AS_THEY_ARE = np.uint32(0)


@intrinsic
def _keep_nonzero(typingctx, x, k, n, ids, values, at):
    """Append the lines from ``k`` to ``n`` where ``x`` is not zero, and its values; return how
    many.

    No more than ``LANES`` are looked at.
    """

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        x, k, n, ids, values, at = arguments
        inside = first_lanes(builder, builder.sub(n, k))
        v = load(builder, pointer(context, builder, kinds[0], x, k), inside)
        zero = ir.Constant(v.type, None)
        mask = builder.fcmp_unordered("!=", v, zero)
        pack(builder, numbers(builder, k), mask, pointer(context, builder, kinds[3], ids, at))
        pack(builder, v, mask, pointer(context, builder, kinds[4], values, at))
        return count(builder, mask)

    u = types.uint64
    return u(x, u, u, ids, values, u), codegen


@intrinsic
def _keep_positive(typingctx, x, sign, k, n, ids, values, at):
    """Append the lines from ``k`` to ``n`` where ``sign * x > 0``, and the products.

    Return how many.

    No more than ``LANES`` are looked at.
    """

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        x, sign, k, n, ids, values, at = arguments
        inside = first_lanes(builder, builder.sub(n, k))
        v = load(builder, pointer(context, builder, kinds[0], x, k), inside)
        v = builder.fmul(v, everywhere(builder, sign))
        mask = builder.fcmp_ordered(">", v, ir.Constant(v.type, None))
        pack(builder, numbers(builder, k), mask, pointer(context, builder, kinds[4], ids, at))
        pack(builder, v, mask, pointer(context, builder, kinds[5], values, at))
        return count(builder, mask)

    u = types.uint64
    return u(x, types.float32, u, u, ids, values, u), codegen


@intrinsic
def _keep_below(typingctx, words, w, chance, ids, k, n, fired, at):
    """Append the ``ids`` from ``k`` to ``n`` whose word is below its chance; return how many.

    No more than ``LANES`` are looked at; their words begin at ``w``.
    """

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        words, w, chance, ids, k, n, fired, at = arguments
        word = load(builder, pointer(context, builder, kinds[0], words, w))
        limit = load(builder, pointer(context, builder, kinds[2], chance, k))
        names = load(builder, pointer(context, builder, kinds[3], ids, k))
        mask = builder.icmp_unsigned("<", word, limit)
        mask = builder.and_(mask, first_lanes(builder, builder.sub(n, k)))
        pack(builder, names, mask, pointer(context, builder, kinds[6], fired, at))
        return count(builder, mask)

    u = types.uint64
    return u(words, u, chance, ids, u, u, fired, u), codegen


@intrinsic
def _copy_shifted(typingctx, out, at, ids, k, base, flip):
    """Write ``LANES`` of the ``ids`` from ``k`` on, bits flipped, plus ``base``, from ``at`` on."""

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        out, at, ids, k, base, flip = arguments
        names = load(builder, pointer(context, builder, kinds[2], ids, k))
        flipped = builder.xor(names, everywhere(builder, flip))
        shifted = builder.add(flipped, everywhere(builder, base))
        builder.store(shifted, pointer(context, builder, kinds[0], out, at), align=4)
        return context.get_dummy_value()

    u = types.uint64
    return types.void(out, u, ids, u, types.uint32, types.uint32), codegen


@njit(**INLINED)
def list_nonzero(x, ids, values) -> Any:
    """List the lines whose ``x`` is not zero, and their values; return how many.

    Parameters
    ----------
    x : ndarray of float32, shape (n,)
        NaN counts as not zero.
    ids : ndarray of uint32, shape (n + 16,)
        Filled.
    values : ndarray of float32, shape (n + 16,)
        Filled.
    """
    n = _U(x.shape[0])
    at = _U(0)
    for k in range(_U(0), n, _U(LANES)):
        at += _keep_nonzero(x, k, n, ids, values, at)
    return np.int64(at)


@njit(**INLINED)
def list_positive(x, sign, at, ids, values) -> Any:
    """List, from ``at`` on, the lines where ``sign * x > 0``, and those products.

    Return where the list ends.

    Parameters
    ----------
    x : ndarray of float32, shape (n,)
    sign : float32
    at : int
    ids : ndarray of uint32, shape (n + 16,)
        Filled.
    values : ndarray of float32, shape (n + 16,)
        Filled.
    """
    n = _U(x.shape[0])
    at = _U(at)
    for k in range(_U(0), n, _U(LANES)):
        at += _keep_positive(x, sign, k, n, ids, values, at)
    return np.int64(at)


@njit(**INLINED)
def list_below(words, w, chance, ids, first, last, fired, at) -> Any:
    """List, from ``at`` on, the ``ids`` from ``first`` to ``last`` whose word is below its chance.

    Return where the list ends.

    Parameters
    ----------
    words : ndarray of uint32
    w : int
        Where the word of ``first`` is.
    chance, ids : ndarray of uint32
    first, last : int
    fired : ndarray of uint32
        Filled.
    at : int
    """
    first = _U(first)
    last = _U(last)
    w = _U(w)
    at = _U(at)
    for k in range(first, last, _U(LANES)):
        at += _keep_below(words, w + (k - first), chance, ids, k, last, fired, at)
    return np.int64(at)


@njit(**INLINED)
def append_shifted(out, at, ids, first, last, base, flip=_AS_THEY_ARE) -> Any:
    """Write the ``ids`` from ``first`` to ``last``, plus ``base``, from ``at`` on.

    Return where the list ends.

    Parameters
    ----------
    out, ids : ndarray of uint32
    at, first, last : int
    base : uint32
    flip : uint32
        Bits to flip in every one of the ``ids`` before.
    """
    first = _U(first)
    last = _U(last)
    at = _U(at)
    # most lists are no longer than one vector, and where a loop ends is not foreseen
    _copy_shifted(out, at, ids, first, base, flip)
    for k in range(first + _U(LANES), last, _U(LANES)):
        _copy_shifted(out, at + (k - first), ids, k, base, flip)
    return np.int64(at + (last - first))
