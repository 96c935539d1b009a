"""A job in a TOML file: data set, network, algorithm with its knobs, device, and how long.

::

    dataset = "mnist"            # mnist, fashion-mnist, digits, or an .npz file
    network = "mlp"              # mlp, lenet5, or widths such as 784-256-128-10
    activation = "relu"          # sigmoid, tanh, relu
    bias = "array"               # array, digital
    bias_rate = 0.01             # of digital biases
    device = "ag2s"              # ag2s, or a device file
    epochs = 10
    seed = 1
    validation = 5000            # training images held out
    limit = 20000                # train on the first so many

    [algorithm]                  # or algorithm = "ttv2", with its tuned knobs
    name = "ttv2"
    rate = 0.5

    [schedule]                   # or schedule = "cosine"; without one, the algorithm's own decay
    name = "step"                # constant, step, cosine, plateau
    every = 3
    drop = 0.5

    [periphery]                  # of the arrays; without it reads are exact
    read_noise = 0.01
    input_bits = 7
    output_bits = 9
    output_bound = 12.0
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from acanthite.errors import TrainingError, nearest
from acanthite.nn.algorithms import ALGORITHMS, Algorithm, algorithm_named
from acanthite.nn.engine.periphery import Periphery
from acanthite.nn.training.job import Job
from acanthite.nn.training.schedule import SCHEDULES, Schedule, schedule_named

_Knobs = TypeVar("_Knobs", bound=Algorithm | Schedule | Periphery)

_KEYS: dict[str, type | None] = {
    "dataset": str,
    "network": str,
    "algorithm": None,  # a name or a table
    "device": str,
    "epochs": int,
    "seed": int,
    "validation": int,
    "limit": int,
    "activation": str,
    "bias": str,
    "bias_rate": float,
    "schedule": None,
    "periphery": None,
}

_KINDS: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
}


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
    table = {} if path is None else _read(path)
    fields = {name: _value(f"job file {path}:", name, value) for name, value in table.items()}
    fields |= {name: value for name, value in options.items() if value is not None}
    if isinstance(fields.get("schedule"), str):
        fields["schedule"] = schedule_named(fields["schedule"])
    return Job(synapse=fields.pop("device", "ag2s"), **fields)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingError(f"job file {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"job file {path}: not valid TOML: {error}") from None


def _value(where: str, name: str, value: Any) -> Any:
    if name not in _KEYS:
        raise TrainingError(
            f"{where} unknown key {name!r}; expected {', '.join(_KEYS)}{nearest(name, _KEYS)}"
        )
    if name == "algorithm":
        return _algorithm(where, value)
    if name == "schedule":
        return _schedule(where, value)
    if name == "periphery":
        knobs = _checked(f"{where} periphery", value, dict)
        return with_knobs(Periphery(), knobs, f"{where} [periphery]")
    return _checked(f"{where} {name}", value, _KEYS[name])


def _algorithm(where: str, value: Any) -> str | Algorithm:
    """Return an algorithm with knobs; without knobs its name, to be adapted to the device."""
    name, knobs = _named(where, "algorithm", value, ALGORITHMS)
    tuned = algorithm_named(name)
    return with_knobs(tuned, knobs, f"{where} [algorithm]") if knobs else name


def _schedule(where: str, value: Any) -> Schedule:
    name, knobs = _named(where, "schedule", value, SCHEDULES)
    return with_knobs(schedule_named(name), knobs, f"{where} [schedule]")


def _named(
    where: str, what: str, value: Any, known: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the name and the knobs of a value that is a name or a table with one."""
    if isinstance(value, str):
        return value, {}
    knobs = dict(_checked(f"{where} {what}", value, dict))
    name = knobs.pop("name", None)
    if not isinstance(name, str):
        raise TrainingError(f"{where} [{what}] needs name = one of {', '.join(known)}")
    return name, knobs


def with_knobs(knobs: _Knobs, changes: Mapping[str, Any], where: str) -> _Knobs:
    """Return an algorithm, a schedule or a periphery with some of its knobs changed.

    Parameters
    ----------
    knobs : Algorithm, Schedule or Periphery
    changes : mapping of str to bool, int, float or str
    where : str
        What an error begins with.

    Raises
    ------
    TrainingError
        If there is no such knob, or the value is of another kind.
    """
    kinds = _kinds(type(knobs))
    values = {}
    for name, value in changes.items():
        if name not in kinds:
            raise TrainingError(
                f"{where} {type(knobs).__name__} has no {name!r}; "
                f"expected {', '.join(kinds)}{nearest(name, kinds)}"
            )
        checked = _checked(f"{where} {name}", value, *kinds[name])
        values[name] = float(checked) if kinds[name] == (float,) else checked
    return dataclasses.replace(knobs, **values)  # type: ignore[type-var]


def _kinds(owner: Any) -> dict[str, tuple[type, ...]]:
    """Return the types that each field of a dataclass may have, None aside."""
    hints = get_type_hints(owner)
    kinds = {}
    for field in dataclasses.fields(owner):
        hint = hints[field.name]
        kinds[field.name] = tuple(
            kind for kind in get_args(hint) or (hint,) if kind is not type(None)
        )
    return kinds


def _checked(where: str, value: Any, *kinds: Any) -> Any:
    fits = type(value) in kinds or (float in kinds and type(value) is int)
    if not fits:
        expected = " or ".join(_KINDS.get(kind, str(kind)) for kind in kinds)
        raise TrainingError(f"{where} = {value!r}; expected {expected}")
    return value
