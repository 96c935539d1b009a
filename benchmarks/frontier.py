"""Training with four to thirty states, and with a zero that is not where it should be.

    python benchmarks/frontier.py states --data FOLDER
    python benchmarks/frontier.py states --dataset fashion-mnist --states 4 --algorithm ideal ttv2
    python benchmarks/frontier.py states --network lenet5 --states 10 --algorithm mrl --knob tiles=6
    python benchmarks/frontier.py offsets --epochs 5 --seeds 1
    python benchmarks/frontier.py states --tune --states 4 --algorithm rlv2      # on held-out training images

`states` trains 784-256-128-10 on a device of soft bounds with so many states (steps and bounds spread by 10 %, 30 % noise of
a step). `offsets` trains it on the HfO2 array of the literature without its write noise, bounds spread by 30 %; the references
of the fast arrays are wrong by an error of a given mean and standard deviation, in half windows, that no algorithm is told of.

The knobs are chosen by --tune, on the last 10,000 training images and seeds that no table reports; what was tried and what came
of it stands in docs/training.md. Those of four states follow the states: what one pulse moves a network weight by should shrink
no faster than the root of the step, so the window grows with the root of the states; and A moves by smaller steps, so more of
them stand for the same gradient, and the threshold grows too.

With --out every finished run is kept as a line, and a run that is there is not made again.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.nn import (
    AGAD,
    ERIDER,
    RIDER,
    SGD,
    ChoppedTTv2,
    Cosine,
    Ideal,
    MixedPrecision,
    MultiTile,
    ResidualLearning,
    ResidualLearning2,
    TTv1,
    TTv2,
    train,
)
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.data.datasets import load_dataset
from acanthite.synapse import SoftBounds, Synapse, literature

WINDOW: dict[str, Any] = {"conductance_min": 3e-8, "conductance_max": 2e-6}
NETWORK = "784-256-128-10"
STATES = (4, 8, 16, 30)
OFFSETS = ((0.0, 0.05), (0.0, 0.4), (0.0, 1.0), (0.4, 0.05), (0.4, 0.4), (0.4, 1.0))

REFERENCES = {"shift_pairs": 400, "shift_average": 360}
"""Reads that the zero of each cell of A is the mean of: with 60, what they are off by is read again and again, and adds up."""
TUNED = {"threshold": 10.0, "window": 0.2, "rate": 1.0}
"""Best on held-out images at four states, ten epochs."""
GROWTH = {"threshold": 0.5, "window": 0.5}
"""Power of the states that a knob follows."""

KNOBS: dict[str, Algorithm] = {
    "ideal": Ideal(),
    "sgd": SGD(window=0.2),
    "ttv1": TTv1(window=0.2),
    "ttv2": TTv2(decay=0.8, **TUNED, **REFERENCES),
    "c-ttv2": ChoppedTTv2(flip=0.2, decay=0.8, **TUNED, **REFERENCES),
    "agad": AGAD(flip=0.2, memory=0.2, decay=0.8, **TUNED),
    "rl": ResidualLearning(),
    "rlv2": ResidualLearning2(),
    "rider": RIDER(decay=0.8, **TUNED),
    "e-rider": ERIDER(flip=0.2, memory=0.2, decay=0.8, **TUNED),
    "mrl": MultiTile(),
    "mixed-precision": MixedPrecision(window=0.2),
}
"""At four states; of all but these algorithms' windows and thresholds, at any number of states."""
FOLLOWING = ("sgd", "ttv1", "ttv2", "c-ttv2", "agad", "rider", "e-rider", "mixed-precision")


def knobs_at(name: str, states: float) -> Algorithm:
    """Return an algorithm with its knobs for a device of so many states."""
    tuned = KNOBS[name]
    if name not in FOLLOWING:
        return tuned
    own = {knob: power for knob, power in GROWTH.items() if hasattr(tuned, knob)}
    return replace(tuned, **{k: getattr(tuned, k) * (states / 4) ** p for k, p in own.items()})


def device_of_states(n: float) -> Synapse:
    """Return a device of ``n`` states."""
    spreads = dict.fromkeys(("up_spread", "down_spread", "lower_spread", "upper_spread"), 0.1)
    return SoftBounds(up=2 / n, down=2 / n, pulse_noise=0.3, **spreads, **WINDOW)


def hfo2_like() -> Synapse:
    """Return the HfO2 array of the literature without write noise, its bounds spread by 30 %."""
    array = literature("reram-array-hfo2")
    return replace(array, write_noise=0.0, lower_spread=0.3, upper_spread=0.3)


def cases(options: argparse.Namespace) -> dict[str, tuple[Synapse, dict[str, float]]]:
    """Return devices by label, with the knobs that belong to them."""
    if options.what == "states":
        return {f"{n:g} states": (device_of_states(n), {}) for n in options.states}
    device = hfo2_like()
    return {
        f"{mean:g}/{spread:g}": (device, {"reference_mean": mean, "reference_spread": spread})
        for mean, spread in OFFSETS
    }


def main() -> None:
    """Train, and print a row an algorithm."""
    options = _options()
    data = load_dataset(options.dataset, options.data)
    kept = _kept(options.out)
    devices = cases(options)
    scores: dict[tuple[str, str], list[float]] = {}
    for name in options.algorithm:
        for label, (device, own) in devices.items():
            tuned = _with_knobs(knobs_at(name, device.n_states), options.knob)
            algorithm = replace(tuned, **_known(name, own))
            if options.cosine is not None:
                algorithm = replace(algorithm, decay=1.0)
            for k in range(options.seeds):
                seed = (100 if options.tune else 1000) + k
                task = [options.dataset, options.network, options.epochs, options.limit]
                task += [] if options.cosine is None else [repr(_schedule(options))]
                key = json.dumps([label, repr(algorithm), *task, seed])
                if key not in kept:
                    kept[key] = _accuracy(data, device, algorithm, seed, options)
                    _keep(options.out, key, kept[key])
                scores.setdefault((name, label), []).append(kept[key])
            print(f"  {name}, {label}: {_cell(scores[name, label])}", flush=True)
    print(f"\n| algorithm | {' | '.join(devices)} |\n|{'---|' * (1 + len(devices))}")
    for name in options.algorithm:
        cells = (_cell(scores[name, label]) for label in devices)
        print(f"| {name} | {' | '.join(cells)} |")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="few states, and a zero that is off")
    parser.add_argument("what", choices=("states", "offsets"))
    parser.add_argument("--data", help="folder with the data set")
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--network", default=NETWORK)
    parser.add_argument("--algorithm", nargs="+", choices=KNOBS, default=list(KNOBS))
    parser.add_argument("--states", nargs="+", type=float, default=list(STATES))
    parser.add_argument("--knob", nargs="*", default=[], help="NAME=VALUE, of all algorithms")
    parser.add_argument(
        "--cosine", type=float, metavar="LAST", help="the rate falls to this share along a cosine"
    )
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=int, help="train on the first so many images")
    parser.add_argument("--tune", action="store_true", help="judge by held-out training images")
    parser.add_argument("--out", type=Path, help="file that finished runs are kept in")
    return parser.parse_args()


def _with_knobs(algorithm: Algorithm, texts: list[str]) -> Algorithm:
    return replace(algorithm, **{k: json.loads(v) for k, v in (t.split("=") for t in texts)})


def _known(name: str, knobs: dict[str, float]) -> dict[str, float]:
    """Return those of some knobs that an algorithm has."""
    return {k: v for k, v in knobs.items() if hasattr(KNOBS[name], k)}


def _accuracy(
    data: Any, device: Synapse, algorithm: Algorithm, seed: int, options: argparse.Namespace
) -> float:
    """Return the accuracy after the last epoch. [%]"""
    held_out = 10_000 if options.tune else 0
    judged = {"validation": held_out, "test": not options.tune}
    knobs = {"epochs": options.epochs, "limit": options.limit, "seed": seed}
    schedule = _schedule(options)
    result = train(data, options.network, device, algorithm, schedule=schedule, **judged, **knobs)
    curve = result.validation_accuracy if options.tune else result.test_accuracy
    assert curve is not None
    return 100 * float(curve[-1])


def _schedule(options: argparse.Namespace) -> Cosine | None:
    return None if options.cosine is None else Cosine(last=options.cosine)


def _kept(path: Path | None) -> dict[str, float]:
    if path is None or not path.exists():
        return {}
    return dict(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def _keep(path: Path | None, key: str, accuracy: float) -> None:
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, accuracy]) + "\n")


def _cell(values: list[float]) -> str:
    spread = f" ± {np.std(values, ddof=1):.2f}" if len(values) > 1 else ""
    return f"{np.mean(values):.2f}{spread}"


if __name__ == "__main__":
    main()
