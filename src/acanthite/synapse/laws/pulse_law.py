"""Any pulse law: a scalar function of the weight, the parameters it reads, and their spread between
devices.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from functools import cache
from types import FunctionType
from typing import Any, ClassVar

import numpy as np

from acanthite.arguments import number
from acanthite.errors import LawError, ParameterError, brief, nearest
from acanthite.synapse.base import LARGEST, Cells, Synapse, check_draw
from acanthite.synapse.rule import N_COMMON, StepRule

LEAST_HALF = 0.1
"""A cell's window is at least this share of the mean device's."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PulseLaw(Synapse):
    """Base of laws given as a function; a subclass adds its parameters as fields and ``steps``.

    ``steps(w, p)`` is plain scalar Python: it returns the mean changes of ``w`` by a potentiating
    pulse (positive) and by a depressing one (negative), for ``w`` from -1 to 1, and reads the
    parameters as ``p.name``. Write numbers with a point (``1.0 - w``), so that the kernels stay in
    single precision.

    Parameters
    ----------
    spread : mapping of str to float
        Relative standard deviation of a parameter between devices (lognormal), by name. [1]
    lower_spread, upper_spread : float
        Standard deviation of the bounds between devices, in ``w``; the law is stretched over the
        cell's own window. [1]

    Examples
    --------
    A law as a class of its own, for methods beside the function; :func:`law` is shorter:

    >>> from dataclasses import dataclass
    >>> from acanthite.constants import uS
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Thirds(ac.synapse.PulseLaw):
    ...     gain: float
    ...
    ...     @staticmethod
    ...     def steps(w, p):
    ...         return p.gain * (1.0 - w), -p.gain * (1.0 + w)
    >>> Thirds(gain=0.3, conductance_min=1 * uS, conductance_max=5 * uS).means()
    {'gain': 0.3}
    """

    spread: Mapping[str, float] = field(default_factory=dict)
    lower_spread: float = 0.0
    upper_spread: float = 0.0

    steps: ClassVar[Callable[..., Any]]

    def __post_init__(self) -> None:
        super().__post_init__()
        known = self.parameter_names()
        for name, value in self.spread.items():
            if name not in known:
                raise ParameterError(
                    f"spread[{name!r}]: law {self.NAME!r} has no such parameter; expected some of "
                    f"{', '.join(known)}{nearest(name, known)}"
                )
            number(f"spread[{name!r}]", value, least=0, most=LARGEST, error=ParameterError)
        for name in ("lower_spread", "upper_spread"):
            if not getattr(self, name) >= 0:
                raise ParameterError(f"{name} = {getattr(self, name):g}; expected zero or more")
        for name, value in self.means().items():
            if not np.isfinite(value):
                raise ParameterError(f"{name} = {value}; expected a finite number")

    def _numbers(self) -> tuple[Any, ...]:
        values = (getattr(self, f.name) for f in fields(self) if f.compare and f.name != "spread")
        return (self.NAME, tuple(sorted(self.spread.items())), *values)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PulseLaw) or self._numbers() != other._numbers():
            return False
        same = type(self) is type(other) or type(self).steps is type(other).steps
        return same or self.rule.key == other.rule.key  # one of them came from a file

    def __hash__(self) -> int:
        return hash(self._numbers())

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """Return the law's own parameters, in order."""
        common = {f.name for f in fields(PulseLaw)}
        return tuple(f.name for f in fields(cls) if f.name not in common)

    def means(self) -> dict[str, float]:
        """Return what the function reads: the mean device's parameters by name."""
        return {name: float(getattr(self, name)) for name in self.parameter_names()}

    @property
    def rule(self) -> StepRule:
        """The law as the kernels take it."""
        return _rule(self.NAME or type(self).__name__, tuple(self.means()), type(self).steps)

    def _row(self) -> np.ndarray:
        return np.array([[-1.0, 1.0, 0.0, 1.0, 1.0, *self.means().values()]])

    def _evaluate(self, weight: Any, direction: int) -> Any:
        w = np.asarray(weight, np.float64)
        steps = self.rule.steps(self._row(), w.ravel())[direction]
        moved = np.clip(w.ravel() + steps, -1.0, 1.0) - w.ravel()
        return moved.reshape(w.shape)[()]

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse, stopped at the bound. [1]"""
        return self._evaluate(weight, 0)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, negative, stopped at the
        bound. [1]
        """
        return self._evaluate(weight, 1)

    @property
    def symmetry_point(self) -> float:
        """Weight of the mean device at which up and down cancel; 0 for a law without one. [1]"""
        return float(Cells(self._row(), 0.0, self.rule).symmetry_points[0])

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices; one row if they are all alike.

        Raises
        ------
        LawError
            If the law gives no finite step, or one of the wrong sign, somewhere in the mean
            device's window.
        """
        n = check_draw(n, generator)
        self._check()
        if not (any(self.spread.values()) or self.lower_spread or self.upper_spread):
            alike = Cells(self._row().astype(np.float32), self.pulse_noise, self.rule)
            return self.disturbed(alike, n, generator)
        z = generator.standard_normal((2 + len(self.means()), n))
        centre = self.lower_spread * z[0] - 1.0, self.upper_spread * z[1] + 1.0
        lower = np.minimum(centre[0], -LEAST_HALF)
        upper = np.maximum(centre[1], LEAST_HALF)
        half = 0.5 * (upper - lower)
        c = np.empty((n, N_COMMON + len(self.means())), np.float32)
        columns = (lower, upper, -0.5 * (upper + lower) / half, half, 1.0 / half)
        c[:, :N_COMMON] = np.stack(columns, axis=1)
        for k, (name, mean) in enumerate(self.means().items()):
            c[:, N_COMMON + k] = mean * lognormal(self.spread.get(name, 0.0), z[2 + k])
        return self.disturbed(Cells(c, self.pulse_noise, self.rule), n, generator)

    def _check(self) -> None:
        w = np.linspace(-1.0, 1.0, 21)
        up, down = self.rule.steps(self._row(), w)
        for name, steps, sign in (("up", up, 1), ("down", down, -1)):
            bad = ~(np.isfinite(steps) & (sign * steps >= -1e-9))
            if bad.any():
                k = int(np.argmax(bad))
                raise LawError(
                    f"law {self.rule.name!r}: the step {name} at w = {w[k]:g} is {steps[k]:g}; "
                    "expected a finite number, "
                    f"{'zero or more' if sign > 0 else 'zero or less'} (steps returns the changes "
                    "of w: up, then down)"
                )


@cache
def _rule(name: str, parameters: tuple[str, ...], function: Callable[..., Any]) -> StepRule:
    return StepRule(name, parameters, function)


def law(**parameters: float) -> Callable[[Callable[..., Any]], type[PulseLaw]]:
    """Make a pulse law of a function ``(w, p) -> (up, down)``: a decorator that names its
    parameters and their defaults.

    ::

        @acanthite.synapse.law(gain=0.1, curve=2.0)
        def crowded(w, p):
            "Steps shrink as a power of the way that is left."
            return p.gain * (0.5 - 0.5 * w) ** p.curve, -p.gain * (0.5 + 0.5 * w) ** p.curve


        synapse = crowded(
            gain=0.12, spread={"gain": 0.2}, conductance_min=30e-9, conductance_max=2e-6
        )

    Returns
    -------
    type
        A :class:`PulseLaw` with these fields, as fast in every kernel as the built-in ones.

    Raises
    ------
    LawError
        If a default is no finite number, or a name that of a field of every synapse.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> @ac.synapse.law(gain=0.1, curve=2.0)
    ... def crowded(w, p):
    ...     "Steps shrink as a power of the way that is left."
    ...     return p.gain * (0.5 - 0.5 * w) ** p.curve, -p.gain * (0.5 + 0.5 * w) ** p.curve
    >>> synapse = crowded(
    ...     gain=0.12, spread={"gain": 0.2}, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> synapse.means()
    {'gain': 0.12, 'curve': 2.0}
    """
    taken = {"steps", *(f.name for f in fields(PulseLaw))}
    for name, value in parameters.items():
        number(f"law: default of {name!r}", value)
        if (
            name in taken
            or not name.isidentifier()
            or keyword.iskeyword(name)
            or hasattr(PulseLaw, name)
            or name[0] == "_"
        ):
            raise LawError(
                f"law: parameter {name!r}; expected a name that no synapse has, such as 'gain'"
            )

    def make(function: Callable[..., Any]) -> type[PulseLaw]:
        if not isinstance(function, FunctionType):
            raise LawError(f"law of {brief(function)}; expected a function (w, p)")
        columns = [(name, float, field(default=float(value))) for name, value in parameters.items()]
        body = {
            "steps": staticmethod(function),
            "NAME": function.__name__,
            "__doc__": function.__doc__,
        }
        made = make_dataclass(
            function.__name__,
            columns,
            bases=(PulseLaw,),
            namespace=body,
            frozen=True,
            kw_only=True,
            eq=False,
        )
        made.__module__ = function.__module__
        return made

    return make


def lognormal(spread: float, z: Any) -> Any:
    """Return factors of mean 1 and relative standard deviation ``spread`` from standard normals."""
    sigma = np.sqrt(np.log1p(spread**2))
    return np.exp(sigma * z - 0.5 * sigma**2)
