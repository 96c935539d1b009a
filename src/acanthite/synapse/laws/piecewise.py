"""Piecewise step: any measured curve, given at knots and linear between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from acanthite.arguments import number
from acanthite.errors import ParameterError, brief
from acanthite.quantities import accepts_quantities
from acanthite.synapse.laws.pulse_law import PulseLaw


def _knots(name: str, values: Any) -> tuple[float, ...]:
    try:
        listed = tuple(values)
    except TypeError:
        raise ParameterError(f"{name} = {brief(values)}; expected the steps at the knots") from None
    return tuple(
        number(f"{name}[{k}]", value, error=ParameterError) for k, value in enumerate(listed)
    )


@accepts_quantities
@dataclass(frozen=True, kw_only=True, eq=False)
class Piecewise(PulseLaw):
    """Steps tabulated at evenly spaced weights from -1 to 1, linear in between.

    Parameters
    ----------
    up, down : tuple of float
        Sizes of the steps at the knots, two or more, as many each; all zero or more. [1]

    Notes
    -----
    ``spread`` takes ``"up"`` and ``"down"``: the whole curve of a device is scaled.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.Piecewise(
    ...     up=(0.2, 0.1, 0.02),
    ...     down=(0.02, 0.1, 0.2),
    ...     conductance_min=1 * uS,
    ...     conductance_max=5 * uS,
    ... )
    >>> print(f"{float(synapse.step_up(0.5)):.2f} halfway between two knots")
    0.06 halfway between two knots
    """

    NAME: ClassVar[str] = "piecewise"

    up: tuple[float, ...]
    down: tuple[float, ...]

    def __post_init__(self) -> None:
        for name in ("up", "down"):
            object.__setattr__(self, name, _knots(name, getattr(self, name)))
        if len(self.up) != len(self.down) or len(self.up) < 2:
            raise ParameterError(
                f"up has {len(self.up)} knots, down has {len(self.down)}; expected two or more, as "
                "many each"
            )
        for name in ("up", "down"):
            for k, value in enumerate(getattr(self, name)):
                if not value >= 0:
                    raise ParameterError(
                        f"{name}[{k}] = {value:g}; expected a step of zero or more"
                    )
        super().__post_init__()

    def means(self) -> dict[str, float]:
        """Return what the function reads: a scale of each curve, then the knots."""
        knots = {
            f"{side}_{k}": v for side in ("up", "down") for k, v in enumerate(getattr(self, side))
        }
        return {"up": 1.0, "down": 1.0, **knots}

    @staticmethod
    def steps(w: Any, p: Any) -> Any:
        """Return the mean steps up and down at ``w``. [1]"""
        n = (len(p) - 2) // 2
        t = (0.5 + 0.5 * w) * (n - 1.0)
        k = min(int(t), n - 2)
        right = t - k
        left = 1.0 - right
        up = left * p[2 + k] + right * p[3 + k]
        down = left * p[2 + n + k] + right * p[3 + n + k]
        return p.up * up, -p.down * down
