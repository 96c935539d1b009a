import numpy as np
import pytest
from scipy import stats

from acanthite.nn.noise import WORDS, dice, take_normals, take_words


def drawn(seed: int, stream: str, n_blocks: int) -> np.ndarray:
    source = dice(seed, stream)
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
    halves = z.reshape(-1, 2, WORDS // 2)
    assert abs(np.corrcoef(halves[:, 0].ravel(), halves[:, 1].ravel())[0, 1]) < 0.01


def test_words_are_uniform() -> None:
    source = dice(1, "test")
    at = take_words(source, WORDS)
    assert at == 0
    counts = np.bincount(source.words >> np.uint32(28), minlength=16)
    assert stats.chisquare(counts).pvalue > 0.001


def test_a_stream_is_its_seed_name_and_index() -> None:
    assert (drawn(1, "a", 2) == drawn(1, "a", 2)).all()
    assert not (drawn(1, "a", 1) == drawn(2, "a", 1)).any()
    assert not (drawn(1, "a", 1) == drawn(1, "b", 1)).any()


def test_a_stream_goes_on_from_its_state() -> None:
    source, resumed = dice(5, "test"), dice(5, "test")
    for _ in range(7):
        take_words(source, 1000)
    # a checkpoint keeps the block's beginning, so go back one block and forward to the position
    resumed.state[:] = source.state
    resumed.state[0], resumed.state[1] = WORDS, source.state[1] - 1
    take_words(resumed, int(source.state[0]))
    assert (resumed.words == source.words).all()
    assert (resumed.state == source.state).all()


def test_words_and_normals_of_a_stream_share_no_number() -> None:
    source = dice(1, "test")
    take_words(source, WORDS)
    take_normals(source, WORDS)
    first = source.words[: WORDS // 2] / 2.0**32
    radius = np.hypot(source.normals[: WORDS // 2], source.normals[WORDS // 2 :])
    assert abs(np.corrcoef(first, radius)[0, 1]) < 0.1
