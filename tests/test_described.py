"""Results in one line: values with units, and of arrays the range and the shape."""

import numpy as np
import pytest

from acanthite.crossbar import Bound, ReadMargin, Window
from acanthite.crossbar.circuit.solution import Power


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (Bound(voltage=1e-9, current=2.5e-15), "Bound(voltage=1 nV, current=2.5 fA)"),
        (
            Window(hrs=1e-9, lrs=1e-3, set_polarity=-1),
            "Window(hrs=1 nS, lrs=1 mS, set_polarity=-1)",
        ),
        (
            Power(np.array(2e-6), np.array(1e-6), np.array([1e-9, 2e-9]), np.array(0.0)),
            "Power(delivered=2 uW, devices=1 uW, word_lines=1 nW to 2 nW (2), bit_lines=0 W)",
        ),
        (
            ReadMargin(np.array([2, 4]), np.full((2, 3), 1e-6), np.full((2, 3), 1e-7), 1e-6),
            "ReadMargin(sizes=2 to 4 (2), on=1 uA (2 x 3), off=100 nA (2 x 3), margin=0.9 (2))",
        ),
    ],
)
def test_a_result_is_one_line_with_units(result, line):
    assert repr(result) == line
    assert line.isascii()
