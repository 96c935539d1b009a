"""Energy and time on the arrays, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from acanthite.constants import mV, us
from acanthite.nn import SGD, Convolution, FloatingPoint, Job, Network, TTv2, prepare, train
from acanthite.nn.data.datasets import read_only
from acanthite.nn.engine.layout import lay_out
from acanthite.nn.engine.passes import backward, forward, load_image
from acanthite.nn.training.hardware import cells_read, cost, sample_time


def test_a_sample_reads_the_cells_its_inputs_drive() -> None:
    network = Network((3, 4, 2), "relu")
    weights = network.initial_weights(1)
    image = np.array([255, 51, 0], np.uint8)
    net = lay_out(network)
    load_image(image, net)
    forward(weights, net)
    backward(weights, net, 1)
    hidden = np.append(net.nodes.values[net.layers.node_offset[1] :][:4], 1.0)
    expected = (1 + 0.2**2 + 1) * 4 + (hidden**2).sum() / hidden.max() ** 2 * 2
    expected += 2 * 5  # back through the second array: both errors of two classes are alike in size
    images, labels = read_only(image[None]), read_only(np.array([1], np.uint8))
    found = cells_read(weights, lay_out(network), images, labels)
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.long
def test_energy_and_time_follow_from_the_devices_numbers(shapes, small, device) -> None:
    device = replace(device, read_voltage=10 * mV, read_width=2 * us, pulse_width=1 * us)
    knobs = SGD(rate=0.02, window=1.0)
    result = train(shapes, small, device, knobs, epochs=2)
    assert result.cost.write_energy == pytest.approx(result.pulses * device.write_energy)
    each = device.read_voltage**2 * device.conductance(0.0) * device.read_width
    per_sample = result.cost.read_energy / 2000 / each
    assert (per_sample > 65 * 4).all()
    assert (per_sample < 65 * 24 + 2 * 25 * 4).all(), (
        "at most every cell, forward and back, at full scale"
    )
    assert result.cost.time == pytest.approx(2000 * (2 * 2 * 2 * us + 31 * 1 * us))
    louder = train(shapes, small, replace(device, read_voltage=20 * mV), knobs, epochs=2)
    assert louder.cost.read_energy == pytest.approx(4 * result.cost.read_energy)


@pytest.mark.long
def test_transfers_are_read_too_and_floating_point_costs_nothing(shapes, small, device) -> None:
    often, seldom = (
        train(shapes, small, device, TTv2(transfer_every=n, threshold=1e6, rate=0.1), epochs=1)
        for n in (1, 4)
    )
    column = (24 + 4) / 2 * device.read_energy
    difference = (2 * 2000 - 2 * 500) * column
    assert often.cost.read_energy - seldom.cost.read_energy == pytest.approx(difference, rel=0.2)
    assert often.cost.time > seldom.cost.time
    none = train(shapes, small, device, FloatingPoint(), epochs=1).cost
    assert none.read_energy + none.write_energy + none.time == 0


def test_a_convolution_is_read_once_a_position(shapes, device) -> None:
    network = Network((64, 4), "relu", (Convolution(3, 3),), (8, 8, 1))
    setup = prepare(Job(dataset=shapes, network=network, synapse=device, algorithm=SGD()))
    assert network.n_positions == (36, 1)
    assert sample_time(setup) == pytest.approx((2 * 37 + 31 * 36) * us)
    none = np.zeros(1, np.int64)
    found = cost(setup, pulses=none, transfers=none, cells_read=np.ones(1))
    assert found.time == pytest.approx(2000 * sample_time(setup))


@pytest.mark.long
def test_a_sample_with_the_smallest_errors_is_counted_too() -> None:
    network = Network((3, 4, 2), "relu")
    weights = np.zeros(network.n_weights, np.float32)
    weights[-2:] = (
        30.0,
        -30.0,
    )  # biases sure of the class: an error of 1e-26, whose square is zero in float32
    images, labels = read_only(np.full((1, 3), 255, np.uint8)), read_only(np.array([0], np.uint8))
    found = cells_read(weights, lay_out(network), images, labels)
    assert found == pytest.approx(4 * 4 + 2 + 5)
