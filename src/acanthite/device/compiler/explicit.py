"""What stands in the place of the implicit steps until a law turns out to be stiff.

Part of the text every law is compiled into; what stands above the marker line is for readers and
type checkers of this file alone. Most laws never need an implicit step, and compiling those takes
longer than all else: the kernels stop where they would be asked for, and say in the scratch array
what the question is. They go on from there once it says that no implicit step is needed; else
kernels compiled with :mod:`~acanthite.device.compiler.implicit` do.
"""

from acanthite.device.compiler.common import INNER, PATIENCE
from acanthite.jit import njit

# --- body begins ---

IMPLICIT = False

# rows of the scratch array, which only implicit steps would use: the trial that was one too many,
# and whether it was looked at and is none for implicit steps
ASKED, ANSWERED = 0, 1


@njit(**INNER)
def hand_over(y, p, h, line, tries, limited, bounds, rates, scratch, point):
    """Return 1: somebody has to look whether implicit steps are to take over; 0 where that was
    done.
    """
    if scratch[ANSWERED, 0] != 0.0:
        scratch[ANSWERED, 0] = 0.0
        return 0.0
    scratch[ASKED, 0], scratch[ASKED, 1], scratch[ASKED, 2] = h, line[0], line[3]
    scratch[ASKED, 3], scratch[ASKED, 4] = limited, tries <= PATIENCE
    return 1.0


@njit(**INNER)
def implicit_step(
    y, p, h, line, nudge_voltage, limited, tolerance, bounds, rates, scratch, middle, new
):
    """Return no step; none is taken."""
    return 0.0, h
