"""Networks as TOML files of layers.

::

    name = "mine"
    image = [28, 28, 1]  # height, width, channels; without it every linear layer has inputs

    [[layer]]
    kind = "convolution"
    channels = 16
    kernel = 3
    padding = 1
    pool = 2

    [[layer]]
    kind = "linear"
    outputs = 10
    activation = "none"
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from acanthite.arguments import file_path
from acanthite.cost.components.activation_unit import Activation
from acanthite.cost.network.image_layers import ImageLayers
from acanthite.cost.network.layer_shape import LayerShape
from acanthite.cost.network.named import network_named
from acanthite.cost.network.network_shape import NetworkShape
from acanthite.errors import ChipError
from acanthite.parameters.toml import TomlTable, read

_CONVOLUTION = ("channels", "kernel", "stride", "padding", "pool")
_KINDS = ("linear", "convolution", "digital")
_DIGITAL = ("pooled", "sums", "products", "normalised", "results")


def load_network(source: str | Path) -> NetworkShape:
    r"""Return a network by name, by widths, or of a TOML file of layers.

    Parameters
    ----------
    source : str or path_like

    Raises
    ------
    ChipError
        If there is no such name or file, or an entry of the file is wrong: the message names file,
        line and entry.

    Examples
    --------
    >>> from pathlib import Path
    >>> text = '[[layer]]\nkind = "linear"\ninputs = 16\noutputs = 4\n'
    >>> written = Path("mine.toml").write_text(text)
    >>> ac.cost.load_network("mine.toml").macs
    64
    """
    path = file_path("load_network: source", source, error=ChipError)
    if path.suffix != ".toml":
        return network_named(str(source))
    table = read(path, "network file", ChipError)
    table.check_keys(("name", "image", "layer"))
    if "layer" not in table:
        raise table.error("lacks layers; expected a list of tables [[layer]]")
    image = table.value("image", tuple[int, int, int], None)
    height, width, channels = image or (1, 1, 1)
    stack = ImageLayers(height, width, channels)
    for number, layer in enumerate(table.tables("layer"), 1):
        with layer.located():
            _add(stack, layer, number, first=number == 1 and image is None)
    return NetworkShape(table.value("name", str, path.stem), tuple(stack.layers))


def _add(stack: ImageLayers, table: TomlTable, number: int, first: bool) -> None:
    kind = table.value("kind", str)
    if kind not in _KINDS:
        raise table.wrong("kind", f"one of {', '.join(_KINDS)}")
    name = table.value("name", str, f"{kind}{number}")
    if kind == "digital":
        table.check_keys(("kind", "name", *_DIGITAL))
        work: dict[str, Any] = {each: table.value(each, int) for each in _DIGITAL if each in table}
        stack.layers.append(LayerShape(name=name, inputs=0, outputs=0, **work))
    elif kind == "convolution":
        if first:
            raise table.error("a convolution needs the picture: image = [height, width, channels]")
        table.check_keys(("kind", "name", "activation", *_CONVOLUTION))
        sizes = {each: table.value(each, int) for each in _CONVOLUTION if each in table}
        channels, kernel = table.value("channels", int), table.value("kernel", int)
        more: dict[str, Any] = {n: v for n, v in sizes.items() if n not in ("channels", "kernel")}
        stack.convolution(
            name, channels, kernel, activation=table.value("activation", Activation, "relu"), **more
        )
    else:
        _add_linear(stack, table, name, first)


def _add_linear(stack: ImageLayers, table: TomlTable, name: str, first: bool) -> None:
    table.check_keys(("kind", "name", "activation", "inputs", "outputs"))
    given = table.value("inputs", int, None)
    if first:
        if given is None:
            raise table.error("the first layer lacks inputs, and the file lacks an image")
        stack.channels = given
    expected = stack.height * stack.width * stack.channels
    if given is not None and given != expected:
        raise table.wrong("inputs", f"{expected}, what the layer before gives")
    stack.linear(name, table.value("outputs", int), table.value("activation", Activation, "relu"))
