"""How kernels are compiled that change arrays in place.

Numba counts references to each array a function is handed, by atomic instructions, and a kernel is
handed thirty: at the rate of tens of thousands of samples a second that is half of the time.
Kernels that make and return no array can go without, since whoever calls them holds on to the
arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acanthite.jit import InnerCompiler

FAST: Any = {"reassoc", "contract", "nsz"}
"""Fast mathematics: sums may be regrouped.

That is done at compile time only, so the bits do not depend on threads.
"""

IN_PLACE: Any = {"cache": True, "nogil": True, "_nrt": False, "fastmath": FAST}
"""Options of ``njit`` for a kernel that makes and returns no array."""

CHOSEN: Any = {
    **IN_PLACE,
    "cache": False,
    "forceinline": True,
    "pipeline_class": InnerCompiler,
}
"""Options of ``overload`` for a kernel called in few places.

Handing thirty arrays over costs as much as many a kernel's work.
"""

INLINED: Any = {**IN_PLACE, "forceinline": True, "inner": True}
"""The same for ``njit``."""

INNER: Any = {**IN_PLACE, "inner": True}
"""Options of ``njit`` for a kernel that only kernels call, and that stays a function."""

SUMMED: Any = {**INLINED, "optimised": True}
"""The same for the arithmetic of pulses, whose sums are regrouped in the kernel alone."""

ZERO, ONE = np.float32(0.0), np.float32(1.0)
"""Of single precision: with a plain ``0.0`` Numba would compute in double."""
