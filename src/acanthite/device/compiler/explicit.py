"""What stands in the place of the implicit steps until a law turns out to be stiff.

Part of the text every law is compiled into; what stands above the marker line is for readers and
type checkers of this file alone. Most laws never need an implicit step, and compiling those takes
longer than all else: the kernels stop where they would be asked for, and are compiled with
:mod:`~acanthite.device.compiler.implicit` only then.
"""

from acanthite.device.compiler.steps import INNER
from acanthite.jit import njit

# --- body begins ---

IMPLICIT = False


@njit(**INNER)
def hand_over(y, p, h, line, tries, limited, bounds, rates, scratch, point):
    """Return 1: somebody has to look whether implicit steps are to take over."""
    return 1.0


@njit(**INNER)
def implicit_step(
    y, p, h, line, nudge_voltage, limited, tolerance, bounds, rates, scratch, middle, new
):
    """Return no step; none is taken."""
    return 0.0, h


@njit(**INNER)
def stiffness(h, scratch):
    """Return nothing; nobody asks."""
    return 0.0
