"""What currents under a voltage that stays say: how a state holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite import analysis
from acanthite.analysis import RetentionFit
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.report.measured.grouping.labels import device_labels
from acanthite.report.measured.kinds.as_measured import analyse_other
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

Array = NDArray[np.float64]


def analyse_retention(study: Study, options: Options) -> Finding:
    """Return how resistances drift, and when they would have changed by the factor of the options.

    Parameters
    ----------
    study : Study
    options : Options

    Returns
    -------
    Finding
    """
    recording = study.recordings[0]
    labels = device_labels(recording, study.files[0], options)
    states, curves = _curves(recording)
    fits: list[_Fit] = []
    trouble = []
    for (d, c), (t, r) in curves.items():
        try:
            failure = _failure(t, r, options.retention_factor)
            fits.append(
                _Fit(
                    labels[d],
                    c + 1,
                    states.get(c, ""),
                    t,
                    r,
                    analysis.fit_retention(t, r, failure),
                    failure,
                )
            )
        except AnalysisError as error:
            trouble.append(f"{labels[d]}, {states.get(c, f'cycle {c + 1}')}: {error}")
    if not fits:
        return analyse_other(
            study,
            (
                "A current under one voltage, without enough times to tell a drift: shown, not "
                "analysed."
            ),
        )
    units = _units(recording)
    numbers = tuple(
        number
        for state in dict.fromkeys(fit.state for fit in fits)
        for number in _numbers(
            [fit for fit in fits if fit.state == state], options.retention_factor, *units
        )
    )
    after = " s" if units[1] == "s" else ", in the file's unit of time"
    values = tuple(
        Value(
            fit.device,
            fit.cycle,
            f"R at the end{f', {fit.state}' * bool(fit.state)}",
            float(fit.r[-1]),
            units[0],
            None,
            f"after {fit.time[-1]:.4g}{after}",
        )
        for fit in fits
    )
    held = "The states held" if any(states.values()) else "A state held at one voltage"
    summary = (
        f"{held}, {len(fits)} curve{'s' * (len(fits) != 1)}, up to {fits[0].time.max():.4g}{after}."
    )
    drawings = tuple(_drawing(fit) for fit in {fit.state: fit for fit in reversed(fits)}.values())[
        ::-1
    ]
    return Finding(summary, numbers, values, drawings, (*study.notes, *trouble, *_relative(units)))


@dataclass(frozen=True)
class _Fit:
    """A state of a device, how its resistance went, and the law that describes it."""

    device: str
    cycle: int
    state: str
    time: Array
    r: Array
    law: RetentionFit
    failure: float


def _units(recording: xr.Dataset) -> tuple[str, str]:
    """Return the units of the resistances and times: 1 where the file does not say them."""
    if "conductance" not in recording:
        return "ohm", "s"
    relative = recording["conductance"].attrs.get("units") == "1"
    return "1" if relative else "ohm", str(recording["time"].attrs.get("units", "s"))


def _relative(units: tuple[str, str]) -> Iterator[str]:
    missing = [
        word for word, unit in zip(("resistances", "times"), units, strict=True) if unit == "1"
    ]
    if missing:
        yield (
            f"The file does not say the unit of its {' and '.join(missing)}: units='SI' says ohm "
            "and seconds."
        )


def _curves(
    recording: xr.Dataset,
) -> tuple[dict[int, str], dict[tuple[int, int], tuple[Array, Array]]]:
    """Return the names of the states, and time and resistance by device and cycle, or state."""
    if "conductance" in recording:
        return _curves_of_states(recording)
    from acanthite.analysis.sweeps.excursions import ordered_sweeps

    v, i, _ = ordered_sweeps(recording)
    t = np.asarray(recording["time"].broadcast_like(recording["current"]).values, float).reshape(
        v.shape
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.abs(v / i)
    return {}, {
        at: _known(t[at], r[at]) for at in np.ndindex(v.shape[:2]) if _measured(t[at], r[at])
    }


def _curves_of_states(
    recording: xr.Dataset,
) -> tuple[dict[int, str], dict[tuple[int, int], tuple[Array, Array]]]:
    g, t = (
        np.asarray(recording[name].transpose("device", "state", "sample").values, float)
        for name in ("conductance", "time")
    )
    names = (
        dict(enumerate(map(str, recording["state"].values))) if "state" in recording.coords else {}
    )
    curves = {
        at: _known(t[at], 1 / g[at]) for at in np.ndindex(g.shape[:2]) if _measured(t[at], g[at])
    }
    return names, curves


def _measured(time: Array, read: Array) -> bool:
    """Return whether anything was: other devices may have more cycles."""
    return bool((np.isfinite(time) & ~np.isnan(read)).any())


def _known(time: Array, r: Array) -> tuple[Array, Array]:
    """Return what was read after the first time."""
    time = time - np.nanmin(time, initial=np.inf)
    keep = np.isfinite(time) & np.isfinite(r) & (time > 0)
    return time[keep], r[keep]


def _failure(time: Array, r: Array, factor: float) -> float:
    """Return the resistance at which the state is lost: that way in which it drifts."""
    if r.size < 3:
        raise AnalysisError(
            f"retention: {r.size} reads at different positive times; expected at least three"
        )
    start = float(np.median(r[: max(3, r.size // 20)]))
    rises = float(np.polyfit(np.log(time), np.log(r), 1)[0]) > 0
    return start * factor if rises else start / factor


def _numbers(fits: list[_Fit], factor: float, ohm: str, second: str) -> tuple[Number, ...]:
    if len(fits) == 1:
        law = fits[0].law
        estimates = [replace(law.initial, unit=ohm), law.rate, replace(law.lifetime, unit=second)]
    else:
        life = np.array([fit.law.lifetime.value for fit in fits])
        estimates = [
            analysis.median(np.array([fit.law.initial.value for fit in fits]), ohm),
            analysis.median(np.array([fit.law.rate.value for fit in fits])),
            Estimate(float(np.median(life)), second, None, life.size),
        ]
    notes = (
        "fitted, at the first read",
        "exponent of time; 0 holds for ever",
        f"until the resistance has changed by {factor:g}, extrapolated by the power law",
    )
    names = ("R at the start", "drift exponent", "retention")
    state = f", {fits[0].state}" if fits[0].state else ""
    return tuple(
        Number(f"{n}{state}", e, note) for n, e, note in zip(names, estimates, notes, strict=True)
    )


def _drawing(fit: _Fit) -> Drawing:
    def draw() -> Canvas:
        from acanthite.drawing import new_figure

        figure, ax = new_figure(5.4, 3.4)
        analysis.plot_retention(fit.time, fit.r, fit.law, fit.failure, ax)
        return figure

    name = f"retention_{fit.state.lower()}" if fit.state else "retention"
    what = f" of {fit.state}" if fit.state else ""
    return Drawing(
        name, f"Resistance{what} against time, and its drift extrapolated to the failure.", draw
    )
