"""The rule: from traits to the accuracy of every candidate, by a table of trainings."""

from dataclasses import astuple

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator

from acanthite.nn import SGD, TTv2
from acanthite.nn.advice import Candidate, Rule, Traits, candidates, learnt_rule
from acanthite.nn.advice.rule import LINES, STATES, _fit


def devices(n: int, seed: int = 1) -> tuple[Traits, ...]:
    draw = np.random.default_rng(seed)
    numbers = draw.random((n, 4))
    return tuple(Traits(10 ** (0.5 + 2 * a), 0.5 * b, c, 0.5 * d) for a, b, c, d in numbers)


def smooth(traits: Traits) -> tuple[float, float]:
    """Two candidates: one wants many states, the other bears few."""
    few = 4 / traits.states
    return 0.97 - 0.2 * few - 0.05 * traits.symmetry_point, 0.94 - 0.05 * few


@pytest.fixture(scope="module")
def rule() -> Rule:
    known = devices(40)
    both = Candidate("fine", SGD()), Candidate("coarse", TTv2())
    return Rule(both, known, np.array([smooth(each) for each in known]))


def test_it_is_a_radial_basis_interpolation_with_a_plane() -> None:
    draw = np.random.default_rng(2)
    points, values, elsewhere = draw.random((30, 5)), draw.random(30), draw.random((7, 5))
    fit = _fit(points, values, 0.7, 0.3)
    knobs = {"kernel": "gaussian", "epsilon": 1 / (0.7 * np.sqrt(2)), "degree": 1}
    other = RBFInterpolator(points, values, smoothing=0.09, **knobs)
    np.testing.assert_allclose([fit.value(x) for x in elsewhere], other(elsewhere), atol=1e-4)


def test_what_it_says_of_a_device_left_out_is_what_it_says_without_it() -> None:
    draw = np.random.default_rng(3)
    points, values = draw.random((25, 5)), draw.random(25)
    fit = _fit(points, values, 1.0, 0.3)
    for k in range(len(points)):
        rest = _fit(np.delete(points, k, 0), np.delete(values, k), 1.0, 0.3)
        assert fit.left_out[k] == pytest.approx(rest.value(points[k]), abs=1e-4)


def test_it_predicts_devices_it_never_saw(rule) -> None:
    found = np.array([rule.predict(each) for each in devices(20, seed=7)])
    wanted = np.array([smooth(each) for each in devices(20, seed=7)])
    assert np.sqrt(np.mean((found - wanted) ** 2)) < 0.01
    assert (rule.errors(Traits(30, 0.2, 0.5, 0.2)) < 0.03).all()


def test_it_chooses_the_one_that_bears_few_states_where_there_are_few(rule) -> None:
    few, many = rule.predict(Traits(4, 0.2, 0.5, 0.2)), rule.predict(Traits(200, 0.2, 0.5, 0.2))
    assert few.argmax() == 1
    assert many.argmax() == 0


def test_it_says_how_wrong_it_is_where_it_is_wrong(rule) -> None:
    found = np.array([abs(rule.predict(d) - smooth(d)) for d in devices(20, seed=8)])
    said = np.array([rule.errors(each) for each in devices(20, seed=8)])
    assert np.sqrt(np.mean(said**2)) == pytest.approx(np.sqrt(np.mean(found**2)), rel=1.0)


def test_beyond_the_table_it_speaks_of_its_edge(rule) -> None:
    most = max(each.states for each in rule.devices)
    at, beyond = Traits(most, 0.1, 0.3, 0.1), Traits(100 * most, 0.1, 0.3, 0.1)
    np.testing.assert_array_equal(rule.predict(at), rule.predict(beyond))


def test_a_digital_candidate_is_not_chosen(rule) -> None:
    best = np.full(len(rule.devices), 0.999)
    digital = Candidate("digital", SGD(), digital=True)
    table = np.column_stack((rule.accuracies, best))
    more = Rule((*rule.candidates, digital), rule.devices, table)
    np.testing.assert_array_equal(more.regrets, rule.regrets)


def test_knobs_follow_the_states_and_the_lines() -> None:
    candidate = Candidate("mine", TTv2(window=0.2, threshold=10.0), growth={"window": 0.5})
    assert candidate.fitted(STATES, LINES) == candidate.algorithm
    assert candidate.fitted(16, LINES).window == pytest.approx(0.4)
    assert candidate.fitted(STATES, LINES / 4).window == pytest.approx(0.4)
    assert candidate.fitted(1e6, LINES).window == 1.0
    assert candidate.fitted(16, LINES).threshold == 10.0


def test_the_rate_ends_where_it_would_after_ten_epochs() -> None:
    candidate = Candidate("mine", TTv2(decay=0.8))
    short, long = (candidate.fitted(STATES, LINES, epochs).decay for epochs in (4, 28))
    assert short**3 == pytest.approx(0.8**9)
    assert long**27 == pytest.approx(0.8**9)
    assert candidate.fitted(STATES, LINES, epochs=1).decay > 0


def test_the_packages_table_is_whole() -> None:
    known = learnt_rule()
    assert [each.name for each in known.candidates] == [each.name for each in candidates()]
    assert len(known.devices) >= 24
    assert known.accuracies.shape == (len(known.devices), len(known.candidates))
    assert ((known.accuracies > 0.05) & (known.accuracies < 1)).all()
    assert np.isfinite([astuple(each) for each in known.devices]).all()
    assert (known.errors(Traits(30, 0.1, 0.3, 0.1)) < 0.05).all()
