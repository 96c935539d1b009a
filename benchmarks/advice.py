"""The table behind `acanthite advise`, and what the rule learnt from it is worth.

    python benchmarks/advice.py table --data FOLDER --out table.jsonl     # trains; writes the package's tables
    python benchmarks/advice.py check --data FOLDER --out check.jsonl     # on devices the rule never saw
    python benchmarks/advice.py score                                     # what these say of the rule
    python benchmarks/advice.py full --data FOLDER --out full.jsonl       # do long trainings rank likewise?

Every candidate of src/acanthite/nn/advice/candidates.toml is trained on synthetic devices of soft bounds whose traits fill their
ranges evenly (a Latin hypercube). Images are MNIST's of 14 x 14 pixels, means of 2 x 2; 196-64-32-10, 6 epochs of the first 20,000
training images, judged by the last 10,000 of them. The test images are never looked at. `check` draws other devices from the same
ranges, trains with other seeds and writes tests/references/advised_devices.csv: what counts is the regret, the accuracy of the best
candidate less that of the one chosen. `full` trains some of these devices as one would: 784-256-128-10, 10 epochs of 50,000 images.

With --out every finished run is kept as a line, and a run that is there is not made again.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import qmc

from acanthite.nn import Dataset, train
from acanthite.nn.advice import (
    ACCURACIES,
    COVARIANCES,
    TRAITS,
    Candidate,
    Traits,
    candidates,
    learnt_rule,
    traits_of,
)
from acanthite.nn.advice.rule import read_rule, write_covariances
from acanthite.nn.array_types import Doubles
from acanthite.nn.data.datasets import load_dataset
from acanthite.nn.training.networks import network_named
from acanthite.synapse import SoftBounds

SMALL = {"network": "196-64-32-10", "epochs": 6, "limit": 20_000}
FULL = {"network": "784-256-128-10", "epochs": 10, "limit": 50_000}
LONG = 5
"""Every so manyth of the unseen devices is trained in full."""
LEAST = 0.7
"""Accuracy that a worse one counts as. [1]"""
NEAR_BEST = 0.5
"""Points of accuracy that a choice may be behind the best."""
REFERENCES = Path(__file__).parents[1] / "tests" / "references"
CHECKED = REFERENCES / "advised_devices.csv"
ACCURACIES_HEAD = """\
# Accuracy on held-out images of each candidate on synthetic devices: benchmarks/advice.py, which says how
"""
COVARIANCES_HEAD = """\
# Of the logarithm of each candidate's error: lengths over the range of each trait, standard deviations of
# the logarithm itself and of its scatter; learnt from accuracies.csv by benchmarks/advice.py
"""
CHECKED_HEAD = """\
# Accuracy on held-out images of each candidate, mean of trainings, on devices that the rule of 'acanthite advise' never saw:
# benchmarks/advice.py check. "first" are those drawn for the rule before this one, "fresh" those drawn for it.
"""


class Design(NamedTuple):
    """Devices that fill the ranges of :func:`devices` evenly, and the seeds they are trained with."""

    n: int
    seed: int
    training_seed: int
    either_side: bool = True
    """Whether cells rest below the middle as often as above, and references are wrong likewise."""
    of: int = 0
    """Points of the hypercube that these are the first of; ``n`` unless it says otherwise."""
    trainings: int = 1
    """Of each candidate on each device, whose seeds are 50 apart."""


LEARNT = Design(40, 1, 200, either_side=False), Design(100, 3, 1000, of=120)
FIRST_CHECK = Design(20, 2, 300, either_side=False, of=40, trainings=2)
"""What ``check`` drew before the rule knew of sides; its results were public when it was changed."""
CHECK = Design(20, 5, 2000, trainings=2)


def devices(design: Design) -> list[tuple[SoftBounds, dict[str, float]]]:
    """Return the devices of a design, each with what its references are wrong by.

    States from 3 to 1000 in proportion; symmetry point to half of half a window; noise to 1.5 of a step; spread of steps and
    bounds to 0.5; half of the references are right, the others wrong by up to 0.5 on average and as much about it.
    """
    found = []
    hypercube = qmc.LatinHypercube(6, rng=np.random.default_rng(design.seed))
    below = np.random.default_rng([design.seed, 1]).random((2, design.of or design.n)) < 0.5
    signs = np.where(below & design.either_side, -1.0, 1.0).T
    points = hypercube.random(design.of or design.n)[: design.n]
    for (a, b, c, d, e, f), (side, way) in zip(points, signs, strict=False):
        step = 2 / (3 * (1000 / 3) ** a)
        point = side * min(0.5 * b, 0.9 - step)
        both = step / (1 - point**2)
        spread = 0.5 * d
        device = SoftBounds(
            up=both * (1 + point),
            down=both * (1 - point),
            pulse_noise=1.5 * c**1.5,
            up_spread=spread,
            down_spread=spread,
            lower_spread=spread,
            upper_spread=spread,
            conductance_min=3e-8,
            conductance_max=2e-6,
        )
        wrong = max(0.0, 2 * e - 1)
        mean = 0.5 * wrong
        if wrong and way < 0:
            mean = -mean
        found.append((device, {"reference_mean": mean, "reference_spread": f * wrong}))
    return found


def smaller(data: Dataset) -> Dataset:
    """Return images of half the width and height."""

    def shrink(images: Any) -> Any:
        squares = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4), dtype=np.float32)
        return np.round(squares).astype(np.uint8).reshape(len(images), 196)

    images, test_images = shrink(data.images), shrink(data.test_images)
    return Dataset(f"{data.name}, 14 x 14", images, data.labels, test_images, data.test_labels)


class Trainings:
    """Accuracies on held-out images, each of them found once."""

    def __init__(self, data: Dataset, scale: dict[str, Any], path: Path | None) -> None:
        self.data, self.scale, self.path = data, scale, path
        lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
        self.kept: dict[str, float] = dict(json.loads(line) for line in lines)

    def accuracy(self, device: tuple[SoftBounds, dict], candidate: Candidate, seed: int) -> float:
        """Return the accuracy of a candidate on a device after the last epoch. [1]"""
        synapse, reference = device
        network = network_named(self.scale["network"], self.data)
        lines = max(n_in for n_in, _ in network.shapes)
        algorithm = candidate.fitted(synapse.n_states, lines, self.scale["epochs"]).adapted_to(
            synapse
        )
        known = {name: v for name, v in reference.items() if hasattr(algorithm, name)}
        algorithm = replace(algorithm, **known)
        key = json.dumps([self.scale, repr(synapse), repr(algorithm), seed])
        if key not in self.kept:
            judged = {"validation": 10_000, "test": False}
            result = train(
                self.data, synapse=synapse, algorithm=algorithm, seed=seed, **judged, **self.scale
            )
            assert result.validation_accuracy is not None
            self.kept[key] = float(result.validation_accuracy[-1])
            if self.path is not None:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([key, self.kept[key]]) + "\n")
        return self.kept[key]


def main() -> None:
    """Train, and print what came of it."""
    options = _options()
    if options.what == "score":
        print_scores()
        return
    data = load_dataset("mnist", options.data)
    full = options.what == "full"
    runs = Trainings(data if full else smaller(data), FULL if full else SMALL, options.out)
    if options.what == "table":
        _write_table(runs)
        print_scores()
    elif full:
        chosen = devices(FIRST_CHECK)[::LONG]
        for own, accuracies in _checked(runs, FIRST_CHECK, chosen):
            print_choice(own, accuracies)
    else:
        _write_checked(runs)
        print_scores()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the table behind 'acanthite advise'")
    parser.add_argument("what", choices=("table", "check", "score", "full"))
    parser.add_argument("--data", help="folder with MNIST")
    parser.add_argument("--out", type=Path, help="file that finished runs are kept in")
    return parser.parse_args()


def _write_table(runs: Trainings) -> None:
    """Train every candidate on every device, and write the package's tables."""
    known = candidates()
    rows = []
    for design in LEARNT:
        for number, device in enumerate(devices(design)):
            seed = design.training_seed + number
            accuracies = [runs.accuracy(device, each, seed) for each in known]
            rows.append(_row(traits_of(device[0], **device[1]), accuracies))
            print(*rows[-1], flush=True)
    _write(ACCURACIES, ACCURACIES_HEAD, [*TRAITS, *(each.name for each in known)], rows)
    write_covariances(read_rule(known, ACCURACIES), COVARIANCES, COVARIANCES_HEAD)
    learnt_rule.cache_clear()


def _write_checked(runs: Trainings) -> None:
    """Train every candidate on the devices that judge, and write what came of it."""
    rows = []
    for name, design in (("first", FIRST_CHECK), ("fresh", CHECK)):
        for own, accuracies in _checked(runs, design, devices(design)):
            rows.append([name, *_row(own, accuracies)])
            print(*rows[-1], flush=True)
    names = [each.name for each in candidates()]
    _write(CHECKED, CHECKED_HEAD, ["drawn", *TRAITS, *names], rows)


def _checked(
    runs: Trainings, design: Design, chosen: list[tuple[SoftBounds, dict]]
) -> Iterator[tuple[Traits, Doubles]]:
    """Yield the traits of devices and the mean accuracy of each candidate."""
    for number, device in enumerate(chosen):
        first = design.training_seed + number
        accuracies = [
            [runs.accuracy(device, each, first + 50 * k) for k in range(design.trainings)]
            for each in candidates()
        ]
        yield traits_of(device[0], **device[1]), np.mean(accuracies, axis=1)


def _row(own: Traits, accuracies: Any) -> list[str]:
    return [*(f"{v:.4g}" for v in astuple(own)), *(f"{v:.4f}" for v in accuracies)]


def _write(path: Path, head: str, names: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def print_scores() -> None:
    """Print how wrong the rule is about devices left out, and about those that it never saw."""
    known = learnt_rule()
    print("\ndevices left out one by one, in points:")
    wrong = known.left_out - np.maximum(known.accuracies, LEAST)
    errors = np.sqrt(np.mean(wrong**2, axis=0))
    for each, error in zip(known.candidates, errors, strict=True):
        print(f"  {each.name:24} prediction off by {100 * error:.2f} (root mean square)")
    for analogue_only in (False, True):
        _print_regrets(known.regrets(analogue_only=analogue_only), analogue_only)
    if not CHECKED.exists():
        return
    for drawn in ("first", "fresh"):
        print(f"\n{drawn} devices that it never saw:")
        rows = read_checked(drawn)
        for own, accuracies in rows:
            print_choice(own, accuracies)
        for analogue_only in (False, True):
            regrets = [regret(own, accuracies, analogue_only) for own, accuracies in rows]
            _print_regrets(np.array(regrets), analogue_only)


def read_checked(drawn: str) -> list[tuple[Traits, Doubles]]:
    """Return the traits of devices the rule never saw, and the accuracy of each candidate."""
    with CHECKED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    names = [each.name for each in candidates()]
    return [
        (
            Traits(**{name: float(row[name]) for name in TRAITS}),
            np.array([float(row[name]) for name in names]),
        )
        for row in rows
        if row["drawn"] == drawn
    ]


def regret(own: Traits, accuracies: Doubles, analogue_only: bool) -> float:
    """Return the accuracy of the best candidate less that of the one the rule chooses. [1]"""
    known = learnt_rule()
    allowed = np.array([not (analogue_only and each.digital) for each in known.candidates])
    chosen = np.argmax(np.where(allowed, known.predict(own), 0))
    return float(accuracies[allowed].max() - accuracies[chosen])


def print_choice(own: Traits, accuracies: Doubles) -> None:
    """Print what the rule chooses on a device, and what would have been best."""
    known = learnt_rule()
    predicted = known.predict(own)
    pick, best = int(predicted.argmax()), int(accuracies.argmax())
    names = [known.candidates[k].name for k in (pick, best)]
    values = ", ".join(f"{100 * v:.1f}" for v in accuracies)
    print(
        f"{own.states:6.0f} states, rests at {own.symmetry_point:.2f}, noise {own.noise:.2f}, spread {own.spread:.2f},"
        f" reference {own.reference_mean:.2f}, {own.reference_spread:.2f}: chosen {names[0]}, said {100 * predicted[pick]:.1f},"
        f" is {100 * accuracies[pick]:.1f}; best {names[1]}, {100 * accuracies[best]:.1f}; all {values}",
        flush=True,
    )


def _print_regrets(regrets: Doubles, analogue_only: bool) -> None:
    kind = "analogue candidates" if analogue_only else "all candidates"
    points = 100 * regrets
    near = int(np.sum(points <= NEAR_BEST + 1e-9))
    print(
        f"  {kind}: regret {points.mean():.2f} points on average, {points.max():.2f} at most, ",
        end="",
    )
    print(f"within {NEAR_BEST} on {near} of {len(points)}")


if __name__ == "__main__":
    main()
