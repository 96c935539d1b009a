"""A torch model turned analogue, layer by layer."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import torch
from torch import nn

from acanthite.crossbar.wires import Wires
from acanthite.errors import TrainingError, nearest
from acanthite.fitting import load_synapse
from acanthite.nn.algorithms import Algorithm
from acanthite.nn.periphery import Periphery
from acanthite.random import generator
from acanthite.synapse.base import Synapse
from acanthite.torch.convolution import AnalogConv1d, AnalogConv2d
from acanthite.torch.layer import AnalogLayer
from acanthite.torch.linear import AnalogLinear
from acanthite.torch.recurrent import AnalogLSTM, AnalogLSTMCell, AnalogRNN, AnalogRNNCell


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
    """Return a copy of a model with its matrices on tiles; weights are programmed as near as the cells let them.

    Linear layers, convolutions in one and two dimensions, RNN and LSTM cells and layers become analogue. Layers without matrices
    (activations, norms, embeddings, pooling) stay as they are.

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
        If the model has layers with matrices that cannot be put on tiles; all are listed.
    FitError, ParameterError
        If the device file cannot be read, or makes no synapse.
    """
    names = [name for name, _ in model.named_modules()]
    for name in digital:
        if name not in names:
            raise TrainingError(f"digital: the model has no layer {name!r}{nearest(name, names)}")
    found = _layers(model, digital)
    refused = [f"{name or 'the model'} ({why})" for name, why in _refused(found)]
    if refused:
        raise TrainingError(
            "to_analog: cannot be put on tiles: "
            + ", ".join(refused)
            + "; name them in digital=(...) to leave them digital"
        )
    if not found:
        raise TrainingError("to_analog: the model has no layer that can be put on tiles")
    if isinstance(synapse, str | Path):
        synapse = load_synapse(synapse)
    seed = int(torch.randint(2**31, ())) if seed is None else seed
    tile = {"synapse": synapse, "algorithm": algorithm, "periphery": periphery, "wires": wires}
    done: dict[int, nn.Module] = {}
    for k, (_, module) in enumerate(found):
        own = int(generator(seed, "torch.tile", k).integers(2**60))
        made = CONVERSIONS[type(module)](module, {**tile, "seed": own})
        done[id(module)] = made.train(module.training)
    tiles = [m.tile for made in done.values() for m in made.modules() if isinstance(m, AnalogLayer)]
    for each in tiles:
        each.among(max(other.n_in for other in tiles))
    return done[id(model)] if id(model) in done else _rebuilt(model, done)


def _layers(model: nn.Module, digital: Collection[str]) -> list[tuple[str, nn.Module]]:
    """Return the layers with matrices, each once, that are not below one of them or one named digital."""
    found: list[tuple[str, nn.Module]] = []
    below: list[str] = list(digital)
    for name, module in model.named_modules():
        if any(name == part or name.startswith(f"{part}.") for part in below):
            continue
        if isinstance(module, (*CONVERSIONS, *_WITHOUT_TILES)):
            found.append((name, module))
            below.append(name)
    return found


def _refused(found: list[tuple[str, nn.Module]]) -> list[tuple[str, str]]:
    refused = []
    for name, module in found:
        known: Any = module
        if type(module) not in CONVERSIONS:
            refused.append((name, type(module).__name__))
        elif getattr(known, "groups", 1) != 1:
            refused.append((name, f"{type(module).__name__} with groups = {known.groups}"))
        elif isinstance(module, nn.RNNBase) and (known.bidirectional or known.dropout or known.proj_size):
            refused.append((name, f"{type(module).__name__} with two directions, dropout or projections"))
    return refused


def _rebuilt(model: nn.Module, done: dict[int, nn.Module]) -> nn.Module:
    """Copy a model with the layers in ``done`` put in the place of theirs: a deep copy that knows them already."""
    return copy.deepcopy(model, dict(done))


def _linear(old: nn.Linear, tile: dict[str, Any]) -> nn.Module:
    new = AnalogLinear(old.in_features, old.out_features, old.bias is not None, **tile)
    _write(new, old.weight, old.bias)
    return new


def _convolution(kind: type[Any]) -> Callable[[Any, dict[str, Any]], nn.Module]:
    def convert(old: Any, tile: dict[str, Any]) -> nn.Module:
        new = kind(
            old.in_channels, old.out_channels, old.kernel_size, old.stride, old.padding, old.dilation,
            bias=old.bias is not None, padding_mode=old.padding_mode, **tile,
        )  # fmt: skip
        _write(new, old.weight, old.bias)
        return new

    return convert


def _cell(kind: type[Any]) -> Callable[[Any, dict[str, Any]], nn.Module]:
    def convert(old: Any, tile: dict[str, Any]) -> nn.Module:
        more = {"nonlinearity": old.nonlinearity} if isinstance(old, nn.RNNCell) else {}
        new = kind(old.input_size, old.hidden_size, old.bias, **more, **tile)
        _write_cell(new, old, "")
        return new

    return convert


def _recurrent(kind: type[Any]) -> Callable[[Any, dict[str, Any]], nn.Module]:
    def convert(old: Any, tile: dict[str, Any]) -> nn.Module:
        more = {"nonlinearity": old.nonlinearity} if isinstance(old, nn.RNN) else {}
        new = kind(old.input_size, old.hidden_size, old.num_layers, old.bias, old.batch_first, **more, **tile)
        for k, cell in enumerate(new.cells):
            _write_cell(cell, old, f"_l{k}")
        return new

    return convert


def _write_cell(new: Any, old: Any, suffix: str) -> None:
    for name in ("ih", "hh"):
        bias = getattr(old, f"bias_{name}{suffix}") if old.bias else None
        _write(getattr(new, name), getattr(old, f"weight_{name}{suffix}"), bias)


def _write(new: Any, weight: torch.Tensor, bias: torch.Tensor | None) -> None:
    new.program(weight)
    new.weight.requires_grad_(weight.requires_grad)
    if bias is not None:
        with torch.no_grad():
            new.bias.copy_(bias)
        new.bias.requires_grad_(bias.requires_grad)


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

_WITHOUT_TILES: tuple[type[nn.Module], ...] = (
    nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d, nn.Bilinear, nn.MultiheadAttention, nn.RNNCellBase,
    nn.RNNBase,
)  # fmt: skip
