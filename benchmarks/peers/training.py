"""Training on devices by acanthite and by aihwkit: same network, images, law, BL and update management, one thread each.

    python benchmarks/peers/training.py --aihwkit ENV/bin/python [--data FOLDER] [--samples N] [--rounds N]

ENV is a Python environment with aihwkit. The two take turns, each from fresh devices and the same weights on the same images,
once with exact products and once with the periphery aihwkit has unless told otherwise: 7 bits in, 9 bits out with a range of
12, noise of 0.06 on every output, inputs scaled to the largest. What is printed is the median of the rounds.
Times of a shared machine swing, ratios within one run mean more; CPU seconds swing less than the clock's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np

from acanthite.nn import NETWORKS, SGD, Dataset, TTv2, mnist
from acanthite.nn.algorithms import Batch
from acanthite.nn.periphery import Periphery
from acanthite.random import generator
from acanthite.synapse import SoftBounds

ALGORITHMS = {"sgd": SGD(decay=1.0), "ttv2": TTv2(read_noise=0.0)}
CONVERTERS = Periphery(output_noise=0.06, input_bits=7, output_bits=9, output_bound=12.0)
NETWORK = {"exact": NETWORKS["mlp"], "default": replace(NETWORKS["mlp"], periphery=CONVERTERS)}
DEVICE = SoftBounds(
    up=0.13, down=0.14, up_spread=0.05, down_spread=0.05, lower_spread=0.02, upper_spread=0.02, pulse_noise=0.15,
    conductance_min=30e-9, conductance_max=2e-6,
)  # fmt: skip


def images(folder: str | None, n: int) -> Dataset:
    """Return MNIST's first images, or random ones with its share of zeros."""
    if folder:
        full = mnist(folder)
        return Dataset("mnist", full.images[:n], full.labels[:n], full.images[:0], full.labels[:0])
    draw = generator(1, "benchmark")
    patterns = draw.random((10, 784)) < 0.19
    labels = draw.integers(0, 10, n).astype(np.uint8)
    pixels = ((patterns[labels] ^ (draw.random((n, 784)) < 0.03)) * draw.integers(1, 256, (n, 784))).astype(
        np.uint8
    )
    return Dataset("random", pixels, labels, pixels[:0], labels[:0])


def own(name: str, io: str, data: Dataset) -> dict[str, float]:
    """Train with acanthite and return samples a second."""
    algorithm, network = ALGORITHMS[name], NETWORK[io]
    if isinstance(algorithm, TTv2) and io == "default":
        algorithm = replace(algorithm, read_noise=CONVERTERS.output_noise)
    order = np.arange(len(data.images))
    algorithm.run(algorithm.start(network, DEVICE, 2), Batch(data.images, data.labels, order[:2]), 0)
    state = algorithm.start(network, DEVICE, 1)
    wall, cpu = time.perf_counter(), time.process_time()
    tally = algorithm.run(state, Batch(data.images, data.labels, order), 0)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    n = len(order)
    return {"wall": n / wall, "cpu": n / cpu, "accuracy": tally.correct / n, "pulses": tally.pulses / n}


def knobs(data: Path, io: str) -> dict[str, object]:
    """Return what the other half needs to do the same."""
    sgd, ttv2 = ALGORITHMS["sgd"], ALGORITHMS["ttv2"]
    assert isinstance(sgd, SGD)
    assert isinstance(ttv2, TTv2)
    return {
        "data": str(data), "io": io, "algorithms": list(ALGORITHMS), "batch": 1, "widths": list(NETWORKS["mlp"].widths),
        "step": DEVICE.step, "up_down": (DEVICE.up - DEVICE.down) / (DEVICE.up + DEVICE.down), "spread": DEVICE.up_spread,
        "noise": DEVICE.pulse_noise, "bounds": DEVICE.upper_spread,
        "bl_max": sgd.bl_max, "forget": ttv2.forget, "sgd_window": sgd.window, "sgd_rate": sgd.rate,
        "ttv2_window": ttv2.window, "ttv2_rate": ttv2.rate, "threshold": ttv2.threshold,
    }  # fmt: skip


def main() -> None:
    """Run both in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aihwkit", required=True, help="python of an environment with aihwkit")
    parser.add_argument("--data", help="folder with MNIST; random images without")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    data = images(options.data, options.samples)
    other = Path(__file__).with_name("training_aihwkit.py")
    rows: dict[tuple[str, str], list[tuple[dict, dict]]] = {(io, n): [] for io in NETWORK for n in ALGORITHMS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        start = NETWORKS["mlp"].layer_weights(NETWORKS["mlp"].initial_weights(1))
        parts = {f"weights{k}": w for k, w in enumerate(start)}
        np.savez(path, images=data.images, labels=data.labels, **parts)
        for io in [io for _ in range(options.rounds) for io in NETWORK]:
            mine = {name: own(name, io, data) for name in ALGORITHMS}
            command = [options.aihwkit, str(other), json.dumps(knobs(path, io))]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            theirs = json.loads(done.stdout.splitlines()[-1])
            for name in ALGORITHMS:
                rows[io, name].append((mine[name], theirs[name]))
    print(
        f"{options.samples} {data.name} images one by one, 784-256-128-10, median of {options.rounds} rounds, one thread"
    )
    print("                   samples/CPU s        ratio by    ratio by    online accuracy     pulses")
    print("                   acanthite aihwkit    CPU         clock       acanthite aihwkit   a sample")
    for (io, name), row in rows.items():
        a, b = ({k: float(np.median([r[side][k] for r in row])) for k in row[0][side]} for side in (0, 1))
        ratios = [np.median([r[0][k] / r[1][k] for r in row]) for k in ("cpu", "wall")]
        print(
            f"{io:8} {name:9} {a['cpu']:9,.0f} {b['cpu']:7,.0f} {ratios[0]:9.1f} x {ratios[1]:9.1f} x"
            f" {a['accuracy']:14.3f} {b['accuracy']:7.3f} {a['pulses']:10,.0f}"
        )


if __name__ == "__main__":
    main()
