"""Film -> Device: laws as a few scalar functions, compiled; the Ag2S filament, compact and on cells."""

from acanthite.device import kmc
from acanthite.device.filament import FILAMENT, Filament
from acanthite.device.law import Devices, Law, State, law

__all__ = ["FILAMENT", "Devices", "Filament", "Law", "State", "kmc", "law"]
