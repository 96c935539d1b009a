"""Checkpoints: all that a training changes, in one file that is whole or absent.

A run resumed from it gives the same bits.

A state is a NamedTuple of arrays and further NamedTuples. Its arrays are kept under their dotted
names and, on resume, copied into a state made afresh from the same settings. The settings stand in
the file too, and another training is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import TrainingError
from acanthite.files import atomic
from acanthite.nn.data.npz import read_arrays
from acanthite.nn.engine.deferred import Notes

FORMAT = 6  #: raised when older checkpoints can no longer be read

_REMEDY = "resume with the settings it was made with, or start anew in another folder"


def arrays(state: Any, name: str = "state") -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the dotted name of every array of a state, and the array itself."""
    if isinstance(state, np.ndarray):
        yield name, state
    elif isinstance(state, tuple) and not isinstance(state, Notes):
        fields = getattr(state, "_fields", range(len(state)))
        for field, part in zip(fields, state, strict=True):
            yield from arrays(part, f"{name}.{field}")


def save(
    path: Path, settings: Mapping[str, Any], state: Any, history: Mapping[str, NDArray[Any]]
) -> None:
    """Write a checkpoint; one that is there stays whole until the new one is.

    Parameters
    ----------
    path : pathlib.Path
        Ends in ``.npz``.
    settings : mapping of str to any
        All that the result depends on, as JSON can hold it.
    state : NamedTuple
        Of the algorithm.
    history : mapping of str to ndarray
        What the run has given so far and where it stands.
    """
    head = json.dumps({"format": FORMAT, "settings": dict(settings)})
    parts: dict[str, Any] = {"head": np.array(head), **history, **dict(arrays(state))}
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **parts)


def load(path: Path, settings: Mapping[str, Any], state: Any) -> dict[str, NDArray[Any]]:
    """Copy a checkpoint into ``state`` and return its history.

    Raises
    ------
    TrainingError
        If the file cannot be read, or belongs to another network, device, algorithm, data set or
        seed.
    """
    try:
        stored = read_arrays(path)
    except ValueError as reason:
        raise TrainingError(
            f"checkpoint {path}: cannot be read ({reason}); remove it to start anew"
        ) from None
    head = _head(path, stored)
    _same(path, head["settings"], json.loads(json.dumps(dict(settings))))
    parts = dict(arrays(state))
    saved = {name: values for name, values in stored.items() if name.startswith("state.")}
    if _kinds(parts) != _kinds(saved):
        raise TrainingError(
            f"checkpoint {path}: its arrays are those of another version or network; {_REMEDY}"
        )
    for name, values in saved.items():
        np.copyto(parts[name], values)
    return {name: values for name, values in stored.items() if name not in saved and name != "head"}


def _kinds(parts: Mapping[str, NDArray[Any]]) -> dict[str, tuple[Any, ...]]:
    return {name: (values.shape, values.dtype) for name, values in parts.items()}


def _head(path: Path, stored: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    try:
        head = json.loads(str(stored["head"]))
        version = head["format"]
    except (KeyError, ValueError, TypeError):
        raise TrainingError(
            f"checkpoint {path}: not a checkpoint of a training; remove it to start anew"
        ) from None
    if version != FORMAT:
        raise TrainingError(
            f"checkpoint {path}: of format {version}; this version reads {FORMAT}; "
            "start anew in another folder"
        )
    return head


def _same(path: Path, saved: Mapping[str, Any], current: Mapping[str, Any]) -> None:
    """Raise where two settings differ, naming the first difference."""
    for name in (*current, *(n for n in saved if n not in current)):
        if saved.get(name) != current.get(name):
            raise TrainingError(
                f"checkpoint {path}: made with {name} = {saved.get(name)}, "
                f"not {current.get(name)}; {_REMEDY}"
            )
