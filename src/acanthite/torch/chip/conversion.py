"""A model walked through, its layers replaced by those of a chip."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch
from torch import nn

from acanthite.errors import ChipError, nearest
from acanthite.torch.chip.layers import (
    ChipAttention,
    ChipConv1DOfTransformers,
    ChipConvolution,
    ChipLinear,
)
from acanthite.torch.chip.product import Product
from acanthite.torch.chip.recurrent import ChipCell, ChipRecurrent
from acanthite.torch.chip.weights import Weights
from acanthite.torch.chip.wires.linear import WiredLinear
from acanthite.torch.conversion import ConversionWarning

Converter = Callable[[Any, Weights], nn.Module]

LAYERS: dict[type[nn.Module], Converter] = {
    nn.Linear: ChipLinear,
    nn.modules.linear.NonDynamicallyQuantizableLinear: ChipLinear,
    WiredLinear: ChipLinear,
    nn.Conv1d: ChipConvolution,
    nn.Conv2d: ChipConvolution,
    nn.Conv3d: ChipConvolution,
    nn.RNN: ChipRecurrent,
    nn.LSTM: ChipRecurrent,
    nn.GRU: ChipRecurrent,
    nn.RNNCell: ChipCell,
    nn.LSTMCell: ChipCell,
    nn.GRUCell: ChipCell,
    nn.MultiheadAttention: ChipAttention,
}
"""How each layer of torch goes onto a chip."""

BY_NAME: dict[str, Converter] = {
    "transformers.pytorch_utils.Conv1D": ChipConv1DOfTransformers,
}
"""How layers of packages that are not installed with acanthite go onto a chip."""


def converted(
    model: nn.Module, weights: Weights, digital: Collection[str]
) -> tuple[nn.Module, tuple[str, ...]]:
    """Return a copy of a model with its matrices on a chip, and the names of those that are not.

    Parameters
    ----------
    model : torch.nn.Module
    weights : Weights
        Makes the products; its memo is that of the copy.
    digital : collection of str
        Names of modules to leave as they are.

    Raises
    ------
    ChipError
        If nothing of the model can be put on the chip, a name of ``digital`` is none, or weights
        are not finite numbers on the CPU.

    Warns
    -----
    ConversionWarning
        Of matrices that stay digital without being named.
    """
    spared = _names(model, digital)
    layers: dict[int, nn.Module] = {}
    for name, module in model.named_modules():
        converter = _converter(module)
        if converter is None or _below(name, spared) or _inside(name, model):
            continue
        _check_numbers(name, module)
        layers[id(module)] = converter(module, weights)
    if not layers:
        raise ChipError(
            "the model has no layer that goes onto a chip; expected one of "
            f"{', '.join(kind.__name__ for kind in LAYERS)}"
        )
    left = _left_digital(model, layers, spared)
    if left:
        warnings.warn(
            f"stay digital: {', '.join(left)}; name their modules in digital=(...) to say so",
            ConversionWarning,
            stacklevel=3,
        )
    weights.memo.update(layers)
    return copied(model, weights.memo), tuple(left)


def copied(model: nn.Module, memo: dict[int, Any]) -> nn.Module:
    """Return a copy of a model; what the memo holds by its id is taken from there."""
    copy_of_model = copy.deepcopy(model, memo)
    for module in copy_of_model.modules():
        if isinstance(module, nn.TransformerEncoder):
            module.use_nested_tensor = False  # chips take no nested tensors
    return copy_of_model


def calibrate(model: nn.Module, products: Sequence[Product], *args: Any, **kwargs: Any) -> None:
    """Call a model with typical inputs, and set the converters of its products by them.

    Raises
    ------
    ChipError
        If a layer gets no input by them, or only zeros, or its biases do not fit on their cells.
    """
    for product in products:
        product.watch(True)
    try:
        with torch.no_grad():
            model(*args, **kwargs)
    except BaseException:
        for product in products:
            product.watching = False
        raise
    names = {part: name for name, part in model.named_modules()}
    for product in products:
        try:
            product.watch(False)
        except ChipError as error:
            layer = names[product].partition(".product")[0]
            raise ChipError(f"layer {layer!r}: {error}") from error


def _converter(module: nn.Module) -> Converter | None:
    kind = type(module)
    return LAYERS.get(kind) or BY_NAME.get(f"{kind.__module__}.{kind.__qualname__}")


def _names(model: nn.Module, digital: Collection[str]) -> list[str]:
    if isinstance(digital, str):
        raise ChipError(f"digital = {digital!r}; expected a collection: digital=({digital!r},)")
    names = [name for name, _ in model.named_modules(remove_duplicate=False)]
    for name in digital:
        if name not in names:
            raise ChipError(f"digital: no module {name!r}{nearest(str(name), names)}")
    return list(digital)


def _below(name: str, heads: Collection[str]) -> bool:
    return any(head in ("", name) or name.startswith(f"{head}.") for head in heads)


def _inside(name: str, model: nn.Module) -> bool:
    """Return whether a module is part of a layer that goes onto the chip as a whole."""
    heads = name.split(".")[:-1]
    above = [".".join(heads[: k + 1]) for k in range(len(heads))]
    parents = [model, *(model.get_submodule(head) for head in above)] if name else []
    return any(_converter(parent) is not None for parent in parents)


def _check_numbers(name: str, module: nn.Module) -> None:
    for own, parameter in module.named_parameters():
        where = f"{name}.{own}" if name else own
        if parameter.device.type != "cpu":
            raise ChipError(f"{where} is on {parameter.device}; chips are on the CPU: model.cpu()")
        if not parameter.is_floating_point() or not bool(parameter.isfinite().all()):
            raise ChipError(f"{where} holds what is not a finite number; train it again")


def _left_digital(model: nn.Module, memo: dict[int, Any], spared: list[str]) -> list[str]:
    """Return the matrices that stay digital and were not named."""
    names = []
    for name, module in model.named_modules():
        if id(module) in memo or _below(name, spared) or _inside(name, model):
            continue
        for own, parameter in module.named_parameters(recurse=False):
            if parameter.dim() >= 2:
                names.append(f"{name}.{own}" if name else own)
    return names
