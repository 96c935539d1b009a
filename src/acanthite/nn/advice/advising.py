"""Which algorithm trains a device best, how well, and what limits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from acanthite.display import Display
from acanthite.errors import TrainingError
from acanthite.nn.advice.rule import EPOCHS, LINES, TRAITS, Candidate, Rule, learnt_rule
from acanthite.nn.advice.traits import Traits, traits_of
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.network import Network
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Synapse
from acanthite.synapse.units.unit_cell import UnitCell

MOST_STATES = 1000.0
"""That a device is imagined to have."""


@dataclass(frozen=True)
class Forecast(Display):
    """What the rule says of a candidate.

    Parameters
    ----------
    candidate : Candidate
    accuracy : float
        On the images of the rule's table. [1]
    error : float
        Standard deviation of a single training about that, as far as the rule can tell. [1]
    """

    candidate: Candidate
    accuracy: float
    error: float


@dataclass(frozen=True)
class Advice(Display):
    """What to train a device with, and why.

    Parameters
    ----------
    traits : Traits
        Of the device.
    algorithm : Algorithm
        To train with, its knobs for this device, an array of 785 input lines and ten epochs.
    forecasts : tuple of Forecast
        Of all candidates, the best first.
    ideal : mapping of str to float
        What each trait would be at best: zero, or as many states as the rule thinks best. [1]
    idealised : mapping of str to Forecast
        By trait: the best candidate if that trait were ideal and the others as they are.
    outside : tuple of str
        Traits beyond those of the rule's devices: it then speaks of the nearest it knows.
    notes : tuple of str
        What of the device the rule does not know of.
    analogue_only : bool
        Whether only candidates that make their gradients in the arrays are advised.

    Examples
    --------
    A device of eight states whose cells rest far from the middle of the window:

    >>> device = ac.synapse.SoftBounds(
    ...     up=0.4, down=0.2, pulse_noise=0.3, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> advice = ac.nn.advise(device)
    >>> advice.best.candidate.name, advice.best is advice.forecasts[0]
    ('ttv2', True)
    """

    traits: Traits
    algorithm: Algorithm
    forecasts: tuple[Forecast, ...]
    ideal: Mapping[str, float]
    idealised: Mapping[str, Forecast]
    outside: tuple[str, ...]
    notes: tuple[str, ...] = ()
    analogue_only: bool = False

    @property
    def best(self) -> Forecast:
        """Of the candidate to train with."""
        return _best(self.forecasts, self.analogue_only)

    @property
    def best_analogue(self) -> Forecast:
        """Of the best candidate that makes its gradients in the arrays."""
        return _best(self.forecasts, analogue_only=True)

    @property
    def limit(self) -> str:
        """Trait that costs most."""
        return max(self.idealised, key=lambda name: self.idealised[name].accuracy)

    def gain(self, trait: str) -> float:
        """Return what the accuracy would grow by if a trait were ideal. [1]"""
        return self.idealised[trait].accuracy - self.best.accuracy


@accepts_quantities
def advise(
    synapse: Synapse,
    *,
    reference_mean: float = 0.0,
    reference_spread: float = 0.0,
    analogue_only: bool = False,
) -> Advice:
    """Return which algorithm trains a device best, by a rule learnt from short trainings.

    Parameters
    ----------
    synapse : Synapse
    reference_mean, reference_spread : float
        What the references of a fast array are wrong by: mean and standard deviation between cells,
        in half windows. [1]
    analogue_only : bool
        Whether to advise only what makes its gradients in the arrays. Mixed precision does not: it
        multiplies and adds for every weight and sample digitally, in a memory of the size of the
        weights; the others add one column of an array to theirs.

    Raises
    ------
    TrainingError
        If the device cannot train: pulses of one sign do not move it, or all of its cells are dead.

    Examples
    --------
    >>> advice = ac.nn.advice.advise(ac.synapse.literature("ecram"))
    >>> bool(advice.best.accuracy > 0.9)
    True
    """
    if not isinstance(synapse, Synapse):
        raise TrainingError(
            f"advise: synapse = {synapse!r:.60}; expected a synapse, such as "
            "acanthite.synapse.literature('ecram')"
        )
    known = learnt_rule()
    own = traits_of(synapse, reference_mean, reference_spread)
    forecasts = _forecasts(known, own)
    ideal = _idealised(known, own, analogue_only)
    best = _best(forecasts, analogue_only).candidate
    return Advice(
        traits=own,
        algorithm=best.fitted(own.states, LINES).adapted_to(synapse),
        forecasts=forecasts,
        ideal={name: value for name, (value, _) in ideal.items()},
        idealised={name: forecast for name, (_, forecast) in ideal.items()},
        outside=known.outside(own),
        notes=_unknown(synapse),
        analogue_only=analogue_only,
    )


def advised_algorithm(
    synapse: Synapse, network: Network, epochs: int = EPOCHS, **options: Any
) -> tuple[Algorithm, Advice]:
    """Return the algorithm that is advised for a device, its knobs for a network, and the advice.

    Parameters
    ----------
    synapse : Synapse
    network : Network
    epochs : int
    **options
        As of :func:`advise`.
    """
    advice = advise(synapse, **options)
    lines = max(n_in for n_in, _ in network.shapes)
    algorithm = advice.best.candidate.fitted(advice.traits.states, lines, epochs)
    return algorithm.adapted_to(synapse), advice


def _idealised(known: Rule, own: Traits, analogue_only: bool) -> dict[str, tuple[float, Forecast]]:
    """Return, by trait, what it would be at best and the best candidate then.

    At best is zero, but for the states: as many as the rule thinks best, of those above the own.
    """
    most = max(own.states, MOST_STATES)
    values = {name: np.zeros(1) for name in TRAITS} | {"states": np.geomspace(own.states, most, 20)}
    found = {}
    for name, tried in values.items():
        cases = [
            (float(v), _best(_forecasts(known, replace(own, **{name: float(v)})), analogue_only))
            for v in tried
        ]
        found[name] = max(cases, key=lambda case: case[1].accuracy)
    return found


def _unknown(synapse: Synapse) -> tuple[str, ...]:
    """Return what a device has that no device of the table has."""
    found = {
        "read noise": synapse.read_noise,
        "write noise": synapse.write_noise,
        "dead cells": synapse.dead_cells,
        "rest": synapse.rest,
        "unit cells (several devices a weight)": isinstance(synapse, UnitCell),
    }
    said = "the rule was learnt on devices without"
    return tuple(f"the device has {name}; {said}" for name, value in found.items() if value)


def _forecasts(known: Rule, own: Traits) -> tuple[Forecast, ...]:
    found = zip(known.candidates, known.predict(own), known.errors(own), strict=True)
    all_of_them = (Forecast(each, float(value), float(error)) for each, value, error in found)
    return tuple(sorted(all_of_them, key=lambda each: -each.accuracy))


def _best(forecasts: tuple[Forecast, ...], analogue_only: bool) -> Forecast:
    return next(each for each in forecasts if not (analogue_only and each.candidate.digital))
