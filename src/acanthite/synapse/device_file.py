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

    [rest]                                          # optional: what the device does between pulses
    decay_rate = 10.0

    [unit]                                          # optional: a cell of several such devices
    cell = "one-sided"                              # or vector, reference
    refresh_every = 100

    [provenance]                                    # optional, free
    source = "our probe station, wafer 7"
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from acanthite.arguments import file_path, instance
from acanthite.errors import ParameterError, nearest
from acanthite.files import write_text
from acanthite.parameters.toml import TomlTable, document_text, read, table_text
from acanthite.synapse import own_law
from acanthite.synapse.base import Evidence, Synapse
from acanthite.synapse.laws.catalogue import LAWS
from acanthite.synapse.rest import Rest
from acanthite.synapse.units.catalogue import UNITS
from acanthite.synapse.units.unit_cell import UnitCell

_EVIDENCE = ("standard_error", "device_spread", "cycle_spread")
_ROWS = ("interval", "correlation")
_COUNTS = ("n_devices", "n_steps")
_TABLES = ("synapse", "law", "spread", "rest", "unit", *_EVIDENCE, *_ROWS, "data", "provenance")
_NOT_ENTRIES = ("evidence", "provenance", "spread", "rest")


def save(synapse: Synapse, path: str | Path) -> None:
    """Write a synapse to a device file: law, numbers, errors, spreads and provenance.

    Parameters
    ----------
    synapse : Synapse
    path : path_like

    Raises
    ------
    LawError
        If it is a law of your own whose source is in no file.

    Examples
    --------
    >>> from acanthite.synapse import SoftBounds, load, save
    >>> device = SoftBounds(conductance_min=30e-9, conductance_max=2e-6, up=0.13, down=0.14)
    >>> save(device, "device.toml")
    >>> load("device.toml") == device
    True
    """
    path = file_path("device file: path", path, error=ParameterError)
    instance("device file: synapse", synapse, Synapse, "a synapse", error=ParameterError)
    unit = {}
    if isinstance(synapse, UnitCell):
        own_fields = [f.name for f in fields(synapse) if f.init and f.name != "base"]
        unit = {"cell": synapse.NAME, **{name: getattr(synapse, name) for name in own_fields}}
        synapse = synapse.base
    own = own_law.as_table(synapse)
    entries: dict[str, Any] = {"law": synapse.NAME or type(synapse).__name__}
    if own is None:
        entries |= own_law.script_of(synapse, path)
    declared = [f for f in fields(synapse) if f.name not in _NOT_ENTRIES]
    entries |= {f.name: getattr(synapse, f.name) for f in declared}
    units = {f.name: f.metadata["unit"] for f in declared if "unit" in f.metadata}
    tables = {"synapse": entries, "law": own, "spread": getattr(synapse, "spread", {})}
    if synapse.rest is not None:
        tables["rest"] = vars(synapse.rest)
    tables["unit"] = {name: value for name, value in unit.items() if value != ()}
    evidence = synapse.evidence
    if evidence is not None:
        tables |= {name: getattr(evidence, name) for name in (*_EVIDENCE, *_ROWS)}
        tables["data"] = {name: getattr(evidence, name) for name in _COUNTS}
    tables["provenance"] = synapse.provenance
    texts = [
        table_text(name, table, {} if name == "provenance" else units)
        for name, table in tables.items()
        if table
    ]
    write_text(path, document_text("A synapse for acanthite. Numbers are SI.", texts))


def load(path: str | Path, trust: bool = False) -> Synapse:
    """Read a synapse from a device file. Reading one runs nothing: the source of a law of your own,
    in ``[law]``, is looked at first.

    Parameters
    ----------
    path : path_like
        TOML with a table ``[synapse]``: ``law`` and the law's fields, each a number in SI or ``{
        value, unit }``. ``[spread]`` (of a law given as a function), ``[standard_error]``,
        ``[interval]``, ``[correlation]``, ``[device_spread]``, ``[cycle_spread]``, ``[data]`` and
        ``[provenance]`` may follow, and ``[unit]`` where a weight is several such devices. A law of
        your own stands in ``[law]`` with its ``source``, arithmetic of plain functions
        (:mod:`acanthite.device.compiler.restricted`), and its ``parameters``.
    trust : bool
        Run what the file brings along even where it can do more than compute: source that is not
        plain arithmetic, or a Python ``file`` that it names. Only for files whose origin you know.

    Returns
    -------
    Synapse

    Raises
    ------
    ParameterError
        If the file is missing, not TOML, or a field is missing, unknown, or out of range: one
        message that names all that are missing; if its law can do more than compute and is not
        trusted.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> device = ac.synapse.ConstantStep(
    ...     size=0.02, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> ac.synapse.save(device, "mine.toml")
    >>> ac.synapse.load("mine.toml").size
    0.02
    """
    path = file_path("device file: path", path, error=ParameterError)
    instance("device file: trust", trust, bool, "True or False", error=ParameterError)
    file = read(path, "device file")
    if not isinstance(file.get("synapse"), dict):
        tables = ", ".join(f"[{name}]" for name in file) or "nothing"
        raise file.error(
            f"no table [synapse] (found {tables}); expected one with law = ..., "
            "as 'synapse.save' writes it"
        )
    file.check_keys(_TABLES, "table")
    entries = file.table("synapse")
    with entries.located():
        kind = _law(file, entries, path, trust)
    others = {"evidence": _evidence(file), "provenance": dict(file.table("provenance"))}
    if "rest" in file:
        others["rest"] = file.table("rest").build(Rest, "[rest]")
    if "spread" in file:
        others["spread"] = file.table("spread").numbers()
    device = entries.without("law", "file").build(kind, f"law {kind.NAME!r}", **others)
    return _in_unit(device, file.table("unit")) if "unit" in file else device


def _in_unit(device: Synapse, entries: TomlTable) -> Synapse:
    """Return the cell of several devices that a table describes."""
    expected = f"one of {', '.join(UNITS)}"
    if "cell" not in entries:
        raise entries.error(f"[unit] lacks cell; expected {expected}")
    name = str(entries["cell"])
    if name not in UNITS:
        raise entries.wrong("cell", f"{expected}{nearest(name, UNITS)}")
    return entries.without("cell").build(UNITS[name], f"cell {name!r}", base=device)


def _law(file: TomlTable, entries: TomlTable, path: Path, trust: bool) -> type[Synapse]:
    expected = f"one of {', '.join(LAWS)}, or your own with its source in [law]"
    if "law" not in entries:
        raise entries.error(f"[synapse] lacks law; expected {expected}")
    name = str(entries["law"])
    if "file" in entries:
        return own_law.from_script(name, path.parent / str(entries["file"]), trust)
    if "law" in file:
        return own_law.from_table(name, file.table("law"), trust)
    if name not in LAWS:
        raise entries.wrong("law", f"{expected}{nearest(name, LAWS)}")
    return LAWS[name]


def _evidence(file: TomlTable) -> Evidence | None:
    if not any(name in file for name in _EVIDENCE):
        return None
    errors, devices, cycles = (file.table(name).numbers() for name in _EVIDENCE)
    intervals, correlations = (file.table(name).rows() for name in _ROWS)
    data = file.table("data")
    n_devices, n_steps = (int(data.value(name, float, 0.0)) for name in _COUNTS)
    return Evidence(errors, devices, cycles, None, n_devices, n_steps, intervals, correlations)
