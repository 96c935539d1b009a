"""A torch model on the tiles of acanthite and of aihwkit: same network, images, law, BL and update management.

    python benchmarks/peers/torch_layers.py --aihwkit ENV/bin/python [--data FOLDER] [--batch 1 10 100] [--samples N] [--rounds N]
        [--threads N]

ENV is a Python environment with aihwkit. acanthite trains in two ways: by ``train_steps`` (compiled) and by the ordinary loop of
torch, which is aihwkit's only one. With exact products, or with the converters and noise of ``training.py``; biases are
cells of the arrays on both sides, on a line that is always one. As in ``training.py``, the two take turns, each from fresh
devices on the same images; what is printed is the median of the rounds. The loss is summed over a batch, so a sample moves the
weights as much in any batch. Both have one thread, or as many as asked for, of which compiled steps use two; then only the ratio
by the clock says something.
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import replace

import numpy as np
import torch
import training  # sets one thread, and has the network, the law and the knobs of both halves
from torch import nn

from acanthite import threads
from acanthite.nn import NETWORKS, TTv2
from acanthite.torch import AnalogLinear, AnalogSGD, train_steps

STEPS = "compiled", "loop"


def bias_line() -> nn.Module:
    """Return one more input that is always one: the bias becomes a column of the array behind it."""
    return nn.ConstantPad1d((0, 1), 1.0)


def network(name: str, io: str) -> nn.Sequential:
    algorithm, shape = training.ALGORITHMS[name], NETWORKS["mlp"]
    periphery = training.CONVERTERS if io == "noisy" else None
    if io == "noisy" and isinstance(algorithm, TTv2):
        algorithm = replace(algorithm, read_noise=training.CONVERTERS.output_noise)
    start = shape.layer_weights(shape.initial_weights(1))
    parts: list[nn.Module] = []
    for k, (a, b) in enumerate(itertools.pairwise(shape.widths)):
        layer = AnalogLinear(
            a + 1,
            b,
            bias=False,
            synapse=training.DEVICE,
            algorithm=algorithm,
            periphery=periphery,
            seed=k,
        )
        layer.tile.set_widest(max(shape.widths) + 1)
        layer.program(torch.from_numpy(start[k]).t())
        parts += [bias_line(), layer, nn.ReLU()]
    return nn.Sequential(*parts[:-1], nn.LogSoftmax(dim=1))


def own(
    name: str, io: str, images: torch.Tensor, labels: torch.Tensor, batch: int, steps: str
) -> dict[str, float]:
    """Train with acanthite and return what it took."""
    train = {"compiled": compiled_steps, "loop": ordinary_steps}[steps]
    model = network(name, io)
    rate = training.ALGORITHMS[name].rate  # type: ignore[attr-defined]
    optimizer = AnalogSGD(model.parameters(), lr=NETWORKS["mlp"].bias_rate, tile_lr=rate)
    loss = nn.NLLLoss(reduction="sum")
    wall, cpu = time.perf_counter(), time.process_time()
    correct = train(model, loss, optimizer, images, labels, batch)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"n": len(images), "wall": wall, "cpu": cpu, "correct": correct}


def compiled_steps(
    model: nn.Module,
    loss: nn.Module,
    optimizer: AnalogSGD,
    images: torch.Tensor,
    labels: torch.Tensor,
    batch: int,
) -> int:
    """Train by ``train_steps``; return how many images were right before their step."""
    result = train_steps(model, loss, optimizer, images, labels, batch)
    return int((result.outputs.argmax(1) == labels).sum())


def ordinary_steps(
    model: nn.Module,
    loss: nn.Module,
    optimizer: AnalogSGD,
    images: torch.Tensor,
    labels: torch.Tensor,
    batch: int,
) -> int:
    """Do the same by a loop of torch."""
    correct = 0
    for first in range(0, len(images), batch):
        x, y = images[first : first + batch], labels[first : first + batch]
        optimizer.zero_grad()
        out = model(x)
        loss(out, y).backward()
        optimizer.step()
        correct += int((out.argmax(1) == y).sum())
    return correct


def main() -> None:
    """Run both in turns and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--aihwkit", required=True, help="python of an environment with aihwkit")
    parser.add_argument("--data", help="folder with MNIST; random images without")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of each side")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    threads.use(options.threads)
    data = training.images(options.data, options.samples)
    images = torch.from_numpy(data.images.astype(np.float32) / 255)
    labels = torch.from_numpy(data.labels.astype(np.int64))
    for name, steps in itertools.product(training.ALGORITHMS, STEPS):  # compile
        own(name, "noisy", images[:200], labels[:200], 100, steps)
    print(
        f"{options.samples} {data.name} images, 784-256-128-10, median of {options.rounds} rounds, threads {options.threads}"
    )
    print(
        "                                    samples/CPU s        ratio by    ratio by    online accuracy"
    )
    print(
        "           products  batch steps    acanthite aihwkit    CPU         clock       acanthite aihwkit"
    )
    for batch, io in itertools.product(options.batch, training.NETWORK):
        rounds = []
        for _ in range(options.rounds):
            mine = {
                (name, steps): own(name, io, images, labels, batch, steps)
                for name in training.ALGORITHMS
                for steps in STEPS
            }
            theirs = training.peer(
                options.aihwkit, data, io, [len(images)], batch, n_threads=options.threads
            )
            rounds.append((mine, theirs))
        for name, steps in itertools.product(training.ALGORITHMS, STEPS):
            training.show(
                f"{name:10} {io:9} {batch:5} {steps:8}",
                [(mine[name, steps], theirs[name][0]) for mine, theirs in rounds],
            )


if __name__ == "__main__":
    main()
