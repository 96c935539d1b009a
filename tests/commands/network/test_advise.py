"""``acanthite advise``: which algorithm to train a device with."""

import json

import pytest

from acanthite.cli import main
from acanthite.synapse import SoftBounds, save

WINDOW = {"conductance_min": 0.0, "conductance_max": 2e-6}


@pytest.fixture
def device(tmp_path):
    path = tmp_path / "device.toml"
    spreads = dict.fromkeys(("up_spread", "down_spread", "lower_spread", "upper_spread"), 0.1)
    save(SoftBounds(up=0.5, down=0.45, pulse_noise=0.3, **spreads, **WINDOW), path)
    return path


def test_it_names_an_algorithm_and_what_limits_the_device(capsys, device) -> None:
    assert main(["advise", str(device)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "<- train with this" in out
    assert "limited most by: " in out
    assert f"acanthite train --device {device} --algorithm" in out


def test_json_has_every_forecast(capsys, device) -> None:
    assert main(["advise", str(device), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    names = [each["algorithm"] for each in found["forecasts"]]
    assert found["algorithm"] in names
    assert found["limit"] == "states"
    assert set(found["idealised"]) == set(found["traits"])
    assert found["knobs"]["window"] > 0


def test_wrong_references_are_in_the_command_it_gives(capsys) -> None:
    assert main(["advise", "capacitor", "--reference", "0.4,0.1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["traits"]["reference_mean"] == 0.4
    assert found["traits"]["reference_spread"] == 0.1
    assert {"reference_mean", "reference_spread"} <= set(found["idealised"])


def test_the_side_of_wrong_references_matters(capsys) -> None:
    accuracies = []
    for mean in ("0.4,0.1", "-0.4,0.1"):
        assert main(["advise", "reram-array-om", "--reference", mean, "--json"]) == 0
        forecasts = json.loads(capsys.readouterr().out)["forecasts"]
        accuracies.append({each["algorithm"]: each["accuracy"] for each in forecasts})
    assert accuracies[0]["sgd"] == accuracies[1]["sgd"]
    assert accuracies[0]["c-ttv2"] != accuracies[1]["c-ttv2"]


@pytest.mark.long
def test_the_command_it_gives_for_references_wrong_either_way_is_a_command(
    capsys, device, tmp_path
) -> None:
    arguments = ["advise", str(device), "--reference", "-0.02,0.01", "--analogue-only"]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    (line,) = [each for each in out.splitlines() if each.startswith("train: acanthite ")]
    command = line.removeprefix("train: acanthite ").split()
    assert "reference_mean=-0.02" in command
    digits = ["--dataset", "digits", "--epochs", "1", "--limit", "50", "--out", str(tmp_path / "o")]
    assert main([*command, *digits]) == 0


def test_what_digital_gradients_cost_is_said_with_the_best_without(capsys, tmp_path) -> None:
    path = tmp_path / "fine.toml"
    save(SoftBounds(up=0.0054, down=0.0036, pulse_noise=0.8, **WINDOW), path)
    assert main(["advise", str(path)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "mixed-precision <- train with this" in out
    assert "mixed-precision multiplies and adds digitally for every weight and sample; the" in out
    assert main(["advise", str(path), "--analogue-only"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "mixed-precision <- train with this" not in out
    assert "--analogue-only" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["advise", "no-such.toml"], "no such device file"),
        (["advise", "ecram", "--reference", "much"], "is not a mean and a spread"),
        (["advise", "ecram", "--reference", "0,-1"], "reference_spread = -1.0; expected"),
    ],
)
def test_a_mistake_is_one_line(capsys, arguments, message) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert message in err
    assert len(err.strip().splitlines()) == 1


def test_a_device_that_cannot_train_is_one_clear_error(capsys, tmp_path) -> None:
    path = tmp_path / "dead.toml"
    save(SoftBounds(up=0.1, down=0.1, dead_cells=1.0, **WINDOW), path)
    assert main(["advise", str(path)]) == 2
    assert "cannot train: all of its cells are dead" in capsys.readouterr().err


def test_a_gain_within_the_rules_error_is_not_called_a_limit(capsys) -> None:
    assert main(["advise", "ag2s"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "limited most by: none that the rule can tell" in out
    assert main(["advise", "reram-array-om", "--reference", "0.4,0.4"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "limited most by: states (+" in out
