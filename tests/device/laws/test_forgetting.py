"""What the filament law says where nobody fitted it: it forgets with a barrier, reads disturb
nothing, the HRS varies.
"""

import dataclasses
import math
import time
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from acanthite import analysis, film
from acanthite.constants import boltzmann, eV, nA, nm, uA, um
from acanthite.device import Filament
from acanthite.device.laws.filament import filament_rates
from acanthite.device.laws.set_times import nucleation_time
from acanthite.figures import Settings, experiments
from acanthite.figures.fig4_computing.fig4d import nonlinearity
from acanthite.measurement import Endurance, Instrument, Retention, Sweep, run
from acanthite.measurement.schedule import Schedule
from acanthite.parameters import AG2S

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
FILM = film.grow()
NOMINAL = Filament.from_film(FILM)
COMPLIANCES = (1 * uA, 5 * uA, 10 * uA, 30 * uA, 100 * uA)
KELVIN = (300.0, 330.0, 358.0)


def with_values(**values):
    """Return the Ag2S set with some values changed, dots written as double underscores."""
    keys = {name.replace("__", "."): value for name, value in values.items()}
    return AG2S.replace(
        {key: dataclasses.replace(AG2S[key], value=value) for key, value in keys.items()}
    )


def at(kelvin):
    return Filament.from_film(FILM, with_values(filament__temperature=kelvin))


def set_at(compliance):
    return Sweep(-0.4, 0.0, 5.0, 0.0025, 1, compliance)


def left(nominal, compliance, duration=1e10, n=20):
    """Return times [s] and conductances [S] of devices that were set and then left alone, shape
    (device, time).
    """
    test = Retention(duration=duration, points=120, first=1e-5, read_time=1e-6)
    reads = run(nominal.sample(n, seed=77), test, after=set_at(compliance), instrument=QUIET)
    return reads.time.values[0], analysis.conductance(reads).isel(cycle=0).values


def lifetimes(nominal, compliance):
    """Return when each device has lost half of what it was set to. [s]"""
    t, g = left(nominal, compliance)
    gone = g < 0.5 * g[:, :1]
    return np.where(gone.any(1), t[gone.argmax(1)], np.inf)


@pytest.fixture(scope="module")
def half_lives():
    """Median lifetimes, shape (temperature, compliance). [s]"""
    return np.array([[np.median(lifetimes(at(t), c)) for c in COMPLIANCES] for t in KELVIN])


def test_more_compliance_lasts_longer(half_lives):
    assert (np.diff(half_lives, axis=1) >= 0.0).all()


def test_warmth_forgets_sooner(half_lives):
    assert (np.diff(half_lives, axis=0) <= 0.0).all()


def test_it_reaches_from_volatile_to_non_volatile(half_lives):
    """Below one quantum a tunnel gap opens in milliseconds; contacts of two quanta and more hold
    for a day.
    """
    room = half_lives[0]
    assert 1e-4 < room[0] < 1e-1
    assert room[2] > 1e4
    assert room[-1] > 10 * room[2]


def test_the_barrier_of_retention_is_that_of_surface_diffusion(half_lives):
    """Of wide contacts; what a gap needs to open is far less."""
    inverse = 1 / (boltzmann * np.array(KELVIN))
    wide = np.polyfit(inverse, np.log(half_lives[:, -1]), 1)[0] / eV
    gap = np.polyfit(inverse, np.log(half_lives[:, 0]), 1)[0] / eV
    assert wide == pytest.approx(AG2S.value("filament.surface_barrier") / eV, abs=0.15)
    assert 0.1 < gap < 0.6


@pytest.mark.parametrize("compliance", [100 * nA, 1 * uA, 3 * uA, 5 * uA, 10 * uA])
def test_no_filament_is_immortal_and_each_opens_fully(compliance):
    """In the end nothing is left but the junction and clusters, far below a quantum."""
    _, g = left(NOMINAL, compliance)
    assert np.isfinite(lifetimes(NOMINAL, compliance)).all()
    assert g[:, -1].max() < 1e-3 * 77.5 * uA


def test_a_gap_relaxes_after_a_write_and_goes_on():
    """The conductance falls once the voltage is gone, through decades, down to what the junction
    and clusters conduct.
    """
    _, g = left(NOMINAL, 1 * uA, duration=10.0)
    tunnels = g[:, 1:] > 1e-7
    rise = np.diff(g, axis=1) / g[:, :-1]
    assert (rise[tunnels] < 0.03).all()  # what is left of the polarisation when a read begins
    assert (g[:, -1] < 1e-2 * g[:, 0]).all()


class Ramps:
    """The same ramp to SET and back, again and again, with a rest at no voltage between."""

    def __init__(self, compliance, rest=1.0):
        self.compliance, self.rest = compliance, rest

    def schedule(self, current_limit):
        volts = np.r_[np.linspace(0, -0.4, 161), np.linspace(-0.4, 0, 161)[1:]]
        rows = [(5e-4, v, w, self.compliance) for v, w in pairwise(volts)]
        rows.append((self.rest, 0.0, 0.0, self.compliance))
        recorded = np.ones(len(rows), bool)
        recorded[-1] = False
        return Schedule(np.array(rows), recorded, 4, ("sample",), (len(rows) - 1,))


def test_a_low_compliance_switches_at_a_threshold_and_lets_go():
    """Ramped again without a RESET a volatile device sets anew, a non-volatile one conducts from
    the start.
    """
    ways = {}
    for compliance in (1 * uA, 30 * uA):
        loops = run(NOMINAL.sample(20, seed=3), Ramps(compliance), instrument=QUIET)
        current, applied = np.abs(loops.current.values[:, 1:]), np.abs(loops.applied.values)
        begins = current[..., 1] / applied[1]  # at the second step of every further ramp
        sets = applied[(current[..., :160] > 0.5 * compliance).argmax(-1)]
        ways[compliance] = begins, sets
    assert (ways[1 * uA][0] < 1e-7).all()
    assert np.median(ways[1 * uA][1]) == pytest.approx(0.22, abs=0.03)
    assert (ways[30 * uA][0] > 1e-4).all()


@pytest.mark.parametrize("seed", range(900, 912))
def test_reads_disturb_nothing(seed):
    """Within the range of the paper's pixels the six kernel devices keep their lines."""
    reads = experiments.lrs_reads(Settings(seed)).isel(device=slice(0, 6))
    assert nonlinearity(reads).max() < 0.01


def test_a_thousand_devices_are_read_and_none_moves():
    top = 25.5e-3
    devices = NOMINAL.sample(1000, seed=31)
    reads = run(devices, Sweep(-top, top, 5.0, top / 51), after=set_at(10 * uA))
    assert (nonlinearity(reads) > 0.01).sum() <= 1


def test_wide_contacts_are_reset_as_narrow_ones_are():
    """They get little of the voltage, in series with their lines, but have a weaker weakest atom."""
    devices = NOMINAL.sample(20, seed=5)
    values = devices.values.copy()
    radii = np.repeat([0.3, 0.66, 1.2, 2.0, 3.2], 4) * nm
    values[:, list(devices.law.parameters).index("contact_radius")] = radii
    cycling = run(dataclasses.replace(devices, values=values), Endurance(cycles=2000))
    assert analysis.endurance(cycling).reset_failures.max() <= 3  # set again from the Au side


def test_slow_devices_miss_as_many_sets_as_nucleation_says():
    """The middle device misses none; the others miss what the closed form gives for their barrier."""
    devices = NOMINAL.sample(99, seed=1)
    test = Endurance(cycles=400)
    missed = analysis.endurance(run(devices, test)).set_failures
    assert np.median(missed) == 0
    names = list(devices.law.parameters)
    barrier = devices.values[:, names.index("migration_barrier")]
    mean = nucleation_time(test.voltage, NOMINAL.values) * np.exp(
        (barrier - NOMINAL.values["migration_barrier"]) / NOMINAL.values["kT"]
    )
    expected = test.cycles * np.exp(-test.width / mean).sum()
    assert missed.sum() == pytest.approx(expected, abs=4 * math.sqrt(expected))


def test_a_constriction_is_drawn_anew_only_where_it_was_strained():
    """Under SET nothing happens to a contact that was never strained, for years."""
    s = SimpleNamespace(
        coverage=0.0,
        hazard=0.7,
        gap=0.0,
        radius=0.4 * nm,
        phase=1.0,
        touching=1.0,
        barrier_shift=0.0,
        radial_factor=1.0,
        rupture_factor=1.0,
        untried=0.7,
    )
    p = SimpleNamespace(**NOMINAL.values)
    assert filament_rates(s, -0.2, p)[2] == 0.0
    s.hazard = 0.5  # some of it was spent under RESET
    assert filament_rates(s, -0.2, p)[2] < 0.0


def test_the_hrs_varies_from_cycle_to_cycle_and_between_devices():
    loops = run(NOMINAL.sample(40, seed=4), Sweep(-0.4, 0.4, 5.0, cycles=10), instrument=QUIET)
    logs = np.log(analysis.switching(loops).hrs_conductance[:, 1:])
    within = np.nanstd(logs, axis=1).mean()
    between = np.nanstd(np.nanmean(logs, axis=1))
    expected = AG2S.value("spread.cycle_junction") / NOMINAL.values["kT"]
    assert within == pytest.approx(expected, rel=0.25)
    assert between > 0.5 * expected


def test_the_hrs_is_activated_by_the_junctions_barrier():
    kelvin = np.array([260.0, 300.0, 340.0])
    g = [at(t).values["hrs_conductance"] for t in kelvin]
    slope = -np.polyfit(1 / (boltzmann * kelvin), np.log(g), 1)[0]
    assert slope == pytest.approx(AG2S.value("filament.hrs_barrier"), rel=1e-6)
    assert g[1] == pytest.approx(1e-9, rel=0.01)


def test_the_hrs_follows_area_and_grain_boundaries():
    small = Filament.from_film(FILM, with_values(stack__island_side=2.5 * um))
    thick = film.grow(film.Recipe(thickness=200 * nm))
    boundaries = [1 + f.thickness / f.grain_size for f in (FILM, thick)]
    g = [m.values["hrs_conductance"] for m in (NOMINAL, small, Filament.from_film(thick))]
    assert g[1] == pytest.approx(g[0] / 4)
    assert g[2] == pytest.approx(g[0] * boundaries[0] / boundaries[1])


def test_the_lrs_is_a_metals():
    """Warm, it conducts less: its body by the phonons of bulk silver, its lines by their own
    coefficient.
    """
    cold, warm = at(300.0).values, at(320.0).values
    body = warm["body_resistance"] / cold["body_resistance"] - 1
    expected = AG2S.value("filament.phonon_resistivity") / AG2S.value("filament.resistivity")
    assert body == pytest.approx(20 * expected, rel=1e-9)
    resistance = [
        1 / 1e-3 + v["body_resistance"] + v["series_resistance"] for v in (cold, warm)
    ]  # of a contact of 1 mS, which is ballistic
    assert 1e-4 < (resistance[1] / resistance[0] - 1) / 20 < 3.8e-3


class Hold:
    """Years at one small voltage."""

    def __init__(self, voltage):
        self.voltage = voltage

    def schedule(self, current_limit):
        rows = [(1e-3, 0.0, self.voltage, current_limit)]
        rows += [
            (t, self.voltage, self.voltage, current_limit) for t in np.geomspace(1e-2, 1e8, 21)
        ]
        return Schedule(np.array(rows), np.ones(22, bool), 1, ("sample",), (22,))


@pytest.mark.parametrize("kelvin", [250.0, 300.0, 420.0])
@pytest.mark.parametrize("voltage", [0.0, 0.005, -0.005, 0.0255, -0.0255, -0.1, -0.2])
def test_years_at_one_voltage_take_no_time(kelvin, voltage):
    devices = at(kelvin).sample(3, seed=5)
    begun = time.perf_counter()
    reads = run(devices, Hold(voltage), after=set_at(10 * uA), instrument=QUIET)
    assert time.perf_counter() - begun < 20.0
    assert np.isfinite(reads.current.values).all()


def test_power_and_current_vanish_with_the_voltage_at_any_temperature():
    for kelvin in (200.0, 300.0, 440.0):
        devices = at(kelvin).sample(2, seed=1)
        kernel, start = devices.law.kernel(), devices.start()
        for i in range(2):
            y = start[:, i].copy()
            kernel.renew(y, devices.values[i], (1, 2, i), np.zeros(1, np.int64), np.zeros(6))
            assert kernel.law_current(y, 0.0, devices.values[i]) == 0.0
            assert math.isfinite(kernel.law_current(y, 0.4, devices.values[i]))
