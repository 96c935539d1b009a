r"""Device files: a synapse as TOML, with its errors, spreads and where it comes from.

::

    [synapse]
    law = "soft-bounds"
    conductance_min = { value = 30, unit = "nS" }   # or a plain number, in SI
    conductance_max = 2e-6
    up = 0.13
    down = 0.14
    pulse_noise = 0.15

    [law]                                           # of a law of your own: data, looked at before it is compiled
    function = "mine"
    parameters = { gain = 0.1 }                     # with their defaults
    source = '''
    def mine(w, p):
        return p.gain * (1.0 - w), -p.gain * (1.0 + w)
    '''

    [standard_error]                                # optional: what the fit says of itself
    up = 0.002

    [interval]                                      # 95 %
    up = [0.126, 0.134]

    [correlation]                                   # of the errors, in the order of the rows
    up = [1.0, 0.4]
    down = [0.4, 1.0]

    [provenance]                                    # optional, free
    source = "our probe station, wafer 7"
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from acanthite.device.arguments import file_path, instance
from acanthite.errors import AcanthiteError, ParameterError, nearest
from acanthite.files import is_literal, write_text
from acanthite.synapse import own_law
from acanthite.synapse.base import Evidence, Synapse

UNITS = {
    "conductance_min": "S",
    "conductance_max": "S",
    "pulse_voltage": "V",
    "pulse_width": "s",
    "read_voltage": "V",
    "read_width": "s",
    "growth_rate": "1/s",
    "dissolution_rate": "1/s",
}
"""Of the fields that are no pure numbers."""

_EVIDENCE = ("standard_error", "device_spread", "cycle_spread")
_ROWS = ("interval", "correlation")
_TABLES = ("synapse", "law", "spread", *_EVIDENCE, *_ROWS, "data", "provenance")
_NOT_FIELDS = ("evidence", "provenance", "spread")


def save(synapse: Synapse, path: str | Path) -> None:
    """Write ``synapse`` to a device file; see :meth:`Synapse.save`."""
    path = file_path("device file: path", path, error=ParameterError)
    kept: dict[str, Any] = {"law": synapse.NAME or type(synapse).__name__}
    own = own_law.as_table(synapse)
    if own is None:
        kept |= own_law.script_of(synapse, path)
    kept |= {f.name: getattr(synapse, f.name) for f in fields(synapse) if f.name not in _NOT_FIELDS}
    spread = getattr(synapse, "spread", {})
    tables: dict[str, Mapping[str, Any]] = {"synapse": kept, "law": own or {}, "spread": spread}
    if synapse.evidence is not None:
        tables |= {name: getattr(synapse.evidence, name) for name in (*_EVIDENCE, *_ROWS)}
        tables["data"] = {
            "n_devices": synapse.evidence.n_devices,
            "n_steps": synapse.evidence.n_steps,
        }
    tables["provenance"] = synapse.provenance
    blocks = [_block(name, table) for name, table in tables.items() if table]
    write_text(path, "# A synapse for acanthite. Numbers are SI.\n" + "".join(blocks))


def load(path: str | Path, trust: bool = False) -> Synapse:
    """Read a synapse from a device file. Reading one runs nothing: the source of a law of your own, in ``[law]``, is looked at first.

    Parameters
    ----------
    path : path_like
        TOML with a table ``[synapse]``: ``law`` and the law's fields, each a number in SI or ``{ value, unit }``.
        ``[spread]`` (of a law given as a function), ``[standard_error]``, ``[interval]``, ``[correlation]``, ``[device_spread]``,
        ``[cycle_spread]``, ``[data]`` and ``[provenance]`` may follow. A law of your own stands in ``[law]`` with its ``source``,
        arithmetic of plain functions (:mod:`acanthite.device.restricted`), and its ``parameters``.
    trust : bool
        Run what the file brings along even where it can do more than compute: source that is not plain arithmetic, or a Python
        ``file`` that it names. Only for files whose origin you know.

    Returns
    -------
    Synapse

    Raises
    ------
    ParameterError
        If the file is missing, not TOML, or a field is missing, unknown, or out of range: one message that names all
        that are missing; if its law can do more than compute and is not trusted.
    """
    path = file_path("device file: path", path, error=ParameterError)
    instance("device file: trust", trust, bool, "True or False", error=ParameterError)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"device file {path}: {error.strerror or error}") from None
    except RecursionError:
        raise ParameterError(f"device file {path}: not valid TOML: nested too deeply") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"device file {path}: not valid TOML: {error}") from None
    try:
        return _synapse(tables, path, trust)
    except AcanthiteError as error:
        raise ParameterError(f"device file {path}: {error}") from None
    except TypeError as error:
        raise ParameterError(f"device file {path}: a value is of the wrong kind: {error}") from None


def _synapse(tables: dict[str, Any], path: Path, trust: bool) -> Synapse:
    if not isinstance(tables.get("synapse"), Mapping):
        found = ", ".join(f"[{name}]" for name in tables) or "nothing"
        raise ParameterError(
            f"no table [synapse] (found {found}); expected one with law = ..., as 'Synapse.save' writes it"
        )
    for name in tables:
        if name not in _TABLES:
            raise ParameterError(f"unknown table [{name}]{nearest(name, _TABLES)}")
    entries = dict(tables["synapse"])
    kind = _law(tables, entries, path, trust)
    _complete(kind, entries)
    values: dict[str, Any] = {name: _value(name, entry) for name, entry in entries.items()}
    if "spread" in tables:
        values["spread"] = _numbers(tables, "spread")
    return kind(**values, evidence=_evidence(tables), provenance=tables.get("provenance", {}))


def _law(
    tables: Mapping[str, Any], entries: dict[str, Any], path: Path, trust: bool
) -> type[Synapse]:
    from acanthite.synapse import LAWS

    name, file = entries.pop("law", None), entries.pop("file", None)
    if name is None:
        raise ParameterError(
            f"[synapse] lacks law; expected one of {', '.join(LAWS)}, or your own with its source in [law]"
        )
    if file is not None:
        return own_law.from_script(str(name), path.parent / str(file), trust)
    if "law" in tables:
        return own_law.from_table(str(name), tables["law"], trust)
    if name not in LAWS:
        raise ParameterError(
            f"[synapse] law = {name!r}; expected one of {', '.join(LAWS)}, or your own with its source in [law]"
            f"{nearest(str(name), LAWS)}"
        )
    return LAWS[name]


def _complete(kind: type[Synapse], entries: Mapping[str, Any]) -> None:
    """Refuse fields that are missing or unknown, all in one message."""
    known = {f.name: f for f in fields(kind) if f.name not in _NOT_FIELDS}
    needed = [n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
    if missing := [n for n in needed if n not in entries]:
        raise ParameterError(
            f"[synapse] lacks {', '.join(missing)}; law {kind.NAME!r} needs {', '.join(needed)}"
        )
    for name in entries:
        if name not in known:
            raise ParameterError(f"[synapse] has unknown field {name!r}{nearest(name, known)}")


def _value(name: str, entry: Any) -> Any:
    if isinstance(entry, list):
        return tuple(_number(f"{name}[{k}]", v) for k, v in enumerate(entry))
    if not isinstance(entry, Mapping):
        return _number(name, entry)
    if "value" not in entry:
        raise ParameterError(f"{name}: a table needs 'value', and 'unit' if it is not SI")
    from acanthite.parameters.toml import convert

    unit = UNITS.get(name, "1")
    try:
        return convert(_number(name, entry["value"]), str(entry.get("unit", unit)), unit)
    except ParameterError as error:
        raise ParameterError(f"{name}: {error}") from None


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"{name} = {value!r}; expected a finite number")
    return float(value)


def _numbers(tables: Mapping[str, Any], table: str) -> dict[str, float]:
    return {
        name: _number(f"[{table}] {name}", value) for name, value in tables.get(table, {}).items()
    }


def _evidence(tables: Mapping[str, Any]) -> Evidence | None:
    if not any(name in tables for name in _EVIDENCE):
        return None
    error, devices, cycles = (_numbers(tables, name) for name in _EVIDENCE)
    data = _numbers(tables, "data")
    counts = int(data.get("n_devices", 0)), int(data.get("n_steps", 0))
    return Evidence(error, devices, cycles, None, *counts, *(_rows(tables, name) for name in _ROWS))


def _rows(tables: Mapping[str, Any], table: str) -> dict[str, tuple[float, ...]]:
    rows = tables.get(table, {})
    for name, row in rows.items():
        if not isinstance(row, list):
            raise ParameterError(f"[{table}] {name} = {row!r}; expected a list of numbers")
    return {
        name: tuple(_number(f"[{table}] {name}", value) for value in row)
        for name, row in rows.items()
    }


def _block(name: str, table: Mapping[str, Any]) -> str:
    lines = [f"\n[{name}]"]
    for key, value in table.items():
        unit = UNITS.get(key, "") if name != "provenance" else ""
        lines.append(f"{_key(key)} = {_toml(value)}{f'  # {unit}' if unit else ''}")
    return "\n".join(lines) + "\n"


def _key(key: str) -> str:
    return (
        key
        if key.replace("_", "").replace("-", "").isalnum() and key.isascii()
        else json.dumps(key)
    )


def _toml(value: Any) -> str:
    if isinstance(value, str) and "\n" in value and is_literal(value):
        return f"'''\n{value}'''"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(k))} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value.item() if hasattr(value, "item") else value)  # pyright: ignore[reportAttributeAccessIssue]
    return json.dumps(str(value), ensure_ascii=False)
