"""How likely the ladders of one device are under a pulse law and its noises, and its mean response."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import AcanthiteError
from acanthite.fitting.pulses import kalman_filter as pulse_filter
from acanthite.fitting.pulses.forms import Form

Array = NDArray[np.float64]

NOISES = ("pulse_noise", "read_noise", "fluctuation", "memory")
"""What is fitted beside the law."""

_LOST = 1e12  # twice the negative log-likelihood of parameters a law refuses
_GRID = np.linspace(-1.0, 1.0, pulse_filter.N_GRID)


class Likelihood:
    """Of one device's ladders under a law.

    Parameters
    ----------
    form : Form
    cycles : sequence of (levels, upward)
        Levels from -1 to 1.
    quiet : bool
        Without noise from pulse to pulse: least squares of the mean response.
    fluctuating : bool
        Whether there is a fluctuation beside the noises.
    """

    def __init__(
        self,
        form: Form,
        cycles: Sequence[tuple[Array, NDArray[np.bool_]]],
        quiet: bool,
        fluctuating: bool = False,
    ) -> None:
        self.form = form
        self.cycles = cycles
        self.quiet = quiet
        self.fluctuating = fluctuating
        self.names = (*form.names, *(NOISES[1:2] if quiet else NOISES[: 4 if fluctuating else 2]))

    def values(self, u: Array) -> dict[str, float]:
        """Return the fitted quantities at ``u``; the noises are logarithms."""
        return {
            name: float(np.exp(x)) if name in NOISES else self.form.value(name, float(x))
            for name, x in zip(self.names, u, strict=True)
        }

    def tables(self, values: Mapping[str, float]) -> tuple[Array, Array, float, float]:
        """Return the law's steps on the grid and its bounds, in levels."""
        law = self.form.law(conductance_min=1.0, conductance_max=2.0, **self.form.fields(values))
        low, high = self.form.window_of(values)
        half = 0.5 * (high - low)
        return (
            half * np.asarray(law.step_up(_GRID), float),
            half * np.asarray(law.step_down(_GRID), float),
            low,
            high,
        )

    def __call__(self, u: Array) -> float:
        """Return twice the negative log-likelihood."""
        values = self.values(u)
        try:
            up, down, low, high = self.tables(values)
        except AcanthiteError:
            return _LOST
        q = values.get("pulse_noise", 0.0)
        r = values["read_noise"]
        f = values.get("fluctuation", 0.0)
        m = math.exp(-1.0 / values.get("memory", 1.0))
        total = 0.0
        for levels, upward in self.cycles:
            scratch = np.empty((2, levels.size))
            total += pulse_filter.run(
                levels, upward, up, down, low, high, q, r, f, m, scratch[0], scratch[1]
            )
        return total if np.isfinite(total) else _LOST

    def bounds(self, name: str) -> tuple[float, float]:
        """Return bounds of ``u``."""
        if name == "memory":
            return np.log(0.5), np.log(1e3)
        return (np.log(1e-5), np.log(1e3)) if name in NOISES else self.form.bounds(name)

    def mean(self, u: Array) -> Array:
        """Return the mean response less the levels, over all ladders; zero where a level is no
        number.
        """
        up, down, low, high = self.tables(self.values(u))
        parts = []
        for levels, upward in self.cycles:
            out = np.empty(levels.size)
            pulse_filter.mean_response(levels[0], upward, up, down, low, high, out)
            parts.append(np.nan_to_num(out - levels))
        return np.concatenate(parts)

    def start(self, factor: float, reach: float = 1.1) -> Array:
        """Return where a search begins, all steps multiplied by ``factor``, a window of ``reach``
        half ranges.
        """
        window = {
            "lower": -reach,
            "upper": reach,
            "pulse_noise": np.log(0.3),
            "read_noise": np.log(0.1),
        }
        values = []
        for name in self.names:
            if name in window:
                values.append(window[name])
                continue
            steps = name.partition("[")[0] in ("up", "down", "size")
            u = self.form.seen(name, self.form.starts[name] * (factor if steps else 1.0))
            low, high = self.bounds(name)
            values.append(min(max(u, low + 1e-6), high - 1e-6))
        return np.array(values)
