# ruff: noqa: E402
import copy
import io
import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn

from acanthite.crossbar import Terminal, Wires
from acanthite.errors import TrainingError
from acanthite.nn import SGD, TTv1
from acanthite.torch import AnalogLayer, AnalogLinear, AnalogSGD, to_analog
from acanthite.torch.drops import MOVED

WIRES = Wires(40.0, 60.0, driver_resistance=500.0, sense_resistance=300.0)


def layer(device, wires: Wires | None = WIRES, n_in: int = 30, n_out: int = 12) -> AnalogLinear:
    return AnalogLinear(n_in, n_out, False, synapse=device, algorithm=SGD(), seed=1, wires=wires)


def shown(one: AnalogLinear, device, **ends) -> np.ndarray:
    """Solve the circuits of both arrays and return the weights their terminals show; from the outputs' side with other ``ends``."""
    weights = one.tile.weights.astype(float) / one.tile.algorithm.window
    n = len(weights)
    both = [
        WIRES.crossbar(device.conductance(w), **ends).solver.effective.into
        for w in (0 * weights, weights)
    ]
    reference, cells = (-i[:n, n:] if ends else -i[n:, :n].T for i in both)
    unit = 0.5 * (device.conductance_max - device.conductance_min) / one.tile.algorithm.window
    return (cells - reference) / unit


def test_reads_from_either_side_are_those_of_the_circuit(device) -> None:
    one, draw = layer(device), torch.Generator().manual_seed(1)
    x, d = (
        torch.randn(9, 30, generator=draw, requires_grad=True),
        torch.randn(9, 12, generator=draw),
    )
    y = one(x)
    exact = shown(one, device)
    assert y.detach().numpy() == pytest.approx(x.detach().numpy() @ exact, abs=1e-5)
    assert np.abs(exact - one.tile.weights).max() > 0.03 * np.abs(exact).max()
    (back,) = torch.autograd.grad(y, x, d)
    ends = {"left": Terminal("grounded", 500.0), "bottom": Terminal("driven", 300.0)}
    assert back.numpy() == pytest.approx(d.numpy() @ shown(one, device, **ends).T, abs=1e-5)


def test_wires_without_resistance_change_nothing(device) -> None:
    x = torch.randn(5, 30, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(layer(device, Wires(0.0, 0.0))(x), layer(device, None)(x))


def test_between_solutions_the_weights_shown_stay_near_those_of_the_circuit(device) -> None:
    one = layer(device)
    optimizer = AnalogSGD(one.parameters(), lr=0.02)
    draw, solved = torch.Generator().manual_seed(1), []
    for _ in range(12):
        optimizer.zero_grad()
        one(torch.rand(1, 30, generator=draw)).square().sum().backward()
        optimizer.step()
        exact = shown(one, device)
        assert (
            np.abs(one.tile.drops.effective - exact).max()
            < 0.1 * np.abs(one.tile.weights - exact).max()
        )
        solved.append(int(one.tile.drops.solved_at[0]))
    assert 1 < len(set(solved)) < 12
    assert one.pulses - solved[-1] <= MOVED * 360


def test_gradients_without_an_optimizer_are_those_of_the_weights_shown(device) -> None:
    one = layer(device)
    x = torch.randn(5, 30, generator=torch.Generator().manual_seed(1))
    one(x).square().sum().backward()
    share, seen = (torch.from_numpy(a) for a in (one.tile.drops.share, one.tile.drops.effective))
    weight = one.weight.detach().clone().requires_grad_()
    y = x @ (share * (weight.t() - one.weight.detach().t()) + seen)
    y.square().sum().backward()
    torch.testing.assert_close(one.weight.grad, weight.grad)


@pytest.mark.long
def test_a_model_on_wires_resumes_to_the_same_bits(device) -> None:
    def train(model: nn.Module) -> list[bytes]:
        optimizer, draw = AnalogSGD(model.parameters(), lr=0.05), torch.Generator().manual_seed(1)
        for _ in range(4):
            optimizer.zero_grad()
            model(torch.randn(6, 8, generator=draw)).square().sum().backward()
            optimizer.step()
        tiles = [m.tile for m in model.modules() if isinstance(m, AnalogLayer)]
        return [a.tobytes() for tile in tiles for a in tile.arrays().values()]

    def made(seed: int) -> nn.Module:
        torch.manual_seed(0)
        digital = nn.Sequential(nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))
        return to_analog(digital, device, "ttv2", seed=seed, wires=WIRES)

    model, file = made(1), io.BytesIO()
    train(model)
    torch.save(model.state_dict(), file)
    file.seek(0)
    twins = [copy.deepcopy(model), pickle.loads(pickle.dumps(model)), made(2)]
    twins[2].load_state_dict(torch.load(file, weights_only=True))
    end = train(model)
    assert all(train(twin) == end for twin in twins)


@pytest.mark.parametrize(
    ("algorithm", "wires", "message"),
    [
        ("floating", WIRES, "runs on no single array of devices; leave out wires"),
        (TTv1(gamma=0.1), WIRES, "runs on no single array"),
        (
            "sgd",
            Wires(1.0, 1.0, bit_leakage=1e-9),
            "leakage of 1e-09 S; tiles have resistances alone",
        ),
    ],
)
def test_what_wires_cannot_do_is_said(algorithm, wires: Wires, message: str, device) -> None:
    with pytest.raises(TrainingError, match=message):
        AnalogLinear(4, 3, synapse=device, algorithm=algorithm, wires=wires)
