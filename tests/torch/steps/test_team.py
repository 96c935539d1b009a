# ruff: noqa: E402
"""With a second thread or without, compiled steps give the same bits."""

import copy
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn

from acanthite import threads
from acanthite.errors import TrainingError
from acanthite.nn import MixedPrecision, Periphery, TTv2
from acanthite.nn.engine.native.claims import open_work, wait_and_claim, wait_for_all
from acanthite.synapse import SoftBounds
from acanthite.torch import AnalogSGD, to_analog, train_steps
from acanthite.torch.steps import team

CONVERTERS = Periphery(input_bits=7, output_bits=8, output_bound=9.0)
NOISY = Periphery(input_bits=7, output_noise=0.05)


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch):
    """Let a second thread help wherever it can, however little there is to do."""
    monkeypatch.setattr(team, "_CALL_WORTH", 0)
    monkeypatch.setattr(team, "_STEP_WORTH", 0)
    yield lambda n: threads.use(n)
    threads.use(None)


def model_of(**tile: Any) -> Any:
    torch.manual_seed(2)
    layers = nn.Linear(20, 33), nn.ReLU(), nn.Linear(33, 5)
    return to_analog(nn.Sequential(*layers), seed=3, **tile)


def trained(model: Any, batch: int, n: int = 400) -> tuple[list[np.ndarray], Any]:
    """Train; return all that is left of it, and the result."""
    draw = torch.Generator().manual_seed(1)
    x, y = torch.randn(n, 20, generator=draw), torch.randint(5, (n,), generator=draw)
    x = x.clamp(min=0.0)
    x[::7] = 0.0  # a read of nothing takes its noise too
    loss = nn.CrossEntropyLoss(reduction="sum")
    optimizer = AnalogSGD(model.parameters(), lr=0.002, tile_lr=0.02)
    result = train_steps(model, loss, optimizer, x, y, batch)
    left = [p.detach().numpy() for p in model.parameters()]
    for layer in model[::2]:
        left += [part.weights for part in layer.tile.state if hasattr(part, "weights")]
        left.append(np.array(layer.pulses))
    return left, result


def assert_same_bits(model: Any, use: Any, batch: int) -> None:
    other = copy.deepcopy(model)
    use(1)
    alone, first = trained(model, batch)
    use(2)
    helped, second = trained(other, batch)
    for a, b in zip(alone, helped, strict=True):
        assert (a == b).all()
    assert torch.equal(first.losses, second.losses)
    assert torch.equal(first.outputs, second.outputs)


@pytest.mark.parametrize("batch", [1, 3, 32, 150])
@pytest.mark.parametrize("periphery", [None, CONVERTERS, NOISY], ids=["exact", "bits", "noise"])
def test_without_devices(two: Any, batch: int, periphery: Periphery | None) -> None:
    assert_same_bits(model_of(algorithm="floating", periphery=periphery), two, batch)


@pytest.mark.parametrize(
    "algorithm",
    [
        pytest.param(TTv2(), id="ttv2", marks=pytest.mark.long),
        pytest.param("sgd", id="sgd", marks=pytest.mark.slow),
        pytest.param(MixedPrecision(), id="mixed-precision", marks=pytest.mark.slow),
    ],
)
def test_on_devices(two: Any, device: SoftBounds, algorithm: Any) -> None:
    for batch in (7, 64):
        assert_same_bits(model_of(algorithm=algorithm, synapse=device), two, batch)


def test_where_the_other_thread_never_has_a_core(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "_CELLS_PER_LOOK", -1)  # no patience: each work ends with a rest
    monkeypatch.setattr(team, "_REST", 1 << 18)
    assert_same_bits(model_of(algorithm="floating"), two, 16)


def test_a_loss_that_is_not_finite_ends_both_threads(two: Any) -> None:
    two(2)
    model = model_of(algorithm="floating")
    x, y = torch.ones(40, 20), torch.zeros(40, dtype=torch.int64)
    x[17, 3] = float("inf")
    loss = nn.CrossEntropyLoss(reduction="sum")
    with pytest.raises(TrainingError, match="step 2 is not finite"):
        train_steps(model, loss, AnalogSGD(model.parameters(), lr=0.01), x, y, 8)


def test_an_error_of_the_helper_is_raised_and_leaves_nobody_waiting(two: Any) -> None:
    two(2)
    own = team.team_of(_links(model_of(algorithm="floating")), [], 100)

    def owns() -> None:
        open_work(own.board, 1, 1)
        wait_for_all(own.board, 1, 1)

    def fails() -> None:
        wait_and_claim(own.board)
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        team.helped(own, owns, fails)


def test_who_may_have_one_thread_has_one(two: Any) -> None:
    model = model_of(algorithm="floating")
    tiles = [layer.tile for layer in model[::2]]
    for number, boards in ((1, 0), (2, 1)):
        two(number)
        links = _links(model)
        assert bool(len(team.team_of(links, tiles, 100).board)) == boards


def test_a_second_thread_is_not_asked_for_little(two: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    two(2)
    model = model_of(algorithm="floating")
    tiles = [layer.tile for layer in model[::2]]
    assert not len(team.team_of(_links(model), tiles, 100).board)
    assert not len(team.team_of(_links(model), tiles, 10**6).board), "batches of one"


def _links(model: Any) -> Any:
    from acanthite.torch.steps.model import stages_of
    from acanthite.torch.steps.train import _Block

    stages = stages_of(model)
    x, y = torch.ones(1, 20), torch.zeros(1, dtype=torch.int64)
    optimizer = AnalogSGD(model.parameters(), lr=0.01)
    block = _Block(stages, optimizer, nn.CrossEntropyLoss(), x, y, 1)
    return tuple(block._link(k, 1) for k in range(2))
