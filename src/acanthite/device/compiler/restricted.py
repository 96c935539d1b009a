"""Functions of a law from text that came with a file: compiled without asking where it is plain
arithmetic, and nothing else.

Text is looked at before any of it runs. What passes can do nothing but compute numbers from numbers
in bounded time: functions of plain arguments made of assignments, ``if`` and ``return``;
arithmetic, comparisons and functions of :mod:`math`; no imports but ``math`` and ``numpy`` for
these functions, no loops, no recursion, no strings, no attributes but states and parameters.
Anything else is arbitrary Python, and whoever takes it must say so: ``trust=True``, or
``--trust-code`` on the command line.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import linecache
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from acanthite.errors import LawError

_OF_MATH = """
acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh e erf erfc exp expm1 fabs floor fmod gamma hypot inf isfinite isinf
isnan lgamma log log10 log1p nan pi pow sin sinh sqrt tan tanh tau
"""
_OF_NUMPY = """
abs absolute arccos arccosh arcsin arcsinh arctan arctan2 arctanh ceil copysign cos cosh e exp expm1 fabs floor hypot inf isfinite
isinf isnan log log10 log1p maximum minimum nan pi power sign sin sinh sqrt tan tanh
"""
_MATH, _NUMPY = frozenset(_OF_MATH.split()), frozenset(_OF_NUMPY.split())
_MODULES = {"math": (math, _MATH), "numpy": (np, _NUMPY)}
_BUILTINS = frozenset(("abs", "bool", "float", "int", "max", "min", "pow"))

_LONGEST = 20_000  # characters
_MOST_NODES, _DEEPEST = 4000, 60  # of the syntax tree
_MOST_WORK = 20_000  # nodes, those of called functions counted at each call
_LARGEST = 2**53
_LAST_INDEX = 5  # of the random numbers of an event

_STATEMENTS = (ast.Assign, ast.AugAssign, ast.If, ast.Return)
_EXPRESSIONS = (
    ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.Call,
)  # fmt: skip
_SIGNS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.Load, ast.Store,
)  # fmt: skip

OPT_IN = (
    "if you know where it comes from, load it with trust=True (--trust-code on the command line)"
)
"""How messages end that refuse text which can do more than compute."""


def functions(
    text: Any, names: Iterable[str], trust: bool = False
) -> dict[str, Callable[..., Any]]:
    """Return the functions of a text, made after it has been looked at.

    Parameters
    ----------
    text : str
        Python: functions, the numbers they use, and ``import math``.
    names : iterable of str
        States and parameters: what may be read as ``p.name``.
    trust : bool
        Run the text whatever it is.

    Returns
    -------
    dict of str to callable

    Raises
    ------
    LawError
        If it does anything but compute numbers and is not trusted, or cannot be run.
    """
    if not isinstance(text, str):
        raise LawError(f"source of a law is a {type(text).__name__}; expected text")
    tree = _parsed(text)
    if not trust:
        _Reader(frozenset(names)).read(tree)
    return _made(tree, text, trust)


def _parsed(text: str) -> ast.Module:
    if len(text) > _LONGEST:
        raise LawError(f"source of a law has {len(text)} characters; expected at most {_LONGEST}")
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise LawError(
            f"source of a law, line {error.lineno}: {error.msg}; expected Python"
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        reason = str(error) or "nested too deeply"
        raise LawError(f"source of a law cannot be read: {reason}; expected Python") from None


def _made(tree: ast.Module, text: str, trust: bool) -> dict[str, Callable[..., Any]]:
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]
    file = f"<law {digest}>"
    scope: dict[str, Any] = {"__name__": f"acanthite_law_{digest}"}
    if not trust:
        scope["__builtins__"] = {
            "__import__": _import,
            **{n: getattr(builtins, n) for n in _BUILTINS},
        }
    try:
        exec(compile(tree, file, "exec"), scope)  # looked at before, or trusted
    except Exception as error:  # of trusted text: whatever it raises
        raise LawError(f"source of a law cannot be run: {error!r}") from None
    # where inspect finds the text of the functions
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return {
        name: value
        for name, value in scope.items()
        if callable(value) and not name.startswith("__")
    }


def _import(name: str, *_: Any) -> Any:
    if name not in _MODULES:
        raise ImportError(name)
    return _MODULES[name][0]


class _Reader:
    """Looks at a text from top to bottom; what is defined further up may be used further down."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names  # of states and parameters
        self.modules: dict[str, frozenset[str]] = {}
        self.numbers: set[str] = set()
        self.work: dict[str, int] = dict.fromkeys(_BUILTINS, 1)  # of what can be called

    def read(self, tree: ast.Module) -> None:
        nodes = list(_walk(tree))
        if len(nodes) > _MOST_NODES:
            raise LawError(
                f"source of a law has {len(nodes)} parts; expected at most {_MOST_NODES}; {OPT_IN}"
            )
        for node in tree.body:
            self._definition(node)

    def refuse(self, node: ast.AST, why: str) -> LawError:
        text = type(node).__name__
        if isinstance(node, ast.stmt | ast.expr):
            text = " ".join(ast.unparse(node).split())[:60]
        line = getattr(node, "lineno", 0)
        return LawError(
            f"source of a law, line {line}, {text!r}: {why}; a law from a file is plain arithmetic "
            "on numbers, 'if' and "
            f"functions of math; {OPT_IN}"
        )

    def _definition(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            self._import(node)
        elif isinstance(node, ast.ImportFrom):
            self._import_from(node)
        elif isinstance(node, ast.Assign):
            self._number(node)
        elif isinstance(node, ast.FunctionDef):
            self._function(node)
        elif not _is_text(node):
            raise self.refuse(node, "not a function, a number or an import of math")

    def _new(self, name: str, node: ast.AST) -> str:
        """Return a name that is nothing yet."""
        if "__" in name or name in self.work or name in self.numbers or name in self.modules:
            raise self.refuse(node, f"the name {name!r} cannot be given")
        return name

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name not in _MODULES:
                raise self.refuse(node, f"module {alias.name!r}")
            self.modules[self._new(alias.asname or alias.name, node)] = _MODULES[alias.name][1]

    def _import_from(self, node: ast.ImportFrom) -> None:
        known = (
            _MODULES[node.module][1] if node.level == 0 and node.module in _MODULES else frozenset()
        )
        for alias in node.names:
            if alias.name not in known:
                raise self.refuse(node, f"{alias.name!r} of module {node.module!r}")
            name = self._new(alias.asname or alias.name, node)
            if callable(getattr(_MODULES[str(node.module)][0], alias.name)):
                self.work[name] = 1
            else:
                self.numbers.add(name)

    def _number(self, node: ast.Assign) -> None:
        (target,) = node.targets if len(node.targets) == 1 else (None,)
        if not isinstance(target, ast.Name):
            raise self.refuse(node, "not one name")
        value = node.value
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub | ast.UAdd):
            value = value.operand
        self._constant(value)
        self.numbers.add(self._new(target.id, node))

    def _constant(self, node: ast.expr) -> None:
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Constant) or not isinstance(value, bool | int | float):
            raise self.refuse(node, "not a number")
        if isinstance(value, int) and abs(value) > _LARGEST:
            raise self.refuse(node, "a whole number too large for a float")

    def _function(self, node: ast.FunctionDef) -> None:
        a = node.args
        starred = a.vararg or a.kwarg or a.kwonlyargs or a.posonlyargs
        noted = node.returns or any(argument.annotation for argument in a.args)
        if (
            node.decorator_list
            or starred
            or a.defaults
            or noted
            or getattr(node, "type_params", None)
        ):
            raise self.refuse(node, "a decorator, a default, an annotation or a starred argument")
        body = node.body[1:] if _is_text(node.body[0]) and len(node.body) > 1 else node.body
        inner = _Body(self, {argument.arg for argument in a.args}, body)
        for argument in a.args:
            if "__" in argument.arg:
                raise self.refuse(node, f"the name {argument.arg!r} cannot be given")
        work = inner.read()
        if work > _MOST_WORK:
            raise self.refuse(node, f"{work} operations a call, at most {_MOST_WORK}")
        self.work[self._new(node.name, node)] = work


class _Body:
    """Looks at what one function does, and counts it."""

    def __init__(self, outer: _Reader, arguments: set[str], body: list[ast.stmt]) -> None:
        self.outer = outer
        self.arguments = arguments
        self.body = body
        self.local = set(arguments)
        self.work = 0

    def read(self) -> int:
        """Return how many operations a call takes at most."""
        nodes = [node for statement in self.body for node in _walk(statement)]
        self.local |= {
            n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        for node in nodes:
            self.work += 1
            if isinstance(node, ast.stmt):
                self._statement(node)
            elif isinstance(node, ast.expr):
                self._expression(node)
            elif not isinstance(node, _SIGNS):
                raise self.outer.refuse(node, f"a {type(node).__name__}")
        return self.work

    def _statement(self, node: ast.stmt) -> None:
        if not isinstance(node, _STATEMENTS):
            raise self.outer.refuse(node, "not an assignment, 'if' or 'return'")
        for target in node.targets if isinstance(node, ast.Assign) else ():
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            if not all(isinstance(part, ast.Name) for part in parts):
                raise self.outer.refuse(node, "only names can be assigned to")
        if isinstance(node, ast.AugAssign) and not isinstance(node.target, ast.Name):
            raise self.outer.refuse(node, "only names can be assigned to")

    def _expression(self, node: ast.expr) -> None:
        if not isinstance(node, _EXPRESSIONS):
            raise self.outer.refuse(node, "not arithmetic")
        if isinstance(node, ast.Constant):
            self.outer._constant(node)
        elif isinstance(node, ast.Name):
            self._name(node)
        elif isinstance(node, ast.Attribute):
            self._attribute(node)
        elif isinstance(node, ast.Subscript):
            self._subscript(node)
        elif isinstance(node, ast.Call):
            self._call(node)

    def _name(self, node: ast.Name) -> None:
        known = (
            node.id in self.local or node.id in self.outer.numbers or node.id in self.outer.modules
        )
        called = node.id in self.outer.work
        stored = isinstance(node.ctx, ast.Store) and (called or node.id in self.outer.modules)
        if "__" in node.id or stored or not (known or called):
            raise self.outer.refuse(node, f"the name {node.id!r}")

    def _attribute(self, node: ast.Attribute) -> None:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        of_module = node.attr in self.outer.modules.get(owner, ()) and owner not in self.local
        of_argument = owner in self.arguments and node.attr in self.outer.names
        if not isinstance(node.ctx, ast.Load) or not (of_module or of_argument):
            raise self.outer.refuse(node, f"the attribute {node.attr!r}")

    def _subscript(self, node: ast.Subscript) -> None:
        index: Any = node.slice.value if isinstance(node.slice, ast.Constant) else None
        whole = isinstance(index, int) and not isinstance(index, bool)
        if not isinstance(node.value, ast.Name) or not whole or not 0 <= index <= _LAST_INDEX:
            raise self.outer.refuse(node, f"an index that is not 0 to {_LAST_INDEX}")

    def _call(self, node: ast.Call) -> None:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.outer.refuse(node, "an argument by name or with a star")
        if isinstance(node.func, ast.Name):
            if node.func.id not in self.outer.work or node.func.id in self.local:
                raise self.outer.refuse(
                    node, f"{node.func.id!r} is no function defined above, nor of math"
                )
            self.work += self.outer.work[node.func.id]
        elif (
            not isinstance(node.func, ast.Attribute)
            or getattr(node.func.value, "id", "") not in self.outer.modules
        ):
            raise self.outer.refuse(node, "only functions can be called")


def _is_text(node: ast.stmt) -> bool:
    """Return whether a statement is a docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without recursion, and refuse one that is nested too deeply."""
    left = [(tree, 0)]
    while left:
        node, depth = left.pop()
        if depth > _DEEPEST:
            line = getattr(node, "lineno", 0)
            raise LawError(f"source of a law, line {line}: nested deeper than {_DEEPEST}; {OPT_IN}")
        yield node
        left += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
