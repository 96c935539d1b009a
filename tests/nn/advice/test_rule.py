"""The rule: from traits to the accuracy of every candidate, by a table of trainings."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from acanthite.nn import SGD, TTv2, train
from acanthite.nn.advice import Candidate, Rule, Traits, candidates, learnt_rule
from acanthite.nn.advice.rule import (
    ACCURACIES,
    LINES,
    STATES,
    read_rule,
    write_covariances,
)


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
    """Trainings scatter about a rule; what is said is the scatter that they were given."""
    draw = np.random.default_rng(9)
    scatter = 0.1 * draw.standard_normal(rule.accuracies.shape)
    noisy = Rule(rule.candidates, rule.devices, 1 - (1 - rule.accuracies) * np.exp(scatter))
    errors = np.array([noisy.errors(d) / (1 - noisy.predict(d)) for d in devices(20, seed=8)])
    assert np.median(errors) == pytest.approx(0.1, rel=0.3)


def test_beyond_the_table_it_speaks_of_its_edge(rule) -> None:
    most = max(each.states for each in rule.devices)
    at, beyond = Traits(most, 0.1, 0.3, 0.1), Traits(100 * most, 0.1, 0.3, 0.1)
    np.testing.assert_array_equal(rule.predict(at), rule.predict(beyond))


def test_a_digital_candidate_is_chosen_only_where_it_may_be(rule) -> None:
    best = np.full(len(rule.devices), 0.999)
    digital = Candidate("digital", SGD(), digital=True)
    table = np.column_stack((rule.accuracies, best))
    covariances = *rule.covariances, rule.covariances[0]
    more = Rule((*rule.candidates, digital), rule.devices, table, covariances)
    assert (more.regrets() == 0).all()
    np.testing.assert_array_equal(more.regrets(analogue_only=True), rule.regrets())


def test_what_a_device_left_out_is_said_to_reach_is_what_the_others_say(rule) -> None:
    k = 3
    others = Rule(
        rule.candidates,
        rule.devices[:k] + rule.devices[k + 1 :],
        np.delete(rule.accuracies, k, 0),
        rule.covariances,
    )
    np.testing.assert_array_equal(others.range, rule.range)
    wanted = others.predict(rule.devices[k])
    np.testing.assert_allclose(rule.left_out[k], wanted, atol=1e-9)


def test_references_do_not_matter_to_a_candidate_without(rule) -> None:
    known = learnt_rule()
    given = Traits(30, 0.2, 0.5, 0.2, reference_mean=0.4, reference_spread=0.4)
    changes = abs(known.predict(given) - known.predict(Traits(30, 0.2, 0.5, 0.2)))
    for change, candidate in zip(changes, known.candidates, strict=True):
        assert (change > 0.01) == candidate.referenced


@pytest.mark.long
@pytest.mark.parametrize(
    "candidate",
    [each for each in candidates() if not each.referenced],
    ids=lambda each: each.name,
)
def test_a_candidate_without_references_trains_alike_whatever_they_are(
    candidate, shapes, small, device
) -> None:
    algorithm = candidate.fitted(device.n_states, small.widths[0] + 1, 2)
    wrong = {k: 0.5 for k in ("reference_mean", "reference_spread") if hasattr(algorithm, k)}
    right, misled = (
        train(shapes, small, device, each, epochs=2).test_accuracy[-1]
        for each in (algorithm, replace(algorithm, **wrong))
    )
    assert misled == pytest.approx(right, abs=0.02)


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


@pytest.mark.slow
def test_the_packages_covariances_are_those_learnt_from_its_table(tmp_path) -> None:
    known, anew = learnt_rule(), read_rule(candidates(), ACCURACIES)
    for kept, learnt in zip(known._processes, anew._processes, strict=True):
        assert kept.log_likelihood == pytest.approx(learnt.log_likelihood, abs=0.05)


def test_covariances_are_read_as_they_were_written(rule, tmp_path) -> None:
    path = tmp_path / "covariances.csv"
    write_covariances(learnt_rule(), path, head="# learnt\n")
    assert read_rule(candidates(), ACCURACIES, path).covariances == learnt_rule().covariances
