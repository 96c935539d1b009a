"""A number with its spread: what every analysis returns and every claim is judged by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A computed value in SI.

    Parameters
    ----------
    value : float
        In ``unit``.
    unit : str
        SI without prefixes, ``"1"`` for a pure number.
    spread : float, optional
        Standard deviation over repetitions (devices, cycles, seeds; ``n`` of them), in ``unit``.
    n : int
        How many repetitions stand behind the value.
    interval : tuple of float, optional
        95 % confidence interval of the value, in ``unit``.
    """

    value: float
    unit: str = "1"
    spread: float | None = None
    n: int = 1
    interval: tuple[float, float] | None = None
