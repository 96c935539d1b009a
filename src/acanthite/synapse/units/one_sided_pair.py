r"""Two devices that are only ever pulsed up: the one potentiates the weight, the other depresses it.

Both fill up on the way, so from time to time the devices are read. A pair whose larger one is
nearly full, and whose smaller one holds more than a little, is reset; then the one that was larger
is pulsed until the difference is back.

References
----------
.. [1] S. R. Nandakumar et al., *Front. Neurosci.* **14**, 406 (2020),
   :doi:`10.3389/fnins.2020.00406`.
.. [2] M. J. Rasch et al., *AICAS* (2021), :doi:`10.1109/AICAS51828.2021.9458494`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from acanthite.arguments import count, number
from acanthite.errors import ParameterError
from acanthite.synapse.base import Cells, check_draw
from acanthite.synapse.units.cells import Refresh, UnitCells, unit_cells
from acanthite.synapse.units.unit_cell import UnitCell


@dataclass(frozen=True, kw_only=True)
class OneSidedPair(UnitCell):
    r"""A pair of devices, :math:`w = \gamma (g^+ - g^-)`, that are pulsed up only.

    Parameters
    ----------
    base : Synapse
        The device; its steps down play no part. A reset leaves it at the target of its ``rest``, at
        its lower bound without.
    gamma : float
        :math:`\gamma`: a half makes the weight of a full device against an empty one 1. [1]
    refresh_every : int
        Samples from one refresh to the next; 0 for none.
    refresh_upper, refresh_lower : float
        A pair is due where its larger device is above the one and its smaller above the other share
        of the mean device's window. [1]
    refresh_pulses : int
        Most pulses that write a difference again; each is verified.

    Raises
    ------
    ParameterError
        If a number makes no sense, or the device has write noise, which a reset does not know of.

    Examples
    --------
    Phase-change memory is the literature's:

    >>> pair = ac.synapse.literature("pcm")
    >>> print(f"up {float(pair.step_up(0.0)):.2f}, down {float(pair.step_down(0.0)):.2f}")
    up 0.14, down -0.14
    """

    NAME: ClassVar[str] = "one-sided"

    gamma: float = 0.5
    refresh_every: int = 100
    refresh_upper: float = 0.75
    refresh_lower: float = 0.25
    refresh_pulses: int = 31

    def __post_init__(self) -> None:
        number("gamma", self.gamma, above=0, error=ParameterError)
        count("refresh_every", self.refresh_every, least=0, error=ParameterError)
        count("refresh_pulses", self.refresh_pulses, error=ParameterError)
        for name in ("refresh_upper", "refresh_lower"):
            number(name, getattr(self, name), least=0, most=1, error=ParameterError)
        if self.refresh_lower > self.refresh_upper:
            raise ParameterError(
                f"refresh_lower = {self.refresh_lower:g}; expected at most refresh_upper = "
                f"{self.refresh_upper:g}"
            )
        super().__post_init__()
        if self.base.write_noise:
            raise ParameterError(
                f"base: write_noise = {self.base.write_noise:g}; expected none in a one-sided pair, "
                "which is reset"
            )

    @property
    def gammas(self) -> tuple[float, ...]:
        """Share of each device's weight in the pair's. [1]"""
        return self.gamma, -self.gamma

    @property
    def _window(self) -> tuple[float, float]:
        """Weights of the mean device at its lowest and highest conductance. [1]"""
        ends = self.base.conductance_min, self.base.conductance_max
        low, high = (float(self.base.weight(end)) for end in ends)
        return low, high

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse on a fresh pair. [1]"""
        level = self._window[0] + np.maximum(np.asarray(weight), 0.0) / self.gamma
        return self.gamma * self.base.step_up(level)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse on a fresh pair. [1]"""
        return -self.step_up(-np.asarray(weight))

    @property
    def symmetry_point(self) -> float:
        """Zero: there the devices are alike. [1]"""
        return 0.0

    @property
    def step(self) -> float:
        """Mean step of a pair in use, its devices in the middle of their window. [1]"""
        return self.gamma * float(self.base.step_up(0.5 * sum(self._window)))

    def cells(self, n: int, generator: np.random.Generator) -> UnitCells:
        """Draw ``n`` pairs of devices with their spread.

        Parameters
        ----------
        n : int
        generator : numpy.random.Generator
            From :func:`acanthite.random.generator`.
        """
        n = check_draw(n, generator)
        devices = self.base.cells(2 * n, generator)
        return unit_cells(devices, n, self.gammas, "one-sided", refresh=self._refresh(devices, n))

    def _refresh(self, devices: Cells, n: int) -> Refresh:
        levels, reset_noise = devices.lower, 0.0
        if devices.disturbance is not None and devices.disturbance.rest is not None:
            rest = devices.disturbance.rest
            levels, reset_noise = rest.targets, rest.reset_noise
        levels = np.clip(np.broadcast_to(levels, 2 * n), devices.lower, devices.upper)
        low, high = self._window
        return Refresh(
            every=self.refresh_every,
            upper=self.refresh_upper,
            lower=self.refresh_lower,
            most=self.refresh_pulses,
            floor=low,
            ceiling=high,
            read_noise=self.base.read_noise,
            levels=levels,
            reset_noise=reset_noise,
        )
