"""What the weights of a model become for one batch of its training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from acanthite.arguments import number
from acanthite.errors import ChipError
from acanthite.inference import Chip, ProgrammedMatrix
from acanthite.inference.cells.base import CellModel
from acanthite.inference.matrix.layout import TileTarget
from acanthite.inference.matrix.programmed import TileState
from acanthite.quantities import accepts_quantities
from acanthite.random import generator
from acanthite.torch.chip.wires.conductance import seen

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class NoisyMatrix:
    """A matrix as it is for one batch.

    Parameters
    ----------
    matrix : ProgrammedMatrix
    states : list of TileState
    compensation : ndarray, shape (outputs,)
        What outputs are multiplied by.
    """

    matrix: ProgrammedMatrix
    states: list[TileState]
    compensation: Array


class WeightNoise(ABC):
    """A kind of noise that a model is trained with.

    Examples
    --------
    >>> kinds = [
    ...     ac.torch.CellNoise(),
    ...     ac.torch.AdditiveNoise(0.1),
    ...     ac.torch.ProportionalNoise(0.3),
    ... ]
    >>> all(isinstance(kind, ac.torch.WeightNoise) for kind in kinds)
    True
    """

    @abstractmethod
    def drawn(self, weights: Array, chip: Chip, seed: int, strength: float) -> NoisyMatrix:
        """Return weights of shape (outputs, inputs) with noise of a share of its full strength."""


@accepts_quantities
@dataclass(frozen=True)
class CellNoise(WeightNoise):
    """What the chip's own cells do to weights: written anew for each batch, aged, read with noise.

    Parameters
    ----------
    earliest, latest : float, optional
        Each batch is at a time of its own between them, uniform in ln(1 + t); right after
        programming without. Of a model of cells that knows some times only, one of those between.
        [s]

    Raises
    ------
    ChipError
        If the times are in the wrong order.

    Examples
    --------
    >>> ac.torch.CellNoise(earliest=1.0, latest=86400.0).latest
    86400.0
    """

    earliest: float | None = None
    latest: float | None = None

    def __post_init__(self) -> None:
        if (self.earliest is None) != (self.latest is None):
            raise ChipError("CellNoise: earliest and latest go together; give both or neither")
        if self.earliest is not None:
            number("CellNoise: earliest", self.earliest, least=0, error=ChipError)
            number("CellNoise: latest", self.latest, least=self.earliest, error=ChipError)

    def time(self, cells: CellModel, rng: np.random.Generator) -> float:
        """Return a time to train for [s].

        Raises
        ------
        ChipError
            If the cells' model says nothing about any time between the two.
        """
        if self.earliest is None or self.latest is None:
            return cells.first_time
        if cells.TIMES:
            known = [t for t in cells.TIMES if self.earliest <= t <= self.latest]
            if not known:
                raise ChipError(
                    f"CellNoise: the cells were measured at {', '.join(map(str, cells.TIMES))} s, "
                    f"and none lies between {self.earliest:g} and {self.latest:g} s"
                )
            return float(rng.choice(known))
        earliest = max(self.earliest, cells.first_time)
        return float(np.expm1(rng.uniform(np.log1p(earliest), np.log1p(self.latest))))

    def drawn(self, weights: Array, chip: Chip, seed: int, strength: float) -> NoisyMatrix:
        """Return weights with a share of what the cells do to them."""
        assert isinstance(chip.cells, CellModel)
        matrix = ProgrammedMatrix(weights, chip, seed)
        time = self.time(chip.cells, generator(seed, "torch.chip.training-time"))
        states = [_softened(chip, state, strength) for state in matrix.at(time)]
        compensation = 1.0 + strength * (matrix.compensation(time) - 1.0)
        return NoisyMatrix(matrix, states, compensation)


@dataclass(frozen=True)
class _FormulaNoise(WeightNoise):
    """Noise of weights themselves, on cells without error."""

    deviation: float = field()

    def __post_init__(self) -> None:
        name = type(self).__name__
        number(f"{name}: deviation", self.deviation, least=0, error=ChipError)

    @abstractmethod
    def spread(self, weights: Array) -> Array | float:
        """Return the standard deviation of each weight's noise."""

    def drawn(self, weights: Array, chip: Chip, seed: int, strength: float) -> NoisyMatrix:
        """Return weights with a share of the noise."""
        normals = generator(seed, "torch.chip.training-noise").standard_normal(weights.shape)
        return exact(weights + strength * self.spread(weights) * normals, chip, seed)


@dataclass(frozen=True)
class AdditiveNoise(_FormulaNoise):
    """The same normal noise on every weight.

    Parameters
    ----------
    deviation : float
        Standard deviation over the largest weight of the layer. [1]

    Examples
    --------
    >>> ac.torch.AdditiveNoise(0.05).deviation
    0.05
    """

    def spread(self, weights: Array) -> float:
        """Return the standard deviation."""
        return self.deviation * float(np.abs(weights).max())


@dataclass(frozen=True)
class ProportionalNoise(_FormulaNoise):
    """Normal noise in proportion to each weight.

    Parameters
    ----------
    deviation : float
        Standard deviation over the weight. [1]

    Examples
    --------
    >>> ac.torch.ProportionalNoise(0.3).deviation
    0.3
    """

    def spread(self, weights: Array) -> Array:
        """Return the standard deviation of each weight's noise."""
        return self.deviation * np.abs(weights)


def exact(weights: Array, chip: Chip, seed: int) -> NoisyMatrix:
    """Return weights on cells that are what they are to be."""
    matrix = ProgrammedMatrix(weights, chip, seed)
    states = [target_state(chip, target) for target in matrix.targets]
    return NoisyMatrix(matrix, states, np.ones(len(weights)))


def target_state(chip: Chip, target: TileTarget) -> TileState:
    """Return an array whose cells are what they are to be."""
    unit = chip.mapping.unit(target.conductance, target.conductance, chip.window)
    wires = chip.wires
    shown = target.conductance if wires is None else seen(target.conductance, wires)
    return TileState(target, shown, None, unit)


def _softened(chip: Chip, state: TileState, strength: float) -> TileState:
    """Return an array with a share of what its cells depart from their targets by."""
    if strength == 1.0:
        return state
    aim = target_state(chip, state.target).conductance
    conductance = aim + strength * (state.conductance - aim)
    error = None if state.read_error is None else strength * state.read_error
    return TileState(state.target, conductance, error, state.unit)
