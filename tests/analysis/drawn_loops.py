"""Loops drawn by hand: what they hold is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from acanthite.measurement import build_recording
from acanthite.random import generator


@dataclass(frozen=True)
class Drawn:
    """A recording and the truth about it."""

    recording: xr.Dataset
    set_voltage: np.ndarray
    reset_voltage: np.ndarray
    hit: np.ndarray


def recorded(voltage: np.ndarray, current: np.ndarray, **attrs: object) -> xr.Dataset:
    """Return a Recording of one device from voltage (sample) and current (cycle, sample)."""
    dims = ("device", "cycle", "sample")
    current = np.atleast_2d(current)[None]
    return build_recording(
        {
            "voltage": (dims, np.broadcast_to(voltage, current.shape).copy()),
            "current": (dims, current),
            "time": (
                dims,
                np.broadcast_to(np.arange(current.shape[-1], dtype=float), current.shape).copy(),
            ),
        },
        {},
        attrs,
    )


def _opened(size: np.ndarray, threshold: float, width: float) -> np.ndarray:
    """Return what share of the decades is gone at each sample of a way out and back."""
    share = np.clip((size - threshold + width / 2) / max(width, 1e-9), 0, 1)
    peak = int(size.argmax())
    share[peak:] = share[peak]
    return share


def draw(
    cycles: int = 20,
    *,
    sign: int = -1,
    unipolar: bool = False,
    points: int = 101,
    missed: float = 0.2,
    g_off: float = 1e-7,
    g_on: float = 1e-4,
    compliance: float = 5e-5,
    noise: float = 1e-10,
    grain: float = 0.02,
    width: float = 0.0,
    scale: float = 1.0,
    seed: int = 1,
) -> Drawn:
    """Draw loops that set near 1 V and reset near 0.8 V, with additive noise [A] and a relative one, some SETs missed."""
    rng = generator(seed, "loops")
    way = np.linspace(0, 2, points)
    size = np.r_[way, way[-2::-1]]
    n, other = size.size, sign if unipolar else -sign
    v_set, v_reset = 1 + 0.1 * rng.standard_normal(cycles), 0.8 + 0.06 * rng.standard_normal(cycles)
    hit = rng.random(cycles) >= missed
    current = np.empty((cycles, 2 * n))
    span = np.log10(g_on / g_off)
    for c in range(cycles):
        on = _opened(size, v_set[c], width) * hit[c]
        left = hit[c] * (1 - _opened(size, v_reset[c] + 0.05, 0.1))
        current[c, :n] = sign * g_off * 10 ** (span * on) * size
        current[c, n:] = other * g_off * 10 ** (span * left) * size
    current *= 1 + grain * rng.standard_normal(current.shape)
    current += noise * rng.standard_normal(current.shape)
    current[:, :n] = np.clip(current[:, :n], -compliance, compliance)
    voltage = np.r_[sign * size, other * size]
    return Drawn(recorded(voltage, scale * current), sign * v_set, other * v_reset, hit)
