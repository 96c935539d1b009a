"""What a chip has that an exact product has not, each to be switched off by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from acanthite.crossbar import BitSlices
from acanthite.inference.cells.altered import AlteredCells
from acanthite.inference.cells.base import CellModel
from acanthite.inference.cells.ideal import IdealCells
from acanthite.inference.chip.chip import Chip
from acanthite.inference.chip.peripherals import ColumnReader


def _cells(chip: Chip, **without: bool) -> Chip:
    assert isinstance(chip.cells, CellModel)
    return replace(chip, cells=AlteredCells(inner=chip.cells, **without))


def _exact_inputs(chip: Chip) -> Chip:
    return replace(chip, inputs=replace(chip.inputs, bits=None, scheme="parallel"))


def _exact_outputs(chip: Chip) -> Chip:
    return replace(chip, outputs=ColumnReader(bits=None))


def _whole_weights(chip: Chip) -> Chip:
    mapping = chip.mapping
    return replace(chip, mapping=mapping.base if isinstance(mapping, BitSlices) else mapping)


_OFF: Mapping[str, tuple[Callable[[Chip], bool], Callable[[Chip], Chip]]] = {
    "errors of writing": (
        lambda chip: not isinstance(chip.cells, IdealCells),
        lambda chip: _cells(chip, exact=True),
    ),
    "change with time": (
        lambda chip: not isinstance(chip.cells, IdealCells),
        lambda chip: _cells(chip, still=True),
    ),
    "noise of reads": (
        lambda chip: not isinstance(chip.cells, IdealCells),
        lambda chip: _cells(chip, quiet=True),
    ),
    "rounding of inputs": (lambda chip: chip.inputs.bits is not None, _exact_inputs),
    "converters of outputs": (lambda chip: not chip.outputs.exact, _exact_outputs),
    "levels of cells": (
        lambda chip: chip.levels is not None,
        lambda chip: replace(chip, levels=None),
    ),
    "rounding to slices": (lambda chip: isinstance(chip.mapping, BitSlices), _whole_weights),
    "resistance of wires": (
        lambda chip: chip.wires is not None,
        lambda chip: replace(chip, wires=None),
    ),
    "stuck cells": (
        lambda chip: chip.stuck is not None,
        lambda chip: replace(chip, stuck=None),
    ),
}


def without_each(chip: Chip) -> dict[str, Chip]:
    """Return the chip without each of its faults, by what was switched off.

    Parameters
    ----------
    chip : Chip

    Examples
    --------
    >>> sorted(ac.inference.without_each(ac.inference.Chip(cells="ideal")))
    ['converters of outputs', 'rounding of inputs']
    """
    return {name: off(chip) for name, (has, off) in _OFF.items() if has(chip)}
