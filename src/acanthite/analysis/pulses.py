"""What pulses write and cost: energy, read levels, recovery time, conductance of a ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.errors import AnalysisError

if TYPE_CHECKING:
    import xarray as xr


def conductance(recording: xr.Dataset) -> xr.DataArray:
    """Return the conductance a recording holds, else current over voltage, with its dims.

    Parameters
    ----------
    recording : xarray.Dataset
        With ``conductance``, or ``current`` [A] and ``voltage`` [V] of reads: the voltage must not
        be zero.

    Returns
    -------
    xarray.DataArray
        Its attr ``units`` is "S", or "1" where the recording holds relative values.

    Raises
    ------
    AnalysisError
        If a voltage is zero, or the recording has neither.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> reads = ac.measurement.run(devices, ac.measurement.Endurance(cycles=2))
    >>> levels = ac.analysis.conductance(reads)
    >>> levels.dims, levels.units
    (('device', 'cycle', 'pulse'), 'S')
    """
    if "conductance" in recording:
        return recording["conductance"]
    if not {"current", "voltage"} <= set(recording):
        raise AnalysisError(
            f"conductance: the recording has {', '.join(map(str, recording)) or 'no variables'}; "
            "expected conductance, or current and voltage"
        )
    if bool((recording["voltage"] == 0).any()):
        raise AnalysisError("conductance: some voltages are zero; expected reads at a bias")
    g = recording["current"] / recording["voltage"]
    return g.assign_attrs(units="S", long_name="conductance")


def _writing(recording: xr.Dataset) -> np.ndarray:
    for name in ("pulse", "sample"):
        if name not in recording["current"].dims:
            raise AnalysisError(
                f"pulse analysis: current has dims {recording['current'].dims}; expected (..., "
                "pulse, sample) in time"
            )
    if "writing" not in recording.coords:
        raise AnalysisError(
            "pulse analysis: no coordinate 'writing' marks the samples that belong to the write "
            "pulses"
        )
    return recording["writing"].values.astype(bool)


def pulse_energy(recording: xr.Dataset) -> xr.DataArray:
    """Return the energy of each write pulse: the integral of V I over the pulse, edges included.
    [J]

    Parameters
    ----------
    recording : xarray.Dataset
        Dims (..., pulse, sample), with the coordinate ``writing`` (sample).

    Returns
    -------
    xarray.DataArray, dims (..., pulse)

    Examples
    --------
    >>> from acanthite.constants import fJ, nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> train = ac.measurement.run(devices, ac.measurement.PulseTrain(count=3, samples=20))
    >>> energy = ac.analysis.pulse_energy(train)
    >>> energy.dims, energy.units
    (('device', 'cycle', 'pulse'), 'J')
    >>> print(f"{float(energy[0, 0, 0]) / fJ:.0f} fJ")
    19 fJ
    """
    from scipy.integrate import trapezoid

    part = recording.isel(sample=np.flatnonzero(_writing(recording)))
    power = part["voltage"] * part["current"]
    time = part["time"].broadcast_like(part["current"])
    axis = power.get_axis_num("sample")
    energy = trapezoid(power.values, time.transpose(*power.dims).values, axis=axis)
    dims = [d for d in power.dims if d != "sample"]
    return (
        power.isel(sample=0, drop=True)
        .copy(data=energy)
        .transpose(*dims)
        .assign_attrs(units="J", long_name="write energy")
    )


def read_levels(recording: xr.Dataset, share: float = 0.25) -> xr.DataArray:
    """Return the conductance at the end of the read after each pulse. [S]

    Parameters
    ----------
    recording : xarray.Dataset
        Dims (..., pulse, sample), with the coordinate ``writing`` (sample).
    share : float
        Last share of the read samples that is averaged.

    Returns
    -------
    xarray.DataArray, dims (..., pulse)

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> train = ac.measurement.run(devices, ac.measurement.PulseTrain(count=3, samples=20))
    >>> levels = ac.analysis.read_levels(train)
    >>> levels.dims, levels.units
    (('device', 'cycle', 'pulse'), 'S')
    """
    reads = np.flatnonzero(~_writing(recording))
    last = recording.isel(sample=reads[-max(1, round(share * reads.size)) :])
    level = last["current"].mean("sample") / last["voltage"].mean("sample")
    return level.assign_attrs(units="S", long_name="conductance after the pulse")


def recovery_time(recording: xr.Dataset, within: float = 0.1) -> xr.DataArray:
    """Return how long after a pulse the read current takes to stay within ``within`` of its final
    value. [s]

    Parameters
    ----------
    recording : xarray.Dataset
        Dims (..., pulse, sample), with the coordinate ``writing`` (sample).
    within : float
        Relative to the final current.

    Returns
    -------
    xarray.DataArray, dims (..., pulse)
        Zero where the first read sample is within it already; not-a-number where a sample is
        missing.

    Examples
    --------
    >>> from acanthite.constants import nm, us
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> train = ac.measurement.run(devices, ac.measurement.PulseTrain(count=3, samples=20))
    >>> print(f"{float(ac.analysis.recovery_time(train).max()) / us:.0f} us")
    6 us
    """
    reads = np.flatnonzero(~_writing(recording))
    part = recording.isel(sample=reads).transpose(..., "sample")
    current = part["current"].values
    final = current[..., -max(1, reads.size // 4) :].mean(-1, keepdims=True)
    unsettled = np.abs(current - final) > within * np.abs(final)
    count = np.where(
        unsettled.any(-1), unsettled.shape[-1] - np.argmax(unsettled[..., ::-1], axis=-1), 0
    )
    clock = part["time"] - recording["time"].isel(sample=reads[0] - 1)
    clock = clock.broadcast_like(part["current"]).transpose(*part["current"].dims).values
    last = np.take_along_axis(clock, np.minimum(count, reads.size - 1)[..., None], axis=-1)[..., 0]
    time = np.where(np.isfinite(current).all(-1), np.where(count > 0, last, 0.0), np.nan)
    result = part["current"].isel(sample=0, drop=True).copy(data=time)
    return result.assign_attrs(units="s", long_name="recovery time")
