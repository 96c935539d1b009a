"""Constants with a source and an interval: what every number of a chip's cost rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from acanthite.arguments import number
from acanthite.display import Display
from acanthite.errors import ChipError, nearest


@dataclass(frozen=True)
class CostConstant(Display):
    """A number of the cost model, what it may be at least and at most, and who says so.

    Parameters
    ----------
    name : str
        ``"wire.capacitance"``: what it belongs to, and what it is.
    value : float
        In ``unit``.
    unit : str
        SI without prefixes, ``"1"`` for a pure number.
    low, high : float
        The interval, in ``unit``.
    source : str
        Key in ``references.bib``.
    where : str
        Place in the source, and how the number was had from it.

    Examples
    --------
    >>> swing = ac.cost.CostConstant(
    ...     "mine.load", 50e-15, "F", 20e-15, 1e-13, "acanthite", "ours"
    ... )
    >>> swing.low < swing.value < swing.high
    True
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    source: str
    where: str

    def __post_init__(self) -> None:
        number(f"constant {self.name}", self.value, above=0, error=ChipError)
        number(f"constant {self.name}: low", self.low, above=0, most=self.value, error=ChipError)
        number(f"constant {self.name}: high", self.high, least=self.value, error=ChipError)


class CostConstants(Mapping[str, float]):
    """A frozen mapping from names to values; what is known of each is in ``entries``.

    Parameters
    ----------
    entries : iterable of CostConstant

    Examples
    --------
    >>> ac.cost.CONSTANTS["wire.capacitance"]
    1.0
    >>> dearer = ac.cost.CONSTANTS.replace("wire.capacitance", 1.6)
    >>> dearer["wire.capacitance"], ac.cost.CONSTANTS["wire.capacitance"]
    (1.6, 1.0)
    """

    def __init__(self, entries: Iterable[CostConstant]) -> None:
        self.entries: Mapping[str, CostConstant] = MappingProxyType({e.name: e for e in entries})

    def __getitem__(self, name: str) -> float:
        return self._entry(name).value

    def _entry(self, name: str) -> CostConstant:
        try:
            return self.entries[name]
        except KeyError:
            raise ChipError(f"no constant {name!r}{nearest(name, self.entries)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def replace(self, name: str, value: float) -> CostConstants:
        """Return the constants with one of another value; its interval widens to hold it.

        Raises
        ------
        ChipError
            If there is no such constant, or the value is not positive.
        """
        old = self._entry(name)
        number(f"constant {name}", value, above=0, error=ChipError)
        low, high = min(old.low, value), max(old.high, value)
        changed = replace(old, value=value, low=low, high=high)
        return CostConstants({**self.entries, name: changed}.values())


def factor(
    name: str, low: float, high: float, source: str, where: str, value: float = 1.0
) -> CostConstant:
    """Return a pure number by which what a table or a formula gives may be off."""
    return CostConstant(name, value, "1", low, high, source, where)
