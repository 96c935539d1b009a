"""Choose the knobs of the training algorithms on held-out training images.

For each algorithm a small grid is trained on the first 50,000 training images of MNIST and judged by
its accuracy on the last 10,000, the mean of two seeds. The test images are never looked at. The best knobs are the defaults in
``src/acanthite/nn/algorithms``; what the last run gave stands in docs/training.md.

    python scripts/tune_training.py [--data FOLDER] [--epochs 10] [--algorithm sgd ttv2 ideal]
"""

from __future__ import annotations

import argparse
from itertools import product

from acanthite.figures import Settings, experiments
from acanthite.nn import SGD, Ideal, Job, TrainingResult, TTv2, train_many

GRIDS = {
    "sgd": [
        SGD(rate=r, window=w, decay=d)
        for r, w, d in product((0.002, 0.005), (0.35, 0.5, 0.7, 1.0), (0.5, 0.6, 0.7, 0.8))
    ],
    "ttv2": [
        TTv2(rate=r, window=w, threshold=t)
        for (r, t), w in product(((0.2, 30.0), (0.5, 30.0), (0.5, 60.0)), (0.3, 0.4))
    ],
    "ideal": [Ideal(rate=r, decay=d) for r, d in product((0.01, 0.02), (0.8, 0.9))],
}
"""The last grid; coarser ones over fewer epochs and one seed went before it."""

SEEDS = (100, 101)
"""None of those the figures report."""


def main() -> None:
    """Train every grid and print it, best first."""
    parser = argparse.ArgumentParser(description="choose training knobs on a validation split")
    parser.add_argument("--data", help="folder with MNIST")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--algorithm", nargs="+", choices=GRIDS, default=list(GRIDS))
    options = parser.parse_args()
    synapse = experiments.synapse(Settings())
    for name in options.algorithm:
        grid = GRIDS[name]
        jobs = [
            Job(knobs, synapse, seed, options.epochs, validation=10_000, test=False)
            for knobs in grid
            for seed in SEEDS
        ]
        scores = [_score(result) for result in train_many(jobs, data=options.data)]
        tried = [(scores[k * len(SEEDS) : (k + 1) * len(SEEDS)], knobs) for k, knobs in enumerate(grid)]
        for each, knobs in sorted(tried, key=lambda t: -sum(t[0])):
            print(
                f"{sum(each) / len(each):.4f}  ({', '.join(f'{e:.4f}' for e in each)})  {knobs}", flush=True
            )


def _score(result: TrainingResult) -> float:
    """Return the accuracy on the held-out images after the last epoch."""
    assert result.validation_accuracy is not None
    return float(result.validation_accuracy[-1])


if __name__ == "__main__":
    main()
