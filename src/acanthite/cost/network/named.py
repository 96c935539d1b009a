"""Networks by name, to be costed without a file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from acanthite.cost.network.image_layers import ImageLayers
from acanthite.cost.network.layer_shape import LayerShape
from acanthite.cost.network.network_shape import NetworkShape
from acanthite.errors import ChipError, nearest


def perceptron(widths: tuple[int, ...], name: str | None = None) -> NetworkShape:
    """Return a network of fully connected layers with ReLU between them.

    Parameters
    ----------
    widths : tuple of int
        Inputs, hidden layers, classes.
    name : str, optional

    Raises
    ------
    ChipError
        If there are fewer than two widths, or one is not positive.

    Examples
    --------
    >>> ac.cost.perceptron((784, 256, 128, 10)).macs
    234752
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ChipError(f"widths = {widths}; expected at least two whole numbers from 1")
    last = len(widths) - 2
    layers = (
        LayerShape(
            name=f"fc{k + 1}", inputs=n, outputs=m, activation="none" if k == last else "relu"
        )
        for k, (n, m) in enumerate(pairwise(widths))
    )
    return NetworkShape(name or "-".join(map(str, widths)), tuple(layers))


def lenet5() -> NetworkShape:
    """Return LeNet-5 for pictures of 28 x 28: 61,470 weights, biases aside.

    Examples
    --------
    >>> ac.cost.network_named("lenet5").weights
    61470
    """
    stack = ImageLayers(28, 28, 1)
    stack.convolution("conv1", 6, 5, padding=2, pool=2)
    stack.convolution("conv2", 16, 5, pool=2)
    stack.linear("fc1", 120)
    stack.linear("fc2", 84)
    stack.linear("fc3", 10, "none")
    return NetworkShape("lenet5", tuple(stack.layers))


def vgg8() -> NetworkShape:
    """Return VGG-8 for pictures of 32 x 32 x 3, as the peers' benchmarks have it.

    Examples
    --------
    >>> network = ac.cost.network_named("vgg8")
    >>> print(
    ...     f"{network.weights / 1e6:.1f} million weights, {network.macs / 1e6:.0f} million MACs"
    ... )
    13.0 million weights, 616 million MACs
    """
    stack = ImageLayers(32, 32, 3)
    for k, channels in enumerate((128, 128, 256, 256, 512, 512)):
        stack.convolution(f"conv{k + 1}", channels, 3, padding=1, pool=1 + k % 2)
    stack.linear("fc1", 1024)
    stack.linear("fc2", 10, "none")
    return NetworkShape("vgg8", tuple(stack.layers))


def resnet20() -> NetworkShape:
    """Return ResNet-20 for pictures of 32 x 32 x 3, shortcuts without weights.

    Batch normalisation is part of the weights.

    Examples
    --------
    >>> ac.cost.network_named("resnet20").weights
    268336
    """
    stack = ImageLayers(32, 32, 3)
    stack.convolution("conv", 16, 3, padding=1)
    for stage, channels in enumerate((16, 32, 64)):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            name = f"stage{stage + 1}.{block + 1}"
            stack.convolution(f"{name}.a", channels, 3, stride=stride, padding=1)
            stack.convolution(f"{name}.b", channels, 3, padding=1, residual=True)
    stack.average("mean")
    stack.linear("fc", 10, "none")
    return NetworkShape("resnet20", tuple(stack.layers))


def transformer(
    tokens: int = 64, width: int = 128, heads: int = 4, blocks: int = 2, classes: int = 10
) -> NetworkShape:
    """Return an encoder: projections on tiles, attention between tokens digital.

    Parameters
    ----------
    tokens : int
        Of a sequence.
    width, heads, blocks, classes : int
        A block's two linear layers have four times the width between them.

    Examples
    --------
    >>> ac.cost.network_named("tiny-transformer").weights
    394496
    """
    layers: list[LayerShape] = []

    def add(name: str, inputs: int, outputs: int, **more: object) -> None:
        layers.append(
            LayerShape(name=name, inputs=inputs, outputs=outputs, positions=tokens, **more)  # type: ignore[arg-type]
        )

    for block in range(blocks):
        title = f"block{block + 1}"
        add(f"{title}.qkv", width, 3 * width)
        layers.append(
            LayerShape(
                name=f"{title}.attention",
                inputs=0,
                outputs=0,
                products=2 * tokens * tokens * width,
                normalised=heads * tokens * tokens,
                results=tokens * width,
            )
        )
        add(f"{title}.out", width, width, sums=tokens * width, normalised=tokens * width)
        add(f"{title}.up", width, 4 * width, activation="table")
        add(f"{title}.down", 4 * width, width, sums=tokens * width, normalised=tokens * width)
    layers.append(LayerShape(name="classes", inputs=width, outputs=classes))
    return NetworkShape("tiny-transformer", tuple(layers))


NAMED: dict[str, Callable[[], NetworkShape]] = {
    "mlp": lambda: perceptron((784, 256, 128, 10), "mlp"),
    "lenet5": lenet5,
    "vgg8": vgg8,
    "resnet20": resnet20,
    "tiny-transformer": transformer,
}
"""Networks that have a name."""


def network_named(name: str) -> NetworkShape:
    """Return a network by name, or by its widths.

    Parameters
    ----------
    name : str
        A key of :data:`NAMED`, or widths such as ``784-256-128-10``.

    Raises
    ------
    ChipError
        If there is none of that name.

    Examples
    --------
    >>> ac.cost.network_named("64-32-10").layers[0].outputs
    32
    """
    parts = name.split("-")
    if len(parts) > 1 and all(part.isdigit() for part in parts):
        return perceptron(tuple(int(part) for part in parts))
    if name not in NAMED:
        raise ChipError(
            f"network {name!r}; expected one of {', '.join(NAMED)}, widths such as "
            f"784-256-128-10, or a TOML file of layers{nearest(name, NAMED)}"
        )
    return NAMED[name]()
