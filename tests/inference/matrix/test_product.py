"""Products of a chip: exact where its parts are, off by what each part is known to do where not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import uS
from acanthite.crossbar import BitSlices, ColumnPairs, OffsetColumn, RowPairs, Wires
from acanthite.errors import CellError, ChipError
from acanthite.inference import (
    Chip,
    ColumnReader,
    IdealCells,
    InputDriver,
    ProgrammedMatrix,
    Ranges,
    calibrate,
    multiply,
)

EXACT = {"inputs": InputDriver(bits=None), "outputs": ColumnReader(bits=None)}
MAPPINGS = (ColumnPairs(), RowPairs(), OffsetColumn(), BitSlices(bits=4, slices=3))


def case(seed, outputs, inputs, batch=7):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(outputs, inputs)), rng.normal(size=(batch, inputs))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(1, 40),
    st.integers(1, 90),
    st.sampled_from(MAPPINGS[:3]),
    st.integers(8, 64),
    st.integers(8, 64),
)
def test_exact_parts_give_the_digital_product(seed, outputs, inputs, mapping, rows, columns):
    W, x = case(seed, outputs, inputs)
    chip = Chip(cells="ideal", mapping=mapping, rows=rows, columns=columns, **EXACT)
    matrix = ProgrammedMatrix(W, chip, seed=seed)
    y = multiply(matrix, x, calibrate(matrix, x))
    np.testing.assert_allclose(y, x @ W.T, rtol=1e-9, atol=1e-9 * np.abs(x @ W.T).max())
    np.testing.assert_allclose(matrix.weights_at(0.0), W, rtol=1e-9, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 20), st.integers(1, 60), st.integers(2, 10))
def test_bits_of_inputs_one_by_one_are_the_inputs_at_once(seed, outputs, inputs, bits):
    W, x = case(seed, outputs, inputs)
    serial, parallel = (
        Chip(
            cells="ideal",
            rows=32,
            columns=32,
            inputs=InputDriver(bits=bits, scheme=scheme),
            outputs=ColumnReader(bits=None),
        )
        for scheme in ("bit-serial", "parallel")
    )
    products = []
    for chip in (serial, parallel):
        matrix = ProgrammedMatrix(W, chip, seed=1)
        products.append(multiply(matrix, x, calibrate(matrix, x)))
    np.testing.assert_allclose(*products, rtol=1e-9, atol=1e-9)
    top = np.abs(x).max()
    code = np.rint(x / top * (2 ** (bits - 1) - 1))
    np.testing.assert_allclose(products[1], code @ W.T * top / (2 ** (bits - 1) - 1), atol=1e-9)


def test_slices_hold_weights_to_their_last_bit():
    W, x = case(3, 12, 50)
    chip = Chip(cells="ideal", mapping=BitSlices(bits=4, slices=3), rows=64, columns=128, **EXACT)
    matrix = ProgrammedMatrix(W, chip)
    held = np.rint(W / np.abs(W).max() * (16**3 - 1)) / (16**3 - 1) * np.abs(W).max()
    np.testing.assert_allclose(matrix.weights_at(0.0), held, atol=1e-12)
    np.testing.assert_allclose(multiply(matrix, x, calibrate(matrix, x)), x @ held.T, atol=1e-9)


@pytest.mark.parametrize("bits", [4, 6, 8])
def test_rounding_of_outputs_is_a_twelfth_of_a_step_squared(bits):
    """Uniform over a step, which is the range over half the codes, of each of a pair's columns."""
    W, x = case(5, 64, 200, batch=400)
    reader = ColumnReader(bits=bits, profile="percentile", percentile=1.0)
    chip = Chip(cells="ideal", rows=256, columns=256, inputs=InputDriver(bits=None), outputs=reader)
    matrix = ProgrammedMatrix(W, chip)
    ranges = calibrate(matrix, x)
    error = multiply(matrix, x, ranges) - x @ W.T
    step = ranges.currents[0][0] / reader.largest_code
    unit = matrix.tiles[0].unit * chip.read_voltage / (matrix.scale * ranges.largest_input)
    assert error.std() == pytest.approx(np.sqrt(2 / 12) * step / unit, rel=0.05)


@pytest.mark.parametrize("bits", [4, 6, 8])
def test_rounding_of_inputs_is_a_twelfth_of_a_step_squared(bits):
    """Uniform over a step of each input, independent, so that an output adds up its weights'."""
    W, x = case(15, 64, 200, batch=400)
    driver, reader = InputDriver(bits=bits), ColumnReader(bits=None)
    matrix = ProgrammedMatrix(W, Chip(cells="ideal", inputs=driver, outputs=reader))
    error = multiply(matrix, x, calibrate(matrix, x)) - x @ W.T
    step = np.abs(x).max() / driver.largest_code
    expected = np.sqrt(step**2 / 12 * (W**2).sum(axis=1))
    np.testing.assert_allclose(error.std(axis=0).mean(), expected.mean(), rtol=0.03)


def test_eight_bits_and_two_slices_are_within_half_a_per_cent_of_full_scale():
    W, x = case(6, 128, 256, batch=200)
    chip = Chip(cells="ideal", mapping=BitSlices(bits=4, slices=2), rows=256, columns=512)
    matrix = ProgrammedMatrix(W, chip)
    exact = x @ W.T
    y = multiply(matrix, x, calibrate(matrix, x))
    assert np.sqrt(np.mean((y - exact) ** 2)) < 0.005 * 2 * np.abs(exact).max()


def test_each_tile_and_slice_has_a_range_of_its_own():
    W, x = case(7, 16, 64)
    W[:, 32:] *= 0.1
    chip = Chip(cells="ideal", mapping=BitSlices(bits=4, slices=2), rows=32, columns=64)
    matrix = ProgrammedMatrix(W, chip)
    ranges = calibrate(matrix, x)
    assert [r.shape for r in ranges.currents] == [(2,), (2,)]
    big, small = (r[1] for r in ranges.currents)  # the most significant digit
    assert small < 0.2 * big


def test_an_array_in_which_no_cell_conducts_gives_zeros():
    """Its most significant digits are all zero, and so are their currents: any range holds them."""
    W, x = case(7, 16, 64)
    W[:, 32:] *= 0.01
    for profile in ("percentile", "loss", "largest"):
        reader = ColumnReader(profile=profile)
        chip = Chip(
            cells="ideal",
            mapping=BitSlices(bits=4, slices=2),
            rows=32,
            columns=64,
            outputs=reader,
        )
        matrix = ProgrammedMatrix(W, chip)
        y = multiply(matrix, x, calibrate(matrix, x))
        assert np.abs(y - x @ W.T).max() < 0.05 * np.abs(y).max()


def test_the_range_of_least_loss_beats_the_largest_current():
    W, x = case(8, 32, 128, batch=300)
    errors = {}
    for profile in ("loss", "largest"):
        reader = ColumnReader(bits=5, profile=profile)
        chip = Chip(cells="ideal", inputs=InputDriver(bits=None), outputs=reader)
        matrix = ProgrammedMatrix(W, chip)
        errors[profile] = np.std(multiply(matrix, x, calibrate(matrix, x)) - x @ W.T)
    assert errors["loss"] < 0.5 * errors["largest"]


def test_wires_are_those_of_the_exact_solver():
    W, x = case(9, 8, 16)
    wires = Wires(word_line_resistance=20.0, bit_line_resistance=20.0)
    chip = Chip(cells="ideal", rows=16, columns=16, wires=wires, **EXACT)
    matrix = ProgrammedMatrix(W, chip)
    G = matrix.tiles[0].cells.written
    volts = chip.read_voltage * x / np.abs(x).max()
    currents = np.array([wires.crossbar(G).solve(v).output_current for v in volts])
    expected = currents[:, 0::2] - currents[:, 1::2]
    expected *= matrix.scale * np.abs(x).max() / (matrix.tiles[0].unit * chip.read_voltage)
    np.testing.assert_allclose(multiply(matrix, x, calibrate(matrix, x)), expected, rtol=1e-6)


def test_reads_are_noisy_by_what_their_cells_say_and_the_same_for_the_same_number():
    W, x = case(10, 4, 60, batch=1)
    chip = Chip(cells="pcm", rows=128, columns=16, **EXACT)
    matrix = ProgrammedMatrix(W, chip)
    ranges = calibrate(matrix, x)
    reads = np.array([multiply(matrix, x, ranges, time=100.0, read=k)[0] for k in range(400)])
    (state,) = matrix.at(100.0)
    volts = chip.read_voltage * x[0] / np.abs(x).max()
    variance = volts**2 @ state.read_error**2
    unit = state.unit * chip.read_voltage / (matrix.scale * np.abs(x).max())
    spread = np.sqrt(variance[0::2] + variance[1::2]) / unit
    np.testing.assert_allclose(reads.std(axis=0), spread, rtol=4 / np.sqrt(800))
    np.testing.assert_array_equal(reads[3], multiply(matrix, x, ranges, time=100.0, read=3)[0])


def test_converters_have_noise_offset_and_bow():
    W, x = case(11, 64, 64, batch=300)
    ideal = Chip(cells="ideal", inputs=InputDriver(bits=None), outputs=ColumnReader(bits=None))
    ranges = calibrate(ProgrammedMatrix(W, ideal), x)
    full = ranges.currents[0][0]
    for name, expected in (("noise", 0.02), ("offset", 0.02), ("inl", 0.02)):
        reader = ColumnReader(bits=None, **{name: 0.02})
        chip = Chip(cells="ideal", inputs=InputDriver(bits=None), outputs=reader)
        matrix = ProgrammedMatrix(W, chip)
        wide = Ranges(ranges.largest_input, (np.array([2 * full]),))
        error = multiply(matrix, x, wide) - x @ W.T
        unit = matrix.tiles[0].unit * chip.read_voltage / (matrix.scale * ranges.largest_input)
        share = error * unit / (2 * full)
        if name == "inl":
            assert np.abs(share).max() <= 2 * expected * (1 + 1e-9)
            assert share.std() > 0
        else:
            assert share.std() == pytest.approx(np.sqrt(2) * expected, rel=0.1)


def test_global_compensation_brings_the_mean_back():
    W, x = case(12, 20, 200, batch=100)
    errors = {}
    for kind in ("none", "global", "column"):
        chip = Chip(cells="pcm", rows=256, columns=64, compensation=kind, **EXACT)
        matrix = ProgrammedMatrix(W, chip)
        y = multiply(matrix, x, calibrate(matrix, x), time=86400.0)
        errors[kind] = np.std(y - x @ W.T) / np.std(x @ W.T)
        best = np.std(y * (y * (x @ W.T)).sum() / (y**2).sum() - x @ W.T) / np.std(x @ W.T)
    assert errors["none"] > 0.3
    assert errors["global"] == pytest.approx(best, rel=0.1)  # no other factor does better
    assert errors["column"] == pytest.approx(best, rel=0.1)


def test_cells_written_until_they_are_near_are_nearer():
    W, _ = case(13, 20, 50)
    once, until = (
        ProgrammedMatrix(W, Chip(cells="pcm", **programming))
        for programming in ({}, {"programming": "write-verify", "tolerance": 0.005})
    )
    assert np.std(until.weights_at(0.0) - W) < np.std(once.weights_at(0.0) - W)
    off = np.abs(until.tiles[0].cells.written - until.tiles[0].cells.target)
    assert np.mean(off <= 0.005 * 25 * uS) > 0.95


def test_seeds_of_tiles_differ_and_repeat():
    W = np.ones((4, 64))
    chip = Chip(cells="pcm", rows=16, columns=8)
    one, two = (ProgrammedMatrix(W, chip, seed=4) for _ in range(2))
    assert len(one.tiles) == 4
    first, second = (tile.cells.written for tile in one.tiles[:2])
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, two.tiles[0].cells.written)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ProgrammedMatrix(np.full((2, 2), np.nan), Chip()), ChipError, "finite numbers"),
        (lambda: ProgrammedMatrix(np.ones(3), Chip()), ChipError, "shape"),
        (lambda: ProgrammedMatrix(np.ones((2, 2)), Chip(rows=8, columns=1)), ChipError, "needs"),
        (lambda: Chip(cells="pmc"), CellError, "no cells 'pmc'"),
        (lambda: Chip(mapping="pairs"), ChipError, "mapping = 'pairs'; expected"),
        (lambda: Chip(compensation="all"), ChipError, "compensation = 'all'; expected one of none"),
        (lambda: Chip(tolerance=2.0), ChipError, "tolerance"),
        (lambda: Chip(tolerance=0.1), ChipError, "written once; take programming = 'write-verify'"),
        (lambda: Chip(programming="array"), ChipError, "expected cells that follow a device law"),
        (lambda: Chip(programming="twice"), ChipError, "programming = 'twice'; expected one of"),
        (lambda: Chip(spare_columns=-1), ChipError, "spare_columns"),
        (
            lambda: ProgrammedMatrix(np.ones((2, 2)), Chip(cells="ag2s")),
            ChipError,
            r"read_voltage = 0\.2 V writes these cells",
        ),
        (lambda: InputDriver(bits=None, scheme="bit-serial"), ChipError, "need a number of bits"),
        (lambda: InputDriver(bits=1), ChipError, "bits"),
        (lambda: ColumnReader(profile="mean"), ChipError, "profile = 'mean'"),
        (lambda: ColumnReader(noise=-1.0), ChipError, "noise"),
        (
            lambda: ProgrammedMatrix(
                np.ones((2, 2)),
                Chip(cells=IdealCells(), levels=5, mapping=BitSlices(bits=4, slices=2)),
            ),
            ChipError,
            "do not hold digits of 4 bits exactly",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_inputs_of_another_shape_or_of_zeros_are_refused():
    matrix = ProgrammedMatrix(np.eye(3), Chip(cells="ideal"))
    with pytest.raises(ChipError, match="all inputs are zero"):
        calibrate(matrix, np.zeros((2, 3)))
    ranges = calibrate(matrix, np.eye(3))
    with pytest.raises(ChipError, match=r"x: shape \(2, 4\); expected \(batch, 3\)"):
        multiply(matrix, np.ones((2, 4)), ranges)
    with pytest.raises(ChipError, match="not finite"):
        multiply(matrix, np.full((2, 3), np.inf), ranges)
