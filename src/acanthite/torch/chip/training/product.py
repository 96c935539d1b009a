"""A weight in training: its product is the chip's, its gradient that of the weight itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.errors import ChipError
from acanthite.inference import Chip, ProgrammedMatrix, Ranges, calibrate
from acanthite.inference.matrix.product import converter_ranges, input_planes, largest_of
from acanthite.random import generator
from acanthite.torch.chip.moment import Moment, exact_periphery
from acanthite.torch.chip.product import NO_RANGE, ChipProduct, Product
from acanthite.torch.chip.training import gradient
from acanthite.torch.chip.training.noise import WeightNoise, target_state
from acanthite.torch.chip.weights import Beside, Part
from acanthite.torch.chip.wires.weight import wired_weight

_TRACKED = 64  # inputs of a batch that the ranges of converters are renewed by
_EVERY = 10  # batches
_SHARE = 0.3  # of what is new in them


class TrainingProduct(Product):
    """A weight that is trained for a chip.

    Parameters
    ----------
    parameter : torch.nn.Parameter
    part : Part
        Which matrix it holds.
    chip : Chip
    seed : int
    noise : WeightNoise
    clip : float or None
        Weights further from zero than so many standard deviations are brought back. [1]
    learn_range : bool
        Whether the range of the inputs is trained.
    """

    largest: Tensor
    currents: Tensor

    def __init__(
        self,
        parameter: nn.Parameter,
        part: Part,
        chip: Chip,
        seed: int,
        noise: WeightNoise,
        clip: float | None,
        learn_range: bool,
    ) -> None:
        super().__init__(chip)
        self.parameter = parameter
        self.part = part
        self.seed = seed
        self.noise = noise
        self.clip = clip
        self.bias_parameter: nn.Parameter | None = None
        self.log_range = nn.Parameter(torch.zeros(()), requires_grad=learn_range)
        self.register_buffer("currents", self._no_currents())
        self._moment: Moment | None = None
        self._weight: Tensor | None = None
        self._targets: ProgrammedMatrix | None = None  # while ranges are still to be renewed

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs: not what was drawn for a batch."""
        return self.__dict__ | {"_moment": None, "_weight": None, "_targets": None}

    def hold_bias(self, parameter: nn.Parameter, part: Part) -> None:
        """Put a part of a parameter, the biases of the matrix, onto cells beside it."""
        self.bias_parameter = parameter
        self.bias_part = part
        self.bias_inputs = self.chip.bias_rows
        self.currents = self._no_currents()

    def _no_currents(self) -> Tensor:
        tiles = len(ProgrammedMatrix(self._values(), self.chip, self.seed).targets)
        return torch.zeros(tiles, self.chip.slices, dtype=torch.float64)

    @property
    def weight(self) -> Tensor:
        """The matrix, shape (outputs, inputs)."""
        return self.part.of(self.parameter)

    @property
    def bias(self) -> Tensor | None:
        """The biases that are on cells, shape (outputs,)."""
        if self.bias_parameter is None:
            return None
        return Beside(self.bias_parameter, self.bias_part).bias

    @property
    def whole(self) -> Tensor:
        """The matrix with the inputs that hold biases, driven by the largest input."""
        bias = self.bias
        if bias is None:
            return self.weight
        each = bias / (self.bias_inputs * self.log_range.exp())
        return torch.cat([self.weight, each[:, None].expand(-1, self.bias_inputs)], dim=1)

    @property
    def ranges(self) -> Ranges | None:
        """What the converters are set to; None before they are."""
        if not bool(self.currents.any()):
            return None
        return Ranges(self.log_range.exp().item(), tuple(self.currents.numpy().copy()))

    def written(self, chip: Chip, seed: int) -> ChipProduct:
        """Return the weight on a chip, with the range it learnt."""
        weight, bias = self.weight, self.bias
        if self.ranges is None:
            return ChipProduct(weight, chip, seed, bias=bias)
        largest = self.ranges.largest_input
        if exact_periphery(self.chip):
            known = None if bias is None else largest
            return ChipProduct(weight, chip, seed, None, known, bias)
        ranges = self.ranges if chip == self.chip else None
        return ChipProduct(weight, chip, seed, ranges, largest, bias)

    @torch.no_grad()
    def project(self) -> None:
        """Bring weights too far from zero and biases that no cells hold back, in place."""
        if self.clip is not None:
            weight = self.weight
            bound = float(self.clip * weight.std(correction=0))
            if bound > 0:
                weight.clamp_(-bound, bound)
        bias = self.bias
        if bias is not None and self.ranges is not None:
            most = float(self.bias_inputs * self.log_range.exp() * self.weight.abs().max())
            bias.clamp_(-most, most)

    def renew(self, batch: int, strength: float, follow: bool) -> None:
        """Draw what the weights are for a batch; ``follow`` it with the converters' ranges, or not."""
        if not exact_periphery(self.chip) and self.ranges is None:
            raise ChipError(NO_RANGE)
        seed = int(generator(self.seed, "torch.chip.training", batch).integers(2**53))
        values = self._values()
        drawn = self.noise.drawn(values, self.chip, seed, strength)
        self._moment = Moment(drawn.matrix, drawn.states, self.ranges, drawn.compensation, seed)
        wired = self.chip.wires is not None
        self._weight = wired_weight(self.whole, self.chip) if wired else self.whole
        if follow and (batch + 1) % _EVERY == 0 and not exact_periphery(self.chip):
            self._targets = ProgrammedMatrix(values, self.chip, seed)

    def set_ranges(self, inputs: np.ndarray) -> None:
        """Set the converters by typical inputs, shape (batch, inputs)."""
        weights, bias = self.weight.detach().double().numpy(), self.bias
        if bias is None:
            matrix = ProgrammedMatrix(weights, self.chip, self.seed)
        else:
            matrix = ProgrammedMatrix(
                weights,
                self.chip,
                self.seed,
                bias=bias.detach().double().numpy(),
                largest_input=largest_of(inputs, self.chip.inputs),
            )
        ranges = calibrate(matrix, inputs)
        with torch.no_grad():
            self.log_range.fill_(float(np.log(ranges.largest_input)))
            self.currents.copy_(torch.from_numpy(np.stack(ranges.currents)))

    def drive(self, x: Tensor) -> Tensor:
        """Return inputs in codes of the drivers; as they are where nothing is on the chip."""
        if self._digital or exact_periphery(self.chip):
            return x
        return gradient.Driven.apply(x, self.log_range.exp(), self.chip.inputs)

    def read(self, driven: Tensor) -> Tensor:
        """Return W x, shape (outputs, batch), for driven inputs of shape (inputs, batch)."""
        if self._digital:
            if self.watching:
                self.keep(driven.T)
            y = self.weight @ driven
            return y if self.bias is None else y + self.bias[:, None]
        if self._moment is None or self._weight is None:
            raise ChipError("a hardware-aware layer is called by its model, not by itself")
        if exact_periphery(self.chip):
            one = driven.new_ones(())
            rows = self.with_bias_inputs(driven, self.log_range.exp())
            return gradient.Read.apply(rows, self._weight, one, 1.0, self._moment)
        top = float(self.chip.inputs.largest_code or 1)
        rows = self.with_bias_inputs(driven, top)
        if self._targets is not None:
            self._renew_ranges(rows.detach())
        largest = self.log_range.exp()
        return gradient.Read.apply(rows, self._weight, largest, top, self._moment)

    @property
    def _digital(self) -> bool:
        return self.watching or not self.training

    def _values(self) -> np.ndarray:
        return self.whole.detach().double().numpy()

    def _renew_ranges(self, codes: Tensor) -> None:
        """Move the ranges of converters towards what suits the inputs of this batch."""
        assert self._targets is not None
        matrix, self._targets = self._targets, None
        step = max(1, codes.shape[1] // _TRACKED)
        top = float(self.chip.inputs.largest_code or 1)
        x = codes.T[::step][:_TRACKED].double().numpy() / top
        if not x.any():
            return
        planes, _ = input_planes(x, self.chip.inputs, 1.0)
        states = [target_state(self.chip, target) for target in matrix.targets]
        now = np.stack([converter_ranges(self.chip, state, planes) for state in states])
        self.currents.lerp_(torch.from_numpy(now), _SHARE)
