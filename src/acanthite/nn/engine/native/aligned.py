"""Arrays that begin on a cache line; a vector that straddles two lines takes two loads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = 64  #: bytes of a cache line, and of the widest vector
PER_LINE = LINE // 4  #: float32 numbers in it


def zeros(shape: int | tuple[int, ...]) -> NDArray[np.float32]:
    """Return zeros of float32 that begin on a cache line."""
    n = int(np.prod(shape))
    room = np.zeros(n + PER_LINE, np.float32)
    first = -room.ctypes.data % LINE // 4
    return room[first : first + n].reshape(shape)


def copy(values: Any) -> NDArray[np.float32]:
    """Return values as float32 that begin on a cache line."""
    out = zeros(np.shape(values))
    out[...] = values
    return out
