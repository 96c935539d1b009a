r"""Mixed precision: gradients add up in digital memory; the device is pulsed by whole steps.

References
----------
.. [1] S. R. Nandakumar et al., *Front. Neurosci.* **14**, 406 (2020),
   :doi:`10.3389/fnins.2020.00406`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from acanthite.jit import njit
from acanthite.nn.algorithms.base import OnDevices, RankOneGradients
from acanthite.nn.algorithms.sample_loop import kernel_of, learn
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.native.options import INLINED, ONE, ZERO
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair
from acanthite.nn.engine.pulses import Array, pulse
from acanthite.nn.engine.rng import Rng, make_rng, take_normals
from acanthite.synapse.base import Synapse


class MixedPrecisionState(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    array: Array
    # float32, shape (n_weights,): what the cells have still to move by, in network units
    accumulator: np.ndarray
    step: float  # in network units
    rng: Rng


class MixedPrecisionKnobs(NamedTuple):
    """What the kernels take of the knobs."""

    rate: np.float32
    step: np.float32  # in network units


@dataclass(frozen=True, kw_only=True)
class MixedPrecision(OnDevices):
    """SGD with a digital accumulator in front of the array.

    Parameters
    ----------
    rate, decay, window : float
        As in :class:`~acanthite.nn.algorithms.base.OnDevices`. [1]

    Examples
    --------
    >>> mixed = ac.nn.MixedPrecision(rate=0.005)
    >>> mixed.name, mixed.window
    ('mixed-precision', 0.3)
    """

    name: ClassVar[str] = "mixed-precision"

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.01
    decay: float = 0.7
    window: float = 0.3

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> MixedPrecisionState:
        """Return a fresh state: devices drawn, random weights programmed, nothing accumulated."""
        return MixedPrecisionState(
            net=lay_out(network, seed),
            array=self.cells(network, synapse, seed),
            accumulator=np.zeros(network.n_weights, np.float32),
            step=self.window * self.device(synapse).step,
            rng=make_rng(seed, f"nn.{self.name}.pulses"),
        )

    def knobs(self, state: MixedPrecisionState, epoch: int) -> MixedPrecisionKnobs:
        """Return what the kernels take of the knobs in an epoch."""
        return MixedPrecisionKnobs(self.rate_in(epoch), np.float32(state.step))

    def program(self, state: MixedPrecisionState, weights: Singles) -> None:
        """Write weights, as near as the cells' bounds let them; nothing waits any more."""
        super().program(state, weights)
        state.accumulator[:] = 0

    def update(self, state: MixedPrecisionState, gradients: RankOneGradients) -> None:
        """Train the one array of ``state``: all gradients are added up before cells are pulsed."""
        gradients.descend(state.accumulator)
        step = np.float32(state.step)
        kind = type(state.array.noise)
        call_kernel(_fire, state.array.rule, state, 0, state.accumulator, step, variant=kind)


@kernel_of(learn, MixedPrecisionKnobs)
def _learn(state, knobs):
    layers = state.net.layers
    pulses = 0
    for layer in range(layers.n_in.shape[0]):
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            n_out = d.shape[0]
            for j in range(x.shape[0]):
                if x[j] != ZERO:
                    at = layers.weight_offset[layer] + j * n_out
                    accumulator = state.accumulator[at : at + n_out]
                    if _add(accumulator, d, knobs.rate * x[j], knobs.step) > 0:
                        pulses += _fire(state, at, accumulator, knobs.step)
    return pulses, 0


@njit(**INLINED)
def _add(accumulator, d, factor, step):
    """Add a gradient; return in how many cells a whole step waits."""
    due = np.int32(0)
    for i in range(d.shape[0]):
        accumulator[i] -= factor * d[i]
        due += np.int32(abs(accumulator[i]) >= step)
    return due


@njit(**INLINED)
def _fire(state, at, accumulator, step):
    """Pulse the cells of one line where whole steps wait, and take them off; return the pulses."""
    count = 0
    for i in range(accumulator.shape[0]):
        sign = ONE if accumulator[i] > ZERO else -ONE
        while abs(accumulator[i]) >= step:
            accumulator[i] -= sign * step
            pulse(state.array, at + i, sign, state.rng.normals[take_normals(state.rng, 1)])
            state.array.counts[0 if sign > ZERO else 1] += 1
            count += 1
    return count
