"""What a training algorithm is: knobs, a state on a network and a device, a pass over samples.

What depends on the algorithm is asked of it, here: how its knobs follow a device, a learning-rate
schedule or read noise, how it takes gradients that were computed elsewhere, and whether its weights
are devices at all.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from acanthite.arguments import is_number, number
from acanthite.errors import TrainingError
from acanthite.nn.algorithms.sample_loop import PulseKnobs, run_samples
from acanthite.nn.array_types import Bytes, Integers, Singles
from acanthite.nn.data.datasets import read_only
from acanthite.nn.engine.batches import BatchUpdater
from acanthite.nn.engine.disturbance import PulseNoise, let_rest, rewrite
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import BL_MAX, Array, array
from acanthite.nn.engine.units import (
    Units,
    let_units_rest,
    program_units,
    refresh_when_due,
    updates_left,
)
from acanthite.nn.engine.updates import trains
from acanthite.random import generator
from acanthite.synapse.base import Synapse
from acanthite.synapse.rule import LOWER, UPPER
from acanthite.synapse.units.unit_cell import UnitCell


class Tally(NamedTuple):
    """Sums over a pass of samples."""

    loss: float  # cross-entropy [nat]
    correct: int  # samples put in their class before their own update
    pulses: int  # write pulses on all arrays
    reads: int  # columns read for transfers


class Batch(NamedTuple):
    """Samples in the order they are trained."""

    images: Bytes  # shape (n, n_pixels)
    labels: Bytes  # shape (n,)
    order: Integers  # shape (n_samples,): indices into the two


@dataclass(frozen=True)
class RankOneGradients:
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
        Used instead of the algorithm's own ``rate``. [1]
    updater : BatchUpdater
        Of the array.
    threads : int
        How many to work on; the result does not depend on it.
    """

    x: Singles
    d: Singles
    samples: int
    rate: float
    updater: BatchUpdater
    threads: int = 1

    def pulse(self, array: Array, smallest: float) -> None:
        """Pulse cells by ``-rate x d``, one rank-one gradient after the other."""
        self.updater.update(array, self.x, self.d, self.rate, smallest, threads=self.threads)

    def descend(self, values: Singles) -> None:
        """Take ``rate x d`` off numbers, shape (n_in * n_out,), all gradients at once."""
        matrix = values.reshape(self.x.shape[1], self.d.shape[1])
        matrix -= np.float32(self.rate) * (self.x.T @ self.d)


@dataclass(frozen=True, kw_only=True)
class Algorithm(ABC):
    r"""The knobs of a training algorithm; every number among them must be positive.

    Parameters
    ----------
    rate : float
        :math:`\eta` of the first epoch; a weight is to move by :math:`-\eta x d`. [1]
    decay : float
        Factor on ``rate`` from one epoch to the next, at most 1. [1]
    """

    name: ClassVar[str]
    """Short name, as in tables."""
    on_devices: ClassVar[bool] = False
    """Whether the weights are cells, with bounds and pulses."""
    may_be_zero: ClassVar[frozenset[str]] = frozenset()
    of_either_sign: ClassVar[frozenset[str]] = frozenset()
    at_most_one: ClassVar[frozenset[str]] = frozenset({"decay"})

    rate: float
    decay: float = 1.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if is_number(value):
                full_name = f"{type(self).__name__}: {name}"
                above, least = (None, 0) if name in self.may_be_zero else (0, None)
                most = 1 if name in self.at_most_one else None
                bounds = {"above": above, "least": least, "most": most, "infinite": True}
                if name in self.of_either_sign:
                    bounds = {}
                number(full_name, value, **bounds, error=TrainingError)

    @abstractmethod
    def start(self, network: Network, synapse: Synapse | None, seed: int) -> Any:
        """Return a fresh state: devices drawn, weights programmed, streams at their beginning."""

    @abstractmethod
    def knobs(self, state: Any, epoch: int) -> Any:
        """Return what the kernels take of the knobs in an epoch.

        Its type, a NamedTuple of the algorithm's own, says which kernel is compiled.
        """

    def knobs_at(self, state: Any, rate: float, batch: int) -> Any:
        """Return what the kernels take to train on samples whose errors come from elsewhere.

        Parameters
        ----------
        state : NamedTuple
        rate : float
            Used instead of the algorithm's own. [1]
        batch : int
            Samples whose errors were found with the same weights.
        """
        return replace(self, rate=rate).knobs(state, 0)

    def run(self, state: Any, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one, in order; change ``state`` in place."""
        # as a data set has them: compiled for these alone
        images, labels = read_only(batch.images), read_only(batch.labels)
        knobs = self.knobs(state, epoch)
        weights = self.weights(state)
        tallies = []
        for part in _between_refreshes(state, batch.order):
            tally = Tally(*run_samples(weights, state, knobs, images, labels, part))
            pulses, reads = self.refresh(state, len(part))
            tallies.append(tally._replace(pulses=tally.pulses + pulses, reads=tally.reads + reads))
        return Tally(*(sum(values) for values in zip(*tallies, strict=True)))

    def refresh(self, state: Any, updates: int) -> tuple[int, int]:
        """Count updates of all arrays, and refresh those of one-sided pairs that are due, in place.

        Return the pulses and the columns read.

        Parameters
        ----------
        state : NamedTuple
        updates : int
            Since the last call.
        """
        pulses, reads, refreshed = 0, 0, False
        for part in _arrays(state):
            done = refresh_when_due(part, updates)
            if done is not None:
                layers = state.net.layers
                copies = len(part.weights) // int(layers.weight_offset[-1])
                pulses += done
                reads += copies * int(layers.n_in.sum())
                refreshed = True
        if refreshed:
            self.join(state)
        return pulses, reads

    def rate_in(self, epoch: int) -> np.float32:
        """Return the rate of an epoch. [1]"""
        return np.float32(self.rate * self.decay**epoch)

    @abstractmethod
    def weights(self, state: Any) -> Singles:
        """Return the weights the network runs on, shape (n_weights,)."""

    @abstractmethod
    def program(self, state: Any, weights: Singles) -> None:
        """Write weights, shape (n_weights,), as near as the cells' bounds let them; in place."""

    def let_rest(self, state: Any, seconds: float, seed: int, moment: int) -> None:
        """Let the cells of all arrays be for some time: they decay and diffuse, in place.

        Parameters
        ----------
        state : NamedTuple
        seconds : float
            [s]
        seed, moment : int
            Key of what is drawn.
        """
        rested = False
        for name, part in zip(state._fields, state, strict=True):
            if not isinstance(part, Array) or not isinstance(part.noise, PulseNoise | Units):
                continue
            draw = generator(seed, f"nn.rest.{name}", moment)
            if isinstance(part.noise, Units):
                let_units_rest(part, seconds, draw)
            else:
                bounds = part.rows[:, LOWER], part.rows[:, UPPER]
                let_rest(part.noise, part.weights, bounds, seconds, draw)
            rested = True
        if rested:
            self.join(state)

    def join(self, state: Any) -> None:  # noqa: B027
        """Set the weights the network runs on anew, where they are the sum of several arrays."""

    @abstractmethod
    def update(self, state: Any, gradients: RankOneGradients) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere, in place.

        Its columns are read for transfers after all pulses of the gradients, as many as their
        samples call for.
        """

    def adapted_to(self, synapse: Synapse) -> Self:
        """Return the algorithm, its tuned knobs adapted to a device of far smaller steps."""
        return self

    def for_step(self, ratio: float) -> Self:
        """Return the algorithm for a device of ``ratio`` times the step it was tuned on."""
        return self

    def at_rate(self, factor: float) -> Self:
        """Return the algorithm learning ``factor`` times as fast, with no decay of its own."""
        return replace(self, rate=self.rate * factor, decay=1.0)

    @property
    def column_noise(self) -> float:
        """Noise of one cell's column read, in half windows; zero where none are read. [1]"""
        return 0.0

    def with_column_noise(self, noise: float) -> Self:
        """Return the algorithm with other noise of its column reads, if it makes any."""
        return self

    def weight_noise(self, read_noise: float) -> float:
        """Return the noise of a network weight, from a device's noise in half windows. [1]"""
        return 0.0

    @property
    def longest_train(self) -> int:
        """Most pulses of one update of a cell."""
        return BL_MAX

    def updater(self, n_in: int, n_out: int, seed: int, stream: str) -> BatchUpdater:
        """Return what pulses an array of ``n_in`` by ``n_out`` cells by batches."""
        return BatchUpdater(n_in, n_out, seed, stream)

    def set_widest(self, state: Any, n_in: int, widest: int) -> None:  # noqa: B027
        """Record in an array's state how many input lines the model's widest array has."""


@dataclass(frozen=True, kw_only=True)
class OnDevices(Algorithm):
    """An algorithm whose weights are cells, zero in the middle of the mean device's window.

    Parameters
    ----------
    window : float
        Network weight of half the conductance window. [1]
    """

    on_devices: ClassVar[bool] = True

    window: float

    def weights(self, state: Any) -> Singles:
        """Return the weights, shape (n_weights,)."""
        return state.array.weights

    def program(self, state: Any, weights: Singles) -> None:
        """Write weights, those out of a cell's bounds on the bound."""
        program(state.array, weights)

    def cells(
        self, network: Network, synapse: Synapse | None, seed: int, stream: str = "cells"
    ) -> Array:
        """Return the array of the weights: cells drawn, initial weights programmed."""
        name = f"nn.{self.name}.{stream}"
        drawn = self.device(synapse).cells(network.n_weights, generator(seed, name))
        initial = network.initial_weights(seed)
        return array(drawn.referred(0.0, self.window), initial, seed, name)

    def device(self, synapse: Synapse | None) -> Synapse:
        """Return the device to train on, here the one given.

        Raises
        ------
        TrainingError
            If there is none.
        """
        if synapse is None:
            raise TrainingError(
                f"algorithm {self.name!r} needs synapse=...; fit one with acanthite.synapse.fit"
            )
        return synapse

    def for_step(self, ratio: float) -> Self:
        """Return the algorithm for a device of ``ratio`` times the step it was tuned on.

        Half the change, as a ratio, goes into what a pulse moves a network weight by, and half into
        how much of the window the weights use: finer steps need less of it for the same weights,
        and so are straighter.
        """
        return replace(self, window=self.window / math.sqrt(ratio))

    def weight_noise(self, read_noise: float) -> float:
        """Return the noise of a network weight, from a device's noise in half windows. [1]"""
        return self.window * read_noise


@dataclass(frozen=True, kw_only=True)
class Pulsed(OnDevices):
    """An algorithm whose gradients are pulses.

    Parameters
    ----------
    bl_max : int
        Longest pulse train of one update.
    pulses : {"stochastic", "implicit", "mean-field"}
        How updates are made: see :mod:`acanthite.nn.engine.updates`.
    """

    bl_max: int = BL_MAX
    pulses: str = "stochastic"

    def __post_init__(self) -> None:
        super().__post_init__()
        trains(self.pulses, self.bl_max)  # refuses an unknown way

    def device(self, synapse: Synapse | None) -> Synapse:
        """Return the device to train on, here the one given.

        Raises
        ------
        TrainingError
            If there is none, or its weights are several devices and pulses are not whole.
        """
        if isinstance(synapse, UnitCell) and self.pulses == "mean-field":
            raise TrainingError(
                f"pulses = 'mean-field': a weight of a {synapse.NAME!r} cell is several devices, each "
                "with noise of its own; use stochastic or implicit pulses"
            )
        return super().device(synapse)

    def pulse_knobs(self, rate: np.float32, step: float, shares: Singles) -> PulseKnobs:
        """Return what the kernels take of the knobs for pulses.

        Parameters
        ----------
        rate : float32
            Of an update. [1]
        step : float
            Mean step of a cell, in the unit of the rate. [1]
        shares : ndarray of float32, shape (n_layers,)
            What the rate is multiplied by, layer by layer. [1]
        """
        return PulseKnobs(rate, shares, np.float32(step), trains(self.pulses, self.bl_max))

    @property
    def update_window(self) -> float:
        """Half the window of the array that takes the gradients, in the unit of ``rate``. [1]"""
        return self.window

    def adapted_to(self, synapse: Synapse) -> Self:
        """Return the algorithm, its tuned knobs adapted to a device of far smaller steps.

        A rate at which a mean update would ask for more than the longest pulse train is one at
        which every cell gets that train, whatever its gradient: it is lowered to where the longest
        train just does.
        """
        longest = self.bl_max * (synapse.step * self.update_window)
        return replace(self, rate=min(self.rate, float(longest)))

    @property
    def longest_train(self) -> int:
        """Most pulses of one update of a cell."""
        return self.bl_max

    def updater(self, n_in: int, n_out: int, seed: int, stream: str) -> BatchUpdater:
        """Return what pulses an array of ``n_in`` by ``n_out`` cells by batches."""
        return BatchUpdater(n_in, n_out, seed, stream, self.bl_max, self.pulses)


def program(array: Array, weights: Singles) -> None:
    """Write weights into cells, those out of a cell's bounds on the bound."""
    if isinstance(array.noise, Units):
        program_units(array, weights)
        return
    if isinstance(array.noise, PulseNoise):
        wanted = np.ascontiguousarray(weights, np.float32)
        rewrite(array.noise, array.weights, array.coefficients, array.rule.stride, wanted)
        return
    np.clip(weights, array.rows[:, LOWER], array.rows[:, UPPER], out=array.weights)


def _arrays(state: Any) -> list[Array]:
    """Return the arrays of a state."""
    return [part for part in state if isinstance(part, Array)]


def _between_refreshes(state: Any, order: Integers) -> Iterator[Integers]:
    """Yield samples up to where an array is refreshed, again and again; at least once."""
    while True:
        due = [left for left in map(updates_left, _arrays(state)) if left is not None]
        n = min(due, default=len(order))
        yield order[:n]
        order = order[n:]
        if not len(order):
            return
