"""3 x 3 edge kernels, and how memristors hold them: one kernel value in the difference of two devices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.errors import AnalysisError

VERTICAL = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
HORIZONTAL = VERTICAL.T.copy()
KERNELS = {"vertical": VERTICAL, "horizontal": HORIZONTAL}


@dataclass(frozen=True)
class Encoding:
    """A ternary kernel in differential pairs: +1 is (LRS, HRS), -1 is (HRS, LRS), 0 is (HRS, HRS).

    The first device of a pair is read with plus the pixel's voltage, the second with minus it; both feed the
    same column, so a pair carries v (G_first - G_second).

    Parameters
    ----------
    kernel : ndarray of int, shape (3, 3)
        Of -1, 0 and 1.
    lrs : ndarray of bool, shape (3, 3, 2)
        Which memristors are in the low-resistance state.
    """

    kernel: NDArray[np.int64]
    lrs: NDArray[np.bool_]

    @property
    def n_memristors(self) -> int:
        """How many memristors hold the kernel."""
        return self.lrs.size

    @property
    def n_lrs(self) -> int:
        """How many of them are in the low-resistance state."""
        return int(self.lrs.sum())

    @property
    def cells(self) -> NDArray[np.int64]:
        """Row and column of the kernel values the LRS devices stand for, in order, shape (n_lrs, 2)."""
        return np.argwhere(self.kernel != 0)

    @property
    def signs(self) -> NDArray[np.int64]:
        """Sign of the read voltage of each LRS device, which is that of its kernel value, shape (n_lrs,)."""
        return self.kernel[self.kernel != 0]


def encode(kernel: ArrayLike) -> Encoding:
    """Return how a kernel of -1, 0 and 1 is held by differential pairs.

    Raises
    ------
    AnalysisError
        If the kernel is not 3 x 3 or holds another value.
    """
    kernel = np.asarray(kernel)
    if kernel.shape != (3, 3) or not np.isin(kernel, (-1, 0, 1)).all():
        raise AnalysisError(
            f"kernel (={kernel.tolist()}) must be 3 x 3 of -1, 0 and 1: one pair of memristors holds no more"
        )
    kernel = kernel.astype(np.int64)
    return Encoding(kernel, np.stack([kernel == 1, kernel == -1], axis=-1))


def program(encoding: Encoding, lrs: ArrayLike, hrs: ArrayLike) -> NDArray[np.float64]:
    """Place measured devices on the kernel's memristors, in row order.

    Parameters
    ----------
    encoding : Encoding
    lrs, hrs : array_like, shape (>= n_lrs,) and (>= 18 - n_lrs,)
        Conductance of the devices in each state. [S]

    Returns
    -------
    ndarray, shape (3, 3, 2)
        Conductance of each memristor. [S]

    Raises
    ------
    AnalysisError
        If there are too few devices.
    """
    conductance = np.empty(encoding.lrs.shape)
    for name, devices, where in (("lrs", lrs, encoding.lrs), ("hrs", hrs, ~encoding.lrs)):
        devices, needed = np.asarray(devices, float).ravel(), int(where.sum())
        if devices.size < needed:
            raise AnalysisError(
                f"{name}: {devices.size} devices given, {needed} needed for the kernel; read more devices"
            )
        conductance[where] = devices[:needed]
    return conductance


def analogue_kernel(conductance: ArrayLike, encoding: Encoding) -> NDArray[np.float64]:
    """Return the kernel the memristors hold, in units of the (1, 1) memristor.

    Parameters
    ----------
    conductance : array_like, shape (3, 3, 2)
        [S]
    encoding : Encoding

    Returns
    -------
    ndarray, shape (3, 3)
        First less second of each pair, over the first LRS memristor: that of (1, 1) for the edge kernels. [1]
    """
    G = np.asarray(conductance, float)
    return (G[..., 0] - G[..., 1]) / G[encoding.lrs][0]
