"""What the spread of the constants does to totals: each to its ends, one at a time.

The ratios of a total to its central value are taken on a logarithmic scale, those that raise it and
those that lower it apart, and added as squares: constants are taken as independent of one another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

from acanthite.cost.constants import CostConstants
from acanthite.display import Display

Totals = Mapping[str, float]


@dataclass(frozen=True)
class ConstantEffect(Display):
    """What one constant does to a total.

    Parameters
    ----------
    name : str
        Of the constant.
    low, high : float
        The total over its central value with the constant at its low and its high end. [1]
    source : str
        Key in ``references.bib``.

    Examples
    --------
    >>> cost = ac.cost.chip_cost("64-32-10", ac.inference.Chip(rows=64, columns=64))
    >>> cost.effects["energy_joule"][0].name
    'survey.energy'
    """

    name: str
    low: float
    high: float
    source: str

    @property
    def size(self) -> float:
        """Natural logarithm of the larger total over the smaller."""
        return abs(log(self.high / self.low))


def effects_of(
    totals: Callable[[CostConstants], Totals], constants: CostConstants
) -> dict[str, tuple[ConstantEffect, ...]]:
    """Return what each constant does to each total, the largest effect first.

    Parameters
    ----------
    totals : callable
        Of constants; every total positive.
    constants : CostConstants
    """
    central = totals(constants)
    effects: dict[str, list[ConstantEffect]] = {name: [] for name in central}
    for entry in constants.entries.values():
        low = totals(constants.replace(entry.name, entry.low))
        high = totals(constants.replace(entry.name, entry.high))
        for name, value in central.items():
            effect = ConstantEffect(entry.name, low[name] / value, high[name] / value, entry.source)
            if effect.size > 0:
                effects[name].append(effect)
    return {
        name: tuple(sorted(found, key=lambda effect: -effect.size))
        for name, found in effects.items()
    }


def interval_of(value: float, effects: tuple[ConstantEffect, ...]) -> tuple[float, float]:
    """Return the interval of a total.

    Examples
    --------
    >>> interval_of(2.0, ())
    (2.0, 2.0)
    """
    up = down = 0.0
    for effect in effects:
        ends = log(effect.low), log(effect.high)
        up += max(0.0, *ends) ** 2
        down += min(0.0, *ends) ** 2
    return value * exp(-sqrt(down)), value * exp(sqrt(up))
