from __future__ import annotations

import pytest

from acanthite import threads


def test_all_cores_unless_told_otherwise():
    assert threads.count() == threads.available() >= 1
    threads.use(3)
    assert threads.count() == 3
    threads.use(None)
    assert threads.count() == threads.available()


def test_numba_gets_as_many_as_it_has():
    import numba

    before = numba.get_num_threads()
    try:
        threads.use(1)
        assert threads.apply() == numba.get_num_threads() == 1
        threads.use(10_000)
        assert threads.apply() == numba.get_num_threads() == numba.config.NUMBA_NUM_THREADS
    finally:
        numba.set_num_threads(before)


def test_none_is_too_few():
    with pytest.raises(ValueError, match="threads=0: expected at least 1"):
        threads.use(0)


def test_small_work_gets_few():
    threads.use(4)
    try:
        assert threads.apply(0) == threads.apply(1) == 1
        assert threads.apply(2) == min(2, threads.apply())
    finally:
        threads.use(None)
        threads.apply()


def test_blas_is_kept_to_one_thread():
    from threadpoolctl import threadpool_info

    with threads.one_for_blas():
        assert all(pool["num_threads"] == 1 for pool in threadpool_info() if pool["user_api"] == "blas")
