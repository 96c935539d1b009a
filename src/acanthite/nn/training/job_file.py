"""A training described in a TOML file: data set, network, algorithm with its knobs, device, and how long.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from acanthite.errors import TrainingError, nearest
from acanthite.nn.algorithms import ALGORITHMS, Algorithm
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.engine.network import EXACT, Network
from acanthite.nn.engine.periphery import Periphery
from acanthite.nn.training.job import Job, network_for, resolve
from acanthite.nn.training.schedule import SCHEDULES, Schedule
from acanthite.synapse.base import Synapse


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
        As in :class:`~acanthite.nn.training.job.Job`.
    limit : int, optional
        Train on this many of the training images, the first ones.
    activation, bias, bias_rate : optional
        As in :class:`~acanthite.nn.engine.network.Network`; those of the named network by default.
    schedule : Schedule, optional
        Of the rate; the algorithm's own decay by default.
    periphery : Periphery
        Of the arrays.
    """

    dataset: str = "mnist"
    network: str = "mlp"
    algorithm: str | Algorithm = "ttv2"
    device: str = "ag2s"
    epochs: int = 10
    seed: int = 1
    validation: int = 0
    limit: int | None = None
    activation: str | None = None
    bias: str | None = None
    bias_rate: float | None = None
    schedule: Schedule | None = None
    periphery: Periphery = EXACT

    def shape(self, dataset: Dataset) -> Network:
        """Return the network, fitted to a data set."""
        given = {name: getattr(self, name) for name in ("activation", "bias", "bias_rate")}
        changed = {name: value for name, value in given.items() if value is not None}
        return dataclasses.replace(
            network_for(self.network, dataset), periphery=self.periphery, **changed
        )

    def job(self, synapse: Synapse | None) -> Job:
        """Return the run on a device."""
        return Job(
            self.algorithm,
            synapse,
            self.seed,
            self.epochs,
            self.limit,
            self.validation,
            schedule=self.schedule,
        )


_NAMES = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
}


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
    if isinstance(fields.get("schedule"), str):
        fields["schedule"] = schedule_named(fields["schedule"])
    return Plan(**fields)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TrainingError(f"plan {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"plan {path}: not valid TOML: {error}") from None


def _value(path: Path | None, name: str, value: Any) -> Any:
    known = [f.name for f in dataclasses.fields(Plan)]
    where = f"plan {path}:"
    if name not in known:
        raise TrainingError(
            f"{where} unknown key {name!r}; expected {', '.join(known)}{nearest(name, known)}"
        )
    if name == "algorithm":
        return _algorithm(where, value)
    if name == "schedule":
        return _schedule(where, value)
    if name == "periphery":
        return _built(
            f"{where} [periphery]", Periphery, _checked(f"{where} periphery", value, dict)
        )
    return _checked(f"{where} {name}", value, *_kinds(Plan, name))


def _kinds(owner: type, name: str) -> tuple[type, ...]:
    """Return the types a field of a dataclass may have, None aside."""
    hint = get_type_hints(owner)[name]
    return tuple(kind for kind in get_args(hint) or (hint,) if kind is not type(None))


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


def _algorithm(where: str, value: Any) -> str | Algorithm:
    """Return an algorithm with knobs; one that is only named stays a name, to be suited to the device."""
    name, knobs = _named(where, "algorithm", value, ALGORITHMS)
    tuned = resolve(name)
    return with_knobs(tuned, knobs, f"{where} [algorithm]") if knobs else name


def _schedule(where: str, value: Any) -> Schedule:
    name, knobs = _named(where, "schedule", value, SCHEDULES)
    return _built(f"{where} [schedule]", type(schedule_named(name)), knobs)


def schedule_named(name: str) -> Schedule:
    """Return a schedule by name with its default knobs.

    Raises
    ------
    TrainingError
        If there is none of that name.
    """
    if name not in SCHEDULES:
        raise TrainingError(
            f"schedule = {name!r}; expected one of {', '.join(SCHEDULES)}{nearest(name, SCHEDULES)}"
        )
    return SCHEDULES[name]()


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
    values = _fields(where, algorithm.name, type(algorithm), knobs)
    return dataclasses.replace(algorithm, **values)  # type: ignore[type-var]


def _built(where: str, kind: type, knobs: Mapping[str, Any]) -> Any:
    return kind(**_fields(where, kind.__name__.lower(), kind, knobs))


def _fields(where: str, title: str, kind: Any, knobs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a dataclass's fields, checked and of the right type."""
    known, values = [f.name for f in dataclasses.fields(kind)], {}
    for name, value in knobs.items():
        if name not in known:
            raise TrainingError(
                f"{where} {title} has no {name!r}; expected {', '.join(known)}{nearest(name, known)}"
            )
        kinds = _kinds(kind, name)
        values[name] = _checked(f"{where} {name}", value, *kinds)
        if kinds == (float,):
            values[name] = float(value)
    return values


def _checked(where: str, value: Any, *kinds: type) -> Any:
    fits = type(value) in kinds or (float in kinds and type(value) is int)
    if not fits:
        expected = " or ".join(_NAMES.get(kind, kind.__name__) for kind in kinds)
        raise TrainingError(f"{where} = {value!r}; expected {expected}")
    return value
