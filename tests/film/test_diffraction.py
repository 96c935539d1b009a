import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import angstrom, celsius, degree, nm
from acanthite.errors import AnalysisError
from acanthite.film import Recipe, grow
from acanthite.film.diffraction import (
    SINGLET,
    Diffractometer,
    bragg_angle,
    fit_line,
    grain_from_width,
    measure,
    pattern,
    scherrer_width,
    singlet_neighbours,
)
from acanthite.parameters import AG2S


def test_the_singlet_falls_where_the_paper_sees_it():
    assert bragg_angle(SINGLET) / degree == pytest.approx(31.5, abs=0.05)


@pytest.mark.parametrize(("grain", "width"), [(8, 1.04), (22, 0.39), (60, 0.17)])
def test_scherrer_width(grain, width):
    assert scherrer_width(grain * nm, bragg_angle(SINGLET)) / degree == pytest.approx(
        width, abs=0.005
    )


@given(st.floats(3e-9, 60e-9))
def test_scherrer_inverts(grain):
    angle = float(bragg_angle(SINGLET))
    assert grain_from_width(float(scherrer_width(grain, angle)), angle) == pytest.approx(
        grain, rel=1e-6
    )


def test_a_line_no_wider_than_the_instrument_has_no_grain_size():
    assert grain_from_width(0.05 * degree, 0.55) == float("inf")


@settings(deadline=None, max_examples=20)
@given(st.floats(0.08, 0.8), st.floats(0.05, 0.95), st.floats(-0.2, 0.2))
def test_fit_recovers_a_known_line(width, fraction, offset):
    x = np.arange(28.5, 34.5, 0.02)
    u = 2 * (x - 31.5 - offset) / width
    line = fraction / (1 + u**2) + (1 - fraction) * np.exp(-np.log(2) * u**2)
    fit = fit_line(x * degree, 50 + 3 * x + 1000 * line)
    assert fit.width.value / degree == pytest.approx(width, rel=1e-3)
    assert fit.position.value / degree == pytest.approx(31.5 + offset, abs=1e-3)
    assert fit.height.value == pytest.approx(1000, rel=1e-2)


@pytest.mark.parametrize("anneal", [None, celsius(100), celsius(160)])
def test_fit_of_a_noisy_film_finds_its_width_within_errors(anneal):
    film = grow(Recipe(anneal_temperature=anneal))
    scan = measure(film, seed=3)
    fit = fit_line(
        scan.two_theta, scan.counts, float(bragg_angle(SINGLET)), neighbours=singlet_neighbours()
    )
    expected = float(scherrer_width(film.grain_size, bragg_angle(SINGLET)))
    assert fit.width.spread is not None
    assert abs(fit.width.value - expected) < 4 * fit.width.spread


def test_line_area_goes_with_thickness():
    angle = np.arange(25, 45, 0.01) * degree
    background = AG2S.value("xrd.background_counts")
    thin, thick = (
        (pattern(grow(Recipe(thickness=d * nm)), angle) - background).sum() for d in (50, 200)
    )
    assert thick / thin == pytest.approx(4, rel=0.02)


@given(st.floats(3e-9, 60e-9), st.floats(0, 5e-3), st.floats(0.2, 2.4))
def test_strain_broadens_more_at_higher_angles(size, strain, angle):
    machine = Diffractometer.of()
    plain, strained = machine.width(angle, size), machine.width(angle, size, strain)
    assert strained >= plain
    own = np.sqrt(strained**2 - machine.instrument_width(angle) ** 2)
    bare = np.sqrt(plain**2 - machine.instrument_width(angle) ** 2)
    assert own - bare == pytest.approx(4 * strain * np.tan(angle / 2), abs=1e-9)


def test_the_second_copper_line_stands_where_bragg_puts_it():
    doublet = Diffractometer(
        1.540593 * angstrom, second_wavelength=1.544427 * angstrom, second_share=0.5
    )
    assert doublet.second_angle(28.4419 * degree) / degree == pytest.approx(
        28.5136, abs=1e-3
    )  # silicon 111
    x = np.arange(20, 40, 0.005) * degree
    area = doublet.profiles(x, np.array([0.5]), np.array([0.002])).sum(0) * (x[1] - x[0])
    assert area[0] == pytest.approx(1.5, rel=0.02)


def test_caglioti_widths():
    machine = Diffractometer(1.54e-10, caglioti=(2e-6, -1e-6, 4e-6))
    assert machine.instrument_width(np.pi / 2) == pytest.approx(np.sqrt(2e-6 - 1e-6 + 4e-6))


def test_same_seed_same_counts():
    film = grow()
    assert measure(film, 5).identical(measure(film, 5))
    assert not measure(film, 5).identical(measure(film, 6))


def test_a_flat_or_sparse_scan_is_refused():
    x = np.arange(30, 33, 0.02) * degree
    with pytest.raises(AnalysisError, match="flat"):
        fit_line(x, np.ones_like(x))
    with pytest.raises(AnalysisError, match="only 3 points"):
        fit_line(x[:3], np.array([1.0, 2.0, 1.0]))
