"""Compiled forward and backward passes of a network for one sample.

A zero input, four fifths of a handwritten digit, is skipped whole, and the inner loops run over
neighbouring outputs.
"""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.convolution import convolve, convolve_back, pick, unpool
from acanthite.nn.engine.layout import COLUMNS, ROWS, is_convolution, part
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.options import IN_PLACE, INLINED, ONE, ZERO
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


@njit(**IN_PLACE)
def n_crossings(net, layer):
    """Return how often one sample crosses an array on its way forward.

    Once, or once for each position of a convolution.
    """
    if is_convolution(net, layer):
        return net.maps.geometry[layer, ROWS] * net.maps.geometry[layer, COLUMNS]
    return 1


@njit(inline="always", nogil=True)
def crossing(net, layer, k):
    """Return the inputs and errors of an array at its ``k``-th crossing; good until the next call.

    A bias in the array is one of the inputs.
    """
    layers = net.layers
    nodes = net.nodes
    maps = net.maps
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    if is_convolution(net, layer):
        x, d = maps.inputs[:n_in], maps.outputs[:n_out]
        pick(part(maps.patches, maps.patch_offset, layer), k, x)
        pick(part(maps.errors, maps.map_offset, layer), k, d)
        return x, d
    first = layers.node_offset[layer]
    second = layers.node_offset[layer + 1]
    return nodes.values[first : first + n_in], nodes.errors[second : second + n_out]


@njit(**INLINED)
def n_pairs(net, layer):
    """Return how many rank-one updates one sample asks of a layer.

    One, or one for each position of a convolution that has an error.
    """
    return net.maps.n_due[layer] if is_convolution(net, layer) else 1


@njit(inline="always", nogil=True)
def pair(net, layer, k):
    """Return inputs and errors of the ``k``-th rank-one update of a layer; see :func:`crossing`."""
    if is_convolution(net, layer):
        k = net.maps.due[net.maps.due_offset[layer] + k]
    return crossing(net, layer, k)
