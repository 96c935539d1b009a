"""Converters between numbers and the array: digital to analogue and back, range and step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.checks import count, number


@dataclass(frozen=True)
class Converter:
    """A uniform quantiser with a range: a digital-to-analogue or analogue-to-digital converter.

    Parameters
    ----------
    bits : int, optional
        Resolution; without it values are not rounded.
    full_scale : float, optional
        Largest magnitude it passes, in the unit of what it converts (inputs: the user's; currents:
        [A]). Values beyond are clipped. Without it the range is chosen by whoever uses it, and
        nothing is clipped.
    signed : bool
        Signed: 2^bits - 1 codes about zero, which is one of them. Unsigned: 2^bits codes from zero
        up.

    Raises
    ------
    CrossbarError
        If bits or range make no sense.

    Examples
    --------
    >>> converter = ac.crossbar.Converter(bits=3, full_scale=1.0)
    >>> converter.convert([0.1, 0.6, 3.0]).round(3).tolist()
    [0.0, 0.667, 1.0]
    >>> converter.clipped([0.1, 0.6, 3.0, -2.0])
    0.5
    """

    bits: int | None = None
    full_scale: float | None = None
    signed: bool = True

    def __post_init__(self) -> None:
        if self.bits is not None:
            count("converter: bits", self.bits, least=2 if self.signed else 1)
            number("converter: bits", self.bits, most=32)
        if self.full_scale is not None:
            number("converter: full_scale", self.full_scale, above=0)

    @property
    def largest_code(self) -> int | None:
        """Code of the full scale; None without a resolution."""
        if self.bits is None:
            return None
        return 2 ** (self.bits - 1) - 1 if self.signed else 2**self.bits - 1

    def convert(self, values: ArrayLike, full_scale: float | None = None) -> Array:
        """Return values as they leave the converter.

        Parameters
        ----------
        values : array_like, shape (...)
        full_scale : float, optional
            Used where the converter has none of its own.

        Returns
        -------
        ndarray, shape (...)
            Clipped to the range and rounded to the nearest code; not clipped where no range is
            known.
        """
        v = np.asarray(values, float)
        top = self.full_scale if self.full_scale is not None else full_scale
        if top is None or top == 0.0:
            return np.maximum(v, 0.0) if not self.signed else v
        low = -top if self.signed else 0.0
        if self.largest_code is None:
            return np.clip(v, low, top) if self.full_scale is not None or not self.signed else v
        step = top / self.largest_code
        code = v / step
        np.rint(code, out=code)
        np.clip(code, low / step, self.largest_code, out=code)
        code *= step
        return code

    def clipped(self, values: ArrayLike, full_scale: float | None = None) -> float:
        """Return the share of values beyond the range, 0 to 1."""
        v = np.asarray(values, float)
        top = self.full_scale if self.full_scale is not None else full_scale
        beyond = np.zeros(v.shape, bool) if top is None else np.abs(v) > top * (1 + 1e-12)
        return float(np.mean(beyond if self.signed else beyond | (v < 0)))
