"""Training for a chip: its products forward, gradients of the digital model backward, weights in bounds."""

import copy
import itertools

import numpy as np
import pytest
import torch
from chips import EXACT, LAYERS, flat, normal
from torch import nn

from acanthite.errors import ChipError
from acanthite.inference import Chip, ColumnReader, InputDriver
from acanthite.torch import (
    AdditiveNoise,
    CellNoise,
    ProportionalNoise,
    to_hardware_aware,
    to_inference,
)
from acanthite.torch.chip.layers import products_of

NOISY = Chip(cells="pcm", rows=7, columns=6, **EXACT)


def gradients(model, plain, inputs, weights):
    """Return gradients of one loss, those of the model in training first, by the digital names."""
    for each in (model, plain):
        outputs = flat(each(*inputs))
        sum((w * y).sum() for w, y in zip(weights, outputs, strict=True)).backward()
    theirs = {name: p.grad for name, p in plain.named_parameters() if p.grad is not None}
    ours = [p.grad for name, p in model.named_parameters() if p.grad is not None]
    return ours, list(theirs.values())


@pytest.mark.filterwarnings("ignore:LSTM with projections", "ignore:Using padding='same'")
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_trains_as_the_digital_one_where_the_chip_is_exact(name):
    make, shapes = LAYERS[name]
    torch.manual_seed(3)
    plain = make().train()
    for module in plain.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if isinstance(module, nn.MultiheadAttention):
            module.dropout = 0.0
    inputs = tuple(normal(*shape, seed=k) for k, shape in enumerate(shapes))
    chip = Chip(cells="ideal", rows=7, columns=6, **EXACT)
    model = to_hardware_aware(plain, chip, clip=None)
    outputs = flat(plain(*inputs))
    weights = [normal(*y.shape, seed=9 + k) for k, y in enumerate(outputs)]
    for ours, theirs in zip(flat(model(*inputs)), outputs, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=2e-5)
    ours, theirs = gradients(model, plain, inputs, weights)
    assert len(ours) == len(theirs)
    by_sum = [sorted(float(g.double().abs().sum()) for g in each) for each in (ours, theirs)]
    np.testing.assert_allclose(*by_sum, rtol=1e-3, atol=1e-4)
    on_chip = to_inference(model, chip)
    with torch.no_grad():
        for a, b in zip(flat(on_chip(*inputs)), flat(plain.eval()(*inputs)), strict=True):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=2e-5)


def test_noise_is_forward_only():
    plain = nn.Linear(9, 5)
    model = to_hardware_aware(plain, NOISY, clip=None)
    x, g = normal(20, 9), normal(20, 5, seed=1)
    y = model(x)
    assert (y - plain(x)).abs().max() > 0.01
    y.backward(g)
    plain(x).backward(g)
    product = model.module.product
    torch.testing.assert_close(product.parameter.grad, plain.weight.grad)
    torch.testing.assert_close(model.module.bias.grad, plain.bias.grad)


def test_gradients_of_inputs_are_those_of_the_clean_weights():
    plain = nn.Linear(9, 5)
    model = to_hardware_aware(plain, NOISY, clip=None)
    x = normal(20, 9).requires_grad_()
    g = normal(20, 5, seed=1)
    (ours,) = torch.autograd.grad(model(x), x, g)
    torch.testing.assert_close(ours, g @ plain.weight.detach())


def test_converters_pass_gradients_within_their_range_and_give_the_range_its_own():
    chip = Chip(cells="ideal", inputs=InputDriver(bits=4), outputs=ColumnReader(bits=None))
    plain = nn.Linear(3, 2, bias=False)
    model = to_hardware_aware(plain, chip, torch.ones(1, 3), clip=None)
    largest = model.module.product.log_range.exp().item()
    assert largest == pytest.approx(1.0)
    x = torch.tensor([[0.33, -0.71, 1.9]], requires_grad=True)
    g = torch.tensor([[1.0, -2.0]])
    y = model(x)
    codes = torch.tensor([[round(0.33 * 7) / 7, -round(0.71 * 7) / 7, 1.0]])
    torch.testing.assert_close(y, codes @ plain.weight.T)
    y.backward(g)
    by_input = g @ plain.weight.detach()
    torch.testing.assert_close(x.grad, by_input * torch.tensor([[1.0, 1.0, 0.0]]))
    by_range = (by_input * (codes - x.detach() * torch.tensor([[1.0, 1.0, 0.0]]))).sum()
    torch.testing.assert_close(model.module.product.log_range.grad, by_range)


@pytest.mark.parametrize(
    ("noise", "spread"),
    [
        (AdditiveNoise(0.1), lambda W: 0.1 * W.abs().max() * torch.ones_like(W)),
        (ProportionalNoise(0.3), lambda W: 0.3 * W.abs()),
    ],
)
def test_noise_of_a_formula_has_its_spread(noise, spread):
    plain = nn.Linear(6, 4, bias=False)
    chip = Chip(cells="ideal", **EXACT)
    model = to_hardware_aware(plain, chip, noise=noise, clip=None)
    with torch.no_grad():
        held = torch.stack([model(torch.eye(6)).T for _ in range(600)])
    expected = spread(plain.weight.detach())
    torch.testing.assert_close(held.std(0), expected, rtol=0.15, atol=1e-4)
    assert ((held.mean(0) - plain.weight) / expected).abs().max() < 5 / 600**0.5


def test_noise_of_cells_is_what_the_chip_does_at_a_time():
    plain = nn.Linear(40, 3, bias=False)
    x = normal(30, 40)
    noise = CellNoise(earliest=3600.0, latest=3600.0)
    model = to_hardware_aware(plain, Chip(cells="pcm", **EXACT), noise=noise, clip=None)
    with torch.no_grad():
        ours = torch.stack([model(x) - plain(x) for _ in range(60)])
        chips = [to_inference(plain, model.chip, seed=k).at(3600.0) for k in range(60)]
        theirs = torch.stack([chip(x) - plain(x) for chip in chips])
    assert ours.std() == pytest.approx(theirs.std().item(), rel=0.1)
    torch.testing.assert_close(ours.mean(0), theirs.mean(0), rtol=0.0, atol=0.1)


def test_the_ramp_grows_and_eval_is_digital():
    plain = nn.Linear(9, 5)
    x = normal(50, 9)
    model = to_hardware_aware(plain, NOISY, clip=None, ramp=4)
    off = []
    with torch.no_grad():
        for _ in range(6):
            off.append((model.strength, (model(x) - plain(x)).std().item()))
        torch.testing.assert_close(model.eval()(x), plain(x))
    assert [s for s, _ in off] == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    assert off[0][1] < 0.6 * off[4][1]


def test_the_same_seed_gives_the_same_training_whatever_the_threads():
    def run(threads):
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        plain = nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3))
        model = to_hardware_aware(plain, Chip(cells="pcm"), normal(50, 12), seed=4)
        optimizer = torch.optim.Adam(model.parameters())
        for _ in range(4):
            optimizer.zero_grad()
            model(normal(50, 12)).square().mean().backward()
            optimizer.step()
        return [p.detach().clone() for p in model.parameters()]

    assert all(map(torch.equal, run(1), run(2)))


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=1.0, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.05),
    "lbfgs": lambda p: torch.optim.LBFGS(p, lr=0.5, max_iter=5, line_search_fn="strong_wolfe"),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_optimizer_leaves_the_bounds(name):
    torch.manual_seed(2)
    plain = nn.Linear(12, 6)
    x, y = normal(40, 12), normal(40, 6, seed=1)
    chip = Chip(cells="pcm")
    model = to_hardware_aware(plain, chip, x, clip=1.5)
    optimizer = OPTIMIZERS[name](model.parameters())
    product = model.module.product
    project = product.project
    bounds = [torch.inf]
    losses = []

    def noted():
        bounds.append(1.5 * product.weight.detach().std(correction=0).item())
        project()

    product.project = noted

    def closure():
        optimizer.zero_grad()
        loss = (model(x) - y).square().mean()
        assert product.weight.abs().max().item() <= bounds[-1] * (1 + 1e-6)
        losses.append(loss.item())
        loss.backward()
        return loss

    for _ in range(6):
        with model.same_cells():
            optimizer.step(closure)
    assert np.isfinite(losses).all()
    assert len(bounds) > 6
    weight = model.project().module.product.weight
    assert to_inference(model, chip).module.product.matrix.scale == pytest.approx(
        weight.abs().max().item()
    )


def test_learnt_ranges_go_onto_the_chip():
    torch.manual_seed(2)
    chip = Chip(cells="pcm", outputs=ColumnReader(bits=6))
    x, y = normal(60, 12), normal(60, 6, seed=1)
    model = to_hardware_aware(nn.Linear(12, 6), chip, x)
    before = model.module.product.log_range.item()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(30):
        optimizer.zero_grad()
        (model(x) - y).square().mean().backward()
        optimizer.step()
    learnt = model.module.product.log_range.item()
    assert learnt != before
    for on_chip in (to_inference(model, chip), to_inference(model, Chip(cells="reram-cmo"), x)):
        assert on_chip.module.product.ranges.largest_input == pytest.approx(np.exp(learnt))
    with pytest.raises(ChipError, match="no range yet"):
        to_inference(model, Chip(cells="reram-cmo"))(x)
    kept = to_hardware_aware(nn.Linear(12, 6), chip, x, learn_ranges=False)
    assert not kept.module.product.log_range.requires_grad


def test_training_for_the_noise_helps():
    torch.manual_seed(5)
    centres = normal(8, 16, seed=2)
    labels = torch.arange(400) % 8
    x, unseen = (centres[labels] + 1.5 * normal(400, 16, seed=k) for k in (3, 4))
    chip = Chip(cells="ideal", **EXACT)
    noise = ProportionalNoise(0.5)
    start = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 8))
    losses = {}
    for aware in (False, True):
        plain = copy.deepcopy(start)
        model = to_hardware_aware(plain, chip, noise=noise) if aware else plain
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(200):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), labels).backward()
            optimizer.step()
        judged = model if aware else to_hardware_aware(plain, chip, noise=noise, clip=None)
        with torch.no_grad():
            runs = [nn.functional.cross_entropy(judged(unseen), labels) for _ in range(20)]
        losses[aware] = sum(run.item() for run in runs) / 20
    assert losses[True] < 0.8 * losses[False]


def test_tied_weights_stay_tied_and_a_model_saves_and_loads():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(12, 6)
            self.head = nn.Linear(6, 12, bias=False)
            self.head.weight = self.embedding.weight

        def forward(self, x):
            return self.head(self.embedding(x))

    chip = Chip(cells="ideal", **EXACT)
    model = to_hardware_aware(Tied(), chip, digital=["embedding"])
    assert model.module.head.product.parameter is model.module.embedding.weight
    again = to_hardware_aware(Tied(), chip, digital=["embedding"])
    again.load_state_dict(model.state_dict())
    x = torch.arange(12)
    assert torch.equal(again.eval()(x), model.eval()(x))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: to_hardware_aware(nn.ReLU(), Chip()), "no layer that goes onto a chip"),
        (lambda: to_hardware_aware(nn.Linear(2, 2), Chip(), clip=0.0), "clip = 0.0"),
        (lambda: to_hardware_aware(nn.Linear(2, 2), Chip(), ramp=-1), "ramp = -1"),
        (lambda: to_hardware_aware(nn.Linear(2, 2), Chip(), noise=0.1), "noise"),
        (lambda: to_hardware_aware(nn.Linear(2, 2), Chip())(torch.ones(1, 2)), "no range yet"),
        (lambda: CellNoise(earliest=1.0), "go together"),
        (lambda: CellNoise(earliest=2.0, latest=1.0), "latest = 1.0"),
        (lambda: AdditiveNoise(-1.0), "deviation = -1.0"),
    ],
)
def test_what_cannot_be_is_refused(call, words):
    with pytest.raises(ChipError, match=words):
        call()


def test_times_of_cells_that_know_few():
    rng = np.random.default_rng(1)
    wan = Chip(cells="reram-wan").cells
    noise = CellNoise(earliest=0.0, latest=1e5)
    assert {noise.time(wan, rng) for _ in range(40)} == {1.0, 86400.0}
    with pytest.raises(ChipError, match="none lies between"):
        CellNoise(earliest=2.0, latest=3.0).time(wan, rng)
    times = [noise.time(Chip(cells="pcm").cells, rng) for _ in range(500)]
    assert 0.0 <= min(times) < 1.0
    assert max(times) > 1e4
    assert all(a != b for a, b in itertools.pairwise(times))


def test_products_are_found():
    model = to_hardware_aware(nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3)), NOISY)
    assert len(products_of(model)) == 2


def test_two_calls_before_one_backward():
    model = to_hardware_aware(nn.Linear(9, 5), NOISY, clip=1.0)
    loss = model(normal(4, 9)).sum() + model(normal(4, 9, seed=1)).sum()
    loss.backward()
    assert model.module.product.parameter.grad is not None


def test_a_copy_of_a_model_goes_on_alike():
    x = normal(30, 9)
    model = to_hardware_aware(nn.Linear(9, 5), Chip(cells="pcm"), x)
    model(x)
    again = copy.deepcopy(model)
    with torch.no_grad():
        assert torch.equal(again(x), model(x))
