"""Weights that lie in a tile are read through it: any digital product with them is refused.

Some modules of torch take the ``weight`` of a layer and compute without calling the layer: the fast
paths of ``nn.Transformer`` and ``nn.MultiheadAttention``, a decoder tied by ``functional.linear(x,
encoder.weight.t())``, ``torch.func.functional_call``. What they get would be the digital numbers,
without converters, noise, wires or updates. Torch asks a layer's ``weight`` before each function it
is given to; torch's own fast paths see that and go through the layers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import torch
from torch import Tensor

from acanthite.errors import TrainingError

bare = torch._C._disabled_torch_function_impl
"""Call a torch function without any tensor's own ``__torch_function__``."""

_VALUES = {"detach", "data", "grad", "backward"}
_LIKE = {f"{kind}_like" for kind in ("zeros", "ones", "empty", "full", "rand", "randn")}
_NEW = {f"new_{kind}" for kind in ("zeros", "ones", "empty", "full", "tensor")}
_NUMBERS = _VALUES | _LIKE | _NEW
"""What gives numbers that no longer stand for the tile."""

_SUMS = {"add", "radd", "sub", "subtract", "rsub", "lerp", "addcmul", "addcdiv"}
_FACTORS = {
    "mul",
    "rmul",
    "multiply",
    "div",
    "rdiv",
    "divide",
    "true_divide",
    "rtruediv",
    "pow",
    "rpow",
}
_CHOICES = {"maximum", "minimum", "where", "masked_fill", "clamp", "clip"}
_COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge", "isclose"}
_ARITHMETIC = _SUMS | _FACTORS | _CHOICES | _COMPARISONS
"""Element by element with other tensors, as penalties, masks and plain optimizers do."""

_TESTS = {"equal", "allclose", "dist", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"}
_SHAPES = {
    "stack",
    "cat",
    "concat",
    "view_as",
    "reshape_as",
    "expand_as",
    "type_as",
    "to",
    "masked_select",
}
_BESIDE_OTHERS = _TESTS | _SHAPES | {"copy", "backward", "grad"}
"""What else may be given weights of a tile together with other tensors."""


class Guarded(Tensor):
    """A tensor of a tile's weights, which refuses to enter a product."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run a function of torch on the weights of a tile, unless it multiplies them with
        something.
        """
        kwargs = kwargs or {}
        name = _name(func)
        tensors = list(_tensors((args, kwargs)))
        own = [t for t in tensors if isinstance(t, Guarded)]
        others = [t for t in tensors if not isinstance(t, Guarded)]
        if others and not (_writes(func) and isinstance(args[0], Guarded | tuple | list)):
            _check(name, own, others)
        out = bare(func, types, args, kwargs)
        if name in _NUMBERS or any(out is t for t in tensors):
            return out
        return _marked(out, own)

    @property
    def grad(self) -> Tensor | None:  # type: ignore[override]
        """The gradient; at the speed of a plain parameter, since every step asks for it."""
        return bare(_GET_GRAD, (), (self,), {})

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        bare(_SET_GRAD, (), (self, value), {})


_GET_GRAD = torch._C.TensorBase.grad.__get__  # type: ignore[attr-defined]
_SET_GRAD = torch._C.TensorBase.grad.__set__  # type: ignore[attr-defined]


def refuse_recording(layer: Any) -> None:
    """Raise unless a read of a layer is one that is made now, and only once.

    Raises
    ------
    TrainingError
        If ``torch.jit.trace`` records it, or ``torch.utils.checkpoint`` makes it again, with other
        noise, on the way back.
    """
    name = type(layer).__name__
    if torch.jit.is_tracing():  # type: ignore[attr-defined]
        raise TrainingError(
            f"{name}: a tile cannot be recorded by torch.jit.trace, which would keep one read for "
            "good"
        )
    around = layer.tile.periphery
    if (around.read_noise or around.output_noise) and torch._C._current_graph_task_id() != -1:
        raise TrainingError(
            f"{name}: a noisy tile is read again on the way back, by torch.utils.checkpoint: the "
            "noise would be another; "
            "leave the layer out of the checkpoint"
        )


def untraced(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let ``torch.compile`` call a method instead of compiling it: a tile is no graph of torch's
    functions.
    """
    disabled: list[Callable[..., Any]] = []

    @wraps(method)
    def call(*args: Any) -> Any:
        if "torch._dynamo" not in sys.modules:  # seconds to import, and nothing compiles without it
            return method(*args)
        if not disabled:
            disabled.append(torch.compiler.disable(method))
        return disabled[0](*args)

    setattr(call, "_torchdynamo_disable", True)  # noqa: B010
    setattr(call, "_torchdynamo_disable_msg", "a tile is read, not compiled")  # noqa: B010
    return call


def _name(func: Any) -> str:
    """Return the name of a function, method or property of torch, without what tells its forms
    apart.
    """
    name = func.__name__
    if name in ("__get__", "__set__"):
        return func.__self__.__name__
    return name.strip("_")


def _writes(func: Any) -> bool:
    """Return whether a function writes into its first argument."""
    name = func.__name__
    if name.startswith("__"):
        return name in ("__set__", "__setitem__") or name.startswith("__i")
    return name.endswith("_")


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        yield from _tensors(tuple(value.values()))


def _check(name: str, own: list[Any], others: list[Tensor]) -> None:
    """Raise unless a function may be given weights of a tile beside other tensors."""
    if name == "getitem" and all(t.dtype == torch.bool for t in others):
        return
    if name in _BESIDE_OTHERS:
        return
    if name in _ARITHMETIC:
        shapes = [bare(Tensor.size, (), (t,), {}) for t in (*own, *others)]
        if torch.broadcast_shapes(*shapes).numel() <= max(
            shape.numel() for shape in shapes[: len(own)]
        ):
            return
    raise TrainingError(
        f"{name}: would compute with the digital numbers of a tile's weight, past its converters, "
        "noise, wires and pulses; call the "
        "layer, leave it digital (digital=... of to_analog), or take the numbers on purpose with "
        "weight.detach()"
    )


def _marked(out: Any, own: list[Any]) -> Any:
    """Mark what came out of weights; a single number made of several is free."""
    if type(out) in (tuple, list):
        return type(out)(_marked(part, own) for part in out)
    if type(out) is not Tensor or not out.is_floating_point():
        return out
    if out.dim() == 0 and any(bare(Tensor.numel, (), (t,), {}) > 1 for t in own):
        return out
    return out.as_subclass(Guarded)
