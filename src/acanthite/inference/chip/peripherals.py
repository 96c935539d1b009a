"""What a chip puts before and behind its arrays: how inputs are applied, and currents read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from acanthite.arguments import count, number
from acanthite.errors import ChipError

Scheme = Literal["parallel", "bit-serial", "pulse-width"]
Profile = Literal["percentile", "loss", "largest"]

_MOST_BITS = 24  # of a converter: all whole numbers of it are exact in single precision


@dataclass(frozen=True, kw_only=True)
class InputDriver:
    """How inputs reach the rows of an array.

    Parameters
    ----------
    bits : int, optional
        Of an input, sign included; without it inputs are exact.
    scheme : {"parallel", "bit-serial", "pulse-width"}
        A voltage for each value; one bit after the other, each on or off, read one by one; or a
        time for each value, which gives the same charge as the voltage.
    percentile : float
        Of the magnitudes seen when the chip is calibrated, the largest input that is not clipped.
        [1]

    Examples
    --------
    >>> ac.inference.InputDriver(bits=4, scheme="bit-serial").largest_code
    7
    """

    bits: int | None = 8
    scheme: Scheme = "parallel"
    percentile: float = 1.0

    def __post_init__(self) -> None:
        _check_bits("InputDriver", self.bits, least=2)
        _check_choice("InputDriver: scheme", self.scheme, get_args(Scheme))
        number("InputDriver: percentile", self.percentile, above=0, most=1, error=ChipError)
        if self.scheme == "bit-serial" and self.bits is None:
            raise ChipError("InputDriver: bits = None; bit-serial inputs need a number of bits")

    @property
    def largest_code(self) -> int | None:
        """Code of the largest input; None where inputs are exact."""
        return None if self.bits is None else 2 ** (self.bits - 1) - 1

    @property
    def planes(self) -> int:
        """How many times an array is read for one input."""
        return self.bits - 1 if self.scheme == "bit-serial" and self.bits else 1


@dataclass(frozen=True, kw_only=True)
class ColumnReader:
    """How the current of a column becomes a number.

    Parameters
    ----------
    bits : int, optional
        Sign included; without it currents are exact.
    profile : {"percentile", "loss", "largest"}
        What sets the range of the converters of each tile and slice when the chip is calibrated: a
        percentile of the currents seen; the range of least squared error; or the largest current
        that the array can give, for which nothing needs to be seen.
    percentile : float
        Used by the first. [1]
    noise : float
        Of a reading, over the range (standard deviation). [1]
    offset : float
        Of each converter, over the range (standard deviation among converters). [1]
    inl : float
        Integral nonlinearity: largest departure from a line, over the range. [1]

    Examples
    --------
    >>> ac.inference.ColumnReader(bits=6, noise=0.01).largest_code
    31
    """

    bits: int | None = 8
    profile: Profile = "percentile"
    percentile: float = 0.9999
    noise: float = 0.0
    offset: float = 0.0
    inl: float = 0.0

    def __post_init__(self) -> None:
        _check_bits("ColumnReader", self.bits, least=2)
        _check_choice("ColumnReader: profile", self.profile, get_args(Profile))
        number("ColumnReader: percentile", self.percentile, above=0, most=1, error=ChipError)
        for name in ("noise", "offset", "inl"):
            number(f"ColumnReader: {name}", getattr(self, name), least=0, below=1, error=ChipError)

    @property
    def largest_code(self) -> int | None:
        """Code of the end of the range; None where currents are exact."""
        return None if self.bits is None else 2 ** (self.bits - 1) - 1

    @property
    def exact(self) -> bool:
        """Whether currents pass as they are."""
        return self.bits is None and not (self.noise or self.offset or self.inl)


def _check_bits(name: str, bits: int | None, least: int) -> None:
    if bits is not None:
        count(f"{name}: bits", bits, least=least, error=ChipError)
        number(f"{name}: bits", bits, most=_MOST_BITS, error=ChipError)


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    from acanthite.errors import nearest

    if value not in choices:
        raise ChipError(
            f"{name} = {value!r:.60}; expected one of {', '.join(choices)}"
            f"{nearest(str(value), choices)}"
        )
