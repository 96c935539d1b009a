from __future__ import annotations

import sys

import labfiles
import numpy as np
import pytest
import xarray as xr

from acanthite.device import MODELS
from acanthite.errors import RecordingError
from acanthite.measurement import PulseLadder, Retention, Sweep, read, run, write
from acanthite.measurement.io.write import ENDINGS


@pytest.fixture(scope="module")
def simulated():
    devices = MODELS["vteam"].sample(2, seed=3)
    return {
        "sweep": run(devices, Sweep(-1, 1, step=0.25, rate=1.0, cycles=3)),
        "ladder": run(devices, PulseLadder(up=3, down=4, repeats=2)),
        "retention": run(devices, Retention(duration=10.0, points=5)),
    }


@pytest.mark.parametrize("format", ENDINGS)
@pytest.mark.parametrize("kind", ["sweep", "ladder", "retention"])
def test_what_is_written_reads_back_the_same(tmp_path, simulated, kind, format):
    path = tmp_path / f"a{ENDINGS[format]}"
    write(simulated[kind], path, format)
    (back,) = read(path)
    xr.testing.assert_identical(back, simulated[kind])


@pytest.mark.parametrize("format", ENDINGS)
def test_measured_recordings_too(tmp_path, put, format):
    records = [labfiles.easyexpert(target=t).replace("0, 1E-12", "0, ") for t in "ABAB"]
    (loops,) = read(put("in.csv", "".join(records)))
    write(loops, tmp_path / "out", format)
    (back,) = read(tmp_path / "out")
    xr.testing.assert_identical(back, loops)


@pytest.mark.parametrize("format", ["netcdf", "csv", "parquet"])
def test_pulse_responses_and_tables_of_results(tmp_path, put, format):
    (response,) = read(
        put("p.csv", "pulse,a (uS),b (uS)\n1,1,2\n2,2,3\n3,1,1\n"), pulse_voltage=0.5
    )
    write(response, tmp_path / "out", format)
    xr.testing.assert_identical(read(tmp_path / "out")[0], response)
    with pytest.raises(
        RecordingError, match="EasyEXPERT CSV holds voltage and current; write this pulses as csv"
    ):
        write(response, tmp_path / "no", "easyexpert")


def test_other_programs_can_read_the_table(tmp_path, simulated):
    write(simulated["sweep"], tmp_path / "a.csv", "csv")
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if not line.startswith("#")]
    assert table[0] == "device,cycle,sample,branch,voltage (V),current (A),time (s),applied (V)"
    assert "# law: VTEAM" in lines
    plain = tmp_path / "plain.csv"
    plain.write_text("\n".join(table), encoding="utf-8")
    (back,) = read(plain)
    for name in ("voltage", "current"):
        np.testing.assert_array_equal(back[name], simulated["sweep"][name])


def test_other_programs_can_read_the_easyexpert_file(tmp_path, simulated):
    """Without the line that describes the Recording it is a file as the instrument writes it."""
    write(simulated["sweep"], tmp_path / "a.csv", "easyexpert")
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "b.csv").write_text(
        "\n".join(x for x in lines if "Acanthite." not in x), encoding="utf-8"
    )
    (back,) = read(tmp_path / "b.csv")
    for name in ("voltage", "current"):
        np.testing.assert_array_equal(back[name], simulated["sweep"][name])
    np.testing.assert_array_equal(back["time"].values[0], simulated["sweep"]["time"])
    assert back["device"].values.tolist() == ["0", "1"]


def test_the_same_data_give_the_same_bytes(tmp_path, simulated):
    for format in ENDINGS:
        for name in "ab":
            write(simulated["sweep"], tmp_path / name, format)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: t[: len(t) - 9],
            r"a.csv, line \d+: \d cells; expected 8|does not fit its numbers",
        ),
        (lambda t: t.replace("\n0,1,1,", "\n0,1,1,x", 1), r"line \d+, '0,1,1,x.*expected numbers"),
        (lambda t: t.replace("# layout: {", "# layout: (", 1), r"does not fit its numbers"),
        (lambda t: t.replace("# layout: ", "# lay: ", 1), r"no line '# layout: ' before it"),
        (lambda t: t[:200], r"ends before its table begins|no line"),
    ],
)
def test_a_damaged_table_is_told(tmp_path, simulated, change, message):
    path = tmp_path / "a.csv"
    write(simulated["sweep"], path, "csv")
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(RecordingError, match=message):
        read(path)


def test_a_foreign_parquet_file_is_a_table(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    parquet.write_table(
        pyarrow.table({"V (V)": [0.0, 1.0], "I (uA)": [0.0, 2.0], "note": ["a", "b"]}),
        tmp_path / "a",
    )
    (loop,) = read(tmp_path / "a")
    np.testing.assert_allclose(loop["current"].values.ravel(), [0, 2e-6])


def test_without_pyarrow_parquet_says_what_to_do(tmp_path, simulated, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        RecordingError,
        match=r"Parquet needs the package pyarrow; pip install 'acanthite\[parquet\]'",
    ):
        write(simulated["sweep"], tmp_path / "a", "parquet")
    assert not (tmp_path / "a").exists()


def test_an_unknown_format(tmp_path, simulated):
    with pytest.raises(
        RecordingError,
        match="format = 'cvs'; expected one of netcdf, csv, easyexpert, parquet; did you mean 'csv'",
    ):
        write(simulated["sweep"], tmp_path / "a", "cvs")
