"""Cells of several devices each, drawn from a unit cell: which devices a pulse goes to, and how
their weights add up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.synapse.base import Cells
from acanthite.synapse.rule import LOWER, UPPER

if TYPE_CHECKING:
    from numpy.typing import NDArray

POLICIES = ("all", "fixed", "in-turn", "random", "one-sided")
"""Which devices of a cell a pulse goes to: all; always the same one; one after another; one by
chance; the first where it is to go up and the second, up too, where it is to go down.
"""


@dataclass(frozen=True)
class Refresh:
    """How pairs of one-sided devices are kept from getting stuck.

    Parameters
    ----------
    every : int
        Updates of an array from one refresh to the next.
    upper, lower : float
        A pair is due where its larger device is above the one and its smaller above the other, as
        shares of the mean device's window. [1]
    most : int
        Pulses that a refresh may take.
    floor, ceiling : float
        Window of the mean device. [1]
    read_noise : float
        Standard deviation of a read of one device. [1]
    levels : ndarray, shape (n_devices,)
        What a reset leaves. [1]
    reset_noise : float
        Standard deviation of that from reset to reset. [1]
    """

    every: int
    upper: float
    lower: float
    most: int
    floor: float
    ceiling: float
    read_noise: float
    levels: NDArray[Any]
    reset_noise: float


@dataclass(frozen=True, kw_only=True)
class UnitCells(Cells):
    r"""Cells of several devices each, :math:`w = \sum_i \gamma_i w_i - r`.

    Of ``coefficients`` only the bounds, those of the sum, are of use.

    Parameters
    ----------
    devices : Cells
        Cell by cell, one row for each device.
    gamma : ndarray, shape (n_of_a_cell,)
        :math:`\gamma_i`. [1]
    reference : ndarray, shape (n_cells,)
        :math:`r`. [1]
    policy : str
        One of :data:`POLICIES`.
    first : int
        Which device is pulsed where it is always the same one.
    resting : ndarray, shape (n_cells, n_of_a_cell)
        Weights of the devices before anything is programmed. [1]
    held : bool
        Whether the cells begin at these, instead of programmed.
    refresh : Refresh, optional
        Of one-sided pairs.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import uS
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> cells = ac.synapse.VectorCell(base=device, devices=2).cells(3, np.random.default_rng(1))
    >>> cells.devices.coefficients.shape[0], cells.programmed(np.full(3, 0.5)).shape
    (6, (3, 2))
    """

    devices: Cells
    gamma: NDArray[np.float64]
    reference: NDArray[np.float64]
    policy: str
    first: int = 0
    resting: NDArray[np.float64]
    held: bool = False
    refresh: Refresh | None = None

    def referred(self, reference: float | NDArray[Any], scale: float) -> UnitCells:
        """Return the same devices in network units, ``scale * (w - reference)``.

        Parameters
        ----------
        reference : float or ndarray, shape (n_cells,)
            Weight that is read as zero. [1]
        scale : float
            Network weight of one unit of ``w - reference``. [1]
        """
        moved = scale * (self.reference + np.asarray(reference, np.float64))
        return with_bounds(replace(self, gamma=scale * self.gamma, reference=moved))

    def programmed(self, weights: NDArray[Any]) -> NDArray[np.float64]:
        """Return the weights of the devices of cells that are programmed, shape (n_cells,
        n_of_a_cell). [1]

        Parameters
        ----------
        weights : ndarray, shape (n_cells,)
            [1]
        """
        bounds = self._of_cells(self.devices.lower), self._of_cells(self.devices.upper)
        wanted = np.asarray(weights, np.float64) + self.reference
        return distributed(wanted, bounds, self.gamma, self.policy, self.first, self.resting)

    def holding(self, weights: NDArray[Any]) -> UnitCells:
        """Return the same cells, to begin programmed to weights, shape (n_cells,). [1]"""
        return replace(self, resting=self.programmed(weights), held=True)

    def total(self, levels: NDArray[Any]) -> NDArray[np.float64]:
        """Return the weights of cells, shape (n_cells,), from those of their devices. [1]"""
        return levels @ self.gamma - self.reference

    def steps(self, weight: Any) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the mean steps up and down (negative) of cells programmed to ``weight``, shape
        (n_cells,), bounds aside. [1]
        """
        levels = self.programmed(np.broadcast_to(np.asarray(weight, float), len(self.reference)))
        up, down = (self._of_cells(s) for s in self.devices.steps(levels.ravel()))
        return self._by_policy(up, down)

    def _by_policy(self, up: NDArray[Any], down: NDArray[Any]) -> tuple[Any, Any]:
        if self.policy == "one-sided":
            return self.gamma[0] * up[:, 0], self.gamma[1] * up[:, 1]
        if self.policy == "fixed":
            share = self.gamma[self.first]
            return share * up[:, self.first], share * down[:, self.first]
        parts = 1 if self.policy == "all" else len(self.gamma)
        return up @ self.gamma / parts, down @ self.gamma / parts

    @property
    def symmetry_points(self) -> NDArray[np.float32]:
        """Weight at which a step up and a step down cancel on average, shape (n_cells,). [1]

        Of one-sided pairs, whose steps cancel where both devices are alike, zero before any
        reference.
        """
        if self.policy == "one-sided":
            return (0.0 - self.reference).astype(np.float32)
        levels = self.resting.copy()
        points = self._of_cells(self.devices.symmetry_points)
        pulsed = [self.first] if self.policy == "fixed" else slice(None)
        levels[:, pulsed] = points[:, pulsed]
        return self.total(levels).astype(np.float32)

    def deviations(self, direction: int, weight: Any, step: Any) -> NDArray[Any]:
        """Return the standard deviation of a pulse's change, shape (n_cells,), bounds aside. [1]

        Parameters
        ----------
        direction : int
            0 of steps up, 1 of steps down.
        weight, step : ndarray, shape (n_cells,)
            Where the cells stand, programmed, and the mean change. [1]
        """
        levels = self.programmed(np.asarray(weight))
        side = 0 if self.policy == "one-sided" else direction
        means = self._of_cells(self.devices.steps(levels.ravel())[side])
        own = self._of_cells(self.devices.deviations(side, levels.ravel(), means.ravel()))
        if self.policy in ("one-sided", "fixed"):
            which = direction if self.policy == "one-sided" else self.first
            return np.abs(self.gamma[which]) * own[:, which]
        if self.policy == "all":
            return np.sqrt((self.gamma * own) ** 2 @ np.ones(len(self.gamma)))
        squares = (self.gamma**2 * (means**2 + own**2)).mean(axis=1)
        return np.sqrt(np.maximum(squares - np.asarray(step) ** 2, 0.0))

    def _of_cells(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of all devices, or one for all of them, by cell and device."""
        n = len(self.reference) * len(self.gamma)
        return np.broadcast_to(values, n).reshape(-1, len(self.gamma))


def unit_cells(
    devices: Cells,
    n: int,
    gamma: tuple[float, ...],
    policy: str,
    first: int = 0,
    refresh: Refresh | None = None,
) -> UnitCells:
    """Return ``n`` cells made of drawn devices.

    Parameters
    ----------
    devices : Cells
        Cell by cell; one row for all that are alike.
    n : int
    gamma, policy, first, refresh
        As in :class:`UnitCells`.
    """
    k = len(gamma)
    middle = np.clip(np.zeros(1), devices.lower, devices.upper)
    resting = np.broadcast_to(middle if refresh is None else refresh.levels, n * k)
    cells = UnitCells(
        np.zeros((n, devices.rule.n_coefficients), np.float32),
        devices.noise,
        devices.rule,
        devices=devices,
        gamma=np.array(gamma, np.float64),
        reference=np.zeros(n),
        policy=policy,
        first=first,
        resting=resting.reshape(n, k).astype(np.float64),
        refresh=refresh,
    )
    return with_bounds(cells)


def with_bounds(cells: UnitCells) -> UnitCells:
    """Return cells with the bounds of their sums, those of all devices together."""
    low = cells._of_cells(cells.devices.lower).astype(np.float64)
    high = cells._of_cells(cells.devices.upper).astype(np.float64)
    ends = np.stack((cells.gamma * low, cells.gamma * high))
    c = cells.coefficients.copy()
    c[:, LOWER] = ends.min(axis=0).sum(axis=1) - cells.reference
    c[:, UPPER] = ends.max(axis=0).sum(axis=1) - cells.reference
    return replace(cells, coefficients=c)


def distributed(
    wanted: NDArray[np.float64],
    bounds: tuple[NDArray[Any], NDArray[Any]],
    gamma: NDArray[np.float64],
    policy: str,
    first: int,
    resting: NDArray[Any],
) -> NDArray[np.float64]:
    """Return weights of devices, within bounds, whose sum is as near as can be to what is wanted.

    All devices of a cell get the same weight, and what one cannot hold goes to the next; where one
    alone is pulsed, only that is written. Of a one-sided pair one stays as a reset leaves it.

    Parameters
    ----------
    wanted : ndarray, shape (n_cells,)
        Sums, references aside. [1]
    bounds : tuple of ndarray, shape (n_cells, n_of_a_cell)
        Lower and upper.
    gamma, policy, first, resting
        As in :class:`UnitCells`.
    """
    if policy == "one-sided":
        return _of_pairs(wanted, bounds, gamma, resting)
    levels = np.array(resting, np.float64)
    order = range(first, first + 1)
    if policy != "fixed":
        levels[:] = (wanted / gamma.sum())[:, None]
        order = range(len(gamma))
    levels = np.clip(levels, *bounds)
    for k in order:
        missing = (wanted - levels @ gamma) / gamma[k]
        levels[:, k] = np.clip(levels[:, k] + missing, bounds[0][:, k], bounds[1][:, k])
    return levels


def _of_pairs(
    wanted: NDArray[np.float64],
    bounds: tuple[NDArray[Any], NDArray[Any]],
    gamma: NDArray[np.float64],
    resting: NDArray[Any],
) -> NDArray[np.float64]:
    """Return weights of one-sided pairs, of which no device is below what a reset leaves."""
    levels = np.clip(resting, *bounds).astype(np.float64)
    ahead = (wanted - levels @ gamma) / gamma[0]
    levels[:, 0] = np.minimum(levels[:, 0] + np.maximum(ahead, 0.0), bounds[1][:, 0])
    levels[:, 1] = np.minimum(levels[:, 1] + np.maximum(-ahead, 0.0), bounds[1][:, 1])
    return levels
