"""Film -> Device: laws as a few scalar functions, compiled; the Ag2S filament; standard models;
export to circuits.
"""

from acanthite.device import kmc, noise
from acanthite.device.circuits.export import FORMATS, export
from acanthite.device.decorator import law
from acanthite.device.equations import State
from acanthite.device.heating import argentite_shell, filament_temperature
from acanthite.device.law import Devices, Law, without_noise
from acanthite.device.laws.filament import FILAMENT, Filament, population
from acanthite.device.laws.linear_drift import LINEAR_DRIFT, linear_drift
from acanthite.device.laws.stanford_pku import STANFORD_PKU
from acanthite.device.laws.vteam import VTEAM
from acanthite.device.laws.yakopcic import YAKOPCIC
from acanthite.device.noise import ContactNoise, CurrentNoise

MODELS = {
    "vteam": VTEAM,
    "yakopcic": YAKOPCIC,
    "stanford-pku": STANFORD_PKU,
    "linear-drift": LINEAR_DRIFT,
    "linear-drift-joglekar": linear_drift("joglekar"),
    "linear-drift-biolek": linear_drift("biolek"),
}
"""The standard models by name, with the defaults of their papers."""

__all__ = [
    "FILAMENT",
    "FORMATS",
    "LINEAR_DRIFT",
    "MODELS",
    "STANFORD_PKU",
    "VTEAM",
    "YAKOPCIC",
    "ContactNoise",
    "CurrentNoise",
    "Devices",
    "Filament",
    "Law",
    "State",
    "argentite_shell",
    "export",
    "filament_temperature",
    "kmc",
    "law",
    "linear_drift",
    "noise",
    "population",
    "without_noise",
]
