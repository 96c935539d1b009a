import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from acanthite.crossbar.compute.kernels import HORIZONTAL, VERTICAL, encode, on_array, program
from acanthite.errors import AnalysisError

ternary = arrays(np.int64, (3, 3), elements=st.integers(-1, 1))


@pytest.mark.parametrize("kernel", [VERTICAL, HORIZONTAL])
def test_an_edge_kernel_is_18_memristors_6_of_them_lrs(kernel):
    encoding = encode(kernel)
    assert (encoding.n_memristors, encoding.n_lrs) == (18, 6)
    assert sorted(encoding.signs) == [-1, -1, -1, 1, 1, 1]


@given(ternary)
def test_first_less_second_is_the_kernel(kernel):
    lrs = encode(kernel).lrs
    np.testing.assert_array_equal(lrs[..., 0].astype(int) - lrs[..., 1], kernel)


@given(ternary.filter(np.any), st.floats(1e-6, 1e-3), st.floats(1e-12, 1e-9))
def test_identical_devices_hold_the_kernel(kernel, lrs, hrs):
    encoding = encode(kernel)
    G = program(encoding, np.full(18, lrs), np.full(18, hrs))
    np.testing.assert_allclose(on_array(G, encoding, 1e-4).held.reshape(3, 3), kernel, atol=1e-12)


def test_the_first_memristor_is_the_reference():
    encoding = encode(VERTICAL)
    G = program(encoding, np.array([2.0, 1.0, 3.0, 4.0, 5.0, 6.0]), np.zeros(12))
    np.testing.assert_allclose(
        on_array(G, encoding, 1e-4).held.reshape(3, 3), [[1, 0, -0.5], [1.5, 0, -2], [2.5, 0, -3]]
    )


@pytest.mark.parametrize("kernel", [np.zeros((2, 3)), [[2, 0, 0]] * 3, [[0.5, 0, 0]] * 3])
def test_a_kernel_pairs_cannot_hold_is_refused(kernel):
    with pytest.raises(AnalysisError, match="must be 3 x 3 of -1, 0 and 1"):
        encode(kernel)


def test_too_few_devices_are_refused():
    with pytest.raises(AnalysisError, match="hrs: 11 devices given, 12 needed"):
        program(encode(VERTICAL), np.ones(6), np.ones(11))
