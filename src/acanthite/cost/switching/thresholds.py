"""Threshold voltages of the memories that the paper calls higher than its own."""

from __future__ import annotations

from dataclasses import dataclass

from acanthite.display import Display
from acanthite.quantities import accepts_quantities

__all__ = ["THRESHOLDS", "Threshold", "lowest_threshold"]


@accepts_quantities
@dataclass(frozen=True)
class Threshold(Display):
    """The set voltage of a memory.

    Parameters
    ----------
    name : str
    source : str
        Key in ``references.bib``.
    voltage : float or None
        Magnitude; None where its abstract does not state it. [V]

    Examples
    --------
    >>> ac.cost.Threshold("ours", "own data", 0.25).voltage
    0.25
    """

    name: str
    source: str
    voltage: float | None


THRESHOLDS = (
    Threshold("HfSe2 array", "Li2022", 0.6),
    Threshold("PdSe2, quasi-reset", "Li2021", 0.6),
    Threshold("alloyed Ag-Cu in Si", "Yeon2020", None),
)
"""The memories cited as higher (the paper's refs 30, 40 and 41), as their abstracts state them."""


def lowest_threshold(thresholds: tuple[Threshold, ...] = THRESHOLDS) -> float:
    """Return the lowest known set voltage. [V]

    Examples
    --------
    >>> ac.cost.lowest_threshold()
    0.6
    """
    return min(one.voltage for one in thresholds if one.voltage is not None)
