"""Devices at the crosspoints: any law, one state a cell, in time at the circuit's voltages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from acanthite import threads
from acanthite.constants import mV
from acanthite.crossbar.array_types import Array, Integers, Mask, Shape
from acanthite.errors import CrossbarError, LawError
from acanthite.random import stream_id

if TYPE_CHECKING:
    from acanthite.device import Devices


_LEAST_BLOCK = 1024  # cells below which a second thread costs more than it brings


_REASONS = {
    -1.0: "check that its rates are finite",
    -2.0: "too many steps or events: take a lower voltage or a shorter time",
}


@dataclass(frozen=True)
class Snapshot:
    """The states of cells and the random numbers they used; for :meth:`DynamicCells.restore`."""

    states: Array
    counts: Integers


class DynamicCells:
    """Devices at the crosspoints of an array, as fabricated until they are driven.

    Voltages are those of the top (Ag) electrode against the bottom one; which of the lines is which
    is up to the user.

    Parameters
    ----------
    devices : Devices
        One for each cell, in row order.
    shape : tuple of int
        Word lines and bit lines.
    tolerance : float
        Of a step of the integrator, relative to the scale of each state.

    Raises
    ------
    CrossbarError
        If there are not as many devices as cells.

    Examples
    --------
    >>> from acanthite.constants import mS, mV, ms
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> cells = ac.crossbar.DynamicCells(law.sample(2, seed=1), (1, 2))
    >>> last = cells.hold(-300 * mV, -300 * mV, 100 * ms)
    >>> [f"{g / mS:.1f} mS" for g in cells.conductance()[0]]
    ['4.9 mS', '5.3 mS']
    """

    def __init__(self, devices: Devices, shape: Shape, tolerance: float = 1e-3) -> None:
        if len(shape) != 2 or len(devices) != shape[0] * shape[1]:
            raise CrossbarError(
                f"devices: {len(devices)} for an array of shape {tuple(shape)}; expected one a cell"
            )
        self.devices = devices
        self.shape = int(shape[0]), int(shape[1])
        self.tolerance = tolerance
        law = devices.law
        n = len(devices)
        self._kernel = law.kernel()
        self._y = np.ascontiguousarray(devices.start().T)
        self._bounds = np.ascontiguousarray(devices.bounds().transpose(2, 0, 1))
        self._p = np.ascontiguousarray(devices.values, float)
        self._counts = np.zeros((n, 1), np.int64)
        self._stream = stream_id(f"{law.name}-events")
        self._pool: ThreadPoolExecutor | None = None
        self._members = np.ascontiguousarray(devices.members, np.int64)
        for i in range(n):
            key = (devices.seed, self._stream, int(self._members[i]))
            self._kernel.renew(self._y[i], self._p[i], key, self._counts[i], np.zeros(6))

    def __len__(self) -> int:
        return len(self.devices)

    def state(self, name: str) -> Array:
        """Return one state of every cell, shape (word lines, bit lines).

        Raises
        ------
        CrossbarError
            If the law has no such state.
        """
        names = self.devices.law.state_names
        if name not in names:
            raise CrossbarError(
                f"state {name!r} is none of law {self.devices.law.name!r}: {', '.join(names)}"
            )
        return self._y[:, names.index(name)].reshape(self.shape).copy()

    def current(self, voltage: ArrayLike) -> tuple[Array, Array]:
        """Return current [A] and differential conductance [S] at voltages, states frozen."""
        v = self._flat(voltage)
        current, slope = np.empty_like(v), np.empty_like(v)
        self._kernel.respond(self._y, self._p, v, current, slope)
        return current.reshape(self.shape), slope.reshape(self.shape)

    def conductance(self, voltage: float = 5 * mV) -> Array:
        """Return current over voltage [S] at a read voltage, as if it had just been applied."""
        return self.current(np.full(self.shape, voltage))[0] / voltage

    def hold(
        self, start: ArrayLike, stop: ArrayLike, duration: float, where: Mask | None = None
    ) -> Array:
        """Take cells from one voltage to another, linearly in time.

        Parameters
        ----------
        start, stop : array_like, shape (word lines, bit lines) or ()
            [V]
        duration : float
            [s]
        where : ndarray of bool, shape (word lines, bit lines), optional
            Cells for which time passes; all of them without it.

        Returns
        -------
        ndarray, shape (word lines, bit lines)
            Charge that flowed, zero in other cells. [C]

        Raises
        ------
        LawError
            If the law cannot be integrated.
        """
        first, last = self._flat(start), self._flat(stop)
        charge = np.zeros(len(self))
        which = np.arange(len(self)) if where is None else np.flatnonzero(where)
        n_blocks = max(1, min(threads.count(), len(which) // _LEAST_BLOCK))
        edges = np.linspace(0, len(which), n_blocks + 1).astype(int)
        blocks = [which[a:b] for a, b in pairwise(edges)]
        for i in self._run(blocks, first, last, duration, charge):
            if i >= 0:
                raise LawError(
                    f"law {self.devices.law.name!r}, cell {divmod(i, self.shape[1])}: the "
                    f"integrator got stuck from {first[i]:g} V to {last[i]:g} V in {duration:g} s; "
                    f"{_REASONS[float(charge[i])]}"
                )
        return charge.reshape(self.shape)

    def snapshot(self) -> Snapshot:
        """Return what the cells are now."""
        return Snapshot(self._y.copy(), self._counts.copy())

    def restore(self, snapshot: Snapshot, where: Mask | None = None) -> None:
        """Put cells, or those where a mask of shape (word, bit lines) is true, back."""
        which = slice(None) if where is None else np.flatnonzero(where)
        self._y[which], self._counts[which] = snapshot.states[which], snapshot.counts[which]

    def _flat(self, voltage: ArrayLike) -> Array:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(voltage, float), self.shape)).ravel()

    def _run(
        self, blocks: list[Integers], start: Array, stop: Array, duration: float, charge: Array
    ) -> list[int]:
        """Take blocks of cells through time, each on a thread; return the cell each is stuck at."""

        def hold(which: Integers) -> int:
            state = which, self._y, self._p
            limits = self._bounds, self.tolerance
            randomness = self.devices.seed, self._stream, self._members, self._counts
            work = np.zeros(self._kernel.WORK_SHAPE), np.zeros(6), charge
            return self._kernel.hold(*state, start, stop, duration, *limits, *randomness, *work)

        if len(blocks) == 1:
            return [hold(blocks[0])]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(threads.count())
        return list(self._pool.map(hold, blocks))
