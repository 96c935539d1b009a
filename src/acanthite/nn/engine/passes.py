"""Compiled forward and backward passes of a network for one sample.

A zero input, four fifths of a handwritten digit, is skipped whole, and the inner loops run over neighbouring outputs.
"""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.convolution import gather, pick, place, pool, scatter, slope_at, unpool
from acanthite.nn.engine.layout import CHANNELS, COLUMNS, FAST, KERNEL, ROWS
from acanthite.nn.engine.native.columns import sum_columns
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.options import IN_PLACE, ONCE
from acanthite.nn.engine.periphery import from_lines, to_lines


@njit(**ONCE)
def load(image, net):
    """Write an 8-bit image into the first nodes as 0 to 1, and list the inputs, a bias in the array included, that are not zero."""
    nodes, scale = net.nodes, np.float32(1.0 / 255.0)
    for j in range(image.shape[0]):
        nodes.values[j] = np.float32(image[j]) * scale
    if net.maps.geometry[0, KERNEL] == 0:
        nodes.n_active[0] = list_nonzero(
            nodes.values[: net.layers.n_in[0]], nodes.active, nodes.live
        )


@njit(**ONCE, fastmath=FAST)
def forward(weights, net):
    """Fill ``net.nodes.values`` from its first layer; the last one gets the probabilities (softmax)."""
    layers, nodes = net.layers, net.nodes
    n_layers = layers.n_in.shape[0]
    for layer in range(n_layers):
        n_in, n_out = layers.n_in[layer], layers.n_out[layer]
        w = weights[layers.weight_offset[layer] : layers.weight_offset[layer + 1]]
        if net.maps.geometry[layer, KERNEL] > 0:
            _convolve(w, layer, net)
            continue
        x = nodes.values[layers.node_offset[layer] :]
        z = nodes.values[layers.node_offset[layer + 1] : layers.node_offset[layer + 1] + n_out]
        count = (
            nodes.n_active[0] if layer == 0 else list_nonzero(x[:n_in], nodes.active, nodes.live)
        )
        _cross(w, count, z, nodes, net.periphery)
        _add_bias(z, layer, net)
        if layer < n_layers - 1:
            _activate(z, layers.activation)
        else:
            _softmax(z)


@njit(**ONCE, fastmath=FAST)
def _cross(w, count, z, nodes, periphery):
    """Read an array at the ``count`` inputs listed, as the lines around it let it."""
    if not periphery.on:
        sum_columns(w, nodes.active, nodes.live, count, z)
        return
    largest, norm_squared = to_lines(periphery, nodes.live[:count])
    sum_columns(w, nodes.active, nodes.live, count, z)
    from_lines(periphery, z, largest, norm_squared)


@njit(**IN_PLACE, fastmath=FAST)
def _axpy4(a, b, c, d, p, q, r, s, z):
    for i in range(z.shape[0]):
        z[i] += (a * p[i] + b * q[i]) + (c * r[i] + d * s[i])


@njit(**ONCE)
def _lend(d, periphery):
    """Put errors on the lines in ``periphery.inputs``; return what :func:`to_lines` does."""
    inputs = periphery.inputs[: d.shape[0]]
    for i in range(d.shape[0]):
        inputs[i] = d[i]
    return to_lines(periphery, inputs)


@njit(**IN_PLACE, fastmath=FAST)
def _cross_back(w, d, e, periphery):
    """Read an array from its outputs: ``e = w @ d``, as the lines around it let it."""
    n_out = d.shape[0]
    if not periphery.on:
        for j in range(e.shape[0]):
            e[j] = _dot(w[j * n_out : (j + 1) * n_out], d)
        return
    largest, norm_squared = _lend(d, periphery)
    for j in range(e.shape[0]):
        e[j] = _dot(w[j * n_out : (j + 1) * n_out], periphery.inputs[:n_out])
    from_lines(periphery, e, largest, norm_squared)


@njit(**ONCE, fastmath=FAST)
def _add_bias(z, layer, net):
    """Add the digital biases, each to its node or to all positions of its channel."""
    if net.bias.shape[0] > 0:
        at, each = 0, z.shape[0] // net.layers.n_out[layer]
        for k in range(layer):
            at += net.layers.n_out[k]
        for i in range(z.shape[0]):
            z[i] += net.bias[at + i // each]


@njit(**IN_PLACE, fastmath=FAST)
def _convolve(w, layer, net):
    """Cross the array of a convolution at each position, activate, and pool into the next nodes."""
    maps = net.maps
    gather(layer, net)
    x = maps.patches[maps.patch_offset[layer] : maps.patch_offset[layer + 1]]
    z = maps.values[maps.map_offset[layer] : maps.map_offset[layer + 1]]
    _cross_everywhere(w, x, z, layer, net)
    _add_bias(z, layer, net)
    _activate(z, net.layers.activation)
    pool(layer, net)


@njit(**IN_PLACE, fastmath=FAST)
def _cross_everywhere(w, x, z, layer, net):
    """Read an array at all positions of its patches: ``x`` is inputs by positions, ``z`` outputs by positions."""
    n_in, n_out = net.layers.n_in[layer], net.layers.n_out[layer]
    n = z.shape[0] // n_out
    if not net.periphery.on:
        for i in range(n_out):
            _mix(w[i:], n_out, n_in, x, z[i * n : (i + 1) * n])
        return
    one, out = net.maps.inputs[:n_in], net.maps.outputs[:n_out]
    for k in range(n):
        pick(x, k, one)
        count = list_nonzero(one, net.nodes.active, net.nodes.live)
        _cross(w, count, out, net.nodes, net.periphery)
        place(out, z, k)


@njit(**IN_PLACE, fastmath=FAST)
def _mix(w, stride, count, lines, z):
    """Set ``z`` to the sum of ``count`` lines of its length, each times its weight, every ``stride``-th of ``w``."""
    n = z.shape[0]
    z[:] = np.float32(0.0)
    for j in range(0, count - 3, 4):
        p, q, r, s = (
            lines[j * n :],
            lines[(j + 1) * n :],
            lines[(j + 2) * n :],
            lines[(j + 3) * n :],
        )
        at = j * stride
        _axpy4(w[at], w[at + stride], w[at + 2 * stride], w[at + 3 * stride], p, q, r, s, z)
    for j in range(count - count % 4, count):
        _axpy(w[j * stride], lines[j * n : (j + 1) * n], z)


@njit(**IN_PLACE, fastmath=FAST)
def _axpy(a, x, y):
    for i in range(y.shape[0]):
        y[i] += a * x[i]


@njit(**IN_PLACE, fastmath=FAST)
def _dot(x, y):
    total = np.float32(0.0)
    for i in range(x.shape[0]):
        total += x[i] * y[i]
    return total


@njit(**IN_PLACE, fastmath=FAST)
def _activate(z, activation):
    one = np.float32(1.0)
    for i in range(z.shape[0]):
        if activation == 0:
            z[i] = one / (one + np.exp(-z[i]))
        elif activation == 1:
            z[i] = np.tanh(z[i])
        else:
            z[i] = max(z[i], np.float32(0.0))


@njit(**IN_PLACE, fastmath=FAST)
def _softmax(z):
    top, total = z[0], np.float32(0.0)
    for i in range(z.shape[0]):
        top = max(top, z[i])
    for i in range(z.shape[0]):
        z[i] = np.exp(z[i] - top)
        total += z[i]
    for i in range(z.shape[0]):
        z[i] /= total


@njit(**ONCE, fastmath=FAST)
def backward(weights, net, label):
    """Fill the errors with the slope of the cross-entropy against each node's sum; return the loss. [nat]

    Digital biases descend their own errors here, since no array does it for them.
    """
    layers, nodes = net.layers, net.nodes
    n_layers = layers.n_in.shape[0]
    n_out = layers.n_out[n_layers - 1]
    at = layers.node_offset[n_layers]
    for i in range(n_out):
        nodes.errors[at + i] = nodes.values[at + i]
    nodes.errors[at + label] -= np.float32(1.0)
    for layer in range(n_layers - 1, 0, -1):
        w = weights[layers.weight_offset[layer] : layers.weight_offset[layer + 1]]
        below = net.maps.geometry[layer - 1, KERNEL] > 0
        if net.maps.geometry[layer, KERNEL] > 0:
            _convolve_back(w, layer, net)
        elif below:
            _back(w, layer, net)
        else:
            _back_sparse(w, layer, net)
        if below:
            unpool(layer - 1, net)
    if net.bias.shape[0] > 0:
        _descend_biases(net)
    return -np.log(max(nodes.values[at + label], np.float32(1e-30)))


@njit(**ONCE, fastmath=FAST)
def _back_sparse(w, layer, net):
    """Bring the errors of a fully connected layer to the nodes before it, skipping those without a slope."""
    layers, nodes, periphery = net.layers, net.nodes, net.periphery
    n_in, n_out = layers.n_out[layer - 1], layers.n_out[layer]
    x = nodes.values[layers.node_offset[layer] : layers.node_offset[layer] + n_in]
    e = nodes.errors[layers.node_offset[layer] : layers.node_offset[layer] + n_in]
    d = nodes.errors[layers.node_offset[layer + 1] : layers.node_offset[layer + 1] + n_out]
    back = periphery.outputs[:n_in]
    largest, norm_squared = np.float32(0.0), np.float32(0.0)
    if periphery.on:
        largest, norm_squared = _lend(d, periphery)
        d = periphery.inputs[:n_out]
    back[:] = np.float32(0.0)
    for j in range(n_in):
        e[j] = slope_at(x[j], layers.activation)
    _dot_columns(w, nodes, list_nonzero(e, nodes.active, nodes.live), d, back)
    if periphery.on:
        from_lines(periphery, back, largest, norm_squared)
    for j in range(n_in):
        e[j] *= back[j]


@njit(**ONCE, fastmath=FAST)
def _dot_columns(w, nodes, count, d, back):
    """Set ``back`` of the ``count`` lines listed to the product of their column and ``d``; four at a time, to read ``d`` less."""
    n, n_out = np.uint64(count), np.uint64(d.shape[0])
    whole = n - n % np.uint64(4)
    for a in range(np.uint64(0), whole, np.uint64(4)):
        _dot4(w, nodes.active, a, d, back)
    for a in range(whole, n):
        j = nodes.active[a] * n_out
        back[nodes.active[a]] = _dot(w[j : j + n_out], d)


@njit(inline="always", nogil=True)
def _dot4(w, active, k, d, back):
    n, zero = np.uint64(d.shape[0]), np.float32(0.0)
    a, b, c, e = (
        active[k],
        active[k + np.uint64(1)],
        active[k + np.uint64(2)],
        active[k + np.uint64(3)],
    )
    p, q, r, s = n * a, n * b, n * c, n * e
    at_a, at_b, at_c, at_e = zero, zero, zero, zero
    for i in range(n):
        at_a += w[p + i] * d[i]
        at_b += w[q + i] * d[i]
        at_c += w[r + i] * d[i]
        at_e += w[s + i] * d[i]
    back[a], back[b], back[c], back[e] = at_a, at_b, at_c, at_e


@njit(**IN_PLACE, fastmath=FAST)
def _back(w, layer, net):
    """Bring the errors of a fully connected layer to the maps before it, which see to the slope."""
    layers, nodes = net.layers, net.nodes
    first, second = layers.node_offset[layer], layers.node_offset[layer + 1]
    n_in, n_out = w.shape[0] // layers.n_out[layer], layers.n_out[layer]
    _cross_back(
        w, nodes.errors[second : second + n_out], nodes.errors[first : first + n_in], net.periphery
    )


@njit(**IN_PLACE, fastmath=FAST)
def _convolve_back(w, layer, net):
    """Bring the errors of a convolution's positions to the nodes before it."""
    maps, n_out = net.maps, net.layers.n_out[layer]
    d = maps.errors[maps.map_offset[layer] : maps.map_offset[layer + 1]]
    n, size = (
        d.shape[0] // n_out,
        maps.geometry[layer, KERNEL] ** 2 * maps.geometry[layer, CHANNELS],
    )
    e = maps.returned[: size * n]
    if not net.periphery.on:
        for j in range(size):
            _mix(w[j * n_out :], 1, n_out, d, e[j * n : (j + 1) * n])
    else:
        one, out = maps.outputs[:n_out], maps.inputs[:size]
        e[:] = np.float32(0.0)
        for k in range(n_pairs(net, layer)):
            position = maps.due[maps.due_offset[layer] + k]
            pick(d, position, one)
            _cross_back(w, one, out, net.periphery)
            place(out, e, position)
    scatter(layer, net)


@njit(**IN_PLACE, fastmath=FAST)
def _descend_biases(net):
    at = 0
    for layer in range(net.layers.n_in.shape[0]):
        for k in range(n_pairs(net, layer)):
            _, d = pair(net, layer, k)
            _axpy(-net.bias_rate[0], d, net.bias[at : at + d.shape[0]])
        at += net.layers.n_out[layer]


@njit(**ONCE)
def top(net):
    """Return the class of the largest probability."""
    layers, nodes = net.layers, net.nodes
    n_layers = layers.n_in.shape[0]
    at, found = layers.node_offset[n_layers], 0
    for i in range(layers.n_out[n_layers - 1]):
        if nodes.values[at + i] > nodes.values[at + found]:
            found = i
    return found


@njit(cache=True, nogil=True)
def classify(weights, net, images):
    """Return the class of the largest probability of each image, shape (n,)."""
    found = np.empty(images.shape[0], np.int64)
    for k in range(images.shape[0]):
        load(images[k], net)
        forward(weights, net)
        found[k] = top(net)
    return found


@njit(**IN_PLACE)
def n_crossings(net, layer):
    """Return how often one sample crosses an array on its way forward: once, or once a position of a convolution."""
    if net.maps.geometry[layer, KERNEL] > 0:
        return net.maps.geometry[layer, ROWS] * net.maps.geometry[layer, COLUMNS]
    return 1


@njit(inline="always", nogil=True)
def crossing(net, layer, k):
    """Return the inputs (a bias in the array included) and errors of an array at its ``k``-th crossing, until the next call."""
    layers, nodes, maps = net.layers, net.nodes, net.maps
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    if maps.geometry[layer, KERNEL] > 0:
        x, d = maps.inputs[:n_in], maps.outputs[:n_out]
        pick(maps.patches[maps.patch_offset[layer] : maps.patch_offset[layer + 1]], k, x)
        pick(maps.errors[maps.map_offset[layer] : maps.map_offset[layer + 1]], k, d)
        return x, d
    first, second = layers.node_offset[layer], layers.node_offset[layer + 1]
    return nodes.values[first : first + n_in], nodes.errors[second : second + n_out]


@njit(**ONCE)
def n_pairs(net, layer):
    """Return how many rank-one updates one sample asks of a layer: one, or one a position of a convolution with an error."""
    return net.maps.n_due[layer] if net.maps.geometry[layer, KERNEL] > 0 else 1


@njit(inline="always", nogil=True)
def pair(net, layer, k):
    """Return the inputs and errors of the ``k``-th rank-one update of a layer, as :func:`crossing` does."""
    if net.maps.geometry[layer, KERNEL] > 0:
        k = net.maps.due[net.maps.due_offset[layer] + k]
    return crossing(net, layer, k)
