"""Random numbers for the training kernels: blocks of Philox words and standard normals.

A block is filled at once, because the generator and the polynomials below vectorise over a block; the kernel
then takes numbers off it one by one. Where it stands is two integers, so a run can be resumed bit for bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from acanthite.nn.compiled import IN_PLACE
from acanthite.random import philox, stream_id

_philox = njit(inline="always")(
    philox.py_func
)  # inlined by LLVM alone, the loop over a block is not vectorised

WORDS = 4096  #: numbers in a block; a request may not be larger
_HALF, _QUARTER = WORDS // 2, WORDS // 4

_WORD_AT, _WORD_BLOCK, _NORMAL_AT, _NORMAL_BLOCK = range(4)


class Dice(NamedTuple):
    """A stream of random numbers; ``state`` is all of it that a checkpoint needs, with the key."""

    words: np.ndarray  # uint32, shape (WORDS,): uniform words
    normals: np.ndarray  # float32, shape (WORDS,)
    scratch: np.ndarray  # uint32, shape (WORDS,)
    state: np.ndarray  # int64, shape (4,): position and block of the words, then of the normals
    key: np.ndarray  # uint64, shape (3,): seed, stream, index


def dice(seed: int, stream: str, index: int = 0) -> Dice:
    """Return the stream keyed by (seed, stream, index), at its beginning."""
    state = np.array([WORDS, 0, WORDS, 0], np.int64)
    key = np.array([seed & 0xFFFFFFFFFFFFFFFF, stream_id(stream), index], np.uint64)
    return Dice(
        np.zeros(WORDS, np.uint32), np.zeros(WORDS, np.float32), np.zeros(WORDS, np.uint32), state, key
    )


@njit(**IN_PLACE)
def _fill_words(out, key, block, kind):
    # the top bit of the counter parts words from normals; the four lanes are stored a quarter block apart, a distance
    # known when compiled, without which the loop is not vectorised
    k0, k1 = np.uint32(key[0]), np.uint32(key[0] >> np.uint64(32))
    stream, index = np.uint32(key[1]), np.uint32(key[2])
    first = np.uint64(block) * np.uint64(_QUARTER)  # a block never crosses 2**32: its high word is one
    low, high = np.uint32(first), np.uint32(np.uint32(first >> np.uint64(32)) | np.uint32(kind))
    for i in range(_QUARTER):
        a, b, c, e = _philox(np.uint32(low + np.uint32(i)), high, index, stream, k0, k1)
        out[i] = a
        out[i + _QUARTER] = b
        out[i + 2 * _QUARTER] = c
        out[i + 3 * _QUARTER] = e


@njit(**IN_PLACE, fastmath={"contract", "nnan", "nsz"}, error_model="numpy")
def _box_muller(words, out):
    """Turn a block of uniform words into standard normals, by polynomials good to 1e-5 (Box-Muller).

    The logarithm splits off the binary exponent; the turn is the double angle of a half turn. The two normals of a pair
    are stored half a block apart, so that the whole loop vectorises.
    """
    one, two, zero = np.float32(1.0), np.float32(2.0), np.float32(0.0)
    for i in range(_HALF):
        u = np.float32((np.float32(words[i]) + np.float32(0.5)) * np.float32(2.0**-32))
        bits = u.view(np.uint32)
        exponent = np.float32(np.int32(bits >> np.uint32(23)) - np.int32(127))
        m = np.uint32(np.uint32(bits & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view(np.float32)
        t = (m - one) / (m + one)  # ln m = 2 artanh t, t in [0, 1/3]
        q = t * t
        p = np.float32(1 / 7) + q * (np.float32(1 / 9) + q * np.float32(1 / 11))
        p = one + q * (np.float32(1 / 3) + q * (np.float32(1 / 5) + q * p))
        log = exponent * np.float32(0.6931471805599453) + two * t * p
        radius = np.sqrt(np.maximum(-two * log, zero))
        a = np.float32(np.int32(words[i + _HALF])) * np.float32(
            2.0**-31 * 1.5707963267948966
        )  # [-pi/2, pi/2]
        s = a * a
        p = np.float32(-1 / 5040) + s * (np.float32(1 / 362880) - s * np.float32(1 / 39916800))
        sine = a * (one + s * (np.float32(-1 / 6) + s * (np.float32(1 / 120) + s * p)))
        cosine = np.sqrt(np.maximum(one - sine * sine, zero))
        out[i] = radius * (one - two * sine * sine)
        out[i + _HALF] = radius * two * sine * cosine


@njit(**IN_PLACE)
def take_words(dice, n):
    """Return where ``n`` unused words begin in ``dice.words``, filling a new block if too few are left."""
    at = dice.state[_WORD_AT]
    if at + n > WORDS:
        _fill_words(dice.words, dice.key, dice.state[_WORD_BLOCK], 0)
        dice.state[_WORD_BLOCK] += 1
        at = 0
    dice.state[_WORD_AT] = at + n
    return at


@njit(**IN_PLACE)
def take_normals(dice, n):
    """Return where ``n`` unused standard normals begin in ``dice.normals``."""
    at = dice.state[_NORMAL_AT]
    if at + n > WORDS:
        _fill_normals(dice)
        at = 0
    dice.state[_NORMAL_AT] = at + n
    return at


@njit(**IN_PLACE)
def _fill_normals(dice):
    _fill_words(dice.scratch, dice.key, dice.state[_NORMAL_BLOCK], 0x80000000)
    dice.state[_NORMAL_BLOCK] += 1
    _box_muller(dice.scratch, dice.normals)


def refill(dice: Dice) -> None:
    """Draw the blocks that ``dice.state`` stands in again, after it was set to a saved one."""
    position, block, normal_position, normal_block = (int(v) for v in dice.state)
    if block > 0 and position < WORDS:
        _fill_words(dice.words, dice.key, block - 1, 0)
    if normal_block > 0 and normal_position < WORDS:
        dice.state[_NORMAL_BLOCK] = normal_block - 1
        _fill_normals(dice)
