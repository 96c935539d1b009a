"""The folder of a study of inference: every accuracy as soon as it is known.

::

    acanthite-infer/
      study.json           what is studied; another study is refused
      chip.toml            the chip, where it can stand in a file
      network.pt           the trained weights; aware.pt those trained further for the chip
      points.json          every accuracy so far
      result.json          what the command prints with --json
      figures/*.svg, .png  and their data as CSV
      report.html          all of it on one page
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import nn

from acanthite.errors import ChipError, RunFolderError
from acanthite.files import atomic, write_text
from acanthite.inference import Chip, save_chip

_STUDY, _POINTS, _NETWORK, _RESULT = "study.json", "points.json", "network", "result.json"
_FORMAT = 1


class InferenceFolder:
    """An open folder; made by :meth:`open`.

    Parameters
    ----------
    path : pathlib.Path
    points : mapping of str to float
        What is known already.
    """

    def __init__(self, path: Path, points: Mapping[str, float]) -> None:
        self.path = path
        self.points = dict(points)

    @classmethod
    def open(
        cls, path: Path, identity: Mapping[str, Any], chip: Chip, resume: bool
    ) -> InferenceFolder:
        """Return the folder of a study, made if it is not there.

        Raises
        ------
        RunFolderError
            If it holds a study and ``resume`` is not set, another study, or other things; or it
            cannot be written to.
        """
        wanted = {"format": _FORMAT, **identity}
        try:
            path.mkdir(parents=True, exist_ok=True)
            if (path / _STUDY).exists():
                _check_same(path, wanted, resume)
            elif any(file for file in path.iterdir() if not file.name.startswith(".")):
                raise RunFolderError(
                    f"folder {path} holds other things; choose an empty one with --out"
                )
            for left in path.glob(".*"):  # by a run that was killed while it wrote
                if left.is_file():
                    left.unlink()
            write_text(path / _STUDY, json.dumps(wanted, indent=2) + "\n")
            points = _read_points(path / _POINTS)
        except OSError as error:
            raise RunFolderError(
                f"folder {path}: {error.strerror or error}; choose another with --out"
            ) from None
        with suppress(ChipError):  # cells of one's own stand in no file
            save_chip(chip, path / "chip.toml")
        return cls(path, points)

    def add(self, points: Mapping[str, float]) -> None:
        """Keep accuracies, so that a run that is stopped goes on after them."""
        self.points |= points
        write_text(self.path / _POINTS, json.dumps(self.points, indent=1) + "\n")

    def network(self, name: str = _NETWORK) -> dict[str, Any] | None:
        """Return trained weights, if they are there and whole."""
        try:
            return torch.load(self.path / f"{name}.pt", weights_only=True)
        except Exception:  # missing or damaged: trained anew, to the same bits
            return None

    def keep_network(self, model: nn.Module, name: str = _NETWORK) -> None:
        """Write trained weights."""
        with atomic(self.path / f"{name}.pt") as temporary:
            torch.save(model.state_dict(), temporary)

    def write_result(self, numbers: Mapping[str, Any]) -> None:
        """Write what the command prints."""
        write_text(self.path / _RESULT, json.dumps(numbers, indent=2, allow_nan=False) + "\n")


def _check_same(path: Path, wanted: Mapping[str, Any], resume: bool) -> None:
    if not resume:
        raise RunFolderError(
            f"folder {path} holds a study of inference already; go on with it with --resume, or "
            "choose another with --out"
        )
    try:
        found = json.loads((path / _STUDY).read_text(encoding="utf-8"))
    except ValueError:
        found = {}
    for name, value in wanted.items():
        if not isinstance(found, dict) or found.get(name) != value:
            had = found.get(name) if isinstance(found, dict) else None
            raise RunFolderError(
                f"folder {path} holds another study: its {name} is {had!r:.60}, not {value!r:.60}; "
                "choose another folder with --out"
            )


def _read_points(path: Path) -> dict[str, float]:
    try:
        points = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return points if isinstance(points, dict) else {}
