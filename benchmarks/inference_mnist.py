"""What training for a chip wins back: networks digital, programmed, and trained for it, from a second to a year after.

    python benchmarks/inference_mnist.py --data FOLDER                     # 784-256-128-10 on MNIST
    python benchmarks/inference_mnist.py --data FOLDER --network lenet5 --dataset fashion-mnist
    python benchmarks/inference_mnist.py --data FOLDER --network small-cnn # a published experiment, below
    python benchmarks/inference_mnist.py --data FOLDER --tune              # knobs, on held-out training images
    python benchmarks/inference_mnist.py ... --earliest 3600 --compensation none   # trained for an hour to a year
    python benchmarks/inference_mnist.py ... --out FILE                    # kept: what is there is not made again

Each training is one in the plain way, then some epochs more from there, once in the plain way and once for the chip; so both
have seen the images as often. Each network is written onto ``--chips`` chips and judged on the test images at each time.
"Won back" is the share of the programmed network's loss against its digital self that training for the chip regains. A loss
that chance alone would make is not shared out: it must be twice what trainings and the number of test images spread by.

The chip has phase-change memory in one cell a weight about a reference column, with eight bits in and out: weights near zero,
most of them, then stand in the middle of the window, where this memory is written and read least exactly. With a pair of
cells a weight they stand at its quiet end, and a network this size loses next to nothing.

``small-cnn`` has 7,018 parameters, as that of CrossSim's notebook on training for noise, and is written with a normal error of
0.3 of each weight onto cells without any other. The notebook's figures: 98.98 % digital, 93.74 +- 1.15 % written, 97.62 +- 0.22 %
trained for it.
"""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.constants import hour, uS
from acanthite.crossbar import OffsetColumn
from acanthite.errors import AcanthiteError
from acanthite.files import write_text
from acanthite.inference import CellModel, Chip, ColumnReader, InputDriver
from acanthite.nn.data.datasets import load_dataset
from acanthite.torch import (
    CellNoise,
    ProportionalNoise,
    WeightNoise,
    to_hardware_aware,
    to_inference,
)

TIMES = {"1 s": 1.0, "1 h": hour, "1 d": 24 * hour, "1 y": 8760 * hour}
HELD_OUT = 5000  # training images, the last, that knobs are chosen by
BATCH = 100
NO_KNOBS = ("data", "out", "trainings")  # options that a training does not depend on


@dataclass(frozen=True, kw_only=True)
class ProportionalCells(CellModel):
    """Cells written with a normal error in proportion to what they are to be, and nothing else."""

    conductance_max: float = 100 * uS
    error: float = 0.3

    def written(self, target: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return target * (1.0 + self.error * rng.standard_normal(target.shape))


PCM = Chip(cells="pcm", mapping=OffsetColumn())
PROPORTIONAL = Chip(
    cells=ProportionalCells(), inputs=InputDriver(bits=None), outputs=ColumnReader(bits=None)
)


@dataclass(frozen=True)
class Study:
    """A chip, how a network is trained for it, and when it is judged."""

    chip: Chip
    noise: WeightNoise
    times: dict[str, float]
    compensations: tuple[Any, ...]


STUDIES = {
    "mlp": Study(PCM, CellNoise(1.0, 8760 * hour), TIMES, ("none", "global")),
    "lenet5": Study(PCM, CellNoise(1.0, 8760 * hour), TIMES, ("none", "global")),
    "small-cnn": Study(PROPORTIONAL, ProportionalNoise(0.3), {"written": 0.0}, ("none",)),
}


def network(name: str) -> nn.Sequential:
    """Return an untrained network."""
    if name == "mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(),
            nn.Linear(128, 10),
        )  # fmt: skip
    if name == "lenet5":
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(576, 10),
    )  # fmt: skip


def batches(images: Tensor, labels: Tensor, epochs: int, seed: int) -> Iterator[tuple]:
    """Yield batches in an order of the seed."""
    order = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for part in torch.randperm(len(images), generator=order).split(BATCH):
            yield images[part], labels[part]


def train(
    model: nn.Module, data: tuple[Tensor, Tensor], epochs: int, rate: float, seed: int
) -> None:
    """Train with Adam, its rate falling to zero along a cosine."""
    optimizer = torch.optim.Adam(model.parameters(), rate)
    steps = epochs * -(-len(data[0]) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    model.train()
    for x, y in batches(*data, epochs, seed):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        schedule.step()
    model.eval()


def accuracy(model: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the share of images that are recognised. [%]"""
    with torch.no_grad():
        parts = zip(images.split(500), labels.split(500), strict=True)
        return 100 * sum(int((model(x).argmax(1) == y).sum()) for x, y in parts) / len(images)


def on_chips(
    model: nn.Module, chip: Chip, times: dict[str, float], typical: Tensor, judge: tuple, n: int
) -> list[list[float]]:
    """Return accuracies on ``n`` chips, a list of them for each time. [%]"""
    written = [to_inference(model, chip, typical, seed=1000 + k) for k in range(n)]
    return [[accuracy(w.at(t), *judge) for w in written] for t in times.values()]


def one_training(
    name: str, study: Study, data: tuple, judge: tuple, options: argparse.Namespace, seed: int
) -> dict[str, Any]:
    """Return accuracies of one training: digital, and on chips by compensation and time. [%]"""
    torch.manual_seed(seed)
    start = network(name)
    train(start, data, options.epochs, 2e-3, seed)
    plain = copy.deepcopy(start)
    train(plain, data, options.more, options.rate, seed + 1)
    typical = data[0][:500]
    found: dict[str, Any] = {"digital": accuracy(plain, *judge)}
    for kind in study.compensations:
        chip = replace(study.chip, compensation=kind)
        aware = to_hardware_aware(
            start,
            chip,
            typical,
            noise=study.noise,
            clip=options.clip,
            ramp=options.ramp,
            seed=seed,
        )
        train(aware, data, options.more, options.rate, seed + 1)
        found[f"trained for it in software, {kind}"] = accuracy(aware, *judge)
        for way, model in (("programmed", plain), ("trained for it", aware)):
            found[f"{way}, {kind}"] = on_chips(
                model, chip, study.times, typical, judge, options.chips
            )
    return found


def spread(values: np.ndarray) -> float:
    """Return the standard deviation; zero of a single value."""
    return float(values.std(ddof=min(1, values.size - 1)))


def show(study: Study, runs: list[dict[str, Any]], images: int) -> None:
    """Print a table: means over trainings and chips, and their standard deviation."""
    digital = np.array([run["digital"] for run in runs])
    print(f"digital: {digital.mean():.2f} ± {spread(digital):.2f} %, trainings: {len(runs)}")
    rate = digital.mean() / 100
    chance = 2 * np.hypot(spread(digital), 100 * np.sqrt(rate * (1 - rate) / images))
    print("| compensation | time | programmed (%) | trained for it (%) | won back |")
    print("|---|---|---|---|---|")
    for kind in study.compensations:
        plain, aware = (
            np.array([run[f"{way}, {kind}"] for run in runs])
            for way in ("programmed", "trained for it")
        )
        for k, label in enumerate(study.times):
            before, after = plain[:, k], aware[:, k]
            loss = digital.mean() - before.mean()
            share = f"{(after.mean() - before.mean()) / loss:.0%}" if loss else ""
            if loss < chance:
                share = "loss too small to share"
            print(
                f"| {kind} | {label} | {before.mean():.2f} ± {spread(before):.2f} |"
                f" {after.mean():.2f} ± {spread(after):.2f} | {share} |"
            )


def kept(path: Path | None) -> list[dict[str, Any]]:
    """Return the trainings of a file, one JSON object a line; none where there is no file yet."""
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def keep(path: Path | None, line: dict[str, Any]) -> None:
    """Add a training to a file."""
    if path is not None:
        write_text(path, "".join(json.dumps(each) + "\n" for each in [*kept(path), line]))


def tensors(images: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return images of 28 x 28, 0 to 1, and labels."""
    x = torch.from_numpy(images.astype(np.float32) / 255).reshape(-1, 1, 28, 28)
    return x, torch.from_numpy(labels.astype(np.int64))


def chosen_study(options: argparse.Namespace) -> Study:
    """Return the study of a network, for the times and compensations that are asked for."""
    study = STUDIES[options.network]
    if not isinstance(study.noise, CellNoise):
        return study
    noise = replace(study.noise, earliest=options.earliest)
    return replace(study, noise=noise, compensations=tuple(options.compensation))


def main() -> None:
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="folder with the data set")
    parser.add_argument("--dataset", default="mnist", choices=["mnist", "fashion-mnist"])
    parser.add_argument("--network", default="mlp", choices=list(STUDIES))
    parser.add_argument("--train", type=int, default=30000, help="training images used")
    parser.add_argument("--test", type=int, default=10000, help="test images used")
    parser.add_argument("--epochs", type=int, default=2, help="before, in the plain way")
    parser.add_argument("--more", type=int, default=6, help="after that, both ways")
    parser.add_argument("--rate", type=float, default=2e-3, help="of the epochs after that")
    parser.add_argument("--clip", type=float, default=1.75, help="standard deviations")
    parser.add_argument("--ramp", type=int, default=100, help="batches")
    parser.add_argument(
        "--earliest",
        type=float,
        default=1.0,
        help="training is for times from this on to a year, s",
    )
    parser.add_argument(
        "--compensation", nargs="+", choices=["none", "global"], default=["none", "global"]
    )
    parser.add_argument("--trainings", type=int, default=3)
    parser.add_argument("--chips", type=int, default=2, help="of each training")
    parser.add_argument("--out", type=Path, help="file that finished trainings are kept in")
    parser.add_argument("--tune", action="store_true", help="judge by held-out training images")
    options = parser.parse_args()
    torch.set_num_threads(1)
    try:
        full = load_dataset(options.dataset, options.data)
    except AcanthiteError as error:
        print(f"{options.dataset}: not run ({error})")
        return
    data = tensors(
        full.images[:-HELD_OUT][: options.train], full.labels[:-HELD_OUT][: options.train]
    )
    judge = tensors(full.test_images[: options.test], full.test_labels[: options.test])
    first = 1
    if options.tune:
        first = 101
        judge = tensors(
            full.images[-HELD_OUT:][: options.test], full.labels[-HELD_OUT:][: options.test]
        )
    study = chosen_study(options)
    knobs = {name: value for name, value in vars(options).items() if name not in NO_KNOBS}
    runs = []
    for k in range(options.trainings):
        key = knobs | {"seed": first + 10 * k}
        run = next((line for line in kept(options.out) if line["key"] == key), None)
        if run is None:
            run = {
                "key": key,
                **one_training(options.network, study, data, judge, options, key["seed"]),
            }
            keep(options.out, run)
            print(f"training {k + 1} of {options.trainings} done", flush=True)
        runs.append(run)
    show(study, runs, len(judge[0]))


if __name__ == "__main__":
    main()
