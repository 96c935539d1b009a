"""The product of a weight on a chip and a batch: the compiled twin of the one in float64."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.errors import ChipError
from acanthite.inference import Chip, ProgrammedMatrix, Ranges, calibrate
from acanthite.inference.cells.base import CellModel
from acanthite.inference.matrix.product import largest_of
from acanthite.random import generator
from acanthite.torch.chip.moment import Moment, exact_periphery
from acanthite.torch.chip.tiles import drive

_WATCHED = 4096  # inputs kept of a layer while the chip is calibrated
NO_RANGE = (
    "the chip's converters have no range yet; call .calibrate(inputs) of the model, or give typical "
    "inputs when it is converted"
)


class Product(nn.Module, ABC):
    """A weight that is multiplied by what it is given, on a chip.

    Parameters
    ----------
    chip : Chip

    Attributes
    ----------
    within_one : bool
        Whether inputs are known to lie within -1 and 1.
    bias_inputs : int
        How many inputs beside its own hold biases.
    """

    def __init__(self, chip: Chip) -> None:
        super().__init__()
        self.chip = chip
        self.watching = False
        self.within_one = False
        self.bias_inputs = 0
        self._seen: list[Tensor] = []

    @abstractmethod
    def drive(self, x: Tensor) -> Tensor:
        """Return inputs as :meth:`read` takes them, element by element: in codes of the drivers.

        Raises
        ------
        ChipError
            If the converters were not set: call ``calibrate`` of the model.
        """

    @abstractmethod
    def read(self, driven: Tensor) -> Tensor:
        """Return W x, shape (outputs, batch), for driven inputs of shape (inputs, batch).

        Biases on cells are added.
        """

    @abstractmethod
    def set_ranges(self, inputs: np.ndarray) -> None:
        """Set the converters by typical inputs, shape (batch, inputs)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return W x, shape (..., outputs), for x of shape (..., inputs), with biases on cells.

        Raises
        ------
        ChipError
            If the converters were not set: call ``calibrate`` of the model.
        """
        rows = self.drive(x).reshape(-1, x.shape[-1])
        y = self.read(rows.T)
        return y.T.reshape(*x.shape[:-1], len(y)).contiguous()

    def watch(self, on: bool) -> None:
        """Begin to keep inputs, multiplied by the digital weight; or set the converters by them.

        Raises
        ------
        ChipError
            If no input came, or only zeros.
        """
        self.watching = on
        if on:
            self._seen = []
            return
        if not self._seen:
            raise ChipError("calibrate: no input came to this layer; expected typical inputs")
        inputs = torch.cat(self._seen).double().numpy()
        self._seen = []
        if self.within_one and not inputs.any():
            inputs = np.eye(inputs.shape[1])  # the state before a first step says nothing
        self.set_ranges(inputs)

    def with_bias_inputs(self, driven: Tensor, value: Tensor | float) -> Tensor:
        """Return driven inputs with those of the biases below them, which are all ``value``."""
        if not self.bias_inputs:
            return driven
        constant = torch.as_tensor(value, dtype=driven.dtype)
        return torch.cat([driven, constant.expand(self.bias_inputs, driven.shape[1])])

    def keep(self, x: Tensor) -> None:
        """Keep inputs of shape (batch, inputs), or some of them."""
        room = _WATCHED - sum(len(part) for part in self._seen)
        if room > 0:
            step = max(1, len(x) // room)
            self._seen.append(x[::step][:room].detach().clone())


class ChipProduct(Product):
    """A weight on a chip, multiplied by what it is given.

    Parameters
    ----------
    weight : Tensor, shape (outputs, inputs)
    chip : Chip
    seed : int
    ranges : Ranges, optional
        Of the converters, if they are known.
    largest_input : float, optional
        That is not clipped, if it is known though the other ranges are not.
    bias : Tensor, shape (outputs,), optional
        On cells: written once the largest input is known.

    Raises
    ------
    ChipError
        If the chip cannot hold the weight or the bias.
    """

    digital: Tensor
    digital_bias: Tensor | None

    def __init__(
        self,
        weight: Tensor,
        chip: Chip,
        seed: int,
        ranges: Ranges | None = None,
        largest_input: float | None = None,
        bias: Tensor | None = None,
    ) -> None:
        super().__init__(chip)
        self.seed = seed
        self.ranges = ranges
        self.largest_input = largest_input
        self.bias_inputs = 0 if bias is None else chip.bias_rows
        held = None if bias is None else bias.detach().clone()
        self.register_buffer("digital", weight.detach().clone(), persistent=False)
        self.register_buffer("digital_bias", held, persistent=False)
        self.matrix = self._programmed(largest_input if ranges is None else ranges.largest_input)
        self.time: float | None = None
        self.draw = 0
        self._moment: Moment | None = None

    @property
    def ready(self) -> bool:
        """Whether all that a read needs is known."""
        if self.bias_inputs and self.matrix.largest_input is None:
            return False
        return self.ranges is not None or exact_periphery(self.chip)

    def _programmed(self, largest: float | None) -> ProgrammedMatrix:
        """Return the matrix on cells, with its biases if the largest input is known."""
        weights = self.digital.double().numpy()
        if self.digital_bias is None or largest is None:
            return ProgrammedMatrix(weights, self.chip, self.seed)
        bias = self.digital_bias.double().numpy()
        return ProgrammedMatrix(weights, self.chip, self.seed, bias=bias, largest_input=largest)

    def set_ranges(self, inputs: np.ndarray) -> None:
        """Set the converters by typical inputs, shape (batch, inputs), and write the biases.

        Raises
        ------
        ChipError
            If the inputs are all zero, or the rows of the biases cannot hold them.
        """
        if self.bias_inputs:
            largest = self.largest_input or largest_of(inputs, self.chip.inputs)
            self.matrix = self._programmed(largest)
        self.ranges = calibrate(self.matrix, inputs, self.largest_input)
        if self.time is not None:
            self.set_time(self.time, self.draw)

    def set_time(self, time: float, draw: int = 0) -> None:
        """Go to a time after programming [s]; ``draw`` counts repetitions with other noise.

        Raises
        ------
        CellError
            If the cells' model says nothing about that time.
        """
        self.time = time
        self.draw = draw
        if not self.ready and self.bias_inputs:
            return  # cells are written once it is known what drives the rows of biases
        states = self.matrix.at(time)
        if not self.ready:
            return
        seed = int(generator(self.matrix.seed, f"torch.chip {time!r}", draw).integers(2**53))
        factor = self.matrix.compensation(time, draw)
        self._moment = Moment(self.matrix, states, self.ranges, factor, seed)

    @torch.no_grad()
    def drive(self, x: Tensor) -> Tensor:
        """Return inputs as :meth:`read` takes them, element by element: in codes of the drivers.

        Raises
        ------
        ChipError
            If the converters were not set: call ``calibrate`` of the model.
        """
        if self.watching:
            return x
        if not self.ready:
            raise ChipError(NO_RANGE)
        if exact_periphery(self.chip):
            return x
        assert self.ranges is not None
        return drive(x, self.chip.inputs, self.ranges.largest_input)

    @torch.no_grad()
    def read(self, driven: Tensor) -> Tensor:
        """Return W x, shape (outputs, batch), for driven inputs of shape (inputs, batch)."""
        if self.watching:
            self.keep(driven.T)
            y = self.digital @ driven
            return y if self.digital_bias is None else y + self.digital_bias[:, None]
        assert self._moment is not None
        return self._moment.read(self.with_bias_inputs(driven, self._bias_input))

    @property
    def _bias_input(self) -> float:
        """What the rows of biases are driven by, as :meth:`read` takes inputs."""
        if exact_periphery(self.chip):
            return self.matrix.largest_input or 0.0
        return float(self.chip.inputs.largest_code or 1)


def first_time(chip: Chip) -> float:
    """Return the first time that the cells of a chip can be read at. [s]"""
    assert isinstance(chip.cells, CellModel)
    return chip.cells.first_time
