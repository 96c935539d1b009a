"""Accuracy of the algorithms on the Ag2S device: mean and standard deviation over seeds, and the gap to the ideal device.

    python benchmarks/mnist.py --data FOLDER                                   # 784-256-128-10 on MNIST, 10 epochs
    python benchmarks/mnist.py --dataset fashion-mnist --algorithm ideal ttv2
    python benchmarks/mnist.py --network lenet5 --epochs 5 --seeds 1 --algorithm ideal ttv2

The knobs are the algorithms' own, chosen by benchmarks/tune.py on held-out training images and other seeds. With
--out every finished run is kept as a line, and a run that is there is not made again.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.nn import train
from acanthite.nn.algorithms.catalogue import algorithm_named
from acanthite.nn.data.datasets import Dataset, load_dataset
from acanthite.nn.training.job_file import with_knobs
from acanthite.synapse import Synapse, measured
from acanthite.synapse import load as load_device

ALGORITHMS = ("ideal", "sgd", "ttv2", "mixed-precision", "c-ttv2", "agad", "ttv1")


def main() -> None:
    """Train, and print one row an algorithm."""
    options = _options()
    data = load_dataset(options.dataset, options.data)
    device = load_device(options.device) if options.device else measured.ag2s()
    kept = _kept(options.out)
    runs = [(name, 1000 + k) for name in options.algorithm for k in range(options.seeds)]

    def one(run: tuple[str, int]) -> dict[str, Any]:
        key = [
            options.dataset,
            options.network,
            options.epochs,
            repr(_algorithm(run[0], options.knob)),
            run[1],
        ]
        found = kept.get(json.dumps(key)) or _train(run, options, data, device) | {"key": key}
        if options.out and json.dumps(key) not in kept:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found) + "\n")
        print(
            f"  {run[0]}, seed {run[1]}: {100 * found['accuracy']:.2f} %, {found['speed']:,.0f} samples/s",
            flush=True,
        )
        return found

    with ThreadPoolExecutor(options.threads) as pool:
        _print(options.algorithm, list(pool.map(one, runs)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="accuracy of the algorithms on the Ag2S device")
    parser.add_argument("--data", help="folder with the data set")
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--network", default="mlp")
    parser.add_argument("--algorithm", nargs="+", default=list(ALGORITHMS))
    parser.add_argument("--knob", nargs="*", default=[], help="ALGORITHM.NAME=VALUE")
    parser.add_argument(
        "--device", type=Path, help="device file; the Ag2S device, measured and fitted, by default"
    )
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="file that finished runs are kept in")
    return parser.parse_args()


def _algorithm(name: str, knobs: list[str]) -> Any:
    own = dict(k.split(".", 1)[1].split("=") for k in knobs if k.startswith(f"{name}."))
    return with_knobs(algorithm_named(name), {k: json.loads(v) for k, v in own.items()}, "--knob")


def _train(
    run: tuple[str, int], options: argparse.Namespace, data: Dataset, device: Synapse
) -> dict[str, Any]:
    result = train(
        data,
        options.network,
        device,
        _algorithm(run[0], options.knob),
        seed=run[1],
        epochs=options.epochs,
    )
    assert result.test_accuracy is not None
    return {
        "algorithm": run[0],
        "seed": run[1],
        "accuracy": float(result.test_accuracy[-1]),
        "curve": result.test_accuracy.tolist(),
        "pulses": int(result.pulses.sum()),
        "speed": result.samples_per_second,
    }


def _kept(path: Path | None) -> dict[str, dict[str, Any]]:
    if path is None or not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {json.dumps(line["key"]): line for line in lines}


def _print(names: list[str], found: list[dict[str, Any]]) -> None:
    """Print a table: accuracy, its standard deviation over seeds, the gap to the ideal device."""
    scores = {
        name: np.array([100 * f["accuracy"] for f in found if f["algorithm"] == name])
        for name in names
    }
    print(
        "\n| algorithm | test accuracy (%) | gap to ideal (points) | pulses a run |\n|---|---|---|---|"
    )
    for name, values in scores.items():
        gap = (
            f"{values.mean() - scores['ideal'].mean():+.2f}"
            if "ideal" in scores and name != "ideal"
            else "-"
        )
        spread = f" ± {values.std(ddof=1):.2f}" if len(values) > 1 else ""
        pulses = np.mean([f["pulses"] for f in found if f["algorithm"] == name])
        print(f"| {name} | {values.mean():.2f}{spread} | {gap} | {pulses:.2g} |")


if __name__ == "__main__":
    main()
