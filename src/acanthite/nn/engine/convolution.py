"""Compiled convolutions: patches (im2col, col2im), their products, pooling; forward and back.

Maps lie plane by plane, and patches line by line with the positions along a line, so that what is
done at every position is one loop over neighbours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.engine.layout import (
    CHANNELS,
    COLUMNS,
    HEIGHT,
    KERNEL,
    MEAN,
    PADDING,
    POOL,
    ROWS,
    STRIDE,
    WIDTH,
    has_maps,
    part,
)
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.options import CHOSEN, INLINED, ONE, ZERO
from acanthite.nn.engine.nodes import activate, add_bias, slope_at
from acanthite.nn.engine.products import cross, cross_back, mix


def of_maps(kernel: Any) -> Any:
    """Return what kernels call in place of a function whose last argument is a network.

    In networks without convolutions it does nothing, and none of the function is compiled.
    """

    def when_there_are_any(*arguments: Any) -> None:
        raise NotImplementedError("for compiled kernels only")

    def nothing(*arguments: Any) -> None:
        pass

    @overload(when_there_are_any, jit_options=CHOSEN, strict=False)
    def choose(*arguments):
        return kernel if has_maps(arguments[-1]) else nothing

    return when_there_are_any


@of_maps
def convolve(w, layer, net):
    """Cross the array of a convolution at each position, activate, and pool into the next nodes."""
    maps = net.maps
    gather(layer, net)
    x = part(maps.patches, maps.patch_offset, layer)
    z = part(maps.values, maps.map_offset, layer)
    _cross_everywhere(w, x, z, layer, net)
    add_bias(z, layer, net)
    activate(z, net.layers.activation)
    pool(layer, net)


@njit(**INLINED)
def _cross_everywhere(w, x, z, layer, net):
    """Read an array at all positions of its patches.

    ``x`` is inputs by positions, ``z`` outputs by positions.
    """
    n_in, n_out = net.layers.n_in[layer], net.layers.n_out[layer]
    n = z.shape[0] // n_out
    if not net.periphery.on:
        for i in range(n_out):
            mix(w[i:], n_out, n_in, x, z[i * n : (i + 1) * n])
        return
    column = net.maps.inputs[:n_in]
    out = net.maps.outputs[:n_out]
    for k in range(n):
        pick(x, k, column)
        count = list_nonzero(column, net.nodes.active, net.nodes.active_values)
        cross(w, count, out, net.nodes, net.periphery)
        place(out, z, k)


@of_maps
def convolve_back(w, layer, net):
    """Bring the errors of a convolution's positions to the nodes before it."""
    maps = net.maps
    n_out = net.layers.n_out[layer]
    d = part(maps.errors, maps.map_offset, layer)
    n = d.shape[0] // n_out
    size = maps.geometry[layer, KERNEL] ** 2 * maps.geometry[layer, CHANNELS]
    e = maps.returned[: size * n]
    if not net.periphery.on:
        for j in range(size):
            mix(w[j * n_out :], 1, n_out, d, e[j * n : (j + 1) * n])
    else:
        # on the way back the outputs of the array are driven and its inputs read
        column = maps.outputs[:n_out]
        out = maps.inputs[:size]
        e[:] = ZERO
        for k in range(maps.n_due[layer]):
            position = maps.due[maps.due_offset[layer] + k]
            pick(d, position, column)
            cross_back(w, column, out, net.periphery)
            place(out, e, position)
    scatter(layer, net)


@njit(**INLINED)
def gather(layer, net):
    """Copy the nodes under each position of the kernel into the patches; zero beyond the edge."""
    maps = net.maps
    x = net.nodes.values[net.layers.node_offset[layer] :]
    _shift(x, maps.patches[maps.patch_offset[layer] :], net.maps.geometry[layer], layer, False)


@njit(**INLINED)
def scatter(layer, net):
    """Add the errors of the patches, in ``net.maps.returned``, to those of their nodes."""
    target = part(net.nodes.errors, net.layers.node_offset, layer)
    target[:] = ZERO
    _shift(target, net.maps.returned, net.maps.geometry[layer], layer, True)


@njit(**INLINED)
def _shift(nodes, patches, g, layer, back):
    """Move each input line of a kernel between nodes and patches.

    Its patches are the nodes shifted by where the line is in the kernel.
    """
    # images come pixel by pixel
    pixel = g[CHANNELS] if layer == 0 else 1
    plane = 1 if layer == 0 else g[HEIGHT] * g[WIDTH]
    for channel in range(g[CHANNELS]):
        for ky in range(g[KERNEL]):
            top, bottom = _inside(ky - g[PADDING], g[HEIGHT], g[STRIDE], g[ROWS])
            for kx in range(g[KERNEL]):
                left, right = _inside(kx - g[PADDING], g[WIDTH], g[STRIDE], g[COLUMNS])
                line = ((channel * g[KERNEL] + ky) * g[KERNEL] + kx) * g[ROWS] * g[COLUMNS]
                for row in range(top, bottom):
                    y = row * g[STRIDE] + ky - g[PADDING]
                    x = left * g[STRIDE] + kx - g[PADDING]
                    source = channel * plane + (y * g[WIDTH] + x) * pixel
                    target = line + row * g[COLUMNS] + left
                    if back:
                        _add(patches, target, nodes, source, right - left, pixel * g[STRIDE])
                    else:
                        _copy(nodes, source, patches, target, right - left, pixel * g[STRIDE])


@njit(inline="always", nogil=True)
def _inside(first, size, stride, n):
    """Return the positions, from and to, where ``first + stride * position`` is in a side."""
    return max(0, -(first // stride)), max(0, min(n, (size - 1 - first) // stride + 1))


@njit(inline="always", nogil=True)
def _copy(x, source, y, target, n, stride):
    source, target = np.uint64(source), np.uint64(target)
    if stride == 1:
        for k in range(np.uint64(n)):
            y[target + k] = x[source + k]
    else:
        for k in range(np.uint64(n)):
            y[target + k] = x[source + k * np.uint64(stride)]


@njit(inline="always", nogil=True)
def _add(x, source, y, target, n, stride):
    source, target = np.uint64(source), np.uint64(target)
    if stride == 1:
        for k in range(np.uint64(n)):
            y[target + k] += x[source + k]
    else:
        for k in range(np.uint64(n)):
            y[target + k * np.uint64(stride)] += x[source + k]


@njit(**INLINED)
def pick(lines, position, column):
    """Copy one position of each of ``one.size`` lines into ``one``."""
    n = lines.shape[0] // column.shape[0]
    for j in range(column.shape[0]):
        column[j] = lines[j * n + position]


@njit(**INLINED)
def place(column, lines, position):
    """Write ``one`` as one position of lines."""
    n = lines.shape[0] // column.shape[0]
    for j in range(column.shape[0]):
        lines[j * n + position] = column[j]


@njit(**INLINED)
def pool(layer, net):
    """Write the largest, or the mean, of each window of a map into the next nodes."""
    g = net.maps.geometry[layer]
    maps = net.maps
    n_out = net.layers.n_out[layer]
    node = net.layers.node_offset[layer + 1]
    share = ONE / np.float32(g[POOL] * g[POOL])
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
    best = first
    total = ZERO
    for dy in range(side):
        for dx in range(side):
            at = first + dy * width + dx
            total += values[at]
            if values[at] > values[best]:
                best = at
    return best, total


@of_maps
def unpool(layer, net):
    """Bring the errors of pooled nodes to the maps, through the slope of the activation.

    The positions with an error are listed.
    """
    g = net.maps.geometry[layer]
    maps = net.maps
    n_out = net.layers.n_out[layer]
    first, last = maps.map_offset[layer], maps.map_offset[layer + 1]
    node = net.layers.node_offset[layer + 1]
    maps.errors[first:last] = ZERO
    share = ONE / np.float32(g[POOL] * g[POOL])
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


@njit(**INLINED)
def _list_due(maps, layer, errors, n):
    """List the positions where any channel has an error."""
    due = maps.due[maps.due_offset[layer] : maps.due_offset[layer] + n + 1]
    any_error = maps.line[:n]
    any_error[:] = ZERO
    for at in range(0, errors.shape[0], n):
        for k in range(n):
            any_error[k] += abs(errors[at + k])
    count = 0
    for k in range(n):
        due[count] = k
        count += any_error[k] > ZERO
    maps.n_due[layer] = count
