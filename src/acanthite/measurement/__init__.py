"""Device -> Recording: programs, the virtual instrument, the schema shared with measured data."""

from acanthite.measurement.instrument import FAST, SMU, Instrument, run
from acanthite.measurement.io import Skipped, detect, read, read_folder, write
from acanthite.measurement.load import Load, Transistor
from acanthite.measurement.polarity import potentiating_sign
from acanthite.measurement.programs import (
    CurrentSweep,
    Endurance,
    PairedPulses,
    PulseLadder,
    PulseTrain,
    Retention,
    SpikePairs,
    Sweep,
    Waveform,
)
from acanthite.measurement.recording import (
    build_recording,
    check_recording,
    load_recording,
    save_recording,
)
from acanthite.measurement.schedule import Program, Schedule
from acanthite.measurement.temperature import TemperatureProgram

__all__ = [
    "FAST",
    "SMU",
    "CurrentSweep",
    "Endurance",
    "Instrument",
    "Load",
    "PairedPulses",
    "Program",
    "PulseLadder",
    "PulseTrain",
    "Retention",
    "Schedule",
    "Skipped",
    "SpikePairs",
    "Sweep",
    "TemperatureProgram",
    "Transistor",
    "Waveform",
    "build_recording",
    "check_recording",
    "detect",
    "load_recording",
    "potentiating_sign",
    "read",
    "read_folder",
    "run",
    "save_recording",
    "write",
]
