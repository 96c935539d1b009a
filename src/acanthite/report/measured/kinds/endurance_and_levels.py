"""What write-read cycling and programmed levels say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.report.measured.grouping.labels import cycle_numbers, device_labels
from acanthite.report.measured.kinds.as_measured import analyse_other
from acanthite.report.measured.kinds.pulse_response import levels
from acanthite.report.measured.kinds.spread import cycling
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

_MOST = 16  # groups that a reader can take in


def analyse_endurance(study: Study, options: Options) -> Finding:
    """Return what cycling by one SET and one RESET pulse a cycle says.

    Parameters
    ----------
    study : Study
    options : Options

    Returns
    -------
    Finding
    """
    recording = study.recordings[0]
    level, unit = levels(recording)
    g = np.abs(level)
    if not np.isfinite(g).any(axis=(0, 1)).all():
        return analyse_other(
            study, "One of the two pulses of a cycle has no level: shown, not analysed."
        )
    on = int(np.argmax(np.nanmedian(g, axis=(0, 1))))
    with np.errstate(divide="ignore"):
        lrs, hrs = 1 / g[..., on], 1 / g[..., 1 - on]
    lrs, hrs = (np.where(np.isfinite(r), r, np.nan) for r in (lrs, hrs))
    if not (np.isfinite(lrs).any() and np.isfinite(hrs).any()):
        return analyse_other(study, "No level is a positive conductance: shown, not analysed.")
    resistance_unit = "ohm" if unit == "S" else "1"
    numbers = [
        Number("R_on", analysis.median(lrs, resistance_unit), "median"),
        Number("R_off", analysis.median(hrs, resistance_unit), "median"),
        Number("R_off over R_on", analysis.median(hrs / lrs), "median of the cycles"),
    ]
    counted = cycle_numbers(recording)
    measured = np.any(
        np.isfinite(level), axis=-1
    )  # a conductance of zero was measured, but has no resistance
    more, drawings = cycling(lrs, hrs, options, measured, counted)
    labels = device_labels(recording, study.files[0], options)
    values = tuple(
        Value(labels[d], counted[c], name, float(value), resistance_unit)
        for name, r in (("R_on", lrs), ("R_off", hrs))
        for (d, c), value in np.ndenumerate(r)
        if measured[d, c]
    )
    read = _cycles(measured)
    if counted[-1] - counted[0] != len(counted) - 1:
        read += f", read from number {counted[0]} to {counted[-1]}"
    relative = (
        ("The file does not say the unit of its resistances: units='SI' says ohm.",)
        if unit == "1"
        else ()
    )
    summary = f"Write-read cycling: {read}."
    return Finding(summary, (*numbers, *more), values, drawings, (*study.notes, *relative))


def analyse_levels(study: Study, options: Options) -> Finding:
    """Return how levels written once a cycle, as by write-verify, scatter over devices.

    Parameters
    ----------
    study : Study
    options : Options

    Returns
    -------
    Finding
    """
    recording = study.recordings[0]
    cube, unit = levels(recording)
    g = cube[..., 0]
    labels = device_labels(recording, study.files[0], options)
    values = tuple(
        Value(labels[d], c + 1, "level", float(value), unit)
        for (d, c), value in np.ndenumerate(g)
        if np.isfinite(value)
    )
    beside = _beside(recording)
    groups = [
        (name, g[where])
        for name, where in _groups(recording, g.shape).items()
        if np.isfinite(g[where]).any()
    ]
    numbers = [Number(name, analysis.median(x, unit), "median") for name, x in groups]
    numbers += [
        Number(f"{what}, {name}", analysis.mean(y[where], of), "mean", "Beside the levels")
        for what, of, y in beside
        for name, where in _groups(recording, g.shape).items()
        if np.isfinite(y[where]).any()
    ]
    summary = f"One level a cycle: {_cycles(np.isfinite(g))}."
    return Finding(summary, tuple(numbers), values, (_drawing(groups, unit),), study.notes)


def _cycles(measured: np.ndarray) -> str:
    """Return how many cycles of how many devices were measured, in words."""
    counts = measured.sum(axis=1)
    counts = counts[counts > 0]
    low, high = (int(counts.min()), int(counts.max())) if counts.size else (0, 0)
    cycles = f"{high} cycle{'s' * (high != 1)}" if low == high else f"{low} to {high} cycles"
    return f"{cycles} of {counts.size} device{'s' * (counts.size != 1)}"


def _groups(recording: xr.Dataset, shape: tuple[int, int]) -> dict[str, np.ndarray]:
    """Return which levels belong together, shape (device, cycle).

    Those of one target, else of one cycle, else all.
    """
    targets = [y for what, _, y in _beside(recording) if "target" in what.casefold()]
    if targets:
        rows = np.stack([y.ravel() for y in targets], axis=1)
        targets_seen, which = np.unique(rows, axis=0, return_inverse=True)
        if len(targets_seen) <= _MOST:
            return {
                f"target {' to '.join(f'{x:g}' for x in row)}": which.reshape(shape) == k
                for k, row in enumerate(targets_seen)
            }
    cycle = np.broadcast_to(np.arange(shape[1]), shape)
    if shape[0] > 1 and 1 < shape[1] <= _MOST:
        return {f"cycle {c + 1}": cycle == c for c in range(shape[1])}
    return {"level": np.ones(shape, bool)}


def _beside(recording: xr.Dataset) -> list[tuple[str, str, np.ndarray]]:
    """Return the other columns of a table of levels, shape (device, cycle)."""
    dims = ("device", "cycle", "pulse")
    return [
        (
            str(v.attrs.get("column", name)),
            str(v.attrs.get("units") or "1"),
            np.asarray(v.values, float)[..., 0],
        )
        for name, v in recording.data_vars.items()
        if name not in ("conductance", "voltage", "current", "time") and v.dims == dims
    ]


def _drawing(groups: list[tuple[str, np.ndarray]], unit: str) -> Drawing:
    def draw() -> Canvas:
        from acanthite.drawing import CYCLE, new_figure, prefix_axis

        figure, ax = new_figure(5.6, 3.4)
        for k, (name, x) in enumerate(groups):
            value, share = analysis.cumulative(x)
            ax.plot(
                value,
                100 * share,
                "o-",
                markersize=2,
                linewidth=0.8,
                color=CYCLE[k % len(CYCLE)],
                label=name,
            )
        if unit == "S":
            prefix_axis(ax, "x", "S")
        ax.set_xlabel("conductance" if unit == "S" else "level")
        ax.set_ylabel("cumulative share (%)")
        if len(groups) > 1:
            ax.legend(frameon=False, fontsize=7, ncols=2)
        return figure

    return Drawing("levels", "Levels that devices were brought to.", draw)
