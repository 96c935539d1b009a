"""The filament law against its own physics: symmetry, bounds, nucleation statistics, convergence."""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, trapezoid
from scipy.stats import kstest

from acanthite import film
from acanthite.analysis import switching
from acanthite.constants import conductance_quantum, eV, nm
from acanthite.device import FILAMENT, Filament, without_noise
from acanthite.device.laws import filament as equations
from acanthite.errors import LawError
from acanthite.measurement import Instrument, PulseLadder, PulseTrain, Sweep, run
from acanthite.parameters import AG2S

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
NOMINAL = Filament.from_film(film.grow())
P = SimpleNamespace(**NOMINAL.values)

unit = st.floats(0, 1)
volts = st.floats(-1.5, 1.5)


def state(coverage=0.0, gap=1.0, radius=0.5, phase=0.0, touching=0.0):
    return SimpleNamespace(
        coverage=coverage,
        hazard=1.0,
        gap=gap * P.thickness,
        radius=max(radius * P.contact_radius, 0.02 * nm),
        polarisation=0.0,
        phase=phase,
        touching=touching,
        barrier_shift=0.0,
        growth_factor=1.0,
        radial_factor=1.0,
        rupture_factor=1.0,
        untried=1.0,
        junction_factor=1.0,
        cluster_factor=1.0,
    )


states = st.builds(
    state, unit, unit, unit, st.sampled_from([-1.0, 0.0, 1.0]), st.sampled_from([0.0, 1.0])
)


@given(states)
def test_no_voltage_no_current(s):
    assert equations.filament_current(s, 0.0, P) == 0.0


@given(states, volts, volts)
def test_current_grows_with_voltage(s, a, b):
    low, high = sorted((a, b))
    assert equations.filament_current(s, low, P) <= equations.filament_current(s, high, P)


@given(states, volts)
def test_power_is_never_given_back(s, v):
    assert v * equations.filament_current(s, v, P) >= 0.0


@given(states, volts)
def test_coverage_is_pushed_inside_its_bounds(s, v):
    gain, loss = equations.coverage_rates(s, v, P)
    assert gain >= 0.0
    assert gain <= loss + 1e-300


@given(states, st.floats(0.02, 1.0))
def test_set_grows_and_reset_shrinks(s, v):
    if s.phase == 0.0:
        return
    assert equations.gap_rate(s, s.phase * v, P) >= 0.0
    gain, loss, exchange, _ = equations.contact_rates(s, s.phase * v, P)
    assert gain - loss * s.radius <= 0.0
    assert exchange == 0.0
    if v > P.tip_overpotential:
        assert equations.gap_rate(s, -s.phase * v, P) <= 0.0


@given(states, volts, st.floats(-0.05, 0.05))
def test_the_parts_of_the_power_add_up(s, v, u):
    s.polarisation = u
    total = v * equations.filament_current(s, v, P)
    parts = equations.power_parts(s, v, P)
    least = np.finfo(float).tiny  # below it a product has no digits left
    assert sum(parts) == pytest.approx(total, rel=1e-9, abs=1e-12 * sum(map(abs, parts)) + least)
    assert all(part >= 0.0 for part in parts[:-1])


def test_contact_is_one_quantum_when_it_forms():
    s = state(phase=1.0, touching=1.0, radius=0.0)
    assert equations.contact_conductance(s, P) == pytest.approx(conductance_quantum, rel=0.02)


def test_bulk_limits_the_junction():
    assert equations.junction_current(5.0, 1.0, P) == pytest.approx(
        5.0 * P.bulk_conductance, rel=1e-3
    )
    assert equations.junction_current(1e-3, 1.0, P) == pytest.approx(
        1e-3 * P.hrs_conductance, rel=1e-3
    )


def test_a_filament_nucleates_among_other_clusters_and_leaves_them_as_they_are():
    """So a cell that was written does not move when what is left of a filament dissolves at rest."""
    z = (0.0, 0.0, 0.0, 0.0, 1.0, 1.0)
    born = equations.filament_event(1, state(), -0.3, P, z)
    gone = equations.filament_event(2, state(phase=1.0, gap=1.0), 0.3, P, z)
    closed = equations.filament_event(2, state(phase=1.0, gap=0.0), -0.3, P, z)
    assert born[-1] == pytest.approx(math.exp(P.cycle_cluster))
    assert gone[-1] == closed[-1] == 1.0


def test_set_voltages_follow_the_nucleation_hazard():
    """Without spread, exp(-integrated hazard) of the ramp is uniform: the set voltage is the
    Poisson process alone.
    """
    film_50 = film.grow()
    nominal = Filament.from_film(film_50)
    nominal.values.update(cycle_barrier=0.0)
    nominal.device_barrier = 0.0
    rate, step = 2.0, 1e-3
    loops = run(nominal.sample(400, seed=3), Sweep(-0.5, rate=rate, step=step), instrument=QUIET)
    v_set = np.abs(switching(loops).set_voltage[:, 0])
    p = SimpleNamespace(**nominal.values)

    def survival(v):
        total, _ = quad(
            lambda x: equations.nucleation_rate(state(), -x, p),
            0,
            v,
            points=[0.8 * v, 0.95 * v],
            limit=200,
        )
        return 1 - np.exp(-total / rate)

    spread = step * (np.random.Generator(np.random.PCG64(1)).random(v_set.size) - 0.5)
    assert kstest([survival(v) for v in v_set + spread], "uniform").pvalue > 1e-3


def test_halving_the_tolerance_moves_nothing_by_more_than_its_statistical_error():
    devices = NOMINAL.sample(100, seed=5)
    program = Sweep(-0.4, 0.4, rate=5.0, cycles=5)
    found = [switching(run(devices, program, tolerance=t)) for t in (1e-3, 5e-4)]
    for name in ("set_voltage", "reset_voltage", "lrs_conductance"):
        coarse, fine = (np.abs(getattr(f, name)) for f in found)
        error = np.nanstd(fine) / np.sqrt(fine.size)
        assert np.nanmean(coarse) == pytest.approx(np.nanmean(fine), abs=3 * error)
        assert np.nanstd(coarse) == pytest.approx(np.nanstd(fine), rel=0.1)
    first = [np.nan_to_num(f.set_voltage[:, 0]) for f in found]
    assert np.mean(first[0] != first[1]) < 0.15


@settings(max_examples=10, deadline=None)
@given(st.floats(0.1, 0.4), st.floats(1e-7, 1e-5), st.integers(0, 1000))
def test_ladders_stay_between_zero_and_the_cluster_conductance(voltage, width, seed):
    reads = run(
        NOMINAL.sample(2, seed=seed), PulseLadder(5, 5, 1, voltage, width), instrument=QUIET
    )
    g = (reads["current"] / reads["voltage"]).values
    assert (g > 0).all()
    assert np.isfinite(g).all()


def test_polarity_is_that_of_the_paper():
    found = switching(run(NOMINAL.sample(20, seed=1), Sweep(-0.4, 0.4, cycles=3)))
    assert found.polarity == -1
    assert np.nanmean(found.set_voltage) < 0 < np.nanmean(found.reset_voltage)


def test_an_unannealed_film_needs_more_voltage():
    raw = Filament.from_film(film.grow(film.Recipe(anneal_temperature=None))).sample(20, seed=1)
    assert switching(run(raw, Sweep(-0.5))).set_share == 0.0


def test_device_spread():
    devices = NOMINAL.sample(4000, seed=2)
    assert devices.parameter("migration_barrier").std() == pytest.approx(10e-3 * eV, rel=0.05)
    assert np.log(devices.parameter("contact_radius")).std() == pytest.approx(0.5, rel=0.05)


def test_every_parameter_is_filled():
    assert tuple(NOMINAL.values) == tuple(FILAMENT.parameters)
    assert all(np.isfinite(v) for v in NOMINAL.values.values())


def test_a_population_of_none_is_refused():
    with pytest.raises(LawError, match="expected at least 1"):
        NOMINAL.sample(0, seed=1)


@pytest.mark.parametrize("kelvin", [0.0, 860.0])
def test_a_temperature_of_another_phase_is_refused(kelvin):
    hot = AG2S.replace(
        {"filament.temperature": dataclasses.replace(AG2S["filament.temperature"], value=kelvin)}
    )
    with pytest.raises(LawError, match="below the transition of argentite at 859"):
        Filament.from_film(film.grow(), hot)


def test_the_energy_of_a_pulse_is_that_of_its_parts():
    """Step the compiled law through a write pulse: the integral of V I is that of the power of all
    parts, to 1e-9.
    """
    devices = Filament.from_film(film.grow(film.Recipe(thickness=200 * nm))).sample(1, seed=3)
    kernel, p = devices.law.kernel(), devices.values[0].copy()
    law, schedule = devices.law, PulseTrain(count=2, samples=40).schedule(0.01)
    y = np.array([devices.resolve(s.initial, 0.0)[0] for s in law.states] + [0.0] * len(law.held))
    bounds = np.array(
        [
            [devices.resolve(s.lower, -np.inf)[0] for s in law.states],
            [devices.resolve(s.upper, np.inf)[0] for s in law.states],
            [devices.resolve(s.scale, 1.0)[0] for s in law.states],
        ]
    )
    counts, work, z, key = (
        np.zeros(1, np.int64),
        np.zeros(FILAMENT.kernel().WORK_SHAPE),
        np.zeros(6),
        (3, 4, 0),
    )
    kernel.renew(y, p, key, counts, z)
    named = SimpleNamespace(**dict(zip(law.parameters, p, strict=True)))
    total, parts, times = [], [], np.cumsum(schedule.segments[:, 0])
    for segment in schedule.segments:
        v, i = np.empty((2, 1, 1))
        assert (
            kernel.run(
                y, p, segment[None], np.array([True]), 1, bounds, 1e-3, key, counts, work, z, v, i
            )
            == 0
        )
        state = SimpleNamespace(**dict(zip(law.state_names, y, strict=True)))
        total.append(v.item() * i.item())
        parts.append(equations.power_parts(state, v.item(), named))
    energy = trapezoid(total, times)
    split = sum(float((0.5 * (q[1:] + q[:-1]) * np.diff(times)).sum()) for q in np.array(parts).T)
    assert energy > 10e-15
    assert split == pytest.approx(energy, rel=1e-9)


def test_without_noise_a_renewed_constriction_is_as_strong_as_the_first():
    quiet = without_noise(NOMINAL.sample(1, seed=1)).law
    names = quiet.state_names
    closes = state(gap=0.0, phase=1.0)
    first = dict(zip(names, quiet.event(2, closes, -0.3, P, None), strict=True))
    spent = SimpleNamespace(**{**first, "hazard": 0.0, "radius": 0.5 * P.contact_radius})
    renewed = dict(zip(names, quiet.event(1, spent, -0.3, P, None), strict=True))
    assert renewed["touching"] == 1.0
    assert renewed["hazard"] == renewed["untried"] == 1.0
    assert renewed["rupture_factor"] == first["rupture_factor"]
    assert first["rupture_factor"] == pytest.approx((1 / math.log(2)) ** P.cycle_rupture)
