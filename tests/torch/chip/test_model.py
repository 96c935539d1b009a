"""Models on a chip: torch's own results where the chip is exact, layer by layer and in every mode."""

import copy

import numpy as np
import pytest
import torch
from chips import EXACT, LAYERS, PERIPHERIES, flat, normal
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from acanthite.crossbar import BitSlices, OffsetColumn, RowPairs
from acanthite.errors import CellError, ChipError
from acanthite.inference import Chip, ColumnReader, InputDriver, multiply
from acanthite.torch import ConversionWarning, to_inference
from acanthite.torch.chip.layers import products_of


@pytest.mark.filterwarnings("ignore:LSTM with projections", "ignore:Using padding='same'")
@pytest.mark.parametrize("periphery", PERIPHERIES)
@pytest.mark.parametrize("name", LAYERS)
def test_an_exact_chip_gives_what_torch_gives(name, periphery):
    make, shapes = LAYERS[name]
    torch.manual_seed(3)
    plain = make().eval()
    inputs = tuple(normal(*shape, seed=k) for k, shape in enumerate(shapes))
    chip = Chip(cells="ideal", rows=7, columns=6, **PERIPHERIES[periphery])
    model = to_inference(plain, chip, inputs)
    assert products_of(model)
    for mode in (torch.no_grad, torch.enable_grad):
        with mode():
            for ours, theirs in zip(flat(model(*inputs)), flat(plain(*inputs)), strict=True):
                torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_packed_sequences_of_any_order_and_given_states(kind):
    torch.manual_seed(4)
    plain = kind(5, 4, 2, bidirectional=True).eval()
    model = to_inference(plain, Chip(cells="ideal", **EXACT))
    x = normal(7, 3, 5)
    packed = nn.utils.rnn.pack_padded_sequence(x, [4, 7, 1], enforce_sorted=False)
    state = normal(4, 3, 4, seed=1)
    state = (state, normal(4, 3, 4, seed=2)) if kind is nn.LSTM else state
    for arguments in ((packed,), (packed, state), (x, state)):
        ours, theirs = model(*arguments), plain(*arguments)
        if isinstance(ours[0], nn.utils.rnn.PackedSequence):
            torch.testing.assert_close(ours[0].data, theirs[0].data, rtol=1e-4, atol=1e-5)
        for a, b in zip(flat(ours[1]), flat(theirs[1]), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


def test_masks_of_attention():
    torch.manual_seed(5)
    plain = nn.MultiheadAttention(8, 2, batch_first=True).eval()
    model = to_inference(plain, Chip(cells="ideal", **EXACT))
    x = normal(3, 5, 8)
    padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2, [False] * 4 + [True]])
    causal = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1)
    for options in (
        {"key_padding_mask": padding},
        {"attn_mask": causal, "need_weights": False},
        {"average_attn_weights": False},
    ):
        for a, b in zip(
            flat(model(x, x, x, **options)), flat(plain(x, x, x, **options)), strict=True
        ):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 1000),
    st.integers(1, 30),
    st.integers(1, 60),
    st.sampled_from([None, RowPairs(), OffsetColumn(), BitSlices(bits=4, slices=2)]),
    st.sampled_from(["parallel", "bit-serial"]),
    st.sampled_from([3, 6, 8]),
    st.sampled_from(["percentile", "loss", "largest"]),
)
def test_single_precision_is_the_product_in_double(
    seed, outputs, inputs, mapping, scheme, bits, profile
):
    more = {} if mapping is None else {"mapping": mapping}
    chip = Chip(
        cells="ideal",
        rows=24,
        columns=24,
        inputs=InputDriver(bits=bits, scheme=scheme),
        outputs=ColumnReader(bits=bits, profile=profile, inl=0.01, offset=0.01),
        **more,
    )
    torch.manual_seed(seed)
    plain = nn.Linear(inputs, outputs, bias=False)
    x = normal(20, inputs, seed=seed)
    model = to_inference(plain, chip, x)
    (product,) = products_of(model)
    exact = multiply(product.matrix, x.double().numpy(), product.ranges)
    ours = model(x).numpy()
    # a current on the edge of two codes may round either way in single precision
    near = np.isclose(ours, exact, rtol=1e-3, atol=1e-4 * np.abs(exact).max())
    assert near.mean() > 0.97


def test_a_model_drifts_and_compensation_brings_it_back():
    torch.manual_seed(6)
    plain = nn.Sequential(nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 10))
    x = normal(256, 64)
    errors = {}
    for kind in ("none", "global"):
        model = to_inference(plain, Chip(cells="pcm", compensation=kind), x, seed=2)
        errors[kind] = [(model.at(t)(x) - plain(x)).std().item() for t in (0.0, 3600.0, 86400.0)]
    assert errors["none"] == sorted(errors["none"])
    assert errors["global"][2] < 0.7 * errors["none"][2]


def test_reads_differ_and_a_time_and_draw_repeat():
    plain = nn.Linear(16, 4)
    x = normal(8, 16)
    model = to_inference(plain, Chip(cells="pcm"), x, seed=3)
    first, second = model.at(60.0)(x), model(x)
    assert not torch.equal(first, second)
    assert torch.equal(model.at(60.0)(x), first)
    assert not torch.equal(model.at(60.0, draw=1)(x), first)


def test_noise_of_a_read_is_that_of_the_cells():
    plain = nn.Linear(40, 3, bias=False)
    x = normal(1, 40)
    model = to_inference(plain, Chip(cells="pcm", **EXACT), seed=4).at(1000.0)
    reads = model(x.expand(20_000, 40))
    (product,) = products_of(model)
    (state,) = product.matrix.at(1000.0)
    factor = product.matrix.scale / state.unit
    variance = x.numpy() ** 2 @ state.target.held_variance(state.read_error**2, factor).T
    np.testing.assert_allclose(reads.std(0).numpy(), np.sqrt(variance[0]), rtol=0.03)
    np.testing.assert_allclose(
        reads.mean(0).numpy(), x.numpy()[0] @ product.matrix.weights_at(1000.0).T, atol=0.01
    )


def normed():
    torch.manual_seed(7)
    plain = nn.Sequential(nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.Flatten())
    x = normal(64, 1, 8, 8)
    for _ in range(40):
        plain.train()(x)
    return plain.eval(), x


def test_renewed_batch_norms_have_the_statistics_of_the_time_and_draw():
    plain, x = normed()
    model = to_inference(plain, Chip(cells="pcm", **EXACT), seed=3).at(86400.0)
    aged = (model(x) - plain(x)).std()
    assert (model.renew_batch_norm(x)(x) - plain(x)).std() < 0.5 * aged
    seen = model.module[0](x)
    norm = model.module[1]
    torch.testing.assert_close(norm.running_mean, seen.mean((0, 2, 3)), rtol=0.0, atol=0.02)
    torch.testing.assert_close(norm.running_var, seen.var((0, 2, 3)), rtol=0.05, atol=0.0)
    assert not norm.training
    assert norm.momentum == plain[1].momentum
    renewed = model.at(86400.0).renew_batch_norm(x).module[1].running_mean.clone()
    assert torch.equal(model.at(86400.0).renew_batch_norm(x).module[1].running_mean, renewed)
    again = model.at(86400.0, draw=1).renew_batch_norm(x).module[1].running_mean
    assert not torch.equal(again, renewed)
    model.at(0.0)
    assert torch.equal(norm.running_mean, plain[1].running_mean)


def test_a_model_without_batch_norm_has_none_to_renew():
    model = to_inference(nn.Linear(2, 2), Chip(cells="ideal", **EXACT))
    with pytest.raises(ChipError, match="no batch norm"):
        model.renew_batch_norm(torch.ones(2, 2))


def test_noise_of_reads_is_the_same_on_any_number_of_threads():
    plain = nn.Sequential(nn.Linear(70, 40), nn.ReLU(), nn.Linear(40, 4))
    x = normal(300, 70)
    outputs = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        outputs.append(to_inference(plain, Chip(cells="pcm"), x).at(60.0)(x))
    assert torch.equal(*outputs)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 6)
        self.middle = nn.Linear(6, 6)
        self.head = nn.Linear(6, 12, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        return self.head(self.middle(self.embedding(x)))


def test_a_tied_embedding_stays_digital_and_is_named():
    plain = Tied().eval()
    with pytest.warns(ConversionWarning, match=r"stay digital: embedding\.weight"):
        model = to_inference(plain, Chip(cells="ideal", **EXACT))
    assert model.digital == ("embedding.weight",)
    x = torch.arange(12)
    torch.testing.assert_close(model(x), plain(x), rtol=1e-4, atol=1e-5)
    assert len(products_of(model)) == 2


def test_one_weight_in_two_layers_is_written_once():
    first, second = nn.Linear(5, 5), nn.Linear(5, 5)
    second.weight = first.weight
    model = to_inference(nn.Sequential(first, second, first), Chip(cells="pcm", **EXACT))
    assert len(products_of(model)) == 1


def test_the_model_given_is_left_alone_and_later_training_does_not_reach_the_chip():
    plain = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    before = copy.deepcopy(plain.state_dict())
    model = to_inference(plain, Chip(cells="ideal", **EXACT))
    x = normal(5, 4)
    y = model(x)
    with torch.no_grad():
        for parameter in plain.parameters():
            parameter.add_(1.0)
    assert torch.equal(model(x), y)
    assert all(
        torch.equal(before[k] + (before[k].is_floating_point() and "running" not in k), v)
        for k, v in plain.state_dict().items()
    )


class OwnLinear(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


def test_subclasses_are_not_taken_for_what_they_are_not():
    model = nn.Sequential(OwnLinear(4, 4), nn.Linear(4, 2))
    with pytest.warns(ConversionWarning, match=r"stay digital: 0\.weight"):
        on_chip = to_inference(model, Chip(cells="ideal", **EXACT))
    x = normal(3, 4)
    torch.testing.assert_close(on_chip(x), model(x), rtol=1e-4, atol=1e-5)


def test_layers_named_digital_stay_so_without_a_word():
    plain = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
    model = to_inference(plain, Chip(cells="pcm", **EXACT), digital=["0"])
    assert isinstance(model.module[0], nn.Linear)
    assert model.digital == ()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: to_inference(nn.ReLU(), Chip()), ChipError, "no layer that goes onto a chip"),
        (lambda: to_inference(nn.Linear(2, 2), Chip(), digital=("0",)), ChipError, "no module '0'"),
        (lambda: to_inference(nn.Linear(2, 2), Chip(), digital="x"), ChipError, "a collection"),
        (lambda: to_inference("model", Chip()), ChipError, "to_inference: model"),
        (lambda: to_inference(nn.Linear(2, 2), "pcm"), ChipError, "to_inference: chip"),
        (lambda: to_inference(nn.Linear(2, 2), Chip())(torch.ones(1, 2)), ChipError, "no range yet"),
        (lambda: to_inference(nn.Linear(2, 2), Chip(), torch.zeros(1, 2)), ChipError, "zero"),
        (lambda: to_inference(nn.Linear(2, 2), Chip(cells="reram-wan")).at(7.0), CellError, "7 s"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_weights_that_are_no_numbers_are_refused():
    plain = nn.Linear(2, 2)
    with torch.no_grad():
        plain.weight[0, 0] = float("nan")
    with pytest.raises(ChipError, match="weight holds what is not a finite number"):
        to_inference(plain, Chip())
