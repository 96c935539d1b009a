"""Pulse responses against NeuroSim's table and known curves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.analysis import label_of, pulse_response, shape_of
from acanthite.errors import AnalysisError
from acanthite.random import generator

# Entries of getParamA in MLP+NeuroSim V3.0 (github.com/neurosim/MLP_NeuroSim_V3.0, formula.cpp): label, normalised A.
TABLE = [
    (0.01, 126.268958),
    (0.02, 63.134314),
    (0.03, 42.089359),
    (0.05, 25.253264),
    (0.10, 12.625807),
]
TABLE += [(0.50, 2.519877), (8.98, 0.023336), (8.99, 0.023073), (9.00, 0.022810)]


def curve(label, x):
    a = shape_of(label)
    return x if np.isinf(a) else np.expm1(-x / a) / np.expm1(-1 / a)


@pytest.mark.parametrize(("label", "a"), TABLE)
def test_labels_of_neurosim(label, a):
    assert shape_of(label) == pytest.approx(a, abs=6e-7 if a < 1 else 1e-6 * a)
    assert shape_of(-label) == -shape_of(label)
    assert label_of(a) == pytest.approx(label, abs=1e-4)


@settings(max_examples=30)
@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(-9, 0), st.floats(-9, 0))
def test_noiseless_curves_come_back(up, down, low, span):
    x = np.linspace(0, 1, 51)
    g = 10.0**low + 10.0**span * curve(up, x), 10.0**low + 10.0**span * curve(down, x[::-1])
    found = pulse_response(*g)
    if 10.0 ** (span - low) < 1e-6:
        return  # the change is lost in the digits
    assert found.potentiation.label == pytest.approx(up, abs=1e-2)
    assert found.depression.label == pytest.approx(down, abs=1e-2)
    assert found.asymmetry == pytest.approx(abs(up - down), abs=2e-2)
    assert found.potentiation.range == pytest.approx(10.0**span, rel=1e-3)


def test_noise_and_states():
    rng, x = generator(1, "pulses"), np.linspace(0, 1, 101)
    noise = 0.02 * rng.standard_normal((40, 101))
    found = pulse_response(1 + curve(2.4, x) + noise, 1 + curve(-4.9, x[::-1]) + noise)
    assert found.potentiation.label == pytest.approx(2.4, abs=0.1)
    assert found.depression.label == pytest.approx(-4.9, abs=0.1)
    assert found.potentiation.level_noise == pytest.approx(0.02, rel=0.05)
    assert found.potentiation.step_noise == pytest.approx(0.02 * np.sqrt(2), rel=0.05)
    assert found.effective_states == pytest.approx(1 + 1 / 0.04, rel=0.06)
    assert found.dynamic_range == pytest.approx(2, rel=0.02)
    assert found.potentiation.deviation == pytest.approx(2.4 / 10.1, rel=0.05)
    assert "asymmetry" in str(found)


def test_a_linear_response_has_no_label():
    x = np.linspace(0, 1, 33)
    found = pulse_response(x, x[::-1])
    assert abs(found.potentiation.label) < 1e-3
    assert found.effective_states == 33


def test_what_is_no_response_is_refused():
    with pytest.raises(AnalysisError, match="potentiation: levels of shape \\(2,\\)"):
        pulse_response([1, 2], [2, 1, 0, 0])
    with pytest.raises(AnalysisError, match="depression: all levels are 1"):
        pulse_response([1, 2, 3, 4], [1, 1, 1, 1])
    with pytest.raises(AnalysisError, match="within -9 to 9"):
        shape_of(9.5)


@pytest.mark.filterwarnings("error")
def test_equal_steps_have_label_zero():
    np.testing.assert_array_equal(label_of([np.inf, -np.inf]), [0.0, 0.0])
    assert label_of(shape_of(0.0)) == 0.0
