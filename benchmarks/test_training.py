"""Samples a second of the training kernels; run with ``pytest benchmarks/test_training.py``.

The images are random with MNIST's share of zeros, and a twentieth of the labels is wrong, so that errors never die
out; the network is warmed up first. Numbers are printed, never asserted.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import numpy as np
import pytest

from acanthite.constants import uS
from acanthite.nn import ALGORITHMS, NETWORKS, Dataset
from acanthite.nn.algorithms.base import Batch, Tally
from acanthite.random import generator
from acanthite.synapse import SoftBounds, law

SAMPLES = 5000
PULSES = {"pulse_noise": 0.15, "conductance_min": 0.03 * uS, "conductance_max": 2 * uS}


@law(up=0.13, down=0.14)
def own_bounds(w, p):
    """Soft bounds as a user would write them."""
    return p.up * (1 - w), -p.down * (1 + w)


DEVICES = {"built-in": SoftBounds(up=0.13, down=0.14, **PULSES), "own": own_bounds(**PULSES)}


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
    benchmark.pedantic(_warm(name, "built-in", digits), rounds=5, warmup_rounds=1)
    _say(name, benchmark)


@pytest.mark.parametrize("name", ["ideal", "ttv2"])
def test_samples_per_second_of_lenet5(name: str, digits: Dataset, benchmark) -> None:
    benchmark.pedantic(_warm(name, "built-in", digits, "lenet5"), rounds=3, warmup_rounds=1)
    _say(f"{name}, LeNet-5", benchmark)


@pytest.mark.parametrize("name", ["sgd", "ttv2"])
def test_own_law_beside_the_built_in_one_of_the_same_mathematics(
    name: str, digits: Dataset
) -> None:
    """Rounds take turns, and the time is that of the processor, so that other work on the machine counts little."""
    runs = {device: _warm(name, device, digits) for device in DEVICES}
    seconds = {device: [] for device in DEVICES}
    for _ in range(9):
        for device, run in runs.items():
            start = process_time()
            run()
            seconds[device].append(process_time() - start)
    own, built_in = (float(np.median(seconds[device])) for device in ("own", "built-in"))
    print(
        f"\n{name}: {SAMPLES / own:,.0f} samples a CPU second with the own law, {SAMPLES / built_in:,.0f} with the built-in one, "
        f"{own / built_in:.2f} x the time"
    )


def _say(name: str, benchmark) -> None:
    benchmark.extra_info["samples_per_second"] = SAMPLES / benchmark.stats["median"]
    print(f"\n{name}: {SAMPLES / benchmark.stats['median']:,.0f} samples/s")


def _warm(name: str, device: str, digits: Dataset, network: str = "mlp") -> Callable[[], Tally]:
    """Return a pass over ``SAMPLES`` samples of a network that has been trained for a while."""
    algorithm = ALGORITHMS[name]()
    state = algorithm.start(NETWORKS[network], DEVICES[device], 1)
    algorithm.run(state, Batch(digits.images, digits.labels, np.arange(4 * SAMPLES)), 0)
    batch = Batch(digits.images, digits.labels, np.arange(SAMPLES))
    return lambda: algorithm.run(state, batch, 5)
