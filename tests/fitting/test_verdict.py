"""A device file says how good its fit is, every command that reads it says so where it is poor, and all mean the same states."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from acanthite import fitting
from acanthite.cli import main
from acanthite.commands.options import device_of, law_of, synapse_of
from acanthite.device import MODELS
from acanthite.errors import FitError
from acanthite.fitting.verdict import of_currents, of_moments, of_pulses, read
from acanthite.parameters.toml import parse
from tests.fitting.conftest import TRUTH


def residuals(off, held=None):
    """Return residuals of a law that is off by so many decades."""
    off = np.asarray(off, float)
    current = np.full(off.size, 1e-6)
    predicted = current * 10**off
    held = np.zeros(off.size, bool) if held is None else np.asarray(held)
    return xr.Dataset(
        {
            n: ("sample", x)
            for n, x in (("current", current), ("predicted", predicted), ("held", held))
        }
    )


@pytest.mark.parametrize(
    ("off", "held", "quality", "why"),
    [
        ([0.1, -0.1, 0.1], None, "good", "0.1 decades off the data fitted"),
        ([1.5, -1.5], None, "poor", "1.5 decades off the data fitted; a good fit is within 0.3"),
        (
            [0.1, 0.8],
            [False, True],
            "poor",
            "0.1 decades off the data fitted, 0.8 off what was held out",
        ),
        ([0.0, np.nan], None, "poor", "no current for 50% of the samples"),
    ],
)
def test_currents_are_judged_in_decades(off, held, quality, why):
    found = of_currents(residuals(off, held), 1e-12)
    assert found.quality == quality
    assert why in found.why
    assert str(found).startswith(f"{quality} fit: ")


def test_moments_are_judged_by_decades_and_by_their_errors():
    moments = xr.Dataset(
        {
            "measured": ("moment", [0.0, 1.0]),
            "fitted": ("moment", [0.1, 1.0]),
            "used": ("moment", [True, True]),
        },
        {"moment": ["set_voltage middle", "set_voltage devices"]},
    )
    assert of_moments(moments, 1.0, 0.5, 1.0).quality == "good"
    assert "held out are 9 standard errors" in of_moments(moments, 1.0, 0.5, 9.0).why
    assert "would miss by as much" in of_moments(moments, 1.0, 1e-6, None).why
    assert of_moments(
        moments.assign(fitted=("moment", [3.0, 1.0])), 1.0, 0.5, None
    ).residual == pytest.approx(1.303, abs=1e-3)


def test_pulses_are_judged_by_their_range():
    level = np.linspace(1e-6, 2e-6, 20)[None, None]
    data = xr.Dataset(
        {
            "level": (("device", "cycle", "pulse"), level),
            "mean": (("device", "cycle", "pulse"), level),
        }
    )
    assert of_pulses(data, 1e-8, None).quality == "good"
    poor = of_pulses(data, 1e-8, 4e-7)
    assert poor.why == "off the levels held out by 40% of the range of a ladder"


def poor_file(path):
    """Write a file of VTEAM whose fit was 1.5 decades off."""
    values = {**MODELS["vteam"].parameters, **TRUTH}
    numbers = "\n".join(f"{n} = {float(v)!r}" for n, v in values.items())
    path.write_text(
        f'[device]\nlaw = "vteam"\n\n[parameters]\n{numbers}\n\n[fit]\nvoltage = [-0.6, 0.8]\n\n'
        '[verdict]\nquality = "poor"\nresidual = 1.5\nwhy = "1.5 decades off the data fitted"\n'
    )
    return path


def test_every_reader_of_a_poor_file_warns(tmp_path, capsys):
    path = poor_file(tmp_path / "poor.toml")
    for reader in (device_of, law_of, synapse_of):
        reader(path)
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert f"warning: device file {path}: poor fit: 1.5 decades off the data fitted" in told


def test_a_poor_pulse_law_warns_too(tmp_path, capsys):
    path = tmp_path / "s.toml"
    text = '[synapse]\nlaw = "soft-bounds"\nconductance_min = 1e-6\nconductance_max = 2e-6\nup = 0.1\ndown = 0.1\n'
    path.write_text(
        text + '[provenance]\nverdict = "poor fit: off the levels fitted by 40% of their range"\n'
    )
    synapse_of(path)
    assert "poor fit: off the levels" in capsys.readouterr().err


def test_array_and_train_mean_the_same_device(tmp_path, capsys):
    path = poor_file(tmp_path / "poor.toml")
    assert main(["array", "margin", "--array", "2x2", "--device", str(path), "--json"]) == 0
    told = capsys.readouterr()
    margin = json.loads(told.out)
    assert "poor fit" in told.err
    trained = synapse_of(path)
    assert margin["hrs"] == trained.conductance_min == pytest.approx(1 / TRUTH["r_off"], rel=0.01)
    assert margin["lrs"] == trained.conductance_max == pytest.approx(1 / TRUTH["r_on"], rel=0.01)
    found = fitting.meaning(fitting.load_device(path))
    assert found.set_polarity == -1
    assert found.lrs_resistance == 1 / trained.conductance_max
    assert found.hrs_resistance == 1 / trained.conductance_min


def test_the_file_carries_the_verdict(loops, tmp_path, capsys):
    held = {k: v for k, v in TRUTH.items() if k != "r_on"}
    good = fitting.fit(
        loops.isel(cycle=slice(1)), MODELS["vteam"], free=["r_on"], fixed=held, points=16
    )
    fitting.save(good, tmp_path / "good.toml")
    assert fitting.load_device(tmp_path / "good.toml").verdict == good.verdict
    assert good.verdict.quality == "good"
    device_of(tmp_path / "good.toml")
    assert capsys.readouterr().err == ""
    shifted = good.residuals.assign(predicted=good.residuals["predicted"] * 10**1.5)
    bad = replace(good, residuals=shifted)
    fitting.save(bad, tmp_path / "bad.toml")
    written = tomllib.loads((tmp_path / "bad.toml").read_text())["verdict"]
    assert written["quality"] == "poor"
    assert written["residual"] > 0.3
    device_of(tmp_path / "bad.toml")
    assert "poor fit" in capsys.readouterr().err


def verdict_in(text):
    """Return the verdict in the text of a device file."""
    return read(parse(text, "device file d.toml", FitError))


def test_a_file_without_a_verdict_is_judged_by_its_residuals():
    assert verdict_in("") is None
    assert verdict_in('[fit]\nscale = "log"\nrms = 0.1').quality == "good"
    assert verdict_in('[fit]\nscale = "log"\nrms = 3.4\nheld_out = 0.1').quality == "poor"
    with pytest.raises(FitError, match="quality = 'fine'; expected one of good, poor"):
        verdict_in('[verdict]\nquality = "fine"')
    with pytest.raises(FitError, match="residual = 'x'; expected a finite number"):
        verdict_in('[verdict]\nquality = "good"\nresidual = "x"')


def test_noise_does_not_widen_the_range_of_a_ladder():
    rng = np.random.default_rng(1)
    mean = np.broadcast_to(np.r_[np.linspace(0, 1, 20), np.linspace(1, 0, 20)], (4, 3, 40))
    dims = ("device", "cycle", "pulse")

    def judged(noise):
        level = mean + noise * rng.standard_normal(mean.shape)
        return of_pulses(xr.Dataset({"level": (dims, level), "mean": (dims, mean)}), noise, None)

    assert judged(0.1).quality == "good"
    noisy = judged(0.3)
    assert noisy.quality == "poor"
    assert "of the range of a ladder" in noisy.why
