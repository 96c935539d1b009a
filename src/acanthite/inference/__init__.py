"""Trained weights on cells: written with an error, drifting from then on, read with noise."""

from acanthite.inference.cells.base import CellModel, ProgrammedCells
from acanthite.inference.cells.catalogue import CELLS, cells
from acanthite.inference.cells.cmo_reram import CMOReRAM
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
from acanthite.inference.chip.template import chip_template
from acanthite.inference.matrix.product import Ranges, calibrate, multiply
from acanthite.inference.matrix.programmed import ProgrammedMatrix

__all__ = [
    "CELLS",
    "CHIPS",
    "PCM",
    "CMOReRAM",
    "CellModel",
    "Chip",
    "ColumnReader",
    "HermesPCM",
    "IdealCells",
    "InputDriver",
    "MeasuredCells",
    "MiloRRAM",
    "ProgrammedCells",
    "ProgrammedMatrix",
    "Ranges",
    "WanReRAM",
    "calibrate",
    "cells",
    "chip_named",
    "chip_template",
    "load_chip",
    "multiply",
    "save_chip",
]
