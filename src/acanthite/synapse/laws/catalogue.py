"""The built-in pulse laws by name."""

from __future__ import annotations

from acanthite.synapse.base import Synapse
from acanthite.synapse.laws.ag2s import Ag2S
from acanthite.synapse.laws.constant_step import ConstantStep
from acanthite.synapse.laws.exponential_population import ExponentialPopulation
from acanthite.synapse.laws.exponential_step import ExponentialStep
from acanthite.synapse.laws.linear_population import LinearPopulation
from acanthite.synapse.laws.linear_step import LinearStep
from acanthite.synapse.laws.neurosim import NeuroSim
from acanthite.synapse.laws.piecewise import Piecewise
from acanthite.synapse.laws.power_step import PowerStep
from acanthite.synapse.laws.soft_bounds import SoftBounds
from acanthite.synapse.laws.soft_bounds_reference import SoftBoundsReference

LAWS: dict[str, type[Synapse]] = {
    kind.NAME: kind
    for kind in (
        ConstantStep,
        LinearStep,
        LinearPopulation,
        SoftBounds,
        SoftBoundsReference,
        ExponentialStep,
        ExponentialPopulation,
        PowerStep,
        Piecewise,
        NeuroSim,
        Ag2S,
    )
}
"""The built-in pulse laws by name."""
