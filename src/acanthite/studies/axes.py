"""One setting that a study varies: some values, or a range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from acanthite.arguments import count, number
from acanthite.errors import StudyError

Scale = Literal["linear", "log"]


@dataclass(frozen=True)
class Axis:
    """One setting that a study varies.

    Give values, or a range from ``low`` to ``high``.

    Parameters
    ----------
    name : str
        Of the setting.
    values : tuple, optional
        Numbers or texts.
    low, high : float, optional
        Ends of the range, both of it; in the unit of the setting.
    scale : {"linear", "log"}
        How values lie in the range.
    count : int
        How many values of the range a grid takes.

    Raises
    ------
    StudyError
        If there are neither values nor a range, or they make no sense.

    Examples
    --------
    >>> ac.studies.Axis("thickness", low=5e-8, high=2e-7, count=3).grid()
    (5e-08, 1.25e-07, 2e-07)
    >>> ac.studies.Axis("algorithm", values=("sgd", "ttv2")).at(0.7)
    'ttv2'
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    scale: Scale = "linear"
    count: int = 5

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise StudyError(f"axis: name = {self.name!r}; expected the name of a setting")
        object.__setattr__(self, "values", tuple(self.values))
        if self.scale not in ("linear", "log"):
            raise StudyError(f"{self.name}: scale = {self.scale!r}; expected linear or log")
        ends = [end for end in (self.low, self.high) if end is not None]
        if bool(self.values) == bool(ends) or len(ends) == 1:
            raise StudyError(f"{self.name}: give values = [...], or low and high")
        if self.values:
            self._check_values()
        else:
            self._check_range()

    @property
    def is_range(self) -> bool:
        """Whether values lie anywhere between two ends."""
        return not self.values

    def grid(self) -> tuple[Any, ...]:
        """Return the values a grid takes."""
        if self.values:
            return self.values
        if self.count == 1:
            return (self.at(0.5),)
        return tuple(self.at(k / (self.count - 1)) for k in range(self.count))

    def at(self, share: float) -> Any:
        """Return the value that so much of the range, or of the values, lies below.

        Parameters
        ----------
        share : float
            From 0 to 1. [1]
        """
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        assert self.low is not None
        assert self.high is not None
        if share in (0.0, 1.0):
            return (self.low, self.high)[int(share)]
        if self.scale == "log":
            return self.low * math.exp(share * math.log(self.high / self.low))
        return self.low + share * (self.high - self.low)

    def _check_values(self) -> None:
        for value in self.values:
            if isinstance(value, float) and not math.isfinite(value):
                raise StudyError(f"{self.name}: {value} among the values; expected finite numbers")
            if not isinstance(value, bool | int | float | str):
                raise StudyError(f"{self.name}: {value!r:.60}; expected numbers or texts")

    def _check_range(self) -> None:
        low = number(f"{self.name}: low", self.low, error=StudyError)
        high = number(f"{self.name}: high", self.high, above=low, error=StudyError)
        if self.scale == "log" and low <= 0:
            raise StudyError(f"{self.name}: low = {low:g}; expected above 0 on a log scale")
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)
        count(f"{self.name}: count", self.count, error=StudyError)
