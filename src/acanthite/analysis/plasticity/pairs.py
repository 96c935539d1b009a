"""Pairs of pulses and pairs of spikes: how much the second gains by the first, and what they
change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.analysis.plasticity.decay import NONE, Decay, fit_decay
from acanthite.analysis.pulses import conductance
from acanthite.display import Plotted
from acanthite.errors import AnalysisError

if TYPE_CHECKING:
    import xarray as xr

NOTHING = "no facilitation"


@dataclass(frozen=True)
class PairedPulseResult(Plotted, picture="acanthite.analysis.plasticity.drawings:paired_pulses"):
    """The paired-pulse index against the interval.

    Parameters
    ----------
    interval : ndarray, shape (interval,)
        End of the first pulse to start of the second. [s]
    index : ndarray, shape (device, cycle, interval)
        Response to the second pulse over that to the first, less one.
    decay : Decay
        Fitted to the mean over devices and cycles.

    Examples
    --------
    >>> devices = ac.device.VTEAM.sample(3, seed=1)
    >>> pairs = ac.measurement.PairedPulses([1e-3, 1e-2, 1e-1, 1.0], voltage=0.1)
    >>> ac.analysis.paired_pulses(ac.measurement.run(devices, pairs)).verdict
    'no facilitation'
    """

    interval: np.ndarray
    index: np.ndarray
    decay: Decay

    @property
    def mean(self) -> np.ndarray:
        """Mean index over devices and cycles, shape (interval,)."""
        return np.nanmean(self.index, axis=(0, 1))

    @property
    def standard_error(self) -> np.ndarray:
        """Of the mean, shape (interval,); not-a-number of a single pair."""
        n = np.isfinite(self.index).sum(axis=(0, 1))
        if (n < 2).any():
            return np.full(self.interval.shape, np.nan)
        return np.nanstd(self.index, axis=(0, 1), ddof=1) / np.sqrt(n)

    @property
    def verdict(self) -> str:
        """``facilitation``, ``depression`` or ``no facilitation``."""
        if self.decay.model == NONE:
            return NOTHING
        at_once = float(self.decay(self.interval.min()))
        return "facilitation" if at_once > 0.0 else "depression"


@dataclass(frozen=True)
class SpikeTiming(Plotted, picture="acanthite.analysis.plasticity.drawings:spike_timing"):
    """The STDP window: how a pair of spikes changes the conductance, against their delay.

    Parameters
    ----------
    delay : ndarray, shape (pair,)
        Postsynaptic spike after the presynaptic one. [s]
    change : ndarray, shape (device, cycle, pair)
        Conductance after over conductance before, less one.
    positive, negative : Decay
        Fitted to the median over devices and cycles at delays above and below zero, against the
        size of the delay.

    Examples
    --------
    >>> import numpy as np
    >>> delays = np.r_[-np.geomspace(0.01, 0.1, 5), np.geomspace(0.01, 0.1, 5)]
    >>> measured = ac.measurement.run(
    ...     ac.device.VTEAM.sample(2, seed=1), ac.measurement.SpikePairs(delays, peak=0.05)
    ... )
    >>> ac.analysis.spike_timing(measured).verdict
    'no plasticity'
    """

    delay: np.ndarray
    change: np.ndarray
    positive: Decay
    negative: Decay

    @property
    def median(self) -> np.ndarray:
        """Median change over devices and cycles, shape (pair,): one that sets from its HRS gains
        by decades and would make any mean its own.
        """
        return np.nanmedian(self.change, axis=(0, 1))

    @property
    def verdict(self) -> str:
        """``Hebbian``, ``anti-Hebbian``, ``one-sided``, ``symmetric`` or ``no plasticity``."""
        sides = [
            0 if fit.model == NONE else int(np.sign(fit(float(np.abs(self.delay).min()))))
            for fit in (self.positive, self.negative)
        ]
        if sides == [0, 0]:
            return "no plasticity"
        if 0 in sides:
            return "one-sided"
        if sides[0] == sides[1]:
            return "symmetric"
        return "Hebbian" if sides[0] > 0 else "anti-Hebbian"


def paired_pulses(recording: xr.Dataset) -> PairedPulseResult:
    """Return the paired-pulse index against the interval, and the law it fades by.

    Parameters
    ----------
    recording : xarray.Dataset
        Of :class:`acanthite.measurement.PairedPulses`, or a measured one alike: ``conductance``, or
        ``current`` and ``voltage``, dims (device, cycle, interval, pulse), two pulses; a coordinate
        ``interval`` in seconds.

    Returns
    -------
    PairedPulseResult

    Raises
    ------
    AnalysisError
        If the dims are others, or the first pulse of a pair has no response.

    Examples
    --------
    >>> devices = ac.device.VTEAM.sample(3, seed=1)
    >>> pairs = ac.measurement.PairedPulses([1e-3, 1e-2, 1e-1, 1.0], voltage=0.1)
    >>> result = ac.analysis.paired_pulses(ac.measurement.run(devices, pairs))
    >>> result.index.shape, result.decay.model
    ((3, 1, 4), 'none')
    """
    first, second = _two(recording, "paired_pulses", "interval", "pulse")
    interval = _along(recording, "paired_pulses", "interval", "interval")
    index = _change("paired_pulses", first, second)
    mean = np.nanmean(index, axis=(0, 1))
    return PairedPulseResult(interval, index, fit_decay(interval, mean))


def spike_timing(recording: xr.Dataset) -> SpikeTiming:
    """Return the STDP window and the exponentials of its two sides.

    Parameters
    ----------
    recording : xarray.Dataset
        Of :class:`acanthite.measurement.SpikePairs`, or a measured one alike: ``conductance``, or
        ``current`` and ``voltage``, dims (device, cycle, pair, read), a read before and one after;
        a coordinate ``delay`` along ``pair``, in seconds.

    Returns
    -------
    SpikeTiming

    Raises
    ------
    AnalysisError
        If the dims are others, or nothing conducts before a pair.

    Examples
    --------
    >>> devices = ac.device.VTEAM.sample(2, seed=1)
    >>> spikes = ac.measurement.SpikePairs([-0.02, 0.02], peak=0.05)
    >>> ac.analysis.spike_timing(ac.measurement.run(devices, spikes)).change.shape
    (2, 1, 2)
    """
    before, after = _two(recording, "spike_timing", "pair", "read")
    delay = _along(recording, "spike_timing", "pair", "delay")
    change = _change("spike_timing", before, after)
    middle = np.nanmedian(change, axis=(0, 1))
    sides = (fit_decay(np.abs(delay[s]), middle[s]) for s in (delay > 0, delay < 0))
    return SpikeTiming(delay, change, *sides)


def _two(recording: xr.Dataset, name: str, outer: str, inner: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the conductance of the two members of each pair, (device, cycle, pair) each."""
    g = conductance(recording)
    g = g.expand_dims([d for d in ("device", "cycle") if d not in g.dims])
    if set(g.dims) != {"device", "cycle", outer, inner} or g.sizes[inner] != 2:
        raise AnalysisError(
            f"{name}: conductance has dims {dict(g.sizes)}; expected (device, cycle, {outer}, "
            f"{inner}) with two of the last"
        )
    values = g.transpose("device", "cycle", outer, inner).values
    return values[..., 0], values[..., 1]


def _along(recording: xr.Dataset, name: str, dim: str, coordinate: str) -> np.ndarray:
    if coordinate not in recording.coords:
        raise AnalysisError(
            f"{name}: the recording has no coordinate {coordinate!r} along {dim}; expected times "
            "in seconds"
        )
    return np.asarray(recording[coordinate].values, float)


def _change(name: str, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    if not (np.abs(first) > 0.0).any():
        raise AnalysisError(f"{name}: the first of all pairs conducts nothing; expected a response")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = second / first - 1.0
    return np.where(np.isfinite(ratio), ratio, np.nan)
