"""Mixed precision with an optimizer against PyTorch's on a device of fine steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn import Dataset, MixedPrecision, train
from acanthite.nn.algorithms.base import Batch
from acanthite.nn.engine.network import Network
from acanthite.nn.training import loop
from acanthite.synapse import ConstantStep

torch = pytest.importorskip("torch")

STEP = 2.0**-16  # of the device: sums of such steps are exact, and a weight lags by less than one
DEVICE = ConstantStep(size=STEP, conductance_min=1e-7, conductance_max=1e-6)
N_IN, N_OUT, N = 12, 3, 96
CHOICES: dict[str, dict[str, Any]] = {
    "sgd": {},
    "momentum": {"momentum": 0.8},
    "adam": {"momentum": 0.85, "memory": 0.99},
    "adamw": {"optimizer": "adam", "weight_decay": 0.5},
}


def algorithm(name: str, batch: int) -> MixedPrecision:
    knobs = {"optimizer": name, **CHOICES[name]}
    return MixedPrecision(rate=0.01, decay=1.0, window=1.0, batch=batch, **knobs)


def optimizer(mixed: MixedPrecision, parameters: Any) -> Any:
    """Return PyTorch's optimizer of the same knobs."""
    if mixed.optimizer != "adam":
        momentum = mixed.momentum if mixed.optimizer == "momentum" else 0.0
        return torch.optim.SGD(parameters, lr=mixed.rate, momentum=momentum)
    return torch.optim.AdamW(
        parameters,
        lr=mixed.rate,
        betas=(mixed.momentum, mixed.memory),
        eps=mixed.epsilon,
        weight_decay=mixed.weight_decay,
    )


def images() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(3)
    return draw.integers(0, 256, (N, N_IN)).astype(np.uint8), draw.integers(0, N_OUT, N)


@pytest.mark.long
@pytest.mark.parametrize("name", CHOICES)
def test_the_engine_descends_as_pytorch_does(name: str) -> None:
    mixed = algorithm(name, batch=8)
    pixels, labels = images()
    state = mixed.start(Network((N_IN, N_OUT), "relu"), DEVICE, 1)
    begun = mixed.weights(state).reshape(N_IN + 1, N_OUT).copy()
    mixed.run(state, Batch(pixels, labels.astype(np.uint8), np.arange(N)), 0)

    w = torch.tensor(begun, dtype=torch.float64, requires_grad=True)
    steps = optimizer(mixed, [w])
    x = torch.tensor(np.column_stack((pixels / 255.0, np.ones(N))))
    for first in range(0, N, 8):
        part = slice(first, first + 8)
        loss = torch.nn.functional.cross_entropy(
            x[part] @ w, torch.tensor(labels[part]), reduction="sum"
        )
        steps.zero_grad()
        loss.backward()
        steps.step()
    expected = w.detach().numpy()
    assert np.abs(expected - begun).max() > 100 * STEP
    # what waits is less than a step; decay and gradients see weights that lag by as much
    assert np.abs(mixed.weights(state).reshape(expected.shape) - expected).max() < 3 * STEP


@pytest.mark.parametrize("name", ["momentum", "adamw"])
def test_a_layer_of_torch_descends_as_pytorch_does(name: str) -> None:
    import acanthite as ac

    mixed = algorithm(name, batch=1)
    pixels, labels = images()
    x = torch.tensor(pixels / 255.0, dtype=torch.float32)
    layer = ac.torch.AnalogLinear(N_IN, N_OUT, bias=False, synapse=DEVICE, algorithm=mixed, seed=1)
    w = layer.weight.detach().double().clone().requires_grad_()
    own = ac.torch.AnalogSGD(layer.parameters(), lr=mixed.rate, tile_lr=mixed.rate)
    steps = optimizer(mixed, [w])
    targets = torch.tensor(labels)
    for first in range(0, N, 16):
        part = slice(first, first + 16)
        for out, each in ((layer(x[part]), own), (x[part].double() @ w.T, steps)):
            each.zero_grad()
            torch.nn.functional.cross_entropy(out, targets[part], reduction="sum").backward()
            each.step()
    assert (layer.weight - w).abs().max().item() < 3 * STEP


@pytest.mark.long
def test_a_batch_goes_on_after_a_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "CHUNK", 20)  # batches of 8 are cut
    pixels, labels = images()
    data = Dataset(
        "noise", pixels, labels.astype(np.uint8), pixels[:9], labels[:9].astype(np.uint8)
    )
    options: dict[str, Any] = {"epochs": 2, "seed": 4}
    job = data, Network((N_IN, N_OUT), "relu"), DEVICE, algorithm("adam", 8)
    whole = train(*job, **options)

    class StopError(Exception):
        pass

    def watch(progress: Any) -> None:
        if progress.fraction > 0.6:
            raise StopError

    path = tmp_path / "run.npz"
    with pytest.raises(StopError):
        train(*job, checkpoint=path, checkpoint_every=0.0, watch=watch, **options)
    again = train(*job, checkpoint=path, **options)
    assert np.array_equal(again.weights, whole.weights)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"optimizer = 'adm'; expected one of .*adam"):
        MixedPrecision(optimizer="adm")
    with pytest.raises(TrainingError, match=r"momentum = 1.*expected"):
        MixedPrecision(momentum=1.0)
    with pytest.raises(TrainingError, match=r"batch = 0"):
        MixedPrecision(batch=0)
