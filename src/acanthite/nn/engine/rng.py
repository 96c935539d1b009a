"""Random numbers for the training kernels: blocks of Philox words and standard normals.

A block is filled piece by piece, each as soon as a number of it is asked for: the generator and the
polynomials below vectorise over a piece, and a piece stays in the nearest cache until it is used
up. Where a stream stands is two integers, so a run can be resumed bit for bit.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, *Proc. SC11* (2011),
   :doi:`10.1145/2063384.2063405`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.options import IN_PLACE, INLINED, INNER, ONE
from acanthite.nn.engine.native.simd import LANES
from acanthite.random import stream_id

WORDS = 4096  #: numbers in a block; a request may not be larger
_PIECE = 512  # filled at once
_HALF = _PIECE // 2

LINE_PIECE = 128  #: the same of the streams that every line has for itself

_WORD_AT, _, NORMAL_AT, NORMAL_BLOCK = range(4)
_FROM_HOST = {**INLINED, "inner": False}  # called by `refill` too
_NORMALS = 0x80000000  # the top bit of the counter parts words from normals


class Rng(NamedTuple):
    """A stream of random numbers; ``state`` is all of it that a checkpoint needs, with the key."""

    words: np.ndarray  # uint32, shape (WORDS + LANES,): uniform words, and room to read past them
    normals: np.ndarray  # float32, shape (WORDS,)
    scratch: np.ndarray  # uint32, shape (_HALF,)
    # int64, shape (4,): place in and number of the words' block, then the normals'
    state: np.ndarray
    key: np.ndarray  # uint64, shape (3,): seed, stream, index


def make_rng(seed: int, stream: str, index: int = 0) -> Rng:
    """Return the stream keyed by (seed, stream, index), at its beginning."""
    # blocks count from one; the beginning is the end of the one before
    state = np.array([WORDS, 0, WORDS, 0], np.int64)
    key = np.array([seed & 0xFFFFFFFFFFFFFFFF, stream_id(stream), index], np.uint64)
    words, normals = np.zeros(WORDS + LANES, np.uint32), np.zeros(WORDS, np.float32)
    return Rng(words, normals, np.zeros(_HALF, np.uint32), state, key)


@njit(inline="always")
def _philox7(c0, c1, c2, c3, k0, k1):
    # seven rounds are the fewest that pass all of BigCrush [1]_; the hosts' ten are a margin that
    # costs a third more
    for _ in range(7):
        p0, p1 = np.uint64(0xD2511F53) * np.uint64(c0), np.uint64(0xCD9E8D57) * np.uint64(c2)
        c0, c2 = np.uint32(p1 >> np.uint64(32)) ^ c1 ^ k0, np.uint32(p0 >> np.uint64(32)) ^ c3 ^ k1
        c1, c3 = np.uint32(p1), np.uint32(p0)
        k0, k1 = np.uint32(k0 + np.uint32(0x9E3779B9)), np.uint32(k1 + np.uint32(0xBB67AE85))
    return c0, c1, c2, c3


@njit(inline="always", nogil=True)
def _fill(out, key, index, piece, kind, quarter):
    # four lanes are stored a quarter of a piece apart, a distance known when compiled, without
    # which the loop is not vectorised
    k0, k1 = np.uint32(key[0]), np.uint32(key[0] >> np.uint64(32))
    stream = np.uint32(key[1])
    index = np.uint32(index)
    first = np.uint64(piece) * np.uint64(
        quarter
    )  # a piece never crosses 2**32: its high word is one
    low, high = np.uint32(first), np.uint32(np.uint32(first >> np.uint64(32)) | np.uint32(kind))
    for i in range(quarter):
        a, b, c, e = _philox7(np.uint32(low + np.uint32(i)), high, index, stream, k0, k1)
        out[i] = a
        out[i + quarter] = b
        out[i + 2 * quarter] = c
        out[i + 3 * quarter] = e


@njit(**_FROM_HOST)
def _fill_words(rng, piece):
    at = piece % (WORDS // _PIECE) * _PIECE
    _fill(rng.words[at : at + _PIECE], rng.key, rng.key[2], piece, 0, _PIECE // 4)


@njit(**_FROM_HOST)
def _fill_normals(rng, piece):
    _fill(rng.scratch, rng.key, rng.key[2], piece, _NORMALS, _HALF // 4)
    at = piece % (WORDS // _PIECE) * _PIECE
    _box_muller(rng.scratch, rng.normals[at : at + _PIECE], _HALF)


@njit(**{**INLINED, "fastmath": {"contract", "nnan", "nsz"}, "error_model": "numpy"})
def _box_muller(words, out, half):
    """Turn ``half`` a piece of uniform words into a piece of standard normals (Box-Muller).

    The polynomials are good to 1e-6.

    The upper half of a word is the radius, the lower the angle, so no normal is beyond 4.86. The
    logarithm splits off the binary exponent; the turn is the double angle of a half turn. The two
    normals of a pair are stored half a piece apart, so that the whole loop vectorises.
    """
    f = np.float32
    two = np.float32(2.0)
    for i in range(half):
        odd = f(
            np.int32(words[i] >> np.uint32(16) << np.uint32(1) | np.uint32(1))
        )  # of 2**17: never 0 or 1
        shifted = np.int32(
            odd.view(np.int32) - np.int32(0x3F3504F3)
        )  # mantissas from root 1/2 to root 2
        exponent = shifted >> np.int32(23)
        t = np.int32(odd.view(np.int32) - np.int32(exponent << np.int32(23))).view(np.float32) - ONE
        p = f(0.19940135) + t * (f(-0.16973306) + t * (f(0.1590315) + t * f(-0.10743682)))
        p = f(-0.5) + t * (f(0.333337) + t * (f(-0.24992541) + t * p))
        log = f(np.int32(exponent - np.int32(17))) * f(0.6931471805599453) + (t + t * t * p)
        radius = np.sqrt(f(-2.0) * log)
        low = np.int32(words[i] << np.uint32(16)) >> np.int32(16)
        a = (f(low) + f(0.5)) * f(np.pi / 65536)  # half the turn, within a quarter
        s = a * a
        p = f(-0.16665658) + s * (
            f(0.00833305062) + s * (f(-0.000198090464) + s * f(2.60516628e-6))
        )
        sine = a * (ONE + s * p)
        p = f(-0.49999905) + s * (f(0.04166358) + s * (f(-0.0013853667) + s * f(2.3153174e-5)))
        cosine = ONE + s * p
        out[i] = radius * (ONE - two * sine * sine)
        out[i + half] = radius * (two * sine * cosine)


@njit(**INLINED)
def fill_line_normals(out, words, key, line, z, n):
    """Fill ``out`` with the ``n`` normals from the ``z``-th of a line's own stream on.

    Return where they begin: a piece is filled from its beginning.

    Parameters
    ----------
    out : ndarray of float32, shape (n + 2 LINE_PIECE,) or longer
    words : ndarray of uint32, shape (LINE_PIECE / 2,)
        Scratch.
    key : ndarray of uint64, shape (2,) or longer
        Seed and stream.
    line, z, n : int
    """
    first = z // LINE_PIECE
    for piece in range(first, (z + n + LINE_PIECE - 1) // LINE_PIECE):
        _fill(words, key, line, piece, _NORMALS, LINE_PIECE // 8)
        at = (piece - first) * LINE_PIECE
        _box_muller(words, out[at : at + LINE_PIECE], LINE_PIECE // 2)
    return z - first * LINE_PIECE


@njit(**INLINED)
def take_words(rng, n):
    """Return where ``n`` unused words begin in ``rng.words``; they lie in one block."""
    at, pieces = _claim(rng, _WORD_AT, n)
    for piece in pieces:
        _fill_words(rng, piece)
    return at


@njit(**INLINED)
def take_normals(rng, n):
    """Return where ``n`` unused standard normals begin in ``rng.normals``, all in one block."""
    at, pieces = _claim(rng, NORMAL_AT, n)
    for piece in pieces:
        _fill_normals(rng, piece)
    return at


@njit(**INLINED)
def some_normals(rng, n):
    """Return where unused standard normals begin in ``rng.normals``, and how many.

    There are ``n``, or what is left of a piece.
    """
    remaining = _PIECE - rng.state[NORMAL_AT] % _PIECE
    n = min(np.int64(n), remaining)
    return take_normals(rng, n), n


@njit(inline="always", nogil=True)
def _claim(rng, place, n):
    """Return where ``n`` unused numbers begin in their block, and the pieces to fill for them.

    Pieces are counted over the whole stream, and the one they begin in is filled already.
    ``rng.state[place]`` is where the stream stands in its block, the number of the block behind it.
    """
    at = rng.state[place]
    block = rng.state[place + 1]
    if at + n > WORDS:
        at = 0
        block = block + 1
    rng.state[place] = at + n
    rng.state[place + 1] = block
    first = (block - 1) * (WORDS // _PIECE)
    pieces = range(first + (at + _PIECE - 1) // _PIECE, first + (at + n + _PIECE - 1) // _PIECE)
    return at, pieces


@njit(**IN_PLACE)
def seek_normal(rng, z):
    """Let normals be taken from the ``z``-th of the stream on."""
    _seek(rng, z % WORDS, z // WORDS + 1)


@njit(**INLINED)
def seek_take(rng, place, n, k):
    """Let normals be taken as after ``k`` takes of ``n``.

    Parameters
    ----------
    rng : Rng
    place : ndarray of int64, shape (2,)
        Where the stream stands before the first of them, as in the second half of ``rng.state``.
    n, k : int
    """
    at, block = place[0], place[1]
    left = (WORDS - at) // n
    if k <= left:
        _seek(rng, at + k * n, block)
        return
    in_a_block = WORDS // n
    further = k - left - 1
    _seek(rng, (further % in_a_block + 1) * n, block + 1 + further // in_a_block)


@njit(**INNER)
def _seek(rng, at, block):
    if rng.state[NORMAL_AT] == at and rng.state[NORMAL_BLOCK] == block:
        return
    rng.state[NORMAL_AT] = at
    rng.state[NORMAL_BLOCK] = block
    if at % _PIECE:
        _fill_normals(rng, ((block - 1) * WORDS + at) // _PIECE)


def refill(rng: Rng) -> None:
    """Draw the pieces that ``rng.state`` stands in again, after it was set to a saved one."""
    for fill, (at, block) in zip(
        (_fill_words, _fill_normals), rng.state.reshape(2, 2).tolist(), strict=True
    ):
        if at % _PIECE:
            fill(rng, (block - 1) * (WORDS // _PIECE) + at // _PIECE)
