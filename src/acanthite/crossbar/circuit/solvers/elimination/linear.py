"""Circuits of linear devices by elimination of every node, with error bounds that follow from it.

The matrix A of the node equations has an inverse without negative entries. So the error of every
potential is at most what the magnitudes of the currents that do not balance, roundings included,
would cause, :math:`A^{-1} |r|`; and as each terminal takes a part of a current into a node, the
error of a current at a terminal is at most the sum of those magnitudes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.lines import ArrayLines
from acanthite.crossbar.circuit.solvers.elimination import compiled
from acanthite.crossbar.circuit.solvers.elimination.graph import Graph, Index, graph
from acanthite.errors import ConvergenceError

Array = NDArray[np.float64]
EPS = float(np.finfo(float).eps)
SLACK = 1.0 + 1e-3
"""Factor on a bound, for the roundings of the bound itself."""
_CELLS = 1 << 19
"""Cells an array may have at most: 512 x 1024 take a minute and 3 GB."""


@dataclass(frozen=True)
class Bound:
    """Upper bounds on the errors of a solution.

    Parameters
    ----------
    voltage : float
        Of any node. [V]
    current : float
        Into any word line or out of any bit line. [A]

    Examples
    --------
    >>> bound = ac.crossbar.Bound(voltage=1e-9, current=1e-15)
    >>> print(f"currents are right to {bound.current:.0e} A")
    currents are right to 1e-15 A
    """

    voltage: float
    current: float

    @staticmethod
    def largest(bounds: list[Bound]) -> Bound:
        """Return what bounds all of them."""
        return Bound(max(b.voltage for b in bounds), max(b.current for b in bounds))


@dataclass(frozen=True)
class Pattern:
    """Which nodes meet, once and for all values of the devices.

    Parameters
    ----------
    graph : Graph
    present : ndarray of bool, shape (N, M)
        Where there are devices.
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

    graph: Graph
    present: NDArray[np.bool_]
    first: Index = field(repr=False)
    second: Index = field(repr=False)
    starts: Index = field(repr=False)
    rows: NDArray[np.int32] = field(repr=False)
    edge: Index = field(repr=False)
    entry: Index = field(repr=False)
    start: Index = field(repr=False)
    index: NDArray[np.int32] = field(repr=False)
    degree: Index = field(repr=False)

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

    def balance(self, potential: Array, current: Array, scale: Array) -> tuple[Array, Array]:
        """Return the net current into each node, terminals last, and the sum of magnitudes. [A]

        Parameters
        ----------
        potential : ndarray, shape (2, nodes)
            High and low parts. [V]
        current : ndarray, shape (N, M)
            Of the devices. [A]
        scale : ndarray, shape (N, M)
            What their roundings are relative to. [A]
        """
        net = self.graph
        into, size = compiled.imbalance(net.first, net.second, net.conductance, *potential)
        apart = net.word != net.bit
        word, bit = net.word[apart], net.bit[apart]
        np.subtract.at(into, word, current[apart])
        np.add.at(into, bit, current[apart])
        for nodes in (word, bit):
            np.add.at(size, nodes, scale[apart])
        return into, size


@dataclass(frozen=True)
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
    conductance: Array = field(repr=False)
    held: Array = field(repr=False)
    a: Array = field(repr=False)
    h: Array = field(repr=False)
    pivots: Array = field(repr=False)

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

    def bound(self, surplus: Array, size: Array) -> Bound:
        """Return a bound from the surplus of current at each free node and the size of all. [A]"""
        lost = np.abs(surplus) + (8.0 + self.pattern.degree) * EPS * size
        voltage = float(self.responses(lost).max(initial=0.0))
        return Bound(SLACK * voltage, SLACK * 2.0 * float(lost.sum()))


@dataclass(frozen=True)
class BoundedPoint:
    """The state of a circuit at one input, with bounds on its errors.

    Parameters
    ----------
    x, y : ndarray, shape (N, M)
        Drops of word and bit lines. [V]
    current : ndarray, shape (N, M)
        Of the devices. [A]
    into, out : ndarray, shape (N,) and (M,)
        Into the word lines and out of the bit lines. [A]
    bound : Bound
    """

    x: Array
    y: Array
    current: Array
    into: Array
    out: Array
    bound: Bound


def pattern(word: ArrayLines, bit: ArrayLines, present: NDArray[np.bool_]) -> Pattern:
    """Return which nodes of an array meet, the elimination of all of them included.

    Parameters
    ----------
    word, bit : ArrayLines
    present : ndarray of bool, shape (N, M)
        Where there are devices.

    Raises
    ------
    ConvergenceError
        If the array is too large.
    """
    if present.size > _CELLS:
        raise ConvergenceError(
            f"an array of {present.shape[0]} x {present.shape[1]} has lines, or pieces of broken "
            f"ones, that are held by conductances far below those of their cells; its voltages are "
            f"certain up to {_CELLS} cells only. Leave out such pieces, or tie them to a terminal"
        )
    net = graph(word, bit, present.shape)  # type: ignore[arg-type]
    devices = np.flatnonzero(present)
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
    return Pattern(net, present, first, second, starts, rows, edge, entry, start, index, degree)


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
    g = np.concatenate([p.graph.conductance, D[p.present]])
    values = np.bincount(p.entry, weights=g[p.edge], minlength=p.rows.size)
    outer = np.maximum(p.first, p.second) >= n
    free = np.minimum(p.first, p.second)[outer]
    tied = free < n
    held = np.asarray(np.bincount(free[tied], weights=g[outer][tied], minlength=n), np.float64)
    a, h, pivots = compiled.eliminate(p.starts, p.rows, values, held, p.start, p.index)
    if not (pivots.min(initial=np.inf) > 0.0 and pivots.max(initial=0.0) < np.inf):
        raise ConvergenceError(
            "nodes of the array are tied to the terminals by no conductance that a number can hold "
            "at these voltages, so their potentials are not defined; tie the ends of their lines, "
            "or give a device a conductance"
        )
    return Elimination(p, g, held, a, h, pivots)


def solve(e: Elimination, word: ArrayLines, bit: ArrayLines, V: Array, U: Array) -> BoundedPoint:
    """Return the operating point of a circuit of linear devices.

    Parameters
    ----------
    e : Elimination
    word, bit : ArrayLines
    V, U : ndarray, shape (N,) and (M,)
        Of the driven ends. [V]
    """
    p = e.pattern
    potential = e.potentials(terminal_voltages(word, bit, V, U))
    current = np.zeros(p.present.shape)
    n_devices = np.count_nonzero(p.present)
    current[p.present] = e.conductance[e.conductance.size - n_devices :]
    current *= p.device_voltage(potential)
    return bounded_point(e, (word, bit), (V, U), potential, current, np.abs(current))


def bounded_point(
    e: Elimination,
    lines: tuple[ArrayLines, ArrayLines],
    voltages: tuple[Array, Array],
    potential: Array,
    current: Array,
    scale: Array,
) -> BoundedPoint:
    """Return drops, currents and error bounds from potentials and currents of devices.

    Parameters are those of :meth:`Pattern.balance` and :func:`solve`.
    """
    word, bit = lines
    V, U = voltages
    p = e.pattern
    N, M = current.shape
    n = p.graph.n_free
    into, size = p.balance(potential, current, scale)
    left, right, top, bottom = np.split(into[n:], [N, 2 * N, 2 * N + M])
    bound = e.bound(into[:n], size[:n])
    voltage_rounding = EPS * float(np.abs(potential[0]).max())
    current_rounding = 4.0 * EPS * float(scale.sum())
    return BoundedPoint(
        x=_relative(potential, p.graph.word, word.drive * V[:, None]),
        y=_relative(potential, p.graph.bit, (bit.drive * U[:, None]).T),
        current=current,
        into=_sums(-np.stack([left, right]), current.T),
        out=_sums(np.stack([top, bottom]), current),
        bound=Bound(bound.voltage + voltage_rounding, bound.current + current_rounding),
    )


def terminal_voltages(word: ArrayLines, bit: ArrayLines, V: Array, U: Array) -> Array:
    """Return the potential of the left, right, top and bottom ends of the lines. [V]"""
    return np.concatenate([*np.where(word.driven, V, 0.0), *np.where(bit.driven, U, 0.0)])


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


def _relative(potential: Array, nodes: Index, voltage: Array) -> Array:
    """Return the potentials of nodes minus a voltage of each. [V]"""
    return (potential[0][nodes] - voltage) + potential[1][nodes]
