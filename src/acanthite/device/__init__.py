"""Film -> Device: laws as a few scalar functions, compiled; the Ag2S filament."""

from acanthite.device.filament import FILAMENT, Filament
from acanthite.device.heating import filament_temperature
from acanthite.device.law import Devices, Law, State, law

__all__ = ["FILAMENT", "Devices", "Filament", "Law", "State", "filament_temperature", "law"]
