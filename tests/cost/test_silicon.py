"""The cost model against measured silicon: parts, totals, and widths held out."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "silicon.py"


def _script():
    spec = importlib.util.spec_from_file_location("silicon", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["silicon"] = module
    spec.loader.exec_module(module)
    return module


silicon = _script()


def test_every_part_at_every_measured_width_is_within_thirty_percent():
    assert silicon.largest_error(silicon.calibrate(list(silicon.MEASURED)), silicon.MEASURED) < 0.13


def test_three_numbers_are_calibrated_and_no_more():
    calibration = silicon.calibrate(list(silicon.MEASURED))
    assert len(vars(calibration)) == 3
    assert all(0.9 < factor < 1.3 for factor in (calibration.word_line, calibration.neuron))


@pytest.mark.parametrize("width", list(silicon.MEASURED))
def test_a_width_that_was_held_out_is_predicted_within_thirty_percent(width):
    others = [other for other in silicon.MEASURED if other != width]
    assert silicon.largest_error(silicon.calibrate(others), [width]) < 0.2


@pytest.mark.parametrize("width", list(silicon.MEASURED))
def test_efficiency(width):
    parts = silicon.calibrate(list(silicon.MEASURED)).energies(*width)
    assert 1e3 / sum(parts) == pytest.approx(silicon.MEASURED_TOPS_PER_WATT[width], rel=0.3)


def test_the_rows_are_every_width():
    done = subprocess.run([sys.executable, SCRIPT, "--json"], check=True, capture_output=True)
    rows = json.loads(done.stdout)["rows"]
    widths = {(row["output_bits"], row["input_bits"]) for row in rows}
    assert {(bits + 2, bits) for bits in range(1, 9)} <= widths
    assert all(row[f"{part}_femtojoule"] > 0 for row in rows for part in silicon.PARTS)
    assert sum(row["calibrated_on"] for row in rows) == 3


def test_costs_go_up_with_bits():
    calibration = silicon.calibrate(list(silicon.MEASURED))
    totals = [sum(calibration.energies(bits + 2, bits)) for bits in range(2, 9)]
    assert totals == sorted(totals)
