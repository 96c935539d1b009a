# ruff: noqa: E402
"""Random scripts of what people do with torch, on ``nn.Linear`` under ``torch.optim.SGD`` and on floating tiles beside it.

After every word of a script both models have the same weights, gradients and outputs within float32's error, or both raise. A
script is text, ``word:seed`` after ``word:seed``, so that one that failed can be shortened and kept.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import Tensor, nn

from acanthite.torch import AnalogSGD, to_analog

RATE = 0.02


class Net(nn.Module):
    """Three layers, of which the middle one may be used twice and one may have no bias."""

    def __init__(self, draw: np.random.Generator) -> None:
        super().__init__()
        n_in, n = (int(v) for v in draw.integers(1, 7, 2))
        self.enter = nn.Linear(n_in, n, bias=bool(draw.integers(2)))
        self.shared = nn.Linear(n, n)
        self.drop = nn.Dropout(0.3)
        self.leave = nn.Linear(n, int(draw.integers(1, 4)), bias=bool(draw.integers(2)))
        self.turns = int(draw.integers(1, 4))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.enter(x))
        for _ in range(self.turns):
            x = self.drop(torch.relu(self.shared(x)))
        return self.leave(x)


@dataclass
class Side:
    """One of the two: a model, its optimizers, and what waits for a backward pass."""

    model: Any
    kind: Any
    seen: list[Any] = field(default_factory=list)
    losses: list[Tensor] = field(default_factory=list)
    inputs: list[Tensor] = field(default_factory=list)
    buffers: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.optimizer = self.kind(self.model.parameters(), RATE)
        self.schedule: Any = None

    @property
    def parameters(self) -> list[Any]:
        return [parameter for _, parameter in sorted(self.model.named_parameters())]

    @property
    def weights(self) -> list[Any]:
        return [layer.weight for layer in (self.model.enter, self.model.shared, self.model.leave)]


def data(side: Side, draw: np.random.Generator) -> Tensor:
    """Return inputs of any shape a linear layer takes, in memory that the script may change."""
    n_in = side.model.enter.in_features
    shapes = [(4, n_in), (1, n_in), (n_in,), (2, 3, n_in), (0, n_in), (2, 0, n_in), (2, 1, 2, n_in)]
    shape = shapes[draw.choice(len(shapes), p=[0.4, 0.1, 0.1, 0.2, 0.06, 0.04, 0.1])]
    values = draw.normal(size=shape) * (draw.random(shape) < draw.choice([0.2, 1.0]))
    buffer = values.astype(np.float32)
    side.buffers.append(buffer)
    x = torch.from_numpy(buffer)
    if draw.random() < 0.2 and x.dim() == 2:
        x = torch.from_numpy(np.asfortranarray(buffer))
    return x


def output(side: Side, draw: np.random.Generator, x: Tensor) -> Tensor:
    torch.manual_seed(int(draw.integers(99)))
    return side.model(x)


def loss_of(y: Tensor, draw: np.random.Generator) -> Tensor:
    which = draw.integers(4)
    if which == 0:
        return y.square().sum()
    if which == 1:
        return y.mean() if y.numel() else y.sum()
    if which == 2:
        return (y * torch.linspace(-1, 1, y.numel()).view(y.shape)).sum()
    return (y - 1).abs().sum() * 0.5


def forward(side: Side, draw: np.random.Generator) -> None:
    x = data(side, draw)
    if draw.random() < 0.4:
        x = x.clone().requires_grad_()
    side.inputs.append(x)
    y = output(side, draw, x)
    side.seen.append(y)
    side.losses.append(loss_of(y, draw))


def _one(things: list[Any], draw: np.random.Generator) -> Any:
    return things[int(draw.integers(len(things)))] if things else None


def _pop(side: Side, draw: np.random.Generator) -> Tensor | None:
    return side.losses.pop(int(draw.integers(len(side.losses)))) if side.losses else None


def backward(side: Side, draw: np.random.Generator) -> None:
    loss = _pop(side, draw)
    if loss is not None and loss.requires_grad:
        loss.backward()


def backward_kept(side: Side, draw: np.random.Generator) -> None:
    loss = _one(side.losses, draw)
    if loss is not None and loss.requires_grad:
        loss.backward(retain_graph=True)


def backward_of_all(side: Side, draw: np.random.Generator) -> None:
    losses = [loss for loss in side.losses if loss.requires_grad]
    side.losses.clear()
    if losses:
        torch.stack(losses).sum().backward()


def backward_of_buffer(side: Side, draw: np.random.Generator) -> None:
    y = output(side, draw, data(side, draw))
    errors = torch.from_numpy(draw.normal(size=tuple(y.shape)).astype(np.float32))
    if y.requires_grad:
        y.backward(errors)
    errors.fill_(float("nan"))


def train(side: Side, draw: np.random.Generator) -> None:
    side.optimizer.zero_grad()
    loss = loss_of(output(side, draw, data(side, draw)), draw)
    if loss.requires_grad:
        loss.backward()
    side.optimizer.step()


def train_by_closure(side: Side, draw: np.random.Generator) -> None:
    x, at = data(side, draw), int(draw.integers(99))

    def closure() -> float:
        side.optimizer.zero_grad()
        loss = loss_of(output(side, np.random.default_rng(at), x), np.random.default_rng(at))
        if loss.requires_grad:
            loss.backward()
        return loss.item()

    side.seen.append(torch.tensor(side.optimizer.step(closure)))


def attack(side: Side, draw: np.random.Generator) -> None:
    x = data(side, draw).clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss_of(output(side, draw, x), draw), x)
    side.seen.append(slope)
    side.losses.append(loss_of(output(side, draw, (x + 0.1 * slope.sign()).detach()), draw))


def slopes_of_weights(side: Side, draw: np.random.Generator) -> None:
    own = [p for p in side.parameters if p.requires_grad]
    loss = loss_of(output(side, draw, data(side, draw)), draw)
    if own:
        slopes = torch.autograd.grad(loss, own)
        side.seen += [2 * slope for slope in slopes]


def backward_into_inputs(side: Side, draw: np.random.Generator) -> None:
    x = data(side, draw).clone().requires_grad_()
    loss_of(output(side, draw, x), draw).backward(inputs=[x])
    side.seen.append(x.grad)


def backward_into_one(side: Side, draw: np.random.Generator) -> None:
    parameter = _one([p for p in side.parameters if p.requires_grad], draw)
    loss = loss_of(output(side, draw, data(side, draw)), draw)
    if parameter is not None:
        loss.backward(inputs=[parameter])


def zero_grad(side: Side, draw: np.random.Generator) -> None:
    which = side.optimizer if draw.integers(2) else side.model
    which.zero_grad(set_to_none=bool(draw.integers(2)))


def step(side: Side, draw: np.random.Generator) -> None:
    side.optimizer.step()


def change_inputs(side: Side, draw: np.random.Generator) -> None:
    x = _one(side.inputs, draw)
    if x is not None:
        x.data.mul_(-1.5)  # unseen by autograd
    if x is not None and not x.requires_grad and draw.integers(2):
        x.zero_()


def change_buffers(side: Side, draw: np.random.Generator) -> None:
    for buffer in side.buffers:
        buffer[...] = draw.normal()


def read(side: Side, draw: np.random.Generator) -> None:
    with torch.no_grad() if draw.integers(2) else torch.inference_mode():
        side.seen.append(output(side, draw, data(side, draw)).clone())


def evaluate(side: Side, draw: np.random.Generator) -> None:
    side.model.eval()


def learn(side: Side, draw: np.random.Generator) -> None:
    side.model.train()


def reload(side: Side, draw: np.random.Generator) -> None:
    file = io.BytesIO()
    torch.save([side.model.state_dict(), side.optimizer.state_dict()], file)
    if draw.integers(2):
        train(side, draw)
    file.seek(0)
    model, optimizer = torch.load(file, weights_only=True)
    side.model.load_state_dict(model, assign=False)
    side.optimizer.load_state_dict(optimizer)
    side.schedule = None
    side.losses.clear()


def load_digital(side: Side, draw: np.random.Generator) -> None:
    weights = {
        name: torch.from_numpy(0.5 * draw.normal(size=tuple(value.shape)).astype(np.float32))
        for name, value in sorted(side.model.state_dict().items())
        if isinstance(value, Tensor)
    }
    side.model.load_state_dict(weights, strict=False)


def duplicate(side: Side, draw: np.random.Generator) -> None:
    side.model, side.optimizer = copy.deepcopy((side.model, side.optimizer))
    side.schedule = None
    side.losses.clear()


def renew_optimizer(side: Side, draw: np.random.Generator) -> None:
    side.optimizer = side.kind(side.model.parameters(), RATE)
    side.schedule = None


def step_of_another(side: Side, draw: np.random.Generator) -> None:
    side.kind([_one(side.parameters, draw)], RATE / 2).step()


def clip(side: Side, draw: np.random.Generator) -> None:
    norm = nn.utils.clip_grad_norm_(
        side.model.parameters(), float(draw.choice([0.1, 1.0, 10.0])), draw.choice([1.0, 2.0])
    )
    side.seen.append(torch.as_tensor(norm))


def scale(side: Side, draw: np.random.Generator) -> None:
    factor = float(draw.choice([0.5, -1.0, 3.0]))
    for parameter in side.parameters:
        if parameter.grad is not None:
            parameter.grad.mul_(factor) if draw.integers(2) else parameter.grad.div_(factor)


def handle_gradient(side: Side, draw: np.random.Generator) -> None:
    parameter, which = _one(side.parameters, draw), draw.integers(5)
    if parameter.grad is None:
        return
    if which == 0:
        parameter.grad = parameter.grad.clone()
    elif which == 1:
        parameter.grad = None
    elif which == 2:
        parameter.grad.zero_()
    elif which == 3:
        parameter.grad = parameter.grad + 0.5 * parameter.grad
    else:
        parameter.grad.data.neg_() if type(parameter.grad) is Tensor else parameter.grad.mul_(-1)


def hook(side: Side, draw: np.random.Generator) -> None:
    parameter = _one([p for p in side.parameters if p.requires_grad], draw)
    factor = float(draw.choice([0.5, -1.0]))
    if parameter is None:
        return
    handle = parameter.register_hook(lambda slope: slope * factor)
    train(side, draw)
    handle.remove()


def freeze(side: Side, draw: np.random.Generator) -> None:
    _one(side.parameters, draw).requires_grad_(bool(draw.integers(3)))


def write(side: Side, draw: np.random.Generator) -> None:
    weight, which = _one(side.weights, draw), draw.integers(4)
    with torch.no_grad():
        if which == 0:
            weight.mul_(0.9)
        elif which == 1:
            weight.copy_(
                torch.from_numpy(0.5 * draw.normal(size=tuple(weight.shape)).astype(np.float32))
            )
        elif which == 2:
            nn.init.constant_(weight, 0.25)
        else:
            weight[0] = 0.125


def write_data(side: Side, draw: np.random.Generator) -> None:
    weight = _one(side.weights, draw)
    weight.data.clamp_(-0.3, 0.3)
    weight.data += 0.01
    side.losses.clear()  # torch would go back through the new values; tiles see the write, and refuse as for any other


def change_rate(side: Side, draw: np.random.Generator) -> None:
    for group in side.optimizer.param_groups:
        group["lr"] = float(draw.choice([0.0, 0.5 * RATE, RATE]))


def schedule(side: Side, draw: np.random.Generator) -> None:
    if side.schedule is None:
        side.optimizer.step()
        kinds: list[Callable[[Any], Any]] = [
            lambda o: torch.optim.lr_scheduler.StepLR(o, 1, 0.5),
            lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 3),
            lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.1, 1.0, 3),
        ]
        side.schedule = kinds[int(draw.integers(3))](side.optimizer)
    side.optimizer.step()
    side.schedule.step()


def checkpoint(side: Side, draw: np.random.Generator) -> None:
    from torch.utils.checkpoint import checkpoint as again

    x = data(side, draw).clone().requires_grad_()
    torch.manual_seed(1)
    loss = loss_of(again(side.model, x, use_reentrant=bool(draw.integers(2))), draw)
    loss.backward()


def save_on_cpu(side: Side, draw: np.random.Generator) -> None:
    with torch.autograd.graph.save_on_cpu():
        loss = loss_of(output(side, draw, data(side, draw)), draw)
    side.optimizer.step()
    if loss.requires_grad:
        loss.backward()


def functional(side: Side, draw: np.random.Generator) -> None:
    own = dict(side.model.named_parameters())
    torch.manual_seed(1)
    loss = loss_of(torch.func.functional_call(side.model, own, (data(side, draw),)), draw)
    if loss.requires_grad:
        loss.backward()


def scaler(side: Side, draw: np.random.Generator) -> None:
    own = torch.amp.GradScaler("cpu", init_scale=64.0)
    side.optimizer.zero_grad()
    factor = float(draw.choice([1.0, float("inf")]))
    loss = factor * loss_of(output(side, draw, data(side, draw)), draw)
    if loss.requires_grad:
        own.scale(loss).backward()
        if any(p.grad is not None for g in side.optimizer.param_groups for p in g["params"]):
            own.step(side.optimizer)
            own.update()
    side.optimizer.zero_grad()


WORDS: dict[str, Callable[[Side, np.random.Generator], None]] = {
    word.__name__: word
    for word in (
        forward, backward, backward_kept, backward_of_all, backward_of_buffer, train, train_by_closure, attack, slopes_of_weights,
        backward_into_inputs, backward_into_one, zero_grad, step, change_inputs, change_buffers, read, evaluate, learn, reload,
        load_digital, duplicate, renew_optimizer, step_of_another, clip, scale, handle_gradient, hook, freeze, write, write_data,
        change_rate, schedule, checkpoint, save_on_cpu, functional, scaler,
    )
}  # fmt: skip

OFTEN = ["forward", "backward", "step", "zero_grad"]


def random_script(seed: int) -> str:
    """Return a net and five to thirty words."""
    draw = np.random.default_rng(seed)
    words = [f"net:{draw.integers(10**6)}"]
    for _ in range(int(draw.integers(5, 30))):
        word = str(draw.choice(OFTEN)) if draw.random() < 0.4 else str(draw.choice(list(WORDS)))
        words.append(f"{word}:{draw.integers(10**6)}")
    return " ".join(words)


def run(script: str) -> float:
    """Go through a script on both sides; return the largest difference.

    Raises
    ------
    AssertionError
        With the word at which the two part.
    """
    words = [word.split(":") for word in script.split()]
    digital = Net(np.random.default_rng(int(words[0][1])))
    with torch.no_grad():
        for parameter in digital.parameters():
            values = np.random.default_rng(parameter.numel()).normal(size=tuple(parameter.shape))
            parameter.copy_(torch.from_numpy(0.5 * values))
    sides = (
        Side(digital, torch.optim.SGD),
        Side(to_analog(digital, algorithm="floating", seed=1), AnalogSGD),
    )
    worst = 0.0
    for word, seed in words[1:]:
        errors = [_raised(WORDS[word], side, int(seed)) for side in sides]
        assert (errors[0] is None) == (errors[1] is None), (
            f"at {word}:{seed} torch: {errors[0]!r}, tiles: {errors[1]!r}"
        )
        if errors[0] is not None:
            return worst  # a refused operation may stop half way, in another order
        worst = max(worst, _difference(*sides, f"{word}:{seed}"))
    return worst


def _raised(word: Any, side: Side, seed: int) -> Exception | None:
    try:
        word(side, np.random.default_rng(seed))
    except RuntimeError as error:
        return error
    return None


def _difference(theirs: Side, own: Side, where: str) -> float:
    worst = 0.0
    pairs = list(zip(theirs.seen, own.seen, strict=True))
    for a, b in zip(theirs.parameters, own.parameters, strict=True):
        assert (a.grad is None) == (b.grad is None), (
            f"at {where}: a gradient of torch is {a.grad}, of tiles {b.grad}"
        )
        pairs.append((a, b))
        if a.grad is not None:
            pairs.append((a.grad, b.grad))
    for a, b in pairs:
        a, b = a.detach().clone().double(), b.detach().clone().double()
        assert a.shape == b.shape, f"at {where}: shapes {a.shape} and {b.shape}"
        assert torch.equal(torch.isfinite(a), torch.isfinite(b)), f"at {where}: {a} and {b}"
        a, b = a[torch.isfinite(a)], b[torch.isfinite(b)]
        if a.numel():
            error = ((a - b).abs().max() / (1 + a.abs().max())).item()
            assert error < 2e-4, f"at {where}: {a} and {b}"
            worst = max(worst, error)
    for side in (theirs, own):
        side.seen.clear()
    return worst


def shortened(script: str) -> str:
    """Leave out words as long as a script still fails."""
    words, k = script.split(), 1
    while k < len(words):
        fewer = words[:k] + words[k + 1 :]
        if _fails(" ".join(fewer)) is None:
            k += 1
        else:
            words = fewer
    return " ".join(words)


def _fails(script: str) -> str | None:
    try:
        run(script)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def check(seeds: range) -> float:
    """Run many scripts; return the largest difference."""
    worst = 0.0
    for seed in seeds:
        script = random_script(seed)
        try:
            worst = max(worst, run(script))
        except Exception:
            short = shortened(script)
            pytest.fail(f"seed {seed}: {short!r}: {_fails(short)}")
    return worst


pytestmark = pytest.mark.filterwarnings("ignore:Detected call of .lr_scheduler.step:UserWarning")


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.long
@pytest.mark.parametrize("part", range(3))
def test_random_scripts_end_as_they_do_in_torch(part: int) -> None:
    assert check(range(80 * part, 80 * (part + 1))) < 2e-4


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_thousands_of_random_scripts_end_as_they_do_in_torch(part: int) -> None:
    worst = check(range(1000 * (part + 1), 1000 * (part + 2)))
    print(f"largest difference {worst:.1e} of 1 + the largest number")
    assert worst < 2e-4


def test_the_generator_sees_a_tile_that_keeps_what_was_zeroed(monkeypatch) -> None:
    """A fault that is put in is found."""
    from acanthite.torch import gradient

    monkeypatch.setitem(gradient._RULES, torch.ops.aten.zero_.default, lambda own: own)
    assert any(_fails(random_script(seed)) is not None for seed in range(40))


FOUND = [
    "net:310265 attack:369350 train_by_closure:517826 backward:215825",
    "net:696600 forward:97793 backward:331487 forward:528900 zero_grad:639375 step:99330 backward:210821",
    "net:196256 change_rate:26965 forward:25324 functional:13872 step:69365 backward:7389",
]
"""Scripts that failed once, shortened."""


@pytest.mark.parametrize("script", FOUND)
def test_scripts_that_failed_once(script: str) -> None:
    run(script)
