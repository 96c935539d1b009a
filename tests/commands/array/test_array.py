import json
import shutil
import subprocess

import numpy as np
import pytest

from acanthite import fitting
from acanthite.cli import main
from acanthite.constants import nm
from acanthite.device import MODELS, Filament
from acanthite.film import Recipe, grow
from acanthite.measurement import run
from tests.fitting.conftest import LOOP, TRUTH

SMALL = ["--array", "4x5"]


def asked(capsys, *arguments):
    assert main(["array", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.long
def test_margins_fall_with_size_and_grounding_reads_farthest(capsys, tmp_path):
    found = asked(capsys, "margin", "--array", "16x16", "--out", str(tmp_path))
    assert found["sizes"] == [2, 4, 8, 16]
    assert (
        1e-10 < found["hrs"] < 1e-8 < 5e-4 < found["lrs"] < 2e-3
    )  # a film without, and with, a filament
    assert (
        16 > found["largest"]["ground"] > found["largest"]["V/2"]
    )  # metal filaments ask too much of the wires
    assert (tmp_path / "margin.png").stat().st_size > 10_000
    assert json.loads((tmp_path / "margin.json").read_text()) == found
    levels = asked(capsys, "margin", "--array", "16x16", "--low", "1e-7", "--high", "1.6e-6")
    assert (levels["hrs"], levels["lrs"]) == (1e-7, 1.6e-6)
    assert levels["largest"]["ground"] > 16 > levels["largest"]["V/2"]


def test_a_map_is_written(capsys, tmp_path):
    found = asked(capsys, "program", *SMALL, "--levels", "4", "--out", str(tmp_path))
    assert found["within_half_level"] == 1.0
    assert found["shape"] == [4, 5]
    assert found["stuck"] == 0
    assert {p.name for p in tmp_path.iterdir()} == {"program.png", "map.png", "program.json"}
    assert found["energy"]["written"] > 0


def test_a_read_settles(capsys):
    found = asked(capsys, "settle", *SMALL, "--time", "1e-8")
    assert 0 < found["settled"]["1x1"] < found["settled"]["4x5"] < 1e-7
    assert 0 < found["lost"]["1x1"] < found["lost"]["4x5"] < 0.01
    assert found["largest"] > 5


@pytest.mark.parametrize("question", ["settle", "margin"])
def test_the_largest_array_is_a_property_of_the_technology_not_of_the_array_asked_about(
    capsys, question
):
    levels = ["--low", "1e-7", "--high", "1.6e-6"]
    found = [asked(capsys, question, "--array", a, *levels)["largest"] for a in ("4x4", "30x9")]
    assert found[0] == found[1]


@pytest.mark.long
def test_numbers_come_from_the_parameters(capsys, tmp_path):
    changed = tmp_path / "p.toml"
    changed.write_text(
        "[stack]\nthick_film_thickness = 150e-9\n[pulse]\nread_voltage = 2e-3\nwrite_voltage = 0.25\nwrite_width = 2e-6\n"
    )
    other = ["--parameters", str(changed)]
    assert asked(capsys, "netlist", *SMALL, *other)["voltage"] == [2e-3] * 4
    thin = asked(capsys, "margin", *SMALL, "--thickness", "150")
    assert asked(capsys, "margin", *SMALL, *other, "--thickness", "200")["lrs"] != thin["lrs"]
    disturbed = asked(capsys, "disturb", *SMALL, *other)
    assert (disturbed["write"], disturbed["width"]) == (0.25, 2e-6)
    thick = asked(capsys, "settle", *SMALL, *other)
    thin = asked(capsys, "settle", *SMALL, *other, "--thickness", "150")
    assert thick["settled"] == pytest.approx(thin["settled"])
    assert thick["settled"] != pytest.approx(asked(capsys, "settle", *SMALL)["settled"], rel=0.01)


def test_the_netlist_runs_and_agrees(capsys, tmp_path):
    found = asked(capsys, "netlist", *SMALL, "--out", str(tmp_path))
    if shutil.which("ngspice") is None:
        pytest.skip("ngspice is not installed; 'apt install ngspice'")
    subprocess.run(["ngspice", "-b", "array.cir"], cwd=tmp_path, check=True, capture_output=True)
    said = [line for line in (tmp_path / "currents.txt").read_text().splitlines() if "=" in line]
    spice = np.array([float(line.split("=")[1]) for line in said])
    np.testing.assert_allclose(spice, found["output_current"], rtol=1e-9)


def test_a_person_reads_lines(capsys):
    assert main(["array", "margin", "--array", "4x4"]) == 0
    said = capsys.readouterr().out
    assert "largest array with a margin of a half" in said
    assert "{" not in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["margins"],
            "question 'margins' is none of margin, disturb, program, settle, netlist; did you mean 'margin'?",
        ),
        (["margin", "--array", "4"], "--array 4: give word lines x bit lines"),
        (["program", "--low", "2e-6"], "expected 0 < low < high"),
        (["program", *SMALL, "--bias", "ground"], "would write the whole row"),
        (["program", "--device", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_what_makes_no_sense_is_one_line(capsys, arguments, message):
    assert main(["array", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.long
def test_cells_may_follow_a_fitted_law(capsys, tmp_path):
    loops = run(MODELS["vteam"].sample(3, seed=4, **TRUTH), LOOP, tolerance=1e-5)
    held = {k: v for k, v in TRUTH.items() if k != "r_on"}
    fitted = fitting.fit(loops, MODELS["vteam"], free=["r_on"], fixed=held, points=64)
    fitting.save(fitted, tmp_path / "my.toml")
    device = ["--device", str(tmp_path / "my.toml")]
    assert asked(capsys, "netlist", "--array", "2x2", *device)["conductance"]
    margin = asked(capsys, "margin", "--array", "2x2", *device)
    assert margin["hrs"] == pytest.approx(1 / TRUTH["r_off"], rel=0.01)
    assert margin["lrs"] == pytest.approx(1 / TRUTH["r_on"], rel=0.1)
    written = asked(capsys, "program", "--array", "3x3", "--levels", "4", *device)
    assert written["within_half_level"] > 0.8
    assert written["largest"] <= max(abs(LOOP.first), abs(LOOP.second))
    endured = asked(capsys, "disturb", *device, "--write", "0.6")["endured"]
    assert max(endured["SET"]["written"], endured["RESET"]["written"]) < 1e6
    assert (
        endured["SET"]["V/3"] == 10**8
    )  # 0.2 V is below the threshold of the law: nothing moves at all


def test_cells_may_follow_a_filament_from_a_file(capsys, tmp_path):
    values = Filament.from_film(grow(Recipe(thickness=200 * nm))).values
    numbers = "\n".join(f"{name} = {float(value)!r}" for name, value in values.items())
    (tmp_path / "mine.toml").write_text(f'[device]\nlaw = "filament"\n\n[parameters]\n{numbers}\n')
    device = ["--device", str(tmp_path / "mine.toml")]
    written = asked(capsys, "program", *SMALL, *device, "--write", "0.3")
    assert written["within_half_level"] > 0.9
    assert written["low"] == pytest.approx(1e-7)
    assert written["high"] == pytest.approx(1.6e-6)
    margin = asked(capsys, "margin", "--array", "4x4", *device, "--write", "0.3")
    assert margin["lrs"] > 1e4 * margin["hrs"]
    assert main(["array", "program", *SMALL, *device]) == 2
    assert "a write voltage is needed" in capsys.readouterr().err


def test_a_pulse_law_has_conductances_but_no_voltages(capsys, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(
        '[synapse]\nlaw = "soft-bounds"\nconductance_min = 1e-6\nconductance_max = 2e-6\nup = 0.1\ndown = 0.1\n'
    )
    told = asked(capsys, "netlist", "--array", "8x8", "--device", str(path))["conductance"]
    assert (min(map(min, told)), max(map(max, told))) == pytest.approx((1e-6, 2e-6))
    assert main(["array", "disturb", "--device", str(path)]) == 2
    assert "holds the pulse law 'soft-bounds', which knows no voltages" in capsys.readouterr().err
