"""A device with some of its properties changed, as an engineer might change them: all else stays as
it is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.arguments import number
from acanthite.errors import ParameterError, brief, nearest
from acanthite.synapse.base import LARGEST, Cells, Synapse, check_draw
from acanthite.synapse.laws.pulse_law import lognormal
from acanthite.synapse.rule import (
    DOWN_OFFSET,
    DOWN_SHARE,
    DOWN_SLOPE,
    INVERSE,
    LINEAR,
    LOWER,
    OFFSET,
    SCALE,
    SHARES,
    UP_OFFSET,
    UP_SHARE,
    UP_SLOPE,
    UPPER,
)
from acanthite.synapse.units.unit_cell import UnitCell

_UP, _DOWN = [UP_OFFSET, UP_SLOPE], [DOWN_OFFSET, DOWN_SLOPE]


@dataclass(frozen=True, kw_only=True)
class Altered(Synapse):
    """A synapse with a changed law; cycle noise and conductances are fields of any synapse.

    Parameters
    ----------
    base : Synapse
        The device as it is.
    scale : float
        Factor on every step: half of it, twice the states. [1]
    skew : float
        Steps up times 1 + skew, steps down times 1 - skew; of laws linear in the weight only. [1]
    curvature : float
        How much of the law's dependence on the weight is kept: 0 makes all steps those of the
        middle of the window. [1]
    step_spread : float, optional
        Relative standard deviation (lognormal) between devices of the steps up, and independently
        of those down, instead of their own; in a law that is not linear in the weight, of their
        sum. The bounds keep their spread. [1]
    stuck : float
        Share of cells that stay where they are found, anywhere in the window, whatever the pulse.
        [1]

    Raises
    ------
    ParameterError
        If a number is out of range, or the law cannot be skewed.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> base = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> finer = ac.synapse.Altered(
    ...     base=base,
    ...     scale=0.5,
    ...     conductance_min=base.conductance_min,
    ...     conductance_max=base.conductance_max,
    ... )
    >>> print(f"{base.n_states:.0f} states, then {finer.n_states:.0f}")
    20 states, then 40
    """

    base: Synapse
    scale: float = 1.0
    skew: float = 0.0
    curvature: float = 1.0
    step_spread: float | None = None
    stuck: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.base, Synapse):
            raise ParameterError(f"base = {brief(self.base)}; expected a synapse")
        ranges = {"skew": (-1, 1), "curvature": (0, 1), "stuck": (0, 1)}
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                raise ParameterError(f"{name} = {getattr(self, name):g}; expected {low} to {high}")
        if not self.scale > 0:
            raise ParameterError(f"scale = {self.scale:g}; expected more than zero")
        if self.step_spread is not None:
            spread = number("step_spread", self.step_spread, most=LARGEST, error=ParameterError)
            if spread < 0:
                raise ParameterError(f"step_spread = {spread:g}; expected zero or more")
        if self.skew and not is_linear(self.base):
            raise ParameterError(
                f"skew = {self.skew:g}: law {self.base.NAME!r} is not linear in the weight; only "
                "linear laws can be skewed"
            )

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse, stopped at the bound. [1]"""
        w = np.asarray(weight)
        step = self.scale * (1 + self.skew) * np.asarray(self.base.step_up(self.curvature * w))
        return np.minimum(step, 1.0 - w)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, negative, stopped at the
        bound. [1]
        """
        w = np.asarray(weight)
        step = self.scale * (1 - self.skew) * np.asarray(self.base.step_down(self.curvature * w))
        return np.maximum(step, -1.0 - w)

    @property
    def symmetry_point(self) -> float:
        """Weight of the mean device at which up and down cancel; 0 for a law without one. [1]"""
        w = np.linspace(-1.0, 1.0, 2001)
        drift = self.step_up(w) + self.step_down(w)
        falls = np.flatnonzero((drift[:-1] > 0) & (drift[1:] <= 0))
        if not len(falls):
            return 0.0
        k = int(falls[0])
        return float(w[k] + (w[k + 1] - w[k]) * drift[k] / (drift[k] - drift[k + 1]))

    @property
    def noise_reference(self) -> float:
        """Weight at which a device's step is what ``additive_noise`` is a multiple of. [1]"""
        return self.base.noise_reference

    @property
    def noise_line(self) -> tuple[float, float]:
        """Of the base. [1]"""
        return self.base.noise_line

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices of the base and change them."""
        n = check_draw(n, generator)
        drawn = _as_linear(_living(self.base).cells(n, generator))
        rows = n if self.stuck or self.step_spread else len(drawn.coefficients)
        c = np.repeat(drawn.coefficients, rows // len(drawn.coefficients), axis=0).astype(
            np.float64
        )
        linear = drawn.rule.key == LINEAR.key
        c[:, [UP_SLOPE, DOWN_SLOPE] if linear else [OFFSET, INVERSE]] *= self.curvature
        if self.step_spread is not None:
            z = generator.standard_normal((2, rows))
            up, down = (np.abs(np.asarray(s, np.float64)) for s in drawn.rule.steps(c, np.zeros(1)))
            for columns, own, normals in (
                ((_UP, up, z[0]), (_DOWN, down, z[1])) if linear else (([SCALE], up + down, z[0]),)
            ):
                c[:, columns] *= (own.mean() / own * lognormal(self.step_spread, normals))[:, None]
        for columns, side in ((_UP, 1), (_DOWN, -1)) if linear else (([SCALE], 0),):
            c[:, columns] *= self.scale * (1 + side * self.skew)
        if self.stuck:
            _stick(c, self.stuck, generator)
        cells = Cells(c.astype(np.float32), self.pulse_noise, drawn.rule)
        return self.disturbed(cells, n, generator)


def altered(base: Synapse, pulse_noise: float | None = None, **changes: Any) -> Synapse:
    """Return a device with some of its properties changed; of a unit cell, all its devices.

    Parameters
    ----------
    base : Synapse
        Its conductances, pulses and reads are kept.
    pulse_noise : float, optional
        The base's own by default. [1]
    **changes
        Of :class:`Altered`.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> base = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> better = ac.synapse.altered(base, pulse_noise=0.0, scale=0.5)
    >>> print(f"{base.n_states:.0f} states, then {better.n_states:.0f}")
    20 states, then 40
    """
    common = (
        "conductance_min",
        "conductance_max",
        "pulse_voltage",
        "pulse_width",
        "read_voltage",
        "read_width",
        "additive_noise",
        "write_noise",
        "dead_cells",
        "dead_range",
        "rest",
    )
    if not isinstance(base, Synapse):
        raise ParameterError(f"base = {brief(base)}; expected a synapse")
    if isinstance(base, UnitCell):
        return base.with_base(altered(base.base, pulse_noise, **changes))
    known = {f.name for f in fields(Altered)} - {"base", "pulse_noise"}
    for name in changes:
        if name not in known:
            raise ParameterError(f"altered: no property {name!r} of a device{nearest(name, known)}")
    fields_of_base = {name: getattr(base, name) for name in common}
    noise = base.pulse_noise if pulse_noise is None else pulse_noise
    return replace(Altered(base=base, pulse_noise=noise, **fields_of_base), **changes)


def _living(base: Synapse) -> Synapse:
    """Return a device of whose cells none is dead: those of the altered one are."""
    return replace(base, dead_cells=0.0) if base.dead_cells else base


def is_linear(synapse: Synapse) -> bool:
    """Return whether the steps of a law, or of the devices of a unit cell, are linear in the
    weight.
    """
    if isinstance(synapse, UnitCell):
        return is_linear(synapse.base)
    return (
        _as_linear(synapse.cells(1, np.random.Generator(np.random.Philox(0)))).rule.key
        == LINEAR.key
    )


def _as_linear(cells: Cells) -> Cells:
    """Return cells of soft bounds under the linear rule, which knows more changes; others as they
    are.
    """
    if cells.rule.key != SHARES.key:
        return cells
    lower, upper = cells.lower, cells.upper
    up, down = cells.coefficients[:, UP_SHARE], cells.coefficients[:, DOWN_SHARE]
    columns = (lower, upper, up * upper, up, -down * lower, down)
    return Cells(np.stack(columns, axis=1), cells.noise, LINEAR)


def _stick(c: NDArray[np.float64], share: float, generator: np.random.Generator) -> None:
    """Close the window of some cells around one weight: whatever pulse they get, that is where they
    stay.
    """
    chance, place = generator.random((2, len(c)))
    low, high = c[:, LOWER].copy(), c[:, UPPER].copy()
    stuck = chance < share
    for bound in (LOWER, UPPER):
        c[stuck, bound] = (low + place * (high - low))[stuck]
