"""Recordings -> device file: any law fitted to a lab's own data, with errors and provenance."""

from acanthite.fitting.device_file import DataFile, FittedDevice, data_file, load_device, save
from acanthite.fitting.drawings import (
    draw,
    draw_moments,
    draw_pulses,
    plot_correlation,
    plot_curves,
    plot_distribution,
    plot_parameters,
    plot_pulse_residuals,
    plot_pulse_response,
    plot_residuals,
)
from acanthite.fitting.interleaved import halves, interleave
from acanthite.fitting.loops.curves import Curve, curves
from acanthite.fitting.loops.fit import DeviceFit, FittedParameter, fit
from acanthite.fitting.loops.free_parameters import filament
from acanthite.fitting.meaning import Meaning, load_synapse, meaning
from acanthite.fitting.moments.fit import fit_moments
from acanthite.fitting.moments.result import MomentFit
from acanthite.fitting.pulses.choose import Pulses, as_synapse, choose_pulses
from acanthite.fitting.pulses.fit import PulseFit, compare, fit_pulses
from acanthite.fitting.pulses.forms import PULSE_LAWS
from acanthite.fitting.pulses.from_devices import fit_devices
from acanthite.fitting.verdict import Verdict

__all__ = [
    "PULSE_LAWS",
    "Curve",
    "DataFile",
    "DeviceFit",
    "FittedDevice",
    "FittedParameter",
    "Meaning",
    "MomentFit",
    "PulseFit",
    "Pulses",
    "Verdict",
    "as_synapse",
    "choose_pulses",
    "compare",
    "curves",
    "data_file",
    "draw",
    "draw_moments",
    "draw_pulses",
    "filament",
    "fit",
    "fit_devices",
    "fit_moments",
    "fit_pulses",
    "halves",
    "interleave",
    "load_device",
    "load_synapse",
    "meaning",
    "plot_correlation",
    "plot_curves",
    "plot_distribution",
    "plot_parameters",
    "plot_pulse_residuals",
    "plot_pulse_response",
    "plot_residuals",
    "save",
]
