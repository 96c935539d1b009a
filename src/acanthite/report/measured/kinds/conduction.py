"""Branches on which a device stays in one state, and their conduction mechanisms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite import analysis
from acanthite.analysis import ConductionFits, Events, SwitchingEvents
from acanthite.analysis.drawings import MECHANISM_NAMES
from acanthite.analysis.sweeps.excursions import find_excursions, ordered_sweeps
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.formatting import as_text
from acanthite.report.measured.grouping.labels import device_labels
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

Array = NDArray[np.float64]
Branch = tuple[Array, Array]
Fits = dict[str, tuple[Branch, ConductionFits]]

_SHOWN = 4  # mechanisms given for a branch
_SHORT_OF_SWITCHING = 0.8  # of the voltage at which the state is left


def state_branches(
    study: Study, events: SwitchingEvents, options: Options
) -> tuple[tuple[Number, ...], tuple[Drawing, ...]]:
    """Return the mechanisms of both states of the sweep whose event is the median one.

    Parameters
    ----------
    study : Study
        Of loops.
    events : SwitchingEvents
    options : Options
    """
    event = events.first("set") or events.first("reset")
    if event is None or not np.isfinite(event.voltage).any():
        return (), ()
    v, i, _ = ordered_sweeps(study.recordings[event.recording])
    gap = np.abs(event.voltage - np.nanmedian(event.voltage))
    d, c = np.unravel_index(int(np.nanargmin(gap)), gap.shape)
    names = ("HRS", "LRS") if event.kind == "set" else ("LRS", "HRS")
    branches: dict[str, Branch] = dict(
        zip(names, _states(v[d, c], i[d, c], event, float(event.voltage[d, c])), strict=True)
    )
    fits = _fit_all(branches, options)
    label = device_labels(study.recordings[event.recording], study.files[0], options)[d]
    of = f"{label}, " if event.voltage.shape[0] > 1 else ""
    where = (
        f"{of}cycle {c + 1}, the median {event.kind.upper()}"
        if event.voltage.size > 1
        else "both states"
    )
    return tuple(_numbers(fits)), (_drawing(fits, where),) if fits else ()


def _states(v: Array, i: Array, event: Events, voltage: float) -> tuple[Branch, Branch]:
    """Return the way out up to the event, and the way back, less what the compliance held."""
    out, back = event.excursion.out, event.excursion.back
    before = np.abs(v[out]) < _SHORT_OF_SWITCHING * abs(voltage)
    free = np.abs(i[back]) < 0.95 * event.compliance
    return (v[out][before], i[out][before]), (v[back][free], i[back][free])


def analyse_conduction(study: Study, options: Options) -> Finding:
    """Return resistance and conduction mechanism of either sign, of sweeps that do not switch.

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
    v, i, drive = ordered_sweeps(recording)
    curve = np.nanmedian(i.reshape(-1, i.shape[-1]), axis=0)
    ways = {
        side: way
        for side, sign in (("negative", -1), ("positive", 1))
        if (way := _way(drive, sign)).size
    }
    branches = {side: (drive[way], curve[way]) for side, way in ways.items()}
    fits = _fit_all(branches, options)
    numbers = [
        n for side, way in ways.items() for n in _resistance(v, i, drive, way, side, options)
    ]
    summary = "Nothing switches: a leakage or conduction measurement."
    if not fits:
        summary = (
            "Nothing switches, and too little current stands out of the noise for a mechanism."
        )
    else:
        mechanisms = "; ".join(
            f"at {side} voltage {_verdict(mechanism_fits)}"
            for side, (_, mechanism_fits) in fits.items()
        )
        summary += f" Conduction mechanism: {mechanisms}."
    drawings = (_curve(recording, study), *((_drawing(fits, "the median sweep"),) if fits else ()))
    values = tuple(_values(v, i, drive, ways, labels, options))
    return Finding(summary, (*numbers, *_numbers(fits)), values, drawings, study.notes)


def _way(drive: Array, sign: int) -> NDArray[np.int_]:
    """Return the samples of one sign.

    The way out from zero where there is one, else the way back.
    """
    out = [e.out for e in find_excursions(drive) if e.sign == sign]
    if out:
        return np.arange(out[0].start, out[0].stop)
    return np.flatnonzero(np.sign(drive) == sign)


def _at(
    v: Array, i: Array, drive: Array, way: NDArray[np.int_], options: Options
) -> tuple[float, Array]:
    """Return the read voltage and the resistance of each sweep there, shape (device, cycle)."""
    size = np.abs(drive[way])
    level = abs(options.read_voltage) if options.read_voltage else float(size.max())
    k = int(way[np.argmin(np.abs(size - level))])
    with np.errstate(divide="ignore", invalid="ignore"):
        r = v[..., k] / i[..., k]
    return float(drive[k]), np.where(np.isfinite(r) & (r > 0) & ~_displaced(i, drive, k), r, np.nan)


def _displaced(i: Array, drive: Array, k: int) -> NDArray[np.bool_]:
    """Return where the current at a sample turns with the sweep.

    It charges the device and tells no resistance.
    """
    slope = np.gradient(drive)
    back = np.flatnonzero(slope * slope[k] < 0)
    if not slope[k] or not back.size:
        return np.zeros(i.shape[:-1], bool)
    other = int(back[np.argmin(np.abs(drive[back] - drive[k]))])
    if abs(drive[other] - drive[k]) > 0.05 * np.abs(drive).max():
        return np.zeros(i.shape[:-1], bool)
    return i[..., k] * i[..., other] < 0


def _resistance(
    v: Array, i: Array, drive: Array, way: NDArray[np.int_], side: str, options: Options
) -> Iterator[Number]:
    level, r = _at(v, i, drive, way, options)
    if np.isfinite(r).any():
        note = f"{'median ' if r.size > 1 else ''}at {as_text(level, 'V')}"
        yield Number(f"resistance, {side}", analysis.median(r, "ohm"), note)
        yield Number(f"current, {side}", analysis.median(level / r, "A"), note)


def _values(
    v: Array,
    i: Array,
    drive: Array,
    ways: dict[str, NDArray[np.int_]],
    labels: list[str],
    options: Options,
) -> Iterator[Value]:
    for way in ways.values():
        level, r = _at(v, i, drive, way, options)
        for (d, c), value in np.ndenumerate(r):
            if np.isfinite(i[d, c]).any():
                yield Value(labels[d], c + 1, f"R at {level:+.4g} V", float(value), "ohm")


def _fit_all(branches: dict[str, Branch], options: Options) -> Fits:
    fits: Fits = {}
    for name, (v, i) in branches.items():
        try:
            mechanism_fits = analysis.fit_conduction(
                v, i, temperature=options.temperature, thickness=options.thickness
            )
        except AnalysisError:
            continue  # too short, or all noise: no mechanism stands out
        fits[name] = ((v, i), mechanism_fits)
    return fits


def _verdict(mechanism_fits: ConductionFits) -> str:
    """Return which mechanism it is, in words: one, several that are not told apart, or none."""
    if mechanism_fits.best is not None:
        return MECHANISM_NAMES[mechanism_fits.best.mechanism]
    if mechanism_fits.candidates:
        return "not told apart: " + ", ".join(
            f"{MECHANISM_NAMES[fit.mechanism]} {100 * fit.weight:.0f} %"
            for fit in mechanism_fits.candidates
        )
    closest = min(mechanism_fits, key=lambda fit: fit.decades)
    return (
        f"none of those fitted; the closest is {MECHANISM_NAMES[closest.mechanism]}: "
        f"{closest.trouble}"
    )


def _numbers(fits: Fits) -> Iterator[Number]:
    for name, (_, mechanism_fits) in fits.items():
        group = f"Conduction, {name}"
        for fit in mechanism_fits[:_SHOWN]:
            note = (
                f"off by {fit.decades:.3f} decades rms"
                if fit.describes
                else f"left out: {fit.trouble}"
            )
            yield Number(
                f"{MECHANISM_NAMES[fit.mechanism]}, weight",
                Estimate(fit.weight, "1", None, fit.n),
                note,
                group,
            )
            for parameter, estimate in {**fit.parameters, **fit.derived}.items():
                yield Number(
                    f"{MECHANISM_NAMES[fit.mechanism]}, {parameter.replace('_', ' ')}",
                    estimate,
                    "",
                    group,
                )


def _drawing(fits: Fits, where: str) -> Drawing:
    def draw() -> Canvas:
        from acanthite.drawing import name_panel, new_figure

        figure, axes = new_figure(3.9 * len(fits), 3.7, len(fits), squeeze=False)
        for ax, (name, ((v, i), mechanism_fits)) in zip(axes.flat, fits.items(), strict=True):
            analysis.plot_conduction(v, i, mechanism_fits, ax=ax)
            name_panel(ax, name)
        return figure

    return Drawing(
        "conduction",
        f"Conduction mechanisms, {where}. "
        + "; ".join(
            f"{name}: {_verdict(mechanism_fits)}" for name, (_, mechanism_fits) in fits.items()
        )
        + ".",
        draw,
    )


def _curve(recording: xr.Dataset, study: Study) -> Drawing:
    def draw() -> Canvas:
        from acanthite.drawing import new_figure

        figure, ax = new_figure(5.2, 3.4)
        analysis.plot_switching(recording, analysis.SwitchingEvents((), np.zeros((0, 0), bool)), ax)
        return figure

    return Drawing("sweep", "Current against voltage.", draw)
