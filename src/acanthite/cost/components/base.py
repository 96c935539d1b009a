"""What every component says: energy and latency of an operation, area, leakage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from acanthite.arguments import number
from acanthite.cost.node.process_node import ProcessNode
from acanthite.errors import ChipError


@dataclass(frozen=True, kw_only=True)
class Component(ABC):
    """A part of a chip.

    Parameters
    ----------
    node : ProcessNode

    Examples
    --------
    A part of one's own says four things:

    >>> from dataclasses import dataclass
    >>> from acanthite.constants import nm, pJ, um
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Lamp(ac.cost.Component):
    ...     def energy(self, use=1.0):
    ...         return 2 * pJ * self._checked(use)
    ...
    ...     def latency(self):
    ...         return 1e-9
    ...
    ...     def area(self):
    ...         return 100 * um**2
    >>> lamp = Lamp(node=ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS))
    >>> lamp.energy(0.5) / pJ, lamp.leakage() > 0
    (1.0, True)
    """

    node: ProcessNode

    SOURCES: ClassVar[tuple[str, ...]] = ()
    """Keys in ``references.bib``."""
    LIMITS: ClassVar[tuple[str, ...]] = ()
    """What it leaves out, in words."""

    @abstractmethod
    def energy(self, use: float = 1.0) -> float:
        """Return the energy of one operation [J].

        Parameters
        ----------
        use : float
            Share of what could switch that does, 0 to 1. [1]
        """

    @abstractmethod
    def latency(self) -> float:
        """Return how long an operation takes [s]."""

    @abstractmethod
    def area(self) -> float:
        """Return the area [m^2]."""

    def leakage(self) -> float:
        """Return the power that is drawn without an operation [W]: that of logic as large."""
        return self.node.leakage_of(self.area())

    def _checked(self, use: float) -> float:
        return number(f"{type(self).__name__}: use", use, least=0, most=1, error=ChipError)
