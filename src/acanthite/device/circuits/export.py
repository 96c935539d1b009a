"""Write a device as text for circuit simulators: a Verilog-A module, or an ngspice subcircuit of
B-sources.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from acanthite import __version__
from acanthite.device.circuits.circuit import LawCircuit, as_devices, circuit
from acanthite.device.circuits.symbolic import Formula
from acanthite.errors import LawError, nearest
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from acanthite.device.law import Devices, Law
    from acanthite.device.laws.filament import Filament
    from acanthite.parameters import ParameterSet, Quantity

_WIDTH = 110


@accepts_quantities
def export(
    source: Law | Filament | Devices,
    format: str,
    *,
    device: int = 0,
    name: str = "acanthite_device",
    parameters: ParameterSet | None = None,
    latch_time: float = 1e-9,
) -> str:
    """Return a device as text for a circuit simulator.

    Its terminals are ``top`` and ``bottom``; the current flows from top to bottom. Randomness from
    cycle to cycle is left out; what differs between devices is in the parameters of the one chosen.
    The states start as in a fresh device: simulate transients from initial conditions (``uic`` in
    ngspice).

    Parameters
    ----------
    source : Law, Filament or Devices
        A law stands for its default values, a filament for the nominal device.
    format : {"verilog-a", "spice"}
    device : int
        Which of the devices.
    name : str
        Of the module or subcircuit.
    parameters : ParameterSet, optional
        Where the filament's numbers come from, for the comments; the Ag2S set by default.
    latch_time : float
        How fast an event of the filament happens in the circuit. [s]

    Returns
    -------
    str

    Raises
    ------
    LawError
        If the format or device is unknown, ``name`` is no identifier, or the law cannot be written
        as formulas.

    Examples
    --------
    >>> text = ac.device.export(ac.device.VTEAM, "spice", name="ag2s")
    >>> [line for line in text.splitlines() if line.startswith(".subckt")]
    ['.subckt ag2s top bottom']
    """
    if format not in FORMATS:
        raise LawError(
            f"format = {format!r}; expected one of {', '.join(FORMATS)}{nearest(format, FORMATS)}"
        )
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        raise LawError(f"name = {name!r}; expected letters, digits and underscores, a letter first")
    devices = as_devices(source)
    return FORMATS[format](
        circuit(devices, device, latch_time), name, _comments(devices, parameters)
    )


def _comments(devices: Devices, parameters: ParameterSet | None) -> dict[str, str]:
    """Return unit and origin of each parameter, as far as they are known."""
    origins = {name: _origin(q) for name, q in devices.law.sources.items()}
    if devices.law.name == "filament":
        if parameters is None:
            from acanthite.parameters import AG2S as parameters  # noqa: N811
        for name in devices.law.parameters:
            key = f"filament.{name}"
            origins[name] = (
                _origin(parameters[key])
                if key in parameters
                else "SI; follows from film, stack and spread"
            )
        origins["latch_time"] = "s; time an event takes, of the circuit alone"
    return origins


def _origin(q: Quantity) -> str:
    return f"{q.unit}; {q.how}, {q.source}, {q.where}"


def _spice(c: LawCircuit, name: str, comments: dict[str, str]) -> str:
    lines = [
        f"* {c.law} law as an ngspice subcircuit, written by acanthite {__version__}",
        "* Noise from cycle to cycle is off. Run .tran with uic; V(state) is a state over its "
        "scale.",
        "* Advised: .options reltol=1e-5 vntol=1e-9 abstol=1e-15 method=gear",
        f".subckt {name} top bottom",
    ]
    for key, value in c.parameters.items():
        lines += [*_comment("* ", comments.get(key, "")), f".param {key} = {value!r}"]
    write = _Writer(_WORDS, lambda n: "V(top,bottom)" if n == "voltage" else f"{{{n}}}")
    lines.append(f"Bdevice top bottom I = {write(c.current)}")
    for node in c.nodes:
        lines.append(f"* {node.meaning}")
        lines.append(f"B{node.name} 0 {node.name} I = {write(node.rate)}")
        lines.append(f"C{node.name} {node.name} 0 1")
        lines.append(f".ic V({node.name})={{{_Writer(_WORDS, str)(node.initial)}}}")
    return "\n".join(_folded(line, "+ ") for line in (*lines, f".ends {name}")) + "\n"


def _verilog_a(c: LawCircuit, name: str, comments: dict[str, str]) -> str:
    write = _Writer(_WORDS, lambda n: "V(top, bottom)" if n == "voltage" else n)
    shared = _shared([c.current, *(node.rate for node in c.nodes)])
    lines = [
        f"// {c.law} law as a Verilog-A module, written by acanthite {__version__}",
        "// Noise from cycle to cycle is off. The voltage of an inner node is a state over its "
        "scale.",
        '`include "constants.vams"',
        '`include "disciplines.vams"',
        "",
        f"module {name}(top, bottom);",
        "  inout top, bottom;",
        f"  electrical top, bottom, {', '.join(node.name for node in c.nodes)};",
    ]
    for key, value in c.parameters.items():
        lines += [*_comment("  // ", comments.get(key, "")), f"  parameter real {key} = {value!r};"]
    lines += [f"  real shared_{k};" for k in range(len(shared))]
    lines.append("  analog begin")
    for k, formula in enumerate(shared):
        lines.append(f"    shared_{k} = {write(formula)};")
        write.known[formula] = f"shared_{k}"
    lines.append(f"    I(top, bottom) <+ {write(c.current)};")
    for node in c.nodes:
        lines.append(f"    // {node.meaning}")
        lines.append(f"    V({node.name}) <+ idt({write(node.rate)}, {write(node.initial)});")
    lines += ["  end", "endmodule"]
    return "\n".join(_folded(line, "        ") for line in lines) + "\n"


def _shared(formulas: list[Formula]) -> list[Formula]:
    """Return what stands more than once and is worth a variable, inner before outer."""
    seen: Counter[Formula] = Counter()
    order: list[Formula] = []

    def walk(f: Formula) -> None:
        if not isinstance(f, tuple) or f[0] in ("name", "node"):
            return
        seen[f] += 1
        if seen[f] == 1:
            for part in f[1:]:
                walk(part)
            order.append(f)

    for formula in formulas:
        walk(formula)
    return [f for f in order if seen[f] > 1 and not _is_test(f)]


def _is_test(f: Formula) -> bool:
    return f[0] == "op" and f[1] in ("<", "<=", ">", ">=", "==", "!=", "and", "or", "not")


FORMATS: dict[str, Callable[[LawCircuit, str, dict[str, str]], str]] = {
    "verilog-a": _verilog_a,
    "spice": _spice,
}
"""What can be written, and by which function."""

_WORDS = {"log": "ln", "and": "&&", "or": "||"}


class _Writer:
    """Prints formulas in the syntax both languages share."""

    def __init__(self, words: dict[str, str], name: Callable[[str], str]) -> None:
        self.words, self.name = words, name
        self.known: dict[Formula, str] = {}

    def __call__(self, f: Formula) -> str:
        if isinstance(f, tuple) and f in self.known:
            return self.known[f]
        if isinstance(f, int | float):
            return f"({float(f)!r})" if f < 0 else repr(float(f))
        kind, *rest = f
        if kind == "name":
            return self.name(rest[0])
        if kind == "node":
            return f"V({rest[0]})"
        if kind == "if":
            return f"({self(rest[0])} ? {self(rest[1])} : {self(rest[2])})"
        if kind == "call":
            return self.call(rest[0], [self(a) for a in rest[1:]])
        return self.op(rest[0], rest[1:])

    def call(self, name: str, arguments: list[str]) -> str:
        if name == "copysign":
            return f"({arguments[1]} < 0 ? -abs({arguments[0]}) : abs({arguments[0]}))"
        return f"{self.words.get(name, name)}({', '.join(arguments)})"

    def op(self, sign: str, values: list[Formula]) -> str:
        texts = [self(v) for v in values]
        if sign == "not":
            return f"(!{texts[0]})"
        if sign != "**":
            return f"({texts[0]} {self.words.get(sign, sign)} {texts[1]})"
        if values[1] in (
            2.0,
            3.0,
            4.0,
        ):  # a power of a negative number is no number in some simulators
            return f"({' * '.join([texts[0]] * int(values[1]))})"
        return f"pow({', '.join(texts)})"


def _comment(mark: str, text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=mark, subsequent_indent=mark)


def _folded(line: str, indent: str) -> str:
    """Return a long line in several, broken at blanks."""
    start = line[: len(line) - len(line.lstrip())]
    parts = [""]
    for word in line.split():
        if parts[-1] and len(parts[-1]) + len(word) > _WIDTH:
            parts.append("")
        parts[-1] += f" {word}" if parts[-1] else word
    return "\n".join((start if k == 0 else indent) + part for k, part in enumerate(parts))
