from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.random import generator, normals, philox, stream_id, uniforms

_words = st.integers(0, 2**32 - 1)


# known answers of Random123 1.14, kat_vectors, philox4x32-10
@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        (
            "00000000 00000000 00000000 00000000",
            "00000000 00000000",
            "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        ),
        (
            "ffffffff ffffffff ffffffff ffffffff",
            "ffffffff ffffffff",
            "408f276d 41c83b0e a20bc7c6 6d5451fd",
        ),
        (
            "243f6a88 85a308d3 13198a2e 03707344",
            "a4093822 299f31d0",
            "d16cfe09 94fdcceb 5001e420 24126ea1",
        ),
    ],
)
def test_philox_gives_the_published_words(counter, key, answer):
    words = [np.uint32(int(word, 16)) for word in f"{counter} {key}".split()]
    assert [f"{int(word):08x}" for word in philox(*words)] == answer.split()


@given(_words, _words, st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_uniforms_are_inside_the_unit_interval(stream, index, seed, draw):
    values = uniforms(np.uint64(seed), np.uint32(stream), np.uint32(index), np.uint64(draw))
    assert all(0.0 < value < 1.0 for value in values)
    assert all(
        np.isfinite(normals(np.uint64(seed), np.uint32(stream), np.uint32(index), np.uint64(draw)))
    )


@numba.njit
def _many(function, seed, stream, n):
    out = np.empty((n, 4))
    for draw in range(n):
        out[draw] = function(seed, stream, 0, draw)
    return out


@pytest.fixture(scope="module")
def sample():
    n = 50_000
    flat = _many(uniforms, np.uint64(1), np.uint32(stream_id("a")), n).ravel()
    bell = _many(normals, np.uint64(1), np.uint32(stream_id("a")), n).ravel()
    return flat, bell


def test_moments(sample):
    from scipy import stats

    flat, bell = sample
    assert stats.kstest(flat, "uniform").pvalue > 1e-3
    assert stats.kstest(bell, "norm").pvalue > 1e-3
    n = bell.size
    assert abs(bell.mean()) < 4 / n**0.5
    assert abs(bell.var() - 1) < 4 * (2 / n) ** 0.5
    assert abs((bell**4).mean() - 3) < 4 * (96 / n) ** 0.5


def test_the_four_numbers_of_a_draw_are_not_correlated(sample):
    for values in sample:
        correlation = np.corrcoef(values.reshape(-1, 4), rowvar=False)
        assert np.abs(correlation - np.eye(4)).max() < 4.5 / (values.size / 4) ** 0.5


def test_neighbouring_keys_are_not_correlated():
    base = (np.uint64(1), np.uint32(2), np.uint32(3))
    first = np.array([uniforms(*base, np.uint64(d)) for d in range(2000)]).ravel()
    for other in ((2, 2, 3), (1, 3, 3), (1, 2, 4)):
        seed, stream, index = np.uint64(other[0]), np.uint32(other[1]), np.uint32(other[2])
        second = np.array(
            [uniforms(seed, stream, index, np.uint64(d)) for d in range(2000)]
        ).ravel()
        assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / first.size**0.5


def test_the_64_bits_of_seed_and_draw_all_count():
    def bits(seed, draw):
        return uniforms(np.uint64(seed), np.uint32(0), np.uint32(0), np.uint64(draw))

    assert (
        len(
            {
                bits(0, 0),
                bits(1, 0),
                bits(2**32, 0),
                bits(2**63, 0),
                bits(0, 1),
                bits(0, 2**32),
                bits(0, 2**63),
            }
        )
        == 7
    )


def test_a_host_generator_repeats_and_differs_by_stream_and_index():
    def draw(*key):
        return tuple(generator(*key).random(3))

    assert draw(7, "a", 0) == draw(7, "a", 0)
    assert len({draw(7, "a", 0), draw(8, "a", 0), draw(7, "b", 0), draw(7, "a", 1)}) == 4


def test_a_stream_has_the_same_number_in_every_process():
    assert stream_id("device") == 0x092FB68E
    assert 0 <= stream_id("device") < 2**32
    assert stream_id("device") != stream_id("cycle")
