"""Base of the algorithms whose gradients are pulses: how their updates are made."""

from __future__ import annotations

from dataclasses import dataclass, field

from acanthite.nn.algorithms.base import Positive
from acanthite.nn.engine.pulses import BL_MAX
from acanthite.nn.engine.updates import Expected, trains


@dataclass(frozen=True)
class Pulsed(Positive):
    """Mixin: updates by stochastic pulse trains, or in one of the two ways without chance.

    Parameters
    ----------
    pulses : {"stochastic", "implicit", "mean-field"}
        See :mod:`acanthite.nn.engine.updates`.
    """

    pulses: str = field(default="stochastic", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.trains  # an unknown way is refused here

    @property
    def trains(self) -> int | Expected:
        """How updates are made, for the kernels."""
        return trains(self.pulses, getattr(self, "bl_max", BL_MAX))
