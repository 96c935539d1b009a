"""Transfers with a lag: which sample sees which weights, and that nothing else depends on it."""

from dataclasses import replace

import numpy as np
import pytest

from acanthite import threads
from acanthite.errors import TrainingError
from acanthite.nn import (
    AGAD,
    ERIDER,
    Convolution,
    Network,
    ResidualLearning2,
    TTv2,
)
from acanthite.nn.algorithms.base import Batch, RankOneGradients
from acanthite.nn.training.checkpoint import arrays
from acanthite.synapse.literature import literature

pytestmark = pytest.mark.long

LAG = 6


def eager(lag: int, threshold: float = 0.5) -> TTv2:
    return TTv2(lag=lag, threshold=threshold, read_noise=0.0)


@pytest.fixture(autouse=True)
def chosen_threads():
    yield
    threads.use(None)


def batch(data, first: int, last: int) -> Batch:
    return Batch(data.images, data.labels, np.arange(first, last))


def trained(algorithm, network, device, data, cuts, workers=1):
    """Return the state after samples 0 to the last cut, one call from cut to cut."""
    threads.use(workers)
    state = algorithm.start(network, device, 1)
    for first, last in zip([0, *cuts], cuts, strict=False):
        algorithm.run(state, batch(data, first, last), 0)
    return state


@pytest.mark.parametrize(
    "algorithm",
    [TTv2(lag=LAG), TTv2(lag=LAG, transfer_every=4), AGAD(lag=LAG, flip=0.5)],
    ids=["ttv2", "every fourth", "agad"],
)
def test_one_thread_or_two_in_one_call_or_many_the_bits_are_the_same(
    algorithm, small, device, shapes
) -> None:
    whole = dict(arrays(trained(algorithm, small, device, shapes, [400])))
    cuts = [1, 3, LAG, LAG + 1, 3 * LAG, 100, 101, 398, 400]
    for other in ([400], cuts):
        state = trained(algorithm, small, device, shapes, other, workers=2)
        for name, values in arrays(state):
            assert (values == whole[name]).all(), name


def test_the_passes_of_a_block_see_the_transfers_up_to_the_block_before_the_last(
    small, device, shapes
) -> None:
    algorithm = eager(LAG)
    state = algorithm.start(small, device, 1)
    before = state.slow.weights.copy()
    for k in range(20):
        algorithm.run(state, batch(shapes, k * LAG, (k + 1) * LAG), 0)
        assert (algorithm.weights(state) == before).all(), "C as it was when the block began"
        before = state.slow.weights.copy()
    assert state.slow.counts.sum() > 20


def test_two_blocks_are_passed_before_a_transfer_counts(small, device, shapes) -> None:
    """Without noise of pulses A of two blocks is that of a training whose C never moves."""
    quiet = replace(device, pulse_noise=0.0)
    lagged = trained(eager(LAG), small, quiet, shapes, [2 * LAG + 1])
    plain = trained(eager(0, threshold=1e9), small, quiet, shapes, [2 * LAG])
    assert (lagged.fast.weights == plain.fast.weights).all()
    assert lagged.slow.counts.sum() > 0
    at_once = trained(eager(0), small, quiet, shapes, [2 * LAG])
    assert (lagged.fast.weights != at_once.fast.weights).any()


def test_a_lag_costs_no_accuracy_that_a_seed_does_not(small, device, shapes) -> None:
    share = {}
    for lag in (0, 16):
        algorithm = TTv2(lag=lag, threshold=10.0)
        correct = []
        for seed in range(4):
            state = algorithm.start(small, device, seed)
            for _ in range(3):
                tally = algorithm.run(state, batch(shapes, 0, 2000), 0)
            correct.append(tally.correct / 2000)
        share[lag] = np.array(correct)
    spread = np.hypot(share[0].std(ddof=1), share[16].std(ddof=1)) / 2
    assert share[0].mean() > 0.9
    assert abs(share[16].mean() - share[0].mean()) < 4 * spread


def test_what_is_programmed_is_seen_at_once(small, device) -> None:
    algorithm = TTv2(lag=LAG)
    state = algorithm.start(small, device, 1)
    algorithm.program(state, np.full(small.n_weights, 0.1, np.float32))
    assert (algorithm.weights(state) == state.slow.weights).all()
    assert algorithm.weights(state) == pytest.approx(0.1)


def test_a_lag_is_refused_where_it_cannot_be(small, device) -> None:
    maps = Network((64, 4), "relu", (Convolution(2, 3),), (8, 8, 1))
    with pytest.raises(TrainingError, match=r"lag = 6: .* take lag = 0 for networks with conv"):
        TTv2(lag=LAG).start(maps, device, 1)
    with pytest.raises(TrainingError, match="lag = 131; expected at most 130, in which every"):
        TTv2(lag=131, transfer_every=2).start(small, device, 1)
    with pytest.raises(TrainingError, match=r"lag = 6: one-sided pairs .* or refresh_every = 0"):
        TTv2(lag=LAG).start(small, literature("pcm"), 1)
    for kind in (ResidualLearning2, ERIDER):
        with pytest.raises(TrainingError, match="lag = 6; expected 0: its network runs on the fa"):
            kind(lag=LAG)
    with pytest.raises(TrainingError, match="TTv2: lag = -1"):
        TTv2(lag=-1)
    with pytest.raises(TrainingError, match=r"TTv2: lag = 1\.5"):
        TTv2(lag=1.5)  # pyright: ignore[reportArgumentType]
    algorithm = TTv2(lag=LAG)
    x, d = np.ones((1, 65), np.float32), np.ones((1, 24), np.float32)
    given = RankOneGradients(x, d, 1, 0.5, algorithm.updater(65, 24, 1, "test"))
    with pytest.raises(TrainingError, match="lag = 6: gradients computed elsewhere"):
        algorithm.update(algorithm.start(Network((64, 24)), device, 1), given)
