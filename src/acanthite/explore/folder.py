"""The folder of an exploration: one small file for each training.

Files are whole or absent, so that a killed run goes on where it was.

::

    acanthite-explore/
      study.json         what is explored; another study is refused
      device.toml        the device
      points/*.json      one a training
      explore.csv        all of them as a table
      summary.csv        accuracy at each value, with the best rate
      explore.png, .svg  the map
      report.md          what to improve next
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from acanthite.errors import RunFolderError
from acanthite.explore.study import PropertyStudy, Task
from acanthite.files import write_text
from acanthite.nn.algorithms.catalogue import algorithm_named
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.training.networks import network_named
from acanthite.synapse import save
from acanthite.synapse.base import Synapse

_FORMAT = 1


class Folder:
    """An open folder; make one with :meth:`open`.

    Parameters
    ----------
    path : pathlib.Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: Path, study: PropertyStudy, synapse: Synapse, dataset: Dataset) -> Folder:
        """Return the folder, made if it is not there; one left by the same study is gone on with.

        Raises
        ------
        RunFolderError
            If it holds another study or other things, or cannot be written to.
        """
        folder, wanted = cls(path), _settings(study, synapse, dataset)
        try:
            if path.is_dir() and any(path.iterdir()):
                folder._compare(wanted)
            (path / "points").mkdir(parents=True, exist_ok=True)
            for left in (path / "points").glob(
                ".*.json"
            ):  # by a run that was killed while it wrote
                left.unlink()
            write_text(path / "study.json", json.dumps(wanted, indent=2) + "\n")
            save(synapse, path / "device.toml")
        except OSError as error:
            raise RunFolderError(
                f"folder {path}: {error.strerror or error}; choose another with --out"
            ) from None
        return folder

    def result(self, task: Task) -> dict[str, Any] | None:
        """Return what a training gave; None where it is still to do."""
        try:
            return json.loads(self._file(task).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def keep(self, task: Task, result: Mapping[str, Any]) -> None:
        """Keep what a training gave."""
        write_text(self._file(task), json.dumps(asdict(task) | dict(result)) + "\n")

    def _file(self, task: Task) -> Path:
        return self.path / "points" / f"{task.stem()}.json"

    def _compare(self, wanted: Mapping[str, Any]) -> None:
        try:
            kept = json.loads((self.path / "study.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise RunFolderError(
                f"folder {self.path} holds other things than an exploration; choose another with "
                "--out"
            ) from None
        for name in wanted:
            if kept.get(name) != wanted[name]:
                raise RunFolderError(
                    f"folder {self.path} holds an exploration with {name} = {kept.get(name)}, not "
                    f"{wanted[name]}; "
                    "choose another with --out"
                )


def _settings(study: PropertyStudy, synapse: Synapse, dataset: Dataset) -> dict[str, Any]:
    """Return all that the points depend on.

    How many points, seeds and properties there are may change.
    """
    knobs = {name: repr(algorithm_named(name)) for name in study.algorithms}
    return {
        "format": _FORMAT,
        "dataset": dataset.fingerprint,
        "network": repr(network_named(study.network, dataset)),
        "device": repr(synapse),
        "epochs": study.epochs,
        "limit": study.limit,
        "validation": study.validation,
        "algorithms": knobs,
    }
