# ruff: noqa: E402
import copy
import io

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn

from acanthite import threads
from acanthite.errors import TrainingError
from acanthite.nn import ALGORITHMS, SGD, MixedPrecision, Periphery, TTv2
from acanthite.nn.algorithms.tiki_taka import TikiTaka
from acanthite.synapse import ConstantStep
from acanthite.torch import AnalogAdam, AnalogLayer, AnalogLinear, AnalogSGD, to_analog

WINDOW = {"conductance_min": 0.0, "conductance_max": 1e-6}
NOISY = Periphery(
    read_noise=0.01, output_noise=0.02, input_bits=7, output_bits=9, output_bound=20.0
)


def model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, 3))


def task() -> tuple[torch.Tensor, torch.Tensor]:
    draw = torch.Generator().manual_seed(1)
    y = torch.randint(3, (60,), generator=draw)
    return torch.randn(3, 16, generator=draw)[y] + 0.3 * torch.randn(60, 16, generator=draw), y


def train(net: nn.Module, optimizer: AnalogSGD, steps: int, batch: int = 20) -> float:
    x, y = task()
    total = 0.0
    for k in range(steps):
        rows = torch.arange(k * batch, (k + 1) * batch) % len(x)
        optimizer.zero_grad()
        value = nn.functional.cross_entropy(net(x[rows]), y[rows], reduction="sum")
        value.backward()
        optimizer.step()
        total += value.item() / batch / steps
    return total


def bits(net: nn.Module) -> list[bytes]:
    kept = [p.detach().contiguous().numpy().tobytes() for p in net.parameters()]
    tiles = [layer.tile for layer in net.modules() if isinstance(layer, AnalogLayer)]
    return kept + [a.tobytes() for tile in tiles for a in tile.arrays().values()]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:to_analog. weights beyond what the cells reach")
@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_learns_and_resumes_to_the_same_bits(name: str, device) -> None:
    net = to_analog(model(), device, name, NOISY if name == "ttv2" else None, seed=2)
    has_fast_array = issubclass(ALGORITHMS[name], TikiTaka)
    optimizer = AnalogSGD(net.parameters(), lr=0.02, tile_lr=0.2 if has_fast_array else 0.02)
    before = train(net, optimizer, 3)
    file = io.BytesIO()
    torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, file)
    file.seek(0)
    twin = copy.deepcopy(net)
    after = train(net, optimizer, 60)
    assert after < before
    pulses = sum(layer.pulses for layer in net.modules() if isinstance(layer, AnalogLayer))
    assert (pulses > 0) == (name != "floating")

    saved = torch.load(file, weights_only=True)
    resumed = to_analog(model(), device, name, NOISY if name == "ttv2" else None, seed=77)
    resumed.load_state_dict(saved["net"])
    for other in (resumed, twin):
        again = AnalogSGD(other.parameters(), lr=1.0)
        again.load_state_dict(saved["optimizer"])
        assert train(other, again, 60) == after
        assert bits(other) == bits(net)


def test_bits_are_the_same_on_any_number_of_threads(device) -> None:
    ends = []
    for number in (1, 2, 3):
        threads.use(number)
        try:
            layer = AnalogLinear(300, 90, synapse=device, algorithm=SGD(), seed=1)
            optimizer = AnalogSGD(layer.parameters(), lr=0.01)
            x = torch.randn(100, 300, generator=torch.Generator().manual_seed(1))
            layer(x).sum().backward()
            optimizer.step()
            ends.append(bits(layer))
        finally:
            threads.use(None)
    assert ends[0] == ends[1] == ends[2]


def test_pulses_move_the_weights_by_the_gradient_on_average() -> None:
    law = ConstantStep(size=1e-3, **WINDOW)
    layer = AnalogLinear(6, 4, synapse=law, algorithm=SGD(window=1.0), seed=1)
    x = torch.randn(2000, 6, generator=torch.Generator().manual_seed(1))
    start = layer.weight.detach().clone()
    layer(x).sum().backward()
    expected = -0.0005 * layer.weight.grad
    layer.zero_grad()
    optimizer = AnalogSGD(layer.parameters(), lr=0.0005)
    layer(x).sum().backward()
    optimizer.step()
    moved = (layer.weight - start).detach()
    pulses = 0.5 * x.abs().sum(0).numpy()  # expected of each cell of an input line
    assert (np.abs((moved - expected).numpy()) < 5 * 1e-3 * np.sqrt(pulses)).all()
    assert np.corrcoef(moved.numpy().ravel(), expected.numpy().ravel())[0, 1] > 0.5


def test_the_weights_are_the_tiles_own_memory(device) -> None:
    layer = AnalogLinear(5, 3, synapse=device, algorithm="sgd", seed=1)
    twin = copy.deepcopy(layer)
    for one in (layer, twin):
        assert np.shares_memory(one.weight.detach().numpy(), one.tile.state.array.weights)
    assert not np.shares_memory(twin.weight.detach().numpy(), layer.weight.detach().numpy())
    layer.tile.state.array.weights[:] = 0.25
    assert (layer.weight == 0.25).all()


def test_schedulers_drive_tiles_and_digital_parameters() -> None:
    layer = AnalogLinear(
        4, 3, synapse=ConstantStep(size=1e-3, **WINDOW), algorithm=SGD(window=1.0), seed=1
    )
    optimizer = AnalogSGD(layer.parameters(), lr=0.1, tile_lr=0.01)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.1)
    x, moved = torch.ones(8, 4), []
    for _ in range(2):
        before = [p.detach().clone() for p in layer.parameters()]
        optimizer.zero_grad()
        layer(x).sum().backward()
        optimizer.step()
        schedule.step()
        moved.append(
            [(p - q).mean().item() for p, q in zip(layer.parameters(), before, strict=True)]
        )
    assert moved[0] == pytest.approx([-0.08, -0.8], rel=0.1)
    assert moved[1] == pytest.approx([-0.008, -0.08], rel=0.2)


@pytest.mark.parametrize("how", ["optimizer", "model"])
def test_zeroed_gradients_fire_no_pulses(how: str, device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm="sgd", seed=1)
    optimizer = AnalogSGD(layer.parameters(), lr=0.1)
    layer(torch.ones(2, 4)).sum().backward()
    assert layer.weight.grad is not None
    (optimizer if how == "optimizer" else layer).zero_grad()
    optimizer.step()
    assert layer.pulses == 0
    layer(torch.ones(1, 4)).sum().backward()
    (optimizer if how == "optimizer" else layer).zero_grad()
    layer(torch.ones(1, 4)).sum().backward()
    assert sum(len(x) for x, *_ in layer.weight.grad.pairs) == 1, "what was zeroed is gone"


def test_frozen_weights_stay_and_gradients_add_up(device) -> None:
    net = to_analog(model(), device, "sgd", seed=1)
    net[0].weight.requires_grad_(False)
    optimizer = AnalogSGD(net.parameters(), lr=0.1)
    x, y = task()
    for _ in range(2):
        nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
    assert net[0].pulses == 0
    assert net[2].pulses > 0


def test_momentum_and_decay_are_for_digital_parameters_alone(device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm="sgd", seed=1)
    optimizer = AnalogSGD(layer.parameters(), lr=0.1, momentum=0.9, weight_decay=0.5)
    before = layer.weight.detach().clone()
    layer(torch.zeros(2, 4)).sum().backward()
    optimizer.step()
    assert torch.equal(layer.weight, before)
    assert list(optimizer.state) == [layer.bias]


def test_columns_are_read_by_the_sample(device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm=TTv2(transfer_every=2), seed=1)
    optimizer = AnalogSGD(layer.parameters(), lr=0.1)
    for n, clock in ((1, [1, 0]), (1, [2, 1]), (5, [7, 3]), (3, [10, 1])):
        optimizer.zero_grad()
        layer(torch.ones(n, 4)).sum().backward()
        optimizer.step()
        assert layer.tile.state.clock.tolist() == clock


def test_a_gradient_that_is_no_number_is_an_error_and_changes_nothing(device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm="sgd", seed=1)
    optimizer = AnalogSGD(layer.parameters(), lr=0.1)
    before = layer.weight.detach().clone()
    (layer(torch.ones(2, 4)).sum() * float("nan")).backward()
    with pytest.raises(TrainingError, match="tile of 4 x 3 is not finite"):
        optimizer.step()
    assert torch.equal(layer.weight, before)


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"lr": 0.0}, "lr = 0.0; expected more"),
        ({"tile_lr": -1.0}, "tile_lr = -1.0; expected more"),
    ],
)
def test_rates_that_make_no_sense_are_refused(knobs, message: str, device) -> None:
    with pytest.raises(TrainingError, match=message):
        AnalogSGD(AnalogLinear(2, 2, synapse=device, seed=1).parameters(), **knobs)


def test_adam_moves_digital_parameters_as_torch_does_and_fine_cells_as_well() -> None:
    fine = ConstantStep(size=1e-4, **WINDOW)
    adam = MixedPrecision(optimizer="adam", window=1.0, epsilon=1e-8)
    analog = to_analog(model(), fine, adam, seed=1)
    analog.insert(0, nn.BatchNorm1d(16))
    digital = model().insert(0, nn.BatchNorm1d(16))
    with torch.no_grad():
        for plain, tiled in zip(digital, analog, strict=True):
            if isinstance(tiled, AnalogLayer):
                plain.weight.copy_(tiled.weight)
                plain.bias.copy_(tiled.bias)
    losses = [
        train(net, kind(net.parameters(), lr=0.005), 12)
        for net, kind in ((analog, AnalogAdam), (digital, torch.optim.Adam))
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-2)
    for tiled, plain in zip(analog.parameters(), digital.parameters(), strict=True):
        assert (tiled - plain).abs().max() < 20 * 1e-4


def test_adam_goes_on_to_the_same_bits(device) -> None:
    net = to_analog(model(), device, MixedPrecision(optimizer="adam"), seed=2)
    optimizer = AnalogAdam(net.parameters(), lr=0.01, tile_lr=0.02)
    train(net, optimizer, 3)
    again = to_analog(model(), device, MixedPrecision(optimizer="adam"), seed=3)
    resumed = AnalogAdam(again.parameters(), lr=0.01, tile_lr=0.02)
    again.load_state_dict(net.state_dict())
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for one, its in ((net, optimizer), (again, resumed)):
        train(one, its, 3)
    assert bits(net) == bits(again)


def test_adam_takes_pulsed_algorithms_and_names_itself(device) -> None:
    net = to_analog(model(), device, "ttv2", seed=2)
    optimizer = AnalogAdam(net.parameters(), lr=0.01, tile_lr=0.5)
    assert train(net, optimizer, 60) < 1.2
    with pytest.raises(TrainingError, match=r"AnalogAdam: tile_lr = -1\.0; expected more"):
        AnalogAdam(net.parameters(), tile_lr=-1.0)
    with pytest.raises(TrainingError, match="AnalogAdam: maximize and differentiable"):
        optimizer.add_param_group({"params": [nn.Parameter(torch.ones(2))], "maximize": True})
