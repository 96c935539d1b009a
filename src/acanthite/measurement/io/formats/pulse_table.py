"""Pulse responses: conductance or resistance against pulse number, up and then down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import RecordingError
from acanthite.measurement.io.assemble import plain_name
from acanthite.measurement.io.hints import Hints
from acanthite.measurement.io.parsing.units import parse_column
from acanthite.measurement.io.run import Array, FileRun, scale, unit_of
from acanthite.measurement.recording import SCHEMA

if TYPE_CHECKING:
    import xarray as xr

_DIMS = ("device", "cycle", "pulse")


def looks_like(run: FileRun, hints: Hints) -> bool:
    """Return whether a table is a pulse response: it has levels but no pair of voltage and current.

    Two columns without names are one where the first rises from pulse to pulse and the second falls
    from where the first ended.
    """
    roles = _roles(run, hints)
    if {"voltage", "current"} <= set(roles):
        return False
    if {"up", "down"} <= set(roles) or (
        roles.keys() & {"conductance", "resistance"} and "voltage" not in roles
    ):
        return True
    if not any(run.names):
        return _up_and_down(run.values)
    return "pulse" in roles and len(run.names) > 1 and not {"voltage", "current"} & set(roles)


def read(runs: Sequence[FileRun], hints: Hints) -> list[xr.Dataset]:
    """Return the pulse responses of a table.

    Parameters
    ----------
    runs : sequence of FileRun
    hints : Hints

    Returns
    -------
    list of xarray.Dataset
        ``conductance`` [S, or 1 where the file holds relative values] with dims (device, cycle,
        pulse), and the coordinates ``direction`` (1 up, -1 down) and ``pulse_voltage``, negative
        for up; without a voltage from the user its size is 1 and its unit too.
    """
    return [_read(run, hints) for run in runs]


def _roles(run: FileRun, hints: Hints) -> dict[str, int]:
    roles = {}
    for i, name in reversed(list(enumerate(run.names))):
        roles[parse_column(name).role] = i
    bases = {parse_column(name).base: i for i, name in enumerate(run.names)} | {
        n: i for i, n in enumerate(run.names)
    }
    roles |= {role: bases[name] for role, name in hints.roles.items() if name in bases}
    roles.pop("", None)
    return roles


def _up_and_down(values: Array) -> bool:
    """Return whether two nameless columns are a rise and the fall from where it ended."""
    if values.shape[1] != 2 or len(values) < 10 or not np.isfinite(values).all():
        return False
    up, down = values.T
    span = np.ptp(values)
    tenth = max(1, len(values) // 10)
    meet = abs(up[-tenth:].mean() - down[:tenth].mean()) < 0.25 * span
    trend = [np.corrcoef(np.arange(len(c)), c)[0, 1] if np.ptp(c) > 0 else 0.0 for c in (up, down)]
    return bool(meet and trend[0] > 0.7 and trend[1] < -0.7)


def _read(run: FileRun, hints: Hints) -> xr.Dataset:
    roles = _roles(run, hints)
    if not any(run.names) or {"up", "down"} <= set(roles):
        return _columns_up_down(run, hints)
    levels = [
        name for name in run.names if parse_column(name).role in ("conductance", "resistance")
    ]
    if len(levels) == 1 or roles.keys() & set(hints.roles) & {"conductance", "resistance"}:
        return _long(run, roles, hints)
    return _column_a_device(run, roles, hints)


def _level(run: FileRun, column: int, role: str, hints: Hints) -> tuple[Array, str]:
    """Return conductance and its unit; relative values may be negative, so they need no unit."""
    values = run.values[:, column]
    relative = role == "conductance" and bool((values < 0).any()) and not hints.units
    if relative and not (run.units.get(run.names[column]) or parse_column(run.names[column]).unit):
        return values, "1"
    factor = scale(run, column, role, hints)
    unit = unit_of(run, column, hints)[0] or hints.unit(run.names[column], role)
    if role == "resistance":
        if (values <= 0).any():
            raise RecordingError(
                f"{run.where}: a resistance is {values[values <= 0][0]:g}; expected more than zero"
            )
        return 1 / (values * factor), "S" if unit != "1" else "1"
    return values * factor, "1" if unit == "1" else "S"


def _columns_up_down(run: FileRun, hints: Hints) -> xr.Dataset:
    """Read a column of responses to pulses up beside one to pulses down, several pairs being
    devices.
    """
    names = run.names if any(run.names) else ("up", "down")
    run = FileRun(names, run.values, run.where, run.units, attrs=run.attrs)
    columns = {
        kind: [i for i, n in enumerate(names) if parse_column(n).role == kind]
        for kind in ("up", "down")
    }
    if len(columns["up"]) != len(columns["down"]):
        raise RecordingError(
            f"{run.where}: {len(columns['up'])} columns up and {len(columns['down'])} down; "
            "expected as many"
        )
    devices = []
    unit = "1"
    for up, down in zip(columns["up"], columns["down"], strict=True):
        both = np.isfinite(run.values[:, [up, down]])
        halves = [_level(run, column, "conductance", hints) for column in (up, down)]
        devices.append([half[both[:, k]] for k, (half, _) in enumerate(halves)])
        unit = halves[0][1]
    n_up, n_down = (min(len(device[k]) for device in devices) for k in (0, 1))
    level = np.array([np.r_[up[:n_up], down[:n_down]] for up, down in devices])
    return _dataset(level[:, None, :], unit, np.r_[np.ones(n_up), -np.ones(n_down)], run, hints)


def _column_a_device(run: FileRun, roles: dict[str, int], hints: Hints) -> xr.Dataset:
    skip = {
        roles[r] for r in ("pulse", "cycle", "time", "direction", "pulse_voltage") if r in roles
    }
    columns = [i for i in range(len(run.names)) if i not in skip]
    levels = [_level(run, i, "conductance", hints) for i in columns]
    level = np.array([values for values, _ in levels])
    level, direction = _cycles(level, hints, _direction(run, roles), run.where)
    labels = [parse_column(run.names[i]).base for i in columns]
    return _dataset(level, levels[0][1], direction, run, hints, labels)


def _long(run: FileRun, roles: dict[str, int], hints: Hints) -> xr.Dataset:
    role = "conductance" if "conductance" in roles else "resistance"
    level, unit = _level(run, roles[role], role, hints)
    if "device" not in roles and "cycle" not in roles and not _restarts(run, roles):
        folded, direction = _cycles(level[None], hints, _direction(run, roles), run.where)
        shape = folded.shape
        order = np.arange(len(level))
        devices = []
    else:
        shape, order, devices = _grid(run, roles)
        direction = _shared_direction(run, roles, order, shape)
        folded = level[order].reshape(shape)
    others = _beside(run, {roles.get(r) for r in (role, *_COUNTED)}, order, shape)
    if direction is None and shape[-1] > 1:
        direction = _found_direction(folded, hints)
    voltages = _voltages(run, roles, order, shape, hints)
    return _dataset(folded, unit, direction, run, hints, devices, others, voltages)


_COUNTED = ("device", "cycle", "pulse", "direction")


def _beside(
    run: FileRun, left_out: set[int | None], order: NDArray[np.intp], shape: tuple[int, ...]
) -> dict[str, tuple[Array, str, str]]:
    """Return the other columns in SI: their values, unit and name."""
    others: dict[str, tuple[Array, str, str]] = {}
    for i, name in enumerate(run.names):
        if i not in left_out:
            unit, factor = unit_of(run, i, Hints())
            plain = plain_name(name, {*others, *_TAKEN})
            others[plain] = run.values[order, i].reshape(shape) * factor, unit, name
    return others


_TAKEN = {"conductance", "device", "cycle", "pulse", "direction", "pulse_voltage"}


def _shared_direction(
    run: FileRun, roles: dict[str, int], order: NDArray[np.intp], shape: tuple[int, ...]
) -> Array | None:
    """Return the directions of the pulses of a cycle, where the file states them.

    Raises
    ------
    RecordingError
        If they are others in another cycle.
    """
    given = _direction(run, roles)
    if given is None:
        return None
    all_of_them = given[order].reshape(-1, shape[-1])
    if not (all_of_them == all_of_them[0]).all():
        raise RecordingError(
            f"{run.where}: the pulses of some cycles go up where those of others go down; expected "
            "the same in each: keep "
            "one kind a file"
        )
    return all_of_them[0]


def _voltages(
    run: FileRun,
    roles: dict[str, int],
    order: NDArray[np.intp],
    shape: tuple[int, ...],
    hints: Hints,
) -> tuple[Array, str] | None:
    """Return the voltages of the pulses of a cycle with their unit, where the file states them and
    they are the same in each.
    """
    if "pulse_voltage" not in roles or hints.pulse_voltage:
        return None
    unit, factor = unit_of(run, roles["pulse_voltage"], hints)
    volts = (run.values[order, roles["pulse_voltage"]] * factor).reshape(-1, shape[-1])
    if not np.isfinite(volts).all() or not (volts == volts[0]).all():
        return None
    return volts[0], unit or "1"


def _restarts(run: FileRun, roles: dict[str, int]) -> bool:
    return "pulse" in roles and bool((np.diff(run.values[:, roles["pulse"]]) < 0).any())


def _grid(
    run: FileRun, roles: dict[str, int]
) -> tuple[tuple[int, int, int], NDArray[np.intp], list[str]]:
    """Return the shape (device, cycle, pulse), the order of the rows in it, and the devices' names."""
    n = len(run.values)
    device = run.values[:, roles["device"]] if "device" in roles else np.zeros(n)
    names, which = np.unique(device, return_inverse=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    cycle = np.zeros(n, int)
    for d in range(len(names)):
        rows = order[which[order] == d] if len(names) < 2 else np.flatnonzero(which == d)
        cycle[rows] = _cycle_of(run.values[rows], roles)
    order = np.lexsort((np.arange(n), cycle, which))
    counts = np.unique(np.column_stack([which, cycle]), axis=0, return_counts=True)[1]
    cycles = np.unique(which, return_counts=True)[1]
    if len(set(counts.tolist())) > 1 or len(set(cycles.tolist())) > 1:
        raise RecordingError(
            f"{run.where}: {min(counts)} to {max(counts)} pulses a cycle, {min(cycles)} to "
            f"{max(cycles)} rows a device; "
            "expected as many for each: keep whole cycles only, or one device a file"
        )
    shape = (len(names), n // (len(names) * counts[0]), int(counts[0]))
    return (
        shape,
        order,
        [run.label(roles["device"], name) for name in names] if "device" in roles else [],
    )


def _cycle_of(rows: Array, roles: dict[str, int]) -> NDArray[np.intp]:
    """Return the cycle each row of one device belongs to: as the file says, else a new one where
    the pulse number falls.
    """
    if "cycle" in roles:
        return np.unique(rows[:, roles["cycle"]], return_inverse=True)[1].ravel()
    if "pulse" in roles:
        return np.r_[0, np.cumsum(np.diff(rows[:, roles["pulse"]]) <= 0)]
    return np.arange(len(rows))


def _direction(run: FileRun, roles: dict[str, int]) -> Array | None:
    """Return 1 for pulses up, -1 for those down, where the file distinguishes them."""
    if "direction" in roles:
        return np.sign(run.values[:, roles["direction"]])
    return -np.sign(run.values[:, roles["pulse_voltage"]]) if "pulse_voltage" in roles else None


def _cycles(level: Array, hints: Hints, given: Array | None, where: str) -> tuple[Array, Array]:
    """Fold (device, pulse) into (device, cycle, pulse) by the pulses a cycle that the user says."""
    n_up, n_down = hints.n_up, hints.n_down
    if n_up is None or n_down is None:
        folded = level[:, None, :]
        return folded, _found_direction(folded, hints) if given is None else given
    period = n_up + n_down
    if level.shape[1] % period:
        raise RecordingError(
            f"{where}: n_up + n_down = {period} pulses a cycle; the table has {level.shape[1]}, no "
            "multiple of it"
        )
    return level.reshape(len(level), -1, period), np.r_[np.ones(n_up), -np.ones(n_down)]


def _found_direction(level: Array, hints: Hints) -> Array:
    """Return the directions: up to the largest mean level, or to ``n_up``, and down from there."""
    finite = np.isfinite(level)
    mean = np.where(finite, level, 0.0).sum((0, 1)) / np.maximum(finite.sum((0, 1)), 1)
    mean[~finite.any((0, 1))] = -np.inf
    n_up = hints.n_up or int(np.argmax(mean)) + 1
    return np.where(np.arange(len(mean)) < n_up, 1.0, -1.0)


def _dataset(
    level: Array,
    unit: str,
    direction: Array | None,
    run: FileRun,
    hints: Hints,
    devices: Sequence[str] = (),
    others: dict[str, tuple[Array, str, str]] | None = None,
    voltages: tuple[Array, str] | None = None,
) -> xr.Dataset:
    import xarray as xr

    label = (
        "conductance after the pulse" if unit == "S" else "conductance after the pulse, relative"
    )
    variables: dict[str, Any] = {"conductance": (_DIMS, level, {"units": unit, "long_name": label})}
    variables |= {
        k: (_DIMS, v, {"units": u, "long_name": n, "column": n})
        for k, (v, u, n) in (others or {}).items()
    }
    coords: dict[str, Any] = {}
    if devices:
        coords["device"] = ("device", list(devices), {"long_name": "device"})
    if direction is not None:
        up, down = hints.pulse_voltage or (-1.0, 1.0)
        size = (
            ("V", "write pulse voltage")
            if hints.pulse_voltage
            else ("1", "sign of the write pulse voltage, its size not recorded")
        )
        coords["direction"] = ("pulse", direction, {"units": "1", "long_name": "1 up, -1 down"})
        coords["pulse_voltage"] = (
            "pulse",
            np.where(direction > 0, up, down),
            {"units": size[0], "long_name": size[1]},
        )
    if voltages is not None:
        labels = {"units": voltages[1], "long_name": "write pulse voltage"}
        coords["pulse_voltage"] = ("pulse", voltages[0], labels)
    attrs = {**run.attrs, "format": "pulse table"}
    return xr.Dataset(
        variables, coords, {"schema": SCHEMA, "source": "measured", "kind": "pulses", **attrs}
    )
