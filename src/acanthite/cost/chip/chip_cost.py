"""What a network costs on a chip: totals with intervals, by layer and by component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from acanthite.arguments import instance
from acanthite.cost.catalogue import CONSTANTS
from acanthite.cost.chip.bill import Bill, CostPart
from acanthite.cost.chip.circuits import ChipCircuits
from acanthite.cost.chip.layer_use import LayerUse, uses_of
from acanthite.cost.chip.limits import limits_of
from acanthite.cost.chip.uncertainty import ConstantEffect, effects_of, interval_of
from acanthite.cost.constants import CostConstants
from acanthite.cost.network.network_file import load_network
from acanthite.cost.network.network_shape import NetworkShape
from acanthite.display import Plotted
from acanthite.errors import ChipError
from acanthite.inference import Chip

TOTALS = {
    "energy_joule": "J",
    "latency_second": "s",
    "area_square_metre": "m^2",
    "leakage_watt": "W",
    "tops": "1",
    "tops_per_watt": "1",
}
"""Totals that have an interval, and their units; tops are 1e12 operations a second, two a MAC."""
_TERA = 1e12


@dataclass(frozen=True)
class ChipCost(Plotted, picture="acanthite.cost.chip.drawings:draw_shares"):
    """The cost of a network on a chip.

    Parameters
    ----------
    network : str
        Its name.
    energy_joule, latency_second : float
        Of one inference. [J], [s]
    interval_second : float
        Between two inferences: shorter than the latency in a pipeline. [s]
    area_square_metre : float
        [m^2]
    leakage_watt : float
        [W]
    tops, tops_per_watt : float
        Operations a second and for a joule, in 1e12, two a multiplication and addition. [1]
    utilisation : float
        Share of the cells of all tiles that hold weights. [1]
    tiles : int
    macs : int
        Multiplications and additions of an inference.
    critical_layer : str
        The slowest one.
    intervals : dict
        Of totals, from the spread of the constants.
    effects : dict
        What each constant does to each total, the largest first.
    parts : tuple of CostPart
        By layer and component.
    times : dict
        Of layers. [s]
    tiles_of_layer : dict
        How many tiles each layer has.
    limits : tuple of str
        What is not modelled.

    Examples
    --------
    >>> from acanthite.constants import nJ, nm
    >>> chip = ac.inference.Chip(cells="reram-wan", rows=128, columns=128)
    >>> cost = ac.cost.chip_cost("mlp", chip, ac.cost.ChipCircuits(node=22 * nm))
    >>> cost.tiles, bool(cost.energy_joule > 0)
    (33, True)
    >>> low, high = cost.intervals["energy_joule"]
    >>> bool(low < cost.energy_joule < high)
    True
    """

    network: str
    energy_joule: float
    latency_second: float
    interval_second: float
    area_square_metre: float
    leakage_watt: float
    tops: float
    tops_per_watt: float
    utilisation: float
    tiles: int
    macs: int
    critical_layer: str
    intervals: Mapping[str, tuple[float, float]] = field(repr=False)
    effects: Mapping[str, tuple[ConstantEffect, ...]] = field(repr=False)
    parts: tuple[CostPart, ...] = field(repr=False)
    times: Mapping[str, float] = field(repr=False)
    tiles_of_layer: Mapping[str, int] = field(repr=False)
    limits: tuple[str, ...] = field(repr=False)

    @property
    def dominant_constants(self) -> tuple[ConstantEffect, ...]:
        """The three constants that matter most for the energy."""
        return self.effects["energy_joule"][:3]

    def by_component(self, what: str = "energy") -> dict[str, float]:
        """Return ``"energy"`` [J], ``"area"`` [m^2] or ``"leakage"`` [W] by component."""
        return self._summed("component", what)

    def by_layer(self, what: str = "energy") -> dict[str, float]:
        """Return ``"energy"`` [J], ``"area"`` [m^2] or ``"leakage"`` [W] by layer."""
        return self._summed("layer", what)

    def _summed(self, by: str, what: str) -> dict[str, float]:
        if what not in ("energy", "area", "leakage"):
            raise ChipError(f"what = {what!r}; expected energy, area or leakage")
        sums: dict[str, float] = {}
        for part in self.parts:
            sums[getattr(part, by)] = sums.get(getattr(part, by), 0.0) + getattr(part, what)
        return sums


def chip_cost(
    network: NetworkShape | str | Path,
    chip: Chip,
    circuits: ChipCircuits | None = None,
    constants: CostConstants = CONSTANTS,
) -> ChipCost:
    """Return what a network costs on a chip.

    Parameters
    ----------
    network : NetworkShape, str or path_like
        A name such as ``"lenet5"``, widths such as ``"784-256-128-10"``, or a file of layers.
    chip : Chip
    circuits : ChipCircuits, optional
        Around its arrays; the default ones without it.
    constants : CostConstants

    Returns
    -------
    ChipCost

    Raises
    ------
    ChipError
        If the chip cannot hold the network, or its circuits cannot be built.

    Examples
    --------
    >>> cost = ac.cost.chip_cost("lenet5", ac.inference.Chip(rows=128, columns=128))
    >>> cost.critical_layer
    'conv1'
    """
    instance("chip_cost: chip", chip, Chip, "a Chip", error=ChipError)
    circuits = circuits or ChipCircuits()
    shape = network if isinstance(network, NetworkShape) else load_network(network)
    uses = uses_of(shape, chip, circuits)
    bill = Bill(uses, chip, circuits, constants)
    bill.check()
    effects = effects_of(
        lambda changed: _totals(replace(bill, constants=changed), shape), constants
    )
    totals = _totals(bill, shape)
    times = bill.times
    return ChipCost(
        network=shape.name,
        interval_second=bill.interval,
        utilisation=_utilisation(uses, chip),
        tiles=bill.surroundings.tiles,
        macs=shape.macs,
        critical_layer=max(times, key=lambda name: times[name]),
        intervals={name: interval_of(totals[name], effects[name]) for name in TOTALS},
        effects=effects,
        parts=bill.parts(),
        times=times,
        tiles_of_layer={use.layer.name: use.tiles for use in uses},
        limits=limits_of(bill, shape),
        **totals,
    )


def _totals(bill: Bill, shape: NetworkShape) -> dict[str, Any]:
    parts = bill.parts()
    energy = sum(part.energy for part in parts)
    operations = 2.0 * shape.macs / _TERA
    return {
        "energy_joule": energy,
        "latency_second": bill.latency,
        "area_square_metre": sum(part.area for part in parts),
        "leakage_watt": sum(part.leakage for part in parts),
        "tops": operations / bill.interval,
        "tops_per_watt": operations / energy,
    }


def _utilisation(uses: tuple[LayerUse, ...], chip: Chip) -> float:
    there = chip.rows * chip.columns * sum(use.tiles for use in uses)
    return sum(use.cells for use in uses) / there
