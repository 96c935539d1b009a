"""A device that potentiates at positive voltage makes the synapse its mirror image makes."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from acanthite import fitting, synapse
from acanthite.device import law
from acanthite.fitting.device_file import FittedDevice
from acanthite.measurement import Instrument, PulseLadder, run

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
LADDER = PulseLadder(20, 20, 4, voltage=0.3)


@law(
    state="x",
    parameters={"up": 2e5, "down": 1.5e5, "g": 1e-6, "sign": -1.0},
    initial=0.1,
    set_polarity=-1,
)
def negative(x, voltage, p):
    drive = p.sign * voltage if abs(voltage) > 0.1 else 0.0
    return (p.up * (1.0 - x) * max(drive, 0.0) + p.down * x * min(drive, 0.0)), voltage * p.g * (
        0.1 + x
    )


positive = replace(negative, parameters=negative.parameters | {"sign": 1.0}, set_polarity=1)


def ladders(device, voltage, noise=1e-3):
    quiet = replace(QUIET, relative_noise=noise)
    return run(
        device.sample(3, seed=5, spread={"up": 0.1}),
        replace(LADDER, voltage=voltage),
        instrument=quiet,
    )


def same(a, b):
    """Return whether two synapses are equal in all their numbers."""
    return type(a) is type(b) and all(
        getattr(a, f.name) == getattr(b, f.name)
        for f in fields(a)
        if f.name not in ("evidence", "provenance")
    )


def test_mirrored_devices_give_mirrored_ladders():
    a, b = ladders(negative, 0.3), ladders(positive, -0.3)
    np.testing.assert_array_equal(a["pulse_voltage"], -b["pulse_voltage"])
    np.testing.assert_array_equal(a["current"], b["current"])


def test_their_fits_are_the_same():
    a, b = (synapse.fit(ladders(*each)) for each in ((negative, 0.3), (positive, -0.3)))
    assert same(a, b)
    assert a.provenance == {}
    assert b.provenance == {"potentiates": "at positive voltage"}
    assert 0 < a.symmetry_point < 0.5


def test_depression_may_come_first():
    first = synapse.fit(ladders(positive, 0.3).isel(cycle=slice(1, None)))
    later = synapse.fit(ladders(negative, 0.3).isel(cycle=slice(1, None)))
    assert first.up == pytest.approx(later.up, rel=0.02)
    assert first.down == pytest.approx(later.down, rel=0.02)


@pytest.mark.long
@pytest.mark.parametrize("name", ["soft-bounds", "linear-step"])
def test_the_fits_of_other_laws_are_the_same_too(name):
    a, b = (
        fitting.fit_pulses(ladders(*each), name).synapse
        for each in ((negative, 0.3), (positive, -0.3))
    )
    assert same(a, b)


@pytest.mark.long
def test_devices_are_fitted_whatever_the_program_begins_with():
    found = [
        fitting.fit_devices(
            d.sample(2, seed=1), "soft-bounds", replace(LADDER, voltage=v), instrument=QUIET
        ).synapse
        for d, v in ((negative, 0.3), (positive, -0.3), (positive, 0.3))
    ]
    assert same(found[0], found[1])
    assert found[2].up == pytest.approx(found[0].up, rel=0.05)


@pytest.mark.slow
def test_pulses_are_chosen_for_either():
    a, b = (fitting.as_synapse(FittedDevice(d, reach=(-0.5, 0.5))) for d in (negative, positive))
    assert same(a, b)


def test_a_saved_one_comes_back_and_trains(tmp_path):
    from acanthite.nn import train

    scores = []
    for k, each in enumerate(((negative, 0.3), (positive, -0.3))):
        made = synapse.fit(ladders(*each))
        synapse.save(made, tmp_path / f"{k}.toml")
        back = synapse.load(tmp_path / f"{k}.toml")
        assert same(back, made)
        assert back.provenance == made.provenance
        result = train("digits", "64-10", back, "sgd", epochs=1, seed=1)
        scores.append(result.test_accuracy[-1])
    assert scores[0] == scores[1]


def test_what_hardly_changes_is_still_refused():
    flat = ladders(negative, 0.3)
    flat["current"] = (
        flat["voltage"]
        * 1e-6
        * (1 + 1e-9 * np.random.default_rng(1).standard_normal(flat["voltage"].shape))
    )
    with pytest.raises(ValueError, match="expected"):
        synapse.fit(flat)
