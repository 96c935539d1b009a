"""Training on devices by acanthite and by aihwkit: same network, images, cells, BL and update management, one thread each.

    python benchmarks/peers/training.py --aihwkit ENV/bin/python [--data FOLDER] [--samples N] [--epochs N] [--rounds N]
        [--algorithms sgd ttv2] [--products exact noisy] [--lag N] [--threads N]

ENV is a Python environment with aihwkit. The two take turns, each with the same cells (the law, spread and all, with which
acanthite starts is written into aihwkit's: its steps, slopes and bounds, A about its symmetry points and where its cells
stand), the same weights and the same images, once with exact products and once with 7 bits in, noise of 0.06 on every output and
inputs scaled to the largest. The beginning, when devices are pulsed most, is timed by itself; the
first epoch's line is of what follows it. What is printed is the median of the rounds.
With ``--lag`` acanthite's TTv2 has that lag and two threads, and only the ratio by the clock says something; ``--threads`` are
aihwkit's, whose best number is to be tried.
aihwkit's OpenBLAS (0.3.15) takes its slowest kernels on processors younger than itself; unless OPENBLAS_CORETYPE is set, it
is told to take those with the vectors that the processor has.
Times of a shared machine swing, ratios within one run mean more; CPU seconds swing less than the clock's.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np

from acanthite import threads
from acanthite.nn import NETWORKS, SGD, Dataset, Network, TTv2, mnist
from acanthite.nn.algorithms.base import Batch
from acanthite.nn.engine.native.simd import WIDE
from acanthite.nn.engine.periphery import Periphery
from acanthite.random import generator
from acanthite.synapse import SoftBounds
from acanthite.synapse.rule import DOWN_SHARE, LOWER, UP_SHARE, UPPER

ALGORITHMS = {"sgd": SGD(decay=1.0), "ttv2": TTv2(read_noise=0.0)}
CONVERTERS = Periphery(output_noise=0.06, input_bits=7)
NETWORK = {"exact": NETWORKS["mlp"], "noisy": replace(NETWORKS["mlp"], periphery=CONVERTERS)}
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
    pixels = (
        (patterns[labels] ^ (draw.random((n, 784)) < 0.03)) * draw.integers(1, 256, (n, 784))
    ).astype(np.uint8)
    return Dataset("random", pixels, labels, pixels[:0], labels[:0])


def legs(samples: int, epochs: int) -> list[tuple[str, int]]:
    """Return the parts of a training that are timed one after the other, and with which sample each ends."""
    first = [("first 2,000", 2000)] if samples > 2000 else []
    return first + [(f"epoch {k + 1}", (k + 1) * samples) for k in range(epochs)]


def own(name: str, io: str, data: Dataset, epochs: int, lag: int) -> list[dict[str, float]]:
    """Train with acanthite and return what each part of the training took."""
    algorithm, network = ALGORITHMS[name], NETWORK[io]
    if isinstance(algorithm, TTv2):
        noise = CONVERTERS.output_noise if io == "noisy" else 0.0
        algorithm = replace(algorithm, read_noise=noise, lag=lag)
    threads.use(2 if lag else 1)
    order = np.tile(np.arange(len(data.images)), epochs)
    compiled = Batch(data.images, data.labels, order[: 2 + 2 * lag])
    algorithm.run(algorithm.start(network, DEVICE, 2), compiled, 0)
    state, found, begin = algorithm.start(network, DEVICE, 1), [], 0
    for _, end in legs(len(data.images), epochs):
        wall, cpu = time.perf_counter(), time.process_time()
        tally = algorithm.run(state, Batch(data.images, data.labels, order[begin:end]), 0)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        found.append(
            {
                "n": end - begin,
                "wall": wall,
                "cpu": cpu,
                "correct": tally.correct,
                "pulses": tally.pulses,
            }
        )
        begin = end
    return found


def knobs(
    data: Path, io: str, algorithms: list[str], ends: list[int], batch: int, n_threads: int
) -> dict[str, object]:
    """Return what the other half needs to do the same."""
    sgd, ttv2 = ALGORITHMS["sgd"], ALGORITHMS["ttv2"]
    assert isinstance(sgd, SGD)
    assert isinstance(ttv2, TTv2)
    return {
        "data": str(data), "io": io, "algorithms": algorithms, "threads": n_threads,
        "batch": batch, "ends": ends, "widths": list(NETWORKS["mlp"].widths),
        "step": DEVICE.step, "noise": DEVICE.pulse_noise,
        "bl_max": sgd.bl_max, "forget": ttv2.forget, "sgd_window": sgd.window, "sgd_rate": sgd.rate,
        "ttv2_window": ttv2.window, "ttv2_rate": ttv2.rate, "threshold": ttv2.threshold,
    }  # fmt: skip


def main() -> None:
    """Run both in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aihwkit", required=True, help="python of an environment with aihwkit")
    parser.add_argument("--data", help="folder with MNIST; random images without")
    parser.add_argument("--samples", type=int, default=60000, help="of an epoch")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--algorithms", nargs="+", choices=ALGORITHMS, default=list(ALGORITHMS))
    parser.add_argument("--products", nargs="+", choices=NETWORK, default=list(NETWORK))
    parser.add_argument("--lag", type=int, default=0, help="of TTv2, on two threads; 0 for none")
    parser.add_argument("--threads", type=int, default=1, help="of aihwkit")
    options = parser.parse_args()
    data = images(options.data, options.samples)
    parts = legs(len(data.images), options.epochs)
    ends = [end for _, end in parts]
    print(
        f"{len(data.images)} {data.name} images an epoch, one by one, 784-256-128-10, median of {options.rounds} rounds, "
        f"threads {2 if options.lag else 1} (lag {options.lag}) against {options.threads}"
    )
    print(
        "                               samples/CPU s        ratio by    ratio by    accuracy meanwhile  pulses"
    )
    print(
        "                               acanthite aihwkit    CPU         clock       acanthite aihwkit   a sample"
    )
    for io, name in itertools.product(options.products, options.algorithms):
        row = []
        for _ in range(options.rounds):
            mine = own(name, io, data, options.epochs, options.lag)
            theirs = peer(
                options.aihwkit, data, io, ends, algorithms=[name], n_threads=options.threads
            )
            row.append((mine, theirs[name]))
        for k, (part, _) in enumerate(parts):
            show(f"{io:8} {name:5} {part:12}", [(mine[k], theirs[k]) for mine, theirs in row])
        if len(parts) > 1:
            show(
                f"{io:8} {name:5} {'all':12}",
                [(total(mine), total(theirs)) for mine, theirs in row],
            )


def peer(
    python: str,
    data: Dataset,
    io: str,
    ends: list[int],
    batch: int = 1,
    algorithms: list[str] | None = None,
    n_threads: int = 1,
) -> dict[str, list[dict[str, float]]]:
    """Have aihwkit do the same and return what each part took it."""
    network = NETWORKS["mlp"]
    start = network.layer_weights(network.initial_weights(1))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        weights = {f"weights{k}": w for k, w in enumerate(start)}
        np.savez(path, images=data.images, labels=data.labels, **weights, **cells(network))
        command = [
            python,
            str(Path(__file__).with_name("training_aihwkit.py")),
            json.dumps(knobs(path, io, algorithms or list(ALGORITHMS), ends, batch, n_threads)),
        ]
        kept = {**os.environ, "OMP_NUM_THREADS": str(n_threads)}
        kept.setdefault("OPENBLAS_CORETYPE", "SkylakeX" if WIDE else "Haswell")
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=kept)
    return json.loads(done.stdout.splitlines()[-1])


def cells(network: Network) -> dict[str, np.ndarray]:
    """Return the cells both start with, by algorithm, layer and array: bounds, shares and weight, each of shape (n_out, n_in)."""
    sgd = ALGORITHMS["sgd"].start(network, DEVICE, 1)
    ttv2 = ALGORITHMS["ttv2"].start(network, DEVICE, 1)
    arrays = {"sgd": [sgd.array], "ttv2": [ttv2.fast, ttv2.slow]}
    found = {}
    for name, held in arrays.items():
        for number, array in enumerate(held):
            columns = {
                "lower": array.rows[:, LOWER],
                "upper": array.rows[:, UPPER],
                "up": array.rows[:, UP_SHARE],
                "down": array.rows[:, DOWN_SHARE],
                "weight": array.weights,
            }
            for column, values in columns.items():
                for layer, part in enumerate(network.layer_weights(values)):
                    found[f"{name}-{layer}-{number}-{column}"] = part.T.copy()
    return found


def total(parts: list[dict[str, float]]) -> dict[str, float]:
    """Return the parts of a training taken together."""
    return {key: sum(part[key] for part in parts) for key in parts[0]}


def show(label: str, rounds: list[tuple[dict[str, float], dict[str, float]]]) -> None:
    """Print one line of the table."""

    def median(side: int, over: str, under: str) -> float:
        return float(np.median([r[side][over] / r[side][under] for r in rounds]))

    ratios = [np.median([b[clock] / a[clock] for a, b in rounds]) for clock in ("cpu", "wall")]
    print(
        f"{label} {median(0, 'n', 'cpu'):12,.0f} {median(1, 'n', 'cpu'):7,.0f} {ratios[0]:9.1f} x {ratios[1]:9.1f} x"
        f" {median(0, 'correct', 'n'):14.3f} {median(1, 'correct', 'n'):7.3f}"
        + (f" {median(0, 'pulses', 'n'):10,.0f}" if "pulses" in rounds[0][0] else ""),
        flush=True,
    )


if __name__ == "__main__":
    main()
