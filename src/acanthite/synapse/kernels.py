"""What the kernels call of a rule: its step, found by the rule's type when they are compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import NativeValue, models, overload, register_model, typeof_impl, unbox

from acanthite.synapse.rule import DOWN_OFFSET, DOWN_SHARE, LOWER, UP_OFFSET, UPPER, StepRule

_U = np.uint64  # without a sign, no wrapping of negative indices
_JIT: Any = {
    "_nrt": False,  # no array is made in here
    "fastmath": {"reassoc", "contract", "nsz"},
    "forceinline": True,
}
_seen: dict[str, StepRule] = {}


class RuleType(types.Type):
    """Numba's type of a rule, one for each text."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(name=f"Rule({text})")


register_model(RuleType)(models.OpaqueModel)


@typeof_impl.register(StepRule)
def _typeof(rule: StepRule, context: Any) -> RuleType:
    if rule.key not in _seen:
        _seen[rule.key] = rule
        if rule.function is not None:
            _ = rule.kernel  # a kernel that Numba finds in its cache refers to this module
    return RuleType(rule.key)


@unbox(RuleType)
def _unbox(kind: Any, rule: Any, c: Any) -> NativeValue:
    return NativeValue(c.context.get_dummy_value())


def stride(rule: Any) -> int:
    """Return how many numbers lie from one cell's coefficients to the next one's, known when a
    kernel is compiled.
    """
    raise NotImplementedError("for compiled kernels only")


@overload(stride, jit_options=_JIT)
def _stride(rule):
    if not isinstance(rule, RuleType):
        return None
    n = np.uint64(_seen[rule.text].stride)
    return lambda rule: n


def step(rule: Any, c: Any, at: Any, sign: Any, w: Any) -> Any:
    """Return the mean change of one cell by one pulse.

    Parameters
    ----------
    rule : StepRule
    c : ndarray of float32, shape (n_cells * k,)
        Coefficients, cell by cell.
    at : uint64
        Where those of the cell begin.
    sign : float32
        +1 potentiates, -1 depresses.
    w : float32
        Its weight.
    """
    raise NotImplementedError("for compiled kernels only")


@overload(step, jit_options=_JIT)
def _step(rule, c, at, sign, w):
    if not isinstance(rule, RuleType):
        return None
    if rule.text == "linear":
        return _linear
    if rule.text == "shares":
        return _shares
    return _seen[rule.text].kernel.step


def _linear(rule, c, at, sign, w):
    k = at + (_U(UP_OFFSET) if sign > 0 else _U(DOWN_OFFSET))
    return sign * (c[k] - sign * c[k + _U(1)] * w)


def _shares(rule, c, at, sign, w):
    bound = at + (_U(UPPER) if sign > 0 else _U(LOWER))
    return c[bound + _U(DOWN_SHARE)] * (c[bound] - w)
