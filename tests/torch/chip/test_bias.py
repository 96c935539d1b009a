"""Models whose biases are on cells: torch's own results where the chip is exact, in every layer."""

import numpy as np
import pytest
import torch
from chips import EXACT, LAYERS, PERIPHERIES, flat, normal
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from acanthite.crossbar import ColumnPairs, OffsetColumn, RowPairs, Wires
from acanthite.errors import ChipError
from acanthite.inference import Chip, ColumnReader, InputDriver, multiply
from acanthite.torch import CellNoise, to_hardware_aware, to_inference
from acanthite.torch.chip.layers import products_of

WARNINGS = pytest.mark.filterwarnings("ignore:LSTM with projections", "ignore:Using padding='same'")

EXACT_INPUTS = {
    "inputs": InputDriver(bits=None),
    "outputs": ColumnReader(bits=24, profile="largest"),
}


def close(ours, theirs):
    for a, b in zip(flat(ours), flat(theirs), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=2e-5)


def case(name):
    make, shapes = LAYERS[name]
    torch.manual_seed(3)
    return make().eval(), tuple(normal(*shape, seed=k) for k, shape in enumerate(shapes))


@WARNINGS
@pytest.mark.parametrize("periphery", PERIPHERIES)
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_is_the_digital_one_where_the_chip_is_exact(name, periphery):
    plain, inputs = case(name)
    chip = Chip(cells="ideal", rows=30, columns=6, bias_rows=30, **PERIPHERIES[periphery])
    model = to_inference(plain, chip, inputs)
    close(model(*inputs), plain(*inputs))
    biased = [p for p in products_of(model) if p.bias_inputs]
    digital = [n for n, _ in model.named_parameters() if "bias" in n and "bias_k" not in n]
    assert bool(biased) == any("bias" in n for n, _ in plain.named_parameters())
    assert not [n for n in digital if "norm" not in n and "bias_v" not in n]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 1000),
    st.integers(1, 20),
    st.integers(1, 12),
    st.integers(1, 3),
    st.sampled_from([ColumnPairs(), RowPairs(), OffsetColumn()]),
    st.sampled_from([EXACT, EXACT_INPUTS]),
    st.integers(1, 6),
    st.booleans(),
)
def test_random_shapes_are_digital_to_single_precision(
    seed, outputs, inputs, kernel, mapping, periphery, bias_rows, convolution
):
    torch.manual_seed(seed)
    plain = nn.Conv2d(inputs, outputs, kernel) if convolution else nn.Linear(inputs, outputs)
    x = normal(3, inputs, 5, 4, seed=seed) if convolution else normal(9, inputs, seed=seed)
    rows = bias_rows * float(x.abs().max()) * float(plain.weight.detach().abs().max())
    with torch.no_grad():
        plain.bias.copy_((2 * torch.rand(outputs) - 1) * rows)
    chip = Chip(
        cells="ideal", mapping=mapping, rows=16, columns=11, bias_rows=bias_rows, **periphery
    )
    ours, theirs = to_inference(plain, chip, x)(x), plain(x)
    scale = float(theirs.detach().abs().max()) + rows
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5 * scale)


def test_single_precision_is_the_product_in_double():
    torch.manual_seed(1)
    plain = nn.Linear(40, 12)
    x = normal(50, 40)
    for scheme in ("parallel", "bit-serial"):
        chip = Chip(
            cells="ideal", rows=24, columns=24, bias_rows=2, inputs=InputDriver(scheme=scheme)
        )
        model = to_inference(plain, chip, x)
        (product,) = products_of(model)
        exact = multiply(product.matrix, x.double().numpy(), product.ranges)
        near = np.isclose(model(x).numpy(), exact, rtol=1e-3, atol=1e-4 * np.abs(exact).max())
        assert near.mean() > 0.97


def test_biases_are_read_as_they_have_drifted():
    torch.manual_seed(2)
    plain = nn.Linear(64, 64)
    x = normal(256, 64)
    zero = torch.zeros(50, 64)
    cells, digital = (to_inference(plain, Chip(cells="pcm", bias_rows=n), x) for n in (1, 0))
    torch.testing.assert_close(digital.at(86400.0)(zero)[0], plain.bias)
    bias = plain.bias.detach()
    left = cells.at(86400.0)(zero).mean(0) @ bias / bias.square().sum()
    assert 0.55 < float(left) < 0.75


def test_without_rows_nothing_is_another_number():
    """A chip as it was before: the bias is a parameter of its layer, added behind the product."""
    torch.manual_seed(2)
    plain = nn.Linear(16, 4)
    x = normal(8, 16)
    model = to_inference(plain, Chip(cells="pcm"), x)
    (product,) = products_of(model)
    assert list(dict(model.named_parameters())) == ["module.bias"]
    product.set_time(0.0)
    read = product(x)
    assert torch.equal(model.at(0.0)(x), read + plain.bias)


def test_the_layer_whose_biases_do_not_fit_is_named():
    torch.manual_seed(2)
    plain = nn.Sequential(nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 2))
    with torch.no_grad():
        plain[2].bias.fill_(100.0)
    with pytest.raises(ChipError, match=r"layer '2': bias: up to 100.* give the chip bias_rows ="):
        to_inference(plain, Chip(cells="ideal", bias_rows=1), normal(8, 16))


def test_an_exact_chip_must_know_the_largest_input_for_biases():
    plain = nn.Linear(16, 4)
    model = to_inference(plain, Chip(cells="ideal", bias_rows=1, **EXACT))
    with pytest.raises(ChipError, match=r"call \.calibrate"):
        model(normal(8, 16))
    close(model.calibrate(normal(8, 16))(normal(8, 16)), plain(normal(8, 16)))


def test_one_weight_with_two_biases_is_written_twice():
    torch.manual_seed(2)
    plain = nn.Sequential(nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 6, bias=False))
    plain[1].weight = plain[2].weight = plain[0].weight
    x = normal(8, 6)
    for rows, written in ((0, 1), (3, 3)):
        model = to_inference(plain, Chip(cells="ideal", bias_rows=rows, **EXACT), x)
        assert len(products_of(model)) == written
        close(model(x), plain(x))


@WARNINGS
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_trains_as_the_digital_one(name):
    plain, inputs = case(name)
    plain.train()
    for module in plain.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if isinstance(module, nn.MultiheadAttention):
            module.dropout = 0.0
    chip = Chip(cells="ideal", rows=30, columns=6, bias_rows=30, **EXACT)
    model = to_hardware_aware(plain, chip, inputs, clip=None)
    sums = []
    for each in (model, plain):
        outputs = flat(each(*inputs))
        weights = [normal(*y.shape, seed=9 + k) for k, y in enumerate(outputs)]
        sum((w * y).sum() for w, y in zip(weights, outputs, strict=True)).backward()
        grads = [p.grad for n, p in each.named_parameters() if p.grad is not None]
        sums.append(sorted(float(g.double().abs().sum()) for g in grads if g.dim()))
    np.testing.assert_allclose(*sums, rtol=1e-3, atol=1e-4)
    close(to_inference(model, chip)(*inputs), plain.eval()(*inputs))


def test_the_gradient_of_a_bias_is_that_of_the_digital_layer_behind_converters_too():
    """Whatever drives the row of a bias: its range says nothing of the bias itself."""
    torch.manual_seed(1)
    plain = nn.Linear(20, 6)
    x, g = normal(30, 20), normal(30, 6, seed=4)
    by_range = []
    for rows in (0, 2):
        chip = Chip(cells="ideal", bias_rows=rows, inputs=InputDriver(bits=6))
        model = to_hardware_aware(plain, chip, x, clip=None)
        (model(x) * g).sum().backward()
        (product,) = products_of(model)
        by_range.append(float(product.log_range.grad))
        bias = product.bias_parameter if rows else model.module.bias
        torch.testing.assert_close(bias.grad, g.sum(0), rtol=1e-4, atol=1e-5)
    assert by_range[0] == pytest.approx(by_range[1], rel=1e-3, abs=1e-4)


def test_biases_learn_on_cells_and_stay_on_them():
    torch.manual_seed(1)
    plain = nn.Linear(12, 3)
    x, target = normal(200, 12), torch.full((200, 3), 50.0)
    chip = Chip(cells="pcm", bias_rows=2)
    model = to_hardware_aware(plain, chip, x, noise=CellNoise(1.0, 86400.0))
    optimizer = torch.optim.SGD([p for n, p in model.named_parameters() if "range" not in n], 0.05)
    for _ in range(60):
        optimizer.zero_grad()
        (model(x) - target).square().mean().backward()
        optimizer.step()
    (product,) = products_of(model.project())
    most = 2 * product.log_range.exp() * product.weight.abs().max()
    torch.testing.assert_close(product.bias.abs().max(), most)
    to_inference(model, chip)  # which would refuse a bias beyond it


def test_wires_are_trained_through_with_biases_beside():
    torch.manual_seed(1)
    plain = nn.Linear(10, 4)
    x, g = normal(30, 10), normal(30, 4, seed=4)
    wires = Wires(word_line_resistance=30.0, bit_line_resistance=30.0)
    chip = Chip(cells="ideal", rows=16, columns=16, wires=wires, bias_rows=2, **EXACT)
    model = to_hardware_aware(plain, chip, x, clip=None)
    (product,) = products_of(model)
    (model(x) * g).sum().backward()
    found = product.bias_parameter.grad.clone()
    for k in range(4):
        losses = []
        for step in (-1e-2, 1e-2):
            with torch.no_grad():
                product.bias_parameter[k] += step
                losses.append(float((model(x) * g).double().sum()))
                product.bias_parameter[k] -= step
        slope = (losses[1] - losses[0]) / 2e-2
        assert float(found[k]) == pytest.approx(slope, rel=2e-2, abs=2e-3)


def test_a_model_trained_for_digital_biases_keeps_them():
    model = to_hardware_aware(nn.Linear(8, 4), Chip(), normal(16, 8))
    with pytest.raises(ChipError, match=r"bias_rows = 1; the model was trained .* bias_rows = 0"):
        to_inference(model, Chip(bias_rows=1))
