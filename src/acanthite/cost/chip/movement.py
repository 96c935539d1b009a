"""Between tiles: buffers, links, accumulators and digital units of a whole chip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil

from acanthite.cost.chip.circuits import ChipCircuits
from acanthite.cost.chip.layer_use import LayerUse
from acanthite.cost.components.activation_unit import Activation, ActivationUnit
from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.components.link import Link, Router
from acanthite.cost.components.memory import Memory
from acanthite.cost.node.process_node import ProcessNode

_MESH = 2.0 / 3.0  # mean distance of two points of a square, along its sides, over the side
_TILES_A_ROUTER = 4
MULTIPLIERS = 256
"""Digital multipliers of a chip whose network multiplies activations."""
BUS_BITS = 256
"""Fetched or handed on in a cycle."""
SWITCHING = 0.5
"""Share of bits of digital values that change."""


@dataclass(frozen=True)
class Surroundings:
    """What a chip has beside its tiles.

    Parameters
    ----------
    uses : tuple of LayerUse
    circuits : ChipCircuits
    node : ProcessNode
    tiles_area : float
        Of all tiles. [m^2]
    """

    uses: tuple[LayerUse, ...]
    circuits: ChipCircuits
    node: ProcessNode
    tiles_area: float

    @cached_property
    def tiles(self) -> int:
        """How many there are."""
        return sum(use.tiles for use in self.uses)

    @cached_property
    def buffer(self) -> Memory:
        """For the values between layers: the largest layer's, or all layers' in a pipeline."""
        if self.circuits.buffer is not None:
            return Memory(node=self.node, size=self.circuits.buffer)
        sizes = [use.value_bits * (_kept(use) + use.layer.values_out) / 8 for use in self.uses]
        return Memory(node=self.node, size=sum(sizes) if self.circuits.pipelined else max(sizes))

    @cached_property
    def side(self) -> float:
        """Of the chip, links aside. [m]"""
        return (self.tiles_area + self.buffer.area()) ** 0.5

    @cached_property
    def link(self) -> Link:
        """From one layer to the next: one bit wide."""
        length = self.side * (1.0 if self.circuits.interconnect == "h-tree" else _MESH)
        return Link(node=self.node, length=length)

    @cached_property
    def router(self) -> Router | None:
        """Of a mesh."""
        return Router(node=self.node) if self.circuits.interconnect == "mesh" else None

    @cached_property
    def hops(self) -> float:
        """Of a value, through a mesh."""
        pitch = (_TILES_A_ROUTER * self.tiles_area / max(self.tiles, 1)) ** 0.5
        return max(1.0, self.link.length / pitch)

    def moved_bits(self, use: LayerUse) -> float:
        """Return the bits times ways across the chip of an inference: values in and out.

        A tree hands the same values to several tiles at once; a mesh sends them one by one.
        """
        layer = use.layer
        ways = 1 if self.circuits.interconnect == "h-tree" else max(use.tiles_out, 1)
        return use.value_bits * (layer.values_in * ways + layer.values_out)

    def partial_bits(self, use: LayerUse) -> float:
        """Return the bits of sums that go from a layer's tiles to where they are added."""
        layer = use.layer
        return use.sum_bits * layer.outputs * layer.positions * use.tiles_in

    def partial_length(self, use: LayerUse) -> float:
        """Return how far they go [m]: half the side of the layer's own tiles."""
        share = use.tiles / max(use.copies, 1) / max(self.tiles, 1)
        return 0.5 * (self.tiles_area * share) ** 0.5

    def moving_energy(self, use: LayerUse) -> float:
        """Return the energy of links and routers an inference [J]."""
        bits = self.moved_bits(use)
        energy = bits * self.link.energy()
        if self.router is not None:
            energy += bits * self.hops * self.router.energy()
        if use.arrays:
            length = self.partial_length(use)
            energy += self.partial_bits(use) * Link(node=self.node, length=length).energy()
        return energy

    def buffer_energy(self, use: LayerUse) -> float:
        """Return the energy of the buffer an inference [J]."""
        layer = use.layer
        read = self.buffer.energy() * layer.values_in
        return use.value_bits * (read + self.buffer.write_energy() * layer.values_out)

    @property
    def _kinds(self) -> list[Activation]:
        return list(dict.fromkeys(use.layer.activation for use in self.uses))

    def _activation(self, kind: Activation) -> ActivationUnit:
        bits = self.uses[0].value_bits
        return ActivationUnit(node=self.node, kind=kind, bits=bits)

    @cached_property
    def _units(self) -> tuple[DigitalUnit, DigitalUnit, DigitalUnit]:
        bits = self.uses[0].value_bits
        return (
            DigitalUnit(node=self.node, kind="adder", bits=2 * bits),
            DigitalUnit(node=self.node, kind="comparator", bits=bits),
            DigitalUnit(node=self.node, kind="multiplier", bits=bits),
        )

    def digital_energy(self, use: LayerUse) -> float:
        """Return the energy of activations and of digital work an inference [J].

        A value that is normalised is looked up once and multiplied twice.
        """
        layer = use.layer
        adder, comparator, multiplier = self._units
        table = self._activation("table")
        outputs = layer.outputs * layer.positions
        return (
            outputs * self._activation(layer.activation).energy(SWITCHING)
            + layer.pooled * comparator.energy(SWITCHING)
            + layer.sums * adder.energy(SWITCHING)
            + layer.products * (multiplier.energy(SWITCHING) + adder.energy(SWITCHING))
            + layer.normalised * (table.energy(SWITCHING) + 2 * multiplier.energy(SWITCHING))
        )

    @property
    def multiplies(self) -> bool:
        """Whether the network multiplies activations."""
        return any(use.layer.products or use.layer.normalised for use in self.uses)

    def accumulators(self, use: LayerUse) -> int:
        """Return how many adders put the sums of a layer's tiles together."""
        if use.tiles_in * use.groups < 2:
            return 0
        return use.copies * ceil(use.layer.outputs / self.circuits.columns_per_converter)

    def additions(self, use: LayerUse) -> int:
        """Return how often they add an inference."""
        return use.layer.positions * use.layer.outputs * max(use.tiles_in * use.groups - 1, 0)

    def areas(self) -> dict[str, float]:
        """Return the area of each kind of part that serves the whole chip [m^2]."""
        links = BUS_BITS * self.link.area()
        if self.router is not None:
            links += ceil(self.tiles / _TILES_A_ROUTER) * self.router.area()
        digital = self.units_area()
        return {"buffers": self.buffer.area(), "links": links, "digital units": digital}

    def units_area(self) -> float:
        """Return the area of activation units, one a bit of the bus, and of multipliers [m^2]."""
        first = self.uses[0]
        lanes = max(1, BUS_BITS // first.value_bits)
        area = lanes * max(self._activation(kind).area() for kind in self._kinds)
        if self.multiplies:
            adder, _, multiplier = self._units
            area += MULTIPLIERS * (multiplier.area() + adder.area())
        return area

    def moving_time(self, use: LayerUse) -> float:
        """Return how long the values of a layer take to be fetched and handed on [s].

        Copies are served at once.
        """
        layer, cycle = use.layer, 1.0 / self.circuits.clock_frequency
        bits = use.value_bits * (layer.values_in + layer.values_out)
        return ceil(bits / BUS_BITS / use.copies) * cycle

    def digital_time(self, use: LayerUse) -> float:
        """Return how long digital work takes [s]."""
        layer, cycle = use.layer, 1.0 / self.circuits.clock_frequency
        products = ceil((layer.products + 2 * layer.normalised) / MULTIPLIERS)
        lanes = max(1, BUS_BITS // use.value_bits)
        return (products + ceil((layer.sums + layer.pooled) / lanes)) * cycle

    @cached_property
    def fill_time(self) -> float:
        """How long the first value of a layer is on its way [s]: buffer, link, sums, activation."""
        slowest = max(self._activation(kind).latency() for kind in self._kinds)
        hops = self.hops * self.router.latency() if self.router is not None else 0.0
        return 2 * self.buffer.latency() + self.link.latency() + hops + slowest


def _kept(use: LayerUse) -> int:
    """Return how many values a layer is given: a kernel's windows share theirs."""
    layer = use.layer
    if layer.fresh_inputs is None:
        return layer.values_in
    return max(layer.inputs, layer.values_in // max(1, layer.inputs // layer.fresh_inputs))
