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
        self._products: dict[tuple[int, Part], nn.Module] = {}
        self._alive: list[Tensor] = []  # ids are of tensors that live

    def product(
        self, weight: Tensor, parts: int = 1, index: int = 0, transposed: bool = False
    ) -> Any:
        """Return the product by a weight, or by a part of it; see :class:`Part`."""
        part = Part(parts, index, transposed)
        key = (id(weight), part)
        if key not in self._products:
            self._alive.append(weight)
            rng = generator(self.seed, "torch.chip.weight", len(self._products))
            self._products[key] = self._made(weight, part, int(rng.integers(2**53)))
        return self._products[key]

    def _made(self, weight: Tensor, part: Part, seed: int) -> nn.Module:
        return ChipProduct(part.of(weight), self.chip, seed)

    def kept(self, parameter: Tensor | None) -> nn.Parameter | None:
        """Return what stays digital: a copy that no training of the model changes any more."""
        if parameter is None:
            return None
        return nn.Parameter(parameter.detach().clone(), requires_grad=False)
