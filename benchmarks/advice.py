"""The table behind `acanthite advise`, and what the rule learnt from it is worth.

    python benchmarks/advice.py table --data FOLDER --out table.jsonl     # trains; writes the package's table
    python benchmarks/advice.py check --data FOLDER --out check.jsonl     # on devices the rule never saw
    python benchmarks/advice.py full --data FOLDER --out full.jsonl       # do long trainings rank likewise?

Every candidate of src/acanthite/nn/advice/candidates.toml is trained on synthetic devices of soft bounds whose traits fill their
ranges evenly (a Latin hypercube). Images are MNIST's of 14 x 14 pixels, means of 2 x 2; 196-64-32-10, 6 epochs of the first 20,000
training images, judged by the last 10,000 of them. The test images are never looked at. `check` draws other devices from the same
ranges and trains with other seeds: what counts is the regret, the accuracy of the best candidate less that of the one chosen.
`full` trains some of these devices as one would: 784-256-128-10, 10 epochs of 50,000 images.

With --out every finished run is kept as a line, and a run that is there is not made again.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import qmc

from acanthite.nn import Dataset, train
from acanthite.nn.advice import ACCURACIES, TRAITS, Candidate, candidates, learnt_rule, traits_of
from acanthite.nn.data.datasets import load_dataset
from acanthite.nn.training.networks import network_named
from acanthite.synapse import SoftBounds

DEVICES, UNSEEN, LONG = 40, 20, 4
SMALL = {"network": "196-64-32-10", "epochs": 6, "limit": 20_000}
FULL = {"network": "784-256-128-10", "epochs": 10, "limit": 50_000}
HEAD = """\
# Accuracy on held-out images of each candidate on synthetic devices: benchmarks/advice.py, which says how
"""


def devices(n: int, seed: int) -> list[tuple[SoftBounds, dict[str, float]]]:
    """Return the first ``n`` devices of a design, each with what its references are wrong by.

    States from 3 to 1000 in proportion; symmetry point to half of half a window; noise to 1.5 of a step; spread of steps and
    bounds to 0.5; half of the references are right, the others wrong by up to 0.5 on average and as much about it.
    """
    found = []
    design = qmc.LatinHypercube(6, rng=np.random.default_rng(seed))
    for a, b, c, d, e, f in design.random(DEVICES)[:n]:
        step = 2 / (3 * (1000 / 3) ** a)
        point = min(0.5 * b, 0.9 - step)
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
        found.append((device, {"reference_mean": 0.5 * wrong, "reference_spread": f * wrong}))
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
    data = load_dataset("mnist", options.data)
    full = options.what == "full"
    runs = Trainings(data if full else smaller(data), FULL if full else SMALL, options.out)
    if options.what == "table":
        _table(runs)
    else:
        chosen = devices(UNSEEN, 2)
        step = UNSEEN // LONG
        _check(runs, chosen[::step] if full else chosen, options.seeds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="the table behind 'acanthite advise'")
    parser.add_argument("what", choices=("table", "check", "full"))
    parser.add_argument("--data", help="folder with MNIST")
    parser.add_argument("--seeds", type=int, default=2, help="trainings of each kind in a check")
    parser.add_argument("--out", type=Path, help="file that finished runs are kept in")
    return parser.parse_args()


def _table(runs: Trainings) -> None:
    """Train every candidate on every device, and write the package's table."""
    known = candidates()
    rows = []
    for number, device in enumerate(devices(DEVICES, 1)):
        found = [runs.accuracy(device, each, 200 + number) for each in known]
        own = astuple(traits_of(device[0], **device[1]))
        rows.append([*(f"{v:.4g}" for v in own), *(f"{v:.4f}" for v in found)])
        print(*rows[-1], flush=True)
    with ACCURACIES.open("w", encoding="utf-8", newline="") as file:
        file.write(HEAD)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*TRAITS, *(each.name for each in known)])
        writer.writerows(rows)
    learnt_rule.cache_clear()
    _print_errors()


def _print_errors() -> None:
    known = learnt_rule()
    print("\ndevices left out one by one, in points:")
    errors = np.sqrt(np.mean([known.errors(each) ** 2 for each in known.devices], axis=0))
    for each, error in zip(known.candidates, errors, strict=True):
        print(f"  {each.name:24} prediction off by {100 * error:.2f} (root mean square)")
    regrets = 100 * known.regrets
    print(f"  regret: mean {regrets.mean():.2f}, largest {regrets.max():.2f}, ", end="")
    print(f"at most 0.5 on {np.mean(regrets <= 0.5):.0%}")


def _check(runs: Trainings, chosen: list[tuple[SoftBounds, dict]], seeds: int) -> None:
    """Print what the rule chose on each device, and what would have been best."""
    known = learnt_rule()
    analogue = [k for k, each in enumerate(known.candidates) if not each.digital]
    regrets = []
    for number, device in enumerate(chosen):
        own = traits_of(device[0], **device[1])
        predicted = known.predict(own)
        found = np.array(
            [
                np.mean([runs.accuracy(device, each, 300 + 50 * k + number) for k in range(seeds)])
                for each in known.candidates
            ]
        )
        pick = max(analogue, key=lambda k: predicted[k])
        best = max(analogue, key=lambda k: found[k])
        regrets.append(100 * (found[best] - found[pick]))
        names = [known.candidates[k].name for k in (pick, best)]
        values = ", ".join(f"{100 * v:.1f}" for v in found)
        print(
            f"{own.states:6.0f} states, rests at {own.symmetry_point:.2f}, noise {own.noise:.2f}, spread {own.spread:.2f},"
            f" reference {own.reference_error:.2f}: chosen {names[0]}, said {100 * predicted[pick]:.1f},"
            f" is {100 * found[pick]:.1f}; best {names[1]}, {100 * found[best]:.1f}; all {values}",
            flush=True,
        )
    print(f"\nregret: mean {np.mean(regrets):.2f} points, largest {np.max(regrets):.2f}, ", end="")
    print(f"at most 0.5 on {np.sum(np.array(regrets) <= 0.5)} of {len(regrets)}")


if __name__ == "__main__":
    main()
