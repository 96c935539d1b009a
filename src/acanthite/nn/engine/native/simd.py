"""Vectors of sixteen lanes in LLVM's own language, for loops that it does not vectorise itself.

Processors with narrower vectors take two or four for one; the results are the same.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba.core import cgutils, config
from numba.extending import intrinsic as _numba_intrinsic

LANES = 16  #: numbers in a vector


def _wide() -> bool:
    settings: Any = config
    if settings.CPU_NAME is not None:  # kernels are compiled for another processor than this one
        return "+avx512f" in (settings.CPU_FEATURES or "")
    return bool(binding.get_host_cpu_features().get("avx512f"))


WIDE = _wide()
"""Whether the processor has 32 registers of that width, and packs lanes by one instruction."""

I16, I32, I64, F32 = ir.IntType(16), ir.IntType(32), ir.IntType(64), ir.FloatType()

intrinsic: Any = _numba_intrinsic  # its types are not those of what it decorates

_MASK = ir.VectorType(ir.IntType(1), LANES)


def vector(kind: ir.Type) -> ir.VectorType:
    """Return the type of a vector."""
    return ir.VectorType(kind, LANES)


def pointer(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:
    """Return where ``LANES`` numbers begin in a contiguous array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), vector(data.type.pointee).as_pointer())


def load(builder: Any, at: Any, mask: Any = None) -> Any:
    """Load lanes, those outside a mask as zeros and without touching their memory."""
    kind = at.type.pointee
    if mask is None:
        return builder.load(at, align=4)
    zero = ir.Constant(kind, None)
    return _call(builder, "llvm.masked.load", kind, ".p0", kind, at, I32(4), mask, zero)


def _call(builder: Any, name: str, kind: Any, end: str, result: Any, *arguments: Any) -> Any:
    """Call an intrinsic function of LLVM on vectors of a kind."""
    element = "f32" if kind.element == F32 else kind.element
    signature = ir.FunctionType(result, [argument.type for argument in arguments])
    name = f"{name}.v{LANES}{element}{end}"
    return builder.call(cgutils.get_or_insert_function(builder.module, signature, name), arguments)


def first_lanes(builder: Any, n: Any) -> Any:
    """Return the mask of the first ``n`` lanes, all where there are more."""
    some = builder.sub(builder.shl(I64(1), n), I64(1))
    all_in = builder.icmp_unsigned(">=", n, I64(LANES))
    return builder.bitcast(builder.trunc(builder.select(all_in, I64(-1), some), I16), _MASK)


def store(builder: Any, values: Any, at: Any, mask: Any = None) -> None:
    """Store lanes, those outside a mask not."""
    if mask is None:
        builder.store(values, at, align=4)
        return
    nothing = ir.VoidType()
    _call(builder, "llvm.masked.store", values.type, ".p0", nothing, values, at, I32(4), mask)


def pack(builder: Any, values: Any, mask: Any, at: Any) -> None:
    """Store the lanes of a mask next to each other, and anything behind them."""
    kind = values.type
    if WIDE:
        name = "llvm.x86.avx512.mask.compress"
        packed = _call(builder, name, kind, "", kind, values, ir.Constant(kind, ir.Undefined), mask)
        builder.store(packed, at, align=4)
        return
    place = I64(0)
    target = builder.bitcast(at, kind.element.as_pointer())
    for lane in range(LANES):
        builder.store(builder.extract_element(values, I32(lane)), builder.gep(target, [place]))
        place = builder.add(place, builder.zext(builder.extract_element(mask, I32(lane)), I64))


def count(builder: Any, mask: Any) -> Any:
    """Return how many lanes are in a mask."""
    return builder.zext(builder.ctpop(builder.bitcast(mask, I16)), I64)


def everywhere(builder: Any, value: Any) -> Any:
    """Return a number in all lanes."""
    first = builder.insert_element(ir.Constant(vector(value.type), ir.Undefined), value, I32(0))
    return builder.shuffle_vector(first, first, ir.Constant(vector(I32), [0] * LANES))


def numbers(builder: Any, first: Any) -> Any:
    """Return ``first`` and the numbers that follow it, as 32-bit integers."""
    ramp = ir.Constant(vector(I32), list(range(LANES)))
    return builder.add(everywhere(builder, builder.trunc(first, I32)), ramp)
