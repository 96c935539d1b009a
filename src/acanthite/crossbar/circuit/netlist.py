"""The array as a SPICE netlist that ngspice runs as it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.circuit.circuit import voltages
from acanthite.crossbar.circuit.devices import Sinh
from acanthite.crossbar.circuit.lines import Lines
from acanthite.crossbar.circuit.solvers.sweeps.compiled import OPEN
from acanthite.errors import CrossbarError

if TYPE_CHECKING:
    from acanthite.crossbar.circuit.circuit import Crossbar

OPTIONS = ".options reltol=1e-12 abstol=1e-18 vntol=1e-15 gmin=1e-30 numdgt=16 itl1=1000"


def netlist(
    crossbar: Crossbar,
    voltage: ArrayLike,
    bit_line_voltage: ArrayLike | None = None,
    *,
    out: str = "currents.txt",
) -> str:
    """Return the netlist of an array at one input; run by ``ngspice -b`` it writes the output currents.

    Nodes are ``w{i}_{j}`` on word line i and ``b{i}_{j}`` on bit line j; sources ``Vleft{i}``, ``Vright{i}``, ``Vtop{j}`` and
    ``Vbottom{j}`` hold the terminals. A segment without resistance is a source of zero volts.

    Parameters
    ----------
    crossbar : Crossbar
        With linear devices, or :class:`Sinh` ones.
    voltage, bit_line_voltage : array_like, shape (N,) and (M,)
        Of the driven ends. [V]
    out : str
        Text file that ngspice writes the current of each bit line to, one a line. [A]

    Raises
    ------
    CrossbarError
        If the voltages do not fit, or devices have no formula a simulator could read.
    """
    N, M = crossbar.shape
    V = voltages("voltage", voltage, N)
    U = voltages(
        "bit_line_voltage", np.zeros(M) if bit_line_voltage is None else bit_line_voltage, M
    )
    if V.ndim != 1 or U.ndim != 1:
        raise CrossbarError(
            f"voltage has the shape {V.shape}; expected ({N},): a netlist holds one input"
        )
    words = _line_cards(
        crossbar.word, V, [[f"w{i}_{j}" for j in range(M)] for i in range(N)], ("left", "right")
    )
    bits = _line_cards(
        crossbar.bit, U, [[f"b{i}_{j}" for i in range(N)] for j in range(M)], ("top", "bottom")
    )
    prints = [f"print {_output(crossbar.bit, j)} >> {out}" for j in range(M)]
    lines = [
        f"* {N} x {M} crossbar",
        *words,
        *bits,
        *_device_cards(crossbar),
        OPTIONS,
        ".control",
        "op",
    ]
    return (
        "\n".join([*lines, "set numdgt=16", f"echo > {out}", *prints, "quit", ".endc", ".end"])
        + "\n"
    )


def _line_cards(
    lines: Lines, voltage: np.ndarray, nodes: list[list[str]], ends: tuple[str, str]
) -> Iterator[str]:
    r = np.broadcast_to(lines.segments, (len(nodes), len(nodes[0]) + 1))
    for i, names in enumerate(nodes):
        for (a, b), ohms in zip(pairwise(names), r[i, 1:-1], strict=True):
            yield from _wire(a, a, b, ohms)
        for k, (end, node) in enumerate(zip(ends, (names[0], names[-1]), strict=True)):
            if lines.ends[k, i] < OPEN:
                yield f"V{end}{i} {end}{i} 0 {float(voltage[i] if lines.driven[k, i] else 0.0)!r}"
                yield from _wire(f"{end}{i}", f"{end}{i}", node, lines.ends[k, i])


def _wire(name: str, a: str, b: str, ohms: float) -> Iterator[str]:
    if ohms == 0.0:
        yield f"Vwire_{name} {a} {b} 0"
    elif ohms < OPEN:
        yield f"R{name} {a} {b} {float(ohms)!r}"


def _device_cards(crossbar: Crossbar) -> Iterator[str]:
    devices = crossbar.devices
    if devices is not None and not isinstance(devices, Sinh):
        raise CrossbarError(
            f"devices (={devices!r:.60}) have no formula for a netlist; expected linear ones, or Sinh"
        )
    if devices is not None:
        devices.current(np.zeros(crossbar.shape))  # whether shapes fit
    scale = (
        None
        if devices is None
        else np.broadcast_to(np.asarray(devices.scale, float), crossbar.shape)
    )
    G = (
        crossbar.G
        if devices is None
        else np.broadcast_to(np.asarray(devices.conductance, float), crossbar.shape)
    )
    for i, j in np.argwhere((crossbar.G > 0.0) & (G > 0.0)):
        nodes = f"{i}_{j} w{i}_{j} b{i}_{j}"
        if scale is None:
            yield f"Rd{nodes} {float(1.0 / G[i, j])!r}"
        else:
            v0 = float(scale[i, j])
            yield f"Bd{nodes} I = {float(G[i, j]) * v0!r} * sinh(V(w{i}_{j},b{i}_{j}) / {v0!r})"


def _output(bit: Lines, j: int) -> str:
    ends = [f"i(V{end}{j})" for k, end in enumerate(("top", "bottom")) if bit.ends[k, j] < OPEN]
    return " + ".join(ends) if ends else "0"
