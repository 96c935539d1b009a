"""What switching costs, and what a chip costs: energy, latency and area of a network on tiles."""

from acanthite.cost.catalogue import CONSTANTS
from acanthite.cost.components.activation_unit import ActivationUnit
from acanthite.cost.components.amplifier import Amplifier
from acanthite.cost.components.base import Component
from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.components.level_shifter import LevelShifter
from acanthite.cost.components.link import Link, Router
from acanthite.cost.components.memory import Memory
from acanthite.cost.components.multiplexer import Multiplexer
from acanthite.cost.components.row_converter import CapacitiveDac, PulseWidthDriver
from acanthite.cost.components.row_driver import RowDriver
from acanthite.cost.components.sample_hold import SampleHold
from acanthite.cost.components.shift_add import ShiftAdd
from acanthite.cost.components.word_line import WordLine
from acanthite.cost.constants import CostConstant, CostConstants
from acanthite.cost.converters.base import AnalogConverter
from acanthite.cost.converters.comparator import Comparator
from acanthite.cost.converters.flash import FlashConverter
from acanthite.cost.converters.given import GivenConverter
from acanthite.cost.converters.integrating import IntegratingConverter
from acanthite.cost.converters.ramp import RampConverter
from acanthite.cost.converters.sar import SARConverter
from acanthite.cost.converters.survey import SurveyConverter
from acanthite.cost.node.process_node import ProcessNode
from acanthite.cost.switching.energy import BENCHMARK, BIOLOGY, Entry, lowest_known
from acanthite.cost.switching.scaling import WriteCost, capacitance, exponent, write_cost
from acanthite.cost.switching.thresholds import THRESHOLDS, Threshold, lowest_threshold

__all__ = [
    "BENCHMARK",
    "BIOLOGY",
    "CONSTANTS",
    "THRESHOLDS",
    "ActivationUnit",
    "Amplifier",
    "AnalogConverter",
    "CapacitiveDac",
    "Comparator",
    "Component",
    "CostConstant",
    "CostConstants",
    "DigitalUnit",
    "Entry",
    "FlashConverter",
    "GivenConverter",
    "IntegratingConverter",
    "LevelShifter",
    "Link",
    "Memory",
    "Multiplexer",
    "ProcessNode",
    "PulseWidthDriver",
    "RampConverter",
    "Router",
    "RowDriver",
    "SARConverter",
    "SampleHold",
    "ShiftAdd",
    "SurveyConverter",
    "Threshold",
    "WordLine",
    "WriteCost",
    "capacitance",
    "exponent",
    "lowest_known",
    "lowest_threshold",
    "write_cost",
]
