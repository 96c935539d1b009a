"""The built-in pulse laws by name."""

from __future__ import annotations

from acanthite.synapse.ag2s import Ag2S
from acanthite.synapse.base import Synapse
from acanthite.synapse.constant_step import ConstantStep
from acanthite.synapse.exponential_step import ExponentialStep
from acanthite.synapse.linear_step import LinearStep
from acanthite.synapse.neurosim import NeuroSim
from acanthite.synapse.piecewise import Piecewise
from acanthite.synapse.power_step import PowerStep
from acanthite.synapse.soft_bounds import SoftBounds
from acanthite.synapse.soft_bounds_reference import SoftBoundsReference

LAWS: dict[str, type[Synapse]] = {
    kind.NAME: kind
    for kind in (
        ConstantStep,
        LinearStep,
        SoftBounds,
        SoftBoundsReference,
        ExponentialStep,
        PowerStep,
        Piecewise,
        NeuroSim,
        Ag2S,
    )
}
"""The built-in pulse laws by name."""
