"""Recording -> Synapse: pulse laws, their fit to ladders, the symmetry point, device files."""

from acanthite.synapse.altered import Altered, altered
from acanthite.synapse.base import Cells, Evidence, Synapse
from acanthite.synapse.contact_noise import with_contact_noise
from acanthite.synapse.device_file import load, save
from acanthite.synapse.disturbance import Disturbance
from acanthite.synapse.fit import fit, summary
from acanthite.synapse.laws.ag2s import Ag2S
from acanthite.synapse.laws.catalogue import LAWS
from acanthite.synapse.laws.constant_step import ConstantStep
from acanthite.synapse.laws.exponential_population import ExponentialPopulation
from acanthite.synapse.laws.exponential_step import ExponentialStep
from acanthite.synapse.laws.linear_law import LinearLaw
from acanthite.synapse.laws.linear_population import LinearPopulation
from acanthite.synapse.laws.linear_step import LinearStep
from acanthite.synapse.laws.neurosim import NeuroSim
from acanthite.synapse.laws.piecewise import Piecewise
from acanthite.synapse.laws.power_step import PowerStep
from acanthite.synapse.laws.pulse_law import PulseLaw, law
from acanthite.synapse.laws.soft_bounds import SoftBounds
from acanthite.synapse.laws.soft_bounds_reference import SoftBoundsReference
from acanthite.synapse.literature import LITERATURE, literature
from acanthite.synapse.rest import Rest, RestingCells
from acanthite.synapse.rule import LINEAR, SHARES, StepRule
from acanthite.synapse.symmetry import Shift, shift
from acanthite.synapse.units.catalogue import UNITS
from acanthite.synapse.units.cells import UnitCells
from acanthite.synapse.units.one_sided_pair import OneSidedPair
from acanthite.synapse.units.reference_pair import ReferencePair
from acanthite.synapse.units.unit_cell import UnitCell
from acanthite.synapse.units.vector_cell import VectorCell

__all__ = [
    "LAWS",
    "LINEAR",
    "LITERATURE",
    "SHARES",
    "UNITS",
    "Ag2S",
    "Altered",
    "Cells",
    "ConstantStep",
    "Disturbance",
    "Evidence",
    "ExponentialPopulation",
    "ExponentialStep",
    "LinearLaw",
    "LinearPopulation",
    "LinearStep",
    "NeuroSim",
    "OneSidedPair",
    "Piecewise",
    "PowerStep",
    "PulseLaw",
    "ReferencePair",
    "Rest",
    "RestingCells",
    "Shift",
    "SoftBounds",
    "SoftBoundsReference",
    "StepRule",
    "Synapse",
    "UnitCell",
    "UnitCells",
    "VectorCell",
    "altered",
    "fit",
    "law",
    "literature",
    "load",
    "save",
    "shift",
    "summary",
    "with_contact_noise",
]
