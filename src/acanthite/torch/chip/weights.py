"""Weights of a model as they go onto a chip: each matrix once, however many layers share it."""

from __future__ import annotations

from torch import Tensor, nn

from acanthite.inference import Chip
from acanthite.random import generator
from acanthite.torch.chip.product import ChipProduct


def own(parameter: Tensor | None) -> nn.Parameter | None:
    """Return a copy of a parameter that no training of the model changes any more."""
    if parameter is None:
        return None
    return nn.Parameter(parameter.detach().clone(), requires_grad=False)


class Weights:
    """Gives each matrix of a model its place on the chip, and its seed.

    Parameters
    ----------
    chip : Chip
    seed : int
    """

    def __init__(self, chip: Chip, seed: int) -> None:
        self.chip = chip
        self.seed = seed
        self._products: dict[tuple[int, int, bool], ChipProduct] = {}
        self._alive: list[Tensor] = []  # ids are of tensors that live

    def product(
        self, weight: Tensor, part: int = 0, matrix: Tensor | None = None, transposed: bool = False
    ) -> ChipProduct:
        """Return the product by a weight, or by a part of it, (outputs, inputs)."""
        key = (id(weight), part, transposed)
        if key not in self._products:
            self._alive.append(weight)
            values = weight if matrix is None else matrix
            rng = generator(self.seed, "torch.chip.weight", len(self._products))
            oriented = values.T if transposed else values
            self._products[key] = ChipProduct(oriented, self.chip, int(rng.integers(2**53)))
        return self._products[key]
