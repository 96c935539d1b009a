from __future__ import annotations

import json

import labfiles
import pytest

from acanthite.cli import main


@pytest.fixture
def folder(tmp_path):
    """Return a folder of a good file and a broken one."""
    place = tmp_path / "lab"
    place.mkdir()
    (place / "a.csv").write_text(labfiles.easyexpert(), encoding="utf-8")
    (place / "c.csv").write_text("V (V),I (A)\n0,0\n1,oops\n", encoding="utf-8")
    return place


def test_a_broken_file_is_told_the_others_are_analysed_and_the_exit_code_is_one(
    folder, tmp_path, capsys
):
    out = tmp_path / "out"
    assert main(["analyse", str(folder), "--out", str(out)]) == 1
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        f"failed  {folder / 'c.csv'}, line 3: I (A) is 'oops'; expected a number or nothing"
    ]
    assert "a: I/V Sweep" in told.out
    assert told.out.endswith(f"report: {out / 'report.html'}\n")
    assert sorted(p.name for p in out.iterdir()) == [
        "analysis.json", "figures", "files.csv", "numbers.csv", "report.html", "values.csv",
    ]  # fmt: skip


def test_json_is_all_of_it(folder, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert (
        main(["analyse", str(folder / "a.csv"), "--out", out, "--json", "--read-voltage", "0.5"])
        == 0
    )
    table = json.loads(capsys.readouterr().out)
    assert table["options"]["read_voltage"] == 0.5
    assert [file["state"] for file in table["files"]] == ["read"]
    assert table["studies"][0]["title"] == "a: I/V Sweep"


def test_nothing_readable_is_one_clear_error(folder, tmp_path, capsys):
    assert main(["analyse", str(folder / "c.csv"), "--out", str(tmp_path / "out")]) == 2
    assert "line 3: I (A) is 'oops'" in capsys.readouterr().err
    assert main(["analyse", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    assert "no such file or folder" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--min-ratio", "-1", "least_ratio"),
        ("--lost", "0.5", "factor above one"),
        ("--device", "(", "regular expression"),
        ("--units", "current=parsec", "is no unit"),
    ],
)
def test_options_that_make_no_sense(folder, tmp_path, capsys, option, value, told):
    assert main(["analyse", str(folder), "--out", str(tmp_path / "out"), option, value]) == 2
    assert told in capsys.readouterr().err
