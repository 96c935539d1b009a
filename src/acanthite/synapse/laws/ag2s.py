"""The Ag2S law in its own terms: rates of coverage and the width of a pulse."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.laws.linear_law import LinearLaw

if TYPE_CHECKING:
    from acanthite.device import Filament


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Ag2S(LinearLaw):
    r"""Soft bounds from the physics: coverage of the interface grows on free sites and dissolves
    from covered ones.

    With :math:`\dot m = \Gamma (1 - m)` under a negative pulse and :math:`\dot m = -k m` under a
    positive one, a pulse of width :math:`t_p` takes the share :math:`1 - e^{-\Gamma t_p}` of the
    way up, or :math:`1 - e^{-k t_p}` of the way down.

    Parameters
    ----------
    growth_rate, dissolution_rate : float
        :math:`\Gamma, k` at the voltage of the pulses. [1/s]

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> nominal = ac.device.Filament.from_film(film)
    >>> synapse = ac.synapse.Ag2S.from_filament(nominal, voltage=0.3)
    >>> up, down = float(synapse.step_up(0.0)), float(synapse.step_down(0.0))
    >>> print(f"up {up:.2f}, down {down:.2f}, {synapse.n_states:.0f} states")
    up 0.13, down -0.13, 16 states
    """

    NAME: ClassVar[str] = "ag2s"

    growth_rate: float = field(metadata={"unit": "1/s"})
    dissolution_rate: float = field(metadata={"unit": "1/s"})

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("growth_rate", "dissolution_rate"):
            if not getattr(self, name) > 0:
                raise ParameterError(
                    f"{name} = {getattr(self, name):g} 1/s; expected more than zero"
                )

    @classmethod
    def from_filament(
        cls, filament: Filament, voltage: float = 0.3, pulse_width: float = 1e-6, **others: Any
    ) -> Ag2S:
        """Return the law of the nominal device: its rates at a voltage, its window from the
        junction and the clusters.

        Parameters
        ----------
        filament : Filament
        voltage : float
            Magnitude of the write pulses. [V]
        pulse_width : float
            [s]
        **others
            Noise and spreads.
        """
        from acanthite.device.laws.filament import coverage_rates, junction_current

        p: Any = SimpleNamespace(**filament.values)
        state = SimpleNamespace(barrier_shift=0.0)
        low = junction_current(1e-3, 1.0, p) / 1e-3
        return cls(
            growth_rate=coverage_rates(state, -voltage, p)[0],
            dissolution_rate=coverage_rates(state, voltage, p)[1],
            conductance_min=low,
            conductance_max=low + p.cluster_conductance,
            pulse_voltage=voltage,
            pulse_width=pulse_width,
            **others,
        )

    @property
    def line(self) -> tuple[float, float, float, float]:
        """Offset and slope up, offset and slope down, of the mean device. [1]"""
        up = -math.expm1(-self.growth_rate * self.pulse_width)
        down = -math.expm1(-self.dissolution_rate * self.pulse_width)
        return up, up, down, down
