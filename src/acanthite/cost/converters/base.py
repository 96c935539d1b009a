"""What every converter has: bits, and a conversion as its operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.arguments import count, number
from acanthite.cost.components.base import Component
from acanthite.errors import ChipError


@dataclass(frozen=True, kw_only=True)
class AnalogConverter(Component):
    """A converter from current or voltage to a code; an operation is one conversion.

    Parameters
    ----------
    node : ProcessNode
    bits : int

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> node = ac.cost.ProcessNode(22 * nm, ac.cost.CONSTANTS)
    >>> isinstance(ac.cost.FlashConverter(node=node, bits=5), ac.cost.AnalogConverter)
    True
    """

    bits: int

    LEAST_BITS: ClassVar[int] = 1
    MOST_BITS: ClassVar[int] = 16

    def __post_init__(self) -> None:
        name = f"{type(self).__name__}: bits"
        count(name, self.bits, error=ChipError)
        number(name, self.bits, least=self.LEAST_BITS, most=self.MOST_BITS, error=ChipError)
