"""Arrays in time: lines that charge before they can be read, devices that may move meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar.arrays.dynamic_cells import DynamicCells
from acanthite.crossbar.arrays.implicit_step import ImplicitStep
from acanthite.crossbar.circuit.checks import in_range, number, numbers, positive
from acanthite.crossbar.circuit.wires import Wires
from acanthite.errors import ConvergenceError, CrossbarError

Array = NDArray[np.float64]

_GAMMA = 1.0 - math.sqrt(0.5)  # of the L-stable SDIRK method of second order (Alexander 1977)
_STEPS = 100_000


@dataclass(frozen=True)
class Transient:
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
    >>> found = ac.crossbar.transient(np.full((8, 8), 2 * uS), wires, np.full(8, 5 * mV), 1 * ns)
    >>> print(f"settled to 1 % after {found.settled(0.01) / ns:.2f} ns")
    settled to 1 % after 0.04 ns
    """

    time: Array
    output_current: Array
    word_line_voltage: Array = field(repr=False)
    bit_line_voltage: Array = field(repr=False)

    def at(self, time: float) -> Array:
        """Return the output currents at a time, linear between the steps, shape (M,). [A]

        Raises
        ------
        CrossbarError
            If the time is before the start or after the end.
        """
        t = number("time", time)
        if not 0.0 <= t <= self.time[-1]:
            raise CrossbarError(
                f"time = {time} s; expected 0 to {self.time[-1]:.6g} s, where the transient ends"
            )
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
        positive("error", error)
        end = self.output_current[-1] if final is None else numbers("final", final)
        if end.shape != self.output_current.shape[1:] or not np.isfinite(end).all():
            raise CrossbarError(
                f"final has the shape {end.shape}; expected finite currents of shape "
                f"{self.output_current.shape[1:]}"
            )
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
    >>> found = ac.crossbar.transient(np.full((8, 8), 2 * uS), wires, np.full(8, 5 * mV), 1 * ns)
    >>> [f"{found.at(t).mean() / nA:.0f} nA" for t in (0.0, 0.01 * ns, 1 * ns)]
    ['0 nA', '57 nA', '79 nA']
    """
    cells = (
        devices if isinstance(devices, DynamicCells) else LinearCells(numbers("devices", devices))
    )
    W = numbers("word", word)
    B = np.zeros(cells.shape[1]) if bit is None else numbers("bit", bit)
    if len(cells.shape) != 2 or W.shape != cells.shape[:1] or B.shape != cells.shape[1:]:
        raise CrossbarError(
            f"transient: voltages of shapes {W.shape} and {B.shape} for an array of shape "
            f"{cells.shape}; expected one for each word line and each bit line"
        )
    for name, volts in (("word", W), ("bit", B)):
        if not np.isfinite(volts).all():
            raise CrossbarError(
                f"{name}: {volts[~np.isfinite(volts)][0]}; expected volts, all finite"
            )
        in_range(name, np.abs(volts).max(), "V")
    duration = number("duration", duration)
    edge = number("edge", edge)
    tolerance = number("tolerance", tolerance)
    if not isinstance(wires, Wires):
        raise CrossbarError(f"wires (={wires!r:.60}) must be Wires")
    if not (0 < duration < np.inf and 0 <= edge < np.inf and 0 < tolerance < np.inf):
        raise CrossbarError(
            f"transient: duration = {duration} s, edge = {edge} s, tolerance = {tolerance}; "
            f"expected positive numbers"
        )
    if not (wires.word_line_resistance > 0 and wires.bit_line_resistance > 0):
        raise CrossbarError("wires: a transient needs line resistances above zero; take small ones")
    return _Run(cells, wires, W, B, edge, tolerance).to(duration)


class LinearCells:
    """Conductances in the place of cells."""

    def __init__(self, G: Array) -> None:
        self.G = G
        self.shape = G.shape
        if G.ndim != 2 or not G.size or not (np.isfinite(G).all() and (G >= 0).all()):
            raise CrossbarError(
                f"devices: shape {G.shape}; expected conductances (N, M), finite and none negative"
            )

    def current(self, voltage: Array) -> tuple[Array, Array]:
        """Return current [A] and conductance [S]."""
        return self.G * voltage, self.G

    def hold(self, start: Array, stop: Array, duration: float) -> None:
        """Do nothing: the cells do not move."""

    def snapshot(self) -> None:
        """Return nothing: there is no state."""

    def restore(self, snapshot: None) -> None:
        """Do nothing."""


class _Run:
    """Steps of SDIRK2; what the cells do within a step is split off and watched."""

    def __init__(
        self, cells, wires: Wires, W: Array, B: Array, edge: float, tolerance: float
    ) -> None:
        self.cells = cells
        self.wires = wires
        self.W = W
        self.B = B
        self.edge = edge
        self.scale = max(float(np.abs(W).max()), float(np.abs(B).max()), np.finfo(float).tiny)
        self.tolerance = tolerance * self.scale
        self.u = np.zeros(cells.shape)
        self.v = np.zeros(cells.shape)
        self._linear = isinstance(cells, LinearCells)
        self._last_step: ImplicitStep | None = None

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
                    return Transient(np.array(times), np.array(outputs), self.u, self.v)
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
        across = self.u - self.v
        current, G = self.cells.current(across)
        step = self._step(G, _GAMMA * h)
        rest = current - G * across
        u1, v1 = self._stage(step, self.u, self.v, rest, t + _GAMMA * h)
        ku = (u1 - self.u) / step.tau
        kv = (v1 - self.v) / step.tau
        later = h - step.tau
        u2, v2 = self._stage(step, self.u + later * ku, self.v + later * kv, rest, t + h, u1)
        lu = (u2 - self.u - later * ku) / step.tau
        lv = (v2 - self.v - later * kv) / step.tau
        error = self._error(step, 0.5 * h * (lu - ku), 0.5 * h * (lv - kv)) / self.tolerance
        if error <= 1.0 and not self._linear:
            error = max(error, self._move(across, u2 - v2, h, G, rest))
        if error <= 1.0:
            self.u, self.v = u2, v2
        return error

    def _error(self, step: ImplicitStep, u: Array, v: Array) -> float:
        """Return the largest error of a step, without what the method damps by itself."""
        w = self.wires
        stored = w.crossing_capacitance * (u - v)
        a = (w.word_line_capacitance * u + stored) / step.tau
        b = (w.bit_line_capacitance * v - stored) / step.tau
        u, v = step.solve(a, b, u)
        return max(float(np.abs(u).max()), float(np.abs(v).max()))

    def _move(self, before: Array, after: Array, h: float, G: Array, rest: Array) -> float:
        """Take the cells through the step; return the error of their current over the tolerance."""
        snapshot = self.cells.snapshot()
        self.cells.hold(before, after, h)
        current, _ = self.cells.current(after)
        drop = np.abs(current - G * after - rest).max() / max(float(G.max()), np.finfo(float).tiny)
        error = float(drop) / (3 * self.tolerance)
        if error > 1.0:
            self.cells.restore(snapshot)
        return error

    def _stage(
        self,
        step: ImplicitStep,
        u: Array,
        v: Array,
        rest: Array,
        t: float,
        guess: Array | None = None,
    ) -> tuple[Array, Array]:
        w = self.wires
        ramp = self._ramp(t)
        stored = w.crossing_capacitance * (u - v)
        a = (w.word_line_capacitance * u + stored) / step.tau - rest
        b = (w.bit_line_capacitance * v - stored) / step.tau + rest
        a[:, 0] += step.driver * ramp * self.W
        b[-1] += step.sense * ramp * self.B
        return step.solve(a, b, self.u if guess is None else guess)

    def _step(self, G: Array, tau: float) -> ImplicitStep:
        """Return the matrix of a step; that of the last one where conductances do not change."""
        last = self._last_step
        if self._linear and last is not None and math.isclose(last.tau, tau, rel_tol=1e-12):
            return last
        self._last_step = ImplicitStep(G, self.wires, tau)
        return self._last_step

    def _ramp(self, t: float) -> float:
        """Return the voltage of the drivers at a time over their last one."""
        return min(t / self.edge, 1.0) if self.edge else 1.0

    def _output(self, t: float) -> Array:
        sense = self.wires.bit_line_resistance + self.wires.sense_resistance
        return (self.v[-1] - self._ramp(t) * self.B) / sense
