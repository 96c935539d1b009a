"""Predictions nobody has measured: they follow the closed form of nucleation, claim nothing, and draw."""

import dataclasses
import io

import numpy as np
import pytest

from acanthite.constants import uA
from acanthite.figures import Settings, figure, select, silent
from acanthite.figures.predictions.left_alone import lifetimes
from acanthite.figures.predictions.ramps import Ramp, at_temperature, ramps
from acanthite.parameters import AG2S

PREDICTIONS = (
    "extraRate",
    "extraTemperature",
    "extraSetTime",
    "extraRetention",
    "extraArrhenius",
    "extraRelaxation",
    "extraThreshold",
    "extraNoise",
    "extraChip",
    "extraInference",
    "extraTraining",
)


TRAINED = ("extraInference", "extraTraining")


def test_the_group_comes_after_the_paper():
    assert select(["extra"]) == PREDICTIONS
    assert select(None)[-len(PREDICTIONS) :] == PREDICTIONS


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


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow) if n in TRAINED else n for n in PREDICTIONS],
)
def test_it_claims_nothing_and_draws(name, monkeypatch):
    module = figure(name)
    for series in ("RATES", "TEMPERATURES", "VOLTAGES"):
        if hasattr(module, series):
            monkeypatch.setattr(module, series, getattr(module, series)[3::2])
    seen = []
    outcome = module.compute(Settings(quick=True), seen.append)
    assert seen[-1] == 1.0
    assert not outcome.estimates
    again = module.compute(dataclasses.replace(Settings(quick=True)))
    assert outcome.recordings.keys() == again.recordings.keys()
    for key, data in outcome.recordings.items():
        assert data.identical(again.recordings[key])
    picture = io.BytesIO()
    module.draw(outcome).savefig(picture, format="png", dpi=40)
    assert picture.tell() > 1000


def test_wide_contacts_live_as_long_as_surface_diffusion_lets_them():
    """The simulated lifetimes beside the closed form, to the spacing of the reads."""
    data = lifetimes(Settings(quick=True), (10 * uA, 30 * uA), (300.0, 330.0), 33, silent)
    ratio = (data["lifetime"] / data["closed_form"]).values
    assert np.median(ratio) == pytest.approx(1.0, abs=0.4)
    assert ((ratio > 0.6) & (ratio < 1.8)).mean() > 0.9


def test_set_times_are_those_of_nucleation_and_growth(monkeypatch):
    """Medians beside ln 2 of the mean of nucleation, plus growth."""
    module = figure("extraSetTime")
    monkeypatch.setattr(module, "VOLTAGES", (0.1, 0.3, 0.9))
    data = module.compute(Settings(quick=True)).recordings["set_time_against_voltage"]
    middle = np.median(data["set_time"], axis=1)
    parts = (data[name].interp(volt=data["voltage"]) for name in ("nucleation_time", "growth_time"))
    nucleation, growth = (part.values for part in parts)
    expected = np.log(2) * nucleation + growth
    assert middle / expected == pytest.approx(1.0, abs=0.6)
    assert np.isfinite(data["set_time"]).all()


def test_published_slopes_are_those_of_tafel():
    """59.5 mV a decade over the charge transfer coefficient, at 300 K."""
    transfer, nucleation = figure("extraSetTime").published_slopes(300.0).values()
    assert transfer == pytest.approx(0.119, abs=1e-3)
    assert nucleation == pytest.approx(0.0238, abs=1e-4)


def test_the_slope_of_two_dimensional_nucleation():
    """ln t = B / kT V costs ln 10 kT V^2 / B volts a decade."""
    v = np.linspace(0.1, 0.3, 2001)
    b = 1.8  # V
    ours = figure("extraSetTime").slopes(v, np.exp(b / v))
    assert ours[1:-1] == pytest.approx((np.log(10) * v**2 / b)[1:-1], rel=1e-3)


def test_a_low_compliance_lets_go_and_a_high_one_holds():
    low, high, *_ = figure("extraThreshold").compute(Settings(quick=True)).notes
    assert float(low.split()[3]) > 50.0
    assert float(high.split()[3]) == 0.0


def test_the_spectra_are_those_of_the_resistances():
    outcome = figure("extraNoise").compute(Settings(quick=True))
    law = outcome.recordings["noise_against_resistance"]
    assert bool((law.carriers >= law.scatterers).all())
    spectra = outcome.recordings["spectra"]
    ratio = np.log(spectra.density / spectra.expected).mean("frequency")
    assert np.abs(ratio.values).max() < np.log(4)  # of few devices, most of them quiet


def test_other_constants_give_other_noise():
    key = "noise.hooge_constant"
    loud = AG2S.replace({key: dataclasses.replace(AG2S[key], value=4 * AG2S.value(key))})
    module = figure("extraNoise")
    a, b = (module._law(Settings(parameters=p)).scatterers for p in (AG2S, loud))
    np.testing.assert_allclose(b / a, 2.0)
