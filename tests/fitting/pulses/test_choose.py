"""Synapses made of device laws by pulses chosen for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from laws import resistor_of

from acanthite import fitting
from acanthite.device import MODELS
from acanthite.errors import FitError
from acanthite.fitting.pulses import choose as pulsed
from acanthite.fitting.pulses.choose import _ladders
from tests.fitting.conftest import TRUTH


@pytest.fixture(scope="module")
def vteam():
    model = MODELS["vteam"]
    return fitting.FittedDevice(
        replace(model, parameters={**model.parameters, **TRUTH}), reach=(-0.6, 0.8)
    )


def _levels(device, pulses):
    found = _ladders(device.law.sample(1, seed=0), pulses, 30, 2, 5e-3)
    return (found["current"] / found["voltage"]).values[0, -1]


def test_a_ladder_goes_through_the_window_and_back_within_the_voltages_fitted(vteam):
    pulses = fitting.choose_pulses(vteam)
    assert -0.6 <= pulses.potentiation < 0 < pulses.depression <= 0.8
    levels = _levels(vteam, pulses)
    assert np.all(np.diff(levels[:30]) >= 0)
    assert np.all(np.diff(levels[29:]) <= 0)
    assert levels[29] > 0.85 / TRUTH["r_on"]
    assert levels[-1] < 0.15 / TRUTH["r_on"]


@pytest.mark.long
def test_devices_of_the_other_polarity_are_pulsed_the_other_way():
    device = fitting.FittedDevice(MODELS["yakopcic"], reach=(-0.5, 0.5))
    pulses = fitting.choose_pulses(device)
    assert pulses.potentiation > 0 > pulses.depression
    levels = _levels(device, pulses)
    assert levels[29] > 3 * levels[-1]


@pytest.mark.long
def test_the_synapse_answers_as_the_device_does():
    device = fitting.FittedDevice(MODELS["yakopcic"], reach=(-0.5, 0.5))
    pulses = fitting.choose_pulses(device)
    synapse = fitting.as_synapse(device, pulses=pulses)
    levels = _levels(device, pulses)
    w, answers = float(synapse.weight(levels[-1])), []
    for k in range(60):
        w += float(synapse.step_up(w) if k < 30 else synapse.step_down(w))
        answers.append(float(synapse.conductance(w)))
    assert np.max(np.abs(np.array(answers) - levels)) < 0.05 * np.ptp(levels)
    assert synapse.pulse_noise == 0
    assert synapse.pulse_width == pulses.width
    assert "Yakopcic" in synapse.provenance["device"]


def test_spread_between_devices_becomes_spread_of_the_synapse():
    device = fitting.FittedDevice(MODELS["yakopcic"], {"speed_negative": 0.3}, reach=(-0.5, 0.5))
    pulses = fitting.Pulses(0.3049, -0.301, 1e-4)
    found = fitting.as_synapse(device, pulses=pulses)
    assert 0.1 < found.spread["down"] < 0.6
    assert found.spread["down"] > found.spread["up"]


def test_ladders_can_be_fitted_by_a_law_of_choice():
    device = fitting.FittedDevice(MODELS["yakopcic"], reach=(-0.5, 0.5))
    found = fitting.as_synapse(
        device, pulses=fitting.Pulses(0.3049, -0.301, 1e-4), law="soft-bounds"
    )
    assert 0 < found.up < 0.3
    assert found.pulse_noise == 0


def test_what_differs_from_pulse_to_pulse_is_noise():
    steady = np.r_[np.linspace(1, 2, 30), np.linspace(2, 1, 30)]
    rng = np.random.default_rng(1)
    quiet, noisy = (
        pulsed._tabulated(
            1e-6 * (steady + s * np.cumsum(rng.standard_normal((1, 40, 60)), 2)),
            fitting.Pulses(-1, 1, 1e-6),
        )
        for s in (1e-9, 2e-3)
    )
    assert quiet.pulse_noise < 1e-4
    assert noisy.pulse_noise == pytest.approx(2e-3 * 29, rel=0.1)


@pytest.mark.parametrize(
    ("device", "message"),
    [
        (fitting.FittedDevice(resistor_of(1e-6)), "do not switch the device to and fro"),
        (fitting.FittedDevice(MODELS["vteam"], reach=(0.0, 1.0)), "pulses need both signs"),
    ],
)
def test_what_cannot_be_written_is_told(device, message):
    with pytest.raises(FitError, match=message):
        fitting.choose_pulses(device)
