"""Arrays that begin on a cache line; a vector that straddles two lines takes two loads.

Large ones lie in huge pages where the system has them (Linux). Their memory is in one piece, so no
two parts of it compete for one place in the second cache, as parts of scattered pages do by chance.
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = 64  #: bytes of a cache line, and of the widest vector
PER_LINE = LINE // 4  #: float32 numbers in it

_HUGE = 1 << 21  # bytes of a huge page
_LARGE = 1 << 19  # from here on an array gets some; the last one may be empty for the most part


def zeros(shape: int | tuple[int, ...]) -> NDArray[np.float32]:
    """Return zeros of float32 that begin on a cache line."""
    n = int(np.prod(shape))
    if 4 * n >= _LARGE and hasattr(mmap, "MADV_HUGEPAGE"):
        return _in_huge_pages(n).reshape(shape)
    room = np.zeros(n + PER_LINE, np.float32)
    first = -room.ctypes.data % LINE // 4
    return room[first : first + n].reshape(shape)


def _in_huge_pages(n: int) -> NDArray[np.float32]:
    pages = -(-4 * n // _HUGE)
    # one page more than needed: what is never touched takes no memory
    room = mmap.mmap(-1, (pages + 1) * _HUGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with suppress(OSError):  # a kernel without huge pages
        room.madvise(mmap.MADV_HUGEPAGE)
    values = np.frombuffer(room, np.float32)
    first = -values.ctypes.data % _HUGE // 4
    return values[first : first + n]


def copy(values: Any) -> NDArray[np.float32]:
    """Return values as float32 that begin on a cache line."""
    out = zeros(np.shape(values))
    out[...] = values
    return out
