"""Batches of rank-one updates on one tile, in place, on any number of threads with the same bits."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from acanthite.errors import TrainingError
from acanthite.nn.array_types import Integers, Singles
from acanthite.nn.engine.coincidences import (
    ALL,
    Draws,
    apply_events,
    list_of_cells,
    make_coincidences,
    update_batch,
)
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.pulses import BL_MAX, Array
from acanthite.nn.engine.rng import WORDS, Rng, make_rng, refill, seek_normal
from acanthite.nn.engine.updates import Expected, expected_batch, trains

BLOCKS = 8
"""Blocks of input lines a tile is cut into where there are no trains: each has its own random
numbers.
"""

_WORTH = 50_000
"""Pulses that are worth a thread: a tenth of a millisecond."""

_PARTS = 4
"""Parts of a thread's share of the pulses: one that is late leaves them to the others."""


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
        How updates are made: see :mod:`acanthite.nn.engine.updates`.
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        seed: int,
        stream: str,
        bl_max: int = BL_MAX,
        pulses: str = "stochastic",
    ) -> None:
        if not 1 <= n_out <= WORDS:
            raise TrainingError(f"n_out = {n_out}; expected 1 to {WORDS} output lines a tile")
        if not 1 <= bl_max <= WORDS:
            raise TrainingError(f"bl_max = {bl_max}; expected 1 to {WORDS} slots")
        self.n_in = n_in
        self.n_out = n_out
        self.bl_max = bl_max
        self.trains = trains(pulses, bl_max)
        n_blocks = min(BLOCKS, n_in) if isinstance(self.trains, Expected) else 1
        edges = np.linspace(0, n_in, n_blocks + 1).astype(int).tolist()
        self._blocks = list(itertools.pairwise(edges))
        self._rngs = [make_rng(seed, f"{stream}.columns", k) for k in range(n_blocks)]
        self._drawn = make_coincidences(n_in, n_out, bl_max)

    @property
    def state(self) -> Integers:
        """Where all random streams stand, shape (n_streams, 4): with the seed, all that a resume
        needs.
        """
        return np.stack([d.state for d in self._rngs])

    def restore(self, state: Integers) -> None:
        """Go on from a saved ``state``, bit for bit."""
        if np.shape(state) != (len(self._rngs), 4):
            raise TrainingError(
                f"state has shape {np.shape(state)}; expected {(len(self._rngs), 4)}"
            )
        for stream, saved in zip(self._rngs, state, strict=True):
            stream.state[:] = saved
            refill(stream)

    @property
    def draws(self) -> Draws:
        """What trains are drawn with, for a kernel that updates the tile in this one's place."""
        return Draws(self._drawn, self._rngs[0])

    def update(
        self,
        array: Array,
        x: Singles,
        d: Singles,
        rate: float,
        smallest: float,
        threads: int = 1,
    ) -> tuple[int, int]:
        r"""Pulse the tile by :math:`-\eta x_j d_i` on average, sample by sample; nothing is copied.

        Parameters
        ----------
        array : Array
            Cells of the tile, input line by input line.
        x : ndarray of float32, shape (n_samples, n_in)
            Inputs, C-contiguous.
        d : ndarray of float32, shape (n_samples, n_out)
            Errors, C-contiguous.
        rate : float
            :math:`\eta`. [1]
        smallest : float
            :math:`\Delta w_{min}`, mean step at the zero of the weight, in its unit. [1]
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
        self._check(array, x, d)
        how = self._expected if isinstance(self.trains, Expected) else self._stochastic
        up, down = how(array, x, d, np.float32(rate), np.float32(smallest), threads)
        array.counts[0] += up
        array.counts[1] += down
        return up, down

    def _stochastic(
        self, array: Array, x: Any, d: Any, rate: Any, smallest: Any, threads: int
    ) -> tuple[int, int]:
        rng = self._rngs[0]
        sample = 0
        up = 0
        down = 0
        most = _WORTH * 2 if threads > 1 else ALL
        while sample < len(x):
            knobs = sample, most, rate, smallest, self.bl_max, self._drawn, rng
            sample, u, v, waiting = call_kernel(
                update_batch, array.rule, array, x, d, *knobs, variant=type(array.noise)
            )
            up += u
            down += v
            if waiting:
                u, v = self._apply_events(array, rng, threads)
                up += int(u)
                down += int(v)
                seek_normal(rng, self._drawn.normals[-1])
        return up, down

    def _apply_events(self, array: Array, rng: Rng, threads: int) -> Any:
        """Fire what was drawn, on as many threads as the pulses are worth."""
        before = self._drawn.pulses
        n = min(threads, int(before[-1]) // _WORTH)
        streams = [copied(rng) for _ in range(n)]
        cells = [list_of_cells() for _ in range(n)]
        edges = np.searchsorted(before, np.linspace(0, before[-1], _PARTS * n + 1))
        edges[0] = 0
        edges[-1] = self.n_in

        def block(k: int, worker: int) -> tuple[int, int]:
            lines = int(edges[k]), int(edges[k + 1])
            knobs = self.n_out, *lines, self._drawn, cells[worker], streams[worker]
            kind = type(array.noise)
            return call_kernel(apply_events, array.rule, array, *knobs, variant=kind)

        return shared(block, _PARTS * n, n)

    def _expected(
        self, array: Array, x: Any, d: Any, rate: Any, smallest: Any, threads: int
    ) -> tuple[int, int]:
        def block(k: int, _: int) -> tuple[int, int]:
            first, last = self._blocks[k]
            return expected_batch(
                array, x, d, first, last, rate, smallest, self.trains, self._rngs[k]
            )

        total = shared(block, len(self._blocks), threads)
        return int(total[0]), int(total[1])

    def _check(self, array: Array, x: Any, d: Any) -> None:
        for name, value, width in (("x", x, self.n_in), ("d", d, self.n_out)):
            if (
                value.dtype != np.float32
                or value.ndim != 2
                or value.shape[1] != width
                or len(value) != len(x)
            ):
                raise TrainingError(
                    f"{name} is {value.dtype} of shape {value.shape}; expected float32 of shape "
                    f"({len(x)}, {width})"
                )
            if not value.flags.c_contiguous:
                raise TrainingError(
                    f"{name} is not C-contiguous; pass numpy.ascontiguousarray({name})"
                )
        if self.n_in * self.n_out > len(array.weights):
            raise TrainingError(
                f"the tile has {self.n_in * self.n_out} cells; expected no more than the array's "
                f"{len(array.weights)}"
            )


def shared(block: Callable[[int, int], tuple[float, ...]], n: int, threads: int) -> Any:
    """Do ``block(k, worker)`` for each ``k`` below ``n``; return the sum.

    Whoever is free takes the next one, the caller among them: on a busy machine it does them all
    and waits for nobody.
    """
    remaining = deque(range(n))

    def work(worker: int) -> Any:
        total = np.zeros((), np.int64)
        while remaining:
            try:
                k = remaining.popleft()
            except IndexError:  # another was faster
                break
            total = total + np.asarray(block(k, worker))
        return total

    others = [_pool(threads).submit(work, worker) for worker in range(1, threads)]
    total = work(0)
    for other in others:
        if not other.cancel():
            total = total + other.result()
    return total


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix="acanthite-pulses")


# a forked child has the pools of its parent, and none of their threads
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


def copied(stream: Rng) -> Rng:
    """Return a stream of the same key, with numbers of its own."""
    return Rng(*(part.copy() for part in stream))
