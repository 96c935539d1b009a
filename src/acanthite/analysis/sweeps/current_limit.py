"""The current that a sweep was held to: stated by the recording, or seen as a plateau."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis.sweeps.excursions import ordered_sweeps

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_BEYOND = 1.05  # of a current limit: more than an analyser lets through
_PLATEAU = 1e-3  # relative spread of a current held at compliance
_STEADY = 1e-2  # of the largest voltage: how far the source goes on meanwhile, at least


def current_limit(recording: xr.Dataset) -> float:
    """Return the current that sweeps were held to: the recording's attr ``compliance`` or a plateau
    seen, else infinity. [A]
    """
    _, i, drive = ordered_sweeps(recording)
    return min(stated_limit(recording), plateau(i.reshape(-1, i.shape[-1]), drive))


def stated_limit(recording: xr.Dataset) -> float:
    """Return the compliance that a recording states, or infinity. [A]"""
    value = recording.attrs.get("compliance")
    return float(abs(value)) if isinstance(value, int | float | np.number) and value else np.inf


def limit_that_held(limit: float, i: Array) -> float:
    """Return a current limit, or infinity for a branch that goes beyond it: an analyser may limit
    the SET alone.
    """
    with np.errstate(invalid="ignore"):
        beyond = np.nanmax(np.abs(i), axis=-1, initial=0.0) > _BEYOND * limit
    return np.inf if beyond.mean() > 0.5 else limit


def plateau(i: Array, drive: Array) -> float:
    """Return the current at which at least half of the curves stay for five samples or more, or
    infinity.

    A limit holds at the end of the sweep and while the source goes on by far more than the current
    does; the top of a smooth curve does not: that of a gradual RESET lies before the end, that of a
    resistor is as steep as anywhere.
    """
    size = np.abs(i[np.isfinite(i).any(-1)])
    if not size.size:
        return np.inf
    top = np.nanmax(size, axis=-1, initial=0.0)
    held = size >= top[:, None] * (1 - _PLATEAU)
    volts = np.abs(drive)
    lowest = np.where(held, volts, np.inf).min(axis=-1, initial=np.inf)
    far = volts.max(initial=0.0) - lowest > _STEADY * volts.max(initial=0.0)
    limited = (held.sum(-1) >= 5) & far & held[:, int(np.argmax(volts))]
    return float(np.median(top[limited])) if limited.mean() >= 0.5 and (top > 0).all() else np.inf
