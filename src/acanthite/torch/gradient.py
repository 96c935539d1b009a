"""The gradient of a tile's weight: pairs of inputs and errors, and a matrix only where somebody
looks at it.

A tile is pulsed by rank-one pairs, sample by sample, so its gradient is kept as such. It is a
tensor all the same, and lies where torch puts a gradient: what torch adds up, scales, clears or
throws away is added up, scaled, cleared or thrown away here, and what anybody reads has the numbers
of torch's own gradient. What no list of pairs can be is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from acanthite.errors import TrainingError
from acanthite.torch.pairs import Pair

_aten = torch.ops.aten
_DETACH = _aten.detach.default


class _Lazy(Tensor):
    """A tensor without memory: functions of torch get its values, and what would write into it is
    refused.
    """

    def values(self) -> Tensor:
        """Return the values as an ordinary tensor."""
        raise NotImplementedError

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Answer the operations a sum of pairs can answer, and let the others work on the values."""
        if func is _DETACH:  # by autograd, of every gradient that it puts in its place
            return _twin(args[0])
        rule = _RULES.get(func)
        if rule is not None:
            result = rule(*args, **(kwargs or {}))
            if result is not NotImplemented:
                return result
        return _by_values(func, args, kwargs or {})

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Give those who want memory a copy that cannot be written; do as torch does with all else."""
        if func in _AS_ARRAYS:
            return _as_array(func(args[0].values(), *args[1:], **(kwargs or {})))
        if func in _MEMORY:
            raise TrainingError(
                f"{func.__name__}: the gradient of a tile's weight has no memory of its own; pass "
                "its .values()"
            )
        with torch._C.DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        """Show the values."""
        return f"{type(self).__name__.lstrip('_')}({self.values()!r})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle as an ordinary tensor."""
        return self.values().__reduce_ex__(protocol)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        """Copy what it is."""
        return memo.setdefault(id(self), self.clone())


class TileGradient(_Lazy):
    """The sum of the outer products of pairs, in the shape of a tile's weight.

    Parameters
    ----------
    pairs : list of Pair
        In the order they came; shared, not copied.
    size, stride : tuple of int
        Of the weight.
    """

    pairs: list[Pair]
    geometry: tuple[Any, Any]

    @staticmethod
    def __new__(cls, pairs: list[Pair], size: Any, stride: Any) -> TileGradient:
        """Make one around pairs."""
        self = Tensor._make_wrapper_subclass(cls, size, stride, dtype=torch.float32)  # type: ignore[attr-defined]
        self.pairs = pairs
        self.geometry = (size, stride)
        return self

    def like(self, pairs: list[Pair]) -> TileGradient:
        """Return another of the same shape."""
        return TileGradient(pairs, *self.geometry)

    def values(self) -> Tensor:
        """Return the gradient as an ordinary tensor, strides as those of the weight."""
        n_out = self.size(0)
        total = torch.zeros(self.numel() // n_out, n_out)
        for pair in self.pairs:
            total += _product(pair)
        return total.t().view(self.size())


class _Glance(_Lazy):
    """What a view of a gradient shows: it can be read, and not be written, since nothing would come
    of it.
    """

    seen: Tensor

    @staticmethod
    def __new__(cls, seen: Tensor) -> _Glance:
        """Make one around values."""
        self = Tensor._make_wrapper_subclass(cls, seen.size(), seen.stride(), dtype=seen.dtype)  # type: ignore[attr-defined]
        self.seen = seen
        return self

    def values(self) -> Tensor:
        """Return what is seen."""
        return self.seen


def _product(pair: Pair) -> Tensor:
    with torch.autocast("cpu", enabled=False):
        product = torch.from_numpy(pair.x).t() @ torch.from_numpy(pair.errors)
    return product if pair.share is None else product * torch.from_numpy(pair.share)


def _by_values(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    schema = func._schema
    n = len(args)
    given = [*args, *(kwargs.get(a.name) for a in schema.arguments[n:])]
    for argument, value in zip(schema.arguments, given, strict=True):
        if argument.alias_info is not None and argument.alias_info.is_write and _holds(value):
            _refuse(schema.name)
    result = func(*_values(args), **{name: _values(value) for name, value in kwargs.items()})
    views = any(
        out.alias_info is not None and not out.alias_info.is_write for out in schema.returns
    )
    return _glances(result) if views else result


def _refuse(name: str) -> None:
    raise TrainingError(
        f"{name.split('::')[-1]} would write numbers into the gradient of a tile's weight, which "
        "is a sum of rank-one pairs: it "
        "can be zeroed, and scaled as a whole (clip_grad_norm_); else change the errors that reach "
        "the layer, by a hook on its output"
    )


def _holds(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds(part) for part in value)
    return isinstance(value, _Lazy)


def _values(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_values(part) for part in value)
    return value.values() if isinstance(value, _Lazy) else value


def _glances(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_glances(part) for part in value)
    return _Glance(value) if type(value) is Tensor else value


def _as_array(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    return value


def _factor(value: Any) -> float | None:
    """Return a number that a whole gradient may be multiplied by, if it is one."""
    if isinstance(value, int | float):
        return float(value)
    if type(value) is Tensor and value.dim() == 0 and not value.is_complex():
        return float(value)
    return None


def _twin(own: Any) -> Any:
    return own.like(own.pairs) if isinstance(own, TileGradient) else _Glance(own.seen)


def _view(own: Any, size: Any) -> Any:
    return _Glance(
        own.values().reshape(size)
    )  # whatever the layout of the tile, as of an ordinary gradient


def _clone(own: Any, **_: Any) -> Any:
    return own.like(list(own.pairs)) if isinstance(own, TileGradient) else NotImplemented


def _empty(own: Any, size: Any, stride: Any, **_: Any) -> Any:
    same = isinstance(own, TileGradient) and tuple(size) == tuple(own.size())
    return TileGradient([], size, stride) if same else NotImplemented


def _copy(to: Any, of: Any, *_: Any) -> Any:
    if not (
        isinstance(to, TileGradient) and isinstance(of, TileGradient) and to.size() == of.size()
    ):
        return NotImplemented
    to.pairs[:] = list(of.pairs)
    return to


def _clear(own: Any) -> Any:
    if not isinstance(own, TileGradient):
        return NotImplemented
    own.pairs.clear()
    return own


def _fill(own: Any, value: Any) -> Any:
    return _clear(own) if _factor(value) == 0.0 else NotImplemented


def _sum(a: Any, b: Any, alpha: Any = 1) -> list[Pair] | None:
    if not (isinstance(a, TileGradient) and isinstance(b, TileGradient) and a.size() == b.size()):
        return None
    return a.pairs + [pair.times(float(alpha)) for pair in b.pairs]


def _add(a: Any, b: Any, *, alpha: Any = 1) -> Any:
    pairs = _sum(a, b, alpha)
    return NotImplemented if pairs is None else a.like(pairs)


def _add_to(a: Any, b: Any, *, alpha: Any = 1) -> Any:
    pairs = _sum(a, b, alpha)
    if pairs is None:
        return NotImplemented
    a.pairs[:] = pairs
    return a


def _scaled(own: Any, factor: float | None) -> list[Pair] | None:
    if factor is None or not isinstance(own, TileGradient):
        return None
    return [pair.times(factor) for pair in own.pairs]


def _times(a: Any, b: Any) -> Any:
    own, other = (a, b) if isinstance(a, TileGradient) else (b, a)
    pairs = _scaled(own, _factor(other))
    return NotImplemented if pairs is None else own.like(pairs)


def _times_in_place(own: Any, factor: Any) -> Any:
    pairs = _scaled(own, _factor(factor))
    if pairs is None:
        return NotImplemented
    own.pairs[:] = pairs
    return own


def _inverse(value: Any) -> float | None:
    factor = _factor(value)
    return (
        None
        if factor is None
        else float(np.float64(1.0) / np.float64(factor))
        if factor
        else np.inf
    )


def _over(a: Any, b: Any) -> Any:
    return (
        _times(a, _inverse(b))
        if isinstance(a, TileGradient) and _factor(b) is not None
        else NotImplemented
    )


def _over_in_place(a: Any, b: Any) -> Any:
    return _times_in_place(a, _inverse(b)) if _factor(b) is not None else NotImplemented


def _negative(own: Any) -> Any:
    return _times(own, -1.0)


def _each(one: Callable[..., Any]) -> Callable[..., None]:
    """Do to each tensor of a list what torch does to one."""

    def each(tensors: Iterable[Tensor], *others: Any) -> None:
        for k, tensor in enumerate(tensors):
            one(tensor, *(part[k] if isinstance(part, list | tuple) else part for part in others))

    return each


def _unscale(gradients: list[Tensor], found_inf: Tensor, inverse: Tensor) -> None:
    """Divide gradients by the scale of a ``GradScaler``, and say whether any is not finite."""
    plain = [g for g in gradients if not isinstance(g, _Lazy)]
    if plain:
        _aten._amp_foreach_non_finite_check_and_unscale_(plain, found_inf, inverse)
    for gradient in gradients:
        if isinstance(gradient, TileGradient):
            if not torch.isfinite(gradient.values()).all():
                found_inf.fill_(1.0)
            gradient.mul_(inverse)


_RULES: dict[Any, Callable[..., Any]] = {
    _DETACH: _twin,
    _aten.alias.default: _twin,
    _aten.view.default: _view,
    _aten.clone.default: _clone,
    _aten.new_empty_strided.default: _empty,
    _aten.copy_.default: _copy,
    _aten.zero_.default: _clear,
    _aten.fill_.Scalar: _fill,
    _aten.fill_.Tensor: _fill,
    _aten.add.Tensor: _add,
    _aten.add_.Tensor: _add_to,
    _aten.mul.Tensor: _times,
    _aten.mul.Scalar: _times,
    _aten.mul_.Tensor: _times_in_place,
    _aten.mul_.Scalar: _times_in_place,
    _aten.div.Tensor: _over,
    _aten.div.Scalar: _over,
    _aten.div_.Tensor: _over_in_place,
    _aten.div_.Scalar: _over_in_place,
    _aten.neg.default: _negative,
    _aten._foreach_zero_.default: _each(Tensor.zero_),
    _aten._foreach_mul_.Scalar: _each(Tensor.mul_),
    _aten._foreach_mul_.Tensor: _each(Tensor.mul_),
    _aten._foreach_mul_.ScalarList: _each(Tensor.mul_),
    _aten._foreach_div_.Scalar: _each(Tensor.div_),
    _aten._foreach_div_.Tensor: _each(Tensor.div_),
    _aten._foreach_div_.ScalarList: _each(Tensor.div_),
    _aten._amp_foreach_non_finite_check_and_unscale_.default: _unscale,
}
"""What can be done to pairs; a rule that does not know its arguments says so."""

_AS_ARRAYS = {Tensor.numpy, Tensor.tolist, Tensor.__array__}
_MEMORY = {
    Tensor.data_ptr,
    Tensor.untyped_storage,
    Tensor.storage,
    Tensor.__dlpack__,
    Tensor.share_memory_,
}
