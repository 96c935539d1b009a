import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from acanthite.constants import mV, nS, uS
from acanthite.crossbar.compute.converters import Converter
from acanthite.crossbar.compute.convolution import (
    compare,
    conductances,
    convolve,
    convolve_by_lookup,
    convolve_in_software,
    current_at,
    decode,
    lookup_tables,
    render,
    states,
)
from acanthite.crossbar.compute.effects import Effects, ReadNoise
from acanthite.crossbar.compute.images import photograph
from acanthite.crossbar.compute.kernels import (
    HORIZONTAL,
    KERNELS,
    VERTICAL,
    encode,
    on_array,
    program,
)
from acanthite.crossbar.compute.multiplier import AnalogMatrix
from acanthite.errors import AnalysisError, ImageError

LEVEL = 0.1 * mV
pictures = arrays(np.uint8, st.tuples(st.integers(3, 12), st.integers(3, 12)))


def sweeps(conductance, curvature=0.0, states=None):
    """There-and-back sweeps of devices over the read window."""
    ramp = np.linspace(-25.5 * mV, 25.5 * mV, 103)
    v = np.broadcast_to(np.concatenate([ramp, ramp[::-1]]), (len(conductance), 1, 206))
    g = np.asarray(conductance)[:, None, None]
    data = {
        "voltage": (("device", "cycle", "sample"), v),
        "current": (("device", "cycle", "sample"), g * v * (1 + curvature * v / (25.5 * mV))),
    }
    return xr.Dataset(data, {} if states is None else {"state": ("device", states)})


@settings(deadline=None)
@given(pictures, st.sampled_from(list(KERNELS)), st.floats(1e-6, 1e-3))
def test_a_linear_ideal_array_is_the_software_convolution(image, name, g):
    encoding = encode(KERNELS[name])
    tables = lookup_tables(sweeps(np.full(6, g)), encoding, LEVEL)
    values = decode(convolve_by_lookup(image, encoding, tables), tables[0, -1])
    np.testing.assert_allclose(values, convolve_in_software(image, KERNELS[name]), atol=1e-6)


@settings(deadline=None)
@given(pictures, arrays(float, 6, elements=st.floats(1e-6, 1e-3)))
def test_lookup_equals_direct_for_linear_devices_without_leakage(image, lrs):
    encoding = encode(VERTICAL)
    tables = lookup_tables(sweeps(lrs), encoding, LEVEL)
    looked_up = decode(convolve_by_lookup(image, encoding, tables), tables[0, -1])
    (whole,) = convolve(image, on_array(program(encoding, lrs, np.zeros(12)), encoding, LEVEL))
    np.testing.assert_allclose(looked_up, whole, rtol=1e-9, atol=1e-6 * lrs.max() / lrs[0])


def test_equal_leakage_cancels_in_pairs_but_for_the_partners_of_the_lrs():
    image = photograph()[:40, :40]
    encoding = encode(HORIZONTAL)
    array = on_array(program(encoding, np.full(6, 10 * uS), np.full(12, 1 * nS)), encoding, LEVEL)
    np.testing.assert_allclose(
        convolve(image, array)[0], convolve_in_software(image, HORIZONTAL), atol=1e-9
    )


def test_any_kernels_of_any_size_run_over_a_picture():
    image = photograph()[:30, :40]
    kernels = np.random.default_rng(0).normal(size=(4, 5, 7))
    matrix = AnalogMatrix(kernels.reshape(4, 35), array=(16, 4), dac=Converter(full_scale=255.0))
    values = convolve(image, matrix, (5, 7))
    assert values.shape == (4, 26, 34)
    for one, kernel in zip(values, kernels, strict=True):
        np.testing.assert_allclose(one, convolve_in_software(image, kernel), atol=1e-8)
    with pytest.raises(AnalysisError, match="the matrix has 35 inputs"):
        convolve(image, matrix)


def test_every_row_of_windows_is_a_read_of_its_own():
    image = np.full((5, 6), 200, np.uint8)
    array = on_array(program(encode(VERTICAL), np.full(6, 10 * uS), np.zeros(12)), encode(VERTICAL), LEVEL,
                     effects=Effects(noise=ReadNoise(0.01)), seed=3)  # fmt: skip
    values = convolve(image, array)
    np.testing.assert_array_equal(values, convolve(image, array))
    assert np.unique(values).size == values.size


def test_a_flat_picture_has_no_edges_and_a_step_has_one():
    encoding = encode(VERTICAL)
    tables = lookup_tables(sweeps(np.full(6, 10 * uS)), encoding, LEVEL)
    flat = np.full((9, 9), 130, np.uint8)
    assert np.abs(decode(convolve_by_lookup(flat, encoding, tables), tables[0, -1])).max() < 1e-6
    step = flat.copy()
    step[:, 5:] = 30
    values = decode(convolve_by_lookup(step, encoding, tables), tables[0, -1])
    np.testing.assert_allclose(values, np.tile([0, 0, 0, 300, 300, 0, 0], (7, 1)), atol=1e-6)


def test_negative_kernel_values_use_the_negative_branch():
    encoding = encode(VERTICAL)
    tables = lookup_tables(sweeps(np.full(6, 1e-5), curvature=0.1), encoding, LEVEL)
    for sign, table in zip(encoding.signs, tables, strict=True):
        assert table[-1] == pytest.approx(sign * 1e-5 * 25.5 * mV * (1 + 0.1 * sign))
        assert table[0] == pytest.approx(0.0, abs=1e-15)


def test_current_at_averages_the_two_ways():
    v = np.array([0.0, 1.0, 2.0, 1.0, 0.0])
    i = np.array([0.0, 1.0, 4.0, 3.0, 0.0])
    np.testing.assert_allclose(current_at([0.5, 1.0, 1.5], v, i), [1.0, 2.0, 3.0])


def test_a_sweep_too_short_is_refused():
    with pytest.raises(
        AnalysisError, match=r"covers -0.0255 to 0.0255 V, the pixels need 0 to 0.051 V"
    ):
        lookup_tables(sweeps(np.ones(6)), encode(VERTICAL), 2 * LEVEL)
    with pytest.raises(AnalysisError, match="5 LRS devices given, 6 needed"):
        lookup_tables(sweeps(np.ones(5)), encode(VERTICAL), LEVEL)


def test_conductances_and_states():
    recording = sweeps([3e-6, 1e-9, 5e-6], states=["LRS", "HRS", "LRS"])
    np.testing.assert_allclose(conductances(states(recording, "LRS")), [3e-6, 5e-6])
    np.testing.assert_allclose(conductances(states(recording, "HRS")), [1e-9])


def test_quality():
    image = photograph()
    edges = render(convolve_in_software(image, VERTICAL))
    same = compare(edges, edges)
    assert (same.rmse, same.ssim) == (0.0, pytest.approx(1.0))
    off = compare(np.clip(edges.astype(int) + 10, 0, 255).astype(np.uint8), edges)
    assert off.rmse == pytest.approx(10, abs=0.5)
    assert off.ssim < 1


def test_a_dead_reference_is_refused():
    with pytest.raises(AnalysisError, match="reference_current"):
        decode(np.ones(3), 0.0)


def test_only_pictures_of_one_shape_can_be_compared():
    picture = np.zeros((8, 9), np.uint8)
    with pytest.raises(ImageError, match=r"picture of shape \(8, 9\), truth of shape \(9, 8\)"):
        compare(picture, picture.T)
    with pytest.raises(ImageError, match="truth"):
        compare(picture, picture.astype(float))
