"""The shape of a network: convolutions, then fully connected layers, softmax at its end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from acanthite.arguments import count, number
from acanthite.errors import TrainingError, nearest
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.periphery import Periphery
from acanthite.nn.engine.rng import WORDS
from acanthite.random import generator

ACTIVATIONS = ("sigmoid", "tanh", "relu")
POOLINGS = ("max", "mean")
BIASES = ("array", "digital")
EXACT = Periphery()


@dataclass(frozen=True)
class Convolution:
    """A convolution with its activation and pooling.

    Parameters
    ----------
    channels : int
        Of its output.
    kernel : int
        Side of the square kernel, in pixels.
    stride, padding : int
        Pixels from one position to the next; rows of zeros around the image.
    pool : int
        Side of the windows pooled, which do not overlap; rows left over are dropped. 1: none.
    pooling : {"max", "mean"}

    Examples
    --------
    >>> layer = ac.nn.Convolution(channels=6, kernel=5, padding=2, pool=2)
    >>> layer.positions((28, 28, 1)), layer.output((28, 28, 1))
    ((28, 28), (14, 14, 6))
    """

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    pool: int = 1
    pooling: str = "max"

    def __post_init__(self) -> None:
        for name in ("channels", "kernel", "stride", "padding", "pool"):
            least = 0 if name == "padding" else 1
            count(f"convolution: {name}", getattr(self, name), least=least, error=TrainingError)
        if self.padding >= self.kernel:
            raise TrainingError(
                f"convolution: padding = {self.padding}; expected less than kernel = {self.kernel}"
            )
        _one_of("pooling", self.pooling, POOLINGS)

    def positions(self, image: tuple[int, int, int]) -> tuple[int, int]:
        """Return how many positions the kernel has down and across an image.

        The image is (height, width, channels).
        """
        down, across = (
            (side + 2 * self.padding - self.kernel) // self.stride + 1 for side in image[:2]
        )
        if min(down, across) < self.pool:
            raise TrainingError(
                f"image of {image[0]} x {image[1]} pixels is too small for {self}; "
                "use fewer convolutions or a smaller kernel"
            )
        return down, across

    def output(self, image: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return height, width and channels of what it makes of an image."""
        down, across = self.positions(image)
        return down // self.pool, across // self.pool, self.channels


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise TrainingError(
            f"{name} = {value!r}; expected one of {', '.join(known)}{nearest(value, known)}"
        )


@dataclass(frozen=True)
class Network:
    """Shape of a network with softmax at its end.

    Parameters
    ----------
    widths : tuple of int
        Inputs, fully connected hidden layers, classes; Gokmen and Vlasov's network by default.
        Lines of an array take their random numbers from one block, which bounds their number.
    activation : {"sigmoid", "tanh", "relu"}
        Of the hidden layers.
    convolutions : tuple of Convolution
        Between the inputs and the first fully connected layer.
    image : tuple of int, optional
        Height, width and channels of the inputs; needed by convolutions.
    bias : {"array", "digital"}
        Whether biases are cells on a line of their own, or numbers beside the array that descend by
        ``bias_rate``.
    bias_rate : float
        Learning rate of digital biases. [1]
    periphery : Periphery
        Converters, noise and bounds of the reads; exact by default.

    Examples
    --------
    >>> network = ac.nn.Network((784, 256, 128, 10))
    >>> network.shapes, network.n_weights
    (((785, 256), (257, 128), (129, 10)), 235146)
    """

    widths: tuple[int, ...] = (784, 256, 128, 10)
    activation: str = "sigmoid"
    convolutions: tuple[Convolution, ...] = ()
    image: tuple[int, int, int] | None = None
    bias: str = "array"
    bias_rate: float = 0.01
    periphery: Periphery = EXACT

    def __post_init__(self) -> None:
        bounded = self.widths[1:] if self.convolutions else self.widths
        if len(self.widths) < 2 or not all(1 <= w < WORDS for w in bounded):
            raise TrainingError(
                f"widths = {self.widths}; expected two or more layer widths from 1 to {WORDS - 1}, "
                "as in (784, 256, 128, 10)"
            )
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("bias", self.bias, BIASES)
        number("bias_rate", self.bias_rate, above=0, error=TrainingError)
        if self.convolutions and (self.image is None or int(np.prod(self.image)) != self.widths[0]):
            raise TrainingError(
                f"image = {self.image}; expected height, width and channels "
                f"of the {self.widths[0]} inputs of convolutions"
            )
        if self.n_lines > WORDS:
            raise TrainingError(
                f"an array of the network has {self.n_lines} lines; expected at most {WORDS}: "
                "pool more, or use fewer channels"
            )

    @property
    def images(self) -> tuple[tuple[int, int, int], ...]:
        """Height, width and channels before each convolution and after the last."""
        sizes = [self.image or (1, self.widths[0], 1)]
        for convolution in self.convolutions:
            sizes.append(convolution.output(sizes[-1]))
        return tuple(sizes)

    @property
    def node_widths(self) -> tuple[int, ...]:
        """Nodes of each layer, the inputs first, pooled maps counted as what is left of them."""
        maps = (int(np.prod(image)) for image in self.images[1:])
        return (self.widths[0], *maps, *self.widths[1:])

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Input lines (a bias in the array included) and output lines of each array."""
        line = 1 if self.bias == "array" else 0
        before = zip(self.convolutions, self.images, strict=False)
        small = tuple((c.kernel**2 * image[2] + line, c.channels) for c, image in before)
        nodes = self.node_widths[len(self.convolutions) :]
        return small + tuple((a + line, b) for a, b in pairwise(nodes))

    @property
    def n_weights(self) -> int:
        """Weights in all arrays, biases in them included."""
        return sum(a * b for a, b in self.shapes)

    @property
    def n_lines(self) -> int:
        """Most input lines (a bias in the array included) or output lines of one array."""
        return max(max(shape) for shape in self.shapes)

    @property
    def n_positions(self) -> tuple[int, ...]:
        """How often one sample crosses each array on its way forward.

        Once, or once for each position of a convolution.
        """
        positions = (c.positions(i) for c, i in zip(self.convolutions, self.images, strict=False))
        return (*(a * b for a, b in positions), *(1 for _ in self.widths[1:]))

    @property
    def n_reads(self) -> int:
        """Reads of arrays that one sample asks for on its way forward."""
        return sum(self.n_positions)

    def layer_weights(self, weights: Singles) -> list[Singles]:
        """Return the weights of each layer, inputs (a bias last) by outputs, as views."""
        ends = np.cumsum([a * b for a, b in self.shapes])[:-1]
        return [
            part.reshape(shape)
            for part, shape in zip(np.split(weights, ends), self.shapes, strict=True)
        ]

    def initial_weights(self, seed: int) -> Singles:
        """Return uniform weights within Glorot and Bengio's limit, shape (n_weights,); biases zero."""
        draw = generator(seed, "nn.initial-weights")
        parts = []
        gain = 4.0 if self.activation == "sigmoid" else 1.0
        # each output channel of a convolution is read by so many inputs
        reaches = (*(c.kernel**2 for c in self.convolutions), *(1 for _ in self.widths[1:]))
        for (n_in, n_out), reach in zip(self.shapes, reaches, strict=True):
            limit = gain * np.sqrt(6.0 / (n_in + n_out * reach))
            w = draw.uniform(-limit, limit, (n_in, n_out))
            if self.bias == "array":
                w[-1] = 0.0
            parts.append(w.ravel())
        return aligned.copy(np.concatenate(parts))


def lenet5(image: tuple[int, int, int], n_classes: int) -> Network:
    """Return LeNet-5: 6 and 16 maps, 120 and 84 nodes; ReLU and the largest of 2 x 2.

    Images are (height, width, channels).

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Proc. IEEE* **86**, 2278 (1998),
       :doi:`10.1109/5.726791`.

    Examples
    --------
    >>> network = ac.nn.lenet5((28, 28, 1), n_classes=10)
    >>> network.images, network.n_weights
    (((28, 28, 1), (14, 14, 6), (5, 5, 16)), 61706)
    """
    # 28 x 28 pixels are padded to the paper's 32 x 32
    maps = (Convolution(6, 5, padding=2, pool=2), Convolution(16, 5, pool=2))
    return Network((int(np.prod(image)), 120, 84, n_classes), "relu", maps, image)
