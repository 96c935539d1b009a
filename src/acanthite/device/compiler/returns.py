"""How many values a law's function returns, read from its source: surplus values would be dropped
silently.
"""

from __future__ import annotations

import ast
from types import FunctionType
from typing import Any

from acanthite.device.compiler.source import function_tree, outside_names
from acanthite.errors import LawError

Shape = Any
"""None for a number, a list of shapes for a tuple, ``UNKNOWN``."""

UNKNOWN = object()
_NUMBERS = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp)


def check_result(
    law: str, function: Any, expected: int | list[int | None] | None, what: str
) -> None:
    """Refuse a function that returns too few values, too many, or nothing.

    Parameters
    ----------
    law : str
        For the message.
    function : callable
    expected : None, int or list of int or None
        A number; a tuple of so many; or a tuple of these.
    what : str
        What they are.

    Raises
    ------
    LawError
        Names the function and its return statement.
    """
    tree = function_tree(function)
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
    if not any(node.value is not None for node in returns):
        raise LawError(
            f"law {law!r}: {function.__name__} returns nothing; expected {_words(expected)}: {what}"
        )
    shapes = _Shapes(function, tree, ())
    for node in returns:
        shape = UNKNOWN if node.value is None else shapes.of(node.value)
        if node.value is None or not _fits(shape, expected):
            raise LawError(
                f"law {law!r}: {function.__name__}, {ast.unparse(node).splitlines()[0]!r}: "
                f"expected {_words(expected)}: {what}"
            )


def _fits(shape: Shape, expected: int | list[int | None] | None) -> bool:
    if shape is UNKNOWN:
        return True
    if expected is None:
        return shape is None
    if not isinstance(shape, list):
        return False
    if isinstance(expected, int):
        return len(shape) == expected and all(part is UNKNOWN or part is None for part in shape)
    return len(shape) == len(expected) and all(
        _fits(s, e) for s, e in zip(shape, expected, strict=True)
    )


def _words(expected: int | list[int | None] | None) -> str:
    if expected is None:
        return "one number"
    if isinstance(expected, int):
        return f"a tuple of {expected} numbers" if expected else "an empty tuple"
    return f"a tuple of {' and '.join(_words(part) for part in expected)}"


class _Shapes:
    """Shapes of the expressions of one function."""

    def __init__(self, function: Any, tree: ast.FunctionDef, callers: tuple[Any, ...]) -> None:
        self.outside = outside_names(function, tree)
        self.callers = (*callers, function)
        self.assigned = _assigned(tree)
        self.open: set[str] = set()  # names being looked up: one may be made from itself

    def of(self, node: ast.expr) -> Shape:
        if isinstance(node, ast.Tuple | ast.List):
            return [UNKNOWN if isinstance(e, ast.Starred) else self.of(e) for e in node.elts]
        if isinstance(node, _NUMBERS):
            return None if not isinstance(node, ast.BinOp) or self._plain(node) else UNKNOWN
        if isinstance(node, ast.Constant):
            return None if isinstance(node.value, int | float) else UNKNOWN
        if isinstance(node, ast.IfExp):
            yes, no = self.of(node.body), self.of(node.orelse)
            return yes if yes == no else UNKNOWN
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._called(self.outside.get(node.func.id))
        return self._named(node.id) if isinstance(node, ast.Name) else UNKNOWN

    def _named(self, name: str) -> Shape:
        values = self.assigned.get(name, ())
        if len(values) != 1 or not isinstance(values[0], ast.Tuple) or name in self.open:
            return UNKNOWN
        self.open.add(name)
        shape = self.of(values[0])
        self.open.remove(name)
        return shape

    def _plain(self, node: ast.BinOp) -> bool:
        """Return whether both sides are no tuples, which could be added or repeated."""
        return not any(isinstance(self.of(side), list) for side in (node.left, node.right))

    def _called(self, helper: Any) -> Shape:
        if not isinstance(helper, FunctionType) or helper in self.callers:
            return UNKNOWN
        tree = function_tree(helper)
        inner = _Shapes(helper, tree, self.callers)
        called = [
            inner.of(n.value)
            for n in ast.walk(tree)
            if isinstance(n, ast.Return) and n.value is not None
        ]
        return called[0] if called and all(shape == called[0] for shape in called) else UNKNOWN


def _assigned(tree: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """Return what is assigned to each name of a function; a name that is one of several targets
    counts twice.
    """
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]
                plain = isinstance(target, ast.Name)
                for name in names:
                    assigned.setdefault(name, []).extend(
                        [node.value] if plain else [node.value] * 2
                    )
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            assigned.setdefault(node.target.id, []).extend([node.value] * 2)
    return assigned
