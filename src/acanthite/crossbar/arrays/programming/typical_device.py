"""What pulses make of the typical device: its two states, and how to write levels between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import ms, mV, us
from acanthite.crossbar.array_types import Array
from acanthite.crossbar.arrays.bias import Scheme
from acanthite.crossbar.arrays.dynamic_cells import DynamicCells
from acanthite.crossbar.arrays.programming.write_verify import WriteVerify
from acanthite.display import Described
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from acanthite.device import Devices


_REST, _LONG = 1 * ms, 100 * ms
_AMPLITUDES = 128
_WIDTHS = [m * 10.0**k * us for k in range(6) for m in (1, 2, 5)]
_READ = 5 * mV
_MARGIN = 1.05  # wires take a part of the voltage, and cells differ


@accepts_quantities
@dataclass(frozen=True, repr=False)
class Window(Described, hrs="S", lrs="S", set_polarity="1"):
    """The two states of a device.

    Parameters
    ----------
    hrs, lrs : float
        Conductance after RESET and after SET. [S]
    set_polarity : int
        Sign of the voltage, of top against bottom electrode, that sets.

    Examples
    --------
    >>> import math
    >>> from acanthite.constants import mV
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> states = ac.crossbar.window(ac.device.without_noise(law.sample(1, seed=1)), 300 * mV)
    >>> print(f"LRS over HRS: 10^{math.log10(states.lrs / states.hrs):.0f}")
    LRS over HRS: 10^5
    """

    hrs: float
    lrs: float
    set_polarity: int


@accepts_quantities
def window(
    device: Devices, voltage: float, time: float = _LONG, read_voltage: float = _READ
) -> Window:
    """Return the states that a voltage of either polarity brings a device into.

    Parameters
    ----------
    device : Devices
        One, as typical as can be: without spread and noise.
    voltage : float
        Magnitude. [V]
    time : float
        It is applied for, each time. [s]
    read_voltage : float
        [V]

    Raises
    ------
    CrossbarError
        If the device does not switch.

    Examples
    --------
    A negative voltage sets the device, a positive one resets it:

    >>> from acanthite.constants import mV
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> states = ac.crossbar.window(law.sample(1, seed=1), 300 * mV)
    >>> states.lrs > 100 * states.hrs, states.set_polarity
    (True, -1)
    """
    cells = DynamicCells(device, (1, 1))
    after = {}
    for sign in (-1, +1, -1, +1):  # the second round starts from a state, not from a fresh device
        after[sign] = float(_pulsed(cells, sign * voltage, time, read_voltage)[0])
    low, high = min(after.values()), max(after.values())
    if not high > 1.01 * low > 0:
        raise CrossbarError(
            f"law {device.law.name!r} does not switch at {voltage:g} V within {time:g} s; give a "
            "larger write voltage, or both states"
        )
    return Window(low, high, max(after, key=lambda sign: after[sign]))


@accepts_quantities
def suited(
    device: Devices,
    voltage: float,
    low: float,
    high: float,
    tolerance: float,
    bias: str | Scheme = "V/3",
) -> WriteVerify:
    """Return how to write levels: the shortest pulses that go half the way between their ends.

    Parameters
    ----------
    device : Devices
        One, as typical as can be: without spread and noise.
    voltage : float
        Largest magnitude to be considered. [V]
    low, high : float
        Levels' ends. [S]
    tolerance : float
        [S]
    bias : str or Scheme

    Raises
    ------
    CrossbarError
        If no pulse goes half the way, up and down.

    Examples
    --------
    >>> from acanthite.constants import mV, nS, uS
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> device = law.sample(1, seed=1)
    >>> method = ac.crossbar.suited(device, 300 * mV, 10 * nS, 100 * nS, tolerance=10 * nS)
    >>> print(
    ...     f"pulses of {method.width:.0e} s, SET at {'-' if method.set_polarity < 0 else '+'}"
    ... )
    pulses of 5e-04 s, SET at -
    """
    sign = window(device, voltage).set_polarity
    half = 0.5 * (high - low)
    full = np.array([voltage])
    grid = voltage * np.arange(1, _AMPLITUDES + 1) / _AMPLITUDES
    for width in _WIDTHS:
        up = _up(device, sign, full, width)
        if min(up[0], _down(device, sign, full, width, voltage)[0]) >= half:
            break
    else:
        raise CrossbarError(
            f"law {device.law.name!r}: no pulse of {voltage:g} V up to {_WIDTHS[-1]:g} s moves it "
            f"by {half:.3g} S, half the way between the levels, up and down; give a larger voltage"
        )
    up = _up(device, sign, grid, width)
    end = _first(grid, up, half)
    down = _down(device, sign, grid, width, end)
    starts = _first(grid, up, tolerance), _first(grid, down, tolerance)
    ends = end, _first(grid, down, 0.5 * half)
    efold = max(sum(ends) - sum(starts), grid[0]) / (2 * np.log(max(half / tolerance, 2.0)))
    return WriteVerify(
        bias,
        tolerance,
        set_start=starts[0],
        reset_start=starts[1],
        efold=float(efold),
        largest=min(voltage, _MARGIN * max(ends)),
        width=width,
        rescue_width=10 * width,
        set_polarity=sign,
    )


def _up(device: Devices, sign: int, amplitude: Array, width: float) -> Array:
    """Return how far SET pulses go up from the HRS, shape (amplitude,). [S]"""
    cells, start = _reset(device, sign, amplitude)
    return _pulsed(cells, sign * amplitude[:, None], width) - start


def _down(device: Devices, sign: int, amplitude: Array, width: float, before: float) -> Array:
    """Return how far RESET pulses go down after a SET pulse, shape (amplitude,). [S]"""
    cells, _ = _reset(device, sign, amplitude)
    start = _pulsed(cells, sign * before, width)
    return start - _pulsed(cells, -sign * amplitude[:, None], width)


def _reset(device: Devices, sign: int, amplitude: Array) -> tuple[DynamicCells, Array]:
    """Return cells in the HRS, one for each amplitude, and their conductances [S]."""
    values = np.repeat(device.values[:1], len(amplitude), axis=0)
    copies = replace(device, values=values, members=None)
    cells = DynamicCells(copies, (len(amplitude), 1))
    return cells, _pulsed(cells, -sign * float(amplitude[-1]), _LONG)


def _first(amplitude: Array, moved: Array, least: float) -> float:
    """Return the first amplitude that moves a device so far, or the last."""
    enough = moved >= least
    return float(amplitude[np.argmax(enough) if enough.any() else -1])


def _pulsed(
    cells: DynamicCells, voltage: float | Array, time: float, read_voltage: float = _READ
) -> Array:
    """Give a pulse and a rest; return the conductances [S], shape (cell,)."""
    cells.hold(voltage, voltage, time)
    cells.hold(0.0, 0.0, _REST)
    return cells.conductance(read_voltage).ravel()
