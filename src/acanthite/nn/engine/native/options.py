"""How kernels are compiled that change arrays in place.

Numba counts references to each array a function is handed, by atomic instructions, and a kernel is
handed thirty: at the rate of tens of thousands of samples a second that is half of the time.
Kernels that make and return no array can go without, since whoever calls them holds on to the
arrays.
"""

from __future__ import annotations

from typing import Any

FAST: Any = {"reassoc", "contract", "nsz"}
"""Fast mathematics: sums may be regrouped.

That is done at compile time only, so the bits do not depend on threads.
"""

IN_PLACE: Any = {"cache": True, "nogil": True, "_nrt": False, "fastmath": FAST}
"""Options of ``njit`` for a kernel that makes and returns no array."""

INLINED: Any = {**IN_PLACE, "forceinline": True}
"""The same for a kernel called in few places.

Handing thirty arrays over costs as much as many a kernel's work.
"""
