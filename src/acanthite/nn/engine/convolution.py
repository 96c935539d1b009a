"""Compiled pieces of a convolution: patches from nodes and back (im2col, col2im), pooling and its way back.

Maps lie plane by plane, and patches line by line with the positions along a line, so that what is done at every position is one
loop over neighbours.
"""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.layout import (
    CHANNELS,
    COLUMNS,
    FAST,
    HEIGHT,
    KERNEL,
    MEAN,
    PADDING,
    POOL,
    ROWS,
    STRIDE,
    WIDTH,
)
from acanthite.nn.engine.native.options import IN_PLACE


@njit(**IN_PLACE, fastmath=FAST)
def slope_at(y, activation):
    """Return the slope of an activation from its value."""
    one, zero = np.float32(1.0), np.float32(0.0)
    if activation == 0:
        return y * (one - y)
    if activation == 1:
        return one - y * y
    return one if y > zero else zero


@njit(**IN_PLACE)
def gather(layer, net):
    """Copy the nodes under each position of the kernel into the patches; beyond the edge they stay zero."""
    maps = net.maps
    x = net.nodes.values[net.layers.node_offset[layer] :]
    _shift(x, maps.patches[maps.patch_offset[layer] :], net.maps.geometry[layer], layer, False)


@njit(**IN_PLACE)
def scatter(layer, net):
    """Add the errors of the patches, in ``net.maps.returned``, to those of the nodes they were taken from."""
    to = net.nodes.errors[net.layers.node_offset[layer] : net.layers.node_offset[layer + 1]]
    to[:] = np.float32(0.0)
    _shift(to, net.maps.returned, net.maps.geometry[layer], layer, True)


@njit(**IN_PLACE)
def _shift(nodes, patches, g, layer, back):
    """Move each input line of a kernel between nodes and patches: the nodes shifted by where the line is in the kernel."""
    pixel, plane = (
        (g[CHANNELS], 1) if layer == 0 else (1, g[HEIGHT] * g[WIDTH])
    )  # images come pixel by pixel
    for channel in range(g[CHANNELS]):
        for ky in range(g[KERNEL]):
            top, bottom = _inside(ky - g[PADDING], g[HEIGHT], g[STRIDE], g[ROWS])
            for kx in range(g[KERNEL]):
                left, right = _inside(kx - g[PADDING], g[WIDTH], g[STRIDE], g[COLUMNS])
                line = ((channel * g[KERNEL] + ky) * g[KERNEL] + kx) * g[ROWS] * g[COLUMNS]
                for row in range(top, bottom):
                    y, x = row * g[STRIDE] + ky - g[PADDING], left * g[STRIDE] + kx - g[PADDING]
                    of, to = (
                        channel * plane + (y * g[WIDTH] + x) * pixel,
                        line + row * g[COLUMNS] + left,
                    )
                    if back:
                        _add(patches, to, nodes, of, right - left, pixel * g[STRIDE])
                    else:
                        _copy(nodes, of, patches, to, right - left, pixel * g[STRIDE])


@njit(inline="always", nogil=True)
def _inside(first, size, stride, n):
    """Return from which position to which ``first + stride * position`` lies in a side of ``size``."""
    return max(0, -(first // stride)), max(0, min(n, (size - 1 - first) // stride + 1))


@njit(inline="always", nogil=True)
def _copy(x, of, y, to, n, stride):
    of, to = np.uint64(of), np.uint64(to)
    if stride == 1:
        for k in range(np.uint64(n)):
            y[to + k] = x[of + k]
    else:
        for k in range(np.uint64(n)):
            y[to + k] = x[of + k * np.uint64(stride)]


@njit(inline="always", nogil=True)
def _add(x, of, y, to, n, stride):
    of, to = np.uint64(of), np.uint64(to)
    if stride == 1:
        for k in range(np.uint64(n)):
            y[to + k] += x[of + k]
    else:
        for k in range(np.uint64(n)):
            y[to + k * np.uint64(stride)] += x[of + k]


@njit(**IN_PLACE)
def pick(lines, position, one):
    """Copy one position of each of ``one.size`` lines into ``one``."""
    n = lines.shape[0] // one.shape[0]
    for j in range(one.shape[0]):
        one[j] = lines[j * n + position]


@njit(**IN_PLACE)
def place(one, lines, position):
    """Write ``one`` as one position of lines."""
    n = lines.shape[0] // one.shape[0]
    for j in range(one.shape[0]):
        lines[j * n + position] = one[j]


@njit(**IN_PLACE)
def pool(layer, net):
    """Write the largest, or the mean, of each window of a map into the next nodes."""
    g, maps, n_out = net.maps.geometry[layer], net.maps, net.layers.n_out[layer]
    node, share = net.layers.node_offset[layer + 1], np.float32(1.0) / np.float32(g[POOL] * g[POOL])
    for channel in range(n_out):
        first = maps.map_offset[layer] + channel * g[ROWS] * g[COLUMNS]
        for row in range(0, g[ROWS] - g[POOL] + 1, g[POOL]):
            for column in range(0, g[COLUMNS] - g[POOL] + 1, g[POOL]):
                at = first + row * g[COLUMNS] + column
                best, total = _window(maps.values, at, g[POOL], g[COLUMNS])
                maps.chosen[node] = best
                net.nodes.values[node] = total * share if g[MEAN] else maps.values[best]
                node += 1


@njit(inline="always", nogil=True)
def _window(values, first, side, width):
    """Return where the largest of a window is, and their sum."""
    best, total = first, np.float32(0.0)
    for dy in range(side):
        for dx in range(side):
            at = first + dy * width + dx
            total += values[at]
            if values[at] > values[best]:
                best = at
    return best, total


@njit(**IN_PLACE)
def unpool(layer, net):
    """Bring the errors of pooled nodes to the maps, through the slope of the activation, and list the positions with any."""
    g, maps, n_out = net.maps.geometry[layer], net.maps, net.layers.n_out[layer]
    first, last = maps.map_offset[layer], maps.map_offset[layer + 1]
    node = net.layers.node_offset[layer + 1]
    maps.errors[first:last] = np.float32(0.0)
    share = np.float32(1.0) / np.float32(g[POOL] * g[POOL])
    for channel in range(n_out):
        plane = first + channel * g[ROWS] * g[COLUMNS]
        for row in range(0, g[ROWS] - g[POOL] + 1, g[POOL]):
            for column in range(0, g[COLUMNS] - g[POOL] + 1, g[POOL]):
                if g[MEAN]:
                    for dy in range(g[POOL]):
                        for dx in range(g[POOL]):
                            at = plane + (row + dy) * g[COLUMNS] + column + dx
                            maps.errors[at] = share * net.nodes.errors[node]
                else:
                    maps.errors[maps.chosen[node]] = net.nodes.errors[node]
                node += 1
    for at in range(first, last):
        maps.errors[at] *= slope_at(maps.values[at], net.layers.activation)
    _list_due(maps, layer, maps.errors[first:last], g[ROWS] * g[COLUMNS])


@njit(**IN_PLACE)
def _list_due(maps, layer, errors, n):
    """List the positions where any channel has an error."""
    due = maps.due[maps.due_offset[layer] : maps.due_offset[layer] + n + 1]
    any_error = maps.line[:n]
    any_error[:] = np.float32(0.0)
    for at in range(0, errors.shape[0], n):
        for k in range(n):
            any_error[k] += abs(errors[at + k])
    count = 0
    for k in range(n):
        due[count] = k
        count += any_error[k] > np.float32(0.0)
    maps.n_due[layer] = count
