"""Numbers for people: SI prefixes, degrees and electron-volts, percents where a claim is a share."""

from __future__ import annotations

import math

from acanthite.claims import Claim
from acanthite.constants import degree, eV, hour, minute, nm, sccm

__all__ = ["as_published", "as_text", "claimed", "duration"]

_PREFIXES = {
    -18: "a",
    -15: "f",
    -12: "p",
    -9: "n",
    -6: "µ",
    -3: "m",
    0: "",
    3: "k",
    6: "M",
    9: "G",
    12: "T",
}
_PREFIXED = {
    "V",
    "A",
    "S",
    "J",
    "W",
    "F",
    "s",
    "m",
    "Pa",
    "ohm",
    "Ω",
    "V/s",
    "m/s",
    "ohm m",
    "eV",
    "eV V",
}
_SYMBOLS = {
    "ohm": "Ω", "ohm m": "Ω\u202fm", "m^2": "m²", "m^4/s": "m⁴/s", "1/s": "s⁻¹",
    "1/m": "m⁻¹", "eV V": "eV\u202fV",
}  # fmt: skip
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SPACE = "\u202f"  # narrow and unbreakable
_ATOMIC = 100 * eV  # an energy below this is one of an atom, told in eV
_SLOW = 1e-8  # m/s; a speed below this is a growth rate, told in nm/min


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
    if math.isinf(value):
        number, prefix = ("−∞" if value < 0 else "∞"), ""
    elif unit in _PREFIXED:
        number, prefix = _prefixed(value, digits)
    else:
        number, prefix = _number(value, 5 if unit == "K" and value >= 100 else digits), ""
    if unit in ("1", "°"):
        return number + unit.removeprefix("1")
    return f"{number}{_SPACE}{prefix}{_SYMBOLS.get(unit, unit)}"


def claimed(claim: Claim, value: float | None, spread: bool = False) -> str:
    """Return a value of a claim as the claim is best read: yes or no, a percentage, or :func:`as_text`.

    Parameters
    ----------
    claim : Claim
    value : float or None
        [claim's unit]
    spread : bool
        True if the value is a spread, which is never a yes or a no.
    """
    if value is None or math.isnan(value):
        return "–"
    if _is_yes_or_no(claim) and value in (0.0, 1.0):
        return "–" if spread else ("yes" if value else "no")
    if _is_share(claim):
        return _percent(value)
    return as_text(value, claim.unit)


def as_published(claim: Claim) -> str:
    """Return what the paper says: its number, or its words where it states none."""
    return f"“{claim.as_stated}”" if claim.published is None else claimed(claim, claim.published)


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


def _is_yes_or_no(claim: Claim) -> bool:
    return claim.unit == "1" and claim.published == claim.rule.low == claim.rule.high == 1.0


def _is_share(claim: Claim) -> bool:
    """A fraction of something: below one as published, or "at least 95 % of them"."""
    tendency = claim.published == claim.rule.high == 1.0 and claim.rule.low >= 0.95
    small = abs(claim.rule.high if claim.published is None else claim.published) < 1
    return claim.unit == "1" and (small or tendency)


def _percent(value: float) -> str:
    # four digits keep 99.99 % apart from 100 %
    return f"{_number(100 * value, 4 if abs(value) > 0.99 else 3)}{_SPACE}%"


def _familiar(value: float, unit: str) -> tuple[float, str]:
    """Trade the SI unit for the one such a value is told in."""
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
