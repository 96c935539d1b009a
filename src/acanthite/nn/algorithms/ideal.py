"""The ideal device: the same pulsed SGD on a linear, symmetric, noise-free law with fine steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.nn.algorithms.sgd import SGD
from acanthite.synapse.base import Synapse
from acanthite.synapse.laws.constant_step import ConstantStep


@dataclass(frozen=True, kw_only=True)
class Ideal(SGD):
    """SGD by pulses on the device one would wish for, in the conductance window of the real one.

    Parameters
    ----------
    rate, decay, window, bl_max, pulses
        As in :class:`~acanthite.nn.algorithms.sgd.SGD`.
    size : float
        Step of one pulse, in half windows: 0.002 is a thousand states. [1]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> device = ac.nn.Ideal(size=0.01).device(None)
    >>> print(f"steps of {device.size} up to {device.conductance_max / uS:.0f} uS")
    steps of 0.01 up to 1 uS
    """

    name: ClassVar[str] = "ideal"

    # rate, decay: best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.01
    decay: float = 0.9
    window: float = 1.0
    size: float = 0.002

    def device(self, synapse: Synapse | None) -> ConstantStep:
        """Return the ideal device in the window of ``synapse`` (0 to 1 uS without one)."""
        low = synapse.conductance_min if synapse else 0.0
        high = synapse.conductance_max if synapse else 1e-6
        return ConstantStep(size=self.size, conductance_min=low, conductance_max=high)

    def weight_noise(self, read_noise: float) -> float:
        """Return zero: the ideal device is read without noise. [1]"""
        return 0.0
