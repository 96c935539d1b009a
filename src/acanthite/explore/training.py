"""One training of an exploration, as a study runs it."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from acanthite.explore.study import PropertyStudy, Task
from acanthite.nn.data.datasets import Dataset, load_dataset
from acanthite.synapse import Synapse, load, save


@dataclass(frozen=True)
class ExploredTraining:
    """Trains with one property of a device changed.

    Parameters
    ----------
    dataset : str
        As in :class:`PropertyStudy`.
    data : str, optional
        Folder where it is looked for first; no result depends on it.
    """

    dataset: str
    data: str | None = None

    def __call__(
        self,
        property: str,
        value: float,
        algorithm: str,
        rate: float,
        device: str,
        network: str,
        epochs: int,
        limit: int,
        validation: int,
        images: str,
        seed: int = 1,
    ) -> dict[str, float]:
        """Return accuracies, not-a-number where training diverged, and pulses.

        Parameters
        ----------
        property, algorithm : str
        value : float
            Of the property.
        rate : float
            Factor on the algorithm's own.
        device : str
            Text of a device file.
        network : str
        epochs, limit, validation : int
        images : str
            Fingerprint of the data set.
        seed : int
        """
        study = PropertyStudy(
            self.dataset,
            network,
            (algorithm,),
            epochs=epochs,
            limit=limit,
            validation=validation,
        )
        task = Task(property, value, algorithm, rate, seed)
        outputs = task.run(study, _device(device), _images(self.dataset, self.data))
        return {name: math.nan if value is None else value for name, value in outputs.items()}


@lru_cache(maxsize=4)
def _images(dataset: str, data: str | None) -> Dataset:
    return load_dataset(dataset, data)


@lru_cache(maxsize=4)
def _device(text: str) -> Synapse:
    """Return the synapse of a device file that the process which sent it has read before."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "device.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, trust=True)


def device_text(synapse: Synapse) -> str:
    """Return a synapse as the text of a device file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "device.toml"
        save(synapse, path)
        return path.read_text(encoding="utf-8")
