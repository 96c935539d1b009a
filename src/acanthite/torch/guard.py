"""Weights that lie in a tile are read through it: any digital product with them is refused.

Some modules of torch take the ``weight`` of a layer and compute without calling the layer: the fast paths of ``nn.Transformer``
and ``nn.MultiheadAttention``, a decoder tied by ``functional.linear(x, encoder.weight.t())``, ``torch.func.functional_call``. What
they get would be the digital numbers, without converters, noise, wires or updates. Torch asks a :class:`TileWeight` before each
function it is given to; torch's own fast paths see that and go through the layers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import torch
from torch import Tensor, nn

from acanthite.errors import TrainingError

_bare = torch._C._disabled_torch_function_impl
"""Call a function of torch as though no tensor asked to be asked."""

_VALUES = {"detach", "data", "grad", "backward"}
_LIKE = {f"{kind}_like" for kind in ("zeros", "ones", "empty", "full", "rand", "randn")}
_NEW = {f"new_{kind}" for kind in ("zeros", "ones", "empty", "full", "tensor")}
_NUMBERS = _VALUES | _LIKE | _NEW
"""What gives numbers that no longer stand for the tile."""

_SUMS = {"add", "radd", "sub", "subtract", "rsub", "lerp", "addcmul", "addcdiv"}
_FACTORS = {"mul", "rmul", "multiply", "div", "rdiv", "divide", "true_divide", "rtruediv", "pow", "rpow"}
_CHOICES = {"maximum", "minimum", "where", "masked_fill", "clamp", "clip"}
_COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge", "isclose"}
_ARITHMETIC = _SUMS | _FACTORS | _CHOICES | _COMPARISONS
"""Element by element with other tensors, as penalties, masks and plain optimizers do."""

_TESTS = {"equal", "allclose", "dist", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"}
_SHAPES = {"stack", "cat", "concat", "view_as", "reshape_as", "expand_as", "type_as", "to", "masked_select"}
_BESIDE_OTHERS = _TESTS | _SHAPES | {"copy", "backward", "grad"}
"""What else may be given weights of a tile together with other tensors."""


class _Guarded(Tensor):
    """Numbers that come from a tile's weights, and keep what can be computed with them to what is no product."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run a function of torch on the weights of a tile, unless it multiplies them with something."""
        kwargs = kwargs or {}
        name = _name(func)
        tensors = list(_tensors((args, kwargs)))
        own = [t for t in tensors if isinstance(t, _Guarded)]
        others = [t for t in tensors if not isinstance(t, _Guarded)]
        if others and not (_writes(func) and isinstance(args[0], _Guarded)):
            _check(name, own, others)
        out = _bare(func, types, args, kwargs)
        if name in _NUMBERS or any(out is t for t in tensors):
            return out
        return _marked(out, max(_bare(Tensor.numel, (), (t,), {}) for t in own))


class TileWeight(_Guarded, nn.Parameter):
    """A parameter that lies in the memory of a tile.

    Its numbers may be looked at, compared, copied, written and penalised; ``detach()`` gives them as a plain tensor. Products
    with other tensors are refused: they would go past the tile.
    """

    analog_tile: Any = None
    """The tile it lies in."""
    analog_place: int = 0
    """Where in memory its first number was put."""

    def lay(self, view: Tensor, tile: Any) -> None:
        """Let it lie in the memory of a tile, of which ``view`` is a view of its shape."""
        self.data = view
        self.analog_tile = tile
        self.analog_place = view.data_ptr()

    @property
    def grad(self) -> Tensor | None:  # type: ignore[override]
        """The gradient; at the speed of a plain parameter, since every step asks for it."""
        return _bare(_GET_GRAD, (), (self,), {})

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        _bare(_SET_GRAD, (), (self, value), {})

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle as what it is; the layer binds it to its tile again."""
        return TileWeight, (self.data, self.requires_grad)


_DETACH, _FLATTEN, _PLACE = Tensor.detach, Tensor.flatten, Tensor.data_ptr
_GET_GRAD = torch._C.TensorBase.grad.__get__  # type: ignore[attr-defined]
_SET_GRAD = torch._C.TensorBase.grad.__set__  # type: ignore[attr-defined]


def plain(weight: Tensor) -> Tensor:
    """Return the numbers of a weight as a plain tensor in the same memory."""
    return _bare(_DETACH, (), (weight,), {})


def rows(layer: Any) -> Tensor:
    """Return the weight of a layer as (outputs, inputs), for the layer's own read.

    Raises
    ------
    TrainingError
        If ``layer.weight`` is no longer the one that lies in the layer's tile, or torch is recording or
        rounding instead of computing.
    """
    weight = getattr(layer, "weight", None)
    name = type(layer).__name__
    if type(weight) is not TileWeight or weight.analog_tile is not layer.tile:
        raise TrainingError(
            f"{name}: weight is not the one in the layer's tile: it was tied, parametrized, pruned, assigned or swapped after the layer "
            "was made; undo that, and write numbers with layer.program(...)"
        )
    if _bare(_PLACE, (), (weight,), {}) != weight.analog_place:
        raise TrainingError(
            f"{name}: weight.data was moved out of the tile's memory; write numbers with layer.program(...) or weight.copy_(...)"
        )
    if torch.jit.is_tracing():  # type: ignore[attr-defined]
        raise TrainingError(
            f"{name}: a tile cannot be recorded by torch.jit.trace, which would keep one read for good"
        )
    if torch.is_autocast_enabled("cpu"):
        raise TrainingError(
            f"{name}: called under torch.autocast; tiles compute in torch.float32: call it under torch.autocast('cpu', enabled=False)"
        )
    return _bare(_FLATTEN, (), (weight, 1), {})


def untraced(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let ``torch.compile`` call a method instead of compiling it: a tile is no graph of torch's functions."""
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
    """Return the name of a function, method or property of torch, without what tells its forms apart."""
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
        shapes = [_bare(Tensor.size, (), (t,), {}) for t in (*own, *others)]
        if torch.broadcast_shapes(*shapes).numel() <= max(shape.numel() for shape in shapes[: len(own)]):
            return
    raise TrainingError(
        f"{name}: would compute with the digital numbers of a tile's weight, past its converters, noise, wires and pulses; call the "
        "layer, leave it digital (digital=... of to_analog), or take the numbers on purpose with weight.detach()"
    )


def _marked(out: Any, n: int) -> Any:
    """Mark what came out of weights, of which there were ``n``; a single number made of several is free."""
    if type(out) in (tuple, list):
        return type(out)(_marked(part, n) for part in out)
    if type(out) is not Tensor or not out.is_floating_point() or (out.dim() == 0 and n > 1):
        return out
    return out.as_subclass(_Guarded)
