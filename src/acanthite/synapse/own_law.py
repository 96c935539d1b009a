"""Laws of one's own in device files: as text that travels with the file, or as a Python file it
names.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
from dataclasses import MISSING, fields
from pathlib import Path
from types import ModuleType
from typing import Any

from acanthite.device.compiler.portable import portable_text
from acanthite.device.compiler.restricted import OPT_IN, functions
from acanthite.errors import LawError, ParameterError
from acanthite.parameters.toml import TomlTable
from acanthite.synapse.altered import Altered
from acanthite.synapse.base import Synapse
from acanthite.synapse.laws.catalogue import LAWS
from acanthite.synapse.laws.pulse_law import PulseLaw, law

_ENTRIES = ("function", "parameters", "source")
_running: set[Path] = set()


def as_table(synapse: Synapse) -> dict[str, Any] | None:
    """Return the table ``[law]`` of a law given as a function; None for a built-in law, and for a
    class that does more.

    Raises
    ------
    LawError
        If the source of its function cannot be read.
    """
    kind = type(synapse)
    if (
        LAWS.get(synapse.NAME) is kind
        or not isinstance(synapse, PulseLaw)
        or not _is_function(kind)
    ):
        return None
    source, (name,) = portable_text(type(synapse).steps)
    defaults = {f.name: f.default for f in fields(synapse)}
    parameters = {n: _default(defaults[n], mean) for n, mean in synapse.means().items()}
    return {"function": name, "parameters": parameters, "source": source}


def _default(default: Any, mean: float) -> float:
    return mean if default is MISSING else float(default)


def _is_function(kind: type[Any]) -> bool:
    """Return whether a law is no more than its function and the names of its parameters."""
    if kind.__bases__ != (PulseLaw,):
        return False
    known = {"steps", "NAME", "_abc_impl", *kind.parameter_names()}
    return all(_made(name) or name in known for name in vars(kind))


def _made(name: str) -> bool:
    """Return whether an attribute of a class is one that Python or dataclass puts there."""
    return name.startswith("__") and name != "__post_init__"


def from_table(name: str, table: TomlTable, trust: bool) -> type[PulseLaw]:
    """Return the law of a table ``[law]``.

    Parameters
    ----------
    name : str
        Of the law.
    table : TomlTable
        ``source``, ``parameters`` with their defaults, and the ``function``, by default called as
        the law is.
    trust : bool
        Run the source whatever it does.

    Raises
    ------
    ParameterError
        If something in it is missing, unknown or of the wrong kind.
    LawError
        If the source can do more than compute and is not trusted.
    """
    if name in LAWS:
        raise ParameterError(
            f"[synapse] law = {name!r} is a built-in one; expected no [law], or another name"
        )
    table.check_keys(_ENTRIES)
    parameters = table.table("parameters")
    made = functions(table.get("source"), parameters, trust)
    function = str(table.get("function", name))
    if function not in made:
        names = ", ".join(made) or "its functions"
        raise table.error(
            f"[law] function = {function!r} is not in its source; expected one of {names}",
            "function",
        )
    kind = law(**parameters)(made[function])
    kind.NAME = name
    return kind


def script_of(synapse: Synapse, path: Path) -> dict[str, str]:
    """Return the entry of a device file for a law that is a class: the Python file it is defined
    in.

    Raises
    ------
    LawError
        If it is defined in no file, or is made from another device.
    """
    if LAWS.get(synapse.NAME) is type(synapse):
        return {}
    law = f"law {synapse.NAME or type(synapse).__name__!r}"
    if isinstance(synapse, Altered):
        raise LawError(
            "an altered device is no law of its own: a device file cannot hold it; save its base"
        )
    source = _source_file(type(synapse))
    if not source.is_file():
        raise LawError(
            f"{law} is defined in no file, so a device file cannot name it; put it in a .py file"
        )
    folder = path.resolve().parent
    return {"file": str(source.relative_to(folder) if source.is_relative_to(folder) else source)}


def _source_file(kind: type[Synapse]) -> Path:
    try:
        return Path(inspect.getsourcefile(kind) or "").resolve()
    except (TypeError, OSError):
        return Path()


def from_script(name: str, file: Path, trust: bool) -> type[Synapse]:
    """Return a law of a Python file, which is run once at most, and not at all where it is loaded
    already.

    Raises
    ------
    ParameterError
        If it is not trusted, is no Python file, cannot be run, or holds no such law.
    """
    if not trust:
        raise ParameterError(
            f"[synapse] file = {str(file)!r} would be run as Python; it was not: {OPT_IN}"
        )
    if not file.is_file():
        raise ParameterError(
            f"[synapse] file = {str(file)!r}; expected a Python file that defines law {name!r}"
        )
    kind = getattr(_module(file.resolve()), name, None)
    if not (isinstance(kind, type) and issubclass(kind, Synapse)):
        raise ParameterError(
            f"[synapse] file = {str(file)!r} defines no law {name!r}; write one with "
            "@acanthite.synapse.law"
        )
    return kind


def _module(file: Path) -> ModuleType:
    if file in _running:
        raise ParameterError(f"[synapse] file = {str(file)!r} loads itself while it is run")
    for module in list(sys.modules.values()):
        own = getattr(module, "__file__", None)
        if isinstance(own, str) and own.endswith(file.name) and Path(own).resolve() == file:
            return module
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    name = f"acanthite_own_law_{file.stem}_{digest[:12]}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ParameterError(f"[synapse] file = {str(file)!r}; expected a Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    _running.add(file)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the user's file raises
        del sys.modules[name]
        raise ParameterError(f"[synapse] file = {str(file)!r} cannot be run: {error!r}") from None
    finally:
        _running.remove(file)
    return module
