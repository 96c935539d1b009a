"""Tables of states: endurance (both resistances against cycles) and retention (resistances against
time).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.errors import RecordingError
from acanthite.measurement.io.hints import Hints
from acanthite.measurement.io.parsing.units import QUANTITIES, parse_column, parse_unit
from acanthite.measurement.io.run import Array, FileRun, stated_unit
from acanthite.measurement.recording import SCHEMA

if TYPE_CHECKING:
    import xarray as xr

_LETTERS = {"r": "resistance", "g": "conductance", "i": "current"}
_WORDS = {
    "resistance": "resistance",
    "res": "resistance",
    "conductance": "conductance",
    "current": "current",
}
_STATES = {"lrs": "LRS", "hrs": "HRS"}
_SWITCH = {"on": "LRS", "off": "HRS", "low": "LRS", "high": "HRS"}
_PULSED = {"pulse", "cycle", "direction", "pulse_voltage", "voltage", "current", "up", "down"}
_DIMS = {"endurance": ("device", "cycle", "pulse"), "retention": ("device", "state", "sample")}


@dataclass(frozen=True)
class _Level:
    """A column that holds the level of a state: its place, the state, the quantity where the name
    says it, the device.
    """

    column: int
    state: str
    quantity: str
    device: str


def looks_like(run: FileRun, hints: Hints) -> bool:
    """Return whether a table is one of states: of LRS and HRS, or of a resistance or conductance
    against time alone.

    Parameters
    ----------
    run : FileRun
    hints : Hints
    """
    roles = _roles(run, hints)
    if {"voltage", "current"} <= set(roles) or hints.n_up or hints.n_down or hints.pulse_voltage:
        return False
    levels = _levels(run, hints)
    states = {level.state for level in levels}
    if states == {"LRS", "HRS"}:
        return True
    return bool(levels) and "time" in roles and not _PULSED & set(roles)


def read(runs: Sequence[FileRun], hints: Hints) -> list[xr.Dataset]:
    """Return the recordings of tables of states.

    Parameters
    ----------
    runs : sequence of FileRun
    hints : Hints

    Returns
    -------
    list of xarray.Dataset
        ``conductance`` [S, or 1 where the file's resistances have no unit] over
        (device, cycle, pulse), its pulses the two of a cycle, with the coordinate ``state``; or,
        against a time, over (device, state, sample) with ``time`` [s, or 1].

    Raises
    ------
    RecordingError
        If a level is not positive, a cycle appears twice, or the time does not rise.
    """
    return [made for run in runs for made in _read(run, hints)]


def _roles(run: FileRun, hints: Hints) -> dict[str, int]:
    roles = {parse_column(name).role: i for i, name in reversed(list(enumerate(run.names)))}
    places = {parse_column(name).base: i for i, name in enumerate(run.names)}
    places |= {name: i for i, name in enumerate(run.names)}
    roles |= {role: places[name] for role, name in hints.roles.items() if name in places}
    roles.pop("", None)
    return roles


def _levels(run: FileRun, hints: Hints) -> list[_Level]:
    """Return the columns of states; where none names a state, those of a resistance or conductance."""
    said = {name: _STATES[role] for role, name in hints.roles.items() if role in _STATES}
    named, plain = [], []
    for i, name in enumerate(run.names):
        column = parse_column(name)
        state, quantity, device = _state(column.base)
        if stated := said.get(name) or said.get(column.base):
            state = stated
            device = ""
        quantity = _quantity(run, name) or quantity
        if state:
            named.append(_Level(i, state, quantity, device))
        elif column.role in ("resistance", "conductance"):
            plain.append(_Level(i, "", column.role, column.base))
    if named:
        return named
    one = len(plain) == 1
    return [
        _Level(level.column, "", level.quantity, "" if one else level.device) for level in plain
    ]


def _state(base: str) -> tuple[str, str, str]:
    """Return the state, the quantity and the device that a column's name says, each of them or an
    empty string.
    """
    words = [word for word in re.split(r"[\s_.\-]+", base) if word]
    small = [word.casefold() for word in words]
    state = quantity = ""
    left = []
    for k, word in enumerate(small):
        letter, rest = (word[0], word[1:]) if word[0] in _LETTERS else ("", "")
        if word in _STATES:
            state = _STATES[word]
        elif rest in _STATES or (rest in ("on", "off") and letter in "rg"):
            state = {**_STATES, **_SWITCH}[rest]
            quantity = _LETTERS[letter]
        elif word in _SWITCH and {*small} & {"r", "g", "resistance", "conductance", "state"}:
            state = _SWITCH[word]
        elif word in _LETTERS and len(small) > 1:
            quantity = _LETTERS[word]
        elif word in _WORDS:
            quantity = _WORDS[word]
        elif word != "state":
            left.append(words[k])
    return state, quantity, " ".join(left)


def _quantity(run: FileRun, name: str) -> str:
    known = parse_unit(stated_unit(run, name))
    return next(
        (
            q
            for q in ("resistance", "conductance", "current")
            if known and known[0] == QUANTITIES[q]
        ),
        "",
    )


def _read(run: FileRun, hints: Hints) -> list[xr.Dataset]:
    roles, levels = _roles(run, hints), _levels(run, hints)
    states = [
        state for state in ("LRS", "HRS", "") if any(level.state == state for level in levels)
    ]
    counter = next((roles[role] for role in ("cycle", "pulse") if role in roles), None)
    kind = "retention" if "time" in roles and counter is None else "endurance"
    conductance, unit = _conductance(run, levels, hints)
    devices: dict[str, tuple[Array, Array]] = {}
    for name, rows in _rows(run, roles):
        for label in dict.fromkeys(level.device for level in levels):
            mine = {
                level.state: conductance[level.column][rows]
                for level in levels
                if level.device == label
            }
            if set(mine) != set(states):
                raise RecordingError(
                    f"{run.where}: {label or 'the table'} has {', '.join(mine)}; expected "
                    f"{' and '.join(states)} of each device"
                )
            axis = _axis(run, roles, counter, kind, rows)
            devices[" ".join(filter(None, (name, label)))] = (
                axis,
                np.array([mine[s] for s in states]),
            )
    return [_dataset(run, group, states, kind, unit, roles, hints) for group in _alike(devices)]


def _rows(run: FileRun, roles: Mapping[str, int]) -> list[tuple[str, Any]]:
    """Return the rows of each device that a column names."""
    if "device" not in roles:
        return [("", slice(None))]
    column = run.values[:, roles["device"]]
    if not np.isfinite(column).all():
        raise RecordingError(f"{run.where}: a row says no device; expected one in each")
    return [
        (run.label(roles["device"], value), column == value)
        for value in dict.fromkeys(column.tolist())
    ]


def _axis(
    run: FileRun, roles: Mapping[str, int], counter: int | None, kind: str, rows: Any
) -> Array:
    """Return the cycles or times of a device, checked."""
    column = roles["time"] if kind == "retention" else counter
    if column is None:
        return np.arange(1.0, 1 + len(run.values[rows]))
    axis = run.values[rows, column]
    name = run.names[column]
    if not np.isfinite(axis).all():
        raise RecordingError(
            f"{run.where}: a row holds nothing under {name!r}; expected a number in each"
        )
    for above, below in pairwise(axis):
        if not below > above:
            raise RecordingError(
                f"{run.where}: {name} is {below:g} after {above:g}; expected rising numbers: a "
                "column 'device' tells devices "
                "apart, else keep one run a file"
            )
    return axis


def _conductance(
    run: FileRun, levels: Sequence[_Level], hints: Hints
) -> tuple[dict[int, Array], str]:
    """Return the conductance of each column of levels, and its unit: 1 where the file states none."""
    units = {level.column: _unit(run, level, hints) for level in levels}
    stated = {unit for unit, _, _ in units.values()}
    if len(stated) > 1:
        raise RecordingError(
            f"{run.where}: some columns of states say their unit and some do not; say it, as "
            f"units={{'resistance': 'Ohm'}}"
        )
    levels_in_siemens = {}
    for column, (_, factor, quantity) in units.items():
        values = run.values[:, column]
        bad = np.flatnonzero(values <= 0)
        if bad.size:
            raise RecordingError(
                f"{run.where}: {run.names[column]} is {values[bad[0]]:g}; expected more than zero, "
                "or nothing where it was not read"
            )
        levels_in_siemens[column] = (
            1 / (values * factor) if quantity == "resistance" else values * factor
        )
    return levels_in_siemens, "1" if stated == {""} else "S"


def _unit(run: FileRun, level: _Level, hints: Hints) -> tuple[str, float, str]:
    """Return the SI unit of a level, the factor to it, and what it is; no unit where none is
    stated.
    """
    name = run.names[level.column]
    given = (
        hints.units.get(name) or hints.units.get(parse_column(name).base) or stated_unit(run, name)
    )
    quantity = level.quantity or "resistance"
    given = given or hints.units.get(quantity) or (QUANTITIES[quantity] if hints.si else "")
    if not given:
        _refuse_unknown(run, level)
        return "", 1.0, quantity
    known = parse_unit(given)
    if known and known[0] == "1":
        return "", known[1], quantity
    kind = {"Ω": "resistance", "S": "conductance"}.get(known[0]) if known else None
    if kind is None or known is None:
        raise RecordingError(
            f"{run.where}: column {name!r} is in {given!r}; expected a resistance or a "
            "conductance: of a current, divide the "
            "read voltage by it"
        )
    return known[0], known[1], kind


def _refuse_unknown(run: FileRun, level: _Level) -> None:
    """Raise where neither name nor unit identifies the level, or it is a current."""
    name = run.names[level.column]
    if level.quantity not in ("resistance", "conductance"):
        what = (
            "a current; divide the read voltage by it"
            if level.quantity
            else "a resistance or a conductance"
        )
        raise RecordingError(
            f"{run.where}: nothing says whether {name!r} is a resistance or a conductance "
            f"({what}); "
            f"say its unit, as units={{{name!r}: 'Ohm'}}"
        )


def _alike(devices: Mapping[str, tuple[Array, Array]]) -> list[dict[str, tuple[Array, Array]]]:
    """Return the devices by their cycles or times: those alike share a recording."""
    groups: dict[tuple[float, ...], dict[str, tuple[Array, Array]]] = {}
    for name, (axis, levels) in devices.items():
        groups.setdefault(tuple(axis.tolist()), {})[name] = axis, levels
    return list(groups.values())


def _dataset(
    run: FileRun,
    devices: Mapping[str, tuple[Array, Array]],
    states: Sequence[str],
    kind: str,
    unit: str,
    roles: Mapping[str, int],
    hints: Hints,
) -> xr.Dataset:
    import xarray as xr

    axis = next(axis for axis, _ in devices.values())
    cube = np.array([levels for _, levels in devices.values()])  # (device, state, row)
    label = "conductance of the state" if unit == "S" else "conductance of the state, relative"
    dims = _DIMS[kind]
    coords: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    if kind == "endurance":
        cube = cube.transpose(0, 2, 1)
        whole = (axis == np.round(axis)).all() and np.abs(axis).max(initial=0.0) < 2**53
        coords["cycle"] = (
            "cycle",
            axis.astype(int) if whole else axis,
            {"long_name": "cycle, as the file counts it"},
        )
    else:
        time_unit, factor = _time_unit(run, roles["time"], hints)
        times = np.broadcast_to(axis * factor, cube.shape)
        variables["time"] = (
            dims,
            times.copy(),
            {"units": time_unit, "long_name": "time since the start"},
        )
    if any(states):
        coords["state"] = (
            "pulse" if kind == "endurance" else "state",
            list(states),
            {"long_name": "state"},
        )
    if any(devices):
        coords["device"] = ("device", list(devices), {"long_name": "device"})
    names = ", ".join(run.names)
    variables["conductance"] = (dims, cube, {"units": unit, "long_name": label, "column": names})
    attrs = {**run.attrs, "format": f"{kind} table"}
    return xr.Dataset(
        variables,
        coords,
        {
            "schema": SCHEMA,
            "source": "measured",
            "kind": "pulses" if kind == "endurance" else kind,
            **attrs,
        },
    )


def _time_unit(run: FileRun, column: int, hints: Hints) -> tuple[str, float]:
    """Return the unit of the time and the factor to it: 1 where none is stated."""
    name = run.names[column]
    given = hints.unit(name, "time") or stated_unit(run, name)
    if not given:
        return "1", 1.0
    known = parse_unit(given)
    if known is None or known[0] != "s":
        raise RecordingError(
            f"{run.where}: column {name!r} is in {given!r}; expected a unit of time"
        )
    return known
