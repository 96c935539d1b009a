"""A job in a TOML file: data set, network, algorithm with its knobs, device, and how long.

::

    dataset = "mnist"  # mnist, fashion-mnist, digits, cifar10, or an .npz file
    network = "mlp"  # mlp, lenet5, or widths such as 784-256-128-10
    activation = "relu"  # sigmoid, tanh, relu
    bias = "array"  # array, digital
    bias_rate = 0.01  # of digital biases
    device = "ag2s"  # ag2s, one of the literature such as "ecram", or a device file
    epochs = 10
    seed = 1
    validation = 5000  # training images held out
    limit = 20000  # train on the first so many

    [algorithm]  # or algorithm = "ttv2", with its tuned knobs; or "auto", the one advised;
    # or "auto-analogue", the best that makes its gradients in the arrays
    name = "ttv2"
    rate = 0.5

    [schedule]  # or schedule = "cosine"; without one, the algorithm's own decay
    name = "step"  # constant, step, cosine, plateau
    every = 3
    drop = 0.5

    [periphery]  # of the arrays; without it reads are exact
    read_noise = 0.01
    input_bits = 7
    output_bits = 9
    output_bound = 12.0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from acanthite.errors import TrainingError, nearest
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.algorithms.catalogue import ALGORITHMS
from acanthite.nn.engine.periphery import Periphery
from acanthite.nn.training.job import AUTOMATIC, Job
from acanthite.nn.training.schedule import SCHEDULES, schedule_named
from acanthite.parameters.toml import TomlTable, read
from acanthite.parameters.toml.kinds import decode, field_kinds

_Knobs = TypeVar("_Knobs", bound=Algorithm)

_KINDS: dict[str, type] = {
    "dataset": str,
    "network": str,
    "device": str,
    "epochs": int,
    "seed": int,
    "validation": int,
    "limit": int,
    "activation": str,
    "bias": str,
    "bias_rate": float,
    "periphery": Periphery,
}
"""Entries of the file; ``algorithm`` and ``schedule`` are a name or a table with one."""


def read_job(path: Path | None, options: Mapping[str, Any]) -> Job:
    """Return the job of a TOML file, with ``options`` over it.

    Parameters
    ----------
    path : pathlib.Path or None
        None for the defaults, on the Ag2S device.
    options : mapping of str to any
        The same keys; those that are None do not count.

    Raises
    ------
    TrainingError
        If the file cannot be read, or a key or value in it makes no sense.
    """
    entries = {} if path is None else _entries(read(path, "job file", TrainingError))
    entries |= {name: value for name, value in options.items() if value is not None}
    if isinstance(entries.get("schedule"), str):
        entries["schedule"] = schedule_named(entries["schedule"])
    return Job(synapse=entries.pop("device", "ag2s"), **entries)


def _entries(table: TomlTable) -> dict[str, Any]:
    table.check_keys([*_KINDS, "algorithm", "schedule"], "key")
    entries = {key: table.value(key, kind) for key, kind in _KINDS.items() if key in table}
    if "algorithm" in table:
        name = table["algorithm"]
        entries["algorithm"] = name if name in AUTOMATIC else _named(table, "algorithm", ALGORITHMS)
    if "schedule" in table:
        entries["schedule"] = _named(table, "schedule", SCHEDULES)
    return entries


def _named(table: TomlTable, key: str, known: Mapping[str, type]) -> Any:
    """Return what an entry names, with the knobs beside the name; without any, its name."""
    knobs = None if isinstance(table[key], str) else table.table(key)
    if knobs is not None and "name" not in knobs:
        raise knobs.error(f"{knobs.label}needs name = one of {', '.join(known)}")
    name = table[key] if knobs is None else knobs.value("name", str)
    if name not in known:
        expected = f"one of {', '.join(known)}{nearest(name, known)}"
        raise table.wrong(key, expected) if knobs is None else knobs.wrong("name", expected)
    own = None if knobs is None else knobs.without("name")
    return own.build(known[name]) if own else name


def with_knobs(algorithm: _Knobs, changes: Mapping[str, Any], where: str) -> _Knobs:
    """Return an algorithm with some of its knobs changed.

    Parameters
    ----------
    algorithm : Algorithm
    changes : mapping of str to bool, int, float or str
    where : str
        What an error begins with.

    Raises
    ------
    TrainingError
        If there is no such knob, or the value is of another kind.
    """
    kinds = field_kinds(type(algorithm))
    names = [field.name for field in fields(algorithm)]
    values = {}
    for name, value in changes.items():
        if name not in names:
            raise TrainingError(
                f"{where} {type(algorithm).__name__} has no {name!r}; "
                f"expected {', '.join(names)}{nearest(name, names)}"
            )
        try:
            values[name] = decode(value, kinds[name])
        except ValueError as error:
            raise TrainingError(f"{where} {name} = {value!r}; {error}") from None
    return replace(algorithm, **values)
