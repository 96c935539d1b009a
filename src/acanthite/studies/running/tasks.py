"""The unit of work: one part of one point with one seed, and what it gave."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from acanthite import threads
from acanthite.errors import AcanthiteError, StudyError
from acanthite.studies.jobs.job import StudyJob

Key = tuple[int, int, int]
"""Settings, as :func:`number_of`; seed and part."""


def number_of(settings: Mapping[str, Any]) -> int:
    """Return a number that stands for settings, the same whatever study has them."""
    text = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


@dataclass(frozen=True)
class StudyTask:
    """One part of one point with one seed.

    Parameters
    ----------
    key : tuple of int
        Number of the settings, seed and part.
    settings : mapping
    """

    key: Key
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """What a task gave.

    Parameters
    ----------
    key : tuple of int
    outputs : mapping of str to float or nested lists of floats, or None
        None where it failed.
    error : str
        Why it failed.
    seconds : float
    """

    key: Key
    outputs: Mapping[str, Any] | None
    error: str
    seconds: float


def run_tasks(job: StudyJob, tasks: Sequence[StudyTask]) -> list[Record]:
    """Run tasks one after the other on one thread; what raises is recorded, not raised."""
    before = threads.count()
    threads.use(1)
    threads.apply()
    try:
        with threads.one_for_blas():
            return [_run(job, task) for task in tasks]
    finally:
        threads.use(before)
        threads.apply()


def _run(job: StudyJob, task: StudyTask) -> Record:
    start = perf_counter()
    _, seed, part = task.key
    try:
        outputs = _plain(job.run(task.settings, seed, part))
    except Exception as error:
        return Record(task.key, None, _reason(error), perf_counter() - start)
    return Record(task.key, outputs, "", perf_counter() - start)


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, AcanthiteError):
        return text
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {text}{where}"


def _plain(outputs: Any) -> dict[str, Any]:
    """Return outputs as floats and nested lists of floats, which JSON holds to the last bit."""
    if not isinstance(outputs, Mapping) or not outputs:
        raise StudyError(f"the job gave {outputs!r:.60}; expected numbers by name")
    return {str(name): _number(name, value) for name, value in outputs.items()}


def _number(name: Any, value: Any) -> Any:
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        raise StudyError(f"the job gave {name} = {value!r:.60}; expected numbers") from None
    return array.tolist()
