"""Predictions nobody has measured: they follow the closed form of nucleation, claim nothing, and draw."""

import dataclasses
import io

import numpy as np
import pytest

from acanthite.figures import Settings, figure, select
from acanthite.figures.predictions.ramps import Ramp, at_temperature, ramps
from acanthite.parameters import AG2S


def test_the_group_comes_after_the_paper():
    extra = ("extraRate", "extraTemperature", "extraNoise")
    assert select(["extra"]) == extra
    assert select(None)[-3:] == extra


def test_only_the_devices_temperature_is_changed():
    hot = at_temperature(AG2S, 350.0)
    assert [key for key in AG2S if hot[key] != AG2S[key]] == ["filament.temperature"]
    assert hot["filament.temperature"].how == "assumed"


def test_mean_and_spread_follow_nucleation():
    conditions = [Ramp(0.5, 300.0), Ramp(50.0, 300.0)]
    data = ramps(Settings(quick=True), conditions, "rate", "V/s", 31, lambda fraction: None)
    v = data["set_voltage"].values
    n = np.isfinite(v).sum(1)
    error = np.nanstd(v, axis=1) / np.sqrt(n)
    # growth comes on top of nucleation, by less than a few hundredths of a volt
    late = np.nanmean(v, axis=1) - data["closed_form"].values
    assert (late > -4 * error).all()
    assert (late < 0.04).all()
    assert np.nanmean(v[1]) > np.nanmean(v[0]) + 4 * error.max()


@pytest.mark.parametrize("name", ["extraRate", "extraTemperature"])
def test_it_claims_nothing_and_draws(name, monkeypatch):
    module = figure(name)
    for series in ("RATES", "TEMPERATURES"):
        if hasattr(module, series):
            monkeypatch.setattr(module, series, getattr(module, series)[3::2])
    seen = []
    outcome = module.compute(Settings(quick=True), seen.append)
    assert seen[-1] == 1.0
    assert not outcome.estimates
    again = module.compute(dataclasses.replace(Settings(quick=True)))
    (data,), (same,) = outcome.recordings.values(), again.recordings.values()
    assert data.identical(same)
    picture = io.BytesIO()
    module.draw(outcome).savefig(picture, format="png", dpi=40)
    assert picture.tell() > 1000


def test_the_noise_claims_nothing_repeats_and_draws():
    module = figure("extraNoise")
    outcome, again = (module.compute(Settings(quick=True)) for _ in range(2))
    assert not outcome.estimates
    for name, data in outcome.recordings.items():
        assert data.identical(again.recordings[name])
    law = outcome.recordings["noise_against_resistance"]
    assert bool((law.carriers >= law.scatterers).all())
    spectra = outcome.recordings["spectra"]
    ratio = np.log(spectra.density / spectra.expected).mean("frequency")
    assert np.abs(ratio.values).max() < np.log(4)  # of few devices, most of them quiet
    picture = io.BytesIO()
    module.draw(outcome).savefig(picture, format="png", dpi=40)
    assert picture.tell() > 1000


def test_other_constants_give_other_noise():
    key = "noise.hooge_constant"
    loud = AG2S.replace({key: dataclasses.replace(AG2S[key], value=4 * AG2S.value(key))})
    module = figure("extraNoise")
    a, b = (module._law(Settings(parameters=p)).scatterers for p in (AG2S, loud))
    np.testing.assert_allclose(b / a, 2.0)
