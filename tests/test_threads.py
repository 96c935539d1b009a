from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from acanthite import threads


def test_all_cores_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert threads.count() == threads.available() >= 1
    threads.use(3)
    assert threads.count() == 3
    threads.use(None)
    assert threads.count() == threads.available()


@pytest.mark.parametrize(
    ("numba", "omp", "most"),
    [("1", "7", 1), ("", "1", 1), ("", "1,4", 1), ("", "many", None), ("", "0", None)],
)
def test_the_environment_keeps_them_to_fewer(numba, omp, most, monkeypatch):
    monkeypatch.setattr(threads, "available", lambda: 5)
    monkeypatch.setenv("NUMBA_NUM_THREADS", numba)
    monkeypatch.setenv("OMP_NUM_THREADS", omp)
    assert threads.count() == (most or 5)
    threads.use(3)
    assert threads.count() == 3
    threads.use(None)


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
    assert np.eye(2).dot(np.ones(2)).sum() == 2  # BLAS is loaded
    with threads.one_for_blas():
        assert {
            pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"
        } == {1}
