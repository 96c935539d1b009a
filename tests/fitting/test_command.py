"""``acanthite fit`` from files to a device file."""

from __future__ import annotations

import json

import numpy as np
import pytest

from acanthite import fitting
from acanthite.cli import main
from acanthite.measurement import save_recording
from tests.fitting.conftest import TRUTH
from tests.fitting.pulses.test_fit import ladders

HELD = [f"--fix={k}={v}" for k, v in TRUTH.items() if k not in ("r_on", "r_off")]


@pytest.fixture
def folder(loops, tmp_path):
    save_recording(loops, tmp_path / "data" / "loops.nc")
    return tmp_path


@pytest.mark.long
def test_loops_become_a_device_file_with_a_picture(folder, capsys):
    out = folder / "my.toml"
    assert (
        main(
            [
                "fit",
                str(folder / "data"),
                "--law",
                "vteam",
                "--free",
                "r_on,r_off",
                *HELD,
                "--out",
                str(out),
                "--holdout",
                "0.2",
            ]
        )
        == 0
    )
    text = capsys.readouterr().out
    assert "r_on" in text
    assert "held-out devices" in text
    assert out.with_suffix(".png").stat().st_size > 10_000
    assert fitting.load_device(out).law.parameters["r_on"] == pytest.approx(TRUTH["r_on"], rel=0.2)


@pytest.mark.long
def test_json_is_json(folder, capsys):
    assert (
        main(
            [
                "fit",
                str(folder / "data"),
                "--law",
                "vteam",
                "--free",
                "r_on,r_off",
                *HELD,
                "--out",
                str(folder / "my.toml"),
                "--json",
            ]
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)["parameters"]["r_on"]["unit"] == "ohm"


@pytest.mark.long
def test_a_broken_file_is_told_and_the_rest_is_fitted(folder, capsys):
    (folder / "data" / "broken.csv").write_text("Voltage (V),Current (A)\n0,0\n1,oops\n")
    out = folder / "my.toml"
    options = ["--law", "vteam", "--free", "r_on,r_off", *HELD, "--out", str(out)]
    assert main(["fit", str(folder / "data"), *options]) == 1
    told = capsys.readouterr().err
    assert "broken.csv" in told
    assert "line 3" in told
    assert fitting.load_device(out).law.parameters["r_on"] == pytest.approx(TRUTH["r_on"], rel=0.2)


def test_pulses_become_a_synapse(tmp_path, capsys):
    table = ladders(1, n_devices=2, n_cycles=1).isel(cycle=0)
    lines = [
        "pulse,G1 (uS),G2 (uS)",
        *(f"{k},{a},{b}" for k, (a, b) in enumerate(1e6 * table.values.T)),
    ]
    (tmp_path / "pulses.csv").write_text("\n".join(lines))
    out = tmp_path / "s.toml"
    code = main(["fit", str(tmp_path / "pulses.csv"), "--law", "soft-bounds", "--out", str(out)])
    assert code == 0, capsys.readouterr().err
    read = fitting.load_device(out)
    assert read.up == pytest.approx(0.06, rel=0.5)
    assert "sha256" in str(read.provenance["fitted_to"])
    assert np.isfinite(read.write_energy)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--law", "vtem"], "did you mean 'vteam'"),
        ([], "no --law: loops need a device law"),
        (["--law", "vteam", "--fix", "r_on=x"], "expected NAME=VALUE"),
    ],
)
def test_bad_input_is_told(folder, capsys, args, message):
    assert main(["fit", str(folder / "data"), *args, "--out", str(folder / "my.toml")]) == 2
    assert message in capsys.readouterr().err
    assert not (folder / "my.toml").exists()


@pytest.mark.long
def test_a_filament_is_fitted_to_distributions_and_told_by_them(tmp_path, capsys, monkeypatch):
    from acanthite.fitting.moments import fit as moment_fit
    from acanthite.measurement import Sweep, run

    monkeypatch.setattr(moment_fit, "_LOOPS", 12)
    law = fitting.filament()
    true = {"hrs_conductance": 3e-9, "contact_radius": 0.9e-9}
    sweep = Sweep(-0.4, 0.4, rate=5.0, step=0.01)
    save_recording(run(law.sample(6, seed=2, **true), sweep), tmp_path / "loops.nc")
    out = tmp_path / "my.toml"
    options = ["--law", "filament", "--free", "hrs_conductance", "--fix", "contact_radius=0.9e-9"]
    assert main(["fit", str(tmp_path / "loops.nc"), *options, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "set_voltage middle" in told
    assert "6 devices; moments within" in told
    assert fitting.load_device(out).law.parameters["hrs_conductance"] == pytest.approx(
        3e-9, rel=0.02
    )
    assert (
        main(["fit", str(tmp_path / "loops.nc"), *options, "--each", "cycle", "--out", str(out)])
        == 2
    )
    assert "fitted to distributions" in capsys.readouterr().err
