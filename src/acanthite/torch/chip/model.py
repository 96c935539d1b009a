"""A torch model with its matrices on a chip."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Collection
from typing import Any

import torch
from torch import nn

from acanthite.arguments import count, instance, number
from acanthite.errors import ChipError, nearest
from acanthite.inference import Chip
from acanthite.quantities import accepts_quantities
from acanthite.torch.chip.layers import (
    ChipAttention,
    ChipConv1DOfTransformers,
    ChipConvolution,
    ChipLinear,
    products_of,
)
from acanthite.torch.chip.product import first_time
from acanthite.torch.chip.recurrent import ChipCell, ChipRecurrent
from acanthite.torch.chip.weights import Weights
from acanthite.torch.conversion import ConversionWarning

Converter = Callable[[Any, Weights], nn.Module]

LAYERS: dict[type[nn.Module], Converter] = {
    nn.Linear: ChipLinear,
    nn.modules.linear.NonDynamicallyQuantizableLinear: ChipLinear,
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


class ChipModel(nn.Module):
    """A trained model on a chip: called as the model is, at a time after it was written.

    Made by :func:`to_inference`.

    Parameters
    ----------
    module : torch.nn.Module
        The model, its matrices on the chip.
    chip : Chip
    digital : tuple of str
        Names of matrices that are not on the chip.

    Examples
    --------
    >>> import torch
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4)
    ... )
    >>> inputs = torch.rand(64, 8, generator=torch.Generator().manual_seed(1))
    >>> model = ac.torch.to_inference(plain, ac.inference.Chip(cells="pcm"), inputs, seed=1)
    >>> outputs = {time: model.at(time)(inputs) for time in (0.0, 3600.0)}
    >>> bool((outputs[3600.0] - plain(inputs)).std() > (outputs[0.0] - plain(inputs)).std())
    True
    """

    def __init__(self, module: nn.Module, chip: Chip, digital: tuple[str, ...]) -> None:
        super().__init__()
        self.module = module
        self.chip = chip
        self.digital = digital
        self.time = first_time(chip)
        self.at(self.time)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the model returns."""
        return self.module(*args, **kwargs)

    @accepts_quantities
    def at(self, time: float, draw: int = 0) -> ChipModel:
        """Go to a time, and return the model itself.

        Parameters
        ----------
        time : float
            After programming. [s]
        draw : int
            Which of many repetitions: each has noise of its own.

        Returns
        -------
        ChipModel

        Raises
        ------
        CellError
            If the cells' model says nothing about that time.
        """
        self.time = number("at: time", time, least=0, error=ChipError)
        for product in products_of(self.module):
            product.set_time(self.time, count("at: draw", draw, least=0, error=ChipError))
        return self

    def calibrate(self, *args: Any, **kwargs: Any) -> ChipModel:
        """Set the ranges of all converters by what typical inputs give; return the model itself.

        Parameters
        ----------
        *args, **kwargs
            As the model is called: not the inputs it is judged by.

        Raises
        ------
        ChipError
            If a layer gets no input by them, or only zeros.
        """
        products = products_of(self.module)
        for product in products:
            product.watch(True)
        try:
            with torch.no_grad():
                self.module(*args, **kwargs)
        except BaseException:
            for product in products:
                product.watching = False
            raise
        for product in products:
            product.watch(False)
        return self


def to_inference(
    model: nn.Module,
    chip: Chip,
    calibration: Any = None,
    *,
    digital: Collection[str] = (),
    seed: int = 1,
) -> ChipModel:
    """Write a trained model onto a chip.

    Linear layers, convolutions in one to three dimensions with groups and dilation, RNN, LSTM and
    GRU (cells and layers, both ways, projections, packed sequences) and attention go onto the chip;
    biases, norms, embeddings and activations stay digital. One weight in several layers is written
    once.

    Parameters
    ----------
    model : torch.nn.Module
        Trained; not changed.
    chip : Chip
    calibration : Tensor or tuple, optional
        Typical inputs, as the model is called, by which converters are set; else
        :meth:`ChipModel.calibrate` is called before the model is.
    digital : collection of str
        Names, as of ``model.named_modules()``, of modules to leave as they are, with all below them.
    seed : int
        Of the cells.

    Returns
    -------
    ChipModel
        In evaluation mode, right after programming.

    Raises
    ------
    ChipError
        If nothing of the model can be put on the chip, a name of ``digital`` is none, or weights
        are not finite numbers on the CPU.

    Warns
    -----
    ConversionWarning
        Of matrices that stay digital without being named.

    Examples
    --------
    >>> import torch
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.LazyLinear(2)
    ... )
    >>> images = torch.rand(16, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    >>> digital = plain(images)
    >>> chip = ac.inference.Chip(cells="ideal")
    >>> model = ac.torch.to_inference(plain, chip, images)
    >>> error = (model(images) - digital).std() / digital.std()
    >>> bool(error < 0.1)  # of eight bits in and out
    True
    """
    instance("to_inference: model", model, nn.Module, "a torch.nn.Module", error=ChipError)
    instance("to_inference: chip", chip, Chip, "a Chip", error=ChipError)
    spared = _names(model, digital)
    weights = Weights(chip, count("to_inference: seed", seed, least=0, error=ChipError))
    memo: dict[int, Any] = {}
    for name, module in model.named_modules():
        converter = _converter(module)
        if converter is None or _below(name, spared) or _inside(name, model):
            continue
        _check_numbers(name, module)
        memo[id(module)] = converter(module, weights)
    if not memo:
        raise ChipError(
            "to_inference: the model has no layer that goes onto a chip; expected one of "
            f"{', '.join(kind.__name__ for kind in LAYERS)}"
        )
    left = _left_digital(model, memo, spared)
    if left:
        warnings.warn(
            f"to_inference: stay digital: {', '.join(left)}; name their modules in digital=(...) "
            "to say so",
            ConversionWarning,
            stacklevel=2,
        )
    on_chip = ChipModel(_copied(model, memo), chip, tuple(left)).eval()
    if calibration is None:
        return on_chip
    inputs = calibration if isinstance(calibration, tuple) else (calibration,)
    return on_chip.calibrate(*inputs)


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


def _copied(model: nn.Module, memo: dict[int, Any]) -> nn.Module:
    copied = copy.deepcopy(model, memo)
    for module in copied.modules():
        if isinstance(module, nn.TransformerEncoder):
            module.use_nested_tensor = False  # chips take no nested tensors
    return copied
