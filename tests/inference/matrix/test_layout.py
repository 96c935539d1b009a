"""How arrays are driven and read is worked out once for each shape."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.crossbar import BitSlices, ColumnPairs, NormalisedPairs, OffsetColumn, RowPairs
from acanthite.inference import Chip
from acanthite.inference.matrix.layout import lay_out, wiring

MAPPINGS = (
    ColumnPairs(),
    RowPairs(),
    NormalisedPairs(),
    OffsetColumn(),
    BitSlices(bits=2, slices=3),
)


class Unhashable(ColumnPairs):
    """A mapping of one's own that nothing can be looked up by."""

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("mapping", [*MAPPINGS, Unhashable()], ids=lambda m: type(m).__name__)
def test_driving_and_reading_by_it_are_those_of_the_mapping(mapping):
    chip = Chip(cells="ideal", mapping=mapping)
    rng = np.random.default_rng(1)
    made = wiring(chip, 3, 5)
    x = rng.normal(size=(4, 5))
    np.testing.assert_array_equal(made.sign * x[:, made.source], mapping.drive(x))
    currents = rng.normal(size=(4, mapping.shape(3, 5)[1]))
    combined = (made.factor * currents[:, made.column]).sum(axis=1)
    np.testing.assert_allclose(combined, mapping.combine(currents), rtol=1e-12)


def test_it_is_shared_by_arrays_of_a_shape_and_nobody_can_change_it():
    chip = Chip(cells="ideal", rows=8, columns=8)
    _, tiles = lay_out(np.random.default_rng(2).normal(size=(8, 20)), chip)
    assert len(tiles) == 6
    assert len({id(tile.wiring) for tile in tiles}) == 2  # 8 rows, and the 4 that are left
    for part in vars(tiles[0].wiring).values():
        with pytest.raises(ValueError, match="read-only"):
            part[...] = 0


def test_more_slices_are_wired_in_more_terms():
    chips = [Chip(cells="ideal", mapping=BitSlices(bits=1, slices=n)) for n in (2, 3)]
    assert [wiring(chip, 2, 2).column.shape for chip in chips] == [(4, 2), (6, 2)]
