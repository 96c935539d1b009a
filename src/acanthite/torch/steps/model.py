"""Which models compiled steps know: analogue linear layers one after the other, and what may stand
between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from acanthite.arguments import instance
from acanthite.errors import TrainingError
from acanthite.nn.engine.network import ACTIVATIONS
from acanthite.torch.layer import AnalogLayer
from acanthite.torch.linear import AnalogLinear
from acanthite.torch.steps.passes import NO_ACTIVATION

_ACTIVATIONS: dict[type[nn.Module], int] = {
    nn.Sigmoid: ACTIVATIONS.index("sigmoid"),
    nn.Tanh: ACTIVATIONS.index("tanh"),
    nn.ReLU: ACTIVATIONS.index("relu"),
}

_HOOKS = (
    "_forward_hooks",
    "_forward_pre_hooks",
    "_backward_hooks",
    "_backward_pre_hooks",
)

_KNOWN = (
    "AnalogLinear, ReLU, Sigmoid, Tanh, ConstantPad1d, Flatten, Identity, Sequential, and "
    "LogSoftmax at the end"
)


@dataclass
class Stage:
    """A tile of a model, and what stands around it."""

    name: str
    layer: AnalogLinear
    constants: tuple[float, ...]
    """Values of the last input lines, which are the same for all samples."""
    activation: int = NO_ACTIVATION


@dataclass(frozen=True)
class Stages:
    """A model as compiled steps take it."""

    stages: list[Stage]
    ends_in_log_softmax: bool

    @property
    def n_features(self) -> int:
        """Inputs of a sample, without those that are constant."""
        first = self.stages[0]
        return first.layer.in_features - len(first.constants)


def stages_of(model: nn.Module) -> Stages:
    """Return the tiles of a model in the order of its samples' way.

    Raises
    ------
    TrainingError
        If there is a module that compiled steps do not know, named with what to do.
    """
    reader = _Reader()
    for name, module in _parts("", model):
        _check_hooks(name, module)
        reader.take(name, module)
    return reader.read(model)


def _parts(name: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules of nested sequences with their names, as of ``model.named_modules()``."""
    if type(module) is not nn.Sequential:
        yield name, module
        return
    _check_hooks(name, module)
    for own, part in module.named_children():
        yield from _parts(f"{name}.{own}" if name else own, part)


class _Reader:
    """Takes the modules of a model one after the other."""

    def __init__(self) -> None:
        self._stages: list[Stage] = []
        self._constants: tuple[float, ...] = ()
        self._ended = False

    def take(self, name: str, module: nn.Module) -> None:
        """Add a module behind those before it."""
        if type(module) is nn.Identity or _flattens(module):
            return
        if self._ended:
            raise _refusal(name, module, "behind LogSoftmax")
        if type(module) is AnalogLinear:
            self._take_layer(name, module)
        elif type(module) is nn.ConstantPad1d:
            self._take_constants(name, module)
        elif type(module) in _ACTIVATIONS:
            self._take_activation(name, module)
        elif type(module) is nn.LogSoftmax and module.dim in (1, -1):
            self._ended = True
        else:
            raise _refusal(name, module, f"is not one of {_KNOWN}")

    def read(self, model: nn.Module) -> Stages:
        """Return what was taken."""
        if not self._stages:
            raise TrainingError(
                f"train_steps: {type(model).__name__} has no AnalogLinear; make one with to_analog"
            )
        if self._constants:
            raise TrainingError(
                "train_steps: ConstantPad1d at the end of the model; leave it out, or use an "
                "ordinary loop of torch"
            )
        layers = [stage.layer for stage in self._stages]
        for stage in self._stages:
            if sum(stage.layer is other for other in layers) > 1:
                raise _refusal(stage.name, stage.layer, "is used more than once")
        if self._ended and self._stages[-1].activation != NO_ACTIVATION:
            raise TrainingError(
                "train_steps: an activation in front of LogSoftmax; use an ordinary loop of torch"
            )
        return Stages(self._stages, self._ended)

    def _take_layer(self, name: str, layer: AnalogLinear) -> None:
        if layer.tile.drops is not None:
            raise _refusal(name, layer, "has wires, which are solved between steps")
        expected = layer.in_features - len(self._constants)
        before = self._stages[-1].layer.out_features if self._stages else max(expected, 1)
        if before != expected:
            raise TrainingError(
                f"train_steps: {name} has {layer.in_features} inputs; the layer before it gives "
                f"{before} and {len(self._constants)} constants"
            )
        self._stages.append(Stage(name, layer, self._constants))
        self._constants = ()

    def _take_constants(self, name: str, module: nn.ConstantPad1d) -> None:
        left, right = module.padding
        if left or right < 0:
            raise _refusal(name, module, f"pads by {module.padding}, not behind the inputs alone")
        self._constants += (float(module.value),) * right

    def _take_activation(self, name: str, module: nn.Module) -> None:
        if not self._stages or self._constants:
            raise _refusal(name, module, "does not stand right behind an AnalogLinear")
        if self._stages[-1].activation != NO_ACTIVATION:
            raise _refusal(name, module, "stands behind another activation")
        self._stages[-1].activation = _ACTIVATIONS[type(module)]


def _flattens(module: nn.Module) -> bool:
    return type(module) is nn.Flatten and (module.start_dim, module.end_dim) == (1, -1)


def _check_hooks(name: str, module: nn.Module) -> None:
    if any(getattr(module, hooks) for hooks in _HOOKS):
        raise _refusal(name, module, "has hooks, which compiled steps would not call")


def _refusal(name: str, module: nn.Module, why: str) -> TrainingError:
    where = name or "the model"
    kind: Any = type(module).__name__
    what = "" if not isinstance(module, AnalogLayer) else f" of {module.tile.n_in} inputs"
    return TrainingError(
        f"train_steps: {where} ({kind}{what}) {why}; use an ordinary loop of torch"
    )


def checked_inputs(inputs: Tensor, n_features: int) -> Tensor:
    """Return the inputs of samples, shape (n, n_features).

    Raises
    ------
    TrainingError
        If they are no tensor of float32 on the CPU, or have another number of features.
    """
    instance("train_steps: inputs", inputs, Tensor, "a tensor", error=TrainingError)
    n_samples = len(inputs) if inputs.dim() else 0
    if inputs.dtype != torch.float32 or not inputs.is_cpu:
        raise TrainingError(
            f"train_steps: inputs are {inputs.dtype} on {inputs.device}; expected torch.float32 on "
            "the CPU"
        )
    if inputs.dim() < 2 or inputs[:1].numel() not in (0, n_features):
        raise TrainingError(
            f"train_steps: inputs have shape {tuple(inputs.shape)}; expected (n, {n_features}), "
            "or what flattens to it"
        )
    return inputs.detach().reshape(n_samples, n_features).contiguous()
