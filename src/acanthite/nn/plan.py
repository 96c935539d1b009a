"""A training described in a TOML file: data set, network, algorithm with its knobs, device, and how long.

::

    dataset = "mnist"            # mnist, fashion-mnist, digits, or an .npz file
    network = "mlp"              # mlp, lenet5, or widths such as 784-256-128-10
    device = "ag2s"              # ag2s, or a device file
    epochs = 10
    seed = 1
    validation = 5000            # training images held out
    limit = 20000                # train on the first so many

    [algorithm]                  # or algorithm = "ttv2", with its tuned knobs
    name = "ttv2"
    rate = 0.5
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acanthite.errors import TrainingError, nearest
from acanthite.nn.algorithms import ALGORITHMS, Algorithm
from acanthite.nn.job import resolve


@dataclass(frozen=True)
class Plan:
    """What to train, on what, for how long.

    Parameters
    ----------
    dataset : str
        ``"mnist"``, ``"fashion-mnist"``, ``"digits"`` or the path of an ``.npz`` file.
    network : str
        ``"mlp"``, ``"lenet5"``, or widths such as ``"784-256-128-10"``.
    algorithm : str or Algorithm
        By name with its tuned knobs, or with others.
    device : str
        ``"ag2s"``, or the path of a device file.
    epochs, seed, validation
        As in :class:`~acanthite.nn.job.Job`.
    limit : int, optional
        Train on this many of the training images, the first ones.
    """

    dataset: str = "mnist"
    network: str = "mlp"
    algorithm: str | Algorithm = "ttv2"
    device: str = "ag2s"
    epochs: int = 10
    seed: int = 1
    validation: int = 0
    limit: int | None = None


_KINDS: dict[str, type] = {
    "dataset": str, "network": str, "device": str, "epochs": int, "seed": int, "validation": int, "limit": int,
}  # fmt: skip
_NAMES = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "a table"}


def read_plan(path: Path | None, given: Mapping[str, Any]) -> Plan:
    """Return the plan of a TOML file, what is ``given`` put over it.

    Parameters
    ----------
    path : pathlib.Path or None
        None for the defaults.
    given : mapping of str to any
        Fields of :class:`Plan`; those that are None do not count.

    Raises
    ------
    TrainingError
        If the file cannot be read, or a key or value in it makes no sense.
    """
    table = {} if path is None else _read(path)
    fields = {name: _value(path, name, value) for name, value in table.items()}
    fields.update({name: value for name, value in given.items() if value is not None})
    return Plan(**fields)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingError(f"plan {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"plan {path}: not valid TOML: {error}") from None


def _value(path: Path | None, name: str, value: Any) -> Any:
    if name == "algorithm":
        return _algorithm(path, value)
    if name not in _KINDS:
        known = (*_KINDS, "algorithm")
        raise TrainingError(
            f"plan {path}: unknown key {name!r}; expected {', '.join(known)}{nearest(name, known)}"
        )
    return _checked(f"plan {path}: {name}", value, _KINDS[name])


def _algorithm(path: Path | None, value: Any) -> str | Algorithm:
    if isinstance(value, str):
        return resolve(value)
    table = _checked(f"plan {path}: algorithm", value, dict)
    knobs = dict(table)
    name = knobs.pop("name", None)
    if not isinstance(name, str):
        raise TrainingError(f"plan {path}: [algorithm] needs name = one of {', '.join(ALGORITHMS)}")
    return with_knobs(resolve(name), knobs, f"plan {path}: [algorithm]")


def with_knobs(algorithm: Algorithm, knobs: Mapping[str, Any], where: str) -> Algorithm:
    """Return an algorithm with some of its knobs changed.

    Parameters
    ----------
    algorithm : Algorithm
    knobs : mapping of str to bool, int or float
    where : str
        What the error begins with: the file, or the option.

    Raises
    ------
    TrainingError
        If it has no such knob, or the value is of another kind.
    """
    own = {f.name: getattr(algorithm, f.name) for f in dataclasses.fields(algorithm)}  # type: ignore[arg-type]
    for name, value in knobs.items():
        if name not in own:
            raise TrainingError(
                f"{where} {algorithm.name} has no {name!r}; expected {', '.join(own)}{nearest(name, own)}"
            )
        _checked(f"{where} {name}", value, type(own[name]))
    changed = {name: type(own[name])(value) for name, value in knobs.items()}
    return dataclasses.replace(algorithm, **changed)  # type: ignore[type-var]


def _checked(where: str, value: Any, kind: type) -> Any:
    fits = type(value) is kind or (kind is float and type(value) is int)
    if not fits:
        raise TrainingError(f"{where} = {value!r}; expected {_NAMES.get(kind, kind.__name__)}")
    return value
