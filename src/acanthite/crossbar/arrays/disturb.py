"""Half-select disturb: cells that see a part of the write voltage again and again, by their law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import ms, mV, us
from acanthite.crossbar.array_types import Array, Integers, Mask
from acanthite.crossbar.arrays.dynamic_cells import DynamicCells
from acanthite.crossbar.arrays.margin import last_good
from acanthite.crossbar.circuit.checks import counts, number
from acanthite.display import Described, Plotted
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from acanthite.device import Devices


@dataclass(frozen=True, repr=False)
class Disturb(
    Described,
    Plotted,
    picture="acanthite.crossbar.arrays.drawings:draw_disturb",
    voltage="V",
    pulses="1",
    width="s",
    conductance="S",
):
    """Devices under a part of the write voltage.

    Parameters
    ----------
    voltage : float
        On each device. [V]
    pulses : ndarray, shape (checkpoint,)
        How many were given.
    width : float
        Of one. [s]
    conductance : ndarray, shape (1 + checkpoint, device)
        Before, and after so many pulses. [S]
    pulsed : ndarray of bool, shape (checkpoint, device)
        Which devices still got pulses; the others keep what they read before.

    Examples
    --------
    >>> from acanthite.constants import mV, nS, us
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> result = ac.crossbar.disturb(law.sample(2, seed=1), -125 * mV, [10, 100], width=5 * us)
    >>> result.conductance.shape, result.endured(25 * nS)
    ((3, 2), 100)
    """

    voltage: float
    pulses: Integers
    width: float
    conductance: Array
    pulsed: Mask

    def disturbed(self, change: float) -> Array:
        """Return the share of devices that moved by more than ``change`` [S], (checkpoint,)."""
        return (np.abs(self.conductance[1:] - self.conductance[0]) > change).mean(1)

    def endured(self, change: float, share: float = 0.01) -> int:
        """Return the pulses counted before more than a share of the devices moved so far."""
        return last_good(self.pulses, self.disturbed(change) <= share)


@accepts_quantities
def disturb(
    devices: Devices,
    voltage: float,
    pulses: Sequence[int],
    *,
    width: float = 1 * us,
    prepare: Sequence[tuple[float, float]] = (),
    read_voltage: float = 5 * mV,
    rest: float = 0.1 * ms,
    until: float = np.inf,
) -> Disturb:
    """Give devices many pulses of one voltage and see how far they move.

    Pulses follow one another without a pause, and a rest precedes each read: polarisation recovers
    before the reads but not between the pulses, and neither do contacts shrink there.

    Parameters
    ----------
    devices : Devices
    voltage : float
        Of top against bottom electrode: a part of the write voltage. [V]
    pulses : sequence of int
        Counts after which the devices are read, growing.
    width : float
        Of a pulse. [s]
    prepare : sequence of (float, float)
        Voltages [V] and times [s] that bring the fresh devices into the state to be tested; a rest
        follows.
    read_voltage : float
        [V]
    rest : float
        Before each read. [s]
    until : float
        A device that has moved by more gets no more pulses; its last reading stands. A filament
        long closed still exchanges atoms, event by event, and a minute of that can take more
        steps than the integrator allows. [S]

    Returns
    -------
    Disturb

    Raises
    ------
    CrossbarError
        If the counts do not grow or a time is not positive.
    LawError
        If the law cannot be integrated that long.

    Examples
    --------
    Cells at a third of 0.24 V keep their level:

    >>> from acanthite.constants import mV, nS, us
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> result = ac.crossbar.disturb(law.sample(2, seed=1), -80 * mV, [10, 100], width=5 * us)
    >>> result.disturbed(25 * nS).tolist()
    [0.0, 0.0]
    """
    n_pulses = counts("pulses", pulses)
    if (np.diff(n_pulses) <= 0).any():
        raise CrossbarError(f"pulses: {list(pulses)}; expected growing whole numbers, at least 1")
    number("disturb: width", width, above=0)
    number("disturb: rest", rest, above=0)
    cells = DynamicCells(devices, (len(devices), 1))
    for volts, time in prepare:
        cells.hold(volts, volts, time)
    every = np.ones(cells.shape, bool)
    reads = [_read(cells, read_voltage, rest, every)]
    pulsed = []
    for step in np.diff(n_pulses, prepend=0):
        pulsed.append(np.abs(reads[-1] - reads[0]) <= until)
        near = pulsed[-1][:, None]
        cells.hold(voltage, voltage, float(step) * width, near)
        reads.append(_read(cells, read_voltage, rest, near))
    return Disturb(voltage, n_pulses, width, np.array(reads), np.array(pulsed))


def _read(cells: DynamicCells, voltage: float, rest: float, which: Mask) -> Array:
    cells.hold(0.0, 0.0, rest, which)
    return cells.conductance(voltage).ravel()
