# ruff: noqa: E402
"""What torch's own tools do to a model on tiles: what they do to torch's layers, or an error that says why not."""

import copy
import io
import itertools
import os
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the extra acanthite[torch]")

from torch import nn
from torch.nn.utils import (
    clip_grad_norm_,
    clip_grad_value_,
    parametrizations,
    prune,
    vector_to_parameters,
)

from acanthite.errors import TrainingError
from acanthite.nn import TTv2
from acanthite.synapse.rule import LOWER, UPPER
from acanthite.torch import AnalogLinear, AnalogSGD, to_analog


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


def twins(*widths: int) -> Any:
    """Return a digital model and the same on floating tiles."""
    layers: list[nn.Module] = []
    for a, b in itertools.pairwise(widths):
        layers += [nn.Linear(a, b), nn.Tanh()]
    digital = nn.Sequential(*layers[:-1])
    return digital, to_analog(digital, algorithm="floating", seed=1)


def sgd(digital: nn.Module, analog: nn.Module, lr: float = 0.1) -> tuple:
    return torch.optim.SGD(digital.parameters(), lr), AnalogSGD(analog.parameters(), lr)


def assert_same(digital: nn.Module, analog: nn.Module) -> None:
    for theirs, own in zip(digital.parameters(), analog.parameters(), strict=True):
        torch.testing.assert_close(own.detach(), theirs.detach(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("how", ["zero_", "numpy", "errors"])
def test_what_waits_for_a_step_does_not_change_with_the_callers_buffers(how: str) -> None:
    digital, analog = twins(4, 3)
    ends = []
    for model, optimizer in zip((digital, analog), sgd(digital, analog), strict=True):
        buffer = np.arange(8, dtype=np.float32).reshape(2, 4)
        x, errors = torch.from_numpy(buffer), torch.ones(2, 3)
        model(x).backward(errors)
        if how == "zero_":
            x.zero_()
        elif how == "numpy":
            buffer[:] = -5.0
        else:
            errors.fill_(7.0)
        optimizer.step()
        ends.append(model)
    assert_same(*ends)


def test_gradients_asked_for_elsewhere_leave_nothing_to_train_on() -> None:
    digital, analog = twins(4, 5, 3)
    x = torch.randn(6, 4)
    for model, optimizer in zip((digital, analog), sgd(digital, analog), strict=True):
        own = x.clone().requires_grad_()
        (attack,) = torch.autograd.grad(model(own).square().sum(), own)
        model(own).sum().backward(inputs=[own])
        assert all(p.grad is None for p in model.parameters())
        model(x + 0.1 * attack.sign()).square().mean().backward()
        optimizer.step()
    assert_same(digital, analog)


@pytest.mark.parametrize("set_to_none", [True, False])
@pytest.mark.parametrize("whose", ["optimizer", "model"])
def test_zeroed_gradients_are_gone_and_others_stay(set_to_none: bool, whose: str) -> None:
    digital, analog = twins(4, 3)
    x = torch.randn(5, 4)
    for model, optimizer in zip((digital, analog), sgd(digital, analog), strict=True):
        model(x).square().sum().backward()
        (optimizer if whose == "optimizer" else model).zero_grad(set_to_none=set_to_none)
        model(x).sum().backward()
        optimizer.step()
        optimizer.step()  # gradients stay until they are zeroed
        model(-x).square().sum().backward()
        optimizer.step()
    assert_same(digital, analog)


def test_a_gan_trains_as_it_does_in_torch() -> None:
    pairs = [twins(3, 6, 4), twins(4, 6, 1)]
    noise, real = torch.randn(8, 3), torch.randn(8, 4)
    for k in range(2):
        generator, critic = pairs[0][k], pairs[1][k]
        kind = (torch.optim.SGD, AnalogSGD)[k]
        own, others = (kind(model.parameters(), 0.1) for model in (generator, critic))
        for _ in range(4):
            others.zero_grad()
            (critic(generator(noise).detach()) - critic(real)).mean().backward()
            others.step()
            own.zero_grad()
            (-critic(generator(noise)).mean()).backward()  # leaves gradients in the critic too
            own.step()
    for digital, analog in pairs:
        assert_same(digital, analog)


def test_clipping_scales_tiles_and_digital_parameters_alike() -> None:
    digital, analog = twins(4, 5, 3)
    x = torch.randn(6, 4)
    for model, optimizer in zip((digital, analog), sgd(digital, analog), strict=True):
        (10 * model(x).square().sum()).backward()
        clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
    assert_same(digital, analog)
    with pytest.raises(
        TrainingError, match="clamp_ would write numbers into the gradient of a tile's weight"
    ):
        clip_grad_value_(analog.parameters(), 1e-9)


def test_a_gradient_scaler_changes_nothing_and_skips_what_overflows() -> None:
    digital, analog = twins(4, 3)
    x = torch.randn(6, 4)
    for model, optimizer in zip((digital, analog), sgd(digital, analog), strict=True):
        scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
        for factor in (1.0, float("inf"), 2.0):
            optimizer.zero_grad()
            scaler.scale(factor * model(x).square().sum()).backward()
            scaler.unscale_(optimizer)
            scaler.step(optimizer)
            scaler.update()
        assert scaler.get_scale() == 512.0
    assert_same(digital, analog)


def test_the_gradient_is_the_tensor_torch_has() -> None:
    digital, analog = twins(4, 3)
    x = torch.randn(6, 4)
    for model in (digital, analog):
        model(x).square().sum().backward()
    theirs, own = digital[0].weight.grad, analog[0].weight.grad
    torch.testing.assert_close(own.values(), theirs)
    torch.testing.assert_close(torch.from_numpy(own.numpy().copy()), theirs)
    assert own.tolist() == own.values().tolist()
    torch.testing.assert_close(own[1] * 2, theirs[1] * 2)
    torch.testing.assert_close(own.norm(), theirs.norm())
    torch.testing.assert_close(
        (0.5 * own / 4 - own).abs().max(), (0.5 * theirs / 4 - theirs).abs().max()
    )
    assert "TileGradient(tensor(" in repr(own)
    for copied in (copy.deepcopy(own), pickle.loads(pickle.dumps(own))):
        torch.testing.assert_close(copied + 0 * theirs, theirs)
    with pytest.raises(ValueError, match="read-only"):
        own.numpy()[0] = 1.0
    with pytest.raises(TrainingError, match="would write numbers into the gradient"):
        own[0].zero_()
    with pytest.raises(TrainingError, match="has no memory of its own"):
        own.data_ptr()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda layer, x: (layer(x).sum() + layer.weight.square().sum()).backward(),
        lambda layer, x: layer(x).sum().backward(create_graph=True),
        lambda layer, x: setattr(layer.weight, "grad", torch.ones_like(layer.weight)),
    ],
    ids=["penalty", "create_graph", "assigned"],
)
@pytest.mark.filterwarnings("ignore:Using backward.* with create_graph=True")
def test_what_is_no_sum_of_pairs_is_refused_before_anything_moves(spoil, device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm="sgd", seed=1)
    before = copy.deepcopy(layer.state_dict())
    optimizer = AnalogSGD(layer.parameters(), 0.1)
    spoil(layer, torch.ones(2, 4))
    with pytest.raises(TrainingError, match="a tile of 4 x 3 is an ordinary tensor"):
        optimizer.step()
    torch.testing.assert_close(layer.state_dict()["bias"], before["bias"], rtol=0, atol=0)
    torch.testing.assert_close(layer.state_dict()["weight"], before["weight"], rtol=0, atol=0)
    layer.weight.grad = None


@pytest.mark.filterwarnings("ignore:Using backward.* with create_graph=True")
def test_second_derivatives_are_refused() -> None:
    _, analog = twins(4, 3)
    x = torch.randn(2, 4, requires_grad=True)
    (slope,) = torch.autograd.grad(analog(x).square().sum(), x, create_graph=True)
    with pytest.raises(TrainingError, match="second derivative through a tile"):
        slope.square().sum().backward()


def test_no_number_poisons_nothing(device) -> None:
    model = to_analog(nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3)), device, "sgd", seed=1)
    optimizer = AnalogSGD(model.parameters(), 0.1, momentum=0.9)
    before = copy.deepcopy(model.state_dict())
    (model(torch.ones(2, 4)).sum() * float("nan")).backward()
    with pytest.raises(TrainingError, match="not finite"):
        optimizer.step()
    for name, value in model.state_dict().items():
        if isinstance(value, torch.Tensor):
            assert torch.equal(value, before[name]), name
    assert not optimizer.state


@pytest.mark.parametrize(
    "make",
    [
        lambda p: torch.optim.SGD(p, 0.1),
        lambda p: torch.optim.Adam(p, 0.1),
        lambda p: torch.optim.LBFGS(p, 0.1, max_iter=5),  # many more amplify a last bit
    ],
)
def test_other_optimizers_are_kept_off_devices_and_work_on_floats(make, device) -> None:
    digital, floats = twins(4, 3)
    analog: Any = to_analog(digital, device, "sgd", seed=1)
    x = torch.randn(6, 4)
    before = analog[0].weight.detach().clone()

    def closure_of(model: nn.Module, optimizer):
        def closure():
            optimizer.zero_grad()
            value = (model(x) - 1).square().sum()
            value.backward()
            return value

        return closure

    for model in (digital, floats):
        optimizer = make(model.parameters())
        for _ in range(3):
            optimizer.step(closure_of(model, optimizer))
    for theirs, own in zip(digital.parameters(), floats.parameters(), strict=True):
        torch.testing.assert_close(own.detach(), theirs.detach(), rtol=1e-3, atol=1e-4)
    optimizer = make(analog.parameters())
    with pytest.raises(TrainingError, match="without a pulse and past its cells' bounds"):
        optimizer.step(closure_of(analog, optimizer))
    assert torch.equal(analog[0].weight, before)
    make([analog[0].bias]).step(closure_of(analog, optimizer))


def test_what_is_written_into_a_weight_is_put_on_cells_within_their_bounds(device) -> None:
    for algorithm in ("sgd", "ttv2", "ttv1", "mixed-precision"):
        layer = AnalogLinear(6, 5, synapse=device, algorithm=algorithm, seed=1)
        twin = copy.deepcopy(layer)
        values = torch.randn(5, 6)
        nn.init.zeros_(layer.weight)
        layer.weight.data += values  # the old way: autograd does not see it
        twin.program(values)
        layer(torch.ones(1, 6))
        assert torch.equal(layer.weight, twin.weight)
        array = getattr(layer.tile.state, "slow", None) or layer.tile.state.array
        assert (array.weights >= array.rows[:, LOWER]).all()
        assert (array.weights <= array.rows[:, UPPER]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda a, b: setattr(a, "weight", nn.Parameter(torch.zeros(3, 3))),
            "a tensor outside its tile",
        ),
        (lambda a, b: setattr(a, "weight", b.weight), "use one of them twice"),
        (lambda a, b: setattr(a.weight, "data", torch.zeros(3, 3)), "cannot lie in other memory"),
        (
            lambda a, b: prune.l1_unstructured(a, "weight", 0.5),
            "weight_orig in the place of weight",
        ),
        (lambda a, b: torch.nn.utils.spectral_norm(a), "weight_orig in the place of weight"),
        (lambda a, b: parametrizations.spectral_norm(a)(torch.ones(1, 3)), "tile"),
        (lambda a, b: a.share_memory(), "belongs to one process"),
        (
            lambda a, b: vector_to_parameters(torch.zeros(12), a.parameters()),
            "cannot lie in other memory",
        ),
        (
            lambda a, b: torch.func.functional_call(
                a, {"weight": torch.zeros(3, 3), "bias": torch.zeros(3)}, (torch.ones(1, 3),)
            ),
            "not the one in its tile",
        ),
        (lambda a, b: torch.func.vmap(a)(torch.ones(2, 1, 3)), "torch.func"),
        (lambda a, b: torch.func.jvp(a, (torch.ones(1, 3),), (torch.ones(1, 3),)), "torch.func"),
    ],
)
@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
def test_a_weight_that_would_leave_its_tile_is_refused(change, message: str) -> None:
    a, b = (AnalogLinear(3, 3, algorithm="floating", seed=k) for k in range(2))
    with pytest.raises(TrainingError, match=message):
        change(a, b)


def test_a_refused_pruning_leaves_the_layer_whole(device) -> None:
    layer = AnalogLinear(3, 3, synapse=device, algorithm="sgd", seed=1)
    with pytest.raises(TrainingError, match="pruning"):
        prune.l1_unstructured(layer, "weight", 0.5)
    assert sorted(name for name, _ in layer.named_parameters()) == ["bias", "weight"]
    optimizer = AnalogSGD(layer.parameters(), 0.1)
    layer(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    assert layer.pulses > 0


def test_a_step_between_forward_and_backward_is_refused_as_torch_does_it() -> None:
    for model, optimizer in zip(both := twins(4, 5, 3), sgd(*both), strict=True):
        value = model(torch.randn(2, 4)).square().sum()
        value.backward(retain_graph=True)
        optimizer.step()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            value.backward()


def test_states_loaded_by_assignment_stay_in_the_tile() -> None:
    _, analog = twins(4, 3)
    analog.load_state_dict(
        {"0.weight": torch.ones(3, 4), "0.bias": torch.zeros(3)}, strict=False, assign=True
    )
    assert (analog(torch.ones(1, 4)) == 4).all()
    assert (analog[0].tile.weights == 1).all()


def test_a_refused_state_changes_nothing(device) -> None:
    one, other = (
        AnalogLinear(4, 3, synapse=device, algorithm=name, seed=1) for name in ("sgd", "ttv2")
    )
    before = one.weight.detach().clone()
    with pytest.raises(TrainingError, match="the saved tile is"):
        one.load_state_dict(other.state_dict())
    assert torch.equal(one.weight, before)


def test_pickled_models_and_optimizers_go_on_together(device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm="sgd", seed=1)
    optimizer = AnalogSGD(layer.parameters(), 0.1)
    pairs = [
        (layer, optimizer),
        pickle.loads(pickle.dumps((layer, optimizer))),
        copy.deepcopy((layer, optimizer)),
    ]
    file = io.BytesIO()
    torch.save((layer, optimizer), file)
    file.seek(0)
    pairs.append(torch.load(file, weights_only=False))
    for own, steps in pairs:
        own(torch.ones(4, 4)).sum().backward()
        steps.step()
        assert own.pulses > 0
        assert np.shares_memory(own.weight.detach().numpy(), own.tile.weights)
        assert torch.equal(own.weight, layer.weight)
        assert torch.equal(own.bias, layer.bias)


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpointed_parts_train_as_the_others(reentrant: bool) -> None:
    from torch.utils.checkpoint import checkpoint

    digital, analog = twins(4, 5, 3)
    for model, optimizer in zip((digital, analog), sgd(digital, analog), strict=True):
        x = torch.randn(6, 4, generator=torch.Generator().manual_seed(1)).requires_grad_()
        for _ in range(3):
            optimizer.zero_grad()
            checkpoint(model, x, use_reentrant=reentrant).square().sum().backward()
            optimizer.step()
    assert_same(digital, analog)


@pytest.mark.parametrize("shape", [(0, 4), (0, 2, 4), (2, 0, 4)])
@pytest.mark.parametrize("algorithm", ["floating", "sgd", "ttv2", "mixed-precision"])
def test_an_empty_batch_moves_nothing(algorithm: str, shape, device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm=algorithm, seed=1)
    optimizer = AnalogSGD(layer.parameters(), 0.1)
    before = layer.weight.detach().clone()
    x = torch.zeros(shape, requires_grad=True)
    y = layer(x)
    assert y.shape == (*shape[:-1], 3)
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.shape == shape
    assert (layer.weight.grad == 0).all()
    optimizer.step()
    assert torch.equal(layer.weight, before)


def test_autocast_rounds_no_products_of_a_tile() -> None:
    digital, analog = twins(4, 3)
    x = torch.randn(5, 4)
    with torch.autocast("cpu", torch.bfloat16):
        y = analog(x)
        y.square().sum().backward()
    assert y.dtype == torch.float32
    torch.testing.assert_close(y, digital(x))


def test_hooks_after_a_step_run_once() -> None:
    torch.optim.SGD(
        [torch.zeros(1, requires_grad=True)], 0.1
    )  # puts hooks around the step of the base class
    _, analog = twins(4, 3)
    optimizer = AnalogSGD(analog.parameters(), 0.1)
    calls = []
    optimizer.register_step_post_hook(lambda *_: calls.append(1))
    optimizer.step()
    assert calls == [1]


def test_a_rate_of_zero_moves_nothing_and_a_schedule_acts_on_the_threshold(device) -> None:
    layer = AnalogLinear(4, 3, synapse=device, algorithm=TTv2(threshold=5.0), seed=1)
    twin = AnalogLinear(4, 3, synapse=device, algorithm=TTv2(threshold=10.0), seed=1)
    for one, factor in ((layer, 0.5), (twin, 1.0)):
        optimizer = AnalogSGD(one.parameters(), 0.1, tile_lr=1.0)
        optimizer.param_groups[0]["lr"] *= factor
        for _ in range(30):
            optimizer.zero_grad()
            one(torch.ones(3, 4)).sum().backward()
            optimizer.step()
    assert torch.equal(layer.weight, twin.weight)
    assert np.array_equal(layer.tile.state.fast.weights, twin.tile.state.fast.weights)
    before = [a.copy() for a in layer.tile.arrays().values()]
    optimizer = AnalogSGD(layer.parameters(), 0.1)
    optimizer.param_groups[0]["lr"] = 0.0
    optimizer.step()
    assert all(
        np.array_equal(a, b) for a, b in zip(before, layer.tile.arrays().values(), strict=True)
    )


FORKED = """
import os, sys, torch
from acanthite import threads
from acanthite.nn import SGD
from acanthite.synapse import SoftBounds
from acanthite.torch import AnalogLinear, AnalogSGD
threads.use(2)
torch.set_num_threads(1)
device = SoftBounds(up=0.06, down=0.07, conductance_min=3e-8, conductance_max=2e-6)
x = torch.randn(100, 300, generator=torch.Generator().manual_seed(1))
def step():
    optimizer.zero_grad(); layer(x).square().sum().backward(); optimizer.step()
for pulses in sys.argv[1:]:
    layer = AnalogLinear(300, 90, synapse=device, algorithm=SGD(pulses=pulses), seed=1)
    optimizer = AnalogSGD(layer.parameters(), 0.01)
    step()
    child = os.fork()
    step()
    if child:
        os.waitpid(child, 0)
    print(pulses, layer.weight.sum().item(), flush=True)
    if child == 0:
        os._exit(0)
"""


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_training_goes_on_in_a_forked_child() -> None:
    out = subprocess.run(
        [sys.executable, "-c", FORKED, "stochastic", "mean-field"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    child, parent, child_of_means, parent_of_means = out.stdout.splitlines()
    assert child == parent
    assert child_of_means == parent_of_means
    assert child_of_means.startswith("mean-field")


PARALLEL = """
import tempfile, torch
import torch.distributed as dist
from acanthite.errors import TrainingError
from acanthite.torch import AnalogLinear, AnalogSGD
with tempfile.TemporaryDirectory() as folder:
    dist.init_process_group("gloo", init_method=f"file://{folder}/x", rank=0, world_size=1)
    layer = AnalogLinear(3, 2, algorithm="floating", seed=1)
    model = torch.nn.parallel.DistributedDataParallel(layer)
    optimizer = AnalogSGD(model.parameters(), 0.1)
    try:
        model(torch.ones(2, 3)).sum().backward()
        optimizer.step()
    except TrainingError as error:
        print("refused:", error)
    dist.destroy_process_group()
"""


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch without torch.distributed")
def test_distributed_data_parallel_is_refused_in_a_sentence() -> None:
    out = subprocess.run(
        [sys.executable, "-c", PARALLEL], capture_output=True, text=True, timeout=120
    )
    assert "refused:" in out.stdout, out.stderr[-2000:]
