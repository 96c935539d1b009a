import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import nS, uS
from acanthite.crossbar import (
    IDEAL,
    SCHEMES,
    ConductanceRange,
    Wires,
    crosstalk,
    read_margin,
    select,
)
from acanthite.errors import CrossbarError

driven = st.sampled_from(["V/2", "V/3", "ground"])


@st.composite
def arrays(draw):
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    G = 10 ** np.random.default_rng(draw(st.integers(0, 999))).uniform(-9, -3, (n, m))
    return G, (draw(st.integers(0, n - 1)), draw(st.integers(0, m - 1)))


@settings(deadline=None)
@given(arrays(), driven, st.floats(-1, 1).filter(lambda v: abs(v) > 1e-3))
def test_without_wires_cells_see_what_the_scheme_says(array, bias, voltage):
    G, (i, j) = array
    seen = select(G, (i, j), voltage, bias, IDEAL).device_voltage / voltage
    row, column, rest = SCHEMES[bias].half_select
    expected = np.full(G.shape, rest)
    expected[i], expected[:, j] = row, column
    expected[i, j] = 1.0
    np.testing.assert_allclose(seen, expected, atol=1e-12)


def test_v2_leaves_half_and_v3_a_third():
    assert SCHEMES["V/2"].half_select == (0.5, 0.5, 0.0)
    np.testing.assert_allclose(SCHEMES["V/3"].half_select, (1 / 3, 1 / 3, -1 / 3))


@settings(deadline=None)
@given(arrays(), st.floats(0.1, 100))
def test_floating_lines_carry_nothing_and_the_power_balances(array, ohms):
    G, (i, j) = array
    found = select(G, (i, j), 0.3, "float", Wires(ohms, ohms, 10.0, 10.0))
    scale = G.max() * 0.3
    np.testing.assert_allclose(np.delete(found.input_current, i), 0.0, atol=1e-7 * scale)
    np.testing.assert_allclose(np.delete(found.output_current, j), 0.0, atol=1e-7 * scale)
    power = found.power
    assert power.delivered == pytest.approx(
        power.devices + power.word_lines + power.bit_lines, rel=1e-6
    )


def test_grounding_shuts_off_sneak_paths_and_nothing_else_does():
    cells, sizes = ConductanceRange(1 * nS, 100 * uS), (2, 16)
    grounded = read_margin(sizes, "ground", cells=cells, wires=IDEAL)
    np.testing.assert_allclose(grounded.margin, 1 - 1e-5)
    for bias in ("V/2", "V/3"):
        other = read_margin(sizes, bias, cells=cells, wires=IDEAL)
        assert (
            other.margin[1] < 0 < other.margin[0] + 1
        )  # the others on the bit line add more than the cell itself


def test_wires_limit_how_far_a_read_reaches():
    sizes = (4, 8, 16, 32, 64, 128)
    thin, thick = (read_margin(sizes, wires=Wires(r, r)) for r in (5.0, 0.5))
    assert (np.diff(thin.margin) < 0).all()
    assert thin.largest() < thick.largest()
    assert thin.largest(1.1) == 0
    np.testing.assert_array_equal(thin.off, read_margin(sizes, wires=Wires(5.0, 5.0)).off)


def test_what_does_not_exist_is_refused():
    G = np.ones((2, 3))
    with pytest.raises(
        CrossbarError, match="scheme 'v/2' is none of V/2, V/3, ground, float; did you mean 'V/2'"
    ):
        select(G, (0, 0), 1.0, "v/2")
    with pytest.raises(CrossbarError, match=r"cell \(2, 0\): the array is 2 x 3"):
        select(G, (2, 0), 1.0)
    for cell in ((-1, 0), (0, -1), (0.5, 0), (0, True), (0,), "no"):
        with pytest.raises(CrossbarError, match=r"cell .*: the array is 2 x 3; expected"):
            select(G, cell, 1.0)
    with pytest.raises(CrossbarError, match="at least 1"):
        read_margin([0])
    with pytest.raises(CrossbarError, match="lets lines float"):
        _ = SCHEMES["float"].half_select


@pytest.mark.parametrize("sizes", [[2.5], [4, 0], [], [float("nan")], ["x"], 4])
def test_sizes_are_whole_numbers(sizes):
    with pytest.raises(CrossbarError, match="sizes"):
        crosstalk(sizes, Wires(1.0, 1.0, word_leakage=1e-9), selected=1e-4, others=1e-6)
    if sizes != 4:
        with pytest.raises(CrossbarError, match="sizes"):
            read_margin(sizes)


@pytest.mark.parametrize("fraction", [2.0, -0.1, [0.5, 1.1], float("nan")])
@pytest.mark.parametrize("levels", [None, 4])
def test_cells_have_no_conductance_beyond_their_range(fraction, levels):
    cells = ConductanceRange(0.0, 1 * uS, levels)
    np.testing.assert_array_equal(cells.at([0.0, 1.0]), [0.0, 1 * uS])
    with pytest.raises(CrossbarError, match=r"cells: fraction .* expected from 0 to 1"):
        cells.at(fraction)
