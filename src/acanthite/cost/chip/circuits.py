"""What a chip needs to be costed and not to be exact: node, clock, converters, buffers, links."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from acanthite.arguments import count, file_path, number
from acanthite.cost.node.interpolation import rounded
from acanthite.cost.node.process_node import ProcessNode
from acanthite.cost.node.transistors import Flavour
from acanthite.errors import ChipError, nearest
from acanthite.inference.chip.chip_file import entry_line
from acanthite.inference.chip.template import meanings
from acanthite.parameters.toml import TomlTable, read
from acanthite.parameters.toml.kinds import field_kinds
from acanthite.quantities import accepts_quantities, documented_units

ConverterKind = Literal["survey", "sar", "flash", "ramp", "integrating", "given"]
Interconnect = Literal["h-tree", "mesh"]
Access = Literal["transistor", "none"]

TABLE = "circuits"
"""What the table of a chip file is called."""

_CHOICES: dict[str, Any] = {
    "flavour": Flavour,
    "converter": ConverterKind,
    "interconnect": Interconnect,
    "access": Access,
}
_EXAMPLES: dict[str, float] = {
    "converter_rate": 1e8,
    "converter_energy": 1e-12,
    "converter_area": 1e-9,
    "rows_at_once": 32,
    "cell_area": 1e-13,
    "buffer": 65536.0,
    "tiles": 64,
}
"""Of entries that are not set."""
_POSITIVE = ("clock_frequency", "read_time", "write_voltage", "write_time", "write_pulses")
_OPTIONAL = ("converter_rate", "converter_energy", "converter_area", "cell_area", "buffer")


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class ChipCircuits:
    """The circuits around the arrays of a :class:`~acanthite.inference.Chip`.

    Parameters
    ----------
    node : float
        Of the process, 7 nm to 130 nm. [m]
    flavour : {"low-power", "high-performance"}
        Of its transistors.
    clock_frequency : float
        Of the digital part. [1/s]
    read_time : float
        Of a read pulse; of the longest one where inputs are times. [s]
    converter : {"survey", "sar", "flash", "ramp", "integrating", "given"}
        Of the columns.
    converter_rate : float, optional
        Of a converter of the survey (1e8 without it) or a given one. [1/s]
    converter_energy : float, optional
        Of a conversion, if given. [J]
    converter_area : float, optional
        Of a converter, if given. [m^2]
    columns_per_converter : int
        That take turns.
    rows_at_once : int, optional
        Of a tile that are read together; all without it.
    access : {"transistor", "none"}
        What is in a cell beside the memory.
    cell_area : float, optional
        126 times the node squared with a transistor, as in NeuRRAM, and 4 times without one. [m^2]
    buffer : float, optional
        For the values between layers, in bytes; as large as they need without it. [1]
    interconnect : {"h-tree", "mesh"}
    pipelined : bool
        Whether each layer works on an inference of its own.
    replication : int
        Copies of the tiles of the layer with the most positions; the others have as many as they
        need to keep up.
    tiles : int, optional
        The chip has; as many as the network needs without it.
    write_voltage, write_time : float
        Of a write pulse. [V], [s]
    write_pulses : float
        A cell takes in the mean, each followed by a read. [1]

    Raises
    ------
    ChipError
        If a number makes no sense, or something is not known.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> circuits = ac.cost.ChipCircuits(node=22 * nm, converter="sar", columns_per_converter=4)
    >>> circuits.interconnect
    'h-tree'
    """

    node: float = 22e-9
    flavour: Flavour = "low-power"
    clock_frequency: float = 500e6
    read_time: float = 10e-9
    converter: ConverterKind = "survey"
    converter_rate: float | None = None
    converter_energy: float | None = None
    converter_area: float | None = None
    columns_per_converter: int = 8
    rows_at_once: int | None = None
    access: Access = "transistor"
    cell_area: float | None = None
    buffer: float | None = None
    interconnect: Interconnect = "h-tree"
    pipelined: bool = False
    replication: int = 1
    tiles: int | None = None
    write_voltage: float = 1.5
    write_time: float = 100e-9
    write_pulses: float = 5.0

    def __post_init__(self) -> None:
        number("circuits: node", self.node, error=ChipError)
        object.__setattr__(self, "node", rounded(self.node))
        smallest, largest = ProcessNode.SMALLEST, ProcessNode.LARGEST
        number("circuits: node", self.node, least=smallest, most=largest, error=ChipError)
        for name, kind in _CHOICES.items():
            value, known = getattr(self, name), get_args(kind)
            if value not in known:
                raise ChipError(
                    f"circuits: {name} = {value!r}; expected one of {', '.join(known)}"
                    f"{nearest(str(value), known)}"
                )
        for name in _POSITIVE:
            number(f"circuits: {name}", getattr(self, name), above=0, error=ChipError)
        for name in _OPTIONAL:
            if getattr(self, name) is not None:
                number(f"circuits: {name}", getattr(self, name), above=0, error=ChipError)
        for name in ("columns_per_converter", "replication"):
            count(f"circuits: {name}", getattr(self, name), error=ChipError)
        for name in ("rows_at_once", "tiles"):
            if getattr(self, name) is not None:
                count(f"circuits: {name}", getattr(self, name), error=ChipError)
        self._check_given()

    def _check_given(self) -> None:
        own = {"converter_energy": self.converter_energy, "converter_area": self.converter_area}
        if self.converter == "given":
            for name, value in {**own, "converter_rate": self.converter_rate}.items():
                if value is None:
                    raise ChipError(f"circuits: {name} = None; a given converter needs it")
            return
        for name, value in own.items():
            if value is not None:
                raise ChipError(
                    f'circuits: {name} = {value:g}; only a converter = "given" takes it'
                )


def load_circuits(source: str | Path) -> ChipCircuits:
    r"""Return the table ``[circuits]`` of a chip file; the default circuits where it has none.

    Parameters
    ----------
    source : str or path_like
        A chip file, or the name of a chip, which has none.

    Raises
    ------
    ChipError
        If an entry is unknown or makes no sense: the message names file, line and entry.

    Examples
    --------
    >>> from pathlib import Path
    >>> text = 'cells = "pcm"\n[circuits]\nnode = { value = 65, unit = "nm" }\n'
    >>> written = Path("mine.toml").write_text(text)
    >>> print(f"{ac.cost.load_circuits('mine.toml').node * 1e9:.0f} nm")
    65 nm
    """
    path = file_path("load_circuits: source", source, error=ChipError)
    if not path.suffix and not path.exists():
        return ChipCircuits()
    return circuits_of(read(path, "chip file", ChipError).table(TABLE))


def circuits_of(table: TomlTable) -> ChipCircuits:
    """Return circuits from a table of a file."""
    kinds, units = field_kinds(ChipCircuits), documented_units(ChipCircuits)
    table.check_keys(kinds)
    values = {
        name: table.value(name, _given(kinds[name]), unit=units.get(name, "1")) for name in table
    }
    try:
        return ChipCircuits(**values)
    except ChipError as error:
        message = str(error).removeprefix("circuits: ")
        entry = message.partition(" ")[0]
        raise table.error(f"{table.label}{message}", entry if entry in table else None) from None


def _given(kind: Any) -> Any:
    """Return a kind less None: an entry that is there has a value."""
    members = [member for member in get_args(kind) if member is not type(None)]
    return members[0] if type(None) in get_args(kind) else kind


def circuits_text(circuits: ChipCircuits | None = None) -> str:
    """Return circuits as a table of a chip file, each entry with what it means.

    Parameters
    ----------
    circuits : ChipCircuits, optional
        The default ones without it.

    Examples
    --------
    >>> "node = 2.2e-08  # m" in ac.cost.circuits_text()
    True
    """
    circuits = circuits or ChipCircuits()
    meaning, units = meanings(ChipCircuits), documented_units(ChipCircuits)
    lines = [f"[{TABLE}]"]
    for name, value in vars(circuits).items():
        text = meaning.get(name, "")
        lines += [f"# {line}" for line in textwrap.wrap(text, 98, break_on_hyphens=False)]
        unit = units.get(name, "1")
        shown = entry_line(name, _EXAMPLES[name] if value is None else value, unit)
        lines.append(f"# {shown}" if value is None else shown)
    return "\n".join(lines) + "\n"
