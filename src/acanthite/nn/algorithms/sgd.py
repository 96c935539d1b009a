"""SGD on the device: gradient pulses straight on the weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from acanthite.nn.algorithms.base import Pulsed, RankOneGradients
from acanthite.nn.algorithms.sample_loop import PulseKnobs, kernel_of, learn, ones, pulse_layers
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array, FiringLines, firing_lines
from acanthite.nn.engine.rng import Rng, make_rng
from acanthite.synapse.base import Synapse


class SGDState(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    array: Array
    step: float
    lines: FiringLines
    rng: Rng


@dataclass(frozen=True, kw_only=True)
class SGD(Pulsed):
    r"""Stochastic gradient descent by pulses on one array.

    A weight is one cell against a fixed reference conductance in the middle of the mean device's
    window, the same for all cells: :math:`w = w_{max} (2 (G - G_{min}) / (G_{max} - G_{min}) - 1)`.
    The whole window is used, and no cell is measured first: finding each cell's own symmetry point
    is the extra step that TTv2 takes and plain SGD does not.

    Parameters
    ----------
    rate : float
        :math:`\eta` of the first epoch; a weight is to move by :math:`-\eta x d`. [1]
    decay : float
        Factor on ``rate`` from one epoch to the next. [1]
    window : float
        :math:`w_{max}`, network weight of half the conductance window. [1]
    bl_max, pulses
        As in :class:`~acanthite.nn.algorithms.base.Pulsed`.

    Examples
    --------
    >>> sgd = ac.nn.SGD(rate=0.01, window=1.0, pulses="mean-field")
    >>> sgd.name, sgd.decay
    ('sgd', 0.6)
    """

    name: ClassVar[str] = "sgd"

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.002
    decay: float = 0.6
    window: float = 0.5

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> SGDState:
        """Return a fresh state: devices drawn, random weights programmed."""
        return SGDState(
            net=lay_out(network, seed),
            array=self.cells(network, synapse, seed),
            step=self.window * self.device(synapse).step,
            lines=firing_lines(network),
            rng=make_rng(seed, f"nn.{self.name}.pulses"),
        )

    def knobs(self, state: SGDState, epoch: int) -> PulseKnobs:
        """Return what the kernels take of the knobs in an epoch."""
        return self.pulse_knobs(self.rate_in(epoch), state.step, ones(state.net))

    def update(self, state: SGDState, gradients: RankOneGradients) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere."""
        gradients.pulse(state.array, state.step)


@kernel_of(learn, PulseKnobs)
def _learn(state, knobs):
    return pulse_layers(state.array, state, knobs), 0
