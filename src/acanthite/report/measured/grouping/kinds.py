"""Which kind of measurement a recording is, by what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.errors import AnalysisError
from acanthite.measurement.io.parsing.units import parse_column
from acanthite.report.measured.study import Kind

if TYPE_CHECKING:
    import xarray as xr

_SAMPLE_DIMS = {"device", "cycle", "sample"}
_GROUND = 5e-3  # V; a terminal that stays below is at ground


def recognise(recording: xr.Dataset) -> Kind:
    """Return what kind of test a recording is of.

    Parameters
    ----------
    recording : xarray.Dataset

    Returns
    -------
    str
        ``loops`` of a device that switches, ``conduction`` of one that does not, ``retention`` at a
        voltage that stays, ``pulses``, ``endurance`` of two pulses a cycle, ``levels`` of one,
        ``results`` by cycle, ``transistor`` where a third terminal has a voltage of its own, or
        ``other``.
    """
    if "pulse" in recording.dims and ("conductance" in recording or "current" in recording):
        if "direction" in recording.coords and bool((recording["direction"] == 0).any()):
            return "pulses"  # reads among them
        return {1: "levels", 2: "endurance"}.get(recording.sizes["pulse"], "pulses")  # type: ignore[return-value]
    if {"conductance", "time"} <= set(recording.data_vars) and "sample" in recording[
        "conductance"
    ].dims:
        return "retention"
    if not {"voltage", "current"} <= set(recording.data_vars):
        return "results"
    if third_terminal(recording):
        return "transistor"
    if (
        not set(recording["current"].dims) <= _SAMPLE_DIMS
        or "sample" not in recording["current"].dims
    ):
        return "other"
    return "retention" if _still(recording) else _sweep_kind(recording)


def third_terminal(recording: xr.Dataset) -> str:
    """Return the voltage that makes it no two-terminal test, or an empty string."""
    if "step_voltage" in recording.coords:
        return "step_voltage"
    v = np.asarray(recording["voltage"].values, float)
    for name, variable in recording.data_vars.items():
        text = str(variable.attrs.get("column", name))
        is_voltage = variable.attrs.get("units") == "V" or parse_column(text).role == "voltage"
        if name in ("voltage", "applied") or "sample" not in variable.dims or not is_voltage:
            continue
        w = np.asarray(variable.broadcast_like(recording["current"]).values, float)
        x = np.broadcast_to(v, w.shape)
        size = np.nanmax(np.abs(w), initial=0.0)
        if size > _GROUND and min(_distance(w, x), _distance(w, -x)) > 0.02 * size:
            return text
    return ""


def _distance(a: np.ndarray, b: np.ndarray) -> float:
    gap = np.abs(a - b)
    return float(np.median(gap[np.isfinite(gap)])) if np.isfinite(gap).any() else 0.0


def _still(recording: xr.Dataset) -> bool:
    v = np.asarray(recording["voltage"].values, float)
    top = np.nanmax(np.abs(v), initial=0.0)
    return bool(top > 0 and np.nanmax(v) - np.nanmin(v) < 1e-3 * top)


def _sweep_kind(recording: xr.Dataset) -> Kind:
    from acanthite.analysis import find_events

    try:
        events = find_events(recording)
    except AnalysisError:
        return "conduction" if np.isfinite(recording["current"].values).sum() >= 8 else "other"
    return "loops" if any(event.kind != "none" for event in events) else "conduction"
