"""What to explore: every property at several values, with every algorithm, rate and seed.

One training each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from acanthite.errors import TrainingError
from acanthite.explore.properties import PROPERTIES, chosen, property_named, read_through, scaled_to
from acanthite.nn.algorithms.catalogue import algorithm_named
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.training.networks import network_named
from acanthite.nn.training.train import train
from acanthite.synapse.base import Synapse

AS_IT_IS = "as-it-is"
"""Name that stands for the device with nothing changed."""


@dataclass(frozen=True)
class PropertyStudy:
    """One exploration.

    Parameters
    ----------
    dataset, network : str
        As in :func:`acanthite.nn.train`.
    algorithms : tuple of str
    properties : tuple of str
        All by default.
    points : int
        Values of each property, from perfect to worst; the device's own comes on top.
    rates : tuple of float
        Factors on an algorithm's rate that are tried everywhere; the best one on held-out images
        counts. [1]
    seeds : int
        Trainings of each kind; seeds 1, 2, ...
    epochs : int
    limit : int
        Train on the first so many images.
    validation : int
        Training images held out to choose the rate on, the last ones.

    Examples
    --------
    Three values of the noise and the device as it is, each at three rates and with two seeds:

    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> study = ac.explore.PropertyStudy(
    ...     algorithms=("sgd",), properties=("cycle-noise",), points=3, seeds=2
    ... )
    >>> len(study.tasks(device))
    24
    """

    dataset: str = "mnist"
    network: str = "mlp"
    algorithms: tuple[str, ...] = ("sgd", "ttv2")
    properties: tuple[str, ...] = ()
    points: int = 5
    rates: tuple[float, ...] = (0.3, 1.0, 3.0)
    seeds: int = 3
    epochs: int = 2
    limit: int = 10_000
    validation: int = 5_000

    def __post_init__(self) -> None:
        for name, least in (
            ("points", 2),
            ("seeds", 1),
            ("epochs", 1),
            ("limit", 1),
            ("validation", 1),
        ):
            if getattr(self, name) < least:
                raise TrainingError(f"{name} = {getattr(self, name)}; expected {least} or more")
        for name in self.properties:
            property_named(name)
        for name in self.algorithms:
            if algorithm_named(name).name in ("ideal", "floating"):
                raise TrainingError(
                    f"algorithm {name!r} does not use the device; explore one that does, such as "
                    "ttv2"
                )
        if not self.rates or not all(rate > 0 for rate in self.rates):
            raise TrainingError(f"rates = {self.rates}; expected factors above zero")

    def tasks(self, synapse: Synapse) -> list[Task]:
        """Return every training there is to do, those of the device as it is first."""
        return [
            Task(name, value, algorithm, rate, seed)
            for name, value in self._places(synapse)
            for algorithm in self.algorithms
            for rate in self.rates
            for seed in range(1, self.seeds + 1)
        ]

    def _places(self, synapse: Synapse) -> Iterator[tuple[str, float]]:
        yield AS_IT_IS, 0.0
        for one in chosen(self.properties, synapse):
            yield from ((one.name, value) for value in one.values(self.points))


@dataclass(frozen=True)
class Task:
    """One training: a property at a value, an algorithm, a factor on its rate, a seed."""

    property: str
    value: float
    algorithm: str
    rate: float
    seed: int

    def run(self, study: PropertyStudy, synapse: Synapse, dataset: Dataset) -> dict[str, Any]:
        """Train, and return the accuracies on held-out and on test images.

        NaN where training diverged.
        """
        noise = self.value if self.property == "read-noise" else 0.0
        device = synapse
        if self.property != AS_IT_IS:
            device = PROPERTIES[self.property].change(synapse, self.value)
        algorithm = scaled_to(algorithm_named(self.algorithm), device.step, self.rate)
        network, algorithm = read_through(network_named(study.network, dataset), algorithm, noise)
        try:
            result = train(
                dataset,
                network,
                device,
                algorithm,
                seed=self.seed,
                epochs=study.epochs,
                limit=study.limit,
                validation=study.validation,
            )
        except TrainingError as error:
            if "diverged" not in str(error):
                raise
            return {"validation_accuracy": None, "test_accuracy": None, "pulses": 0}
        return {
            "validation_accuracy": float(result.validation_accuracy[-1]),  # type: ignore[index]
            "test_accuracy": float(result.test_accuracy[-1]),  # type: ignore[index]
            "pulses": int(result.pulses.sum()),
        }


def fitted(study: PropertyStudy, dataset: Dataset) -> PropertyStudy:
    """Return the study cut to the images there are, at most a fifth of them held out.

    Raises
    ------
    TrainingError, DatasetError
        If network and data set do not fit.
    """
    n = len(dataset.images)
    held = min(study.validation, max(n // 5, 1))
    return replace(study, validation=held, limit=min(study.limit, n - held))
