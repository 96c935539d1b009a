"""What one run of growth leaves behind."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.device.kmc.grains import GrainMap


class History(NamedTuple):
    """One run: its section, its events and how it ended."""

    grains: GrainMap  # row 0 at the top (Ag) electrode
    cells: NDArray[np.int64]  # row-major, rows counted from the driven electrode
    times: NDArray[np.float64]  # [s]
    bridged: bool
    metal: NDArray[np.uint8]
    potential: NDArray[np.float64]  # over the voltage
