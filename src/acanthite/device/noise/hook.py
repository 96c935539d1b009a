"""What a noise of devices must be able to do: the one thing the instrument asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from numpy.typing import NDArray


class CurrentNoise(Protocol):
    """Anything that makes the current of a device fluctuate.

    Examples
    --------
    A noise of one's own is any class with this method. Here a device whose current alternates by a
    tenth from sample to sample:

    >>> from dataclasses import replace
    >>> import numpy as np
    >>> class Alternating:
    ...     def factor(self, conductance, parameters, time, width, key):
    ...         return np.where(np.arange(time.size) % 2, 0.9, 1.1)
    >>> devices = replace(ac.device.VTEAM.sample(1, seed=1), noise=Alternating())
    >>> read = ac.measurement.Retention(read_voltage=5e-3, duration=1.0, points=4)
    >>> current = ac.measurement.run(devices, read).current.values.ravel()
    >>> print((current / current.mean()).round(2))
    [1.1 0.9 1.1 0.9]
    """

    def factor(
        self,
        conductance: NDArray,
        parameters: Mapping[str, float],
        time: NDArray,
        width: NDArray,
        key: tuple[int, int],
    ) -> NDArray:
        """Return what the current of one device is multiplied by, shape (sample,).

        Parameters
        ----------
        conductance : ndarray, shape (sample,)
            Current over voltage without noise; not a number where there is no voltage. [S]
        parameters : mapping of str to float
            Of the device's law, SI.
        time : ndarray, shape (sample,)
            When a sample ends. [s]
        width : ndarray, shape (sample,)
            How long the instrument averages for it. [s]
        key : tuple of int
            Seed of the population, and number of the device in it.
        """
        ...
