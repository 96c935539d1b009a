"""Wires: the limits of the scattering laws, capacitances against exact maps, and the drawn lengths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from acanthite.constants import nm, um, vacuum_permittivity
from acanthite.crossbar import Crossbar
from acanthite.errors import LayoutError
from acanthite.parameters import AG2S
from acanthite.wafer import ArrayDesign, parasitics, thin_film_resistivity
from acanthite.wafer.layout.wires import (
    boundary_scattering,
    capacitance_over_plane,
    coupling_on_foil,
    surface_scattering,
)


@pytest.mark.parametrize("thickness", [10.0, 50.0, 300.0])
def test_surface_scattering_of_a_thick_film_is_sondheimers_limit(thickness):
    """rho / rho_0 = 1 + 3 (1 - p) / (8 kappa) for kappa >> 1."""
    for p in (0.0, 0.4):
        expected = 1 + 3 * (1 - p) / (8 * thickness)
        assert surface_scattering(thickness, p) == pytest.approx(
            expected, rel=0.2 / thickness**2 + 1e-6
        )


def test_surface_scattering_of_a_very_thin_film_is_sondheimers_limit():
    """rho / rho_0 = 4 / (3 kappa ln(1 / kappa)) for kappa << 1 and p = 0, which is reached slowly."""
    ratios = [
        surface_scattering(k, 0.0) / (4 / (3 * k * (math.log(1 / k) + 0.4228)))
        for k in (1e-3, 1e-4)
    ]
    assert ratios == pytest.approx([1.0, 1.0], rel=2e-3)


def test_mirrors_do_not_resist():
    assert surface_scattering(0.3, 1.0) == pytest.approx(1.0)
    assert boundary_scattering(0.3, 0.0) == 1.0


def test_boundary_scattering_has_its_limits():
    """1 + 3 alpha / 2 for few reflections, 4 alpha / 3 for many."""
    assert boundary_scattering(1.0, 1e-4) == pytest.approx(1 + 1.5e-4, rel=1e-7)
    alpha = 0.9 / 0.1 / 1e-4
    assert boundary_scattering(1e-4, 0.9) == pytest.approx(4 * alpha / 3, rel=1e-4)
    below, above = (boundary_scattering(1 / a, 0.5) for a in (99.9999, 100.0001))
    assert above == pytest.approx(below, rel=1e-5)  # closed form and series meet


def test_thin_metal_conducts_worse_than_thick():
    for metal in ("silver", "gold"):
        bulk = AG2S.value(f"wire.{metal}_resistivity")
        values = [thin_film_resistivity(metal, d * nm) for d in (20, 50, 200, 1e6)]
        assert np.all(np.diff(values) < 0)
        assert values[-1] == pytest.approx(bulk, rel=2e-3)
        assert 1.5 < values[1] / bulk < 3.0  # 50 nm evaporated Au and Ag, as usually measured


def test_a_wide_line_over_a_plane_has_kirchhoffs_fringe():
    """C / eps = w / h + (2 / pi) (1 + ln(pi w / h)) for a flat strip over a plane, from a conformal map."""
    for ratio in (30.0, 71.4, 100.0):
        exact = ratio + 2 / math.pi * (1 + math.log(math.pi * ratio))
        assert capacitance_over_plane(ratio, 0.0, 1.0) == pytest.approx(exact, rel=0.01)


def test_coupling_on_a_foil_against_the_charges_of_two_strips():
    """Method of moments: two strips held at +-1/2 V, their charge summed."""
    w, s, n = 5.0, 15.0, 200
    edges = 0.5 * w * (1 - np.cos(np.linspace(0, np.pi, n + 1)))
    left, right = edges - w - s / 2, edges + s / 2
    x0, x1 = (np.concatenate([left[i : n + i], right[i : n + i]]) for i in (0, 1))
    middle, width = (x0 + x1) / 2, x1 - x0

    def primitive(u):
        return u * np.log(np.abs(u)) - u

    a = -(primitive(x1[None] - middle[:, None]) - primitive(x0[None] - middle[:, None])) / (
        2 * np.pi
    )
    # total charge is zero: a constant potential is free
    system = np.block([[a, np.ones((2 * n, 1))], [width[None], np.zeros((1, 1))]])
    volts = np.concatenate([np.full(n, -0.5), np.full(n, 0.5), [0.0]])
    charge = np.linalg.solve(system, volts)[:-1]
    assert (charge * width)[n:].sum() == pytest.approx(coupling_on_foil(w, s), rel=2e-3)


def test_a_segment_is_sheet_resistance_times_squares():
    wires = parasitics(ArrayDesign(4, 6, pitch=25 * um))
    sheet = thin_film_resistivity("silver", 50 * nm) / (50 * nm)
    assert wires.word_line_resistance == pytest.approx(5 * sheet)
    assert wires.bit_line_resistance / wires.word_line_resistance == pytest.approx(
        wires.gold_resistivity / wires.silver_resistivity
    )
    assert wires.crossing_capacitance == pytest.approx(
        12 * vacuum_permittivity * (5 * um) ** 2 / (50 * nm)
    )


def test_leads_have_the_drawn_length():
    """A single line runs straight: from 3 + 10 um beyond the cell's middle to the edge of the pad."""
    array = ArrayDesign(1, 1)
    sheet = thin_film_resistivity("silver", 50 * nm) / (50 * nm)
    length = array.pad_distance[0] - 13 * um - 50 * um
    expected = sheet * (13 / 5 + length / (10 * um))
    assert parasitics(array).word_lead_resistance == pytest.approx([expected])


def test_outer_leads_are_longer():
    leads = parasitics(ArrayDesign(32, 32)).word_lead_resistance
    assert leads.argmin() in (15, 16, 14, 17)
    assert leads == pytest.approx(leads[::-1], rel=1e-9)


def test_on_a_foil_the_neighbour_takes_the_field_up():
    oxide, foil = (parasitics(ArrayDesign(4, 4), substrate=s) for s in ("silicon", "polyimide"))
    assert (foil.word_line_capacitance, foil.bit_line_capacitance) == (0.0, 0.0)
    assert foil.word_coupling > 50 * oxide.word_coupling
    assert oxide.word_coupling < 1e-3 * oxide.word_line_capacitance


def test_excess_electrolyte_leaks_and_its_removal_does_not():
    kept, removed = (parasitics(ArrayDesign(4, 4, continuous=c)) for c in (True, False))
    assert removed.leakage_conductance == 0.0
    assert kept.leakage_conductance == pytest.approx(0.1 * 50 * nm * 20 / 15)
    assert kept.word_line_capacitance < removed.word_line_capacitance


def test_delay_grows_with_the_square_of_the_length():
    small, large = (parasitics(ArrayDesign(1, n)) for n in (1, 400))
    assert small.word_line_delay() < large.word_line_delay() / 400
    assert small.segments == large.segments


def test_the_drawn_array_is_solved_with_its_leads():
    wires = parasitics(ArrayDesign(1, 1))
    total = wires.word_lead_resistance[0] + 1e3 + wires.bit_lead_resistance[0]
    found = Crossbar([[1e-3]], **wires.as_drawn()).solve([0.1])
    assert found.output_current == pytest.approx([0.1 / total], rel=1e-9)


@pytest.mark.long
def test_each_line_is_tied_where_its_pad_is():
    """Against nodal analysis written out: even word lines enter on the left, even bit lines leave at the top."""
    rows, columns = 3, 4
    wires = parasitics(ArrayDesign(rows, columns))
    G = np.random.default_rng(1).uniform(1e-5, 1e-3, (rows, columns))
    V = np.array([0.1, 0.2, 0.3])
    word = np.arange(rows * columns).reshape(rows, columns)
    bit = word + rows * columns
    a, b = np.zeros((2 * rows * columns,) * 2), np.zeros(2 * rows * columns)

    def join(i, j, g):
        a[i, i] += g
        a[j, j] += g
        a[i, j] -= g
        a[j, i] -= g

    for i, j in np.ndindex(rows, columns):
        join(word[i, j], bit[i, j], G[i, j])
        if j + 1 < columns:
            join(word[i, j], word[i, j + 1], 1 / wires.word_line_resistance)
        if i + 1 < rows:
            join(bit[i, j], bit[i + 1, j], 1 / wires.bit_line_resistance)
    for i in range(rows):
        node = word[i, 0 if i % 2 == 0 else -1]
        a[node, node] += 1 / wires.word_lead_resistance[i]
        b[node] += V[i] / wires.word_lead_resistance[i]
    feet = [bit[0 if j % 2 == 0 else -1, j] for j in range(columns)]
    a[feet, feet] += 1 / wires.bit_lead_resistance
    expected = np.linalg.solve(a, b)[feet] / wires.bit_lead_resistance
    assert Crossbar(G, **wires.as_drawn()).solve(V).output_current == pytest.approx(
        expected, rel=1e-9
    )


def test_lines_that_touch_and_unknown_substrates_are_refused():
    with pytest.raises(
        LayoutError, match=r"pitch = 5e-06 m; expected more than the width of a line"
    ):
        parasitics(ArrayDesign(2, 2, pitch=5 * um))
    with pytest.raises(
        LayoutError, match=r"substrate = 'glass'; expected 'silicon' or 'polyimide'"
    ):
        parasitics(ArrayDesign(2, 2), substrate="glass")  # type: ignore[arg-type]


def test_a_metal_or_thickness_that_is_not_there_is_refused():
    with pytest.raises(LayoutError, match="metal = 'copper'; expected silver or gold"):
        thin_film_resistivity("copper", 50 * nm)
    for thickness in (0.0, -50 * nm, float("nan"), "50 nm"):
        with pytest.raises(LayoutError, match=r"thickness = .*; expected a positive number"):
            thin_film_resistivity("gold", thickness)
