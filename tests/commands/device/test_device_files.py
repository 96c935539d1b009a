"""From loops to a device file to the commands that take it."""

from __future__ import annotations

import json

import pytest

from acanthite import fitting
from acanthite.cli import main
from acanthite.measurement import save_recording
from tests.fitting.conftest import LOOP, NOISY, TRUTH

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def device_file(tmp_path_factory):
    """A device file that 'acanthite fit' made of a VTEAM device's loops."""
    from acanthite.device import MODELS
    from acanthite.measurement import run

    folder = tmp_path_factory.mktemp("device")
    devices = MODELS["vteam"].sample(2, seed=4, spread={"r_on": 0.1}, **TRUTH)
    save_recording(run(devices, LOOP, instrument=NOISY), folder / "loops.nc")
    held = [f"--fix={k}={v}" for k, v in TRUTH.items() if k not in ("r_on", "r_off")]
    out = folder / "my.toml"
    assert (
        main(
            [
                "fit",
                str(folder / "loops.nc"),
                "--law",
                "vteam",
                "--free",
                "r_on,r_off",
                *held,
                "--out",
                str(out),
            ]
        )
        == 0
    )
    return out


def test_it_remembers_the_voltages_it_was_fitted_to(device_file):
    assert fitting.load_device(device_file).reach == pytest.approx((-0.6, 0.8), abs=0.02)


def test_it_trains_a_network(device_file, tmp_path, capsys):
    args = [
        "--dataset",
        "digits",
        "--network",
        "64-16-10",
        "--algorithm",
        "sgd",
        "--epochs",
        "1",
        "--limit",
        "300",
    ]
    code = main(
        ["train", *args, "--device", str(device_file), "--out", str(tmp_path / "run"), "--json"]
    )
    found = capsys.readouterr()
    assert code == 0, found.err
    settings = json.loads(found.out)["settings"]["device"]
    assert (
        settings["provenance"]["device"] == "my.toml"
        if "provenance" in settings
        else "conductance" in str(settings)
    )
    assert json.loads(found.out)["pulses"] > 0


@pytest.mark.parametrize("format", ["spice", "verilog-a"])
def test_it_is_exported_to_circuits(device_file, capsys, format):
    assert main(["export", "--device", str(device_file), "--format", format]) == 0
    fitted = fitting.load_device(device_file).law.parameters["r_on"]
    assert f"{fitted:.6g}"[:6] in capsys.readouterr().out


def test_commands_say_what_they_cannot_take(device_file, tmp_path, capsys):
    assert main(["export", "--device", str(device_file), "--thickness", "50"]) == 2
    assert "has its own parameters" in capsys.readouterr().err
    pulse_law = tmp_path / "s.toml"
    pulse_law.write_text(
        '[synapse]\nlaw = "soft-bounds"\nconductance_min = 1e-6\nconductance_max = 2e-6\nup = 0.1\ndown = 0.1\n'
    )
    assert main(["export", "--device", str(pulse_law)]) == 2
    assert "holds the pulse law 'soft-bounds'" in capsys.readouterr().err
    assert (
        main(["train", "--device", str(tmp_path / "none.toml"), "--out", str(tmp_path / "x")]) == 2
    )
    assert "no such device file" in capsys.readouterr().err


def test_it_is_explored(device_file, tmp_path, capsys):
    few = [
        "--dataset",
        "digits",
        "--network",
        "64-8-10",
        "--algorithm",
        "sgd",
        "--property",
        "states",
        "--points",
        "2",
    ]
    few += ["--rate", "3", "--seeds", "1", "--epochs", "1", "--limit", "100", "--json"]
    assert (
        main(["explore", *few, "--device", str(device_file), "--out", str(tmp_path / "map")]) == 0
    )
    assert {f["property"] for f in json.loads(capsys.readouterr().out)["ranking"]} == {"states"}
    assert 'device = "my.toml"' in (tmp_path / "map" / "device.toml").read_text()


def test_an_array_has_its_conductances(device_file, capsys):
    assert main(["array", "netlist", "--array", "4x4", "--device", str(device_file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["conductance"]
    synapse = fitting.load_synapse(device_file)
    assert min(map(min, told)) >= synapse.conductance_min
    assert max(map(max, told)) <= synapse.conductance_max


@pytest.mark.parametrize(
    ("command", "message"),
    [("reproduce", "compare films, thicknesses"), ("wafer", "follow from the film")],
)
def test_commands_about_films_say_why_they_take_none(device_file, capsys, command, message):
    assert main([command, "--device", str(device_file)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "--parameters" in error


def test_a_torch_model_is_put_on_it(device_file):
    torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")
    from acanthite.torch import to_analog

    analog = to_analog(torch.nn.Linear(16, 3), str(device_file), "sgd", seed=1)
    assert analog.tile.synapse == fitting.load_synapse(device_file)
