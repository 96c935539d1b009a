"""Recording -> results with errors: switching, pulses and energy, retention, endurance,
distributions.
"""

from acanthite.analysis.conduction.fit import fit_conduction
from acanthite.analysis.conduction.result import ConductionFit, ConductionFits
from acanthite.analysis.drawings import (
    plot_conduction,
    plot_distribution,
    plot_endurance,
    plot_pulse_response,
    plot_retention,
    plot_switching,
)
from acanthite.analysis.endurance import EnduranceResult, endurance
from acanthite.analysis.lifetimes import (
    Arrhenius,
    FailureCriterion,
    Lifetimes,
    RetentionFit,
    cycles_to_failure,
    fit_arrhenius,
    fit_retention,
)
from acanthite.analysis.plasticity.decay import Decay, fit_decay
from acanthite.analysis.plasticity.pairs import (
    PairedPulseResult,
    SpikeTiming,
    paired_pulses,
    spike_timing,
)
from acanthite.analysis.pulse_response import (
    Branch,
    PulseResponse,
    label_of,
    pulse_response,
    shape_of,
)
from acanthite.analysis.pulses import conductance, pulse_energy, read_levels, recovery_time
from acanthite.analysis.retention import retained
from acanthite.analysis.statistics.descriptive import (
    GaussFit,
    coefficient_of_variation,
    cumulative,
    fit_gauss,
    mean,
    median,
)
from acanthite.analysis.statistics.distributions import (
    DistributionFit,
    compare_distributions,
    fit_distribution,
)
from acanthite.analysis.statistics.variance import VarianceComponents, variance_components
from acanthite.analysis.sweeps.events import find_events
from acanthite.analysis.sweeps.excursions import Excursion, find_excursions
from acanthite.analysis.sweeps.resistance import Resistances, resistances
from acanthite.analysis.sweeps.switching import Switching, switching
from acanthite.analysis.sweeps.switching_events import Events, SwitchingEvents

__all__ = [
    "Arrhenius",
    "Branch",
    "ConductionFit",
    "ConductionFits",
    "Decay",
    "DistributionFit",
    "EnduranceResult",
    "Events",
    "Excursion",
    "FailureCriterion",
    "GaussFit",
    "Lifetimes",
    "PairedPulseResult",
    "PulseResponse",
    "Resistances",
    "RetentionFit",
    "SpikeTiming",
    "Switching",
    "SwitchingEvents",
    "VarianceComponents",
    "coefficient_of_variation",
    "compare_distributions",
    "conductance",
    "cumulative",
    "cycles_to_failure",
    "endurance",
    "find_events",
    "find_excursions",
    "fit_arrhenius",
    "fit_conduction",
    "fit_decay",
    "fit_distribution",
    "fit_gauss",
    "fit_retention",
    "label_of",
    "mean",
    "median",
    "paired_pulses",
    "plot_conduction",
    "plot_distribution",
    "plot_endurance",
    "plot_pulse_response",
    "plot_retention",
    "plot_switching",
    "pulse_energy",
    "pulse_response",
    "read_levels",
    "recovery_time",
    "resistances",
    "retained",
    "shape_of",
    "spike_timing",
    "switching",
    "variance_components",
]
