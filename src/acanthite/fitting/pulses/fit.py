"""Fit pulse laws to potentiation-depression ladders: every device on its own, then the population
they come from.

The likelihood is that of a Kalman filter (:mod:`acanthite.fitting.pulses.kalman_filter`), so the
noise of a step, which stays in the device, is separated from that of a read, which does not, and
from passing fluctuations; errors are those of the likelihood's curvature. Levels run from -1 to 1
over the data while a fit runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.errors import AcanthiteError, FitError, brief
from acanthite.fitting.loops.residual import covariance
from acanthite.fitting.pulses.equivalent_laws import EQUIVALENT_LAWS, as_equivalent
from acanthite.fitting.pulses.forms import PULSE_LAWS, Form, form
from acanthite.fitting.pulses.ladders import Ladder, ladders
from acanthite.fitting.pulses.likelihood import Likelihood
from acanthite.fitting.pulses.result import PulseFit, Solved, result
from acanthite.progress import Progress, long_call, reporter
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.synapse import Synapse

Array = NDArray[np.float64]

_BETTER = 15.0  # by which twice the log-likelihood must rise for a fluctuation to be taken up: two more parameters
_HESSIAN_STEP = 3e-3
_TYPICAL = 50.0  # a device this much less likely than the first, by twice the log-likelihood, gets a search of its own


def solve(likelihood: Likelihood, starts: Sequence[Array]) -> tuple[Array, Array, float]:
    """Return the likeliest ``u``, its covariance, and twice the negative log-likelihood there."""
    from lmfit import Minimizer, Parameters

    best: tuple[float, Array] = (np.inf, starts[0])
    for start in starts:
        given = Parameters()
        for k, (name, x) in enumerate(zip(likelihood.names, start, strict=True)):
            low, high = likelihood.bounds(name)
            given.add(f"p{k}", min(max(x, low), high), min=low, max=high)

        def cost(p: Parameters) -> float:
            return likelihood(np.array([p[key].value for key in p]))

        fitter = Minimizer(cost, given, calc_covar=False)
        result: Any = fitter.minimize(method="lbfgsb")
        result = Minimizer(cost, result.params, calc_covar=False).minimize(method="lbfgsb")
        u = np.array([result.params[key].value for key in given])
        if (value := likelihood(u)) < best[0]:
            best = (value, u)
    spread = _of_mean(likelihood, best[1]) if likelihood.quiet else _covariance(likelihood, best[1])
    return best[1], spread, best[0]


def with_noises(quiet: Likelihood, solution: Solved, fluctuating: bool) -> Solved:
    """Return the fit of a mean response with the noises beside it, the likeliest under that law."""
    from scipy.optimize import minimize

    full = Likelihood(quiet.form, quiet.cycles, False, fluctuating)
    law = solution[0][:-1]
    n = len(solution[0]) - 1
    size = float(np.exp(solution[0][-1]))
    starts = [[q, 0.5 * size, *((0.5 * size, 10.0) if fluctuating else ())] for q in (0.1, 3.0)]
    noises = full.names[n:]
    bounds = [full.bounds(name) for name in noises]
    fits = [
        minimize(lambda x: full(np.r_[law, x]), np.log(s), method="L-BFGS-B", bounds=bounds)
        for s in starts
    ]
    u = np.r_[law, min(fits, key=lambda f: f.fun).x]
    whole = np.zeros((len(u), len(u)))
    whole[:n, :n] = solution[1][:n, :n]
    whole[n:, n:] = _covariance(full, u, range(n, len(u)))[n:, n:]
    return u, whole, full(u)


def _refitted(likelihood: Likelihood, solution: Solved) -> Solved:
    """Return the likeliest fit with a fluctuation, from one without."""
    full = Likelihood(likelihood.form, likelihood.cycles, False, True)
    law = solution[0][:-2]
    read = solution[0][-1]
    starts = [np.r_[law, np.log(q), read, read, np.log(10.0)] for q in (0.1, 3.0)]
    return solve(full, starts)


def _of_mean(likelihood: Likelihood, u: Array) -> Array:
    """Return the covariance of a least-squares mean response, its residuals correlated as they are."""
    columns = []
    for k, name in enumerate(likelihood.names):
        low, high = likelihood.bounds(name)
        ends = [
            np.where(np.arange(len(u)) == k, np.clip(u + d, low, high), u)
            for d in (-_HESSIAN_STEP, _HESSIAN_STEP)
        ]
        width = ends[1][k] - ends[0][k]
        columns.append((likelihood.mean(ends[1]) - likelihood.mean(ends[0])) / width)
    return covariance(np.column_stack(columns), likelihood.mean(u))


def _covariance(likelihood: Likelihood, u: Array, chosen: Sequence[int] | None = None) -> Array:
    """Return the inverse of the curvature; infinite for a parameter at its bound, not seen, or not
    chosen.
    """
    n = len(u)
    ends = np.array([likelihood.bounds(name) for name in likelihood.names])
    step = np.full(n, _HESSIAN_STEP)
    free = (u - 2 * step > ends[:, 0]) & (u + 2 * step < ends[:, 1])
    free &= np.isin(np.arange(n), np.arange(n) if chosen is None else chosen)
    where = np.flatnonzero(free)
    whole = np.zeros((n, n))
    whole[~free, ~free] = np.inf
    eye = np.eye(n) * step
    hessian = np.empty((len(where), len(where)))
    for a, i in enumerate(where):
        for b, j in enumerate(where[: a + 1]):
            signs = [(s, t) for s in (1, -1) for t in (1, -1)]
            terms = [s * t * likelihood(u + s * eye[i] + t * eye[j]) for s, t in signs]
            hessian[a, b] = hessian[b, a] = 0.5 * sum(terms) / (4 * step[i] * step[j])
    size, directions = np.linalg.eigh(hessian)
    sure = size > 1e-6
    part = (directions[:, sure] / size[sure]) @ directions[:, sure].T
    for k in np.flatnonzero((directions[:, ~sure] ** 2).sum(axis=1) > 1e-3):
        part[k, k] = np.inf
    whole[np.ix_(where, where)] = part
    return whole


def _starts(likelihood: Likelihood) -> list[Array]:
    reaches = (1.1, 0.8) if likelihood.form.window else (1.1,)
    return [likelihood.start(f, r) for r in reaches for f in (0.3, 1.0, 3.0)]


@long_call("fitting pulses")
@accepts_quantities
def fit_pulses(
    recordings: xr.Dataset | xr.DataArray,
    law: str | type[Synapse] = "soft-bounds",
    *,
    holdout: float = 0.0,
    pulse_noise: bool = True,
    fluctuation: bool | None = None,
    conductance: tuple[float, float] | None = None,
    pulse_width: float = 1e-6,
    progress: Progress = None,
) -> PulseFit:
    """Fit a pulse law to ladders of one or many devices.

    Parameters
    ----------
    recordings : xarray.Dataset or xarray.DataArray
        With ``conductance``, or ``current`` and ``voltage`` at the read, dims (device, cycle,
        pulse), and the coordinate ``pulse_voltage`` [V]; which sign potentiates, the data say.
    law : str or type of Synapse
        One of :data:`acanthite.synapse.LAWS`, or a law of one's own.
    holdout : float
        Share held out: the last cycles of every device, or the last devices where each has one
        cycle.
    fluctuation : bool, optional
        Whether the levels come and go beside the pulses; by default if that makes the first device
        much likelier.
    pulse_noise : bool
        Whether the law is fitted with its noise, by likelihood; else its mean response by least
        squares, and the noises after it. The latter follows the mean of data whose noise would
        explain any law.
    conductance : (float, float), optional
        What the data's least and largest level stand for, where the file holds relative values. [S]
    pulse_width : float
        [s]
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.

    Returns
    -------
    PulseFit

    Raises
    ------
    FitError
        If the law is unknown, an option makes no sense, or the ladders lack something.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(1, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=8, down=8, repeats=2)
    ... )
    >>> found = ac.fitting.fit_pulses(ladders, "soft-bounds", fluctuation=False)
    >>> print(f"up {found.synapse.up:.1f}, down {found.synapse.down:.1f} of the way left")
    up 0.1, down 0.1 of the way left
    """
    if fluctuation is not None and not isinstance(fluctuation, bool | np.bool_):
        raise FitError(f"fluctuation = {brief(fluctuation)}; expected True, False or None")
    if law in EQUIVALENT_LAWS:
        soft_bounds = fit_pulses(
            recordings,
            "soft-bounds",
            holdout=holdout,
            pulse_noise=pulse_noise,
            fluctuation=fluctuation,
            conductance=conductance,
            pulse_width=pulse_width,
            progress=progress,
        )
        return as_equivalent(soft_bounds, str(law))
    data = ladders(recordings, conductance)
    fitted, held = data.split(holdout)
    shape = form(law, data.n_pulses)
    import scipy.linalg  # noqa: F401  its BLAS is limited only once it is loaded

    with threads.one_for_blas():
        report = reporter(progress)
        solutions, fluctuating = _solved(shape, fitted, pulse_noise, fluctuation, report)
    return result(data, shape, fitted, held, solutions, pulse_width, fluctuating)


def _solved(
    shape: Form,
    fitted: Sequence[Mapping[int, Ladder]],
    pulse_noise: bool,
    fluctuation: bool | None,
    progress: Callable[[float], None] | None,
) -> tuple[list[Solved], bool]:
    """Return the fit of each device, and whether a fluctuation is part of it."""
    solutions: list[Solved] = []
    for done, device in enumerate(fitted, 1):
        likelihood = Likelihood(shape, [device[c] for c in device], not pulse_noise)
        solution = solve(likelihood, [solutions[0][0]] if solutions else _starts(likelihood))
        if solutions and solution[2] > _TYPICAL + solutions[0][2] * len(device) / len(fitted[0]):
            solution = min(solution, solve(likelihood, _starts(likelihood)), key=lambda s: s[2])
        solutions.append(solution)
        if progress:
            progress(done / len(fitted))
    best = [s[2] for s in solutions]  # laws fitted to the mean are ranked by what was minimised
    solutions, fluctuating = _noises(shape, fitted, solutions, not pulse_noise, fluctuation)
    if not pulse_noise:
        solutions = [
            (u, spread, value) for (u, spread, _), value in zip(solutions, best, strict=True)
        ]
    return solutions, fluctuating


def _noises(
    form: Form,
    fitted: Sequence[Mapping[int, Ladder]],
    solutions: Sequence[Solved],
    quiet: bool,
    wanted: bool | None,
) -> tuple[list[Solved], bool]:
    """Return the fits with all their noises, and whether a fluctuation is one of them."""
    likelihoods = [Likelihood(form, [device[c] for c in device], quiet) for device in fitted]

    def all_noises(k: int, fluctuating: bool) -> Solved:
        if quiet:
            return with_noises(likelihoods[k], solutions[k], fluctuating)
        return _refitted(likelihoods[k], solutions[k]) if fluctuating else solutions[k]

    if wanted is None:
        wanted = all_noises(0, True)[2] < all_noises(0, False)[2] - _BETTER
    return [all_noises(k, wanted) for k in range(len(solutions))], wanted


@long_call("comparing pulse laws")
def compare(
    recordings: xr.Dataset | xr.DataArray,
    laws: Sequence[str | type[Synapse]] | None = None,
    progress: Progress = None,
    **options: Any,
) -> dict[str, PulseFit]:
    """Fit several pulse laws, best first by Akaike's criterion.

    Parameters
    ----------
    recordings
        As in :func:`fit_pulses`.
    laws : sequence, optional
        All by default.
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.
    **options
        Of :func:`fit_pulses`.

    Returns
    -------
    dict of str to PulseFit
        Laws that cannot follow the data at all are left out.

    Raises
    ------
    FitError
        If none can.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(1, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=8, down=8, repeats=2)
    ... )
    >>> fits = ac.fitting.compare(
    ...     ladders, ["constant-step", "soft-bounds"], pulse_noise=False, fluctuation=False
    ... )
    >>> list(fits)
    ['soft-bounds', 'constant-step']
    """
    report = reporter(progress)
    fits = {}
    reasons = []
    chosen = laws or PULSE_LAWS
    for done, law in enumerate(chosen, 1):
        name = law if isinstance(law, str) else law.NAME
        try:
            fits[name] = fit_pulses(recordings, law, **options)
        except AcanthiteError as error:
            reasons.append(f"{name}: {error}")
        report(done / len(chosen))
    if not fits:
        raise FitError("; ".join(reasons))
    return dict(sorted(fits.items(), key=lambda item: item[1].aic))


__all__ = ["Ladder", "Likelihood", "PulseFit", "compare", "fit_pulses", "solve"]
