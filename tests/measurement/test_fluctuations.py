"""Noise of devices in what is recorded: whose it is, where it shows, and where it does not."""

from dataclasses import replace

import numpy as np
import pytest
from laws import one_state

from acanthite import film
from acanthite.constants import uA
from acanthite.device import VTEAM, ContactNoise, Filament, without_noise
from acanthite.errors import LawError
from acanthite.measurement import (
    FAST,
    Instrument,
    Load,
    PulseLadder,
    Retention,
    Sweep,
    Transistor,
    run,
)

pytestmark = pytest.mark.long

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
DEVICES = Filament.from_film(film.grow()).sample(8, seed=3)
SILENT = replace(DEVICES, noise=None)
LOOP = Sweep(-0.4, 0.4, cycles=2)


def test_silver_contacts_are_noisy_and_what_is_no_contact_is_not():
    noisy, silent = (run(d, LOOP, instrument=QUIET) for d in (DEVICES, SILENT))
    ratio = (noisy.current / silent.current).values
    with np.errstate(invalid="ignore"):
        conductance = np.abs(silent.current / silent.voltage).values
    contact = conductance > 1e-4
    assert np.array_equal(noisy.voltage.values, silent.voltage.values)
    assert (ratio[conductance < 6e-5] == 1.0).all()
    assert 1e-5 < np.std(ratio[contact]) < 1e-2
    assert "scatterers" in noisy.attrs["noise"]
    assert "noise" not in silent.attrs


def test_at_the_limit_the_voltage_fluctuates():
    sweep = Sweep(-0.4, 0.0, compliance=100 * uA)
    noisy, silent = (run(d, sweep, instrument=QUIET) for d in (DEVICES, SILENT))
    limited = np.abs(silent.current.values) > 0.9999 * 100 * uA
    assert limited.any()
    assert np.array_equal(noisy.current.values[limited], silent.current.values[limited])
    assert (noisy.voltage.values[limited] != silent.voltage.values[limited]).mean() > 0.5
    product = noisy.voltage * noisy.current / (silent.voltage * silent.current)
    assert np.abs(product.values[limited] - 1).max() < 0.1


def test_a_device_has_its_own_noise_whoever_is_measured_with_it():
    whole = run(DEVICES, LOOP)
    for which in ([5], [2, 7], slice(3, 6)):
        part = run(DEVICES[which], LOOP)
        assert part.current.identical(whole.current.sel(device=part.device.values))


def test_same_seed_same_bits_on_any_number_of_threads(monkeypatch):
    from acanthite import threads

    first = run(DEVICES, LOOP)
    monkeypatch.setattr(threads, "count", lambda: 1)
    assert run(DEVICES, LOOP).identical(first)
    other = run(replace(DEVICES, seed=4), LOOP)
    assert not other.current.equals(first.current)


def test_without_noise_there_is_none():
    assert without_noise(DEVICES).noise is None
    assert "noise" not in run(without_noise(DEVICES), LOOP).attrs


def test_clusters_are_read_as_before():
    """Ladders of microsiemens have no metallic contact: the same bits."""
    thick = film.grow(film.Recipe(thickness=200e-9))
    devices = Filament.from_film(thick).sample(3, seed=1)
    program = PulseLadder(10, 10, 2, 0.3, 1e-6, 20e-9)
    noisy = run(devices, program, instrument=FAST)
    silent = run(replace(devices, noise=None), program, instrument=FAST)
    assert np.array_equal(noisy.current.values, silent.current.values)


def test_slow_noise_is_shared_by_reads_and_a_longer_average_is_quieter():
    before = Sweep(-0.4, 0.0)
    read = Retention(duration=100.0, points=40, read_time=1e-4)
    noisy, silent = (run(d, read, after=before, instrument=QUIET) for d in (DEVICES, SILENT))
    x = np.log(noisy.current / silent.current).values[:, 0]
    assert 0 < np.abs(np.diff(x, axis=1)).mean() < 2 * x.std()


def test_other_laws_have_none_unless_it_is_given():
    plain = VTEAM.sample(2, seed=1)
    assert plain.noise is None
    noisy = replace(plain, noise=ContactNoise.of())
    a, b = (run(d, Sweep(-1.0, 1.0), instrument=QUIET) for d in (plain, noisy))
    assert not a.current.equals(b.current)


def test_a_noise_that_gives_no_factors_is_refused():
    class Broken:
        def factor(self, conductance, parameters, time, width, key):
            return np.full(time.size, -1.0)

    with pytest.raises(LawError, match=r"noise of law 'filament', device 0.*expected a positive"):
        run(replace(DEVICES, noise=Broken()), LOOP)


@pytest.mark.parametrize("time", [0.0, -1.0, float("nan")])
def test_an_integration_time_must_be_positive(time):
    from acanthite.errors import ProgramError

    with pytest.raises(ProgramError, match="integration_time"):
        Instrument(integration_time=time)


class Wobble:
    """A known noise: the conductance goes up and down by a fifth."""

    def factor(self, conductance, parameters, time, width, key):
        return np.where(np.arange(time.size) % 2, 1.25, 0.8)


SWITCHES = {"swing": -20.0, "g": 1e-5, "g_x": 2e-3, "i_sinh": 1e-5, "v_sinh": 0.3}
SWITCHING = one_state("switching", initial=0.1, set_polarity=-1, **SWITCHES)
WOBBLING = replace(SWITCHING.sample(2, seed=1), noise=Wobble())
STEADY = replace(WOBBLING, noise=None)


def test_a_series_resistance_takes_its_part_of_the_noise():
    """Ohm's law of the divider, sample by sample."""
    load, sweep = Load(resistance=700.0), Sweep(-1.0, 1.0)
    noisy, silent = (run(d, sweep, instrument=QUIET, load=load) for d in (WOBBLING, STEADY))
    factor = WOBBLING.noise.factor(None, None, silent.time.values[0], None, None)
    with np.errstate(invalid="ignore"):
        device = (silent.voltage / silent.current).values / factor
    flows = np.isfinite(device)
    applied = np.broadcast_to(silent.applied.values, device.shape)
    expected = applied / (device + 700.0)
    np.testing.assert_allclose(noisy.current.values[flows], expected[flows], rtol=1e-9)
    np.testing.assert_allclose(
        (noisy.voltage + 700.0 * noisy.current).values[flows], applied[flows], rtol=1e-9
    )


@pytest.mark.parametrize("resistance", [0.0, 500.0])
def test_behind_a_transistor_the_node_meets_both(resistance):
    from acanthite.device.compiler.load import LOAD, load_current

    gate = Transistor(gate_voltage=1.1, threshold_voltage=0.4, transconductance=2e-3)
    load, sweep = Load(resistance=resistance, transistor=gate), Sweep(-1.0, 1.0)
    noisy, silent = (run(d, sweep, instrument=QUIET, load=load) for d in (WOBBLING, STEADY))
    numbers = np.concatenate([np.zeros(LOAD), load.numbers(WOBBLING.set_polarity())])
    nodes, amperes = noisy.voltage.values.ravel(), noisy.current.values.ravel()
    applied = np.broadcast_to(silent.applied.values, noisy.voltage.shape).ravel()
    passed = [load_current(v, node, numbers) for v, node in zip(applied, nodes, strict=True)]
    np.testing.assert_allclose(amperes, passed, rtol=1e-9, atol=1e-12)
    factor = WOBBLING.noise.factor(None, None, silent.time.values[0], None, None)
    flows = np.abs(silent.voltage.values) > 1e-3
    drawn = (silent.current / silent.voltage).values * factor * noisy.voltage.values
    np.testing.assert_allclose(noisy.current.values[flows], drawn[flows], rtol=1e-9)


def test_a_large_load_leaves_the_current_alone_and_a_small_one_the_voltage():
    before = Sweep(-0.4, 0.0)
    read = Retention(duration=10.0, points=40, read_time=1e-4)
    spread = {}
    for ohms in (1.0, 5e4):  # more, and no contact closes that could have noise
        load = Load(resistance=ohms)
        noisy, silent = (
            run(d, read, after=before, instrument=QUIET, load=load) for d in (DEVICES, SILENT)
        )
        spread[ohms] = [
            float(np.log(noisy[name] / silent[name]).std()) for name in ("current", "voltage")
        ]
    assert spread[1.0][0] > 100 * spread[1.0][1]
    assert spread[5e4][1] > 3 * spread[5e4][0] > 0


def test_at_the_limit_behind_a_load_the_voltage_fluctuates():
    load, sweep = Load(resistance=500.0), Sweep(-0.4, 0.0, compliance=100 * uA)
    noisy, silent = (run(d, sweep, instrument=QUIET, load=load) for d in (DEVICES, SILENT))
    limited = np.abs(silent.current.values) > 0.9999 * 100 * uA
    assert limited.any()
    assert np.array_equal(noisy.current.values[limited], silent.current.values[limited])
    assert (noisy.voltage.values[limited] != silent.voltage.values[limited]).mean() > 0.5
