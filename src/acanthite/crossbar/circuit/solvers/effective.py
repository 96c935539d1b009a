r"""The effective conductance of a linear array: what its terminals see, once for all inputs.

A rectangle of the array is known by its *ports*, where its lines cross its border. Seen from a
line's first end a port is set by its voltage, from its last end by its current, as a ladder is;
with both currents into the rectangle,

.. math:: \binom{i}{u} = \begin{pmatrix} Y & A \\ -A^T & Z \end{pmatrix} \binom{w}{c},

Y of the size of the devices' conductances, Z of that of the wires' resistances, A near -1. Where
two rectangles join, the voltage u leaves the one and enters the other, :math:`(1 + Z_1 Y_2)\,u =
\ldots`, a matrix that is never singular: so neither ideal nor tiny nor open wires are special, as
they are for admittances. Rectangles are joined in pairs until one is left: O(N^3), dense products
for the most part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite.crossbar.array_types import Array, Mask
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.lines import OPEN, ArrayLines

_PIECE = 64
"""Lines of a rectangle at most that is put together from tiles, all alike, in stacks."""
_TILE = 5
_RIGHT = 2
_BOTTOM = 3


@dataclass(frozen=True, repr=False)
class Effective:
    """Currents at the terminals of an array by the voltages at them.

    Parameters
    ----------
    into : ndarray, shape (N + M, N + M)
        Current into each line through its ends, word lines first, by the voltage of each line's
        driven ends. [S]
    n_words : int
        N.
    """

    into: Array
    n_words: int

    @property
    def conductance(self) -> Array:
        """Current out of each bit line by the voltage of each word line, shape (N, M). [S]"""
        return -self.into[self.n_words :, : self.n_words].T

    def currents(self, voltage: Array, bit_line_voltage: Array) -> tuple[Array, Array]:
        """Return the currents into the word lines and out of the bit lines. [A]"""
        n = self.n_words
        into = voltage @ self.into[:, :n].T
        if bit_line_voltage.any():
            into = into + bit_line_voltage @ self.into[:, n:].T
        return into[..., :n], -into[..., n:]


@dataclass(frozen=True)
class _Half:
    """The lines of one direction, the end that more of them are tied at first."""

    r: Array  # (lines, nodes): of the segment before each node
    first: Mask  # tied there
    last: Array  # resistance of the last end, OPEN where floating
    driven: Mask


@dataclass(frozen=True)
class _Block:
    """A rectangle by its ports: left and top (voltages), right and bottom (currents)."""

    H: Array
    sizes: tuple[int, ...]

    def ports(self, side: int) -> slice:
        start = sum(self.sizes[:side])
        return slice(start, start + self.sizes[side])


def effective(circuit: Circuit) -> Effective:
    """Eliminate all nodes of an array of linear devices whose wires are whole."""
    D = circuit.conductance
    word = circuit.word
    bit = circuit.bit
    if word.ideal and bit.ideal:
        into = np.block([[np.diag(D.sum(axis=1)), -D], [-D.T, np.diag(D.sum(axis=0))]])
        return Effective(into * np.concatenate([word.drive[:, 0], bit.drive[:, 0]]), len(D))
    backwards = slice(None, None, -1)
    there = backwards if _tied_last(bit) else slice(None)  # the order of the word lines
    here = backwards if _tied_last(word) else slice(None)
    rows = _half(word, there, here)
    columns = _half(bit, here, there)
    right = bool((rows.last < OPEN).any())
    bottom = bool((columns.last < OPEN).any())
    whole = _block(np.stack([D[there, here], rows.r, columns.r.T]), right, bottom)
    into = _close(whole, rows, columns)
    n, m = D.shape
    order = np.concatenate([np.arange(n)[there], n + np.arange(m)[here]])
    result = np.empty_like(into)
    result[np.ix_(order, order)] = into
    return Effective(result, n)


def _tied_last(lines: ArrayLines) -> bool:
    """Return whether more lines are tied at their last end than at their first."""
    first, last = (lines.ends < OPEN).sum(axis=1)
    return bool(last > first)


def _half(lines: ArrayLines, order: slice, along: slice) -> _Half:
    """Return lines in an order, each along its nodes or against them."""
    first, last = lines.ends[along, order]
    r = np.column_stack([np.where(first < OPEN, first, 0.0), lines.inner[order, along]])
    return _Half(r, first < OPEN, last, lines.driven[along, order])


def _block(cells: Array, right: bool, bottom: bool) -> _Block:
    """Return a rectangle; where right or bottom ports are not wanted no current enters.

    Parameters
    ----------
    cells : ndarray, shape (3, n, m)
        Conductance of each device [S], and the resistance of the word-line and of the bit-line
        segment before it [ohm].
    right, bottom : bool
        Whether these ports are wanted.
    """
    n, m = cells.shape[1:]
    if max(n, m) <= _PIECE:
        return _piece(cells, right, bottom)
    if m >= n:
        one, two = np.split(cells, [m // 2], axis=2)
        return _join(_block(one, True, bottom), _block(two, right, bottom), _RIGHT)
    one, two = np.split(cells, [n // 2], axis=1)
    return _join(_block(one, right, True), _block(two, right, bottom), _BOTTOM)


def _join(one: _Block, two: _Block, out: int) -> _Block:
    """Join two rectangles at side ``out`` of one, right or bottom, and the opposite of the other.

    The currents and voltages at the one are those at the other.
    """
    to = out - 2
    sizes = tuple(
        (0 if side == out else one.sizes[side]) + (0 if side == to else two.sizes[side])
        for side in range(4)
    )
    a, b = one.ports(out), two.ports(to)
    H1, H2 = one.H, two.H
    Z, Y = H1[..., a, a], H2[..., b, b]
    K = Z @ Y
    K += np.eye(K.shape[-1])
    inverse = np.linalg.inv(K)
    runs1 = _runs(one, out, sizes, False)
    runs2 = _runs(two, to, sizes, True)
    current1 = [Y @ (inverse @ H1[..., a, run.here]) for run in runs1]
    current2 = [np.swapaxes(inverse, -1, -2) @ H2[..., b, run.here] for run in runs2]
    voltage2 = [Z @ current for current in current2]
    H = np.empty((*K.shape[:-2], sum(sizes), sum(sizes)))
    for G, port, runs, through in ((H1, a, runs1, current1), (H2, b, runs2, voltage2)):
        for k, mine in enumerate(runs):
            for run, part in zip(runs[k:], through[k:], strict=True):
                _put(H, mine, run, G[..., mine.here, run.here] - G[..., mine.here, port] @ part)
    for mine in runs1:
        for run, current in zip(runs2, current2, strict=True):
            _put(H, mine, run, H1[..., mine.here, a] @ -current)
    return _Block(H, sizes)


@dataclass(frozen=True)
class _Run:
    """Ports of a side that stay when rectangles join: from, to, and the sign of reciprocity."""

    here: slice
    there: slice
    sign: float


def _runs(block: _Block, joined: int, sizes: tuple, second: bool) -> list[_Run]:
    """Return the sides that stay; of a side both blocks have, the first block's come first."""
    runs = []
    for side in (side for side in range(4) if side != joined):
        start = sum(sizes[:side]) + (sizes[side] - block.sizes[side] if second else 0)
        there = slice(start, start + block.sizes[side])
        runs.append(_Run(block.ports(side), there, 1.0 if side < 2 else -1.0))
    return runs


def _put(H: Array, to: _Run, run: _Run, part: Array) -> None:
    """Set a part of H and, by reciprocity, the one across the diagonal."""
    H[..., to.there, run.there] = part
    if run.there != to.there:
        H[..., run.there, to.there] = to.sign * run.sign * np.swapaxes(part, -1, -2)


def _piece(cells: Array, right: bool, bottom: bool) -> _Block:
    """Return a small rectangle from a stack of tiles; empty lines fill the last ones."""
    n, m = cells.shape[1:]
    kn, p = _cut(n)
    km, q = _cut(m)
    filled = np.zeros((3, kn * p, km * q))
    filled[:, :n, :m] = cells
    block = _tiles(*filled.reshape(3, kn, p, km, q).swapaxes(2, 3))
    while block.H.shape[0] > 1 or block.H.shape[1] > 1:
        if block.H.shape[1] > 1:
            halves = (_Block(block.H[:, k::2], block.sizes) for k in (0, 1))
            block = _join(*halves, _RIGHT)
        if block.H.shape[0] > 1:
            halves = (_Block(block.H[k::2], block.sizes) for k in (0, 1))
            block = _join(*halves, _BOTTOM)
    wanted = n, m, n if right else 0, m if bottom else 0
    starts = np.concatenate([[0], np.cumsum(block.sizes)])
    keep = np.concatenate([starts[side] + np.arange(count) for side, count in enumerate(wanted)])
    return _Block(block.H[0, 0][keep[:, None], keep], wanted)


def _cut(n: int) -> tuple[int, int]:
    """Return how many tiles, a power of two, and how many lines each, n lines are cut into."""
    k = 1
    while k * _TILE < n:
        k *= 2
    return k, -(-n // k)


def _tiles(D: Array, r_word: Array, r_bit: Array) -> _Block:
    r"""Return small rectangles, all at once, from arrays of shape (..., p, q).

    Their devices' voltages are those without drops less the drops, :math:`\delta = F x - R\,i` with
    x the ports and R what currents that share a wire do to each other; with :math:`i = D \delta`,
    :math:`i = s (1 + s R s)^{-1} s F x`, s the root of D.
    """
    p, q = D.shape[-2:]
    far_word, far_bit = np.cumsum(r_word, axis=-1), np.cumsum(r_bit, axis=-2)
    i, j = (k.ravel() for k in np.indices((p, q)))
    same_row, same_column = i[:, None] == i, j[:, None] == j
    flat = D.shape[:-2]
    R = same_row * far_word[..., i[:, None], np.minimum(j[:, None], j)]
    R = R + same_column * far_bit[..., np.minimum(i[:, None], i), j]
    s = np.sqrt(D).reshape(*flat, p * q)
    on_row, on_column = (i[:, None] == np.arange(p)) * 1.0, (j[:, None] == np.arange(q)) * 1.0
    V = np.broadcast_to(np.concatenate([on_row, -on_column], axis=1), (*flat, p * q, p + q))
    to_words = on_row * far_word.reshape(*flat, p * q, 1)
    to_bits = -on_column * far_bit.reshape(*flat, p * q, 1)
    F = np.concatenate([V, to_words, to_bits], axis=-1)
    system = s[..., :, None] * R * s[..., None, :] + np.eye(p * q)
    current = s[..., None] * np.linalg.solve(system, s[..., None] * F)
    signs = np.repeat([1.0, 1.0, -1.0, -1.0], (p, q, p, q))
    H = signs[:, None] * (np.swapaxes(F, -1, -2) @ current)
    k = np.arange(p + q)
    H[..., k, p + q + k] -= 1.0
    H[..., p + q + k, k] += 1.0
    ends = np.concatenate([far_word[..., :, -1], far_bit[..., -1, :]], axis=-1)
    H[..., p + q + k, p + q + k] += ends
    return _Block(H, (p, q, p, q))


def _close(whole: _Block, rows: _Half, columns: _Half) -> Array:
    """Tie the ports to the terminals; return currents into lines by voltages of driven ends."""
    H, (n, m, n_last, m_last) = whole.H, whole.sizes
    first = np.concatenate([rows.first, columns.first])
    last = np.concatenate([rows.last, columns.last])
    driven = np.concatenate([rows.driven, columns.driven], axis=1)
    with_port = np.repeat([n_last > 0, m_last > 0], [n, m])
    port = n + m - 1 + np.cumsum(with_port)
    known = np.flatnonzero(first)
    floating = np.flatnonzero(~first)
    closed = np.flatnonzero(with_port & (last < OPEN))
    free = np.concatenate([floating, port[closed]])
    into = np.zeros((n + m, n + m))
    into[np.ix_(known, known)] = H[np.ix_(known, known)] * driven[0, known]
    if free.size:
        E = H[np.ix_(free, free)]
        k = np.arange(floating.size, free.size)
        E[k, k] += last[closed]
        right = np.zeros((free.size, n + m))
        right[:, known] = -H[np.ix_(free, known)] * driven[0, known]
        right[k, closed] += driven[1, closed]
        currents = np.linalg.solve(E, right)
        into[known] += H[np.ix_(known, free)] @ currents
        into[closed] += currents[floating.size :]
    return into
