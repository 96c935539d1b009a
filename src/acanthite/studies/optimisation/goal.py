"""What an optimiser looks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from acanthite.arguments import number
from acanthite.errors import StudyError


@dataclass(frozen=True)
class Goal:
    """The least or the most of one result, while others stay above or below bounds.

    Parameters
    ----------
    output : str
        Name of a result of the job.
    direction : {"minimise", "maximise"}
    above, below : mapping of str to float
        Bounds of other results, each in the unit of the result.

    Examples
    --------
    The lowest write energy with retention above a day:

    >>> goal = ac.studies.Goal("write_energy", "minimise", above={"retention": 86400.0})
    >>> goal.violation({"write_energy": 1e-15, "retention": 43200.0})
    0.5
    """

    output: str
    direction: Literal["minimise", "maximise"] = "minimise"
    above: Mapping[str, float] = field(default_factory=dict)
    below: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.direction not in ("minimise", "maximise"):
            raise StudyError(f"goal: direction = {self.direction!r}; expected minimise or maximise")
        for side in ("above", "below"):
            for name, bound in getattr(self, side).items():
                number(f"goal: {side}: {name}", bound, error=StudyError)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all results it looks at."""
        return (self.output, *self.above, *self.below)

    def check(self, outputs: Mapping[str, Any]) -> None:
        """Refuse a goal that looks at what the job does not give, or at more than one number.

        Raises
        ------
        StudyError
            Names the result.
        """
        for name in self.outputs:
            if name not in outputs:
                raise StudyError(f"goal: the job gives no {name!r}; it gives {', '.join(outputs)}")
            if isinstance(outputs[name], list):
                raise StudyError(f"goal: {name} is more than one number; name another result")

    def loss(self, outputs: Mapping[str, float]) -> float:
        """Return what is to be made small."""
        value = outputs[self.output]
        return value if self.direction == "minimise" else -value

    def violation(self, outputs: Mapping[str, float]) -> float:
        """Return by how much bounds are missed, each over its own size; 0 where none is.

        A result that is not a number misses its bound by far.
        """
        missed = [self._missed(bound, bound - outputs[name]) for name, bound in self.above.items()]
        missed += [self._missed(bound, outputs[name] - bound) for name, bound in self.below.items()]
        return sum(missed)

    def _missed(self, bound: float, by: float) -> float:
        if math.isnan(by):
            return 1e6
        return max(0.0, min(by / (abs(bound) or 1.0), 1e6))
