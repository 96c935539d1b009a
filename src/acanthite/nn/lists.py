"""Lists of lines: which of many have an input, an error, or fire, in their order and without a branch.

Which lines are in such a list cannot be foreseen, so a branch a line costs more than the work it guards. Sixteen lines are
compared at once; a processor that can (AVX-512) also packs those that are in with one instruction, others one by one.
Whatever is written to must have room for sixteen numbers behind the list, and what is listed by :func:`list_below` for sixteen
behind its last.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from acanthite.nn.compiled import ONCE

LANES = 16  #: lines looked at together

_U = np.uint64
_intrinsic: Any = intrinsic  # its types are not those of what it decorates
_I16, _I32, _I64 = (ir.IntType(n) for n in (16, 32, 64))
_MASK = ir.VectorType(ir.IntType(1), LANES)
_PACKS = bool(binding.get_host_cpu_features().get("avx512f"))


def _vector(kind: ir.Type) -> ir.VectorType:
    return ir.VectorType(kind, LANES)


def _pointer(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    """Return where ``LANES`` numbers begin in a contiguous array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), _vector(data.type.pointee).as_pointer())


def _load(builder: Any, pointer: Any, mask: Any = None) -> Any:
    """Load lanes, those outside a mask as zeros and without touching their memory."""
    kind = pointer.type.pointee
    if mask is None:
        return builder.load(pointer, align=4)
    name = f"llvm.masked.load.v{LANES}{'f32' if kind.element == ir.FloatType() else kind.element}.p0"
    signature = ir.FunctionType(kind, [pointer.type, _I32, _MASK, kind])
    function = cgutils.get_or_insert_function(builder.module, signature, name)
    return builder.call(function, [pointer, _I32(4), mask, ir.Constant(kind, None)])


def _first(builder: Any, n: Any) -> Any:
    """Return the mask of the first ``n`` lanes, all where there are more."""
    some = builder.sub(builder.shl(_I64(1), n), _I64(1))
    all_in = builder.icmp_unsigned(">=", n, _I64(LANES))
    return builder.bitcast(builder.trunc(builder.select(all_in, _I64(-1), some), _I16), _MASK)


def _pack(builder: Any, values: Any, mask: Any, pointer: Any) -> None:
    """Store the lanes of a mask next to each other, and anything behind them."""
    kind = values.type
    if _PACKS:
        name = f"llvm.x86.avx512.mask.compress.v{LANES}{'f32' if kind.element == ir.FloatType() else 'i32'}"
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(kind, [kind, kind, _MASK]), name
        )
        packed = builder.call(function, [values, ir.Constant(kind, ir.Undefined), mask])
        builder.store(packed, pointer, align=4)
        return
    place, to = _I64(0), builder.bitcast(pointer, kind.element.as_pointer())
    for lane in range(LANES):
        builder.store(builder.extract_element(values, _I32(lane)), builder.gep(to, [place]))
        place = builder.add(place, builder.zext(builder.extract_element(mask, _I32(lane)), _I64))


def _count(builder: Any, mask: Any) -> Any:
    return builder.zext(builder.ctpop(builder.bitcast(mask, _I16)), _I64)


def _everywhere(builder: Any, value: Any) -> Any:
    """Return a number in all lanes."""
    one = builder.insert_element(ir.Constant(_vector(value.type), ir.Undefined), value, _I32(0))
    return builder.shuffle_vector(one, one, ir.Constant(_vector(_I32), [0] * LANES))


def _numbers(builder: Any, first: Any) -> Any:
    """Return ``first`` and the numbers that follow it, as 32-bit integers."""
    ramp = ir.Constant(_vector(_I32), list(range(LANES)))
    return builder.add(_everywhere(builder, builder.trunc(first, _I32)), ramp)


@_intrinsic
def _keep_nonzero(typingctx, x, k, n, ids, values, at):
    """Append the lines from ``k`` on, before ``n``, whose ``x`` is not zero, and their values; return how many."""

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        x, k, n, ids, values, at = arguments
        inside = _first(builder, builder.sub(n, k))
        v = _load(builder, _pointer(context, builder, kinds[0], x, k), inside)
        zero = ir.Constant(v.type, None)
        mask = builder.fcmp_unordered("!=", v, zero)
        _pack(builder, _numbers(builder, k), mask, _pointer(context, builder, kinds[3], ids, at))
        _pack(builder, v, mask, _pointer(context, builder, kinds[4], values, at))
        return _count(builder, mask)

    u = types.uint64
    return u(x, u, u, ids, values, u), codegen


@_intrinsic
def _keep_positive(typingctx, x, sign, k, n, ids, values, at):
    """Append the lines from ``k`` on, before ``n``, where ``sign * x > 0``, and those products; return how many."""

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        x, sign, k, n, ids, values, at = arguments
        inside = _first(builder, builder.sub(n, k))
        v = _load(builder, _pointer(context, builder, kinds[0], x, k), inside)
        v = builder.fmul(v, _everywhere(builder, sign))
        mask = builder.fcmp_ordered(">", v, ir.Constant(v.type, None))
        _pack(builder, _numbers(builder, k), mask, _pointer(context, builder, kinds[4], ids, at))
        _pack(builder, v, mask, _pointer(context, builder, kinds[5], values, at))
        return _count(builder, mask)

    u = types.uint64
    return u(x, types.float32, u, u, ids, values, u), codegen


@_intrinsic
def _keep_below(typingctx, words, w, chance, ids, k, n, fired, at):
    """Append the ``ids`` from ``k`` on, before ``n``, whose word, from ``w`` on, is below its chance; return how many."""

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        words, w, chance, ids, k, n, fired, at = arguments
        word = _load(builder, _pointer(context, builder, kinds[0], words, w))
        limit = _load(builder, _pointer(context, builder, kinds[2], chance, k))
        names = _load(builder, _pointer(context, builder, kinds[3], ids, k))
        mask = builder.icmp_unsigned("<", word, limit)
        mask = builder.and_(mask, _first(builder, builder.sub(n, k)))
        _pack(builder, names, mask, _pointer(context, builder, kinds[6], fired, at))
        return _count(builder, mask)

    u = types.uint64
    return u(words, u, chance, ids, u, u, fired, u), codegen


@_intrinsic
def _copy_shifted(typingctx, out, at, ids, k, base):
    """Write ``LANES`` of the ``ids`` from ``k`` on, plus ``base``, from ``at`` on."""

    def codegen(context, builder, signature, arguments):
        kinds = signature.args
        out, at, ids, k, base = arguments
        names = _load(builder, _pointer(context, builder, kinds[2], ids, k))
        shifted = builder.add(names, _everywhere(builder, base))
        builder.store(shifted, _pointer(context, builder, kinds[0], out, at), align=4)
        return context.get_dummy_value()

    u = types.uint64
    return types.void(out, u, ids, u, types.uint32), codegen


@njit(**ONCE)
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
    n, at = _U(x.shape[0]), _U(0)
    for k in range(_U(0), n, _U(LANES)):
        at += _keep_nonzero(x, k, n, ids, values, at)
    return np.int64(at)


@njit(**ONCE)
def list_positive(x, sign, at, ids, values) -> Any:
    """List from ``at`` on the lines where ``sign * x > 0``, and those products; return where the list ends.

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
    n, at = _U(x.shape[0]), _U(at)
    for k in range(_U(0), n, _U(LANES)):
        at += _keep_positive(x, sign, k, n, ids, values, at)
    return np.int64(at)


@njit(**ONCE)
def list_below(words, w, chance, ids, first, last, fired, at) -> Any:
    """List from ``at`` on the ``ids`` from ``first`` to ``last`` whose word is below its chance; return where the list ends.

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
    first, last, w, at = _U(first), _U(last), _U(w), _U(at)
    for k in range(first, last, _U(LANES)):
        at += _keep_below(words, w + (k - first), chance, ids, k, last, fired, at)
    return np.int64(at)


@njit(**ONCE)
def append_shifted(out, at, ids, first, last, base) -> Any:
    """Write the ``ids`` from ``first`` to ``last``, plus ``base``, from ``at`` on; return where the list ends.

    Parameters
    ----------
    out, ids : ndarray of uint32
    at, first, last : int
    base : uint32
    """
    first, last, at = _U(first), _U(last), _U(at)
    _copy_shifted(
        out, at, ids, first, base
    )  # most lists are no longer, and where a loop ends is not foreseen
    for k in range(first + _U(LANES), last, _U(LANES)):
        _copy_shifted(out, at + (k - first), ids, k, base)
    return np.int64(at + (last - first))
