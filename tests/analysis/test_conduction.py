"""Conduction mechanisms: what made the data comes back, with its numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.analysis import fit_conduction
from acanthite.analysis.mechanisms import MECHANISMS
from acanthite.constants import elementary_charge, nm, vacuum_permittivity
from acanthite.errors import AnalysisError
from acanthite.random import generator

TRUTH = {
    "ohmic": (1e-6,),
    "sclc": (1e-7, 0.3, 2.0),
    "schottky": (1e-9, 6.0),
    "poole-frenkel": (1e-9, 8.0),
    "point-contact": (12.0, 0.35),
    "fowler-nordheim": (1e-5, 6.0),
    "hopping": (1e-9, 0.15),
}
V = np.linspace(0.01, 1, 100)


def measured(name, seed, spread=0.02, floor=2e-12):
    rng = generator(seed, "conduction")
    i = MECHANISMS[name].current(V, *TRUTH[name])
    return i * (1 + spread * rng.standard_normal(V.size)) + floor * rng.standard_normal(V.size)


@pytest.mark.parametrize("name", TRUTH)
def test_the_mechanism_and_its_numbers_come_back(name):
    best, hits, total = 0, 0, 0
    for seed in range(20):
        fits = fit_conduction(V, measured(name, seed))
        best += fits[0].mechanism == name
        own = next(f for f in fits if f.mechanism == name)
        for e, truth in zip(own.parameters.values(), TRUTH[name], strict=True):
            assert e.value == pytest.approx(truth, rel=0.25)
            hits += e.interval[0] <= truth <= e.interval[1]
            total += 1
    assert (
        best >= 14
    )  # below its barrier a point contact is a sinh, as hopping is; an ohmic current is a limit of most
    assert hits / total >= 0.8


def test_weights_add_up_and_order_by_criterion():
    fits = fit_conduction(V, measured("schottky", 1))
    assert sum(f.weight for f in fits) == pytest.approx(1)
    assert [f.aicc for f in fits] == sorted(f.aicc for f in fits)
    assert fits[0].weight > 0.99
    assert fits[0].decades < 0.02
    assert str(fits[0]).startswith("schottky")


def test_permittivity_follows_from_the_thickness():
    for name, share in (("schottky", 4.0), ("poole-frenkel", 1.0)):
        kT = 1.380649e-23 * 300 / elementary_charge
        eps, d = 12.0, 40 * nm
        b = np.sqrt(elementary_charge / (share * np.pi * vacuum_permittivity * eps * d)) / kT
        i = MECHANISMS[name].current(V, 1e-9, b)
        (fit,) = fit_conduction(V, i, mechanisms=[name], thickness=d)
        assert fit.derived["relative_permittivity"].value == pytest.approx(eps, rel=1e-3)


@pytest.mark.parametrize("name", ["poole-frenkel", "schottky"])
def test_a_high_noise_floor_does_not_mislead(name):
    i = measured(name, 3, floor=2e-9)
    fits = fit_conduction(V, i)
    assert fits[0].mechanism == name
    for e, truth in zip(fits[0].parameters.values(), TRUTH[name], strict=True):
        assert e.value == pytest.approx(truth, rel=0.3)


@settings(max_examples=10)
@given(st.floats(-6, 3), st.sampled_from(["sclc", "schottky", "poole-frenkel"]))
def test_polarity_and_scale_do_not_matter(power, name):
    i = measured(name, 4)
    a, b = (
        fit_conduction(V, i, mechanisms=[name])[0],
        fit_conduction(-V[::-1], -(10.0**power) * i[::-1], mechanisms=[name])[0],
    )
    first = next(iter(a.parameters))
    assert b.parameters[first].value == pytest.approx(10.0**power * a.parameters[first].value, rel=1e-3)
    assert b.decades == pytest.approx(a.decades, rel=1e-3)
    assert b.current(-0.5) == pytest.approx(-(10.0**power) * a.current(0.5), rel=1e-3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_conduction(V, V, mechanisms=["shottky"]), "did you mean 'schottky'"),
        (lambda: fit_conduction(np.linspace(-1, 1, 50), np.ones(50)), "both signs"),
        (lambda: fit_conduction(V, V[:-1]), "100 voltages and 99 currents"),
        (lambda: fit_conduction(V, V, noise_floor=1.0), "stand out of the noise floor"),
    ],
)
def test_branches_that_cannot_answer(call, message):
    with pytest.raises(AnalysisError, match=message):
        call()
