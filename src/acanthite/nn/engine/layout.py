"""A network as the kernels take it: where each array, node and patch lies, and the scratch of one sample.

Weights lie by input: ``weights[offset + j * n_out + i]`` joins input ``j`` to output ``i`` of an array. A bias in the array is
one more input, always 1. The array of a convolution is crossed once a position of its kernel: its inputs are a patch (channel by
channel, each row by row), its outputs the channels there. Images come pixel by pixel; maps lie channel by channel.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acanthite.nn.engine.rng import Rng

HEIGHT, WIDTH, CHANNELS, KERNEL, STRIDE, PADDING, ROWS, COLUMNS, POOL, MEAN = range(10)
"""Columns of ``Maps.geometry``: of the input, of the kernel, of the positions, of the pooling. KERNEL 0: fully connected."""


class Layers(NamedTuple):
    """The network as the kernels see it; array layer ``l`` joins nodes ``l`` to nodes ``l + 1``."""

    n_in: np.ndarray  # int64, shape (n_layers,): input lines of each array, a bias in it included
    n_out: np.ndarray  # int64, shape (n_layers,): output lines
    weight_offset: np.ndarray  # int64, shape (n_layers + 1,)
    node_offset: np.ndarray  # int64, shape (n_layers + 2,): each layer of nodes with its bias
    activation: int


class Nodes(NamedTuple):
    """Scratch of one sample: values and errors of all nodes, and the inputs that are not zero."""

    values: np.ndarray  # float32, shape (n_nodes,)
    errors: np.ndarray  # float32, shape (n_nodes,)
    active: np.ndarray  # uint32, shape (widest + LANES,)
    active_values: np.ndarray  # float32, shape (widest + LANES,): their values
    n_active: np.ndarray  # int64, shape (1,)


class Maps(NamedTuple):
    """Convolutions: their geometry, the patches they cross and what comes out at each position before pooling."""

    geometry: np.ndarray  # int64, shape (n_layers, 10)
    patch_offset: np.ndarray  # int64, shape (n_layers + 1,)
    map_offset: np.ndarray  # int64, shape (n_layers + 1,)
    patches: np.ndarray  # float32: inputs by positions of each convolution
    values: np.ndarray  # float32: channels by positions, after the activation
    errors: np.ndarray  # float32: slope of the loss against each of them before the activation
    chosen: np.ndarray  # int64, shape (n_nodes,): which of ``values`` a pooled node took
    due_offset: np.ndarray  # int64, shape (n_layers,)
    due: np.ndarray  # int32: positions of each convolution where a channel has an error
    n_due: np.ndarray  # int64, shape (n_layers,): how many
    # float32, scratch: slope of the loss against the patches of one convolution
    returned: np.ndarray
    line: np.ndarray  # float32, scratch: one number a position
    inputs: np.ndarray  # float32, scratch: inputs at one position
    outputs: np.ndarray  # float32, scratch: outputs, or errors, at one position


class Periphery(NamedTuple):
    """What stands around the arrays; see :class:`acanthite.nn.engine.periphery.Periphery`."""

    on: bool
    read_noise: np.float32
    output_noise: np.float32
    input_levels: np.float32  # 0 without a converter
    output_levels: np.float32
    bound: np.float32  # 0 without one
    inputs: np.ndarray  # float32, scratch
    outputs: np.ndarray  # float32, scratch
    rng: Rng


class Net(NamedTuple):
    """A network as the kernels take it: its shape, the scratch of one sample, and what stands around the arrays."""

    layers: Layers
    nodes: Nodes
    maps: Maps
    periphery: Periphery
    bias: np.ndarray  # float32, shape (n_biases,): digital ones; empty where they are in the arrays
    bias_rate: np.ndarray  # float32, shape (1,)
