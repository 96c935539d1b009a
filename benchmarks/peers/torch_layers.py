"""A torch model on the tiles of acanthite and of aihwkit: same network, images, law, BL and update management, one thread each.

    python benchmarks/peers/torch_layers.py --aihwkit ENV/bin/python [--data FOLDER] [--batch 1 10 100] [--samples N] [--rounds N]

ENV is a Python environment with aihwkit. With exact products, or with the converters
and noise of ``training.py``. As in ``training.py``, the two take turns, each from fresh devices on the same images; what
is printed is the median of the rounds. The loss is summed over a batch, so a sample moves the weights as much in any batch.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import training  # sets one thread, and has the network, the law and the knobs of both halves
from torch import nn

from acanthite import threads
from acanthite.nn import NETWORKS, TTv2
from acanthite.torch import AnalogLinear, AnalogSGD


def network(name: str, io: str) -> nn.Sequential:
    algorithm, shape = training.ALGORITHMS[name], NETWORKS["mlp"]
    periphery = training.CONVERTERS if io == "default" else None
    if io == "default" and isinstance(algorithm, TTv2):
        algorithm = replace(algorithm, read_noise=training.CONVERTERS.output_noise)
    start = shape.layer_weights(shape.initial_weights(1))
    parts: list[nn.Module] = []
    for k, (a, b) in enumerate(itertools.pairwise(shape.widths)):
        layer = AnalogLinear(a, b, synapse=training.DEVICE, algorithm=algorithm, periphery=periphery, seed=k)
        layer.tile.among(max(shape.widths))
        layer.program(torch.from_numpy(start[k][:a]).t())
        parts += [layer, nn.ReLU()]
    return nn.Sequential(*parts[:-1], nn.LogSoftmax(dim=1))


def own(name: str, io: str, images: torch.Tensor, labels: torch.Tensor, batch: int) -> dict[str, float]:
    """Train with acanthite and return samples a second."""
    model = network(name, io)
    rate = training.ALGORITHMS[name].rate  # type: ignore[attr-defined]
    optimizer = AnalogSGD(model.parameters(), lr=NETWORKS["mlp"].bias_rate, tile_lr=rate)
    loss_of, correct = nn.NLLLoss(reduction="sum"), 0
    wall, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(images), batch):
        x, y = images[first : first + batch], labels[first : first + batch]
        optimizer.zero_grad()
        out = model(x)
        loss_of(out, y).backward()
        optimizer.step()
        correct += int((out.argmax(1) == y).sum())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    n = len(images)
    return {"wall": n / wall, "cpu": n / cpu, "accuracy": correct / n}


def main() -> None:
    """Run both in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aihwkit", required=True, help="python of an environment with aihwkit")
    parser.add_argument("--data", help="folder with MNIST; random images without")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    torch.set_num_threads(1)
    threads.use(1)
    data = training.images(options.data, options.samples)
    images = torch.from_numpy(data.images.astype(np.float32) / 255)
    labels = torch.from_numpy(data.labels.astype(np.int64))
    for name in training.ALGORITHMS:  # compile
        own(name, "default", images[:200], labels[:200], 100)
    print(
        f"{options.samples} {data.name} images, 784-256-128-10, median of {options.rounds} rounds, one thread"
    )
    print("                           samples/CPU s        ratio by    ratio by    online accuracy")
    print("           products  batch acanthite aihwkit    CPU         clock       acanthite aihwkit")
    other = Path(__file__).with_name("training_aihwkit.py")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npz"
        start = NETWORKS["mlp"].layer_weights(NETWORKS["mlp"].initial_weights(1))
        weights = {f"weights{k}": w for k, w in enumerate(start)}
        np.savez(path, images=data.images, labels=data.labels, **weights)
        for batch, io in itertools.product(options.batch, training.NETWORK):
            command = [options.aihwkit, str(other), json.dumps({**training.knobs(path, io), "batch": batch})]
            rounds = []
            for _ in range(options.rounds):
                mine = {name: own(name, io, images, labels, batch) for name in training.ALGORITHMS}
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                rounds.append((mine, json.loads(done.stdout.splitlines()[-1])))
            for name in training.ALGORITHMS:
                _row(name, io, batch, [(mine[name], theirs[name]) for mine, theirs in rounds])


def _row(name: str, io: str, batch: int, rows: list[tuple[dict, dict]]) -> None:
    a, b = ({k: float(np.median([r[side][k] for r in rows])) for k in rows[0][side]} for side in (0, 1))
    ratios = [np.median([r[0][k] / r[1][k] for r in rows]) for k in ("cpu", "wall")]
    print(
        f"{name:10} {io:9} {batch:5} {a['cpu']:9,.0f} {b['cpu']:7,.0f} {ratios[0]:9.1f} x {ratios[1]:9.1f} x"
        f" {a['accuracy']:14.3f} {b['accuracy']:7.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
