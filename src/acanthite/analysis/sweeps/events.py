"""SET, RESET and forming in measured sweeps: noise, compliance, gradual switching, missed cycles,
any polarity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis.sweeps.confidence import confidence
from acanthite.analysis.sweeps.excursions import Excursion, find_excursions, ordered_sweeps
from acanthite.display import Plotted
from acanthite.errors import AnalysisError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_FORMING = re.compile(r"(?<![a-z])(electro)?form(ing)?(?![a-z])", re.IGNORECASE)
_BEYOND = 1.05  # of a current limit: more than an analyser lets through
_PLATEAU = 1e-3  # relative spread of a current held at compliance
_STEADY = 1e-2  # of the largest voltage: how far the source goes on meanwhile, at least
_KEPT = 0.15  # decades that count as remembered
_UNDONE = 3.0  # times the decades a RESET needs that the way back does not remember
_SIGN = {"set": 1.0, "reset": -1.0, "none": np.nan}  # of what the way back remembers
_PRISTINE = 10.0  # times less conducting than the HRS of any later cycle: a device not yet formed


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
        Samples elsewhere that would do as well but for the noise.
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
        return _SIGN[self.kind]


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


@accepts_quantities
def find_events(*recordings: xr.Dataset, compliance: float | None = None) -> SwitchingEvents:
    """Find SET, RESET and forming in sweeps as they come from the lab.

    A sweep is cut into excursions (zero, extreme, zero). What an excursion does is read from the
    data: it sets where the way back conducts better than the way out, and resets where it conducts
    worse. A SET lies halfway between the two samples of the highest lasting rise of the logarithm
    of conductance on the way out; a RESET at the highest current before the first lasting drop.
    What has no such step, but a way back that remembers, is gradual and lies where half of the
    decades between the two ways are gone.

    Parameters
    ----------
    *recordings : xarray.Dataset
        Sweeps with dim ``sample``, and ``device`` and ``cycle`` or not. Several, where SET and
        RESET are in files of their own.
    compliance : float, optional
        Limit of the current; else the recording's attr ``compliance`` or a plateau seen in the
        data, the lower. It is not that of a branch which goes beyond it in most sweeps. [A]

    Returns
    -------
    SwitchingEvents

    Raises
    ------
    AnalysisError
        If no recording is given, or one is no sweep.

    Notes
    -----
    With ``d`` the decades of the change and ``s`` the robust standard deviation of the same
    quantity where nothing happens, an event is taken up where q(d / 0.3) q(d / 5 s) is one half or
    more, q(x) = x²/(1 + x²): from a change of a factor of two on, without noise. For a SET d is the
    larger of step and memory; for a RESET the larger of what the way back remembers and a third of
    what is lost on the way out, so that a RESET undone by a SET on the same way counts, and noise
    of a high-resistance state does not. The confidence in an accepted event is that of
    :mod:`acanthite.analysis.sweeps.confidence`.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> for event in ac.analysis.find_events(loops):
    ...     print(f"{event.kind}: {event.share:.0%}")
    set: 100%
    reset: 100%
    """
    if not recordings:
        raise AnalysisError("find_events: no recording given; expected at least one")
    judgements = [
        judgement
        for n, recording in enumerate(recordings)
        for judgement in _judgements_of(recording, n, compliance)
    ]
    events = _with_set(judgements, tuple(judgement.events() for judgement in judgements))
    if not events:
        raise AnalysisError(
            "find_events: the voltage never leaves zero by four samples; expected a sweep"
        )
    return SwitchingEvents(events, _forming(events, recordings))


def _with_set(judgements: list[_Judgement], events: tuple[Events, ...]) -> tuple[Events, ...]:
    """Return the events, the likeliest excursion as one that sets where all reset and then set
    again.

    A device that sets at both polarities begins every excursion in LRS: it resets and sets again on
    the same way out, and what it does first would be a RESET everywhere.
    """
    switching = [e for e in events if e.kind != "none"]
    signs = {e.excursion.sign for e in switching}
    if signs != {-1, 1} or any(e.kind == "set" for e in switching):
        return events
    sets = {
        k: judgements[k].events("set")
        for k, event in enumerate(events)
        if event.kind == "reset" and judgements[k].sets_again()
    }
    if not sets:
        return events
    chosen = min(sets, key=lambda k: (-sets[k].share, abs(np.nanmedian(sets[k].voltage))))
    return tuple(sets[k] if k == chosen else event for k, event in enumerate(events))


def _judgements_of(
    recording: xr.Dataset, number: int, compliance: float | None
) -> list[_Judgement]:
    from acanthite.analysis.sweeps.steps import scan

    v, i, drive = ordered_sweeps(recording)
    shape = v.shape[:2]
    v, i = v.reshape(-1, v.shape[-1]), i.reshape(-1, i.shape[-1])
    judgements = []
    for excursion in find_excursions(drive):
        v_out, i_out, v_back, i_back = (
            np.ascontiguousarray(a[:, part])
            for part in (excursion.out, excursion.back)
            for a in (v, i)
        )
        part = slice(excursion.out.start, excursion.back.stop)
        limit = _where_it_held(compliance or _given(recording), i[:, part])
        if not (compliance and np.isfinite(limit)):
            limit = min(limit, _plateau(i[:, part], drive[part]))
        seen = scan(v_out, i_out, v_back, i_back, limit)
        known = np.any(np.isfinite(v) & np.isfinite(i), axis=-1)
        judgements.append(_Judgement(seen, v_out, known, shape, excursion, limit, number))
    return judgements


def current_limit(recording: xr.Dataset) -> float:
    """Return the current that sweeps were held to: the recording's attr ``compliance`` or a plateau
    seen, else infinity. [A]
    """
    _, i, drive = ordered_sweeps(recording)
    return min(_given(recording), _plateau(i.reshape(-1, i.shape[-1]), drive))


def _given(recording: xr.Dataset) -> float:
    value = recording.attrs.get("compliance")
    return float(abs(value)) if isinstance(value, int | float | np.number) and value else np.inf


def _where_it_held(limit: float, i: Array) -> float:
    """Return a current limit, or infinity for a branch that goes beyond it: an analyser may limit
    the SET alone.
    """
    with np.errstate(invalid="ignore"):
        beyond = np.nanmax(np.abs(i), axis=-1, initial=0.0) > _BEYOND * limit
    return np.inf if beyond.mean() > 0.5 else limit


def _plateau(i: Array, drive: Array) -> float:
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


class _Judgement:
    """What is seen on an excursion, judged as SETs or as RESETs."""

    def __init__(
        self,
        seen: Array,
        v: Array,
        known: NDArray[np.bool_],
        shape: tuple[int, ...],
        excursion: Excursion,
        limit: float,
        number: int,
    ) -> None:
        nothing = np.array([[-1, 0, 0, 0], [-1, 0, 0, 0], [-1, np.nan, np.nan, 0]])
        self.searched = np.isfinite(seen[:, 0, 0])
        # sweeps with gaps are left out
        self.seen = np.where(self.searched[:, None, None], seen, nothing)
        self.v = v
        self.known = known
        self.shape = shape
        self.excursion = excursion
        self.limit = limit
        self.number = number
        self.set_belief, self.reset_belief = _beliefs(self.seen)
        self.step_belief = _belief(*self.seen[:, 0, 1:3].T)

    def sets_again(self) -> bool:
        """Return whether at least half of the curves set by a step."""
        sets = self.searched & (self.step_belief >= 0.5)
        return bool(sets.any() and sets.sum() >= 0.5 * self.searched.sum())

    def events(self, kind: str | None = None) -> Events:
        """Return the events of a kind, by default of what most of the curves do."""
        seen = self.seen
        kind = kind or _kind(seen, self.set_belief, self.reset_belief)
        belief = {"set": self.set_belief, "reset": self.reset_belief}.get(kind, np.zeros(len(seen)))
        steps = seen[:, 0 if kind == "set" else 1]
        gradual = seen[:, 2] * [1.0, np.sign(_SIGN[kind]), 1.0, 1.0]
        step = (steps[:, 0] >= 0) & ((_belief(*steps[:, 1:3].T) >= 0.5) | (kind != "set"))
        place, decades, noise, rivals = np.where(step[:, None], steps, gradual).T
        voltage = _voltage_at(self.v, place.astype(int), halfway=(kind == "set") & step)
        voltage[(belief < 0.5) | (place < 0)] = np.nan
        detected = np.isfinite(voltage)
        sure = np.where(step, *(confidence(k, decades, noise, rivals) for k in (kind, "gradual")))
        arrays = (
            voltage,
            np.where(detected, sure, 0.0),
            decades,
            noise,
            rivals,
            step & detected,
            seen[:, 2, 1],
            self._preceding(kind, place, detected),
            self.known,
            self.searched,
        )
        shaped: list[Any] = [a.reshape(self.shape) for a in arrays]
        return Events(kind, self.excursion, *shaped, compliance=self.limit, recording=self.number)

    def _preceding(self, kind: str, place: Array, detected: NDArray[np.bool_]) -> Array:
        """Return the voltage of the opposite event before each, which memory then does not show."""
        if kind == "none":
            return np.full(len(self.seen), np.nan)
        other = 1 if kind == "set" else 0
        belief = self.reset_belief if kind == "set" else self.step_belief
        first = self.seen[:, other, 0]
        seen = detected & (belief >= 0.5) & (first >= 0) & (first < place)
        voltage = _voltage_at(self.v, first.astype(int), halfway=np.full(len(seen), kind != "set"))
        return np.where(seen, voltage, np.nan)


def _belief(decades: Array, noise: Array) -> Array:
    from acanthite.analysis.sweeps.steps import belief

    return np.array([belief(d, s) for d, s in zip(decades, noise, strict=True)])


def _beliefs(seen: Array) -> tuple[Array, Array]:
    """Return how far each curve is believed to set, and to reset."""
    known = np.isfinite(seen[:, 2, 1])
    memory, noise = (np.where(known, seen[:, 2, k], 0.0) for k in (1, 2))
    as_set = np.maximum(_belief(*seen[:, 0, 1:3].T), _belief(memory, noise))
    lost = _belief(seen[:, 1, 1] / np.where(known, _UNDONE, 1.0), seen[:, 1, 2]) * (
        seen[:, 1, 0] >= 0
    )
    return as_set, np.maximum(_belief(-memory, noise), lost)


def _kind(seen: Array, set_belief: Array, reset_belief: Array) -> str:
    """Return what most of the curves do; of a curve that does both, what it does first."""
    sets, resets = set_belief >= 0.5, reset_belief >= 0.5
    first_set, first_reset = (
        np.where(seen[:, k, 0] >= 0, seen[:, k, 0], seen[:, 2, 0]) for k in (0, 1)
    )
    before = first_set <= first_reset
    sets, resets = sets & (~resets | before), resets & (~sets | ~before)
    if not (sets | resets).any():
        return "none"
    return "set" if sets.sum() >= resets.sum() else "reset"


def _voltage_at(v: Array, place: NDArray[np.int_], halfway: NDArray[np.bool_]) -> Array:
    rows = np.arange(v.shape[0])
    k = np.clip(place, 0, v.shape[1] - 1)
    following = np.where(halfway, np.minimum(k + 1, v.shape[1] - 1), k)
    # in compliance the voltage falls back to less than the device has seen already
    following = np.where(np.abs(v[rows, following]) < np.abs(v[rows, k]), k, following)
    return 0.5 * (v[rows, k] + v[rows, following])


def _forming(events: tuple[Events, ...], recordings: tuple[xr.Dataset, ...]) -> NDArray[np.bool_]:
    """Return which SET events form: said by the name of the test, or from ten times less than any
    later HRS.
    """
    first = next((e for e in events if e.kind == "set"), None)
    if first is None:
        return np.zeros((0, 0), bool)
    forming = np.zeros(first.voltage.shape, bool)
    recording = recordings[first.recording]
    if _FORMING.search(str(recording.attrs.get("test", ""))):
        forming[:] = True
    elif first.voltage.shape[1] > 1:
        v, i, _ = ordered_sweeps(recording)
        part = first.excursion.out
        low = slice(part.start, part.start + max(2, (part.stop - part.start) // 10))
        g = np.median(np.abs(i[..., low] / v[..., low]), axis=-1)
        g = np.where(np.isfinite(first.preceding_voltage), np.nan, g)  # begins in LRS
        later = np.where(np.isnan(g[:, 1:]), np.inf, g[:, 1:]).min(axis=1)
        forming[:, 0] = np.isfinite(later) & (g[:, 0] * _PRISTINE < later)
    return forming & np.isfinite(first.voltage)


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
