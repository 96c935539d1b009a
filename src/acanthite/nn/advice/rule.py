r"""From the traits of a device to the accuracy of each candidate: an algorithm with its knobs.

The table beside this file has the accuracy of every candidate on synthetic devices, on held-out
training images; ``benchmarks/advice.py`` makes it. Between its devices the logarithm of the error
is a Gaussian process of the traits, one for each candidate [1]_. Its covariance is learnt from the
table and kept beside it; what it is unsure of is the error that is stated.

References
----------
.. [1] C. E. Rasmussen, C. K. I. Williams, *Gaussian Processes for Machine Learning*, MIT Press
   (2006), sections 2.2 and 5.4.2.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.errors import TrainingError
from acanthite.files import write_text
from acanthite.nn.advice.gaussian_process import (
    Covariance,
    GaussianProcess,
    likeliest_covariance,
)
from acanthite.nn.advice.traits import Traits
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.algorithms.catalogue import ALGORITHMS
from acanthite.nn.array_types import Doubles
from acanthite.parameters.toml import TomlTable, read

_FOLDER = Path(__file__).parent
CANDIDATES = _FOLDER / "candidates.toml"
ACCURACIES = _FOLDER / "accuracies.csv"
COVARIANCES = _FOLDER / "covariances.csv"

STATES, LINES, EPOCHS = 4, 785, 10
"""Of the device, the array and the training that the knobs of the candidates are written for."""
WIDEST = 1.0
"""Network weight of half the conductance window that no candidate goes beyond on such an array."""

TRAITS = tuple(Traits.__dataclass_fields__)

_REFERENCES = 2
"""Last coordinates, which say what references are wrong by."""
_ERRORS = (1e-3, 0.3)
"""Beyond these a training is as good, or as little use, as any."""


@dataclass(frozen=True)
class Candidate:
    """An algorithm with knobs that the rule knows the accuracy of.

    Parameters
    ----------
    name : str
    algorithm : Algorithm
        With its knobs for :data:`STATES`, :data:`LINES` and :data:`EPOCHS`.
    digital : bool
        Whether the gradients of all weights are made and added up digitally, and the device only
        stores the weights.
    growth : mapping of str to float
        By knob: power of the number of states that it grows with. [1]
    referenced : bool
        Whether cells are read against references, so that it matters what these are wrong by.

    Examples
    --------
    >>> coarse = ac.nn.advice.Candidate("mine", ac.nn.TTv2(window=0.2), growth={"window": 0.5})
    >>> coarse.fitted(states=16, lines=785).window
    0.4
    """

    name: str
    algorithm: Algorithm
    digital: bool = False
    growth: Mapping[str, float] = field(default_factory=dict)
    referenced: bool = True

    def fitted(self, states: float, lines: int, epochs: int = EPOCHS) -> Algorithm:
        """Return the algorithm with its knobs for a device and a training.

        The finer the steps, the less they add to the noise of an output, and the more of the window
        may be used; what all cells of a line add grows with the root of their number, so an array
        of fewer lines bears, and needs, a wider window.

        Parameters
        ----------
        states : float
            Of the device. [1]
        lines : int
            Most input lines of an array of the network.
        epochs : int
            Of the training: the rate ends where it would after :data:`EPOCHS`.
        """
        own = vars(self.algorithm)
        knobs = {name: own[name] * (states / STATES) ** p for name, p in self.growth.items()}
        window = min(knobs.get("window", own["window"]), max(WIDEST, own["window"]))
        knobs["window"] = window * math.sqrt(LINES / lines)
        knobs["decay"] = own["decay"] ** ((EPOCHS - 1) / max(epochs - 1, 1))
        return replace(self.algorithm, **knobs)


@dataclass(frozen=True)
class Rule:
    """Accuracies of candidates on devices, and what follows from them for another device.

    Parameters
    ----------
    candidates : tuple of Candidate
    devices : tuple of Traits
    accuracies : ndarray, shape (n_devices, n_candidates)
        On held-out images. [1]
    covariances : tuple of Covariance, optional
        By candidate, over coordinates that go from 0 to 1 in :attr:`range`; learnt from the
        accuracies by default, which takes seconds.

    Examples
    --------
    >>> rule = ac.nn.advice.learnt_rule()
    >>> few, many = ac.nn.advice.Traits(states=4), ac.nn.advice.Traits(states=100)
    >>> bool((rule.predict(few) < rule.predict(many)).all())
    True
    """

    candidates: tuple[Candidate, ...]
    devices: tuple[Traits, ...]
    accuracies: Doubles = field(repr=False)
    covariances: tuple[Covariance, ...] = ()

    def __post_init__(self) -> None:
        if not self.covariances:
            object.__setattr__(self, "covariances", self._likeliest())

    def predict(self, traits: Traits) -> Doubles:
        """Return the accuracy of each candidate on a device, shape (n_candidates,). [1]

        Outside of the table's devices it is that at the table's edge.
        """
        return np.array([_accuracy(mean, spread)[0] for mean, spread in self._logs(traits)])

    def errors(self, traits: Traits) -> Doubles:
        """Return how wrong an accuracy of :meth:`predict` may be, shape (n_candidates,): its
        standard deviation, that of a single training included. [1]
        """
        return np.array([_accuracy(mean, spread)[1] for mean, spread in self._logs(traits)])

    @property
    def range(self) -> tuple[Doubles, Doubles]:
        """Least and largest coordinates that the table's devices speak of, each of shape
        (n_coordinates,).

        All but the states may be ideal.
        """
        low, high = self._points.min(axis=0), self._points.max(axis=0)
        low[1:] = np.minimum(low[1:], 0.0)
        return low, high

    def outside(self, traits: Traits) -> tuple[str, ...]:
        """Return the names of the traits that are beyond those of the table's devices."""
        low, high = self.range
        found = np.array(traits.coordinates)
        beyond = (found < low) | (found > high)
        return tuple(name for name, out in zip(TRAITS, beyond, strict=True) if out)

    @cached_property
    def left_out(self) -> Doubles:
        """What the rule would say of each device of the table if it had not been told of it, shape
        (n_devices, n_candidates). [1]
        """
        found = (process.left_out for process in self._processes)
        return np.stack([_accuracy(mean, spread)[0] for mean, spread in found], axis=1)

    def regrets(self, *, analogue_only: bool = False) -> Doubles:
        """Return the accuracy of the best candidate less that of the one the rule would choose if
        it had not been told of the device, shape (n_devices,). [1]

        Parameters
        ----------
        analogue_only : bool
            Whether the candidates are those that make their gradients in the arrays.
        """
        own = [k for k, each in enumerate(self.candidates) if not (analogue_only and each.digital)]
        chosen = np.argmax(self.left_out[:, own], axis=1)
        found = self.accuracies[:, own]
        return found.max(axis=1) - found[np.arange(len(found)), chosen]

    @cached_property
    def _points(self) -> Doubles:
        return np.array([traits.coordinates for traits in self.devices])

    def _scaled(self, points: Any) -> Doubles:
        low, high = self.range
        return (np.asarray(points) - low) / np.where(high > low, high - low, 1.0)

    @property
    def _log_errors(self) -> Doubles:
        return np.log(np.clip(1 - self.accuracies, *_ERRORS))

    def _likeliest(self) -> tuple[Covariance, ...]:
        points = self._scaled(self._points)
        n = points.shape[1]
        matters = [
            np.arange(n) < n - (0 if each.referenced else _REFERENCES) for each in self.candidates
        ]
        values = zip(self._log_errors.T, matters, strict=True)
        return tuple(likeliest_covariance(points, own, used) for own, used in values)

    @cached_property
    def _processes(self) -> list[GaussianProcess]:
        points = self._scaled(self._points)
        known = zip(self._log_errors.T, self.covariances, strict=True)
        return [GaussianProcess(points, values, covariance) for values, covariance in known]

    def _logs(self, traits: Traits) -> list[tuple[float, float]]:
        """Return, by candidate, mean and standard deviation of the logarithm of the error."""
        x = self._scaled(np.clip(traits.coordinates, *self.range))[None]
        return [
            (float(mean[0]), float(spread[0]))
            for mean, spread in (p.predict(x) for p in self._processes)
        ]


def _accuracy(mean: Any, spread: Any) -> tuple[Any, Any]:
    """Return mean and standard deviation of an accuracy whose error has a logarithm of these."""
    error = np.exp(mean + 0.5 * spread**2)
    return 1 - error, error * np.sqrt(np.expm1(spread**2))


@cache
def learnt_rule() -> Rule:
    """Return the rule of the package.

    Examples
    --------
    >>> "ttv2" in [each.name for each in ac.nn.advice.learnt_rule().candidates]
    True
    """
    return read_rule(candidates(), ACCURACIES, COVARIANCES)


def candidates(path: Path = CANDIDATES) -> tuple[Candidate, ...]:
    """Return the candidates of a file: a table each, with the algorithm's name and knobs."""
    table = read(path, "candidates", TrainingError)
    return tuple(_candidate(name, table.table(name)) for name in table)


def _candidate(name: str, table: TomlTable) -> Candidate:
    kind = ALGORITHMS[table.value("algorithm", str)]
    digital = table.value("digital", bool, False)
    referenced = table.value("referenced", bool, True)
    knobs = table.without("algorithm", "digital", "referenced", "growth").build(kind)
    growth = table.table("growth").numbers()
    return Candidate(name, knobs, digital, growth, referenced)


def read_rule(
    candidates: Sequence[Candidate], accuracies: Path, covariances: Path | None = None
) -> Rule:
    """Return the rule of two tables; the covariances are learnt without theirs.

    Parameters
    ----------
    candidates : sequence of Candidate
    accuracies : path_like
        Traits of a device, then an accuracy by candidate, a row each.
    covariances : path_like, optional
        As :func:`write_covariances` writes them.
    """
    rows = _rows(accuracies)
    devices = tuple(Traits(**{name: float(row[name]) for name in TRAITS}) for row in rows)
    found = np.array([[float(row[each.name]) for each in candidates] for row in rows])
    known = (
        {row["candidate"]: _covariance(row) for row in _rows(covariances)} if covariances else {}
    )
    return Rule(
        tuple(candidates), devices, found, tuple(known[each.name] for each in candidates if known)
    )


def write_covariances(rule: Rule, path: Path, head: str = "") -> None:
    """Write the covariances of a rule: lengths by trait, amplitude and scatter, a candidate a row."""
    lines = [",".join(("candidate", *TRAITS, "amplitude", "scatter"))]
    for candidate, own in zip(rule.candidates, rule.covariances, strict=True):
        numbers = (*own.lengths, own.amplitude, own.scatter)
        lines.append(",".join((candidate.name, *(f"{value:.4g}" for value in numbers))))
    write_text(path, head + "\n".join(lines) + "\n")


def _covariance(row: Mapping[str, str]) -> Covariance:
    lengths = tuple(float(row[name]) for name in TRAITS)
    return Covariance(lengths, float(row["amplitude"]), float(row["scatter"]))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))
