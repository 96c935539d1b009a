"""The neck of a filament: capillarity against its published limits, detailed balance, rupture as a
random event.
"""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import kstest, weibull_min

from acanthite import film
from acanthite.constants import boltzmann, conductance_quantum, eV, nm
from acanthite.device import Filament
from acanthite.device.laws import contact
from acanthite.parameters import AG2S

P = SimpleNamespace(**Filament.from_film(film.grow()).values)
ATOM = 2.0 / P.fermi_wavenumber
NECK = P.notch_radius  # m; the narrowest stable one

radii = st.floats(0.002, 2.0).map(lambda r: r * nm)
volts = st.floats(-0.5, 0.5)
sides = st.sampled_from([-1.0, 1.0])


def touching(radius, phase=1.0, rupture=1.0):
    return SimpleNamespace(
        phase=phase,
        touching=1.0,
        gap=0.0,
        radius=radius,
        radial_factor=1.0,
        rupture_factor=rupture,
        hazard=1.0,
        untried=1.0,
    )


def at(kelvin, **values):
    """Return the law's parameters at another temperature."""
    changed = {"filament.temperature": kelvin, **values}
    parameters = AG2S.replace(
        {key: dataclasses.replace(AG2S[key], value=value) for key, value in changed.items()}
    )
    return SimpleNamespace(**Filament.from_film(film.grow(), parameters).values)


def lifetime(neck, p, start=0.0):
    """Return how long a long cylinder lasts at no voltage: the integral of dr over its rate. [s]"""
    least = math.sqrt(max(neck**2 - ATOM**2, 0.0)) * start
    r = np.geomspace(max(least, 1e-3 * nm), math.sqrt(neck**2 - ATOM**2), 4000)
    loss = np.array([contact.contact_rates(touching(x), 0.0, p)[1] for x in r])
    return float(np.trapezoid(1 / (loss * r), r))


@given(radii)
def test_the_neck_is_as_wide_as_its_channels(radius):
    s = touching(radius)
    channels = contact.contact_conductance(s, P) / conductance_quantum
    assert contact.neck_radius(s, P) == pytest.approx(ATOM * math.sqrt(channels), rel=1e-9)


@given(radii, volts, sides)
def test_a_contact_either_grows_or_may_rupture(radius, voltage, phase):
    """One overpotential drives both, so that where one ends the other begins: no voltage does both
    at once.
    """
    s = touching(radius, phase)
    gain, loss, exchange, rupture = contact.contact_rates(s, voltage, P)
    assert min(gain, loss, exchange, rupture) >= 0.0
    assert gain == 0.0 or rupture == 0.0
    drop = abs(voltage) / (
        1 + contact.contact_conductance(s, P) * (P.body_resistance + P.series_resistance)
    )
    own = contact.neck_overpotential(contact.neck_radius(s, P), P)
    if gain > 0.0:
        assert phase * voltage < 0.0
        assert drop > own
    if rupture > 0.0 and phase * voltage < 0.0:
        assert drop <= own


@given(radii, st.floats(0.0, 0.4), st.floats(0.0, 0.4))
def test_more_reset_voltage_ruptures_sooner(radius, a, b):
    low, high = sorted((a, b))
    s = touching(radius)
    rates = [contact.contact_rates(s, v, P)[3] for v in (low, high)]
    assert rates[0] <= rates[1]


@pytest.mark.parametrize("atoms", [1.0, 14.0, 300.0])
def test_the_weakest_of_a_waist_is_the_weakest_of_its_atoms(atoms):
    """Fields of many atoms drawn one by one from Weibull's distribution: their least is the law's."""
    modulus = 1.0 / P.cycle_rupture
    middle = (1 / math.log(2)) ** P.cycle_rupture  # scale of the atoms, in the law's unit
    scale = P.radial_field * middle * P.rupture_atoms**P.cycle_rupture
    least = weibull_min(modulus, scale=scale * atoms**-P.cycle_rupture)
    rng = np.random.Generator(np.random.PCG64(2))
    one_by_one = scale * rng.weibull(modulus, (4000, int(atoms))).min(1)
    assert kstest(one_by_one, least.cdf).pvalue > 1e-3
    factors = [contact.weakest_factor(e, P) for e in rng.exponential(size=4000)]
    ours = [contact.rupture_field(atoms, SimpleNamespace(rupture_factor=f), P) for f in factors]
    assert kstest(ours, least.cdf).pvalue > 1e-3


def test_the_middle_constriction_has_the_field_of_growth():
    middle = SimpleNamespace(rupture_factor=contact.weakest_factor(math.log(2), P))
    assert contact.rupture_field(P.rupture_atoms, middle, P) == pytest.approx(P.radial_field)


def test_a_neck_sharper_than_its_notch_dissolves_unaided_and_a_wider_one_does_not():
    assert contact.neck_overpotential(ATOM, P) == pytest.approx(0.037, abs=0.002)
    assert contact.neck_overpotential(NECK, P) == 0.0
    assert contact.contact_rates(touching(0.02 * nm), 0.0, P)[3] > 0.0
    assert contact.contact_rates(touching(0.5 * nm), 0.0, P)[3] == 0.0


def test_ripples_grow_as_nichols_and_mullins_say():
    """Their rate k^2 (1/R^2 - k^2) at its maximum over the waves that fit, over that of an endless
    cylinder.
    """
    for q in (0.2, 0.6, 0.72, 0.8, 0.9, 0.99, 1.01, 2.0):
        neck = q * P.thickness / (2 * math.pi)
        longest = 2 * math.pi / P.thickness

        def against(k, neck=neck):
            return -(k**2) * (1 / neck**2 - k**2) * neck**4

        best = minimize_scalar(
            against, bounds=(longest, longest + 5 / neck), method="bounded", options={"xatol": 1e2}
        )
        fastest = max(0.0, -best.fun, -against(longest))
        assert contact.ripple_growth(neck, P) == pytest.approx(4 * fastest, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("kelvin", [280.0, 300.0, 358.0])
def test_a_lifetime_rises_with_the_fourth_power_of_the_radius(kelvin):
    p = at(kelvin)
    for neck in (0.3 * nm, 0.6 * nm, 1.2 * nm):
        expected = (neck**4 - ATOM**4) / (4 * p.capillary_rate)
        assert lifetime(neck, p) == pytest.approx(expected, rel=0.01)
    slope = math.log2(lifetime(2.4 * nm, p) / lifetime(1.2 * nm, p))
    assert slope == pytest.approx(4.0, abs=0.01)


def test_a_lifetime_falls_with_one_barrier():
    """An Arrhenius plot is straight and its slope is Q, less the kT of the prefactor."""
    kelvin = np.linspace(280.0, 400.0, 7)
    logs = np.array([math.log(lifetime(0.6 * nm, at(t)) / t) for t in kelvin])
    slope, _ = np.polyfit(1 / (boltzmann * kelvin), logs, 1)
    barrier = AG2S.value("filament.surface_barrier")
    assert slope == pytest.approx(barrier, rel=1e-3)
    assert np.ptp(logs - barrier / (boltzmann * kelvin)) < 1e-3


def test_bare_silver_would_last_less_than_a_second():
    """With the barrier of mass transport on bare silver, about 0.7 eV, a thin contact is gone at
    once: the matrix holds it.
    """
    assert lifetime(0.6 * nm, at(300.0, **{"filament.surface_barrier": 0.7 * eV})) < 60.0
    assert lifetime(0.6 * nm, at(300.0)) > 1e6


def test_a_cylinder_shorter_than_its_girth_does_not_pinch_off():
    short = SimpleNamespace(**{**vars(P), "thickness": 2 * math.pi * 0.5 * nm})
    assert contact.contact_rates(touching(0.6 * nm), 0.0, short)[1] == 0.0
    assert contact.contact_rates(touching(0.3 * nm), 0.0, short)[1] > 0.0


def test_ruptures_at_one_voltage_follow_their_rate():
    """Of many contacts held at one voltage, the times of rupture are exponential with the rate of
    the law.
    """
    from acanthite.measurement import Instrument, Sweep, run
    from acanthite.measurement.schedule import Schedule

    nominal = Filament.from_film(film.grow())
    nominal.values.update(cycle_rupture=0.0, cycle_radial=0.0)
    nominal.device_radius = nominal.device_barrier = 0.0
    volt, steps, dwell = 0.115, 400, 50e-6

    class Hold:
        def schedule(self, current_limit):
            rows = np.full((steps + 1, 4), (dwell, volt, volt, current_limit))
            rows[0] = (1e-6, 0.0, volt, current_limit)
            return Schedule(rows, np.ones(steps + 1, bool), 1, ("sample",), (steps + 1,))

    reads = run(
        nominal.sample(400, seed=9),
        Hold(),
        after=Sweep(-0.4, rate=5.0),
        instrument=Instrument("quiet", 0.1, 0.0, 0.0),
    )
    g = reads.current.values[:, 0] / volt
    rates = np.array([_rupture_rate(first, volt) for first in g[:, 0]])
    gone = g < 0.5 * g.max()
    held = ~gone.all(1) & gone.any(1)
    times = reads.time.values[0][gone.argmax(1)][held] - 0.5 * dwell
    span = float(reads.time.values[0, -1])
    assert held.mean() > 0.5
    spread = dwell * (np.random.Generator(np.random.PCG64(1)).random(times.size) - 0.5)
    rate = rates[held]
    share = (1 - np.exp(-rate * (times + spread))) / (1 - np.exp(-rate * span))
    assert kstest(share, "uniform").pvalue > 1e-3


def _rupture_rate(conductance, volt):
    """Return the rate of the law for a device of this conductance, nought below one quantum."""
    added = math.sqrt(max(_neck_of(conductance) ** 2 - ATOM**2, 0.0))
    return float(contact.contact_rates(touching(added), volt, P)[3])


def _neck_of(conductance):
    """Return the radius of a contact from the conductance of the whole device."""
    contact_alone = 1 / (1 / conductance - P.body_resistance - P.series_resistance)
    return ATOM * math.sqrt(contact_alone / conductance_quantum)
