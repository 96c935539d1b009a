# ruff: noqa: E402
"""Compiled steps do what the ordinary loop does: to rounding where nothing is drawn, in the mean where pulses are."""

import copy
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import Tensor, nn

from acanthite.errors import TrainingError
from acanthite.nn import SGD, Periphery
from acanthite.nn.algorithms.catalogue import ALGORITHMS
from acanthite.synapse import SoftBounds
from acanthite.torch import (
    AnalogAdam,
    AnalogLinear,
    AnalogSGD,
    StepsResult,
    to_analog,
    train_steps,
)


def ordinary_steps(
    model: nn.Module, loss: nn.Module, optimizer: Any, x: Tensor, y: Tensor, batch: int
) -> tuple[list[float], Tensor]:
    """Train as anybody does in torch; return the losses and the outputs before each step."""
    losses, outputs = [], []
    for rows, wanted in zip(x.split(batch), y.split(batch), strict=True):
        optimizer.zero_grad()
        out = model(rows)
        value = loss(out, wanted)
        value.backward()
        optimizer.step()
        losses.append(value.item())
        outputs.append(out.detach())
    return losses, torch.cat(outputs)


def model_of(*ends: nn.Module, activation: type[nn.Module] = nn.Tanh, **tile: Any) -> Any:
    """Return a model of two tiles, without devices unless asked for."""
    layers = nn.Linear(5, 7), activation(), nn.ConstantPad1d((0, 1), 1.0), nn.Linear(8, 3)
    return to_analog(nn.Sequential(*layers, *ends), seed=3, **{"algorithm": "floating", **tile})


def samples(n: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return inputs, half of them zero, and classes."""
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 5, generator=draw)
    return x * (x > -0.3), torch.randint(3, (n,), generator=draw)


def assert_same(own: nn.Module, other: nn.Module, atol: float = 2e-6) -> None:
    for a, b in zip(own.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(a.detach(), b.detach(), rtol=2e-5, atol=atol)


@settings(max_examples=25)
@given(
    n=st.integers(0, 12),
    batch=st.integers(1, 5),
    activation=st.sampled_from([nn.Tanh, nn.Sigmoid, nn.ReLU, nn.Identity]),
    kind=st.sampled_from([nn.CrossEntropyLoss, nn.NLLLoss, nn.MSELoss]),
    reduction=st.sampled_from(["sum", "mean"]),
    seed=st.integers(0, 99),
)
def test_without_devices_weights_biases_losses_and_outputs_are_those_of_the_loop(
    n: int, batch: int, activation: type[nn.Module], kind: Any, reduction: str, seed: int
) -> None:
    ends = [nn.LogSoftmax(1)] if kind is nn.NLLLoss else []
    own = model_of(*ends, activation=activation)
    other = copy.deepcopy(own)
    x, classes = samples(n, seed)
    y = nn.functional.one_hot(classes, 3).float() if kind is nn.MSELoss else classes
    loss = kind(reduction=reduction)
    optimizers = [AnalogSGD(m.parameters(), lr=0.05, tile_lr=0.1) for m in (own, other)]
    for optimizer in optimizers:
        optimizer.param_groups[0]["lr"] *= 0.5  # as a scheduler does
    result = train_steps(own, loss, optimizers[0], x, y, batch)
    assert len(result.losses) == -(-n // batch)
    if n:
        losses, outputs = ordinary_steps(other, loss, optimizers[1], x, y, batch)
        torch.testing.assert_close(result.losses, torch.tensor(losses), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(result.outputs, outputs, rtol=1e-4, atol=1e-5)
    assert_same(own, other)


@pytest.mark.long
def test_mean_field_pulses_move_cells_as_the_loop_does(device: SoftBounds) -> None:
    own = model_of(synapse=device, algorithm=SGD(pulses="mean-field"))
    other = copy.deepcopy(own)
    x, y = samples(40)
    loss = nn.CrossEntropyLoss(reduction="sum")
    first, second = (AnalogSGD(m.parameters(), lr=0.01, tile_lr=0.02) for m in (own, other))
    before = own[0].weight.detach().clone()
    train_steps(own, loss, first, x, y, 4)
    ordinary_steps(other, loss, second, x, y, 4)
    assert_same(own, other, atol=1e-5)
    assert (own[0].weight.detach() - before).abs().max() > 0.01


@pytest.mark.long
def test_stochastic_pulses_have_the_mean_and_the_number_of_the_loop(device: SoftBounds) -> None:
    fine = replace(device, up=0.005, down=0.005)
    layer = AnalogLinear(40, 30, bias=False, synapse=fine, algorithm="sgd", seed=1)
    layer.program(torch.zeros(30, 40))
    start = copy.deepcopy(layer.state_dict())
    draw = torch.Generator().manual_seed(1)
    x = torch.rand(1, 40, generator=draw).repeat(60, 1)
    y = torch.randn(1, 30, generator=draw).repeat(60, 1)
    loss = nn.MSELoss(reduction="sum")
    moved, pulses = [], []
    for step in (train_steps, ordinary_steps):
        layer.load_state_dict(start)
        before = layer.pulses
        step(layer, loss, AnalogSGD(layer.parameters(), lr=0.002), x, y, 60)
        moved.append(layer.weight.detach().clone().flatten().double())
        pulses.append(layer.pulses - before)
    own, other = moved
    assert pulses[0] == pytest.approx(pulses[1], rel=0.05)
    assert 0.9 < (own @ other) / (other @ other) < 1.1
    assert torch.corrcoef(torch.stack([own, other]))[0, 1] > 0.9


@pytest.mark.long
def test_a_batch_of_sgd_takes_the_pulses_of_the_loop(device: SoftBounds) -> None:
    own = AnalogLinear(40, 30, bias=False, synapse=device, algorithm="sgd", seed=1)
    other = copy.deepcopy(own)
    draw = torch.Generator().manual_seed(1)
    x, y = torch.randn(64, 40, generator=draw), torch.randn(64, 30, generator=draw)
    loss = nn.MSELoss(reduction="sum")
    before = own.weight.detach().clone()
    for step, layer in ((train_steps, own), (ordinary_steps, other)):
        step(layer, loss, AnalogSGD(layer.parameters(), lr=0.002), x, y, 64)
    # of the same random numbers, but an error that is rounded otherwise may let a line fire or not
    same = torch.isclose(own.weight.detach(), other.weight.detach(), rtol=0.0, atol=1e-5)
    assert same.float().mean() > 0.99
    assert (own.weight.detach() != before).float().mean() > 0.5
    assert own.pulses == pytest.approx(other.pulses, rel=1e-3)


@pytest.mark.long
@pytest.mark.parametrize("pulses", ["implicit", "mean-field"])
def test_a_batch_of_sgd_without_trains_goes_row_by_row(device: SoftBounds, pulses: str) -> None:
    own = model_of(synapse=device, algorithm=SGD(pulses=pulses))
    other = copy.deepcopy(own)
    x, y = torch.ones(320, 5), 5.0 * torch.ones(320, 3)
    loss = nn.MSELoss(reduction="sum")
    for step, model in ((train_steps, own), (ordinary_steps, other)):
        step(model, loss, AnalogSGD(model.parameters(), lr=0.01), x, y, 320)
    for k in (0, 3):
        assert own[k].pulses == pytest.approx(other[k].pulses, rel=0.05)
        assert own[k].pulses > 0


@pytest.mark.long
@pytest.mark.parametrize("algorithm", ["sgd", "ttv2"])
def test_compiled_and_ordinary_steps_follow_each_other_and_states_go_on_to_the_same_bits(
    device: SoftBounds, algorithm: str
) -> None:
    made: dict[str, Any] = {"synapse": device, "algorithm": algorithm}
    own = AnalogLinear(5, 3, **made, seed=3)  # one tile: models of several are compiled apart
    x, y = samples(30)
    loss = nn.CrossEntropyLoss(reduction="sum")
    rates: dict[str, Any] = {"lr": 0.01, "tile_lr": 0.05}
    optimizer = AnalogSGD(own.parameters(), **rates)
    ordinary_steps(own, loss, optimizer, x, y, 5)
    train_steps(own, loss, optimizer, x, y)
    saved = io.BytesIO()
    torch.save(own.state_dict(), saved)
    other = AnalogLinear(5, 3, **made, seed=4)
    saved.seek(0)
    other.load_state_dict(torch.load(saved, weights_only=False))
    for model in (own, other):
        again = AnalogSGD(model.parameters(), **rates)
        train_steps(model, loss, again, x, y, 7)
        train_steps(model, loss, again, x, y, 20)
        ordinary_steps(model, loss, again, x, y, 1)
    for a, b in zip(own.parameters(), other.parameters(), strict=True):
        assert torch.equal(a.detach(), b.detach())
    assert own.pulses == other.pulses > 0


def test_reads_go_through_the_periphery(device: SoftBounds) -> None:
    periphery = Periphery(input_bits=5, output_bits=6, output_bound=4.0, output_noise=0.05)
    own = model_of(periphery=periphery)
    other = copy.deepcopy(own)
    x, y = samples(20)
    loss = nn.CrossEntropyLoss(reduction="sum")
    first, second = (AnalogSGD(m.parameters(), lr=0.01) for m in (own, other))
    train_steps(own, loss, first, x, y)
    ordinary_steps(other, loss, second, x, y, 1)
    # of the same noise, but a rounding may fall on the other side of a code's edge
    close = [
        torch.isclose(a.detach(), b.detach(), rtol=1e-3, atol=1e-4).float().mean()
        for a, b in zip(own.parameters(), other.parameters(), strict=True)
    ]
    assert min(close) > 0.5


@pytest.mark.long
def test_what_does_not_learn_stays() -> None:
    model = model_of()
    model[0].weight.requires_grad_(False)
    start = copy.deepcopy(model)
    optimizer = AnalogSGD([model[0].weight, model[3].weight], lr=0.1)
    train_steps(model, nn.CrossEntropyLoss(), optimizer, *samples(4), 2)
    for k, name in ((0, "weight"), (0, "bias"), (3, "bias")):
        assert torch.equal(getattr(model[k], name).detach(), getattr(start[k], name).detach())
    assert not torch.equal(model[3].weight.detach(), start[3].weight.detach())


def test_a_step_that_is_not_finite_trains_nothing() -> None:
    own = model_of()
    other = copy.deepcopy(own)
    x, y = samples(8)
    x[5, 2] = float("nan")
    loss = nn.CrossEntropyLoss(reduction="sum")
    first, second = (AnalogSGD(m.parameters(), lr=0.1) for m in (own, other))
    with pytest.raises(TrainingError, match="step 2 is not finite"):
        train_steps(own, loss, first, x, y, 2)
    ordinary_steps(other, loss, second, x[:4], y[:4], 2)
    assert_same(own, other)


def test_a_scheduler_and_autograd_know_of_compiled_steps() -> None:
    model = model_of()
    optimizer = AnalogSGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    x, y = samples(4)
    waiting = model(x).sum()
    train_steps(model, nn.CrossEntropyLoss(), optimizer, x, y)
    scheduler.step()  # warns, which is an error here, if no step went before
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        waiting.backward()


def _hooked(model: Any) -> Any:
    model[1].register_forward_hook(lambda *_: None)
    return model


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: nn.Sequential(nn.Linear(5, 3)), r"0 \(Linear\) is not one of AnalogLinear"),
        (lambda: model_of(nn.Dropout()), r"4 \(Dropout\) is not one of"),
        (lambda: model_of(nn.Tanh(), nn.ReLU()), r"5 \(ReLU\) stands behind another"),
        (lambda: model_of(nn.LogSoftmax(1)), "NLLLoss and LogSoftmax belong together"),
        (lambda: model_of(nn.ConstantPad1d((0, 1), 0.0)), "ConstantPad1d at the end"),
        (lambda: nn.Sequential(nn.ReLU()), r"0 \(ReLU\) does not stand right behind"),
        (lambda: nn.Sequential(), "Sequential has no AnalogLinear"),
        (lambda: _hooked(model_of()), r"1 \(Tanh\) has hooks"),
    ],
)
def test_models_that_only_the_loop_knows_are_refused(build: Any, message: str) -> None:
    model = build()
    plain = AnalogSGD([nn.Parameter(torch.zeros(1))], lr=0.1)
    with pytest.raises(TrainingError, match=message):
        train_steps(model, nn.CrossEntropyLoss(), plain, *samples(4))


def test_optimizers_losses_and_data_that_do_not_fit_are_refused() -> None:
    model = model_of()
    x, y = samples(4)
    loss, plain = nn.CrossEntropyLoss(), AnalogSGD(model.parameters(), lr=0.1)
    heavy = AnalogSGD(model.parameters(), lr=0.1, momentum=0.9)
    cases: list[tuple[tuple, str]] = [
        ((loss, torch.optim.SGD(model.parameters(), 0.1), x, y), "optimizer is SGD"),
        ((loss, heavy, x, y), "0 has a digital bias under AnalogSGD with momentum"),
        ((loss, AnalogAdam(model.parameters()), x, y), "0 has a digital bias under AnalogAdam"),
        ((nn.L1Loss(), plain, x, y), "loss is L1Loss"),
        ((nn.CrossEntropyLoss(label_smoothing=0.1), plain, x, y), "label_smoothing = 0.1"),
        ((nn.CrossEntropyLoss(weight=torch.ones(3)), plain, x, y), "with weight ="),
        ((nn.CrossEntropyLoss(reduction="none"), plain, x, y), "reduction = 'none'"),
        ((loss, plain, x.numpy(), y), "inputs = .*; expected a tensor"),
        ((loss, plain, x, y.tolist()), "targets = .*; expected a tensor"),
        ((loss, plain, x.double(), y), "inputs are torch.float64"),
        ((loss, plain, x[:, :4], y), r"inputs have shape \(4, 4\); expected \(n, 5\)"),
        ((loss, plain, x, y[:3]), r"targets are torch.int64 of shape \(3,\)"),
        ((loss, plain, x, y + 3), "targets go from"),
        ((nn.MSELoss(), plain, x, y), "targets are torch.int64"),
        ((loss, plain, x, y, 0), "batch_size = 0"),
    ]
    for arguments, message in cases:
        with pytest.raises(TrainingError, match=message):
            train_steps(model, *arguments)
    plain.register_step_post_hook(lambda *_: None)
    with pytest.raises(TrainingError, match="hooks on its steps"):
        train_steps(model, loss, plain, x, y)


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 20])
@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_every_algorithm_learns_as_fast_as_in_the_loop(algorithm: str, batch: int) -> None:
    device = SoftBounds(
        up=0.05, down=0.05, pulse_noise=0.3, conductance_min=3e-8, conductance_max=2e-6
    )
    loss = nn.CrossEntropyLoss(reduction="sum")
    x, y = separable(600)
    means: dict[str, list[float]] = {"compiled": [], "loop": []}
    for seed in range(8):
        for way, found in means.items():
            plain = nn.Linear(20, 4)
            nn.init.zeros_(plain.weight)
            model = to_analog(plain, synapse=device, algorithm=algorithm, seed=seed)
            optimizer = AnalogSGD(model.parameters(), lr=0.02)
            steps = train_steps if way == "compiled" else loop_result
            outputs = steps(model, loss, optimizer, x, y, batch).outputs
            found.append(float((outputs.argmax(1) == y).float().mean()))
    a, b = (np.array(found) for found in means.values())
    assert b.mean() > 0.3  # a quarter is chance
    error = np.hypot(a.std(ddof=1), b.std(ddof=1)) / np.sqrt(len(a))
    # in a batch the loop reads columns, and flips choppers, behind all of its pulses
    allowed = 0.005 if batch == 1 else 0.02
    assert abs(a.mean() - b.mean()) < 4 * error + allowed


def separable(n: int) -> tuple[Tensor, Tensor]:
    """Return inputs of four classes, each about a centre of its own."""
    draw = torch.Generator().manual_seed(5)
    classes = torch.randint(4, (n,), generator=draw)
    centres = torch.randn(4, 20, generator=draw)
    return centres[classes] + torch.randn(n, 20, generator=draw), classes


def loop_result(*arguments: Any) -> StepsResult:
    """Return what the ordinary loop gives, as ``train_steps`` does."""
    losses, outputs = ordinary_steps(*arguments)
    return StepsResult(torch.tensor(losses), outputs)
