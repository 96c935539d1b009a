import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from acanthite.crossbar.compute.converters import Converter
from acanthite.errors import CrossbarError

values = arrays(float, 20, elements=st.floats(-10, 10))


@given(values, st.integers(2, 16), st.floats(0.1, 20))
def test_signed_codes(v, bits, top):
    out = Converter(bits, top).convert(v)
    step = top / (2 ** (bits - 1) - 1)
    np.testing.assert_allclose(out / step, np.rint(out / step), atol=1e-6)
    inside = np.abs(v) <= top
    assert np.abs(out - v)[inside].max(initial=0) <= 0.5 * step * (1 + 1e-9)
    assert np.abs(out).max() <= top * (1 + 1e-12)
    np.testing.assert_allclose(np.abs(out[~inside]), top)
    np.testing.assert_allclose(Converter(bits, top).convert(-v), -out)
    np.testing.assert_allclose(Converter(bits, top).convert(out), out)


def test_an_unsigned_converter_of_8_bits_passes_every_grey_level():
    grey = np.arange(256.0)
    np.testing.assert_allclose(Converter(8, 255.0, signed=False).convert(grey), grey)
    np.testing.assert_array_equal(
        Converter(8, 255.0, signed=False).convert([-3.0, 300.0]), [0, 255]
    )


def test_without_a_resolution_it_only_clips_and_without_a_range_not_even_that():
    v = np.array([-3.0, 0.123, 3.0])
    np.testing.assert_array_equal(Converter(full_scale=1.0).convert(v), [-1, 0.123, 1])
    np.testing.assert_array_equal(Converter().convert(v, 1.0), v)
    np.testing.assert_array_equal(Converter(8).convert(np.zeros(3), 0.0), np.zeros(3))
    assert Converter(8, 1.0).clipped(v) == pytest.approx(2 / 3)
    assert Converter(8).clipped(v) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bits": 1}, "at least 2"),
        ({"bits": 2.5}, "whole number"),
        ({"bits": 8, "full_scale": 0.0}, "positive"),
    ],
)
def test_nonsense_is_refused(arguments, message):
    with pytest.raises(CrossbarError, match=message):
        Converter(**arguments)
