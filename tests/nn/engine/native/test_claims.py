"""Parts that two threads claim."""

from threading import Thread

import numpy as np
import pytest

from acanthite.jit import njit
from acanthite.nn.engine.native.claims import (
    NOTHING,
    board,
    claim,
    close,
    finish,
    open_work,
    wait_and_claim,
    wait_for_all,
)

WORKS = 5_000
PARTS = 7


@njit(nogil=True)
def own(board, by, sums, patience):
    """Open works and do their parts; return how often the other thread seemed to have no core."""
    late = 0
    for work in range(WORKS):
        open_work(board, work, PARTS)
        while True:
            which, part = claim(board)
            if part == NOTHING:
                break
            by[which, part] += 1
            finish(board)
        late += wait_for_all(board, PARTS, patience)
        sums[work] = by[work].sum()  # all are done, whoever did them
    return late


@njit(nogil=True)
def help_out(board, by):
    """Do parts until the board is closed; return how many."""
    done = 0
    while True:
        work, part = wait_and_claim(board)
        if work == NOTHING:
            return done
        by[work, part] += 100
        done += 1
        finish(board)


def helping(shared: np.ndarray, by: np.ndarray) -> tuple[Thread, list[int]]:
    done: list[int] = []
    return Thread(target=lambda: done.append(help_out(shared, by))), done


def test_every_part_is_done_once_and_the_owner_goes_on_when_all_are():
    shared, by, sums = board(), np.zeros((WORKS, PARTS), np.int64), np.zeros(WORKS, np.int64)
    helper, done = helping(shared, by)
    own(board(), by.copy(), sums.copy(), 0)  # compiles, so that both begin together
    helper.start()
    own(shared, by, sums, 1 << 40)
    close(shared)
    helper.join(timeout=60)
    assert not helper.is_alive()
    assert set(np.unique(by).tolist()) <= {1, 100}
    assert (by == 100).sum() == done[0]
    assert (sums == by.sum(axis=1)).all()


def test_an_owner_whom_nobody_helps_does_all_and_waits_for_nobody():
    by, sums = np.zeros((WORKS, PARTS), np.int64), np.zeros(WORKS, np.int64)
    assert own(board(), by, sums, 0) == 0
    assert (by == 1).all()
    assert (sums == PARTS).all()


@pytest.mark.parametrize("opened", [False, True])
def test_nothing_is_claimed_from_a_board_that_is_closed(opened: bool):
    shared = board()
    if opened:
        open_work(shared, 3, PARTS)
    close(shared)
    assert claim(shared) == (NOTHING, NOTHING)
    helper, done = helping(shared, np.zeros((1, 1), np.int64))
    helper.start()
    helper.join(timeout=60)
    assert done == [0]
