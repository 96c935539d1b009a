"""A study: which job, at which points, with which seeds."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from acanthite.arguments import count
from acanthite.errors import StudyError, nearest
from acanthite.studies.axes import Axis
from acanthite.studies.designs import (
    DESIGNS,
    SAMPLED,
    grid_points,
    listed_points,
    sampled_points,
)
from acanthite.studies.jobs.catalogue import job_named
from acanthite.studies.jobs.job import StudyJob
from acanthite.studies.optimisation.goal import Goal

_MOST_POINTS = 10_000_000


@dataclass(frozen=True)
class ParameterStudy:
    """A job of the package, or a function, at many settings with many seeds.

    Parameters
    ----------
    job : str, callable or StudyJob
        Name of a job (:data:`acanthite.studies.JOBS`), or a function of settings and a seed.
    axes : tuple of Axis
        What varies.
    fixed : mapping, optional
        What does not, and differs from the job's default.
    design : str
        ``"grid"``: every combination; ``"list"``: the first values of all axes, the second values,
        and so on; ``"random"``, ``"latin-hypercube"`` and ``"sobol"``: so many
        points in the ranges; ``"saltelli"``: the points from which Sobol's indices are computed.
    points : int, optional
        Of designs other than a grid.
    seeds : int
        Runs of each point, with seeds 1, 2, ...; the same ones everywhere, so that points differ
        by their settings alone.
    seed : int
        Of the design.
    goal : Goal, optional
        What to look for; an optimiser then chooses the points, ``points`` of them.

    Raises
    ------
    StudyError
        If the job has no such setting, or the design cannot be made.

    Examples
    --------
    >>> def ball(radius, density=7.8e3):
    ...     return {"mass": 4.19 * radius**3 * density}
    >>> axis = ac.studies.Axis("radius", low=0.01, high=0.1, count=4)
    >>> study = ac.studies.ParameterStudy(ball, (axis,), fixed={"density": 1e3})
    >>> len(study.points_of_design), study.settings(0)
    (4, {'density': 1000.0, 'radius': 0.01})
    """

    job: str | Callable[..., Any] | StudyJob
    axes: tuple[Axis, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    design: str = "grid"
    points: int | None = None
    seeds: int = 1
    seed: int = 1
    goal: Goal | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "job", _job(self.job))
        object.__setattr__(self, "axes", tuple(self.axes))
        names = [axis.name for axis in self.axes]
        for name in names:
            if names.count(name) > 1 or name in self.fixed:
                raise StudyError(f"setting {name!r} stands twice among axes and fixed settings")
        if self.design not in DESIGNS:
            raise StudyError(
                f"design = {self.design!r}; expected one of {', '.join(DESIGNS)}"
                f"{nearest(self.design, DESIGNS)}"
            )
        count("seeds", self.seeds, error=StudyError)
        count("seed", self.seed, least=0, error=StudyError)
        self._check_points()
        self.runs.check({**self.fixed, **dict.fromkeys(names)})

    def _check_points(self) -> None:
        if self.goal is not None and not self.axes:
            raise StudyError("goal: there is nothing to vary; expected axes")
        if self.design in ("grid", "list") and self.goal is None:
            if self.points is not None:
                raise StudyError(
                    f"points = {self.points}: a {self.design} has the points of its axes"
                )
            self._check_values()
            return
        if not self.axes:
            raise StudyError(f"design = {self.design}: there is nothing to vary; expected axes")
        if self.points is None:
            raise StudyError(f"design = {self.design}: give the number of points")
        if count("points", self.points, error=StudyError) > _MOST_POINTS:
            raise StudyError(f"points = {self.points}; at most {_MOST_POINTS} are run")

    def _check_values(self) -> None:
        if self.design == "list":
            listed_points(self.axes)
            return
        for axis in self.axes:
            if len(set(axis.grid())) < len(axis.grid()):
                raise StudyError(f"{axis.name}: a value stands twice among {axis.values!r:.80}")
        size = math.prod(len(axis.grid()) for axis in self.axes)
        if size > _MOST_POINTS:
            raise StudyError(f"the grid has {size} points; at most {_MOST_POINTS} are run")

    @property
    def runs(self) -> StudyJob:
        """The job itself."""
        assert isinstance(self.job, StudyJob)
        return self.job

    @functools.cached_property
    def points_of_design(self) -> list[tuple[Any, ...]]:
        """Values of the axes at each point, in the order of the axes; none while an optimiser has
        still to choose them.
        """
        if self.goal is not None:
            return []
        if self.design in SAMPLED:
            assert self.points is not None
            return sampled_points(self.design, self.axes, self.points, self.seed)
        return listed_points(self.axes) if self.design == "list" else grid_points(self.axes)

    def settings(self, point: int) -> dict[str, Any]:
        """Return the settings of a point of the design, fixed ones included."""
        return self.with_fixed(self.points_of_design[point])

    def with_fixed(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """Return values of the axes by name, and the fixed settings."""
        names = (axis.name for axis in self.axes)
        return {**self.fixed, **dict(zip(names, values, strict=True))}


def _job(job: Any) -> StudyJob:
    if isinstance(job, StudyJob):
        return job
    return job_named(job) if isinstance(job, str) else StudyJob(job)
