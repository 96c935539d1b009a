# ruff: noqa: E402
"""What goes with a layer onto its tile, what is refused, and what is said."""

import types
import warnings

import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn
from torch.nn.utils import parametrizations, parametrize, prune

from acanthite.errors import TrainingError
from acanthite.torch import AnalogConv1d, AnalogLayer, AnalogLinear, ConversionWarning, to_analog


def floating(model: nn.Module, **more) -> nn.Module:
    return to_analog(model, algorithm="floating", seed=1, **more)


ONE = {"in_features": 2, "out_features": 2}
CHANNELS = (2, 2, 1)
TILES = {
    "Linear": (2, 2), "Conv1d": CHANNELS, "Conv2d": CHANNELS, "RNNCell": (2, 2), "LSTMCell": (2, 2), "RNN": (2, 2), "LSTM": (2, 2),
}  # fmt: skip
REFUSED = {
    "Bilinear": (2, 2, 2), "Conv3d": CHANNELS, "ConvTranspose1d": CHANNELS, "ConvTranspose2d": CHANNELS, "ConvTranspose3d": CHANNELS,
    "GRU": (2, 2), "GRUCell": (2, 2), "LazyLinear": (2,), "LazyConv1d": (2, 1), "LazyConv2d": (2, 1), "LazyConv3d": (2, 1),
    "LazyConvTranspose1d": (2, 1), "LazyConvTranspose2d": (2, 1), "LazyConvTranspose3d": (2, 1), "MultiheadAttention": (2, 1),
    "LinearCrossEntropyLoss": (2, 2), "Transformer": (2, 1, 1, 1, 2), "TransformerEncoderLayer": (2, 1, 2),
    "TransformerDecoderLayer": (2, 1, 2), "RNNBase": ("GRU", 2, 2), "RNNCellBase": (2, 2, True, 1),
}  # fmt: skip
THROUGH_THEIR_LAYERS = {"AdaptiveLogSoftmaxWithLoss": (4, 6, [2])}
DIGITAL = {
    "Embedding": (2, 2), "EmbeddingBag": (2, 2), "LayerNorm": ((2, 2),), "RMSNorm": ((2, 2),), "GroupNorm": (1, 2), "PReLU": (),
    "BatchNorm1d": (2,), "BatchNorm2d": (2,), "BatchNorm3d": (2,), "SyncBatchNorm": (2,), "LazyBatchNorm1d": (), "LazyBatchNorm2d": (),
    "LazyBatchNorm3d": (), "LazyInstanceNorm1d": (), "LazyInstanceNorm2d": (), "LazyInstanceNorm3d": (), "InstanceNorm1d": (2,),
    "InstanceNorm2d": (2,), "InstanceNorm3d": (2,),
}  # fmt: skip
NO_MODULE_OF_ITS_OWN = {
    "Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "Container", "DataParallel",
    "TransformerEncoder", "TransformerDecoder",
}  # fmt: skip
WITHOUT_PARAMETERS = {
    "AdaptiveAvgPool1d": (1,), "AdaptiveAvgPool2d": (1,), "AdaptiveAvgPool3d": (1,), "AdaptiveMaxPool1d": (1,),
    "AdaptiveMaxPool2d": (1,), "AdaptiveMaxPool3d": (1,), "AvgPool1d": (1,), "AvgPool2d": (1,), "AvgPool3d": (1,),
    "ChannelShuffle": (1,), "CircularPad1d": (1,), "CircularPad2d": (1,), "CircularPad3d": (1,), "ConstantPad1d": (1, 0.0),
    "ConstantPad2d": (1, 0.0), "ConstantPad3d": (1, 0.0), "CrossMapLRN2d": (1,), "Fold": (1, 1), "FractionalMaxPool2d": (1, 1),
    "FractionalMaxPool3d": (1, 1), "LPPool1d": (1, 1), "LPPool2d": (1, 1), "LPPool3d": (1, 1), "LocalResponseNorm": (1,),
    "MaxPool1d": (1,), "MaxPool2d": (1,), "MaxPool3d": (1,), "MaxUnpool1d": (1,), "MaxUnpool2d": (1,), "MaxUnpool3d": (1,),
    "PixelShuffle": (1,), "PixelUnshuffle": (1,), "ReflectionPad1d": (1,), "ReflectionPad2d": (1,), "ReflectionPad3d": (1,),
    "ReplicationPad1d": (1,), "ReplicationPad2d": (1,), "ReplicationPad3d": (1,), "Threshold": (0.1, 0.0), "Unflatten": (1, (1, 1)),
    "Unfold": (1,), "ZeroPad1d": (1,), "ZeroPad2d": (1,), "ZeroPad3d": (1,),
}  # fmt: skip


def of_torch() -> list[str]:
    names = [name for name in dir(nn) if isinstance(getattr(nn, name), type)]
    return [name for name in names if issubclass(getattr(nn, name), nn.Module)]


@pytest.mark.filterwarnings(
    "ignore:Lazy modules are a new feature:UserWarning",
    "ignore:`NLLLoss2d` has been deprecated:FutureWarning",
    "ignore:enable_nested_tensor is True:UserWarning",
)
@pytest.mark.parametrize("name", sorted(set(of_torch()) - NO_MODULE_OF_ITS_OWN))
def test_every_module_of_torch_goes_onto_tiles_stays_digital_or_is_refused(name: str) -> None:
    kinds = TILES | REFUSED | THROUGH_THEIR_LAYERS | DIGITAL | WITHOUT_PARAMETERS
    module = getattr(nn, name)(*kinds.get(name, ()))
    model = nn.Sequential(nn.Linear(2, 2), module)
    if name in REFUSED:
        with pytest.raises(
            TrainingError, match=r"cannot be put on tiles: 1.*; name them in digital"
        ):
            floating(model)
        return
    if name.startswith("Lazy"):
        with pytest.raises(
            TrainingError, match="cannot be copied: Attempted to use an uninitialized parameter"
        ):
            floating(model)
        return
    analog = floating(model)
    assert isinstance(analog[0], AnalogLinear)
    tiles = [part for part in analog[1].modules() if isinstance(part, AnalogLayer)]
    if name in TILES | THROUGH_THEIR_LAYERS:
        on_tiles = sum(tile.weight.numel() for tile in tiles)
        assert on_tiles == sum(p.numel() for p in module.parameters() if p.dim() > 1)
    else:
        assert type(analog[1]) is type(module)
        assert not tiles
        if name not in DIGITAL:
            assert not list(module.parameters())


def test_hooks_of_all_kinds_go_with_their_layer() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Conv1d(4, 2, 1), nn.LSTM(5, 2), nn.Tanh())
    seen: list[str] = []
    for k, layer in enumerate(model):
        layer.register_forward_pre_hook(lambda m, args, k=k: seen.append(f"{k} before"))
        layer.register_forward_hook(
            lambda m, args, kwargs, out, k=k: seen.append(f"{k} after"), with_kwargs=True
        )
        layer.register_full_backward_pre_hook(lambda m, grads, k=k: seen.append(f"{k} back before"))
        layer.register_full_backward_hook(lambda m, new, old, k=k: seen.append(f"{k} back after"))
    model[0].register_forward_hook(lambda m, args, out: 2 * out)

    def run(net: nn.Module) -> tuple[list[str], torch.Tensor]:
        seen.clear()
        x = torch.ones(5, 3, requires_grad=True)
        y, _ = net[2](net[1](net[0](x).t()))
        net[3](y).sum().backward()
        return list(seen), y

    analog = floating(model)
    assert isinstance(analog[1], AnalogConv1d)
    own, here = run(analog)
    theirs, there = run(model)
    assert own == theirs
    assert len(own) == 16
    torch.testing.assert_close(here, there)


class Watched(nn.Module):
    """A model that keeps what its hook saw, and its weights in places where modules do not look."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.plain = [self.first.weight, self.first]
        self.seen: list[torch.Tensor] = []
        self.first.register_forward_hook(self.watch)

    def watch(self, module: nn.Module, args: object, out: torch.Tensor) -> None:
        self.seen.append(out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.first(x)


def test_hooks_and_lists_of_the_model_point_into_the_copy() -> None:
    model = Watched()
    analog = floating(model)
    analog(torch.ones(2, 3))
    assert len(analog.seen) == 1
    assert not model.seen
    assert analog.plain[0] is analog.first.weight
    assert analog.plain[1] is analog.first


def test_attributes_modes_and_what_is_frozen_go_along() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.LSTM(3, 3, 2))
    model[0].role = {"head": True}
    model[0].weight.requires_grad_(False)
    model[0].bias.requires_grad_(False)
    model[1].weight_hh_l1.requires_grad_(False)
    model[1].eval()
    analog = floating(model)
    assert analog[0].role == {"head": True}
    assert analog[0].role is not model[0].role
    frozen = [name for name, p in analog.named_parameters() if not p.requires_grad]
    assert frozen == ["0.weight", "0.bias", "1.cells.1.hh.weight"]
    assert (analog[0].training, analog[1].training, analog[1].cells[0].hh.training) == (
        True,
        False,
        False,
    )
    before = analog[0].weight.detach().clone()
    optimizer = torch.optim.SGD([p for p in analog.parameters() if p.requires_grad], lr=0.1)
    analog[1](analog[0](torch.ones(4, 3)))[0].sum().backward()
    optimizer.step()
    assert analog[0].weight.grad is None
    assert torch.equal(analog[0].weight, before)


def test_a_layer_in_several_places_stays_one() -> None:
    shared = nn.Linear(3, 3)
    model = nn.ModuleDict(
        {"a": shared, "b": nn.Sequential(nn.ReLU(), shared), "c": nn.Linear(3, 3)}
    )
    analog = floating(model)
    assert analog["b"][1] is analog["a"]
    kept = floating(model, digital=["b.1", "a"])
    assert type(kept["a"]) is nn.Linear
    assert kept["b"][1] is kept["a"]
    for digital, other in ((["b"], "a"), (["a"], "b.1"), (["b.1"], "a")):
        with pytest.raises(
            TrainingError, match=f"and {other} are one layer in two places; name both, or neither"
        ):
            floating(model, digital=digital)


def tied_embedding() -> nn.Module:
    model = nn.Sequential(nn.Embedding(5, 3), nn.Linear(3, 5))
    model[1].weight = model[0].weight
    return model


def tied_transposed() -> nn.Module:
    model = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 3))
    model[1].weight = nn.Parameter(model[0].weight.detach().t())
    return model


def tied_linear() -> nn.Module:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    model[1].weight = model[0].weight
    return model


def tied_bias() -> nn.Module:
    model = nn.Sequential(nn.Linear(3, 3), nn.LayerNorm(3))
    model[1].bias = model[0].bias
    return model


def tied_in_a_lstm() -> nn.Module:
    model = nn.LSTM(3, 3, 2)
    model.weight_hh_l1 = model.weight_hh_l0
    return model


class Decoder(nn.Module):
    """Holds the weight of a layer as a parameter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = nn.Linear(3, 2)
        self.shared = self.encode.weight


class Buffered(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encode = nn.Linear(3, 2)
        self.register_buffer("seen", self.encode.weight.detach()[1:])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            tied_embedding,
            "1.weight shares its numbers with 0.weight|0.weight shares its numbers with 1.weight",
        ),
        (tied_linear, "0.weight shares its numbers with 1.weight"),
        (tied_transposed, "0.weight shares its numbers with 1.weight"),
        (tied_bias, "0.bias shares its numbers with 1.bias"),
        (tied_in_a_lstm, "weight_hh_l0 shares its numbers with weight_hh_l1"),
        (Decoder, "encode.weight shares its numbers with shared"),
        (Buffered, "encode.weight shares its numbers with seen"),
    ],
)
def test_tied_weights_do_not_come_apart(make, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        floating(make())


def test_tied_weights_may_stay_digital_and_neighbours_in_memory_are_not_tied() -> None:
    model = nn.Sequential(tied_embedding(), nn.Linear(5, 2))
    analog = floating(model, digital=["0"])
    assert type(analog[0][1]) is nn.Linear
    assert isinstance(analog[1], AnalogLinear)
    flat = nn.Sequential(nn.Linear(3, 5), nn.Linear(5, 3))
    torch.nn.utils.vector_to_parameters(torch.linspace(-1, 1, 38), flat.parameters())
    assert torch.equal(floating(flat)[1].weight, flat[1].weight)


class Larger(nn.Linear):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return 2 * super().forward(x)


def quietly(call, *args, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call(*args, **more)


def own_forward() -> nn.Module:
    layer = nn.Linear(3, 3)
    layer.forward = types.MethodType(lambda self, x: x, layer)
    return layer


def with_part() -> nn.Module:
    layer = nn.Linear(3, 3)
    layer.gain = nn.Parameter(torch.ones(3))
    return layer


def changed(change, layer: nn.Module | None = None) -> nn.Module:
    layer = layer or nn.Linear(3, 3)
    change(layer)
    return layer


def lazy() -> nn.Module:
    return quietly(nn.LazyLinear, 3)


def colliding() -> nn.Module:
    layer = nn.Linear(3, 3)
    layer.tile = "mine"
    return layer


def poisoned(value: float) -> nn.Module:
    layer = nn.Linear(3, 3)
    layer.weight.data[1, 2] = value
    return layer


REFUSALS = {
    "subclass": (lambda: Larger(3, 3), r"Larger, whose forward may be another than that of Linear"),
    "own forward": (own_forward, "Linear with a forward of its own"),
    "part": (with_part, "Linear with gain: undo weight_norm"),
    "lazy": (lazy, "LazyLinear without shapes yet: run the model once first"),
    "parametrized": (
        lambda: changed(lambda m: parametrize.register_parametrization(m, "weight", nn.Identity())),
        "ParametrizedLinear: make it plain with torch.nn.utils.parametrize.remove_parametrizations",
    ),
    "spectral norm": (lambda: parametrizations.spectral_norm(nn.Linear(3, 3)), "remove_parametrizations"),
    "orthogonal": (lambda: parametrizations.orthogonal(nn.Linear(3, 3)), "remove_parametrizations"),
    "weight norm": (lambda: parametrizations.weight_norm(nn.LSTM(3, 3), "weight_hh_l0"), "remove_parametrizations"),
    "old weight norm": (lambda: quietly(nn.utils.weight_norm, nn.Linear(3, 3)), "weight_g and weight_v: undo weight_norm"),
    "old spectral norm": (lambda: quietly(nn.utils.spectral_norm, nn.Linear(3, 3)), "weight_orig and weight_u and weight_v: undo"),
    "pruned": (lambda: changed(lambda m: prune.l1_unstructured(m, "weight", 0.5)), "weight_orig and weight_mask: undo"),
    "pruned bias": (lambda: changed(lambda m: prune.l1_unstructured(m, "bias", 0.5)), "bias_orig and bias_mask: undo"),
    "pruned rnn": (lambda: changed(lambda m: prune.l1_unstructured(m, "weight_ih", 0.5), nn.RNNCell(3, 3)), "weight_ih_mask"),
    "old hook": (
        lambda: changed(lambda m: m.register_backward_hook(lambda *a: None)), "use register_full_backward_hook",
    ),
    "state hook": (
        lambda: changed(lambda m: m.register_state_dict_post_hook(lambda *a: None)), "hooks on its state_dict",
    ),
    "gradient hook": (lambda: changed(lambda m: m.weight.register_hook(lambda g: g)), "gradient of 0.part.weight do not go into"),
    "accumulate hook": (
        lambda: changed(lambda m: m.bias.register_post_accumulate_grad_hook(lambda p: None)), "gradient of 0.part.bias do not go into",
    ),
    "double": (lambda: nn.Linear(3, 3).double(), r"Linear of torch.float64: tiles compute in torch.float32: model.float\(\)"),
    "half": (lambda: nn.LSTM(3, 3).half(), "LSTM of torch.float16"),
    "bfloat16": (lambda: nn.Conv2d(1, 1, 1, dtype=torch.bfloat16), "Conv2d of torch.bfloat16"),
    "complex": (lambda: nn.Linear(3, 3, dtype=torch.complex64), "Linear of torch.complex64"),
    "device": (lambda: nn.Linear(3, 3, device="meta"), r"Linear on meta: tiles are on the CPU: model.cpu\(\)"),
    "nan": (lambda: poisoned(float("nan")), "Linear with a weight that is not finite"),
    "inf": (lambda: poisoned(float("-inf")), "Linear with a weight that is not finite"),
    "groups": (lambda: nn.Conv1d(2, 2, 1, groups=2), "Conv1d with groups = 2"),
    "two directions": (lambda: nn.RNN(2, 2, bidirectional=True), "RNN with two directions"),
    "dropout": (lambda: nn.LSTM(2, 2, 2, dropout=0.5), "LSTM with two directions, dropout or projections"),
    "projections": (lambda: nn.LSTM(2, 2, proj_size=1), "LSTM with two directions, dropout or projections"),
    "attribute": (colliding, "has an attribute 'tile', which is the tile's"),
    "wide": (lambda: nn.Linear(5000, 3), "0.part: a tile of 5000 input lines"),
    "scripted": (lambda: quietly(torch.jit.script, nn.Linear(3, 3)), "RecursiveScriptModule: pass the model before it is compiled"),
    "compiled": (lambda: torch.compile(nn.Linear(3, 3), backend="eager"), "OptimizedModule: pass the model before it is compiled"),
    "projection of attention": (lambda: nn.MultiheadAttention(2, 1).out_proj, "NonDynamicallyQuantizableLinear"),
}  # fmt: skip


NOT_EVEN_COPIED = ("old weight norm", "pruned", "pruned bias", "pruned rnn")


@pytest.mark.parametrize("name", REFUSALS)
def test_what_would_be_another_layer_on_a_tile_is_refused(name: str) -> None:
    make, message = REFUSALS[name]
    holder = nn.ModuleDict({"part": make()})
    model = nn.Sequential(holder, nn.Linear(3, 3))
    with pytest.raises(TrainingError, match=message) as told:
        floating(model)
    assert "0.part" in str(told.value) or name == "attribute"
    if name in NOT_EVEN_COPIED:  # by torch
        with pytest.raises(TrainingError, match="the model cannot be copied"):
            floating(model, digital=["0"])
    elif name in ("gradient hook", "accumulate hook"):
        with pytest.raises(TrainingError, match=message):
            floating(model, digital=["0"])
    elif name != "wide":
        assert isinstance(floating(model, digital=["0"])[1], AnalogLinear)


def test_a_quantized_layer_is_refused() -> None:
    layer = quietly(torch.ao.nn.quantized.Linear, 3, 3)
    with pytest.raises(TrainingError, match=r"cannot be put on tiles: 0 \(Linear\)"):
        floating(nn.Sequential(layer, nn.Linear(3, 3)))


def test_what_was_made_plain_again_goes_onto_tiles() -> None:
    pruned = nn.Linear(3, 3)
    prune.l1_unstructured(pruned, "weight", 0.5)
    prune.remove(pruned, "weight")
    normed = parametrizations.spectral_norm(nn.Linear(3, 3))
    parametrize.remove_parametrizations(normed, "weight")
    made = quietly(nn.LazyLinear, 3)
    made(torch.ones(2, 3))
    model = nn.Sequential(pruned, normed, made)
    analog = floating(model)
    for here, there in zip(analog, model, strict=True):
        assert torch.equal(here.weight, there.weight)


class Custom(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.matrix = nn.Parameter(torch.ones(3, 3))
        self.gain = nn.Parameter(torch.ones(3))


def test_what_stays_digital_without_being_named_and_what_is_clipped_is_said(device) -> None:
    with pytest.warns(
        ConversionWarning, match=r"stay digital, as no layer of torch holds them: 1.matrix$"
    ):
        floating(nn.Sequential(nn.Embedding(3, 3), Custom()))
    model = nn.Sequential(nn.Linear(4, 4), nn.LSTM(4, 4))
    for parameter in model.parameters():
        parameter.data.clamp_(-0.3, 0.3)
    to_analog(model, device, "sgd", seed=1)  # says nothing
    model[1].weight_hh_l0.data[2, 1] = -3.0
    with pytest.warns(
        ConversionWarning, match=r"to their bounds: 1.weight_hh_l0 \(1 of 64, by up to 2\.[45]"
    ) as told:
        to_analog(model, device, "sgd", seed=1)
    assert len(told) == 1
    assert told[0].filename == __file__
    with pytest.warns(ConversionWarning, match=r"by up to 2\)"):
        to_analog(model, algorithm="ideal", seed=1)


def test_a_model_or_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(TrainingError, match="model is a str; expected"):
        to_analog("model", algorithm="floating")
    with pytest.raises(
        TrainingError, match=r"digital = 'fc'; expected a collection of names: digital=\('fc',\)"
    ):
        floating(nn.Sequential(nn.Linear(2, 2)), digital="fc")


class Uncopied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.result = self.first.bias * 2


def test_a_model_that_cannot_be_copied_is_refused() -> None:
    with pytest.raises(
        TrainingError, match="the model cannot be copied: Only Tensors created explicitly"
    ):
        floating(Uncopied())
