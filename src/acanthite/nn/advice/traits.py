"""What decides which algorithm trains best on a device, as numbers of any pulse law."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import numpy as np

from acanthite.arguments import number
from acanthite.display import Display
from acanthite.errors import TrainingError
from acanthite.random import generator
from acanthite.synapse.base import Synapse

_CELLS = 4096
_SAID = "nn.advice.cells"


@dataclass(frozen=True)
class Traits(Display):
    """Properties of a device that its training depends on.

    Parameters
    ----------
    states : float
        Steps at the symmetry point in the window. [1]
    symmetry_point : float
        Weight at which a step up and one down cancel, the mean of the devices, in half windows. [1]
    noise : float
        Standard deviation of a step over its mean at the symmetry point, from pulse to pulse. [1]
    spread : float
        Between devices: root mean square of the relative standard deviation of the steps and of
        the standard deviations of both bounds, in half windows. [1]
    reference_mean, reference_spread : float
        What the references of a fast array are wrong by: mean and standard deviation between cells,
        in half windows. [1]

    Examples
    --------
    >>> traits = ac.nn.advice.Traits(states=100, symmetry_point=-0.1, reference_mean=0.2)
    >>> traits.coordinates
    (2.0, -0.1, 0.0, 0.0, 0.2, 0.0)
    """

    states: float
    symmetry_point: float = 0.0
    noise: float = 0.0
    spread: float = 0.0
    reference_mean: float = 0.0
    reference_spread: float = 0.0

    @property
    def coordinates(self) -> tuple[float, ...]:
        """Where the device stands in the rule: its traits, with the states in decades."""
        _, *others = astuple(self)
        return math.log10(self.states), *others


def traits_of(
    synapse: Synapse, reference_mean: float = 0.0, reference_spread: float = 0.0
) -> Traits:
    """Return the traits of a device, from a few thousand cells drawn of it.

    Parameters
    ----------
    synapse : Synapse
    reference_mean, reference_spread : float
        What the references of a fast array are wrong by: mean and standard deviation between cells,
        in half windows. [1]

    Raises
    ------
    TrainingError
        If the device cannot train: pulses of one sign do not move it, or all of its cells are dead.

    Examples
    --------
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, pulse_noise=0.3, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> found = ac.nn.advice.traits_of(device)
    >>> round(found.states), round(found.noise, 2), found.spread
    (20, 0.3, 0.0)
    """
    number("reference_mean", reference_mean, error=TrainingError)
    number("reference_spread", reference_spread, least=0, error=TrainingError)
    _check_moves(synapse)
    cells = synapse.cells(_CELLS, generator(1, _SAID))
    points = cells.symmetry_points
    up, down = (np.broadcast_to(abs(step), points.shape) for step in cells.steps(points))
    alive = (up > 0) & (down > 0)
    if not alive.any():
        raise TrainingError(_cannot(synapse, "none of the cells drawn of it moves both ways"))
    steps = 0.5 * (up + down)
    noise = cells.deviations(0, points, up)[alive] / up[alive]
    bounds = (np.broadcast_to(bound, points.shape) for bound in (cells.lower, cells.upper))
    spreads = [steps[alive].std() / steps[alive].mean(), *(bound[alive].std() for bound in bounds)]
    return Traits(
        states=float(synapse.n_states),
        symmetry_point=float(points[alive].mean()),
        noise=float(np.sqrt(np.mean(noise.astype(np.float64) ** 2))),
        spread=float(np.sqrt(np.mean(np.square(spreads)))),
        reference_mean=float(reference_mean),
        reference_spread=float(reference_spread),
    )


def _check_moves(synapse: Synapse) -> None:
    """Raise where pulses of one sign move nothing at the middle of the window or where it rests."""
    w = np.array([0.0, synapse.symmetry_point])
    for sign, step in ((1, synapse.step_up(w)), (-1, synapse.step_down(w))):
        if not np.all(sign * np.asarray(step) > 0):
            way = "up" if sign > 0 else "down"
            raise TrainingError(_cannot(synapse, f"pulses {way} do not move it"))
    if synapse.dead_cells >= 1:
        raise TrainingError(_cannot(synapse, "all of its cells are dead"))


def _cannot(synapse: Synapse, why: str) -> str:
    return (
        f"device of law {synapse.NAME!r} cannot train: {why}; expected steps in both directions; "
        "give another device, or make a weight of two devices that are each pulsed one way"
    )
