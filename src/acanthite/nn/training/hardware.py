"""What a training would cost on the arrays themselves, from the device's numbers.

It is the energy of writing and reading, and the time.

A read puts a voltage on each input line in proportion to its input, the largest at the device's
``read_voltage``; a cell of the middle conductance then takes :math:`V^2 G t_r`. How hard a sample
loads the arrays, forward and back, is measured on a few training images after each epoch.
Converters, wires and digital logic are not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite.jit import njit
from acanthite.nn.array_types import Doubles, Integers
from acanthite.nn.engine.native.options import ZERO
from acanthite.nn.engine.passes import backward, crossing, forward, load_image, n_crossings
from acanthite.nn.engine.periphery import largest
from acanthite.nn.training.setup import Setup

IMAGES = 200  #: on which the load of a sample is measured


@dataclass(frozen=True)
class Cost:
    """Cost of each epoch on the arrays.

    Parameters
    ----------
    write_energy, read_energy : ndarray, shape (epochs,)
        Joule heat in the cells. [J]
    time : ndarray, shape (epochs,)
        At most: every pulse train at its longest, arrays read one after another and written side by
        side, the positions of a convolution one after another. [s]
    """

    write_energy: Doubles
    read_energy: Doubles
    time: Doubles


def cost(
    setup: Setup,
    pulses: Integers,
    transfers: Integers,
    cells_read: Doubles,
) -> Cost:
    """Return what each epoch costs; reads and time are zero without a device.

    Parameters
    ----------
    setup : Setup
    pulses, transfers : ndarray of int64, shape (epochs,)
        Write pulses, and columns read for transfers.
    cells_read : ndarray, shape (epochs,)
        From :func:`cells_read`.
    """
    network = setup.network
    synapse = setup.synapse
    write = (pulses * setup.pulse_energy).astype(np.float64)
    if synapse is None or not setup.algorithm.on_devices:
        return Cost(write, np.zeros(len(pulses)), np.zeros(len(pulses)))
    samples = len(setup.training.images)
    column = np.mean([n_out for _, n_out in network.shapes])
    read = synapse.read_energy * (samples * cells_read + transfers * column)
    each = sample_time(setup)
    columns = transfers / len(network.shapes) * (synapse.read_width + synapse.pulse_width)
    return Cost(write, read, samples * each + columns)


def sample_time(setup: Setup) -> float:
    """Return how long a sample takes at most, transfers aside; zero without a device. [s]"""
    synapse = setup.synapse
    if synapse is None or not setup.algorithm.on_devices:
        return 0.0
    trains = max(setup.network.n_positions)  # of the array that is updated most often
    longest = setup.algorithm.longest_train * trains * synapse.pulse_width
    return 2 * setup.network.n_reads * synapse.read_width + longest


@njit(cache=True, nogil=True)
def cells_read(weights, net, images, labels):
    """Return how many cells a sample reads, forward and back: the mean over images.

    A cell counts as one at full read voltage, and less at a lower one.
    """
    total = 0.0
    for k in range(images.shape[0]):
        load_image(images[k], net)
        forward(weights, net)
        backward(weights, net, labels[k])
        for layer in range(net.layers.n_in.shape[0]):
            for p in range(n_crossings(net, layer)):
                x, d = crossing(net, layer, p)
                total += _drive(x) * d.shape[0]
                if layer > 0:
                    total += _drive(d) * x.shape[0]
    return total / images.shape[0]


@njit(cache=True, nogil=True)
def _drive(x):
    """Return the sum of squared inputs, the largest scaled to 1."""
    top = largest(x)
    total = ZERO
    if top > ZERO:
        for j in range(x.shape[0]):
            total += (x[j] / top) ** 2  # scaled first: the square of a small one may be zero
    return total
