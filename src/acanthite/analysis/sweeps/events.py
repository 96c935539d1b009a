"""SET, RESET and forming in measured sweeps: noise, compliance, gradual switching, missed cycles,
any polarity.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis.sweeps.confidence import confidence
from acanthite.analysis.sweeps.current_limit import limit_that_held, plateau, stated_limit
from acanthite.analysis.sweeps.excursions import Excursion, find_excursions, ordered_sweeps
from acanthite.analysis.sweeps.switching_events import MEMORY_SIGN, Events, SwitchingEvents
from acanthite.errors import AnalysisError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_FORMING = re.compile(r"(?<![a-z])(electro)?form(ing)?(?![a-z])", re.IGNORECASE)
_UNDONE = 3.0  # times the decades a RESET needs that the way back does not remember
_PRISTINE = 10.0  # times less conducting than the HRS of any later cycle: a device not yet formed


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
        limit = limit_that_held(compliance or stated_limit(recording), i[:, part])
        if not (compliance and np.isfinite(limit)):
            limit = min(limit, plateau(i[:, part], drive[part]))
        seen = scan(v_out, i_out, v_back, i_back, limit)
        known = np.any(np.isfinite(v) & np.isfinite(i), axis=-1)
        judgements.append(_Judgement(seen, v_out, known, shape, excursion, limit, number))
    return judgements


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
        gradual = seen[:, 2] * [1.0, np.sign(MEMORY_SIGN[kind]), 1.0, 1.0]
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
