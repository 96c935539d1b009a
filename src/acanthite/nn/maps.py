"""Compiled pieces of a convolution: patches from nodes and back (im2col, col2im), pooling and its way back."""

from __future__ import annotations

import numpy as np
from numba import njit

from acanthite.nn.net import (
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


@njit(cache=True, nogil=True, fastmath=FAST)
def slope_at(y, activation):
    """Return the slope of an activation from its value."""
    one, zero = np.float32(1.0), np.float32(0.0)
    if activation == 0:
        return y * (one - y)
    if activation == 1:
        return one - y * y
    return one if y > zero else zero


@njit(cache=True, nogil=True)
def gather(layer, net):
    """Copy the nodes under each position of the kernel into its patch; beyond the edge patches stay zero."""
    g, maps = net.maps.geometry[layer], net.maps
    x = net.nodes.values[net.layers.node_offset[layer] :]
    n_in, run = net.layers.n_in[layer], g[CHANNELS]
    for row in range(g[ROWS]):
        for column in range(g[COLUMNS]):
            at = maps.patch_offset[layer] + (row * g[COLUMNS] + column) * n_in
            for ky in range(g[KERNEL]):
                y = row * g[STRIDE] + ky - g[PADDING]
                if y < 0 or y >= g[HEIGHT]:
                    continue
                for kx in range(g[KERNEL]):
                    c = column * g[STRIDE] + kx - g[PADDING]
                    if c < 0 or c >= g[WIDTH]:
                        continue
                    to, of = at + (ky * g[KERNEL] + kx) * run, (y * g[WIDTH] + c) * run
                    for k in range(run):
                        maps.patches[to + k] = x[of + k]


@njit(cache=True, nogil=True)
def scatter(e, position, layer, net):
    """Add the errors of one patch to the nodes it was taken from."""
    g = net.maps.geometry[layer]
    to = net.nodes.errors[net.layers.node_offset[layer] :]
    row, column, run = position // g[COLUMNS], position % g[COLUMNS], g[CHANNELS]
    for ky in range(g[KERNEL]):
        y = row * g[STRIDE] + ky - g[PADDING]
        if y < 0 or y >= g[HEIGHT]:
            continue
        for kx in range(g[KERNEL]):
            c = column * g[STRIDE] + kx - g[PADDING]
            if c < 0 or c >= g[WIDTH]:
                continue
            of, at = (ky * g[KERNEL] + kx) * run, (y * g[WIDTH] + c) * run
            for k in range(run):
                to[at + k] += e[of + k]


@njit(cache=True, nogil=True, fastmath=FAST)
def pool(layer, net):
    """Write the largest, or the mean, of each window of a map into the next nodes."""
    g, maps, n_out = net.maps.geometry[layer], net.maps, net.layers.n_out[layer]
    first, node = maps.map_offset[layer], net.layers.node_offset[layer + 1]
    share = np.float32(1.0) / np.float32(g[POOL] * g[POOL])
    for row in range(g[ROWS] // g[POOL]):
        for column in range(g[COLUMNS] // g[POOL]):
            for channel in range(n_out):
                best, total = -1, np.float32(0.0)
                for dy in range(g[POOL]):
                    for dx in range(g[POOL]):
                        y, x = row * g[POOL] + dy, column * g[POOL] + dx
                        at = first + (y * g[COLUMNS] + x) * n_out + channel
                        total += maps.values[at]
                        if best < 0 or maps.values[at] > maps.values[best]:
                            best = at
                maps.chosen[node] = best
                net.nodes.values[node] = total * share if g[MEAN] else maps.values[best]
                node += 1


@njit(cache=True, nogil=True, fastmath=FAST)
def unpool(layer, net):
    """Bring the errors of pooled nodes to the maps, through the slope of the activation."""
    g, maps, n_out = net.maps.geometry[layer], net.maps, net.layers.n_out[layer]
    first, last = maps.map_offset[layer], maps.map_offset[layer + 1]
    node = net.layers.node_offset[layer + 1]
    maps.errors[first:last] = np.float32(0.0)
    share = np.float32(1.0) / np.float32(g[POOL] * g[POOL])
    for row in range(g[ROWS] // g[POOL]):
        for column in range(g[COLUMNS] // g[POOL]):
            for channel in range(n_out):
                if g[MEAN]:
                    for dy in range(g[POOL]):
                        for dx in range(g[POOL]):
                            y, x = row * g[POOL] + dy, column * g[POOL] + dx
                            at = first + (y * g[COLUMNS] + x) * n_out + channel
                            maps.errors[at] = share * net.nodes.errors[node]
                else:
                    maps.errors[maps.chosen[node]] = net.nodes.errors[node]
                node += 1
    for at in range(first, last):
        if maps.errors[at] != np.float32(0.0):
            maps.errors[at] *= slope_at(maps.values[at], net.layers.activation)
