r"""From the traits of a device to the accuracy of each candidate: an algorithm with its knobs.

The table beside this file has the accuracy of every candidate on synthetic devices, on held-out
training images; ``benchmarks/advice.py`` makes it. Between its devices the logarithm of the error
is a plane plus a sum of Gaussian bumps about the devices (kernel ridge regression [1]_). How wide
the bumps are in each trait, and how closely the table is followed, is chosen by leaving one device
out at a time; what that misses by, near a device, is the error that is stated.

References
----------
.. [1] C. E. Rasmussen, C. K. I. Williams, *Gaussian Processes for Machine Learning*, MIT Press
   (2006), sections 2.2, 2.7 and 5.4.2.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.errors import TrainingError
from acanthite.nn.advice.traits import Traits
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.algorithms.catalogue import ALGORITHMS
from acanthite.nn.array_types import Doubles
from acanthite.parameters.toml import TomlTable, read

_FOLDER = Path(__file__).parent
CANDIDATES = _FOLDER / "candidates.toml"
ACCURACIES = _FOLDER / "accuracies.csv"

STATES, LINES, EPOCHS = 4, 785, 10
"""Of the device, the array and the training that the knobs of the candidates are written for."""
WIDEST = 1.0
"""Network weight of half the conductance window that no candidate goes beyond on such an array."""

TRAITS = tuple(Traits.__dataclass_fields__)

_WIDTHS = (0.5, 1.0, 2.0, 4.0)
_NOISES = (0.03, 0.1, 0.3, 1.0)
_STATES = 2
"""Coordinates that the number of states is."""
_ERRORS = (1e-3, 0.3)
"""Beyond these a training is as good, or as little use, as any."""
_NEAR = 0.5
"""Distance, over the range of each trait, of the devices that say how wrong the rule is."""


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

    Examples
    --------
    >>> rule = ac.nn.advice.learnt_rule()
    >>> few, many = ac.nn.advice.Traits(states=4), ac.nn.advice.Traits(states=500)
    >>> bool((rule.predict(few) < rule.predict(many)).all())
    True
    """

    candidates: tuple[Candidate, ...]
    devices: tuple[Traits, ...]
    accuracies: Doubles = field(repr=False)

    def predict(self, traits: Traits) -> Doubles:
        """Return the accuracy of each candidate on a device, shape (n_candidates,). [1]

        Outside of the table's devices it is that at the table's edge.
        """
        x = self._scaled(np.clip(traits.coordinates, *self.range))
        return np.array([1 - np.exp(fit.value(x)) for fit in self._fits])

    @property
    def range(self) -> tuple[Doubles, Doubles]:
        """Least and largest coordinates that the table's devices speak of, each of shape
        (n_coordinates,).

        All but the states may be ideal.
        """
        low = self._points.min(axis=0)
        low[_STATES:] = 0.0
        return low, self._points.max(axis=0)

    def outside(self, traits: Traits) -> tuple[str, ...]:
        """Return the names of the traits that are beyond those of the table's devices."""
        low, high = self.range
        found = np.array(traits.coordinates)
        beyond = ((found < low) | (found > high))[_STATES - 1 :]
        return tuple(name for name, out in zip(TRAITS, beyond, strict=True) if out)

    def errors(self, traits: Traits) -> Doubles:
        """Return by how much the accuracies of :meth:`predict` are wrong, shape (n_candidates,).
        [1]

        Root mean square of what the rule is wrong by about each device of the table when it is not
        told of it, those near the given one counting most.
        """
        x = self._scaled(np.clip(traits.coordinates, *self.range))
        near = _bumps(x[None], self._scaled(self._points), _NEAR)[0]
        wrong = np.stack([fit.left_out_error for fit in self._fits], axis=1)
        return np.sqrt(near @ wrong**2 / near.sum())

    @cached_property
    def regrets(self) -> Doubles:
        """Accuracy of the best analogue candidate less that of the one the rule would choose if it
        had not been told of the device, shape (n_devices,). [1]
        """
        own = [k for k, each in enumerate(self.candidates) if not each.digital]
        left_out = np.stack([self._fits[k].left_out for k in own], axis=1)
        chosen = np.argmin(left_out, axis=1)
        found = self.accuracies[:, own]
        return found.max(axis=1) - found[np.arange(len(found)), chosen]

    @cached_property
    def _points(self) -> Doubles:
        return np.array([traits.coordinates for traits in self.devices])

    def _scaled(self, points: Any) -> Doubles:
        low, high = self.range
        return (np.asarray(points) - low) / np.where(high > low, high - low, 1.0)

    @cached_property
    def _fits(self) -> list[_Fit]:
        errors = np.log(np.clip(1 - self.accuracies, *_ERRORS))
        points = self._scaled(self._points)
        return [_best_fit(points, values) for values in errors.T]


@dataclass(frozen=True)
class _Fit:
    """A plane and bumps about points."""

    points: Doubles
    width: float
    plane: Doubles
    bumps: Doubles
    values: Doubles  # at each point
    left_out: Doubles  # and what the others say of it

    @property
    def left_out_error(self) -> Doubles:
        """Accuracy as the others say less that of each point. [1]"""
        return np.exp(self.values) - np.exp(self.left_out)

    def value(self, x: Doubles) -> float:
        near = _bumps(x[None], self.points, self.width)[0]
        return float(_plane(x[None])[0] @ self.plane + near @ self.bumps)


def _best_fit(points: Doubles, values: Doubles) -> _Fit:
    """Return the fit that is least wrong about points left out."""
    fits = [_fit(points, values, width, noise) for width, noise in product(_WIDTHS, _NOISES)]
    return min(fits, key=lambda fit: float(np.sum((fit.left_out - values) ** 2)))


def _fit(points: Doubles, values: Doubles, width: float, noise: float) -> _Fit:
    """Return a plane by generalised least squares and bumps of what is left.

    ``smoother`` takes values to what the fit says of them; with ``h`` on its diagonal, leaving a
    point out divides its residual by ``1 - h``.
    """
    n = len(points)
    covariance = _bumps(points, points, width) + noise**2 * np.eye(n)
    design = _plane(points)
    inverse = np.linalg.inv(covariance)
    to_plane = np.linalg.solve(
        design.T @ inverse @ design + 1e-6 * np.eye(design.shape[1]), design.T @ inverse
    )
    to_bumps = inverse @ (np.eye(n) - design @ to_plane)
    smoother = design @ to_plane + _bumps(points, points, width) @ to_bumps
    residual = values - smoother @ values
    left_out = values - residual / np.maximum(1 - np.diag(smoother), 1e-6)
    return _Fit(points, width, to_plane @ values, to_bumps @ values, values, left_out)


def _plane(points: Doubles) -> Doubles:
    return np.column_stack((np.ones(len(points)), points))


def _bumps(points: Doubles, centres: Doubles, width: float) -> Doubles:
    distance = ((points[:, None] - centres[None]) ** 2).sum(axis=2)
    return np.exp(-0.5 * distance / width**2)


@cache
def learnt_rule() -> Rule:
    """Return the rule of the package.

    Examples
    --------
    >>> "ttv2" in [each.name for each in ac.nn.advice.learnt_rule().candidates]
    True
    """
    return read_rule(candidates(), ACCURACIES)


def candidates(path: Path = CANDIDATES) -> tuple[Candidate, ...]:
    """Return the candidates of a file: a table each, with the algorithm's name and knobs."""
    table = read(path, "candidates", TrainingError)
    return tuple(_candidate(name, table.table(name)) for name in table)


def _candidate(name: str, table: TomlTable) -> Candidate:
    kind = ALGORITHMS[table.value("algorithm", str)]
    digital = "digital" in table and table.value("digital", bool)
    knobs = table.without("algorithm", "digital", "growth").build(kind)
    return Candidate(name, knobs, digital, table.table("growth").numbers())


def read_rule(candidates: Sequence[Candidate], path: Path) -> Rule:
    """Return the rule of a table: traits of a device, then an accuracy by candidate, a row each."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    devices = tuple(Traits(**{name: float(row[name]) for name in TRAITS}) for row in rows)
    accuracies = np.array([[float(row[each.name]) for each in candidates] for row in rows])
    return Rule(tuple(candidates), devices, accuracies)
