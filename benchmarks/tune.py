"""Choose the knobs of the training algorithms on held-out training images.

For each algorithm a small grid is trained on the first 50,000 training images and judged by its accuracy on the last
10,000 after the last epoch, the mean over seeds that no table reports. The test images are never looked at. The best knobs are
the defaults in ``src/acanthite/nn/algorithms``; what the last run gave stands in docs/training.md.

    python benchmarks/tune.py [--data FOLDER] [--network mlp] [--epochs 10] [--seeds 1] [--algorithm sgd ttv2 ...]
"""

from __future__ import annotations

import argparse
from itertools import product
from typing import Any

from acanthite.nn import (
    AGAD,
    SGD,
    ChoppedTTv2,
    Ideal,
    Job,
    MixedPrecision,
    TrainingResult,
    TTv1,
    TTv2,
    mnist,
    train_many,
)
from acanthite.synapse import load, measured

GRIDS: dict[str, list[Any]] = {
    "sgd": [
        SGD(rate=r, window=w, decay=d)
        for r, w, d in product((0.002, 0.005), (0.35, 0.5, 0.7, 1.0), (0.5, 0.6, 0.7, 0.8))
    ],
    "ttv2": [
        TTv2(threshold=30.0, decay=0.7, forget=False),
        TTv2(threshold=30.0, decay=0.7, forget=True),
        TTv2(threshold=60.0, decay=0.8, forget=True),
    ],
    "ttv1": [TTv1(rate=r, transfer_rate=t) for r, t in product((0.5, 1.0, 2.0), (0.03, 0.05))],
    "c-ttv2": [ChoppedTTv2(flip=f) for f in (0.01, 0.03)],
    "agad": [AGAD(memory=m, forget=f) for m, f in product((0.03, 0.1), (True, False))],
    "mixed-precision": [MixedPrecision(window=0.3, decay=0.7)],
    "ideal": [Ideal(rate=r, decay=d) for r, d in product((0.01, 0.02), (0.8, 0.9))],
}
"""The last grid; coarser ones over fewer epochs went before it."""


def main() -> None:
    """Train every grid and print it, best first."""
    parser = argparse.ArgumentParser(description="choose training knobs on a validation split")
    parser.add_argument("--data", help="folder with MNIST")
    parser.add_argument(
        "--device", help="device file; the Ag2S device, measured and fitted, by default"
    )
    parser.add_argument("--network", default="mlp")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--algorithm", nargs="+", choices=GRIDS, default=list(GRIDS))
    options = parser.parse_args()
    synapse = load(options.device) if options.device else measured.ag2s()
    dataset = mnist(options.data)
    seeds = range(100, 100 + options.seeds)
    for name in options.algorithm:
        grid = GRIDS[name]
        jobs = [
            Job(
                dataset=dataset,
                network=options.network,
                synapse=synapse,
                algorithm=knobs,
                seed=seed,
                epochs=options.epochs,
                validation=10_000,
                test=False,
            )
            for knobs in grid
            for seed in seeds
        ]
        scores = [_score(result) for result in train_many(jobs)]
        tried = [
            (scores[k * len(seeds) : (k + 1) * len(seeds)], knobs) for k, knobs in enumerate(grid)
        ]
        for each, knobs in sorted(tried, key=lambda t: -sum(t[0])):
            print(
                f"{sum(each) / len(each):.4f}  ({', '.join(f'{e:.4f}' for e in each)})  {knobs}",
                flush=True,
            )


def _score(result: TrainingResult) -> float:
    """Return the accuracy on the held-out images after the last epoch."""
    assert result.validation_accuracy is not None
    return float(result.validation_accuracy[-1])


if __name__ == "__main__":
    main()
