import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from acanthite.nn.engine.rng import (
    WORDS,
    make_rng,
    refill,
    seek_normal,
    seek_take,
    some_normals,
    take_normals,
    take_words,
)


def drawn(seed: int, stream: str, n_blocks: int) -> np.ndarray:
    source = make_rng(seed, stream)
    blocks = []
    for _ in range(n_blocks):
        at = take_normals(source, WORDS)
        blocks.append(source.normals[at : at + WORDS].copy())
    return np.concatenate(blocks).astype(float)


def test_normals_are_standard_normal() -> None:
    z = drawn(1, "test", 100)
    assert stats.kstest(z, "norm").pvalue > 0.001
    assert stats.skew(z) == pytest.approx(0, abs=0.02)
    assert stats.kurtosis(z) == pytest.approx(0, abs=0.04)
    assert abs(np.corrcoef(z[:-1], z[1:])[0, 1]) < 0.01
    halves = z.reshape(-1, 2, 256)  # the two normals of a pair
    assert abs(np.corrcoef(halves[:, 0].ravel(), halves[:, 1].ravel())[0, 1]) < 0.01


def test_words_are_uniform() -> None:
    source = make_rng(1, "test")
    at = take_words(source, WORDS)
    assert at == 0
    counts = np.bincount(source.words[:WORDS] >> np.uint32(28), minlength=16)
    assert stats.chisquare(counts).pvalue > 0.001


def test_a_stream_is_its_seed_name_and_index() -> None:
    assert (drawn(1, "a", 2) == drawn(1, "a", 2)).all()
    assert not (drawn(1, "a", 1) == drawn(2, "a", 1)).any()
    assert not (drawn(1, "a", 1) == drawn(1, "b", 1)).any()


@pytest.mark.parametrize("taken", [(1000, 300), (512, 256), (4096, 4096), (4000, 200), (1, 1)])
def test_a_stream_goes_on_from_its_state(taken) -> None:
    source, resumed = make_rng(5, "test"), make_rng(5, "test")
    for n in taken:
        take_words(source, n)
        take_normals(source, n)
    resumed.state[:] = source.state
    refill(resumed)
    for n in (7, 600, 3000):
        at, z = take_words(source, n), take_normals(source, n)
        assert (take_words(resumed, n), take_normals(resumed, n)) == (at, z)
        assert (resumed.words[at : at + n] == source.words[at : at + n]).all()
        assert (resumed.normals[z : z + n] == source.normals[z : z + n]).all()


def test_normals_are_those_of_their_place_in_the_stream() -> None:
    source, other = make_rng(5, "test"), make_rng(5, "test")
    take_normals(source, 3 * 700)
    for z in (0, 1, 699, 1400, 512, 100, 2000):
        seek_normal(other, z)
        at = take_normals(other, 50)
        assert at == z
        assert (other.normals[at : at + 50] == source.normals[z : z + 50]).all()


@given(
    before=st.integers(0, 5 * WORDS),
    n=st.integers(1, WORDS) | st.sampled_from([1, 512, WORDS - 1, WORDS]),
    k=st.integers(0, 40),
)
def test_any_of_many_takes_of_one_length_is_found_by_its_number(before, n, k) -> None:
    source, other = make_rng(5, "test"), make_rng(5, "test")
    seek_normal(source, before)
    place = source.state[2:].copy()
    for _ in range(k):
        take_normals(source, n)
    seek_take(other, place, n, k)
    assert (other.state == source.state).all()
    at = take_normals(source, n)
    assert take_normals(other, n) == at
    assert (other.normals[at : at + n] == source.normals[at : at + n]).all()


def test_some_normals_leave_none_out() -> None:
    source, whole = make_rng(5, "test"), make_rng(5, "test")
    found: list[float] = []
    while len(found) < 3000:
        at, n = some_normals(source, 3000 - len(found))
        found += source.normals[at : at + n].tolist()
    at = take_normals(whole, 3000)
    assert found == whole.normals[at : at + 3000].tolist()


def test_words_and_normals_of_a_stream_share_no_number() -> None:
    source = make_rng(1, "test")
    take_words(source, WORDS)
    take_normals(source, WORDS)
    first = source.words[: WORDS // 2] / 2.0**32
    pairs = source.normals.reshape(-1, 2, 256)
    radius = np.hypot(pairs[:, 0], pairs[:, 1]).ravel()
    assert abs(np.corrcoef(first, radius)[0, 1]) < 0.1
