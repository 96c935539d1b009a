"""Parts of a work that two threads claim in compiled code, each as soon as it is free.

One of them owns the work: it opens it, claims parts of it like the other, and goes on once all are
done. So it never waits for a thread to which the system has given no core yet; only for one whose
core was taken away in the middle of a part. Then it is told, and may work alone for a while.
"""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.atomics import (
    APART,
    LOOKS,
    add_one,
    leave_core,
    read,
    replace,
    write,
)
from acanthite.nn.engine.native.options import INLINED

NOTHING = -1
"""In place of a part: all are claimed. In place of a work: there will be none any more."""

_WORD, _DONE = 0, APART  # what may be claimed, and how many parts are done

# what may be claimed is one number: which part is next, from its lowest bit on, and from these
# bits on
_PARTS = 16  # how many there are,
_WORK = 32  # and the number of the work
_COUNT = (1 << 16) - 1


def board() -> np.ndarray:
    """Return what two threads claim parts on, shape (2 * 16,); there are none yet."""
    return np.zeros(2 * APART, np.int64)


def close(board: np.ndarray) -> None:
    """Let nobody wait for a work any more."""
    board[_WORD] = NOTHING


def give_up(board: np.ndarray) -> None:
    """Let nobody wait for a part that this thread has claimed and will not finish."""
    board[_DONE] = np.iinfo(np.int64).max // 2


@njit(**INLINED)
def open_work(board, work, parts):
    """Let the parts of a work be claimed.

    Parameters
    ----------
    board : ndarray of int64
    work : int
        Its number, which no other had on this board.
    parts : int
        How many; below 65,536.
    """
    write(board, _DONE, 0)
    write(board, _WORD, work << _WORK | parts << _PARTS)


@njit(**INLINED)
def claim(board):
    """Claim a part of the work that is open; return the numbers of both, or :data:`NOTHING`."""
    while True:
        word = read(board, _WORD)
        if word == NOTHING:
            return NOTHING, NOTHING
        part = word & _COUNT
        if part == word >> _PARTS & _COUNT:
            return word >> _WORK, NOTHING
        if replace(board, _WORD, word, word + 1):
            return word >> _WORK, part


@njit(**INLINED)
def wait_and_claim(board):
    """Do :func:`claim` as soon as there is a part to claim, or there will be no work any more."""
    looks = 0
    while True:
        work, part = claim(board)
        if part != NOTHING or work == NOTHING:
            return work, part
        looks += 1
        if looks > LOOKS:
            leave_core()


@njit(**INLINED)
def finish(board):
    """Say that a part that was claimed is done."""
    add_one(board, _DONE)


@njit(**INLINED)
def wait_for_all(board, parts, patience):
    """Wait until all parts are done; return whether the other thread seems to have no core.

    Parameters
    ----------
    board : ndarray of int64
    parts : int
    patience : int
        How often to look for it, leaving the core to others in between, before it seems so.
    """
    looks = 0
    while read(board, _DONE) < parts:
        looks += 1
        if looks > LOOKS:
            leave_core()
    return looks > LOOKS + patience
