r"""Gaussian process: from values at some points to what to expect, and how surely, at others.

Values are a constant, of which nothing is known, and a smooth deviation from it, whose covariance
between two points falls as a Gaussian of their distance. The length it falls in, along each
coordinate, says how much that coordinate matters; lengths, amplitude and scatter are those that make
each value likeliest as predicted from the others [1]_.

References
----------
.. [1] C. E. Rasmussen, C. K. I. Williams, *Gaussian Processes for Machine Learning*, MIT Press
   (2006), equations (2.25), (2.26), (5.1) and (5.10) to (5.12).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from acanthite.nn.array_types import Doubles

_CONSTANT = 10.0
"""Standard deviation of the constant: any, for logarithms of errors."""
_LENGTHS = (0.1, 20.0)
"""Between which they are sought: over the longer, nothing changes."""
_TYPICAL_LENGTH, _TYPICAL_SCATTER = 1.0, 0.05
"""What they are taken to be, give or take a factor of e, before the values are known. Without it, a
coordinate that few points depend on gets a length of chance."""


@dataclass(frozen=True)
class Covariance:
    """How alike values are by the distance of their points.

    Parameters
    ----------
    lengths : sequence of float
        Along each coordinate; infinite where it does not matter.
    amplitude : float
        Standard deviation of the smooth deviation from the constant.
    scatter : float
        Standard deviation of what is another value each time.
    """

    lengths: Sequence[float]
    amplitude: float
    scatter: float

    def between(self, a: Doubles, b: Doubles) -> Doubles:
        """Return the covariance without scatter, shape (n_a, n_b), of points of shape (n, n_coordinates)."""
        steps = (a[:, None] - b[None]) / np.asarray(self.lengths)
        return _CONSTANT**2 + self.amplitude**2 * np.exp(-0.5 * (steps**2).sum(axis=2))


@dataclass(frozen=True)
class GaussianProcess:
    """Values at points, and what follows from them elsewhere.

    Parameters
    ----------
    points : ndarray, shape (n, n_coordinates)
    values : ndarray, shape (n,)
    covariance : Covariance
    """

    points: Doubles = field(repr=False)
    values: Doubles = field(repr=False)
    covariance: Covariance

    def predict(self, points: Doubles) -> tuple[Doubles, Doubles]:
        """Return mean and standard deviation of a value at points, scatter included, each of shape
        (n,).
        """
        known = self.covariance.between(points, self.points)
        mean = known @ self._weights
        own = _CONSTANT**2 + self.covariance.amplitude**2 + self.covariance.scatter**2
        variance = own - np.einsum("ij,jk,ik->i", known, self._inverse, known)
        return mean, np.sqrt(np.maximum(variance, self.covariance.scatter**2))

    @property
    def left_out(self) -> tuple[Doubles, Doubles]:
        """What all the others say of each value: mean and standard deviation, each of shape (n,)."""
        precision = np.diag(self._inverse)
        return self.values - self._weights / precision, 1 / np.sqrt(precision)

    @property
    def log_likelihood(self) -> float:
        """Logarithm of the probability density of each value by the others, summed."""
        mean, deviation = self.left_out
        wrong = (self.values - mean) / deviation
        return float(-0.5 * np.sum(wrong**2 + np.log(2 * np.pi * deviation**2)))

    @cached_property
    def _inverse(self) -> Doubles:
        own = self.covariance.between(self.points, self.points)
        noisy = own + self.covariance.scatter**2 * np.eye(len(own))
        return np.linalg.inv(noisy).astype(np.float64)

    @cached_property
    def _weights(self) -> Doubles:
        return self._inverse @ self.values


def likeliest_covariance(
    points: Doubles, values: Doubles, matters: Sequence[bool] | None = None
) -> Covariance:
    """Return the covariance by which each value is likeliest as predicted from the others.

    Parameters
    ----------
    points : ndarray, shape (n, n_coordinates)
        Each coordinate between about 0 and 1.
    values : ndarray, shape (n,)
    matters : sequence of bool, optional
        By coordinate, whether values may depend on it; all may by default.
    """
    from scipy.optimize import minimize

    used = np.ones(points.shape[1], bool) if matters is None else np.asarray(matters, bool)
    n = int(used.sum())
    spread = float(values.std()) or 1.0

    def covariance(logs: Any) -> Covariance:
        lengths = np.full(len(used), math.inf)
        lengths[used] = np.exp(logs[:n])
        return Covariance(tuple(map(float, lengths)), *map(float, np.exp(logs[n:])))

    def unlikely(logs: Any) -> float:
        unusual = np.append(
            logs[:n] - math.log(_TYPICAL_LENGTH), logs[-1] - math.log(_TYPICAL_SCATTER)
        )
        fitted = GaussianProcess(points, values, covariance(logs))
        return -fitted.log_likelihood + 0.5 * float(unusual @ unusual)

    start = np.log([*[_TYPICAL_LENGTH] * n, spread, _TYPICAL_SCATTER])
    bounds = [np.log(_LENGTHS)] * n + [np.log([0.1, 10.0]) + math.log(spread), np.log([0.005, 1.0])]
    return covariance(minimize(unlikely, start, method="L-BFGS-B", bounds=bounds).x)
