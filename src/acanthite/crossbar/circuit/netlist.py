"""The array as a SPICE netlist that ngspice runs as it is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.crossbar import Crossbar
from acanthite.crossbar.circuit.devices import Sinh
from acanthite.crossbar.circuit.lines import OPEN, ArrayLines
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities

OPTIONS = ".options reltol=1e-12 abstol=1e-18 vntol=1e-15 gmin=1e-30 numdgt=16 itl1=1000"


@accepts_quantities
def netlist(
    crossbar: Crossbar,
    voltage: ArrayLike,
    bit_line_voltage: ArrayLike | None = None,
    *,
    out: str = "currents.txt",
) -> str:
    """Return the netlist of an array at one input; ``ngspice -b`` writes the output currents.

    Nodes are ``w{i}_{j}`` on word line i and ``b{i}_{j}`` on bit line j; sources ``Vleft{i}``,
    ``Vright{i}``, ``Vtop{j}`` and ``Vbottom{j}`` hold the terminals. A segment without resistance
    is a source of zero volts.

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

    Examples
    --------
    >>> import numpy as np
    >>> array = ac.crossbar.Crossbar(np.full((2, 2), 1e-3))
    >>> text = ac.crossbar.netlist(array, [0.1, 0.2])
    >>> [line for line in text.splitlines() if line.startswith("Vleft")]
    ['Vleft0 left0 0 0.1', 'Vleft1 left1 0 0.2']
    """
    circuit = crossbar.circuit
    N, M = circuit.shape
    V, U = crossbar.checked_voltages(voltage, bit_line_voltage)
    if V.ndim != 1 or U.ndim != 1:
        raise CrossbarError(
            f"voltage has the shape {V.shape}; expected ({N},): a netlist holds one input"
        )
    word_nodes = [[f"w{i}_{j}" for j in range(M)] for i in range(N)]
    bit_nodes = [[f"b{i}_{j}" for i in range(N)] for j in range(M)]
    cards = [
        f"* {N} x {M} crossbar",
        *_line_cards(circuit.word, V, word_nodes, ("left", "right")),
        *_line_cards(circuit.bit, U, bit_nodes, ("top", "bottom")),
        *_device_cards(circuit),
        OPTIONS,
        ".control",
        "op",
        "set numdgt=16",
        f"echo > {out}",
        *(f"print {_output(circuit.bit, j)} >> {out}" for j in range(M)),
        "quit",
        ".endc",
        ".end",
    ]
    return "\n".join(cards) + "\n"


def _line_cards(
    lines: ArrayLines, voltage: np.ndarray, nodes: list[list[str]], ends: tuple[str, str]
) -> Iterator[str]:
    for i, names in enumerate(nodes):
        for (a, b), ohms in zip(pairwise(names), lines.inner[i], strict=True):
            yield from _wire(a, a, b, ohms)
        for k, (end, node) in enumerate(zip(ends, (names[0], names[-1]), strict=True)):
            if lines.ends[k, i] < OPEN:
                volts = voltage[i] if lines.driven[k, i] else 0.0
                yield f"V{end}{i} {end}{i} 0 {float(volts)!r}"
                yield from _wire(f"{end}{i}", f"{end}{i}", node, lines.ends[k, i])


def _wire(name: str, a: str, b: str, ohms: float) -> Iterator[str]:
    if ohms == 0.0:
        yield f"Vwire_{name} {a} {b} 0"
    elif ohms < OPEN:
        yield f"R{name} {a} {b} {float(ohms)!r}"


def _device_cards(circuit: Circuit) -> Iterator[str]:
    devices = circuit.devices
    if devices is None:
        for i, j in np.argwhere(circuit.present):
            yield f"Rd{i}_{j} w{i}_{j} b{i}_{j} {float(1.0 / circuit.conductance[i, j])!r}"
        return
    if not isinstance(devices, Sinh):
        raise CrossbarError(
            f"devices (={devices!r:.40}) have no formula for a netlist; expected linear or Sinh"
        )
    devices.current(np.zeros(circuit.shape))  # whether shapes fit
    scale = np.broadcast_to(np.asarray(devices.scale, float), circuit.shape)
    G = np.broadcast_to(np.asarray(devices.conductance, float), circuit.shape)
    for i, j in np.argwhere(circuit.present & (G > 0.0)):
        v0 = float(scale[i, j])
        nodes = f"w{i}_{j}", f"b{i}_{j}"
        formula = f"{float(G[i, j]) * v0!r} * sinh(V({','.join(nodes)}) / {v0!r})"
        yield f"Bd{i}_{j} {' '.join(nodes)} I = {formula}"


def _output(bit: ArrayLines, j: int) -> str:
    ends = [f"i(V{end}{j})" for k, end in enumerate(("top", "bottom")) if bit.ends[k, j] < OPEN]
    return " + ".join(ends) if ends else "0"
