"""The jobs there are, by name; each is imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping

from acanthite.errors import StudyError, nearest
from acanthite.studies.jobs.job import StudyJob

_HERE = "acanthite.studies.jobs"
_MODULES = {
    "device": f"{_HERE}.device",
    "population": f"{_HERE}.population",
    "array": f"{_HERE}.array",
    "wafer": f"{_HERE}.wafer",
    "train": f"{_HERE}.train",
    "chip": f"{_HERE}.chip",
    "claims": "acanthite.report.claims_job",
}
"""Modules by the names of their functions. Jobs of rooms further down stand in these rooms."""


def job_named(name: str) -> StudyJob:
    """Return a job by its name.

    Raises
    ------
    StudyError
        If there is none of that name.

    Examples
    --------
    >>> ac.studies.job_named("array").about
    'Read a square array of random conductances through its wires.'
    """
    if name not in _MODULES:
        raise StudyError(
            f"job = {name!r}; expected one of {', '.join(_MODULES)}, or FILE.py:FUNCTION of your "
            f"own{nearest(name, _MODULES)}"
        )
    module = importlib.import_module(_MODULES[name])
    return StudyJob(
        getattr(module, name),
        units=module.UNITS,
        parts=getattr(module, "parts", None),
        combine=getattr(module, "combined", None),
        fingerprint=getattr(module, "fingerprint", None),
    )


class _Jobs(Mapping[str, StudyJob]):
    def __getitem__(self, name: str) -> StudyJob:
        if name not in _MODULES:
            raise KeyError(name)
        return job_named(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


JOBS: Mapping[str, StudyJob] = _Jobs()
"""By name."""
