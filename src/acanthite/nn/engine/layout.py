"""A network as the kernels take it: where everything lies, and the scratch of one sample.

Weights lie by input: ``weights[offset + j * n_out + i]`` joins input ``j`` to output ``i`` of an
array. A bias in the array is one more input, always 1. The array of a convolution is crossed once a
position of its kernel: its inputs are a patch (channel by channel, each row by row), its outputs
the channels there. Images come pixel by pixel; maps lie channel by channel.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.array_types import Integers
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.options import CHOSEN
from acanthite.nn.engine.native.simd import LANES
from acanthite.nn.engine.network import ACTIVATIONS, Network
from acanthite.nn.engine.periphery import Converters

HEIGHT, WIDTH, CHANNELS, KERNEL, STRIDE, PADDING, ROWS, COLUMNS, POOL, MEAN = range(10)
"""Columns of ``Maps.geometry``: of the input, the kernel, the positions, the pooling.

KERNEL 0: fully connected.
"""


@njit(inline="always", nogil=True)
def part(values, offsets, k):
    """Return the ``k``-th of the parts of an array that begin at ``offsets``."""
    return values[offsets[k] : offsets[k + 1]]


def has_maps(net: Any) -> bool:
    """Return whether a network has convolutions, by its type as Numba has it."""
    return isinstance(net.types[net.fields.index("maps")], types.BaseNamedTuple)


def is_convolution(net: Any, layer: int) -> bool:
    """Return whether a layer is a convolution; in networks without any, when it is compiled."""
    raise NotImplementedError("for compiled kernels only")


@overload(is_convolution, jit_options=CHOSEN)
def _is_convolution(net, layer):
    if has_maps(net):
        return lambda net, layer: net.maps.geometry[layer, KERNEL] > 0
    return lambda net, layer: False


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
    """Convolutions: geometry, patches, and what comes out at each position before pooling."""

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


class Net(NamedTuple):
    """A network as the kernels take it: shape, scratch of one sample, converters."""

    layers: Layers
    nodes: Nodes
    maps: Maps | None  # None without convolutions: kernels are compiled without their code
    periphery: Converters
    bias: np.ndarray  # float32, shape (n_biases,): digital ones; empty where they are in the arrays
    bias_rate: np.ndarray  # float32, shape (1,)


def lay_out(network: Network, seed: int = 0) -> Net:
    """Return a network for the kernels; ``seed`` keys what its periphery draws."""
    n_biases = sum(b for _, b in network.shapes) if network.bias == "digital" else 0
    node_offset = _node_offset(network)
    return Net(
        layers=_layers(network, node_offset),
        nodes=_nodes(network, node_offset),
        maps=_maps(network, node_offset) if network.convolutions else None,
        periphery=network.periphery.converters(network.n_lines, seed),
        bias=np.zeros(n_biases, np.float32),
        bias_rate=np.array([network.bias_rate], np.float32),
    )


def _node_offset(network: Network) -> Integers:
    """Return where each layer of nodes begins, on a cache line, and where the last one ends."""
    lines = [-(-(w + 1) // aligned.PER_LINE) for w in network.node_widths]
    return aligned.PER_LINE * np.cumsum([0, *lines], dtype=np.int64)


def _offsets(sizes: Any) -> Integers:
    """Return where each of some parts of an array begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _layers(network: Network, node_offset: Integers) -> Layers:
    n_in, n_out = np.array(network.shapes, np.int64).T
    return Layers(
        n_in=n_in.copy(),
        n_out=n_out.copy(),
        weight_offset=_offsets(n_in * n_out),
        node_offset=node_offset,
        activation=ACTIVATIONS.index(network.activation),
    )


def _nodes(network: Network, node_offset: Integers) -> Nodes:
    values = aligned.zeros(node_offset[-1])
    values[node_offset[:-1] + network.node_widths] = 1.0  # the bias of each layer
    room = max(*network.node_widths, network.n_lines) + LANES
    return Nodes(
        values=values,
        errors=aligned.zeros(node_offset[-1]),
        active=np.zeros(room, np.uint32),
        active_values=aligned.zeros(room),
        n_active=np.zeros(1, np.int64),
    )


def _maps(network: Network, node_offset: Integers) -> Maps:
    n_layers = len(network.shapes)
    n_in, n_out = np.array(network.shapes, np.int64).T
    geometry = np.zeros((n_layers, MEAN + 1), np.int64)
    for k, c in enumerate(network.convolutions):
        image = network.images[k]
        sides = c.positions(image)
        mean = c.pooling == "mean"
        geometry[k] = (*image, c.kernel, c.stride, c.padding, *sides, c.pool, mean)
    positions = geometry[:, ROWS] * geometry[:, COLUMNS]
    patch_offset = _offsets(positions * n_in)
    map_offset = _offsets(positions * n_out)
    due_offset = _offsets(positions)
    patches = np.zeros(patch_offset[-1], np.float32)
    if network.bias == "array":
        for k in range(len(network.convolutions)):
            patches[patch_offset[k] : patch_offset[k + 1]].reshape(n_in[k], -1)[-1] = 1.0
    return Maps(
        geometry=geometry,
        patch_offset=patch_offset,
        map_offset=map_offset,
        patches=patches,
        values=np.zeros(map_offset[-1], np.float32),
        errors=np.zeros(map_offset[-1], np.float32),
        chosen=np.zeros(node_offset[-1], np.int64),
        due_offset=due_offset,
        due=np.zeros(due_offset[-1] + 1, np.int32),
        n_due=np.zeros(n_layers, np.int64),
        returned=np.zeros(max(positions * n_in), np.float32),
        line=np.zeros(max(positions), np.float32),
        inputs=np.zeros(max(n_in), np.float32),
        outputs=np.zeros(max(n_out), np.float32),
    )
