"""What is done to an output before the next layer: rectifying, a table, pooling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, get_args

from acanthite.arguments import count
from acanthite.cost.components.base import Component
from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.components.memory import Memory
from acanthite.errors import ChipError, nearest

Activation = Literal["none", "relu", "table"]


@dataclass(frozen=True, kw_only=True)
class ActivationUnit(Component):
    """A unit that every output passes once; an operation is one value.

    Parameters
    ----------
    node : ProcessNode
    kind : {"none", "relu", "table"}
        Nothing but a register; a comparison with zero; a look-up of any function.
    bits : int
        Of a value.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> relu, table = (
    ...     ac.cost.ActivationUnit(node=node, kind=kind, bits=8) for kind in ("relu", "table")
    ... )
    >>> relu.energy() < table.energy()
    True
    """

    kind: Activation
    bits: int

    SOURCES: ClassVar[tuple[str, ...]] = ("Shao2014", "Balasubramonian2017")

    def __post_init__(self) -> None:
        kinds = get_args(Activation)
        if self.kind not in kinds:
            raise ChipError(
                f"ActivationUnit: kind = {self.kind!r}; expected one of {', '.join(kinds)}"
                f"{nearest(str(self.kind), kinds)}"
            )
        count("ActivationUnit: bits", self.bits, error=ChipError)

    @cached_property
    def _parts(self) -> tuple[Component, ...]:
        register = DigitalUnit(node=self.node, kind="register", bits=self.bits)
        if self.kind == "none":
            return (register,)
        if self.kind == "relu":
            return register, DigitalUnit(node=self.node, kind="bitwise", bits=self.bits)
        return register, Memory(node=self.node, size=2.0**self.bits * self.bits / 8)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a value [J]."""
        bits = [self.bits if isinstance(part, Memory) else 1 for part in self._parts]
        return sum(n * part.energy(use) for n, part in zip(bits, self._parts, strict=True))

    def latency(self) -> float:
        """Return the delay [s]."""
        return sum(part.latency() for part in self._parts)

    def area(self) -> float:
        """Return the area [m^2]."""
        return sum(part.area() for part in self._parts)

    def leakage(self) -> float:
        """Return the power that is drawn without an operation [W]."""
        return sum(part.leakage() for part in self._parts)
