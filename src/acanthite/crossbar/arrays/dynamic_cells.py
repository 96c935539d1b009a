"""Devices at the crosspoints: any law, one state a cell, in time at the circuit's voltages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite import threads
from acanthite.constants import mV
from acanthite.errors import CrossbarError, LawError
from acanthite.random import stream_id

if TYPE_CHECKING:
    from acanthite.device import Devices

Array = NDArray[np.float64]

_LEAST_BLOCK = 1024  # cells below which a second thread costs more than it brings


_REASONS = {
    -1.0: "check that its rates are finite",
    -2.0: "too many steps or events: take a lower voltage or a shorter time",
}


@dataclass(frozen=True)
class Snapshot:
    """The states of cells and the random numbers they used; for :meth:`DynamicCells.restore`."""

    states: Array
    counts: NDArray[np.int64]


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

    def __init__(self, devices: Devices, shape: tuple[int, int], tolerance: float = 1e-3) -> None:
        if len(shape) != 2 or len(devices) != shape[0] * shape[1]:
            raise CrossbarError(
                f"devices: {len(devices)} for an array of shape {tuple(shape)}; expected one for "
                f"each cell: sample "
                f"{int(np.prod(shape))}"
            )
        self.devices = devices
        self.shape = int(shape[0]), int(shape[1])
        self.tolerance = tolerance
        law = devices.law
        n = len(devices)
        self._kernel = law.kernel()
        columns = [devices.resolve(s.initial, 0.0) for s in law.states]
        columns += [np.zeros(n)] * len(law.held)
        self._y = np.ascontiguousarray(np.array(columns).T)
        ends = [
            (
                devices.resolve(s.lower, -np.inf),
                devices.resolve(s.upper, np.inf),
                devices.resolve(s.scale, 1.0),
            )
            for s in law.states
        ]
        self._bounds = np.ascontiguousarray(np.array(ends).transpose(2, 1, 0))
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
        self,
        start: ArrayLike,
        stop: ArrayLike,
        duration: float,
        where: NDArray[np.bool_] | None = None,
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
        edges = np.linspace(0, len(which), self._n_blocks(len(which)) + 1).astype(int)
        work = [(which[a:b], first, last, duration, charge) for a, b in pairwise(edges)]
        stuck = self._run(work)
        for i in stuck:
            if i >= 0:
                why = _REASONS[float(charge[i])]
                raise LawError(
                    f"law {self.devices.law.name!r}, cell {divmod(i, self.shape[1])}: the "
                    f"integrator got stuck between "
                    f"{first[i]:g} V and {last[i]:g} V within {duration:g} s; {why}"
                )
        return charge.reshape(self.shape)

    def snapshot(self) -> Snapshot:
        """Return what the cells are now."""
        return Snapshot(self._y.copy(), self._counts.copy())

    def restore(self, snapshot: Snapshot, where: NDArray[np.bool_] | None = None) -> None:
        """Put cells, or those where a mask of shape (word, bit lines) is true, back."""
        which = slice(None) if where is None else np.flatnonzero(where)
        self._y[which], self._counts[which] = snapshot.states[which], snapshot.counts[which]

    def _flat(self, voltage: ArrayLike) -> Array:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(voltage, float), self.shape)).ravel()

    def _n_blocks(self, n: int) -> int:
        return max(1, min(threads.count(), n // _LEAST_BLOCK))

    def _run(self, work: list[tuple[NDArray[np.intp], Array, Array, float, Array]]) -> list[int]:
        """Take blocks of cells through time, each on a thread; return the cell each is stuck at."""
        if len(work) == 1:
            return [self._hold_block(*work[0])]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(threads.count())
        futures = [self._pool.submit(self._hold_block, *block) for block in work]
        return [future.result() for future in futures]

    def _hold_block(
        self, which: NDArray[np.intp], start: Array, stop: Array, duration: float, charge: Array
    ) -> int:
        state = which, self._y, self._p
        drive = start, stop, duration
        limits = self._bounds, self.tolerance
        randomness = self.devices.seed, self._stream, self._members, self._counts
        scratch = np.zeros(self._kernel.WORK_SHAPE)
        return self._kernel.hold(*state, *drive, *limits, *randomness, scratch, np.zeros(6), charge)
