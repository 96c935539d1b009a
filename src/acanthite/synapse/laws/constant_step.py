"""Constant step: the ideal device, linear and symmetric up to its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Cells, Synapse, check_draw


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class ConstantStep(Synapse):
    """Every pulse moves the weight by the same step, clipped at -1 and +1; all devices are alike.

    Parameters
    ----------
    size : float
        Step up and step down, in (0, 1). [1]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.ConstantStep(
    ...     size=0.02, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> synapse.n_states, float(synapse.step_up(0.5)), float(synapse.step_down(0.5))
    (100.0, 0.02, -0.02)
    """

    NAME: ClassVar[str] = "constant-step"

    size: float

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.size < 1:
            raise ParameterError(f"size = {self.size:g}; expected a step between 0 and 1")

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse. [1]"""
        return np.minimum(self.size, 1.0 - np.asarray(weight))

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse. [1]"""
        return -np.minimum(self.size, 1.0 + np.asarray(weight))

    @property
    def symmetry_point(self) -> float:
        """Every weight is one; the middle is returned. [1]"""
        return 0.0

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Return one row that stands for all ``n`` identical devices; nothing is drawn."""
        n = check_draw(n, generator)
        row = np.array([[-1.0, 1.0, self.size, 0.0, self.size, 0.0]], np.float32)
        return self.disturbed(Cells(row, self.pulse_noise), n, generator)
