"""A network behind the wires of its arrays: written as trained, and trained through the wires.

    python benchmarks/wires_digits.py [--resistance 5 20] [--trainings 3] [--out points.json]

64-32-10 on the 1,797 digits of 8 x 8 pixels that scikit-learn holds; the last 450 judge. The first
layer fills an array of 64 x 64 cells, each weight a pair of columns; cells are exact, of at most
100 uS, inputs and currents are exact too, so that what is left is the voltage that the wires take.
Both ways have seen the images as often. ``--out`` keeps what is known, and goes on from there.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

from acanthite.crossbar import Wires
from acanthite.files import write_text
from acanthite.inference import Chip, ColumnReader, InputDriver
from acanthite.torch import WiredLinear, to_inference


def network(chip: Chip | None) -> nn.Sequential:
    """Return an untrained network, behind wires where there is a chip."""
    if chip is None:
        return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    return nn.Sequential(WiredLinear(64, 32, chip), nn.ReLU(), WiredLinear(32, 10, chip))


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int, rate: float, seed: int) -> None:
    """Train with Adam in batches of 64."""
    optimizer = torch.optim.Adam(model.parameters(), rate)
    order = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for part in torch.randperm(len(x), generator=order).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[part]), y[part]).backward()
            optimizer.step()


def accuracy(model: nn.Module, x: Tensor, y: Tensor) -> float:
    """Return the share of images that are recognised. [%]"""
    with torch.no_grad():
        return 100 * float((model(x).argmax(1) == y).double().mean())


def one_training(
    resistance: float,
    seed: int,
    data: tuple[Tensor, Tensor],
    judge: tuple[Tensor, Tensor],
    options: argparse.Namespace,
) -> list[float]:
    """Return accuracies: digital, written as trained, and trained through the wires. [%]"""
    chip = Chip(
        cells="ideal",
        rows=64,
        columns=64,
        wires=Wires(resistance, resistance),
        inputs=InputDriver(bits=None),
        outputs=ColumnReader(bits=None),
    )
    torch.manual_seed(seed)
    plain = network(None)
    train(plain, *data, options.epochs, 3e-3, seed)
    wired = network(chip)
    wired.load_state_dict(plain.state_dict())
    train(plain, *data, options.more, 1e-3, seed + 100)
    train(wired, *data, options.more, 1e-3, seed + 100)
    models = plain, to_inference(plain, chip), to_inference(wired, chip)
    return [accuracy(model, *judge) for model in models]


def main() -> None:
    """Train, write, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resistance", type=float, nargs="+", default=[5.0, 20.0], help="[ohm]")
    parser.add_argument("--trainings", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=40, help="in the plain way")
    parser.add_argument("--more", type=int, default=10, help="after that, both ways")
    parser.add_argument("--out", type=Path, help="file of what is known")
    options = parser.parse_args()
    torch.set_num_threads(1)
    digits: Any = load_digits()
    x = torch.from_numpy(digits.data.astype(np.float32) / 16)
    y = torch.from_numpy(digits.target.astype(np.int64))
    data, judge = (x[:-450], y[:-450]), (x[-450:], y[-450:])
    known: dict[str, list[float]] = {}
    if options.out is not None and options.out.exists():
        known = json.loads(options.out.read_text())
    for resistance in options.resistance:
        rows = []
        for seed in range(options.trainings):
            key = f"{resistance:g} ohm, {options.epochs} + {options.more} epochs, training {seed}"
            if key not in known:
                known[key] = one_training(resistance, seed, data, judge, options)
                if options.out is not None:
                    write_text(options.out, json.dumps(known, indent=1))
            rows.append(known[key])
        print(f"{resistance:g} ohm a segment, {options.trainings} trainings", flush=True)
        for label, values in zip(
            ("digital", "written as trained", "trained through the wires"),
            np.array(rows).T,
            strict=True,
        ):
            print(f"  {label:28} {values.mean():6.2f} +- {values.std():.2f} %", flush=True)


if __name__ == "__main__":
    main()
