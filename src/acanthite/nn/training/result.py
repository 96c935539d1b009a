"""What a training gave: learning curve, pulses, energy, confusion matrix, weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from acanthite.display import Plotted
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.array_types import Doubles, Integers, Singles
from acanthite.nn.training.hardware import Cost

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class TrainingResult(Plotted, picture="acanthite.nn.training.drawings:draw_errors"):
    """What a run gave; arrays have one entry an epoch.

    Accuracies have one more in front, for the untrained network.

    Parameters
    ----------
    algorithm : Algorithm
        With its knobs.
    seed : int
    loss : ndarray, shape (epochs,)
        Mean cross-entropy of each sample before its own update. [nat]
    train_accuracy : ndarray, shape (epochs,)
        Of each sample before its own update. [1]
    test_accuracy, validation_accuracy : ndarray of shape (epochs + 1,) or None
        After each epoch. [1]
    pulses : ndarray of int64, shape (epochs,)
        Write pulses on all arrays.
    cost : Cost
        Energy of writing and reading, and time, on the arrays.
    write_energy : float
        Of one pulse. [J]
    weights : ndarray of float32, shape (n_weights,)
        The network's, at the end. [1]
    biases : ndarray of float32, shape (n_biases,)
        The digital ones; none where they are in the arrays. [1]
    confusion : ndarray of int64, shape (n_classes, n_classes), or None
        Images of each class (rows) by the class they are put in (columns): test images, else those
        held out.
    samples_per_second : float
        Wall-clock speed of training; not part of the result's identity. [1/s]

    Examples
    --------
    >>> import numpy as np
    >>> labels = (np.arange(400) % 2).astype(np.uint8)
    >>> images = np.repeat(255 * np.eye(2, dtype=np.uint8)[labels], 8, axis=1)
    >>> data = ac.nn.Dataset("sides", images, labels, images[:20], labels[:20])
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> result = ac.nn.train(data, "16-2", device, "sgd", epochs=2, seed=1)
    >>> result.confusion.tolist(), bool(result.pulses.sum() > 0)
    ([[10, 0], [0, 10]], True)
    """

    algorithm: Algorithm
    seed: int
    loss: Doubles
    train_accuracy: Doubles
    test_accuracy: Doubles | None
    validation_accuracy: Doubles | None
    pulses: Integers
    cost: Cost = field(repr=False)
    write_energy: float
    weights: Singles = field(repr=False)
    biases: Singles = field(repr=False)
    confusion: Integers | None = field(repr=False)
    samples_per_second: float = field(compare=False)

    @property
    def energy(self) -> Doubles:
        """Write energy, shape (epochs,). [J]"""
        return (self.pulses * self.write_energy).astype(np.float64)

    def to_dataset(self) -> xr.Dataset:
        """Return the learning curve with units and knobs, the same bits for the same seed."""
        import xarray as xr

        curves = {
            "test_accuracy": ("epoch", self.test_accuracy, "1", "test accuracy"),
            "validation_accuracy": ("epoch", self.validation_accuracy, "1", "validation accuracy"),
            "loss": ("pass", self.loss, "nat", "training loss"),
            "train_accuracy": ("pass", self.train_accuracy, "1", "online accuracy"),
            "pulses": ("pass", self.pulses, "1", "write pulses"),
            "energy": ("pass", self.energy, "J", "write energy"),
        }
        variables = {
            name: (dim, values, {"units": unit, "long_name": title})
            for name, (dim, values, unit, title) in curves.items()
            if values is not None
        }
        attrs = {
            "algorithm": repr(self.algorithm),
            "seed": self.seed,
            "write_energy": self.write_energy,
        }
        return xr.Dataset(variables, attrs=attrs)
