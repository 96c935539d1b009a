"""What a kernel is compiled to for some arguments, without asking Numba for their types each time.

Numba takes milliseconds to say the types of the states of a few tiles, as long as hundreds of
samples take to train.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acanthite.nn.engine.native.dispatch import compiled_for
from acanthite.synapse.rule import StepRule

_OWNED = 0x4  # NumPy's flag of arrays that own their memory, which is no part of a type

_known: dict[Any, Any] = {}


def compiled_once_for(kernel: Any, arguments: tuple[Any, ...]) -> Any:
    """Return what a kernel is compiled to for arguments of these types, to be called with such."""
    key = kernel, _type_key(arguments)
    if key not in _known:
        _known[key] = compiled_for(kernel, arguments)
    return _known[key]


def _type_key(value: Any) -> Any:
    """Return what tells values of one Numba type from those of another."""
    if isinstance(value, np.ndarray):
        return value.dtype.char, value.ndim, value.flags.num & ~_OWNED
    if isinstance(value, StepRule):
        return value.key
    if isinstance(value, tuple):
        return type(value), tuple(map(_type_key, value))
    return type(value)
