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
    assert found["traits"]["reference_error"] == pytest.approx(0.1**0.5 * 1.7**0.5)


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
    assert main(["advise", "ecram"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "limited most by: none that the rule can tell" in out
    assert main(["advise", "reram-array-om", "--reference", "0.4,0.4"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "limited most by: spread (+" in out
