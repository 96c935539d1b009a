from dataclasses import replace

import numpy as np
import pytest

from acanthite.constants import angstrom, celsius, degree, nm
from acanthite.errors import AnalysisError
from acanthite.film import Recipe, grow
from acanthite.film.crystal import SILICON, acanthite
from acanthite.film.diffraction import Diffractometer, fit_line, measure, powder_pattern
from acanthite.film.pattern_fit import fit_pattern, williamson_hall
from acanthite.random import generator

ANGLES = np.arange(25, 140, 0.05) * degree


def silicon(size, strain, seed=1, machine=None, shift=0.0):
    """Return counts of a silicon powder."""
    expected = powder_pattern(SILICON, ANGLES - shift, size, strain, machine)
    return generator(seed, "test").poisson(50 + 2000 * expected / expected.max())


@pytest.mark.parametrize(("size", "strain"), [(20, 0.0), (40, 0.002), (15, 0.004)])
def test_size_and_strain_of_silicon_are_told_apart(size, strain):
    fit = fit_pattern(ANGLES, silicon(size * nm, strain, shift=0.1 * degree), SILICON)
    assert abs(fit.size.value - size * nm) < 4 * fit.size.spread
    assert abs(fit.strain.value - strain) < 4 * fit.strain.spread
    assert fit.size.spread < 0.1 * fit.size.value
    assert fit.shift.value == pytest.approx(0.1 * degree, abs=4 * fit.shift.spread)
    assert fit.misfit == pytest.approx(1, abs=0.15)


@pytest.mark.long
@pytest.mark.parametrize("anneal", [None, celsius(160)])
def test_films_with_overlapping_lines(anneal):
    """Most errors are below one standard error, and none far above: 20 scans each."""
    film = replace(grow(Recipe(anneal_temperature=anneal)), microstrain=0.002)
    off = []
    for index in range(20):
        scan = measure(film, 7, index)
        fit = fit_pattern(scan.two_theta, scan.counts, acanthite())
        off.append(
            (
                (fit.size.value - film.grain_size) / fit.size.spread,
                (fit.strain.value - 0.002) / fit.strain.spread,
            )
        )
    off = np.abs(off)
    assert np.median(off) < 1.1
    assert off.max() < 4.5


def test_without_noise_the_fit_is_exact():
    angle = np.arange(25, 60, 0.02) * degree
    counts = 100 + 5000 * powder_pattern(acanthite(), angle, 20 * nm, 0.001) * 0.003
    fit = fit_pattern(angle, counts, acanthite())
    assert fit.size.value == pytest.approx(20 * nm, rel=0.01)
    assert fit.strain.value == pytest.approx(0.001, rel=0.03)
    np.testing.assert_allclose(fit.expected, counts, rtol=0.01)


def test_a_doublet_is_not_taken_for_strain():
    tube = Diffractometer(
        1.540593 * angstrom,
        (0, 0, (0.1 * degree) ** 2),
        second_wavelength=1.544427 * angstrom,
        second_share=0.5,
    )
    counts = silicon(40 * nm, 0.001, machine=tube)
    told, not_told = (
        fit_pattern(ANGLES, counts, SILICON, tube),
        fit_pattern(ANGLES, counts, SILICON),
    )
    assert abs(told.strain.value - 0.001) < 4 * told.strain.spread
    assert not_told.strain.value > told.strain.value
    assert not_told.misfit > told.misfit + 0.1


def test_williamson_hall_of_single_lines():
    counts = silicon(25 * nm, 0.003)
    whole = fit_pattern(ANGLES, counts, SILICON)
    lines = [
        fit_line(ANGLES, counts, near=angle)
        for angle in whole.lines.two_theta
        if angle < 130 * degree
    ]
    found = williamson_hall(lines)
    assert found.size.value == pytest.approx(25 * nm, rel=0.15)
    assert found.strain.value == pytest.approx(0.003, rel=0.15)


def test_what_cannot_be_fitted_is_refused():
    x = np.arange(30, 33, 0.02) * degree
    with pytest.raises(AnalysisError, match="no line of silicon between"):
        fit_pattern(x, np.sin(x) + 2, SILICON)
    with pytest.raises(AnalysisError, match="multiply by degree"):
        fit_pattern(x / degree, np.sin(x) + 2, SILICON)
    with pytest.raises(AnalysisError, match="flat"):
        fit_pattern(x, np.ones_like(x), SILICON)
    with pytest.raises(AnalysisError, match="at least 30"):
        fit_pattern(x[:5], x[:5], SILICON)
    with pytest.raises(AnalysisError, match="angles must rise"):
        fit_pattern(x[::-1], np.sin(x) + 2, SILICON)
    with pytest.raises(AnalysisError, match="at least 2"):
        williamson_hall([])
