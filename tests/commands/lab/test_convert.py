from __future__ import annotations

import labfiles
import pytest

from acanthite.cli import main
from acanthite.measurement import read


@pytest.fixture
def folder(tmp_path):
    """Return a folder of lab files: two good ones, one broken, one nobody asked for."""
    place = tmp_path / "lab"
    place.mkdir()
    (place / "a.csv").write_text(labfiles.easyexpert(), encoding="utf-8")
    (place / "b.csv").write_text("V (V),I (A)\n0,0\n1,1e-6\n", encoding="utf-8")
    (place / "c.csv").write_text("V (V),I (A)\n0,0\n1,oops\n", encoding="utf-8")
    (place / "~$b.xlsx").write_bytes(b"x" * 165)
    return place


def test_a_broken_file_is_told_and_the_others_are_done(folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["convert", str(folder), "--to", "csv", "--out", str(out)]) == 1
    told = capsys.readouterr()
    assert told.out == f"2 recordings written to {out}\n"
    failed, skipped = told.err.splitlines()
    assert (
        failed
        == f"failed  {folder / 'c.csv'}, line 3: I (A) is 'oops'; expected a number or nothing"
    )
    assert skipped == f"skipped  {folder / '~$b.xlsx'}: a lock file of an open workbook; skipped"
    assert sorted(p.name for p in out.iterdir()) == ["a.csv", "b.csv"]
    assert read(out / "a.csv")[0].attrs["compliance"] == 1e-3


@pytest.mark.parametrize(
    ("to", "ending"), [("netcdf", ".nc"), ("easyexpert", ".csv"), ("parquet", ".parquet")]
)
def test_to_each_format(folder, tmp_path, to, ending):
    assert main(["convert", str(folder / "a.csv"), "--to", to, "--out", str(tmp_path / "out")]) == 0
    (loop,) = read(tmp_path / "out" / f"a{ending}")
    assert loop.sizes["sample"] == 6


def test_hints_on_the_command_line(tmp_path, capsys):
    (tmp_path / "a.txt").write_text("0 0\n500 1\n", encoding="utf-8")
    there = ["convert", str(tmp_path / "a.txt"), "--out", str(tmp_path / "out")]
    assert main(there) == 1
    assert "name them in order" in capsys.readouterr().err
    assert main([*there, "--columns", "voltage,current", "--units", "voltage=mV,current=uA"]) == 0
    (loop,) = read(tmp_path / "out" / "a.nc")
    assert loop["voltage"].values.ravel().tolist() == [0, 0.5]
    (tmp_path / "hints.toml").write_text(
        '["*.txt"]\ncolumns = ["voltage (mV)", "current (uA)"]\n', encoding="utf-8"
    )
    assert main([*there, "--hints", str(tmp_path / "hints.toml")]) == 0


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--to", "word"], "--to 'word'; expected one of netcdf, csv, easyexpert, parquet"),
        (["--units", "voltage=mV,current"], "--units: 'current'; expected name=value"),
        (["--hints", "nowhere.toml"], "hints nowhere.toml: No such file"),
        (["no such folder"], "no such folder: no such file or folder"),
    ],
)
def test_bad_input(folder, args, message, capsys):
    assert main(["convert", str(folder), *args]) == 2
    assert message in capsys.readouterr().err


def test_two_files_of_one_name_do_not_overwrite_each_other(folder, tmp_path):
    (folder / "b.txt").write_text("V (V),I (A)\n0,0\n2,1e-6\n", encoding="utf-8")
    files = [str(folder / name) for name in ("b.csv", "b.txt")]
    assert main(["convert", *files, "--out", str(tmp_path / "out")]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["b.nc", "b_2.nc"]


def test_a_file_is_never_written_over_itself(folder, capsys):
    before = (folder / "b.csv").read_bytes()
    assert main(["convert", str(folder / "b.csv"), "--to", "csv", "--out", str(folder)]) == 1
    assert "would be written over" in capsys.readouterr().err
    assert (folder / "b.csv").read_bytes() == before
