r"""Device files of fitted laws: TOML with the parameters, their errors, the files fitted, and how
good the fit is.

::

    [device]
    law = "vteam"
    [parameters.v_off]
    value = 0.302  # in unit; a plain number in place of the table is in SI too
    unit = "V"
    std = 0.003  # standard error of value
    interval = [0.296, 0.308]  # 95 %
    device_spread = [0.09, 0.07, 0.14]  # relative, with its 95 % interval
    how = "fitted"
    ...
    [correlation]  # of the errors
    [fit]  # devices, samples, residuals, what was held out
    [verdict]  # good or poor, how far off in decades, and why
    [[data]]  # file, sha256, date

A law of your own stands in ``[law]`` with its states and the text of its functions, as data:
reading a file runs nothing. Unless the file is trusted, only text that is plain arithmetic
(:mod:`acanthite.device.compiler.restricted`) is compiled.

Files of pulse laws are those of :mod:`acanthite.synapse`; :func:`load_device` reads both.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite import __version__
from acanthite.arguments import file_path, instance
from acanthite.device import FILAMENT, MODELS, Devices, Law
from acanthite.display import Display
from acanthite.errors import FitError, nearest
from acanthite.files import write_text
from acanthite.fitting import own_law
from acanthite.fitting.verdict import Verdict
from acanthite.fitting.verdict import read as read_verdict
from acanthite.parameters import Quantity
from acanthite.parameters.toml import TomlTable, document_text, read, table_text
from acanthite.parameters.units import convert_width
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from acanthite.fitting.loops.fit import DeviceFit, FittedParameter
    from acanthite.fitting.moments.result import MomentFit
    from acanthite.synapse import Synapse

_SPREADS = ("interval", "device_spread", "cycle_spread", "spread_unit")
_TABLES = ("device", "law", "parameters", "correlation", "fit", "verdict", "data", "provenance")


@accepts_quantities
@dataclass(frozen=True)
class FittedDevice(Display):
    """A device read from a device file.

    Parameters
    ----------
    law : Law
        Its defaults are the typical device's parameters; ``law.sources`` says where each comes
        from.
    spread : mapping of str to float
        Relative device-to-device spread of its parameters.
    attrs : mapping
        Provenance, copied into every Recording of its devices.
    reach : (float, float), optional
        Least and largest voltage of the data it was fitted to. [V]
    verdict : Verdict, optional
        What the file says of its fit.

    Examples
    --------
    A law with spread, as :func:`load_device` returns it from a file:

    >>> device = ac.fitting.FittedDevice(
    ...     ac.device.VTEAM, spread={"r_on": 0.1}, reach=(-0.5, 0.5)
    ... )
    >>> len(device.sample(5, seed=1))
    5
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

    Examples
    --------
    >>> from pathlib import Path
    >>> written = Path("loop.csv").write_text("0.1,1e-6")
    >>> ac.fitting.data_file("loop.csv", date="2024-05-02").date
    '2024-05-02'
    """

    file: str
    sha256: str
    date: str = ""


def data_file(path: str | Path, date: str = "") -> DataFile:
    """Return a file's name and hash.

    Examples
    --------
    >>> from pathlib import Path
    >>> written = Path("loop.csv").write_bytes(b"0.1,1e-6")
    >>> data = ac.fitting.data_file("loop.csv")
    >>> data.file, data.sha256[:8]
    ('loop.csv', '6bef2e1e')
    """
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
        Free text, stored in the file.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> fit = ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0)
    >>> ac.fitting.save(fit, "mine.toml", note="wafer 7")
    >>> ac.fitting.load_device("mine.toml").law.sources["r_on"].how
    'fitted'
    """
    files = list(data)
    source = ", ".join(f.file for f in files) or "recordings in memory"
    tables = [table_text("device", {"law": _name_in_file(fit.law), "acanthite": __version__})]
    if not _is_known(fit.law):
        tables.append(table_text("law", own_law.as_table(fit.law)))
    for name, value in fit.law.parameters.items():
        fitted = fit.parameters.get(name)
        tables.append(
            table_text(f"parameters.{name}", _parameter(fit, name, value, fitted, source))
        )
    names = list(fit.unknowns)
    rows = {n: np.round(row, 4).tolist() for n, row in zip(names, fit.correlation, strict=True)}
    tables.append(table_text("correlation", {"order": names, **rows}))
    tables.append(table_text("fit", fit.quality()))
    tables.append(table_text("verdict", fit.verdict.table()))
    for file in files:
        entry = {"file": file.file, "sha256": file.sha256} | (
            {"date": file.date} if file.date else {}
        )
        tables.append(table_text("data", entry, listed=True))
    if note:
        tables.append(table_text("provenance", {"note": note}))
    comment = "A device for acanthite: --device takes this file. Numbers are SI."
    write_text(path, document_text(comment, tables))


def _parameter(
    fit: DeviceFit | MomentFit, name: str, value: float, fitted: FittedParameter | None, source: str
) -> dict[str, Any]:
    if fitted is None:
        held = fit.law.sources.get(name)
        entry = {"value": value, "unit": held.unit if held else "1", "how": "assumed"}
        if held is None or held.value != value:
            return entry | {"source": "held at its default"}
        return entry | {"source": held.source, "where": held.where}
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
        Run what the file brings along even where it can do more than compute; only for files whose
        origin you know.

    Returns
    -------
    FittedDevice or Synapse
        The latter from a file with a table ``[synapse]``.

    Raises
    ------
    FitError
        If the file is missing, not TOML, something in it is missing, unknown or of the wrong kind,
        or its law can do more than compute and is not trusted.
    ParameterError
        The same, from a file of a pulse law.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> ac.fitting.save(
    ...     ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0), "mine.toml"
    ... )
    >>> mine = ac.fitting.load_device("mine.toml")
    >>> mine.law.name, mine.reach, mine.verdict.quality
    ('VTEAM', (-1.0, 1.0), 'good')
    """
    path = file_path("device file: path", path, error=FitError)
    instance("device file: trust", trust, bool, "True or False", error=FitError)
    if law is not None:
        instance("device file: law", law, Law, "a Law", error=FitError)
    file = read(path, "device file", FitError)
    if "synapse" in file:
        from acanthite import synapse

        return synapse.load(path, trust)
    with file.located():
        return _device(file, path, law, trust)


def _device(file: TomlTable, path: Path, law: Law | None, trust: bool) -> FittedDevice:
    if not all(isinstance(file.get(name), Mapping) for name in ("device", "parameters")):
        tables = ", ".join(f"[{name}]" for name in file) or "nothing"
        raise file.error(
            f"found {tables}; expected [device] with law = ... and [parameters], "
            "or [synapse] of a pulse law"
        )
    file.check_keys(_TABLES, "table")
    entries = file.table("parameters")
    law = law or _own(file, entries, path, trust) or _known(file.table("device"))
    for name in entries:
        if name not in law.parameters:
            hint = nearest(name, law.parameters)
            raise entries.error(f"law {law.name!r} has no parameter {name!r}{hint}", name)
    if missing := [name for name in law.parameters if name not in entries]:
        raise entries.error(f"[parameters] lacks {', '.join(missing)} of law {law.name!r}")
    sources = {name: _quantity(law.sources, name, entries, path) for name in law.parameters}
    spreads = {name: _spread(name, entries, sources[name]) for name in law.parameters}
    values = {name: q.value for name, q in sources.items()}
    return FittedDevice(
        replace(law, parameters=values, sources=sources),
        {name: spread for name, spread in spreads.items() if spread > 0},
        {"device": law.name, "device_file": path.name},
        file.table("fit").value("voltage", tuple[float, float], None),
        read_verdict(file),
    )


def _own(file: TomlTable, entries: TomlTable, path: Path, trust: bool) -> Law | None:
    """Return the law a file brings along, its parameters as the file has them."""
    if "law" not in file:
        return None
    name = str(file.table("device").get("law"))
    if name in {"filament", *MODELS}:
        raise file.table("device").error(
            f"law = {name!r} is a built-in one; expected no [law], or another name", "law"
        )
    values = {name: _quantity({}, name, entries, path).value for name in entries}
    return own_law.from_table(name, file.table("law"), values, trust)


def _known(device: TomlTable) -> Law:
    laws = {"filament": FILAMENT, **MODELS}
    name = device.get("law")
    if not isinstance(name, str) or name not in laws:
        expected = f"one of {', '.join(laws)}, or your own with its source in [law]"
        raise device.error(f"law = {name!r}; expected {expected}{nearest(str(name), laws)}", "law")
    return laws[name]


def _quantity(
    sources: Mapping[str, Quantity], name: str, entries: TomlTable, path: Path
) -> Quantity:
    default = {"source": str(path), "where": "device file", "how": "assumed"}
    unit = "1"
    if name in sources:
        unit = sources[name].unit
    elif isinstance(entries[name], Mapping):
        unit = str(entries[name].get("unit", unit))
    return entries.quantity(name, unit, default, _SPREADS)


def _spread(name: str, entries: TomlTable, quantity: Quantity) -> float:
    """Return the relative device-to-device spread."""
    if not isinstance(entries[name], Mapping):
        return 0.0
    entry = entries.table(name)
    given = entry.value("device_spread", float | tuple[float, ...], 0.0)
    spread = given[0] if isinstance(given, tuple) else given
    if spread < 0:
        raise entry.wrong("device_spread", "zero or more")
    if "spread_unit" in entry and quantity.value:
        with entry.located("spread_unit"):
            spread = convert_width(spread, str(entry["spread_unit"]), quantity.unit)
        return spread / abs(quantity.value)
    return spread
