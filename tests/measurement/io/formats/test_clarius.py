from __future__ import annotations

import io
import json
import tracemalloc
import zipfile

import labfiles
import numpy as np
import openpyxl
import pytest

from acanthite.errors import RecordingError
from acanthite.measurement import read, read_folder

HEAD = ["Time", "AI", "AV", "RESISTANCE", "VSET"]
SETTINGS = {"Settings": labfiles.clarius_settings("Run1")}


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
    settings = labfiles.clarius_settings("Run1") + labfiles.clarius_settings(
        "Run2", Stop=["N/A", "-2"]
    )
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
    (gate,) = read(
        put("a.xlsx", labfiles.workbook(book)), columns={"voltage": "GateV", "current": "GateI"}
    )
    assert gate["current"].values.ravel().tolist() == [1e-12, 2e-12]


def test_steps_of_a_second_unit_are_cycles(put):
    data = [["AI(1)", "AV(1)", "AI(2)", "AV(2)"], [1e-9, 0, 3e-9, 0], [2e-9, 1, 4e-9, 1]]
    book = {"Data": data, "Settings": labfiles.clarius_settings("Data")}
    (loops,) = read(put("a.xlsx", labfiles.workbook(book)))
    assert loops["current"].values.tolist() == [[[1e-9, 2e-9], [3e-9, 4e-9]]]


def test_a_table_of_cycles_has_no_sweeps(put):
    data = [
        ["Cycle", "SET#1", "SET#1"],
        ["Index", "VSET", "ILRS"],
        ["1", 0.5, 1e-5],
        ["2", 0.6, 2e-5],
    ]
    (table,) = read(
        put("a.xlsx", labfiles.workbook({"sub": data, "Settings": [["Subsite Name", "reram"]]}))
    )
    assert table.attrs["kind"] == "table"
    assert table["SET#1.VSET"].values.tolist() == [0.5, 0.6]
    assert table["cycle"].values.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("book", "message"),
    [
        (
            {"Run1": [["AV", "AI"], [0, 0], [1, "high"]], **SETTINGS},
            r"a.dat, sheet 'Run1', cell B3: AI is 'high'; expected a number",
        ),
        ({"Run1": [[1, 2], [3, 4]], **SETTINGS}, r"sheet 'Run1', row 1: '1'; expected the names"),
        ({"Run1": [["AV", "AI"]], **SETTINGS}, r"sheet 'Run1': holds names but no numbers"),
        ({"Calc": [], **SETTINGS}, r"no sheet holds a run"),
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
    read(
        put("a.xlsx", labfiles.workbook({"Run1": rows(), "Run2": rows(), **SETTINGS})),
        progress=seen.append,
    )
    assert seen == [0.5, 1.0]


def banners(run, cycle, **changed):
    """Return the settings of a run of a book of several cycles: a second banner names the cycle."""
    first, name, rule, _, *rest = labfiles.clarius_settings(run, **changed)
    return [first, name, rule, rule, [f"Cycle {cycle}"], rule, *rest]


def cycled(*runs):
    """Return a book of runs, its settings under banners of cycles, the newest first as Clarius writes them."""
    settings = [
        row
        for run, cycle, second in reversed(runs)
        for row in banners(
            f"Run{run}", cycle, **{"Last Executed": [f"12/05/2025 12:40:{second:02d}"]}
        )
    ]
    return {
        **{f"Run{run}": rows(run) for run, _, _ in reversed(runs)},
        "Calc": [],
        "Settings": settings,
    }


def test_settings_under_a_banner_of_the_cycle_are_those_of_the_run(put):
    (loops,) = read(put("a.xlsx", labfiles.workbook(cycled((6, 1, 10), (8, 2, 20), (9, 4, 30)))))
    told = {
        "test": "SET#1@1",
        "compliance": 5e-4,
        "start": 0.0,
        "stop": -1.0,
        "step": -0.5,
        "delay": 0.1,
    }
    assert told.items() <= loops.attrs.items()
    assert loops.attrs["measured_at"] == "12/05/2025 12:40:10"
    assert json.loads(loops.attrs["settings"])["Compliance"] == ["0.105", "0.0005"]
    assert loops["run"].values.tolist() == [[6, 8, 9]]
    assert loops["cycle"].values.tolist() == [1, 2, 4]
    assert loops["executed"].values.tolist() == [
        ["12/05/2025 12:40:10", "12/05/2025 12:40:20", "12/05/2025 12:40:30"]
    ]


def test_without_a_banner_the_cycle_is_the_number_of_the_run(put):
    settings = labfiles.clarius_settings("Run7") + labfiles.clarius_settings("Run9")
    (loops,) = read(
        put("a.xlsx", labfiles.workbook({"Run9": rows(), "Run7": rows(), "Settings": settings}))
    )
    assert loops["cycle"].values.tolist() == [7, 9]


def test_a_second_cycle_under_one_run_does_not_mix_its_settings_in(put):
    settings = banners("Run1", 1) + banners("Run1", 2, Compliance=["9", "9"])[3:]
    (loops,) = read(put("a.xlsx", labfiles.workbook({"Run1": rows(), "Settings": settings})))
    assert loops.attrs["compliance"] == 5e-4
    assert json.loads(loops.attrs["settings"])["Compliance"] == ["0.105", "0.0005"]


def stray(cell, value=1.0, book=None):
    """Return a Clarius book of one run with something in a cell outside it."""
    opened = openpyxl.load_workbook(
        io.BytesIO(labfiles.workbook(book or {"Run1": rows(), **SETTINGS})), data_only=True
    )
    opened[opened.sheetnames[0]][cell] = value
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


@pytest.mark.long
@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "H3", "F2", "B30"])
def test_a_stray_cell_is_told_and_takes_no_memory(put, cell):
    tracemalloc.start()
    with pytest.raises(
        RecordingError, match=f"a.xlsx, sheet 'Run1', cell {cell}: 1(.0)? stands .*delete it"
    ):
        read(put("a.xlsx", stray(cell)))
    assert tracemalloc.get_traced_memory()[1] < 64e6
    tracemalloc.stop()


def test_a_stray_cell_does_not_end_the_folder(put, tmp_path):
    put("lab/a.xlsx", stray("XFD1048576"))
    put("lab/b.xlsx", stray("XFD1048576", book={"data": [["V (V)", "I (A)"], [0, 0], [1, 1e-6]]}))
    put("lab/c.csv", "V (V),I (A)\n0,0\n1,1e-6\n")
    recordings, skipped = read_folder(tmp_path / "lab")
    assert len(recordings) == 1
    assert [entry.file.name for entry in skipped] == ["a.xlsx", "b.xlsx"]


def test_a_stray_name_without_numbers_is_no_column(put):
    (loop,) = read(put("a.xlsx", stray("XFD1", "note")))
    assert "note" not in loop


def test_a_row_beyond_the_last_that_a_sheet_can_have(put):
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stray("A9"))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'r="9"', b'r="99999999999"'))
    with pytest.raises(RecordingError, match="a row beyond 1048576"):
        read(put("a.xlsx", content.getvalue()))


def test_a_book_that_unpacks_to_gibibytes_is_not_unpacked(put):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 70_000_000)
    with pytest.raises(
        RecordingError,
        match=r"a.xlsx: \d+ bytes that unpack to 70000000; expected at most 100 times",
    ):
        read(put("a.xlsx", content.getvalue()))


@pytest.mark.parametrize("cell", ["1_000", "\u0661\u0662", "\uff11", "0x10", "1,5", True])
def test_what_is_no_number_in_a_text_file_is_none_in_a_book(put, cell):
    with pytest.raises(RecordingError, match="expected a number or nothing"):
        read(put("a.xlsx", stray("B3", cell)))


@pytest.mark.parametrize("cell", [1e99, 10**300, "9.91E37"])
def test_an_overflow_is_not_a_number(put, cell):
    (loop,) = read(put("a.xlsx", stray("B4", cell)))
    assert np.isnan(loop["current"].values[0, 0, 2])
    assert np.isfinite(loop["current"].values[0, 0, :2]).all()


def test_any_other_workbook_is_a_table_and_nobodys_instrument(put):
    data = [["V (mV)", "I (uA)"], [0, 0], [500, 2], [1000, 3.5]]
    (loop,) = read(put("a.xlsx", labfiles.workbook({"Sheet1": data})))
    np.testing.assert_allclose(loop["voltage"].values.ravel(), [0, 0.5, 1])
    np.testing.assert_allclose(loop["current"].values.ravel(), [0, 2e-6, 3.5e-6])
    assert "instrument" not in loop.attrs
    assert loop.attrs["format"] == "workbook"
    assert loop.attrs["sheet"] == "Sheet1"
    assert loop.attrs["file"] == "a.xlsx"


def test_the_units_of_another_workbook_are_asked_for(put):
    path = put("a.xlsx", labfiles.workbook({"Run1": rows()}))
    with pytest.raises(
        RecordingError, match=r"a.xlsx, sheet 'Run1': nothing says the unit of column"
    ):
        read(path)
    (loop,) = read(path, units="SI")
    assert loop["current"].values[0, 0, 2] == -2e-6


def test_another_workbook_may_have_titles_units_and_words(put):
    data = [
        ["my sample", None, None], [], ["t", "V", "I", "remark"], ["s", "V", "mA", None],
        [0.5, 0, 0.1, "ok"], [1, 1, 0.25, None], [1.5, 2, 1 / 3, "ok"],
    ]  # fmt: skip
    (loop,) = read(put("a.xlsx", labfiles.workbook({"Empty": [], "Data": data})))
    assert loop["current"].values.ravel().tolist() == [0.1 * 1e-3, 0.25 * 1e-3, 1 / 3 * 1e-3]
    assert loop["time"].values.ravel().tolist() == [0.5, 1, 1.5]


def test_what_is_wrong_in_another_workbook_is_told_with_sheet_and_line(put):
    data = [["V (V)", "I (A)"], [0, 0], [1, "high"], [2, 3]]
    with pytest.raises(
        RecordingError, match=r"a.xlsx, sheet 'S', line 3: I \(A\) is 'high'; expected a number"
    ):
        read(put("a.xlsx", labfiles.workbook({"S": data})))
