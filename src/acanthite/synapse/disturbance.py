"""What else happens to a cell: noise that does not shrink with the step, noise of what is read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.synapse.rest import RestingCells

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Disturbance:
    """Noise of cells beside that in proportion to a step.

    Parameters
    ----------
    offsets : ndarray of float32, shape (n_cells or 1, 2)
        Standard deviation of a step up and of one down at ``w = 0``, whatever its size. [1]
    slope : float
        What that grows by with the weight. [1]
    write_noise : float
        Standard deviation of what a read finds beside the weight; drawn anew by each pulse. [1]
    rest : RestingCells, optional
        What the cells do between pulses; nothing by default.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.ConstantStep(
    ...     size=0.02, additive_noise=0.5, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> disturbance = synapse.cells(1, np.random.default_rng(1)).disturbance
    >>> disturbance.offsets.tolist() == [[np.float32(0.01), np.float32(0.01)]]
    True
    """

    offsets: NDArray[np.float32]
    slope: float = 0.0
    write_noise: float = 0.0
    rest: RestingCells | None = None

    def referred(self, reference: float | NDArray[Any], scale: float) -> Disturbance:
        """Return it for the same cells in network units, ``scale * (w - reference)``.

        Parameters
        ----------
        reference : float or ndarray, shape (n_cells,)
            Weight that is read as zero. [1]
        scale : float
            Network weight of one unit of ``w - reference``. [1]
        """
        moved = self.slope * np.atleast_1d(np.asarray(reference, np.float64))[:, None]
        offsets = (scale * (self.offsets + moved)).astype(np.float32)
        rest = None if self.rest is None else self.rest.referred(reference, scale)
        return replace(self, offsets=offsets, write_noise=scale * self.write_noise, rest=rest)

    def deviations(self, direction: int, weight: Any) -> NDArray[Any]:
        """Return the standard deviation that is not in proportion to a step, shape (n,). [1]

        Parameters
        ----------
        direction : int
            0 of steps up, 1 of steps down.
        weight : ndarray, shape (n,)
            [1]
        """
        return np.maximum(self.offsets[:, direction] + self.slope * np.asarray(weight), 0.0)
