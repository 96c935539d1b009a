"""The slow, sure way to an array's potentials: every node eliminated without a subtraction, and an error bound that follows.

The matrix A of the node equations has an inverse without negative entries. So the error of every potential is at most what the
magnitudes of the currents that do not balance, roundings included, would cause, :math:`A^{-1} |r|`; and as of a current into
a node each terminal takes a part, the error of a current at a terminal is at most the sum of those magnitudes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.lines import Lines
from acanthite.crossbar.circuit.solvers.elimination import compiled as elimination
from acanthite.crossbar.circuit.solvers.elimination.graph import Graph, Index, graph
from acanthite.errors import ConvergenceError

Array = NDArray[np.float64]
EPS = float(np.finfo(float).eps)
_CELLS = 1 << 19
"""Most cells an array may have here: 512 x 1024 take a minute and 3 GB."""


@dataclass(frozen=True)
class Bound:
    """Upper bounds on the errors of a solution.

    Parameters
    ----------
    voltage : float
        Of any node. [V]
    current : float
        Into any word line or out of any bit line. [A]
    """

    voltage: float
    current: float


@dataclass(frozen=True)
class Pattern:
    """Which nodes meet, once and for all values of the devices."""

    graph: Graph
    present: NDArray[np.bool_]
    ends: tuple[Index, Index] = field(repr=False)
    starts: Index = field(repr=False)
    rows: NDArray[np.int32] = field(repr=False)
    entry: Index = field(
        repr=False
    )  # of each conductance between free nodes, seen from its first end and from its second
    start: Index = field(repr=False)
    index: NDArray[np.int32] = field(repr=False)
    degree: Index = field(repr=False)


@dataclass(frozen=True)
class Eliminated:
    """An array with all its nodes eliminated.

    Parameters
    ----------
    pattern : Pattern
    conductance : ndarray, shape (edges,)
        Of wires, then of devices. [S]
    held : ndarray, shape (nodes,)
        Of each node to given potentials. [S]
    a, h, pivots : ndarray
        See :mod:`.elimination`.
    """

    pattern: Pattern
    conductance: Array = field(repr=False)
    held: Array = field(repr=False)
    a: Array = field(repr=False)
    h: Array = field(repr=False)
    pivots: Array = field(repr=False)

    def potentials(self, terminals: Array) -> Array:
        """Return the potentials of all nodes, high and low parts, shape (2, nodes), from those of the terminals. [V]"""
        p = self.pattern
        mean = _means(p, self.conductance, self.held, terminals)
        found = elimination.potentials(
            p.start, p.index, self.a, self.h, self.pivots, self.held, mean
        )
        given = np.stack([terminals, np.zeros(terminals.size)])
        return np.concatenate([np.stack(found), given], axis=1)

    def responses(self, current: Array) -> Array:
        """Return the changes of potential that currents into the free nodes cause. [V]"""
        p = self.pattern
        return elimination.responses(p.start, p.index, self.a, self.pivots, current)

    def bound(self, surplus: Array, rounding: Array) -> Bound:
        """Return a bound on each node's current balance: what does not balance, and the rounding of all currents there. [A]"""
        lost = np.abs(surplus) + (8.0 + self.pattern.degree) * EPS * rounding
        slack = 1.0 + 1e-3  # of this estimate itself
        return Bound(
            slack * float(self.responses(lost).max(initial=0.0)), slack * 2.0 * float(lost.sum())
        )


def pattern(word: Lines, bit: Lines, present: NDArray[np.bool_]) -> Pattern:
    """Return which nodes of an array meet, the elimination of all of them included.

    Parameters
    ----------
    word, bit : Lines
    present : ndarray of bool, shape (N, M)
        Where there are devices.

    Raises
    ------
    ConvergenceError
        If the array is too large.
    """
    if present.size > _CELLS:
        raise ConvergenceError(
            f"an array of {present.shape[0]} x {present.shape[1]} has lines, or pieces of broken ones, that are held by "
            f"conductances far below those of their cells; its voltages are certain up to {_CELLS} cells only. Leave out such "
            f"pieces, or tie them to a terminal"
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
    start, index = elimination.structure(starts, rows)
    degree = np.bincount(np.concatenate([first, second]), minlength=n)[:n]
    places = np.stack([np.concatenate([inner, inner]), entry])
    return Pattern(net, present, (first, second), starts, rows, places, start, index, degree)


def eliminate(p: Pattern, D: Array) -> Eliminated:
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
    n, (first, second) = p.graph.n_free, p.ends
    g = np.concatenate([p.graph.conductance, D[p.present]])
    values = np.bincount(p.entry[1], weights=g[p.entry[0]], minlength=p.rows.size)
    outer = np.maximum(first, second) >= n
    free = np.minimum(first, second)[outer]
    held = np.asarray(
        np.bincount(free[free < n], weights=g[outer][free < n], minlength=n), np.float64
    )
    a, h, pivots = elimination.eliminate(p.starts, p.rows, values, held, p.start, p.index)
    if not (pivots.min(initial=np.inf) > 0.0 and pivots.max(initial=0.0) < np.inf):
        raise ConvergenceError(
            "nodes of the array are tied to the terminals by no conductance that a number can hold at these voltages, so their "
            "potentials are not defined; tie the ends of their lines, or give a device a conductance"
        )
    return Eliminated(p, g, held, a, h, pivots)


def _means(p: Pattern, g: Array, held: Array, terminals: Array) -> Array:
    """Return the mean of the given potentials that each free node is tied to, high and low parts. [V]"""
    n, (first, second) = p.graph.n_free, p.ends
    free, given = np.minimum(first, second), np.maximum(first, second)
    ties = np.flatnonzero((free < n) & (given >= n))
    ties = ties[np.argsort(g[ties], kind="stable")]
    node, volt = free[ties], terminals[given[ties] - n]
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


def moved(potential: Array, change: Array) -> Array:
    """Return potentials, pairs of all nodes, with those of the free ones changed. [V]"""
    n = change.size
    high, rest = _pair(potential[0, :n], change)
    found = potential.copy()
    found[:, :n] = _pair(high, rest + potential[1, :n])
    return found


def terminal_voltages(word: Lines, bit: Lines, V: Array, U: Array) -> Array:
    """Return the potential of each terminal: left and right ends of the word lines, top and bottom ends of the bit lines. [V]"""
    return np.concatenate([*np.where(word.driven, V, 0.0), *np.where(bit.driven, U, 0.0)])


def across(p: Pattern, potential: Array) -> Array:
    """Return the voltage of each device from the potentials of all nodes, without cancellation, shape (N, M). [V]"""
    high, low = potential
    u, v = p.graph.word, p.graph.bit
    return (high[u] - high[v]) + (low[u] - low[v])


def balance(
    p: Pattern, potential: Array, current: Array, certain: Array | None = None
) -> tuple[Array, Array]:
    """Return the current into each node less that out of it, terminals last, and the sum of their magnitudes. [A]

    Parameters
    ----------
    p : Pattern
    potential : ndarray, shape (2, nodes)
        High and low parts. [V]
    current : ndarray, shape (N, M)
        Of the devices. [A]
    certain : ndarray, shape (N, M), optional
        What their roundings are relative to, instead of the currents. [A]
    """
    net = p.graph
    into, size = elimination.imbalance(net.first, net.second, net.conductance, *potential)
    moved = net.word != net.bit
    taken = current[moved]
    np.subtract.at(into, net.word[moved], taken)
    np.add.at(into, net.bit[moved], taken)
    relative = np.abs(current if certain is None else certain)[moved]
    for nodes in (net.word, net.bit):
        np.add.at(size, nodes[moved], relative)
    return into, size


@dataclass(frozen=True)
class Settled:
    """An array at one input.

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


def settled(e: Eliminated, word: Lines, bit: Lines, V: Array, U: Array) -> Settled:
    """Solve an array of linear devices.

    Parameters
    ----------
    e : Eliminated
    word, bit : Lines
    V, U : ndarray, shape (N,) and (M,)
        Of the driven ends. [V]
    """
    p = e.pattern
    potential = e.potentials(terminal_voltages(word, bit, V, U))
    current = np.zeros(p.present.shape)
    current[p.present] = e.conductance[-np.count_nonzero(p.present) :] if p.present.any() else 0.0
    current *= across(p, potential)
    return results(e, (word, bit), (V, U), potential, current)


def results(
    e: Eliminated,
    lines: tuple[Lines, Lines],
    voltages: tuple[Array, Array],
    potential: Array,
    current: Array,
    certain: Array | None = None,
) -> Settled:
    """Return voltage drops, currents and their error bounds, from potentials and the currents of the devices there."""
    (word, bit), (V, U) = lines, voltages
    p, (N, M) = e.pattern, current.shape
    n = p.graph.n_free
    into, size = balance(p, potential, current, certain)
    left, right, top, bottom = np.split(into[n:], [N, 2 * N, 2 * N + M])
    x = _less(potential, p.graph.word, word.drive * V[:, None])
    y = _less(potential, p.graph.bit, (bit.drive * U[:, None]).T)
    bound = e.bound(into[:n], size[:n])
    flows = float(np.abs(current if certain is None else certain).sum())
    rounded = Bound(
        bound.voltage + EPS * float(np.abs(potential[0]).max()), bound.current + 4.0 * EPS * flows
    )
    of_words = _sums(-np.stack([left, right]), current.T)
    of_bits = _sums(np.stack([top, bottom]), current)
    return Settled(x, y, current, of_words, of_bits, rounded)


def _sums(ends: Array, devices: Array) -> Array:
    """Return the current of each line as the sum over its ends or over its devices, whichever cancels less. [A]"""
    fewer = np.abs(ends).sum(axis=0) < np.abs(devices).sum(axis=0)
    return np.where(fewer, ends.sum(axis=0), devices.sum(axis=0))


def _less(potential: Array, nodes: Index, voltage: Array) -> Array:
    """Return the potentials of nodes minus a voltage of each. [V]"""
    return (potential[0][nodes] - voltage) + potential[1][nodes]
