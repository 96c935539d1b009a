"""Knobs: a number with bounds, in the unit a person thinks in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from acanthite.errors import ParameterError
from acanthite.parameters import AG2S, ParameterSet


@dataclass(frozen=True)
class Knob:
    """A number that a person may choose within bounds.

    Parameters
    ----------
    name : str
        For programs: its key in the mapping of values.
    label : str
        For readers.
    unit : str
        In which it is shown.
    low, high, step, start : float
        Bounds, step and first value. [``unit``]
    factor, offset : float
        What makes it SI: ``shown * factor + offset``.
    logarithmic : bool
        Whether the slider goes by factors.
    whole : bool
        Whether only whole numbers are allowed.
    key : str, optional
        The parameter of the parameter set that it changes.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> knob = ac.lab.Knob("thickness", "film thickness", "nm", 20, 400, 1, 50, factor=nm)
    >>> f"{knob.si(60):.1e} m"
    '6.0e-08 m'
    >>> knob.si(1000)
    Traceback (most recent call last):
    acanthite.errors.ParameterError: film thickness (=1000 nm) must be from 20 to 400 nm
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    start: float
    factor: float = 1.0
    offset: float = 0.0
    logarithmic: bool = False
    whole: bool = False
    key: str | None = None

    def si(self, shown: float | str | None) -> float:
        """Return a shown value in SI.

        Raises
        ------
        ParameterError
            If it is no number, or out of bounds.
        """
        unit = f" {self.unit}" if self.unit else ""
        expected = f"from {self.low:g} to {self.high:g}{unit}"
        try:
            number = float(shown)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise ParameterError(
                f"{self.label} (={str(shown)[:20]!r}) is no number; expected one {expected}"
            ) from None
        if not self.low <= number <= self.high:
            raise ParameterError(f"{self.label} (={number:g}{unit}) must be {expected}")
        if self.whole and not number.is_integer():
            raise ParameterError(f"{self.label} (={number:g}{unit}) must be a whole number")
        return float(f"{number * self.factor + self.offset:.12g}")

    def error(self, shown: float | str | None) -> str | None:
        """Return in one line what is wrong with a shown value, None if nothing is."""
        try:
            self.si(shown)
        except ParameterError as error:
            return str(error)
        return None


def of_parameter(
    key: str, label: str, unit: str, low: float, high: float, step: float, **more: object
) -> Knob:
    """Return a knob that starts where the Ag2S set has its parameter."""
    knob = Knob(key.partition(".")[2], label, unit, low, high, step, low, key=key, **more)  # type: ignore[arg-type]
    shown = (AG2S.value(key) - knob.offset) / knob.factor
    return replace(knob, start=float(f"{shown:.6g}"))


def start_values(knobs: Sequence[Knob]) -> dict[str, float]:
    """Return the values that knobs start with, as they are shown."""
    return {knob.name: knob.start for knob in knobs}


def si_values(knobs: Sequence[Knob], shown: Mapping[str, float]) -> dict[str, float]:
    """Return values in SI by name; knobs without one are where they start.

    Raises
    ------
    ParameterError
        If a value is no number or out of bounds, or there is no such knob.
    """
    known = {knob.name for knob in knobs}
    for name in shown:
        if name not in known:
            raise ParameterError(f"no knob {name!r}; expected {', '.join(sorted(known))}")
    return {knob.name: knob.si(shown.get(knob.name, knob.start)) for knob in knobs}


def parameters_of(knobs: Sequence[Knob], shown: Mapping[str, float]) -> ParameterSet:
    """Return the Ag2S set with what knobs changed of it."""
    values = si_values(knobs, shown)
    changes = {}
    for knob in knobs:
        if knob.key is None:
            continue
        quantity = AG2S[knob.key]
        if not math.isclose(values[knob.name], quantity.value, rel_tol=1e-6):
            changes[knob.key] = replace(
                quantity, value=values[knob.name], source="lab", where="a knob", how="assumed"
            )
    return AG2S.replace(changes) if changes else AG2S


def knob_of_error(knobs: Sequence[Knob], error: Exception) -> str | None:
    """Return the name of the knob that an error is about, None if it names none."""
    text = str(error)
    return next((knob.name for knob in knobs if text.startswith((knob.name, knob.label))), None)
