"""Numbers in titles, captions and labels: parameters, so that texts say what a run was made with.

A text holds ``{stack.film_thickness:nm}`` where it speaks of the film's thickness in nanometres.
"""

from __future__ import annotations

import re

from acanthite.constants import MeV, celsius, degree, keV, kV, mm, ms, mV, nm, pF, um, us
from acanthite.errors import FigureError, nearest
from acanthite.formatting import symbol
from acanthite.parameters import ParameterSet

_UNITS = {
    "nm": nm,
    "um": um,
    "mm": mm,
    "V": 1.0,
    "mV": mV,
    "kV": kV,
    "us": us,
    "ms": ms,
    "pF": pF,
    "keV": keV,
    "MeV": MeV,
    "degrees": degree,
    "degC": 1.0,
}
_FIELD = re.compile(r"\{([a-z_0-9]+\.[a-z_0-9]+):([^{}]+)\}")


def worded(text: str, parameters: ParameterSet) -> str:
    """Return a text with the parameters it speaks of.

    Parameters
    ----------
    text : str
        With fields such as ``{pulse.read_voltage:mV}``.
    parameters : ParameterSet

    Returns
    -------
    str

    Raises
    ------
    FigureError
        If a field has a unit that texts do not know.
    ParameterError
        If there is no such parameter.

    Examples
    --------
    >>> from acanthite.parameters import AG2S
    >>> worded("pulses of {pulse.write_width:us}", AG2S)
    'pulses of 1 µs'
    """
    return _FIELD.sub(lambda field: say(parameters, field[1], field[2]), text)


def say(parameters: ParameterSet, key: str, unit: str) -> str:
    """Return a parameter with its unit, as a text has it."""
    if unit not in _UNITS:
        raise FigureError(
            f"text: {{{key}:{unit}}}; expected one of {', '.join(_UNITS)}{nearest(unit, _UNITS)}"
        )
    value = parameters.value(key)
    if unit == "degC":
        value -= celsius(0.0)
    return f"{value / _UNITS[unit]:.6g} {symbol(unit)}"


def spoken_of(text: str) -> tuple[str, ...]:
    """Return the parameters a text speaks of."""
    return tuple(dict.fromkeys(field[1] for field in _FIELD.finditer(text)))
