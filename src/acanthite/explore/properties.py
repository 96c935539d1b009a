"""The properties of a device that training feels.

How each is measured and changed, and what would be perfect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from acanthite.errors import TrainingError, nearest
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.periphery import Periphery
from acanthite.random import generator
from acanthite.synapse.altered import altered, is_linear
from acanthite.synapse.base import Synapse

_SAMPLE = 4096  # cells drawn to measure a spread
_TUNED_STEP = 0.126  # of the device the knobs of the algorithms were tuned on, the Ag2S one [1]


@dataclass(frozen=True)
class Property:
    """One property of a device.

    Parameters
    ----------
    name, label : str
        On the command line, and on an axis.
    perfect, worst : float
        Ends of the range that is explored.
    log : bool
        Whether values between are spaced by factors.
    own : callable
        Returns the property of a synapse.
    change : callable
        Returns a synapse with another value of it.
    linear : bool
        Whether it can only be changed in a law linear in the weight.

    Examples
    --------
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, pulse_noise=0.15, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> noise = ac.explore.PROPERTIES["cycle-noise"]
    >>> noise.values(3), noise.own(device), noise.own(noise.change(device, 0.5))
    ((0.0, 0.5, 1.0), 0.15, 0.5)
    """

    name: str
    label: str
    perfect: float
    worst: float
    log: bool
    own: Callable[[Synapse], float]
    change: Callable[[Synapse, float], Synapse]
    linear: bool = False

    def values(self, n: int) -> tuple[float, ...]:
        """Return ``n`` values from perfect to worst."""
        space = np.geomspace if self.log else np.linspace
        return tuple(float(f"{v:.4g}") for v in space(self.perfect, self.worst, n))


def _nonlinearity(synapse: Synapse) -> float:
    """Return how fast steps shrink along the window, over their mean.

    0 for constant steps, 1 for soft bounds; up and down are averaged.

    From the steps halfway to either bound, because beyond the bounds stop them.
    """
    up = np.array([float(synapse.step_up(w)) for w in (-0.5, 0.5)])
    down = -np.array([float(synapse.step_down(w)) for w in (0.5, -0.5)])
    return float(np.mean([2 * (first - last) / (first + last) for first, last in (up, down)]))


def _flatter(synapse: Synapse, value: float) -> Synapse:
    own = _nonlinearity(synapse)
    return altered(synapse, curvature=min(value / own, 1.0) if own > 0 else 1.0)


def _skewed(synapse: Synapse, value: float) -> Synapse:
    """Change the ratio of up to down in the middle, their mean as it is."""
    own = synapse.asymmetry
    ratio = (1 + value) / (1 - value) * (1 - own) / (1 + own)
    skew = (ratio - 1) / (ratio + 1)
    return altered(synapse, skew=skew, scale=1 / (1 + skew * own))


def _step_spread(synapse: Synapse) -> float:
    """Return the relative spread of the middle steps between devices, up and down pooled."""
    steps = synapse.cells(_SAMPLE, generator(1, "explore.spread")).steps(np.zeros(1))
    return float(np.sqrt(np.mean([(np.std(s) / np.mean(s)) ** 2 for s in map(np.asarray, steps)])))


def _fraction(
    name: str, label: str, worst: float, own: Any, change: Any, linear: bool = False
) -> Property:
    return Property(name, label, 0.0, worst, False, own, change, linear)


PROPERTIES = {
    p.name: p
    for p in (
        _fraction("nonlinearity", "nonlinearity", 1.0, _nonlinearity, _flatter),
        _fraction(
            "asymmetry",
            "asymmetry, (up - down)/(up + down)",
            0.6,
            lambda s: abs(s.asymmetry),
            _skewed,
            linear=True,
        ),
        Property(
            "states",
            "number of states",
            1024.0,
            4.0,
            True,
            lambda s: s.n_states,
            lambda s, v: altered(s, scale=s.n_states / v),
        ),
        _fraction(
            "cycle-noise",
            "cycle-to-cycle noise of a step",
            1.0,
            lambda s: s.pulse_noise,
            lambda s, v: altered(s, pulse_noise=v),
        ),
        _fraction(
            "device-spread",
            "device-to-device spread of steps",
            0.8,
            _step_spread,
            lambda s, v: altered(s, step_spread=v),
        ),
        _fraction("read-noise", "read noise (half windows)", 0.2, lambda s: 0.0, lambda s, v: s),
        _fraction(
            "stuck-cells",
            "share of stuck cells",
            0.2,
            lambda s: 0.0,
            lambda s, v: altered(s, stuck=v),
        ),
    )
}
"""By name, in the order of the figure."""


def property_named(name: str) -> Property:
    """Return a property by its name.

    Raises
    ------
    TrainingError
        If there is none of that name.
    """
    if name not in PROPERTIES:
        raise TrainingError(
            f"property {name!r}; expected some of "
            f"{', '.join(PROPERTIES)}{nearest(name, PROPERTIES)}"
        )
    return PROPERTIES[name]


def chosen(names: tuple[str, ...], synapse: Synapse) -> tuple[Property, ...]:
    """Return properties by name, all by default.

    Those that cannot be changed in this law only where asked for.

    Raises
    ------
    TrainingError
        If there is none of that name, or the law of the device does not let it be changed.
    """
    linear = is_linear(synapse)
    for name in names:
        if property_named(name).linear and not linear:
            raise TrainingError(
                f"property {name!r} cannot be changed in law {synapse.NAME!r}, whose steps are not "
                "linear in the weight; "
                "leave it out"
            )
    return tuple(
        PROPERTIES[name] for name in names or PROPERTIES if linear or not PROPERTIES[name].linear
    )


def read_through(network: Network, algorithm: Algorithm, noise: float) -> tuple[Network, Algorithm]:
    """Return network and algorithm with read noise, in half windows of a cell, everywhere.

    Reads of columns are as noisy.
    """
    if not noise:
        return network, algorithm
    periphery = Periphery(read_noise=algorithm.weight_noise(noise))
    noisy = algorithm.with_column_noise(max(algorithm.column_noise, noise))
    return replace(network, periphery=periphery), noisy


def scaled_to(algorithm: Algorithm, step: float, rate: float) -> Algorithm:
    """Return an algorithm adapted to the step of a device, its rate times ``rate``."""
    scaled = algorithm.for_step(step / _TUNED_STEP)
    return replace(scaled, rate=scaled.rate * rate)
