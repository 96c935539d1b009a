"""Write-verify: a map of conductances written by pulses and reads, all cells by their law."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from acanthite.constants import mV, pA, uS, us
from acanthite.crossbar.array_types import Array, Integers, Mask
from acanthite.crossbar.arrays.bias import Scheme, scheme
from acanthite.crossbar.arrays.driven_array import DrivenArray, Spent
from acanthite.crossbar.arrays.programming.pulse_model import PulseModel
from acanthite.crossbar.circuit.checks import SMALLEST, check_fields, finite
from acanthite.display import Described, Plotted
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

_RUNAWAY = 2.0  # times the highest target: no level, a filament
_LOWERED = 0.95  # of what a runaway cell read before: the polarity is right
_MANY_STUCK = 0.5  # of the cells: the method does not suit them
_FLOOR = 0.01  # of the tolerance: no change is known better
_POSITIVE = (
    *("tolerance", "set_start", "reset_start", "efold", "largest", "width", "rescue_width"),
    *("read_voltage", "read_time", "rounds", "passes", "patience"),
)


@accepts_quantities
@dataclass(frozen=True)
class WriteVerify:
    """How a map is written: row by row, each cell of a row with amplitudes of its own.

    A row is read, the cells that are too low get a SET pulse and those too high a RESET pulse, of
    the amplitude that is expected to take each to its target by what pulses have done so far
    (:class:`.PulseModel`), and it is read again. After a few of these rounds comes the next row,
    and then all rows again: cells that half-selected pulses have moved in the meantime are written
    once more.

    The defaults are for the 200 nm Ag2S film. Low, long pulses leave half-selected cells more alone
    than high, short ones, as rates go with exp(-B / V): between V and V/3 lies a factor of exp(2 B
    / k T V). Too long ones close filaments, which no level is.

    Parameters
    ----------
    bias : str or Scheme
        ``"V/2"`` or ``"V/3"``: where the other lines are, over the largest amplitude of the pulse.
    tolerance : float
        A cell that reads within it is done. [S]
    set_start, reset_start : float
        Amplitude of a SET and of a RESET pulse that is first expected to move a cell by the
        tolerance. [V]
    efold : float
        Growth of the amplitude over which the move is first expected to grow e-fold. [V]
    largest : float
        Amplitude. [V]
    width : float
        Of a pulse. [s]
    rescue_width : float
        Of a pulse for a cell that conducts twice the highest target or more: a filament, as no
        level is. It has the largest amplitude, and the polarity that last lowered the cell. [s]
    read_voltage : float
        [V]
    read_time : float
        Of a read; polarisation must have recovered within it. [s]
    read_noise, relative_noise : float
        Standard deviation of a read: of its current [A], and over its value.
    rounds : int
        Pulses at most that a cell gets in a pass.
    passes : int
        How often the rows are gone through at most; the last is the one that finds no cell off.
    patience : int
        Pulses in vain after which a cell is given up as stuck: of the largest amplitude, but moving
        it by less than half the tolerance, or leaving it above what levels reach.
    set_polarity : int
        Sign of the voltage, of word line (top electrode) against bit line, that sets.

    Raises
    ------
    CrossbarError
        If a value makes no sense.

    Examples
    --------
    >>> from acanthite.constants import mV, nS, us
    >>> method = ac.crossbar.WriteVerify(bias="V/2", tolerance=50 * nS, largest=250 * mV)
    >>> print(f"pulses of {method.width / us:.0f} us and up to {method.largest / mV:.0f} mV")
    pulses of 5 us and up to 250 mV
    >>> ac.crossbar.WriteVerify(largest=-1)
    Traceback (most recent call last):
        ...
    acanthite.errors.CrossbarError: write-verify: largest = -1; expected a positive number
    """

    bias: str | Scheme = "V/3"
    tolerance: float = 0.025 * uS
    set_start: float = 0.17
    reset_start: float = 0.17
    efold: float = 30 * mV
    largest: float = 0.27
    width: float = 5 * us
    rescue_width: float = 50 * us
    read_voltage: float = 5 * mV
    read_time: float = 50 * us
    read_noise: float = 20 * pA
    relative_noise: float = 1e-3
    rounds: int = 3
    passes: int = 8
    patience: int = 6
    set_polarity: int = -1

    def __post_init__(self) -> None:
        check_fields(self, "write-verify", _POSITIVE, above=0)
        check_fields(self, "write-verify", ("read_noise", "relative_noise"), least=0)
        if max(self.set_start, self.reset_start) > self.largest:
            raise CrossbarError(f"write-verify: largest = {self.largest} V is below the first ones")
        if self.set_polarity not in (-1, 1):
            raise CrossbarError(
                f"write-verify: set_polarity = {self.set_polarity}; expected -1 or 1"
            )
        chosen = scheme(self.bias)
        if chosen.word is None or chosen.bit is None or chosen.half_select[0] >= 1:
            raise CrossbarError(
                f"write-verify: bias {chosen.name!r} would write the whole row; take 'V/2' or 'V/3'"
            )


@dataclass(repr=False)
class Ledger(Described, energy="J", time="s", pulses="1", reads="1"):
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
        Energy of write pulses in the cells written, in all others, and in the wires; and of the
        reads, wires included. [J]
    """

    pulses: Integers
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


@dataclass(frozen=True, repr=False)
class Programmed(
    Described,
    Plotted,
    picture="acanthite.crossbar.arrays.drawings:draw_written",
    target="S",
    final="S",
    error="S",
):
    """A map as it was written.

    Parameters
    ----------
    target : ndarray, shape (N, M)
        [S]
    written : ndarray, shape (N, M)
        What each row read when it was left for the last time. [S]
    final : ndarray, shape (N, M)
        What each row reads, without noise, after all rows were written: what writing the others has
        done is in here. [S]
    device : ndarray, shape (N, M)
        Conductances of the cells themselves, no wires. [S]
    stuck : ndarray of bool, shape (N, M)
        Cells given up, off by more than the tolerance.
    cost : Ledger

    Examples
    --------
    >>> from acanthite.constants import nm, uS
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> cells = ac.crossbar.DynamicCells(devices, (1, 2))
    >>> array = ac.crossbar.DrivenArray(cells, ac.crossbar.Wires())
    >>> done = ac.crossbar.write_map(array, [[0.5 * uS, 1.0 * uS]])
    >>> done.within(0.05 * uS), int(done.stuck.sum())
    (1.0, 0)
    """

    target: Array
    written: Array
    final: Array
    device: Array
    stuck: Mask
    cost: Ledger

    @property
    def error(self) -> Array:
        """Final less target, shape (N, M). [S]"""
        return self.final - self.target

    def within(self, tolerance: float) -> float:
        """Return the share of cells whose error is at most this [S]."""
        return float((np.abs(self.error) <= tolerance).mean())


@accepts_quantities
def write_map(
    array: DrivenArray,
    target: ArrayLike,
    method: WriteVerify | None = None,
    *,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Programmed:
    """Write a map of conductances into an array.

    Cells that do not answer to the pulses are given up, and are ``stuck`` in the result. Where many
    are, the method does not suit them: the default is for the 200 nm Ag2S film, and pulses too weak
    for a thinner one leave its cells in the HRS. :func:`~acanthite.crossbar.suited` makes a method
    for a device and the levels to be written.

    Parameters
    ----------
    array : DrivenArray
        Its cells are changed.
    target : array_like, shape (N, M)
        [S]
    method : WriteVerify, optional
        That for the 200 nm film without it; see :func:`~acanthite.crossbar.suited` for others.
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

    Warns
    -----
    UserWarning
        If the default method leaves half the cells stuck, or more.

    Examples
    --------
    >>> from acanthite.constants import nm, uS
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> cells = ac.crossbar.DynamicCells(devices, (1, 2))
    >>> array = ac.crossbar.DrivenArray(cells, ac.crossbar.Wires())
    >>> done = ac.crossbar.write_map(array, [[0.5 * uS, 1.0 * uS]])
    >>> [f"{g / uS:.1f} uS" for g in done.final[0]]
    ['0.5 uS', '1.0 uS']
    """
    how = method or WriteVerify()
    goal = finite("target", target, array.cells.shape, least=SMALLEST)
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
    result = writer.result()
    if method is None and result.stuck.mean() >= _MANY_STUCK:
        warnings.warn(
            f"write_map: {result.stuck.sum()} of {result.stuck.size} cells were given up as stuck "
            "by the default method, which is for the 200 nm film; give one for this device: "
            "method=suited(device, voltage, low, high, tolerance)",
            stacklevel=3,  # past what takes quantities
        )
    return result


class _Writer:
    """Writes rows and adds up the cost."""

    def __init__(self, array: DrivenArray, target: Array, how: WriteVerify, seed: int) -> None:
        self.array = array
        self.target = target
        self.how = how
        self.cost = Ledger(np.zeros(target.shape, np.int64))
        self.written = np.zeros(target.shape)
        self._vain = np.zeros(target.shape, np.int64)
        highest = float(target.max())
        self._ceiling = _RUNAWAY * highest
        self._way_down = np.full(target.shape, -1)  # the sign that last lowered a runaway cell
        self._rng = generator(seed, "write-verify-reads")
        shared = {"change": how.tolerance, "efold": how.efold, "largest": how.largest}
        self._models = {
            sign: PulseModel(target.shape, start=start, highest=highest, **shared)
            for sign, start in ((+1, how.set_start), (-1, how.reset_start))
        }

    def row(self, i: int) -> bool:
        """Bring one row nearer to its targets; return whether it needed any pulse."""
        how = self.how
        before = self._read(i)
        touched = False
        for _ in range(how.rounds):
            sign = self._wanted(i, before)
            if not sign.any():
                break
            touched = True
            amplitude = self._amplitude(i, before, sign)
            runaway = before > self._ceiling
            for s in (+1, -1):
                self._pulse(i, (sign == s) & ~runaway, amplitude, s, how.width)
                self._pulse(i, (sign == s) & runaway, amplitude, s, how.rescue_width)
            after = self._read(i)
            self._learn(i, sign, amplitude, before, after)
            before = after
        self.written[i] = before
        return touched

    def _wanted(self, i: int, read: Array) -> Integers:
        """Return +1 where a cell is to be SET, -1 where RESET, 0 elsewhere, shape (M,)."""
        off = self.target[i] - read
        sign = np.where(read > self._ceiling, self._way_down[i], np.sign(off).astype(int))
        wanted = (np.abs(off) > self.how.tolerance) & (self._vain[i] < self.how.patience)
        return np.where(wanted, sign, 0)

    def _amplitude(self, i: int, read: Array, sign: Integers) -> Array:
        """Return the amplitude for each cell of a row [V], shape (M,)."""
        need = np.maximum(np.abs(self.target[i] - read), self.how.tolerance)
        up, down = (self._models[s].amplitude(i, read, need) for s in (+1, -1))
        return np.where(read > self._ceiling, self.how.largest, np.where(sign > 0, up, down))

    def _learn(self, i: int, sign: Integers, amplitude: Array, before: Array, after: Array) -> None:
        """Take in what a round has done to a row."""
        how = self.how
        runaway = before > self._ceiling
        gone = after > self._ceiling
        change = sign * (after - before)
        of_read = np.hypot(how.read_noise / how.read_voltage, how.relative_noise * before)
        noise = np.hypot(np.sqrt(2.0) * of_read, _FLOOR * how.tolerance)
        for s, model in self._models.items():
            chosen = (sign == s) & ~runaway & ~gone
            model.learn(i, chosen, amplitude, before, change, noise)
        self._way_down[i] *= np.where(runaway & (after > _LOWERED * before), -1, 1)
        idle = (amplitude >= how.largest) & (change < 0.5 * how.tolerance)
        self._vain[i] += (sign != 0) & (idle | gone)

    def _pulse(self, i: int, chosen: Mask, amplitude: Array, sign: int, width: float) -> None:
        """Give chosen cells of a row, if any, a pulse each, SET (+1) or RESET (-1)."""
        if not chosen.any():
            return
        s = scheme(self.how.bias)
        assert s.word is not None
        assert s.bit is not None
        n, m = self.target.shape
        top = float(amplitude[chosen].max())
        word = np.full(n, s.word * top)
        bit = np.full(m, s.bit * top)
        word[i] = top
        bit[chosen] = top - amplitude[chosen]
        way = sign * self.how.set_polarity
        spent = self.array.apply(way * word, way * bit, width)
        written = float(spent.devices[i, chosen].sum())
        cost = self.cost
        cost.selected += written
        cost.half_selected += float(spent.devices.sum()) - written
        cost.wires += spent.wires
        cost.pulses[i, chosen] += 1
        cost.set_pulses += sign > 0
        cost.reset_pulses += sign < 0
        cost.time += width

    def _read(self, i: int) -> Array:
        """Return the conductances of a row as the sense amplifiers see them [S]."""
        how = self.how
        current, spent = self._sense(i)
        spread = np.hypot(how.read_noise, how.relative_noise * current)
        noise = self._rng.standard_normal(current.size) * spread
        self.cost.reads += 1
        self.cost.time += how.read_time
        self.cost.reading += spent.delivered
        return (current + noise) / how.read_voltage

    def _sense(self, i: int) -> tuple[Array, Spent]:
        """Return the currents of a row under the read voltage, without noise [A]."""
        word = np.zeros(len(self.target))
        word[i] = self.how.read_voltage
        return self.array.read(word, self.how.read_time)

    def result(self) -> Programmed:
        """Read everything once more, without noise and without counting it."""
        how = self.how
        cells = self.array.cells
        rows = [self._sense(i)[0] / how.read_voltage for i in range(len(self.target))]
        final = np.array(rows)
        cells.hold(how.read_voltage, how.read_voltage, how.read_time)
        device = cells.conductance(how.read_voltage)
        cells.hold(0.0, 0.0, how.read_time)
        stuck = (self._vain >= how.patience) & (np.abs(final - self.target) > how.tolerance)
        return Programmed(self.target, self.written, final, device, stuck, self.cost)
