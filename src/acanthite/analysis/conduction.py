"""Which conduction mechanism an I-V branch follows: physical laws fitted and compared by information criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.mechanisms import MECHANISMS, Conditions
from acanthite.errors import AnalysisError, nearest
from acanthite.estimate import Estimate

Array = NDArray[np.float64]

_LEAST_SPREAD = 2e-3  # relative noise of a current; no source-measure unit is better
_GONE = 1e3  # AICc above the best from which a law is out


@dataclass(frozen=True)
class ConductionFit:
    """A mechanism fitted to a branch.

    Parameters
    ----------
    mechanism : str
    parameters : dict of str to Estimate
        With 95 % intervals.
    derived : dict of str to Estimate
        What they mean where temperature and thickness are known.
    aicc, weight : float
        Akaike's criterion, corrected for small samples, and the weight of this law among those fitted.
    decades : float
        Root mean square distance from the data, in decades of current.
    n : int
        Samples fitted.
    """

    mechanism: str
    parameters: dict[str, Estimate]
    derived: dict[str, Estimate]
    aicc: float
    weight: float
    decades: float
    n: int

    def current(self, voltage: ArrayLike) -> Array:
        """Return the current at ``voltage``, with its sign. [A]"""
        v = np.asarray(voltage, float)
        values = [p.value for p in self.parameters.values()]
        size = np.maximum(np.abs(v), np.finfo(float).tiny)
        return np.sign(v) * MECHANISMS[self.mechanism].current(size, *values)

    def __str__(self) -> str:
        numbers = {**self.parameters, **self.derived}
        text = ", ".join(
            f"{n} {e.value:.3g}" + (f" {e.unit}" if e.unit != "1" else "") for n, e in numbers.items()
        )
        return f"{self.mechanism:16s} weight {self.weight:.2f}  {self.decades:.3f} decades  {text}"


def fit_conduction(
    voltage: ArrayLike,
    current: ArrayLike,
    *,
    mechanisms: Iterable[str] = tuple(MECHANISMS),
    temperature: float = 300.0,
    thickness: float | None = None,
    noise_floor: float | None = None,
) -> list[ConductionFit]:
    r"""Fit conduction mechanisms to a branch on which the device stays in one state.

    ======================  ==========================================================================
    ohmic                   :math:`I = G V`
    sclc                    :math:`I = G V [1 + (V / V_x)^{m - 1}]`, m = 2: trap-free [1]_
    schottky                :math:`I = I_0 e^{b \sqrt V}`, :math:`b = (q / k_B T) \sqrt{q / 4 \pi \epsilon d}`
    poole-frenkel           :math:`I = G V e^{b \sqrt V}`, :math:`b = (q / k_B T) \sqrt{q / \pi \epsilon d}`
    point-contact           :math:`I = (G_0 / \alpha) \ln [(1 + e^{-\alpha (\Phi - V/2)}) / (1 + e^{-\alpha (\Phi + V/2)})]` [2]_
    fowler-nordheim         :math:`I = a V^2 e^{-b / V}`
    hopping                 :math:`I = I_0 \sinh(V / V_0)`, :math:`V_0 = 2 k_B T d / q a`
    ======================  ==========================================================================

    Residuals are those of asinh(I / c), which is a logarithm above the noise floor and linear within it, so that samples
    at the floor count for what they are worth.

    Parameters
    ----------
    voltage, current : array_like, shape (sample,)
        Of one sign of voltage; samples at zero volts and not-a-numbers are left out. [V], [A]
    mechanisms : iterable of str
    temperature : float
        [K]
    thickness : float, optional
        For the permittivity of Schottky and Poole-Frenkel and the distance of hops. [m]
    noise_floor : float, optional
        Standard deviation of the current where none flows; estimated from the lowest voltages without it. [A]

    Returns
    -------
    list of ConductionFit
        The likeliest first.

    Raises
    ------
    AnalysisError
        If a mechanism is unknown, the voltage has both signs, or fewer than eight samples stand out of the noise.

    References
    ----------
    .. [1] F.-C. Chiu, *Adv. Mater. Sci. Eng.* **2014**, 578168 (2014), :doi:`10.1155/2014/578168`.
    .. [2] E. A. Miranda, C. Walczyk, C. Wenger, T. Schroeder, *IEEE Electron Device Lett.* **31**, 609 (2010),
       :doi:`10.1109/LED.2010.2046310`; one channel, half of the voltage dropping on either side.

    Notes
    -----
    The weights take residuals as independent. Where the data leave every law in a smooth way, that is, where ``decades`` is
    well above the noise, they are surer than the data allow.
    """
    names = tuple(mechanisms)
    for name in names:
        if name not in MECHANISMS:
            raise AnalysisError(
                f"mechanism {name!r}; expected one of {', '.join(MECHANISMS)}{nearest(name, MECHANISMS)}"
            )
    v, i = _one_branch(voltage, current)
    floor = _noise(i) if noise_floor is None else abs(noise_floor)
    clear = i > 3 * floor
    if clear.sum() < 8:
        raise AnalysisError(
            f"conduction: {clear.sum()} of {i.size} samples stand out of the noise floor of {floor:.2g} A; expected at least eight"
        )
    conditions = Conditions(temperature, thickness)
    knee = max(floor / _spread(v, i, clear), 1e-6 * float(i.max()))
    fits = [_fit(name, v, i, clear, knee, conditions) for name in names]
    return _weighed(sorted(fits, key=lambda fit: fit.aicc))


def _one_branch(voltage: ArrayLike, current: ArrayLike) -> tuple[Array, Array]:
    """Return voltage and current as positive numbers, in the order of the voltage."""
    v, i = np.asarray(voltage, float).ravel(), np.asarray(current, float).ravel()
    if v.shape != i.shape:
        raise AnalysisError(f"conduction: {v.size} voltages and {i.size} currents; expected as many")
    keep = np.isfinite(v) & np.isfinite(i) & (np.abs(v) > 1e-9 * np.nanmax(np.abs(v), initial=0.0))
    v, i = v[keep], i[keep]
    sign = np.sign(v.sum())
    if not v.size or (v * sign < 0).any():
        raise AnalysisError("conduction: the voltage has both signs, or is zero; give one branch of one sign")
    order = np.argsort(v * sign, kind="stable")
    return v[order] * sign, i[order] * sign


def _noise(i: Array) -> float:
    """Return the standard deviation of the current at the lowest voltages, from second differences."""
    low = i[: max(6, i.size // 8)]
    return float(1.4826 * np.median(np.abs(np.diff(low, 2))) / np.sqrt(6)) if low.size > 2 else 0.0


def _spread(v: Array, i: Array, clear: NDArray[np.bool_]) -> float:
    """Return the relative noise of currents well above the floor."""
    second = np.diff(np.log(i[clear]), 2)
    high = second[second.size // 2 :]
    return max(float(1.4826 * np.median(np.abs(high - np.median(high))) / np.sqrt(6)), _LEAST_SPREAD)


def _fit(
    name: str, v: Array, i: Array, clear: NDArray[np.bool_], knee: float, conditions: Conditions
) -> ConductionFit:
    from scipy.optimize import least_squares

    mechanism, data = MECHANISMS[name], np.arcsinh(i / knee)
    logarithmic = np.array([log for _, log in mechanism.parameters.values()])

    def model(q: Array) -> Array:
        values = np.where(logarithmic, np.exp(np.clip(q, -300, 300)), q)
        with np.errstate(over="ignore", invalid="ignore"):
            f = mechanism.current(v, *values)
        return np.arcsinh(np.clip(np.nan_to_num(f, posinf=1e30), -1e30, 1e30) / knee)

    start = np.array(mechanism.start(v[clear], i[clear]))
    q0 = np.where(logarithmic, np.log(np.where(logarithmic, np.maximum(start, 1e-100), 1.0)), start)
    found = least_squares(lambda q: model(q) - data, q0, x_scale="jac", max_nfev=400)
    n, k = v.size, q0.size
    squares = float((found.fun**2).sum())
    aicc = n * np.log(max(squares, 1e-300) / n) + 2 * (k + 1) + 2 * (k + 1) * (k + 2) / max(n - k - 2, 1)
    f = np.maximum(np.sinh(model(found.x)) * knee, np.finfo(float).tiny)
    decades = float(np.sqrt(np.mean(np.log10(f[clear] / i[clear]) ** 2)))
    parameters = _estimates(mechanism.parameters, found.x, _covariance(found.jac, squares, n), n)
    values = {key: e.value for key, e in parameters.items()}
    derived = {key: Estimate(x, unit) for key, (x, unit) in mechanism.derived(values, conditions).items()}
    return ConductionFit(name, parameters, derived, float(aicc), 0.0, decades, n)


def _covariance(jacobian: Array, squares: float, n: int) -> Array:
    return np.linalg.pinv(jacobian.T @ jacobian) * squares / max(n - jacobian.shape[1], 1)


def _estimates(named: object, q: Array, covariance: Array, n: int) -> dict[str, Estimate]:
    from scipy.stats import t

    half = float(t.ppf(0.975, max(n - q.size, 1))) * np.sqrt(np.maximum(np.diag(covariance), 0))
    result = {}
    for (name, (unit, logarithmic)), x, h in zip(named.items(), q, half, strict=True):  # type: ignore[attr-defined]
        value, low, high = np.exp(np.clip([x, x - h, x + h], -700, 700)) if logarithmic else (x, x - h, x + h)
        result[name] = Estimate(float(value), unit, None, n, (float(low), float(high)))
    return result


def _weighed(fits: list[ConductionFit]) -> list[ConductionFit]:
    excess = np.minimum(np.array([fit.aicc for fit in fits]) - fits[0].aicc, _GONE)
    weights = np.exp(-excess / 2)
    return [replace(fit, weight=float(w)) for fit, w in zip(fits, weights / weights.sum(), strict=True)]
