"""Convolutions against torch's autograd, to float32 accuracy."""

import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn import (
    Convolution,
    Dataset,
    FloatingPoint,
    Network,
    Periphery,
    TTv2,
    lenet5,
    train,
)
from acanthite.nn.algorithms.catalogue import ALGORITHMS
from acanthite.nn.algorithms.ttv2 import shares
from acanthite.nn.engine.layout import lay_out
from acanthite.nn.engine.passes import backward, forward, load_image, n_pairs, pair
from acanthite.nn.training.networks import network_named

NETWORKS = {
    "plain": Network((36, 5), "tanh", (Convolution(3, 3),), (6, 6, 1)),
    "padded, strided": Network((50, 7, 4), "sigmoid", (Convolution(3, 3, 2, 1),), (5, 5, 2)),
    "pooled": Network(
        (98, 6, 4), "relu", (Convolution(4, 3, 1, 1, 2), Convolution(5, 2)), (7, 7, 2)
    ),
    "mean": Network(
        (64, 4),
        "tanh",
        (Convolution(3, 3, 1, 1, 2, "mean"), Convolution(4, 3, 1, 1, 2, "mean")),
        (8, 8, 1),
    ),
    "digital bias": Network(
        (64, 6, 4), "tanh", (Convolution(3, 3, pool=2),), (8, 8, 1), bias="digital"
    ),
    "LeNet-5": lenet5((28, 28, 1), 10),
}


def torch_net(network: Network, weights, biases, image, torch):
    """Return the sums of the last layer, with the same weights laid out as torch has them."""
    act = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}[network.activation]
    pools = {"max": torch.nn.functional.max_pool2d, "mean": torch.nn.functional.avg_pool2d}
    x = torch.tensor(image / 255.0, dtype=torch.float64)
    at = b_at = 0
    for k, (n_in, n_out) in enumerate(network.shapes):
        w = weights[at : at + n_in * n_out].reshape(n_in, n_out)
        at += n_in * n_out
        if network.bias == "array":
            w, b = w[:-1], w[-1]
        else:
            b = biases[b_at : b_at + n_out]
            b_at += n_out
        if k < len(network.convolutions):
            c, (height, width, channels) = network.convolutions[k], network.images[k]
            kernel = w.T.reshape(n_out, channels, c.kernel, c.kernel)
            x = (
                x.reshape(height, width, channels).permute(2, 0, 1)
                if k == 0
                else x.reshape(channels, height, width)
            )
            x = act(torch.nn.functional.conv2d(x[None], kernel, b, c.stride, c.padding))
            x = pools[c.pooling](x, c.pool)[0].reshape(-1)
        else:
            x = x @ w + b
            x = act(x) if k < len(network.shapes) - 1 else x
    return x


@njit
def add_updates(total, net, layer):
    """Add a layer's rank-one updates to ``total``, in loops: ``np.outer`` compiles for seconds."""
    for k in range(n_pairs(net, layer)):
        x, d = pair(net, layer, k)
        for j in range(len(x)):
            for i in range(len(d)):
                total[j, i] += x[j] * d[i]


def gradient(net, layer):
    """Return the sum of a layer's rank-one updates, shape (n_in, n_out)."""
    total = np.zeros((net.layers.n_in[layer], net.layers.n_out[layer]))
    add_updates(total, net, layer)
    return total


@pytest.mark.long
@pytest.mark.parametrize("name", NETWORKS)
def test_loss_and_gradient_are_those_of_autograd(name: str) -> None:
    torch = pytest.importorskip("torch", reason="needs torch, in the extra [dev]")
    network = NETWORKS[name]
    draw = np.random.default_rng(1)
    weights = draw.normal(0, 0.3, network.n_weights).astype(np.float32)
    image = (
        draw.integers(1, 256, network.widths[0]) * (draw.random(network.widths[0]) < 0.7)
    ).astype(np.uint8)
    net = lay_out(network)
    net.bias[:] = draw.normal(0, 0.3, len(net.bias))
    w = torch.tensor(weights.astype(np.float64), requires_grad=True)
    b = torch.tensor(net.bias.astype(np.float64), requires_grad=True)
    start, rate = net.bias.copy(), network.bias_rate
    for _ in range(2):  # scratch left by one sample must not show in the next
        net.bias[:] = start
        load_image(image, net)
        forward(weights, net)
        loss = backward(weights, net, 2)
    out = torch_net(network, w, b, image, torch)
    expected = torch.nn.functional.cross_entropy(out[None], torch.tensor([2]))
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-5)
    ours = [gradient(net, layer).ravel() for layer in range(len(network.shapes))]
    scale = np.abs(w.grad.numpy()).max()
    assert np.concatenate(ours) == pytest.approx(w.grad.numpy(), rel=1e-4, abs=1e-6 * scale)
    if network.bias == "digital":
        assert (start - net.bias) / rate == pytest.approx(b.grad.numpy(), rel=1e-3, abs=1e-5)


def test_lenet5_has_the_papers_arrays() -> None:
    network = NETWORKS["LeNet-5"]
    assert network.shapes == ((26, 6), (151, 16), (401, 120), (121, 84), (85, 10))
    assert network.images == ((28, 28, 1), (14, 14, 6), (5, 5, 16))
    assert network.n_reads == 784 + 100 + 3


def test_positions_share_the_rate_as_gradients_of_random_sign_add_up() -> None:
    assert shares(NETWORKS["LeNet-5"]).rate == pytest.approx([1 / 28, 1 / 10, 1, 1, 1])
    assert shares(Network()).rate == pytest.approx(1)


@pytest.fixture(scope="module")
def bars() -> Dataset:
    """A bar, down, across or aslant, anywhere in a noisy 8 x 8 image: position must not matter."""
    draw = np.random.default_rng(3)
    labels = draw.integers(0, 3, 1500)
    images = np.zeros((1500, 8, 8))
    for image, label in zip(images, labels, strict=True):
        y, x = draw.integers(0, 5, 2)
        steps = np.arange(4)
        image[y + steps * (label != 0), x + steps * (label != 1)] = 1
    images = np.clip(images + draw.normal(0, 0.15, images.shape), 0, 1)
    pixels, labels = (images * 255).astype(np.uint8).reshape(1500, 64), labels.astype(np.uint8)
    return Dataset("bars", pixels[:1200], labels[:1200], pixels[1200:], labels[1200:])


@pytest.mark.long
@pytest.mark.parametrize("bias", ["array", "digital"])
@pytest.mark.parametrize(
    "algorithm",
    [
        FloatingPoint(rate=0.02),
        # passes are the same, its pulses those of other networks, and it compiles for half a minute
        pytest.param(TTv2(rate=0.3, threshold=5.0, window=0.8), marks=pytest.mark.slow),
    ],
)
def test_a_small_convolution_learns_what_does_not_depend_on_position(
    algorithm, bias, bars, device
) -> None:
    network = Network((64, 12, 3), "relu", (Convolution(6, 4, pool=2),), (8, 8, 1), bias=bias)
    result = train(bars, network, device, algorithm, epochs=6)
    assert result.test_accuracy[-1] > 0.9
    assert (np.abs(result.biases).sum() > 0) == (bias == "digital")


@pytest.mark.slow
@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_trains_a_convolution(name, bars, device) -> None:
    network = Network((64, 12, 3), "relu", (Convolution(6, 4, pool=2),), (8, 8, 1))
    result = train(bars, network, device, name, epochs=1, limit=200)
    assert np.isfinite(result.weights).all()
    assert result.test_accuracy[-1] > 0.2


def test_a_named_network_is_fitted_to_the_data_set(bars) -> None:
    assert network_named("mlp", bars).widths == (64, 256, 128, 3)
    with pytest.raises(TrainingError, match=r"image of 4 x 4 pixels is too small for Convolution"):
        network_named("lenet5", bars)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Convolution(0, 3),
            "convolution: channels = 0; expected a whole number of at least 1",
        ),
        (lambda: Convolution(3, 3, padding=3), "padding = 3; expected less than kernel = 3"),
        (lambda: Convolution(3, 3, pooling="avg"), "pooling = 'avg'; expected one of max, mean"),
        (
            lambda: Network((36, 5), "relu", (Convolution(3, 3),)),
            "image = None; expected height, width",
        ),
        (
            lambda: Network((36, 5), "relu", (Convolution(3, 3),), (5, 5, 1)),
            "the 36 inputs of convolutions",
        ),
        (
            lambda: Network((36, 5), bias="analog"),
            "bias = 'analog'; expected one of array, digital",
        ),
        (
            lambda: Network((10000, 5), "relu", (Convolution(9, 3),), (100, 100, 1)),
            "86437 lines; expected",
        ),
        (
            lambda: Periphery(read_noise=-1.0),
            "read_noise = -1.0; expected a number of zero or more",
        ),
        (lambda: Periphery(input_bits=1), "input_bits = 1; expected a whole number from 2 to 24"),
        (lambda: Periphery(output_bits=8), "output_bits = 8 without output_bound"),
        (lambda: Periphery(output_bound=0.0), "output_bound = 0.0; expected a positive number"),
    ],
)
def test_shapes_that_cannot_be_are_refused(make, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        make()
