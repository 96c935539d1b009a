"""What cells and wires take while they are read: from the circuit solve, not modelled anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import ChipError, CrossbarError
from acanthite.inference import Chip
from acanthite.random import generator

Array = NDArray[np.float64]

_PATTERNS = 4
_SPREAD = 1.0 / 3.0  # of random weights, over the largest: a normal distribution

TYPICAL_ACTIVITY = {"parallel": 1.0 / 3.0, "bit-serial": 0.5, "pulse-width": 0.5}
"""Of inputs that are uniform from zero to the largest: mean square, mean of bits, mean width."""


def random_weights(outputs: int, inputs: int) -> Array:
    """Return normal weights up to 1 in magnitude, the same for the same shape."""
    rng = generator(1, "cost.weights", 0)
    weights = np.clip(_SPREAD * rng.standard_normal((outputs, inputs)), -1.0, 1.0)
    weights.flat[0] = 1.0
    return weights


def read_power(chip: Chip, weights: Array, activity: float, held: int = 0) -> float:
    """Return the mean power [W] an array takes while its rows are driven.

    Parameters
    ----------
    chip : Chip
    weights : ndarray, shape (outputs, inputs)
        From -1 to 1; of one array.
    activity : float
        Mean square of the inputs over the largest. [1]
    held : int
        How many of the inputs, the last, hold biases and are driven by the largest all the time.

    Raises
    ------
    ChipError
        If the cells cannot hold the weights.
    """
    try:
        conductance = np.asarray(chip.mapping.encode(weights, chip.window), float)
    except CrossbarError as error:
        raise ChipError(f"chip: {error}") from error
    ideal = activity * chip.read_voltage**2 * float(conductance.sum())
    if held:
        rows = held * len(conductance) // weights.shape[1]
        always = float(conductance[-rows:].sum())
        ideal += (1.0 - activity) * chip.read_voltage**2 * always
    if chip.wires is None:
        return ideal
    return ideal * _share_delivered(chip, conductance, weights.shape[1], activity, held)


def _share_delivered(
    chip: Chip, conductance: Array, inputs: int, activity: float, held: int
) -> float:
    """Return what drivers deliver over what they would without the wires' resistance."""
    assert chip.wires is not None
    draws = generator(1, "cost.inputs", 0).random((_PATTERNS, inputs))
    on = (draws < activity).astype(float)
    on[:, 0] = 1.0  # never nothing at all
    on[:, inputs - held :] = 1.0
    volts = chip.read_voltage * np.asarray(chip.mapping.drive(on))
    ideal = float((volts**2 @ conductance.sum(axis=1)).sum())
    if ideal == 0.0:
        return 1.0
    delivered = chip.wires.crossbar(conductance).solve(volts).power.delivered
    return float(delivered.sum()) / ideal
