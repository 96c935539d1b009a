"""The shape of a torch model: its layers, weights and the activity of inputs it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.cost.chip.activity import activity_of
from acanthite.cost.network.layer_shape import LayerShape
from acanthite.cost.network.network_shape import NetworkShape
from acanthite.errors import ChipError, MissingExtraError
from acanthite.inference import Chip

if TYPE_CHECKING:
    import torch

_SEEN = 64  # rows of inputs of a layer that activities are taken from, at most


def shape_of_model(model: torch.nn.Module, inputs: Any, chip: Chip) -> NetworkShape:
    """Return the layers of a torch model that go onto tiles, with weights and real activities.

    Linear layers and two-dimensional convolutions are taken; what else the model does is digital
    and not counted, activation functions apart.

    Parameters
    ----------
    model : torch.nn.Module
    inputs : torch.Tensor
        A batch the model is called with.
    chip : Chip
        Whose drivers apply the inputs.

    Returns
    -------
    NetworkShape

    Raises
    ------
    MissingExtraError
        If torch is not installed.
    ChipError
        If no layer goes onto tiles, or a layer is given nothing but zeros.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Sequential(
    ...     torch.nn.Linear(8, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2)
    ... )
    >>> inputs = torch.rand(32, 8, generator=torch.Generator().manual_seed(1))
    >>> network = ac.cost.shape_of_model(model, inputs, ac.inference.Chip())
    >>> [(layer.inputs, layer.outputs) for layer in network.layers]
    [(8, 4), (4, 2)]
    """
    try:
        import torch
    except ImportError:
        raise MissingExtraError(
            "shape_of_model needs torch: pip install 'acanthite[torch]'"
        ) from None
    layers: list[LayerShape] = []

    def note(name: str, module: torch.nn.Module):
        def hook(_: Any, given: tuple[torch.Tensor, ...], result: torch.Tensor) -> None:
            layers.append(_layer(name, module, given[0].detach(), result.detach(), chip))

        return hook

    kinds = (torch.nn.Linear, torch.nn.Conv2d)
    found = [(name, module) for name, module in model.named_modules() if isinstance(module, kinds)]
    handles = [module.register_forward_hook(note(name, module)) for name, module in found]
    try:
        with torch.no_grad():
            model(inputs)
    finally:
        for handle in handles:
            handle.remove()
    if not layers:
        raise ChipError("model: no linear layer or two-dimensional convolution was called")
    return NetworkShape(type(model).__name__, tuple(layers))


def _layer(name: str, module: Any, given: torch.Tensor, result: torch.Tensor, chip: Chip) -> Any:
    import torch

    weights = module.weight.detach().double().cpu().numpy()
    weights = weights.reshape(len(weights), -1)
    fresh = None
    if isinstance(module, torch.nn.Conv2d):
        if module.groups != 1:
            raise ChipError(f"layer {name!r}: groups = {module.groups}; expected 1")
        positions = int(result.shape[-1] * result.shape[-2])
        stride = min(module.stride[1], module.kernel_size[1])
        fresh = int(module.in_channels * module.kernel_size[0] * stride)
    else:
        positions = int(np.prod(given.shape[1:-1])) if given.ndim > 2 else 1
    values = given.double().cpu().numpy().reshape(len(given), -1)[:_SEEN]
    if not values.any():
        raise ChipError(f"layer {name!r}: given nothing but zeros; use real inputs")
    return LayerShape(
        name=name or "layer",
        inputs=weights.shape[1],
        outputs=weights.shape[0],
        positions=max(positions, 1),
        fresh_inputs=fresh,
        activation="relu",
        activity=activity_of(values, chip),
        weights=weights,
        biased=module.bias is not None,
    )
