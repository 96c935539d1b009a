"""Linear steps of a population of cells, described as measurements of an array describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from acanthite.arguments import number
from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Cells, Synapse, check_draw
from acanthite.synapse.laws.population import spread_steps

_SPREADS = ("step_spread", "skew_spread", "slope_spread", "lower_spread", "upper_spread")


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class LinearPopulation(Synapse):
    r"""Steps given at one weight, the zero of the device, that shrink linearly to either side.

    .. math:: \Delta w_\uparrow = s_\uparrow (1 - a_\uparrow w / (1 - z)), \qquad
       \Delta w_\downarrow = -s_\downarrow (1 + a_\downarrow w / (1 + z))

    Weights are read from the zero: bounds of the mean device are :math:`-1 - z` and :math:`1 - z`.

    Parameters
    ----------
    up, down : float
        :math:`s_\uparrow, s_\downarrow`, steps at zero, in (0, 1). [1]
    up_slope, down_slope : float
        :math:`a_\uparrow, a_\downarrow`, share of a step that is lost on the way to the bound, from
        0 (constant steps) to 1 (soft bounds). [1]
    zero : float
        :math:`z`, where the zero lies in the window, from -1 to 1. [1]
    own_bounds : bool
        Whether a cell's steps shrink towards its own bounds; else towards those of the mean device.
    step_spread, skew_spread : float
        Standard deviation between cells of the steps' size, which up and down share, and of half
        their difference, over the larger mean step. [1]
    lognormal_steps : bool
        Whether the size is lognormal; else it is normal.
    slope_spread : float
        Standard deviation of the slopes between cells. [1]
    lower_spread, upper_spread : float
        Standard deviation of the bounds between cells, in ``w``. [1]
    own_reference : bool
        Whether each cell is read against its own symmetry point.
    reference_mean, reference_error : float
        Mean and standard deviation of what these references are beside it, in ``w``. [1]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.LinearPopulation(
    ...     up=0.1,
    ...     down=0.1,
    ...     up_slope=1.0,
    ...     down_slope=1.0,
    ...     conductance_min=1 * uS,
    ...     conductance_max=5 * uS,
    ...     step_spread=0.3,
    ...     own_bounds=True,
    ... )
    >>> print(f"{synapse.n_states:.0f} states, {float(synapse.step_up(0.5)):.3f} half way up")
    20 states, 0.050 half way up
    """

    NAME: ClassVar[str] = "linear-population"

    up: float
    down: float
    up_slope: float = 0.0
    down_slope: float = 0.0
    zero: float = 0.0
    own_bounds: bool = False
    step_spread: float = 0.0
    skew_spread: float = 0.0
    lognormal_steps: bool = False
    slope_spread: float = 0.0
    lower_spread: float = 0.0
    upper_spread: float = 0.0
    own_reference: bool = False
    reference_mean: float = 0.0
    reference_error: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("up", "down"):
            if not 0 < getattr(self, name) < 1:
                raise ParameterError(
                    f"{name} = {getattr(self, name):g}; expected a step between 0 and 1"
                )
        for name in ("up_slope", "down_slope"):
            number(name, getattr(self, name), least=-1, most=1, error=ParameterError)
        if not -1 < self.zero < 1:
            raise ParameterError(f"zero = {self.zero:g}; expected a weight between -1 and 1")
        for name in (*_SPREADS, "reference_error"):
            number(name, getattr(self, name), least=0, error=ParameterError)

    @property
    def bounds(self) -> tuple[float, float]:
        """Lower and upper bound of the mean device, from its zero. [1]"""
        return -1.0 - self.zero, 1.0 - self.zero

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse, stopped at the bound. [1]"""
        w = np.asarray(weight) + self._reference
        upper = self.bounds[1]
        step = self.up * np.maximum(1.0 - self.up_slope * w / upper, 0.0)
        return np.minimum(step, upper - w)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, negative, stopped at the
        bound. [1]
        """
        w = np.asarray(weight) + self._reference
        lower = self.bounds[0]
        step = -self.down * np.maximum(1.0 - self.down_slope * w / lower, 0.0)
        return np.maximum(step, lower - w)

    @property
    def _crossing(self) -> float:
        """Symmetry point of the mean device, from its zero."""
        lower, upper = self.bounds
        slope = self.up * self.up_slope / upper - self.down * self.down_slope / lower
        return (self.up - self.down) / slope if slope > 0 else 0.0

    @property
    def _reference(self) -> float:
        """What is taken off a weight, from the zero on."""
        return self._crossing + self.reference_mean if self.own_reference else 0.0

    @property
    def reference(self) -> float:
        """Where the weight zero lies in the window of the mean device. [1]"""
        return self.zero + self._reference

    @property
    def symmetry_point(self) -> float:
        """Weight at which up and down cancel; 0 for a law without one. [1]"""
        return self._crossing - self._reference

    def conductance(self, weight: Any) -> Any:
        """Return the conductance of ``weight``. [S]"""
        return super().conductance(np.asarray(weight) + self.reference)

    def weight(self, conductance: Any) -> Any:
        """Return the weight of ``conductance``. [1]"""
        return super().weight(conductance) - self.reference

    @property
    def noise_reference(self) -> float:
        """The zero of the device. [1]"""
        return -self._reference

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices; one row if they are all alike."""
        n = check_draw(n, generator)
        spread = any(getattr(self, name) for name in _SPREADS)
        rows = n if spread or self.reference_error else 1
        z = generator.standard_normal((7, rows))
        lower = -np.abs(self.bounds[0] + self.lower_spread * z[0])
        upper = np.abs(self.bounds[1] + self.upper_spread * z[1])
        up, down = spread_steps(
            self.up, self.down, self.step_spread, self.skew_spread, self.lognormal_steps, z[2:4]
        )
        up_slope = np.abs(self.up_slope + self.slope_spread * z[4])
        down_slope = np.abs(self.down_slope + self.slope_spread * z[5])
        ends = (lower, upper) if self.own_bounds else self.bounds
        columns = (lower, upper, up, up_slope * up / ends[1], down, -down_slope * down / ends[0])
        cells = Cells(np.ascontiguousarray(np.stack(columns, axis=1), np.float32), self.pulse_noise)
        cells = self.disturbed(cells, n, generator, reference=0.0)
        if not self.own_reference:
            return cells
        error = self.reference_mean + self.reference_error * z[6]
        return cells.referred(cells.symmetry_points + error, 1.0)
