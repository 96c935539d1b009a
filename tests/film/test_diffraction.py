from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import angstrom, celsius, degree, nm
from acanthite.errors import AnalysisError
from acanthite.film import Recipe, grow
from acanthite.film.diffraction import (
    SINGLET,
    bragg_angle,
    fit_line,
    grain_from_width,
    measure,
    pattern,
    scherrer_width,
    singlet_neighbours,
    spacing,
    structure_factor,
)
from acanthite.parameters import AG2S, Quantity


def test_the_singlet_falls_where_the_paper_sees_it():
    assert bragg_angle(SINGLET) / degree == pytest.approx(31.5, abs=0.05)


@pytest.mark.parametrize(("grain", "width"), [(8, 1.04), (22, 0.39), (60, 0.17)])
def test_scherrer_width(grain, width):
    assert scherrer_width(grain * nm, bragg_angle(SINGLET)) / degree == pytest.approx(width, abs=0.005)


@given(st.floats(3e-9, 60e-9))
def test_scherrer_inverts(grain):
    angle = float(bragg_angle(SINGLET))
    assert grain_from_width(float(scherrer_width(grain, angle)), angle) == pytest.approx(grain, rel=1e-6)


def test_a_line_no_wider_than_the_instrument_has_no_grain_size():
    assert grain_from_width(0.05 * degree, 0.55) == float("inf")


@given(st.integers(-6, 6), st.integers(-6, 6), st.integers(-6, 6))
def test_space_group_p21n(h, k, l):  # noqa: E741
    """Systematic absences of P2_1/n (h0l: h + l odd; 0k0: k odd) and the Laue symmetry 2/m."""
    if (h, k, l) == (0, 0, 0):
        return
    factor = structure_factor([(h, k, l), (-h, -k, -l), (h, -k, l)])
    np.testing.assert_allclose(np.abs(factor), abs(factor[0]), atol=1e-9)
    if (k == 0 and (h + l) % 2) or (h == 0 and l == 0 and k % 2):
        assert abs(factor[0]) < 1e-9


def test_forward_scattering_counts_the_electrons():
    """4 Ag2S hold 4 (2 x 47 + 16) electrons."""
    f = AG2S.group("form_factor")
    per_atom = {a: f[f"{a}_c"] + sum(f[f"{a}_a{i}"] for i in range(1, 5)) for a in ("silver", "sulphur")}
    assert 4 * (2 * per_atom["silver"] + per_atom["sulphur"]) == pytest.approx(440, rel=1e-3)


def test_structure_factors_agree_with_gemmi():
    path = Path(__file__).parents[1] / "references" / "acanthite_structure_factors.csv"
    h, k, l, d, amplitude = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)  # noqa: E741
    hkl = np.stack([h, k, l], 1)
    np.testing.assert_allclose(spacing(hkl), d * angstrom, rtol=1e-6)
    still = AG2S.replace({"xrd.displacement": Quantity(0.0, "m^2", "acanthite", "test", "assumed")})
    np.testing.assert_allclose(np.abs(structure_factor(hkl, still)), amplitude, rtol=1e-4)


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
    fit = fit_line(scan.two_theta, scan.counts, float(bragg_angle(SINGLET)), neighbours=singlet_neighbours())
    expected = float(scherrer_width(film.grain_size, bragg_angle(SINGLET)))
    assert fit.width.spread is not None
    assert abs(fit.width.value - expected) < 4 * fit.width.spread


def test_line_area_goes_with_thickness():
    angle = np.arange(25, 45, 0.01) * degree
    background = AG2S.value("xrd.background_counts")
    thin, thick = ((pattern(grow(Recipe(thickness=d * nm)), angle) - background).sum() for d in (50, 200))
    assert thick / thin == pytest.approx(4, rel=0.02)


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
