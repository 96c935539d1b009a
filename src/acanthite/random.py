"""Randomness as an argument: counter-based Philox4x32-10 keyed by (seed, stream, index).

The same (seed, stream, index, draw) gives the same bits on any number of threads, in any order and
after a resume, because nothing is carried from one draw to the next. Kernels call the scalar
functions below; host code that wants a NumPy generator asks :func:`generator`.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, *Proc. SC11* (2011), :doi:`10.1145/2063384.2063405`.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
from numba import uint32, uint64

from acanthite.jit import njit

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_SHIFT = np.uint64(32)
_HALF = 0.5
_SCALE = 2.0**-32


def stream_id(name: str) -> int:
    """Return the 32-bit number of a named stream, the same in every process."""
    return zlib.crc32(name.encode())


def generator(seed: int, stream: str, index: int = 0) -> np.random.Generator:
    """Return a NumPy generator keyed by (seed, stream, index), for host-side draws.

    Parameters
    ----------
    seed : int
        Non-negative.
    stream : str
        What the numbers are for; two streams never share a number.
    index : int
        Which member of a family (device, image ...).

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.Generator(
        np.random.Philox(np.random.SeedSequence([seed, stream_id(stream), index]))
    )


@njit(cache=True, inline="always")
def _round(c0, c1, c2, c3, k0, k1):
    p0, p1 = _M0 * uint64(c0), _M1 * uint64(c2)
    return uint32(p1 >> _SHIFT) ^ c1 ^ k0, uint32(p1), uint32(p0 >> _SHIFT) ^ c3 ^ k1, uint32(p0)


@njit(cache=True, inner=True)
def philox(c0, c1, c2, c3, k0, k1):
    """Return four 32-bit words for a 128-bit counter and a 64-bit key (Philox4x32-10).

    Parameters
    ----------
    c0, c1, c2, c3, k0, k1 : uint32

    Returns
    -------
    tuple of 4 uint32
    """
    c0, c1, c2, c3 = uint32(c0), uint32(c1), uint32(c2), uint32(c3)
    k0, k1 = uint32(k0), uint32(k1)
    for _ in range(10):
        c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
        k0, k1 = uint32(k0 + _W0), uint32(k1 + _W1)
    return c0, c1, c2, c3


@njit(cache=True, inline="always")
def unit(word):
    """Return a 32-bit word as a float in the open interval (0, 1)."""
    return (np.float64(word) + _HALF) * _SCALE


@njit(cache=True, inner=True)
def uniforms(seed, stream, index, draw):
    """Return four uniforms on (0, 1) for (seed, stream, index, draw).

    Parameters
    ----------
    seed : uint64
    stream : uint32
        From :func:`stream_id`.
    index : uint32
    draw : uint64
        Which set of four.

    Returns
    -------
    tuple of 4 float
    """
    s, d = uint64(seed), uint64(draw)
    r = philox(
        uint32(d),
        uint32(d >> _SHIFT),
        uint32(index),
        uint32(stream),
        uint32(s),
        uint32(s >> _SHIFT),
    )
    return unit(r[0]), unit(r[1]), unit(r[2]), unit(r[3])


@njit(cache=True)
def normals(seed, stream, index, draw):
    """Return four standard normals for (seed, stream, index, draw), by Box-Muller.

    Parameters
    ----------
    seed, stream, index, draw
        As in :func:`uniforms`.

    Returns
    -------
    tuple of 4 float
    """
    a, b, c, d = uniforms(seed, stream, index, draw)
    p, q = math.sqrt(-2.0 * math.log(a)), math.sqrt(-2.0 * math.log(c))
    s, t = 2.0 * math.pi * b, 2.0 * math.pi * d
    return p * math.cos(s), p * math.sin(s), q * math.cos(t), q * math.sin(t)
