"""How a layer lies on tiles and how often each part of them is used: counts, no constants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from acanthite.cost.chip.cell_power import TYPICAL_ACTIVITY, Array, random_weights, read_power
from acanthite.cost.chip.circuits import ChipCircuits
from acanthite.cost.network.layer_shape import LayerShape
from acanthite.cost.network.network_shape import NetworkShape
from acanthite.crossbar.compute.mapping import tile
from acanthite.errors import ChipError, CrossbarError
from acanthite.inference import Chip

VALUE_BITS = 8
"""Of values between layers where the chip's inputs are exact."""


@dataclass(frozen=True)
class ArrayUse:
    """Tiles of one shape.

    Parameters
    ----------
    rows, columns : int
        That are used.
    inputs, outputs : int
        Of the part of the matrix, inputs that hold biases among them.
    number : int
        Of such tiles in one copy of the layer.
    power : float
        Of the cells and wires of one while all its rows are driven. [W]
    held : int
        How many of the inputs hold biases: they are driven by the largest all the time.
    """

    rows: int
    columns: int
    inputs: int
    outputs: int
    number: int
    power: float
    held: int = 0


@dataclass(frozen=True)
class LayerUse:
    """What one inference asks of a layer's circuits.

    Parameters
    ----------
    layer : LayerShape
    arrays : tuple of ArrayUse
    activity : float
        Of its inputs. [1]
    copies : int
        Of its tiles.
    planes : int
        Reads for one input.
    groups : int
        Of rows that are read one after another.
    tiles_in, tiles_out : int
        Into how many parts inputs and outputs are cut.
    sum_bits : int
        Of the sums of all planes, slices and tiles.
    value_bits : int
        Of a value between layers.
    """

    layer: LayerShape
    arrays: tuple[ArrayUse, ...]
    activity: float
    copies: int
    planes: int
    groups: int
    tiles_in: int
    tiles_out: int
    sum_bits: int
    value_bits: int

    @property
    def tiles(self) -> int:
        """Of all copies."""
        return self.copies * sum(array.number for array in self.arrays)

    @property
    def cells(self) -> int:
        """Used, in all copies."""
        return self.copies * sum(a.number * a.rows * a.columns for a in self.arrays)

    @property
    def reads(self) -> int:
        """Of a tile an inference, all rows counting as one."""
        return self.layer.positions * self.planes

    def conversions(self, once: bool) -> int:
        """Return how many an inference takes; ``once`` a column for all planes or for each."""
        columns = sum(array.number * array.columns for array in self.arrays)
        return self.layer.positions * self.groups * columns * (1 if once else self.planes)


def uses_of(network: NetworkShape, chip: Chip, circuits: ChipCircuits) -> tuple[LayerUse, ...]:
    """Return how the layers of a network lie on a chip.

    The layer with the most positions has as many copies as the circuits say, the others as many as
    they need to keep up with it.

    Raises
    ------
    ChipError
        If the chip cannot hold one.
    """
    most = max(layer.positions for layer in network.layers)
    share = min(circuits.replication, most) / most
    return tuple(
        use_of(layer, chip, circuits, copies=ceil(layer.positions * share))
        for layer in network.layers
    )


def use_of(layer: LayerShape, chip: Chip, circuits: ChipCircuits, copies: int = 1) -> LayerUse:
    """Return how a layer lies on a chip.

    Raises
    ------
    ChipError
        If the chip cannot hold it.
    """
    activity = layer.activity or TYPICAL_ACTIVITY[chip.inputs.scheme]
    value_bits = chip.inputs.bits or VALUE_BITS
    if not layer.on_tiles:
        return LayerUse(layer, (), activity, 1, 0, 0, 0, 0, value_bits, value_bits)
    inputs = layer.inputs + (chip.bias_rows if layer.biased else 0)
    try:
        parts = tile(chip.mapping, layer.outputs, inputs, chip.rows, chip.columns)
    except CrossbarError as error:
        raise ChipError(f"layer {layer.name!r}: {error}") from error
    arrays = tuple(_arrays(layer, chip, parts, activity))
    most_rows = max(array.rows for array in arrays)
    groups = ceil(most_rows / (circuits.rows_at_once or most_rows))
    tiles_in = len({(part.start, part.stop) for _, part in parts})
    terms = chip.inputs.planes * groups * tiles_in
    return LayerUse(
        layer,
        arrays,
        activity,
        copies=copies,
        planes=chip.inputs.planes,
        groups=groups,
        tiles_in=tiles_in,
        tiles_out=len({(part.start, part.stop) for part, _ in parts}),
        sum_bits=(chip.outputs.bits or VALUE_BITS) + _place_bits(chip) + ceil(log2(terms + 1)),
        value_bits=value_bits,
    )


def _place_bits(chip: Chip) -> int:
    """Return by how many bits slices of weights are shifted at most."""
    return (chip.slices - 1) * getattr(chip.mapping, "bits", 0)


def _arrays(
    layer: LayerShape, chip: Chip, parts: Iterable[tuple[slice, slice]], activity: float
) -> list[ArrayUse]:
    """Return tiles by shape; with weights, the mean power over those of a shape."""
    weights = _weights(layer, chip)
    shapes: Counter[tuple[int, int, int]] = Counter()
    powers: dict[tuple[int, int, int], float] = {}
    for outputs, inputs in parts:
        held = min(inputs.stop - inputs.start, max(0, inputs.stop - layer.inputs))
        shape = (outputs.stop - outputs.start, inputs.stop - inputs.start, held)
        shapes[shape] += 1
        if weights is not None:
            power = read_power(chip, weights[outputs, inputs], activity, held)
            powers[shape] = powers.get(shape, 0.0) + power
        elif shape not in powers:
            powers[shape] = read_power(chip, random_weights(*shape[:2]), activity, held)
    uses = []
    for shape, number in shapes.items():
        rows, columns = chip.mapping.shape(*shape[:2])
        power = powers[shape] if weights is None else powers[shape] / number
        uses.append(ArrayUse(rows, columns, shape[1], shape[0], number, power, shape[2]))
    return uses


def _weights(layer: LayerShape, chip: Chip) -> Array | None:
    """Return the weights of a layer over the largest, biases as random ones; None without any."""
    if layer.weights is None:
        return None
    weights = layer.weights / (float(abs(layer.weights).max()) or 1.0)
    if not (chip.bias_rows and layer.biased):
        return weights
    return np.hstack([weights, random_weights(layer.outputs, chip.bias_rows)])
