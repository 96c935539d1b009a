"""Choose the knobs of the training algorithms on held-out training images.

For each algorithm a small grid is trained for a few epochs on the first 50,000 training images of MNIST and judged by
its accuracy on the last 10,000. The test images are never looked at. The best knobs are the defaults in
``src/acanthite/nn/algorithms``; what the last run gave stands in docs/training.md.

    python scripts/tune_training.py [--data FOLDER] [--epochs 10] [--algorithm sgd ttv2 ideal]
"""

from __future__ import annotations

import argparse
from itertools import product

from acanthite.figures import Settings, experiments
from acanthite.nn import SGD, Ideal, Job, TTv2, train_many

GRIDS = {
    "sgd": [
        SGD(rate=r, window=w, decay=d) for r, w, d in product((0.002, 0.005), (0.35, 0.5), (0.7, 0.8, 0.9))
    ],
    "ttv2": [
        TTv2(rate=r, window=w, threshold=t, decay=d)
        for (r, t), w, d in product(((0.2, 30.0), (0.5, 30.0), (0.5, 60.0)), (0.3, 0.4), (0.85, 1.0))
    ],
    "ideal": [Ideal(rate=r, decay=d) for r, d in product((0.01, 0.02), (0.7, 0.8, 0.9))],
}
"""The last grid; a coarser one over three epochs went before it."""


def main() -> None:
    """Train every grid and print it, best first."""
    parser = argparse.ArgumentParser(description="choose training knobs on a validation split")
    parser.add_argument("--data", help="folder with MNIST")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=100, help="not one of the seeds that are reported")
    parser.add_argument("--algorithm", nargs="+", choices=GRIDS, default=list(GRIDS))
    options = parser.parse_args()
    synapse = experiments.synapse(Settings())
    for name in options.algorithm:
        jobs = [
            Job(knobs, synapse, options.seed, options.epochs, validation=10_000, test=False)
            for knobs in GRIDS[name]
        ]
        results = train_many(jobs, data=options.data)
        for result in sorted(results, key=lambda r: -r.validation_accuracy[-1]):
            print(
                f"{result.validation_accuracy[-1]:.4f}  {result.pulses[-1]:>11,d} pulses  {result.algorithm}"
            )


if __name__ == "__main__":
    main()
