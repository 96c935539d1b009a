"""Speed of the device room: DC cycles, pulses, retention. Run: pytest benchmarks --benchmark-only -p no:cacheprovider."""

import pytest

from acanthite import device, film, measurement


@pytest.fixture(scope="module")
def devices():
    population = device.Filament.from_film(film.grow()).sample(30, seed=1)
    measurement.run(population, measurement.Sweep(-0.01))
    return population


def test_dc_cycles(benchmark, devices):
    """1,500 cycles of 320 samples."""
    benchmark(measurement.run, devices, measurement.Sweep(-0.4, 0.4, cycles=50))


def test_pulse_ladders(benchmark, devices):
    """36,000 pulses with their reads."""
    benchmark(measurement.run, devices, measurement.PulseLadder(30, 30, 20))


def test_retention(benchmark, devices):
    """1e4 s of 30 devices."""
    benchmark(measurement.run, devices, measurement.Retention(), after=measurement.Sweep(-0.4))


@device.law(state="x", parameters={"rate": 2e2, "g_on": 1e-3, "g_off": 1e-6}, initial=0.05)
def own(x, voltage, p):
    return -p.rate * voltage * x * (1 - x), voltage * (p.g_off + (p.g_on - p.g_off) * x)


@pytest.mark.parametrize("law", [own, *device.MODELS.values()], ids=["own", *device.MODELS])
def test_a_law_of_ones_own_beside_the_standard_models(benchmark, law):
    """1,500 cycles of 320 samples, below the fields at which the fast models move."""
    population, program = law.sample(30, seed=1), measurement.Sweep(-0.4, 0.4, cycles=50)
    measurement.run(population, measurement.Sweep(-0.01))
    benchmark(measurement.run, population, program)
