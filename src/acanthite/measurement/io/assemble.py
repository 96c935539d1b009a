"""Runs -> Recordings: the runs of one measurement are stacked over devices and cycles, in SI."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.measurement.io.hints import Hints
from acanthite.measurement.io.run import Array, FileRun, choose, scale, unit_of
from acanthite.measurement.recording import LABELS, SCHEMA

if TYPE_CHECKING:
    import xarray as xr

_DIMS = ("device", "cycle", "sample")
_TAKEN = {*LABELS, *_DIMS, "run", "executed", "step_voltage"}


def assemble(runs: Iterable[FileRun], hints: Hints) -> list[xr.Dataset]:
    """Return the Recordings that some runs make.

    Runs that share names, shape and settings become cycles of one Recording, and devices where the
    file names several, with the same cycles each; the rest stay apart.

    Parameters
    ----------
    runs : iterable of FileRun
    hints : Hints

    Returns
    -------
    list of xarray.Dataset
        Dims (device, cycle, sample), in the order of the file.
    """
    groups: dict[Any, list[FileRun]] = {}
    for run in runs:
        groups.setdefault(run.key(), []).append(run)
    return [recording(table, hints) for group in groups.values() for table in _tables(group)]


def _tables(group: Sequence[FileRun]) -> list[list[list[FileRun]]]:
    """Return rectangles of runs, [device][cycle]: devices share one where they have the same
    cycles.
    """
    devices: dict[str, list[FileRun]] = {}
    for run in group:
        devices.setdefault(run.device, []).append(run)
    tables: dict[Any, list[list[FileRun]]] = {}
    for cycles in devices.values():
        counted = tuple(run.cycle for run in cycles)
        tables.setdefault(counted, []).append(cycles)
    return list(tables.values())


def recording(table: Sequence[Sequence[FileRun]], hints: Hints) -> xr.Dataset:
    """Return one Recording from runs of one measurement, [device][cycle].

    Parameters
    ----------
    table : sequence of sequence of FileRun
        As many cycles for each device, alike in names and shape.
    hints : Hints

    Returns
    -------
    xarray.Dataset
        ``voltage``, ``current``, ``time`` where the runs hold a voltage and a current; every other
        column under its own name.
    """
    import xarray as xr

    first = table[0][0]
    if first.of_cycles:
        return _cycles(first, hints)
    chosen = choose(first, hints)
    values = _stack(table, first.n_steps)
    variables: dict[str, Any] = {}
    if "voltage" in chosen:
        for role in ("voltage", "current", "time"):
            variables[role] = (
                _DIMS,
                _scaled(values, first, chosen, role, hints),
                _labels(first, chosen, role),
            )
    else:
        chosen = {}
    variables |= _others(first, values, set(chosen.values()), hints)
    kind = ("sampling" if _still(variables["voltage"][1]) else "sweep") if chosen else "table"
    dataset = xr.Dataset(
        variables, _coords(table, first), {"schema": SCHEMA, "source": "measured", "kind": kind}
    )
    return dataset.assign_attrs(
        _attrs(first, table) | _limit(first, chosen) | _empty(first, values)
    )


def _cycles(run: FileRun, hints: Hints) -> xr.Dataset:
    """Return a table of results, a cycle a row."""
    import xarray as xr

    variables = {}
    for i, name in enumerate(run.names[1:], 1):
        unit, factor = unit_of(run, i, hints)
        variables[plain_name(name, {*variables})] = (
            "cycle",
            run.values[:, i] * factor,
            {"units": unit, "long_name": name},
        )
    coords = {"cycle": ("cycle", _whole(run.values[:, 0]), {"long_name": run.names[0]})}
    return xr.Dataset(
        variables, coords, {"schema": SCHEMA, "source": "measured", "kind": "table", **run.attrs}
    )


def _limit(run: FileRun, chosen: dict[str, int]) -> dict[str, float]:
    """Return the compliance of the chosen current, where the file states one for each channel."""
    limits = json.loads(run.attrs.get("compliances", "{}"))
    limit = limits.get(run.names[chosen["current"]]) if chosen else None
    return {} if limit is None else {"compliance": limit}


def _empty(run: FileRun, values: Array) -> dict[str, str]:
    names = [
        name
        for name, empty in zip(run.names, np.isnan(values).min(axis=(0, 1, 2)), strict=True)
        if empty
    ]
    return {"empty_columns": ", ".join(names)} if names else {}


def _stack(table: Sequence[Sequence[FileRun]], n_steps: int) -> Array:
    """Return the values as an array (device, cycle, sample, column)."""
    n_rows, n_columns = table[0][0].values.shape
    out = np.empty((len(table), len(table[0]) * n_steps, n_rows // n_steps, n_columns))
    for device, cycles in enumerate(table):
        for cycle, run in enumerate(cycles):
            out[device, cycle * n_steps : (cycle + 1) * n_steps] = run.values.reshape(
                n_steps, -1, n_columns
            )
    return out


def _scaled(values: Array, run: FileRun, chosen: dict[str, int], role: str, hints: Hints) -> Array:
    if role not in chosen:
        return np.full(values.shape[:-1], np.nan)
    column = values[..., chosen[role]]
    factor = scale(run, chosen[role], role, hints)
    return np.ascontiguousarray(column) if factor == 1 else column * factor


def _labels(run: FileRun, chosen: dict[str, int], role: str) -> dict[str, str]:
    unit, label = LABELS[role]
    column = run.names[chosen[role]] if role in chosen else "not recorded"
    return {"units": unit, "long_name": label, "column": column}


def _others(run: FileRun, values: Array, used: set[int], hints: Hints) -> dict[str, Any]:
    """Return the columns beside the three, by name; those filled in the first row only lose their
    samples.
    """
    others: dict[str, Any] = {}
    empty = np.isnan(values).min(axis=(0, 1, 2))
    for i, name in enumerate(run.names):
        if i in used or empty[i]:
            continue
        unit, factor = unit_of(run, i, hints)
        column = values[..., i] * factor
        labels = {"units": unit, "long_name": name, "column": name}
        single = column.shape[-1] > 1 and np.isnan(column[..., 1:]).all()
        others[plain_name(name, {*others, *_TAKEN})] = (
            (_DIMS[:2], column[..., 0], labels) if single else (_DIMS, column, labels)
        )
    return others


def plain_name(name: str, taken: set[str]) -> str:
    """Return ``name`` as a variable of a NetCDF file, unlike those taken."""
    plain = re.sub(r"[/\s]+", "_", name.strip()) or "column"
    other = plain
    n = 2
    while other in taken:
        other = f"{plain}_{n}"
        n = n + 1
    return other


def _still(voltage: Array) -> bool:
    """Return whether the voltage is one and the same throughout."""
    return bool(np.nanmax(voltage) == np.nanmin(voltage)) if np.isfinite(voltage).any() else False


def _coords(table: Sequence[Sequence[FileRun]], first: FileRun) -> dict[str, Any]:
    coords: dict[str, Any] = {}
    if any(cycles[0].device for cycles in table):
        coords["device"] = (
            "device",
            [cycles[0].device for cycles in table],
            {"long_name": "device"},
        )
    numbers = np.array([[run.number for run in cycles] for cycles in table])
    label = {"long_name": "number of the run in its file"}
    coords["run"] = (_DIMS[:2], np.repeat(numbers, first.n_steps, axis=1), label)
    counted = [run.cycle for run in table[0]]
    if None not in counted and len(set(counted)) == len(counted) and first.n_steps == 1:
        coords["cycle"] = ("cycle", _whole(counted), {"long_name": "cycle, as the file counts it"})
    if any(run.executed for cycles in table for run in cycles):
        times = np.array([[run.executed for run in cycles] for cycles in table])
        coords["executed"] = (_DIMS[:2], times, {"long_name": "when, as the file says it"})
    if (volts := first.attrs.get("step_voltages")) is not None:
        every = np.tile(np.asarray(volts, float), len(table[0]))
        coords["step_voltage"] = (
            "cycle",
            every,
            {"units": "V", "long_name": "voltage of the second source"},
        )
    return coords


def _whole(numbers: Array | Sequence[float | None]) -> np.ndarray:
    """Return numbers as integers where all of them are."""
    values = np.asarray(numbers, float)
    is_whole = (np.abs(values) < 2**53) & (values == np.round(values))
    return values.astype(int) if is_whole.all() else values


def _attrs(first: FileRun, table: Sequence[Sequence[FileRun]]) -> dict[str, Any]:
    attrs = {k: v for k, v in first.attrs.items() if v is not None and k != "step_voltages"}
    return attrs | {"n_runs": sum(len(cycles) for cycles in table)}
