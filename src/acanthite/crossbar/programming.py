"""Write-verify: a whole map of conductances brought about by pulses and reads, every cell of the array living through all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import mV, pA, uS, us
from acanthite.crossbar.bias import Scheme, scheme
from acanthite.crossbar.driven import DrivenArray, Spent
from acanthite.errors import CrossbarError
from acanthite.random import generator

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WriteVerify:
    """How a map is written: row by row, the cells of a row side by side, each with amplitudes of its own.

    A row is read, the cells that are too low get a SET pulse and those too high a RESET pulse, and it is read again, until all of
    its cells are near enough. The amplitude for a cell grows from pulse to pulse and starts anew, with half the step, where the
    cell was overshot.

    The defaults are for the 200 nm Ag2S film. Low, long pulses leave half-selected cells more alone than high, short ones, as rates
    go with exp(-B / V): between V and V/3 lies a factor of exp(2 B / k T V). Too long ones nucleate filaments, which no level is.

    Parameters
    ----------
    bias : str or Scheme
        ``"V/2"`` or ``"V/3"``: where the other lines are, over the largest amplitude of the pulse.
    tolerance : float
        A cell that reads within it is done. [S]
    set_start, reset_start, step, largest : float
        Amplitudes: of the first SET and the first RESET pulse of a cell, their growth, and where it ends. [V]
    width : float
        Of a pulse. [s]
    read_voltage : float
        [V]
    read_time : float
        Of a read; polarisation must have recovered within it. [s]
    read_noise, relative_noise : float
        Standard deviation of a read: of its current [A], and over its value.
    rounds : int
        Pulses at most that a cell gets in a pass.
    passes : int
        How often the rows are gone through at most; later passes mend what writing the other rows has disturbed, and the last
        is the one that finds no cell off.

    Raises
    ------
    CrossbarError
        If a value makes no sense.
    """

    bias: str | Scheme = "V/3"
    tolerance: float = 0.025 * uS
    set_start: float = 0.17
    reset_start: float = 0.17
    step: float = 10 * mV
    largest: float = 0.32
    width: float = 5 * us
    read_voltage: float = 5 * mV
    read_time: float = 50 * us
    read_noise: float = 20 * pA
    relative_noise: float = 1e-3
    rounds: int = 40
    passes: int = 12

    def __post_init__(self) -> None:
        positive = (
            "tolerance",
            "set_start",
            "reset_start",
            "step",
            "largest",
            "width",
            "read_voltage",
            "read_time",
        )
        for name in (*positive, "rounds", "passes"):
            if not 0 < getattr(self, name) < np.inf:
                raise CrossbarError(
                    f"write-verify: {name} = {getattr(self, name)}; expected a positive number"
                )
        if not (self.read_noise >= 0 and self.relative_noise >= 0):
            raise CrossbarError("write-verify: read_noise and relative_noise must not be negative")
        if max(self.set_start, self.reset_start) > self.largest:
            raise CrossbarError(f"write-verify: largest = {self.largest} V is below the first amplitudes")
        chosen = scheme(self.bias)
        if chosen.word is None or chosen.bit is None or chosen.half_select[0] >= 1:
            raise CrossbarError(
                f"write-verify: bias {chosen.name!r} would write the whole row; expected 'V/2' or 'V/3'"
            )


@dataclass
class Ledger:
    """What writing has cost, as it goes.

    Parameters
    ----------
    pulses : ndarray of int, shape (N, M)
        Write pulses each cell was selected for.
    set_pulses, reset_pulses, reads : int
        Of whole rows.
    time : float
        [s]
    selected, half_selected, wires, reading : float
        Energy of write pulses in the cells written, in all others, and in the wires; and of the reads, wires included. [J]
    """

    pulses: NDArray[np.int64]
    set_pulses: int = 0
    reset_pulses: int = 0
    reads: int = 0
    time: float = 0.0
    selected: float = 0.0
    half_selected: float = 0.0
    wires: float = 0.0
    reading: float = 0.0

    @property
    def energy(self) -> float:
        """All of it [J]."""
        return self.selected + self.half_selected + self.wires + self.reading


@dataclass(frozen=True)
class Programmed:
    """A map as it was written.

    Parameters
    ----------
    target : ndarray, shape (N, M)
        [S]
    written : ndarray, shape (N, M)
        What each row read when it was left for the last time. [S]
    final : ndarray, shape (N, M)
        What each row reads, without noise, after all rows were written: what writing the others has done is in here. [S]
    device : ndarray, shape (N, M)
        Conductances of the cells themselves, no wires. [S]
    cost : Ledger
    """

    target: Array = field(repr=False)
    written: Array = field(repr=False)
    final: Array = field(repr=False)
    device: Array = field(repr=False)
    cost: Ledger = field(repr=False)

    @property
    def error(self) -> Array:
        """Final less target, shape (N, M). [S]"""
        return self.final - self.target

    def within(self, tolerance: float) -> float:
        """Return the share of cells whose error is at most this [S]."""
        return float((np.abs(self.error) <= tolerance).mean())


def write_map(
    array: DrivenArray,
    target: ArrayLike,
    method: WriteVerify | None = None,
    *,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Programmed:
    """Write a map of conductances into an array.

    Parameters
    ----------
    array : DrivenArray
        Its cells are changed.
    target : array_like, shape (N, M)
        [S]
    method : WriteVerify, optional
    seed : int
        Of the noise of the reads.
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    Programmed

    Raises
    ------
    CrossbarError
        If the target has another shape or is not positive.
    """
    goal, how = np.asarray(target, float), method or WriteVerify()
    if goal.shape != array.cells.shape or not (np.isfinite(goal).all() and (goal > 0).all()):
        raise CrossbarError(
            f"target: shape {goal.shape}; expected positive conductances of shape {array.cells.shape}"
        )
    writer = _Writer(array, goal, how, seed)
    n = goal.shape[0]
    for k in range(how.passes):
        touched = False
        for i in range(n):
            touched |= writer.row(i)
            if progress is not None:
                progress((k + (i + 1) / n) / how.passes)
        if not touched:
            break
    return writer.result()


class _Writer:
    """Writes rows and keeps the books."""

    def __init__(self, array: DrivenArray, target: Array, how: WriteVerify, seed: int) -> None:
        self.array, self.target, self.how = array, target, how
        self.cost = Ledger(np.zeros(target.shape, np.int64))
        self.written = np.zeros(target.shape)
        self._rng = generator(seed, "write-verify-reads")

    def row(self, i: int) -> bool:
        """Bring one row to its targets; return whether it needed any pulse."""
        how, m = self.how, self.target.shape[1]
        amplitude = {+1: np.full(m, how.set_start), -1: np.full(m, how.reset_start)}
        step, last = np.full(m, how.step), np.zeros(m, int)
        touched = False
        for k in range(how.rounds + 1):
            self.written[i] = self._read(i)
            off = self.target[i] - self.written[i]
            wanted = np.where(np.abs(off) > how.tolerance, np.sign(off), 0).astype(int)
            if not wanted.any() or k == how.rounds:
                break
            touched = True
            flipped = (wanted * last) < 0
            step[flipped] *= 0.5
            for sign in (+1, -1):
                chosen, a = wanted == sign, amplitude[sign]
                a[chosen & flipped] = how.set_start if sign > 0 else how.reset_start
                a[chosen & (last == sign)] += step[chosen & (last == sign)]
                np.minimum(a, how.largest, out=a)
                if chosen.any():
                    self._pulse(i, chosen, a, sign)
            last = np.where(wanted != 0, wanted, last)
        return touched

    def _pulse(self, i: int, chosen: NDArray[np.bool_], amplitude: Array, sign: int) -> None:
        """Give chosen cells of a row a pulse each; SET (+1) has the word line below the bit line."""
        s, top = scheme(self.how.bias), float(amplitude[chosen].max())
        assert s.word is not None
        assert s.bit is not None
        word, bit = np.full(self.target.shape[0], s.word * top), np.full(self.target.shape[1], s.bit * top)
        word[i], bit[chosen] = top, top - amplitude[chosen]
        self._account(self.array.apply(-sign * word, -sign * bit, self.how.width), i, chosen)
        self.cost.pulses[i, chosen] += 1
        self.cost.set_pulses += sign > 0
        self.cost.reset_pulses += sign < 0
        self.cost.time += self.how.width

    def _account(self, spent: Spent, i: int, chosen: NDArray[np.bool_]) -> None:
        written = float(spent.devices[i, chosen].sum())
        self.cost.selected += written
        self.cost.half_selected += float(spent.devices.sum()) - written
        self.cost.wires += spent.wires

    def _read(self, i: int) -> Array:
        """Return the conductances of a row as the sense amplifiers see them [S]."""
        how, word = self.how, np.zeros(self.target.shape[0])
        word[i] = how.read_voltage
        current, spent = self.array.read(word, how.read_time)
        noise = self._rng.standard_normal(current.size) * np.hypot(
            how.read_noise, how.relative_noise * current
        )
        self.cost.reads += 1
        self.cost.time += how.read_time
        self.cost.reading += spent.delivered
        return (current + noise) / how.read_voltage

    def result(self) -> Programmed:
        """Read everything once more, without noise and without counting it."""
        how, n, cells = self.how, self.target.shape[0], self.array.cells
        final = [
            self.array.read(w, how.read_time)[0] / how.read_voltage for w in how.read_voltage * np.eye(n)
        ]
        cells.hold(how.read_voltage, how.read_voltage, how.read_time)
        device = cells.conductance(how.read_voltage)
        cells.hold(0.0, 0.0, how.read_time)
        return Programmed(self.target, self.written, np.array(final), device, self.cost)
