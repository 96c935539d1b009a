import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import nm, um
from acanthite.errors import AnalysisError
from acanthite.film.roughness import (
    autocorrelation,
    average_roughness,
    correlation_length,
    level,
    root_mean_square,
    scan_wafer,
    surface,
)
from acanthite.random import generator


def test_roughness_of_a_known_profile():
    assert average_roughness([[1.0, -1.0], [3.0, -3.0]]) == 2.0
    wave = np.sin(2 * np.pi * np.arange(1000) / 1000)
    assert average_roughness(5 + wave) == pytest.approx(2 / np.pi, rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 50), st.floats(15, 200), st.integers(0, 1000))
def test_generated_surface_has_the_roughness_asked_for(roughness, correlation, seed):
    z = surface(roughness * nm, correlation * nm, 1 * um, 128, generator(seed, "test"))
    assert average_roughness(z) == pytest.approx(roughness * nm)
    assert abs(z.mean()) < 1e-6 * roughness * nm


def test_generated_surface_is_gaussian_and_correlated():
    z = surface(4 * nm, 40 * nm, 4 * um, 512, generator(1, "test"))
    assert z.std() / average_roughness(z) == pytest.approx(np.sqrt(np.pi / 2), rel=0.01)
    spectrum = np.abs(np.fft.fft2(z)) ** 2
    correlation = np.fft.ifft2(spectrum).real[0] / np.fft.ifft2(spectrum).real[0, 0]
    pixel = 4 * um / 512
    for lag in (1, 3, 5, 8):
        assert correlation[lag] == pytest.approx(
            np.exp(-((lag * pixel / (40 * nm)) ** 2)), abs=0.03
        )


def test_wafer_scan_repeats_and_stays_in_the_range():
    scan = scan_wafer(3, seed=2, points=128)
    assert scan.identical(scan_wafer(3, seed=2, points=128))
    values = [average_roughness(z) for z in scan.height]
    assert all(3 * nm <= v <= 4.5 * nm for v in values)
    assert len(set(values)) == 3


def test_a_map_too_small_is_refused():
    with pytest.raises(AnalysisError, match=r"correlation \(=1e-06 m\)"):
        surface(1 * nm, 1 * um, 2 * um, 64, generator(1, "test"))


def test_the_correlation_length_is_recovered():
    side, points = 2 * um, 256
    found = [
        correlation_length(
            surface(4 * nm, 40 * nm, side, points, generator(n, "test")), side / points
        )
        for n in range(10)
    ]
    assert np.mean(found) == pytest.approx(40 * nm, rel=0.03)
    assert np.std(found) < 0.1 * 40 * nm


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-50, 50))
def test_levelling_takes_off_any_plane(along_x, along_y, offset):
    z = surface(4 * nm, 40 * nm, 1 * um, 64, generator(3, "test"))
    y, x = np.indices(z.shape)
    tilted = z + (along_x * x + along_y * y + offset) * nm
    np.testing.assert_allclose(level(tilted), level(z), atol=1e-6 * nm)


def test_roughness_measures_agree_for_a_gaussian_surface():
    z = surface(4 * nm, 40 * nm, 4 * um, 256, generator(1, "test"))
    assert root_mean_square(z) / average_roughness(z) == pytest.approx(np.sqrt(np.pi / 2), rel=0.02)


def test_autocorrelation_falls_from_one():
    distance, correlation = autocorrelation(
        surface(1 * nm, 40 * nm, 2 * um, 128, generator(1, "test")), 2 * um / 128
    )
    assert correlation[0] == 1.0
    assert distance[0] == 0.0
    assert distance[-1] == pytest.approx(0.5 * um, rel=0.02)
    assert abs(correlation[-1]) < 0.2


@pytest.mark.parametrize(
    ("height", "message"),
    [
        (np.ones((16, 16)), "flat"),
        (np.ones(16), "shape"),
        (np.indices((32, 32))[0] * 1.0, "does not fall"),
    ],
)
def test_maps_without_a_correlation_length(height, message):
    with pytest.raises(AnalysisError, match=message):
        correlation_length(height, 1 * nm)
