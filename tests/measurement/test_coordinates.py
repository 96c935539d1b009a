"""Devices, cycles and pulses have labels, in what is simulated and in what is read."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import xarray as xr

from acanthite import analysis
from acanthite.device import VTEAM
from acanthite.drawing import new_axes
from acanthite.errors import RecordingError
from acanthite.measurement import (
    Endurance,
    PulseLadder,
    PulseTrain,
    Retention,
    Sweep,
    check_recording,
    load_recording,
    read,
    run,
    save_recording,
    write,
)
from acanthite.measurement.coordinates import is_named, with_numbers

DEVICES = VTEAM.sample(4, seed=1)


@cache
def loops():
    """Return two cycles of three devices."""
    return run(DEVICES[1:], Sweep(1.0, -1.0, step=0.1, cycles=2))


def test_devices_count_from_zero_and_cycles_from_one():
    assert loops().device.values.tolist() == [1, 2, 3]
    assert loops().cycle.values.tolist() == [1, 2]
    assert not is_named(loops(), "device")
    one = loops().sel(device=2, cycle=1)
    np.testing.assert_array_equal(one.current, loops().current[1, 0])


@pytest.mark.parametrize(
    ("sweep", "branches"),
    [
        (Sweep(0.2, -0.1, step=0.1), [1, 1, 2, 2, 3, 4]),
        (Sweep(0.0, -0.1, step=0.1), [3, 4]),
        (Sweep(0.1, step=0.1), [1, 2]),
        (Sweep(0.1, 0.1, step=0.1), [1, 2, 3, 4]),
    ],
)
def test_a_sweep_has_four_branches(sweep, branches):
    assert run(DEVICES[0], sweep).branch.values.tolist() == branches


@pytest.mark.parametrize(
    ("program", "pulses"),
    [(PulseTrain(count=3, samples=2), 3), (PulseLadder(up=2, down=1), 3), (Endurance(2), 2)],
    ids=["train", "ladder", "endurance"],
)
def test_pulses_count_from_one(program, pulses):
    assert run(DEVICES[0], program).pulse.values.tolist() == list(range(1, pulses + 1))


def test_groups_are_cycles_and_branches():
    sizes = {cycle: part.sizes["cycle"] for cycle, part in loops().groupby("cycle")}
    assert sizes == {1: 1, 2: 1}
    assert loops().groupby("branch").count().current.sizes["branch"] == 4


@pytest.mark.parametrize("form", ["csv", "easyexpert", "netcdf", "parquet"])
def test_files_keep_the_labels(tmp_path, form):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    write(loops(), tmp_path / "loops", form)
    (again,) = read(tmp_path / "loops")
    assert again.identical(loops())


def test_a_table_names_its_rows_by_the_labels(tmp_path):
    write(loops(), tmp_path / "loops.csv", "csv")
    lines = (tmp_path / "loops.csv").read_text().splitlines()
    header = next(k for k, line in enumerate(lines) if not line.startswith("#"))
    assert lines[header].startswith("device,cycle,sample,branch,")
    assert lines[header + 1].startswith("1,1,0,1,")


def test_a_recording_without_labels_stays_without(tmp_path):
    bare = loops().drop_vars(["device", "cycle", "branch"])
    save_recording(bare, tmp_path / "bare.nc")
    again = load_recording(tmp_path / "bare.nc")
    assert again.identical(bare)
    np.testing.assert_array_equal(
        analysis.resistances(again).lrs, analysis.resistances(loops()).lrs
    )


def test_what_a_lab_measured_has_numbers_where_it_has_no_names(tmp_path):
    rows = [f"{v},{1e-3 * v}" for v in (0.1, 0.2, 0.1, 0.0, -0.1, -0.2, -0.1, 0.0)]
    (tmp_path / "loop.csv").write_text("voltage (V),current (A)\n" + "\n".join(rows) + "\n")
    (loop,) = read(tmp_path / "loop.csv")
    assert (loop.device.values.tolist(), loop.cycle.values.tolist()) == ([0], [1])
    assert not is_named(loop, "cycle")


def test_names_of_a_file_stay():
    named = loops().assign_coords(device=("device", ["A", "B", "C"], {"long_name": "device"}))
    assert is_named(named, "device")
    assert with_numbers(named).identical(named)


def test_a_part_is_analysed_as_the_whole():
    whole = analysis.switching(loops())
    for k, device in enumerate((1, 2, 3)):
        part = analysis.switching(loops().sel(device=device))
        np.testing.assert_array_equal(part.set_voltage[0], whole.set_voltage[k])
        single = analysis.switching(loops().sel(device=device, cycle=2))
        np.testing.assert_array_equal(single.set_voltage[0, 0], whole.set_voltage[k, 1])
    cycling = run(DEVICES, Endurance(3))
    part = analysis.endurance(cycling.sel(device=2))
    np.testing.assert_array_equal(part.lrs[0], analysis.endurance(cycling).lrs[2])


def test_the_table_is_tidy():
    table = loops().acanthite.to_dataframe()
    assert table.columns.tolist()[:4] == ["device", "cycle", "branch", "voltage"]
    assert len(table) == loops().current.size
    chosen = table[(table.device == 3) & (table.cycle == 2)]
    np.testing.assert_array_equal(chosen.current, loops().current.sel(device=3, cycle=2))
    train = run(DEVICES[:2], PulseTrain(count=3, samples=2)).acanthite.to_dataframe()
    assert train.columns.tolist()[:3] == ["device", "cycle", "pulse"]


PROGRAMS = {
    "voltage": loops,
    "time": lambda: run(DEVICES[:2], PulseTrain(count=3, samples=2)),
    "pulse": lambda: run(DEVICES[:2], PulseLadder(up=2, down=2, repeats=2)),
}


@pytest.mark.parametrize("along", PROGRAMS)
def test_a_recording_draws_itself(along):
    recording = PROGRAMS[along]()
    ax = new_axes()
    assert recording.acanthite.plot(ax=ax) is ax
    assert ax.get_xlabel() == along
    assert recording.isel(device=0).acanthite.plot().lines
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert shown == [f"device {k}" for k in recording.device.values]


def test_reads_are_drawn_against_time():
    reads = run(DEVICES[:2], Retention(duration=100.0, points=4))
    ax = reads.acanthite.plot()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time", "conductance")


def test_what_holds_no_current_is_not_drawn():
    table = check_recording(xr.Dataset({"yield": ("cycle", [1.0])}, attrs={"kind": "table"}))
    with pytest.raises(RecordingError, match="plot: the recording holds yield; expected"):
        table.acanthite.plot()
