"""What is set at the sputter chamber and the furnace."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from acanthite.display import Display
from acanthite.errors import RecipeError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

_PAPER = AG2S.group("process")
_COLDEST = 200.0  # K; below it a temperature was surely meant in Celsius
_LARGEST = {  # beyond these a unit was forgotten
    "thickness": (1e-4, "write 50 * nm for nanometres"),
    "argon_flow": (1e-3, "write 20 * sccm"),
    "h2s_flow": (1e-3, "write 40 * sccm"),
    "pressure": (1e3, "write 5 * mtorr"),
}


@accepts_quantities
@dataclass(frozen=True)
class Recipe(Display):
    """A reactive sputter deposition and its anneal; the defaults are the paper's.

    Parameters
    ----------
    rf_power : float
        On the silver target. [W]
    argon_flow, h2s_flow : float
        At 0 C and 1 atm; write ``20 * sccm``. [m^3/s]
    pressure, base_pressure : float
        While sputtering, and before the gas is let in. [Pa]
    presputter_time : float
        With the shutter closed. [s]
    substrate_temperature : float
        During deposition. [K]
    deposition_time : float, optional
        With the shutter open; give it or ``thickness``, the other follows from the rate. [s]
    thickness : float, optional
        Without either the film has the paper's thickness. [m]
    anneal_temperature : float or None
        None leaves the film as deposited. [K]
    anneal_time : float
        [s]

    Raises
    ------
    RecipeError
        If a value is not a number, negative or not a temperature in kelvin, if both ``thickness``
        and ``deposition_time`` are given, or if no H2S flows.

    Notes
    -----
    ``base_pressure`` and ``presputter_time`` are recorded with the film and change nothing in it:
    no law for them is known.

    Examples
    --------
    >>> from acanthite.constants import celsius, hour, nm
    >>> recipe = ac.film.Recipe(
    ...     thickness=200 * nm, anneal_temperature=celsius(160), anneal_time=1 * hour
    ... )
    >>> print(f"{recipe.rf_power:g} W, {recipe.h2s_share:.0%} H2S")
    150 W, 67% H2S
    >>> ac.film.grow(recipe).phase
    'monoclinic'
    """

    rf_power: float = _PAPER["rf_power"]
    argon_flow: float = _PAPER["argon_flow"]
    h2s_flow: float = _PAPER["h2s_flow"]
    pressure: float = _PAPER["pressure"]
    base_pressure: float = _PAPER["base_pressure"]
    presputter_time: float = _PAPER["presputter_time"]
    substrate_temperature: float = _PAPER["substrate_temperature"]
    deposition_time: float | None = None
    thickness: float | None = None
    anneal_temperature: float | None = _PAPER["anneal_temperature"]
    anneal_time: float = _PAPER["anneal_time"]

    def __post_init__(self) -> None:
        for name in ("rf_power", "pressure", "h2s_flow"):
            _check(name, getattr(self, name), zero=False)
        for name in ("argon_flow", "base_pressure", "presputter_time", "anneal_time"):
            _check(name, getattr(self, name), zero=True)
        for name in ("deposition_time", "thickness"):
            if getattr(self, name) is not None:
                _check(name, getattr(self, name), zero=False)
        _check_temperature("substrate_temperature", self.substrate_temperature)
        if self.anneal_temperature is not None:
            _check_temperature("anneal_temperature", self.anneal_temperature)
        if self.deposition_time is not None and self.thickness is not None:
            raise RecipeError(
                f"deposition_time (={self.deposition_time:g} s) and thickness (={self.thickness:g} "
                "m) are "
                "both given; expected one, as the other follows from the rate; leave one out"
            )
        if self.base_pressure >= self.pressure:
            raise RecipeError(
                f"base_pressure (={self.base_pressure:g} Pa) must be below pressure "
                f"(={self.pressure:g} Pa); "
                "pump longer or check the units (1 mTorr = 0.133 Pa)"
            )

    @classmethod
    def of(cls, parameters: ParameterSet, **changes: Any) -> Recipe:
        """Return the recipe of a parameter set's ``process`` group, with ``changes`` put over it."""
        process = parameters.group("process")
        names = [
            name for name in process if name in cls.__dataclass_fields__ and name not in changes
        ]
        return cls(**{name: process[name] for name in names}, **changes)

    @property
    def h2s_share(self) -> float:
        """Share of H2S in the gas let in [1]."""
        return self.h2s_flow / (self.h2s_flow + self.argon_flow)


def _check(name: str, value: Any, zero: bool) -> None:
    """Raise unless ``value`` is a finite number, positive (or not negative where ``zero`` is
    allowed).
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or value < 0 or (value == 0 and not zero):
        expected = "a finite number, zero or more" if zero else "a positive finite number"
        remedy = (
            "without H2S the chamber deposits silver"
            if name == "h2s_flow"
            else "correct it in the recipe"
        )
        rounded = float(f"{value:.9g}") if number else value
        raise RecipeError(f"{name} (={rounded!r}) must be {expected}, in SI units; {remedy}")
    if name in _LARGEST and value > _LARGEST[name][0]:
        largest, hint = _LARGEST[name]
        raise RecipeError(f"{name} (={value:g}) must be at most {largest:g} in SI units; {hint}")


def _check_temperature(name: str, value: Any) -> None:
    _check(name, value, zero=False)
    if value < _COLDEST:
        raise RecipeError(
            f"{name} (={value:g} K) must be at least {_COLDEST:g} K; "
            f"write celsius({value:g}) if Celsius was meant"
        )
