"""How many threads to work on: a property of the machine, never of the result.

Same settings, same bits, for any number of threads; so the number lives here and not in the
settings.
"""

from __future__ import annotations

import math
import os
from contextlib import AbstractContextManager

__all__ = ["apply", "available", "count", "one_for_blas", "use"]

_chosen: int | None = None


def available() -> int:
    """Return how many cores this process may run on.

    Examples
    --------
    >>> ac.threads.available() >= 1
    True
    """
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def count() -> int:
    """Return how many threads kernels and pools use: what :func:`use` chose, else all cores.

    Without a choice, ``NUMBA_NUM_THREADS`` or, failing that, ``OMP_NUM_THREADS`` keeps them to
    fewer.

    Examples
    --------
    >>> ac.threads.use(3)
    >>> ac.threads.count()
    3
    >>> ac.threads.use(None)
    """
    return _chosen or int(min(available(), _allowed()))


def _allowed() -> int | float:
    """Return how many threads the environment allows; a list of OMP's is one a level, and the first
    is ours.
    """
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS"):
        value = os.environ.get(name, "").split(",")[0].strip()
        if value.isdecimal() and int(value) > 0:
            return int(value)
    return math.inf


def use(number: int | None) -> None:
    """Choose the number of threads; None goes back to all cores.

    Parameters
    ----------
    number : int or None
        At least 1. More than there are cores is allowed, and no faster.

    Raises
    ------
    ValueError
        If it is below 1.

    Examples
    --------
    >>> ac.threads.use(2)
    >>> ac.threads.count()
    2
    >>> ac.threads.use(None)
    """
    global _chosen
    if number is not None and number < 1:
        raise ValueError(f"threads={number}: expected at least 1")
    _chosen = number


def apply(most: int | None = None) -> int:
    """Give Numba's kernels :func:`count` threads, as far as it has them; return how many they got.

    Parameters
    ----------
    most : int, optional
        More would cost more than they bring: for small work.

    Examples
    --------
    >>> ac.threads.use(1)
    >>> ac.threads.apply()
    1
    >>> ac.threads.use(None)
    """
    import numba

    number = min(count(), numba.config.NUMBA_NUM_THREADS, count() if most is None else max(1, most))  # type: ignore[attr-defined]
    numba.set_num_threads(number)
    return number


def one_for_blas() -> AbstractContextManager[object]:
    """Keep BLAS to one thread inside a ``with``.

    On small matrices a second gives little, and where cores are busy with other work waiting for it
    costs a hundred times the product; and the bits would depend on how many there are.

    Examples
    --------
    >>> import numpy as np
    >>> with ac.threads.one_for_blas():
    ...     product = np.eye(2) @ np.eye(2)
    >>> float(product[0, 0])
    1.0
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")
