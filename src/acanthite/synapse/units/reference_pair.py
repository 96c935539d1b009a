"""A device beside a reference of its own kind, which is programmed beforehand and never pulsed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from acanthite.arguments import number
from acanthite.errors import ParameterError
from acanthite.synapse.base import Cells, check_draw
from acanthite.synapse.units.unit_cell import UnitCell


@dataclass(frozen=True, kw_only=True)
class ReferencePair(UnitCell):
    r"""A pair of devices, :math:`w = w_1 - w_2`, of which only the first is pulsed.

    The second one, programmed as near to its goal as its own bounds let it, only moves the zero of
    the first: training on such pairs costs what training on the device costs.

    Parameters
    ----------
    base : Synapse
        The device.
    symmetric : bool
        Whether the reference is programmed to the symmetry point of the device it stands beside, so
        that a weight without drive rests at zero; else to the zero of the device.
    reference_mean, reference_error : float
        Mean and standard deviation of what it misses that by. [1]

    Raises
    ------
    ParameterError
        If a number makes no sense, or the device does not keep its weight.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.05, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> pair = ac.synapse.ReferencePair(base=device)
    >>> print(f"rests at {device.symmetry_point:.2f}, then at {pair.symmetry_point:.2f}")
    rests at 0.33, then at 0.00
    """

    NAME: ClassVar[str] = "reference"

    symmetric: bool = True
    reference_mean: float = 0.0
    reference_error: float = 0.0

    def __post_init__(self) -> None:
        number("reference_mean", self.reference_mean, error=ParameterError)
        number("reference_error", self.reference_error, least=0, error=ParameterError)
        super().__post_init__()
        if self.base.rest is not None:
            raise ParameterError(
                f"base: rest = {self.base.rest}; expected none: this reference keeps its weight. "
                "One that rests is VectorCell(gamma=(1, -1), update='fixed')"
            )

    @property
    def gammas(self) -> tuple[float, ...]:
        """Share of each device's weight in the pair's. [1]"""
        return 1.0, -1.0

    @property
    def reference(self) -> float:
        """Weight of the mean device's reference. [1]"""
        point = self.base.symmetry_point if self.symmetric else 0.0
        return point + self.reference_mean

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse. [1]"""
        return self.base.step_up(np.asarray(weight) + self.reference)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, negative. [1]"""
        return self.base.step_down(np.asarray(weight) + self.reference)

    @property
    def symmetry_point(self) -> float:
        """Weight of the mean pair at which up and down cancel. [1]"""
        return self.base.symmetry_point - self.reference

    @property
    def noise_reference(self) -> float:
        """Weight at which a device's step is what ``additive_noise`` is a multiple of. [1]"""
        return self.base.noise_reference - self.reference

    def conductance(self, weight: Any) -> Any:
        """Return the conductance of the device that is pulsed. [S]"""
        return self.base.conductance(np.asarray(weight) + self.reference)

    def weight(self, conductance: Any) -> Any:
        """Return the weight of a conductance of the device that is pulsed. [1]"""
        return self.base.weight(conductance) - self.reference

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` pairs of devices with their spread.

        Parameters
        ----------
        n : int
        generator : numpy.random.Generator
            From :func:`acanthite.random.generator`.
        """
        n = check_draw(n, generator)
        pulsed, still = (self.base.cells(n, generator) for _ in range(2))
        points = pulsed.symmetry_points if self.symmetric else np.zeros(1)
        error = self.reference_mean + self.reference_error * generator.standard_normal(n)
        goal = np.broadcast_to(points, n) + error
        written = np.clip(goal, still.lower, still.upper)
        # what its last write left beside it stays
        left = self.base.write_noise * generator.standard_normal(n)
        return pulsed.referred(written + left, 1.0)
