"""What every cell model answers: the conductance written for a target, and read at a later time."""

from __future__ import annotations

import math
import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from acanthite.arguments import count, instance, number
from acanthite.errors import CellError, RangeWarning
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

Array = NDArray[np.float64]

_ROUNDING = 1e-9  # of the window: targets this far outside it are in it, but for rounding


@dataclass(frozen=True, kw_only=True)
class CellModel(ABC):
    """A kind of cell: what a target becomes when it is written, and in the time after.

    A model of one's own says what a cell conducts once it is written, and what it conducts later
    (by default the same); how far one read is off is the third thing it may say.

    Parameters
    ----------
    conductance_min, conductance_max : float
        The window that targets lie in. [S]

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from acanthite.constants import uS
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Leaky(ac.inference.CellModel):
    ...     conductance_max: float = 10 * uS
    ...
    ...     def written(self, target, rng):
    ...         return target * rng.normal(1.0, 0.02, target.shape)
    ...
    ...     def aged(self, cells, time, rng):
    ...         return cells.written * np.exp(-time / 3e7)
    >>> import numpy as np
    >>> programmed = Leaky().program(np.full((2, 3), 5 * uS), seed=1)
    >>> bool((programmed.at(1e6) < programmed.at(0.0)).all())
    True
    """

    NAME: ClassVar[str] = ""
    SOURCE: ClassVar[str] = ""
    #: from when to when the model was measured, after programming [s]
    MEASURED: ClassVar[tuple[float, float]] = (0.0, math.inf)
    #: the only times it was measured at, if it says nothing about others [s]
    TIMES: ClassVar[tuple[float, ...]] = ()

    conductance_min: float = 0.0
    conductance_max: float

    def __post_init__(self) -> None:
        name = type(self).__name__
        low = number(f"{name}: conductance_min", self.conductance_min, least=0, error=CellError)
        number(f"{name}: conductance_max", self.conductance_max, above=low, error=CellError)

    @property
    def first_time(self) -> float:
        """The first time the model says something about. [s]"""
        return self.TIMES[0] if self.TIMES else self.MEASURED[0]

    @accepts_quantities
    def program(
        self, target: Any, seed: int = 1, *, tolerance: float | None = None, attempts: int = 20
    ) -> ProgrammedCells:
        """Write conductances into fresh cells.

        Parameters
        ----------
        target : array_like, any shape
            [S]
        seed : int
            Of the cells: what differs between them and between writes.
        tolerance : float, optional
            Cells further from their target than this share of the window are written again.
            [1]
        attempts : int
            At most so many writes of a cell.

        Returns
        -------
        ProgrammedCells

        Raises
        ------
        CellError
            If a target is no number or not in the window.
        """
        goal = _targets(self, target)
        count("program: seed", seed, least=0, error=CellError)
        count("program: attempts", attempts, error=CellError)
        written = self._within(self.written(goal, generator(seed, "inference.written")))
        if tolerance is not None:
            number("program: tolerance", tolerance, above=0, error=CellError)
            allowed = tolerance * (self.conductance_max - self.conductance_min)
            written = self._verified(goal, written, allowed, seed, attempts)
        return ProgrammedCells(self, goal, written, seed)

    def _verified(
        self, goal: Array, written: Array, allowed: float, seed: int, attempts: int
    ) -> Array:
        """Write cells that are off again and again; each keeps the nearest it came."""
        best = written
        for attempt in range(1, attempts):
            off = np.abs(best - goal)
            if (off <= allowed).all():
                break
            again = self._within(self.written(goal, generator(seed, "inference.written", attempt)))
            nearer = (off > allowed) & (np.abs(again - goal) < off)
            best = np.where(nearer, again, best)
        return best

    @abstractmethod
    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return what cells conduct as soon as they are written, of the targets' shape. [S]"""

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return what cells conduct so many seconds later, read noise left out. [S]

        ``rng`` draws the same numbers for the same cells at every time.
        """
        return cells.written

    def read_error(self, cells: ProgrammedCells, aged: Array, time: float) -> Array | float:
        """Return the standard deviation of one read of cells that conduct ``aged`` then. [S]"""
        return 0.0

    @property
    def largest_read_voltage(self) -> float:
        """The largest voltage that reads cells and does not write them; any by default. [V]"""
        return math.inf

    def _within(self, conductance: Array) -> Array:
        return np.maximum(conductance, 0.0)


@dataclass(frozen=True, eq=False)
class ProgrammedCells:
    """Cells that were written once.

    Parameters
    ----------
    model : CellModel
    target : ndarray
        What was to be written. [S]
    written : ndarray
        What they conducted then. [S]
    seed : int

    Examples
    --------
    >>> from acanthite.constants import hour, uS
    >>> import numpy as np
    >>> programmed = ac.inference.cells("pcm").program(np.full(10_000, 25 * uS), seed=1)
    >>> print(f"{programmed.at(1 * hour).mean() / uS:.1f} uS after an hour")
    19.4 uS after an hour
    """

    model: CellModel
    target: Array
    written: Array
    seed: int = field(default=1)

    @accepts_quantities
    def aged(self, time: float) -> Array:
        """Return what the cells conduct at a time, before any read noise.

        Parameters
        ----------
        time : float
            After programming. [s]

        Returns
        -------
        ndarray, of the targets' shape
            [S]

        Raises
        ------
        CellError
            If the model says nothing about that time.
        """
        moment = _moment(self.model, time)
        rng = generator(self.seed, "inference.aged")
        return self.model._within(self.model.aged(self, moment, rng))

    @accepts_quantities
    def read_error(self, time: float) -> Array:
        """Return the standard deviation of one read at a time.

        Parameters
        ----------
        time : float
            After programming. [s]

        Returns
        -------
        ndarray, of the targets' shape
            [S]
        """
        return self.read_error_of(self.aged(time), float(time))

    def read_error_of(self, aged: Array, time: float) -> Array:
        """Return the standard deviation of one read of cells that conduct ``aged`` by then. [S]"""
        return np.broadcast_to(self.model.read_error(self, aged, time), aged.shape)

    @accepts_quantities
    def at(self, time: float, read: int = 0) -> Array:
        """Return one read of each cell.

        Parameters
        ----------
        time : float
            After programming. [s]
        read : int
            Which of many reads at that time: each has noise of its own.

        Returns
        -------
        ndarray, of the targets' shape
            [S]

        Raises
        ------
        CellError
            If the model says nothing about that time.
        """
        number_of_read = count("at: read", read, least=0, error=CellError)
        aged = self.aged(time)
        error = self.read_error_of(aged, float(time))
        noise = generator(self.seed, f"inference.read {float(time)!r}", number_of_read)
        return self.model._within(aged + error * noise.standard_normal(aged.shape))

    @cached_property
    def relative_target(self) -> Array:
        """Targets over the largest conductance of the window. [1]"""
        return self.target / self.model.conductance_max


def _targets(model: CellModel, target: Any) -> Array:
    name = f"{type(model).__name__}: target"
    try:
        goal = np.array(target, dtype=float)
    except (TypeError, ValueError):
        raise CellError(f"{name} = {target!r:.60}; expected conductances [S]") from None
    low, high = model.conductance_min, model.conductance_max
    slack = _ROUNDING * high
    outside = ~((goal >= low - slack) & (goal <= high + slack))
    if outside.any():
        raise CellError(
            f"{name}: {goal[outside].flat[0]:.4g} S, and {int(outside.sum())} of {goal.size} in "
            f"all, outside the window from {low:.4g} to {high:.4g} S; scale the targets to it, or "
            "give another conductance_min or conductance_max"
        )
    return np.clip(goal, low, high)


def _moment(model: CellModel, time: Any) -> float:
    name = type(model).__name__
    moment = number(f"{name}: time", time, least=0, error=CellError)
    if model.TIMES and moment not in model.TIMES:
        known = ", ".join(f"{t:g}" for t in model.TIMES)
        raise CellError(
            f"{name}: time = {moment:g} s; this model was measured at {known} s after programming "
            "only, and says nothing about other times"
        )
    first, last = model.MEASURED
    if moment < first:
        raise CellError(
            f"{name}: time = {moment:g} s; the model begins {first:g} s after programming"
        )
    if moment > last:
        warnings.warn(
            f"{name}: {moment:g} s is past the {last:g} s over which the model was measured; what "
            "follows is its formula continued",
            RangeWarning,
            stacklevel=4,
        )
    return moment


def check_window(model: CellModel, measured: float) -> None:
    """Warn where a window reaches beyond what was measured [S]; the model is then scaled."""
    instance("window", model, CellModel, "a cell model", error=CellError)
    if model.conductance_max > measured * (1 + _ROUNDING):
        warnings.warn(
            f"{type(model).__name__}: conductance_max = {model.conductance_max:g} S, measured up "
            f"to {measured:g} S; errors are taken in proportion",
            RangeWarning,
            stacklevel=4,
        )


def polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Return a polynomial of ascending powers."""
    return np.asarray(np.polynomial.polynomial.polyval(x, np.asarray(coefficients)), np.float64)
