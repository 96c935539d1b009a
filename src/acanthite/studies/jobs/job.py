"""What a study runs: a function of settings and a seed that gives numbers."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from acanthite.errors import StudyError, nearest
from acanthite.quantities import documented_units

_NOT_SETTINGS = ("seed", "parameters")


@dataclass(frozen=True)
class StudyJob:
    """What a study runs at each of its points.

    Parameters
    ----------
    function : callable
        Takes settings by name and gives numbers by name: floats, or arrays of one shape at all
        points. ``seed`` is one of its arguments where it draws random numbers; ``parameters``
        where it takes keys of the parameter set, which settings with a dot in their name become.
    units : mapping of str to str, optional
        Of what it gives.
    parts : callable, optional
        From the settings to the number of parts that a point is computed in; the function then
        takes ``part``, from 0.
    combine : callable, optional
        From what the parts gave, in order, to what the point gives.
    fingerprint : callable, optional
        From the settings to a text that says which files the results depend on.

    Examples
    --------
    >>> def ball(radius, density=7.8e3, seed=1):
    ...     return {"mass": 4.19 * radius**3 * density}
    >>> job = ac.studies.StudyJob(ball, units={"mass": "kg"})
    >>> job.name, sorted(job.settings)
    ('ball', ['density', 'radius'])
    """

    function: Callable[..., Mapping[str, Any]]
    units: Mapping[str, str] = field(default_factory=dict)
    parts: Callable[[Mapping[str, Any]], int] | None = None
    combine: Callable[[list[Mapping[str, Any]]], Mapping[str, Any]] | None = None
    fingerprint: Callable[[Mapping[str, Any]], str] | None = None

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise StudyError(f"job = {self.function!r:.60}; expected a function or a job's name")
        for parameter in self._arguments.values():
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
                raise StudyError(
                    f"job {self.name}: argument {parameter.name}; expected arguments that are "
                    "given by name"
                )

    def __getstate__(self) -> dict[str, Any]:
        """Return what travels to workers: not what was looked up of the function, which cannot."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def name(self) -> str:
        """Of the function, as names on the command line are written."""
        return getattr(self.function, "__name__", type(self.function).__name__).replace("_", "-")

    @property
    def about(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    @functools.cached_property
    def _arguments(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.function).parameters

    @property
    def settings(self) -> dict[str, Any]:
        """Defaults by name; :data:`inspect.Parameter.empty` of those that must be given."""
        left_out = (*_NOT_SETTINGS, "part") if self.parts else _NOT_SETTINGS
        return {
            name: parameter.default
            for name, parameter in self._arguments.items()
            if name not in left_out and parameter.kind is not parameter.VAR_KEYWORD
        }

    @functools.cached_property
    def setting_units(self) -> dict[str, str]:
        """Units of the settings, as the docstring says."""
        units = documented_units(self.function)
        return {name: units.get(name, "1") for name in self.settings}

    @property
    def takes_parameters(self) -> bool:
        """Whether keys of the parameter set are settings too."""
        return "parameters" in self._arguments

    @property
    def takes_any(self) -> bool:
        """Whether the function takes names that its signature does not say."""
        return any(p.kind is p.VAR_KEYWORD for p in self._arguments.values())

    def check(self, names: Mapping[str, Any]) -> None:
        """Refuse settings that the function does not have, and the lack of one that it needs.

        Raises
        ------
        StudyError
            Names the setting.
        """
        known = [*self.settings, *self._parameter_keys()]
        for name in names:
            if name not in known and not self.takes_any:
                hint = nearest(name, known) or f"; expected {', '.join(self.settings)}"
                raise StudyError(f"job {self.name} has no setting {name!r}{hint}")
        for name, default in self.settings.items():
            if default is inspect.Parameter.empty and name not in names:
                raise StudyError(f"job {self.name} needs the setting {name!r}")

    def _parameter_keys(self) -> list[str]:
        if not self.takes_parameters:
            return []
        from acanthite.parameters import AG2S

        return list(AG2S)

    def unit_of(self, name: str) -> str:
        """Return the unit of a setting."""
        if "." in name and self.takes_parameters:
            from acanthite.parameters import AG2S

            return AG2S[name].unit
        return self.setting_units.get(name, "1")

    def number_of_parts(self, settings: Mapping[str, Any]) -> int:
        """Return how many parts a point is computed in."""
        return 1 if self.parts is None else int(self.parts({**self.settings, **settings}))

    def run(self, settings: Mapping[str, Any], seed: int, part: int = 0) -> Mapping[str, Any]:
        """Return what the function gives."""
        arguments = {name: value for name, value in settings.items() if name in self.settings}
        other = {name: value for name, value in settings.items() if name not in arguments}
        if self.takes_parameters:
            arguments["parameters"] = other
        else:
            arguments |= other
        if "seed" in self._arguments:
            arguments["seed"] = seed
        if self.parts is not None:
            arguments["part"] = part
        return self.function(**arguments)
