"""Device -> algorithm: which one trains it best, how well, and which trait of the device limits it."""

from acanthite.nn.advice.advising import (
    Advice,
    Forecast,
    advise,
    advised_algorithm,
)
from acanthite.nn.advice.gaussian_process import Covariance
from acanthite.nn.advice.rule import (
    ACCURACIES,
    COVARIANCES,
    TRAITS,
    Candidate,
    Rule,
    candidates,
    learnt_rule,
)
from acanthite.nn.advice.traits import Traits, traits_of

__all__ = [
    "ACCURACIES",
    "COVARIANCES",
    "TRAITS",
    "Advice",
    "Candidate",
    "Covariance",
    "Forecast",
    "Rule",
    "Traits",
    "advise",
    "advised_algorithm",
    "candidates",
    "learnt_rule",
    "traits_of",
]
