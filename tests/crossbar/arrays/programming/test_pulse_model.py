import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import nS, uS
from acanthite.crossbar.arrays.programming.pulse_model import PulseModel

M, ROWS = 16, 40
GUESS = {"start": 0.2, "change": 25 * nS, "efold": 0.03, "largest": 0.3, "highest": 1.6 * uS}


def moved(amplitude, before, factor):
    """A cell whose rate grows e-fold each 20 mV and which slows down towards 2 uS."""
    return factor * (2 * uS - before) * -np.expm1(-0.01 * np.exp((amplitude - 0.18) / 0.02))


def taught(rng, factor, noise=2 * nS):
    response = PulseModel((ROWS, M), **GUESS)
    for row in range(ROWS):
        before, change = rng.uniform(0.1, 1.2, M) * uS, rng.uniform(0.05, 0.4, M) * uS
        amplitude = response.amplitude(row, before, change)
        got = moved(amplitude, before, factor[row]) + noise * rng.standard_normal(M)
        response.learn(row, np.ones(M, bool), amplitude, before, got, np.full(M, noise))
    return response


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000))
def test_amplitudes_come_to_do_what_they_are_asked(seed):
    rng = np.random.default_rng(seed)
    response = taught(rng, np.ones((ROWS, M)))
    before, wanted = rng.uniform(0.1, 1.2, M) * uS, rng.uniform(0.05, 0.4, M) * uS
    first = PulseModel((ROWS, M), **GUESS).amplitude(0, before, wanted)
    found = response.amplitude(0, before, wanted)
    off, untaught = (np.abs(np.log(moved(a, before, 1.0) / wanted)) for a in (found, first))
    assert off.mean() < 0.1 < untaught.mean()
    assert (found <= GUESS["largest"]).all()


def test_a_cell_that_differs_is_known_by_itself():
    rng = np.random.default_rng(1)
    factor = np.exp(0.4 * rng.standard_normal((ROWS, M)))
    response = taught(rng, factor)
    before, wanted = np.full(M, 0.6 * uS), np.full(M, 0.2 * uS)
    got = moved(response.amplitude(3, before, wanted), before, factor[3])
    assert np.abs(np.log(got / wanted)).mean() < 0.1


def test_a_cell_that_does_not_answer_gets_more_each_time():
    response, one = PulseModel((1, 1), **GUESS), np.array([0.1 * uS])
    given_ = []
    for _ in range(6):
        given_.append(response.amplitude(0, one, one)[0])
        response.learn(
            0, np.array([True]), np.array(given_[-1:]), one, np.zeros(1), np.full(1, 2 * nS)
        )
    assert given_ == sorted(given_)
    assert given_[-1] == pytest.approx(GUESS["largest"])


def test_more_is_not_asked_for_with_less():
    response = taught(np.random.default_rng(2), np.ones((ROWS, M)))
    wanted = np.geomspace(1, 1000, M) * nS
    assert (np.diff(response.amplitude(0, np.full(M, 0.5 * uS), wanted)) >= 0).all()
