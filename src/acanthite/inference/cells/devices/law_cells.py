"""What cells have in common whose model is the law of a device."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from acanthite.arguments import count, number
from acanthite.constants import mV
from acanthite.crossbar import DynamicCells
from acanthite.device import ContactNoise, Devices
from acanthite.errors import CellError
from acanthite.inference.cells.base import Array, CellModel, ProgrammedCells, _targets
from acanthite.inference.cells.devices.states import DeviceStates, Kept, followed
from acanthite.inference.cells.devices.writing import (
    READ_TIME,
    WritePulse,
    by_pulses,
    by_write_verify,
    read,
)
from acanthite.parameters.reading import cached
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

_LEVELS = 17  # of the window, at which devices are simulated
_DEVICES = 256  # at each of them
_SEED = 20250
_VOLTAGES = np.array([1, 2, 5, 10, 20, 50, 100, 200, 500]) * mV
_READ_FOR = 1.0  # s, a million reads of a microsecond: what a read voltage must leave alone
_MOVED = 0.01  # of the window, in that time


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class LawCells(CellModel):
    """Cells that are devices of a law.

    Written once, a cell gets the number of identical pulses that takes the typical device to its
    target; with a tolerance it is written and read until it is near enough. Its read noise is that
    of the device's metallic contact, where it has one. A base: a model says which devices, and by
    which pulses.

    Parameters
    ----------
    conductance_min, conductance_max : float
        The window that targets lie in. [S]

    Examples
    --------
    >>> cells = ac.inference.Ag2SCells()
    >>> isinstance(cells, ac.inference.LawCells), len(cells.devices(3, seed=1))
    (True, 3)
    """

    @abstractmethod
    def devices(self, n: int, seed: int) -> Devices:
        """Return so many devices of the population."""

    @abstractmethod
    def typical(self) -> Devices:
        """Return one device without spread and noise."""

    @property
    @abstractmethod
    def pulse(self) -> WritePulse:
        """The pulses that devices are written with."""

    def simulate(
        self, target: Array, seed: int, tolerance: float | None = None, attempts: int = 20
    ) -> DynamicCells:
        """Write devices of their own to targets, each by its law.

        Parameters
        ----------
        target : ndarray, shape (device,)
            [S]
        seed : int
        tolerance : float, optional
            Share of the window; written by identical pulses without it. [1]
        attempts : int
            Pulses at most of a write with verification.

        Returns
        -------
        DynamicCells
        """
        devices, typical = self.devices(len(target), seed), self.typical()
        if tolerance is None:
            return by_pulses(devices, typical, target, self.pulse)
        window = (self.conductance_min, self.conductance_max)
        return by_write_verify(
            devices,
            typical,
            target,
            self.pulse,
            window=window,
            tolerance=tolerance * (window[1] - window[0]),
            attempts=attempts,
            seed=seed,
        )

    def program(
        self, target: Any, seed: int = 1, *, tolerance: float | None = None, attempts: int = 20
    ) -> ProgrammedCells:
        """Write conductances into fresh cells; see :meth:`CellModel.program`."""
        goal = _targets(self, target)
        count("program: seed", seed, least=0, error=CellError)
        count("program: attempts", attempts, error=CellError)
        if tolerance is not None:
            number("program: tolerance", tolerance, above=0, error=CellError)
        states = _states(self, tolerance, attempts)
        written, kept = states.draw(goal, generator(seed, "inference.device"))
        return LawProgrammedCells(self, goal, self._within(written), seed, kept)

    def programmed(self, target: Array, cells: DynamicCells, seed: int) -> ProgrammedCells:
        """Return devices that were written, such as those of an array, as programmed cells.

        Parameters
        ----------
        target : ndarray, any shape
            [S]
        cells : DynamicCells
            As many; left alone and read at all times.
        seed : int
        """
        written, left = followed(cells)
        kept = Kept(left, np.arange(target.size).reshape(target.shape))
        return LawProgrammedCells(self, target, written.reshape(target.shape), seed, kept)

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return cells written by identical pulses. [S]"""
        return self._within(_states(self, None, 1).draw(target, rng)[0])

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return what is left of cells by the law of their devices. [S]"""
        if not isinstance(cells, LawProgrammedCells):
            return cells.written
        return cells.written * cells.kept.at(time)

    def read_error(self, cells: ProgrammedCells, aged: Array, time: float) -> Array | float:
        """Return the noise of the contact of one read, in the band since the cell was written. [S]"""
        noise = self.typical_noise()
        if noise is None:
            return 0.0
        return aged * noise.of_device(aged, 1.0 / (time + 2 * READ_TIME), 1.0 / READ_TIME)

    def typical_noise(self) -> ContactNoise | None:
        """Return the noise of the devices' contacts, if they have any."""
        noise = self.devices(1, _SEED).noise
        return noise if isinstance(noise, ContactNoise) else None

    @property
    def largest_read_voltage(self) -> float:
        """The largest voltage whose million reads leave a half written device as it is. [V]

        A second of it moves the typical device by less than a hundredth of the window.
        """
        return _largest_read(self)


@dataclass(frozen=True, eq=False)
class LawProgrammedCells(ProgrammedCells):
    """Cells that were written once, and the simulated devices that they are.

    Parameters
    ----------
    kept : Kept
    """

    kept: Kept = None  # type: ignore[assignment]


@cached(16)
def _states(model: LawCells, tolerance: float | None, attempts: int) -> DeviceStates:
    """Simulate devices at levels of the window, and follow them in time."""
    targets = np.linspace(model.conductance_min, model.conductance_max, _LEVELS)
    cells = model.simulate(np.repeat(targets, _DEVICES), _SEED, tolerance, attempts)
    written, left = followed(cells)
    return DeviceStates(targets, written.reshape(_LEVELS, _DEVICES), left)


@cached(16)
def _largest_read(model: LawCells) -> float:
    """Return the largest voltage that moves a half written device by little in a second. [V]"""
    typical = model.typical()
    middle = np.array([0.5 * (model.conductance_min + model.conductance_max)])
    cells = by_pulses(typical, typical, middle, model.pulse)
    before = read(cells)[0]
    written = cells.snapshot()
    most = 0.0
    for voltage in _VOLTAGES:
        for sign in (-1, 1):
            cells.restore(written)
            cells.hold(sign * voltage, sign * voltage, _READ_FOR)
            cells.hold(0.0, 0.0, READ_TIME)
            moved = abs(read(cells)[0] - before)
            if moved > _MOVED * (model.conductance_max - model.conductance_min):
                return most
        most = float(voltage)
    return most
