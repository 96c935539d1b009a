"""Exponential steps of a population of cells, described as measurements of an array describe it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.arguments import number
from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Cells, check_draw
from acanthite.synapse.laws.exponential_step import ExponentialStep
from acanthite.synapse.laws.population import spread_steps
from acanthite.synapse.laws.pulse_law import LEAST_HALF
from acanthite.synapse.rule import N_COMMON

_SPREADS = ("step_spread", "skew_spread", "lower_spread", "upper_spread")


@accepts_quantities
@dataclass(frozen=True, kw_only=True, eq=False)
class ExponentialPopulation(ExponentialStep):
    r"""Steps of :class:`ExponentialStep` that do not grow with a cell's window: its width only says
    how fast they fall off.

    A cell at the distance :math:`u` from the zero of the device steps up by :math:`s_\uparrow
    \max(0, 1 - B_\uparrow e^{\gamma_\uparrow u / h})`, with half its window :math:`h` and the mean
    device's :math:`B_\uparrow = A_\uparrow e^{\gamma_\uparrow z}` at the zero; down likewise.

    Parameters
    ----------
    up, down, up_amplitude, down_amplitude, up_rate, down_rate
        As in :class:`~acanthite.synapse.ExponentialStep`.
    spread, lower_spread, upper_spread
        As in :class:`~acanthite.synapse.PulseLaw`; ``spread`` is of no use here.
    zero : float
        :math:`z`, where the zero lies in the window, from -1 to 1. [1]
    step_spread, skew_spread : float
        Standard deviation between cells of the steps' size, which up and down share, and of half
        their difference, over the larger mean step. [1]
    lognormal_steps : bool
        Whether the size is lognormal; else it is normal.
    noise_offset, noise_slope : float
        Standard deviation of every step at ``w = 0`` whatever its size, and what it grows by with
        the weight. [1]

    Examples
    --------
    >>> pcm = ac.synapse.literature("pcm").base
    >>> print(
    ...     f"first step {float(pcm.step_up(-1.0)):.2f}, last one {float(pcm.step_up(0.9)):.3f}"
    ... )
    first step 0.28, last one 0.012
    """

    NAME: ClassVar[str] = "exponential-population"

    zero: float = 0.0
    step_spread: float = 0.0
    skew_spread: float = 0.0
    lognormal_steps: bool = False
    noise_offset: float = 0.0
    noise_slope: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        number("zero", self.zero, least=-1, most=1, error=ParameterError)
        for name in ("step_spread", "skew_spread", "noise_offset"):
            number(name, getattr(self, name), least=0, error=ParameterError)
        if any(self.spread.values()):
            raise ParameterError(
                f"spread = {dict(self.spread)}; expected none: the cells of law {self.NAME!r} "
                "differ by step_spread, skew_spread and their bounds"
            )

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """Return what the function reads."""
        return ExponentialStep.parameter_names()

    @property
    def noise_line(self) -> tuple[float, float]:
        """Standard deviation of every step at ``w = 0``, and what it grows by with ``w``. [1]"""
        return self.noise_offset, self.noise_slope

    @property
    def noise_reference(self) -> float:
        """The zero of the device. [1]"""
        return self.zero

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices; one row if they are all alike."""
        n = check_draw(n, generator)
        self._check()
        rows = n if any(getattr(self, name) for name in _SPREADS) else 1
        z = generator.standard_normal((4, rows))
        lower = self.zero - np.abs(1.0 + self.zero + self.lower_spread * z[0])
        upper = self.zero + np.abs(1.0 - self.zero + self.upper_spread * z[1])
        half = np.maximum(0.5 * (upper - lower), LEAST_HALF)
        middle = 0.5 * (upper + lower)
        up, down = spread_steps(
            self.up, self.down, self.step_spread, self.skew_spread, self.lognormal_steps, z[2:]
        )
        shift = (middle - self.zero) / half + self.zero
        own = {
            "up": up,
            "down": down,
            "up_amplitude": self.up_amplitude * np.exp(self.up_rate * shift),
            "down_amplitude": self.down_amplitude * np.exp(-self.down_rate * shift),
        }
        parameters = [
            np.broadcast_to(own.get(name, mean), rows) for name, mean in self.means().items()
        ]
        ones = np.ones(rows)
        common = (lower, upper, -middle / half, ones, 1.0 / half)
        assert len(common) == N_COMMON
        columns = np.stack((*common, *parameters), axis=1).astype(np.float32)
        return self.disturbed(Cells(columns, self.pulse_noise, self.rule), n, generator)
