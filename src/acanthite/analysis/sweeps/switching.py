"""SET and RESET of DC loops: threshold voltages, LRS and HRS conductance, for simulated and
measured loops alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.analysis.statistics.descriptive import coefficient_of_variation, mean
from acanthite.constants import mV
from acanthite.display import Plotted
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Switching(Plotted, picture="acanthite.analysis.result_drawings:switching"):
    """What DC loops say.

    Parameters
    ----------
    set_voltage, reset_voltage : ndarray, shape (device, cycle)
        Signed; not-a-number where a half loop did not switch. [V]
    lrs_conductance, hrs_conductance : ndarray, shape (device, cycle)
        Small-signal, after and before SET; HRS is not-a-number where the loop resets on the way out
        before it sets, as it begins in LRS. [S]
    polarity : int
        Sign of the SET voltage as found in the data.
    measured : ndarray of bool, shape (device, cycle)
        Loops without gaps; padding of devices with fewer cycles counts nowhere.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> found = ac.analysis.switching(loops)
    >>> found.set_voltage.shape, found.polarity
    ((2, 2), -1)
    >>> print(f"{found.set_share:.0%} of the loops set")
    100% of the loops set
    """

    set_voltage: np.ndarray
    reset_voltage: np.ndarray
    lrs_conductance: np.ndarray
    hrs_conductance: np.ndarray
    polarity: int
    measured: np.ndarray

    @property
    def set_share(self) -> float:
        """Share of the loops measured that set."""
        return float(np.isfinite(self.set_voltage).sum() / self.measured.sum())

    @property
    def dynamic_range(self) -> Estimate:
        """Median ratio of LRS to HRS conductance over the loops that set."""
        ratio = (self.lrs_conductance / self.hrs_conductance)[np.isfinite(self.set_voltage)]
        ratio = ratio[~np.isnan(ratio)]
        if not ratio.size:
            raise AnalysisError(
                "dynamic_range: no loop that sets begins in HRS; there are not two states to "
                "compare"
            )
        return Estimate(float(np.median(ratio)), "1", float(ratio.std()), ratio.size)

    def per_device(self, name: str) -> Estimate:
        """Return the cycle-to-cycle C_v of ``set_voltage`` or ``reset_voltage``: its mean and
        spread over devices.
        """
        values = getattr(self, name)
        cvs = [coefficient_of_variation(v).value for v in values if np.isfinite(v).sum() >= 3]
        return mean(cvs)

    def __str__(self) -> str:
        lines = [
            f"SET at {'negative' if self.polarity < 0 else 'positive'} voltage, "
            f"{self.set_share:.1%} of loops set"
        ]
        for label, v in (("V_set", self.set_voltage), ("V_reset", self.reset_voltage)):
            if np.isfinite(v).sum() >= 3:
                m = mean(v, "V")
                cv = coefficient_of_variation(v)
                low, high = cv.interval or (0.0, 0.0)
                lines.append(
                    f"{label:8s} {m.value:+.4f} V +- {m.spread:.4f} V   C_v {cv.value:.1%} "
                    f"[{low:.1%}, {high:.1%}]   n = {m.n}"
                )
        lrs, hrs = _median(self.lrs_conductance), _median(self.hrs_conductance)
        return "\n".join([*lines, f"LRS      {lrs}   HRS {hrs} (medians)"])


def _median(conductance: np.ndarray) -> str:
    known = conductance[np.isfinite(conductance)]
    return f"{np.median(known):.3g} S" if known.size else "not read"


@accepts_quantities
def switching(
    recording: xr.Dataset,
    *,
    jump: float = 0.5,
    minimum_voltage: float = 20 * mV,
    read_window: float = 25 * mV,
) -> Switching:
    """Find where loops switch.

    A threshold is the voltage halfway between two neighbouring samples of a rising half loop whose
    currents differ by more than ``jump`` decades: up for SET, down for RESET. The polarity of SET
    is found in the data: it is the side that conducts better on the way back.

    Parameters
    ----------
    recording : xarray.Dataset
        Dims (device, cycle, sample): loops 0 -> a -> 0 or 0 -> a -> 0 -> b -> 0.
    jump : float
        Decades of current between neighbouring samples.
    minimum_voltage : float
        Samples closer to zero are not looked at. [V]
    read_window : float
        LRS and HRS conductances are slopes through the origin up to this voltage. [V]

    Returns
    -------
    Switching

    Raises
    ------
    AnalysisError
        If the recording has other dims or no half loop.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> found = ac.analysis.switching(loops)
    >>> print(
    ...     f"set at {found.set_voltage.mean():.1f} V, reset at {found.reset_voltage.mean():.1f} V"
    ... )
    set at -0.2 V, reset at 0.1 V
    >>> print(str(found).splitlines()[0])
    SET at negative voltage, 100.0% of loops set
    """
    dims = set(recording["current"].dims)
    if "sample" not in dims or dims - {"device", "cycle", "sample"}:
        raise AnalysisError(
            f"switching: current has dims {recording['current'].dims}; expected (device, cycle, "
            "sample)"
        )
    missing = [d for d in ("device", "cycle") if d not in dims]  # as of recording.sel(device=3)
    current, voltage = (
        recording[name]
        .broadcast_like(recording["current"])
        .expand_dims(missing)
        .transpose("device", "cycle", "sample")
        .values
        for name in ("current", "voltage")
    )
    measured = np.all(np.isfinite(current) & np.isfinite(voltage), axis=-1)
    if not measured.any():
        raise AnalysisError("switching: no loop is without gaps; give loops of one length")
    drive = (
        recording["applied"].values
        if "applied" in recording
        else np.median(voltage[measured], axis=0)
    )
    halves = {sign: half for sign in (-1, 1) if (half := _half_loop(drive, sign))}
    if not halves:
        raise AnalysisError("switching: the voltage never rises and falls; expected a double sweep")
    polarity = max(
        halves,
        key=lambda s: _gain(voltage[measured], current[measured], drive, halves[s], read_window),
    )
    forward, back = halves[polarity]
    set_voltage = _threshold(drive, current, forward, jump, minimum_voltage, rising=True)
    first_reset = _threshold(drive, current, forward, jump, minimum_voltage, rising=False)
    begins_in_lrs = np.abs(first_reset) < np.abs(set_voltage)
    hrs = _slope(voltage, current, drive, forward, read_window)
    if -polarity in halves:
        reset_voltage = _threshold(
            drive, current, halves[-polarity][0], jump, minimum_voltage, rising=False
        )
    else:
        reset_voltage = np.full_like(set_voltage, np.nan)
    return Switching(
        np.where(measured, set_voltage, np.nan),
        np.where(measured, reset_voltage, np.nan),
        _slope(voltage, current, drive, back, read_window),
        np.where(begins_in_lrs, np.nan, hrs),
        polarity,
        measured,
    )


def _half_loop(drive: np.ndarray, sign: int) -> tuple[slice, slice] | None:
    """Return the samples on the way out to and back from the extreme of one sign."""
    side = np.flatnonzero(sign * drive > 0)
    if side.size < 4:
        return None
    peak = side[np.argmax(sign * drive[side])]
    if peak in (side[0], side[-1]):
        return None
    return slice(int(side[0]), int(peak) + 1), slice(int(peak), int(side[-1]) + 1)


def _slope(
    voltage: np.ndarray, current: np.ndarray, drive: np.ndarray, part: slice, window: float
) -> np.ndarray:
    """Return the slope of the current through the origin, for samples within ``window``, shape
    (device, cycle).
    """
    near = np.abs(drive[part]) <= max(window, np.abs(drive[part]).min()) * (1 + 1e-9)
    v, i = voltage[..., part][..., near], current[..., part][..., near]
    return (v * i).sum(-1) / (v * v).sum(-1)


def _gain(
    voltage: np.ndarray,
    current: np.ndarray,
    drive: np.ndarray,
    half: tuple[slice, slice],
    window: float,
) -> float:
    out, back = (np.abs(_slope(voltage, current, drive, part, window)) for part in half)
    tiny = np.finfo(float).tiny
    return float(np.median(np.log(np.maximum(back, tiny)) - np.log(np.maximum(out, tiny))))


def _threshold(
    drive: np.ndarray,
    current: np.ndarray,
    part: slice,
    jump: float,
    minimum: float,
    *,
    rising: bool,
) -> np.ndarray:
    v = drive[part]
    magnitude = np.abs(current[..., part])
    decades = np.diff(np.log10(np.maximum(magnitude, np.finfo(float).tiny)), axis=-1)
    jumps = ((decades if rising else -decades) > jump) & (np.abs(v[:-1]) >= minimum)
    first = jumps.argmax(-1)
    return np.where(jumps.any(-1), 0.5 * (v[first] + v[first + 1]), np.nan)
