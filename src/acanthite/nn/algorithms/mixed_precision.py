r"""Mixed precision: gradients add up in digital memory; the device is pulsed by whole steps.

What adds up is the gradient itself, or what an optimizer makes of it: see
:mod:`acanthite.nn.algorithms.digital_optimizer`.

References
----------
.. [1] S. R. Nandakumar et al., *Front. Neurosci.* **14**, 406 (2020),
   :doi:`10.3389/fnins.2020.00406`.
.. [2] arXiv:2609.36584 (2026): with AdamW, and whole steps cut off what waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from acanthite.arguments import count, number
from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import OnDevices, RankOneGradients
from acanthite.nn.algorithms.digital_optimizer import (
    OPTIMIZERS,
    OptimizerKnobs,
    OptimizerMemory,
    add_gradients,
    check_optimizer,
    make_memory,
    optimize,
)
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
    optimizer: OptimizerMemory | None  # none where gradients add up as they are


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
    optimizer : {"sgd", "momentum", "adam"}
        What makes of gradients the changes that add up. ``rate`` is tuned for ``"sgd"`` alone.
    batch : int
        Samples to a step of the optimizer, which takes the sum of their gradients. In torch the
        samples between two steps of torch's optimizer are the batch.
    momentum : float
        Share of the running mean that is kept, of ``"momentum"`` and ``"adam"``. [1]
    memory : float
        The same for the mean of squares, of ``"adam"``. [1]
    epsilon : float
        Added to the root of that. [1]
    weight_decay : float
        A step takes ``rate`` times this off every weight. [1]

    Raises
    ------
    TrainingError
        If there is no such optimizer, or a number makes no sense.

    Examples
    --------
    >>> mixed = ac.nn.MixedPrecision(rate=0.005)
    >>> mixed.name, mixed.window
    ('mixed-precision', 0.3)
    """

    name: ClassVar[str] = "mixed-precision"
    may_be_zero: ClassVar[frozenset[str]] = frozenset({"momentum", "weight_decay"})

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.01
    decay: float = 0.7
    window: float = 0.3
    optimizer: str = "sgd"
    batch: int = 1
    momentum: float = 0.9
    memory: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_optimizer(self.optimizer)
        count("MixedPrecision: batch", self.batch, error=TrainingError)
        for name in ("momentum", "memory"):
            number(f"MixedPrecision: {name}", getattr(self, name), below=1, error=TrainingError)

    @property
    def is_plain(self) -> bool:
        """Whether gradients add up as they are."""
        return self.optimizer == "sgd" and self.batch == 1 and not self.weight_decay

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> MixedPrecisionState:
        """Return a fresh state: devices drawn, random weights programmed, nothing accumulated."""
        return MixedPrecisionState(
            net=lay_out(network, seed),
            array=self.cells(network, synapse, seed),
            accumulator=np.zeros(network.n_weights, np.float32),
            step=self.window * self.device(synapse).step,
            rng=make_rng(seed, f"nn.{self.name}.pulses"),
            optimizer=None if self.is_plain else make_memory(network.n_weights),
        )

    def knobs(self, state: MixedPrecisionState, epoch: int) -> Any:
        """Return what the kernels take of the knobs in an epoch."""
        rate = self.rate_in(epoch)
        if self.is_plain:
            return MixedPrecisionKnobs(rate, np.float32(state.step))
        return OptimizerKnobs(
            rate=rate,
            step=np.float32(state.step),
            kind=OPTIMIZERS.index(self.optimizer),
            batch=self.batch,
            momentum=np.float32(self.momentum),
            memory=np.float32(self.memory),
            epsilon=np.float32(self.epsilon),
            weight_decay=np.float32(self.weight_decay),
        )

    def knobs_at(self, state: MixedPrecisionState, rate: float, batch: int) -> Any:
        """Return what the kernels take; a batch is a step of the optimizer."""
        knobs = super().knobs_at(state, rate, batch)
        return knobs._replace(batch=batch) if isinstance(knobs, OptimizerKnobs) else knobs

    def program(self, state: MixedPrecisionState, weights: Singles) -> None:
        """Write weights, as near as the cells' bounds let them; nothing waits any more, and an optimizer
        begins anew.
        """
        super().program(state, weights)
        state.accumulator[:] = 0
        if state.optimizer is not None:
            for part in state.optimizer:
                part[:] = 0

    def update(self, state: MixedPrecisionState, gradients: RankOneGradients) -> None:
        """Train the one array of ``state``: all gradients are added up before cells are pulsed."""
        step = np.float32(state.step)
        kind = type(state.array.noise), self.is_plain
        if state.optimizer is None:
            gradients.descend(state.accumulator)
        else:
            state.optimizer.gradient[:] += (gradients.x.T @ gradients.d).ravel()
            knobs = self.knobs(state, 0)._replace(rate=np.float32(gradients.rate))
            optimize(state.accumulator, state.array.weights, state.optimizer, knobs)
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


@kernel_of(learn, OptimizerKnobs)
def _learn_optimized(state, knobs):
    add_gradients(state)
    if state.optimizer.count[0] < knobs.batch:
        return 0, 0
    optimize(state.accumulator, state.array.weights, state.optimizer, knobs)
    return _fire(state, 0, state.accumulator, knobs.step), 0


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
