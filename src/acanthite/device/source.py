"""Read the source of a law's functions: their syntax trees, and what they take from outside."""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

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
            f"law function {function!r}: its source cannot be read ({error}); define it with 'def' in a file or notebook cell"
        ) from None
    node = parsed.body[0]
    if not isinstance(node, ast.FunctionDef):
        raise LawError(f"law function {function!r} is not a plain 'def'; write it as one")
    node.decorator_list, node.returns = [], None
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
    local = {a.arg for a in tree.args.args} | {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - local
    closure = inspect.getclosurevars(function)
    known = {**closure.globals, **closure.nonlocals}
    found = {}
    for name in sorted(used):
        if name in known:
            found[name] = known[name]
        elif not hasattr(builtins, name):
            raise LawError(
                f"law function {function.__name__!r} uses {name!r}, which is not defined where it stands"
            )
    return found
