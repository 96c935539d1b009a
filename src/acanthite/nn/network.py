"""A fully connected network: its shape, and compiled forward and backward passes for one sample.

Weights lie by input: ``weights[offset + j * n_out + i]`` joins input ``j`` to output ``i``. A zero input, four
fifths of a handwritten digit, is then skipped whole, and the inner loops run over neighbouring outputs. The bias is
one more input, always 1, so it lives in the array like any weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from acanthite.errors import TrainingError, nearest
from acanthite.nn.noise import WORDS
from acanthite.random import generator

ACTIVATIONS = ("sigmoid", "tanh", "relu")

FAST = {"reassoc", "contract", "nsz"}
"""Sums may be regrouped, at compile time only: the bits do not depend on threads."""


class Layers(NamedTuple):
    """The network as the kernels see it; array layer ``l`` joins nodes ``l`` to nodes ``l + 1``."""

    n_in: np.ndarray  # int64, shape (n_layers,): input lines of each array, its bias included
    n_out: np.ndarray  # int64, shape (n_layers,): output lines
    weight_offset: np.ndarray  # int64, shape (n_layers + 1,)
    node_offset: np.ndarray  # int64, shape (n_layers + 2,): each layer of nodes with its bias
    activation: int


class Nodes(NamedTuple):
    """Scratch of one sample: values and errors of all nodes, and the inputs that are not zero."""

    values: np.ndarray  # float32, shape (n_nodes,)
    errors: np.ndarray  # float32, shape (n_nodes,)
    active: np.ndarray  # int32, shape (widest,)
    n_active: np.ndarray  # int64, shape (1,)


class Net(NamedTuple):
    """A network as the kernels take it: its shape and the scratch of one sample."""

    layers: Layers
    nodes: Nodes


@dataclass(frozen=True)
class Network:
    """Shape of a fully connected network with softmax at its end.

    Parameters
    ----------
    widths : tuple of int
        Inputs, hidden layers, classes; Gokmen and Vlasov's network by default. A layer of nodes takes its random
        numbers from one block, which bounds its width.
    activation : {"sigmoid", "tanh", "relu"}
        Of the hidden layers.
    """

    widths: tuple[int, ...] = (784, 256, 128, 10)
    activation: str = "sigmoid"

    def __post_init__(self) -> None:
        if len(self.widths) < 2 or not all(1 <= w < WORDS for w in self.widths):
            raise TrainingError(
                f"widths = {self.widths}; expected two or more layer widths from 1 to {WORDS - 1}, "
                "as in (784, 256, 128, 10)"
            )
        if self.activation not in ACTIVATIONS:
            raise TrainingError(
                f"activation = {self.activation!r}; expected one of {', '.join(ACTIVATIONS)}"
                f"{nearest(self.activation, ACTIVATIONS)}"
            )

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Inputs (bias included) and outputs of each layer."""
        return tuple((a + 1, b) for a, b in zip(self.widths[:-1], self.widths[1:], strict=True))

    @property
    def n_weights(self) -> int:
        """Weights in all layers, biases included."""
        return sum(a * b for a, b in self.shapes)

    @property
    def n_lines(self) -> int:
        """Most input lines (bias included) or output lines of one array."""
        return max(max(shape) for shape in self.shapes)

    def layer_weights(self, weights: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Return the weights of each layer, inputs (bias last) by outputs, as views of ``weights``."""
        ends = np.cumsum([a * b for a, b in self.shapes])[:-1]
        return [part.reshape(shape) for part, shape in zip(np.split(weights, ends), self.shapes, strict=True)]

    def net(self, seed: int = 0) -> Net:
        """Return the network for the kernels, with scratch for one sample; ``seed`` keys what its periphery draws."""
        return Net(self._layers(), self._nodes())

    def _layers(self) -> Layers:
        weights = np.cumsum([0, *(a * b for a, b in self.shapes)])
        nodes = np.cumsum([0, *(w + 1 for w in self.widths)])
        return Layers(
            np.array([a for a, _ in self.shapes], np.int64),
            np.array([b for _, b in self.shapes], np.int64),
            weights.astype(np.int64),
            nodes.astype(np.int64),
            ACTIVATIONS.index(self.activation),
        )

    def _nodes(self) -> Nodes:
        n = sum(self.widths) + len(self.widths)
        values = np.zeros(n, np.float32)
        values[np.cumsum([w + 1 for w in self.widths]) - 1] = 1.0
        widest = np.zeros(max(self.widths) + 1, np.int32)
        return Nodes(values, np.zeros(n, np.float32), widest, np.zeros(1, np.int64))

    def initial_weights(self, seed: int) -> NDArray[np.float32]:
        """Return uniform weights within Glorot and Bengio's limit, biases zero, shape (n_weights,). [1]"""
        draw = generator(seed, "nn.initial-weights")
        parts = []
        for n_in, n_out in self.shapes:
            gain = 4.0 if self.activation == "sigmoid" else 1.0
            limit = gain * np.sqrt(6.0 / (n_in + n_out))
            w = draw.uniform(-limit, limit, (n_in, n_out))
            w[-1] = 0.0
            parts.append(w.ravel())
        return np.concatenate(parts).astype(np.float32)


@njit(cache=True, nogil=True)
def load(image, net):
    """Write an 8-bit image into the first nodes as 0 to 1, and list the inputs, bias included, that are not zero."""
    nodes = net.nodes
    n = image.shape[0]
    scale = np.float32(1.0 / 255.0)
    count = 0
    for j in range(n):
        nodes.values[j] = np.float32(image[j]) * scale
    for j in range(n):
        nodes.active[count] = j
        count += image[j] != 0
    nodes.active[count] = n
    nodes.n_active[0] = count + 1


@njit(cache=True, nogil=True, fastmath=FAST)
def forward(weights, net):
    """Fill ``net.nodes.values`` from its first layer; the last one gets the probabilities (softmax)."""
    layers, nodes = net
    n_layers = layers.n_in.shape[0]
    for layer in range(n_layers):
        n_in, n_out = layers.n_in[layer], layers.n_out[layer]
        w = weights[layers.weight_offset[layer] : layers.weight_offset[layer + 1]]
        x = nodes.values[layers.node_offset[layer] :]
        z = nodes.values[layers.node_offset[layer + 1] : layers.node_offset[layer + 1] + n_out]
        z[:] = np.float32(0.0)
        if layer == 0:
            for a in range(nodes.n_active[0]):
                j = nodes.active[a]
                _axpy(x[j], w[j * n_out : (j + 1) * n_out], z)
        else:
            for j in range(n_in):
                if x[j] != np.float32(0.0):
                    _axpy(x[j], w[j * n_out : (j + 1) * n_out], z)
        if layer < n_layers - 1:
            _activate(z, layers.activation)
        else:
            _softmax(z)


@njit(cache=True, nogil=True, fastmath=FAST)
def _axpy(a, x, y):
    for i in range(y.shape[0]):
        y[i] += a * x[i]


@njit(cache=True, nogil=True, fastmath=FAST)
def _dot(x, y):
    total = np.float32(0.0)
    for i in range(x.shape[0]):
        total += x[i] * y[i]
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def _activate(z, activation):
    one = np.float32(1.0)
    for i in range(z.shape[0]):
        if activation == 0:
            z[i] = one / (one + np.exp(-z[i]))
        elif activation == 1:
            z[i] = np.tanh(z[i])
        else:
            z[i] = max(z[i], np.float32(0.0))


@njit(cache=True, nogil=True, fastmath=FAST)
def _softmax(z):
    top = z.max()
    total = np.float32(0.0)
    for i in range(z.shape[0]):
        z[i] = np.exp(z[i] - top)
        total += z[i]
    for i in range(z.shape[0]):
        z[i] /= total


@njit(cache=True, nogil=True, fastmath=FAST)
def backward(weights, net, label):
    """Fill ``net.nodes.errors`` with the slope of the cross-entropy against each node's sum; return the loss. [nat]"""
    layers, nodes = net
    n_layers = layers.n_in.shape[0]
    n_out = layers.n_out[n_layers - 1]
    at = layers.node_offset[n_layers]
    for i in range(n_out):
        nodes.errors[at + i] = nodes.values[at + i]
    nodes.errors[at + label] -= np.float32(1.0)
    for layer in range(n_layers - 1, 0, -1):
        n_in, n_out = layers.n_out[layer - 1], layers.n_out[layer]
        w = weights[layers.weight_offset[layer] : layers.weight_offset[layer + 1]]
        x = nodes.values[layers.node_offset[layer] : layers.node_offset[layer] + n_in]
        e = nodes.errors[layers.node_offset[layer] : layers.node_offset[layer] + n_in]
        d = nodes.errors[layers.node_offset[layer + 1] : layers.node_offset[layer + 1] + n_out]
        for j in range(n_in):
            slope = _slope(x[j], layers.activation)
            if slope == np.float32(0.0):
                e[j] = np.float32(0.0)
            else:
                e[j] = slope * _dot(w[j * n_out : (j + 1) * n_out], d)
    return -np.log(max(nodes.values[at + label], np.float32(1e-30)))


@njit(cache=True, nogil=True, fastmath=FAST)
def _slope(y, activation):
    """Return the slope of an activation from its value."""
    one, zero = np.float32(1.0), np.float32(0.0)
    if activation == 0:
        return y * (one - y)
    if activation == 1:
        return one - y * y
    return one if y > zero else zero


@njit(cache=True, nogil=True)
def top(net):
    """Return the class of the largest probability."""
    layers, nodes = net
    n_layers = layers.n_in.shape[0]
    at = layers.node_offset[n_layers]
    return np.argmax(nodes.values[at : at + layers.n_out[n_layers - 1]])


@njit(cache=True, nogil=True)
def count_correct(weights, net, images, labels):
    """Return how many images the network puts in their class."""
    correct = 0
    for k in range(images.shape[0]):
        load(images[k], net)
        forward(weights, net)
        correct += top(net) == labels[k]
    return correct


@njit(cache=True, nogil=True)
def classify(weights, net, images):
    """Return the class of the largest probability of each image, shape (n,)."""
    found = np.empty(images.shape[0], np.int64)
    for k in range(images.shape[0]):
        load(images[k], net)
        forward(weights, net)
        found[k] = top(net)
    return found


@njit(cache=True, nogil=True)
def n_pairs(net, layer):
    """Return how many rank-one updates one sample asks of a layer: one, or one a position of a convolution."""
    return 1


@njit(cache=True, nogil=True)
def pair(net, layer, k):
    """Return the inputs (bias included) and errors of the ``k``-th rank-one update of a layer, as views."""
    layers, nodes = net
    first, second = layers.node_offset[layer], layers.node_offset[layer + 1]
    x = nodes.values[first : first + layers.n_in[layer]]
    return x, nodes.errors[second : second + layers.n_out[layer]]
