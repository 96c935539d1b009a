"""What stands around an array: converters, noise and bounds of a read, forward and backward alike.

A read is scaled to its largest input (noise management), so every number here is in units of a
full-scale input times the weight: with an input vector scaled to 1, outputs are ``sum_j w_ij x_j``
and an output of ``bound`` is the largest passed.

References
----------
.. [1] T. Gokmen, M. Onen, W. Haensch, *Front. Neurosci.* **11**, 538 (2017),
   :doi:`10.3389/fnins.2017.00538`: noise and bound management.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from acanthite.arguments import check_fields, number
from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.options import INLINED, ZERO
from acanthite.nn.engine.rng import Rng, make_rng, take_normals

_LEAST = np.float32(1e-30)  # a smaller full scale has no inverse in float32


class Converters(NamedTuple):
    """A :class:`Periphery` as the kernels take it."""

    on: bool
    read_noise: np.float32
    output_noise: np.float32
    input_levels: np.float32  # 0 without a converter
    output_levels: np.float32
    bound: np.float32  # 0 without one
    inputs: np.ndarray  # float32, scratch
    outputs: np.ndarray  # float32, scratch
    rng: Rng


@dataclass(frozen=True)
class Periphery:
    """Converters, noise and bounds of the reads of an array; none by default.

    Parameters
    ----------
    read_noise : float
        Standard deviation of each cell's weight from read to read. [1]
    output_noise : float
        Standard deviation added to each output line. [1]
    input_bits, output_bits : int, optional
        Resolution of the converters before and behind the array, signed: 2^bits - 1 codes about
        zero.
    output_bound : float, optional
        Largest output; beyond it is clipped. A converter behind the array needs it: it is its full
        scale. [1]

    Raises
    ------
    TrainingError
        If a number makes no sense.

    Examples
    --------
    Converters of eight bits around each array:

    >>> periphery = ac.nn.Periphery(input_bits=8, output_bits=8, output_bound=12.0)
    >>> network = ac.nn.Network((784, 64, 10), periphery=periphery)
    >>> periphery.ideal, network.periphery.output_bits
    (False, 8)
    """

    read_noise: float = 0.0
    output_noise: float = 0.0
    input_bits: int | None = None
    output_bits: int | None = None
    output_bound: float | None = None

    def __post_init__(self) -> None:
        noise = "read_noise", "output_noise"
        check_fields(self, "periphery", noise, least=0, error=TrainingError)
        for name in ("input_bits", "output_bits"):
            bits = getattr(self, name)
            if bits is not None and not (isinstance(bits, int) and 2 <= bits <= 24):
                raise TrainingError(
                    f"periphery: {name} = {bits}; expected a whole number from 2 to 24"
                )
        if self.output_bound is not None:
            number("periphery: output_bound", self.output_bound, above=0, error=TrainingError)
        if self.output_bits is not None and self.output_bound is None:
            raise TrainingError(
                f"periphery: output_bits = {self.output_bits} without output_bound; "
                "give the converter's full scale"
            )

    @property
    def ideal(self) -> bool:
        """Whether reads are exact."""
        return self == Periphery()

    def converters(self, n_lines: int, seed: int) -> Converters:
        """Return it for the kernels, with random numbers of its own.

        It has scratch for arrays of up to ``n_lines`` lines.
        """
        f = np.float32
        before, behind = (
            2 ** (bits - 1) - 1 if bits else 0 for bits in (self.input_bits, self.output_bits)
        )
        return Converters(
            on=not self.ideal,
            read_noise=f(self.read_noise),
            output_noise=f(self.output_noise),
            input_levels=f(before),
            output_levels=f(behind),
            bound=f(self.output_bound or 0.0),
            inputs=aligned.zeros(n_lines),
            outputs=aligned.zeros(n_lines),
            rng=make_rng(seed, "nn.periphery"),
        )


@njit(**INLINED)
def draws(p):
    """Return whether each read takes a normal for each of its outputs, whatever its inputs."""
    return p.read_noise > ZERO or p.output_noise > ZERO


@njit(**INLINED)
def largest(x):
    """Return max |x|, NaN if there is one."""
    # of numbers without a sign, the order is that of their bits, and integers are compared many at
    # once
    bits = x.view(np.uint32)
    top = np.uint32(0)
    for i in range(x.shape[0]):
        top = max(top, np.uint32(bits[i] & np.uint32(0x7FFFFFFF)))
    return np.uint32(top).view(np.float32)


@njit(**INLINED)
def to_lines(p, x):
    """Put inputs through their converter, in place; return the largest magnitude and norm squared.

    The norm is that of the read noise, and zero without.
    """
    top = largest(x)
    total = ZERO
    if p.input_levels > ZERO and top > ZERO:
        _round(x, top, p.input_levels)
    if p.read_noise > ZERO:
        for j in range(x.shape[0]):
            total += x[j] * x[j]
    return top, total


@njit(**INLINED)
def _round(x, full, levels):
    """Replace numbers by the nearest codes of a converter with ``levels`` up to its full scale."""
    if full < _LEAST:
        return
    code = levels / full
    step = full / levels
    for j in range(x.shape[0]):
        x[j] = np.float32(np.rint(x[j] * code)) * step


@njit(**INLINED)
def from_lines(p, z, top, norm_squared):
    """Add a read's noise to its outputs, clip and convert them, in place.

    ``top`` is its largest input.
    """
    if draws(p):
        sigma = np.sqrt(p.read_noise * p.read_noise * norm_squared + (p.output_noise * top) ** 2)
        at = np.uint64(take_normals(p.rng, z.shape[0]))
        for i in range(np.uint64(z.shape[0])):
            z[i] += sigma * p.rng.normals[at + i]
    bound = p.bound * top
    if bound > ZERO:
        for i in range(z.shape[0]):
            z[i] = min(max(z[i], -bound), bound)
        if p.output_levels > ZERO:
            _round(z, bound, p.output_levels)
