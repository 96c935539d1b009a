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


_FAST = {
    "vteam": 1e7,
    "stanford-pku": 1e5,
}  # V/s at which these models move during a sweep, not in a sample


@pytest.mark.parametrize("name", ["own", *device.MODELS])
def test_a_law_of_ones_own_beside_the_standard_models(benchmark, name):
    """1,500 cycles of 320 samples."""
    law = device.MODELS.get(name, own)
    population = law.sample(30, seed=1)
    program = measurement.Sweep(-0.4, 0.4, rate=_FAST.get(name, 2.0), cycles=50)
    measurement.run(population, measurement.Sweep(-0.01))
    benchmark.pedantic(measurement.run, (population, program), rounds=5)
