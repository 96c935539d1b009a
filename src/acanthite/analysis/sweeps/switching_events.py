"""Where sweeps switched, how surely, and in which order: the results of a search for events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.display import Plotted

if TYPE_CHECKING:
    from acanthite.analysis.sweeps.excursions import Excursion

Array = NDArray[np.float64]

#: what the way back remembers of a SET and of a RESET
MEMORY_SIGN = {"set": 1.0, "reset": -1.0, "none": np.nan}
_KEPT = 0.15  # decades that count as remembered


@dataclass(frozen=True)
class Events(Plotted, picture="acanthite.analysis.result_drawings:events"):
    """What one excursion of a sweep does, in every cycle of every device.

    Parameters
    ----------
    kind : str
        ``"set"``, ``"reset"`` or ``"none"``, as most of the cycles that change at all; what a cycle
        that does both does first counts. Where that makes RESETs of both polarities and no SET,
        the excursion in which more cycles set counts as one that sets.
    excursion : Excursion
        Where in the sweep.
    voltage : ndarray, shape (device, cycle)
        Signed; not-a-number where nothing was found. [V]
    confidence : ndarray, shape (device, cycle)
        Probability that the event is there, and within a step of the sweep from ``voltage``; 0
        where nothing was found.
    decades : ndarray, shape (device, cycle)
        Size of the change of conductance.
    noise : ndarray, shape (device, cycle)
        Standard deviation of the same, in decades, where nothing happens.
    rivals : ndarray, shape (device, cycle)
        Samples elsewhere that would do as well but for the noise, or rise out of it.
    abrupt : ndarray of bool, shape (device, cycle)
        Whether one step made it; a gradual event is placed where half of the decades are gone.
    memory : ndarray, shape (device, cycle)
        Decades by which the way back conducts better than the way out at low voltage; not-a-number
        without a way back.
    preceding_voltage : ndarray, shape (device, cycle)
        Voltage of the opposite event before it on the same way out, such as that of a RESET from
        which the cycle sets again; not-a-number where there is none. [V]
    measured, searched : ndarray of bool, shape (device, cycle)
        Cycles that hold any number, and those whose excursion has no gap. Devices with fewer cycles
        than others are padded with not-a-numbers, which count nowhere.
    compliance : float
        Limit of the current, given or seen; infinite where there is no limit. [A]
    recording : int
        Which of the recordings given.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> sets = ac.analysis.find_events(loops).first("set")
    >>> print(f"{sets.share:.0%} set, at {float(sets.voltage[0, 0]):.2f} V in the first loop")
    100% set, at -0.20 V in the first loop
    >>> int(sets.missed.sum()), bool(sets.abrupt.all())
    (0, True)
    """

    kind: str
    excursion: Excursion
    voltage: Array
    confidence: Array
    decades: Array
    noise: Array
    rivals: Array
    abrupt: NDArray[np.bool_]
    memory: Array
    preceding_voltage: Array
    measured: NDArray[np.bool_]
    searched: NDArray[np.bool_]
    compliance: float
    recording: int = 0

    @property
    def share(self) -> float:
        """Share of the cycles searched with an event; not-a-number where none was."""
        return float(self.detected.sum() / self.searched.sum()) if self.searched.any() else np.nan

    @property
    def detected(self) -> NDArray[np.bool_]:
        """Cycles with the event, shape (device, cycle)."""
        return np.isfinite(self.voltage)

    @property
    def missed(self) -> NDArray[np.bool_]:
        """Cycles searched without finding the event, shape (device, cycle)."""
        return self.searched & ~self.detected

    @property
    def gaps(self) -> NDArray[np.bool_]:
        """Cycles that could not be searched, as samples are missing from their excursion, shape
        (device, cycle).
        """
        return self.measured & ~self.searched

    @property
    def undone(self) -> NDArray[np.bool_]:
        """Cycles whose event the way back does not remember: volatile SETs, RESETs undone on the
        same way, shape (device, cycle).
        """
        kept = np.where(np.isfinite(self.preceding_voltage), -_KEPT, _KEPT)
        return self.detected & (self._sign * self.memory < kept)

    @property
    def opposite(self) -> NDArray[np.bool_]:
        """Cycles without the event that remember its opposite, such as a SET at RESET polarity,
        shape (device, cycle).
        """
        return self.missed & (self._sign * self.memory < -_KEPT)

    @property
    def _sign(self) -> float:
        return MEMORY_SIGN[self.kind]


@dataclass(frozen=True)
class SwitchingEvents(Plotted, picture="acanthite.analysis.result_drawings:switching_events"):
    """All excursions of one or more recordings, those of a book of SETs and a book of RESETs alike.

    Parameters
    ----------
    events : tuple of Events
    forming : ndarray of bool, shape (device, cycle)
        Of the SET events: those of a device that was pristine.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> events = ac.analysis.find_events(loops)
    >>> [event.kind for event in events], events.polarity, events.unipolar
    (['set', 'reset'], -1, False)
    """

    events: tuple[Events, ...]
    forming: NDArray[np.bool_]

    def __iter__(self) -> Iterator[Events]:
        return iter(self.events)

    def first(self, kind: str) -> Events | None:
        """Return the excursion that sets or resets, the first where several do, or None."""
        return next((e for e in self.events if e.kind == kind), None)

    @property
    def polarity(self) -> int:
        """Sign of the SET voltage as found in the data; 0 where nothing sets."""
        event = self.first("set")
        return event.excursion.sign if event else 0

    @property
    def unipolar(self) -> bool:
        """Whether SET and RESET have the same sign."""
        pair = self.first("set"), self.first("reset")
        return (
            pair[0] is not None
            and pair[1] is not None
            and pair[0].excursion.sign == pair[1].excursion.sign
        )

    @property
    def forming_voltage(self) -> Array:
        """Voltages of the forming events, shape (n,). [V]"""
        event = self.first("set")
        return event.voltage[self.forming] if event else np.empty(0)

    @property
    def set_voltage(self) -> Array:
        """SET voltages, forming left out, shape (device, cycle); empty where nothing sets. [V]"""
        event = self.first("set")
        return np.where(self.forming, np.nan, event.voltage) if event else np.empty((0, 0))

    @property
    def reset_voltage(self) -> Array:
        """RESET voltages, shape (device, cycle); empty where nothing resets. [V]"""
        event = self.first("reset")
        return event.voltage if event else np.empty((0, 0))

    def __str__(self) -> str:
        return "\n".join(_describe(e, self.forming) for e in self.events)


def _gaps(e: Events) -> str:
    n = int(e.gaps.sum())
    return f" ({n} more have gaps)" if n else ""


def _describe(e: Events, forming: NDArray[np.bool_]) -> str:
    side = "negative" if e.excursion.sign < 0 else "positive"
    if e.kind == "none":
        return f"no switching at {side} voltage in {e.searched.sum()} sweeps{_gaps(e)}"
    v = e.voltage[e.detected]
    detected = e.detected
    text = (
        f"{e.kind.upper():5s} at {side} voltage in {detected.sum()} of {e.searched.sum()} "
        f"sweeps{_gaps(e)}"
    )
    if v.size:
        text += (
            f": median {np.median(v):+.3g} V, from {v.min():+.3g} to {v.max():+.3g} V, "
            f"{e.abrupt.sum()} abrupt"
        )
        text += f", confidence {np.median(e.confidence[detected]):.2f}"
        before = np.isfinite(e.preceding_voltage)
        if before.any():
            opposite = "RESET" if e.kind == "set" else "SET"
            text += f", {before.sum()} after a {opposite} on the same way out"
    if e.kind == "set" and forming.shape == e.voltage.shape and forming.any():
        text += f", {forming.sum()} of them forming"
    return text
