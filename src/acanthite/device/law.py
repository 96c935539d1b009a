"""A device law: a few scalar functions, some states and parameters, compiled into every kernel.

A new device is about ten lines::

    @acanthite.device.law(state="x", parameters={"rate": 1e3, "g_on": 1e-3, "g_off": 1e-6})
    def my_device(x, voltage, p):
        \"\"\"Return dx/dt and the current.\"\"\"
        return p.rate * voltage * x * (1 - x), voltage * (p.g_off + (p.g_on - p.g_off) * x)

    devices = my_device.sample(30, seed=1, spread={"rate": 0.1})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from acanthite.errors import LawError, nearest
from acanthite.random import generator

Bound = float | str | None
"""A number, the name of a parameter, or no bound."""


@dataclass(frozen=True)
class State:
    """One continuous state of a law.

    Parameters
    ----------
    name : str
    initial : float or str
        Starting value, or the parameter that holds it.
    lower, upper : float or str or None
        Bounds; where the law has an ``event`` function, reaching one calls it.
    scale : float or str
        Size the integrator's tolerance is relative to.
    """

    name: str
    initial: float | str = 0.0
    lower: Bound = None
    upper: Bound = None
    scale: float | str = 1.0


@dataclass(frozen=True)
class Law:
    """The equations of a device.

    Parameters
    ----------
    name : str
    states : tuple of State
        Integrated in time.
    parameters : mapping of str to float
        Names and default values, plain SI floats.
    rates : callable
        ``rates(s, voltage, p)`` returns a flat tuple ``(gain_0, loss_0, gain_1, loss_1, ...)`` with
        ``ds_k/dt = gain_k - loss_k s_k``; ``loss`` is integrated exponentially, so it may be stiff.
    current : callable
        ``current(s, voltage, p)`` returns the current [A]; it must grow with the voltage.
    held : tuple of str
        States that only events change (phase, what a cycle drew).
    event : callable, optional
        ``event(k, s, voltage, p, z)`` returns the new values of all states and held states when state ``k``
        reaches a bound; ``z`` holds five standard normals and one Exp(1) variate.
    """

    name: str
    states: tuple[State, ...]
    parameters: Mapping[str, float]
    rates: Callable[..., Any]
    current: Callable[..., Any]
    held: tuple[str, ...] = ()
    event: Callable[..., Any] | None = None
    simple: bool = field(default=False, repr=False)

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the integrated and the held states, in order."""
        return (*(s.name for s in self.states), *self.held)

    def kernel(self) -> ModuleType:
        """Return the compiled kernel module of this law."""
        from acanthite.device.compiler import compile_law

        return compile_law(self)

    def sample(
        self, n: int, *, seed: int, spread: Mapping[str, float] | None = None, **values: float
    ) -> Devices:
        """Return ``n`` devices of this law.

        Parameters
        ----------
        n : int
        seed : int
            Key of the device-to-device spread and of everything random that happens to them.
        spread : mapping of str to float, optional
            Relative (log-normal) standard deviation of a parameter between devices.
        **values
            Parameters that differ from the law's defaults.

        Returns
        -------
        Devices

        Raises
        ------
        LawError
            If a parameter is unknown or ``n`` is not positive.
        """
        for key in (*(spread or {}), *values):
            if key not in self.parameters:
                raise LawError(f"law {self.name!r} has no parameter {key!r}{nearest(key, self.parameters)}")
        if n < 1:
            raise LawError(f"n = {n} devices; expected at least 1")
        table = np.tile([float({**self.parameters, **values}[k]) for k in self.parameters], (n, 1))
        rng = generator(seed, f"{self.name}-spread")
        for key, sigma in (spread or {}).items():
            table[:, list(self.parameters).index(key)] *= np.exp(sigma * rng.standard_normal(n))
        return Devices(self, table, seed)


@dataclass(frozen=True)
class Devices:
    """A population of devices of one law, as fabricated.

    Parameters
    ----------
    law : Law
    values : ndarray, shape (device, parameter)
        Parameters of each device, in the order of ``law.parameters``.
    seed : int
        Key of the random events of these devices.
    attrs : mapping
        Provenance, copied into every Recording.
    """

    law: Law
    values: np.ndarray
    seed: int
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.values.shape[0]

    def parameter(self, name: str) -> np.ndarray:
        """Return one parameter of every device, shape (device,)."""
        if name not in self.law.parameters:
            raise LawError(
                f"law {self.law.name!r} has no parameter {name!r}{nearest(name, self.law.parameters)}"
            )
        return self.values[:, list(self.law.parameters).index(name)]

    def resolve(self, bound: Bound, default: float) -> np.ndarray:
        """Return a bound, scale or initial value of every device, shape (device,)."""
        if isinstance(bound, str):
            return self.parameter(bound)
        return np.full(len(self), default if bound is None else float(bound))


def law(
    *,
    state: str | tuple[str, ...],
    parameters: Mapping[str, float],
    initial: float | tuple[float, ...] = 0.5,
    lower: float = 0.0,
    upper: float = 1.0,
    name: str | None = None,
) -> Callable[[Callable[..., Any]], Law]:
    """Turn a plain function into a device law.

    Parameters
    ----------
    state : str or tuple of str
        Name of the state, or names of several.
    parameters : mapping of str to float
        Names and default values; the function reads them as ``p.name``.
    initial : float or tuple of float
        Where the states start.
    lower, upper : float
        The states are kept between these.
    name : str, optional
        The function's name by default.

    Returns
    -------
    callable
        A decorator for ``f(x, voltage, p)`` that returns dx/dt and the current; for several states ``x`` is a
        named tuple and dx/dt a tuple.
    """
    names = (state,) if isinstance(state, str) else tuple(state)
    starts = initial if isinstance(initial, tuple) else (initial,) * len(names)
    if len(starts) != len(names):
        raise LawError(
            f"initial = {initial!r} has {len(starts)} values; expected one for each state of {names}"
        )
    states = tuple(State(n, x, lower, upper, upper - lower) for n, x in zip(names, starts, strict=True))

    def decorate(function: Callable[..., Any]) -> Law:
        return Law(name or function.__name__, states, dict(parameters), function, function, simple=True)

    return decorate
