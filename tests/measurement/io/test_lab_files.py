"""Real files, against what was written down by eye."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from acanthite.measurement import check_recording, read, read_folder

EXPECTED = tomllib.loads(
    (Path(__file__).parents[2] / "references" / "lab_files.toml").read_text(encoding="utf-8")
)
UNITS = {"voltage": "V", "current": "A", "time": "s"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_lab_file_reads_as_a_human_sees_it(lab_data, name):
    expected = EXPECTED[name]
    recordings = read(lab_data / name, **expected.get("hints", {}))
    assert len(recordings) == len(expected["records"])
    for recording, seen in zip(recordings, expected["records"], strict=True):
        check_recording(recording)
        assert dict(recording.sizes) == seen["sizes"]
        assert recording.attrs["kind"] == seen["kind"]
        assert recording.attrs["file"] == Path(name).name
        assert recording.attrs.get("test", "") == seen.get("test", "")
        assert recording.attrs.get("compliance") == seen.get("compliance")
        for key, value in seen.get("attrs", {}).items():
            assert recording.attrs[key] == value, key
        for place, index in (("first", 0), ("last", -1)):
            for variable, value in seen[place].items():
                found = (
                    recording
                    if variable != "resistance"
                    else {variable: 1 / recording["conductance"]}
                )
                assert found[variable].values.flat[index] == pytest.approx(
                    value, rel=1e-9, abs=0
                ), variable
        if seen["kind"] in ("sweep", "sampling"):
            assert {v: recording[v].attrs["units"] for v in UNITS} == UNITS
            assert np.isfinite(recording["voltage"]).all()
            assert np.isfinite(recording["current"]).all()
        for variable, unit in seen.get("units", {}).items():
            if variable in recording:
                assert recording[variable].attrs["units"] == unit
        if "device" in seen:
            assert recording["device"].values.tolist() == seen["device"]
        if "run" in seen:
            assert recording["run"].values.ravel().tolist() == seen["run"]
        for coordinate, values in seen.get("coords", {}).items():
            assert recording[coordinate].values.tolist() == values


def test_no_lab_file_is_left_out(lab_data):
    there = {
        str(p.relative_to(lab_data))
        for p in lab_data.rglob("*")
        if p.is_file() and "README" not in p.name
    }
    assert there == set(EXPECTED)


def test_the_folder_reads_in_one_call(lab_data):
    by_name = {Path(name).name: e["hints"] for name, e in EXPECTED.items() if "hints" in e}
    recordings, skipped = read_folder(lab_data, by_name=by_name)
    assert skipped == []
    assert len(recordings) == sum(len(e["records"]) for e in EXPECTED.values())


def test_what_a_file_leaves_open_is_asked_for(lab_data):
    _, skipped = read_folder(lab_data)
    reasons = {entry.file.name: entry.reason for entry in skipped}
    assert set(reasons) == {"old_device_-2V_2.csv", "ispp_wl0.060.tsv"}
    assert "units='SI'" in reasons["old_device_-2V_2.csv"]
    assert "columns=[" in reasons["ispp_wl0.060.tsv"]
