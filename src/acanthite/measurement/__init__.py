"""Device -> Recording: programs, the virtual instrument, the schema shared with measured data."""

from acanthite.measurement.instrument import FAST, SMU, Instrument, run
from acanthite.measurement.io import Skipped, detect, read, read_folder, write
from acanthite.measurement.polarity import potentiating_sign
from acanthite.measurement.programs import (
    Endurance,
    PulseLadder,
    PulseTrain,
    Retention,
    Sweep,
)
from acanthite.measurement.recording import (
    build_recording,
    check_recording,
    load_recording,
    save_recording,
)
from acanthite.measurement.schedule import Program, Schedule

__all__ = [
    "FAST",
    "SMU",
    "Endurance",
    "Instrument",
    "Program",
    "PulseLadder",
    "PulseTrain",
    "Retention",
    "Schedule",
    "Skipped",
    "Sweep",
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
