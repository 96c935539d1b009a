"""Circuits of linear devices by elimination of every node, with error bounds that follow from it.

The matrix A of the node equations has an inverse without negative entries. So the error of every
potential is at most what the magnitudes of the currents that do not balance, roundings included,
would cause, :math:`A^{-1} |r|`; and as each terminal takes a part of a current into a node, the
error of a current at a terminal is at most the sum of those magnitudes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.array_types import Array, Integers
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.solvers.elimination import compiled
from acanthite.crossbar.circuit.solvers.elimination.graph import Graph, graph
from acanthite.crossbar.circuit.solvers.operating_point import Bound, OperatingPoint
from acanthite.errors import ConvergenceError

EPS = float(np.finfo(float).eps)
SLACK = 1.0 + 1e-3
"""Factor on a bound, for the roundings of the bound itself."""
_CELLS = 1 << 19
"""Cells an array may have at most: 512 x 1024 take a minute and 3 GB."""


@dataclass(frozen=True)
class Flow:
    """Potentials, and what flows at them.

    Parameters
    ----------
    potential : ndarray, shape (2, nodes)
        High and low parts. [V]
    current : ndarray, shape (N, M)
        Of the devices. [A]
    scale : ndarray, shape (N, M)
        What their roundings are relative to. [A]
    slope : ndarray, shape (N, M), optional
        Of devices that are not linear. [S]
    """

    potential: Array
    current: Array
    scale: Array
    slope: Array | None = None


@dataclass(frozen=True, repr=False)
class Pattern:
    """Which nodes meet, once and for all values of the devices.

    Parameters
    ----------
    circuit : Circuit
    graph : Graph
    first, second : ndarray of int, shape (edges,)
        Nodes that each wire, and then each device, joins.
    starts, rows : ndarray of int
        Neighbours of each node in the network.
    edge, entry : ndarray of int
        Each conductance between free nodes, seen from either end: which edge, and which of
        ``rows``.
    start, index : ndarray of int
        Later neighbours of each node once all before it are eliminated.
    degree : ndarray of int, shape (free nodes,)
    """

    circuit: Circuit
    graph: Graph
    first: Integers
    second: Integers
    starts: Integers
    rows: NDArray[np.int32]
    edge: Integers
    entry: Integers
    start: Integers
    index: NDArray[np.int32]
    degree: Integers

    def device_voltage(self, potential: Array) -> Array:
        """Return the voltage of each device, without cancellation, shape (N, M). [V]

        Parameters
        ----------
        potential : ndarray, shape (2, nodes)
            High and low parts. [V]
        """
        high, low = potential
        u, v = self.graph.word, self.graph.bit
        return (high[u] - high[v]) + (low[u] - low[v])

    def balance(self, flow: Flow) -> tuple[Array, Array]:
        """Return the net current into each node, terminals last, and the sum of magnitudes. [A]"""
        net = self.graph
        into, size = compiled.imbalance(net.first, net.second, net.conductance, *flow.potential)
        apart = net.word != net.bit
        word, bit = net.word[apart], net.bit[apart]
        np.subtract.at(into, word, flow.current[apart])
        np.add.at(into, bit, flow.current[apart])
        for nodes in (word, bit):
            np.add.at(size, nodes, flow.scale[apart])
        return into, size


@dataclass(frozen=True, repr=False)
class Elimination:
    """An array with all its nodes eliminated.

    Parameters
    ----------
    pattern : Pattern
    conductance : ndarray, shape (edges,)
        Of wires, then of devices. [S]
    held : ndarray, shape (nodes,)
        Of each node to given potentials. [S]
    a, h, pivots : ndarray
        See :mod:`.compiled`.
    """

    pattern: Pattern
    conductance: Array
    held: Array
    a: Array
    h: Array
    pivots: Array

    def potentials(self, terminals: Array) -> Array:
        """Return the potentials of all nodes from those of the terminals. [V]

        Returns
        -------
        ndarray, shape (2, nodes)
            High and low parts.
        """
        p = self.pattern
        mean = _means(p, self.conductance, self.held, terminals)
        free = compiled.potentials(p.start, p.index, self.a, self.h, self.pivots, self.held, mean)
        given = np.stack([terminals, np.zeros(terminals.size)])
        return np.concatenate([np.stack(free), given], axis=1)

    def responses(self, current: Array) -> Array:
        """Return the changes of potential that currents into the free nodes cause. [V]"""
        p = self.pattern
        return compiled.responses(p.start, p.index, self.a, self.pivots, current)

    def change(self, flow: Flow) -> tuple[Array, float]:
        """Return the change that would balance currents linear in it, and its rounding. [V]"""
        n = self.pattern.graph.n_free
        into, size = self.pattern.balance(flow)
        rounding = self.responses(8.0 * EPS * size[:n])
        return self.responses(into[:n]), float(rounding.max(initial=0.0))


def pattern(circuit: Circuit) -> Pattern:
    """Return which nodes of an array meet, the elimination of all of them included.

    Raises
    ------
    ConvergenceError
        If the array is too large.
    """
    N, M = circuit.shape
    if N * M > _CELLS:
        raise ConvergenceError(
            f"an array of {N} x {M} has lines, or pieces of broken ones, hardly held by anything; "
            f"its voltages are certain up to {_CELLS} cells only. Leave out such pieces, or tie "
            "them to a terminal"
        )
    net = graph(circuit.word, circuit.bit, circuit.shape)
    devices = np.flatnonzero(circuit.present)
    first = np.concatenate([net.first, net.word.ravel()[devices]])
    second = np.concatenate([net.second, net.bit.ravel()[devices]])
    n = net.n_free
    inner = np.flatnonzero((first < n) & (second < n) & (first != second))
    a, b = first[inner], second[inner]
    pairs, entry = np.unique(np.concatenate([a * n + b, b * n + a]), return_inverse=True)
    starts = np.searchsorted(pairs, np.arange(n + 1) * n)
    rows = (pairs % max(n, 1)).astype(np.int32)
    start, index = compiled.structure(starts, rows)
    degree = np.bincount(np.concatenate([first, second]), minlength=n)[:n]
    edge = np.concatenate([inner, inner])
    return Pattern(circuit, net, first, second, starts, rows, edge, entry, start, index, degree)


def eliminate(p: Pattern, D: Array) -> Elimination:
    """Eliminate all nodes of an array.

    Parameters
    ----------
    p : Pattern
    D : ndarray, shape (N, M)
        Conductance of the devices. [S]

    Raises
    ------
    ConvergenceError
        If a node is not held by any conductance.
    """
    n = p.graph.n_free
    g = np.concatenate([p.graph.conductance, D[p.circuit.present]])
    values = np.bincount(p.entry, weights=g[p.edge], minlength=p.rows.size)
    outer = np.maximum(p.first, p.second) >= n
    free = np.minimum(p.first, p.second)[outer]
    tied = free < n
    held = np.asarray(np.bincount(free[tied], weights=g[outer][tied], minlength=n), np.float64)
    a, h, pivots = compiled.eliminate(p.starts, p.rows, values, held, p.start, p.index)
    if not (pivots.min(initial=np.inf) > 0.0 and pivots.max(initial=0.0) < np.inf):
        raise ConvergenceError(
            "nodes of the array are tied to the terminals by no conductance that a number can "
            "hold; tie the ends of their lines, or give a device a conductance"
        )
    return Elimination(p, g, held, a, h, pivots)


def solve(e: Elimination, V: Array, U: Array) -> OperatingPoint:
    """Return the operating point of a circuit of linear devices.

    Parameters
    ----------
    e : Elimination
    V, U : ndarray, shape (N,) and (M,)
        Of the driven ends. [V]
    """
    p = e.pattern
    potential = e.potentials(p.circuit.terminal_voltages(V, U))
    current = np.zeros(p.circuit.shape)
    current[p.circuit.present] = e.conductance[p.graph.conductance.size :]
    current *= p.device_voltage(potential)
    return bounded_point(e, V, U, Flow(potential, current, np.abs(current)))


def bounded_point(e: Elimination, V: Array, U: Array, flow: Flow) -> OperatingPoint:
    """Return drops, currents and error bounds from what flows; see :func:`solve`."""
    p = e.pattern
    word = p.circuit.word
    bit = p.circuit.bit
    N, M = p.circuit.shape
    n = p.graph.n_free
    into, size = p.balance(flow)
    ends = into[n:]
    x = _relative(flow.potential, p.graph.word, word.drive * V[:, None])
    y = _relative(flow.potential, p.graph.bit, (bit.drive * U[:, None]).T)
    lost = np.abs(into[:n]) + (8.0 + p.degree) * EPS * size[:n]
    voltage = SLACK * float(e.responses(lost).max(initial=0.0))
    voltage += EPS * float(np.abs(flow.potential[0]).max())
    current = SLACK * 2.0 * float(lost.sum()) + 4.0 * EPS * float(flow.scale.sum())
    slopes = [] if flow.slope is None else [flow.slope]
    words = _sums(-ends[: 2 * N].reshape(2, N), flow.current.T)
    bits = _sums(ends[2 * N :].reshape(2, M), flow.current)
    return OperatingPoint(
        parts=np.stack([x, y, flow.current, *slopes]),
        terminal_currents=(words, bits),
        bound=Bound(voltage, current),
    )


def shifted(potential: Array, change: Array) -> Array:
    """Return potentials, pairs of all nodes, with those of the free ones changed. [V]"""
    n = change.size
    high, rest = _pair(potential[0, :n], change)
    result = potential.copy()
    result[:, :n] = _pair(high, rest + potential[1, :n])
    return result


def _means(p: Pattern, g: Array, held: Array, terminals: Array) -> Array:
    """Return the mean potential of the terminals each free node is tied to, as pairs. [V]"""
    n = p.graph.n_free
    free, given = np.minimum(p.first, p.second), np.maximum(p.first, p.second)
    ties = np.flatnonzero((free < n) & (given >= n))
    ties = ties[np.argsort(g[ties], kind="stable")]
    node = free[ties]
    volt = terminals[given[ties] - n]
    strongest = np.zeros(n)
    strongest[node] = volt  # the last one stays
    apart = np.bincount(node, g[ties] * (volt - strongest[node]), minlength=n)
    apart = np.divide(apart, held, out=np.zeros(n), where=held > 0.0)
    return np.stack(_pair(strongest, apart))


def _pair(a: Array, b: Array) -> tuple[Array, Array]:
    """Return a sum and its rounding."""
    s = a + b
    part = s - a
    return s, (a - (s - part)) + (b - part)


def _sums(ends: Array, devices: Array) -> Array:
    """Return the current of each line, over its ends or its devices, whichever cancels less. [A]"""
    fewer = np.abs(ends).sum(axis=0) < np.abs(devices).sum(axis=0)
    return np.where(fewer, ends.sum(axis=0), devices.sum(axis=0))


def _relative(potential: Array, nodes: Integers, voltage: Array) -> Array:
    """Return the potentials of nodes minus a voltage of each. [V]"""
    return (potential[0][nodes] - voltage) + potential[1][nodes]
