"""``acanthite wafer`` and the folder it writes."""

from __future__ import annotations

import csv
import json

import pytest

from acanthite.cli import main

ALWAYS = {"traveller.md", "traveller.csv", "traveller.html", "budget.csv", "cross_sections.png"}
MAPS = {"dies.csv", "yield.csv", "statistics.csv", "wafer_maps.png"}


@pytest.fixture
def run(capsys, tmp_path_factory):
    """Return a function that runs the command on a small wafer: exit code, standard output, standard error."""
    small = tmp_path_factory.mktemp("small") / "small.toml"
    small.write_text("[wafer]\ndiameter = 0.03\nflat_length = 0.0\n")

    def call(*args):
        code = main(["wafer", *map(str, args), "--parameters", str(small)])
        return code, *capsys.readouterr()

    return call


def test_the_folder_is_whole(run, tmp_path):
    code, out, err = run("--array", "64x64", "--devices", 3, "--out", tmp_path)
    assert (code, err) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == ALWAYS | MAPS
    for part in ("back-end CMOS", "pass", "threshold voltage", "LRS resistance", "of dies good"):
        assert part in out
    assert "polyimide" not in out
    with (tmp_path / "dies.csv").open() as file:
        dies = list(csv.DictReader(file))
    assert f"{len(dies)} dies, 3 devices measured on each" in out
    assert dies[0]["die"].startswith("R01C")
    assert 0.1 < float(dies[0]["threshold [V]"]) < 0.4


@pytest.mark.long
def test_same_seed_same_files(run, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run("--devices", 2, "--seed", seed, "--out", tmp_path / name)
    read = {name: (tmp_path / name / "dies.csv").read_bytes() for name in "abc"}
    assert read["a"] == read["b"] != read["c"]


def test_json_is_si(run, tmp_path):
    code, out, _ = run(
        "--devices", 2, "--thickness", 200, "--substrate", "polyimide", "--out", tmp_path, "--json"
    )
    said = json.loads(out)
    assert code == 0
    assert said["over_the_dies"]["thickness"]["mean"] == pytest.approx(200e-9, rel=0.02)
    assert [v["limit"] for v in said["budget"]] == ["back-end CMOS", "polyimide", "Ag2S"]
    assert said["step_coverage"] == pytest.approx(0.25)
    assert 0 <= said["device_yield"] <= 1


def test_a_flow_too_hot_fails_and_still_says_what_is_wrong(run, tmp_path):
    code, out, _ = run("--anneal", 200, "--out", tmp_path)
    assert code == 1
    assert "FAIL" in out
    assert "goes 23 K above its transition to the bcc phase" in out
    assert "no devices" in out
    assert {path.name for path in tmp_path.iterdir()} == ALWAYS


def test_a_flow_and_a_map_of_ones_own(run, tmp_path):
    flow = tmp_path / "flow.toml"
    flow.write_text('[[step]]\nkind="sputter"\nlayer="electrolyte"\nmaterial="Ag2S"\nthickness="60 nm"\n'
                    '[[step]]\nkind="anneal"\ntemperature="150 degC"\ntime="2 h"\n')  # fmt: skip
    measured = tmp_path / "map.csv"
    measured.write_text("x [mm],y [mm],thickness [nm]\n0,0,61\n")
    code, out, err = run(
        "--flow", flow, "--map", measured, "--devices", 2, "--out", tmp_path / "made", "--json"
    )
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert len(said["flow"]) == 2
    assert said["over_the_dies"]["thickness"]["mean"] == pytest.approx(61e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--flow", "missing.toml"), "error: flow missing.toml: No such file"),
        (("--map", "missing.csv"), "error: film map missing.csv: No such file"),
        (("--devices", "0"), "0 is not a number of devices; give a whole number from 1 to 1000"),
        (("--substrate", "glass"), "substrate = 'glass'; expected 'silicon' or 'polyimide'"),
        (("--array", "9"), "give word lines x bit lines, such as 64x64"),
    ],
)
def test_bad_input_is_one_line_and_nothing_written(run, tmp_path, options, message):
    code, out, err = run(*options, "--out", tmp_path / "none")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "none").exists()
