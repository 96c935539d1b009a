"""Recording -> results with errors: switching, pulses and energy, retention, endurance, distributions."""

from acanthite.analysis.endurance import EnduranceResult, endurance
from acanthite.analysis.events import Events, SwitchingEvents, find_events
from acanthite.analysis.excursions import Excursion, find_excursions
from acanthite.analysis.pulses import conductance, pulse_energy, read_levels, recovery_time
from acanthite.analysis.resistance import Resistances, resistances
from acanthite.analysis.retention import retained
from acanthite.analysis.statistics import GaussFit, coefficient_of_variation, cumulative, fit_gauss, mean
from acanthite.analysis.switching import Switching, switching
from acanthite.analysis.variance import VarianceComponents, variance_components

__all__ = [
    "EnduranceResult",
    "Events",
    "Excursion",
    "GaussFit",
    "Resistances",
    "Switching",
    "SwitchingEvents",
    "VarianceComponents",
    "coefficient_of_variation",
    "conductance",
    "cumulative",
    "endurance",
    "find_events",
    "find_excursions",
    "fit_gauss",
    "mean",
    "pulse_energy",
    "read_levels",
    "recovery_time",
    "resistances",
    "retained",
    "switching",
    "variance_components",
]
