"""Arrays that begin on a cache line."""

import numpy as np

from acanthite.nn.engine.native import aligned


def test_memory_begins_on_a_cache_line() -> None:
    for shape in (3, 1000, (7, 5)):
        assert aligned.zeros(shape).ctypes.data % aligned.LINE == 0
    values = np.arange(12.0).reshape(3, 4)
    copied = aligned.copy(values)
    assert copied.dtype == np.float32
    assert copied.ctypes.data % aligned.LINE == 0
    np.testing.assert_array_equal(copied, values)
