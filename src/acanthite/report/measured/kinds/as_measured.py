"""What is drawn as it was measured: transistor sweeps, and anything not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.report.measured.grouping.kinds import third_terminal
from acanthite.report.measured.study import Drawing, Finding, Options, Study

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

_PANELS = 4
_UNITS = ("V", "A", "s", "S", "ohm", "W", "J", "F", "Hz", "K")


def analyse_transistor(study: Study, options: Options) -> Finding:
    """Show a measurement with a third terminal: no memristor record."""
    what = third_terminal(study.recordings[0])
    return analyse_other(
        study,
        (
            f"Not a memristor record: a third terminal has a voltage of its own ({what}). Shown, "
            "not analysed."
        ),
    )


def analyse_other(study: Study, why: str) -> Finding:
    """Show what was measured and say why nothing is made of it.

    Parameters
    ----------
    study : Study
    why : str
    """
    return Finding(why, drawings=(_as_measured(study.recordings[0]),), notes=study.notes)


def unit_of(variable: xr.DataArray) -> str:
    """Return the unit of a column, 1 where it has none."""
    return str(variable.attrs.get("units") or "1")


def _as_measured(recording: xr.Dataset) -> Drawing:
    def draw() -> Canvas:
        from acanthite.drawing import new_figure

        names = _worth_drawing(recording)
        columns, rows = min(max(len(names), 1), 2), max(1, -(-len(names) // 2))
        figure, axes = new_figure(4.4 * columns, 3.0 * rows, columns, rows, squeeze=False)
        for ax, name in zip(axes.flat, names, strict=False):
            _draw_variable(ax, recording, name)
        for ax in axes.flat[len(names) :]:
            ax.set_visible(False)
        return figure

    return Drawing("measured", "As measured.", draw)


def _worth_drawing(recording: xr.Dataset) -> list[str]:
    """Return the variables that vary along the sweep, current first; the abscissa left out."""
    axis = _abscissa(recording)
    names = [n for n in ("conductance", "current") if n in recording]
    names += [
        str(n) for n in recording.data_vars if n not in (*names, "voltage", "time", "Index", "Item")
    ]
    dims = {"sample", "pulse"}
    varying = [
        n
        for n in names
        if n != axis
        and dims & set(recording[n].dims)
        and recording[n].dtype.kind in "fiub"
        and _varies(recording[n])
    ]
    return varying[:_PANELS]


def _varies(variable: xr.DataArray) -> bool:
    """Return whether any curve varies along itself."""
    along = "sample" if "sample" in variable.dims else "pulse"
    curves = np.asarray(variable.transpose(..., along).values, float).reshape(
        -1, variable.sizes[along]
    )
    known = curves[np.isfinite(curves).all(axis=-1)]
    return bool(known.size and (np.ptp(known, axis=-1) > 0).any())


def _abscissa(recording: xr.Dataset) -> str:
    if "voltage" not in recording:
        return ""
    v = np.asarray(recording["voltage"].values, float)
    if np.isfinite(v).any() and np.nanmax(v) - np.nanmin(v) > 1e-3 * np.nanmax(np.abs(v)):
        return "voltage"
    return "time" if "time" in recording and np.isfinite(recording["time"].values).any() else ""


def _draw_variable(ax: Axes, recording: xr.Dataset, name: str) -> None:
    from acanthite.drawing import CYCLE, prefix_axis

    variable, axis = recording[name], _abscissa(recording)
    along = "sample" if "sample" in variable.dims else "pulse"
    y = np.asarray(variable.transpose(..., along).values, float).reshape(
        -1, recording.sizes[along]
    )[:200]
    x = np.broadcast_to(np.arange(1, y.shape[1] + 1), y.shape)
    if axis and along == "sample":
        x = np.asarray(recording[axis].broadcast_like(variable).transpose(..., along).values, float)
        x = x.reshape(-1, recording.sizes[along])[: len(y)]
    unit = unit_of(variable)
    steps = recording["step_voltage"].values if "step_voltage" in recording.coords else None
    for k, (a, b) in enumerate(zip(x, y, strict=True)):
        label = (
            f"{'second source ' if k == 0 else ''}{steps[k]:+.3g} V"
            if steps is not None and k < min(len(steps), 6)
            else None
        )
        shown = np.abs(b) if unit == "A" else b
        ax.plot(
            a,
            shown,
            linewidth=1.0,
            color=CYCLE[k % len(CYCLE)],
            alpha=max(0.15, 1 / len(y)) if len(y) > 6 else 1,
            label=label,
        )
    positive = np.abs(y[np.isfinite(y) & (y != 0)])
    if unit == "A" and positive.size and positive.max() > 100 * positive.min():
        ax.set_yscale("log")
    if unit in _UNITS:
        prefix_axis(ax, "y", "Ω" if unit == "ohm" else unit)
    text = str(variable.attrs.get("column", name))
    ax.set_ylabel(f"|{text}|" if unit == "A" else text)
    ax.set_xlabel({"voltage": "voltage (V)", "time": "time (s)"}.get(axis, along))
    if steps is not None:
        ax.legend(frameon=False, fontsize=8, ncols=6, loc="lower left", bbox_to_anchor=(0, 1))
