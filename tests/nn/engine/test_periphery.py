"""Reads through converters, noise and bounds, forward and backward."""

import numpy as np
import pytest

from acanthite.nn import Network, Periphery, TTv2, train
from acanthite.nn.engine.layout import lay_out
from acanthite.nn.engine.passes import backward, classify, forward, load_image
from acanthite.nn.engine.periphery import from_lines, to_lines
from acanthite.nn.engine.rng import NORMAL_AT

WIDTHS = (40, 30, 20)


def sums(periphery: Periphery, n: int = 1, seed: int = 1):
    """Return the exact sums of the hidden layer, and those read ``n`` times, shape (n, 30), with inputs and weights."""
    draw = np.random.default_rng(5)
    image = draw.integers(0, 200, 40).astype(np.uint8)
    image[3] = 255
    found = []
    for p, times in ((Periphery(), 1), (periphery, n)):
        network = Network(WIDTHS, "relu", periphery=p)
        weights = np.abs(network.initial_weights(2))  # positive sums pass the ReLU as they are
        net = lay_out(network, seed)
        rows = []
        for _ in range(times):
            load_image(image, net)
            forward(weights, net)
            rows.append(net.nodes.values[net.layers.node_offset[1] :][:30].copy())
        found.append(np.array(rows))
    x = np.append(image / 255.0, 1.0)
    return found[0][0], found[1], x, weights


def test_noise_has_the_spread_it_should() -> None:
    exact, read, x, _ = sums(Periphery(read_noise=0.02, output_noise=0.05), n=1000)
    sigma = np.sqrt(0.02**2 * (x @ x) + 0.05**2)
    error = read - exact
    n = error.size
    assert error.mean() == pytest.approx(0, abs=4 * sigma / np.sqrt(n))
    assert error.std() == pytest.approx(sigma, rel=4 / np.sqrt(2 * n))
    assert abs(np.corrcoef(error[:, 0], error[:, 1])[0, 1]) < 4 / np.sqrt(len(error))


@pytest.mark.parametrize(
    "noise", [{"read_noise": 0.02}, {"output_noise": 0.02}], ids=["cells", "lines"]
)
def test_a_read_of_nothing_is_exact_and_takes_its_noise_from_the_stream(noise) -> None:
    """Where a row of a batch finds its noise then follows from its number alone."""
    lines = Periphery(**noise).converters(30, 1)
    z = np.zeros(30, np.float32)
    top, norm_squared = to_lines(lines, np.zeros(40, np.float32))
    from_lines(lines, z, top, norm_squared)
    assert (z == 0).all()
    assert lines.rng.state[NORMAL_AT] == 30


def test_outputs_are_clipped_and_fall_on_codes() -> None:
    exact, read, _, _ = sums(Periphery(output_bits=5, output_bound=2.2))
    step = 2.2 / 15
    assert read[0] == pytest.approx(np.minimum(np.rint(exact / step) * step, 2.2), abs=1e-5)
    assert (exact > 2.2).any()
    assert len(np.unique(read)) < 15


def test_inputs_fall_on_codes() -> None:
    _, read, x, weights = sums(Periphery(input_bits=4))
    coarse = np.rint(x * 7) / 7
    assert read[0] == pytest.approx(coarse @ weights[: 41 * 30].reshape(41, 30), rel=1e-5)


def test_fine_converters_change_nothing_to_speak_of() -> None:
    exact, read, _, _ = sums(Periphery(input_bits=20, output_bits=24, output_bound=50.0))
    assert read[0] == pytest.approx(exact, rel=1e-4)


def test_the_way_back_is_read_with_the_same_noise() -> None:
    network = Network(WIDTHS, "relu", periphery=Periphery(output_noise=0.1))
    exact = Network(WIDTHS, "relu")
    weights = np.abs(network.initial_weights(2))
    image = np.full(40, 255, np.uint8)
    errors = []
    for net, times in ((lay_out(exact), 1), (lay_out(network, 1), 750)):
        rows = []
        for _ in range(times):
            load_image(image, net)
            forward(weights, net)
            net.nodes.values[net.layers.node_offset[2] :][:20] = 0.05  # the same errors each time
            backward(weights, net, 4)
            rows.append(net.nodes.errors[net.layers.node_offset[1] :][:30].copy())
        errors.append(np.array(rows))
    difference = errors[1] - errors[0][0]
    assert difference.std() == pytest.approx(0.1 * 0.95, rel=0.03)  # of the largest error, 0.95
    assert abs(difference.mean()) < 4 * 0.095 / np.sqrt(difference.size)


def test_noise_is_keyed_by_the_seed_and_nothing_else() -> None:
    periphery = Periphery(read_noise=0.05)
    assert (sums(periphery, 3, seed=1)[1] == sums(periphery, 3, seed=1)[1]).all()
    assert (sums(periphery, 3, seed=1)[1] != sums(periphery, 3, seed=2)[1]).any()


def test_training_through_a_good_periphery_works_and_through_a_bad_one_does_not(
    shapes, device
) -> None:
    good = Periphery(
        read_noise=0.01, output_noise=0.03, input_bits=7, output_bits=9, output_bound=12.0
    )
    knobs = TTv2(rate=0.5, window=0.6, threshold=10.0)
    accuracy = [
        train(
            shapes, Network((64, 24, 4), "relu", periphery=p), device, knobs, epochs=4
        ).test_accuracy[-1]
        for p in (Periphery(), good, Periphery(output_noise=3.0))
    ]
    assert accuracy[1] > accuracy[0] - 0.05
    assert accuracy[2] < accuracy[1] - 0.1


def test_a_resumed_run_draws_the_same_noise(shapes, device, tmp_path) -> None:
    network = Network((64, 24, 4), "relu", periphery=Periphery(output_noise=0.1), bias="digital")
    knobs = TTv2(rate=0.5, window=0.6, threshold=10.0)
    path = tmp_path / "checkpoint.npz"
    train(shapes, network, device, knobs, epochs=1, checkpoint=path)
    resumed = train(shapes, network, device, knobs, epochs=2, checkpoint=path)
    whole = train(shapes, network, device, knobs, epochs=2)
    assert (resumed.weights == whole.weights).all()
    assert (resumed.biases == whole.biases).all()
    assert (resumed.test_accuracy == whole.test_accuracy).all()


def test_classes_are_those_of_noisy_reads(shapes) -> None:
    network = Network((64, 24, 4), "relu", periphery=Periphery(output_noise=1.0))
    weights = network.initial_weights(1)
    noisy, exact = (
        classify(weights, lay_out(n, 1), shapes.test_images)
        for n in (network, Network((64, 24, 4), "relu"))
    )
    assert 0.05 < (noisy != exact).mean() < 0.9
