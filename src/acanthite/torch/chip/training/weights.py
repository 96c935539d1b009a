"""Weights of a model that is trained for a chip: parameters, shared as the model shares them."""

from __future__ import annotations

import copy
from typing import Any

from torch import Tensor, nn

from acanthite.inference import Chip
from acanthite.torch.chip.training.noise import WeightNoise
from acanthite.torch.chip.training.product import TrainingProduct
from acanthite.torch.chip.weights import Beside, Part, Weights


class TrainingWeights(Weights):
    """Gives each matrix of a model a product that can be trained.

    Parameters
    ----------
    chip : Chip
    seed : int
    memo : dict
        Of the copy that is made of the model: parameters that are tied stay so.
    noise, clip, learn_ranges
        Of :class:`~acanthite.torch.chip.training.product.TrainingProduct`.
    """

    def __init__(
        self,
        chip: Chip,
        seed: int,
        memo: dict[int, Any],
        noise: WeightNoise,
        clip: float | None,
        learn_ranges: bool,
    ) -> None:
        super().__init__(chip, seed, memo)
        self.noise = noise
        self.clip = clip
        self.learn_ranges = learn_ranges and chip.inputs.bits is not None

    def _made(self, weight: Tensor, part: Part, seed: int, beside: Beside | None) -> nn.Module:
        parameter = self.kept(weight)
        assert parameter is not None
        product = TrainingProduct(
            parameter, part, self.chip, seed, self.noise, self.clip, self.learn_ranges
        )
        if beside is not None:
            bias = self.kept(beside.parameter)
            assert bias is not None
            product.hold_bias(bias, beside.part)
        return product

    def kept(self, parameter: Tensor | None) -> nn.Parameter | None:
        """Return the copy of a parameter that is trained, one however often it is asked for."""
        return copy.deepcopy(parameter, self.memo)  # type: ignore[return-value]
