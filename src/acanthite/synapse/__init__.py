"""Recording -> Synapse: pulse laws, their fit to ladders, the symmetry point."""

from acanthite.synapse.base import Cells, Evidence, Synapse
from acanthite.synapse.constant_step import ConstantStep
from acanthite.synapse.fit import fit, summary
from acanthite.synapse.soft_bounds import SoftBounds
from acanthite.synapse.symmetry import Shift, shift

__all__ = ["Cells", "ConstantStep", "Evidence", "Shift", "SoftBounds", "Synapse", "fit", "shift", "summary"]
