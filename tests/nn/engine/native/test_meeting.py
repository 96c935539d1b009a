"""Two threads that wait for each other."""

from threading import Thread

import numpy as np
import pytest

from acanthite.jit import njit
from acanthite.nn.engine.native.meeting import leaving, meet, meeting

STEPS = 20_000


@njit(nogil=True)
def steps(counters, side, written, seen, work):
    """Write the number of each step, meet, and note what the other side had written."""
    total = 0.0
    for step in range(1, STEPS + 1):
        # one side takes longer than the other, and longest once in a while
        for k in range(work[side] + (5000 if step % 1000 == 0 else 0)):
            total += np.sin(k * total)
        written[side * 16] = step
        meet(counters, side, 2 * step - 1)
        seen[side, step - 1] = written[(1 - side) * 16]
        meet(counters, side, 2 * step)
    return total


def test_neither_side_goes_on_before_the_other_has_come():
    work = np.array([5, 50])
    for _ in range(3):
        counters, written = meeting(), np.zeros(32, np.int64)
        seen = np.zeros((2, STEPS), np.int64)
        sides = [
            Thread(target=steps, args=(counters, side, written, seen, work)) for side in (0, 1)
        ]
        for thread in sides:
            thread.start()
        for thread in sides:
            thread.join(timeout=60)
            assert not thread.is_alive()
        assert (seen == np.arange(1, STEPS + 1)).all()
        work = work[::-1].copy()


def test_who_is_alone_does_not_wait():
    alone = np.zeros(0, np.int64)
    seen = np.zeros((2, STEPS), np.int64)
    steps(alone, 0, np.zeros(32, np.int64), seen, np.array([0, 0]))
    assert not seen.any()


def test_nobody_waits_for_a_side_that_has_left():
    counters = meeting()
    with pytest.raises(ValueError, match="no more"), leaving(counters, 1):
        raise ValueError("no more")
    seen = np.zeros((2, STEPS), np.int64)
    steps(counters, 0, np.zeros(32, np.int64), seen, np.array([0, 0]))
