"""Fit a random law to loops by simulated moments: its devices go through the sweeps measured, and
must scatter as those did.

A law that nucleates at random has no path that a device could be compared with sample by sample.
What it has are distributions: of thresholds and of conductances. Their moments are simulated with
the same random numbers under all parameters, so that they move smoothly, and fitted to those
measured, each weighted by its error. Errors are those of the method of simulated moments (McFadden,
Econometrica 57, 995, 1989), the covariance of the measured moments from a bootstrap over devices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.analysis import find_events
from acanthite.device import Law
from acanthite.errors import FitError
from acanthite.fitting.loops.curves import curves
from acanthite.fitting.loops.free_parameters import Free, free_parameters
from acanthite.fitting.loops.playback import base_values
from acanthite.fitting.loops.residual import inverse
from acanthite.fitting.moments.moments import (
    NAMES,
    OBSERVABLES,
    bootstrap,
    joined,
    moments,
    observe,
)
from acanthite.fitting.moments.result import MomentFit, fitted_parameters, moment_table
from acanthite.fitting.moments.twin import Twin, programs
from acanthite.progress import Progress, long_call, reporter
from acanthite.quantities import accepts_quantities, in_si
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

RANDOM: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "filament": (
        ("migration_barrier", "nucleation_field", "contact_radius", "radial_field", "cycle_rupture", "hrs_conductance"),
        ("migration_barrier", "contact_radius"),
    ),
}  # fmt: skip
"""Laws that are fitted by moments: the parameters that distributions determine, and which of them
vary between devices.
"""

_NEEDS_CYCLES = (
    "nucleation_field",
)  # separable from the spread between devices only by that between cycles
_BLIND_TO = ("lrs_conductance within", "hrs_conductance between", "hrs_conductance within")
# moments that no parameter of RANDOM explains; reported, not fitted
_ONLY_IN = {"hrs_conductance": OBSERVABLES.index("hrs_conductance")}
# parameters that one observable alone tells, and which
_LOOPS = 1000  # simulated at once, by default
_STEP = 0.05  # of a difference in u: far above the grain of simulated moments
_LOST = 20.0  # standard errors of a moment the law does not have
_LEAST = 3e-3  # of the error a moment is weighted by: no loop is read better than that
_STARTS = 2
_COARSE = 5  # times fewer devices in the search


@long_call("fitting moments")
@accepts_quantities
def fit_moments(
    recordings: xr.Dataset | Iterable[xr.Dataset],
    law: Law,
    *,
    free: Iterable[str] | None = None,
    spread: Iterable[str] | None = None,
    fixed: Mapping[str, float] | None = None,
    holdout: float = 0.0,
    rate: float | None = None,
    replicates: int | None = None,
    points: int = 64,
    seed: int = 0,
    progress: Progress = None,
) -> MomentFit:
    """Fit a law to the distributions of SET and RESET voltage and of both conductances.

    Parameters
    ----------
    recordings : xarray.Dataset or iterable of them
        Loops of at least five devices, dims (device, cycle, sample), with ``voltage`` [V],
        ``current`` [A] and ``time`` [s].
    law : Law
        Any with spread or noise, such as :func:`acanthite.fitting.filament`; SET at the voltage it
        has in the recordings.
    free, spread : iterable of str, optional
        Parameters to fit, and which of them vary between devices; by default those of
        :data:`RANDOM`.
    fixed : mapping of str to float, optional
        Values of others, in SI.
    holdout : float
        Share of devices held out, in [0, 1).
    rate : float, optional
        Speed of the sweep where a file has no times. [V/s]
    replicates : int, optional
        How many times the measured number of devices is simulated; by default about a thousand
        loops' worth, 20 at most. Errors are larger by the root of 1 + 1 / ``replicates`` than those
        of a law known in closed form.
    points : int
        Of the search for a start; 0 starts from the law's own values.
    seed : int
        Of the search, the simulation, the bootstrap and of what is held out.
    progress : callable, optional
        Called with the fraction done, roughly.

    Returns
    -------
    MomentFit

    Raises
    ------
    FitError
        If there are too few devices, nothing sets, a name is unknown, or the law sets under no
        parameters tried.

    Examples
    --------
    >>> law = ac.fitting.filament()
    >>> loops = ac.measurement.run(
    ...     law.sample(5, seed=1), ac.measurement.Sweep(-0.4, 0.2, rate=5.0, step=0.02)
    ... )
    >>> fit = ac.fitting.fit_moments(
    ...     loops, law, free=["migration_barrier"], spread=(), replicates=1, points=0
    ... )
    >>> low, high = fit.parameters["migration_barrier"].interval
    >>> low < law.parameters["migration_barrier"] < high
    True
    """
    data, held = _divided(recordings, holdout, seed)
    measured = joined([observe(r) for r in data])
    _check(measured)
    several = bool(np.isfinite(moments(measured)[NAMES.index("set_voltage within")]))
    names, spreads = _names(law, free, spread, several)
    names = _shown(names, measured, asked=free is not None)
    start = replace(
        law,
        parameters=dict(
            zip(
                law.parameters,
                base_values(law, in_si("fixed", fixed or {}, law.units)),
                strict=True,
            )
        ),
    )
    loops = measured.shape[1] * measured.shape[2]
    times = replicates or min(max(_LOOPS // loops, 1), 20)
    unknowns = _unknowns(start, curves(data, rate=rate), names, spreads)
    events = int(generator(seed, "twin").integers(2**31))
    twin = Twin(start, unknowns, programs(data, rate), times, events, find_events(data[0]).polarity)
    problem = _Problem(twin, measured, seed)
    u = problem.solve(points, seed, reporter(progress))
    held_out = _held_out(problem, held, rate, u) if held else None
    return _result(problem, data, u, held_out)


def _divided(
    recordings: xr.Dataset | Iterable[xr.Dataset], share: float, seed: int
) -> tuple[list[xr.Dataset], list[xr.Dataset]]:
    """Return the recordings fitted and those held out, whole devices."""
    import xarray as xr

    if not 0 <= share < 1:
        raise FitError(f"holdout = {share:g}; expected a share from 0 to below 1")
    given = [recordings] if isinstance(recordings, xr.Dataset) else list(recordings)
    given = [r if "device" in r.dims else r.expand_dims("device") for r in given]
    given = [r if "cycle" in r.dims else r.expand_dims("cycle") for r in given]
    total = sum(r.sizes["device"] for r in given)
    out = set(generator(seed, "holdout").permutation(total)[: round(share * total)].tolist())
    fitted: list[xr.Dataset] = []
    held: list[xr.Dataset] = []
    first = 0
    for r in given:
        rows = np.arange(first, first + r.sizes["device"])
        first += len(rows)
        for home, chosen in (
            (fitted, [i not in out for i in rows]),
            (held, [i in out for i in rows]),
        ):
            if any(chosen):
                home.append(r.isel(device=np.flatnonzero(chosen)))
    return fitted, held


def _check(measured: Array) -> None:
    if measured.shape[1] < 5:
        raise FitError(
            f"{measured.shape[1]} devices; expected five or more: a random law is fitted to how "
            "devices scatter"
        )
    if np.isfinite(measured[0]).any(axis=1).sum() < 5:
        raise FitError(
            "fewer than five devices set; a random law is fitted to how their thresholds scatter"
        )


def _shown(names: tuple[str, ...], measured: Array, asked: bool) -> tuple[str, ...]:
    """Return the parameters less those that only moments nobody measured would tell.

    Raises
    ------
    FitError
        If one of them is asked for.
    """
    unseen = [n for n, k in _ONLY_IN.items() if n in names and not np.isfinite(measured[k]).any()]
    if unseen and asked:
        raise FitError(
            f"{unseen[0]}: no loop shows the state that it stands for (read at a tenth of the "
            "largest voltage, above the noise); leave it out of free, or take finer steps"
        )
    return tuple(n for n in names if n not in unseen)


def _names(
    law: Law, free: Iterable[str] | None, spread: Iterable[str] | None, several: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parameters fitted and those that vary between devices."""
    known = RANDOM.get(law.name, ((), ()))
    default = tuple(n for n in known[0] if several or n not in _NEEDS_CYCLES)
    names = default if free is None else tuple(dict.fromkeys(free))
    if not names:
        raise FitError(
            f"law {law.name!r}: which parameters to fit is not known; name them with free"
        )
    spreads = (
        tuple(n for n in known[1] if n in names) if spread is None else tuple(dict.fromkeys(spread))
    )
    for name in spreads:
        if name not in names:
            raise FitError(
                f"spread of {name!r}, which is not fitted; fitted are {', '.join(names)}"
            )
    return names, spreads


def _unknowns(
    law: Law, data: Sequence[Any], names: Sequence[str], spreads: Sequence[str]
) -> list[Free]:
    values = free_parameters(law, data, names)
    return [*values, *(_width(f) for f in values if f.name in spreads)]


def _width(of: Free) -> Free:
    """Return the spread of a parameter as an unknown; a barrier is an exponent, of which little
    makes much.
    """
    ends = (0.005, 0.1) if of.unit == "J" else (0.05, 0.8)
    low, high = math.log(ends[0]), math.log(ends[1])
    return Free(
        f"{of.name}_spread", "1", 1.0, low - math.log(5.0), high + math.log(3.0), (low, high)
    )


class _Problem:
    """Measured moments, and a twin that is to have them."""

    def __init__(self, twin: Twin, measured: Array, seed: int) -> None:
        self.twin = twin
        self.measured = measured
        self.seed = seed
        self.low, self.high = np.array([(f.lower, f.upper) for f in twin.unknowns]).T
        self.target = moments(measured)
        self.covariance = bootstrap(measured, seed)
        self.error = np.maximum(np.sqrt(np.diag(self.covariance)), _LEAST)
        there = np.isfinite(self.target) & np.isfinite(self.error)
        blind = np.array([name in _BLIND_TO for name in NAMES])
        self.used = there & ~(blind & (twin.law.name in RANDOM))
        if self.used.sum() < len(twin.unknowns):
            seen = ", ".join(NAMES[k] for k in np.flatnonzero(self.used))
            raise FitError(
                f"{len(twin.unknowns)} unknowns ({', '.join(f.name for f in twin.unknowns)}) but "
                f"{self.used.sum()} moments ({seen}); "
                "fit fewer with free, or measure more cycles"
            )

    def residual(self, u: Array) -> Array:
        """Return law minus measured, in standard errors of the latter."""
        z = (self.twin.moments(u) - self.target)[self.used] / self.error[self.used]
        return np.where(np.isfinite(z), z, _LOST)

    def jacobian(self, u: Array, central: bool = False) -> Array:
        """Return d residual / d u, by differences within the bounds."""
        columns = []
        middle = None if central else self.residual(u)
        for k, f in enumerate(self.twin.unknowns):
            step = _STEP if u[k] + _STEP <= f.upper else -_STEP
            ahead, behind = u.copy(), u.copy()
            ahead[k] += step
            behind[k] -= step if middle is None and f.lower <= u[k] - step <= f.upper else 0.0
            base = middle if middle is not None else self.residual(behind)
            columns.append((self.residual(ahead) - base) / (ahead[k] - behind[k]))
        return np.column_stack(columns)

    def solve(self, points: int, seed: int, progress: Callable[[float], None]) -> Array:
        """Return the best fit: found with few devices, then refined with all."""
        coarse = self.with_replicates(max(1, self.twin.replicates // _COARSE))
        starts = [
            u for u in coarse.starts(points, seed) if (np.abs(coarse.residual(u)) < _LOST).any()
        ]
        if not starts:
            raise FitError(
                f"law {self.twin.law.name!r} does not switch as the devices do under any "
                "parameters tried; does it SET at the sign of "
                "the data? Swap the electrodes with --flip, or fix parameters"
            )
        solutions = []
        for done, start in enumerate(starts, 1):
            solutions.append(coarse.descend(start, 15))
            progress(done / (len(starts) + 2))
        _, u = min(solutions, key=lambda pair: pair[0])
        spreads = [
            f.search[0] if f.name.endswith("_spread") else -np.inf for f in self.twin.unknowns
        ]
        return self.descend(np.maximum(u, spreads), 6)[
            1
        ]  # from a spread of nothing no slope leads away

    def with_replicates(self, replicates: int) -> _Problem:
        """Return the same problem with another number of simulated devices."""
        other = copy(self)
        other.twin = replace(self.twin, replicates=replicates)
        return other

    def descend(self, start: Array, evaluations: int) -> tuple[float, Array]:
        """Return cost and place of the minimum below a start."""
        from scipy.optimize import least_squares

        inside = np.clip(start, self.low + 1e-6, self.high - 1e-6)
        options: dict[str, Any] = {
            "jac": self.jacobian,
            "x_scale": "jac",
            "ftol": 1e-3,
            "xtol": 1e-3,
        }
        minimum = least_squares(
            self.residual, inside, bounds=(self.low, self.high), max_nfev=evaluations, **options
        )
        return float(minimum.cost), minimum.x

    def starts(self, points: int, seed: int) -> list[Array]:
        """Return the law's own values, and the best of ``points`` spread over the search range."""
        from scipy.stats import qmc

        unknowns = self.twin.unknowns
        given = self.twin.law.parameters
        own = np.array(
            [
                float(f.seen(given[f.name]) if f.name in given else np.mean(f.search))
                for f in unknowns
            ]
        )
        if not points:
            return [own]
        low, high = np.array([f.search for f in unknowns]).T
        draw = qmc.Sobol(len(unknowns), rng=np.random.default_rng(seed))
        tried = low + draw.random_base2(math.ceil(math.log2(points))) * (high - low)
        cost = [float(np.minimum(np.abs(self.residual(u)), _LOST).sum()) for u in tried]
        return [own, *(tried[i] for i in np.argsort(cost, kind="stable")[:_STARTS])]


def _held_out(
    problem: _Problem, held: Sequence[xr.Dataset], rate: float | None, u: Array
) -> float | None:
    """Return the misfit of the held devices' moments, in standard errors: those of the fitted ones,
    for as many devices.
    """
    measured = joined([observe(r) for r in held])
    loops = replace(problem.twin, programs=programs(held, rate)).loops(u)
    fitted = moments(loops.reshape(len(OBSERVABLES), -1, loops.shape[-1]))
    error = problem.error * math.sqrt(problem.measured.shape[1] / measured.shape[1])
    z = ((moments(measured) - fitted) / error)[problem.used]
    z = z[np.isfinite(z)]
    return float(np.sqrt(np.mean(z**2))) if z.size else None


def _result(
    problem: _Problem, data: Sequence[xr.Dataset], u: Array, held_out: float | None
) -> MomentFit:
    twin, used = problem.twin, problem.used
    loops = twin.loops(u)
    fitted = np.mean([moments(loops[:, k]) for k in range(twin.replicates)], axis=0)
    residual = ((fitted - problem.target) / problem.error)[used]
    simulated = loops.reshape(len(OBSERVABLES), -1, loops.shape[-1])
    covariance, misfit = _errors(problem, problem.jacobian(u, central=True), residual, simulated)
    errors = np.sqrt(np.diag(covariance))
    values, _ = twin.at(u)
    with np.errstate(invalid="ignore"):
        correlation = np.nan_to_num(covariance / np.outer(errors, errors))
    voltage = [float(f(r["voltage"].values)) for f in (np.nanmin, np.nanmax) for r in data]
    return MomentFit(
        replace(twin.law, parameters={**twin.law.parameters, **values}),
        fitted_parameters(twin.unknowns, u, errors, problem.measured.shape[1] - 1),
        tuple(f.name for f in twin.unknowns),
        correlation,
        moment_table(problem.target, problem.error, fitted, problem.used),
        problem.measured,
        simulated,
        float(np.sqrt(np.mean(residual**2))),
        misfit,
        held_out,
        (min(voltage), max(voltage)),
    )


def _errors(
    problem: _Problem, jacobian: Array, residual: Array, simulated: Array
) -> tuple[Array, float | None]:
    """Return the covariance of the unknowns, and the probability of the misfit.

    The covariance of the moments is that of the measured devices, or of as many drawn from the
    law's where that is wider: a few devices know the error of their own spread badly.
    """
    from scipy.stats import chi2

    used = problem.used
    error = problem.error[problem.used]
    drawn = bootstrap(simulated, problem.seed, problem.measured.shape[1])
    shares = [
        (1.0 + 1.0 / problem.twin.replicates) * c[np.ix_(used, used)] / np.outer(error, error)
        for c in (problem.covariance, drawn)
    ]
    bread, lost = inverse(jacobian.T @ jacobian)
    gain = bread @ jacobian.T
    measured, of_law = (gain @ share @ gain.T for share in shares)
    wider = np.sqrt(np.maximum(np.diag(of_law) / np.maximum(np.diag(measured), 1e-300), 1.0))
    covariance = measured * np.outer(wider, wider)
    covariance[lost, lost] = np.inf
    over = int(used.sum()) - jacobian.shape[1]
    if over < 1 or len(lost):
        return covariance, None
    left = np.eye(len(error)) - jacobian @ gain
    size, axes = np.linalg.eigh(left @ shares[1] @ left.T)
    remaining = axes[:, -over:]  # the rest of the directions are fitted away
    return covariance, float(chi2.sf(np.sum((remaining.T @ residual) ** 2 / size[-over:]), over))
