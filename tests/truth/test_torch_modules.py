# ruff: noqa: E402
"""Layers on exact tiles against torch itself, in double precision: forward, backward and one step, in every mode.

A case is drawn from a seed: a module of ``torch.nn`` with its options, an input, a mode. Either the numbers are torch's within
float error, or the model or the call is refused by a ``TrainingError``; where torch refuses, so do we. A refusal of ours that torch
does not share must be one that the case announces.
"""

import copy
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from acanthite.errors import TrainingError
from acanthite.nn import Periphery
from acanthite.torch import AnalogLayer, AnalogSGD, to_analog

VALUES = 5e-6  # of the largest number of a tensor; sums in float32 that nearly cancel are good to about 1e-6
GRADIENTS = 1e-5
LR = 0.05


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass
class Case:
    """A module, what is put in, and what is to come."""

    name: str
    model: nn.Module
    inputs: list[Any]
    call: Callable[..., Any] = lambda model, *inputs: model(*inputs)
    digital: list[str] = field(default_factory=list)
    seen: Callable[[Any], Any] = lambda out: out
    refused: str = ""  # what our error says; torch's may do


class Draw:
    """Numbers and choices of a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.torch = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)

    def one(self, *choices: Any) -> Any:
        return self.rng.choice(choices)

    def whole(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def often(self, chance: float) -> bool:
        return self.rng.random() < chance

    def yes(self) -> bool:
        return self.often(0.5)

    def normal(self, *shape: int, scale: float | None = None) -> Tensor:
        """Return numbers of one of several sizes and layouts in memory."""
        scale = scale or self.one(1.0, 1.0, 1.0, 1e-3, 30.0)
        layout = self.one("plain", "plain", "turned", "wide", "zeros")
        if layout == "turned" and len(shape) > 1:
            return scale * torch.randn(*shape[::-1], generator=self.torch).permute(
                *range(len(shape))[::-1]
            )
        if layout == "wide":
            return scale * torch.randn(*shape[:-1], 2 * shape[-1], generator=self.torch)[..., ::2]
        x = scale * torch.randn(*shape, generator=self.torch)
        return x * (torch.rand(*shape, generator=self.torch) < 0.2) if layout == "zeros" else x

    def batch(self) -> int:
        return self.one(0, 1, 2, 3, 5)


def linear(d: Draw) -> Case:
    n, m = d.whole(1, 7), d.whole(1, 7)
    lead = d.one((), (d.batch(),), (d.batch(), d.whole(1, 3)), (2, d.batch(), 2), (2, 1, 2, 2))
    return Case("Linear", nn.Linear(n, m, bias=d.yes()), [d.normal(*lead, n)])


def convolution(d: Draw) -> Case:
    dims = d.one(1, 2)
    kind = (nn.Conv1d, nn.Conv2d)[dims - 1]

    def each(low, high):
        return d.one(d.whole(low, high), tuple(d.whole(low, high) for _ in range(dims)))

    channels, out = d.whole(1, 4), d.whole(1, 4)
    padding = d.one("same", "valid", 0, each(0, 3), each(0, 3), each(0, 3))
    stride = 1 if padding == "same" else each(1, 3)
    mode = d.one("zeros", "zeros", "reflect", "replicate", "circular")
    model = kind(
        channels, out, each(1, 4), stride, padding, each(1, 3), bias=d.yes(), padding_mode=mode
    )
    size = tuple(d.whole(2, 8) for _ in range(dims))
    lead = () if d.often(0.2) else (d.batch(),)
    return Case(f"{kind.__name__}, {mode}", model, [d.normal(*lead, channels, *size)])


def cell(d: Draw) -> Case:
    n, m = d.whole(1, 5), d.whole(1, 5)
    if pair := d.yes():
        model: nn.Module = nn.LSTMCell(n, m, bias=d.yes())
    else:
        model = nn.RNNCell(n, m, bias=d.yes(), nonlinearity=d.one("tanh", "relu"))
    lead = () if d.often(0.3) else (d.batch(),)
    case = Case(type(model).__name__, model, [d.normal(*lead, n)])
    if d.yes():
        states = [d.normal(*lead, m) for _ in range(1 + pair)]
        case.inputs += states
        case.call = (lambda f, x, h, c: f(x, (h, c))) if pair else (lambda f, x, h: f(x, h))
    return case


def recurrent(d: Draw) -> Case:
    n, m, layers = d.whole(1, 5), d.whole(1, 5), d.whole(1, 3)
    first, pair = d.yes(), d.yes()
    more: dict[str, Any] = {"num_layers": layers, "bias": d.yes(), "batch_first": first}
    refused = ""
    if d.often(0.1):
        refused = "two directions, dropout or projections"
        more |= d.one(
            {"bidirectional": True},
            {"dropout": 0.5, "num_layers": 2},
            {"proj_size": 1} if pair and m > 1 else {"bidirectional": True},
        )
    if not pair:
        more["nonlinearity"] = d.one("tanh", "relu")
    model = (nn.LSTM if pair else nn.RNN)(n, m, **more)
    time, one, batch = d.whole(1, 6), d.often(0.2), d.batch()
    lead = (time,) if one else (batch, time) if first else (time, batch)
    case = Case(type(model).__name__, model, [d.normal(*lead, n)], refused=refused)
    packed = not one and batch > 0 and d.often(0.3)
    if packed:
        case.name += ", packed"
        lengths = torch.tensor([d.whole(1, time) for _ in range(batch)])
    wrap = (
        (lambda x: pack_padded_sequence(x, lengths, first, enforce_sorted=False))
        if packed
        else (lambda x: x)
    )
    if d.yes() and not refused:
        shape = (layers, m) if one else (layers, batch, m)
        case.inputs += [d.normal(*shape) for _ in range(1 + pair)]
        case.call = (
            (lambda f, x, h, c: f(wrap(x), (h, c))) if pair else (lambda f, x, h: f(wrap(x), h))
        )
    else:
        case.call = lambda f, x: f(wrap(x))
    return case


def attention(model: nn.Module) -> list[str]:
    return [name for name, part in model.named_modules() if isinstance(part, nn.MultiheadAttention)]


def transformer(d: Draw) -> Case:
    heads = d.one(1, 2, 2)
    width = heads * d.one(2, 4)
    more: dict[str, Any] = {
        "dropout": 0.0, "batch_first": d.often(0.7), "norm_first": d.often(0.3), "bias": d.often(0.8),
        "activation": d.one("relu", "gelu", torch.tanh, nn.ReLU()), "dim_feedforward": d.whole(1, 6),
    }  # fmt: skip
    kind = d.one(
        "encoder layer", "encoder layer", "encoder", "encoder", "decoder layer", "transformer"
    )
    source, target, batch = d.whole(2, 4), d.whole(1, 4), d.whole(1, 3)
    one = d.often(0.15)

    def shape(time: int) -> tuple[int, ...]:
        if one:
            return (time, width)
        return (batch, time, width) if more["batch_first"] else (time, batch, width)

    x, y = d.normal(*shape(source)), d.normal(*shape(target))
    if kind in ("decoder layer", "transformer"):
        model = nn.TransformerDecoderLayer(width, heads, **more)
        if kind == "transformer":
            model = nn.Transformer(width, heads, 1, d.whole(1, 2), **more)
        return Case(
            kind,
            model,
            [x, y],
            lambda f, a, b: f(b, a) if kind == "decoder layer" else f(a, b),
            attention(model),
        )
    model = nn.TransformerEncoderLayer(width, heads, **more)
    if kind == "encoder":
        model = nn.TransformerEncoder(model, d.whole(1, 2), enable_nested_tensor=d.yes())
    digital = attention(model) + (
        ["layers.0"] if kind == "encoder" and model.num_layers > 1 and d.yes() else []
    )
    case = Case(kind, model, [x], digital=digital)
    what = d.one("", "", "padding", "causal", "float")
    if what == "padding" and not one:
        lengths = torch.tensor([d.whole(1, source) for _ in range(batch)])
        mask = torch.arange(source) >= lengths[:, None]
        case.name += ", padding"
        case.call = lambda f, a: f(a, src_key_padding_mask=mask)
        case.seen = lambda out: (out if more["batch_first"] else out.transpose(0, 1))[~mask]
    elif what:
        square = nn.Transformer.generate_square_subsequent_mask(source)
        square = square < 0 if what == "causal" else square
        name = "mask" if kind == "encoder" else "src_mask"
        case.name += ", mask"
        case.call = lambda f, a: f(
            a, **{name: square if square.dtype == torch.bool else square.to(a.dtype)}
        )
    return case


def softmax(d: Draw) -> Case:
    n, classes = d.whole(1, 6), d.whole(4, 8)
    model = nn.AdaptiveLogSoftmaxWithLoss(n, classes, [1, 3], div_value=1.5, head_bias=d.yes())
    batch = d.whole(1, 6)
    labels = torch.tensor([d.whole(0, classes - 1) for _ in range(batch)])
    how = d.one(lambda f, x: f(x, labels).loss, lambda f, x: f.log_prob(x))
    if min(n // 1.5, n // 1.5**2) < 1:
        return linear(d)
    return Case("AdaptiveLogSoftmaxWithLoss", model, [d.normal(batch, n)], how)


class Twice(nn.Module):
    """One layer in two places, with a norm and an activation between."""

    def __init__(self, n: int, norm: bool) -> None:
        super().__init__()
        self.layer = nn.Linear(n, n)
        self.between = nn.Sequential(
            nn.LayerNorm(n) if norm else nn.Identity(), nn.Tanh(), self.layer
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.between(self.layer(x))


def stack(d: Draw) -> Case:
    n, size = d.whole(1, 4), d.whole(4, 7)
    kind = d.one("twice", "image", "words")
    if kind == "twice":
        return Case(kind, Twice(n + 1, d.yes()), [d.normal(d.whole(1, 4), n + 1)])
    if kind == "image":
        model = nn.Sequential(
            nn.Conv2d(n, 3, 3, padding=1), nn.BatchNorm2d(3), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
            nn.Linear(3 * (size // 2) ** 2, 4), nn.PReLU(),
        )  # fmt: skip
        return Case(
            kind, model, [d.normal(d.whole(2, 3), n, size, size, scale=1.0)]
        )  # the norm is to add no error
    model = nn.ModuleDict(
        {"words": nn.Embedding(6, n), "read": nn.LSTM(n, 3), "say": nn.Linear(3, 6)}
    )
    words = torch.tensor([[d.whole(0, 5) for _ in range(2)] for _ in range(4)])
    return Case(kind, model, [], lambda f: f["say"](f["read"](f["words"](words))[0]))


def refused(d: Draw) -> Case:
    layer = d.one(
        nn.GRU(2, 2), nn.GRUCell(2, 2), nn.Bilinear(2, 2, 2), nn.Conv3d(1, 1, 1), nn.ConvTranspose1d(1, 1, 2),
        nn.ConvTranspose2d(1, 1, 2), nn.ConvTranspose3d(1, 1, 2), nn.MultiheadAttention(2, 1), nn.Conv2d(2, 2, 1, groups=2),
        nn.Linear(2, 2).double(), nn.Linear(2, 2).half(), nn.TransformerEncoderLayer(2, 1, 2),
    )  # fmt: skip
    return Case(
        type(layer).__name__,
        nn.Sequential(layer),
        [torch.zeros(1)],
        refused="cannot be put on tiles",
    )


FAMILIES = [
    linear,
    convolution,
    convolution,
    cell,
    recurrent,
    recurrent,
    transformer,
    transformer,
    softmax,
    stack,
]
RARE = [refused]


def drawn(seed: int) -> tuple[Draw, Case]:
    d = Draw(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nested tensors that torch will not make, lazy modules
        return d, d.one(*(RARE if d.often(0.03) else FAMILIES))(d)


def flat(out: Any) -> list[Tensor]:
    if isinstance(out, PackedSequence):
        return [out.data]
    if isinstance(out, Tensor):
        return [out]
    return [part for each in out for part in flat(each)]


def loss(outs: list[Tensor]) -> Tensor:
    """Weigh every number that comes out differently."""
    total = torch.zeros((), dtype=outs[0].dtype)
    for out in outs:
        weights = torch.linspace(-1, 2, max(1, out.numel()), dtype=out.dtype)[: out.numel()].view(
            out.shape
        )
        total = total + (out * weights).sum()
    return total


def twin(analog: nn.Module, name: str) -> nn.Parameter:
    """Return the parameter of the analogue model that stands for one of torch's."""
    head, _, own = name.rpartition(".")
    layer = analog.get_submodule(head)
    if "_ih" in own or "_hh" in own:
        kind, _, rest = own.partition("_")
        side, _, number = rest.partition("_l")
        layer = getattr(layer.cells[int(number)] if number else layer, side)
        return getattr(layer, kind)
    return getattr(layer, own)


def distance(here: Tensor, float32: Tensor, exact: Tensor, scale: float, allowed: float) -> float:
    """Return the largest error over the allowed share of a scale, or over ten times that of torch in float32."""
    assert here.shape == exact.shape
    if exact.numel() == 0:
        return 0.0
    ours, theirs = (
        (x.detach().double() - exact.detach()).abs().max().item() for x in (here, float32)
    )
    top = max(scale, exact.detach().abs().max().item(), 1e-6)
    return ours / max(allowed * top, 10 * theirs)


def largest(gradients: Any) -> float:
    """Return the largest number of gradients, of which there may be none."""
    return max(
        (g.abs().max().item() for g in gradients if g is not None and g.numel()), default=0.0
    )


def outcome(case: Case, model: nn.Module, dtype: torch.dtype, mode: str, wanting: bool) -> Any:
    """Return outputs and inputs of a run, or the error."""
    inputs = [
        x.to(dtype).requires_grad_(wanting and mode == "grad") for x in copy.deepcopy(case.inputs)
    ]
    context = {
        "grad": torch.enable_grad,
        "no_grad": torch.no_grad,
        "inference": torch.inference_mode,
    }[mode]
    try:
        with context(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [case.seen(out) for out in flat(case.call(model, *inputs))], inputs
    except (RuntimeError, ValueError) as error:  # a TrainingError is a ValueError
        return error


@dataclass
class Run:
    """A model, in one precision, and what came of it."""

    model: nn.Module
    dtype: torch.dtype
    out: Any = None


def check(seed: int) -> float:
    """Draw a case, hold it against torch and return the largest error over what is allowed."""
    d, case = drawn(seed)
    model = " ".join(str(case.model).split())
    label = f"seed {seed}: {case.name}: {model}, inputs of {[tuple(x.shape) for x in case.inputs]}"
    case.model.train(d.yes())
    for parameter in case.model.parameters():
        parameter.requires_grad_(d.often(0.85))
    mode, wanting = d.one("grad", "grad", "no_grad", "inference"), d.yes()
    label += f", {mode}, {'train' if case.model.training else 'eval'}"
    if case.refused:
        with pytest.raises(TrainingError, match=case.refused):
            to_analog(case.model, algorithm="floating", seed=seed)
        return 0.0
    analog = to_analog(case.model, algorithm="floating", seed=seed, digital=case.digital)
    ours = Run(analog, torch.float32)
    float32 = Run(copy.deepcopy(case.model), torch.float32)
    exact = Run(copy.deepcopy(case.model).double(), torch.float64)
    for run in (ours, float32, exact):
        run.out = outcome(case, run.model, run.dtype, mode, wanting)
    if isinstance(exact.out, Exception):
        assert isinstance(ours.out, TrainingError), (
            f"{label}: torch says {exact.out}; here {ours.out!r}"
        )
        return 0.0
    assert not isinstance(ours.out, Exception), f"{label}: {ours.out!r}"
    worst = 0.0
    for parts in zip(ours.out[0], float32.out[0], exact.out[0], strict=True):
        worst = max(worst, distance(*parts, 0.0, VALUES))
    assert worst <= 1, f"{label}: values off by {worst} times what is allowed"
    check_reads(case, seed, label)
    if case.inputs and d.often(0.1):
        wrong = outcome(case, analog, torch.float64, mode, wanting)
        assert isinstance(wrong, Exception), f"{label}: double inputs give {wrong!r}"
    if mode != "grad" or not any(out.requires_grad for out in exact.out[0]):
        return worst
    runs = (ours, float32, exact)
    return max(worst, check_gradients(runs, label), check_step(case, runs, label))


def noted(layer: AnalogLayer, read: list[nn.Module]) -> Callable[..., Any]:
    """Return the read of a layer's tile, which says that it was called."""
    own = layer.tile.read

    def noting(*arguments: Any) -> Any:
        read.append(layer)
        return own(*arguments)

    return noting


def check_reads(case: Case, seed: int, label: str) -> None:
    """Raise unless every tile is read, without gradients, in evaluation: where torch has its fast paths."""
    if seed % 4 or not case.inputs or case.inputs[0].numel() == 0:
        return
    noise = Periphery(output_noise=0.5)
    noisy = to_analog(
        case.model, algorithm="floating", periphery=noise, seed=seed, digital=case.digital
    )
    noisy.eval()
    layers = [part for part in noisy.modules() if isinstance(part, AnalogLayer)]
    read: list[nn.Module] = []
    for layer in layers:
        layer.tile.read = noted(layer, read)
    outcome(case, noisy, torch.float32, "no_grad", False)
    unread = [layer for layer in layers if layer not in read]
    if "Softmax" in case.name:  # clusters without a label are skipped
        unread = unread[len(layers) - 1 :]
    assert not unread, f"{label}: not read: {unread}"


def parameters(runs: tuple[Run, ...]) -> list[tuple[str, list[nn.Parameter]]]:
    """Return name by name our parameter, and torch's in both precisions."""
    ours, float32, exact = (run.model for run in runs)
    names = [name for name, _ in exact.named_parameters()]
    return [(n, [twin(ours, n), float32.get_parameter(n), exact.get_parameter(n)]) for n in names]


def check_gradients(runs: tuple[Run, ...], label: str) -> float:
    """Go back from the outputs, and return the largest error of a gradient over what is allowed."""
    for run in runs:
        loss(run.out[0]).backward()
    triples = parameters(runs)
    scale = largest(parts[-1].grad for _, parts in triples)
    triples += [
        (f"input {k}", list(parts))
        for k, parts in enumerate(zip(*(run.out[1] for run in runs), strict=True))
    ]
    worst = 0.0
    for name, parts in triples:
        assert len({part.requires_grad for part in parts}) == 1, f"{label}: {name}"
        here, _, exact = (part.grad for part in parts)
        if exact is None:
            assert here is None or not here.any(), f"{label}: {name} has a gradient"
            continue
        assert here is not None, f"{label}: {name} has no gradient"
        worst = max(worst, distance(*(part.grad for part in parts), scale, GRADIENTS))
        assert worst <= 1, f"{label}: gradient of {name} off by {worst} times what is allowed"
    return worst


def check_step(case: Case, runs: tuple[Run, ...], label: str) -> float:
    """Step once by plain descent, and return the largest error of a parameter over what is allowed."""
    for run, kind in zip(runs, (AnalogSGD, torch.optim.SGD, torch.optim.SGD), strict=True):
        optimizer = kind(run.model.parameters(), lr=LR)
        optimizer.zero_grad()
        out = outcome(case, run.model, run.dtype, "grad", False)
        assert not isinstance(out, Exception), f"{label}: {out!r}"
        if not any(part.requires_grad for part in out[0]):
            return 0.0
        loss(out[0]).backward()
        optimizer.step()
    triples = parameters(runs)
    scale = LR * largest(parts[-1].grad for _, parts in triples)
    worst = 0.0
    for name, parts in triples:
        worst = max(worst, distance(*parts, scale, GRADIENTS))
        assert worst <= 1, f"{label}: {name} off by {worst} times what is allowed after a step"
    return worst


@pytest.mark.parametrize("seed", range(400))
def test_modules_on_tiles_are_torchs(seed: int) -> None:
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(400, 8400, 400))
def test_thousands_of_modules_on_tiles_are_torchs(first: int) -> None:
    failures = []
    worst = 0.0
    for seed in range(first, first + 400):
        try:
            worst = max(worst, check(seed))
        except (AssertionError, TrainingError) as error:
            failures.append(f"seed {seed}: {str(error)[:500]}")
    print(f"seeds {first} to {first + 399}: largest error {worst:.2g} of what is allowed")
    assert not failures, f"{len(failures)}: " + "\n".join(failures[:20])
