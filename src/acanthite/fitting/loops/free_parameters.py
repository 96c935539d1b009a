"""Which parameters of a law are fitted, between which bounds, and where a search for them begins."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.device import Law
from acanthite.errors import FitError, nearest
from acanthite.fitting.loops.curves import Curve

Array = NDArray[np.float64]

IDENTIFIED: Mapping[str, tuple[str, ...]] = {
    "VTEAM": ("k_off", "k_on", "alpha_off", "alpha_on", "v_off", "v_on", "r_off", "r_on"),
    "Yakopcic": ("a1", "a2", "b", "threshold_positive", "threshold_negative", "speed_positive", "speed_negative", "start"),
    "Stanford-PKU": ("i_0", "v_0", "velocity", "gamma_0", "gap_min", "gap_max"),
    "linear drift": ("mobility", "r_on", "r_off", "start"),
    "linear drift, joglekar window": ("mobility", "r_on", "r_off", "start"),
    "linear drift, biolek window": ("mobility", "r_on", "r_off", "start"),
}  # fmt: skip
"""The parameters that loops determine, by law; the rest (a thickness beside a speed, say) only
rescales these and is held.
"""

_RANGE = {"1": 0.7, "J": 0.15, "m": 0.5, "K": 0.1, "J V": 0.3}  # decades about the default, by unit
_FAR = 6.0  # decades a speed may be from its default where the law does not say how fast its state moves
_SPEEDS = (
    -2.0,
    5.0,
)  # decades about the speed that crosses the state's range in one cycle at the highest voltage
_WIDE = 1.5
_BEYOND = 1.0  # decades by which a fit may leave the range a search begins in


@dataclass(frozen=True)
class Free:
    """A fitted parameter, seen through ``u``: the logarithm of its magnitude, or itself where it
    may change sign.

    Parameters
    ----------
    name, unit : str
    sign : float
        +1 or -1, kept by the fit; 0 for a parameter fitted as it stands.
    lower, upper : float
        Bounds in ``u``.
    search : tuple of float
        Range in ``u`` a search begins in.
    """

    name: str
    unit: str
    sign: float
    lower: float
    upper: float
    search: tuple[float, float]

    def value(self, u: Array | float) -> Array:
        """Return the parameter at ``u``, in its unit."""
        if not self.sign:
            return np.asarray(u, float)
        with np.errstate(
            over="ignore"
        ):  # an interval of what is hardly seen may end beyond any number
            return self.sign * np.exp(u)

    def seen(self, value: Array | float) -> Array:
        """Return ``u`` of a parameter."""
        return np.log(np.abs(value)) if self.sign else np.asarray(value, float)


def free_parameters(
    law: Law,
    data: Sequence[Curve],
    names: Iterable[str] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
) -> list[Free]:
    """Return the parameters to fit, with bounds scaled to the data.

    Parameters
    ----------
    law : Law
        Its units say what bounds a parameter: a resistance is one the data show, a threshold a
        voltage they reach.
    data : sequence of Curve
    names : iterable of str, optional
        Those of :data:`IDENTIFIED` by default, or all of a law that is not there.
    bounds : mapping of str to (float, float), optional
        In the parameter's unit, in place of those of the data.

    Returns
    -------
    list of Free

    Raises
    ------
    FitError
        If a name is no parameter, or bounds are not two rising numbers of one sign.
    """
    default = IDENTIFIED.get(
        law.name, tuple(name for name, value in law.parameters.items() if value)
    )
    chosen = tuple(dict.fromkeys(names or default))
    bounds = bounds or {}
    for name in (*chosen, *bounds):
        if name not in law.parameters:
            raise FitError(
                f"law {law.name!r} has no parameter {name!r}{nearest(name, law.parameters)}"
            )
    for name in bounds:
        if name not in chosen:
            raise FitError(
                f"bounds of {name!r}, which is not fitted; fitted are {', '.join(chosen)}"
            )
    return [_free(law, name, data, bounds.get(name)) for name in chosen]


def _free(law: Law, name: str, data: Sequence[Curve], given: tuple[float, float] | None) -> Free:
    value = law.parameters[name]
    unit = law.sources[name].unit if name in law.sources else "1"
    if given is not None:
        return _given(name, unit, value, given)
    sign = math.copysign(1.0, value) if value else 0.0
    if not sign:
        return Free(name, unit, 0.0, -np.inf, np.inf, (-1.0, 1.0))
    known = name in law.sources
    low, high = (math.log(v) for v in _from_data(law, name, unit, data, known))
    margin = math.log(10.0) * (0.5 if unit == "V" else _BEYOND)
    return Free(name, unit, sign, low - margin, high + margin, (low, high))


def _given(name: str, unit: str, value: float, given: tuple[float, float]) -> Free:
    low, high = map(float, given)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise FitError(
            f"bounds of {name!r} are {low:g} and {high:g}; expected two rising finite numbers"
        )
    if low > 0 or high < 0:
        sign = 1.0 if low > 0 else -1.0
        ends = sorted((math.log(abs(low)), math.log(abs(high))))
        return Free(name, unit, sign, ends[0], ends[1], (ends[0], ends[1]))
    if value and low == 0.0:
        raise FitError(
            f"bounds of {name!r} begin at 0; a magnitude is fitted by its logarithm, begin above it"
        )
    return Free(name, unit, 0.0, low, high, (low, high))


def _from_data(
    law: Law, name: str, unit: str, data: Sequence[Curve], known: bool
) -> tuple[float, float]:
    """Return the range of a magnitude: what the data show for a unit they can show, else decades
    about the default.
    """
    value = abs(law.parameters[name])
    volts, amperes = (
        np.concatenate([np.abs(getattr(c, n)) for c in data]) for n in ("voltage", "current")
    )
    top = float(volts.max())
    driven = (volts > 0.1 * top) & (amperes > 0)
    if known and driven.any():
        low, high = np.percentile(volts[driven] / amperes[driven], [1.0, 99.0])
        observed = {
            "V": (0.05 * top, top),
            "ohm": (low / 2.0, 2.0 * high),
            "S": (0.5 / high, 2.0 / low),
            "A": (1e-3 * amperes.max(), 10.0 * amperes.max()),
            "1/V": (0.01 / top, 10.0 / top),
        }
        if unit in observed:
            return observed[unit]
    if "/s" in unit:
        return _speed(law, name, data)
    decades = _RANGE.get(unit, _WIDE) if known else _WIDE
    return value * 10.0**-decades, value * 10.0**decades


def _speed(law: Law, name: str, data: Sequence[Curve]) -> tuple[float, float]:
    """Return the range of a speed with which the first state crosses its range within the time a
    curve lasts.

    At a threshold far below the highest voltage the state may cross in a small part of it; hence
    the many decades up.
    """
    value = abs(law.parameters[name])
    span, fastest = _pace(law, name, float(max(np.abs(c.voltage).max() for c in data)))
    if not (0 < span < math.inf and 0 < fastest < math.inf):
        return value * 10.0**-_FAR, value * 10.0**_FAR
    lasts = float(np.median([c.segments[:, 0].sum() / np.unique(c.cycles).size for c in data]))
    wanted = value * span / lasts / fastest
    return wanted * 10.0 ** _SPEEDS[0], wanted * 10.0 ** _SPEEDS[1]


def _pace(law: Law, name: str, top: float) -> tuple[float, float]:
    """Return the range of the first state, and how fast it moves at the highest voltage of the sign
    ``name`` acts at.
    """
    state = law.states[0]
    ends = [law.parameters[b] if isinstance(b, str) else b for b in (state.lower, state.upper)]
    if ends[0] is None or ends[1] is None:
        return math.inf, math.inf
    y = np.zeros(len(law.state_names))
    for k, s in enumerate(law.states):
        y[k] = law.parameters[s.initial] if isinstance(s.initial, str) else s.initial
    y[0] = 0.5 * (ends[0] + ends[1])
    speeds = np.array(
        [[_first_rate(law, y, v, {name: factor}) for v in (-top, top)] for factor in (1.0, 2.0)]
    )
    acts = np.abs(speeds[1] - speeds[0])
    return ends[1] - ends[0], float(np.abs(speeds[0])[np.argmax(acts)]) if acts.max() > 0 else 0.0


def _first_rate(law: Law, y: Array, voltage: float, factors: Mapping[str, float]) -> float:
    p = np.array([value * factors.get(name, 1.0) for name, value in law.parameters.items()])
    rates = np.zeros((2, len(law.states)))
    law.kernel().fill_rates(y, voltage, p, rates)
    return float(rates[0, 0] - rates[1, 0] * y[0])


def filament() -> Law:
    """Return the Ag2S filament on the paper's film, with the units of what is fitted of it.

    Examples
    --------
    >>> law = ac.fitting.filament()
    >>> law.name, law.sources["migration_barrier"].unit
    ('filament', 'J')
    """
    from dataclasses import replace

    from acanthite import film
    from acanthite.device import FILAMENT, Filament
    from acanthite.parameters import AG2S, Quantity

    values = Filament.from_film(film.grow(film.Recipe.of(AG2S))).values
    values["cycle_junction"] = 0.0  # no moment that is fitted tells how widely the junction varies
    units = {
        "migration_barrier": "J",
        "nucleation_field": "J V",
        "contact_radius": "m",
        "radial_field": "J V",
        "cycle_rupture": "1",
        "hrs_conductance": "S",
    }
    sources = {
        n: Quantity(values[n], unit, "acanthite", "Ag2S twin", "fitted")
        for n, unit in units.items()
    }
    return replace(FILAMENT, parameters=values, sources=sources)
