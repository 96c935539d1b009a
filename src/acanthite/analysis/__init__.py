"""Recording -> results with errors: switching, pulses and energy, retention, endurance, distributions."""

from acanthite.analysis.endurance import EnduranceResult, endurance
from acanthite.analysis.pulses import conductance, pulse_energy, read_levels, recovery_time
from acanthite.analysis.retention import retained
from acanthite.analysis.statistics import GaussFit, coefficient_of_variation, cumulative, fit_gauss, mean
from acanthite.analysis.switching import Switching, switching

__all__ = [
    "EnduranceResult",
    "GaussFit",
    "Switching",
    "coefficient_of_variation",
    "conductance",
    "cumulative",
    "endurance",
    "fit_gauss",
    "mean",
    "pulse_energy",
    "read_levels",
    "recovery_time",
    "retained",
    "switching",
]
