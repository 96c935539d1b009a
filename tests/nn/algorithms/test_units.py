"""Training on unit cells: it learns, resumes to the same bits, and refreshes on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn import AGAD, SGD, Dataset, MultiTile, TTv2, train
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.network import Network
from acanthite.nn.training import loop
from acanthite.synapse import Rest, Synapse, VectorCell
from acanthite.synapse.laws.soft_bounds import SoftBounds
from acanthite.synapse.literature import literature

DEVICE = SoftBounds(
    up=0.13,
    down=0.14,
    up_spread=0.05,
    pulse_noise=0.15,
    write_noise=0.02,
    rest=Rest(decay_rate=1.0),
    conductance_min=3e-8,
    conductance_max=2e-6,
)
VECTOR = VectorCell(base=DEVICE, devices=2, update="random")
PAIR = replace(literature("pcm"), refresh_every=20)


class _StopError(Exception):
    pass


def patterns() -> Dataset:
    """Return noisy pictures of four patterns of 32 pixels."""
    draw = np.random.default_rng(4)
    shapes = draw.random((4, 32)) < 0.4
    labels = draw.integers(0, 4, 500).astype(np.uint8)
    images = (shapes[labels] ^ (draw.random((500, 32)) < 0.05)) * np.uint8(200)
    return Dataset("patterns", images[:400], labels[:400], images[400:], labels[400:])


@pytest.mark.long
@pytest.mark.parametrize(
    ("algorithm", "synapse"),
    [
        pytest.param(TTv2(threshold=5.0), VECTOR, marks=pytest.mark.slow),
        (SGD(), PAIR),
        pytest.param(AGAD(threshold=5.0), PAIR, marks=pytest.mark.slow),
    ],
    ids=["ttv2-vector", "sgd-pcm", "agad-pcm"],
)
def test_training_learns_and_resumes_to_the_same_bits(
    algorithm: Algorithm, synapse: Synapse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "CHUNK", 130)
    data = patterns()
    options: dict[str, Any] = {"epochs": 2, "seed": 1}
    network = Network((32, 4), "relu")
    whole = train(data, network, synapse, algorithm, **options)
    assert whole.test_accuracy is not None
    assert whole.test_accuracy[-1] > 0.75

    def watch(progress: Any) -> None:
        if progress.fraction > 0.6:
            raise _StopError

    path = tmp_path / "run.npz"
    with pytest.raises(_StopError):
        train(
            data,
            network,
            synapse,
            algorithm,
            checkpoint=path,
            checkpoint_every=0.0,
            watch=watch,
            **options,
        )
    again = train(data, network, synapse, algorithm, checkpoint=path, **options)
    assert np.array_equal(again.weights, whole.weights)
    assert np.array_equal(again.pulses, whole.pulses)


@pytest.mark.long
def test_refreshes_come_at_their_sample_whatever_the_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = patterns()
    network = Network((32, 4), "relu")
    results = []
    for chunk in (7, 400):
        monkeypatch.setattr(loop, "CHUNK", chunk)
        results.append(train(data, network, PAIR, SGD(), epochs=1, seed=2))
    first, second = results
    assert np.array_equal(first.weights, second.weights)
    assert np.array_equal(first.pulses, second.pulses)
    # 20 refreshes of one array of 33 lines, two devices each
    columns = np.asarray([r.cost.read_energy for r in results])
    assert columns[0] == pytest.approx(columns[1])


def test_tiles_of_units_begin_at_the_sum_of_their_devices() -> None:
    algorithm = MultiTile(tiles=3, window=2.0)
    network = Network((8, 4), "relu")
    for synapse in (VECTOR, PAIR):
        state = algorithm.start(network, synapse, 3)
        wanted = network.initial_weights(3)
        coarsest = state.tiles.weights.reshape(3, -1)[-1] * algorithm.window
        assert coarsest == pytest.approx(wanted, abs=0.2)
        algorithm.program(state, wanted)
        assert algorithm.weights(state) == pytest.approx(wanted, abs=0.2)


def test_parts_of_pulses_are_refused() -> None:
    with pytest.raises(TrainingError, match=r"mean-field.*'vector' cell is several devices"):
        SGD(pulses="mean-field").start(Network((8, 4), "relu"), VECTOR, 1)
