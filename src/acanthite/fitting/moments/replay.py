"""A recording's own sweep as a program, so that simulated devices go through what the measured ones
did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis.sweeps.excursions import ordered_sweeps
from acanthite.errors import FitError
from acanthite.fitting.loops.curves import sweep_durations
from acanthite.measurement.schedule import Schedule

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_ALIKE = 0.1  # of the largest voltage: how far a sweep may end from the one all are taken for


@dataclass(frozen=True)
class Replay:
    """The sweep of a recording, cycle after cycle.

    Parameters
    ----------
    duration, voltage : ndarray, shape (sample,)
        How long each sample took to reach [s], and what the source was set to [V].
    cycles : int
    limit : float or ndarray, shape (sample,)
        Of the current; infinite where the recording names none. [A]
    """

    duration: Array
    voltage: Array
    cycles: int
    limit: float | Array

    @classmethod
    def of(cls, recording: xr.Dataset, rate: float | None = None) -> Replay:
        """Return the sweep all devices and cycles of a recording went through.

        Parameters
        ----------
        recording : xarray.Dataset
            With ``voltage``, ``current``, ``time`` and dim ``sample``.
        rate : float, optional
            Of the sweep where the recording has no times. [V/s]

        Raises
        ------
        FitError
            If its sweeps end at different voltages, or times are missing and no rate is given.
        """
        v, _, drive = ordered_sweeps(recording)
        top = np.abs(drive).max()
        ends = np.nanmax(np.abs(v), axis=-1)
        if "applied" not in recording and (np.abs(ends - top) > _ALIKE * top).any():
            raise FitError(
                f"sweeps of one recording end between {ends.min():g} and {ends.max():g} V; "
                "expected one sweep for all: "
                "put each into a file of its own"
            )
        time = recording["time"].transpose(..., "sample").values.reshape(-1, drive.size)[0]
        return cls(
            sweep_durations(drive, time, rate), drive, v.shape[1], _limit(recording, drive.size)
        )

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments, one a sample."""
        n = self.voltage.size
        limit = np.broadcast_to(np.minimum(current_limit, self.limit), n)
        start = np.r_[0.0, self.voltage[:-1]]
        segments = np.column_stack([self.duration, start, self.voltage, limit])
        return Schedule(segments, np.ones(n, bool), self.cycles, ("sample",), (n,))


def _limit(recording: xr.Dataset, n: int) -> float | Array:
    """Return what the current was held to: at each sample where the recording says so, else its one
    compliance. [A]
    """
    if "limit" not in recording:
        return float(abs(recording.attrs.get("compliance") or np.inf))
    limit = recording["limit"].broadcast_like(recording["current"]).transpose(..., "sample")
    return np.asarray(limit.values, float).reshape(-1, n)[0]
