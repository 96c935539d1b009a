"""Layers of networks for images, one after another: shapes follow from the one before."""

from __future__ import annotations

from dataclasses import dataclass, field

from acanthite.cost.components.activation_unit import Activation
from acanthite.cost.network.layer_shape import LayerShape
from acanthite.errors import ChipError


@dataclass
class ImageLayers:
    """Layers so far, and the picture that the next is given.

    Parameters
    ----------
    height, width, channels : int
    layers : list of LayerShape

    Examples
    --------
    >>> stack = ImageLayers(28, 28, 1)
    >>> stack.convolution("conv1", 6, 5, padding=2, pool=2)
    >>> stack.height, stack.channels, stack.layers[0].positions
    (14, 6, 784)
    """

    height: int
    width: int
    channels: int
    layers: list[LayerShape] = field(default_factory=list)

    def convolution(
        self,
        name: str,
        channels: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int = 0,
        pool: int = 1,
        activation: Activation = "relu",
        residual: bool = False,
    ) -> None:
        """Add a convolution with a square kernel, and the pooling behind it."""
        down = (self.height + 2 * padding - kernel) // stride + 1
        across = (self.width + 2 * padding - kernel) // stride + 1
        if min(down, across) < pool:
            raise ChipError(
                f"layer {name!r}: a picture of {self.height} x {self.width} is too small for a "
                f"kernel of {kernel}, stride {stride}, padding {padding} and pooling by {pool}"
            )
        positions, results = down * across, (down // pool) * (across // pool) * channels
        self.layers.append(
            LayerShape(
                name=name,
                inputs=kernel * kernel * self.channels,
                outputs=channels,
                positions=positions,
                fresh_inputs=kernel * min(stride, kernel) * self.channels,
                activation=activation,
                results=results,
                pooled=positions * channels if pool > 1 else 0,
                sums=positions * channels if residual else 0,
            )
        )
        self.height, self.width, self.channels = down // pool, across // pool, channels

    def average(self, name: str) -> None:
        """Add the mean over the picture."""
        values = self.height * self.width * self.channels
        self.layers.append(
            LayerShape(name=name, inputs=0, outputs=0, sums=values, results=self.channels)
        )
        self.height = self.width = 1

    def linear(self, name: str, outputs: int, activation: Activation = "relu") -> None:
        """Add a fully connected layer."""
        inputs = self.height * self.width * self.channels
        self.layers.append(
            LayerShape(name=name, inputs=inputs, outputs=outputs, activation=activation)
        )
        self.height, self.width, self.channels = 1, 1, outputs
