"""The result of a fit of pulse laws: the population behind single devices, as a synapse with its
evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.display import Plotted
from acanthite.fitting.population import Middle, mean_correlation, middle
from acanthite.fitting.pulses import kalman_filter as pulse_filter
from acanthite.fitting.pulses.forms import Form
from acanthite.fitting.pulses.ladders import Ladder, Ladders
from acanthite.fitting.pulses.likelihood import Likelihood
from acanthite.fitting.verdict import Verdict, of_pulses
from acanthite.synapse import Evidence, PulseLaw, Synapse

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
Solved = tuple[Array, Array, float]
"""What the fit varies, its covariance, and twice the negative log-likelihood."""
_OF_READS = ("read_noise", "fluctuation", "memory")


@dataclass(frozen=True)
class PulseFit(Plotted, picture="acanthite.fitting.drawings:plot_pulse_fit"):
    """A pulse law fitted to ladders.

    Parameters
    ----------
    synapse : Synapse
        The typical device, its spreads and noise, with its evidence.
    population : mapping of str to Middle
        Of every fitted quantity, in what the fit varies: logarithms of magnitudes.
    values : mapping of str to float
        The typical device's fitted quantities, the bounds in siemens.
    read_noise : float
        Standard deviation of a read, in the data's unit.
    fluctuation : float
        Standard deviation of what comes and goes by itself between pulses, in the data's unit; 0
        where none is seen.
    memory : float
        Pulses after which it is forgotten to 1/e. [1]
    curves : xarray.Dataset
        Every device's ``value`` and ``error``, dims (device, parameter), in what the fit varies.
    residuals : xarray.Dataset
        ``level`` measured and ``mean`` response of the law without noise, dims (device, cycle,
        pulse), in the data's unit.
    rms : float
        Of the mean response about the measured one, over what was fitted, in the data's unit.
    held_out : float or None
        The same over the last cycles held out, or the last devices where each has one cycle.
    aic : float
        Akaike's criterion, small samples corrected, over all devices: of the likelihood, or of the
        mean response.
    unit : str
        Of the data.
    assumed : bool
        Whether the levels are relative and their conductances a mere assumption.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(1, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=8, down=8, repeats=2)
    ... )
    >>> found = ac.fitting.fit_pulses(
    ...     ladders, "constant-step", pulse_noise=False, fluctuation=False
    ... )
    >>> found.verdict.quality, sorted(found.summary())
    ('good', ['pulse_noise', 'size'])
    """

    synapse: Synapse
    population: Mapping[str, Middle]
    values: Mapping[str, float]
    read_noise: float
    fluctuation: float
    memory: float
    curves: xr.Dataset
    residuals: xr.Dataset
    rms: float
    held_out: float | None
    aic: float
    unit: str
    assumed: bool = False

    @property
    def correlation(self) -> Mapping[str, tuple[float, ...]]:
        """Correlations of the errors, by name, each row in the order of the names; without what the
        data do not see.
        """
        return self.synapse.evidence.correlation if self.synapse.evidence else {}

    @property
    def verdict(self) -> Verdict:
        """Whether the fit is one to go on with."""
        return of_pulses(self.residuals, self.rms, self.held_out)

    def summary(self) -> dict[str, dict[str, Any]]:
        """Return ``value``, ``error``, ``interval`` and ``device_spread`` of every fitted quantity,
        by name; bounds in siemens.
        """
        evidence = self.synapse.evidence
        assert evidence is not None
        rows = {}
        for name, value in self.values.items():
            rows[name] = {"value": value, "error": evidence.standard_error.get(name)}
            rows[name] |= {
                "interval": evidence.interval.get(name),
                "device_spread": evidence.device_spread.get(name),
            }
        return rows


def result(
    data: Ladders,
    form: Form,
    fitted: Sequence[Mapping[int, Ladder]],
    held: Sequence[tuple[int, int]],
    solutions: Sequence[Solved],
    width: float,
    fluctuating: bool = False,
) -> PulseFit:
    """Return the population behind fitted devices."""
    likelihood = Likelihood(form, [], False, fluctuating)
    names = likelihood.names
    u = np.array([s[0] for s in solutions])
    errors = np.sqrt(np.array([np.diag(s[1]) for s in solutions]))
    device = np.arange(len(u))
    population = {name: middle(u[:, k], errors[:, k], device) for k, name in enumerate(names)}
    center = np.array([m.value for m in population.values()])
    values = likelihood.values(center)
    responses = _responses(data, likelihood, fitted, u, center)
    mask = np.zeros(data.levels.shape[:2], bool)
    for d, c in held:
        mask[d, c] = True
    residuals = _dataset(data, responses)
    correlation = mean_correlation([s[1] for s in solutions])
    evidence = _evidence(data, form, population, values, correlation, residuals, fitted)
    return PulseFit(
        _synapse(data, form, population, values, evidence, width),
        population,
        _shown(data, form, values),
        values["read_noise"] * data.half,
        values.get("fluctuation", 0.0) * data.half,
        values.get("memory", 0.0),
        _table(names, u, errors),
        residuals,
        _rms(data, responses, ~mask),
        _rms(data, responses, mask) if held else None,
        _aic(solutions, names, fitted),
        data.unit,
        data.assumed,
    )


def _shown(data: Ladders, form: Form, values: Mapping[str, float]) -> dict[str, float]:
    low, high = form.window_of(values)
    ends = (
        {"conductance_min": _siemens(data, low), "conductance_max": _siemens(data, high)}
        if form.window
        else {}
    )
    return {n: v for n, v in values.items() if n not in ("lower", "upper", *_OF_READS)} | ends


def _responses(
    data: Ladders, likelihood: Any, fitted: Sequence[Any], u: Array, center: Array
) -> Array:
    """Return the mean response of every ladder, by its device's law or else the typical one's."""
    responses = np.empty_like(data.levels)
    for d in range(len(responses)):
        own = likelihood.values(u[d] if d < len(fitted) else center)
        up, down, low, high = likelihood.tables(own)
        for c in range(responses.shape[1]):
            pulse_filter.mean_response(
                data.levels[d, c, 0], data.upward, up, down, low, high, responses[d, c]
            )
    return responses


def _rms(data: Ladders, responses: Array, chosen: NDArray[np.bool_]) -> float:
    difference = (data.levels - responses)[chosen]
    return float(np.sqrt(np.nanmean(difference**2))) * data.half


def _aic(
    solutions: Sequence[Solved], names: Sequence[str], fitted: Sequence[Mapping[int, Ladder]]
) -> float:
    n = sum(int(np.isfinite(levels).sum()) for device in fitted for levels, _ in device.values())
    k = len(names) * len(solutions)
    return sum(s[2] for s in solutions) + 2 * k + 2 * k * (k + 1) / max(n - k - 1, 1)


def _dataset(data: Ladders, responses: Array) -> xr.Dataset:
    import xarray as xr

    dims = ("device", "cycle", "pulse")
    level, mean = (data.center + data.half * x for x in (data.levels, responses))
    return xr.Dataset(
        {
            "level": (dims, level, {"units": data.unit, "long_name": "measured"}),
            "mean": (dims, mean, {"units": data.unit, "long_name": "mean response of the law"}),
        },
        {"upward": ("pulse", data.upward)},
    )


def _table(names: Sequence[str], u: Array, errors: Array) -> xr.Dataset:
    import xarray as xr

    dims = ("device", "parameter")
    return xr.Dataset({"value": (dims, u), "error": (dims, errors)}, {"parameter": list(names)})


def _siemens(data: Ladders, level: float) -> float:
    low, high = data.conductance
    return low + 0.5 * (level + 1.0) * (high - low)


def _synapse(
    data: Ladders,
    form: Form,
    population: Mapping[str, Middle],
    values: Mapping[str, float],
    evidence: Evidence,
    width: float,
) -> Synapse:
    low, high = form.window_of(values)
    return form.law(
        **form.fields(values),
        **_spreads(form, population, 0.5 * (high - low)),
        conductance_min=max(_siemens(data, low), 0.0),
        conductance_max=_siemens(data, high),
        pulse_noise=values.get("pulse_noise", 0.0),
        read_noise=math.hypot(values["read_noise"], values.get("fluctuation", 0.0))
        / (0.5 * (high - low)),
        pulse_voltage=data.pulse_voltage,
        pulse_width=width,
        evidence=evidence,
    )


def _spreads(form: Form, population: Mapping[str, Middle], half: float) -> dict[str, Any]:
    """Return the device-to-device spreads as the law's own fields take them."""
    fields = form.law.__dataclass_fields__
    spreads: dict[str, Any] = {}
    logarithmic = {
        n: m.device.spread
        for n, m in population.items()
        if m.device and n in form.starts and n not in form.ends
    }
    if issubclass(form.law, PulseLaw):
        known = [n for n in form.law.parameter_names() if n in logarithmic]
        spreads["spread"] = {name: logarithmic[name] for name in known if logarithmic[name] > 0}
        if "up[0]" in logarithmic:  # a curve of knots is scaled as a whole
            for side in ("up", "down"):
                knots = [s for n, s in logarithmic.items() if n.startswith(f"{side}[")]
                spreads["spread"][side] = float(np.median(knots))
    for name in ("up", "down"):
        if f"{name}_spread" in fields and name in logarithmic:
            spreads[f"{name}_spread"] = logarithmic[name]
    for name in ("lower", "upper"):
        m = population.get(name)
        if f"{name}_spread" in fields and m and m.device:
            spreads[f"{name}_spread"] = m.device.spread / half
    return spreads


def _evidence(
    data: Ladders,
    form: Form,
    population: Mapping[str, Middle],
    values: Mapping[str, float],
    correlation: Array,
    residuals: xr.Dataset,
    fitted: Sequence[Any],
) -> Evidence:
    """Return errors, intervals and spreads in the fields' own units; the bounds' in siemens."""
    siemens = 0.5 * (data.conductance[1] - data.conductance[0])
    error = {}
    spread = {}
    interval = {}
    for name, m in population.items():
        if name in _OF_READS:
            continue
        logarithmic = name not in form.ends and name not in ("lower", "upper")
        scale = values[name] if logarithmic else siemens if name in ("lower", "upper") else 1.0
        if np.isfinite(m.error):
            error[_label(name)] = m.error * scale
            ends = tuple(_own(data, form, name, end) for end in m.interval)
            if np.isfinite(ends).all():
                interval[_label(name)] = ends
        if m.device:
            spread[_label(name)] = m.device.spread * scale
    noise = {"step": values["pulse_noise"]} if "pulse_noise" in values else {}
    n_steps = sum(levels.size - 1 for device in fitted for levels, _ in device.values())
    names = [_label(name) for name in population]
    seen = [k for k, name in enumerate(names) if name in error]
    rows = {names[k]: tuple(correlation[k, seen].round(4).tolist()) for k in seen}
    return Evidence(error, spread, noise, residuals, len(fitted), n_steps, interval, rows)


def _label(name: str) -> str:
    return {"lower": "conductance_min", "upper": "conductance_max"}.get(name, name)


def _own(data: Ladders, form: Form, name: str, u: float) -> float:
    """Return what the fit varies in the field's own unit; infinite beyond any number."""
    if name in ("lower", "upper"):
        return _siemens(data, u)
    if name in form.ends:
        return form.value(name, u)
    with np.errstate(over="ignore"):
        return float(np.exp(u))
