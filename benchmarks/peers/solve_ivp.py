"""The same laws integrated by acanthite and by scipy's solve_ivp, at matched accuracy, in one run.

Run: python benchmarks/peers/solve_ivp.py [--devices 200] [--repeats 5]

A device-cycle is one DC cycle of one device, sampled alike by both. solve_ivp (LSODA) gets what a careful user gives it:
the segments of the ramp one by one, event functions for the phases of the filament, plain Python scalars in the right
side, and the loosest of its tolerances whose error is not above acanthite's. Errors are against acanthite at a tolerance of
1e-9: the median over samples of the relative error of the current (and the 95th percentile).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from acanthite import film
from acanthite.device import Devices, Filament, law, linear_drift, without_noise
from acanthite.measurement import Instrument, Sweep, run

QUIET = Instrument("quiet", 1.0, 0.0, 0.0)
TOLERANCES = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
MEAN = (0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


HOT = {"tau": 2e-9, "r_th": 5e5, "g_on": 1e-3, "g_off": 1e-6, "rate": 1e9, "v_c": 0.1, "decay": 1e6}


@law(
    state=("x", "T"),
    parameters=HOT,
    initial=(0.01, 300.0),
    lower=(0.0, 200.0),
    upper=(1.0, 3000.0),
    scale=(1.0, 300.0),
)
def diffusive(s, voltage, p):
    """A diffusive memristor whose filament cools in 2 ns: stiff in any sweep."""
    current = voltage * p.g_off * (p.g_on / p.g_off) ** s.x
    hop = math.exp(-0.5 * 11604.518 / s.T)
    speed = hop * (p.rate * math.sinh(voltage / p.v_c) * (1 - s.x) - p.decay * s.x)
    return (speed, (300.0 + p.r_th * voltage * current - s.T) / p.tau), current


def ramp(program: Sweep) -> list[tuple[float, float, np.ndarray]]:
    """Return the straight pieces of a sweep: start and end voltage, and the times of their samples."""
    pieces, level = [], 0.0
    for turn in (program.first, program.second):
        for target in (turn, 0.0):
            n = round(abs(turn) / program.step)
            duration = abs(target - level) / program.rate
            pieces.append((level, target, np.arange(1, n + 1) / n * duration))
            level = target
    return pieces


class Peer:
    """One device of any law, stepped by solve_ivp from event to event as its event function says."""

    def __init__(self, devices: Devices) -> None:
        self.law = devices.law
        self.p = SimpleNamespace(**dict(zip(self.law.parameters, devices.values[0], strict=True)))
        self.lower = [float(devices.resolve(s.lower, -np.inf)[0]) for s in self.law.states]
        self.upper = [float(devices.resolve(s.upper, np.inf)[0]) for s in self.law.states]
        self.scale = np.array([float(devices.resolve(s.scale, 1.0)[0]) for s in self.law.states])
        start = [float(devices.resolve(s.initial, 0.0)[0]) for s in self.law.states]
        self.y, self.held = np.array(start), [0.0] * len(self.law.held)
        if self.law.event:
            self.happen(-1, 0.0)

    def state(self, y: Any) -> Any:
        if self.law.simple and len(self.lower) == 1:
            return float(y[0])
        return SimpleNamespace(
            **dict(zip(self.law.state_names, [*map(float, y), *self.held], strict=True))
        )

    def rate(self, y: Any, voltage: float) -> list[float]:
        bounded = [
            min(max(a, low), high) for a, low, high in zip(y, self.lower, self.upper, strict=True)
        ]
        r = self.law.rates(self.state(bounded), voltage, self.p)
        if self.law.simple:
            return [r[0]] if len(bounded) == 1 else list(r[0])
        return [r[2 * k] - r[2 * k + 1] * bounded[k] for k in range(len(bounded))]

    def current(self, y: Any, voltage: float) -> float:
        given = self.law.current(self.state(y), voltage, self.p)
        return (
            given[1] if self.law.simple else given
        )  # a simple law gives rates and current at once

    def along(self, v0: float, slope: float) -> Callable:
        return lambda now, y: self.rate(y, v0 + slope * now)

    def happen(self, k: int, voltage: float) -> None:
        after = self.law.event(k, self.state(self.y), voltage, self.p, MEAN)
        n = len(self.law.states)
        self.y, self.held = np.array(after[:n]), list(after[n:])

    def outward(self, voltage: float) -> int:
        for k, r in enumerate(self.rate(self.y, voltage)):
            if (self.y[k] <= self.lower[k] and r < 0.0) or (self.y[k] >= self.upper[k] and r > 0.0):
                return k
        return -1

    def crossings(self) -> list[Callable]:
        """Return an event function for each bound that is finite."""
        found = []
        for k, (low, high) in enumerate(zip(self.lower, self.upper, strict=True)):
            for bound, way in ((low, -1), (high, 1)):
                if np.isfinite(bound):

                    def crossed(
                        t: float, y: Any, k: int = k, bound: float = bound, way: int = way
                    ) -> float:
                        return (y[k] - bound) / self.scale[k] - way * 1e-9

                    crossed.terminal, crossed.direction, crossed.state = True, way, k
                    found.append(crossed)
        return found if self.law.event else []

    def cycle(self, program: Sweep, rtol: float) -> np.ndarray:
        """Return the current at every sample of one cycle."""
        currents, crossings = [], self.crossings()
        for v0, v1, times in ramp(program):
            slope, t, done = (v1 - v0) / times[-1], 0.0, 0
            while done < len(times):
                while self.law.event and (k := self.outward(v0 + slope * t)) >= 0:
                    self.happen(k, v0 + slope * t)
                result = solve_ivp(
                    self.along(v0, slope), (t, times[-1]), self.y, "LSODA", times[done:], events=crossings or None,
                    rtol=rtol, atol=rtol * self.scale, max_step=0.01 / abs(slope) if crossings else np.inf,
                )  # fmt: skip
                assert result.status >= 0, result.message
                for now, y in zip(result.t, np.transpose(result.y), strict=True):
                    clipped = np.clip(y, self.lower, self.upper)
                    currents.append(self.current(clipped, v0 + slope * now))
                    done += 1
                if len(result.t):
                    t, self.y = times[-1], result.y[:, -1]
                if result.status == 1:
                    which = next(i for i, e in enumerate(result.t_events) if e.size)
                    t, self.y = float(result.t_events[which][0]), result.y_events[which][0]
                self.y = np.clip(self.y, self.lower, self.upper)
        return np.array(currents)


def error(current: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return median and 95th percentile of the relative error where there is a current."""
    shown = np.abs(truth) > 1e-13
    relative = np.abs(current[shown] / truth[shown] - 1)
    return float(np.median(relative)), float(np.percentile(relative, 95))


def clock(work: Callable[[], Any], repeats: int) -> float:
    """Return the median time of some runs. [s]"""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken))


def compare(
    name: str, one: Devices, many: Devices, program: Sweep, repeats: int, tolerance: float
) -> float:
    """Print both sides' time and error for a device-cycle; return the ratio."""
    truth = run(one, program, instrument=QUIET, tolerance=1e-9)["current"].values[0, 0]
    ours = run(one, program, instrument=QUIET, tolerance=tolerance)["current"].values[0, 0]
    our_error = error(ours, truth)
    run(many, program, instrument=QUIET, tolerance=tolerance)
    our_time = clock(
        lambda: run(many, program, instrument=QUIET, tolerance=tolerance), repeats
    ) / len(many)
    for rtol in TOLERANCES:
        peer_error = error(Peer(one).cycle(program, rtol), truth)
        if peer_error[0] <= our_error[0] and peer_error[1] <= our_error[1]:
            break
    peer_time = clock(lambda: Peer(one).cycle(program, rtol), repeats)
    print(f"{name}: {truth.size} samples a cycle")
    for who, took, (middle, high), setting in (
        ("acanthite", our_time, our_error, tolerance),
        ("solve_ivp", peer_time, peer_error, rtol),
    ):
        print(
            f"  {who}  tolerance {setting:.0e}  {1e3 * took:9.4f} ms a device-cycle  error {middle:.1e} ({high:.1e})"
        )
    print(f"  ratio {peer_time / our_time:,.0f}")
    return peer_time / our_time


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    nominal = Filament.from_film(film.grow())
    row = np.array([list(nominal.values.values())])
    many = nominal.sample(chosen.devices, seed=1)
    quiet = [without_noise(Devices(many.law, values, 1)) for values in (row, many.values)]
    compare("filament, noise off", *quiet, Sweep(-0.4, 0.4), chosen.repeats, 1e-3)
    drift = linear_drift("joglekar")
    both = drift.sample(1, seed=1), drift.sample(chosen.devices, seed=1, spread={"mobility": 0.1})
    compare("linear drift", *both, Sweep(1.0, -1.0, rate=4.0), chosen.repeats, 1e-3)
    both = (
        diffusive.sample(1, seed=1),
        diffusive.sample(chosen.devices, seed=1, spread={"decay": 0.1}),
    )
    for rate in (2.0, 1e-3):
        compare(
            f"diffusive, stiff, {rate:g} V/s",
            *both,
            Sweep(0.4, -0.4, rate=rate),
            chosen.repeats,
            1e-3,
        )


if __name__ == "__main__":
    main()
