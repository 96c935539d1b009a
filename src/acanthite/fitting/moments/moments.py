r"""What loops show, as numbers a random law can be fitted by: distributions of thresholds and
conductances, and their moments.

Of the logarithm of each observable, in each device the median over its cycles; over the devices the
mean of those (``middle``; of the HRS, which a cycle now and then does not reach, their median),
their standard deviation (``between``), and that over the cycles of a device (``within``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis import find_events, resistances
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

OBSERVABLES = ("set_voltage", "reset_voltage", "lrs_conductance", "hrs_conductance")
UNITS = ("V", "V", "S", "S")
KINDS = ("middle", "between", "within")
NAMES = tuple(f"{observable} {kind}" for observable in OBSERVABLES for kind in KINDS)
"""Of the moments, in order."""

_HRS = OBSERVABLES.index("hrs_conductance")
_RESAMPLED = 400


def observe(recording: xr.Dataset, polarity: int = 0) -> Array:
    """Return the logarithms of what each loop shows, shape (observable, device, cycle);
    not-a-number where it does not.

    Thresholds are those of :func:`acanthite.analysis.find_events`; conductances are read at a tenth
    of the largest voltage, before and after a SET, those held by the compliance or lost in noise
    left out. Loops that SET at the other sign than ``polarity`` show nothing; 0 takes either.
    """
    events = find_events(recording)
    shape = tuple(recording.sizes.get(d, 1) for d in ("device", "cycle"))
    observed = np.full((len(OBSERVABLES), *shape), np.nan)
    if events.polarity == 0 or polarity == -events.polarity:
        return observed
    states = resistances(recording, events=events)
    set_voltage = events.set_voltage.copy()
    event = events.first("set")
    if event is not None and shape[1] > 1:
        # of a device that never is in HRS again, the one SET from there is no sample of its cycles
        begins_in_lrs = np.isfinite(event.preceding_voltage[:, 1:]).all(axis=1)
        set_voltage[begins_in_lrs, 0] = np.nan
    sets = np.isfinite(set_voltage)
    observed[0] = np.abs(set_voltage)
    if events.first("reset") is not None:
        observed[1] = np.abs(events.reset_voltage)
    observed[2] = 1.0 / np.where(sets & ~states.lrs_is_bound, states.lrs, np.nan)
    observed[3] = 1.0 / np.where(sets & ~states.hrs_is_bound, states.hrs, np.nan)
    return np.log(observed)


def joined(parts: list[Array]) -> Array:
    """Return observations of several recordings as one, shape (observable, device, cycle), the
    fewer cycles padded.
    """
    cycles = max(p.shape[-1] for p in parts)
    return np.concatenate(
        [
            np.pad(p, ((0, 0), (0, 0), (0, cycles - p.shape[-1])), constant_values=np.nan)
            for p in parts
        ],
        axis=1,
    )


def moments(logs: Array) -> Array:
    """Return the moments of observations, in the order of :data:`NAMES`; spreads as logarithms.

    Parameters
    ----------
    logs : ndarray, shape (observable, device, cycle)

    Returns
    -------
    ndarray, shape (moment,)
        Not-a-number where there are too few devices or cycles.
    """
    return _over_devices(*_of_devices(logs))


def bootstrap(logs: Array, seed: int, size: int | None = None) -> Array:
    """Return the covariance of the moments of ``size`` devices, as many as given by default, drawn
    again from those given.

    Parameters
    ----------
    logs : ndarray, shape (observable, device, cycle)
    seed : int
    size : int, optional

    Returns
    -------
    ndarray, shape (moment, moment)
    """
    centers, variances = _of_devices(logs)
    n = logs.shape[1]
    draws = generator(seed, "moment-bootstrap").integers(0, n, (_RESAMPLED, size or n))
    samples = np.array([_over_devices(centers[:, rows], variances[:, rows]) for rows in draws])
    return np.ma.cov(np.ma.masked_invalid(samples), rowvar=False).filled(np.nan)


def _of_devices(logs: Array) -> tuple[Array, Array]:
    """Return median and variance over the cycles of each device, shape (observable, device)."""
    seen = np.isfinite(logs).sum(axis=-1)
    masked = np.ma.masked_invalid(logs)
    centers = np.ma.median(masked, axis=-1).filled(np.nan)
    variances = masked.var(axis=-1).filled(np.nan) * seen / np.maximum(seen - 1, 1)
    return centers, np.where(seen > 1, variances, np.nan)


def _over_devices(centers: Array, variances: Array) -> Array:
    n = np.isfinite(centers).sum(axis=-1)
    masked = np.ma.masked_invalid(centers)
    middle = masked.mean(axis=-1).filled(np.nan)
    middle[_HRS] = np.ma.filled(np.ma.median(masked[_HRS]), np.nan)
    between = masked.var(axis=-1).filled(np.nan) * n / np.maximum(n - 1, 1)
    within = np.ma.masked_invalid(variances).mean(axis=-1).filled(np.nan)
    between[n < 3] = np.nan
    with np.errstate(divide="ignore"):
        spreads = [0.5 * np.log(v) for v in (between, within)]
    moments = np.column_stack([middle, *spreads]).ravel()
    return np.where(np.isfinite(moments), moments, np.nan)
