"""Weights of a model as they go onto a chip: each matrix once, however many layers share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from acanthite.inference import Chip
from acanthite.random import generator
from acanthite.torch.chip.product import ChipProduct


@dataclass(frozen=True)
class Part:
    """Which matrix of (outputs, inputs) a parameter holds.

    Parameters
    ----------
    parts, index : int
        The parameter is cut into so many along its first axis, and this is which of them.
    transposed : bool
        Whether it holds (inputs, outputs).
    """

    parts: int = 1
    index: int = 0
    transposed: bool = False

    def of(self, parameter: Tensor) -> Tensor:
        """Return the matrix, shape (outputs, inputs)."""
        matrix = parameter.flatten(1).chunk(self.parts)[self.index]
        return matrix.T if self.transposed else matrix


@dataclass(frozen=True, eq=False)
class Beside:
    """Biases on cells beside a matrix.

    Parameters
    ----------
    parameter : Tensor
    part : Part
        Which of its parts; whether it is transposed says nothing.
    """

    parameter: Tensor
    part: Part

    @property
    def bias(self) -> Tensor:
        """The biases, shape (outputs,)."""
        return self.parameter.chunk(self.part.parts)[self.part.index]


class Weights:
    """Gives each matrix of a model its place on the chip, and its seed.

    Parameters
    ----------
    chip : Chip
    seed : int
    memo : dict
        Of the copy that is made of the model.
    """

    def __init__(self, chip: Chip, seed: int, memo: dict[int, Any]) -> None:
        self.chip = chip
        self.seed = seed
        self.memo = memo
        self._products: dict[tuple[int, int | None, Part], nn.Module] = {}
        self._alive: list[Tensor] = []  # ids are of tensors that live

    def product(
        self,
        weight: Tensor,
        parts: int = 1,
        index: int = 0,
        transposed: bool = False,
        bias: Tensor | None = None,
        bias_part: Part | None = None,
    ) -> Any:
        """Return the product by a weight, or by a part of it; see :class:`Part`.

        Where the chip has rows for biases, the same part of ``bias``, or ``bias_part`` of it, is
        written beside the weight: one weight with two biases is then written twice.
        """
        part = Part(parts, index, transposed)
        beside = None
        if bias is not None and self.chip.bias_rows:
            beside = Beside(bias, bias_part or part)
        key = (id(weight), None if beside is None else id(bias), part)
        if key not in self._products:
            self._alive += [weight] if bias is None else [weight, bias]
            rng = generator(self.seed, "torch.chip.weight", len(self._products))
            self._products[key] = self._made(weight, part, int(rng.integers(2**53)), beside)
        return self._products[key]

    def _made(self, weight: Tensor, part: Part, seed: int, beside: Beside | None) -> nn.Module:
        bias = None if beside is None else beside.bias
        return ChipProduct(part.of(weight), self.chip, seed, bias=bias)

    def digital_bias(self, bias: Tensor | None) -> nn.Parameter | None:
        """Return a bias as a layer adds it digitally; None where it is on cells."""
        return None if self.chip.bias_rows else self.kept(bias)

    def kept(self, parameter: Tensor | None) -> nn.Parameter | None:
        """Return what stays digital: a copy that no training of the model changes any more."""
        if parameter is None:
            return None
        return nn.Parameter(parameter.detach().clone(), requires_grad=False)
