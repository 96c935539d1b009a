from __future__ import annotations

import subprocess
import sys

import labfiles
import numpy as np
import pytest

from acanthite.errors import RecordingError
from acanthite.measurement import read
from acanthite.measurement.io.formats import table
from acanthite.measurement.io.parsing.sniff import sniff

VOLTS, AMPS = [0.0, 0.5, 1.0], [1e-9, 2e-6, 3.5e-6]


def the_loop(recordings):
    (loop,) = recordings
    np.testing.assert_allclose(loop["voltage"].values.ravel(), VOLTS, rtol=1e-12)
    np.testing.assert_allclose(loop["current"].values.ravel(), AMPS, rtol=1e-12)
    return loop


@pytest.mark.parametrize(
    "text",
    [
        "V (V),I (A)\n0,1e-9\n0.5,2e-6\n1,3.5e-6\n",
        "Voltage [mV];Current [uA]\n0;0.001\n500;2\n1000;3.5\n",
        "Voltage/V\tCurrent/µA\n0\t0.001\n0.5\t2\n1\t3.5\n",
        "voltage_V current_nA\n0 1\n0.5 2000\n1 3500\n",
        "V (V);I (A)\n0;1e-9\n0,5;2e-6\n1;3,5e-6\n",
        "V (V)\tI (A)\n0\t1e-9\n0,5\t2e-6\n1\t3,5e-6\n",
        "V (V)   I (A)\n 0     1e-9\n 0.5   2e-6\n 1     3.5e-6\n",
        "Voltage,Current\nV,uA\n0,0.001\n0.5,2\n1,3.5\n",
        "V,A\n0,1e-9\n0.5,2e-6\n1,3.5e-6\n",
        "# operator: me\n# V (V), I (A)\n0, 1e-9\n0.5, 2e-6\n1, 3.5e-6\n",
        "Sample,7\nOperator,me\n\nV (V),I (A)\n0,1e-9\n0.5,2e-6\n1,3.5e-6\n",
        "% made by a script\nV (V),I (A)\n0,1e-9\n% paused\n0.5,2e-6\n\n1,3.5e-6\n",
        "V (V),I (A),\n0,1e-9,\n0.5,2e-6,\n1,3.5e-6,\n",
        '"V (V)","I (A)"\n"0","1e-9"\n"0.5","2e-6"\n"1","3.5e-6"\n',
        "Point,V (V),I (A),Status\n1,0,1e-9,OK\n2,0.5,2e-6,OK\n3,1,3.5e-6,compliance\n",
        "Smu1.V,Smu1.I\n0,1e-9\n0.5,2e-6\n1,3.5e-6\n",
    ],
    ids=[
        "comma", "semicolon", "tab", "blank", "decimal comma", "decimal comma and tab", "aligned", "line of units",
        "units only", "names in a comment", "preamble", "comments", "trailing comma", "quoted", "text column", "instrument",
    ],
)  # fmt: skip
def test_a_table_reads_however_it_is_laid_out(put, text):
    the_loop(read(put("a.dat", text)))


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "latin-1"])
def test_any_encoding(put, coding):
    the_loop(read(put("a.csv", "V (V);I (µA)\n0;0.001\n0.5;2\n1;3.5\n".encode(coding))))


def test_columns_that_the_user_names(put):
    path = put("a.txt", "7 0 1e-9\n7 500 2e-6\n7 1000 3.5e-6\n")
    the_loop(read(path, columns=["-", "voltage (mV)", "current"], units={"current": "A"}))
    with pytest.raises(
        RecordingError, match=r"a.txt: 3 columns without names; name them in order, as columns=\["
    ):
        read(path)
    with pytest.raises(RecordingError, match=r"columns names 2 columns, line 1 has 3"):
        read(path, columns=["voltage (V)", "current (A)"])


def test_units_that_nothing_says_are_asked_for(put):
    path = put("a.csv", "Voltage,Current\n0,1e-9\n0.5,2e-6\n1,3.5e-6\n")
    with pytest.raises(
        RecordingError,
        match=r"nothing says the unit of column 'Voltage' \(the voltage\); say it, as units=",
    ):
        read(path)
    the_loop(read(path, units="SI"))
    the_loop(read(path, units={"Voltage": "V", "current": "A"}))
    with pytest.raises(RecordingError, match=r"column 'Current' is in 'V', no unit of current"):
        read(path, units={"Voltage": "V", "Current": "V"})


def test_other_columns_are_kept(put):
    loop = the_loop(
        read(
            put("a.csv", "t (ms),V (V),I (A),T (K)\n1,0,1e-9,300\n2,0.5,2e-6,301\n3,1,3.5e-6,302\n")
        )
    )
    np.testing.assert_allclose(loop["time"].values.ravel(), [1e-3, 2e-3, 3e-3])
    assert loop["T_(K)"].values.ravel().tolist() == [300, 301, 302]
    assert loop["T_(K)"].attrs["units"] == "K"


def test_cycles_and_devices(put):
    rows = [
        f"{d},{c},{v},{v * (10 * d + c) * 1e-6}"
        for d in (3, 4)
        for c in (1, 2)
        for v in (0, 0.5, 1)
    ]
    (loops,) = read(put("a.csv", "device,cycle,V (V),I (A)\n" + "\n".join(rows)))
    assert dict(loops.sizes) == {"device": 2, "cycle": 2, "sample": 3}
    assert loops["device"].values.tolist() == ["3", "4"]
    np.testing.assert_allclose(loops["current"].values[..., -1], [[31e-6, 32e-6], [41e-6, 42e-6]])


def test_repeated_names_with_an_index_are_cycles(put):
    text = "Smu1.V[1][1],Smu1.I[1][1],Smu1.V[1][2],Smu1.I[1][2]\n0,1e-9,0,2e-9\n1,1e-6,1,2e-6\n"
    (loops,) = read(put("a.csv", text))
    assert loops["current"].values.tolist() == [[[1e-9, 1e-6], [2e-9, 2e-6]]]


def test_a_repeated_header_begins_another_cycle(put):
    (loops,) = read(put("a.csv", 2 * "V (V),I (A)\n0,1e-9\n0.5,2e-6\n1,3.5e-6\n"))
    assert dict(loops.sizes) == {"device": 1, "cycle": 2, "sample": 3}


def test_empty_cells_and_overflows_are_not_a_number(put):
    (loop,) = read(
        put("a.csv", "V (V),I (A)\n0,\n0.5,9.91E37\n1,NaN\n1,1e-6\n0,1e-6\n0,1e-6\n0,1e-6\n")
    )
    assert np.isnan(loop["current"].values.ravel()).tolist() == [True] * 3 + [False] * 4


def test_a_pair_that_only_one_terminal_sweeps(put):
    text = "Time (s),AV (V),AI (A),BV (V),BI (A)\n0,0,1e-9,0,2e-9\n1,1,1e-6,0,2e-6\n"
    (loop,) = read(put("a.csv", text))
    assert loop["current"].attrs["column"] == "AI (A)"
    with pytest.raises(
        RecordingError, match=r"the voltage could be AV \(V\) or BV \(V\) .* say which, as columns="
    ):
        read(put("a.csv", text.replace("1,1,1e-6,0", "1,1,1e-6,2")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "V (V),I (A)\n0,1e-9\n0.5,bad\n1,3.5e-6\n",
            r"a.csv, line 3: I \(A\) is 'bad'; expected a number",
        ),
        (
            "V (V),I (A)\n0,1e-9\n0.5\n1,3.5e-6\n",
            r"a.csv, line 3: 1 cells; expected 2 as in line 2",
        ),
        ("V (V),I (A)\n0,1e-9\n0.5,1,2\n1,3.5e-6\n", r"a.csv, line 3: 3 cells; expected 2"),
        ("V (V),I (A)\n", r"a.csv, line 1: .*expected a table of numbers"),
        ("nothing here\n", r"a.csv, line 1: 'nothing here'; expected a table of numbers"),
        ("a (V),b (V)\n0,1\n1,2\n", r"no columns .* could be a voltage and a current"),
        ("", r"a.csv: the file is empty"),
        (b"\x00\x01\x02\x00" * 20, r"holds zero bytes"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 99, r"an old Excel file; save it as .xlsx"),
    ],
)
def test_what_is_wrong_is_told(put, text, message):
    with pytest.raises(RecordingError, match=message):
        read(put("a.csv", text))


def test_the_quick_and_the_careful_way_read_the_same(put):
    rng = np.random.default_rng(1)
    rows = [
        f"{float(v)!r},{float(i)!r}"
        for v, i in zip(rng.normal(size=200), 1e-9 * rng.normal(size=200), strict=True)
    ]
    plain = "V (V),I (A)\n" + "\n".join(rows) + "\n"
    path = put("c.csv", plain)
    assert table._fast(path, sniff(path), {}) is not None
    (quick,), (careful,) = (
        read(put("a.csv", plain)),
        read(put("b.csv", plain.replace("\n", "\n# c\n", 3))),
    )
    np.testing.assert_array_equal(quick["current"], careful["current"])
    assert [float(r.split(",")[1]) for r in rows] == quick["current"].values.ravel().tolist()


@pytest.mark.parametrize(
    ("hints", "message"),
    [
        ({"columns": "V"}, "expected a list of names"),
        ({"columns": {"volts": "V"}}, "'volts' is unknown; expected one of voltage"),
        ({"units": "cgs"}, "units = 'cgs'; expected 'SI'"),
        ({"units": {"V": "furlong"}}, "V = 'furlong' is no unit"),
        ({"pulse_voltage": (1, 2, 3)}, "pulse_voltage = "),
        ({"n_up": 0}, "n_up = 0; expected one or more"),
    ],
)
def test_hints_that_make_no_sense(put, hints, message):
    with pytest.raises(RecordingError, match=message):
        read(put("a.csv", "V (V),I (A)\n0,0\n1,1\n"), **hints)


@pytest.mark.parametrize("line", ["9,0.5,2e-6,", "2e-6,", "0.5,,2e-6,", "0.5,2e-6,7"])
def test_a_row_too_long_or_short_before_an_empty_column_is_not_shifted(put, line):
    text = "V (V),I (A),\n0,1e-9,\n{}\n1,3.5e-6,\n1,3.5e-6,\n"
    the_loop(read(put("good.csv", text.format("0.5,2e-6,").replace("1,3.5e-6,\n", "", 1))))
    with pytest.raises(RecordingError, match=r"a.csv, line 3: \d cells; expected 3 as in line 2"):
        read(put("a.csv", text.format(line)))


@pytest.mark.parametrize("first", ["0,1e-9,7", "0,1e-9,7,8", "x,1e-9", "0,1e-9x", "0"])
@pytest.mark.parametrize("header", ["V (V),I (A)\n", ""])
def test_a_damaged_first_row_is_neither_a_name_nor_left_out(put, header, first):
    path = put("a.csv", f"{header}{first}\n0.5,2e-6\n1,3.5e-6\n2,5e-6\n")
    with pytest.raises(RecordingError, match=r"a\.csv, line [12]: "):
        read(path, **({} if header else {"columns": ["V (V)", "I (A)"]}))


@pytest.mark.parametrize(
    "cell", ["1_000", "\u0661\u0662", "\uff11", "0x10", "1e5_0", "1,5", "--5", "1.2.3", "1 2"]
)
def test_what_is_no_number_in_one_format_is_none_in_another(put, cell):
    with pytest.raises(RecordingError):
        read(put("a.csv", f"V (V),I (A)\n0,1e-9\n0.5,{cell}\n1,3.5e-6\n"))
    with pytest.raises(RecordingError):
        read(put("b.csv", labfiles.easyexpert(low=cell)))


@pytest.mark.parametrize("cell", ["9.91E37", "-9.9e37", "1e400", "inf", "nan", "#N/A", "<NA>", ""])
def test_what_is_not_a_number_in_one_format_is_none_in_another(put, cell):
    (loop,) = read(put("a.csv", f"V (V),I (A)\n0,1e-9\n0.5,{cell}\n1,3.5e-6\n1,3.5e-6\n"))
    assert np.isnan(loop["current"].values.ravel()).tolist() == [False, True, False, False]
    (loop,) = read(put("b.csv", labfiles.easyexpert(low=cell)))
    assert np.isnan(loop["current"].values.ravel()).tolist() == [False, True, *[False] * 4]


def test_thousands_that_could_be_decimals_are_refused(put):
    with pytest.raises(
        RecordingError, match=r"a.csv, line 2: '1,000' could be thousands or decimals"
    ):
        read(put("a.csv", "V (V);I (uA)\n1,000;12,345\n2,000;23,456\n"))
    (loop,) = read(put("b.csv", "V (V);I (uA)\n0,500;12,345\n2,000;23,456\n"))
    assert loop["voltage"].values.ravel().tolist() == [0.5, 2.0]
    with pytest.raises(RecordingError, match=r"'1\.234'; expected a number"):
        read(put("c.csv", "V (V);I (uA)\n2,0;23,4\n0,5;1.234\n3,0;1,5\n"))


def test_a_quotation_mark_swallows_no_lines(put):
    text = 'V (V),I (A),note\n0,1e-9,"ok\n0.5,2e-6,ok\n1,3.5e-6,"ok\n'
    the_loop(read(put("a.csv", text)))
    the_loop(
        read(
            put(
                "b.csv",
                '"V (V)","I (A)","note"\n"0","1e-9","a, b"\n"0.5","2e-6",""\n"1","3.5e-6","x"\n',
            )
        )
    )


def test_a_spoilt_cell_at_the_start_is_no_comment(put):
    (loop,) = read(put("a.csv", "V (V),I (A),T (K)\n0,1,2\n#REF,2,3\n1,2,3\n"))
    assert np.isnan(loop["voltage"].values.ravel()).tolist() == [False, True, False]


def test_devices_named_by_words_are_devices(put):
    rows = "".join(
        f"{d},{c},{v},{v * c}e-6\n" for d in ("A1", "B2") for c in (1, 3) for v in (0, 0.5, 1)
    )
    (loops,) = read(put("a.csv", f"device,cycle,V (V),I (A)\n{rows}"))
    assert loops["device"].values.tolist() == ["A1", "B2"]
    assert loops["cycle"].values.tolist() == [1, 3]
    assert loops["current"].values[1, 1, -1] == 3e-6


def test_devices_with_other_cycles_do_not_share_a_recording(put):
    rows = "".join(
        f"{d},{c},{v},{v}e-6\n" for d, c in ((1, 1), (1, 2), (2, 1), (2, 3)) for v in (0, 0.5, 1)
    )
    found = read(put("a.csv", f"device,cycle,V (V),I (A)\n{rows}"))
    assert [r["cycle"].values.tolist() for r in found] == [[1, 2], [1, 3]]
    with pytest.raises(RecordingError, match=r"row 2 of the numbers holds nothing under 'cycle'"):
        read(put("b.csv", "device,cycle,V (V),I (A)\n1,1,0,1e-9\n1,,1,2e-9\n1,1,2,3e-9\n"))


@pytest.mark.slow
def test_a_hundred_megabytes_in_ten_seconds_and_a_gibibyte(tmp_path):
    """In processor seconds of a process of its own; benchmarks/readers.py has the time beside a peer's."""
    row = "".join(
        f"{n * 1e-3:.6f},{np.sin(n / 500):.12e},{1e-6 * np.sin(n / 500) ** 3:.12e}\n"
        for n in range(10_000)
    )
    with (tmp_path / "a.csv").open("w") as handle:
        handle.write("time (s),voltage (V),current (A)\n")
        while handle.tell() < 100e6:
            handle.write(row)
    code = (
        "import resource, sys; from acanthite.measurement import read; read(sys.argv[1]); import time;"
        "peak = [line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split()[1];"
        "print(time.process_time(), int(peak) / 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.csv")],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, mebibytes = map(float, done.stdout.split())
    assert seconds < 10
    assert mebibytes < 1024
