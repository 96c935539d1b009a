"""Cells of a synapse: a pulse law, which says what each pulse does and nothing of the time after."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from acanthite.arguments import count, number
from acanthite.errors import AcanthiteError, CellError
from acanthite.fitting import load_device
from acanthite.inference.cells.base import Array, CellModel, ProgrammedCells, _targets
from acanthite.quantities import accepts_quantities
from acanthite.random import generator
from acanthite.synapse import Cells, Synapse, UnitCell

_MOST_PULSES = 1000
_NOTHING = 1e-12


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class PulseLawCells(CellModel):
    """Devices of a synapse file, written pulse by pulse from their lowest conductance.

    Written once, a cell gets the number of pulses that takes the mean device to its target; with a
    tolerance each pulse goes the way a read says. A pulse law knows of no time: cells stay as they
    were written, and a later read is a continuation of it.

    Parameters
    ----------
    file : str
        The synapse file, as ``acanthite fit`` and ``synapse.save`` write it.
    conductance_min, conductance_max : float
        By default those of the mean device. [S]
    trust : bool
        Run code that the file holds even where it is more than arithmetic.

    Raises
    ------
    CellError
        If the file is no synapse file.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, pulse_noise=0.2, conductance_min=0.0, conductance_max=2 * uS
    ... )
    >>> ac.synapse.save(device, "synapse.toml")
    >>> cells = ac.inference.cells("synapse.toml")
    >>> written = cells.program([0.5 * uS, 1.5 * uS], tolerance=0.05).written
    >>> [f"{g / uS:.1f} uS" for g in written]
    ['0.4 uS', '1.4 uS']
    """

    NAME: ClassVar[str] = "pulse-law"
    SOURCE: ClassVar[str] = "a synapse file"
    MEASURED: ClassVar[tuple[float, float]] = (0.0, 0.0)

    file: str
    conductance_min: float = math.nan
    conductance_max: float = math.nan
    trust: bool = False
    digest: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            digest = hashlib.sha256(Path(self.file).read_bytes()).hexdigest()
            object.__setattr__(self, "digest", digest)
            synapse = self.synapse
        except OSError as error:
            raise CellError(f"{self.file}: {error.strerror or error}") from None
        except AcanthiteError as error:
            raise CellError(f"{self.file}: {error}") from None
        for name in ("conductance_min", "conductance_max"):
            if math.isnan(getattr(self, name)):
                object.__setattr__(self, name, getattr(synapse, name))
        super().__post_init__()

    @cached_property
    def synapse(self) -> Synapse:
        """The synapse of the file."""
        synapse = load_device(self.file, trust=self.trust)
        if not isinstance(synapse, Synapse):
            raise CellError(f"{self.file}: holds a device law; expected a pulse law")
        if isinstance(synapse, UnitCell):
            raise CellError(
                f"{self.file}: holds a {synapse.NAME!r} cell of several devices; expected the pulse law "
                "of one: leave out [unit]"
            )
        return synapse

    def program(
        self, target: Any, seed: int = 1, *, tolerance: float | None = None, attempts: int = 20
    ) -> ProgrammedCells:
        """Write conductances into fresh cells; see :meth:`CellModel.program`."""
        goal = _targets(self, target)
        count("program: seed", seed, least=0, error=CellError)
        count("program: attempts", attempts, error=CellError)
        rng = generator(seed, "inference.written")
        if tolerance is None:
            return ProgrammedCells(self, goal, self._within(self.written(goal, rng)), seed)
        number("program: tolerance", tolerance, above=0, error=CellError)
        weights = self._verified_weights(goal, rng, tolerance, attempts)
        written = self._within(self.synapse.conductance(weights))
        return ProgrammedCells(self, goal, written, seed)

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return cells after as many pulses as the mean device needs. [S]"""
        pulses = self._pulses(target.ravel())
        devices = self.synapse.cells(target.size, rng)
        weight = np.array(np.broadcast_to(devices.lower, (target.size,)), float)
        for k in range(int(pulses.max(initial=0))):
            moved = _pulsed(devices, weight, np.ones(target.size, bool), rng)
            weight = np.where(pulses > k, moved, weight)
        return np.asarray(self.synapse.conductance(weight.reshape(target.shape)), float)

    def read_error(self, cells: ProgrammedCells, aged: Array, time: float) -> Array | float:
        """Return the noise of one read, the same over the window. [S]"""
        synapse = self.synapse
        return 0.5 * synapse.read_noise * (synapse.conductance_max - synapse.conductance_min)

    def _pulses(self, target: Array) -> np.ndarray:
        """Return the number of pulses that takes the mean device nearest to each target."""
        levels = [-1.0]
        while len(levels) <= _MOST_PULSES and levels[-1] < 1.0 - _NOTHING:
            levels.append(min(levels[-1] + float(self.synapse.step_up(levels[-1])), 1.0))
            if levels[-1] - levels[-2] < _NOTHING:
                break
        ladder = np.asarray(self.synapse.conductance(np.array(levels)))
        place = np.searchsorted(ladder, target).clip(1, len(ladder) - 1)
        nearer_below = target - ladder[place - 1] < ladder[place] - target
        return place - nearer_below

    def _verified_weights(
        self, goal: Array, rng: np.random.Generator, tolerance: float, attempts: int
    ) -> Array:
        """Pulse each cell towards its target until it reads within the tolerance; keep the nearest."""
        synapse = self.synapse
        wanted = np.asarray(synapse.weight(goal.ravel()), float)
        span = self.conductance_max - self.conductance_min
        half = 0.5 * (synapse.conductance_max - synapse.conductance_min)
        allowed = tolerance * span / half
        devices = synapse.cells(goal.size, rng)
        weight = np.array(np.broadcast_to(devices.lower, (goal.size,)), float)
        best = weight
        for _ in range(attempts + len(np.unique(self._pulses(goal.ravel())))):
            read = weight + synapse.read_noise * rng.standard_normal(weight.shape)
            off = np.abs(read - wanted) > allowed
            if not off.any():
                break
            moved = _pulsed(devices, weight, read < wanted, rng)
            weight = np.where(off, moved, weight)
            best = np.where(np.abs(weight - wanted) < np.abs(best - wanted), weight, best)
        return best.reshape(goal.shape)


def _pulsed(
    devices: Cells, weight: Array, up: NDArray[np.bool_], rng: np.random.Generator
) -> Array:
    """Return the weights after a pulse each, up or down."""
    rise, fall = devices.steps(weight)
    noisy = 1.0 + devices.noise * rng.standard_normal(weight.shape)
    step = np.where(up, np.asarray(rise, float), np.asarray(fall, float)) * noisy
    return np.clip(weight + step, devices.lower, devices.upper)
