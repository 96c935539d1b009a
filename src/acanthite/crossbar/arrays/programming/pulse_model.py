r"""What a pulse will do to a cell, learnt while a map is written.

A controller sees reads only. Before and after each pulse they tell how far the cell moved, and ln
\|dG\| is regressed on the amplitude and on where the cell was, for all cells together (Bayesian
linear regression from a first guess), with an offset for each cell by itself: cells differ, and
stay different. The next amplitude is the one expected to take the cell to its target.
"""

from __future__ import annotations

import numpy as np

from acanthite.crossbar.array_types import Array, Mask, Shape

# of the features below: e-fold by e-fold, wherever the cell is
_PRIOR = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
_SPREAD = np.array([1.0, 0.3, 0.0, 1.0, 1.0, 1.0])
_BENT = 1.5  # of ln |dG| at the largest amplitude: how far from straight it may first be
_SCATTER = 0.1  # of ln |dG| between pulses of one cell
_CELL_SCATTER = 0.3  # of ln |dG| between cells
_MEMORY = 0.5  # weight of a cell's earlier pulses beside its last: events change it
_OUTLIER = 2.0  # of ln |dG|: what is farther off counts as so far
_LEAST_SIGNAL = 3.0  # expected change over its noise below which a pulse teaches nothing
_BLIND = 50.0  # keeps the exponential finite
_LEAST_CONDUCTANCE = 0.01  # over the highest
_GRID = 256


class PulseModel:
    """How cells answer to pulses of one sign.

    Parameters
    ----------
    shape : tuple of int
        Word lines and bit lines.
    start, change : float
        Amplitude [V] and the change of conductance [S] first expected of it.
    efold : float
        Growth of the amplitude over which the change is first expected to grow e-fold. [V]
    largest : float
        Amplitude. [V]
    highest : float
        Conductance of the map. [S]
    """

    def __init__(
        self,
        shape: Shape,
        *,
        start: float,
        change: float,
        efold: float,
        largest: float,
        highest: float,
    ) -> None:
        self._start = start
        self._change = change
        self._efold = efold
        self._highest = highest
        self._grid = np.linspace(min(start, largest) / 2, largest, _GRID)
        self._seen = np.zeros((*shape, _PRIOR.size + 1))
        self._weight = np.zeros(shape)
        spread = _SPREAD.copy()
        spread[2] = _BENT / self._powers(self._grid)[:, 2].max()
        self._precision = np.diag(spread**-2.0)
        self._moment = self._precision @ _PRIOR
        self._coefficients = _PRIOR

    def amplitude(self, row: int, conductance: Array, change: Array) -> Array:
        """Return amplitudes [V] that change cells of a row at conductances [S] by so much [S]."""
        by_amplitude, by_conductance = np.split(self._coefficients, [3])
        wanted = (
            np.log(change / self._change)
            - self._offset(row)
            - self._places(conductance) @ by_conductance
        )
        rising = np.maximum.accumulate(self._powers(self._grid) @ by_amplitude)
        return self._grid[np.minimum(np.searchsorted(rising, wanted), _GRID - 1)]

    def learn(
        self, row: int, chosen: Mask, amplitude: Array, before: Array, change: Array, noise: Array
    ) -> None:
        """Take in what pulses did to the chosen cells of a row; all arrays of shape (M,).

        Parameters
        ----------
        row : int
        chosen : ndarray of bool
        amplitude : ndarray
            [V]
        before, change : ndarray
            Conductance, and how far it went the right way. [S]
        noise : ndarray
            Standard deviation of a change as read. [S]
        """
        phi = self._features(amplitude, before)
        likely = phi @ self._coefficients + self._offset(row)
        off = np.log(np.maximum(change, noise) / self._change) - likely
        # noise by what was expected: what was read would choose its own noise
        blur = np.exp(np.minimum(2.0 * (np.log(noise / self._change) - likely), _BLIND))
        weight = 1.0 / (_SCATTER**2 + blur)
        seen = likely + np.clip(off, -_OUTLIER, _OUTLIER)
        both = weight[:, None] * np.concatenate([phi, seen[:, None]], axis=-1)
        memory = np.where(np.abs(off) < _OUTLIER, _MEMORY, 0.0)[chosen]
        self._seen[row, chosen] = memory[:, None] * self._seen[row, chosen] + both[chosen]
        self._weight[row, chosen] = memory * self._weight[row, chosen] + weight[chosen]
        trusted = chosen & (blur < 1.0 / _LEAST_SIGNAL**2)
        weighted = phi[trusted].T * weight[trusted]
        self._precision += weighted @ phi[trusted]
        self._moment += weighted @ seen[trusted]
        self._coefficients = np.linalg.solve(self._precision, self._moment)

    def _offset(self, row: int) -> Array:
        """Return how far ln |dG| of each cell of a row is from that of all cells, (M,)."""
        off = self._seen[row, :, -1] - self._seen[row, :, :-1] @ self._coefficients
        return off / (self._weight[row] + 1.0 / _CELL_SCATTER**2)

    def _features(self, amplitude: Array, conductance: Array) -> Array:
        return np.concatenate([self._powers(amplitude), self._places(conductance)], axis=-1)

    def _powers(self, amplitude: Array) -> Array:
        x = (amplitude - self._start) / self._efold
        return np.stack([np.ones_like(x), x, x * x], axis=-1)

    def _places(self, conductance: Array) -> Array:
        g = np.clip(conductance / self._highest, _LEAST_CONDUCTANCE, None)
        return np.stack([g, g * g, np.log(g)], axis=-1)
