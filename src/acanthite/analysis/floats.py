"""Input arrays of the analyses: masked entries count as missing, and values that are not numbers
are refused.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.errors import AnalysisError

Array = NDArray[np.float64]


def floats(values: ArrayLike, what: str = "values") -> Array:
    """Return values as floats, masked entries as not-a-number.

    Parameters
    ----------
    values : array_like
        Masked arrays keep their mask.
    what : str
        Their name, for the message.

    Returns
    -------
    ndarray
        Of the same shape.

    Raises
    ------
    AnalysisError
        If they are no real numbers, or rows of unequal length.
    """
    try:
        masked = np.ma.asarray(values)
        if masked.dtype.kind == "c":
            raise TypeError("they are complex")
        return np.asarray(np.ma.filled(masked.astype(float), np.nan))
    except (TypeError, ValueError) as error:
        raise AnalysisError(
            f"{what}: {' '.join(str(error).split())}; expected real numbers, in rows of one length"
        ) from None


def flags(values: ArrayLike, what: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return values as booleans, and which of them are known: not masked.

    Raises
    ------
    AnalysisError
        If one is neither true nor false.
    """
    x = floats(values, what)
    known = np.isfinite(x)
    if not np.isin(x[known], (0.0, 1.0)).all():
        odd = x[known][~np.isin(x[known], (0.0, 1.0))][0]
        raise AnalysisError(f"{what}: {odd:g} is neither true nor false")
    return np.where(known, x, 0.0).astype(bool), known
