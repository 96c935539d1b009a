"""A pulse law as the kernels take it: a scalar function of a weight, compiled into each of them.

A kernel is specialised on the *type* of the rule it is handed, and that type is named by the hash
of the law's text. So one kernel, written once, runs any law at the speed of a built-in one, and
Numba's cache on disk knows the laws apart.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOWER, UPPER = range(2)
"""Columns of the coefficients that every rule has: the bounds."""

DOWN_SHARE, UP_SHARE = range(2, 4)
"""Columns of the rule of soft bounds; a cell's four fill a quarter of a cache line."""

UP_OFFSET, UP_SLOPE, DOWN_OFFSET, DOWN_SLOPE = range(2, 6)
"""Columns of a linear rule."""

OFFSET, SCALE, INVERSE = range(2, 5)
"""Columns of any other rule: position in the window is ``OFFSET + INVERSE * w``, a step of the law
is multiplied by ``SCALE``; the law's own parameters follow from column ``N_COMMON`` on.
"""

N_COMMON = 5


@dataclass(frozen=True)
class StepRule:
    """Mean step up and down of a cell at its weight.

    Parameters
    ----------
    name : str
    parameters : tuple of str
        What the function reads as ``p.name``.
    function : callable, optional
        ``function(w, p) -> (up, down)``: the mean changes by a potentiating and a depressing pulse
        at position ``w`` of the cell's window, -1 to 1; the second is negative. Plain scalar
        Python. Without one the rule is a built-in one.

    Examples
    --------
    What the kernels take of a law; :func:`law` makes one:

    >>> @ac.synapse.law(gain=0.1)
    ... def soft(w, p):
    ...     return p.gain * (1.0 - w), -p.gain * (1.0 + w)
    >>> rule = soft(conductance_min=1e-6, conductance_max=5e-6).rule
    >>> rule.name, rule.parameters
    ('soft', ('gain',))
    """

    name: str
    parameters: tuple[str, ...] = ()
    function: Callable[..., Any] | None = field(default=None, compare=False)

    @cached_property
    def key(self) -> str:
        """Hash of the law's text; the name of a built-in rule."""
        return (
            hashlib.sha256(self._text("float32").encode()).hexdigest()[:20]
            if self.function
            else self.name
        )

    @property
    def n_coefficients(self) -> int:
        """Coefficients of a cell, the columns of :class:`~acanthite.synapse.base.Cells`."""
        if self.function is None:
            return UP_SHARE + 1 if self.name == "shares" else DOWN_SLOPE + 1
        return N_COMMON + len(self.parameters)

    @property
    def stride(self) -> int:
        """Numbers from one cell to the next in the kernels: a power of two, so that up to sixteen
        lie in one cache line.
        """
        return 1 << (self.n_coefficients - 1).bit_length()

    @cached_property
    def kernel(self) -> ModuleType:
        """Module with ``step`` in single precision, for the kernels.

        Raises
        ------
        LawError
            If the function cannot be read or compiled, or reads a parameter the law does not have.
        """
        from acanthite.device.compiler.generate import load_module

        return load_module(self._text("float32"))

    @cached_property
    def _host(self) -> ModuleType:
        from acanthite.device.compiler.generate import load_module

        return load_module(self._text("float64"))

    def steps(self, coefficients: NDArray[Any], weight: Any) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the mean steps up and down (negative) at ``weight``, one cell each or one cell for
        all.

        Parameters
        ----------
        coefficients : ndarray, shape (n or 1, k)
            See :class:`~acanthite.synapse.base.Cells`.
        weight : array_like, shape (n,) or (1,)
            In the unit of the coefficients. [1]
        """
        if self.function is None:
            c = coefficients
            w = np.asarray(weight)
            if self.name == "shares":
                return c[:, UP_SHARE] * (c[:, UPPER] - w), c[:, DOWN_SHARE] * (c[:, LOWER] - w)
            return c[:, UP_OFFSET] - c[:, UP_SLOPE] * w, -(c[:, DOWN_OFFSET] + c[:, DOWN_SLOPE] * w)
        c = np.asarray(coefficients, np.float64)
        w = np.atleast_1d(np.asarray(weight, np.float64))
        up, down = np.empty((2, max(len(c), len(w))))
        self._host.fill_steps(c.ravel(), self.n_coefficients, w, up, down)
        return up, down

    def _text(self, precision: str) -> str:
        from acanthite.device.compiler.check import check_functions
        from acanthite.device.compiler.generate import Emitted, emit

        assert self.function is not None
        check_functions(
            self.name,
            [(self.function, (None, "parameter"))],
            {"parameter": self.parameters, "state": ()},
        )
        emitted = Emitted()
        name = emit(self.function, emitted)
        fields = ", ".join(f"c[at + U({N_COMMON + k})]" for k in range(len(self.parameters)))
        body = "\n".join(emitted.values())
        return _TEMPLATE.format(
            precision=precision,
            names=list(self.parameters),
            body=_typed(body),
            name=name,
            fields=fields,
        )


LINEAR = StepRule("linear")
"""Steps linear in the weight, stopped at hard bounds: constant and linear steps, and what can be
written as them.
"""

SHARES = StepRule("shares")
"""Soft bounds: a step is a share of the way left to the bound."""

BUILT_IN = (LINEAR.key, SHARES.key)
"""Keys of the rules without a function of their own."""


class _Typed(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if isinstance(node.value, float):
            return ast.Call(ast.Name("F", ast.Load()), [node], [])
        return node


def _typed(text: str) -> str:
    """Return the text with its floating-point numbers in the module's precision: a double would
    widen all it meets.
    """
    return ast.unparse(ast.fix_missing_locations(_Typed().visit(ast.parse(text))))


_TEMPLATE = """from collections import namedtuple
import math

import numpy as np
from acanthite.jit import njit

F, U = np.{precision}, np.uint64
JIT = {{
    "error_model": "numpy",
    "_nrt": False,
    "fastmath": {{"reassoc", "contract", "nsz"}},
    "forceinline": True,
}}
INNER = {{**JIT, "inner": True}}
P = namedtuple("P", {names!r})


{body}


@njit(**INNER)
def steps_of(c, at, w):
    x = min(max(c[at + U(2)] + c[at + U(4)] * w, F(-1.0)), F(1.0))
    return {name}(x, P({fields}))


@njit(**INNER)
def scaled(c, at, sign, w):
    up, down = steps_of(c, at, w)
    return c[at + U(3)] * F(up if sign > F(0.0) else down)


def step(rule, c, at, sign, w):
    return scaled(c, at, sign, w)


@njit(cache=True, **JIT)
def fill_steps(c, width, w, up, down):
    for k in range(up.shape[0]):
        at, own = U(min(k * width, c.shape[0] - width)), w[min(k, w.shape[0] - 1)]
        up[k] = scaled(c, at, F(1.0), own)
        down[k] = scaled(c, at, F(-1.0), own)
"""
