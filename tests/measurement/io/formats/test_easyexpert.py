from __future__ import annotations

import json

import labfiles
import numpy as np
import pytest

from acanthite.errors import RecordingError
from acanthite.measurement import read

SAMPLING = """SetupTitle, retention
PrimitiveTest, I/V-t Sampling
TestParameter, Channel.IName, I1, I2
TestParameter, Channel.VName, V1, V2
TestParameter, Channel.Mode, V, COMMON
TestParameter, Channel.Time, Seconds
TestParameter, Measurement.Sampling.Interval, 0.01
TestParameter, Measurement.Bias.Source, 0.1, 0
TestParameter, Measurement.Bias.Compliance, 0.001, 0.1
Dimension1, 3, 3
Dimension2, 1, 1
DataName, Seconds, I1
DataValue, 0.01, 1E-06
DataValue, 0.02,
DataValue, 0.03, 3E-06
"""

VAR2 = """SetupTitle, one transistor, one resistor
PrimitiveTest, I/V Sweep
TestParameter, Channel.IName, Id, Ig, Is
TestParameter, Channel.VName, Vd, Vg, Vs
TestParameter, Channel.Mode, V, V, COMMON
TestParameter, Channel.Func, VAR1, VAR2, CONST
TestParameter, Measurement.Primary.Locus, Double
TestParameter, Measurement.Primary.Start, 0
TestParameter, Measurement.Secondary.Start, 1
TestParameter, Measurement.Secondary.Count, 2
TestParameter, Measurement.Secondary.Step, 0.5
Dimension1, 4, 4, 4
Dimension2, 2, 2, 2
DataName, Vd, Id, Ig
DataValue, 0, 0, 1E-12
DataValue, 1, 1E-06, 1E-12
DataValue, 1, 2E-06, 1E-12
DataValue, 0, 0, 1E-12
DataValue, 0, 0, 1E-12
DataValue, 1, 3E-06, 1E-12
DataValue, 1, 4E-06, 1E-12
DataValue, 0, 0, 1E-12
"""  # fmt: skip


def test_a_double_sweep(put):
    (loop,) = read(put("a.csv", labfiles.easyexpert()))
    assert dict(loop.sizes) == {"device": 1, "cycle": 1, "sample": 6}
    assert loop["voltage"].values.ravel().tolist() == [0, 0.5, 1, 1, 0.5, 0]
    assert loop["current"].values.ravel().tolist() == [1e-12, 1e-6, 2e-6, 3e-6, 1.5e-6, -1e-12]
    assert np.isnan(loop["time"]).all()
    assert loop["time"].attrs["column"] == "not recorded"
    told = {
        "compliance": 1e-3,
        "hold_time": 2.0,
        "delay": 0.25,
        "double_sweep": 1,
        "file": "a.csv",
        "kind": "sweep",
    }
    assert told.items() <= loop.attrs.items()
    assert json.loads(loop.attrs["settings"])["TestRecord.Remarks"] == "a remark, with a comma"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.lstrip(),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(", ", ","),
        lambda text: text.replace("DataValue, 0,", "DataValue,  0 ,"),
        lambda text: text + "\n\n",
    ],
    ids=["no blank line", "byte order mark", "CRLF", "no spaces", "more spaces", "blank end"],
)
def test_how_it_is_written_makes_no_difference(put, change):
    (plain,), (changed,) = (
        read(put(n, t))
        for n, t in (("a.csv", labfiles.easyexpert()), ("b.txt", change(labfiles.easyexpert())))
    )
    np.testing.assert_array_equal(plain["current"], changed["current"])
    np.testing.assert_array_equal(plain["voltage"], changed["voltage"])


def test_records_of_one_test_are_its_cycles_and_devices(put):
    lows = [f"{n}E-07" for n in (1, 2, 3, 4)]
    records = [labfiles.easyexpert(target=t, low=low) for t, low in zip("ABAB", lows, strict=True)]
    (loops,) = read(put("a.csv", "".join(records)))
    assert dict(loops.sizes) == {"device": 2, "cycle": 2, "sample": 6}
    assert loops["device"].values.tolist() == ["A", "B"]
    assert loops["run"].values.tolist() == [[1, 3], [2, 4]]
    assert loops["current"].values[..., 1].tolist() == [[1e-7, 3e-7], [2e-7, 4e-7]]


def test_records_of_other_tests_stay_apart(put):
    other = labfiles.easyexpert(title="reset").replace(
        "Primary.Compliance, 0.001", "Primary.Compliance, 0.1"
    )
    first, second = read(put("a.csv", labfiles.easyexpert(title="set") + other))
    assert [r.attrs["test"] for r in (first, second)] == ["set", "reset"]
    assert [r.attrs["record"] for r in (first, second)] == [1, 2]


def test_devices_with_unlike_numbers_of_cycles_stay_apart(put):
    found = read(put("a.csv", "".join(labfiles.easyexpert(target=t) for t in "AAB")))
    assert [dict(r.sizes) for r in found] == [
        {"device": 1, "cycle": n, "sample": 6} for n in (2, 1)
    ]


def test_sampling_at_a_bias_that_is_not_among_the_data(put):
    (record,) = read(put("a.csv", SAMPLING))
    assert record.attrs["kind"] == "sampling"
    assert record["voltage"].values.ravel().tolist() == [0.1, 0.1, 0.1]
    np.testing.assert_array_equal(record["current"].values.ravel(), [1e-6, np.nan, 3e-6])
    assert record["time"].values.ravel().tolist() == [0.01, 0.02, 0.03]
    assert record.attrs["interval"] == 0.01


def test_steps_of_a_second_source_are_cycles_that_say_its_voltage(put):
    (record,) = read(put("a.csv", VAR2))
    assert dict(record.sizes) == {"device": 1, "cycle": 2, "sample": 4}
    assert record["step_voltage"].values.tolist() == [1.0, 1.5]
    assert record["current"].values[0].tolist() == [[0, 1e-6, 2e-6, 0], [0, 3e-6, 4e-6, 0]]
    assert record["Ig"].dims == ("device", "cycle", "sample")


def test_units_are_those_the_file_states(put):
    text = labfiles.easyexpert().replace("Datum.Unit, V, A", "Datum.Unit, mV, uA")
    (loop,) = read(put("a.csv", text))
    assert loop["voltage"].values.max() == pytest.approx(1e-3)
    assert loop["current"].values.max() == pytest.approx(3e-12)


def test_the_user_may_choose_the_columns(put):
    (record,) = read(put("a.csv", VAR2), columns={"voltage": "Vd", "current": "Ig"})
    assert record["current"].values.ravel().tolist() == [1e-12] * 8
    with pytest.raises(
        RecordingError,
        match=r"a.csv, line 1 \(record 1\): has no column 'Ix' for the current; expected one of Vd",
    ):
        read(put("a.csv", VAR2), columns={"current": "Ix"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace("DataValue, 0.5, 1E-06", "DataValue, 0.5, 1E-0x"), r"line 28: I1 is '1E-0x'; expected a number"),
        (lambda t: t.replace("DataValue, 0.5, 1E-06", "DataValue, 0.5"), r"line 28: 1 values for 2 names"),
        (lambda t: t.replace("DataValue, 0.5, 1E-06\n", ""), r"record 1 ends after 5 of the 6 x 1 rows that line 24 states"),
        (lambda t: t.replace("DataName, V1, I1\n", ""), r"line 26: DataValue before any DataName"),
        (lambda t: t.replace("Dimension1, 6", "Dimension1, six"), r"line 24: Dimension1 is 'six, 6'"),
        (lambda t: t.replace("MetaData, TestRecord.Remarks", "MetaDate, TestRecord.Remarks"), r"line 21: 'MetaDate"),
        (lambda t: t[: t.index("DataName")], r"has no DataName and no data"),
    ],
    ids=["number", "cells", "row", "names", "size", "head", "cut"],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_line(put, change, message):
    with pytest.raises(RecordingError, match=message) as told:
        read(put("a.csv", change(labfiles.easyexpert())))
    assert "a.csv, line" in str(told.value)
