"""3 x 3 edge kernels, and how memristors hold them: a value in the difference of two devices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array, Integers, Mask
from acanthite.crossbar.compute.converters import Converter
from acanthite.crossbar.compute.mapping import NormalisedPairs
from acanthite.crossbar.compute.multiplier import AnalogMatrix
from acanthite.errors import AnalysisError
from acanthite.quantities import accepts_quantities

VERTICAL = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
HORIZONTAL = VERTICAL.T.copy()
KERNELS = {"vertical": VERTICAL, "horizontal": HORIZONTAL}


@dataclass(frozen=True)
class Encoding:
    """A ternary kernel in differential pairs: +1 is (LRS, HRS), -1 is (HRS, LRS), 0 is (HRS, HRS).

    The first device of a pair is read with plus the pixel's voltage, the second with minus it; both
    feed the same column, so a pair carries v (G_first - G_second).

    Parameters
    ----------
    kernel : ndarray of int, shape (3, 3)
        Of -1, 0 and 1.
    lrs : ndarray of bool, shape (3, 3, 2)
        Which memristors are in the low-resistance state.

    Examples
    --------
    >>> encoding = ac.crossbar.encode([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    >>> encoding.n_memristors, encoding.n_lrs, encoding.signs.astype(int).tolist()
    (18, 6, [1, -1, 1, -1, 1, -1])
    """

    kernel: Integers
    lrs: Mask

    @property
    def n_memristors(self) -> int:
        """How many memristors hold the kernel."""
        return self.lrs.size

    @property
    def n_lrs(self) -> int:
        """How many of them are in the low-resistance state."""
        return int(self.lrs.sum())

    @property
    def cells(self) -> Integers:
        """Row and column of the kernel value of each LRS device, in order, shape (n_lrs, 2)."""
        return np.argwhere(self.kernel != 0)

    @property
    def signs(self) -> Integers:
        """Sign of the read voltage of each LRS device: that of its kernel value, shape (n_lrs,)."""
        return self.kernel[self.kernel != 0]


def encode(kernel: ArrayLike) -> Encoding:
    """Return how a kernel of -1, 0 and 1 is held by differential pairs.

    Raises
    ------
    AnalysisError
        If the kernel is not 3 x 3 or holds another value.

    Examples
    --------
    >>> encoding = ac.crossbar.encode([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    >>> encoding.lrs[0].tolist()  # +1 is (LRS, HRS), 0 is (HRS, HRS), -1 is (HRS, LRS)
    [[True, False], [False, False], [False, True]]
    """
    kernel = np.asarray(kernel)
    if kernel.shape != (3, 3) or not np.isin(kernel, (-1, 0, 1)).all():
        raise AnalysisError(f"kernel (={kernel.tolist()}) must be 3 x 3 of -1, 0 and 1")
    kernel = kernel.astype(np.int64)
    return Encoding(kernel, np.stack([kernel == 1, kernel == -1], axis=-1))


@accepts_quantities
def program(encoding: Encoding, lrs: ArrayLike, hrs: ArrayLike) -> Array:
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

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import nS, uS
    >>> encoding = ac.crossbar.encode([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    >>> made = ac.crossbar.program(encoding, lrs=np.full(6, 100 * uS), hrs=np.full(12, 1 * nS))
    >>> (made[0] / uS).round(3).tolist()
    [[100.0, 0.001], [0.001, 0.001], [0.001, 100.0]]
    """
    conductance = np.empty(encoding.lrs.shape)
    for name, devices, where in (("lrs", lrs, encoding.lrs), ("hrs", hrs, ~encoding.lrs)):
        devices, needed = np.asarray(devices, float).ravel(), int(where.sum())
        if devices.size < needed:
            raise AnalysisError(
                f"{name}: {devices.size} devices given, {needed} needed for the kernel"
            )
        conductance[where] = devices[:needed]
    return conductance


@accepts_quantities
def on_array(
    conductance: ArrayLike, encoding: Encoding, volt_per_level: float, **effects: Any
) -> AnalogMatrix:
    """Return the array that holds a kernel: 18 memristors on a column, in units of pair (1, 1).

    Parameters
    ----------
    conductance : array_like, shape (3, 3, 2)
        From :func:`program`. [S]
    encoding : Encoding
    volt_per_level : float
        Read voltage of a grey level. [V]
    **effects
        Of :class:`~acanthite.crossbar.AnalogMatrix`: wires, effects, adc, seed.

    Returns
    -------
    AnalogMatrix
        Its ``held.reshape(3, 3)`` is the analogue kernel; :func:`acanthite.crossbar.convolve` runs
        it over a picture.

    Raises
    ------
    CrossbarError
        If the first pair holds nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import mV, nS, uS
    >>> encoding = ac.crossbar.encode([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
    >>> made = ac.crossbar.program(encoding, lrs=np.full(6, 100 * uS), hrs=np.full(12, 1 * nS))
    >>> matrix = ac.crossbar.on_array(made, encoding, 0.1 * mV)
    >>> matrix.held.reshape(3, 3).round(2)[0].tolist()
    [1.0, 0.0, -1.0]
    """
    return AnalogMatrix(
        encoding.kernel.reshape(1, 9).astype(float),
        NormalisedPairs(),
        array=(18, 1),
        made=np.asarray(conductance, float).reshape(18, 1),
        dac=Converter(full_scale=255.0),
        read_voltage=255 * volt_per_level,
        **effects,
    )
