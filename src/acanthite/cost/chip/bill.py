"""The bill of a chip: energy, time, area and leakage, by layer and by component."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from acanthite.cost.chip.circuits import ChipCircuits
from acanthite.cost.chip.layer_use import LayerUse
from acanthite.cost.chip.movement import SWITCHING, Surroundings
from acanthite.cost.chip.tile import Tile
from acanthite.cost.components.shift_add import ShiftAdd
from acanthite.cost.constants import CostConstants
from acanthite.cost.node.process_node import ProcessNode
from acanthite.errors import ChipError
from acanthite.inference import Chip

WHOLE_CHIP = "whole chip"
"""In place of a layer, for what serves all of them."""


@dataclass(frozen=True)
class CostPart:
    """What one kind of component costs in one layer.

    Parameters
    ----------
    layer, component : str
    energy : float
        Of an inference. [J]
    area : float
        [m^2]
    leakage : float
        [W]

    Examples
    --------
    >>> cost = ac.cost.chip_cost("64-32-10", ac.inference.Chip(rows=64, columns=64))
    >>> cost.parts[0].layer, cost.parts[0].component
    ('fc1', 'cells and wires')
    """

    layer: str
    component: str
    energy: float
    area: float
    leakage: float


@dataclass(frozen=True)
class Bill:
    """The cost of a network on a chip at one set of constants.

    Parameters
    ----------
    uses : tuple of LayerUse
    chip : Chip
    circuits : ChipCircuits
    constants : CostConstants
    """

    uses: tuple[LayerUse, ...]
    chip: Chip
    circuits: ChipCircuits
    constants: CostConstants

    @cached_property
    def node(self) -> ProcessNode:
        """The process."""
        return ProcessNode(self.circuits.node, self.constants, self.circuits.flavour)

    @cached_property
    def tile(self) -> Tile:
        """One of the chip's tiles; all are alike, with adders for the widest sum."""
        widest = max(use.sum_bits for use in self.uses)
        return Tile(self.chip, self.circuits, self.node, widest)

    @cached_property
    def surroundings(self) -> Surroundings:
        """What the chip has beside its tiles."""
        tiles = sum(use.tiles for use in self.uses)
        area = tiles * sum(self.tile.areas.values())
        return Surroundings(self.uses, self.circuits, self.node, area)

    def _adder(self, use: LayerUse) -> ShiftAdd:
        return ShiftAdd(node=self.node, bits=use.sum_bits)

    def energies(self, use: LayerUse) -> dict[str, float]:
        """Return the energy of each kind of component of a layer an inference [J]."""
        around = self.surroundings
        energy = self._tile_energies(use) if use.arrays else {}
        return energy | {
            "accumulators": around.additions(use) * self._adder(use).energy(SWITCHING),
            "buffers": around.buffer_energy(use),
            "links": around.moving_energy(use),
            "digital units": around.digital_energy(use),
        }

    def _tile_energies(self, use: LayerUse) -> dict[str, float]:
        tile = self.tile
        rows = sum(array.rows * array.number for array in use.arrays)
        power = sum(array.power * array.number for array in use.arrays)
        conversions = use.conversions(tile.converts_once)
        sampled = sum(part.energy() for part in tile.front_end)
        words = tile.word_line.energy() if tile.word_line else 0.0
        row_reads = use.reads * rows
        opened = row_reads if tile.converts_once else use.layer.positions * rows
        value_bits = use.value_bits * use.layer.positions * rows
        return {
            "cells and wires": use.reads * power * (self.circuits.read_time + tile.settling),
            "word lines": opened * words,
            "row drivers": row_reads * tile.driver.energy(use.activity)
            + self._headroom(use, power),
            "multiplexers": conversions * tile.multiplexer.energy(),
            "front ends": conversions * sampled,
            "converters": conversions * tile.converter.energy(),
            "shift and add": conversions * tile.adder.energy(SWITCHING),
            "registers": value_bits * tile.register.energy(SWITCHING),
        }

    def _headroom(self, use: LayerUse, power: float) -> float:
        """Return what amplifiers turn to heat that drive rows from the node's supply [J]."""
        supply, read = self.node.supply, self.chip.read_voltage
        if self.chip.inputs.scheme != "parallel" or supply <= read:
            return 0.0
        return use.reads * power * self.circuits.read_time * (supply / read - 1.0)

    @cached_property
    def times(self) -> dict[str, float]:
        """How long each layer takes an inference. [s]"""
        around, cycle = self.surroundings, 1.0 / self.circuits.clock_frequency
        times = {}
        for use in self.uses:
            time = around.digital_time(use) + around.fill_time
            if use.arrays:
                each = max(use.groups * self.tile.position_time, cycle)
                positions = -(-use.layer.positions // use.copies)
                time += max(positions * each, around.moving_time(use))
            else:
                time += around.moving_time(use)
            times[use.layer.name] = time
        return times

    @cached_property
    def latency(self) -> float:
        """Of one inference. [s]"""
        return sum(self.times.values())

    @cached_property
    def interval(self) -> float:
        """Between two inferences: of the slowest layer in a pipeline. [s]"""
        return max(self.times.values()) if self.circuits.pipelined else self.latency

    def parts(self) -> tuple[CostPart, ...]:
        """Return all of it, layer by layer, what serves all of them last."""
        around = self.surroundings
        areas, leaks = self.tile.areas, self.tile.leakage
        parts: list[CostPart] = []
        for use in self.uses:
            adders = around.accumulators(use) * self._adder(use).area()
            own_areas = {name: use.tiles * area for name, area in areas.items()}
            own_leaks = {name: use.tiles * leak for name, leak in leaks.items()}
            if use.arrays:
                own_areas["accumulators"] = adders
                own_leaks["accumulators"] = self.node.leakage_of(adders)
            else:
                own_areas, own_leaks = {}, {}
            parts += _joined(use.layer.name, self.energies(use), own_areas, own_leaks)
        shared = around.areas()
        leak = {name: self.node.leakage_of(area) for name, area in shared.items()}
        leak["buffers"] = around.buffer.leakage()
        leaking = sum(part.leakage for part in parts) + sum(leak.values())
        parts += _joined(WHOLE_CHIP, {"leakage": leaking * self.interval}, shared, leak)
        return tuple(part for part in parts if part.energy or part.area or part.leakage)

    def check(self) -> None:
        """Refuse a clock that the node's adders do not follow, and more tiles than there are.

        Raises
        ------
        ChipError
        """
        slowest = self.tile.adder.latency()
        if self.circuits.clock_frequency * slowest > 1.0:
            raise ChipError(
                f"circuits: clock_frequency = {self.circuits.clock_frequency:g} Hz; adders of "
                f"{self.tile.sum_bits} bits at {self.circuits.node * 1e9:g} nm follow at most "
                f"{1.0 / slowest:.3g} Hz"
            )
        needed, there = self.surroundings.tiles, self.circuits.tiles
        if there is not None and needed > there:
            largest = max(self.uses, key=lambda use: use.tiles)
            raise ChipError(
                f"network: it needs {needed} tiles of {self.chip.rows} x {self.chip.columns} and "
                f"the chip has tiles = {there}; its largest layer, {largest.layer.name!r}, takes "
                f"{largest.tiles}: take more or larger tiles, or fewer slices"
            )


def _joined(
    layer: str, energy: dict[str, float], area: dict[str, float], leakage: dict[str, float]
) -> Iterable[CostPart]:
    names: Sequence[str] = list(dict.fromkeys([*energy, *area, *leakage]))
    for name in names:
        yield CostPart(
            layer, name, energy.get(name, 0.0), area.get(name, 0.0), leakage.get(name, 0.0)
        )
