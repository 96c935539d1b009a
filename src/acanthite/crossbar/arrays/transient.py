"""Arrays in time: lines that charge before they can be read, devices that may move meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from acanthite.arguments import instance
from acanthite.crossbar.array_types import Array
from acanthite.crossbar.arrays.dynamic_cells import DynamicCells
from acanthite.crossbar.arrays.implicit_step import ImplicitStep
from acanthite.crossbar.circuit.checks import conductances, finite, in_range, number
from acanthite.crossbar.circuit.wires import Wires
from acanthite.display import Described, Plotted
from acanthite.errors import ConvergenceError, CrossbarError
from acanthite.quantities import accepts_quantities

_GAMMA = 1.0 - math.sqrt(0.5)  # of the L-stable SDIRK method of second order (Alexander 1977)
_STEPS = 100_000


@dataclass(frozen=True, repr=False)
class Transient(
    Described,
    Plotted,
    picture="acanthite.crossbar.arrays.drawings:draw_transient",
    time="s",
    output_current="A",
):
    """What the sense amplifiers see in time.

    Parameters
    ----------
    time : ndarray, shape (T,)
        [s]
    output_current : ndarray, shape (T, M)
        Out of each bit line. [A]
    word_line_voltage, bit_line_voltage : ndarray, shape (N, M)
        At the end. [V]

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import fF, mV, ns, uS
    >>> wires = ac.crossbar.Wires(driver_resistance=1e3, word_line_capacitance=1 * fF)
    >>> result = ac.crossbar.transient(
    ...     np.full((8, 8), 2 * uS), wires, np.full(8, 5 * mV), 1 * ns
    ... )
    >>> print(f"settled to 1 % after {result.settled(0.01) / ns:.2f} ns")
    settled to 1 % after 0.04 ns
    """

    time: Array
    output_current: Array
    word_line_voltage: Array
    bit_line_voltage: Array

    def at(self, time: float) -> Array:
        """Return the output currents at a time, linear between the steps, shape (M,). [A]

        Raises
        ------
        CrossbarError
            If the time is before the start or after the end.
        """
        t = number("time", time, least=0, most=self.time[-1])
        return np.array([np.interp(t, self.time, i) for i in self.output_current.T])

    def settled(self, error: float, final: ArrayLike | None = None) -> float:
        """Return the time from which all currents stay near their final ones [s]; or infinity.

        Parameters
        ----------
        error : float
            Over the largest final current.
        final : array_like, shape (M,), optional
            Those at the end without it. [A]

        Raises
        ------
        CrossbarError
            If the final currents are all zero, so nothing is small beside them, or do not fit.
        """
        number("error", error, above=0)
        last = self.output_current[-1]
        end = last if final is None else finite("final", final, last.shape)
        if not end.any():
            if not self.output_current.any():
                return 0.0
            raise CrossbarError(
                "settled: the final currents are all zero, so no error is small beside them"
            )
        off = np.abs(self.output_current - end).max(1) / np.abs(end).max()
        late = np.flatnonzero(off > error)
        if late.size == 0:
            return 0.0
        k = int(late[-1])
        if k + 1 == off.size:
            return math.inf
        share = (off[k] - error) / (off[k] - off[k + 1])
        return float(self.time[k] + share * (self.time[k + 1] - self.time[k]))


@accepts_quantities
def transient(
    devices: ArrayLike | DynamicCells,
    wires: Wires,
    word: ArrayLike,
    duration: float,
    *,
    bit: ArrayLike | None = None,
    edge: float = 0.0,
    tolerance: float = 1e-3,
) -> Transient:
    """Follow an array from rest after its lines are driven.

    Parameters
    ----------
    devices : array_like, shape (N, M), or DynamicCells
        Conductances [S], or cells that follow their law; these are changed.
    wires : Wires
        Line resistances above zero. Capacitance between neighbouring lines counts as capacitance of
        both to the ground.
    word : array_like, shape (N,)
        Of the drivers at the end of their edge. [V]
    duration : float
        [s]
    bit : array_like, shape (M,), optional
        Of the sense amplifiers; zero without it. [V]
    edge : float
        Rise time of all drivers. [s]
    tolerance : float
        Of a step, over the largest drive.

    Returns
    -------
    Transient

    Raises
    ------
    CrossbarError
        If shapes do not agree, a value is no finite number, a time is not positive, or a line has
        no resistance.
    ConvergenceError
        If the step size collapses, or the lines are tied so weakly that their voltages are not
        certain.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import fF, mV, nA, ns, uS
    >>> wires = ac.crossbar.Wires(driver_resistance=1e3, word_line_capacitance=1 * fF)
    >>> result = ac.crossbar.transient(
    ...     np.full((8, 8), 2 * uS), wires, np.full(8, 5 * mV), 1 * ns
    ... )
    >>> [f"{result.at(t).mean() / nA:.0f} nA" for t in (0.0, 0.01 * ns, 1 * ns)]
    ['0 nA', '57 nA', '79 nA']
    """
    cells = devices
    if not isinstance(cells, DynamicCells):
        cells = _LinearCells(conductances(devices, "devices"))  # type: ignore[arg-type]
    N, M = cells.shape
    W = finite("word", word, (N,))
    B = finite("bit", np.zeros(M) if bit is None else bit, (M,))
    in_range("word", np.abs(W).max(), "V")
    in_range("bit", np.abs(B).max(), "V")
    duration = number("duration", duration, above=0)
    edge = number("edge", edge, least=0)
    tolerance = number("tolerance", tolerance, above=0)
    instance("wires", wires, Wires, "Wires", error=CrossbarError)
    wires.refuse_ideal("a transient")
    largest = max(float(np.abs(W).max()), float(np.abs(B).max()), np.finfo(float).tiny)
    return _Run(cells, wires, W, B, edge, tolerance * largest).to(duration)


@dataclass(frozen=True)
class _LinearCells:
    """Conductances in the place of cells."""

    conductance: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return self.conductance.shape

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and conductance [S]."""
        return self.conductance * voltage, self.conductance


@dataclass
class _Run:
    """Steps of SDIRK2; what the cells do within a step is split off and watched."""

    cells: DynamicCells | _LinearCells
    wires: Wires
    W: Array
    B: Array
    edge: float
    tolerance: float  # of a step [V]
    last_step: ImplicitStep | None = None

    def __post_init__(self) -> None:
        self.nodes = np.zeros((2, *self.cells.shape))  # voltages of word-line and bit-line nodes

    def to(self, duration: float) -> Transient:
        t = 0.0
        h = min(duration, self.edge or duration) * 1e-6
        times = [0.0]
        outputs = [self._output(0.0)]
        for _ in range(_STEPS):
            h = min(h, duration - t)
            if t < self.edge:
                h = min(h, self.edge - t)
            error = self._try(t, h)
            if error <= 1.0:
                t = duration if t + h >= duration * (1 - 1e-12) else t + h
                times.append(t)
                outputs.append(self._output(t))
                if t == duration:
                    return Transient(np.array(times), np.array(outputs), *self.nodes)
            elif h < 1e-15 * duration:
                break
            h = self._rounded(h, error)
        raise ConvergenceError(
            f"the transient stopped at {t:.3g} s of {duration:.3g} s; loosen the tolerance"
        )

    def _rounded(self, h: float, error: float) -> float:
        """Return the next step, by powers of root two: linear arrays are eliminated seldom."""
        factor = min(max(0.8 / math.sqrt(max(error, 1e-6)), 0.2), 4.0)
        power = math.floor(2 * math.log2(factor))
        return h * 2.0 ** (power / 2)

    def _try(self, t: float, h: float) -> float:
        """Take a step if it is good enough; return its error over the tolerance."""
        start = self.nodes
        across = start[0] - start[1]
        current, G = self.cells.current(across)
        step = self._step(G, _GAMMA * h)
        rest = current - G * across
        first = self._stage(step, start, rest, t + _GAMMA * h, start)
        rate = (first - start) / step.tau
        between = start + (h - step.tau) * rate
        end = self._stage(step, between, rest, t + h, first)
        change = 0.5 * h * ((end - start - (h - step.tau) * rate) / step.tau - rate)
        # without what the method damps by itself
        error = float(np.abs(step.solve(step.charging(change), change)).max()) / self.tolerance
        if error <= 1.0 and isinstance(self.cells, DynamicCells):
            error = max(error, self._move(self.cells, across, end[0] - end[1], h, G, rest))
        if error <= 1.0:
            self.nodes = end
        return error

    def _move(
        self, cells: DynamicCells, before: Array, after: Array, h: float, G: Array, rest: Array
    ) -> float:
        """Take the cells through the step; return the error of their current over the tolerance."""
        snapshot = cells.snapshot()
        cells.hold(before, after, h)
        current, _ = cells.current(after)
        drop = np.abs(current - G * after - rest).max() / max(float(G.max()), np.finfo(float).tiny)
        error = float(drop) / (3 * self.tolerance)
        if error > 1.0:
            cells.restore(snapshot)
        return error

    def _stage(
        self, step: ImplicitStep, nodes: Array, rest: Array, t: float, guess: Array
    ) -> Array:
        ramp = self._ramp(t)
        into = step.charging(nodes)
        into[0] -= rest
        into[1] += rest
        into[0, :, 0] += step.driver * ramp * self.W
        into[1, -1] += step.sense * ramp * self.B
        return step.solve(into, guess)

    def _step(self, G: Array, tau: float) -> ImplicitStep:
        """Return the matrix of a step; that of the last one where conductances do not change."""
        last = self.last_step
        linear = isinstance(self.cells, _LinearCells)
        if linear and last is not None and math.isclose(last.tau, tau, rel_tol=1e-12):
            return last
        self.last_step = ImplicitStep(G, self.wires, tau)
        return self.last_step

    def _ramp(self, t: float) -> float:
        """Return the voltage of the drivers at a time over their last one."""
        return min(t / self.edge, 1.0) if self.edge else 1.0

    def _output(self, t: float) -> Array:
        sense = self.wires.bit_line_resistance + self.wires.sense_resistance
        return (self.nodes[1, -1] - self._ramp(t) * self.B) / sense
