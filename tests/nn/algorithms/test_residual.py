"""Algorithms whose fast array is part of the weights: their sum, their bounds, their bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn import (
    ERIDER,
    RIDER,
    SGD,
    Dataset,
    Job,
    MultiTile,
    Network,
    ResidualLearning,
    ResidualLearning2,
    TTv1,
    train,
    train_many,
)
from acanthite.nn.algorithms.base import Batch
from acanthite.nn.engine.pulses import array
from acanthite.random import generator
from acanthite.synapse import ConstantStep, Rest, SoftBounds, Synapse, literature

pytestmark = pytest.mark.long

RESIDUAL = [
    ResidualLearning(gamma=0.1, transfer_rate=0.05),
    ResidualLearning2(gamma=0.1, window=0.5, threshold=1.0, share=0.1),
    RIDER(gamma=0.1, window=0.5, threshold=30.0),
    ERIDER(gamma=0.1, window=0.5, threshold=30.0),
    MultiTile(tiles=2),
    MultiTile(tiles=4),
    MultiTile(warm_start=True),
]
NAMES = [f"{a.name}-{k}" for k, a in enumerate(RESIDUAL)]


def batch(data: Dataset, n: int) -> Batch:
    return Batch(data.images, data.labels, np.arange(n))


def summed(algorithm: Any, state: Any) -> np.ndarray:
    """Return what the network should run on, from the arrays alone."""
    if isinstance(algorithm, MultiTile):
        tiles = state.tiles.weights.reshape(algorithm.tiles, -1)[::-1]
        powers = algorithm.gamma ** np.arange(algorithm.tiles)
        return algorithm.window * np.tensordot(powers, tiles, 1)
    residual = state.fast.weights.copy()
    if isinstance(algorithm, ERIDER):
        signs = np.concatenate(
            [
                np.repeat(state.digital.chopper[first : first + n_in], n_out)
                for first, n_in, n_out in zip(
                    state.digital.first_line, *state.net.layers[:2], strict=True
                )
            ]
        )
        residual = signs * (residual - state.digital.past)
    return state.slow.weights + algorithm.gamma * algorithm.window * residual


@pytest.mark.parametrize("algorithm", RESIDUAL, ids=NAMES)
def test_the_network_runs_on_the_sum_of_the_arrays(algorithm, small, device, shapes) -> None:
    state = algorithm.start(small, device, 1)
    assert algorithm.weights(state) == pytest.approx(summed(algorithm, state), abs=1e-6)
    for epoch in range(2):
        algorithm.run(state, batch(shapes, 700), epoch)
    assert algorithm.weights(state) == pytest.approx(summed(algorithm, state), abs=1e-6)
    target = np.linspace(-0.05, 0.05, small.n_weights).astype(np.float32)
    algorithm.program(state, target)
    assert algorithm.weights(state) == pytest.approx(target, abs=1e-5)


@pytest.mark.parametrize("algorithm", RESIDUAL, ids=NAMES)
def test_a_run_resumed_and_runs_side_by_side_have_the_same_bits(
    algorithm, device, shapes, tmp_path: Path
) -> None:
    options = {"network": "64-16-4", "synapse": device, "algorithm": algorithm, "seed": 3}
    whole = train(shapes, **options, epochs=3)
    file = tmp_path / "run.npz"
    train(shapes, **options, epochs=1, checkpoint=file)
    resumed = train(shapes, **options, epochs=3, checkpoint=file)
    np.testing.assert_array_equal(resumed.weights, whole.weights)
    jobs = [Job(dataset=shapes, **options, epochs=3)] * 2
    for threads in (1, 2):
        for result in train_many(jobs, threads=threads):
            np.testing.assert_array_equal(result.weights, whole.weights)


@pytest.mark.parametrize("algorithm", RESIDUAL, ids=NAMES)
def test_it_learns(algorithm, device, shapes) -> None:
    result = train(shapes, "64-16-4", device, algorithm, epochs=4, seed=1)
    assert result.test_accuracy is not None
    assert result.test_accuracy[-1] > 0.8


def outputs(network: Network, weights: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return what comes before the softmax, in double precision."""
    x = image / 255.0
    layers = network.layer_weights(weights.astype(np.float32))
    for k, w in enumerate(layers):
        x = np.append(x, 1.0) @ w.astype(float)
        if k < len(layers) - 1:
            x = np.maximum(x, 0.0)
    return x


def test_the_bound_is_how_far_an_update_goes_to_where_the_loss_is_least(shapes) -> None:
    """In double precision, on steps so fine that an update is a straight descent."""
    network = Network((64, 16, 4), "relu")
    bound = 1e-3
    fine = ConstantStep(size=1e-4, conductance_min=1e-7, conductance_max=1e-6)
    algorithm = ResidualLearning(
        rate=1e3, bound=bound, pulses="mean-field", transfer_every=1000, window=2.0
    )
    state = algorithm.start(network, fine, 1)
    image, label = shapes.images[0], int(shapes.labels[0])
    before = outputs(network, algorithm.weights(state), image)
    algorithm.run(state, batch(shapes, 1), 0)
    after = outputs(network, algorithm.weights(state), image)
    p = np.exp(before - before.max())
    d = p / p.sum() - np.eye(4)[label]
    curvature = 2 * (p / p.sum() * (1 - p / p.sum())).max()
    assert -curvature * (after - before) @ d / (d @ d) == pytest.approx(bound, rel=2e-2)


@pytest.mark.slow  # nothing else asks for RL itself, and it compiles for ten seconds
def test_without_the_bound_the_same_rate_runs_away(device, shapes) -> None:
    """TTv1 with a share of A in the weights, and residual learning, which is that and the bound."""
    knobs = {"rate": 4.0, "gamma": 0.5, "transfer_rate": 0.05, "window": 2.0}
    options = {"network": "64-16-4", "synapse": device, "epochs": 2, "seed": 1}
    losses = [
        train(shapes, algorithm=kind(**knobs), **options).loss[-1]
        for kind in (TTv1, ResidualLearning)
    ]
    assert losses[1] < 0.5 * losses[0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: ResidualLearning(transfer_rate=0.2),
            "transfer_rate = 0.2; expected at most gamma",
        ),
        (lambda: ResidualLearning(bound=2.0), "bound = 2; expected more than 0 and less than 2"),
        (lambda: ERIDER(bound=5.0), "ERIDER: bound = 5; expected more than 0"),
        (lambda: MultiTile(tiles=1), "MultiTile: tiles = 1; expected"),
        (lambda: MultiTile(gamma=0.05), "expected transfer_rate <= gamma < 1"),
    ],
)
def test_knobs_that_cannot_be_are_refused(make, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        make()


def test_tiles_take_their_turns_the_coarser_the_rarer(device, shapes) -> None:
    network = Network((64, 4), "relu")
    algorithm = MultiTile(tiles=3, transfer_every=2, slowdown=5)
    state = algorithm.start(network, device, 1)
    algorithm.run(state, batch(shapes, 40), 0)
    assert state.clock[1:].tolist() == [20, 20, 4]


def test_a_warm_start_goes_from_the_coarsest_tile_to_the_next_when_the_loss_rises(
    device, shapes
) -> None:
    algorithm = MultiTile(tiles=3, warm_start=True)
    state = algorithm.start(Network((64, 4), "relu"), device, 1)
    for epoch in range(2):
        algorithm.run(state, batch(shapes, 100), epoch)
    assert state.digital.warm.tolist() == [1, 2]
    assert state.clock[3] == 0, "the middle tile is not read"
    state.digital.losses[2] = 1e-9
    algorithm.run(state, batch(shapes, 100), 2)
    assert state.digital.warm.tolist() == [2, 1]


@pytest.mark.parametrize("rate", [0.05, 0.2])
def test_pulses_of_random_sign_leave_a_tile_as_noisy_at_any_rate(rate: float) -> None:
    """A third of half the window with ten states: the stationary variance is s / (2 - s)."""
    n_in, n_out, step = 40, 50, 0.2
    ten_states = SoftBounds(up=step, down=step, conductance_min=1e-7, conductance_max=1e-6)
    draw = generator(1, "noise of a tile")
    tile = array(ten_states.cells(n_in * n_out, draw), np.zeros(n_in * n_out, np.float32))
    n = int(20 / rate)  # the time in which the tile forgets is 1 / rate updates
    x, d = (
        np.where(draw.random((n, lines)) < 0.5, -1, 1).astype(np.float32) for lines in (n_in, n_out)
    )
    updater = MultiTile().updater(n_in, n_out, 1, "noise of a tile")
    updater.update(tile, x, d, rate, step)
    assert np.sqrt(np.mean(tile.weights**2)) == pytest.approx(np.sqrt(step / (2 - step)), rel=0.05)


def test_a_tracked_symmetry_point_is_where_the_cells_rest(device) -> None:
    """RIDER knows no symmetry points; its mean of reads finds them."""
    network = Network((15, 8), "relu")
    algorithm = RIDER(memory=0.02, read_noise=0.0)
    state = algorithm.start(network, device, 1)
    rest = 0.3 + 0.1 * np.arange(128) / 128
    for _ in range(4000):
        state.fast.weights[:] = rest
        algorithm.transfer(state, 1)
    assert state.digital.past == pytest.approx(rest, abs=0.01)


@pytest.mark.parametrize(
    "algorithm",
    [
        pytest.param(ResidualLearning2(), marks=pytest.mark.slow),
        pytest.param(ERIDER(), marks=pytest.mark.slow),
        pytest.param(MultiTile(), marks=pytest.mark.slow),
    ],
)
def test_a_device_with_write_noise_is_trained_to_the_same_bits(
    algorithm, shapes, tmp_path: Path
) -> None:
    synapse: Synapse = literature("reram-array-om")
    options = {"network": "64-4", "synapse": synapse, "algorithm": algorithm, "seed": 2}
    whole = train(shapes, **options, epochs=2)
    file = tmp_path / "run.npz"
    train(shapes, **options, epochs=1, checkpoint=file)
    resumed = train(shapes, **options, epochs=2, checkpoint=file)
    np.testing.assert_array_equal(resumed.weights, whole.weights)


@pytest.mark.parametrize("algorithm", [ResidualLearning2(), MultiTile()], ids=["rlv2", "mrl"])
def test_cells_left_alone_decay_and_the_network_with_them(algorithm, device, shapes) -> None:
    leaky = replace(device, rest=Rest(decay_rate=2.0))
    state = algorithm.start(Network((64, 4), "relu"), leaky, 1)
    before = algorithm.weights(state).copy()
    algorithm.let_rest(state, 0.5, 1, 0)
    coarse = (before - algorithm.weights(state)) / before
    assert np.median(coarse) == pytest.approx(1 - 1 / np.e, abs=0.05)
    assert algorithm.weights(state) == pytest.approx(summed(algorithm, state), abs=1e-6)


@pytest.mark.parametrize(
    "algorithm",  # that the network follows the rest of both arrays of RLv2 is tried above
    [SGD(), pytest.param(ResidualLearning2(), marks=pytest.mark.slow)],
    ids=["sgd", "rlv2"],
)
def test_a_leaky_device_is_resumed_to_the_same_bits(
    algorithm, device, shapes, tmp_path: Path
) -> None:
    leaky = replace(device, rest=Rest(decay_rate=1.0, lifetime_spread=0.2, diffusion=0.02))
    options = {"network": "64-4", "synapse": leaky, "algorithm": algorithm, "seed": 2}
    whole = train(shapes, **options, epochs=2)
    plain = train(shapes, **{**options, "synapse": device}, epochs=2)
    assert (whole.weights != plain.weights).any()
    file = tmp_path / "run.npz"
    train(shapes, **options, epochs=1, checkpoint=file)
    resumed = train(shapes, **options, epochs=2, checkpoint=file)
    np.testing.assert_array_equal(resumed.weights, whole.weights)
