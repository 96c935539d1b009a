"""ResNet-20 on CIFAR-10 on phase-change memory: digital, programmed, and trained for it.

    python benchmarks/inference_cifar.py --data FOLDER --out FOLDER

FOLDER holds the six files of CIFAR-10's binary version. What is trained and judged is kept in
``--out``: the same command goes on where it was stopped. Without the data it says 'not run'.

The network is that of He 2016 (option A shortcuts), trained in software by SGD along one cycle with
crops and flips, in bfloat16. It is then trained further for the chip: each batch on fresh cells at
a time between a second and a day, and through the chip's converters. Both networks are written onto
``--chips`` chips and judged by the first ``--test`` test images: as they are, with global drift
compensation, and with the statistics of batch norms renewed by training images at each time.
Convolutions and the last layer are on the chip, batch norms digital.

Joshi et al., Nature Communications 11, 2473 (2020), write ResNet-32 onto phase-change memory: 93.7
per cent, above 93.5 after a day with compensation. Theirs is deeper and trained for far longer.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from acanthite.constants import hour
from acanthite.errors import AcanthiteError
from acanthite.files import atomic, write_text
from acanthite.inference import chip_named
from acanthite.nn.data.datasets import load_dataset
from acanthite.torch import CellNoise, to_hardware_aware, to_inference
from acanthite.torch.inference.resnet import ResNet

TIMES = {"1 s": 1.0, "1 h": hour, "1 d": 24 * hour, "1 y": 8760 * hour}
WAYS = ("none", "global", "norms renewed")
PCM = chip_named("pcm")
MEAN, SCALE = 0.4734, 0.2516  # of all pixels of the training images
DIGITAL = ("digital", "trained for it, digital")
BATCH = 128
TYPICAL = 256  # training images that converters are set by, and batch norms renewed
PAD = 4  # pixels around an image, from which a crop is taken


def tensors(images: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return images, shape (n, 3, 32, 32), and labels."""
    x = torch.from_numpy(images.reshape(-1, 32, 32, 3).transpose(0, 3, 1, 2).astype(np.float32))
    return x.div_(255).sub_(MEAN).div_(SCALE), torch.from_numpy(labels.astype(np.int64))


def altered(images: Tensor, rng: torch.Generator) -> Tensor:
    """Return images shifted by up to four pixels, half of them mirrored."""
    n, _, height, width = images.shape
    padded = functional.pad(images, (PAD, PAD, PAD, PAD))
    across, down = torch.randint(0, 2 * PAD + 1, (2, n), generator=rng)
    mirrored = torch.rand(n, generator=rng) < 0.5
    columns = across[:, None] + torch.arange(width)
    columns[mirrored] = columns[mirrored].flip(1)
    rows = down[:, None] + torch.arange(height)
    which = torch.arange(n)[:, None, None]
    return padded[which, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def batches(data: tuple[Tensor, Tensor], seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the altered images of an epoch and their labels."""
    rng = torch.Generator().manual_seed(1000 * seed + epoch)
    for part in torch.randperm(len(data[0]), generator=rng).split(BATCH):
        yield altered(data[0][part], rng), data[1][part]


def train(
    model: nn.Module,
    data: tuple[Tensor, Tensor],
    kept: Path,
    optimizer: torch.optim.Optimizer,
    *,
    epochs: int,
    rise: float,
    seed: int,
    half: bool = False,
) -> nn.Module:
    """Train along one cycle of the rate, which rises for a share of it; each epoch is kept."""
    steps = epochs * -(-len(data[0]) // BATCH)
    rate = optimizer.param_groups[0]["lr"]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=rise)
    parts: dict[str, Any] = {"model": model, "optimizer": optimizer, "schedule": schedule}
    first = 0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        first = state.pop("epoch")
        for name, part in parts.items():
            part.load_state_dict(state[name])
    for epoch in range(first, epochs):
        model.train()
        total = 0.0
        for x, y in batches(data, seed, epoch):
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                loss = functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(x)
        state = {name: part.state_dict() for name, part in parts.items()}
        with atomic(kept) as temporary:
            torch.save({"epoch": epoch + 1, **state}, temporary)
        print(f"{kept.stem}, epoch {epoch + 1} of {epochs}: loss {total / len(data[0]):.3f}")
    return model.eval()


def trained(data: tuple[Tensor, Tensor], options: argparse.Namespace) -> nn.Module:
    """Return the network trained in software."""
    torch.manual_seed(options.seed)
    model: Any = ResNet()
    model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        model.parameters(), 0.2, momentum=0.9, weight_decay=5e-4, nesterov=True
    )
    train(
        model,
        data,
        options.out / "digital.pt",
        optimizer,
        epochs=options.epochs,
        rise=0.3,
        seed=options.seed,
        half=True,
    )
    return model.to(memory_format=torch.contiguous_format)


def trained_for_it(
    model: nn.Module, data: tuple[Tensor, Tensor], options: argparse.Namespace
) -> nn.Module:
    """Return the network trained further for the chip."""
    some = data[0][: options.aware_images], data[1][: options.aware_images]
    batches_in_all = options.aware_epochs * -(-len(some[0]) // BATCH)
    aware = to_hardware_aware(
        model,
        PCM,
        data[0][:TYPICAL],
        noise=CellNoise(1.0, 24 * hour),
        ramp=batches_in_all // 5,
        seed=options.seed,
    )
    return train(
        aware,
        some,
        options.out / "aware.pt",
        torch.optim.Adam(aware.parameters(), 1e-3),
        epochs=options.aware_epochs,
        rise=0.1,
        seed=options.seed + 1,
    )


class Points:
    """Accuracies that are known, kept in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.values: dict[str, float] = json.loads(path.read_text()) if path.exists() else {}

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def add(self, key: str, value: float) -> None:
        """Keep an accuracy. [%]"""
        self.values[key] = value
        write_text(self.path, json.dumps(self.values, indent=1))
        print(f"{key}: {value:.2f} %", flush=True)


def accuracy(model: nn.Module, judge: tuple[Tensor, Tensor]) -> float:
    """Return the share of images that are recognised. [%]"""
    with torch.no_grad():
        parts = zip(judge[0].split(250), judge[1].split(250), strict=True)
        return 100 * sum(int((model(x).argmax(1) == y).sum()) for x, y in parts) / len(judge[0])


def key_of(name: str, way: str, chip: int, time: str, images: int) -> str:
    """Return what an accuracy is called in the file."""
    return f"{name}, {way}, chip {chip + 1}, {time}, {images} images"


def judge_on_chip(
    name: str,
    model: nn.Module,
    draw: int,
    typical: Tensor,
    judge: tuple[Tensor, Tensor],
    points: Points,
) -> None:
    """Write a network onto a chip, and judge it at each time in each way."""
    for way in WAYS:
        keys = {label: key_of(name, way, draw, label, len(judge[0])) for label in TIMES}
        missing = [label for label, key in keys.items() if key not in points]
        if not missing:
            continue
        chip = replace(PCM, compensation="global" if way == "global" else "none")
        written = to_inference(model, chip, typical, seed=1000 + draw)
        for label in missing:
            written.at(TIMES[label])
            if way == "norms renewed":
                written.renew_batch_norm(typical)
            points.add(keys[label], accuracy(written, judge))


def show(points: Points, options: argparse.Namespace) -> None:
    """Print the table: means over chips, and their standard deviation."""
    n, chips = options.test, options.chips
    before, after = (points.values[f"{name}, {n} images"] for name in DIGITAL)
    print(f"ResNet-20 on CIFAR-10, {options.epochs} epochs, {n} test images, {chips} chips")
    print(f"digital {before:.2f} %; after training for the chip, digital {after:.2f} %")
    print("| | time | programmed (%) | trained for it (%) |")
    print("|---|---|---|---|")
    for way in WAYS:
        for label in TIMES:
            cells = []
            for name in ("programmed", "trained for it"):
                keys = [key_of(name, way, draw, label, n) for draw in range(chips)]
                values = np.array([points.values[key] for key in keys])
                spread = f" ± {values.std(ddof=1):.2f}" if chips > 1 else ""
                cells.append(f"{values.mean():.2f}{spread}")
            print(f"| {way} | {label} | {' | '.join(cells)} |")
    print("Joshi 2020, ResNet-32: 93.7 % when written, above 93.5 % after a day, compensated")


def main() -> None:
    """Train, write, judge, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="folder with the six files")
    parser.add_argument("--out", type=Path, required=True, help="what is trained and judged")
    parser.add_argument("--epochs", type=int, default=10, help="in software")
    parser.add_argument("--aware-epochs", type=int, default=1, help="after that, for the chip")
    parser.add_argument("--aware-images", type=int, help="of each of those; all without it")
    parser.add_argument("--chips", type=int, default=2)
    parser.add_argument("--test", type=int, default=1000, help="test images used, the first")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    try:
        full = load_dataset("cifar10", options.data)
    except AcanthiteError as error:
        print(f"cifar10: not run ({error})")
        return
    options.out.mkdir(parents=True, exist_ok=True)
    data = tensors(full.images, full.labels)
    judge = tensors(full.test_images[: options.test], full.test_labels[: options.test])
    points = Points(options.out / "points.json")
    model = trained(data, options)
    aware = trained_for_it(model, data, options)
    for name, network in zip(DIGITAL, (model, aware), strict=True):
        if f"{name}, {options.test} images" not in points:
            points.add(f"{name}, {options.test} images", accuracy(network, judge))
    typical = data[0][:TYPICAL]
    for draw in range(options.chips):
        judge_on_chip("programmed", model, draw, typical, judge, points)
        judge_on_chip("trained for it", aware, draw, typical, judge, points)
    show(points, options)


if __name__ == "__main__":
    main()
