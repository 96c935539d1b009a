"""Above the transition: a resistor of the published conductivity, and nothing that switches."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from acanthite import film
from acanthite.constants import celsius, nm, um
from acanthite.device import Filament
from acanthite.device.laws import filament as equations
from acanthite.device.laws.argentite import argentite_resistivity
from acanthite.measurement import Instrument, Retention, Sweep, TemperatureProgram, run
from acanthite.parameters import AG2S

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
FILM = film.grow()
TRANSITION = celsius(177.0)


def nominal(kelvin):
    changed = dataclasses.replace(AG2S["filament.temperature"], value=kelvin)
    return Filament.from_film(FILM, AG2S.replace({"filament.temperature": changed}))


def low_bias_resistance(kelvin):
    read = run(
        nominal(kelvin).sample(1, seed=1),
        Retention(read_voltage=0.02, duration=1.0, points=2),
        instrument=QUIET,
    )
    return float((read.voltage / read.current).values[0, 0, 0])


@pytest.mark.parametrize(("kelvin", "siemens"), [(TRANSITION, 40000.5), (650.0, 33256.2)])
def test_the_conductivity_is_that_of_the_ingot(kelvin, siemens):
    assert 1.0 / argentite_resistivity(kelvin, AG2S) == pytest.approx(siemens, rel=1e-4)


@pytest.mark.parametrize("kelvin", [TRANSITION, 500.0, 858.0])
def test_a_device_is_its_film_and_its_lines_in_a_row(kelvin):
    hot = nominal(kelvin)
    loops = run(hot.sample(2, seed=1), Sweep(-1.0, 1.0, step=0.05), instrument=QUIET)
    siemens = 40000.5 / (1 + 1.0148e-3 * (kelvin - TRANSITION))
    row = 50 * nm / (siemens * (5 * um) ** 2) + 150.0 * (1 + 3e-3 * (kelvin - 300.0))
    np.testing.assert_allclose(loops.current.values, loops.voltage.values / row, rtol=2e-4)
    first = loops.isel(sample=0)
    np.testing.assert_allclose(first.current.values, first.voltage.values / row, rtol=1e-6)


def test_the_high_resistance_state_is_gone_within_a_kelvin():
    below, above = (low_bias_resistance(TRANSITION + d) for d in (-0.5, 0.5))
    assert below / above > 1e4
    assert above == pytest.approx(150.0 * (1 + 3e-3 * (TRANSITION - 300.0)), rel=2e-3)


def test_either_side_of_the_transition_resistances_are_continuous():
    below = [low_bias_resistance(TRANSITION - d) for d in (2.0, 1.0, 0.001)]
    above = [low_bias_resistance(TRANSITION + d) for d in (0.0, 1.0, 2.0)]
    for side in (below, above):
        steps = np.abs(np.diff(np.log(side)))
        assert steps.max() < 0.05
        assert steps[0] == pytest.approx(steps[1], rel=0.1)


def test_nothing_nucleates_whatever_the_barrier():
    p = SimpleNamespace(**(nominal(500.0).values | {"migration_barrier": 0.0}))
    bare = SimpleNamespace(barrier_shift=0.0, gap=0.5 * p.thickness, phase=1.0, growth_factor=1.0)
    assert equations.nucleation_rate(bare, -1.0, p) == 0.0
    assert equations.coverage_rates(bare, -1.0, p) == (0.0, 0.0)


def test_a_filament_is_shorted_by_the_film_around_it():
    p = SimpleNamespace(**nominal(500.0).values)
    state = {"coverage": 0.5, "polarisation": 0.0, "gap": 0.0, "radius": nm}
    state |= {"junction_factor": 1.0, "cluster_factor": 1.0}
    with_one, without = (
        equations.filament_current(SimpleNamespace(**state, phase=phase, touching=phase), -0.3, p)
        for phase in (1.0, 0.0)
    )
    assert with_one == pytest.approx(without, rel=1e-6)


def test_a_film_that_has_cooled_is_what_it_was():
    """Clusters and filament outlive a minute above the transition, as far as the law knows."""
    kelvin = [300.0, 470.0, 470.0, 300.0]
    warming = TemperatureProgram(
        [20.0, 40.0, 60.0, 80.0], kelvin, lambda t: nominal(t).sample(2, seed=1), step=5.0
    )
    reads = run(
        nominal(300.0).sample(2, seed=1),
        Retention(duration=100.0, points=81, first=1.0),
        temperature=warming,
        instrument=QUIET,
    )
    ohms = (reads.voltage / reads.current).values[:, 0]
    hot = reads.temperature.values[0] > TRANSITION
    assert hot.any()
    assert (ohms[:, hot] < 300.0).all()
    np.testing.assert_allclose(ohms[:, -1], ohms[:, 0], rtol=1e-9)
