"""Read the source of a law's functions: their syntax trees, and what they take from outside."""

from __future__ import annotations

import ast
import builtins
import inspect
import random
import textwrap
from collections.abc import Callable, Iterable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from acanthite.errors import LawError


def function_tree(function: Callable[..., Any]) -> ast.FunctionDef:
    """Return the syntax tree of a plain function, its decorators and annotations stripped.

    Raises
    ------
    LawError
        If its source cannot be read or it is no plain ``def``.
    """
    try:
        parsed = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError) as error:
        raise LawError(
            f"law function {function!r}: its source cannot be read ({error}); define it with 'def' "
            "in a file or notebook cell"
        ) from None
    node = parsed.body[0]
    if not isinstance(node, ast.FunctionDef):
        raise LawError(f"law function {function!r} is not a plain 'def'; write it as one")
    node.decorator_list = []
    node.returns = None
    for argument in (*node.args.args, *node.args.kwonlyargs):
        argument.annotation = None
    return node


def outside_names(function: Callable[..., Any], tree: ast.FunctionDef) -> dict[str, Any]:
    """Return the names ``function`` takes from outside, with their values.

    Raises
    ------
    LawError
        If one is not defined where the function stands.
    """
    return values_outside(function, names_used(tree))


def names_used(tree: ast.FunctionDef) -> tuple[str, ...]:
    """Return the names that a function uses and does not set, in alphabetical order."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    local = {a.arg for a in tree.args.args}
    local |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return tuple(sorted({n.id for n in names} - local))


def values_outside(function: Callable[..., Any], used: Iterable[str]) -> dict[str, Any]:
    """Do :func:`outside_names` for the names that a function uses."""
    closure = inspect.getclosurevars(function)
    known = {**closure.globals, **closure.nonlocals}
    outside = {}
    for name in used:
        if name in known:
            outside[name] = known[name]
        elif not hasattr(builtins, name):
            raise LawError(
                f"law function {function.__name__!r} uses {name!r}, which is not defined where it "
                "stands"
            )
    return outside


def refuse_random(
    law: str, function: str, tree: ast.FunctionDef, outside: Mapping[str, Any]
) -> None:
    """Refuse a function that draws random numbers of its own: they have no seed, and devices would
    no longer repeat.

    Raises
    ------
    LawError
        Names what it draws with.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and _is_random(_value(node, outside)):
            raise LawError(
                f"law {law!r}: {function} draws from {ast.unparse(node)}, which no seed of a "
                "device reaches; randomness comes with "
                "'spread' between devices, and from event(k, s, voltage, p, z) in z"
            )


def _value(node: ast.expr, outside: Mapping[str, Any]) -> Any:
    """Return what a name or a dotted name stands for, None where that is not known."""
    if isinstance(node, ast.Name):
        return outside.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, outside)
        return getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return None


def _is_random(value: Any) -> bool:
    source = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    drawn = isinstance(source, str) and source.split(".")[0] in ("random", "secrets")
    drawn = drawn or (isinstance(source, str) and source.startswith("numpy.random"))
    owner = getattr(value, "__self__", value)
    return drawn or isinstance(owner, random.Random | np.random.RandomState | np.random.Generator)
