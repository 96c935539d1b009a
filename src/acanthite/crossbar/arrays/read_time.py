"""How fast an array is read, and how large it may be to be read in time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from acanthite.constants import mV
from acanthite.crossbar.arrays.transient import transient
from acanthite.crossbar.circuit.checks import conductances, count, number
from acanthite.crossbar.circuit.wires import Wires
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities


@accepts_quantities
def read_error(
    conductance: ArrayLike,
    wires: Wires,
    time: float,
    *,
    read_voltage: float = 5 * mV,
    tolerance: float = 3e-3,
) -> float:
    """Return how far off the currents of a read are after a time, over the largest ideal one.

    That is the worst from then to four times as late: a current on its way past the right one is
    not there yet.

    Parameters
    ----------
    conductance : array_like, shape (N, M)
        [S]
    wires : Wires
    time : float
        From the step of the drivers. [s]
    read_voltage : float
        Of every word line. [V]
    tolerance : float
        Of a step of the transient.

    Raises
    ------
    CrossbarError
        If no cell conducts, or a value is no positive number.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import fF, ns, uS
    >>> wires = ac.crossbar.Wires(driver_resistance=1e3, word_line_capacitance=1 * fF)
    >>> print(f"{ac.crossbar.read_error(np.full((8, 8), 2 * uS), wires, 1 * ns):.1%}")
    1.6%
    """
    G = conductances(conductance)
    number("time", time, above=0)
    word = np.full(G.shape[0], number("read_voltage", read_voltage, above=0))
    ideal = word @ G
    if not ideal.any():
        raise CrossbarError("conductance: zero everywhere, but errors are over the current")
    read = transient(G, wires, word, 4 * time, tolerance=tolerance)
    later = np.vstack([read.at(time), read.output_current[read.time > time]])
    return float(np.abs(later - ideal).max() / np.abs(ideal).max())


@accepts_quantities
def largest_array(
    wires: Wires,
    time: float,
    error: float,
    *,
    conductance: float | Callable[[int], ArrayLike] = 2e-6,
    limit: int = 1024,
) -> int:
    """Return the lines of the largest square array that reads within a time and an error, or 0.

    Parameters
    ----------
    wires : Wires
    time : float
        [s]
    error : float
        Of a column current, over the largest ideal one: unfinished charging and drops over the
        wires together.
    conductance : float or callable
        Of all cells, the worst case of drops; or a function from the number of lines to an array.
        [S]
    limit : int
        Lines at most.

    Raises
    ------
    CrossbarError
        If time or error is not positive.

    Examples
    --------
    >>> from acanthite.constants import fF, ns
    >>> wires = ac.crossbar.Wires(driver_resistance=1e3, word_line_capacitance=1 * fF)
    >>> ac.crossbar.largest_array(wires, time=1 * ns, error=0.009, limit=16)
    4
    """
    number("largest_array: time", time, above=0)
    number("largest_array: error", error, above=0)
    count("largest_array: limit", limit)

    def good(n: int) -> bool:
        G = conductance(n) if callable(conductance) else np.full((n, n), conductance)
        return read_error(G, wires, time) <= error

    return largest_size(good, limit, share=64)


def largest_size(good: Callable[[int], bool], limit: int, share: int | None = None) -> int:
    """Return the largest number up to a limit that is good, if all above a bad one are bad, or 0.

    Parameters
    ----------
    good : callable
    limit : int
    share : int, optional
        The number is right to one part in so many; exact without it.
    """
    low = 0
    high = 1
    while high <= limit and good(high):
        low, high = high, 2 * high
    high = min(high, limit + 1)
    while high - low > (1 if share is None else max(1, low // share)):
        middle = (low + high) // 2
        low, high = (middle, high) if good(middle) else (low, middle)
    return low
