"""A chip that forgets: the truth at the start, and less of it later."""

import numpy as np
import pytest

import acanthite as ac
from acanthite.constants import nm
from acanthite.formatting import as_text
from acanthite.lab.views.chip import YEAR, chip_script, chip_view

pytest.importorskip("sklearn")


def test_ideal_cells_forget_nothing():
    view = chip_view({}, "ideal", "none")
    accuracies = {y for _, y in view.accuracy.points}
    assert len(accuracies) == 1
    assert max(y for _, y in view.error.points) < 1e-9
    assert min(accuracies) > 0.85


def test_drifting_cells_lose_their_weights_unless_drift_is_compensated():
    drifting = chip_view({}, "pcm", "none").error.points
    compensated = chip_view({}, "pcm", "global").error.points
    assert drifting[-1][1] > drifting[0][1]
    assert compensated[-1][1] < drifting[-1][1]


def test_times_a_model_says_nothing_about_are_left_out_and_named():
    view = chip_view({}, "reram-wan", "none")
    assert 0 < len(view.accuracy.points) < 10
    assert view.note


def test_the_cost_is_that_of_the_cost_room():
    chip = ac.inference.Chip(cells="pcm", rows=64, columns=32, compensation="global")
    cost = ac.cost.chip_cost("65-10", chip, ac.cost.ChipCircuits(node=45 * nm))
    rows = chip_view({"rows": 64, "columns": 32, "node": 45}, "pcm", "global").cost
    assert rows[0].value == as_text(cost.energy_joule, "J")
    assert rows[2].value == f"{cost.area_square_metre * 1e6:.3g} mm²"
    assert " to " in rows[0].basis


def test_the_lines_of_python_repeat_the_last_accuracy():
    names = {}
    exec(chip_script({"seed": 2}, "pcm", "global"), names)
    points = chip_view({"seed": 2}, "pcm", "global").accuracy.points
    assert names["year"] == YEAR
    assert names["accuracy"] == pytest.approx(points[-1][1], abs=0)
    assert np.isfinite(points).all()
