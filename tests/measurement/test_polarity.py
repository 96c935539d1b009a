"""The data say which pulses potentiate."""

import numpy as np
import pytest

from acanthite.measurement import potentiating_sign

RISING, FALLING = [1.0, 2.0, 3.0], [2.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("levels", "volts", "sign"),
    [
        (RISING + FALLING, [-1, -1, -1, 1, 1, 1], -1),
        (RISING + FALLING, [1, 1, 1, -1, -1, -1], 1),
        (FALLING + RISING, [1, 1, 1, -2, -2, -2], -1),
        ([np.nan, 2.0, 3.0, 2.0, np.nan, 1.0], [1, 1, 1, -1, -1, -1], 1),
        ([1.0] * 6, [1, 1, 1, -1, -1, -1], -1),
        (RISING, [1, 1, 1], -1),
        ([np.nan] * 4, [1, 1, -1, -1], -1),
    ],
)
def test_the_sign_that_raises_the_conductance_potentiates(levels, volts, sign):
    assert potentiating_sign(levels, volts) == sign
    assert potentiating_sign(np.tile(levels, (3, 2, 1)), volts) == sign
