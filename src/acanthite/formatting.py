"""Numbers for people: SI prefixes, proper unit symbols, degrees, electron-volts and percents."""

from __future__ import annotations

import math
import re

from acanthite.constants import degree, eV, hour, minute, nm, sccm

__all__ = ["as_text", "duration", "percent", "points", "symbol"]

_PREFIXES = dict(zip(range(-18, 15, 3), [*"afpnµm", "", *"kMGT"], strict=True))
_PREFIXED = {*"VASJWFsmΩ", "Pa", "V/s", "m/s", "Ω\u202fm", "eV", "eV\u202fV"}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SPACE = "\u202f"  # narrow and unbreakable
_ATOMIC = 100 * eV  # an energy below this is one of an atom, given in eV
_SLOW = 1e-8  # m/s; a speed below this is a growth rate, given in nm/min
_SYMBOLS = (
    (re.compile(r"ohm\b"), "Ω"),
    (re.compile(r"\bdegrees?\b"), "°"),
    (re.compile(r"\bdegC\b"), "°C"),
    (re.compile(r"(?<![A-Za-z])u(?=[A-ZsmgΩ])"), "µ"),
    (re.compile(r"\^(-?\d+)"), lambda power: power[1].translate(_SUPERSCRIPT)),
    (re.compile(r"^1/([A-Za-zΩµ]+)([⁰¹²³⁴⁵⁶⁷⁸⁹]*)$"), lambda one: f"{one[1]}⁻{one[2] or '¹'}"),
    (re.compile(r"[ *]"), _SPACE),
)


def symbol(unit: str) -> str:
    r"""Return a unit as print has it.

    Parameters
    ----------
    unit : str
        In plain letters; ``"1"`` for a pure number.

    Returns
    -------
    str

    Examples
    --------
    >>> [symbol(unit) for unit in ("uA", "ohm m", "mm^2", "1/m^3", "degC", "1")]
    ['µA', 'Ω\u202fm', 'mm²', 'm⁻³', '°C', '']
    """
    if unit == "1":
        return ""
    for pattern, put in _SYMBOLS:
        unit = pattern.sub(put, unit)
    return unit


def as_text(value: float | None, unit: str = "1", digits: int = 3) -> str:
    r"""Return a value in SI as a person would write it.

    Parameters
    ----------
    value : float or None
        [``unit``]; None and not-a-number give a dash.
    unit : str
        SI without prefixes, ``"1"`` for a pure number.
    digits : int
        Significant digits.

    Returns
    -------
    str

    Examples
    --------
    >>> as_text(0.0228, "V")
    '22.8\u202fmV'
    """
    if value is None or math.isnan(value):
        return "–"
    value, unit = _familiar(value, unit)
    unit = symbol(unit)
    if math.isinf(value):
        return f"{'−' if value < 0 else ''}∞{_SPACE if unit else ''}{unit}"
    if unit in _PREFIXED:
        number, prefix = _prefixed(value, digits)
        return f"{number}{_SPACE}{prefix}{unit}"
    number = _number(value, 5 if unit == "K" and value >= 100 else digits)
    return number + unit if unit in ("", "°") else f"{number}{_SPACE}{unit}"


def percent(value: float, digits: int = 3) -> str:
    """Return a share in percent; of shares near one, a digit more keeps 99.99 % apart from 100 %."""
    return f"{_number(100 * value, max(digits, 4) if abs(value) > 0.99 else digits)}{_SPACE}%"


def points(share: float) -> str:
    """Return a share or a difference of shares in points of per cent, to a hundredth of one.

    Examples
    --------
    >>> points(0.974), points(-0.0012)
    ('97.40', '−0.12')
    """
    return f"{round(100 * share, 2) + 0.0:.2f}".replace("-", "−")


def duration(seconds: float) -> str:
    """Return a run time: ``< 0.1 s``, ``0.42 s``, ``12 s``, ``3 min 05 s``, ``1 h 02 min``."""
    if seconds < 0.1:
        return f"<{_SPACE}0.1{_SPACE}s"
    if seconds < 10 and seconds != round(seconds):
        return f"{seconds:.2g}{_SPACE}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{_SPACE}s"
    if whole < 3600:
        return f"{whole // 60}{_SPACE}min {whole % 60:02d}{_SPACE}s"
    return f"{whole // 3600}{_SPACE}h {whole % 3600 // 60:02d}{_SPACE}min"


def _familiar(value: float, unit: str) -> tuple[float, str]:
    """Trade the SI unit for the one such a value is given in."""
    if unit == "rad":
        return value / degree, "°"
    if unit in ("J", "J V") and 0 < abs(value) < _ATOMIC:
        return value / eV, unit.replace("J", "eV")
    if unit == "m^3/s":
        return value / sccm, "sccm"
    if unit == "m/s" and 0 < abs(value) < _SLOW:
        return value / (nm / minute), "nm/min"
    if unit == "s" and abs(value) >= 2 * minute and math.isfinite(value):
        return (value / hour, "h") if abs(value) >= hour else (value / minute, "min")
    return value, unit


def _prefixed(value: float, digits: int) -> tuple[str, str]:
    if value == 0:
        return "0", ""
    rounded = float(f"{value:.{digits - 1}e}")
    exponent = 3 * math.floor(math.log10(abs(rounded)) / 3 + 1e-12)
    if exponent not in _PREFIXES:
        return _number(value, digits), ""
    return _plain(rounded / 10.0**exponent, digits), _PREFIXES[exponent]


def _number(value: float, digits: int) -> str:
    """Plain between 0.001 and 100 000, else with a power of ten."""
    if value == 0 or 1e-3 <= abs(value) < 99999.5:
        return _plain(value, digits)
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPT)
    mantissa = _plain(float(mantissa), digits)
    return power if mantissa == "1" else f"{mantissa}{_SPACE}×{_SPACE}{power}"


def _plain(value: float, digits: int) -> str:
    rounded = float(f"{value:.{digits - 1}e}")
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(rounded)))) if rounded else 0
    text = f"{rounded:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")
