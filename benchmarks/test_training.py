"""Samples a second of the training kernels; run with ``pytest benchmarks/test_training.py``.

The images are random with MNIST's share of zeros, and a twentieth of the labels is wrong, so that errors never die
out; the network is warmed up first. Numbers are printed, never asserted.
"""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.constants import uS
from acanthite.nn import ALGORITHMS, NETWORKS, Dataset
from acanthite.nn.algorithms import Batch
from acanthite.random import generator
from acanthite.synapse import SoftBounds

SAMPLES = 5000


@pytest.fixture(scope="module")
def digits() -> Dataset:
    draw = generator(1, "benchmark")
    patterns = draw.random((10, 784)) < 0.19
    labels = draw.integers(0, 10, 4 * SAMPLES).astype(np.uint8)
    flipped = patterns[labels] ^ (draw.random((4 * SAMPLES, 784)) < 0.03)
    images = (flipped * draw.integers(1, 256, flipped.shape)).astype(np.uint8)
    wrong = draw.random(len(labels)) < 0.05
    labels[wrong] = draw.integers(0, 10, wrong.sum())
    return Dataset("benchmark", images, labels, images[:0], labels[:0])


@pytest.mark.parametrize("name", ALGORITHMS)
def test_samples_per_second(name: str, digits: Dataset, benchmark) -> None:
    device = SoftBounds(
        up=0.13, down=0.14, pulse_noise=0.15, conductance_min=0.03 * uS, conductance_max=2 * uS
    )
    algorithm = ALGORITHMS[name]()
    state = algorithm.start(NETWORKS["mlp"], device, 1)
    algorithm.run(state, Batch(digits.images, digits.labels, np.arange(4 * SAMPLES)), 0)
    batch = Batch(digits.images, digits.labels, np.arange(SAMPLES))
    benchmark.pedantic(algorithm.run, args=(state, batch, 5), rounds=5, warmup_rounds=1)
    benchmark.extra_info["samples_per_second"] = SAMPLES / benchmark.stats["median"]
    print(f"\n{name}: {SAMPLES / benchmark.stats['median']:,.0f} samples/s")
