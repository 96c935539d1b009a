"""Compiled forward and backward passes of a network for one sample.

A zero input, four fifths of a handwritten digit, is skipped whole, and the inner loops run over
neighbouring outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.engine.convolution import convolve, convolve_back, pick, unpool
from acanthite.nn.engine.layout import COLUMNS, ROWS, has_maps, is_convolution, part
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.options import CHOSEN, INLINED, ONE, ZERO
from acanthite.nn.engine.nodes import activate, add_bias, slope_at, softmax
from acanthite.nn.engine.periphery import from_lines
from acanthite.nn.engine.products import _drive_lines, axpy, cross, cross_back, dot_columns


@njit(**INLINED)
def load_image(image, net):
    """Write an 8-bit image into the first nodes as 0 to 1, and list the inputs that are not zero.

    A bias in the array is one of them.
    """
    nodes = net.nodes
    scale = np.float32(1.0 / 255.0)
    for j in range(image.shape[0]):
        nodes.values[j] = np.float32(image[j]) * scale
    if not is_convolution(net, 0):
        nodes.n_active[0] = list_nonzero(
            nodes.values[: net.layers.n_in[0]], nodes.active, nodes.active_values
        )


@njit(**INLINED)
def forward(weights, net):
    """Fill ``net.nodes.values`` from its first layer; the last one gets probabilities (softmax)."""
    layers = net.layers
    nodes = net.nodes
    n_layers = layers.n_in.shape[0]
    for layer in range(n_layers):
        n_in, n_out = layers.n_in[layer], layers.n_out[layer]
        w = part(weights, layers.weight_offset, layer)
        if is_convolution(net, layer):
            convolve(w, layer, net)
            continue
        x = nodes.values[layers.node_offset[layer] :]
        z = nodes.values[layers.node_offset[layer + 1] : layers.node_offset[layer + 1] + n_out]
        count = (
            nodes.n_active[0]
            if layer == 0
            else list_nonzero(x[:n_in], nodes.active, nodes.active_values)
        )
        cross(w, count, z, nodes, net.periphery)
        add_bias(z, layer, net)
        if layer < n_layers - 1:
            activate(z, layers.activation)
        else:
            softmax(z)


@njit(**INLINED)
def backward(weights, net, label):
    """Fill the errors with the slope of the cross-entropy against each node's sum.

    Return the loss [nat].
    Digital biases descend their own errors here, since no array does it for them.
    """
    layers = net.layers
    nodes = net.nodes
    n_layers = layers.n_in.shape[0]
    n_out = layers.n_out[n_layers - 1]
    at = layers.node_offset[n_layers]
    for i in range(n_out):
        nodes.errors[at + i] = nodes.values[at + i]
    nodes.errors[at + label] -= ONE
    for layer in range(n_layers - 1, 0, -1):
        w = part(weights, layers.weight_offset, layer)
        below = is_convolution(net, layer - 1)
        if is_convolution(net, layer):
            convolve_back(w, layer, net)
        elif below:
            _back(w, layer, net)
        else:
            _back_sparse(w, layer, net)
        if below:
            unpool(layer - 1, net)
    if net.bias.shape[0] > 0:
        _descend_biases(net)
    return -np.log(max(nodes.values[at + label], np.float32(1e-30)))


@njit(**INLINED)
def _back_sparse(w, layer, net):
    """Bring the errors of a fully connected layer to the nodes before it that have a slope."""
    layers = net.layers
    nodes = net.nodes
    periphery = net.periphery
    n_in, n_out = layers.n_out[layer - 1], layers.n_out[layer]
    x = nodes.values[layers.node_offset[layer] : layers.node_offset[layer] + n_in]
    e = nodes.errors[layers.node_offset[layer] : layers.node_offset[layer] + n_in]
    d = nodes.errors[layers.node_offset[layer + 1] : layers.node_offset[layer + 1] + n_out]
    back = periphery.outputs[:n_in]
    largest = ZERO
    norm_squared = ZERO
    if periphery.on:
        largest, norm_squared = _drive_lines(d, periphery)
        d = periphery.inputs[:n_out]
    back[:] = ZERO
    for j in range(n_in):
        e[j] = slope_at(x[j], layers.activation)
    dot_columns(w, nodes, list_nonzero(e, nodes.active, nodes.active_values), d, back)
    if periphery.on:
        from_lines(periphery, back, largest, norm_squared)
    for j in range(n_in):
        e[j] *= back[j]


@njit(**INLINED)
def _back(w, layer, net):
    """Bring the errors of a fully connected layer to the maps before it, which see to the slope."""
    layers = net.layers
    nodes = net.nodes
    first = layers.node_offset[layer]
    second = layers.node_offset[layer + 1]
    n_in, n_out = w.shape[0] // layers.n_out[layer], layers.n_out[layer]
    cross_back(
        w, nodes.errors[second : second + n_out], nodes.errors[first : first + n_in], net.periphery
    )


@njit(**INLINED)
def _descend_biases(net):
    at = 0
    for layer in range(net.layers.n_in.shape[0]):
        for k in range(n_pairs(net, layer)):
            _, d = pair(net, layer, k)
            axpy(-net.bias_rate[0], d, net.bias[at : at + d.shape[0]])
        at += net.layers.n_out[layer]


@njit(**INLINED)
def top(net):
    """Return the class of the largest probability."""
    layers = net.layers
    nodes = net.nodes
    n_layers = layers.n_in.shape[0]
    at = layers.node_offset[n_layers]
    best = 0
    for i in range(layers.n_out[n_layers - 1]):
        if nodes.values[at + i] > nodes.values[at + best]:
            best = i
    return best


@njit(**INLINED)
def pass_sample(weights, net, image, label):
    """Pass a sample forward and back; return its loss [nat] and whether its class is right."""
    load_image(image, net)
    forward(weights, net)
    right = top(net) == label
    return backward(weights, net, label), right


@njit(cache=True, nogil=True)
def classify(weights, net, images):
    """Return the class of the largest probability of each image, shape (n,)."""
    classes = np.empty(images.shape[0], np.int64)
    for k in range(images.shape[0]):
        load_image(images[k], net)
        forward(weights, net)
        classes[k] = top(net)
    return classes


def n_crossings(net: Any, layer: int) -> int:
    """Return how often one sample crosses an array on its way forward.

    Once, or once for each position of a convolution.
    """
    raise NotImplementedError("for compiled kernels only")


@overload(n_crossings, jit_options=CHOSEN)
def _n_crossings(net, layer):
    def positions(net, layer):
        geometry = net.maps.geometry
        return geometry[layer, ROWS] * geometry[layer, COLUMNS] if is_convolution(net, layer) else 1

    return positions if has_maps(net) else lambda net, layer: 1


def crossing(net: Any, layer: int, k: int) -> Any:
    """Return the inputs and errors of an array at its ``k``-th crossing; good until the next call.

    A bias in the array is one of the inputs.
    """
    raise NotImplementedError("for compiled kernels only")


@overload(crossing, inline="always", jit_options=CHOSEN)
def _crossing(net, layer, k):
    def of_either(net, layer, k):
        maps = net.maps
        x, d = _inputs_and_errors(net, layer)
        if is_convolution(net, layer):
            x = maps.inputs[: net.layers.n_in[layer]]
            d = maps.outputs[: net.layers.n_out[layer]]
            pick(part(maps.patches, maps.patch_offset, layer), k, x)
            pick(part(maps.errors, maps.map_offset, layer), k, d)
        return x, d

    return of_either if has_maps(net) else lambda net, layer, k: _inputs_and_errors(net, layer)


@njit(inline="always", nogil=True)
def _inputs_and_errors(net, layer):
    layers = net.layers
    nodes = net.nodes
    first = layers.node_offset[layer]
    second = layers.node_offset[layer + 1]
    x = nodes.values[first : first + layers.n_in[layer]]
    return x, nodes.errors[second : second + layers.n_out[layer]]


def n_pairs(net: Any, layer: int) -> int:
    """Return how many rank-one updates one sample asks of a layer.

    One, or one for each position of a convolution that has an error.
    """
    raise NotImplementedError("for compiled kernels only")


@overload(n_pairs, jit_options=CHOSEN)
def _n_pairs(net, layer):
    def due(net, layer):
        return net.maps.n_due[layer] if is_convolution(net, layer) else 1

    return due if has_maps(net) else lambda net, layer: 1


def pair(net: Any, layer: int, k: int) -> Any:
    """Return inputs and errors of the ``k``-th rank-one update of a layer; see :func:`crossing`."""
    raise NotImplementedError("for compiled kernels only")


@overload(pair, inline="always", jit_options=CHOSEN)
def _pair(net, layer, k):
    if has_maps(net):
        return lambda net, layer, k: crossing(net, layer, _position(net, layer, k))
    return lambda net, layer, k: crossing(net, layer, k)


@njit(**INLINED)
def _position(net, layer, k):
    # a function: a branch where Numba inlines makes it warn of names out of scope
    if is_convolution(net, layer):
        return net.maps.due[net.maps.due_offset[layer] + k]
    return k
