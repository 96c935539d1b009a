"""Biases on cells: the digital sum where the chip is exact, drift and errors of cells where not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.crossbar import BitSlices, ColumnPairs, OffsetColumn, RowPairs, Wires
from acanthite.errors import ChipError
from acanthite.inference import (
    Chip,
    ColumnReader,
    InputDriver,
    ProgrammedMatrix,
    Ranges,
    calibrate,
    converter_use,
    multiply,
)

EXACT = {"inputs": InputDriver(bits=None), "outputs": ColumnReader(bits=None)}
MAPPINGS = (ColumnPairs(), RowPairs(), OffsetColumn())


def case(seed, outputs, inputs, rows, batch=7):
    """Return weights, inputs, and biases that so many rows hold, one of them to the full."""
    rng = np.random.default_rng(seed)
    W, x = rng.normal(size=(outputs, inputs)), rng.normal(size=(batch, inputs))
    most = rows * np.abs(x).max() * np.abs(W).max()
    b = rng.uniform(-most, most, outputs)
    b[0] = most
    return W, b, x


def written(W, b, x, chip, seed=1):
    return ProgrammedMatrix(W, chip, seed, bias=b, largest_input=np.abs(x).max())


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(1, 40),
    st.integers(1, 90),
    st.sampled_from(MAPPINGS),
    st.integers(8, 64),
    st.integers(8, 64),
    st.integers(1, 20),
)
def test_exact_parts_give_the_digital_sum(seed, outputs, inputs, mapping, rows, columns, bias_rows):
    bias_rows = min(bias_rows, rows)
    W, b, x = case(seed, outputs, inputs, bias_rows)
    chip = Chip(
        cells="ideal", mapping=mapping, rows=rows, columns=columns, bias_rows=bias_rows, **EXACT
    )
    matrix = written(W, b, x, chip, seed)
    exact = x @ W.T + b
    y = multiply(matrix, x, calibrate(matrix, x))
    np.testing.assert_allclose(y, exact, rtol=1e-9, atol=1e-9 * np.abs(exact).max())
    assert matrix.shape == (outputs, inputs + bias_rows)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 20), st.integers(1, 60), st.integers(2, 10))
def test_biases_are_whole_in_every_scheme_of_inputs(seed, outputs, inputs, bits):
    """The largest input has the largest code, which is read plane by plane or at once."""
    W, b, x = case(seed, outputs, inputs, 2)
    products = []
    for scheme in ("bit-serial", "parallel", "pulse-width"):
        driver = InputDriver(bits=bits, scheme=scheme)
        chip = Chip(
            cells="ideal",
            rows=32,
            columns=32,
            bias_rows=2,
            inputs=driver,
            outputs=ColumnReader(bits=None),
        )
        matrix = written(W, b, x, chip)
        products.append(multiply(matrix, x, calibrate(matrix, x)))
    top, code = np.abs(x).max(), 2 ** (bits - 1) - 1
    expected = np.rint(x / top * code) @ W.T * top / code + b
    for product in products:
        np.testing.assert_allclose(product, expected, rtol=1e-9, atol=1e-9 * np.abs(b).max())


def test_slices_hold_biases_to_their_last_bit():
    W, b, x = case(3, 12, 50, 2)
    mapping = BitSlices(bits=4, slices=3)
    chip = Chip(cells="ideal", mapping=mapping, rows=64, columns=128, bias_rows=2, **EXACT)
    matrix = written(W, b, x, chip)
    top, parts = np.abs(W).max(), b / (2 * np.abs(x).max())
    held = np.rint(np.column_stack([W, parts, parts]) / top * (16**3 - 1)) / (16**3 - 1) * top
    inputs = np.pad(x, ((0, 0), (0, 2)), constant_values=np.abs(x).max())
    np.testing.assert_allclose(
        multiply(matrix, x, calibrate(matrix, x)), inputs @ held.T, atol=1e-9
    )


def test_lines_take_their_part_of_biases_too():
    W, b, x = case(9, 8, 15, 1)
    wires = Wires(word_line_resistance=20.0, bit_line_resistance=20.0)
    chip = Chip(cells="ideal", rows=16, columns=16, bias_rows=1, wires=wires, **EXACT)
    matrix = written(W, b, x, chip)
    G = matrix.tiles[0].cells.written
    largest = np.abs(x).max()
    volts = chip.read_voltage * np.column_stack([x / largest, np.ones(len(x))])
    currents = np.array([wires.crossbar(G).solve(v).output_current for v in volts])
    expected = currents[:, 0::2] - currents[:, 1::2]
    expected *= matrix.scale * largest / (matrix.tiles[0].unit * chip.read_voltage)
    np.testing.assert_allclose(multiply(matrix, x, calibrate(matrix, x)), expected, rtol=1e-6)
    assert np.abs(expected - (x @ W.T + b)).max() > 0.01 * np.abs(b).max()


def test_biases_drift_as_weights_do_and_compensation_brings_both_back():
    W, b, x = case(4, 60, 100, 4)
    x[0] = 0.0
    errors = {}
    for kind in ("none", "global"):
        chip = Chip(cells="pcm", bias_rows=4, compensation=kind, **EXACT)
        matrix = written(W, b, x, chip)
        of_zero = multiply(matrix, x, calibrate(matrix, x), time=86400.0)[0]
        errors[kind] = np.abs(of_zero - b).mean() / np.abs(b).mean()
    assert 0.25 < errors["none"] < 0.45  # 0.65 of the conductance is left after a day
    assert errors["global"] < 0.4 * errors["none"]


def test_converters_are_set_by_the_currents_of_biases_too():
    W, b, x = case(5, 30, 40, 3, batch=200)
    chip = Chip(cells="ideal", bias_rows=3, inputs=InputDriver(bits=None))
    matrix = written(W, b, x, chip)
    ranges = calibrate(matrix, x)
    assert ranges.largest_input == np.abs(x).max()
    assert converter_use(matrix, x, ranges).clipped < 1e-3
    y = multiply(matrix, x, ranges)
    assert np.abs(y - (x @ W.T + b)).max() < 0.02 * np.abs(y).max()


def test_biases_of_a_matrix_of_zeros_take_the_window():
    chip = Chip(cells="ideal", bias_rows=1, **EXACT)
    matrix = ProgrammedMatrix(np.zeros((2, 3)), chip, bias=[5.0, -2.0], largest_input=0.1)
    y = multiply(matrix, np.full((1, 3), 0.1), calibrate(matrix, np.full((1, 3), 0.1)))
    np.testing.assert_allclose(y, [[5.0, -2.0]])


def test_biases_that_rows_cannot_hold_are_refused_with_what_would_do():
    W, b, x = case(6, 5, 8, 4)
    with pytest.raises(ChipError, match=r"bias_rows = 3 hold up to .* bias_rows = 4, or 0 to add"):
        written(W, b, x, Chip(cells="ideal", bias_rows=3))
    written(W, b, x, Chip(cells="ideal", bias_rows=4))


@pytest.mark.parametrize(
    ("rows", "bias", "largest", "message"),
    [
        (0, [0.1, 0.1], None, "the chip has bias_rows = 0"),
        (1, [0.1, 0.1], None, "largest_input is missing"),
        (1, [0.1], 1.0, r"shape \(1,\); expected \(2,\)"),
        (1, [0.1, np.nan], 1.0, "finite numbers"),
        (1, [0.1, 0.1], 0.0, "largest_input = 0"),
    ],
)
def test_what_makes_no_sense_is_refused(rows, bias, largest, message):
    with pytest.raises(ChipError, match=message):
        ProgrammedMatrix(np.ones((2, 3)), Chip(bias_rows=rows), bias=bias, largest_input=largest)


def test_inputs_and_ranges_are_those_of_the_matrix():
    chip = Chip(cells="ideal", bias_rows=1)
    matrix = ProgrammedMatrix(np.ones((2, 3)), chip, bias=[0.1, 0.1], largest_input=1.0)
    ranges = calibrate(matrix, np.ones((1, 3)))
    with pytest.raises(ChipError, match=r"x: shape \(1, 4\); expected \(batch, 3\)"):
        multiply(matrix, np.ones((1, 4)), ranges)
    with pytest.raises(ChipError, match=r"largest_input = 2; .* written for 1: calibrate it"):
        multiply(matrix, np.ones((1, 3)), Ranges(2.0, ranges.currents))


@pytest.mark.parametrize("rows", [-1, 1.5, "two"])
def test_rows_are_a_whole_number(rows):
    with pytest.raises(ChipError, match="Chip: bias_rows"):
        Chip(bias_rows=rows)


def test_more_rows_than_an_array_has_are_refused():
    assert Chip(rows=64, bias_rows=64).bias_rows == 64
    with pytest.raises(
        ChipError, match="bias_rows = 65; expected at most 64, the rows of an array"
    ):
        Chip(rows=64, bias_rows=65)


def test_biases_beyond_a_whole_array_of_rows_are_sent_to_the_digital_side():
    W, b, x = case(1, 4, 6, 20)
    written(W, b, x, Chip(cells="ideal", rows=32, bias_rows=20))
    with pytest.raises(ChipError, match=r"bias_rows = 2 hold up to .*; take 0 to add biases"):
        written(W, b, x, Chip(cells="ideal", rows=19, bias_rows=2))
