"""Histories that ArC ONE's software saves, written here as its source writes them."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
import xarray as xr

from acanthite.errors import RecordingError
from acanthite.measurement import read, write
from acanthite.report.measured import Options, analyse

NAMES = [
    "Wordline",
    "Bitline",
    "Resistance",
    "Amplitude (V)",
    "Pulse width (s)",
    "Tag",
    "ReadTag",
    "ReadVoltage",
]
ROWS = [
    [1, 1, 10000.5, 0.5, 0, "S R", "R2", 0.5],
    [1, 1, 9000.0, -1.5, 1e-06, "P", "R2", 0.5],
    [1, 1, 8000.0, -1.25, 2e-06, "P", "R2", 0.25],
    [1, 2, 20000.0, 0.5, 0, "S R", "R2", 0.5],
    [1, 2, 19000.0, -1.5, 1e-06, "P", "R2", 0.5],
    [1, 2, 18000.0, -1.75, 1e-06, "P", "R2", 0.5],
    [3, 4, 77.0, "", "", "S R", "R2", 0.5],
]


def history(rows):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["Session1"], ["Mon Nov 29 12:00:00 2026"], NAMES, *rows])
    return stream.getvalue()


def test_nothing_of_a_history_is_lost(put):
    array, single = read(put("a.csv", history(ROWS)))
    assert array["device"].values.tolist() == ["W1B1", "W1B2"]
    assert array["word"].values.tolist() == [1, 1]
    assert array["bit"].values.tolist() == [1, 2]
    np.testing.assert_array_equal(
        array["conductance"].values[:, 0],
        1 / np.array([[10000.5, 9000, 8000], [20000, 19000, 18000]]),
    )
    np.testing.assert_array_equal(
        array["pulse_amplitude"].values[:, 0], [[0.5, -1.5, -1.25], [0.5, -1.5, -1.75]]
    )
    np.testing.assert_array_equal(
        array["pulse_width"].values[:, 0], [[0, 1e-6, 2e-6], [0, 1e-6, 1e-6]]
    )
    np.testing.assert_array_equal(array["read_voltage"].values[0, 0], [0.5, 0.5, 0.25])
    units = {name: variable.attrs["units"] for name, variable in array.data_vars.items()}
    assert units == {
        "conductance": "S",
        "pulse_amplitude": "V",
        "pulse_width": "s",
        "read_voltage": "V",
    }
    assert array["tag"].values[1, 0].tolist() == ["S R", "P", "P"]
    assert array["direction"].values.tolist() == [0, 1, 1]
    assert array.attrs["test"] == "Session1"
    assert array.attrs["instrument"] == "ArC ONE"
    assert single["device"].values.tolist() == ["W3B4"]


@pytest.mark.parametrize("format", ["netcdf", "csv", "parquet"])
def test_it_is_written_and_read_back(put, tmp_path, format):
    for recording in read(put("a.csv", history(ROWS))):
        write(recording, tmp_path / "out", format)
        xr.testing.assert_identical(read(tmp_path / "out")[0], recording)


def test_it_is_shown(put, tmp_path):
    result = analyse(put("lab/a.csv", history(ROWS)), tmp_path / "out", Options(replicates=19))
    assert [study.kind for study, _ in result.findings] == ["pulses", "pulses"]
    assert result.failed == ()


@pytest.mark.parametrize(("column", "cell", "message"), [
    (0, "", "does not say its word line and bit line"), (2, -5, "a resistance is -5"), (3, "x", "expected a number"),
])  # fmt: skip
def test_what_is_wrong_is_told(put, column, cell, message):
    rows = [list(row) for row in ROWS]
    rows[1][column] = cell
    with pytest.raises(RecordingError, match=message):
        read(put("a.csv", history(rows)))
