"""Random stiff laws and programs against integrators nobody here wrote: scipy's Radau, and matrix exponentials of mpmath.

Every case draws a law with its parameters (time constants from a nanosecond to a million seconds), a program (pulses of
nanoseconds, holds of up to 1e8 s, sweeps from 1 mV/s, staircases), and a tolerance. What is compared is every state at the end
of every segment, in units of its scale. An error of ``REACH`` tolerances is allowed, or that many times what a disturbance
of one tolerance at the start does to the truth itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from acanthite.device import Law, State, law
from acanthite.measurement import Instrument, Sweep, run
from acanthite.measurement.program import Schedule

QUIET = Instrument("quiet", 1e9, 0.0, 0.0)
READ = 1e-9  # S; what makes the current of these laws grow with the voltage, taken off again
REACH = 5.0
TOLERANCES = (1e-3, 1e-4, 1e-6)
EXACT = 1e-10  # of scipy's steps


class Given:
    """A program of segments, each recorded at its end: duration, voltage at start and end."""

    def __init__(self, rows) -> None:
        self.rows = np.array(rows, float)

    def schedule(self, current_limit: float) -> Schedule:
        n = len(self.rows)
        rows = np.column_stack([self.rows, np.full(n, current_limit)])
        return Schedule(rows, np.ones(n, bool), 1, ("sample",), (n,))


THERMAL = {
    "tau": 2e-9, "r_th": 5e5, "g_on": 1e-3, "g_off": 1e-6, "rate": 1e9, "e_a": 0.5, "v_c": 0.1, "decay": 1e6,
    "x_0": 0.01, "read_x": 0.0, "read_T": 0.0,
}  # fmt: skip


@law(state=("x", "T"), parameters=THERMAL, initial=("x_0", 300.0), lower=(0.0, 200.0), upper=(1.0, 3000.0), scale=(1.0, 300.0))
def thermal(s, voltage, p):
    """Drift with an Arrhenius factor in a filament that heats up: the diffusive memristor."""
    current = voltage * p.g_off * (p.g_on / p.g_off) ** s.x
    hop = math.exp(-p.e_a * 11604.518 / s.T)
    speed = hop * (p.rate * math.sinh(voltage / p.v_c) * (1 - s.x) - p.decay * s.x)
    heating = (300.0 + p.r_th * voltage * current - s.T) / p.tau
    return (speed, heating), p.read_x * s.x + p.read_T * s.T + 1e-9 * voltage


THRESHOLD = {
    "tau": 2e-9, "heat": 2e3, "up": 1e3, "down": 1e3, "v_up": 0.3, "v_down": 0.2, "jump": 0.0,
    "x_0": 0.1, "read_x": 0.0, "read_T": 0.0,
}  # fmt: skip


@law(state=("x", "T"), parameters=THRESHOLD, initial=("x_0", 1.0), lower=(0.0, 0.0), upper=(1.0, None))
def threshold(s, voltage, p):
    """Motion beyond thresholds only, with or without a jump, faster in the heat."""
    speed = 0.0
    if voltage > p.v_up:
        speed = p.up * (p.jump + voltage / p.v_up - 1.0) * s.T * (1 - s.x)
    elif voltage < -p.v_down:
        speed = -p.down * (p.jump - voltage / p.v_down - 1.0) * s.T * s.x
    heating = (1.0 + p.heat * voltage * voltage * (1e-3 + s.x) - s.T) / p.tau
    return (speed, heating), p.read_x * s.x + p.read_T * s.T + 1e-9 * voltage


@law(state="x", parameters={"tau": 1e-9, "v_s": 0.1, "v_t": 0.1, "x_0": 0.5}, initial="x_0")
def single(x, voltage, p):
    """One state that follows the voltage, the faster the higher it is."""
    rest = 0.5 + 0.5 * math.tanh(voltage / p.v_s)
    return (rest - x) / p.tau * math.exp(voltage / p.v_t), x + 1e-9 * voltage


def exchange_rates(s, voltage, p):
    """Gains that are losses of the other: fast together, slow apart."""
    leak = math.exp(voltage / p.v_c) / p.slow
    return s.b / p.fast + leak, 1.0 / p.fast + leak, s.a / p.fast, 1.0 / p.fast + leak


def exchange_current(s, voltage, p):
    return p.read_a * s.a + p.read_b * s.b + 1e-9 * voltage


exchange = Law(
    "exchange",
    (State("a", 0.9), State("b", 0.1)),
    {"fast": 1e-9, "slow": 1.0, "v_c": 0.2, "read_a": 0.0, "read_b": 0.0},
    exchange_rates,
    exchange_current,
)


def rates_of(kind: Law, values: dict[str, float]) -> Callable[[np.ndarray, float], np.ndarray]:
    """Return dy/dt of a law as plain Python."""
    p = SimpleNamespace(**values)
    names = [s.name for s in kind.states]

    def rates(y: np.ndarray, voltage: float) -> np.ndarray:
        if len(names) == 1:
            return np.array([kind.rates(float(y[0]), voltage, p)[0]])
        result = kind.rates(SimpleNamespace(**dict(zip(names, map(float, y), strict=True))), voltage, p)
        if kind.simple:
            return np.array(result[0])
        return np.array(result[::2]) - np.array(result[1::2]) * y

    return rates


class Truth:
    """A law integrated by scipy, from one contact with a bound to the next."""

    def __init__(self, kind: Law, values: dict[str, float]) -> None:
        def resolved(what: Any, default: float) -> float:
            return values[what] if isinstance(what, str) else default if what is None else what

        self.rates = rates_of(kind, values)
        self.lower = np.array([resolved(s.lower, -np.inf) for s in kind.states])
        self.upper = np.array([resolved(s.upper, np.inf) for s in kind.states])
        self.scale = np.array([resolved(s.scale, 1.0) for s in kind.states])
        self.start = np.array([resolved(s.initial, 0.0) for s in kind.states])

    def states(self, rows, shift: float = 0.0) -> np.ndarray:
        """Return the states at the end of each segment, shape (segment, state); ``shift`` moves the start, in scales."""
        y = np.clip(self.start + shift * self.scale, self.lower, self.upper)
        ends = []
        for duration, first, last in rows:
            y = self.segment(y, duration, first, (last - first) / duration)
            ends.append(y)
        return np.array(ends)

    def segment(self, y: np.ndarray, duration: float, first: float, slope: float) -> np.ndarray:
        now, rate = 0.0, self.rates(y, first)
        held = ((y <= self.lower) & (rate <= 0)) | ((y >= self.upper) & (rate >= 0))
        while now < duration and not (held.all() and slope == 0.0):
            y, now, held = self.piece(y, now, duration, first, slope, held)
        return y

    def piece(self, y, now, duration, first, slope, held):
        """Integrate until a free state reaches a bound, a held one is pulled off it, or the segment ends."""
        free = np.flatnonzero(~held)

        def whole(part):
            full = y.copy()
            full[free] = part[: free.size]
            return np.clip(full, self.lower, self.upper)

        def along(t, part):
            return self.rates(whole(part), first + slope * t)[free] if free.size else np.zeros(1)

        events = self.events(held, free, lambda t, part: self.rates(whole(part), first + slope * t))
        found = solve_ivp(
            along, (now, duration), y[free] if free.size else np.zeros(1), "Radau", events=events or None, rtol=EXACT,
            atol=1e-2 * EXACT * (self.scale[free] if free.size else np.ones(1)),
            max_step=duration / 20 if slope else np.inf,
        )  # fmt: skip
        assert found.status >= 0, found.message
        y, held, after = whole(found.y[:, -1]), held.copy(), found.t[-1]
        for event, times in zip(events, found.t_events or [], strict=False):
            if found.status == 1 and len(times):
                held[event.state] = event.bound is not None
                if event.bound is not None:
                    y[event.state] = event.bound
        return y, after if after > now else np.nextafter(now, duration), held

    def events(self, held, free, rates) -> list[Any]:
        events: list[Any] = []
        for j, k in enumerate(free):
            for bound, way in ((self.lower[k], -1), (self.upper[k], 1)):
                if np.isfinite(bound):

                    def reached(t, part, j=j, bound=bound, way=way, scale=self.scale[k]):
                        return way * (part[j] - bound) / scale - 1e-13

                    reached.state, reached.bound = k, bound
                    events.append(reached)
        for k in np.flatnonzero(held):

            def pulled(t, part, k=k, way=-1 if held[k] and self.upper[k] == self.start_of(k, held) else 1):
                return way * rates(t, part)[k] - 1e-300

            events.append(pulled)
        return events
