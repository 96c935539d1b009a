"""What it costs to write a network, and to train it on its cells: pulses with their periphery."""

from __future__ import annotations

from dataclasses import dataclass

from acanthite.arguments import count, number
from acanthite.cost.catalogue import CONSTANTS
from acanthite.cost.chip.bill import Bill
from acanthite.cost.chip.chip_cost import ChipCost
from acanthite.cost.chip.circuits import ChipCircuits
from acanthite.cost.chip.layer_use import uses_of
from acanthite.cost.constants import CostConstants
from acanthite.cost.network.network_file import load_network
from acanthite.cost.network.network_shape import NetworkShape
from acanthite.display import Display
from acanthite.errors import ChipError
from acanthite.inference import Chip
from acanthite.quantities import accepts_quantities


@dataclass(frozen=True)
class WritingCost(Display):
    """The cost of writing.

    Parameters
    ----------
    cells : int
        That are written.
    pulses : float
        All of them.
    cells_joule, drivers_joule, verifying_joule : float
        In the cells; to charge lines to the write voltage; to read after each pulse. [J]
    time_second : float
        Tiles side by side, rows one after another, the cells of a row together. [s]

    Examples
    --------
    >>> cost = ac.cost.programming_cost("64-32-10", ac.inference.Chip(rows=64, columns=64))
    >>> cost.pulses == 5 * cost.cells
    True
    """

    cells: int
    pulses: float
    cells_joule: float
    drivers_joule: float
    verifying_joule: float
    time_second: float

    @property
    def energy_joule(self) -> float:
        """All of it [J]."""
        return self.cells_joule + self.drivers_joule + self.verifying_joule


def programming_cost(
    network: NetworkShape | str,
    chip: Chip,
    circuits: ChipCircuits | None = None,
    constants: CostConstants = CONSTANTS,
) -> WritingCost:
    """Return what it costs to write a network's weights once, each pulse followed by a read.

    Parameters
    ----------
    network : NetworkShape or str
    chip : Chip
    circuits : ChipCircuits, optional
        With the pulses: voltage, time, and how many a cell takes in the mean.
    constants : CostConstants

    Raises
    ------
    ChipError
        If the chip cannot hold the network.

    Examples
    --------
    >>> from acanthite.constants import us
    >>> chip = ac.inference.Chip(rows=128, columns=128)
    >>> once, slow = (
    ...     ac.cost.programming_cost("mlp", chip, ac.cost.ChipCircuits(write_time=time))
    ...     for time in (0.1 * us, 1 * us)
    ... )
    >>> round(slow.cells_joule / once.cells_joule, 9)
    10.0
    """
    circuits = circuits or ChipCircuits()
    bill = _bill(network, chip, circuits, constants)
    cells = sum(use.cells for use in bill.uses)
    pulses = cells * circuits.write_pulses
    tile = bill.tile
    conductance = _mean_conductance(bill)
    each = circuits.write_voltage**2 * conductance * circuits.write_time
    verify = tile.converter.energy() + sum(part.energy() for part in tile.front_end)
    read = chip.read_voltage**2 * conductance * circuits.read_time
    turns = circuits.columns_per_converter * tile.converter.latency()
    rows = max(array.rows for use in bill.uses for array in use.arrays)
    pulse_time = circuits.write_time + tile.settling + circuits.read_time + turns
    return WritingCost(
        cells=cells,
        pulses=pulses,
        cells_joule=pulses * each,
        drivers_joule=pulses * tile.level_shifter.energy(),
        verifying_joule=pulses * (verify + read),
        time_second=rows * circuits.write_pulses * pulse_time,
    )


@accepts_quantities
def training_cost(
    network: NetworkShape | str,
    chip: Chip,
    circuits: ChipCircuits | None = None,
    *,
    pulses: float,
    samples: int,
    pulse_energy: float | None = None,
    constants: CostConstants = CONSTANTS,
) -> TrainingCost:
    """Return what an epoch of training on the cells costs, its periphery counted.

    A sample is read forwards and backwards, which takes twice what an inference does; rows and
    columns are then pulsed.

    Parameters
    ----------
    network : NetworkShape or str
    chip : Chip
    circuits : ChipCircuits, optional
    pulses : float
        On all cells in the epoch, as a :class:`~acanthite.nn.TrainingResult` counts them. [1]
    samples : int
        Of the epoch.
    pulse_energy : float, optional
        Of a pulse in a cell, as the device has it; V^2 G t without it. [J]
    constants : CostConstants

    Raises
    ------
    ChipError
        If a number makes no sense, or the chip cannot hold the network.

    Examples
    --------
    >>> chip = ac.inference.Chip(rows=64, columns=64)
    >>> epoch = ac.cost.training_cost("64-32-10", chip, pulses=1e6, samples=1000)
    >>> bool(epoch.reading_joule > 0)
    True
    """
    from acanthite.cost.chip.chip_cost import chip_cost

    number("training_cost: pulses", pulses, least=0, error=ChipError)
    count("training_cost: samples", samples, error=ChipError)
    circuits = circuits or ChipCircuits()
    bill = _bill(network, chip, circuits, constants)
    if pulse_energy is None:
        charge = circuits.write_voltage**2 * circuits.write_time
        pulse_energy = charge * _mean_conductance(bill)
    number("training_cost: pulse_energy", pulse_energy, least=0, error=ChipError)
    inference: ChipCost = chip_cost(network, chip, circuits, constants)
    lines = 2.0 * pulses / max(1.0, _cells_a_line(bill))
    updates = sum(use.layer.positions for use in bill.uses if use.arrays)
    shifting = bill.tile.level_shifter.latency() + bill.tile.settling
    return TrainingCost(
        samples=samples,
        cells_joule=pulses * pulse_energy,
        drivers_joule=lines * bill.tile.level_shifter.energy(),
        reading_joule=2.0 * samples * inference.energy_joule,
        time_second=samples
        * (2.0 * inference.latency_second + updates * (circuits.write_time + shifting)),
    )


@dataclass(frozen=True)
class TrainingCost(Display):
    """The cost of an epoch.

    Parameters
    ----------
    samples : int
    cells_joule, drivers_joule, reading_joule : float
        In the cells; to charge lines to the write voltage; to read forwards and backwards. [J]
    time_second : float
        One sample after another. [s]

    Examples
    --------
    >>> chip = ac.inference.Chip(rows=64, columns=64)
    >>> ac.cost.training_cost("64-32-10", chip, pulses=0, samples=1).cells_joule
    0.0
    """

    samples: int
    cells_joule: float
    drivers_joule: float
    reading_joule: float
    time_second: float

    @property
    def energy_joule(self) -> float:
        """All of it [J]."""
        return self.cells_joule + self.drivers_joule + self.reading_joule


def _bill(
    network: NetworkShape | str, chip: Chip, circuits: ChipCircuits, constants: CostConstants
) -> Bill:
    shape = network if isinstance(network, NetworkShape) else load_network(network)
    bill = Bill(uses_of(shape, chip, circuits), chip, circuits, constants)
    bill.check()
    return bill


def _mean_conductance(bill: Bill) -> float:
    """Return the mean conductance of the cells that hold weights [S]."""
    total = cells = 0.0
    for use in bill.uses:
        for array in use.arrays:
            driven = use.activity * (1.0 - array.held / array.inputs) + array.held / array.inputs
            read = driven * bill.chip.read_voltage**2
            total += array.number * array.power / read
            cells += array.number * array.rows * array.columns
    return total / cells


def _cells_a_line(bill: Bill) -> float:
    """Return how many cells a pulse on a line reaches: half of its coincidences, in the mean."""
    arrays = [array for use in bill.uses for array in use.arrays]
    return sum(array.columns for array in arrays) / len(arrays) / 2.0
