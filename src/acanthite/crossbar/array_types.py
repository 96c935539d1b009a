"""The arrays of signatures."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Shape = tuple[int, int]  # word lines and bit lines
