"""What lies between terminals and cells: resistance, capacitance and leakage of lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from acanthite.crossbar.circuit.checks import check_fields
from acanthite.crossbar.circuit.crossbar import Crossbar
from acanthite.crossbar.circuit.lines import Terminal
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True)
class Wires:
    """Lines of equal segments; :func:`acanthite.wafer.parasitics` gives those of a drawn array.

    Word lines are driven at their left ends and bit lines sensed at their bottom ends; the other
    ends float.

    Parameters
    ----------
    word_line_resistance, bit_line_resistance : float
        Of a segment. [ohm]
    driver_resistance, sense_resistance : float
        In series with each word line and each bit line. [ohm]
    word_line_capacitance, bit_line_capacitance : float
        Of a segment to everything that stands still. [F]
    crossing_capacitance : float
        Of a cell. [F]
    word_leakage, bit_leakage : float
        Of a segment to each neighbouring line of its kind, through an electrolyte left between the
        cells. [S]

    Raises
    ------
    CrossbarError
        If a number is negative or not finite.

    Examples
    --------
    >>> import numpy as np
    >>> wires = ac.crossbar.Wires(word_line_resistance=2.0, driver_resistance=100.0)
    >>> current = wires.crossbar(np.full((4, 4), 1e-4)).solve(np.full(4, 0.1)).output_current
    >>> [f"{i * 1e6:.1f} uA" for i in current]  # 40 uA without resistances
    ['38.4 uA', '38.4 uA', '38.4 uA', '38.4 uA']
    """

    word_line_resistance: float = 1.0
    bit_line_resistance: float = 1.0
    driver_resistance: float = 0.0
    sense_resistance: float = 0.0
    word_line_capacitance: float = 0.0
    bit_line_capacitance: float = 0.0
    crossing_capacitance: float = 0.0
    word_leakage: float = 0.0
    bit_leakage: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self, "wires", vars(self), least=0)

    def refuse_ideal(self, what: str) -> None:
        """Raise a CrossbarError that names what needs resistances, if a line has none."""
        if not (self.word_line_resistance > 0 and self.bit_line_resistance > 0):
            raise CrossbarError(f"wires: {what} needs line resistances above zero; take small ones")

    def crossbar(self, conductance: ArrayLike, **ends: Any) -> Crossbar:
        """Return the array with these wires.

        Parameters
        ----------
        conductance : array_like, shape (N, M)
            [S]
        **ends
            Terminals of :class:`~acanthite.crossbar.Crossbar` instead of drivers and sense
            amplifiers.
        """
        terminals: dict[str, Any] = {
            "left": Terminal("driven", self.driver_resistance),
            "bottom": Terminal("grounded", self.sense_resistance),
        }
        return Crossbar(
            conductance, self.word_line_resistance, self.bit_line_resistance, **terminals | ends
        )


IDEAL = Wires(0.0, 0.0)
"""Wires that take nothing."""
