"""Two pulses with an interval between them, and two spikes with a delay: what synapses are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.arguments import number
from acanthite.constants import ms, mV, us
from acanthite.errors import ProgramError, brief
from acanthite.measurement.programs.checks import (
    check_edge,
    check_positive,
    check_segments,
    check_volts,
    checked_counts,
    checked_numbers,
)
from acanthite.measurement.schedule import Schedule, Segments
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@accepts_quantities
@dataclass(frozen=True)
class PairedPulses:
    """Pairs of equal pulses, the current sampled at the end of each (PPF).

    Parameters
    ----------
    intervals : array_like, shape (interval,)
        From the end of the first pulse to the start of the second. [s]
    voltage : float
        Of the pulses. [V]
    width, edge : float
        Full width at half maximum, and rise and fall time. [s]
    rest : float
        After each pair, for the device to forget it. [s]
    repeats : int
        Of all the pairs; they are the cycles of the Recording.
    erase_voltage : float, optional
        Of a pulse before each pair, for a device that does not forget; none without it. [V]
    erase_width : float
        Of that pulse. [s]
    compliance : float, optional
        Current limit of the pulses; the instrument's own without it. [A]

    Raises
    ------
    ProgramError
        When scheduled, if a value makes no sense.

    Examples
    --------
    >>> import numpy as np
    >>> @ac.device.law(state="x", parameters={"gain": 1.0, "tau": 1.0}, initial=0.0, upper=None)
    ... def leaky(x, voltage, p):
    ...     return p.gain * voltage - x / p.tau, 1e-6 * (1 + x) * voltage
    >>> pairs = ac.measurement.PairedPulses(
    ...     np.geomspace(0.1, 10, 9), voltage=0.5, width=0.5, edge=0.01, rest=20.0
    ... )
    >>> measured = ac.measurement.run(leaky.sample(1, seed=1), pairs)
    >>> dict(measured.sizes)
    {'device': 1, 'cycle': 1, 'interval': 9, 'pulse': 2}
    >>> ac.analysis.paired_pulses(measured).verdict
    'facilitation'
    """

    intervals: ArrayLike
    voltage: float = -0.1
    width: float = 1 * ms
    edge: float = 1 * us
    rest: float = 1.0
    repeats: int = 1
    erase_voltage: float | None = None
    erase_width: float = 10 * ms
    compliance: float | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dims are (interval, pulse)."""
        name = "PairedPulses"
        check_volts(name, voltage=self.voltage)
        check_edge(name, self.edge, self.width)
        check_positive(name, rest=self.rest)
        (repeats,) = checked_counts(name, repeats=self.repeats)
        intervals = _axis(f"{name}: intervals", self.intervals)
        if not (intervals > 0.0).all():
            raise ProgramError(
                f"{name}: intervals = {brief(self.intervals)}; expected times above 0"
            )
        s = Segments(current_limit)
        pulse_limit = current_limit
        if self.compliance is not None:
            check_positive(name, compliance=self.compliance)
            pulse_limit = min(current_limit, self.compliance)
        for interval in intervals:
            _erase(name, s, self.erase_voltage, self.erase_width, self.edge, self.rest)
            for wait in (float(interval), self.rest):
                s.limit = pulse_limit
                s.to(self.voltage, self.edge)
                s.hold(self.width - self.edge, record=True)
                s.limit = current_limit
                s.to(0.0, self.edge)
                s.hold(wait)
        return s.schedule(
            repeats,
            ("interval", "pulse"),
            (len(intervals), 2),
            interval=("interval", intervals, "s", "end of the first pulse to start of the second"),
        )


@accepts_quantities
@dataclass(frozen=True)
class SpikePairs:
    """Spikes of two neurons at the two ends of the device, read before and after (STDP).

    A spike rises to its peak, stays there for ``width``, falls below zero and comes back in a
    straight line over ``tail``. The device has the difference of both. Neither spike alone need
    switch it; where the peak of one meets the tail of the other their sum may. A delay above zero,
    the postsynaptic spike after the presynaptic one, drives the device towards its LRS at negative
    voltage, as Ag2S sets; give negative ``peak`` and ``undershoot`` for a device of the other
    polarity.

    Parameters
    ----------
    delays : array_like, shape (pair,)
        Peak of the postsynaptic spike after that of the presynaptic one. [s]
    peak : float
        Of a spike. [V]
    width, edge : float
        Of the peak, and of its rise and its fall. [s]
    undershoot : float
        How far below zero a spike falls. [V]
    tail : float
        How long it takes to come back. [s]
    read_voltage, read_time : float
        [V], [s]
    rest : float
        Before the first read and after the spikes. [s]
    repeats : int
        Of all the pairs; they are the cycles of the Recording.
    erase_voltage : float, optional
        Of a pulse before each pair, to start all from one state; none without it. [V]
    erase_width : float
        Of that pulse. [s]

    Raises
    ------
    ProgramError
        When scheduled, if a value makes no sense.

    Examples
    --------
    >>> from acanthite.constants import ms
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> spikes = ac.measurement.SpikePairs([-20 * ms, 20 * ms])
    >>> dict(ac.measurement.run(devices, spikes).sizes)
    {'device': 2, 'cycle': 1, 'pair': 2, 'read': 2}
    """

    delays: ArrayLike
    peak: float = 0.15
    width: float = 5 * ms
    edge: float = 1 * ms
    undershoot: float = 0.1
    tail: float = 100 * ms
    read_voltage: float = 5 * mV
    read_time: float = 1 * ms
    rest: float = 0.1
    repeats: int = 1
    erase_voltage: float | None = None
    erase_width: float = 10 * ms

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dims are (pair, read)."""
        name = "SpikePairs"
        check_volts(name, peak=self.peak, read_voltage=self.read_voltage)
        number(f"{name}: undershoot", self.undershoot, error=ProgramError)
        check_positive(
            name,
            width=self.width,
            edge=self.edge,
            tail=self.tail,
            read_time=self.read_time,
            rest=self.rest,
        )
        (repeats,) = checked_counts(name, repeats=self.repeats)
        delays = _axis(f"{name}: delays", self.delays)
        s = Segments(current_limit)
        edge = min(self.edge, 0.1 * self.read_time)
        for delay in delays:
            _erase(name, s, self.erase_voltage, self.erase_width, self.edge, self.rest)
            s.hold(self.rest)
            s.read(self.read_voltage, self.read_time, edge)
            s.hold(self.rest)
            times, volts = self.pair(float(delay))
            for k in range(1, len(times)):
                s.to(float(volts[k]), float(times[k] - times[k - 1]))
            s.hold(self.rest)
            s.read(self.read_voltage, self.read_time, edge)
        return s.schedule(
            repeats,
            ("pair", "read"),
            (len(delays), 2),
            delay=("pair", delays, "s", "postsynaptic spike after the presynaptic one"),
        )

    def spike(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the corners of one spike: times [s] from its start, and voltages [V]."""
        times = np.cumsum([0.0, self.edge, self.width, self.edge, self.tail])
        return times, np.array([0.0, self.peak, self.peak, -self.undershoot, 0.0])

    def pair(self, delay: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the corners of the voltage on the device for two spikes.

        Parameters
        ----------
        delay : float
            [s]

        Returns
        -------
        times, voltages : ndarray
            [s], [V]
        """
        own, volts = self.spike()
        before, after = own + max(0.0, -delay), own + max(0.0, delay)
        times = np.unique(np.r_[before, after])
        # two corners of one moment, apart by rounding, are one
        times = times[np.r_[True, np.diff(times) > 1e-9 * (self.edge + abs(delay))]]
        presynaptic, postsynaptic = (
            np.interp(times, each, volts, left=0.0, right=0.0) for each in (before, after)
        )
        return times - times[0], presynaptic - postsynaptic + 0.0


def _axis(name: str, given: Any) -> np.ndarray:
    numbers = checked_numbers(name, given)
    if numbers.ndim != 1 or not numbers.size:
        raise ProgramError(f"{name} has shape {numbers.shape}; expected a list of one or more")
    check_segments(name.partition(":")[0], name.partition(": ")[2], 20.0 * numbers.size)
    return numbers


def _erase(
    name: str, s: Segments, voltage: float | None, width: float, edge: float, rest: float
) -> None:
    """Apply a pulse that brings the device back, if one is asked for."""
    if voltage is None:
        return
    check_volts(name, erase_voltage=voltage)
    check_edge(name, edge, width)
    s.pulse(voltage, width, edge)
    s.hold(rest)
