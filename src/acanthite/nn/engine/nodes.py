"""Compiled pieces of a layer of nodes: digital biases, activations and their slopes, softmax."""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.options import INLINED, ONE, ZERO


@njit(**INLINED)
def add_bias(z, layer, net):
    """Add the digital biases, each to its node or to all positions of its channel."""
    if net.bias.shape[0] > 0:
        at = 0
        each = z.shape[0] // net.layers.n_out[layer]
        for k in range(layer):
            at += net.layers.n_out[k]
        for i in range(z.shape[0]):
            z[i] += net.bias[at + i // each]


@njit(**INLINED)
def activate(z, activation):
    """Apply an activation to sums, in place."""
    for i in range(z.shape[0]):
        if activation == 0:
            z[i] = ONE / (ONE + np.exp(-z[i]))
        elif activation == 1:
            z[i] = np.tanh(z[i])
        else:
            z[i] = max(z[i], ZERO)


@njit(**INLINED)
def slope_at(y, activation):
    """Return the slope of an activation from its value."""
    if activation == 0:
        return y * (ONE - y)
    if activation == 1:
        return ONE - y * y
    return ONE if y > ZERO else ZERO


@njit(**INLINED)
def softmax(z):
    """Turn sums into probabilities, in place."""
    top = z[0]
    total = ZERO
    for i in range(z.shape[0]):
        top = max(top, z[i])
    for i in range(z.shape[0]):
        z[i] = np.exp(z[i] - top)
        total += z[i]
    for i in range(z.shape[0]):
        z[i] /= total
