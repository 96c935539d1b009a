"""All mappings alike: what is encoded is held, and an ideal array multiplies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from acanthite.constants import nS, uS
from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.crossbar.compute.mapping import (
    BitSlices,
    ColumnPairs,
    NormalisedPairs,
    OffsetColumn,
    RowPairs,
    held_weights,
    tile,
)
from acanthite.errors import CrossbarError

MAPPINGS = (
    ColumnPairs(),
    RowPairs(),
    NormalisedPairs(),
    OffsetColumn(),
    BitSlices(4, 8),
    BitSlices(4, 8, OffsetColumn()),
    BitSlices(2, 16, RowPairs()),
)
each = pytest.mark.parametrize("mapping", MAPPINGS, ids=repr)
shapes = st.tuples(st.integers(1, 9), st.integers(1, 9))
weights = arrays(float, shapes, elements=st.floats(-1, 1))
cells = st.builds(
    lambda low, ratio: ConductanceRange(low, low * ratio), st.floats(1e-9, 1e-6), st.floats(2, 1e6)
)


@each
@settings(deadline=None, max_examples=40)
@given(W=weights, cells=cells)
def test_what_is_encoded_is_held_exactly_by_analogue_cells(mapping, W, cells):
    G = mapping.encode(W, cells)
    assert G.shape == mapping.shape(*W.shape)
    assert (cells.lowest * (1 - 1e-12) <= G).all()
    assert (cells.highest * (1 + 1e-12) >= G).all()
    resolution = 1e-9 if isinstance(mapping, BitSlices) else 1e-14  # 32 bits hold 1.2e-10
    rounding = 4e-16 * cells.highest / cells.span * 100
    np.testing.assert_allclose(
        held_weights(mapping, G, cells), W, rtol=0, atol=resolution + rounding
    )


@each
@settings(deadline=None, max_examples=20)
@given(W=weights, levels=st.integers(3, 40))
def test_levels_cost_at_most_half_a_step(mapping, W, levels):
    if isinstance(mapping, BitSlices):
        mapping, levels = BitSlices(2, 3, mapping.base), 7
        half = 0.5 / (4**3 - 1)
    else:
        half = 0.5 / ((levels - 1) // 2 if isinstance(mapping, OffsetColumn) else levels - 1)
    cells = ConductanceRange(1 * nS, 100 * uS, levels)
    held = held_weights(mapping, mapping.encode(W, cells), cells)
    assert np.abs(held - W).max() <= half + 1e-12
    again = held_weights(mapping, mapping.encode(held, cells), cells)
    np.testing.assert_allclose(again, held, atol=1e-12)


@each
@settings(deadline=None, max_examples=20)
@given(W=weights, rows=st.integers(2, 12), columns=st.integers(40, 60))
def test_tiles_cover_every_weight_once_and_fit(mapping, W, rows, columns):
    count = np.zeros(W.shape, int)
    for outputs, inputs in tile(mapping, *W.shape, rows, columns):
        count[outputs, inputs] += 1
        needed = mapping.shape(outputs.stop - outputs.start, inputs.stop - inputs.start)
        assert needed[0] <= rows
        assert needed[1] <= columns
    assert (count == 1).all()


def test_the_paper_s_pairs():
    kernel = np.array([[1, 0, -1] * 3])
    low, high = 1 * nS, 100 * uS
    G = RowPairs().encode(kernel, ConductanceRange(low, high))
    one, zero, minus = [high, low], [low, low], [low, high]
    np.testing.assert_allclose(G[:, 0], (one + zero + minus) * 3)
    np.testing.assert_array_equal(RowPairs().drive(np.array([3.0, 5.0])), [3, -3, 5, -5])


def test_normalised_pairs_are_in_units_of_the_first_and_a_common_factor_drops_out():
    mapping, cells = NormalisedPairs(), ConductanceRange(0.0, 100 * uS)
    W = np.array([[1.0, 0.0, -0.5]])
    target = mapping.encode(W, cells)
    made = target * np.array([0.8, 1, 1, 1, 1, 1.2])[:, None]
    np.testing.assert_allclose(held_weights(mapping, made, cells, target), [[1, 0, -0.75]])
    np.testing.assert_allclose(held_weights(mapping, 0.7 * made, cells, target), [[1, 0, -0.75]])
    np.testing.assert_allclose(held_weights(RowPairs(), made, cells, target), [[0.8, 0, -0.6]])


def test_a_stuck_reference_is_refused():
    mapping, cells = NormalisedPairs(), ConductanceRange(1 * nS, 100 * uS)
    target = mapping.encode(np.array([[0.0, 1.0]]), cells)
    with pytest.raises(CrossbarError, match=r"reference pair \(2, 1\).* stuck"):
        mapping.unit(target, np.full_like(target, 1 * nS), cells)


def test_slices_are_digits():
    cells = ConductanceRange(0.0, 3 * uS, 4)
    W = np.array([[0b110001 / 63, -0b000110 / 63]])
    G = BitSlices(2, 3, ColumnPairs()).encode(W, cells) / uS
    np.testing.assert_allclose(G, [[1, 0, 0, 0, 3, 0], [0, 2, 0, 1, 0, 0]], atol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConductanceRange(2e-6, 1e-6), "highest = 1e-06; expected a number above 2e-06"),
        (lambda: ConductanceRange(1e-9, 1e-6, 1), "levels = 1"),
        (lambda: BitSlices(0, 3), "bits = 0"),
        (lambda: BitSlices(8, 7), "expected a number to 48"),
        (lambda: BitSlices(3, 2).encode(np.eye(2), ConductanceRange(0, 1e-6, 12)), "take 8 levels"),
        (lambda: OffsetColumn().encode(np.eye(2), ConductanceRange(0, 1e-6, 2)), "at least 3"),
        (lambda: ColumnPairs().encode([[2.0]], ConductanceRange(0, 1e-6)), "magnitudes up to 2.0"),
        (lambda: ColumnPairs().encode([[np.nan]], ConductanceRange(0, 1e-6)), "finite"),
        (lambda: ColumnPairs().encode([1.0], ConductanceRange(0, 1e-6)), r"shape \(1,\)"),
        (lambda: tile(RowPairs(), 3, 3, 1, 8), "needs at least 2 x 1"),
        (
            lambda: held_weights(RowPairs(), np.ones((3, 2)), ConductanceRange(0, 1e-6)),
            "multiple of 2",
        ),
    ],
)
def test_what_cannot_be_is_refused(make, message):
    with pytest.raises(CrossbarError, match=message):
        make()
