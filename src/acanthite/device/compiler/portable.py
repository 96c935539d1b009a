"""A law's functions as one self-contained text, which a device file carries in place of the name of
a script.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from acanthite.device.compiler.generate import literal
from acanthite.device.compiler.source import function_tree, outside_names
from acanthite.errors import LawError


def portable_text(*functions: Callable[..., Any]) -> tuple[str, list[str]]:
    """Return the text of functions with all they use, and the names they have in it.

    Parameters
    ----------
    *functions : callable
        Plain Python.

    Returns
    -------
    str, list of str
        The same functions give the same text, and so do those
        :func:`acanthite.device.compiler.restricted.functions` makes of it.

    Raises
    ------
    LawError
        If a source cannot be read, or uses what is no number, module or function.
    """
    text = _Text()
    names = [text.add(function) for function in functions]
    return "\n\n".join([*text.heads, *text.bodies]) + "\n", names


class _Text:
    """Collects functions, each after what it uses."""

    def __init__(self) -> None:
        self.heads: list[str] = []  # imports and numbers
        self.bodies: list[str] = []
        self.names: dict[Any, str] = {}  # of what is there, by what it is

    def add(self, function: Callable[..., Any]) -> str:
        if function in self.names:
            return self.names[function]
        tree = function_tree(function)
        self.names[function] = self._free(tree.name)
        outside = outside_names(function, tree)
        renames = {name: self._outside(function, name, value) for name, value in outside.items()}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in renames:
                node.id = renames[node.id]
        tree.name = self.names[function]
        tree.body = (
            tree.body[1:]
            if ast.get_docstring(tree) is not None and len(tree.body) > 1
            else tree.body
        )
        self.bodies.append(ast.unparse(tree))
        return tree.name

    def _free(self, name: str) -> str:
        taken = set(self.names.values())
        free = name
        k = 1
        while free in taken:
            k += 1
            free = f"{name}_{k}"
        return free

    def _outside(self, function: Callable[..., Any], name: str, value: Any) -> str:
        if isinstance(value, FunctionType):
            return self.add(value)
        if isinstance(value, ModuleType):
            return self._head(
                ("module", value.__name__), name, lambda free: _import(value.__name__, free)
            )
        if isinstance(value, bool | int | float):
            written = _number(value)
            return self._head(("number", name, written), name, lambda free: f"{free} = {written}")
        module, own = getattr(value, "__module__", None), getattr(value, "__name__", None)
        if callable(value) and module and own:
            return self._head((module, own), name, lambda free: _import_from(module, own, free))
        raise LawError(
            f"law function {function.__name__!r} uses {name!r}, a {type(value).__name__}; "
            "only numbers, modules and functions can be compiled in: pass it as a parameter"
        )

    def _head(self, key: tuple[str, ...], name: str, line: Callable[[str], str]) -> str:
        if key not in self.names:
            self.names[key] = self._free(name)
            self.heads.append(line(self.names[key]))
        return self.names[key]


def _number(value: float) -> str:
    """Return a number as a literal; infinity is one that no float holds."""
    if value in (float("inf"), float("-inf")):
        return "1e999" if value > 0 else "-1e999"
    return literal(value)


def _import(module: str, name: str) -> str:
    return f"import {module}" if name == module else f"import {module} as {name}"


def _import_from(module: str, own: str, name: str) -> str:
    return f"from {module} import {own}" if name == own else f"from {module} import {own} as {name}"
