"""What a law consists of: its states, and the equations that are checked and compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

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

    Examples
    --------
    A law spelled out, where :func:`law` is not enough:

    >>> def rates(s, voltage, p):
    ...     return p.speed * voltage, 0.0
    >>> def current(s, voltage, p):
    ...     return p.g_on * s.w * voltage
    >>> width = ac.device.State("w", initial=0.1, lower=0.0, upper=1.0)
    >>> law = ac.device.Law("mine", (width,), {"speed": 10.0, "g_on": 1e-3}, rates, current)
    >>> float(law.sample(1, seed=0).start()[0, 0])
    0.1
    """

    name: str
    initial: float | str = 0.0
    lower: Bound = None
    upper: Bound = None
    scale: float | str = 1.0


class Equations(Protocol):
    """What :class:`acanthite.device.Law` has that is checked and compiled; its docstring explains
    each.
    """

    @property
    def name(self) -> str:
        """Name of the law."""
        ...

    @property
    def states(self) -> tuple[State, ...]:
        """States that are integrated in time."""
        ...

    @property
    def parameters(self) -> Mapping[str, float]:
        """Names and default values."""
        ...

    @property
    def rates(self) -> Callable[..., Any]:
        """Gain and loss of every state."""
        ...

    @property
    def current(self) -> Callable[..., Any]:
        """Current through the device."""
        ...

    @property
    def held(self) -> tuple[str, ...]:
        """States that only events change."""
        ...

    @property
    def event(self) -> Callable[..., Any] | None:
        """New states where one reaches a bound."""
        ...

    @property
    def simple(self) -> bool:
        """Whether rates and current are one function."""
        ...

    @property
    def set_polarity(self) -> int | str:
        """Sign of the voltage that sets the device."""
        ...

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the integrated and the held states."""
        ...
