import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from acanthite.constants import boltzmann, mm, mV, nm, nS, uS
from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.crossbar.circuit.wires import IDEAL, Wires
from acanthite.crossbar.compute.converters import Converter
from acanthite.crossbar.compute.effects import Bending, Effects, ReadNoise, Spread, Stuck
from acanthite.crossbar.compute.mapping import (
    BitSlices,
    ColumnPairs,
    NormalisedPairs,
    OffsetColumn,
    RowPairs,
)
from acanthite.crossbar.compute.multiplier import AnalogMatrix
from acanthite.device import ContactNoise
from acanthite.errors import CrossbarError
from acanthite.film import Recipe, grow

MAPPINGS = (
    ColumnPairs(),
    RowPairs(),
    NormalisedPairs(),
    OffsetColumn(),
    BitSlices(8, 5, OffsetColumn()),
)
each = pytest.mark.parametrize("mapping", MAPPINGS, ids=repr)
finite = st.floats(-1e3, 1e3).map(lambda v: round(v, 6))
matrices = arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=finite)
RNG = np.random.default_rng(3)
W, X = RNG.normal(size=(20, 30)), RNG.normal(size=(50, 30))


@each
@settings(deadline=None, max_examples=40)
@given(W=matrices, seed=st.integers(0, 99), rows=st.integers(2, 9))
def test_an_ideal_array_is_the_matrix(mapping, W, seed, rows):
    x = np.random.default_rng(seed).normal(size=(4, W.shape[1]))
    matrix = AnalogMatrix(W, mapping, array=(rows, 12))
    scale = (np.abs(W).max() or 1.0) * np.abs(x).max() * W.shape[1]
    np.testing.assert_allclose(matrix.multiply(x), x @ W.T, rtol=0, atol=1e-10 * scale)
    np.testing.assert_allclose(matrix.held, W, rtol=0, atol=1e-11 * (np.abs(W).max() or 1.0))


def test_shapes_are_those_of_numpy():
    matrix = AnalogMatrix(W)
    assert matrix.shape == (20, 30)
    np.testing.assert_allclose(matrix @ X[0], W @ X[0])
    np.testing.assert_allclose(matrix @ X.T, W @ X.T, atol=1e-12)
    np.testing.assert_allclose(matrix.multiply(X), X @ W.T, atol=1e-12)


@pytest.mark.parametrize("size", [16, 64])
def test_more_bits_are_nearer_and_calibration_helps(size):
    exact, before = X @ W.T, np.inf
    for bits in (6, 8, 10):
        matrix = AnalogMatrix(W, adc=Converter(bits), array=(size, size))
        calibrated = matrix.calibrate(X[:25], margin=1.5)
        error = np.std(matrix.multiply(X[25:]) - exact[25:])
        assert np.std(calibrated.multiply(X[25:]) - exact[25:]) < 0.7 * error
        assert error < 0.5 * before
        before = error


def test_a_narrow_range_clips_and_says_so():
    matrix = AnalogMatrix(W, adc=Converter(8), dac=Converter(full_scale=5.0))
    half = matrix.calibrate(X, quantile=0.5, margin=1.0)
    assert half.clipped(X) == pytest.approx(0.5, abs=0.01)
    assert matrix.clipped(X) == 0.0
    assert np.std(half.multiply(X) - X @ W.T) > np.std(matrix.multiply(X) - X @ W.T)


def test_calibration_fixes_the_range_of_the_inputs_too():
    calibrated = AnalogMatrix(W).calibrate(X, margin=1.0)
    assert calibrated.dac.full_scale == np.abs(X).max()
    np.testing.assert_allclose(calibrated.multiply(X[0]), W @ X[0], atol=1e-12)
    np.testing.assert_allclose(calibrated.multiply(X), X @ W.T, atol=1e-12)


def test_the_adc_s_error_is_that_of_a_uniform_quantiser():
    matrix = AnalogMatrix(W, adc=Converter(8)).calibrate(X, margin=1.0)
    step = matrix.adc.full_scale / 127
    (tile,) = matrix.tiles
    volt = matrix.read_voltage / np.abs(X).max()
    expected = step * np.sqrt(2 / 12) / tile.unit * matrix.scale / volt  # two columns an output
    assert np.std(matrix.multiply(X) - X @ W.T) == pytest.approx(expected, rel=0.05)


def test_spread_is_as_large_as_asked_and_the_seed_decides():
    matrix = AnalogMatrix(np.ones((100, 100)), effects=Effects(spread=Spread(0.1)), seed=5)
    assert np.std(np.log(matrix.held)) == pytest.approx(0.1, rel=0.05)
    assert np.median(matrix.held) == pytest.approx(1.0, abs=0.005)
    again = AnalogMatrix(np.ones((100, 100)), effects=Effects(spread=Spread(0.1)), seed=5)
    np.testing.assert_array_equal(matrix.held, again.held)
    other = AnalogMatrix(np.ones((100, 100)), effects=Effects(spread=Spread(0.1)), seed=6)
    assert np.abs(other.held - matrix.held).max() > 0.1


def test_spread_of_measured_devices_draws_from_them():
    spread = Spread.of([90 * uS, 100 * uS, 120 * uS])
    assert spread.factors == pytest.approx((0.9, 1.0, 1.2))
    made = AnalogMatrix(np.ones((40, 40)), effects=Effects(spread=spread)).held
    assert set(np.unique(made.round(6))) == {0.9, 1.0, 1.2}


def test_stuck_cells_are_as_many_as_asked():
    matrix = AnalogMatrix(W, effects=Effects(stuck=Stuck(0.05, 0.1)), array=(999, 999))
    (tile,) = matrix.tiles
    assert np.mean(tile.made == matrix.cells.highest) == pytest.approx(0.05, abs=0.02)
    changed = (tile.made != tile.target).mean()
    assert 0.05 < changed < 0.15  # low ones are often where the lowest was wanted


def test_read_noise_adds_up_over_the_column_and_repeats_by_its_number():
    noise = ReadNoise(relative=0.02)
    matrix = AnalogMatrix(W, effects=Effects(noise=noise))
    first = matrix.multiply(X)
    np.testing.assert_array_equal(first, matrix.multiply(X))
    reads = np.stack([matrix.multiply(X, read=k) for k in range(200)])
    expected = 0.02 * np.sqrt((X**2) @ (W.T**2))
    np.testing.assert_allclose(reads.mean(0), X @ W.T, atol=0.1 * expected.max() * 4)
    assert np.median(reads.std(0) / expected) == pytest.approx(1.0, rel=0.02)


def test_johnson_noise():
    cells = ConductanceRange(0.0, 100 * uS)
    matrix = AnalogMatrix(np.ones((1, 1000)), RowPairs(), cells, (2000, 1),
                          effects=Effects(noise=ReadNoise(bandwidth=1e6)))  # fmt: skip
    x = np.zeros((4000, 1000))
    x[:, 0] = 1.0
    current = matrix.multiply(x) * cells.span * 25.5 * mV
    assert current.std() == pytest.approx(
        np.sqrt(4 * 1.380649e-23 * 300 * 1e6 * 1000 * 100 * uS), rel=0.05
    )


def test_measured_devices_take_the_place_of_the_cells():
    made = np.array([[80 * uS], [0], [0], [0], [0], [120 * uS]])
    matrix = AnalogMatrix([[1, 0, -1]], NormalisedPairs(), ConductanceRange(0, 100 * uS), made=made)
    np.testing.assert_allclose(matrix.held, [[1, 0, -1.5]])
    np.testing.assert_allclose(matrix.multiply([10, 20, 30]), [10 - 45])
    np.testing.assert_allclose(matrix.seen, matrix.held)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AnalogMatrix([1.0]), r"weights: shape \(1,\)"),
        (lambda: AnalogMatrix([[np.inf]]), "finite"),
        (
            lambda: AnalogMatrix([[1.0]], read_voltage=0),
            "read_voltage = 0; expected a positive number",
        ),
        (lambda: AnalogMatrix([[2.0]], largest_weight=1.0).tiles, "largest_weight = 1.0"),
        (
            lambda: AnalogMatrix(W).multiply(np.ones(3)),
            r"x: shape \(3,\); expected \(30,\) or \(batch, 30\)",
        ),
        (lambda: AnalogMatrix(W).multiply(np.full(30, np.nan)), "not finite"),
        (lambda: AnalogMatrix(W, made=np.ones((30, 40)), array=(8, 8)).tiles, "takes 20 arrays"),
        (lambda: AnalogMatrix(W, made=np.ones((30, 4))).tiles, r"made has the shape \(30, 4\)"),
        (lambda: AnalogMatrix(W).calibrate(np.zeros((2, 30))), "no current"),
        (
            lambda: AnalogMatrix(1j * W),
            r"weights = .*; expected real numbers, none of them complex",
        ),
        (lambda: AnalogMatrix("W"), r"weights = 'W'; expected real numbers"),
        (lambda: AnalogMatrix(None), r"weights = None; expected real numbers"),
        (
            lambda: AnalogMatrix(W) @ (1j * X[0]),
            r"x = .*; expected real numbers, none of them complex",
        ),
        (lambda: AnalogMatrix(W) @ "x", r"x = 'x'; expected real numbers"),
        (lambda: AnalogMatrix(W).calibrate("x"), r"x = 'x'; expected real numbers"),
        (lambda: AnalogMatrix(W).clipped("x"), r"x = 'x'; expected real numbers"),
        (
            lambda: AnalogMatrix(W, made="x", array=(99, 99)).tiles,
            r"made = 'x'; expected real numbers",
        ),
        (
            lambda: AnalogMatrix(W, read_voltage="x"),
            r"read_voltage = 'x'; expected a positive number",
        ),
        (
            lambda: AnalogMatrix(W, largest_weight="x"),
            r"largest_weight = 'x'; expected a positive number",
        ),
        (
            lambda: AnalogMatrix(W, largest_weight=np.inf),
            "largest_weight = inf; expected a positive number",
        ),
        (lambda: AnalogMatrix(W, array="large"), "array = 'large'; expected two whole numbers"),
        (
            lambda: AnalogMatrix(W).multiply(X, read="x"),
            "read = 'x'; expected a whole number of at least 0",
        ),
        (lambda: AnalogMatrix(np.full((2, 2), 1e308)) @ [1.0, 1.0], "beyond what a number holds"),
        (
            lambda: AnalogMatrix([[1.0, 2.0]], NormalisedPairs(), made=np.ones((4, 1))).T,
            "its transposed one",
        ),
        (lambda: AnalogMatrix(W).calibrate(X, 0.0), "quantile = 0.0"),
        (lambda: Spread(-1.0), "sigma = -1.0"),
        (lambda: Spread.of([1 * nS, -1.0]), "positive"),
        (lambda: Stuck(0.6, 0.6), "shares"),
        (lambda: ReadNoise(-1.0), "relative = -1.0; expected a number of zero or more"),
    ],
)
def test_nonsense_is_refused(make, message):
    with pytest.raises(CrossbarError, match=message):
        make()


def test_wires_are_those_of_the_exact_solver():
    wires = Wires(2.0, 3.0, 5.0, 7.0)
    matrix = AnalogMatrix(W, array=(16, 16), wires=wires)
    volts = np.zeros(16)
    volts[3] = matrix.read_voltage
    part = matrix.tiles[0]
    current = wires.crossbar(part.made).solve(volts).output_current
    np.testing.assert_allclose(part.effective[3] * matrix.read_voltage, current, rtol=1e-8)
    np.testing.assert_allclose(matrix.multiply(X), X @ matrix.seen.T, atol=1e-9)
    np.testing.assert_array_equal(matrix.held, AnalogMatrix(W, array=(16, 16)).held)


def test_longer_lines_lose_more():
    errors = [
        np.std(AnalogMatrix(W, array=(n, n), wires=Wires(10.0, 10.0)).multiply(X) - X @ W.T)
        for n in (8, 16, 64)
    ]
    assert 0 < errors[0] < errors[1] < errors[2]
    ideal = AnalogMatrix(W, array=(16, 16), wires=IDEAL)
    np.testing.assert_array_equal(ideal.tiles[0].effective, ideal.tiles[0].made)


def test_bending_changes_the_weights_as_the_law_says():
    film = grow(Recipe(thickness=200 * nm))
    flat, out, inside = (Bending.of(film, r, n=64) for r in (np.inf, 5 * mm, -5 * mm))
    assert set(flat.factors) == {1.0}
    assert (
        np.median(inside.factors) < 1.0 < np.median(out.factors)
    )  # stretched, ions hop more easily
    straight = AnalogMatrix(np.ones((30, 40)), seed=5)
    np.testing.assert_array_equal(
        AnalogMatrix(np.ones((30, 40)), effects=Effects(bending=flat), seed=5).held, straight.held
    )
    bent = AnalogMatrix(np.ones((30, 40)), effects=Effects(bending=out), seed=5).held
    assert bent.mean() == pytest.approx(np.mean(out.factors), rel=0.01)
    assert set(np.unique(bent.round(9))) <= set(np.round(out.factors, 9))


def test_a_foil_bent_to_nothing_is_refused():
    with pytest.raises(CrossbarError, match="bending: no factors"):
        Bending(())


def test_it_stands_where_a_numpy_matrix_would():
    matrix = AnalogMatrix(W)
    np.testing.assert_allclose(X[:, :20] @ matrix, X[:, :20] @ W, atol=1e-12)
    np.testing.assert_allclose(X[0, :20] @ matrix, X[0, :20] @ W, atol=1e-12)
    np.testing.assert_allclose(X[0, :20].tolist() @ matrix, X[0, :20] @ W, atol=1e-12)
    np.testing.assert_allclose(matrix.T @ X[0, :20], W.T @ X[0, :20], atol=1e-12)
    assert matrix.T.shape == (30, 20)
    assert matrix.T is matrix.T
    np.testing.assert_allclose(np.asarray(matrix), W, atol=1e-12)
    wired = AnalogMatrix(W, wires=Wires(5.0, 5.0))
    np.testing.assert_array_equal(np.asarray(wired), wired.seen)
    np.testing.assert_allclose(np.asarray(wired) @ X[0], wired @ X[0], atol=1e-9)
    assert np.asarray(matrix, np.float32).dtype == np.float32


def test_a_matrix_keeps_its_own_weights():
    weights = W.copy()
    matrix = AnalogMatrix(weights)
    weights[:] = 0.0
    np.testing.assert_allclose(matrix @ X[0], W @ X[0])
    with pytest.raises(ValueError, match="read-only"):
        matrix.weights[0, 0] = 1.0


def test_noise_of_contacts_follows_from_each_cells_resistance():
    contact = ContactNoise.of()
    noise = ReadNoise.of(since_written=10.0, read_time=1e-4)
    G = np.array([[1e-3, 1e-4, 1e-6]])
    relative = noise.fluctuation(G)[0]
    np.testing.assert_allclose(relative[:2], contact.relative(1 / G[0, :2], 0.1, 1e4))
    assert relative[2] == 0.0  # no metallic contact
    reads = noise.draw(np.full((20_000, 1), 0.5), G, np.random.default_rng(1))
    spread = reads.std(0) / (0.5 * G[0])
    np.testing.assert_allclose(spread[:2], relative[:2], rtol=0.03)
    johnson = np.sqrt(4 * boltzmann * 300 * 1e4 * G[0, 2])
    assert reads[:, 2].std() == pytest.approx(johnson, rel=0.03)


def test_the_carriers_make_more_of_it():
    few, many = (ReadNoise.of(hypothesis=h) for h in ("scatterers", "carriers"))
    G = np.full((2, 2), 2e-4)
    assert (many.fluctuation(G) > 5 * few.fluctuation(G)).all()


def test_a_contacts_noise_needs_a_band():
    with pytest.raises(CrossbarError, match="0 < lowest < highest"):
        ReadNoise(contact=ContactNoise.of(), lowest=2.0, highest=1.0)


def test_a_foil_bent_sharply_leaves_cells_that_are_broken():
    factors = np.array(Bending.of(grow(), 0.6 * mm, n=64).factors)
    assert 0.2 < (factors == 0).mean() < 0.8
