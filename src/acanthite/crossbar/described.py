"""Results that print as one line, their values with units."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from acanthite.formatting import as_text

_PLAIN = str.maketrans("\u202f×µ−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", " xu--0123456789")
"""Signs of print as every terminal has them."""


class Described:
    """What ``repr`` shows of a result: these fields or properties by their units."""

    _units: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, **units: str) -> None:
        """Take the units of what is shown, by name."""
        cls._units = units

    def __repr__(self) -> str:
        """Return values, and of arrays the range and the shape."""
        parts = [f"{name}={_text(getattr(self, name), unit)}" for name, unit in self._units.items()]
        return f"{type(self).__name__}({', '.join(parts)})"


def _text(values: Any, unit: str) -> str:
    v = np.asarray(values, float)
    least, most = (_plain(as_text(float(end), unit)) for end in (v.min(), v.max()))
    shape = f" ({' x '.join(map(str, v.shape))})" if v.ndim else ""
    return (least if least == most else f"{least} to {most}") + shape


def _plain(text: str) -> str:
    """Return a value in letters that every terminal has."""
    words = {" x 10": "e", "Ω": "ohm", "∞": "inf", "–": "nan"}
    text = text.translate(_PLAIN)
    for letter, word in words.items():
        text = text.replace(letter, word)
    return text
