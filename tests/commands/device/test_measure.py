"""``acanthite measure`` as a user types it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from acanthite.cli import main
from acanthite.measurement import load_recording, read

FEW = ["--devices", "2", "--json"]


def measured(capsys, tmp_path, *arguments):
    assert main(["measure", *arguments, *FEW, "--out", str(tmp_path)]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        ["sweep", "--set", "compliance=1e-4", "--states", "gap,radius"],
        ["sweep", "--resistance", "1e3", "--temperature", "320"],
        ["sweep", "--gate", "0.8"],
        ["current-sweep", "--set", "step=5e-6"],
        ["waveform", "--set", "time=0,1,2", "--set", "voltage=0,-0.3,0", "--set", "samples=20"],
        ["retention", "--set", "points=8", "--after", "sweep:first=-0.5:second=0"],
        ["endurance", "--set", "cycles=3"],
        ["ladder", "--set", "up=4", "--set", "down=4"],
    ],
    ids=lambda a: a[0],
)
def test_files_hold_the_same_numbers(capsys, tmp_path, arguments):
    said = measured(capsys, tmp_path, *arguments)
    recording = load_recording(tmp_path / "recording.nc")
    (table,) = read(tmp_path / "recording.csv")
    np.testing.assert_array_equal(table["current"].values, recording["current"].values)
    assert said["sizes"]["device"] == 2
    assert (tmp_path / "recording.png").stat().st_size > 5_000


@pytest.mark.parametrize("program", ["paired-pulses", "spike-pairs"])
def test_pairs_come_with_a_verdict(capsys, tmp_path, program):
    said = measured(capsys, tmp_path, program)
    assert said["verdict"]
    assert (tmp_path / "recording.png").stat().st_size > 5_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["swep"], "program 'swep' is unknown; expected one of sweep"),
        (["sweep", "--set", "frist=1"], "--set frist=1: expected NAME=VALUE with one of first"),
        (["sweep", "--set", "first=abc"], "'abc' is no number"),
        (["sweep", "--set", "first=nan"], "expected finite numbers"),
        (["waveform"], "needs --set time="),
        (["sweep", "--capacitance", "1e-12"], "charged through no resistance"),
        (["sweep", "--states", "gapp"], "states has 'gapp'"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_sentence(capsys, tmp_path, arguments, message):
    assert main(["measure", *arguments, *FEW, "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
