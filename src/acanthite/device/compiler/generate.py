"""Generate the kernels of a law: one module per law, the integrator with its equations inside,
named by its hash.

Numba never finds closures or dispatcher arguments in its cache; a module in the user's cache folder
it does, so the second process that uses a law loads it in milliseconds.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import math
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from acanthite.device.compiler.source import function_tree, names_used, values_outside
from acanthite.device.equations import Equations
from acanthite.errors import LawError
from acanthite.files import write_text

_BEGIN, _END = "# --- law begins ---\n", "# --- law ends ---\n"
_BODY = "# --- body begins ---\n"
_SEASON = 90 * 86400.0  # [s]
_loading = threading.RLock()
_loaded: dict[str, ModuleType] = {}  # by text
_BETWEEN = {
    "nothing": ((), ("recorder.py",)),
    "series": (("load.py", "series.py"), ("recorder.py",)),
    "capacitive": (("load.py",), ("capacitive.py",)),
    "driven": (("driven.py",), ("recorder.py",)),
}
"""What may stand between source and device: the parts of the text after the law and at the end."""


def loaded(text: str) -> ModuleType | None:
    """Return the module of a text if this process has it already."""
    return _loaded.get(text)


def load_module(text: str) -> ModuleType:
    """Return the module of a text, named by its hash and kept in the user's cache folder, where
    Numba's cache finds it.
    """
    with _loading:  # two threads may ask at once
        if text not in _loaded:
            _loaded[text] = _load_module(text)
        return _loaded[text]


def _load_module(text: str) -> ModuleType:
    from acanthite.jit import GENERATED  # with Numba, which the kernel needs anyway

    name = f"{GENERATED}{hashlib.sha256(text.encode()).hexdigest()[:20]}"
    path = _folder() / f"{name}.py"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        with suppress(OSError):
            os.utime(path)  # in use
    else:
        _remove_unused(path.parent, GENERATED)
        write_text(path, text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception:
        del sys.modules[name]
        raise
    return module


def _remove_unused(folder: Path, prefix: str) -> None:
    """Remove the modules that no process has loaded for a season, and their machine code."""
    for module in folder.glob(f"{prefix}*.py"):
        with suppress(OSError):  # another process may be at it
            if time.time() - module.stat().st_mtime < _SEASON:
                continue
            for compiled in (folder / "__pycache__").glob(f"{module.stem}.*"):
                compiled.unlink(missing_ok=True)
            module.unlink(missing_ok=True)


def source(law: Equations, between: str = "nothing") -> str:
    """Return the text of the kernel module of ``law``, without implicit steps.

    Parameters
    ----------
    law : Equations
    between : {"nothing", "series", "capacitive", "driven"}
        What stands between source and device: a load in series; one with a capacitance beside the
        device; or the source itself is one of current.
    """
    head, rest = _text("steps.py").split(_BEGIN)
    text = _law_text(law)
    before, last = _BETWEEN[between]
    if between == "nothing":
        text += _NOTHING_BETWEEN
    elif between != "capacitive":
        text = _as_device(text)
    first = [f"LOAD = {len(law.parameters)}"] if before else []
    first += [_body(name) for name in before]
    first += [_SEEN_FROM_THE_SOURCE] if between in ("series", "driven") else []
    steps = rest.split(_END)[1]
    bodies = [_body(name) for name in ("explicit.py", "engine.py", *last)]
    return "\n\n".join([f"{head}{text}", *first, steps, *bodies])


_NOTHING_BETWEEN = """

@njit(**INNER)
def at_device(y, applied, p):
    return applied
"""


_SEEN_FROM_THE_SOURCE = """
@njit(**JIT)
def law_current(y, applied, p):
    return device_current(y, at_device(y, applied, p), p)


@njit(**JIT)
def fill_rates(y, applied, p, rates):
    device_rates(y, at_device(y, applied, p), p, rates)


@njit(**INNER)
def apply_event(k, y, applied, p, z):
    if k < 0:  # a fresh device has no voltage yet
        device_event(k, y, 0.0, p, z)
    else:
        device_event(k, y, at_device(y, applied, p), p, z)
"""
"""The law of what stands between source and device, by the law and the voltage of the device."""


def _as_device(text: str) -> str:
    """Return a law's text with its functions under the names of those of a device under load."""
    for name, own in (
        ("fill_rates", "device_rates"),
        ("law_current", "device_current"),
        ("apply_event", "device_event"),
    ):
        text = text.replace(f"\ndef {name}(", f"\ndef {own}(")
    return text


def implicit_source(module: str, between: str = "nothing") -> str:
    """Return the text of the kernels with implicit steps, of the law that ``module`` was made from.

    Its equations and exponential steps are taken from there.
    """
    parts = ("stiffness.py", "implicit.py", "engine.py", *_BETWEEN[between][1])
    return "\n\n".join([f"from {module} import *\n{_METHOD}", *(_body(name) for name in parts)])


_METHOD = """from acanthite.device.compiler.rosenbrock import (
    AHEAD, COUPLING, STAGES, WHEN, elsewhere, factorise, finish, solve
)"""
"""The method of the implicit steps, as far as it is the same for all laws."""


def stiffness_of(module: ModuleType) -> SimpleNamespace:
    """Return the functions of :mod:`~acanthite.device.compiler.stiffness` in plain Python, over the
    compiled equations of the law in ``module``.
    """
    plain = {name: vars(module)[name].py_func for name in ("inside", "slope_between", "stiffness")}
    names = {**vars(module), **plain, "njit": _plain}
    exec(_body("stiffness.py"), names)
    return SimpleNamespace(**names)


def _plain(**options: Any) -> Callable[[FunctionType], FunctionType]:
    """Stand in for the decorator of kernels: leave a function as it is."""
    return lambda function: function


def _body(name: str) -> str:
    return _text(name).split(_BODY)[1]


@cache
def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


@cache
def _folder() -> Path:
    """Return a writable folder for generated modules: the user's cache, else a temporary one."""
    from platformdirs import user_cache_path

    folder = Path(os.environ.get("ACANTHITE_CACHE") or user_cache_path("acanthite")) / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="acanthite-kernels-"))


def _law_text(law: Equations) -> str:
    emitted = Emitted()
    functions = {"rates": law.rates, "current": law.current} | (
        {"event": law.event} if law.event else {}
    )
    names = {role: emit(function, emitted) for role, function in functions.items()}
    all_states = law.state_names
    unpack_s = f"S({', '.join(f'y[{i}]' for i in range(len(all_states)))})"
    unpack_p = f"P({', '.join(f'p[{i}]' for i in range(len(law.parameters)))})"
    lines = [
        "from collections import namedtuple",
        "",
        f"N_STATES, N_ALL, HAS_EVENT = {len(law.states)}, {len(all_states)}, "
        f"{law.event is not None}",
        f'S = namedtuple("S", {list(all_states)!r})',
        f'P = namedtuple("P", {list(law.parameters)!r})',
        *emitted.values(),
    ]
    shims = _simple_shims if law.simple else _full_shims
    return "\n".join(lines) + shims(law, names, unpack_s, unpack_p)


def _full_shims(law: Equations, names: dict[str, str], s: str, p: str) -> str:
    assign = "\n    ".join(
        f"rates[0, {k}], rates[1, {k}] = r[{2 * k}], r[{2 * k + 1}]" for k in range(len(law.states))
    )
    event = "pass"
    if law.event:
        targets = ", ".join(f"y[{i}]" for i in range(len(law.state_names)))
        event = (
            f"{targets}{',' if len(law.state_names) == 1 else ''} = {names['event']}(k, {s}, "
            f"voltage, {p}, z)"
        )
    return f"""

@njit(**JIT)
def fill_rates(y, voltage, p, rates):
    r = {names["rates"]}({s}, voltage, {p})
    {assign}


@njit(**JIT)
def law_current(y, voltage, p):
    return {names["current"]}({s}, voltage, {p})


@njit(**INNER)
def apply_event(k, y, voltage, p, z):
    {event}
"""


def _simple_shims(law: Equations, names: dict[str, str], s: str, p: str) -> str:
    single = len(law.states) == 1
    x = "y[0]" if single else s
    assign = (
        "rates[0, 0], rates[1, 0] = r, 0.0"
        if single
        else "\n    ".join(
            f"rates[0, {k}], rates[1, {k}] = r[{k}], 0.0" for k in range(len(law.states))
        )
    )
    return f"""

@njit(**JIT)
def fill_rates(y, voltage, p, rates):
    r = {names["rates"]}({x}, voltage, {p})[0]
    {assign}


@njit(**JIT)
def law_current(y, voltage, p):
    return {names["rates"]}({x}, voltage, {p})[1]


@njit(**INNER)
def apply_event(k, y, voltage, p, z):
    pass
"""


class Emitted(dict[str, str]):
    """Texts by name, and the names of the functions among them."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[Callable[..., Any], str] = {}

    def name(self, function: Callable[..., Any]) -> str:
        """Return a name of its own for a function; two helpers may be called alike."""
        plain = f"user_{function.__name__}"
        alike = sum(name == plain or name.startswith(f"{plain}_") for name in self.names.values())
        return f"{plain}_{alike}" if alike else plain


def emit(function: Callable[..., Any], emitted: Emitted) -> str:
    """Put the source of ``function`` and of all it uses into ``emitted``; return its name there."""
    if function in emitted.names:
        return emitted.names[function]
    name = emitted.names[function] = emitted.name(function)
    outside = values_outside(function, _used(function))
    renames = {free: _emit_global(function, free, v, emitted) for free, v in outside.items()}
    emitted[name] = _function_text(function, name, tuple(renames.items()))
    return name


# to read a function takes longer than many a measurement, and its source stays as it is; what its
# names stand for outside is looked up each time
@lru_cache(maxsize=1000)
def _used(function: Callable[..., Any]) -> tuple[str, ...]:
    return names_used(function_tree(function))


@lru_cache(maxsize=1000)
def _function_text(
    function: Callable[..., Any], name: str, renames: tuple[tuple[str, str], ...]
) -> str:
    """Return the text of a function under another name, its outside names replaced."""
    tree = function_tree(function)
    tree.name = name
    tree.body = tree.body[1:] if ast.get_docstring(tree) and len(tree.body) > 1 else tree.body
    names = dict(renames)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]
    return f"\n\n@njit(**INNER)\n{ast.unparse(tree)}"


def literal(value: Any) -> str:
    """Return a number as Python reads it; infinity and not-a-number have no digits, NumPy's numbers
    name their module.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(float(value))!r})"
    return repr(float(value)) if isinstance(value, float) else repr(value)


def _emit_global(function: Callable[..., Any], name: str, value: Any, emitted: Emitted) -> str:
    if isinstance(value, FunctionType):
        return emit(value, emitted)
    if isinstance(value, ModuleType):
        emitted[f"import {name}"] = f"import {value.__name__} as {name}"
    elif isinstance(value, bool | int | float):
        constant = f"{name}_{hashlib.sha256(repr(value).encode()).hexdigest()[:6]}"
        emitted[constant] = f"{constant} = {literal(value)}"
        return constant
    elif callable(value) and getattr(value, "__module__", None):
        emitted[f"import {name}"] = f"from {value.__module__} import {value.__name__} as {name}"
    else:
        raise LawError(
            f"law function {function.__name__!r} uses {name!r}, a {type(value).__name__}; "
            "only numbers, modules and functions can be compiled in: pass it as a parameter"
        )
    return name
