"""What switching costs, and what a chip costs: energy, latency and area of a network on tiles."""

from acanthite.cost.catalogue import CONSTANTS
from acanthite.cost.chip.activity import activity_of
from acanthite.cost.chip.bill import CostPart
from acanthite.cost.chip.chip_cost import TOTALS, ChipCost, chip_cost
from acanthite.cost.chip.circuits import ChipCircuits, circuits_text, load_circuits
from acanthite.cost.chip.drawings import draw_cost, draw_floorplan, draw_shares, draw_trade_off
from acanthite.cost.chip.folder import write_chip_cost
from acanthite.cost.chip.uncertainty import ConstantEffect
from acanthite.cost.chip.writing import (
    TrainingCost,
    WritingCost,
    programming_cost,
    training_cost,
)
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
from acanthite.cost.network.layer_shape import LayerShape
from acanthite.cost.network.named import NAMED, network_named, perceptron
from acanthite.cost.network.network_file import load_network
from acanthite.cost.network.network_shape import NetworkShape
from acanthite.cost.network.torch_model import shape_of_model
from acanthite.cost.node.process_node import ProcessNode
from acanthite.cost.switching.energy import BENCHMARK, BIOLOGY, Entry, lowest_known
from acanthite.cost.switching.scaling import WriteCost, capacitance, exponent, write_cost
from acanthite.cost.switching.thresholds import THRESHOLDS, Threshold, lowest_threshold

__all__ = [
    "BENCHMARK",
    "BIOLOGY",
    "CONSTANTS",
    "NAMED",
    "THRESHOLDS",
    "TOTALS",
    "ActivationUnit",
    "Amplifier",
    "AnalogConverter",
    "CapacitiveDac",
    "ChipCircuits",
    "ChipCost",
    "Comparator",
    "Component",
    "ConstantEffect",
    "CostConstant",
    "CostConstants",
    "CostPart",
    "DigitalUnit",
    "Entry",
    "FlashConverter",
    "GivenConverter",
    "IntegratingConverter",
    "LayerShape",
    "LevelShifter",
    "Link",
    "Memory",
    "Multiplexer",
    "NetworkShape",
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
    "TrainingCost",
    "WordLine",
    "WriteCost",
    "WritingCost",
    "activity_of",
    "capacitance",
    "chip_cost",
    "circuits_text",
    "draw_cost",
    "draw_floorplan",
    "draw_shares",
    "draw_trade_off",
    "exponent",
    "load_circuits",
    "load_network",
    "lowest_known",
    "lowest_threshold",
    "network_named",
    "perceptron",
    "programming_cost",
    "shape_of_model",
    "training_cost",
    "write_chip_cost",
    "write_cost",
]
