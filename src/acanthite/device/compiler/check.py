"""Check a law before it is compiled: every ``p.name`` is a parameter, every ``s.name`` a state,
every result of the right length.

Nothing random is drawn in it either: the same seed would no longer give the same bits.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache
from types import FunctionType
from typing import Any

from acanthite.device.compiler.returns import check_result
from acanthite.device.compiler.source import function_tree, outside_names, refuse_random
from acanthite.device.equations import Equations
from acanthite.errors import LawError, nearest

Kinds = tuple[str | None, ...]
"""What each argument holds: ``"parameter"``, ``"state"``, or something else (None)."""


def check_names(law: Equations) -> None:
    """Refuse a law that reads a parameter or state it does not have, or returns other than it must.

    Parameters
    ----------
    law : Equations

    Raises
    ------
    LawError
        Names the function, the line and the nearest right name.
    """
    held = len(law.state_names) - len(law.states)
    functions = (law.rates, law.current, law.event)
    _check_once(law.name, law.simple, functions, tuple(law.parameters), law.state_names, held)


@lru_cache(maxsize=256)  # a law is checked whenever it is measured
def _check_once(
    name: str,
    simple: bool,
    functions: tuple[Any, Any, Any],
    parameters: tuple[str, ...],
    states: tuple[str, ...],
    held: int,
) -> None:
    rates, current, event = functions
    n = len(states) - held
    first = None if simple and n == 1 else "state"
    roles: list[tuple[Any, Kinds]] = [
        (rates, (first, None, "parameter")),
        (current, (first, None, "parameter")),
    ]
    if event:
        roles.append((event, (None, "state", None, "parameter", None)))
    check_functions(name, roles, {"parameter": parameters, "state": states})
    if simple:
        check_result(name, rates, [None if n == 1 else n, None], "dx/dt and the current")
        return
    check_result(name, rates, 2 * n, "gain and loss of each state")
    check_result(name, current, None, "the current")
    if event:
        check_result(name, event, len(states), "all states and held states")


def check_functions(
    name: str, roles: list[tuple[Any, Kinds]], known: dict[str, Iterable[str]]
) -> None:
    """Refuse functions, and helpers they call, that read a parameter or state that is not there.

    Parameters
    ----------
    name : str
        Of the law, for the message.
    roles : list of (function, Kinds)
        Each function with what its arguments hold.
    known : dict of str to iterable of str
        The names there are, by kind.

    Raises
    ------
    LawError
        Names the function and the nearest right name.
    """
    roles = list(roles)
    seen: set[tuple[Any, Kinds]] = set()
    while roles:
        function, kinds = roles.pop()
        if (function, kinds) not in seen:
            seen.add((function, kinds))
            roles += _walk(name, function, kinds, known)


def _walk(
    name: str, function: Any, kinds: Kinds, known: dict[str, Iterable[str]]
) -> list[tuple[Any, Kinds]]:
    """Check one function; return the helpers it hands its parameters or states to."""
    tree = function_tree(function)
    arguments = [a.arg for a in tree.args.args]
    if (
        tree.args.vararg
        or tree.args.kwarg
        or tree.args.kwonlyargs
        or tree.args.posonlyargs
        or tree.args.defaults
    ):
        raise LawError(
            f"law {name!r}: {function.__name__} has starred, keyword-only or default arguments; "
            "expected plain ones"
        )
    if len(arguments) != len(kinds):
        raise LawError(
            f"law {name!r}: {function.__name__}({', '.join(arguments)}) takes {len(arguments)} "
            "arguments; "
            f"expected {len(kinds)}"
        )
    kind_of = {a: k for a, k in zip(arguments, kinds, strict=True) if k}
    outside = outside_names(function, tree)
    refuse_random(name, function.__name__, tree, outside)
    calls: list[tuple[Any, Kinds]] = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in kind_of
        ):
            kind = kind_of[node.value.id]
            if node.attr not in known[kind]:
                what = ", ".join(known[kind]) or "none"
                raise LawError(
                    f"law {name!r}: {function.__name__} reads {node.value.id}.{node.attr}, but "
                    f"there is no {kind} "
                    f"{node.attr!r}{nearest(node.attr, known[kind])} (its {kind}s: {what})"
                )
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            helper = outside.get(node.func.id)
            handed = tuple(
                kind_of.get(a.id) if isinstance(a, ast.Name) else None for a in node.args
            )
            if isinstance(helper, FunctionType) and not node.keywords:
                calls.append((helper, handed))
    return calls
