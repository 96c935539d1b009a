"""What of a torch model can be put on tiles, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.lazy import LazyModuleMixin

from acanthite.errors import TrainingError, nearest

Parts = tuple[tuple[str, str], ...]
"""Names of the weight and bias of each tile of a layer."""

_LINEAR_LOSS: tuple[type[nn.Module], ...] = tuple(
    getattr(nn, name) for name in ("LinearCrossEntropyLoss",) if hasattr(nn, name)
)
_WITH_MATRICES: tuple[type[nn.Module], ...] = (
    nn.Linear,
    _ConvNd,
    nn.Bilinear,
    nn.MultiheadAttention,
    nn.RNNCellBase,
    nn.RNNBase,
    *_LINEAR_LOSS,
)
"""Every module of torch that multiplies with a matrix of its own, or with that of a layer in it
without calling the layer.
"""

_STATE_HOOKS = (
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)


class Place(NamedTuple):
    """A layer, and the first name it has in the model."""

    name: str
    layer: nn.Module

    def __str__(self) -> str:
        return self.name or "the model"


def parts(layer: nn.Module) -> Parts:
    """Return the names of the weights and biases of a layer of torch, in the order of its tiles."""
    if isinstance(layer, nn.RNNBase):
        suffixes = [f"_l{k}" for k in range(layer.num_layers)]
    elif isinstance(layer, nn.RNNCellBase):
        suffixes = [""]
    else:
        return (("weight", "bias"),)
    return tuple(
        (f"weight_{side}{s}", f"bias_{side}{s}") for s in suffixes for side in ("ih", "hh")
    )


def layers(
    model: nn.Module, digital: Collection[str], kinds: Collection[type[nn.Module]]
) -> list[Place]:
    """Return the layers to put on tiles, each once, with none that is below another or one named
    digital.

    Raises
    ------
    TrainingError
        If a name of ``digital`` is none, or means a layer that is also where it is to be on a tile;
        if a layer cannot be put on a tile; if its parameters are also somewhere else; or if hooks
        on the gradient of a parameter would be lost.
    """
    places = _places(model, _names(model, digital))
    refused = [f"{place} ({why})" for place in places if (why := _why_not(place.layer, kinds))]
    refused += _shared(model, places)
    if refused:
        raise TrainingError(
            f"to_analog: cannot be put on tiles: {', '.join(refused)}; name them in digital=(...) "
            "to leave them digital"
        )
    _refuse_gradient_hooks(model)
    if not places:
        raise TrainingError("to_analog: the model has no layer that can be put on tiles")
    return places


def left_digital(
    model: nn.Module, places: Collection[Place], digital: Collection[str]
) -> list[str]:
    """Return the matrices that modules other than torch's own hold themselves, and that were not
    named digital.
    """
    on_tiles = {id(place.layer) for place in places}
    names = []
    for name, module in model.named_modules():
        if id(module) in on_tiles or _below(name, digital) is not None:
            continue
        if type(module).__module__.startswith(("torch.nn.", "acanthite.torch.")):
            continue
        for own, parameter in module.named_parameters(recurse=False):
            if parameter.dim() >= 2:
                names.append(f"{name}.{own}" if name else own)
    return names


def _names(model: nn.Module, digital: Collection[str]) -> list[str]:
    if isinstance(digital, str):
        raise TrainingError(
            f"digital = {digital!r}; expected a collection of names: digital=({digital!r},)"
        )
    names = [name for name, _ in model.named_modules(remove_duplicate=False)]
    for name in digital:
        if name not in names:
            raise TrainingError(
                f"digital: the model has no layer {name!r}{nearest(str(name), names)}"
            )
    return list(digital)


def _below(name: str, heads: Collection[str]) -> str | None:
    """Return which of ``heads`` a module is, or is below."""
    return next((head for head in heads if head in ("", name) or name.startswith(f"{head}.")), None)


def _places(model: nn.Module, digital: list[str]) -> list[Place]:
    places: dict[int, Place] = {}
    spared: dict[int, str] = {}
    taken: list[str] = []
    for name, module in model.named_modules(remove_duplicate=False):
        if not (isinstance(module, _WITH_MATRICES) or _compiled(module)):
            continue
        if _below(name, digital) is not None:
            spared.setdefault(id(module), name)
        elif _below(name, taken) is None:
            places.setdefault(id(module), Place(name, module))
            taken.append(name)
    for key, place in places.items():
        if key in spared:
            raise TrainingError(
                f"digital: {spared[key]} and {place} are one layer in two places; name both, or "
                "neither"
            )
    return list(places.values())


def _compiled(module: nn.Module) -> bool:
    quantized = type(module).__module__.startswith("torch.ao.nn.") and "weight" in dir(module)
    return quantized or isinstance(module, torch.jit.ScriptModule) or hasattr(module, "_orig_mod")


def _why_not(layer: nn.Module, kinds: Collection[type[nn.Module]]) -> str | None:
    """Return why a layer cannot be put on tiles, if so."""
    if type(layer) not in kinds:
        return _another_kind(layer, kinds)
    return _options(layer) or _changed(layer) or _hooked(layer) or _numbers(layer)


def _another_kind(layer: nn.Module, kinds: Collection[type[nn.Module]]) -> str:
    name = type(layer).__name__
    if torch.nn.utils.parametrize.is_parametrized(layer):
        return f"{name}: make it plain with torch.nn.utils.parametrize.remove_parametrizations"
    if isinstance(layer, LazyModuleMixin):
        return f"{name} without shapes yet: run the model once first"
    if isinstance(layer, torch.jit.ScriptModule) or hasattr(layer, "_orig_mod"):
        return f"{name}: pass the model before it is compiled"
    for kind in kinds:
        if isinstance(layer, kind):
            return f"{name}, whose forward may be another than that of {kind.__name__}"
    return name


def _options(layer: Any) -> str | None:
    name = type(layer).__name__
    if getattr(layer, "groups", 1) != 1:
        return f"{name} with groups = {layer.groups}"
    if isinstance(layer, nn.RNNBase) and (layer.bidirectional or layer.dropout or layer.proj_size):
        return f"{name} with two directions, dropout or projections"
    return None


def _changed(layer: nn.Module) -> str | None:
    """Return what makes a layer compute otherwise than its class says."""
    name = type(layer).__name__
    if "forward" in vars(layer):
        return f"{name} with a forward of its own"
    known = {part for pair in parts(layer) for part in pair}
    own = [*layer._parameters, *layer._buffers, *layer._modules]
    strange = [part for part in own if part not in known]
    lost = [weight for weight, _ in parts(layer) if layer._parameters.get(weight) is None]
    if strange or lost:
        return (
            f"{name} with {' and '.join(strange) or 'no ' + lost[0]}: undo weight_norm, "
            "spectral_norm or pruning with "
            "torch.nn.utils.remove_weight_norm, remove_spectral_norm or prune.remove, and take "
            "other parts out"
        )
    return None


def _hooked(layer: nn.Module) -> str | None:
    """Return which hooks of a layer would say or do something else on a tile."""
    name = type(layer).__name__
    if layer._backward_hooks and not layer._is_full_backward_hook:
        return f"{name} with a hook of register_backward_hook: use register_full_backward_hook"
    if any(getattr(layer, hooks, None) for hooks in _STATE_HOOKS):
        return f"{name} with hooks on its state_dict: remove them"
    return None


def _refuse_gradient_hooks(model: nn.Module) -> None:
    """Raise if hooks hang on the gradients of parameters, whose copies have none."""
    for name, parameter in model.named_parameters():
        if parameter._backward_hooks or getattr(parameter, "_post_accumulate_grad_hooks", None):
            raise TrainingError(
                f"to_analog: hooks on the gradient of {name} do not go into a copy; remove them, "
                "and register them on the analogue model"
            )


def _numbers(layer: nn.Module) -> str | None:
    name = type(layer).__name__
    for own, parameter in layer.named_parameters(recurse=False):
        if parameter.device.type != "cpu":
            return f"{name} on {parameter.device}: tiles are on the CPU: model.cpu()"
        if parameter.dtype != torch.float32:
            return f"{name} of {parameter.dtype}: tiles compute in torch.float32: model.float()"
        if not bool(parameter.isfinite().all()):
            return f"{name} with a {own} that is not finite"
    return None


def _shared(model: nn.Module, places: list[Place]) -> list[str]:
    """Return the layers whose parameters are also somewhere else: on a tile, they would come apart."""
    on_tiles = {id(place.layer) for place in places}
    spans = sorted(_spans(model), key=lambda span: span[:2])
    messages: dict[str, str] = {}
    for k, (_, end, holder, name) in enumerate(spans):
        for begin, _, other_holder, other_name in spans[k + 1 :]:
            if begin >= end:
                break
            if id(holder) in on_tiles:
                messages.setdefault(name, f"{name} shares its numbers with {other_name}")
            elif id(other_holder) in on_tiles:
                messages.setdefault(other_name, f"{other_name} shares its numbers with {name}")
    return list(messages.values())


def _spans(model: nn.Module) -> Iterator[tuple[int, int, nn.Module, str]]:
    """Yield where in memory each parameter and buffer lies, whose it is and its name."""
    for name, module in model.named_modules():
        own = [*module.named_parameters(recurse=False, remove_duplicate=False)]
        own += [*module.named_buffers(recurse=False, remove_duplicate=False)]
        for part, tensor in own:
            if (span := _span(tensor)) is not None:
                yield *span, module, f"{name}.{part}" if name else part


def _span(tensor: Tensor) -> tuple[int, int] | None:
    lazy = nn.parameter.is_lazy(tensor)
    if (
        lazy
        or tensor.layout != torch.strided
        or tensor.device.type == "meta"
        or tensor.numel() == 0
    ):
        return None
    last = sum((size - 1) * step for size, step in zip(tensor.shape, tensor.stride(), strict=True))
    return tensor.data_ptr(), tensor.data_ptr() + (last + 1) * tensor.element_size()
