"""A number that knows its unit and where it comes from, and a frozen set of such numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from acanthite.errors import ParameterError, nearest
from acanthite.parameters.reading import NotedGroup, note, noting

How = Literal["measured", "fitted", "digitised", "predicted", "assumed"]


@dataclass(frozen=True)
class Quantity:
    """A value in SI with its provenance.

    Parameters
    ----------
    value : float
        In ``unit``, which is SI without prefixes.
    unit : str
        ``"1"`` for a pure number.
    source : str
        Key in ``references.bib``, or the path of the user's file.
    where : str
        Place in the source: ``"Sect. 2.1"``, ``"Fig. 3b"``.
    how : {"measured", "fitted", "digitised", "predicted", "assumed"}
        How the number was obtained; "assumed" is an honest answer.
    std : float, optional
        Standard uncertainty or spread, in ``unit``.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> thickness = ac.parameters.Quantity(
    ...     52 * nm, "m", "our lab", "wafer 7", "measured", std=1 * nm
    ... )
    >>> print(f"{thickness.value / nm:.0f} nm, {thickness.how}")
    52 nm, measured
    """

    value: float
    unit: str
    source: str
    where: str
    how: How
    std: float | None = None


class ParameterSet(Mapping[str, Quantity]):
    """A frozen mapping from dotted keys (``"filament.site_number"``) to :class:`Quantity`.

    Models take plain floats: unwrap a whole group once, at the edge, with :meth:`group`.

    Parameters
    ----------
    name : str
        What the set is called in reports.
    quantities : mapping of str to Quantity

    Examples
    --------
    >>> from acanthite.constants import eV
    >>> from acanthite.parameters import AG2S, Quantity
    >>> print(
    ...     f"{AG2S.value('film.grain_barrier') / eV:.2f} eV, {AG2S['film.grain_barrier'].how}"
    ... )
    0.20 eV, measured
    >>> mine = AG2S.replace(
    ...     {"film.grain_barrier": Quantity(0.21 * eV, "J", "our lab", "wafer 7", "measured")}
    ... )
    >>> print(
    ...     f"{mine.value('film.grain_barrier') / eV:.2f} eV, {mine['film.grain_barrier'].where}"
    ... )
    0.21 eV, wafer 7
    """

    def __init__(self, name: str, quantities: Mapping[str, Quantity]) -> None:
        self.name = name
        self._quantities = MappingProxyType(dict(quantities))

    def __getitem__(self, key: str) -> Quantity:
        note((key,))
        return self._quantity(key)

    def _quantity(self, key: str) -> Quantity:
        """Return a quantity that is looked at but not used."""
        try:
            return self._quantities[key]
        except KeyError:
            raise ParameterError(
                f"no parameter {key!r} in set {self.name!r}{nearest(key, self)}"
            ) from None

    def __contains__(self, key: object) -> bool:
        return key in self._quantities

    def __iter__(self) -> Iterator[str]:
        return iter(self._quantities)

    def __len__(self) -> int:
        return len(self._quantities)

    def __hash__(self) -> int:
        return hash((self.name, tuple(self._quantities.items())))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ParameterSet):
            return NotImplemented
        return self.name == other.name and self._quantities == other._quantities

    def __reduce__(self) -> tuple[type, tuple[str, dict[str, Quantity]]]:
        """Let a set go to another process: its read-only view of the quantities cannot."""
        return type(self), (self.name, dict(self._quantities))

    def __repr__(self) -> str:
        return f"ParameterSet({self.name!r}, {len(self)} quantities)"

    def value(self, key: str) -> float:
        """Return the plain SI value of ``key``."""
        return self[key].value

    def group(self, name: str) -> dict[str, float]:
        """Return the plain values of all keys under ``name.``, without the prefix.

        Raises
        ------
        ParameterError
            If there is no such group.
        """
        groups = self._by_group
        if name not in groups:
            hint = nearest(name, sorted(groups))
            raise ParameterError(f"no parameter group {name!r} in set {self.name!r}{hint}")
        values = {key: quantity.value for key, quantity in groups[name].items()}
        return NotedGroup(name, values) if noting() else values

    def groups(self) -> dict[str, dict[str, Quantity]]:
        """Return all quantities by group and name, to look at: no parameter counts as read.

        Examples
        --------
        >>> from acanthite.parameters import AG2S
        >>> sorted(AG2S.groups()["pulse"])[:2]
        ['endurance_width', 'read_voltage']
        """
        return {group: dict(quantities) for group, quantities in self._by_group.items()}

    @cached_property
    def _by_group(self) -> dict[str, dict[str, Quantity]]:
        groups: dict[str, dict[str, Quantity]] = {}
        for key, quantity in self._quantities.items():
            group, _, name = key.partition(".")
            groups.setdefault(group, {})[name] = quantity
        return groups

    def replace(self, changes: Mapping[str, Quantity], name: str | None = None) -> ParameterSet:
        """Return a set with some quantities replaced; every key must exist already."""
        for key in changes:
            self._quantity(key)
        return ParameterSet(name or self.name, {**self._quantities, **changes})
