"""Arrays that begin on a cache line."""

import numpy as np

from acanthite.nn import memory


def test_memory_begins_on_a_cache_line() -> None:
    for shape in (3, 1000, (7, 5)):
        assert memory.zeros(shape).ctypes.data % memory.LINE == 0
    values = np.arange(12.0).reshape(3, 4)
    copied = memory.copy(values)
    assert copied.dtype == np.float32
    assert copied.ctypes.data % memory.LINE == 0
    np.testing.assert_array_equal(copied, values)
