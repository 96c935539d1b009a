"""A study in a TOML file.

::

    job = "device"              # a job by name, or "my_module.py:function" of your own
    design = "latin-hypercube"  # grid, random, latin-hypercube, sobol, saltelli
    points = 64                 # of designs other than a grid
    seeds = 3                   # runs of each point
    seed = 1                    # of the design

    [fixed]                     # settings that do not vary
    devices = 20
    thickness = { value = 200, unit = "nm" }

    [vary.anneal_temperature]   # a range ...
    low = { value = 100, unit = "degC" }
    high = { value = 170, unit = "degC" }
    count = 4                   # ... of which a grid takes so many
    scale = "linear"            # or log

    [vary."filament.surface_barrier"]
    values = [0.6, 0.7]         # or values, here of a key of the parameter set
    unit = "eV"

    [goal]                      # an optimiser then chooses the points
    minimise = "write_energy"   # or maximise
    above = { retention = 86400 }
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acanthite.errors import StudyError
from acanthite.parameters.toml import TomlTable, read
from acanthite.parameters.units import convert
from acanthite.studies.axes import Axis
from acanthite.studies.jobs.catalogue import job_named
from acanthite.studies.jobs.job import StudyJob
from acanthite.studies.optimisation.goal import Goal
from acanthite.studies.study import ParameterStudy

_ENTRIES = ("job", "design", "points", "seeds", "seed", "fixed", "vary", "goal")
_AXIS = ("values", "low", "high", "scale", "count", "unit")
_GOAL = ("minimise", "maximise", "above", "below")


def read_study(path: str | Path, *, trust: bool = False) -> ParameterStudy:
    r"""Read a study from a TOML file.

    Parameters
    ----------
    path : path_like
    trust : bool
        Whether Python that the file names may be run.

    Raises
    ------
    StudyError
        If the file cannot be read, or an entry makes no sense; names the file and the line.

    Examples
    --------
    >>> from pathlib import Path
    >>> text = 'job = "device"\n[vary.thickness]\nvalues = [50, 200]\nunit = "nm"\n'
    >>> _ = Path("thicknesses.toml").write_text(text)
    >>> study = ac.studies.read_study("thicknesses.toml")
    >>> [f"{thickness:.0e} m" for thickness in study.axes[0].values]
    ['5e-08 m', '2e-07 m']
    """
    table = read(path, "study", StudyError)
    table.check_keys(_ENTRIES, "entry")
    job = _job(table, Path(path).parent, trust)
    kinds: dict[str, Any] = {"design": str, "points": int, "seeds": int, "seed": int}
    options = {name: table.value(name, kind) for name, kind in kinds.items() if name in table}
    vary = table.table("vary")
    axes = tuple(_axis(vary, name, job) for name in vary)
    fixed = {name: _setting(table.table("fixed"), name, job) for name in table.table("fixed")}
    goal = _goal(table) if "goal" in table else None
    with table.located():
        return ParameterStudy(job, axes, fixed=fixed, goal=goal, **options)


def _job(table: TomlTable, folder: Path, trust: bool) -> StudyJob:
    name = table.value("job", str)
    file, colon, function = name.rpartition(":")
    with table.located("job"):
        if not colon:
            return job_named(name)
        if not trust:
            raise StudyError(
                f"{name} is Python of its own, which would be run; if you know it, add --trust-code"
            )
        return StudyJob(_function(folder / file, function))


def _function(path: Path, name: str) -> Any:
    """Return a function of a Python file, imported under a name that workers can import too."""
    if not path.is_file():
        raise StudyError(f"{path}: no such file")
    if str(path.parent.resolve()) not in sys.path:
        sys.path.insert(0, str(path.parent.resolve()))
    module = importlib.import_module(path.stem)
    if Path(str(module.__file__)).resolve() != path.resolve():
        raise StudyError(f"{path}: another module has the name {path.stem!r}; rename the file")
    function = getattr(module, name, None)
    if not callable(function):
        raise StudyError(f"{path} has no function {name!r}")
    return function


def _axis(vary: TomlTable, name: str, job: StudyJob) -> Axis:
    table = vary.table(name)
    table.check_keys(_AXIS, "entry")
    unit = table.value("unit", str, None)
    with table.located():
        _check_name(job, name)
        scale = table.value("scale", str, "linear")
        if "values" in table:
            values = tuple(_in_si(value, unit, job.unit_of(name)) for value in table["values"])
            return Axis(name, values)
        low, high = (_end(table, end, unit, job.unit_of(name)) for end in ("low", "high"))
        return Axis(name, low=low, high=high, scale=scale, count=table.value("count", int, 5))


def _check_name(job: StudyJob, name: str) -> None:
    needed = [n for n, default in job.settings.items() if default is not None and n != name]
    job.check({name: None, **dict.fromkeys(needed)})


def _end(table: TomlTable, key: str, unit: str | None, wanted: str) -> float:
    value = table.value(key, float, unit=wanted)
    return value if isinstance(table[key], Mapping) else _in_si(value, unit, wanted)


def _in_si(value: Any, unit: str | None, wanted: str) -> Any:
    if unit is None or isinstance(value, bool | str):
        return value
    return convert(float(value), unit, wanted)


def _setting(fixed: TomlTable, name: str, job: StudyJob) -> Any:
    with fixed.located(name):
        _check_name(job, name)
    value = fixed[name]
    if isinstance(value, Mapping):
        return fixed.value(name, float, unit=job.unit_of(name))
    if not isinstance(value, bool | int | float | str):
        raise fixed.wrong(name, "a number, a text, true or false")
    return value


def _goal(table: TomlTable) -> Goal:
    goal = table.table("goal")
    goal.check_keys(_GOAL, "entry")
    wanted = [name for name in ("minimise", "maximise") if name in goal]
    if len(wanted) != 1:
        raise goal.error(f"{goal.label}needs one of minimise and maximise")
    bounds = {side: goal.table(side).numbers() for side in ("above", "below")}
    with goal.located():
        return Goal(goal.value(wanted[0], str), wanted[0], **bounds)  # type: ignore[arg-type]
