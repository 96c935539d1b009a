"""Conduction mechanisms: what made the data comes back, with its numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.analysis import fit_conduction
from acanthite.analysis.conduction.mechanisms import MECHANISMS
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


@pytest.mark.long
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
    assert b.parameters[first].value == pytest.approx(
        10.0**power * a.parameters[first].value, rel=1e-3
    )
    assert b.decades == pytest.approx(a.decades, rel=1e-3)
    assert b.current(-0.5) == pytest.approx(-(10.0**power) * a.current(0.5), rel=1e-3)


def test_curvature_is_not_taken_for_noise():
    """Twelve samples of a steep law: their second differences are its own."""
    v = np.linspace(0.1, 1.2, 12)
    i = 1e-9 * np.sinh(v / 0.06)
    fits = fit_conduction(v, i)
    assert fits.best.mechanism == "hopping"
    assert fits.noise < 1e-3
    assert fits.best.parameters["sinh_voltage"].value == pytest.approx(0.06, rel=1e-4)


@pytest.mark.parametrize(
    "shape",
    [
        lambda v: v * (1 + 30 / (1 + np.exp(-(v - 0.55) / 0.02))),
        lambda v: 0.05 * v + np.exp(-(((v - 0.5) / 0.12) ** 2)),
        lambda v: np.tanh(6 * v),
        lambda v: 1e-9 * np.exp(20 * v**4),
        lambda v: v * np.exp(-4 * v),
    ],
    ids=["step", "peak", "saturation", "runaway", "falling"],
)
def test_none_of_them_is_an_answer(shape):
    fits = fit_conduction(
        V, 1e-6 * shape(V) * (1 + 0.005 * generator(8, "none").standard_normal(V.size))
    )
    assert fits.best is None
    assert fits.candidates == ()
    assert fits.verdict.startswith("none of them: the closest is ")
    assert {f.weight for f in fits} == {0.0}
    assert all(f.trouble for f in fits)


def test_a_law_that_is_far_off_where_little_flows_does_not_win():
    """Nine decades of current: samples at the low end count as decades too."""
    v = np.linspace(0.05, 2, 120)
    fits = fit_conduction(v, 1e-14 * v * np.exp(12 * v**1.3))
    assert all(fit.decades < 0.05 for fit in fits.candidates)


@pytest.mark.parametrize("shape", [lambda v: 1 / (1 + 20 * v), lambda v: np.exp(-2 * np.sqrt(v))])
def test_no_slope_has_the_wrong_sign(shape):
    fits = fit_conduction(V, 1e-6 * shape(V))
    assert fits.best is None
    for fit in fits:
        assert fit.parameters.get("slope") is None or fit.parameters["slope"].value > 0


def test_numbers_out_of_their_range_leave_a_law_out():
    film = 5 * nm
    field = elementary_charge / (4 * np.pi * vacuum_permittivity * film)
    slope = np.sqrt(field / 0.1) / (
        1.380649e-23 * 300 / elementary_charge
    )  # asks for a permittivity of 0.1
    i = 1e-12 * np.exp(slope * np.sqrt(V))
    (known,) = fit_conduction(V, i, mechanisms=["schottky"], thickness=film)
    assert known.trouble.startswith("relative permittivity 0.1, possible are 1 to 100")
    (short,) = fit_conduction(V, 1e-9 * np.sinh(V / 0.02), mechanisms=["hopping"])
    assert (
        "sinh voltage 0.02 V, possible are 0.0517 to" in short.trouble
    )  # hops further than the film is thick
    (huge,) = fit_conduction(
        V + 9, 1e-6 * np.exp(-3000 / (V + 9)) / np.exp(-3000 / 10), mechanisms=["fowler-nordheim"]
    )
    assert "prefactor" in huge.trouble
    assert not huge.describes


@pytest.mark.parametrize("seeds", [range(10), pytest.param(range(10, 30), marks=pytest.mark.slow)])
def test_ohmic_conduction_wins_where_laws_that_contain_it_fit_as_well(seeds):
    for seed in seeds:
        fits = fit_conduction(V, measured("ohmic", seed, spread=0.05))
        assert fits[0].mechanism == "ohmic"


def test_residuals_that_go_together_make_weights_less_sure():
    """The same branch, its relative noise white or wandering: what wanders can pass for a law."""
    rng = generator(12, "wander")
    white = 0.02 * rng.standard_normal(V.size)
    slow = np.cumsum(rng.standard_normal(V.size))
    slow = 0.02 * (slow - slow.mean()) / slow.std()
    fits = [
        fit_conduction(V, MECHANISMS["sclc"].current(V, 1e-7, 0.9, 2.0) * np.exp(x))
        for x in (white, slow)
    ]
    assert fits[0].correlation < 0.4 < fits[1].correlation
    assert max(f.weight for f in fits[1]) <= max(f.weight for f in fits[0]) or fits[1].best is None


def test_the_order_of_rows_does_not_matter():
    i = measured("poole-frenkel", 5)
    p = generator(13, "rows").permutation(V.size)
    assert str(fit_conduction(V[p], i[p])) == str(fit_conduction(V, i))
    masked = np.ma.masked_array(np.r_[i, 1.0], np.r_[np.zeros(V.size, bool), True])
    assert str(fit_conduction(np.r_[V, 0.5], masked)) == str(fit_conduction(V, i))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_conduction(V, V, mechanisms=["shottky"]), "did you mean 'schottky'"),
        (lambda: fit_conduction(np.linspace(-1, 1, 50), np.ones(50)), "both signs"),
        (lambda: fit_conduction(V, V[:-1]), "100 voltages and 99 currents"),
        (lambda: fit_conduction(V, V, noise_floor=1.0), "stand out of the noise floor"),
        (lambda: fit_conduction(V, V, mechanisms=[]), "no mechanism given"),
        (
            lambda: fit_conduction(V, V, temperature=0),
            "temperature = 0 K; expected a number above zero",
        ),
        (lambda: fit_conduction(V, V, thickness=-1e-9), "thickness = -1e-09 m; expected"),
        (
            lambda: fit_conduction(V, V, noise_floor=np.nan),
            "noise_floor = nan A; expected a current",
        ),
    ],
)
def test_branches_that_cannot_answer(call, message):
    with pytest.raises(AnalysisError, match=message):
        call()


def test_the_names_of_all_parameters_are_documented():
    for mechanism in MECHANISMS.values():
        for name in mechanism.parameters:
            assert f"``{name}``" in fit_conduction.__doc__
