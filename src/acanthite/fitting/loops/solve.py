"""Least squares of a law on curves, by lmfit: a search over the whole range, then a fit of each
curve or of all together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import FitError
from acanthite.fitting.loops.curves import Curve
from acanthite.fitting.loops.free_parameters import Free
from acanthite.fitting.loops.playback import Playback
from acanthite.fitting.loops.residual import Scale, covariance, view

Array = NDArray[np.float64]

_STEP = 1e-4  # of a central difference in u: far above the integrator's error, far below what bends a curve
_LOST = 20.0  # residual of a sample the law gives no number for: twenty e-folds
_STARTS = 6  # best points of the search a fit is tried from
_SEARCHED = 3  # curves the search looks at
_GOOD = 1.3  # a fit whose residual is within this factor of the curves' median needs no search of its own


@dataclass(frozen=True)
class CurveFit:
    """One curve fitted.

    Parameters
    ----------
    u : ndarray, shape (parameter,)
    covariance : ndarray, shape (parameter, parameter)
        Of ``u``.
    residual : ndarray, shape (sample,)
        Measured minus law, as :func:`acanthite.fitting.loops.residual.view` sees them.
    predicted : ndarray, shape (sample,)
        The law's current. [A]
    """

    u: Array
    covariance: Array
    residual: Array
    predicted: Array

    @property
    def rms(self) -> float:
        """Root mean square of the residual."""
        return float(np.sqrt(np.mean(self.residual**2)))


class Problem:
    """A law, what of it is free, and how currents are compared.

    Parameters
    ----------
    playback : Playback
    base : ndarray, shape (all parameters,)
    free : sequence of Free
    scale : {"log", "linear"}
    floor : float
        [A]
    fitted_samples : callable, optional
        Which samples of a curve count; all by default.
    """

    def __init__(
        self,
        playback: Playback,
        base: Array,
        free: Sequence[Free],
        scale: Scale,
        floor: float,
        fitted_samples: Callable[[Curve], NDArray[np.bool_]] | None = None,
    ) -> None:
        self.playback = playback
        self.base = base
        self.free = list(free)
        self.scale: Scale = scale
        self.floor = floor
        self.fitted_samples = fitted_samples or (lambda curve: np.ones(curve.current.size, bool))
        names = list(playback.law.parameters)
        self.index = [names.index(f.name) for f in free]

    def parameters(self, u: Array) -> Array:
        """Return all parameters of the law at ``u``."""
        p = self.base.copy()
        p[self.index] = [float(f.value(x)) for f, x in zip(self.free, u, strict=True)]
        return p

    def residuals(self, jobs: Sequence[tuple[Curve, Array]]) -> list[Array]:
        """Return measured minus law for each (curve, u), over the samples that count."""
        answers = self.playback.currents([(curve, self.parameters(u)) for curve, u in jobs])
        return [
            self._residual(curve, answer) for (curve, _), answer in zip(jobs, answers, strict=True)
        ]

    def _residual(self, curve: Curve, current: Array) -> Array:
        fitted = self.fitted_samples(curve)
        measured = view(curve.current[fitted], self.scale, self.floor)
        difference = measured - view(current[fitted], self.scale, self.floor)
        return np.where(np.isfinite(difference), difference, _LOST)

    def jacobians(self, jobs: Sequence[tuple[Curve, Array]]) -> list[Array]:
        """Return d residual / d u of each (curve, u), by central differences that stay within the
        bounds.
        """
        moved, widths = [], []
        for curve, u in jobs:
            for k, f in enumerate(self.free):
                ends = [min(max(u[k] + d, f.lower), f.upper) for d in (-_STEP, _STEP)]
                widths.append(ends[1] - ends[0])
                for end in ends:
                    v = u.copy()
                    v[k] = end
                    moved.append((curve, v))
        answers = self.residuals(moved)
        columns = [(b - a) / w for a, b, w in zip(answers[::2], answers[1::2], widths, strict=True)]
        k = len(self.free)
        return [np.column_stack(columns[i * k : (i + 1) * k]) for i in range(len(jobs))]

    def search(self, data: Sequence[Curve], points: int, seed: int) -> list[Array]:
        """Return the best of ``points`` spread evenly over the search range, judged on a few
        curves.
        """
        from scipy.stats import qmc

        few = [data[i] for i in np.unique(np.linspace(0, len(data) - 1, _SEARCHED).astype(int))]
        low, high = np.array([f.search for f in self.free]).T
        exponent = max(1, int(np.ceil(np.log2(points))))
        unit = qmc.Sobol(len(self.free), rng=np.random.default_rng(seed)).random_base2(exponent)
        tried = low + unit * (high - low)
        answers = self.residuals([(curve, u) for u in tried for curve in few])
        cost = [
            np.sum(np.minimum(np.abs(r), _LOST)) for r in answers
        ]  # absolute: a few bad samples decide nothing
        order = np.argsort(np.reshape(cost, (len(tried), len(few))).sum(axis=1), kind="stable")
        return [tried[i] for i in order[:_STARTS]]

    def solve(self, curve: Curve, start: Array) -> CurveFit:
        """Return the fit of one curve from a start."""
        u, _ = self._minimise([curve], start[None], ())
        return self._solution(curve, u[0])

    def solve_together(
        self, data: Sequence[Curve], starts: Array, shared: Sequence[str]
    ) -> list[CurveFit]:
        """Return the fit of all curves with some parameters the same for all."""
        u, parts = self._minimise(data, starts, shared)
        fits = []
        for curve, row, part in zip(data, u, parts, strict=True):
            own = self._solution(curve, row)
            fits.append(CurveFit(row, part, own.residual, own.predicted))
        return fits

    def _solution(self, curve: Curve, u: Array) -> CurveFit:
        (predicted,) = self.playback.currents([(curve, self.parameters(u))])
        (jacobian,) = self.jacobians([(curve, u)])
        residual = self._residual(curve, predicted)
        return CurveFit(u, covariance(jacobian, residual), residual, predicted)

    def _minimise(
        self, data: Sequence[Curve], starts: Array, shared: Sequence[str]
    ) -> tuple[Array, list[Array]]:
        """Return ``u`` of every curve, shape (curve, parameter), and its covariances."""
        from lmfit import Minimizer, Parameters

        layout = _Layout(self.free, len(data), shared)
        given = Parameters()
        for name, (k, value) in layout.unknowns(starts).items():
            f = self.free[k]
            inside = min(max(value, f.lower + 1e-6), f.upper - 1e-6)
            given.add(name, inside, min=f.lower, max=f.upper)

        def residual(p: Parameters) -> Array:
            u = layout.table(np.array([p[name].value for name in given]))
            return np.concatenate(self.residuals(list(zip(data, u, strict=True))))

        def jacobian(p: Parameters) -> Array:
            u = layout.table(np.array([p[name].value for name in given]))
            return layout.assemble(self.jacobians(list(zip(data, u, strict=True))))

        options = {"jac": jacobian, "loss": "linear", "xtol": 1e-10, "ftol": 1e-10}
        with np.errstate(
            all="ignore"
        ):  # lmfit takes roots of variances that a blind parameter makes negative; ours are below
            result: Any = Minimizer(residual, given).minimize(
                method="least_squares", max_nfev=60 * len(self.free), **options
            )
        vector = np.array([result.params[name].value for name in given])
        u = layout.table(vector)
        if not shared:
            return u, []
        blocks = self.jacobians(list(zip(data, u, strict=True)))
        spread = covariance(layout.assemble(blocks), np.asarray(result.residual))
        return u, [spread[np.ix_(rows, rows)] for rows in layout.columns]


class _Layout:
    """Where each curve's parameters stand in the vector of all unknowns."""

    def __init__(self, free: Sequence[Free], n: int, shared: Sequence[str]) -> None:
        for name in shared:
            if name not in [f.name for f in free]:
                raise FitError(
                    f"shared = {name!r} is not fitted; fitted are {', '.join(f.name for f in free)}"
                )
        self.names: dict[str, int] = {}
        self.columns = np.zeros((n, len(free)), int)
        self.parameter: list[int] = []
        for k, f in enumerate(free):
            for d in range(1 if f.name in shared else n):
                self.columns[d if f.name not in shared else slice(None), k] = len(self.names)
                self.names[f"{f.name}_{d}"] = len(self.names)
                self.parameter.append(k)

    def unknowns(self, starts: Array) -> dict[str, tuple[int, float]]:
        """Return each unknown's parameter and start: the mean of the curves that share it."""
        starts = np.broadcast_to(starts, self.columns.shape)
        return {
            name: (self.parameter[i], float(starts[self.columns == i].mean()))
            for name, i in self.names.items()
        }

    def table(self, vector: Array) -> Array:
        """Return the unknowns as shape (curve, parameter)."""
        return vector[self.columns]

    def assemble(self, blocks: Sequence[Array]) -> Array:
        """Return the Jacobian of all residuals in all unknowns."""
        whole = np.zeros((sum(len(b) for b in blocks), len(self.names)))
        row = 0
        for columns, block in zip(self.columns, blocks, strict=True):
            whole[row : row + len(block), columns] = block
            row += len(block)
        return whole


def solve_each(
    problem: Problem,
    data: Sequence[Curve],
    *,
    points: int,
    seed: int,
    start: Array | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[CurveFit]:
    """Return the fit of every curve on its own.

    Parameters
    ----------
    problem : Problem
    data : sequence of Curve
    points : int
        Of the search for a start.
    seed : int
    start : ndarray, shape (parameter,), optional
        Tried beside those of the search.
    progress : callable, optional
        Called with the fraction done.
    """
    starts = [] if start is None else [start]
    starts += problem.search(data, points, seed) if points else []
    best = min((problem.solve(data[0], s) for s in starts), key=lambda fit: fit.rms)
    fits = []
    for done, curve in enumerate(data, 1):
        fits.append(problem.solve(curve, best.u) if done > 1 else best)
        if progress:
            progress(done / len(data))
    typical = float(np.median([f.rms for f in fits]))
    for i, curve in enumerate(data):
        if fits[i].rms > _GOOD * typical and points:
            again = [
                problem.solve(curve, s) for s in problem.search([curve], points, seed + 1 + i)[:3]
            ]
            fits[i] = min([fits[i], *again], key=lambda f: f.rms)
    return fits
