from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import mm, um
from acanthite.errors import LayoutError
from acanthite.parameters import AG2S
from acanthite.wafer import ArrayDesign, Rules, WaferDesign


def test_the_cell_is_the_papers():
    design = ArrayDesign(2, 3)
    assert design.cell == pytest.approx(5 * um)
    assert design.island_side > design.cell


def test_row_0_is_at_the_top_and_column_0_on_the_left():
    design = ArrayDesign(3, 2, pitch=20 * um)
    assert design.row_positions == pytest.approx([20 * um, 0.0, -20 * um])
    assert design.column_positions == pytest.approx([-10 * um, 10 * um])


@settings(deadline=None, max_examples=60)
@given(rows=st.integers(1, 200), columns=st.integers(1, 200), pitch=st.floats(12e-6, 300e-6))
def test_leads_end_on_pads_inside_the_die_and_run_at_45_degrees_at_most(rows, columns, pitch):
    design = ArrayDesign(rows, columns, pitch=pitch)
    for ends, along in zip(design.leads(), (0, 1), strict=True):
        run = np.abs(ends[:, 1] - ends[:, 0])
        assert np.all(run[:, 1 - along] <= run[:, along])
        assert np.all(np.abs(ends[:, 1]) <= 0.5 * np.array(design.die_size) - design.border)


def test_dies_lie_inside_the_edge_and_over_the_flat():
    wafer, size = WaferDesign(), (6 * mm, 4 * mm)
    dies = wafer.dies(size)
    corners = dies[:, None] + 0.5 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * size
    assert np.hypot(*corners.T).max() <= 45 * mm
    assert corners[..., 1].min() >= wafer.flat_height + 5 * mm
    area = np.pi * 45**2
    assert 0.75 * area < len(dies) * 24 < area


def test_dies_do_not_touch():
    dies = WaferDesign(street=0.2 * mm).dies((3 * mm, 3 * mm))
    gaps = np.abs(dies[:, None] - dies[None]).max(-1) + np.eye(len(dies))
    assert gaps.min() == pytest.approx(3.2 * mm)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 0}, r"rows = 0; expected a whole number from 1 to 4096"),
        ({"columns": 2.5}, r"columns = 2\.5; expected a whole number"),
        ({"pitch": 20}, r"pitch = 20; expected a positive length in metres, such as 5 \* um"),
        ({"cell": -1 * um}, r"cell = -1e-06; expected a positive length"),
        (
            {"island_margin": float("nan")},
            r"island_margin = nan; expected a length of zero or more",
        ),
    ],
)
def test_a_design_that_makes_no_sense_is_refused(changes, message):
    with pytest.raises(LayoutError, match=message):
        ArrayDesign(**{"rows": 2, "columns": 2, **changes})


def test_a_die_too_large_for_the_wafer_is_refused():
    with pytest.raises(LayoutError, match=r"a die of 80 x 80 mm does not fit on a wafer of 100 mm"):
        WaferDesign().dies((80 * mm, 80 * mm))


def test_a_wafer_that_is_all_edge_is_refused():
    with pytest.raises(LayoutError, match="leave nothing"):
        WaferDesign(edge_exclusion=60 * mm)


def test_parameters_of_ones_own_reach_design_rules_and_wafer():
    from dataclasses import replace

    keys = {"layout.pitch": 30 * um, "rules.space": 4 * um, "wafer.street": 0.5 * mm}
    mine = AG2S.replace({key: replace(AG2S[key], value=value) for key, value in keys.items()})
    assert ArrayDesign.of(mine, 2, 2).pitch == 30 * um
    assert ArrayDesign.of(mine, 2, 2, pitch=40 * um).pitch == 40 * um
    assert Rules.of(mine).space == 4 * um
    assert WaferDesign.of(mine).street == 0.5 * mm
