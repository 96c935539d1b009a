"""Batches of rank-one updates on one tile, in place, on any number of threads with the same bits."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import TrainingError
from acanthite.nn.direct import direct
from acanthite.nn.noise import WORDS, dice
from acanthite.nn.pulses import BL_MAX, Array, entries, fire_rows, pulse_columns, rows
from acanthite.nn.updates import expected_batch, trains

BLOCKS = 8
"""Blocks of input lines a tile is cut into: each has its own random numbers, and at most so many threads find work."""

_SAMPLES = 128  # of a batch at once: bounds the scratch


class BatchUpdater:
    """Pulses one tile by batches; holds its random streams and scratch, and no weights.

    Parameters
    ----------
    n_in, n_out : int
        Input lines (bias included) and output lines of the tile.
    seed : int
    stream : str
        What the pulses are for; two tiles of one seed need two names.
    bl_max : int
        Longest pulse train of one update.
    pulses : {"stochastic", "implicit", "mean-field"}
        How updates are made: see :mod:`acanthite.nn.updates`.
    """

    def __init__(
        self, n_in: int, n_out: int, seed: int, stream: str, bl_max: int = BL_MAX, pulses: str = "stochastic"
    ) -> None:
        if not 1 <= n_out <= WORDS:
            raise TrainingError(f"n_out = {n_out}; expected 1 to {WORDS} output lines a tile")
        if not 1 <= bl_max <= WORDS:
            raise TrainingError(f"bl_max = {bl_max}; expected 1 to {WORDS} slots")
        self.n_in, self.n_out, self.bl_max = n_in, n_out, bl_max
        self.trains = trains(pulses, bl_max)
        self._together = max(1, min(_SAMPLES, WORDS // bl_max))
        self._rows = rows(n_out, self._together, bl_max)
        self._row_dice = dice(seed, f"{stream}.rows")
        edges = np.linspace(0, n_in, min(BLOCKS, n_in) + 1).astype(int)
        self._blocks = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
        self._entries = [entries() for _ in self._blocks]
        self._dice = [dice(seed, f"{stream}.columns", k) for k in range(len(self._blocks))]

    @property
    def state(self) -> NDArray[np.int64]:
        """Where all random streams stand, shape (n_streams, 4): with the seed, all that a resume needs."""
        return np.stack([d.state for d in (self._row_dice, *self._dice)])

    def restore(self, state: NDArray[np.int64]) -> None:
        """Go on from a saved ``state``, bit for bit."""
        from acanthite.nn.noise import refill

        streams = (self._row_dice, *self._dice)
        if np.shape(state) != (len(streams), 4):
            raise TrainingError(f"state has shape {np.shape(state)}; expected {(len(streams), 4)}")
        for stream, own in zip(streams, state, strict=True):
            stream.state[:] = own
            refill(stream)

    def update(
        self,
        array: Array,
        x: NDArray[np.float32],
        d: NDArray[np.float32],
        rate: float,
        smallest: float,
        offset: int = 0,
        threads: int = 1,
    ) -> tuple[int, int]:
        r"""Pulse the tile by :math:`-\eta x_j d_i` on average, sample by sample; nothing is copied.

        Parameters
        ----------
        array : Array
            Cells; those of the tile begin at ``offset``, input line by input line.
        x : ndarray of float32, shape (n_samples, n_in)
            Inputs, C-contiguous.
        d : ndarray of float32, shape (n_samples, n_out)
            Errors, C-contiguous.
        rate : float
            :math:`\eta`. [1]
        smallest : float
            :math:`\Delta w_{min}`, mean step at the zero of the weight, in its unit. [1]
        offset : int
        threads : int
            How many to work on; the result does not depend on it.

        Returns
        -------
        tuple of int
            Pulses up and down.

        Raises
        ------
        TrainingError
            If a shape or type does not fit.
        """
        self._check(array, x, d, offset)
        total = np.zeros(2, np.int64)
        for first in range(0, len(x), self._together):
            part = slice(first, first + self._together)
            total += self._part(
                array, x[part], d[part], np.float32(rate), np.float32(smallest), offset, threads
            )
        array.counts[:] += total
        return int(total[0]), int(total[1])

    def _part(
        self, array: Array, x: Any, d: Any, rate: np.float32, smallest: np.float32, offset: int, threads: int
    ) -> Any:
        if not isinstance(self.trains, int):
            return self._expected(array, x, d, rate, smallest, offset, threads)
        if fire_rows(x, d, rate, smallest, self.bl_max, self._rows, self._row_dice) == 0:
            return np.zeros(2, np.int64)

        columns = np.ascontiguousarray(x.T)

        def block(k: int) -> tuple[int, int]:
            first, last = self._blocks[k]
            return direct(
                pulse_columns, array.rule, array, offset, columns, self.n_out, first, last,
                self._rows, self._entries[k], self._dice[k],
            )  # fmt: skip

        return self._every(block, threads)

    def _expected(
        self, array: Array, x: Any, d: Any, rate: np.float32, smallest: np.float32, offset: int, threads: int
    ) -> Any:
        def block(k: int) -> tuple[int, int]:
            first, last = self._blocks[k]
            return expected_batch(
                array, offset, x, d, first, last, rate, smallest, self.trains, self._dice[k]
            )

        return self._every(block, threads)

    def _every(self, block: Callable[[int], tuple[int, int]], threads: int) -> Any:
        blocks = range(len(self._blocks))
        done = map(block, blocks) if threads <= 1 else _pool(threads).map(block, blocks)
        return np.sum(list(done), axis=0)

    def _check(self, array: Array, x: Any, d: Any, offset: int) -> None:
        for name, value, width in (("x", x, self.n_in), ("d", d, self.n_out)):
            if (
                value.dtype != np.float32
                or value.ndim != 2
                or value.shape[1] != width
                or len(value) != len(x)
            ):
                raise TrainingError(
                    f"{name} is {value.dtype} of shape {value.shape}; expected float32 of shape ({len(x)}, {width})"
                )
            if not value.flags.c_contiguous:
                raise TrainingError(f"{name} is not C-contiguous; pass numpy.ascontiguousarray({name})")
        if offset + self.n_in * self.n_out > len(array.weights):
            raise TrainingError(
                f"the tile ends at cell {offset + self.n_in * self.n_out} of an array of {len(array.weights)}"
            )


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix="acanthite-pulses")
