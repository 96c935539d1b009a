r"""What cells do when nobody pulses them: they decay and diffuse, and a reset sets them back.

.. math:: w \to b + (w - b) e^{-t / \tau} + \rho \sqrt{t} \, N(0, 1)

at the same bounds that hold under pulses; a drift in powers of time is a matter of whole chips
(:mod:`acanthite.inference`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.arguments import check_fields, number
from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class RestingCells:
    """Cells drawn from a :class:`Rest`; one row stands for any number of cells that are alike.

    Parameters
    ----------
    rates : ndarray, shape (n_cells or 1,)
        Of decay. [1/s]
    targets : ndarray, shape (n_cells or 1,)
        What a cell decays to and is reset to. [1]
    diffusions : ndarray, shape (n_cells or 1,)
        Standard deviation after one second. [1/s^0.5]
    reset_noise : float
        Standard deviation of a weight after a reset. [1]

    Examples
    --------
    >>> import numpy as np
    >>> rest = ac.synapse.Rest(decay_rate=10.0)
    >>> cells = rest.cells(1, np.random.default_rng(1))
    >>> print(f"{float(cells.after(np.ones(1), 0.1, np.random.default_rng(2))[0]):.3f}")
    0.368
    """

    rates: NDArray[np.float64]
    targets: NDArray[np.float64]
    diffusions: NDArray[np.float64]
    reset_noise: float = 0.0

    def referred(self, reference: float | NDArray[Any], scale: float) -> RestingCells:
        """Return the same cells in network units, ``scale * (w - reference)``.

        Parameters
        ----------
        reference : float or ndarray, shape (n_cells,)
            Weight that is read as zero. [1]
        scale : float
            Network weight of one unit of ``w - reference``. [1]
        """
        return replace(
            self,
            targets=scale * (self.targets - np.asarray(reference, np.float64)),
            diffusions=scale * self.diffusions,
            reset_noise=scale * self.reset_noise,
        )

    def after(
        self, weights: NDArray[Any], seconds: float, generator: np.random.Generator
    ) -> NDArray[Any]:
        """Return weights after a time without pulses, bounds aside, shape (n_cells,). [1]

        Parameters
        ----------
        weights : ndarray, shape (n_cells,)
            [1]
        seconds : float
            [s]
        generator : numpy.random.Generator
        """
        kept = np.exp(-self.rates * seconds)
        rested = self.targets + (weights - self.targets) * kept
        if self.diffusions.any():
            normals = generator.standard_normal(len(weights))
            rested = rested + self.diffusions * np.sqrt(seconds) * normals
        return rested

    def reset(self, weights: NDArray[Any], generator: np.random.Generator) -> NDArray[Any]:
        """Return weights after a reset, bounds aside, shape (n_cells,). [1]

        Parameters
        ----------
        weights : ndarray, shape (n_cells,)
            Before; they are forgotten. [1]
        generator : numpy.random.Generator
        """
        return self.targets + self.reset_noise * generator.standard_normal(len(weights))


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Rest:
    r"""Decay, diffusion and reset of a device, in rates per second.

    Parameters
    ----------
    decay_rate : float
        :math:`1 / \tau` of the mean lifetime. [1/s]
    lifetime_spread : float
        Relative standard deviation of the lifetimes between cells. [1]
    target, target_spread : float
        :math:`b`, the weight cells decay and are reset to, and its standard deviation between
        cells. [1]
    diffusion : float
        :math:`\rho`: standard deviation of the weight after one second. [1/s^0.5]
    diffusion_spread : float
        Relative standard deviation of it between cells. [1]
    reset_noise : float
        Standard deviation of a cell's weight from reset to reset. [1]

    Raises
    ------
    ParameterError
        If one is negative, the target aside.

    Examples
    --------
    A capacitor that leaks to zero in a tenth of a second:

    >>> from acanthite.constants import uS
    >>> leaky = ac.synapse.ConstantStep(
    ...     size=0.02,
    ...     rest=ac.synapse.Rest(decay_rate=10.0),
    ...     conductance_min=1 * uS,
    ...     conductance_max=5 * uS,
    ... )
    >>> leaky.rest.decay_rate
    10.0
    """

    decay_rate: float = field(default=0.0, metadata={"unit": "1/s"})
    lifetime_spread: float = 0.0
    target: float = 0.0
    target_spread: float = 0.0
    diffusion: float = 0.0
    diffusion_spread: float = 0.0
    reset_noise: float = 0.0

    def __post_init__(self) -> None:
        number("rest: target", self.target, error=ParameterError)
        names = (
            "decay_rate",
            "lifetime_spread",
            "target_spread",
            "diffusion",
            "diffusion_spread",
            "reset_noise",
        )
        check_fields(self, "rest", names, least=0, error=ParameterError)

    @property
    def moves(self) -> bool:
        """Whether cells move between pulses; a reset alone is not of that kind."""
        return bool(self.decay_rate or self.diffusion)

    def cells(self, n: int, generator: np.random.Generator) -> RestingCells:
        """Draw ``n`` cells; one row if they are all alike.

        A lifetime drawn at zero or below is one of no time at all.

        Parameters
        ----------
        n : int
        generator : numpy.random.Generator
        """
        spreads = (self.lifetime_spread, self.target_spread, self.diffusion_spread)
        z = generator.standard_normal((3, n if any(spreads) else 1))
        lifetimes = np.maximum(1.0 + self.lifetime_spread * z[0], 1e-6)
        return RestingCells(
            rates=self.decay_rate / lifetimes,
            targets=self.target + self.target_spread * z[1],
            diffusions=np.abs(self.diffusion * (1.0 + self.diffusion_spread * z[2])),
            reset_noise=self.reset_noise,
        )
