"""One layer of a network as a chip sees it: a matrix, how often it is used, and digital work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.arguments import count, number
from acanthite.cost.components.activation_unit import Activation
from acanthite.errors import ChipError

_COUNTS = ("inputs", "outputs", "pooled", "sums", "products", "normalised")


@dataclass(frozen=True, kw_only=True)
class LayerShape:
    """A layer.

    Parameters
    ----------
    name : str
    inputs, outputs : int
        Of its matrix; both 0 for a layer that is digital only.
    positions : int
        How often the matrix is used for one inference: the positions of a convolution, the tokens
        of a sequence.
    fresh_inputs : int, optional
        Values fetched for a position; all inputs without it. A kernel that moves on by one column
        keeps the rest.
    activation : {"none", "relu", "table"}
        Of each output.
    results : int, optional
        Values handed on an inference; all outputs of all positions without it.
    pooled, sums, products, normalised : int
        Digital work of an inference: values pooled; values added, as around a residual block;
        multiplications and additions, as of attention; values normalised or exponentiated.
    activity : float, optional
        Of the inputs, over that of the largest input all the time: mean of bits, of pulse widths,
        or of squared voltages, by the scheme of the chip. [1]
    weights : ndarray, shape (outputs, inputs), optional
        Normal random ones without it.
    biased : bool
        Whether its outputs have biases, which a chip may hold on rows of cells.

    Raises
    ------
    ChipError
        If a number makes no sense.

    Examples
    --------
    >>> layer = ac.cost.LayerShape(name="fc1", inputs=784, outputs=256, activation="relu")
    >>> layer.macs
    200704
    """

    name: str
    inputs: int
    outputs: int
    positions: int = 1
    fresh_inputs: int | None = None
    activation: Activation = "none"
    results: int | None = None
    pooled: int = 0
    sums: int = 0
    products: int = 0
    normalised: int = 0
    activity: float | None = None
    weights: NDArray[np.float64] | None = field(default=None, compare=False, repr=False)
    biased: bool = True

    def __post_init__(self) -> None:
        title = f"layer {self.name!r}"
        for each in _COUNTS:
            count(f"{title}: {each}", getattr(self, each), least=0, error=ChipError)
        count(f"{title}: positions", self.positions, error=ChipError)
        for each in ("fresh_inputs", "results"):
            if getattr(self, each) is not None:
                count(f"{title}: {each}", getattr(self, each), error=ChipError)
        if (self.inputs == 0) != (self.outputs == 0):
            raise ChipError(
                f"{title}: inputs = {self.inputs}, outputs = {self.outputs}; expected both above "
                "zero, or both zero for a layer that is digital only"
            )
        if not self.on_tiles and not self._digital:
            raise ChipError(f"{title}: nothing to do; give it inputs and outputs, or digital work")
        if self.activity is not None:
            check_activity(f"{title}: activity", self.activity)
        self._check_weights(title)

    def _check_weights(self, title: str) -> None:
        if self.weights is None:
            return
        weights: Any = np.asarray(self.weights, float)
        if weights.shape != (self.outputs, self.inputs) or not np.isfinite(weights).all():
            raise ChipError(
                f"{title}: weights of shape {weights.shape}; expected finite numbers of shape "
                f"({self.outputs}, {self.inputs})"
            )
        object.__setattr__(self, "weights", weights)

    @property
    def _digital(self) -> int:
        return self.pooled + self.sums + self.products + self.normalised

    @property
    def on_tiles(self) -> bool:
        """Whether it has a matrix."""
        return self.inputs > 0

    @property
    def matrix_macs(self) -> int:
        """Multiplications and additions of the matrix an inference."""
        return self.inputs * self.outputs * self.positions

    @property
    def macs(self) -> int:
        """Multiplications and additions an inference, digital ones among them."""
        return self.matrix_macs + self.products

    @property
    def values_in(self) -> int:
        """Values fetched an inference."""
        each = self.inputs if self.fresh_inputs is None else self.fresh_inputs
        return each * self.positions

    @property
    def values_out(self) -> int:
        """Values handed on an inference."""
        return self.outputs * self.positions if self.results is None else self.results


def check_activity(name: str, value: float) -> float:
    """Return an activity, or say what it must be.

    Raises
    ------
    ChipError
        If it is not above 0 and at most 1.
    """
    try:
        return number(name, value, above=0, most=1, error=ChipError)
    except ChipError as error:
        raise ChipError(
            f"{error}; a network whose inputs are all zero computes nothing, give the share of "
            "input bits that are one"
        ) from None
