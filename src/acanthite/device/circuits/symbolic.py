"""Run a law's functions on symbols instead of numbers: what comes out are formulas another language
can print.

A formula is a number or a nested tuple: ``("name", n)``, ``("node", n)``, ``("call", f, a, ...)``,
``("op", o, a, b)``, ``("if", test, a, b)``. What is a number is computed at once, so a branch that
cannot be taken disappears.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

from acanthite.device.compiler.source import function_tree, outside_names
from acanthite.errors import LawError

Formula = Any
"""A float, or a nested tuple."""

_BINARY: dict[type, tuple[str, Callable[[float, float], float]]] = {
    ast.Add: ("+", operator.add), ast.Sub: ("-", operator.sub), ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv), ast.Pow: ("**", operator.pow),
}  # fmt: skip
_COMPARE: dict[type, tuple[str, Callable[[float, float], bool]]] = {
    ast.Lt: ("<", operator.lt), ast.LtE: ("<=", operator.le), ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge), ast.Eq: ("==", operator.eq), ast.NotEq: ("!=", operator.ne),
}  # fmt: skip
_FUNCTIONS: dict[str, Any] = {
    **{f: getattr(math, f) for f in ("exp", "log", "sqrt", "sinh", "cosh", "tanh", "sin", "cos", "atan", "copysign")},
    "abs": abs, "min": min, "max": max, "pow": pow,
}  # fmt: skip
_SAME = {
    "fabs": "abs",
    "absolute": "abs",
    "minimum": "min",
    "maximum": "max",
    "arctan": "atan",
    "power": "pow",
}
_NOT_RETURNED = object()


class Record(dict):
    """States or parameters by name: what ``s`` and ``p`` are."""


def op(sign: str, a: Formula, b: Formula) -> Formula:
    """Return ``a sign b``, computed as far as it is known."""
    for known, function in (*_BINARY.values(), *_COMPARE.values()):
        if known == sign and _number(a) and _number(b):
            return function(a, b)
    if sign == "*" and (_is(a, 0.0) or _is(b, 0.0)):
        return 0.0
    if (sign in "+-" and _is(b, 0.0)) or (sign in "*/" and _is(b, 1.0)):
        return a
    if (sign == "+" and _is(a, 0.0)) or (sign == "*" and _is(a, 1.0)):
        return b
    if sign == "/" and _is(a, 0.0):
        return 0.0
    return ("op", sign, a, b)


def both(a: Formula, b: Formula) -> Formula:
    """Return ``a and b``."""
    if isinstance(a, bool):
        return b if a else False
    if isinstance(b, bool):
        return a if b else False
    return ("op", "and", a, b)


def either(a: Formula, b: Formula) -> Formula:
    """Return ``a or b``."""
    if isinstance(a, bool):
        return True if a else b
    if isinstance(b, bool):
        return True if b else a
    return ("op", "or", a, b)


def negate(a: Formula) -> Formula:
    """Return ``not a``."""
    return (not a) if isinstance(a, bool) else ("op", "not", a)


def call(name: str, *values: Formula) -> Formula:
    """Return a function of values, computed if all are known."""
    if all(map(_number, values)):
        return float(_FUNCTIONS[name](*values))
    if name in ("min", "max") and len(values) > 2:
        return call(name, values[0], call(name, *values[1:]))
    return ("call", name, *values)


def choose(test: Formula, a: Any, b: Any) -> Any:
    """Return ``a if test else b``, for tuples entry by entry."""
    if isinstance(test, bool):
        return a if test else b
    if type(a) is list and type(b) is list and len(a) == len(b):
        return [choose(test, x, y) for x, y in zip(a, b, strict=True)]
    return a if a == b else ("if", test, a, b)


def evaluate(function: Any, *values: Any) -> Any:
    """Return what a function returns, as formulas.

    Parameters
    ----------
    function : callable
        Plain Python: assignments, ``if``, ``return``, arithmetic, comparisons, calls of its like
        and of ``math``.
    *values
        A number, a formula, a :class:`Record`, or a list of them for each argument.

    Returns
    -------
    float, tuple or list
        A formula, or a list of them where the function returns a tuple.

    Raises
    ------
    LawError
        If the function does something that cannot be written as a formula.
    """
    tree = function_tree(function)
    outside = outside_names(function, tree)
    arguments = [a.arg for a in tree.args.args]
    result = _Frame(function.__name__, outside).run(
        tree.body, dict(zip(arguments, values, strict=True))
    )
    if result is _NOT_RETURNED:
        raise _endless(function.__name__)
    return result


def _endless(name: str) -> LawError:
    return LawError(f"law function {name!r} can end without a return; return a value on every path")


class _Frame:
    """One call of one function."""

    def __init__(self, name: str, outside: Mapping[str, Any]) -> None:
        self.name, self.outside = name, outside

    def refuse(self, node: ast.AST) -> LawError:
        line = ast.unparse(node).splitlines()[0]
        return LawError(
            f"law function {self.name!r}, {line!r}: only assignments, if, return, arithmetic and "
            "calls of math can be exported"
        )

    def run(self, body: list[ast.stmt], names: dict[str, Any]) -> Any:
        for k, statement in enumerate(body):
            if isinstance(statement, ast.Return) and statement.value is not None:
                return self.value(statement.value, names)
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                self.assign(statement.targets[0], self.value(statement.value, names), names)
            elif isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
                sign = _BINARY[type(statement.op)][0]
                names[statement.target.id] = op(
                    sign, names[statement.target.id], self.value(statement.value, names)
                )
            elif isinstance(statement, ast.If):
                return self.branch(statement, body[k + 1 :], names)
            elif not (
                isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            ):
                raise self.refuse(statement)
        return _NOT_RETURNED

    def branch(self, statement: ast.If, rest: list[ast.stmt], names: dict[str, Any]) -> Any:
        test = self.value(statement.test, names)
        if isinstance(test, bool):
            return self.run((statement.body if test else statement.orelse) + rest, names)
        if any(isinstance(n, ast.Return) for n in ast.walk(statement)):
            yes, no = (
                self.run(part + rest, dict(names)) for part in (statement.body, statement.orelse)
            )
            if yes is _NOT_RETURNED or no is _NOT_RETURNED:
                raise _endless(self.name)
            return choose(test, yes, no)
        yes, no = dict(names), dict(names)
        self.run(statement.body, yes)
        self.run(statement.orelse, no)
        merged = {n: choose(test, yes[n], no[n]) for n in yes if n in no}
        names.clear()
        names.update(merged)
        return self.run(rest, names)

    def assign(self, target: ast.expr, value: Any, names: dict[str, Any]) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif (
            isinstance(target, ast.Tuple)
            and isinstance(value, list)
            and len(value) == len(target.elts)
        ):
            for one, part in zip(target.elts, value, strict=True):
                self.assign(one, part, names)
        else:
            raise self.refuse(target)

    def value(self, node: ast.expr, names: dict[str, Any]) -> Any:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return node.value if isinstance(node.value, bool) else float(node.value)
        if isinstance(node, ast.Name):
            return (
                names[node.id]
                if node.id in names
                else self.outside.get(node.id, _SAME.get(node.id, node.id))
            )
        if isinstance(node, ast.Tuple):
            return [self.value(e, names) for e in node.elts]
        if isinstance(node, ast.Attribute):
            return self.attribute(node, names)
        if isinstance(node, ast.Subscript):
            return self.value(node.value, names)[int(self.value(node.slice, names))]
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return op(
                _BINARY[type(node.op)][0],
                self.value(node.left, names),
                self.value(node.right, names),
            )
        if isinstance(node, ast.IfExp):
            parts = (self.value(n, names) for n in (node.test, node.body, node.orelse))
            return choose(*parts)
        if isinstance(node, ast.Call) and not node.keywords:
            return self.call(node, names)
        return self.logic(node, names)

    def logic(self, node: ast.expr, names: dict[str, Any]) -> Any:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return op("*", -1.0, self.value(node.operand, names))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return negate(self.value(node.operand, names))
        if isinstance(node, ast.Compare) and all(type(o) in _COMPARE for o in node.ops):
            ends = [self.value(n, names) for n in (node.left, *node.comparators)]
            result: Any = True
            for k, sign in enumerate(node.ops):
                result = both(result, op(_COMPARE[type(sign)][0], ends[k], ends[k + 1]))
            return result
        if isinstance(node, ast.BoolOp):
            result, *others = (self.value(v, names) for v in node.values)
            for other in others:
                result = (both if isinstance(node.op, ast.And) else either)(result, other)
            return result
        raise self.refuse(node)

    def attribute(self, node: ast.Attribute, names: dict[str, Any]) -> Any:
        owner = self.value(node.value, names)
        if isinstance(owner, Record) and node.attr in owner:
            return owner[node.attr]
        if isinstance(owner, ModuleType):
            value = getattr(owner, node.attr, None)
            return (
                float(value) if isinstance(value, int | float) else _SAME.get(node.attr, node.attr)
            )
        raise self.refuse(node)

    def call(self, node: ast.Call, names: dict[str, Any]) -> Any:
        function = self.value(node.func, names)
        values = [self.value(a, names) for a in node.args]
        if isinstance(function, FunctionType):
            return evaluate(function, *values)
        name = function if isinstance(function, str) else getattr(function, "__name__", "")
        name = _SAME.get(name, name)
        if name == "float":
            return values[0]
        if name not in _FUNCTIONS:
            raise self.refuse(node)
        return call(name, *values)


def _number(value: Any) -> bool:
    return isinstance(value, int | float)


def _is(value: Any, number: float) -> bool:
    return _number(value) and value == number
