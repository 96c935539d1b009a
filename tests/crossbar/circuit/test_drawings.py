import io

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure

from acanthite.crossbar import Crossbar
from acanthite.crossbar.circuit.drawings import plot_array
from acanthite.errors import CrossbarError

RNG = np.random.default_rng(0)


def array(n, m):
    G = 10 ** RNG.uniform(-6, -3, (n, m))
    return G, Crossbar(G, 0.0, 0.0).solve(RNG.uniform(0, 0.2, n))


@pytest.mark.long
@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (18, 1), (24, 24), (25, 3), (1, 40), (256, 256)])
def test_every_shape_draws(shape):
    G, solution = array(*shape)
    for figure in (plot_array(G), plot_array(G, solution)):
        assert isinstance(figure, Figure)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=40)
        assert picture.tell() > 1000


def test_a_circuit_has_a_square_a_device_and_a_line_a_segment_in_their_colours():
    G, solution = array(3, 4)
    ax = plot_array(G, solution, show="current").axes[0]
    (squares,) = (c for c in ax.collections if isinstance(c, PatchCollection))
    word, bit = (c for c in ax.collections if isinstance(c, LineCollection))
    np.testing.assert_allclose(squares.get_array(), solution.device_current.ravel())
    assert len(word.get_segments()) == 3 * 5
    assert len(bit.get_segments()) == 4 * 4
    along = word.get_array().reshape(3, 5)
    np.testing.assert_allclose(along[:, 0], solution.device_current.sum(1))
    np.testing.assert_allclose(along[:, -1], 0, atol=1e-18)
    np.testing.assert_allclose(bit.get_array().reshape(4, 4)[:, -1], solution.device_current.sum(0))
    assert len(ax.texts) == G.size


def test_large_arrays_are_maps_with_the_currents_at_the_ends():
    G, solution = array(30, 40)
    by_title = {ax.get_title(): ax for ax in plot_array(G, solution).axes if ax.get_title()}
    assert set(by_title) == {
        "device conductance", "into the word lines", "out of the bit lines", "word-line voltage", "bit-line voltage",
        "device voltage", "word-line current", "bit-line current", "device current",
    }  # fmt: skip
    np.testing.assert_array_equal(by_title["device conductance"].images[0].get_array(), G)
    np.testing.assert_allclose(
        by_title["out of the bit lines"].lines[0].get_ydata(), solution.device_current.sum(0)
    )
    np.testing.assert_allclose(
        by_title["word-line current"].images[0].get_array()[:, 0], (solution.device_current.sum(1))
    )


def test_one_of_several_inputs():
    G, one = array(3, 3)
    both = Crossbar(G, 0.0, 0.0).solve([one.voltage, [0.1, 0.1, 0.1]])
    drawn = plot_array(G, both, show=["voltage"], which=1).axes[0].collections[-1].get_array()
    np.testing.assert_allclose(drawn, 0.1)
    with pytest.raises(CrossbarError, match="which = 2; the solution holds 2 inputs"):
        plot_array(G, both, which=2)


def test_currents_along_wires_are_kirchhoffs():
    G, _ = array(3, 4)
    solution = Crossbar(G, 5.0, 3.0).solve([0.1, -0.2, 0.3])
    word, bit = (
        c
        for c in plot_array(G, solution, show="current").axes[0].collections
        if isinstance(c, LineCollection)
    )
    nodes = solution.word_line_voltage
    between = np.abs(np.diff(nodes, axis=1)) / 5.0
    np.testing.assert_allclose(word.get_array().reshape(3, 5)[:, 1:-1], between, rtol=1e-6)
    np.testing.assert_allclose(
        bit.get_array().reshape(4, 4)[:, -1], np.abs(solution.output_current), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("drawn", "message"),
    [
        (lambda: plot_array(np.ones(3)), r"conductance: shape \(3,\)"),
        (
            lambda: plot_array(np.ones((3, 3)), array(2, 2)[1]),
            r"solution: of an array of shape \(2, 2\)",
        ),
    ],
)
def test_shapes_must_agree(drawn, message):
    with pytest.raises(CrossbarError, match=message):
        drawn()


def test_unknown_quantities_are_refused():
    with pytest.raises(CrossbarError, match="did you mean 'current'"):
        plot_array(*array(2, 2), show="currents")
    with pytest.raises(CrossbarError, match="needs a solution"):
        plot_array(np.ones((2, 2)), show=("voltage",))
    with pytest.raises(CrossbarError, match=r"show = \(\); expected some of"):
        plot_array(np.ones((2, 2)), show=())
