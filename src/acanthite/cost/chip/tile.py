"""The circuits of a tile: an array with its drivers, converters and adders, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil

from acanthite.cost.chip.circuits import ChipCircuits
from acanthite.cost.components.amplifier import Amplifier
from acanthite.cost.components.base import Component
from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.components.level_shifter import LevelShifter
from acanthite.cost.components.multiplexer import Multiplexer
from acanthite.cost.components.row_converter import CapacitiveDac, PulseWidthDriver
from acanthite.cost.components.row_driver import RowDriver
from acanthite.cost.components.sample_hold import SampleHold
from acanthite.cost.components.shift_add import ShiftAdd
from acanthite.cost.components.word_line import WordLine
from acanthite.cost.converters.base import AnalogConverter
from acanthite.cost.converters.flash import FlashConverter
from acanthite.cost.converters.given import GivenConverter
from acanthite.cost.converters.integrating import IntegratingConverter
from acanthite.cost.converters.ramp import RampConverter
from acanthite.cost.converters.sar import SARConverter
from acanthite.cost.converters.survey import SurveyConverter
from acanthite.cost.node.process_node import ProcessNode
from acanthite.errors import ChipError
from acanthite.inference import Chip


@dataclass(frozen=True)
class Tile:
    """A tile of a chip.

    Parameters
    ----------
    chip : Chip
    circuits : ChipCircuits
    node : ProcessNode
    sum_bits : int
        Of its adders.
    """

    chip: Chip
    circuits: ChipCircuits
    node: ProcessNode
    sum_bits: int

    @cached_property
    def cell_area(self) -> float:
        """Of a cell. [m^2]"""
        if self.circuits.cell_area is not None:
            return self.circuits.cell_area
        kind = "transistor" if self.circuits.access == "transistor" else "crossing"
        return self.node.constants[f"cell.{kind}"] * self.node.size**2

    @cached_property
    def cell_pitch(self) -> float:
        """Of a square cell. [m]"""
        return self.cell_area**0.5

    def line_capacitance(self, cells: int) -> float:
        """Return the capacitance [F] of a line of so many cells: the chip's own wires, or ours."""
        wires = self.chip.wires
        own = 0.0 if wires is None else wires.word_line_capacitance + wires.crossing_capacitance
        if own > 0:
            return cells * own
        junction = self.node.gate_input / 4.0 if self.circuits.access == "transistor" else 0.0
        return cells * (self.node.wire_capacitance * self.cell_pitch + junction)

    def line_resistance(self, cells: int) -> float:
        """Return the resistance [ohm] of a line of so many cells."""
        wires = self.chip.wires
        if wires is not None and wires.word_line_resistance > 0:
            return cells * wires.word_line_resistance
        return cells * self.node.wire_resistance * self.cell_pitch

    @cached_property
    def settling(self) -> float:
        """How long a row and a column take to charge along their wires. [s]"""
        row = self.line_resistance(self.chip.columns) * self.line_capacitance(self.chip.columns)
        column = self.line_resistance(self.chip.rows) * self.line_capacitance(self.chip.rows)
        return 0.38 * (row + column)

    @cached_property
    def converters(self) -> int:
        """How many converters it has."""
        return ceil(self.chip.columns / self.circuits.columns_per_converter)

    @cached_property
    def converter(self) -> AnalogConverter:
        """One of its converters."""
        return converter_of(self.chip, self.circuits, self.node)

    @cached_property
    def converts_once(self) -> bool:
        """Whether one conversion is of all bits of an input."""
        return isinstance(self.converter, IntegratingConverter)

    @cached_property
    def driver(self) -> Component:
        """What drives a row."""
        inputs, line = self.chip.inputs, self.line_capacitance(self.chip.columns)
        voltage = self.chip.read_voltage
        if inputs.scheme == "bit-serial":
            return RowDriver(node=self.node, capacitance=line, voltage=voltage)
        bits = inputs.bits or _exact("inputs")
        if inputs.scheme == "parallel":
            return CapacitiveDac(
                node=self.node, bits=bits, capacitance=line, time=self.circuits.read_time
            )
        return PulseWidthDriver(
            node=self.node,
            bits=bits - 1,
            capacitance=line,
            voltage=voltage,
            rows=self.chip.rows,
            step=self.circuits.read_time / 2 ** (bits - 1),
        )

    @cached_property
    def word_line(self) -> WordLine | None:
        """The gates of a row's access transistors, if cells have any."""
        if self.circuits.access == "none":
            return None
        return WordLine(node=self.node, cells=self.chip.columns)

    @cached_property
    def multiplexer(self) -> Multiplexer:
        """Before a converter."""
        return Multiplexer(node=self.node, ways=self.circuits.columns_per_converter)

    @cached_property
    def front_end(self) -> tuple[Component, ...]:
        """What holds a column at its voltage and its charge for the converter."""
        if self.converts_once:
            return ()
        bits = self.converter.bits
        return (
            Amplifier(node=self.node, bits=bits, time=self.circuits.read_time),
            SampleHold(node=self.node, bits=bits),
        )

    @cached_property
    def adder(self) -> ShiftAdd:
        """Behind a converter."""
        return ShiftAdd(node=self.node, bits=self.sum_bits)

    @cached_property
    def register(self) -> DigitalUnit:
        """Of one bit: rows hold their inputs in such."""
        return DigitalUnit(node=self.node, kind="register", bits=1)

    @cached_property
    def level_shifter(self) -> LevelShifter:
        """By which a line is written."""
        line = self.line_capacitance(max(self.chip.rows, self.chip.columns))
        return LevelShifter(node=self.node, capacitance=line, voltage=self.circuits.write_voltage)

    @cached_property
    def areas(self) -> dict[str, float]:
        """The area of each kind of part. [m^2]"""
        chip, lines = self.chip, self.chip.rows + self.chip.columns
        words = chip.rows * self.word_line.area() if self.word_line else 0.0
        value_bits = chip.inputs.bits or 8
        return {
            "cells and wires": chip.rows * chip.columns * self.cell_area,
            "word lines": words,
            "row drivers": chip.rows * self.driver.area(),
            "level shifters": lines * self.level_shifter.area(),
            "multiplexers": self.converters * self.multiplexer.area(),
            "front ends": chip.columns * sum(part.area() for part in self.front_end),
            "converters": self.converters * self.converter.area(),
            "shift and add": self.converters * self.adder.area(),
            "registers": chip.rows * value_bits * self.register.area(),
        }

    @cached_property
    def leakage(self) -> dict[str, float]:
        """The power each kind of part draws at rest; cells draw none. [W]"""
        return {
            name: 0.0 if name == "cells and wires" else self.node.leakage_of(area)
            for name, area in self.areas.items()
        }

    @cached_property
    def position_time(self) -> float:
        """How long one position takes, all planes of one group of rows. [s]"""
        if self.converts_once:
            return self.circuits.columns_per_converter * self.converter.latency()
        line = self.word_line.latency() if self.word_line else 0.0
        reading = line + self.settling + max(self.circuits.read_time, self.driver.latency())
        each = self.multiplexer.latency() + self.converter.latency()
        turns = self.circuits.columns_per_converter * each
        return self.chip.inputs.planes * (reading + turns)


def converter_of(chip: Chip, circuits: ChipCircuits, node: ProcessNode) -> AnalogConverter:
    """Return a converter of a chip's columns.

    Raises
    ------
    ChipError
        If there is none of so many bits.
    """
    bits = chip.outputs.bits or _exact("outputs")
    kind, rate = circuits.converter, circuits.converter_rate
    if kind == "survey":
        return SurveyConverter(node=node, bits=bits, rate=rate or 1e8)
    if kind == "sar":
        return SARConverter(node=node, bits=bits)
    if kind == "flash":
        return FlashConverter(node=node, bits=bits)
    if kind == "ramp":
        step = 1.0 / circuits.clock_frequency
        return RampConverter(node=node, bits=bits, columns=chip.columns, step=step)
    if kind == "integrating":
        return IntegratingConverter(node=node, bits=bits, input_bits=chip.inputs.bits or 1)
    assert circuits.converter_energy is not None
    assert circuits.converter_area is not None
    assert rate is not None
    return GivenConverter(
        node=node,
        bits=bits,
        conversion_energy=circuits.converter_energy,
        size=circuits.converter_area,
        rate=rate,
    )


def _exact(which: str) -> int:
    raise ChipError(
        f"chip: {which} have bits = None, which no circuit gives; a chip that is costed needs a "
        "number of bits"
    )
