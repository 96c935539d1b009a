import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import nS, uS
from acanthite.crossbar import Terminal, Wires, crosstalk, leaky_currents, select
from acanthite.errors import CrossbarError

FILM = Wires(1.0, 1.0, word_leakage=7 * nS, bit_leakage=7 * nS)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 999))
def test_without_leakage_it_is_the_solver(n, m, seed):
    rng = np.random.default_rng(seed)
    G, word, bit = 10 ** rng.uniform(-6, -3, (n, m)), rng.normal(size=n), rng.normal(size=m)
    wires = Wires(*rng.uniform(1, 50, 4))
    found = wires.crossbar(G, bottom=Terminal("driven", wires.sense_resistance)).solve(word, bit)
    scale = np.abs(found.device_current).sum()
    np.testing.assert_allclose(
        leaky_currents(G, word, bit, wires), found.output_current, atol=1e-9 * scale
    )


def test_floating_lines_float():
    G = 10 ** np.random.default_rng(2).uniform(-6, -4, (4, 5))
    word, bit = np.array([0, 0.3, 0, 0]), np.zeros(5)
    found = leaky_currents(
        G, word, bit, Wires(), word_driven=word > 0, bit_driven=np.arange(5) == 2
    )
    assert found[2] == pytest.approx(
        select(G, (1, 2), 0.3, "float", Wires()).output_current[2], rel=1e-8
    )
    np.testing.assert_array_equal(np.delete(found, 2), 0.0)


def test_the_film_feeds_the_sensed_line_from_its_neighbours():
    found = crosstalk([8, 16, 32], FILM, "V/2", selected=1 * uS, others=1 * nS)
    from_two_neighbours = (
        2 * found.sizes * 7 * nS * 0.5
    )  # each held half a read voltage above the sensed line
    np.testing.assert_allclose(found.share, from_two_neighbours / (1 * uS), rtol=0.02)
    grounded = crosstalk([32], FILM, "ground", selected=1 * uS, others=1 * nS)
    assert np.abs(grounded.share).max() < 1e-3 * found.share[-1]


def test_there_must_be_a_film():
    with pytest.raises(CrossbarError, match="wires have no leakage"):
        crosstalk([8], Wires(), selected=1e-6, others=1e-9)
    with pytest.raises(CrossbarError, match="needs line resistances above zero"):
        leaky_currents(np.ones((1, 1)), [1], [0], Wires(0.0, 1.0))
