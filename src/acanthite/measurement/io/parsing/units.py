"""Units as lab files write them, and what a column's name says: its quantity, its unit, its place
in a series.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PREFIXES = {
    "": 1.0, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "\u00b5": 1e-6, "\u03bc": 1e-6, "m": 1e-3,
    "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
}  # fmt: skip
_PREFIXED = ("V", "A", "s", "S", "Ω", "\u2126", "Ohm", "ohm", "W", "F", "Hz", "J")
_SPELLED = {
    "volt": ("V", 1.0), "volts": ("V", 1.0), "amp": ("A", 1.0), "amps": ("A", 1.0), "ampere": ("A", 1.0),
    "amperes": ("A", 1.0), "sec": ("s", 1.0), "second": ("s", 1.0), "seconds": ("s", 1.0), "min": ("s", 60.0),
    "h": ("s", 3600.0), "hour": ("s", 3600.0), "hours": ("s", 3600.0), "siemens": ("S", 1.0), "ohms": ("Ω", 1.0),
    "1": ("1", 1.0), "%": ("1", 0.01), "a.u.": ("1", 1.0), "K": ("K", 1.0),
}  # fmt: skip
_OHM = {"Ω": "Ω", "\u2126": "Ω", "Ohm": "Ω", "ohm": "Ω"}

QUANTITIES = {
    "voltage": "V", "current": "A", "time": "s", "conductance": "S", "resistance": "Ω", "pulse_voltage": "V",
    "pulse_width": "s",
}  # fmt: skip
"""The quantities a column can be, with their SI units."""

COUNTERS = ("device", "cycle", "pulse", "direction", "up", "down", "lrs", "hrs")
"""What a column may count or distinguish."""

_NAMES = {
    "voltage": "v u voltage volt volts bias",
    "current": "i current curr",
    "time": "t time timestamp elapsed elapsed_time relative_time",
    "conductance": "g conductance cond weight",
    "resistance": "r resistance res",
    "pulse_voltage": "pulse_voltage pulse_amplitude write_voltage vpulse v_pulse amplitude",
    "pulse_width": "pulse_width pulsewidth width t_pulse tpulse pw",
    "pulse": "pulse pulse_number pulse_no pulse_index pulse# n_pulse",
    "device": "device cell dut device_id sample_id device_name",
    "cycle": "cycle cycles run loop iteration repeat cycle_number cycle_no cycle# n_cycle",
    "direction": "direction polarity",
    "up": "up potentiation ltp",
    "down": "down depression ltd",
}
_EXACT = {name: role for role, names in _NAMES.items() for name in names.split()}


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> tuple[str, float] | None:
    """Return the SI unit and the factor to it, or None where ``text`` is no unit.

    Parameters
    ----------
    text : str
        Such as ``mV``, ``µA``, ``kOhm``, ``min``, ``1``.

    Returns
    -------
    tuple of (str, float) or None
    """
    text = text.strip()
    for unit in _PREFIXED:
        if text.endswith(unit) and text[: -len(unit)] in _PREFIXES:
            return _OHM.get(unit, unit), _PREFIXES[text[: -len(unit)]]
    return _SPELLED.get(text) or _SPELLED.get(text.lower())


@dataclass(frozen=True)
class Column:
    """What a column's name says.

    Parameters
    ----------
    name : str
        As in the file.
    base : str
        Without unit and index.
    unit : str
        As written, or empty.
    index : str
        Such as ``[1][2]`` or ``(3)``: which repetition a column belongs to.
    """

    name: str
    base: str
    unit: str = ""
    index: str = ""

    @property
    def role(self) -> str:
        """What the column holds: a key of ``QUANTITIES``, one of ``COUNTERS``, or empty."""
        return _role(self)[0]

    @property
    def terminal(self) -> str:
        """What is left of the name without its letter for voltage or current: ``A`` of ``AV``,
        ``AI``.
        """
        return _role(self)[1]


def parse_column(name: str) -> Column:
    """Return what a column's name says.

    Parameters
    ----------
    name : str
        Such as ``V (mV)``, ``I [A]``, ``Current/A``, ``current_mA``, ``Smu1.V[1][1]``,
        ``DrainI(2)``.

    Returns
    -------
    Column
    """
    text = name.strip().strip("\"'").strip()
    if (match := re.fullmatch(r"(.+?)((?:\[\d+\])+|\(\d+\))", text)) is not None:
        inner = parse_column(match[1])
        return Column(name, inner.base, inner.unit, match[2])
    for pattern in (
        r"(.*?)\s*[(\[{]\s*([^()\[\]{}]+?)\s*[)\]}]",
        r"(.+?)\s*/\s*(\S+)",
        r"(.+)_([^_\s]+)",
    ):
        match = re.fullmatch(pattern, text)
        if (
            match
            and parse_unit(match[2])
            and (match[2] not in ("1", "h") or pattern.startswith("(.*?)"))
        ):
            return Column(name, match[1].strip() or match[2], match[2])
    if parse_unit(text) and not text[:1].isdigit() and text != "S":
        return Column(name, text, text if text in ("V", "A", "s", "Ω") or len(text) > 1 else "")
    return Column(name, text)


_WORDS = ("item", "iter")  # they begin like a current


@lru_cache(maxsize=4096)
def _role(column: Column) -> tuple[str, str]:
    base = re.sub(r"[\s_-]+", "_", column.base.strip())
    head, dot, last = base.rpartition(".")
    known = parse_unit(column.unit) if column.unit else None
    is_other = known is not None and known[0] not in {*QUANTITIES.values(), "1"}  # T (K) is no time
    if (exact := _EXACT.get(last.lower())) and not is_other:
        return exact, head + dot
    if last.lower() in _WORDS:
        return "", head + dot + last
    by_unit = next((q for q, unit in QUANTITIES.items() if known and known[0] == unit), "")
    for letter, role in (("V", "voltage"), ("I", "current")):
        if by_unit not in ("", role):
            continue
        if match := (
            re.fullmatch(rf"([A-Za-z0-9]+?)_?{letter}", last)
            or re.fullmatch(rf"{letter}_?([A-Za-z]{{1,3}}\d*|\d+)", last)
        ):
            return role, head + dot + match[1]
    return by_unit, head + dot + last
