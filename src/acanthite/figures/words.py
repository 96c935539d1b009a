"""Numbers in titles, captions and labels: written as parameters, so that they say what a run was made with.

A text holds ``{stack.film_thickness:nm}`` where it speaks of the film's thickness in nanometres.
"""

from __future__ import annotations

import re

from acanthite.constants import MeV, celsius, degree, keV, mm, ms, mV, nm, pF, um, us
from acanthite.errors import FigureError, nearest
from acanthite.parameters import ParameterSet

_UNITS = {
    "nm": nm,
    "um": um,
    "mm": mm,
    "V": 1.0,
    "mV": mV,
    "us": us,
    "ms": ms,
    "pF": pF,
    "keV": keV,
    "MeV": MeV,
    "degrees": degree,
}
_CELSIUS = {"C": " C", "°C": " °C"}
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
    >>> worded("read at {pulse.read_voltage:mV}", AG2S)
    'read at 5 mV'
    """
    return _FIELD.sub(lambda found: say(parameters, found[1], found[2]), text)


def say(parameters: ParameterSet, key: str, unit: str) -> str:
    """Return a parameter with its unit, as a text has it."""
    value = parameters.value(key)
    if unit in _CELSIUS:
        return f"{value - celsius(0.0):.6g}{_CELSIUS[unit]}"
    if unit not in _UNITS:
        known = [*_UNITS, *_CELSIUS]
        raise FigureError(
            f"text: {{{key}:{unit}}}; expected one of {', '.join(known)}{nearest(unit, known)}"
        )
    return f"{value / _UNITS[unit]:.6g} {unit}"


def spoken_of(text: str) -> tuple[str, ...]:
    """Return the parameters a text speaks of."""
    return tuple(dict.fromkeys(found[1] for found in _FIELD.finditer(text)))
