"""``acanthite layout`` and the folder it writes."""

from __future__ import annotations

import csv
import json

import pytest

from acanthite.cli import main
from acanthite.errors import LayoutError
from acanthite.wafer import ArrayDesign, parasitics, read, write, write_layout
from acanthite.wafer.layout.masks import named

FILES = {"masks.gds", "masks.oas", "masks.png", "rules.csv", "parasitics.csv", "leads.csv"}


@pytest.fixture
def run(capsys, tmp_path_factory):
    """Return a function that runs the command: exit code, standard output, standard error."""

    small = tmp_path_factory.mktemp("small") / "small.toml"
    small.write_text("[wafer]\ndiameter = 0.03\nflat_length = 0.0\n")

    def call(*args):
        over = () if "--parameters" in args else ("--parameters", small)
        code = main(["layout", *map(str, (*args, *over))])
        return code, *capsys.readouterr()

    return call


def test_the_folder_is_whole_and_the_table_says_what_is_in_it(run, tmp_path):
    code, out, err = run("--array", "4x6", "--out", tmp_path / "made")
    assert (code, err) == (0, "")
    assert {path.name for path in (tmp_path / "made").iterdir()} == FILES
    assert "4 x 6 cells" in out
    assert "no design rule broken" in out
    with (tmp_path / "made" / "parasitics.csv").open() as file:
        rows = {row["quantity"]: row for row in csv.DictReader(file)}
    wires = parasitics(ArrayDesign(4, 6))
    assert float(rows["word_line_resistance"]["value"]) == pytest.approx(wires.word_line_resistance)
    with (tmp_path / "made" / "leads.csv").open() as file:
        leads = list(csv.DictReader(file))
    assert [row["side"] for row in leads[:3]] == ["left", "right", "left"]
    assert len(leads) == 10


def test_json_is_si_and_follows_the_options(run, tmp_path):
    code, out, _ = run(
        "--array", "3X2", "--pitch", 30, "--thickness", 200, "--out", tmp_path, "--json"
    )
    said = json.loads(out)
    assert code == 0
    assert said["array"]["pitch"] == pytest.approx(30e-6)
    thin = parasitics(ArrayDesign(3, 2)).crossing_capacitance
    assert said["wires"]["crossing_capacitance"]["value"] == pytest.approx(thin / 4)
    assert len(said["wires"]["word_lead_resistance"]["value"]) == 3


def test_a_broken_layout_is_refused_and_nothing_written(run, tmp_path):
    code, out, err = run("--array", "4x4", "--pitch", 7, "--out", tmp_path / "none")
    assert (code, out) == (2, "")
    assert err.startswith("error: rule 'space', layer '")
    assert "violations in all" in err
    assert not (tmp_path / "none").exists()


def test_a_file_of_ones_own_is_checked(run, tmp_path):
    run("--array", "2x2", "--out", tmp_path)
    code, out, _ = run("--check", tmp_path / "masks.gds")
    assert (code, out) == (0, f"{tmp_path / 'masks.gds'}: no design rule broken\n")
    strict = tmp_path / "strict.toml"
    strict.write_text("[wafer]\ndiameter = 0.03\nflat_length = 0.0\n[rules]\nenclosure = 0.8e-6\n")
    code, out, _ = run("--check", tmp_path / "masks.gds", "--parameters", strict)
    assert code == 1
    assert "enclosure" in out
    assert "at least 0.8 um" in out
    assert "4 violations" in out


def test_a_deliberately_broken_file_is_caught(run, tmp_path):
    import gdstk

    run("--array", "4x4", "--out", tmp_path)
    library = read(tmp_path / "masks.gds")
    array = named(library, "ARRAY")
    array.remove(*(r for r in array.references if r.cell.name == "ISLAND"))
    named(library, "DIE").add(gdstk.rectangle((150, 145), (151, 160), layer=3))
    write(library, tmp_path / "broken.oas")
    code, out, _ = run("--check", tmp_path / "broken.oas")
    assert code == 1
    lines = [line.split() for line in out.splitlines()[1:]]
    assert [line[0] for line in lines[:-1]] == ["width", *["short"] * 16, "cut", "crossing"]
    assert lines[0][1:6] == ["top", "electrode", "DIE", "150.500", "152.500"]
    assert lines[-1][-2:] == ["19", "violations"]


@pytest.mark.parametrize("text", ["64", "4x", "axb", "4x4x4", "-1x4"])
def test_a_size_that_is_none_is_refused(run, text):
    code, _, err = run("--array", text)
    assert code == 2
    assert f"--array {text}: give word lines x bit lines, such as 64x64" in err


def test_a_file_in_the_way_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LayoutError, match="this is a file; give a folder to write to"):
        write_layout(tmp_path / "file", ArrayDesign(1, 1))
