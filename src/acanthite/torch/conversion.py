"""A torch model turned analogue, layer by layer."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import torch
from torch import nn

from acanthite.crossbar import Wires
from acanthite.errors import TrainingError
from acanthite.fitting import load_synapse
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.periphery import Periphery
from acanthite.random import generator
from acanthite.synapse.base import Synapse
from acanthite.torch.cells import AnalogLSTMCell, AnalogRNNCell
from acanthite.torch.convolution import AnalogConv1d, AnalogConv2d
from acanthite.torch.layer import AnalogLayer
from acanthite.torch.linear import AnalogLinear
from acanthite.torch.recurrent import AnalogLSTM, AnalogRNN
from acanthite.torch.survey import Place, layers, left_digital, parts

_REACH = 1e-5  # a weight this near to what was asked for is reached


class ConversionWarning(UserWarning):
    """A model was turned analogue, but not all of it, or not to the same weights.

    Examples
    --------
    Weights of three, where the cells reach one:

    >>> import warnings
    >>> import torch
    >>> plain = torch.nn.Linear(2, 2)
    >>> plain.weight = torch.nn.Parameter(torch.full((2, 2), 3.0))
    >>> with warnings.catch_warnings(record=True) as heard:
    ...     warnings.simplefilter("always")
    ...     model = ac.torch.to_analog(plain, algorithm="ideal", seed=1)
    >>> heard[0].category.__name__, model.weight.max().item()
    ('ConversionWarning', 1.0)
    """


def to_analog(
    model: nn.Module,
    synapse: Synapse | str | Path | None = None,
    algorithm: str | Algorithm = "ttv2",
    periphery: Periphery | None = None,
    *,
    digital: Collection[str] = (),
    seed: int | None = None,
    wires: Wires | None = None,
) -> nn.Module:
    """Return a copy of a model with its matrices on tiles; weights are programmed as near as the
    cells let them.

    Linear layers, convolutions in one and two dimensions, RNN and LSTM cells and layers become
    analogue. Layers without matrices (activations, norms, embeddings, pooling) stay as they are.
    Forward and full backward hooks, ``requires_grad``, the training mode and attributes of your own
    go with a layer; one layer in several places stays one.

    Parameters
    ----------
    model : torch.nn.Module
        Not changed.
    synapse : Synapse or path_like, optional
        The device, or the device file it is in; ``"ideal"`` and ``"floating"`` do without.
    algorithm : str or Algorithm
    periphery : Periphery, optional
        Converters, noise and bounds of the reads; exact without.
    digital : collection of str
        Names, as of ``model.named_modules()``, of layers to leave as they are, with all below them.
    seed : int, optional
        Each tile gets its own key from it; drawn from torch's generator without.
    wires : Wires, optional
        Resistances of the lines of each tile; ideal without.

    Raises
    ------
    TrainingError
        If the model has layers with matrices that cannot be put on tiles (all are listed): other
        kinds, subclasses, layers that are parametrized, normed, pruned or share parameters with
        others, weights that are not finite, not float32 or not on the CPU.
    FitError, ParameterError
        If the device file cannot be read, or makes no synapse.

    Warns
    -----
    ConversionWarning
        If weights are beyond what their cells reach, or modules of your own hold matrices, which
        stay digital.

    Examples
    --------
    >>> import torch
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)
    ... )
    >>> model = ac.torch.to_analog(plain, algorithm="floating", seed=1)
    >>> [type(layer).__name__ for layer in model]
    ['AnalogLinear', 'ReLU', 'AnalogLinear']
    >>> torch.allclose(model(torch.ones(4)), plain(torch.ones(4)))
    True
    """
    if not isinstance(model, nn.Module):
        raise TrainingError(
            f"to_analog: model is a {type(model).__name__}; expected a torch.nn.Module"
        )
    places = layers(model, digital, CONVERSIONS)
    if isinstance(synapse, str | Path):
        synapse = load_synapse(synapse)
    seed = int(torch.randint(2**31, ())) if seed is None else seed
    tile = {"synapse": synapse, "algorithm": algorithm, "periphery": periphery, "wires": wires}
    replacements = []
    for k, place in enumerate(places):
        tile_seed = int(generator(seed, "torch.tile", k).integers(2**60))
        replacements.append(_replacement(place, {**tile, "seed": tile_seed}))
    tiles = [part.tile for new in replacements for part in _tiles(new)]
    for each in tiles:
        each.set_widest(max(other.n_in for other in tiles))
    _report(places, replacements, left_digital(model, places, digital))
    return _rebuilt(model, places, replacements)


def _replacement(place: Place, tile: dict[str, Any]) -> nn.Module:
    """Put a layer on tiles, and its weights and biases there."""
    old = place.layer
    try:
        new = CONVERSIONS[type(old)](old, tile)
    except TrainingError as error:
        raise TrainingError(f"to_analog: {place}: {error}") from error
    for part, (weight, bias) in zip(_tiles(new), parts(old), strict=True):
        _write(part, getattr(old, weight), getattr(old, bias, None))
    return new.train(old.training)


def _tiles(layer: nn.Module) -> list[AnalogLayer]:
    return [part for part in layer.modules() if isinstance(part, AnalogLayer)]


def _write(new: AnalogLayer, weight: nn.Parameter, bias: nn.Parameter | None) -> None:
    new.program(weight)
    new.weight.requires_grad_(weight.requires_grad)
    if bias is not None and new.bias is not None:
        with torch.no_grad():
            new.bias.copy_(bias)
        new.bias.requires_grad_(bias.requires_grad)


def _report(places: list[Place], replacements: list[nn.Module], digital: list[str]) -> None:
    """Warn of what is not as the model was."""
    clipped = []
    for place, new in zip(places, replacements, strict=True):
        for part, (name, _) in zip(_tiles(new), parts(place.layer), strict=True):
            error = (part.weight.detach() - getattr(place.layer, name).detach()).abs()
            if n := int((error > _REACH).sum()):
                where = f"{place.name}.{name}" if place.name else name
                clipped.append(
                    f"{where} ({n} of {error.numel()}, by up to {error.max().item():.3g})"
                )
    if clipped:
        warnings.warn(
            "to_analog: weights beyond what the cells reach were programmed to their bounds: "
            f"{', '.join(clipped)}; "
            "scale the layer, or take a device or algorithm with a wider window",
            ConversionWarning,
            stacklevel=3,
        )
    if digital:
        warnings.warn(
            f"to_analog: stay digital, as no layer of torch holds them: {', '.join(digital)}",
            ConversionWarning,
            stacklevel=3,
        )


def _rebuilt(model: nn.Module, places: list[Place], replacements: list[nn.Module]) -> nn.Module:
    """Copy a model with layers put in the place of theirs: a deep copy that knows them, and their
    parameters, already.
    """
    memo: dict[int, Any] = {}
    for place, new in zip(places, replacements, strict=True):
        memo[id(place.layer)] = new
        for part, names in zip(_tiles(new), parts(place.layer), strict=True):
            for name, parameter in zip(names, (part.weight, part.bias), strict=True):
                if (old := getattr(place.layer, name, None)) is not None:
                    memo[id(old)] = parameter
    try:
        for place, new in zip(places, replacements, strict=True):
            _carry(place.layer, new, memo)
        copied = copy.deepcopy(model, memo)
    except TrainingError:
        raise
    except (RuntimeError, TypeError, ValueError) as error:
        raise TrainingError(f"to_analog: the model cannot be copied: {error}") from error
    for module in copied.modules():
        if isinstance(module, nn.TransformerEncoder) and _tiles(module):
            module.use_nested_tensor = False  # tiles take no nested tensors
    return copied


def _carry(old: nn.Module, new: nn.Module, memo: dict[int, Any]) -> None:
    """Take hooks and attributes of the user along."""
    for name in _HOOKS:
        getattr(new, name).update(copy.deepcopy(getattr(old, name), memo))
    if old._backward_hooks:
        new._is_full_backward_hook = True
    plain = vars(_LIKE[type(old)])
    for name, value in vars(old).items():
        if name in plain:
            continue
        if hasattr(new, name):
            raise TrainingError(
                f"to_analog: a {type(old).__name__} has an attribute {name!r}, which is the "
                "tile's; give it another name"
            )
        setattr(new, name, copy.deepcopy(value, memo))


def _linear(old: nn.Linear, tile: dict[str, Any]) -> nn.Module:
    return AnalogLinear(old.in_features, old.out_features, old.bias is not None, **tile)


def _convolution(kind: type[Any]) -> Callable[[Any, dict[str, Any]], nn.Module]:
    def convert(old: Any, tile: dict[str, Any]) -> nn.Module:
        return kind(
            old.in_channels,
            old.out_channels,
            old.kernel_size,
            old.stride,
            old.padding,
            old.dilation,
            bias=old.bias is not None,
            padding_mode=old.padding_mode,
            **tile,
        )

    return convert


def _cell(kind: type[Any]) -> Callable[[Any, dict[str, Any]], nn.Module]:
    def convert(old: Any, tile: dict[str, Any]) -> nn.Module:
        more = {"nonlinearity": old.nonlinearity} if isinstance(old, nn.RNNCell) else {}
        return kind(old.input_size, old.hidden_size, bool(old.bias), **more, **tile)

    return convert


def _recurrent(kind: type[Any]) -> Callable[[Any, dict[str, Any]], nn.Module]:
    def convert(old: Any, tile: dict[str, Any]) -> nn.Module:
        more = {"nonlinearity": old.nonlinearity} if isinstance(old, nn.RNN) else {}
        return kind(
            old.input_size,
            old.hidden_size,
            old.num_layers,
            bias=bool(old.bias),
            batch_first=bool(old.batch_first),
            **more,
            **tile,
        )

    return convert


CONVERSIONS: dict[type[nn.Module], Callable[[Any, dict[str, Any]], nn.Module]] = {
    nn.Linear: _linear,
    nn.Conv1d: _convolution(AnalogConv1d),
    nn.Conv2d: _convolution(AnalogConv2d),
    nn.RNNCell: _cell(AnalogRNNCell),
    nn.LSTMCell: _cell(AnalogLSTMCell),
    nn.RNN: _recurrent(AnalogRNN),
    nn.LSTM: _recurrent(AnalogLSTM),
}
"""How each layer of torch is put on tiles."""

_HOOKS = (
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_backward_hooks",
    "_backward_pre_hooks",
)

_LIKE: dict[type[nn.Module], nn.Module] = {
    kind: kind(*(1,) * (3 if issubclass(kind, nn.Conv1d | nn.Conv2d) else 2), device="meta")
    for kind in CONVERSIONS
}
"""One of each kind, to tell which attributes are its own."""
