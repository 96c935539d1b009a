"""Arrays that begin on a cache line."""

import mmap
import pickle

import numpy as np
import pytest

from acanthite.nn.engine.native import aligned


def test_memory_begins_on_a_cache_line() -> None:
    for shape in (3, 1000, (7, 5)):
        assert aligned.zeros(shape).ctypes.data % aligned.LINE == 0
    values = np.arange(12.0).reshape(3, 4)
    copied = aligned.copy(values)
    assert copied.dtype == np.float32
    assert copied.ctypes.data % aligned.LINE == 0
    np.testing.assert_array_equal(copied, values)


def test_large_arrays_begin_on_a_cache_line_and_can_be_written() -> None:
    shape = (1000, 257)
    large = aligned.zeros(shape)
    assert large.shape == shape
    assert large.flags.c_contiguous
    assert large.flags.writeable
    assert large.ctypes.data % aligned.LINE == 0
    assert not large.any()
    large[-1, -1] = 3.0
    again = pickle.loads(pickle.dumps(large))
    np.testing.assert_array_equal(again, large)
    assert aligned.zeros(shape).sum() == 0.0  # memory of its own


@pytest.mark.skipif(not hasattr(mmap, "MADV_HUGEPAGE"), reason="a system without huge pages")
def test_large_arrays_are_made_where_the_kernel_refuses_huge_pages(monkeypatch) -> None:
    class Refusing(mmap.mmap):
        def madvise(self, *_: int) -> None:
            raise OSError("no huge pages")

    monkeypatch.setattr(aligned.mmap, "mmap", Refusing)
    assert aligned.zeros(1 << 18).shape == (1 << 18,)


def test_large_arrays_are_made_on_systems_without_huge_pages(monkeypatch) -> None:
    monkeypatch.delattr(aligned.mmap, "MADV_HUGEPAGE", raising=False)
    large = aligned.zeros(1 << 18)
    assert large.ctypes.data % aligned.LINE == 0
