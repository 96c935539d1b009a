from __future__ import annotations

import json

import labfiles
import numpy as np
import pytest

from acanthite.errors import RecordingError
from acanthite.measurement import read

HEAD = ["Time", "AI", "AV", "RESISTANCE", "VSET"]


def rows(scale=1.0):
    return [
        HEAD,
        [0.1, 0, 0, "#REF", 0.7],
        [0.2, scale * -1e-6, -0.5, 5e5],
        [0.3, scale * -2e-6, -1, None],
        [0.4, 0, 0, 1],
    ]


def test_runs_are_cycles_in_the_order_they_were_made(put):
    settings = labfiles.clarius_settings("Run9") + labfiles.clarius_settings("Run10")
    book = {"Run10": rows(10), "Calc": [], "Settings": settings, "Run9": rows(9)}
    (loops,) = read(put("a.dat", labfiles.workbook(book)))
    assert dict(loops.sizes) == {"device": 1, "cycle": 2, "sample": 4}
    assert loops["run"].values.tolist() == [[9, 10]]
    assert loops["current"].values[0, :, 2] == pytest.approx([-18e-6, -20e-6])
    assert loops["VSET"].dims == ("device", "cycle")
    assert np.isnan(loops["RESISTANCE"].values[0, 0, 0])
    told = {
        "test": "SET#1@1",
        "compliance": 5e-4,
        "delay": 0.1,
        "hold_time": 2.0,
        "stop": -1.0,
        "double_sweep": 1,
    }
    assert told.items() <= loops.attrs.items()
    assert json.loads(loops.attrs["settings"])["Compliance"] == ["0.105", "0.0005"]


def test_runs_of_other_settings_or_lengths_stay_apart(put):
    settings = labfiles.clarius_settings("Run1") + labfiles.clarius_settings("Run2", Stop=["N/A", "-2"])
    book = {"Run1": rows(), "Run2": rows(), "Run3": rows()[:-1], "Settings": settings}
    assert [r.sizes["sample"] for r in read(put("a.xlsx", labfiles.workbook(book)))] == [4, 4, 3]


def test_of_several_units_the_sweeping_master_is_the_device(put):
    two = {
        "Device Terminal": ["Gate", "Drain"], "Name": ["GateV", "DrainV"], "Operation Mode": ["Voltage Linear Sweep"] * 2,
        "Master/Subordinate": ["Subordinate", "Master"], "Compliance": ["0.1", "0.002"],
    }  # fmt: skip
    data = [["GateV", "GateI", "DrainV", "DrainI"], [0, 1e-12, 0, 1e-9], [1, 2e-12, 3, 4e-9]]
    book = {"Run1": data, "Settings": labfiles.clarius_settings("Run1", **two)}
    (loop,) = read(put("a.dat", labfiles.workbook(book)))
    assert loop["current"].values.ravel().tolist() == [1e-9, 4e-9]
    assert loop.attrs["compliance"] == 0.002
    assert loop["GateV"].attrs["units"] == "V"
    (gate,) = read(put("a.xlsx", labfiles.workbook(book)), columns={"voltage": "GateV", "current": "GateI"})
    assert gate["current"].values.ravel().tolist() == [1e-12, 2e-12]


def test_steps_of_a_second_unit_are_cycles(put):
    data = [["AI(1)", "AV(1)", "AI(2)", "AV(2)"], [1e-9, 0, 3e-9, 0], [2e-9, 1, 4e-9, 1]]
    (loops,) = read(put("a.xlsx", labfiles.workbook({"Data": data})))
    assert loops["current"].values.tolist() == [[[1e-9, 2e-9], [3e-9, 4e-9]]]


def test_a_table_of_cycles_has_no_sweeps(put):
    data = [["Cycle", "SET#1", "SET#1"], ["Index", "VSET", "ILRS"], ["1", 0.5, 1e-5], ["2", 0.6, 2e-5]]
    (table,) = read(put("a.xlsx", labfiles.workbook({"sub": data, "Settings": [["Total Cycles", "2"]]})))
    assert table.attrs["kind"] == "table"
    assert table["SET#1.VSET"].values.tolist() == [0.5, 0.6]
    assert table["cycle"].values.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("book", "message"),
    [
        (
            {"Run1": [["AV", "AI"], [0, 0], [1, "high"]]},
            r"a.dat, sheet 'Run1', cell B3: AI is 'high'; expected a number",
        ),
        ({"Run1": [[1, 2], [3, 4]]}, r"sheet 'Run1', row 1: 1; expected the names"),
        ({"Run1": [["AV", "AI"]]}, r"sheet 'Run1': holds names but no numbers"),
        ({"Calc": [], "Settings": [["a", "b"]]}, r"no sheet holds a run"),
    ],
)
def test_what_is_wrong_is_told_with_sheet_and_cell(put, book, message):
    with pytest.raises(RecordingError, match=message):
        read(put("a.dat", labfiles.workbook(book)))


def test_a_book_cut_short(put):
    whole = labfiles.workbook({"Run1": rows()})
    with pytest.raises(RecordingError, match=r"cannot be opened as a workbook \(BadZipFile"):
        read(put("a.xlsx", whole[: len(whole) // 2]))


def test_progress_ends_at_one(put):
    seen = []
    read(put("a.xlsx", labfiles.workbook({"Run1": rows(), "Run2": rows()})), progress=seen.append)
    assert seen == [0.5, 1.0]
