"""A training in a folder: its checkpoint, its numbers as JSON and CSV, and its pictures."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.drawing import save_png
from acanthite.errors import RunFolderError
from acanthite.files import write_text
from acanthite.nn.array_types import Doubles
from acanthite.nn.engine.periphery import Periphery
from acanthite.nn.training import drawings
from acanthite.nn.training.loop import CHECKPOINT_EVERY, Run, Watch
from acanthite.nn.training.setup import Setup, prepare

if TYPE_CHECKING:
    from acanthite.nn.training.job import Job
    from acanthite.nn.training.result import TrainingResult
    from acanthite.synapse.base import Synapse

CHECKPOINT = "checkpoint.npz"
RESULT = "result.json"


def train_into(
    folder: Path,
    job: Job,
    *,
    measure: Callable[[], Synapse | None] | None = None,
    resume: bool = False,
    data: Path | None = None,
    watch: Watch = lambda standing: None,
    checkpoint_every: float = CHECKPOINT_EVERY,
) -> dict[str, Any]:
    """Train and write everything into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Gets checkpoint.npz, result.json, and as PNG and CSV the learning curve, the weights and the
        confusion matrix.
    job : Job
    measure : callable, optional
        Returns the device, instead of the job's ``synapse``; called once folder and data set are
        good.
    resume : bool
        Go on from the checkpoint in ``folder``, if there is one; otherwise a checkpoint there is an
        error.
    data : pathlib.Path, optional
        Folder where the data set is looked for first.
    watch : callable
        Called with how far the run is.
    checkpoint_every : float
        Least time between two checkpoints. [s]

    Returns
    -------
    dict
        What stands in result.json.

    Raises
    ------
    RunFolderError
        If the folder holds a checkpoint and ``resume`` is not set, or cannot be written to.
    TrainingError, DatasetError
        As :func:`acanthite.nn.train`.
    """
    path = folder / CHECKPOINT
    _check_free(folder, path, resume)
    setup = prepare(job, data, measure)
    _make(folder, path)
    result = Run(setup, path, checkpoint_every).finish(watch)
    numbers = summary(setup, result)
    _write(folder, numbers, result, setup.network.layer_weights(result.weights))
    return numbers


def _check_free(folder: Path, path: Path, resume: bool) -> None:
    if path.exists() and not resume:
        raise RunFolderError(
            f"folder {folder} holds a training already; go on from its checkpoint with --resume, "
            "or choose another with --out"
        )


def _make(folder: Path, path: Path) -> None:
    """Make the folder, or clear it of what a run that was killed left half-written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(f".{path.stem}-*{path.suffix}"):
            leftover.unlink()
    except OSError as error:
        raise RunFolderError(
            f"folder {folder}: {error.strerror or error}; choose another with --out"
        ) from None


def summary(setup: Setup, result: TrainingResult) -> dict[str, Any]:
    """Return a result as JSON can hold it: final numbers, those of each epoch, and the settings."""
    return {
        "test_accuracy": _accuracy(result.test_accuracy, -1),
        "validation_accuracy": _accuracy(result.validation_accuracy, -1),
        "train_samples_per_second": result.samples_per_second,
        "pulses": int(result.pulses.sum()),
        "energy_joule": float((result.cost.write_energy + result.cost.read_energy).sum()),
        "write_energy_joule": float(result.cost.write_energy.sum()),
        "read_energy_joule": float(result.cost.read_energy.sum()),
        "hardware_seconds": float(result.cost.time.sum()),
        "seed": result.seed,
        "per_epoch": per_epoch(result),
        "settings": _settings(setup),
    }


def _settings(setup: Setup) -> dict[str, Any]:
    """Return all that a result depends on, as JSON can hold it."""
    job = setup.job
    network = setup.network
    return {
        "dataset": job.dataset if isinstance(job.dataset, str) else setup.dataset.name,
        "network": job.network if isinstance(job.network, str) else repr(job.network),
        "layers": [list(shape) for shape in network.shapes],
        "activation": network.activation,
        "bias": network.bias,
        "bias_rate": network.bias_rate,
        "periphery": asdict(job.periphery or Periphery()),
        "algorithm": {"name": setup.algorithm.name, **asdict(setup.algorithm)},
        "device": {"name": str(job.synapse), "law": repr(setup.synapse)},
        "seed": job.seed,
        "epochs": job.epochs,
        "schedule": repr(setup.schedule),
        "validation": job.validation,
        "limit": job.limit,
        "samples": len(setup.training.images),
        "write_energy_joule": setup.pulse_energy,
    }


def per_epoch(result: TrainingResult) -> list[dict[str, float | int | None]]:
    """Return the numbers of each epoch."""
    return [
        {
            "epoch": k + 1,
            "loss_nat": float(result.loss[k]),
            "train_accuracy": float(result.train_accuracy[k]),
            "validation_accuracy": _accuracy(result.validation_accuracy, k + 1),
            "test_accuracy": _accuracy(result.test_accuracy, k + 1),
            "pulses": int(result.pulses[k]),
            "write_energy_joule": float(result.cost.write_energy[k]),
            "read_energy_joule": float(result.cost.read_energy[k]),
            "hardware_seconds": float(result.cost.time[k]),
        }
        for k in range(len(result.loss))
    ]


def _accuracy(values: Doubles | None, epoch: int) -> float | None:
    """Return the accuracy after an epoch, or None where there were no images to measure on."""
    return None if values is None or math.isnan(values[epoch]) else float(values[epoch])


def _write(folder: Path, numbers: dict[str, Any], result: TrainingResult, layers: Any) -> None:
    rows = numbers["per_epoch"]
    _table(folder / "learning_curve.csv", list(rows[0]), [list(row.values()) for row in rows])
    save_png(drawings.learning_curve(result), folder / "learning_curve.png")
    edges, counts = drawings.histograms(layers)
    names = ["from", "to", *(f"layer {k + 1}" for k in range(len(counts)))]
    rows = np.column_stack([edges[:-1], edges[1:], *counts]).tolist()
    _table(folder / "weights.csv", names, rows)
    save_png(drawings.weights(edges, counts), folder / "weights.png")
    if result.confusion is not None:
        classes = [str(k) for k in range(len(result.confusion))]
        rows = [[k, *row] for k, row in zip(classes, result.confusion.tolist(), strict=True)]
        _table(folder / "confusion.csv", ["class", *(f"put in {k}" for k in classes)], rows)
        save_png(drawings.confusion(result.confusion), folder / "confusion.png")
    write_text(folder / RESULT, json.dumps(numbers, indent=2, allow_nan=False) + "\n")


def _table(path: Path, names: list[str], rows: list[Any]) -> None:
    lines = (",".join("" if c is None else str(c) for c in row) for row in (names, *rows))
    write_text(path, "\n".join(lines) + "\n")
