"""What an optimizer does to the parameters of a tile in a step, as compiled steps take it."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor

from acanthite.errors import TrainingError
from acanthite.torch.linear import AnalogLinear
from acanthite.torch.optimizer import AnalogOptimizer, AnalogSGD, factor_of

_PLAIN = ("momentum", "dampening", "weight_decay", "nesterov")


class Rates(NamedTuple):
    """Rates of a layer; zero where it does not learn."""

    tile: float
    factor: float  # what schedulers have made of it
    bias: float


def rates_of(optimizer: AnalogOptimizer, name: str, layer: AnalogLinear) -> Rates:
    """Return the rates of a layer.

    Parameters
    ----------
    optimizer : AnalogOptimizer
    name : str
        Of the layer.
    layer : AnalogLinear

    Raises
    ------
    TrainingError
        If the digital bias descends by more than its gradient.
    """
    tile, factor, bias = 0.0, 0.0, 0.0
    group = _group_of(optimizer, layer.weight)
    if group is not None:
        tile = float(group["tile_lr"])
        factor = factor_of(optimizer, group)
    if layer.bias is not None and (own := _group_of(optimizer, layer.bias)) is not None:
        _check_plain(optimizer, own, name)
        bias = float(own["lr"])
    return Rates(tile, factor, bias)


def check_optimizer(optimizer: Any) -> None:
    """Raise unless an optimizer pulses tiles, and nothing is to be called at its steps.

    Raises
    ------
    TrainingError
    """
    if not isinstance(optimizer, AnalogOptimizer):
        raise TrainingError(
            f"train_steps: optimizer is {type(optimizer).__name__}; expected AnalogSGD or "
            "AnalogAdam"
        )
    if optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks:
        raise TrainingError(
            f"train_steps: {type(optimizer).__name__} has hooks on its steps, which compiled steps "
            "would not call; remove them, or use an ordinary loop of torch"
        )


def _group_of(optimizer: AnalogOptimizer, parameter: Tensor) -> dict[str, Any] | None:
    """Return the group that trains a parameter, if there is one."""
    if not parameter.requires_grad:
        return None
    groups = optimizer.param_groups
    return next((g for g in groups if any(p is parameter for p in g["params"])), None)


def _check_plain(optimizer: AnalogOptimizer, group: dict[str, Any], name: str) -> None:
    more = [knob for knob in _PLAIN if group.get(knob)]
    if isinstance(optimizer, AnalogSGD) and not more:
        return
    how = f"AnalogSGD with {more[0]}" if isinstance(optimizer, AnalogSGD) else "AnalogAdam"
    raise TrainingError(
        f"train_steps: {name} has a digital bias under {how}; compiled steps know plain AnalogSGD: "
        "build the layer with bias=False, or use an ordinary loop of torch"
    )
