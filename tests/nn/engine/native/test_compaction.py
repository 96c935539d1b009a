"""Lists of lines against NumPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from acanthite.nn.engine.native.compaction import (
    append_shifted,
    list_below,
    list_nonzero,
    list_positive,
)
from acanthite.nn.engine.native.simd import LANES

VALUES = arrays(
    np.float32, st.integers(0, 70), elements=st.sampled_from([0.0, -0.0, 1.5, -2.0, np.nan, np.inf])
)


def room(n: int, kind: str) -> np.ndarray:
    return np.zeros(n + LANES, kind)


@given(VALUES)
def test_lines_with_a_value_are_listed_in_their_order(x) -> None:
    ids, values = room(len(x), "u4"), room(len(x), "f4")
    n = list_nonzero(x, ids, values)
    np.testing.assert_array_equal(ids[:n], np.flatnonzero(x))
    np.testing.assert_array_equal(values[:n], x[np.flatnonzero(x)])


@given(VALUES, st.sampled_from([1.0, -1.0]), st.integers(0, 5))
def test_lines_of_one_sign_are_appended(x, sign, at) -> None:
    ids, values = room(len(x) + at, "u4"), room(len(x) + at, "f4")
    ids[:at] = 99
    end = list_positive(x, np.float32(sign), at, ids, values)
    expected = np.flatnonzero(sign * x > 0)
    np.testing.assert_array_equal(ids[:end], [99] * at + expected.tolist())
    np.testing.assert_array_equal(values[at:end], sign * x[expected])


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_lines_fire_whose_word_is_below_their_chance(n, first, at, seed) -> None:
    draw, first = np.random.default_rng(seed), min(first, n)
    words, chance = (
        draw.integers(0, 8, n + 7 + LANES, np.uint32),
        draw.integers(0, 8, n + LANES, np.uint32),
    )
    ids, fired = draw.integers(0, 2**32, n + LANES, np.uint32), room(n + at, "u4")
    end = list_below(words, 7, chance, ids, first, n, fired, at)
    into = np.flatnonzero(words[7 : 7 + n - first] < chance[first:n])
    np.testing.assert_array_equal(fired[at:end], ids[first + into])


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_lists_are_appended_shifted(first, n, at) -> None:
    ids, out = np.arange(first + n + LANES, dtype=np.uint32), room(n + at + LANES, "u4")
    assert append_shifted(out, at, ids, first, first + n, np.uint32(1000)) == at + n
    np.testing.assert_array_equal(out[at : at + n], 1000 + np.arange(first, first + n))
