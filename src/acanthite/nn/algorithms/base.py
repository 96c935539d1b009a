"""What a training algorithm is: knobs, a state made from a network and a synapse, and a compiled pass over samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import TrainingError
from acanthite.nn.engine.batches import BatchUpdater
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array
from acanthite.synapse.base import Synapse


class Tally(NamedTuple):
    """What a pass over samples added up to."""

    loss: float  # summed cross-entropy [nat]
    correct: int  # samples put in their class before their own update
    pulses: int  # write pulses on all arrays
    reads: int  # columns read for transfers


class Batch(NamedTuple):
    """Samples in the order they are trained."""

    images: NDArray[np.uint8]  # shape (n, n_pixels)
    labels: NDArray[np.uint8]  # shape (n,)
    order: NDArray[np.int64]  # shape (n_samples,): indices into the two


@dataclass(frozen=True)
class Gradient:
    """Rank-one gradients of one array, computed elsewhere, and how to pulse them.

    Parameters
    ----------
    x : ndarray of float32, shape (n, n_in)
        Inputs.
    d : ndarray of float32, shape (n, n_out)
        Errors.
    samples : int
        How many samples they come from: Tiki-Taka reads its columns by the sample.
    rate : float
        Stands for the algorithm's own ``rate``. [1]
    updater : BatchUpdater
        Of the array.
    threads : int
        How many to work on; the result does not depend on it.
    """

    x: NDArray[np.float32]
    d: NDArray[np.float32]
    samples: int
    rate: float
    updater: BatchUpdater
    threads: int = 1

    def pulse(self, array: Array, smallest: float) -> None:
        """Pulse cells by ``-rate x d``, one rank-one gradient after the other."""
        self.updater.update(array, self.x, self.d, self.rate, smallest, threads=self.threads)


def due(clock: NDArray[np.int64], samples: int, every: int) -> int:
    """Move a clock on by ``samples``; return how often it passed a multiple of ``every``."""
    before = int(clock[0]) // every
    clock[0] += samples
    return int(clock[0]) // every - before


@runtime_checkable
class Algorithm(Protocol):
    """A frozen dataclass of knobs with these four methods; the state it makes is its own."""

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        ...

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> Any:
        """Return a fresh state: devices drawn, weights programmed, random streams at their beginning."""
        ...

    def run(self, state: Any, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one, in order; change ``state`` in place."""
        ...

    def weights(self, state: Any) -> NDArray[np.float32]:
        """Return the weights the network runs on, shape (n_weights,)."""
        ...

    def program(self, state: Any, weights: NDArray[np.float32]) -> None:
        """Write weights, shape (n_weights,), as near as the cells' bounds let them; in place."""
        ...

    def update(self, state: Any, gradient: Gradient) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere, in place.

        Its columns are read for transfers after all pulses of the gradients, as many as their samples call for.
        """
        ...


@dataclass(frozen=True)
class Positive:
    """Mixin: every numeric field but those in ``_may_be_zero`` must be positive."""

    _may_be_zero = ("read_noise",)

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            low_enough = value >= 0 if name in self._may_be_zero else value > 0
            if not low_enough:
                raise TrainingError(
                    f"{type(self).__name__}: {name} = {value:g}; expected more than zero"
                )


def program(array: Array, weights: NDArray[np.float32]) -> None:
    """Write weights into cells, those out of a cell's bounds on the bound."""
    from acanthite.synapse.rule import LOWER, UPPER

    np.clip(weights, array.rows[:, LOWER], array.rows[:, UPPER], out=array.weights)


def need_synapse(synapse: Synapse | None, name: str) -> Synapse:
    """Return the synapse, or say that the algorithm needs one."""
    if synapse is None:
        raise TrainingError(
            f"algorithm {name!r} needs synapse=...; fit one with acanthite.synapse.fit"
        )
    return synapse
