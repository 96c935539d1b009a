"""Trained weights on cells: written with an error, drifting from then on, read with noise."""

from acanthite.inference.cells.altered import AlteredCells
from acanthite.inference.cells.base import CellModel, ProgrammedCells
from acanthite.inference.cells.catalogue import CELLS, cells
from acanthite.inference.cells.cmo_reram import CMOReRAM
from acanthite.inference.cells.devices.ag2s import Ag2SCells
from acanthite.inference.cells.devices.fitted import FittedCells
from acanthite.inference.cells.devices.law_cells import LawCells
from acanthite.inference.cells.devices.pulse_law import PulseLawCells
from acanthite.inference.cells.hermes_pcm import HermesPCM
from acanthite.inference.cells.ideal import IdealCells
from acanthite.inference.cells.measured import MeasuredCells
from acanthite.inference.cells.milo_rram import MiloRRAM
from acanthite.inference.cells.pcm import PCM
from acanthite.inference.cells.wan_reram import WanReRAM
from acanthite.inference.chip.chip import Chip
from acanthite.inference.chip.chip_file import load_chip, save_chip
from acanthite.inference.chip.default_chips import CHIPS, chip_named
from acanthite.inference.chip.peripherals import ColumnReader, InputDriver
from acanthite.inference.chip.switches import without_each
from acanthite.inference.chip.template import chip_template
from acanthite.inference.matrix.product import Ranges, calibrate, multiply
from acanthite.inference.matrix.programmed import ProgrammedMatrix
from acanthite.inference.matrix.use import ConverterUse, converter_use

__all__ = [
    "CELLS",
    "CHIPS",
    "PCM",
    "Ag2SCells",
    "AlteredCells",
    "CMOReRAM",
    "CellModel",
    "Chip",
    "ColumnReader",
    "ConverterUse",
    "FittedCells",
    "HermesPCM",
    "IdealCells",
    "InputDriver",
    "LawCells",
    "MeasuredCells",
    "MiloRRAM",
    "ProgrammedCells",
    "ProgrammedMatrix",
    "PulseLawCells",
    "Ranges",
    "WanReRAM",
    "calibrate",
    "cells",
    "chip_named",
    "chip_template",
    "converter_use",
    "load_chip",
    "multiply",
    "save_chip",
    "without_each",
]
