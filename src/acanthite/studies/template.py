"""A study of a job as a TOML file to edit."""

from __future__ import annotations

import inspect
from typing import Any

from acanthite.studies.jobs.catalogue import job_named
from acanthite.studies.jobs.job import StudyJob


def template_of(name: str) -> str:
    """Return a study of a job: every setting with its default and unit, commented out.

    Parameters
    ----------
    name : str

    Raises
    ------
    StudyError
        If there is no such job.

    Examples
    --------
    >>> print(template_of("array").splitlines()[0])
    # Read a square array of random conductances through its wires.
    """
    job = job_named(name)
    lines = [
        f"# {job.about}",
        f'job = "{name}"',
        'design = "grid"  # or random, latin-hypercube, sobol, saltelli',
        "# points = 64    # of designs other than a grid",
        "seeds = 1",
        "",
        "[vary]  # each setting that varies: values = [...], or low, high, count, scale",
        *_example(job),
        "",
        "[fixed]",
        *(_line(job, setting, value) for setting, value in job.settings.items()),
    ]
    if job.takes_parameters:
        lines.append('# "filament.surface_barrier" = { value = 0.7, unit = "eV" }  # any parameter')
    lines += ["", "# [goal]  # an optimiser then chooses the points", _goal(job)]
    return "\n".join(lines) + "\n"


def _example(job: StudyJob) -> list[str]:
    numbers = [name for name, value in job.settings.items() if _is_number(value)]
    if not numbers:
        return ['"filament.temperature" = { low = 290, high = 310, count = 3 }']
    value = float(job.settings[numbers[0]])
    return [f"{numbers[0]} = {{ low = {value:g}, high = {2 * value:g}, count = 3 }}"]


def _line(job: StudyJob, name: str, value: Any) -> str:
    unit = job.unit_of(name)
    remark = "" if unit == "1" else f"  # {unit}"
    if value is inspect.Parameter.empty:
        return f'{name} = ""  # must be given'
    if value is None:
        return f"# {name} ={remark}"
    return f"# {name} = {_toml(value)}{remark}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e300


def _goal(job: StudyJob) -> str:
    first = next(iter(job.units), "value")
    return f'# minimise = "{first}"'
