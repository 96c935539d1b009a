"""Programs of the virtual instrument: what is applied when, and where it is sampled.

A program is a list of linear segments repeated in cycles. Voltages are those of the top (Ag)
electrode against the bottom (Au) one: SET is negative.
"""

from acanthite.measurement.programs.pairs import PairedPulses, SpikePairs
from acanthite.measurement.programs.pulses import Endurance, PulseLadder, PulseTrain
from acanthite.measurement.programs.retention import Retention
from acanthite.measurement.programs.sweep import Sweep
from acanthite.measurement.programs.waveform import CurrentSweep, Waveform

__all__ = [
    "CurrentSweep",
    "Endurance",
    "PairedPulses",
    "PulseLadder",
    "PulseTrain",
    "Retention",
    "SpikePairs",
    "Sweep",
    "Waveform",
]
