import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import angstrom, degree
from acanthite.errors import AnalysisError
from acanthite.film.crystal import RUTILE, SILICON, Atom, Crystal, acanthite, form_factor, powder
from acanthite.parameters import AG2S, Quantity
from acanthite.parameters.bibliography import references

REFERENCES = Path(__file__).parents[1] / "references"
COPPER = 1.540593 * angstrom
STILL = AG2S.replace({"xrd.displacement": Quantity(0.0, "m^2", "acanthite", "test", "assumed")})
CRYSTALS = {"acanthite": acanthite(STILL), "silicon": SILICON, "rutile": RUTILE}
indices = st.integers(-6, 6)


def line(crystal, *hkl):
    """Return 2theta [degrees] of planes."""
    return float(crystal.bragg_angle(hkl, COPPER)) / degree


# powder diffraction file cards 27-1402 (silicon) and 21-1276 (rutile), as printed in every handbook
@pytest.mark.parametrize(
    ("crystal", "hkl", "angle"),
    [
        (SILICON, (1, 1, 1), 28.442),
        (SILICON, (2, 2, 0), 47.303),
        (SILICON, (3, 1, 1), 56.121),
        (SILICON, (4, 0, 0), 69.130),
        (SILICON, (3, 3, 1), 76.377),
        (RUTILE, (1, 1, 0), 27.446),
        (RUTILE, (1, 0, 1), 36.085),
        (RUTILE, (1, 1, 1), 41.225),
        (RUTILE, (2, 1, 1), 54.322),
        (RUTILE, (2, 2, 0), 56.640),
    ],
)
def test_textbook_lines_stand_where_the_cards_have_them(crystal, hkl, angle):
    assert line(crystal, *hkl) == pytest.approx(angle, abs=0.02)


@pytest.mark.parametrize("name", CRYSTALS)
def test_powder_patterns_agree_with_an_independent_program(name):
    """pymatgen; see the script beside the table. Its form factors are others, and it knows no displacement."""
    with (REFERENCES / "powder_patterns.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["crystal"] == name]
    angle, intensity = (
        np.array([float(row[key]) for row in rows]) for key in ("two_theta_degrees", "intensity")
    )
    bare = CRYSTALS[name]
    bare = Crystal(
        name,
        bare.lengths,
        tuple(Atom(a.element, a.position) for a in bare.atoms),
        bare.angles,
        bare.operations,
    )
    ours = powder(bare, COPPER)
    strong = ours.intensity > 0.011
    for theirs, height in zip(angle, intensity, strict=True):
        near = int(np.argmin(np.abs(ours.two_theta / degree - theirs)))
        assert ours.two_theta[near] / degree == pytest.approx(theirs, abs=2e-4)
        assert ours.intensity[near] == pytest.approx(height, rel=0.05, abs=0.003)
    assert strong.sum() <= angle.size


def test_amplitudes_agree_with_an_independent_program():
    """gemmi; see the script beside the table."""
    path = REFERENCES / "acanthite_structure_factors.csv"
    h, k, l, d, amplitude = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)  # noqa: E741
    hkl = np.stack([h, k, l], 1)
    np.testing.assert_allclose(CRYSTALS["acanthite"].spacing(hkl), d * angstrom, rtol=1e-6)
    np.testing.assert_allclose(
        np.abs(CRYSTALS["acanthite"].structure_factor(hkl)), amplitude, rtol=1e-4
    )


@given(indices, indices, indices)
def test_space_group_p21n(h, k, l):  # noqa: E741
    """Systematic absences of P2_1/n (h0l: h + l odd; 0k0: k odd) and the Laue symmetry 2/m."""
    if (h, k, l) == (0, 0, 0):
        return
    factor = acanthite().structure_factor([(h, k, l), (-h, -k, -l), (h, -k, l)])
    np.testing.assert_allclose(np.abs(factor), abs(factor[0]), atol=1e-9)
    if (k == 0 and (h + l) % 2) or (h == 0 and l == 0 and k % 2):
        assert abs(factor[0]) < 1e-9


@given(indices, indices, indices)
def test_diamond_and_rutile_extinctions(h, k, l):  # noqa: E741
    if (h, k, l) == (0, 0, 0):
        return
    silicon, rutile = (abs(complex(c.structure_factor((h, k, l)))) for c in (SILICON, RUTILE))
    same_parity = h % 2 == k % 2 == l % 2
    if not same_parity or (h % 2 == 0 and (h + k + l) % 4):
        assert silicon < 1e-9
    if (k == 0 and (h + l) % 2) or (h == 0 and (k + l) % 2):
        assert rutile < 1e-9


def test_a_list_of_all_atoms_is_as_good_as_the_operations():
    cell = acanthite()
    atoms = tuple(
        Atom(atom.element, tuple(site), atom.displacement)
        for atom, sites in cell.sites()
        for site in sites
    )
    spelled = Crystal("spelled out", cell.lengths, atoms, cell.angles)
    assert len(atoms) == 12
    one, other = powder(cell, COPPER), powder(spelled, COPPER)
    np.testing.assert_array_equal(one.hkl, other.hkl)
    np.testing.assert_allclose(one.intensity, other.intensity, rtol=1e-9)


def test_cells_and_their_atoms():
    assert [len(sites) for _, sites in SILICON.sites()] == [8]
    assert [len(sites) for _, sites in RUTILE.sites()] == [2, 4]
    assert acanthite().volume / angstrom**3 == pytest.approx(226.82, abs=0.02)
    assert all(c.source in references() for c in (acanthite(), SILICON, RUTILE))


@pytest.mark.parametrize(
    ("element", "electrons"),
    [("silver", 47), ("sulphur", 16), ("silicon", 14), ("oxygen", 8), ("titanium", 22)],
)
def test_forward_scattering_counts_the_electrons(element, electrons):
    assert float(form_factor(element, 0.0)) == pytest.approx(electrons, rel=1e-3)


def test_equal_spacings_are_one_line():
    """333 and 511 of a cubic crystal cannot be told apart."""
    lines = powder(SILICON, COPPER, largest=100 * degree)
    assert [tuple(h) for h in lines.hkl][-3:] == [(3, 3, 1), (4, 2, 2), (5, 1, 1)]
    assert np.all(np.diff(lines.two_theta) > 0)
    assert line(SILICON, 5, 1, 1) == pytest.approx(line(SILICON, 3, 3, 3), rel=1e-12)


def test_a_spacing_below_half_the_wavelength_does_not_reflect():
    assert np.isnan(SILICON.bragg_angle((9, 9, 9), COPPER))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Crystal("x", (1e-10,) * 3, (), operations=("x, y",)), "expected three parts"),
        (
            lambda: Crystal("x", (1e-10,) * 3, (), operations=("x, y, w",)),
            "'w' is neither x, y, z nor a fraction",
        ),
        (lambda: Crystal("x", (1e-10, 1e-10, 0.0), ()), "span no cell"),
        (lambda: form_factor("silvr", 0.0), "did you mean 'silver'"),
    ],
)
def test_no_crystal_is_refused_in_one_line(make, message):
    with pytest.raises(AnalysisError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)
