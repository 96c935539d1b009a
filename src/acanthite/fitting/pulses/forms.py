"""How each pulse law is seen by a fit: which fields are free, from where, and whether its window is
too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import FitError, nearest
from acanthite.synapse import LAWS, PulseLaw, Synapse

Array = NDArray[np.float64]

_NODES = 5  # of a piecewise law: enough for a bend at either end and one between
_FAR = 10.0  # a soft bound may lie this many half ranges from the middle
_MARGIN = 0.02  # a hard bound lies this share of the range beyond what was measured


@dataclass(frozen=True)
class Form:
    """A law's free fields.

    Parameters
    ----------
    law : type of Synapse
    starts : mapping of str to float
        Fields to fit and where from; a name ending in ``[k]`` is the k-th of a tuple.
    ends : mapping of str to (float, float)
        Bounds of those that are not positive magnitudes, which are fitted by their logarithm.
    fixed : mapping of str to float
    window : bool
        Whether the bounds are fitted; else they are those of the data.
    """

    law: type[Synapse]
    starts: Mapping[str, float]
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    fixed: Mapping[str, float] = field(default_factory=dict)
    window: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Fitted quantities, the bounds of the window last."""
        return (*self.starts, *(("lower", "upper") if self.window else ()))

    def seen(self, name: str, value: float) -> float:
        """Return what the fit varies."""
        return value if name in ("lower", "upper") or name in self.ends else math.log(value)

    def value(self, name: str, u: float) -> float:
        """Return the field at ``u``."""
        if name in ("lower", "upper"):
            return u
        if name in self.ends:
            return min(max(u, self.ends[name][0]), self.ends[name][1])
        return math.exp(u)

    def bounds(self, name: str) -> tuple[float, float]:
        """Return bounds of ``u``; levels run from -1 to 1 over the data."""
        if name in ("lower", "upper"):
            return (-_FAR, -0.6) if name == "lower" else (0.6, _FAR)
        if name in self.ends:
            return self.ends[name]
        start = math.log(self.starts[name])
        whole = 2.0 if "[" in name else math.inf  # a knot's step goes through the window at most
        top = math.log(0.95 if name in ("up", "down", "size") else whole)
        return start - 7.0, min(start + 7.0, top)

    def fields(self, values: Mapping[str, float]) -> dict[str, Any]:
        """Return the law's fields, tuples put together."""
        entries: dict[str, Any] = dict(self.fixed)
        for name in self.starts:
            base, bracket, _ = name.partition("[")
            if bracket:
                entries.setdefault(base, []).append(values[name])
            else:
                entries[base] = values[name]
        return {name: tuple(v) if isinstance(v, list) else v for name, v in entries.items()}

    def window_of(self, values: Mapping[str, float]) -> tuple[float, float]:
        """Return the bounds in levels."""
        if self.window:
            return values["lower"], values["upper"]
        return -1.0 - _MARGIN, 1.0 + _MARGIN


def form(law: str | type[Synapse], n_pulses: int) -> Form:
    """Return how a law is fitted to ladders of ``n_pulses`` in a direction.

    Raises
    ------
    FitError
        If there is no such law.
    """
    if not isinstance(law, str):
        return _own(law)
    s = min(2.0 / n_pulses, 0.5)
    both = {"up": s, "down": s}
    nodes = {f"{name}[{k}]": s for name in ("up", "down") for k in range(_NODES)}
    forms: dict[str, tuple[Mapping[str, float], Mapping[str, tuple[float, float]], Mapping[str, float], bool]] = {
        "constant-step": ({"size": s}, {}, {}, False),
        "linear-step": ({**both, "up_slope": 0.5, "down_slope": 0.5}, {"up_slope": (-1.0, 1.0), "down_slope": (-1.0, 1.0)}, {}, True),
        "soft-bounds": (both, {}, {}, True),
        "exponential-step": ({**both, "up_amplitude": 0.2, "down_amplitude": 0.2, "up_rate": 1.5, "down_rate": 1.5}, {}, {}, False),
        "power-step": ({**both, "up_power": 1.0, "down_power": 1.0}, {}, {}, True),
        "neurosim": ({"potentiation": 0.5 * n_pulses, "depression": 0.5 * n_pulses}, {}, {"n_pulses": float(n_pulses)}, False),
        "piecewise": (nodes, {}, {}, False),
    }  # fmt: skip
    fitted = [name for name in LAWS if not name.endswith("-population")]
    if law not in forms:
        raise FitError(
            f"law = {law!r}; pulse laws that can be fitted are "
            f"{', '.join(fitted)}{nearest(law, fitted)}"
        )
    starts, ends, fixed, window = forms[law]
    return Form(LAWS[law], starts, ends, fixed, window)


PULSE_LAWS = (
    "constant-step", "linear-step", "soft-bounds", "exponential-step", "power-step", "neurosim", "piecewise",
)  # fmt: skip
"""The pulse laws that are compared; those left out are soft bounds in other words."""


def _own(law: type[Synapse]) -> Form:
    if not issubclass(law, PulseLaw):
        raise FitError(
            f"law {law.__name__!r} is no pulse law of one's own; write one with "
            "@acanthite.synapse.law"
        )
    starts = {}
    for f in (law.__dataclass_fields__[name] for name in law.parameter_names()):
        starts[f.name] = float(f.default) if isinstance(f.default, int | float) else 0.1
    ends = {name: (-10.0, 10.0) for name, value in starts.items() if value <= 0}
    return Form(law, starts, ends)
