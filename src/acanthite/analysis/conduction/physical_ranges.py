"""Physical ranges of the parameters of conduction mechanisms: a fit outside them is rejected,
however close it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from acanthite.analysis.conduction.mechanisms import Conditions
from acanthite.constants import elementary_charge, nm, um, vacuum_permittivity
from acanthite.estimate import Estimate

Range = tuple[float, float]

_PERMITTIVITY: Range = (
    1.0,
    100.0,
)  # relative; of the optical kind that emission over a barrier sees
_BARRIER: Range = (0.0, 3.5)  # V
_FILM: Range = (1 * nm, 10 * um)  # thicknesses, where none is given
_EXPONENT: Range = (
    1.9,
    12.0,
)  # of a current limited by space charge: 2 without traps, more where they fill
_HOP: Range = (0.05 * nm, 20 * nm)
_WIDTH: Range = (0.05 * nm, 20 * nm)  # of the barrier in a constriction
_MOST_AMPERES = 1e7  # thermionic emission without a barrier, 1.2e6 A/(m K)^2, at room temperature from a square centimetre
_MOST_FIELD_EMISSION = 1e10  # A/V^2, over the thinnest film from a square centimetre
_MOST_SIEMENS = 1e8  # of a square centimetre of the thinnest film


def ranges(mechanism: str, conditions: Conditions) -> dict[str, Range]:
    """Return the allowed range of each fitted or derived parameter that has one.

    Parameters
    ----------
    mechanism : str
    conditions : Conditions
    """
    barrier = {"barrier": _BARRIER}
    amperes = (0.0, _MOST_AMPERES)
    siemens = (0.0, _MOST_SIEMENS)
    return {
        "ohmic": {"conductance": siemens},
        "sclc": {"conductance": siemens, "exponent": _EXPONENT},
        "schottky": {"saturation_current": amperes, **_slope(conditions, 0.5)},
        "poole-frenkel": {"conductance": siemens, **_slope(conditions, 1.0)},
        "point-contact": {**barrier, "barrier_width": _WIDTH},
        "fowler-nordheim": {"prefactor": (0.0, _MOST_FIELD_EMISSION), "tunnel_barrier": _BARRIER},
        "hopping": {"current_scale": amperes, **_hop(conditions)},
    }[mechanism]


def _slope(conditions: Conditions, factor: float) -> dict[str, Range]:
    """Return the range of the slope of ln I against the root of V, or of the permittivity where the
    thickness is known.
    """
    if conditions.thickness is not None:
        return {"relative_permittivity": _PERMITTIVITY}
    field = elementary_charge / (np.pi * vacuum_permittivity)
    low, high = (
        factor / conditions.thermal_voltage * float(np.sqrt(field / (e * d)))
        for e, d in zip(_PERMITTIVITY[::-1], _FILM[::-1], strict=True)
    )
    return {"slope": (low, high)}


def _hop(conditions: Conditions) -> dict[str, Range]:
    """Return the range of the hop, which is no longer than the film: without its thickness, of the
    voltage.
    """
    if conditions.thickness is not None:
        return {"hop_distance": (_HOP[0], min(_HOP[1], conditions.thickness))}
    least = 2 * conditions.thermal_voltage
    return {"sinh_voltage": (least, least * _FILM[1] / _HOP[0])}


def out_of_range(numbers: Mapping[str, Estimate], allowed: Mapping[str, Range]) -> str:
    """Return which number lies outside its physical range with its whole 95 % interval; an empty
    string if none does.

    Parameters
    ----------
    numbers : mapping of str to Estimate
    allowed : mapping of str to (float, float)
    """
    for name, (low, high) in allowed.items():
        if name not in numbers:
            continue
        e = numbers[name]
        least, most = e.interval or (e.value, e.value)
        if not (most >= low and least <= high):
            unit = "" if e.unit == "1" else f" {e.unit}"
            return (
                f"{name.replace('_', ' ')} {e.value:.3g}{unit}, possible are {low:.3g} to "
                f"{high:.3g}{unit}"
            )
    return ""
