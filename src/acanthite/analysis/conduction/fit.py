"""Which conduction mechanism an I-V branch follows, if any: physical laws fitted, those that cannot
be it left out, the rest weighed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.conduction.mechanisms import MECHANISMS, Conditions, Mechanism
from acanthite.analysis.conduction.physical_ranges import out_of_range, ranges
from acanthite.analysis.conduction.result import ConductionFit, ConductionFits
from acanthite.analysis.floats import floats
from acanthite.analysis.sweeps.roughness import (
    chance_of_course,
    correlation,
    floor_of,
    roughness,
    scatter,
)
from acanthite.errors import AnalysisError, nearest
from acanthite.estimate import Estimate
from acanthite.quantities import accepts_quantities

Array = NDArray[np.float64]

_LEAST_SPREAD = 2e-3  # relative noise of a current; no source-measure unit is better
_REACH = 1e-12  # of the largest current: what an instrument in one range does not see
_GONE = 500.0  # logarithm of a weight below which it counts as zero
_BLIND = 1e-10  # of the largest curvature: what finite differences cannot resolve from zero
_REFINED = 2  # starts
_LEAST = 8  # samples out of the noise
_CLOSE = 0.02  # decades by which a law may miss a branch and still describe it, however quiet the instrument
_DOUBT = 3.5  # standard errors, about 1 / sqrt(n) each, by which noise estimated from n samples may be too low
_CHANCE = 1e-4  # of a smooth course of residuals, below which it is none
_OUTSTANDING = 10.0  # times the noise floor, from which a current counts in decades
_OHMIC_PRIOR = 20.0  # to one of each other law, most of which hold it as a limit


@accepts_quantities
def fit_conduction(
    voltage: ArrayLike,
    current: ArrayLike,
    *,
    mechanisms: Iterable[str] = tuple(MECHANISMS),
    temperature: float = 300.0,
    thickness: float | None = None,
    noise_floor: float | None = None,
) -> ConductionFits:
    r"""Fit conduction mechanisms to a branch on which the device stays in one state, and say which
    one describes it, if any.

    ======================  ==========================================================================
    ohmic                   :math:`I = G V`
    sclc                    :math:`I = G V [1 + (V / V_x)^{m - 1}]`, m = 2: trap-free [1]_
    schottky                :math:`I = I_0 e^{b \sqrt V}`, :math:`b = (q / k_B T) \sqrt{q / 4 \pi \epsilon d}`
    poole-frenkel           :math:`I = G V e^{b \sqrt V}`, :math:`b = (q / k_B T) \sqrt{q / \pi \epsilon d}`
    point-contact           :math:`I = (G_0 / \alpha) \ln [(1 + e^{-\alpha (\Phi - V/2)}) / (1 + e^{-\alpha (\Phi + V/2)})]` [2]_
    fowler-nordheim         :math:`I = a V^2 e^{-b / V}`, :math:`b = 8 \pi \sqrt{2 m_e} \Phi^{3/2} d / 3 q h`
    hopping                 :math:`I = I_0 \sinh(V / V_0)`, :math:`V_0 = 2 k_B T d / q a`
    ======================  ==========================================================================

    The keys of :attr:`ConductionFit.parameters`, in the order of the formulas:

    ======================  ==========================================================================
    ohmic                   ``conductance`` G [S]
    sclc                    ``conductance`` G [S], ``crossover_voltage`` V_x [V], ``exponent`` m [1]
    schottky                ``saturation_current`` I_0 [A], ``slope`` b [V^-1/2]
    poole-frenkel           ``conductance`` G [S], ``slope`` b [V^-1/2]
    point-contact           ``steepness`` α [1/V], ``barrier`` Φ [V]
    fowler-nordheim         ``prefactor`` a [A/V^2], ``field_voltage`` b [V]
    hopping                 ``current_scale`` I_0 [A], ``sinh_voltage`` V_0 [V]
    ======================  ==========================================================================

    Residuals are those of asinh(I / c), which is a logarithm above the noise floor and linear
    within it, so that samples at the floor count for what they are worth.

    Parameters
    ----------
    voltage, current : array_like, shape (sample,)
        Of one sign of voltage; samples at zero volts and not-a-numbers are left out. [V], [A]
    mechanisms : iterable of str
    temperature : float
        [K]
    thickness : float, optional
        For permittivities, the distance of hops and tunnel barriers; their ranges are narrower
        where it is known. [m]
    noise_floor : float, optional
        Standard deviation of the current where none flows; estimated from the lowest voltages
        without it. [A]

    Returns
    -------
    ConductionFits
        Those that may describe the branch first, the likeliest of them first of all.

    Raises
    ------
    AnalysisError
        If a mechanism is unknown, a temperature, thickness or noise floor makes no sense, the
        voltage has both signs, or fewer than eight samples stand out of the noise.

    References
    ----------
    .. [1] F.-C. Chiu, *Adv. Mater. Sci. Eng.* **2014**, 578168 (2014), :doi:`10.1155/2014/578168`.
    .. [2] E. A. Miranda, C. Walczyk, C. Wenger, T. Schroeder, *IEEE Electron Device Lett.* **31**, 609 (2010),
       :doi:`10.1109/LED.2010.2046310`; one channel, half of the voltage dropping on either side.

    Notes
    -----
    A law is left out, with its reason in ``trouble``, where a number is out of its physical range
    with its whole 95 % interval (:mod:`acanthite.analysis.conduction.physical_ranges`), or where it
    is off the data by more than 0.02 decades and either by more than their noise accounts for or in
    a smooth course, which noise does not take. The noise is how samples scatter about a smooth
    course. Weights of the others are Akaike's over the effective number of samples,
    :math:`n (1 - \rho) / (1 + \rho)`, with the first autocorrelation of what the best law leaves.
    Ohmic conduction, a limit of most of the others, counts twenty times.

    Examples
    --------
    >>> import numpy as np
    >>> v = np.linspace(0.01, 0.5, 50)
    >>> fits = ac.analysis.fit_conduction(
    ...     v, 1e-6 * np.sinh(v / 0.1), mechanisms=["ohmic", "hopping"]
    ... )
    >>> fits.best.mechanism
    'hopping'
    """
    names = _known(mechanisms)
    conditions = _conditions(temperature, thickness)
    branch = _branch(voltage, current, noise_floor)
    fitted = [_fit(name, branch, conditions) for name in names]
    noise = min(scatter(branch.v, f.residual) for f in fitted)
    rho = correlation(min(fitted, key=lambda f: f.squares).residual)
    judged = [_judged(f, branch, max(noise, _LEAST_SPREAD), rho, conditions) for f in fitted]
    return ConductionFits(_weighed(judged), noise / float(np.log(10)), rho)


def _known(mechanisms: Iterable[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(mechanisms))
    for name in names:
        if name not in MECHANISMS:
            raise AnalysisError(
                f"mechanism {name!r}; expected one of "
                f"{', '.join(MECHANISMS)}{nearest(name, MECHANISMS)}"
            )
    if not names:
        raise AnalysisError(f"no mechanism given; expected one or more of {', '.join(MECHANISMS)}")
    return names


def _conditions(temperature: float, thickness: float | None) -> Conditions:
    for name, value, unit in (("temperature", temperature, "K"), ("thickness", thickness, "m")):
        if value is not None and not 0 < value < np.inf:
            raise AnalysisError(f"{name} = {value!r} {unit}; expected a number above zero")
    return Conditions(temperature, thickness)


@dataclass(frozen=True)
class _Branch:
    """Samples in the order of the voltage, both positive, and what is known of their noise.

    ``clear`` stand out of it; ``knee`` is the current at which its absolute and its relative part
    are alike. [A]
    """

    v: Array
    i: Array
    clear: NDArray[np.bool_]
    floor: float
    spread: float

    @property
    def knee(self) -> float:
        return self.floor / self.spread

    @property
    def data(self) -> Array:
        return np.arcsinh(self.i / self.knee)


def _branch(voltage: ArrayLike, current: ArrayLike, noise_floor: float | None) -> _Branch:
    v, i = _one_branch(voltage, current)
    if noise_floor is not None and not np.isfinite(noise_floor):
        raise AnalysisError(f"noise_floor = {noise_floor!r} A; expected a current")
    floor = floor_of(v, i) if noise_floor is None else abs(noise_floor)
    floor = max(floor, _REACH * float(np.abs(i).max()), np.finfo(float).tiny)
    clear = i > 3 * floor
    if clear.sum() < _LEAST:
        raise AnalysisError(
            f"conduction: {clear.sum()} of {i.size} samples stand out of the noise floor of "
            f"{floor:.2g} A; expected at least eight"
        )
    high = np.flatnonzero(clear)
    high = high[high.size // 2 :] if high.size >= 2 * _LEAST else high
    spread = max(roughness(np.log(v[high]), np.log(i[high] / v[high])), _LEAST_SPREAD)
    return _Branch(v, i, clear, floor, spread)


def _one_branch(voltage: ArrayLike, current: ArrayLike) -> tuple[Array, Array]:
    """Return voltage and current as positive numbers, in the order of the voltage."""
    v, i = floats(voltage, "voltage").ravel(), floats(current, "current").ravel()
    if v.shape != i.shape:
        raise AnalysisError(
            f"conduction: {v.size} voltages and {i.size} currents; expected as many"
        )
    keep = np.isfinite(v) & np.isfinite(i)
    v, i = v[keep], i[keep]
    keep = np.abs(v) > 1e-9 * np.abs(v).max(initial=0.0)
    v, i = v[keep], i[keep]
    sign = np.sign(v.sum())
    if not v.size or (v * sign < 0).any():
        raise AnalysisError(
            "conduction: the voltage has both signs, or is zero; give one branch of one sign"
        )
    order = np.lexsort((i * sign, v * sign))  # so that the order of rows leaves no trace
    return v[order] * sign, i[order] * sign


@dataclass(frozen=True)
class _Fitted:
    """A law at its least squares: parameters as they are fitted, residuals, their squares, and the
    Jacobian.
    """

    name: str
    q: Array
    residual: Array
    squares: float
    jacobian: Array


def _model(
    mechanism: Mechanism, branch: _Branch, q: Array, logarithmic: NDArray[np.bool_]
) -> Array:
    values = np.where(logarithmic, np.exp(np.clip(q, -300, 300)), q)
    with np.errstate(over="ignore", invalid="ignore"):
        f = mechanism.current(branch.v, *values)
    return np.arcsinh(np.clip(np.nan_to_num(f, posinf=1e30), -1e30, 1e30) / branch.knee)


def _fit(name: str, branch: _Branch, conditions: Conditions) -> _Fitted:
    """Return the least squares of a law, refined from the two best of its starts."""
    from scipy.optimize import least_squares

    mechanism = MECHANISMS[name]
    data = branch.data
    logarithmic = np.array([log for _, log in mechanism.parameters.values()])

    def residual(q: Array) -> Array:
        return _model(mechanism, branch, q, logarithmic) - data

    starts = [
        np.where(logarithmic, np.log(np.where(logarithmic, np.maximum(start, 1e-100), 1.0)), start)
        for start in mechanism.starts(branch.v[branch.clear], branch.i[branch.clear])
    ]
    ranked = sorted(starts, key=lambda q: float((residual(q) ** 2).sum()))
    fits = [
        least_squares(residual, q, x_scale="jac", method="lm", max_nfev=600)
        for q in ranked[:_REFINED]
    ]
    best = min(fits, key=lambda f: f.cost)
    return _Fitted(name, best.x, best.fun, float((best.fun**2).sum()), best.jac)


def _judged(
    fitted: _Fitted, branch: _Branch, noise: float, rho: float, conditions: Conditions
) -> ConductionFit:
    mechanism = MECHANISMS[fitted.name]
    n, k = branch.v.size, fitted.q.size
    effective = n * (1 - rho) / (1 + rho)
    criterion = effective * np.log(max(fitted.squares / n, 1e-300))
    criterion += 2 * (k + 1) + 2 * (k + 1) * (k + 2) / max(n - k - 2, 1)
    own = correlation(fitted.residual)
    covariance = _covariance(fitted.jacobian, fitted.squares, n) * (1 + own) / (1 - own)
    parameters = _estimates(mechanism, fitted.q, covariance, n)
    derived = _derived(mechanism, parameters, conditions)
    decades, accounted = _distance(fitted, branch, noise)
    allowed = max(_CLOSE, accounted * (1 + _DOUBT / np.sqrt(n)))
    trouble = out_of_range({**parameters, **derived}, ranges(fitted.name, conditions))
    if not trouble and decades > allowed:
        trouble = f"off by {decades:.2g} decades, where the noise accounts for {accounted:.2g}"
    elif not trouble and decades > _CLOSE and chance_of_course(fitted.residual) < _CHANCE:
        trouble = f"off by {decades:.2g} decades in a smooth course, which noise does not take"
    return ConductionFit(
        fitted.name, parameters, derived, float(criterion), 0.0, decades, n, trouble
    )


def _distance(fitted: _Fitted, branch: _Branch, noise: float) -> tuple[float, float]:
    """Return how far a law is off the samples where it or they stand out of the noise, and what
    their noise accounts for, in decades.

    Decades are those of asinh(I / c) with c at three times the noise floor, below which they would
    be decades of nothing.
    """
    c = 3 * branch.floor
    f = np.sinh(fitted.residual + branch.data) * branch.knee
    outstanding = np.maximum(branch.i, f) > _OUTSTANDING * branch.floor
    if outstanding.sum() < _LEAST:
        outstanding |= branch.clear
    i = branch.i[outstanding]
    f = f[outstanding]
    off = np.arcsinh(f / c) - np.arcsinh(i / c)
    scatter = np.hypot(noise * i, branch.floor) / np.hypot(i, c)
    decades, accounted = (float(np.sqrt(np.mean(x**2))) / float(np.log(10)) for x in (off, scatter))
    return decades, accounted


def _covariance(jacobian: Array, squares: float, n: int) -> Array:
    """Return the covariance of the parameters; what the samples do not see, or only together with
    another, has an infinite variance.
    """
    size = np.sqrt((jacobian**2).sum(axis=0))
    seen = size > _BLIND * float(size.max(initial=np.finfo(float).tiny))
    jacobian, size = np.where(seen, jacobian, 0.0), np.where(seen, size, 1.0)
    power, directions = np.linalg.eigh((jacobian / size).T @ (jacobian / size))
    clear = power > _BLIND * power[-1]
    part = (directions[:, clear] / power[clear]) @ directions[:, clear].T
    covariance = part / np.outer(size, size) * squares / max(n - jacobian.shape[1], 1)
    lost = (directions[:, ~clear] ** 2).sum(axis=1) > 1e-3
    covariance[lost, lost] = np.inf
    return covariance


def _estimates(mechanism: Mechanism, q: Array, covariance: Array, n: int) -> dict[str, Estimate]:
    from scipy.stats import t

    half = float(t.ppf(0.975, max(n - q.size, 1))) * np.sqrt(np.maximum(np.diag(covariance), 0))
    result = {}
    for (name, (unit, logarithmic)), x, h in zip(
        mechanism.parameters.items(), q, half, strict=True
    ):
        value, low, high = (
            np.exp(np.clip([x, x - h, x + h], -700, 700)) if logarithmic else (x, x - h, x + h)
        )
        if logarithmic and h >= 1:
            low = 0.0  # known to no better than itself: it may as well not be there
        result[name] = Estimate(float(value), unit, None, n, (float(low), float(high)))
    return result


def _derived(
    mechanism: Mechanism, parameters: dict[str, Estimate], conditions: Conditions
) -> dict[str, Estimate]:
    """Return what parameters mean, with how far it goes while each of them goes through its
    interval.
    """
    values = {name: e.value for name, e in parameters.items()}
    derived = mechanism.derived(values, conditions)
    reach = {name: [x] for name, (x, _) in derived.items()}
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):  # an end may be zero
        for name, e in parameters.items():
            for end in e.interval or ():
                altered = {**values, name: np.float64(end)}
                for key, (x, _) in mechanism.derived(altered, conditions).items():
                    reach[key].append(x)
    return {
        key: Estimate(
            x, unit, None, 1, (float(np.nanmin(reach[key])), float(np.nanmax(reach[key])))
        )
        for key, (x, unit) in derived.items()
    }


def _weighed(fits: list[ConductionFit]) -> tuple[ConductionFit, ...]:
    """Return the fits with their weights, those that describe the branch first."""
    others = sorted((f for f in fits if not f.describes), key=lambda f: f.aicc)
    able = [f for f in fits if f.describes]
    if not able:
        return tuple(others)
    score = np.array(
        [-f.aicc / 2 + (np.log(_OHMIC_PRIOR) if f.mechanism == "ohmic" else 0.0) for f in able]
    )
    weights = np.exp(np.maximum(score - score.max(), -_GONE))
    weighed = [
        replace(f, weight=float(w)) for f, w in zip(able, weights / weights.sum(), strict=True)
    ]
    return (*sorted(weighed, key=lambda f: -f.weight), *others)
