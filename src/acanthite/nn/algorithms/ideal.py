"""The ideal device: the same pulsed SGD on a linear, symmetric, noise-free law with fine steps."""

from __future__ import annotations

from dataclasses import dataclass

from acanthite.nn.algorithms.sgd import SGD, State
from acanthite.nn.engine.network import Network
from acanthite.synapse.base import Synapse
from acanthite.synapse.constant_step import ConstantStep


@dataclass(frozen=True)
class Ideal(SGD):
    """SGD by pulses on the device one would wish for, in the conductance window of the real one.

    Parameters
    ----------
    rate, window, decay, bl_max, pulses
        As in :class:`~acanthite.nn.algorithms.sgd.SGD`.
    size : float
        Step of one pulse, in half windows: 0.002 is a thousand states. [1]
    """

    # rate, decay: best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.01
    window: float = 1.0
    decay: float = 0.9
    size: float = 0.002

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        return "ideal"

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state on a constant-step law with the conductances and pulses of ``synapse``."""
        return super().start(network, self.device(synapse), seed)

    def device(self, synapse: Synapse | None) -> ConstantStep:
        """Return the ideal device in the window of ``synapse`` (0 to 1 uS without one)."""
        low, high = (synapse.conductance_min, synapse.conductance_max) if synapse else (0.0, 1e-6)
        return ConstantStep(size=self.size, conductance_min=low, conductance_max=high)
