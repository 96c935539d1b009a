import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn.engine.layout import lay_out
from acanthite.nn.engine.network import ACTIVATIONS, Network
from acanthite.nn.engine.passes import backward, classify, forward, load_image, top

torch = pytest.importorskip("torch", reason="needs torch, in the extra [dev]")

WIDTHS = (20, 12, 9, 5)


def one_sample(activation: str, seed: int = 0):
    """Return a network, its weights and nodes after a forward pass, the image and its label."""
    network = Network(WIDTHS, activation)
    draw = np.random.default_rng(seed)
    weights = draw.normal(0, 0.5, network.n_weights).astype(np.float32)
    image = (draw.integers(0, 256, 20) * (draw.random(20) < 0.6)).astype(np.uint8)
    net = lay_out(network)
    load_image(image, net)
    forward(weights, net)
    return network, weights, net, image, 3


def torch_loss(network: Network, weights, image, label: int):
    act = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}[network.activation]
    x, at = torch.tensor(image / 255.0, dtype=torch.float64), 0
    for k, (n_in, n_out) in enumerate(network.shapes):
        w = weights[at : at + n_in * n_out].reshape(n_in, n_out)
        at += n_in * n_out
        x = torch.cat([x, torch.ones(1, dtype=torch.float64)]) @ w
        x = act(x) if k < len(network.shapes) - 1 else x
    return torch.nn.functional.cross_entropy(x[None], torch.tensor([label])), torch.softmax(x, 0)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_loss_and_gradient_are_those_of_autograd(activation: str) -> None:
    network, weights, net, image, label = one_sample(activation)
    layers, nodes = net.layers, net.nodes
    loss = backward(weights, net, label)
    w = torch.tensor(weights.astype(np.float64), requires_grad=True)
    expected, probabilities = torch_loss(network, w, image, label)
    expected.backward()
    assert loss == pytest.approx(expected.item(), rel=1e-5)
    assert nodes.values[layers.node_offset[3] : layers.node_offset[3] + 5] == pytest.approx(
        probabilities.detach().numpy(), rel=1e-4
    )
    ours = []
    for layer, (n_in, n_out) in enumerate(network.shapes):
        first, second = layers.node_offset[layer], layers.node_offset[layer + 1]
        ours.append(
            np.outer(
                nodes.values[first : first + n_in], nodes.errors[second : second + n_out]
            ).ravel()
        )
    assert np.concatenate(ours) == pytest.approx(w.grad.numpy(), rel=1e-4, abs=1e-6)


def test_a_blank_image_leaves_only_the_bias() -> None:
    network = Network((4, 2))
    net = lay_out(network)
    weights = np.arange(10, dtype=np.float32)
    load_image(np.zeros(4, np.uint8), net)
    layers, nodes = net.layers, net.nodes
    assert nodes.n_active[0] == 1
    assert nodes.active[0] == 4
    forward(weights, net)
    assert top(net) == 1
    assert nodes.values[layers.node_offset[1]] == pytest.approx(1 / (1 + np.e), rel=1e-5)


def test_many_images_are_classified_as_one_by_one() -> None:
    network, weights, net, _, _ = one_sample("relu")
    images = np.random.default_rng(2).integers(0, 256, (50, 20)).astype(np.uint8)
    classes = []
    for image in images:
        load_image(image, net)
        forward(weights, net)
        classes.append(top(net))
    assert (classify(weights, net, images) == classes).all()
    assert network.n_weights == 21 * 12 + 13 * 9 + 10 * 5


def test_initial_weights_are_keyed_by_the_seed_with_biases_zero() -> None:
    network = Network((784, 256, 128, 10), "relu")
    first = network.initial_weights(1)
    assert (first == network.initial_weights(1)).all()
    assert not (first == network.initial_weights(2)).all()
    assert (first[784 * 256 : 785 * 256] == 0).all()
    assert np.abs(first[: 784 * 256]).max() <= np.sqrt(6 / (785 + 256))


def test_a_network_that_cannot_be_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"activation = 'rel'; .* did you mean 'relu'"):
        Network((4, 2), "rel")
    with pytest.raises(TrainingError, match=r"widths = \(4,\); expected two or more"):
        Network((4,))
    with pytest.raises(TrainingError, match=r"widths = \(5000, 2\); .* from 1 to 4095"):
        Network((5000, 2))
