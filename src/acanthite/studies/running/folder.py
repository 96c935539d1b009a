"""The folder of a study.

::

    acanthite-study/
      study.json        the job and its fixed settings; others are refused
      journal.sqlite    every point that has finished
      running.sqlite    locked while a run works in the folder
      study.nc          all results as one data set, renewed while it runs
      results.csv       the same as a table
      effects.csv       what each setting does to each result
      study.png, .svg   pictures
      report.md         what came out
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from acanthite import __version__
from acanthite.errors import RunFolderError
from acanthite.files import write_text
from acanthite.studies.running.journal import Journal
from acanthite.studies.study import ParameterStudy

_FORMAT = 1
_HOLDS_OTHER_THINGS = "holds other things than a study; choose another with --out"


@contextmanager
def opened(path: Path, study: ParameterStudy) -> Iterator[Journal]:
    """Open the folder of a study for a run, and yield its journal.

    Parameters
    ----------
    path : pathlib.Path
        Made if it is not there; a folder that the same study left is gone on with.
    study : ParameterStudy

    Raises
    ------
    RunFolderError
        If another run is at work in it, or it holds another study or other things.
    """
    wanted = description(study)
    try:
        path.mkdir(parents=True, exist_ok=True)
        _compare(path, wanted)
    except OSError as error:
        raise RunFolderError(
            f"folder {path}: {error.strerror or error}; choose another with --out"
        ) from None
    with locked(path):
        write_text(path / "study.json", json.dumps(wanted, indent=2) + "\n")
        with Journal(path / "journal.sqlite") as journal:
            yield journal


def description(study: ParameterStudy) -> dict[str, Any]:
    """Return what two studies in one folder must share, as JSON has it.

    Points, seeds and what varies are not among it: results are kept by their settings, and what is
    there already is not computed again.
    """
    settings = {name: study.fixed[name] for name in sorted(study.fixed)}
    told: dict[str, Any] = {
        "format": _FORMAT,
        "version": __version__,
        "job": study.runs.name,
        "code": _code(study),
        "data": study.runs.fingerprint(settings) if study.runs.fingerprint else "",
        "fixed": settings,
    }
    if study.goal is not None:  # what an optimiser asks depends on all of it
        told["goal"] = asdict(study.goal)
        told["axes"] = [asdict(axis) for axis in study.axes]
        told["seed"] = study.seed
        told["seeds"] = study.seeds
    return json.loads(json.dumps(told))


def _code(study: ParameterStudy) -> str:
    """Return a hash of a function of the user's; the version stands for those of the package."""
    if study.runs.function.__module__.startswith("acanthite."):
        return ""
    try:
        text = inspect.getsource(study.runs.function)
    except (OSError, TypeError):
        return ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _compare(path: Path, wanted: Mapping[str, Any]) -> None:
    if not any(path.iterdir()):
        return
    try:
        known = _flat(json.loads((path / "study.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        raise RunFolderError(f"folder {path} {_HOLDS_OTHER_THINGS}") from None
    now = _flat(wanted)
    for name in {**known, **now}:
        if known.get(name) != now.get(name):
            raise RunFolderError(
                f"folder {path} holds a study with {name} = {known.get(name)!s:.80}, not "
                f"{now.get(name)!s:.80}; choose another with --out"
            )


def _flat(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of a description with each fixed setting by its own name."""
    return {**told["fixed"], **{name: value for name, value in told.items() if name != "fixed"}}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a folder; the system gives it back however this process ends.

    Raises
    ------
    RunFolderError
        If another run is at work in it.
    """
    try:
        connection = sqlite3.connect(path / "running.sqlite", timeout=0.0, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise RunFolderError(f"folder {path}: {error}; choose another with --out") from None
        raise RunFolderError(
            f"folder {path}: another run is at work in it; wait for it, or choose another with "
            "--out"
        ) from None
    try:
        yield
    finally:
        connection.close()
