"""Measured-style data sets whose every number is known: loops of devices with unequal numbers of cycles, cycling, retention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from acanthite.measurement import build_recording


@dataclass(frozen=True)
class DrawnLoops:
    """A recording and the truth: voltages and states of every cycle, shape (device, cycle), which sets and resets, where gaps are."""

    recording: xr.Dataset
    set_voltage: np.ndarray
    reset_voltage: np.ndarray
    measured: np.ndarray
    sets: np.ndarray
    gaps: np.ndarray
    lrs: float
    hrs: float
    polarity: int
    order: str
    step: float
    noise: float


def draw_loops(seed: int) -> DrawnLoops:
    """Draw loops by the seed: polarity, order, compliance, noise, unit of the current, missed SETs, padding and holes."""
    rng = np.random.default_rng([seed, 11])
    devices, most = int(rng.integers(1, 5)), int(rng.integers(2, 13))
    counts = rng.integers(1, most + 1, devices)
    counts[0] = most
    measured = np.arange(most) < counts[:, None]
    polarity = int(rng.choice([-1, 1]))
    order = str(rng.choice(["set first", "unipolar", "set only"]))
    points = int(rng.choice([61, 101, 151]))
    top = float(rng.choice([0.5, 2.0, 5.0]))
    out = np.linspace(0, top, points)
    size = np.r_[out, out[-2::-1]]
    second = polarity if order == "unipolar" else -polarity
    voltage = polarity * size if order == "set only" else np.r_[polarity * size, second * size]
    g_on = 10 ** rng.uniform(-6, -3)
    g_off = g_on / 10 ** rng.uniform(1.2, 4)
    compliance = g_on * top * (rng.uniform(0.2, 0.4) if rng.random() < 0.5 else np.inf)
    shape = (devices, most)
    v_set = top * rng.uniform(0.35, 0.75, shape)
    v_reset = top * rng.uniform(0.25, 0.6, shape)
    sets = (rng.random(shape) >= rng.choice([0.0, 0.2])) & measured
    sets[0, 0] = True
    current = np.empty((*shape, voltage.size))
    for at in np.ndindex(shape):
        half = _half(size, v_set[at], g_off, g_on) if sets[at] else g_off * size
        first = polarity * np.minimum(half, compliance)
        if order == "set only":
            current[at] = first
        else:
            back = _half(size, v_reset[at], g_on, g_off) if sets[at] else g_off * size
            current[at] = np.r_[first, second * back]
    noise = 10 ** rng.uniform(-3.5, -1.9)
    current *= 1 + noise * rng.standard_normal(current.shape)
    current += g_off * top * 10 ** rng.uniform(-4, -2.5) * rng.standard_normal(current.shape)
    current[~measured] = np.nan
    gaps = (rng.random(shape) < 0.1) & measured & (rng.random() < 0.3)
    gaps[0, 0] = False
    for d, c in np.argwhere(gaps):
        current[d, c, int(rng.integers(2, size.size - 2))] = np.nan
    dims = ("device", "cycle", "sample")
    full = np.broadcast_to(voltage, current.shape).copy()
    full[~measured] = np.nan
    time = np.broadcast_to(np.arange(voltage.size, dtype=float), current.shape).copy()
    recording = build_recording(
        {"voltage": (dims, full), "current": (dims, current), "time": (dims, time)}, {}, {}
    )
    return DrawnLoops(
        recording,
        polarity * v_set,
        second * v_reset,
        measured,
        sets,
        gaps,
        1 / g_on,
        1 / g_off,
        polarity,
        order,
        top / (points - 1),
        noise,
    )


def _half(size: np.ndarray, threshold: float, before: float, after: float) -> np.ndarray:
    """Return the current of a way out and back on which the conductance changes for good at a threshold."""
    changed = np.maximum.accumulate(size >= threshold)
    return np.where(changed, after, before) * size
