# ruff: noqa: E402
"""Nothing in torch computes with the weights of a tile behind its back."""

import copy
import inspect
import io
import pickle
import warnings

import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn
from torch.nn import functional as F  # noqa: N812

from acanthite.errors import TrainingError
from acanthite.nn import Periphery
from acanthite.torch import AnalogConv2d, AnalogLinear, AnalogSGD, to_analog

NOISE = Periphery(output_noise=0.5)


def attention(model: nn.Module) -> list[str]:
    return [name for name, part in model.named_modules() if isinstance(part, nn.MultiheadAttention)]


def tile(n_in: int = 4, n_out: int = 4, **more) -> AnalogLinear:
    return AnalogLinear(n_in, n_out, algorithm="floating", seed=1, **more)


def encoder_layer(**more) -> nn.TransformerEncoderLayer:
    torch.manual_seed(0)
    return nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True, **more)


def encoder(number: int = 2) -> nn.TransformerEncoder:
    return nn.TransformerEncoder(encoder_layer(), number)


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(3))


PADDING = torch.arange(5) >= torch.tensor([[5], [3]])
TRANSFORMERS = {
    "encoder layer": (encoder_layer, lambda m: m(draw(2, 5, 8))),
    "encoder layer, gelu, norm first": (lambda: encoder_layer(activation="gelu", norm_first=True), lambda m: m(draw(2, 5, 8))),
    "encoder layer, padding": (encoder_layer, lambda m: m(draw(2, 5, 8), src_key_padding_mask=PADDING)),
    "encoder": (encoder, lambda m: m(draw(2, 5, 8))),
    "encoder, padding": (encoder, lambda m: m(draw(2, 5, 8), src_key_padding_mask=PADDING)),
    "decoder layer": (
        lambda: nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0, batch_first=True),
        lambda m: m(draw(2, 5, 8), draw(2, 3, 8)),
    ),
    "transformer": (
        lambda: nn.Transformer(8, 2, 1, 1, 16, dropout=0.0, batch_first=True),
        lambda m: m(draw(2, 5, 8), draw(2, 3, 8)),
    ),
}  # fmt: skip
MODES = {
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "grad": torch.enable_grad,
}


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype:UserWarning")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", TRANSFORMERS)
def test_transformers_take_no_fast_path_past_the_tiles(name: str, mode: str) -> None:
    make, call = TRANSFORMERS[name]
    torch.manual_seed(0)
    digital = make().eval()
    noisy = to_analog(
        digital, algorithm="floating", periphery=NOISE, digital=attention(digital), seed=1
    )
    exact = to_analog(digital, algorithm="floating", digital=attention(digital), seed=1)
    with MODES[mode]():
        assert (call(noisy) - call(noisy)).abs().max() > 1e-3
        seen = (
            ~PADDING if "padding" in name else slice(None)
        )  # the nested path gives zeros where there is nothing
        torch.testing.assert_close(call(exact)[seen], call(digital)[seen], rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors is in prototype:UserWarning")
def test_an_encoder_with_only_its_second_layer_on_tiles_makes_no_nested_tensors() -> None:
    digital = encoder().eval()
    names = [*attention(digital), "layers.0"]
    noisy = to_analog(digital, algorithm="floating", periphery=NOISE, digital=names, seed=1)
    exact = to_analog(digital, algorithm="floating", digital=names, seed=1)
    with torch.no_grad():
        here, there = (m(draw(2, 5, 8), src_key_padding_mask=PADDING) for m in (exact, digital))
        torch.testing.assert_close(here[~PADDING], there[~PADDING], rtol=1e-5, atol=1e-5)
        reads = [noisy(draw(2, 5, 8), src_key_padding_mask=PADDING) for _ in range(2)]
    assert (reads[0] - reads[1]).abs().max() > 1e-3


def test_layers_put_into_a_transformer_by_hand_are_called_too() -> None:
    model = encoder_layer().eval()
    model.linear2 = AnalogLinear(16, 8, algorithm="floating", periphery=NOISE, seed=1)
    with torch.no_grad():
        assert (model(draw(2, 5, 8)) - model(draw(2, 5, 8))).abs().max() > 1e-3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nested tensors are a prototype
        nested = torch.nested.nested_tensor([draw(5, 8), draw(3, 8)])
    with torch.no_grad(), pytest.raises(TrainingError, match="nested"):
        model(nested)


def attend(out: nn.Module) -> object:
    model = nn.MultiheadAttention(4, 2, batch_first=True).eval()
    model.out_proj = out
    with torch.no_grad():
        return model(draw(2, 3, 4), draw(2, 3, 4), draw(2, 3, 4))


def recur(layer: AnalogLinear) -> object:
    digital = nn.RNN(4, 4)
    digital.weight_hh_l0 = layer.weight
    return digital(draw(3, 2, 4))


X = draw(6, 4)
PRODUCTS = {
    "linear": lambda w: F.linear(X, w),
    "linear with nothing to learn": lambda w: F.linear(X, w.requires_grad_(False)),
    "transposed": lambda w: F.linear(X, w.t()),
    "scaled": lambda w: F.linear(X, 2 * w / w.norm()),
    "normalised": lambda w: F.linear(X, F.normalize(w)),
    "viewed": lambda w: X @ w.view(4, 4).T.contiguous(),
    "cloned": lambda w: X.matmul(w.clone()),
    "cast": lambda w: X.double() @ w.double(),
    "row by row": lambda w: [X @ row for row in w],
    "stacked": lambda w: X @ torch.stack([w, w]),
    "masked": lambda w: X @ (w * torch.ones(4, 4)),
    "mm": lambda w: torch.mm(X, w),
    "addmm": lambda w: torch.addmm(torch.zeros(6, 4), X, w),
    "in place": lambda w: torch.zeros(6, 4).addmm_(X, w),
    "einsum": lambda w: torch.einsum("ni,oi->no", X, w),
    "tensordot": lambda w: torch.tensordot(X, w, dims=1),
    "inner": lambda w: torch.inner(X, w),
    "kron": lambda w: torch.kron(X, w),
    "broadcast": lambda w: (X[:, None] * w).sum(-1),
    "aten": lambda w: torch.ops.aten.mm.default(X, w),
    "bilinear": lambda w: F.bilinear(X, X, w[None]),
    "conv1d": lambda w: F.conv1d(X.view(2, 4, 3), w[:, :, None]),
    "conv2d": lambda w: F.conv2d(X.view(1, 4, 2, 3), w[:, :, None, None]),
    "conv_transpose1d": lambda w: F.conv_transpose1d(X.view(2, 4, 3), w[:, :, None]),
    "embedding": lambda w: F.embedding(torch.tensor([1, 2]), w),
    "embedding_bag": lambda w: F.embedding_bag(torch.tensor([1, 2]), w, torch.tensor([0])),
    "rows picked": lambda w: w[torch.tensor([1, 2])],
    "index_select": lambda w: w.index_select(0, torch.tensor([1])),
    "layer_norm": lambda w: F.layer_norm(X, (4,), w[0]),
    "prelu": lambda w: F.prelu(X, w[0]),
    "attention": lambda w: F.scaled_dot_product_attention(X, X, w),
    "cdist": lambda w: torch.cdist(X, w),
    "rnn cell": lambda w: torch._VF.rnn_tanh_cell(X, X, w, w),
    "multi_dot": lambda w: torch.linalg.multi_dot([X, w, X.t()]),
    "keyword": lambda w: F.linear(input=X, weight=w),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_with_the_weight_of_a_tile_are_refused(name: str) -> None:
    with pytest.raises(
        TrainingError, match="past its converters, noise, wires and pulses; call the layer"
    ):
        PRODUCTS[name](tile().weight)


WEIGHT_OF_A_MEAN = ("lerp", "lerp_", "l1_loss", "mse_loss", "huber_loss")


def functions_with_weights() -> list:
    """Return the functions of torch that have a twin among its modules: those that take a ``weight``."""
    found = []
    for function, signature in torch.overrides.get_testing_overrides().items():
        names = inspect.signature(signature).parameters
        if function.__name__ in WEIGHT_OF_A_MEAN:
            continue
        if any(
            "weight" in name or name in ("mat2", "vec", "w_ih", "w_hh", "params") for name in names
        ):
            found.append(function)
    return found


@pytest.mark.parametrize("function", functions_with_weights(), ids=lambda f: f.__name__)
def test_every_function_of_torch_that_takes_a_weight_is_refused(function) -> None:
    w = tile().weight
    with pytest.raises(TrainingError, match="past its converters"):
        type(w).__torch_function__(function, (type(w),), (X, w))


@pytest.mark.parametrize(
    "run",
    [lambda: attend(tile()), lambda: recur(tile())],
    ids=["out_proj of attention", "weight of nn.RNN"],
)
def test_modules_of_torch_that_take_the_weight_of_a_tile_are_refused(run) -> None:
    with pytest.raises(TrainingError, match="past its converters"):
        run()


@pytest.mark.skipif(not hasattr(nn, "LinearCrossEntropyLoss"), reason="not in this torch")
def test_a_loss_that_reads_the_weight_of_its_linear_is_refused() -> None:
    loss = nn.LinearCrossEntropyLoss(4, 3)
    with pytest.raises(TrainingError, match="LinearCrossEntropyLoss"):
        to_analog(nn.Sequential(nn.Linear(4, 4), loss), algorithm="floating", seed=1)
    loss.linear = tile(4, 3)
    with pytest.raises(TrainingError, match="past its converters"):
        loss(draw(2, 4), torch.tensor([0, 1]))


def test_the_numbers_of_a_weight_may_be_looked_at_compared_written_and_penalised() -> None:
    layer = tile(4, 3)
    w = layer.weight
    assert isinstance(w, nn.Parameter)
    values = w.detach()
    assert type(values) is torch.Tensor
    assert values.data_ptr() == w.data_ptr()
    assert torch.equal(w, values)
    assert torch.allclose(w, values)
    torch.testing.assert_close(w, values)
    assert w[values > 0].min() > 0
    assert w.abs().max().item() == values.abs().max().item()
    assert (w > 0).dtype == torch.bool
    assert type(torch.zeros_like(w)) is torch.Tensor
    assert "Parameter containing" in repr(w)
    penalty = (w**2).sum() + (torch.ones(3, 4) * (w - values.clone()) ** 2).sum()
    assert type(penalty) is torch.Tensor
    penalty.backward()
    torch.testing.assert_close(w.grad, 2 * values)
    torch.testing.assert_close(torch.autograd.grad((w**2).sum(), w)[0], 2 * values)
    torch.nn.utils.clip_grad_norm_(layer.parameters(), 0.1)
    assert w.grad.norm() <= 0.1001
    with torch.no_grad():
        w.copy_(torch.ones(3, 4))
        w[values < 0] = 2.0
        w.mul_(torch.full((3, 4), 0.5))
        w -= 0.25
    assert torch.equal(layer.weight, torch.full((3, 4), 0.25))
    assert layer.tile.weights.flat[0] == 0.25
    nn.init.xavier_uniform_(w)
    torch.testing.assert_close(layer(torch.eye(4)) - layer.bias, w.detach().t())


@pytest.mark.parametrize("more", [{}, {"foreach": True}], ids=str)
@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW])
def test_plain_optimizers_still_step_float_weights(kind, more) -> None:
    digital = nn.Linear(4, 3)
    pair = [digital, to_analog(digital, algorithm="floating", seed=1)]
    for model in pair:
        optimizer = kind(model.parameters(), lr=0.1, **more)
        for _ in range(3):
            optimizer.zero_grad()
            model(draw(5, 4)).pow(2).sum().backward()
            optimizer.step()
    torch.testing.assert_close(pair[1].weight, pair[0].weight, rtol=1e-4, atol=1e-5)


def test_copies_keep_the_guard() -> None:
    layer = tile()
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    assigned = tile()
    assigned.load_state_dict(layer.state_dict(), assign=True)
    for twin in (
        copy.deepcopy(layer),
        pickle.loads(pickle.dumps(layer)),
        torch.load(file, weights_only=False),
        assigned,
    ):
        assert torch.equal(twin(X), layer(X))
        assert twin.weight.data_ptr() == twin.tile.weights.ctypes.data
        with pytest.raises(TrainingError, match="past its converters"):
            F.linear(X, twin.weight)


def tied() -> AnalogLinear:
    layer = tile()
    layer.weight = tile().weight
    return layer


class Doubled(nn.Module):
    def forward(self, w: torch.Tensor) -> torch.Tensor:
        return 2 * w


def parametrized() -> AnalogLinear:
    layer = tile()
    torch.nn.utils.parametrize.register_parametrization(layer, "weight", Doubled())
    return layer


def pruned() -> AnalogLinear:
    from torch.nn.utils import prune

    layer = tile()
    prune.custom_from_mask(layer, "weight", torch.eye(4))
    return layer


def refilled() -> AnalogLinear:
    layer = tile()
    torch.nn.utils.vector_to_parameters(torch.zeros(20), layer.parameters())
    return layer


def normed() -> AnalogLinear:
    layer = tile()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.nn.utils.weight_norm(layer)


REPLACED = {
    "tied": (lambda: tied()(X), "weight"),
    "replaced": (lambda: setattr(layer := tile(), "weight", nn.Parameter(torch.ones(4, 4))) or layer(X), "weight"),
    "parametrized": (lambda: parametrized()(X), "weight"),
    "pruned": (lambda: pruned()(X), "weight"),
    "weight norm": (lambda: normed()(X), "weight"),
    "data": (lambda: setattr((layer := tile()).weight, "data", torch.ones(4, 4)) or layer(X), "tile"),
    "vector_to_parameters": (lambda: refilled()(X), "tile"),
    "functional_call": (
        lambda: torch.func.functional_call(tile(), {"weight": torch.ones(4, 4)}, (X,)), "weight",
    ),
    "trace": (lambda: torch.jit.trace(tile(), X), "torch.jit.trace"),
    "spectral norm": (
        lambda: torch.nn.utils.parametrizations.spectral_norm(tile())(X), "weight",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings(
    "ignore:`torch.jit.trace:DeprecationWarning", "ignore::torch.jit.TracerWarning"
)
@pytest.mark.parametrize("name", REPLACED)
def test_a_layer_whose_weight_was_replaced_is_refused(name: str) -> None:
    call, message = REPLACED[name]
    with pytest.raises(TrainingError, match=message):
        call()


def test_a_convolution_fused_with_its_norm_is_refused() -> None:
    layer = AnalogConv2d(2, 2, 1, algorithm="floating", seed=1).eval()
    with pytest.raises((TrainingError, RuntimeError), match=r"Guarded|weight"):
        torch.nn.utils.fuse_conv_bn_eval(layer, nn.BatchNorm2d(2).eval())(draw(1, 2, 3, 3))


def test_functional_call_with_the_weights_of_the_tile_itself_reads_the_tile() -> None:
    layer = tile(periphery=NOISE)
    own = dict(layer.named_parameters())
    first, second = (torch.func.functional_call(layer, own, (X,)) for _ in range(2))
    assert not torch.equal(first, second)


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning")
def test_compiled_models_read_their_tiles_each_time() -> None:
    layer = nn.Sequential(tile(periphery=NOISE), nn.ReLU())
    exact = nn.Sequential(tile(), nn.ReLU())
    compiled = torch.compile(layer, backend="eager")
    assert not torch.equal(compiled(X), compiled(X))
    same = torch.compile(exact, backend="eager")
    optimizer = AnalogSGD(exact.parameters(), lr=0.1)
    for _ in range(2):
        torch.testing.assert_close(same(X), exact(X))
        optimizer.zero_grad()
        same(X).sum().backward()
        optimizer.step()


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_checkpoint_does_not_read_noisy_tiles_again(reentrant: bool) -> None:
    from torch.utils.checkpoint import checkpoint

    x, y = (X.clone().requires_grad_() for _ in range(2))
    exact = nn.Sequential(tile(), nn.Tanh(), tile())
    exact(x).sum().backward()
    checkpoint(exact, y, use_reentrant=reentrant).sum().backward()
    torch.testing.assert_close(x.grad, y.grad)
    noisy = nn.Sequential(tile(periphery=NOISE), nn.Tanh(), tile(periphery=NOISE))
    with pytest.raises(TrainingError, match="read again on the way back"):
        checkpoint(noisy, y, use_reentrant=reentrant).sum().backward()
