"""More bits than a cell holds: each digit of a weight in cells of its own, times its place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from acanthite.crossbar.array_types import Shape
from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.crossbar.circuit.checks import count, number
from acanthite.crossbar.compute.mapping.base import Array, Mapping, as_weights, held_weights
from acanthite.crossbar.compute.mapping.column_pairs import ColumnPairs
from acanthite.errors import CrossbarError


@dataclass(frozen=True)
class BitSlices(Mapping):
    """Weights as integers of ``slices`` digits of ``bits`` bits, each digit by another mapping.

    A weight w becomes sign(w) round(abs(w) (B^slices - 1)) with B = 2^bits. The slices lie side by
    side, the least significant first, and the converters see each of them alone.

    Parameters
    ----------
    bits : int
        Of a digit: a cell then has 2^bits levels.
    slices : int
    base : Mapping
        How a digit and its sign are held.

    Raises
    ------
    CrossbarError
        If there are no bits or slices, or a weight has more than 48 bits.

    Examples
    --------
    >>> import numpy as np
    >>> mapping = ac.crossbar.BitSlices(bits=2, slices=3)
    >>> mapping.shape(outputs=10, inputs=64)
    (64, 60)
    >>> matrix = ac.crossbar.AnalogMatrix([[0.5, -0.3]], mapping=mapping)
    >>> (matrix @ [1.0, 1.0]).round(2).tolist()
    [0.2]
    """

    bits: int = 2
    slices: int = 4
    base: Mapping = field(default_factory=ColumnPairs)

    def __post_init__(self) -> None:
        count("bit slices: bits", self.bits)
        count("bit slices: slices", self.slices)
        number("bit slices: bits of a weight", self.bits * self.slices, most=48)

    @property
    def _radix(self) -> int:
        return 2**self.bits

    def shape(self, outputs: int, inputs: int) -> Shape:
        """Return the shape of the base, ``slices`` times as wide."""
        rows, columns = self.base.shape(outputs, inputs)
        return rows, self.slices * columns

    def encode(self, weights: Array, cells: ConductanceRange) -> Array:
        """Return conductances [S], the base's arrays of all digits side by side.

        Raises
        ------
        CrossbarError
            If the levels of the cells do not hold a digit exactly.
        """
        W, radix = as_weights(weights), self._radix
        digit = np.array([[1.0 / (radix - 1)]])
        if not np.allclose(
            held_weights(self.base, self.base.encode(digit, cells), cells), digit, rtol=1e-9
        ):
            raise CrossbarError(
                f"cells: {cells.levels} levels do not hold digits of {self.bits} bits exactly; "
                f"take {radix} levels ({2 * radix - 1} with an offset column) or fewer bits"
            )
        whole = np.rint(np.abs(W) * (radix**self.slices - 1)).astype(np.int64)
        digits = ((whole // radix**s) % radix for s in range(self.slices))
        return np.hstack([self.base.encode(np.sign(W) * d / (radix - 1), cells) for d in digits])

    def drive(self, inputs: Array) -> Array:
        """Return what the base gives its rows."""
        return self.base.drive(inputs)

    def combine(self, current: Array) -> Array:
        """Return the base's outputs [A], shifted by their places and added."""
        radix = self._radix
        parts = np.split(np.asarray(current), self.slices, axis=-1)
        places = (radix - 1) / (radix**self.slices - 1) * float(radix) ** np.arange(self.slices)
        return sum(
            place * self.base.combine(part) for place, part in zip(places, parts, strict=True)
        )  # type: ignore[return-value]

    def unit(self, target: Array, made: Array, cells: ConductanceRange) -> float:
        """Return the unit of the most significant slice [S]."""
        width = target.shape[1] // self.slices
        return self.base.unit(target[:, -width:], made[:, -width:], cells)
