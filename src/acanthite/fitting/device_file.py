r"""Device files of fitted laws: TOML that says what was fitted, to which files, how well, and how sure.

::

    [device]
    law = "vteam"
    [parameters.v_off]
    value = 0.302                       # in unit; a plain number in place of the table is in SI too
    unit = "V"
    std = 0.003                         # standard error of value
    interval = [0.296, 0.308]           # 95 %
    device_spread = [0.09, 0.07, 0.14]  # relative, with its 95 % interval
    how = "fitted"
    ...
    [correlation]                       # of the errors
    [fit]                               # devices, samples, residuals, what was held out
    [verdict]                           # good or poor, how far off in decades, and why
    [[data]]                            # file, sha256, date

A law of your own stands in ``[law]`` with its states and the text of its functions, as data: reading a file runs nothing, and only
text that is plain arithmetic (:mod:`acanthite.device.restricted`) is compiled without being asked to.

Files of pulse laws are those of :mod:`acanthite.synapse`; :func:`load_device` reads both.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite import __version__
from acanthite.device import FILAMENT, MODELS, Devices, Law
from acanthite.device.arguments import file_path, instance
from acanthite.errors import FitError, LawError, ParameterError, nearest
from acanthite.files import is_literal, write_text
from acanthite.fitting import own_law
from acanthite.fitting.verdict import Verdict
from acanthite.fitting.verdict import read as read_verdict
from acanthite.parameters import Quantity

if TYPE_CHECKING:
    from acanthite.fitting.device_fit import DeviceFit, Fitted
    from acanthite.fitting.moment_result import MomentFit
    from acanthite.synapse import Synapse

_TABLES = ("device", "law", "parameters", "correlation", "fit", "verdict", "data", "provenance")


@dataclass(frozen=True)
class FittedDevice:
    """A device read from a device file.

    Parameters
    ----------
    law : Law
        Its defaults are the typical device's parameters; ``law.sources`` says where each comes from.
    spread : mapping of str to float
        Relative device-to-device spread of its parameters.
    attrs : mapping
        Provenance, copied into every Recording of its devices.
    reach : (float, float), optional
        Least and largest voltage of the data it was fitted to. [V]
    verdict : Verdict, optional
        What the file says of its fit.
    """

    law: Law
    spread: Mapping[str, float] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)
    reach: tuple[float, float] | None = None
    verdict: Verdict | None = None

    def sample(self, n: int, *, seed: int) -> Devices:
        """Return ``n`` devices of the population.

        Parameters
        ----------
        n : int
        seed : int
        """
        return replace(self.law.sample(n, seed=seed, spread=self.spread), attrs=dict(self.attrs))


@dataclass(frozen=True)
class DataFile:
    """A file that was fitted.

    Parameters
    ----------
    file : str
    sha256 : str
    date : str
        Of the measurement where the file says it, else empty.
    """

    file: str
    sha256: str
    date: str = ""


def data_file(path: str | Path, date: str = "") -> DataFile:
    """Return a file's name and hash."""
    with Path(path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    return DataFile(Path(path).name, digest.hexdigest(), date)


def law_name(law: Law) -> str:
    """Return the name a law goes by on the command line."""
    known = {"filament": FILAMENT, **MODELS}
    return next((name for name, other in known.items() if other.name == law.name), law.name)


def _name_in_file(law: Law) -> str:
    if _is_known(law):
        return law_name(law)
    return f"{law.name}-own" if law.name in ("filament", *MODELS) else law.name


def _is_known(law: Law) -> bool:
    """Return whether a law is one that device files know by its name."""
    known = {"filament": FILAMENT, **MODELS}.get(law_name(law))
    return known is not None and (known.rates, known.current, known.states) == (
        law.rates,
        law.current,
        law.states,
    )


def save(
    fit: DeviceFit | MomentFit, path: str | Path, data: Iterable[DataFile] = (), note: str = ""
) -> None:
    """Write a fitted device to a device file.

    Parameters
    ----------
    fit : DeviceFit or MomentFit
    path : path_like
    data : iterable of DataFile
        What was fitted.
    note : str
        Free text, kept.
    """
    files = list(data)
    source = ", ".join(f.file for f in files) or "recordings in memory"
    blocks = [
        "# A device for acanthite: --device takes this file. Numbers are SI.\n",
        _block("device", {"law": _name_in_file(fit.law), "acanthite": __version__}),
    ]
    if not _is_known(fit.law):
        blocks.append(_block("law", own_law.as_table(fit.law)))
    for name, value in fit.law.parameters.items():
        fitted = fit.parameters.get(name)
        blocks.append(_block(f"parameters.{name}", _parameter(fit, name, value, fitted, source)))
    names = list(fit.unknowns)
    rows = {n: np.round(row, 4).tolist() for n, row in zip(names, fit.correlation, strict=True)}
    blocks.append(_block("correlation", {"order": names, **rows}))
    blocks.append(_block("fit", fit.quality()))
    blocks.append(_block("verdict", fit.verdict.table()))
    for file in files:
        entry = {"file": file.file, "sha256": file.sha256} | (
            {"date": file.date} if file.date else {}
        )
        blocks.append(_block("data", entry).replace("[data]", "[[data]]"))
    if note:
        blocks.append(_block("provenance", {"note": note}))
    write_text(path, "\n".join(blocks))


def _parameter(
    fit: DeviceFit | MomentFit, name: str, value: float, fitted: Fitted | None, source: str
) -> dict[str, Any]:
    if fitted is None:
        held = fit.law.sources.get(name)
        found = {
            "value": value,
            "unit": held.unit if held else "1",
            "how": "assumed",
            "source": "held at its default",
        }
        return (
            found
            if held is None or held.value != value
            else found | {"source": held.source, "where": held.where}
        )
    entry: dict[str, Any] = {"value": value, "unit": fitted.unit}
    if math.isfinite(fitted.error):
        entry |= {"std": fitted.error, "interval": list(fitted.interval)}
    if fitted.device_spread:
        entry["device_spread"] = list(fitted.device_spread)
    if fitted.cycle_spread:
        entry["cycle_spread"] = list(fitted.cycle_spread)
    if not fitted.relative:
        entry["spread_unit"] = fitted.unit
    return entry | {
        "how": "fitted",
        "source": source,
        "where": f"{fit.law.name} fitted to {fit.n_devices} devices",
    }


def _block(name: str, table: Mapping[str, Any]) -> str:
    return (
        "\n".join([f"[{name}]", *(f"{key} = {_toml(value)}" for key, value in table.items())])
        + "\n"
    )


def _toml(value: Any) -> str:
    if isinstance(value, str) and "\n" in value and is_literal(value):
        return f"'''\n{value}'''"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | np.number):
        return repr(value.item() if isinstance(value, np.number) else value)
    return json.dumps(str(value), ensure_ascii=False)


def load_device(
    path: str | Path, law: Law | None = None, trust: bool = False
) -> FittedDevice | Synapse:
    """Read a device file: of a device law, or of a pulse law.

    Parameters
    ----------
    path : path_like
    law : Law, optional
        The law the file is of, in place of the one it holds.
    trust : bool
        Run what the file brings along even where it can do more than compute; only for files whose origin you know.

    Returns
    -------
    FittedDevice or Synapse
        The latter from a file with a table ``[synapse]``.

    Raises
    ------
    FitError
        If the file is missing, not TOML, something in it is missing, unknown or of the wrong kind, or its law can do more than
        compute and is not trusted.
    ParameterError
        The same, from a file of a pulse law.
    """
    path = file_path("device file: path", path, error=FitError)
    instance("device file: trust", trust, bool, "True or False", error=FitError)
    if law is not None:
        instance("device file: law", law, Law, "a Law", error=FitError)
    tables = _read(path)
    if "synapse" in tables:
        from acanthite import synapse

        return synapse.load(path, trust)
    try:
        return _device(tables, path, law, trust)
    except (FitError, LawError, ParameterError) as error:
        raise FitError(f"device file {path}: {error}") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FitError(f"device file {path}: {error.strerror or error}") from None
    except RecursionError:
        raise FitError(f"device file {path}: not valid TOML: nested too deeply") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FitError(f"device file {path}: not valid TOML: {error}") from None


def _device(tables: Mapping[str, Any], path: Path, law: Law | None, trust: bool) -> FittedDevice:
    head, entries = tables.get("device"), tables.get("parameters")
    if not isinstance(head, Mapping) or not isinstance(entries, Mapping):
        found = ", ".join(f"[{name}]" for name in tables) or "nothing"
        raise FitError(
            f"found {found}; expected [device] with law = ... and [parameters], or [synapse] of a pulse law"
        )
    for name in tables:
        if name not in _TABLES:
            raise FitError(f"unknown table [{name}]{nearest(name, _TABLES)}")
    law = law or _own(tables, trust) or _known(head.get("law"))
    for name in entries:
        if name not in law.parameters:
            raise FitError(
                f"law {law.name!r} has no parameter {name!r}{nearest(name, law.parameters)}"
            )
    if missing := [name for name in law.parameters if name not in entries]:
        raise FitError(f"[parameters] lacks {', '.join(missing)} of law {law.name!r}")
    sources = {name: _quantity(law, name, entries[name], path) for name in law.parameters}
    spread = {
        name: s
        for name in law.parameters
        if (s := _spread(name, entries[name], sources[name].value)) > 0
    }
    values = {name: q.value for name, q in sources.items()}
    attrs = {"device": law.name, "device_file": path.name}
    return FittedDevice(
        replace(law, parameters=values, sources=sources),
        spread,
        attrs,
        _reach(tables),
        read_verdict(tables),
    )


def _reach(tables: Mapping[str, Any]) -> tuple[float, float] | None:
    ends = tables.get("fit", {}).get("voltage")
    if ends is None:
        return None
    if not isinstance(ends, list) or len(ends) != 2:
        raise FitError(f"[fit] voltage = {ends!r}; expected the least and the largest voltage")
    low, high = (_number("[fit] voltage", v) for v in ends)
    return low, high


def _own(tables: Mapping[str, Any], trust: bool) -> Law | None:
    """Return the law a file brings along, its parameters as the file has them."""
    if "law" not in tables:
        return None
    name = str(tables["device"].get("law"))
    if name in {"filament", *MODELS}:
        raise FitError(f"law = {name!r} is a built-in one; expected no [law], or another name")
    entries = tables["parameters"]
    values = {
        n: _number(n, e.get("value") if isinstance(e, Mapping) else e) for n, e in entries.items()
    }
    return own_law.from_table(name, tables["law"], values, trust)


def _known(name: Any) -> Law:
    known = {"filament": FILAMENT, **MODELS}
    if not isinstance(name, str) or name not in known:
        raise FitError(
            f"law = {name!r}; expected one of {', '.join(known)}, or your own with its source in [law]{nearest(str(name), known)}"
        )
    return known[name]


def _quantity(law: Law, name: str, entry: Any, path: Path) -> Quantity:
    table = entry if isinstance(entry, Mapping) else {"value": entry}
    old = law.sources.get(name)
    unit = str(table.get("unit", old.unit if old else "1"))
    if old is not None and unit != old.unit:
        raise FitError(f"{name} has unit {unit!r}; expected {old.unit!r}")
    std = table.get("std")
    return Quantity(
        _number(name, table.get("value")),
        unit,
        str(table.get("source", path)),
        str(table.get("where", "device file")),
        table.get("how", "assumed"),
        None if std is None else _number(f"{name}.std", std),
    )


def _spread(name: str, entry: Any, value: float) -> float:
    """Return the relative device-to-device spread."""
    given = entry.get("device_spread") if isinstance(entry, Mapping) else None
    if given is None:
        return 0.0
    spread = _number(
        f"{name}.device_spread", given[0] if isinstance(given, list) and given else given
    )
    if spread < 0:
        raise FitError(f"{name}.device_spread = {spread:g}; expected zero or more")
    return spread / abs(value) if "spread_unit" in entry and value else spread


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FitError(f"{name} = {value!r}; expected a finite number")
    return float(value)
