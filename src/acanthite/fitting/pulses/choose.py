"""A device law -> Synapse: pulses are chosen as at a probe station, its ladders simulated, and
pulse laws fitted to them.

A device file says how a device answers to sweeps, not which pulses it is to be written with. They
are chosen so that a ladder of ``n_pulses`` goes through most of the window of the typical device in
either direction, at amplitudes within the voltages the law was fitted to; the width is the shortest
power of ten, from 10 ns, for which there are such amplitudes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.display import Display
from acanthite.errors import FitError
from acanthite.measurement import PulseLadder, run
from acanthite.measurement.instrument import Instrument
from acanthite.progress import long_call
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.device import Devices
    from acanthite.fitting.device_file import FittedDevice
    from acanthite.synapse import Synapse

Array = NDArray[np.float64]

WIDTHS = tuple(float(w) for w in 10.0 ** np.arange(-8, 1))
"""Pulse widths tried. [s]"""

_QUIET = Instrument("noiseless", 0.1, 0.0, 0.0)
_GOAL = 0.9  # share of the window that a ladder is to go through
_BISECTIONS = 14
_TURNS = 3
_LONG = 0.1  # s; a pulse that brings about a state for good
_TWICE = 2  # such pulses in a direction
_LEAST_RATIO = 1.05  # of the ends of a window; below it pulses do not switch the device
_REACH = (-1.0, 1.0)  # of a file that does not say [V]
_DEVICES, _REPEATS = 8, 4
_AT_BOUND = 1e-3
N_KNOTS = 9
"""Of the piecewise law."""


@accepts_quantities
@dataclass(frozen=True)
class Pulses(Display):
    """Write pulses of a device.

    Parameters
    ----------
    potentiation, depression : float
        With their sign. [V]
    width : float
        [s]

    Examples
    --------
    >>> from acanthite.constants import us
    >>> pulses = ac.fitting.Pulses(potentiation=-0.3, depression=0.25, width=1 * us)
    >>> ladder = pulses.ladder(n=30, repeats=4, read_voltage=5e-3)
    >>> ladder.up, ladder.voltage, ladder.depression
    (30, 0.3, 0.25)
    """

    potentiation: float
    depression: float
    width: float

    def ladder(self, n: int, repeats: int, read_voltage: float) -> PulseLadder:
        """Return the program of ``n`` pulses up and down."""
        w = self.width
        return PulseLadder(
            n,
            n,
            repeats,
            -self.potentiation,
            w,
            0.02 * w,
            50 * w,
            read_voltage,
            50 * w,
            abs(self.depression),
        )


@long_call("choosing pulses")
@accepts_quantities
def choose_pulses(device: FittedDevice, n_pulses: int = 30, read_voltage: float = 5e-3) -> Pulses:
    """Return the pulses that take the typical device through its window in ``n_pulses``.

    Parameters
    ----------
    device : FittedDevice
    n_pulses : int
        In a direction.
    read_voltage : float
        [V]

    Raises
    ------
    FitError
        If no pulse within the device's voltages switches it.

    Examples
    --------
    >>> device = ac.fitting.FittedDevice(ac.device.VTEAM, reach=(-0.5, 0.5))
    >>> pulses = ac.fitting.choose_pulses(device, n_pulses=10)
    >>> print(f"{pulses.potentiation:.2f} V, {pulses.depression:.2f} V, {pulses.width:.0e} s")
    -0.23 V, 0.39 V, 1e-08 s
    """
    from acanthite.device import without_noise

    typical = without_noise(device.law.sample(1, seed=0))
    strong, window = _strongest(device, typical, n_pulses, read_voltage)
    return _gentlest(typical, strong, n_pulses, read_voltage, window)


def _strongest(
    device: FittedDevice, typical: Devices, n_pulses: int, read_voltage: float
) -> tuple[Pulses, tuple[float, float]]:
    """Return the shortest pulses at the ends of the voltages fitted that go through most of the
    window, and the window's ends. [S]

    Its ends are the states of the device: what the same voltages bring about in a tenth of a
    second.
    """
    low, high = device.reach or _REACH
    if not low < 0 < high:
        raise FitError(
            f"[fit] voltage from {low:g} to {high:g} V: pulses need both signs; fit loops that set "
            "and reset the device"
        )
    ends = _levels(typical, Pulses(low, high, _LONG), _TWICE, read_voltage)
    up, down = (low, high) if ends[_TWICE - 1] > ends[-1] else (high, low)
    first, last = sorted((float(ends[_TWICE - 1]), float(ends[-1])))
    for width in WIDTHS if last > _LEAST_RATIO * first else ():
        strong = Pulses(up, down, width)
        levels = _levels(typical, strong, n_pulses, read_voltage)
        margin = (1 - _GOAL) * (last - first)
        if levels[n_pulses - 1] >= last - margin and levels[-1] <= first + margin:
            return strong, (first, last)
    raise FitError(
        f"pulses of {low:g} V and {high:g} V, up to {WIDTHS[-1]:g} s long, do not switch the "
        "device to and fro; "
        "fit loops that set and reset it"
    )


def _gentlest(
    device: Devices, pulses: Pulses, n: int, read_voltage: float, window: tuple[float, float]
) -> Pulses:
    """Return the least amplitudes with which ``n`` pulses still go through most of the window.

    How far a pulse gets depends on where those of the other direction left the device, so the two
    are found in turns.
    """
    low, high = window
    top = low + _GOAL * (high - low), high - _GOAL * (high - low)
    strong = pulses

    def levels(up: float, down: float) -> Array:
        return _levels(device, replace(strong, potentiation=up, depression=down), n, read_voltage)

    for _ in range(_TURNS):
        up = _bisect(
            lambda v, d=pulses.depression: levels(v, d)[n - 1] >= top[0], strong.potentiation
        )
        down = _bisect(lambda v, u=up: levels(u, v)[-1] <= top[1], strong.depression)
        pulses = replace(strong, potentiation=up, depression=down)
    return pulses


def _bisect(enough: Callable[[float], bool], top: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if enough(middle * top) else (middle, high)
    rounded = float(f"{high * top:.4g}")
    return rounded if enough(rounded) else high * top  # rounded, it may fall short of a threshold


def _levels(device: Devices, pulses: Pulses, n: int, read_voltage: float) -> Array:
    """Return the conductance after each pulse of the second ladder: the first has wiped out where
    the device began. [S]
    """
    ladders = _ladders(device, pulses, n, 2, read_voltage)
    return (ladders["current"] / ladders["voltage"]).values[0, -1]


def _ladders(
    devices: Devices, pulses: Pulses, n: int, repeats: int, read_voltage: float
) -> xr.Dataset:
    return run(devices, pulses.ladder(n, repeats, read_voltage), instrument=_QUIET, tolerance=1e-4)


def as_synapse(
    device: FittedDevice,
    *,
    pulses: Pulses | None = None,
    n_pulses: int = 30,
    seed: int = 0,
    law: str | None = None,
) -> Synapse:
    """Return the synapse a device law makes.

    Parameters
    ----------
    device : FittedDevice
    pulses : Pulses, optional
        Chosen by :func:`choose_pulses` without; the synapse then lies between the states that
        pulses at the ends of the voltages fitted bring about. With pulses of one's own it lies
        between the levels that they reach.
    n_pulses : int
        Of a ladder, in a direction.
    seed : int
        Of the devices.
    law : str, optional
        Pulse law to fit to the ladders; by default the mean steps as they are, between knots.

    Returns
    -------
    Synapse

    Raises
    ------
    FitError
        If no pulse switches the device, or the law does not follow its ladders.

    Examples
    --------
    >>> device = ac.fitting.FittedDevice(ac.device.VTEAM, reach=(-0.5, 0.5))
    >>> pulses = ac.fitting.Pulses(potentiation=-0.23, depression=0.39, width=1e-8)
    >>> synapse = ac.fitting.as_synapse(device, pulses=pulses, n_pulses=10)
    >>> type(synapse).__name__, synapse.conductance_max > synapse.conductance_min
    ('Piecewise', True)
    """
    chosen = pulses or choose_pulses(device, n_pulses)
    return written(device, chosen, n_pulses=n_pulses, seed=seed, law=law, whole=pulses is None)


def written(
    device: FittedDevice,
    pulses: Pulses,
    *,
    n_pulses: int = 30,
    seed: int = 0,
    law: str | None = None,
    whole: bool = True,
) -> Synapse:
    """Return the synapse that a device law makes under pulses; arguments as for :func:`as_synapse`.

    Parameters
    ----------
    whole : bool
        Whether it lies between the states of the device, rather than the levels that the pulses
        reach.
    """
    n = _DEVICES if device.spread or device.law.event else 1
    repeats = _REPEATS if device.law.event else 1
    devices = device.sample(n, seed=seed)
    ends = _states(device, devices, n_pulses) if whole else None
    ladders = _ladders(devices, pulses, n_pulses, repeats + 1, 5e-3)
    ladders = ladders.isel(cycle=slice(1, None))  # the first begins wherever a fresh device stands
    if law is not None:
        synapse = _fitted(ladders, pulses, law, device.law.event is not None)
    else:
        synapse = _tabulated((ladders["current"] / ladders["voltage"]).values, pulses, ends)
    volts = f"{pulses.potentiation:g} V / {pulses.depression:g} V, {pulses.width:g} s"
    origin = {"device": str(device.attrs.get("device_file", device.law.name)), "pulses": volts}
    return replace(synapse, provenance=origin)


def _states(device: FittedDevice, devices: Devices, n_pulses: int) -> tuple[Array, Array]:
    """Return HRS and LRS of each device: what pulses at the ends of the voltages fitted bring
    about, shape (device,). [S]
    """
    from acanthite.device import without_noise

    typical = without_noise(device.law.sample(1, seed=0))
    strong, _ = _strongest(device, typical, n_pulses, 5e-3)
    ladders = _ladders(devices, replace(strong, width=_LONG), _TWICE, 2, 5e-3)
    levels = (ladders["current"] / ladders["voltage"]).values[:, -1]
    return levels[:, -1], levels[:, _TWICE - 1]


def _fitted(ladders: xr.Dataset, pulses: Pulses, law: str, noisy: bool) -> Synapse:
    from acanthite.fitting.pulses.fit import fit_pulses

    rises = np.arange(ladders.sizes["pulse"]) < ladders.sizes["pulse"] // 2
    volts = np.where(rises, -1.0, 1.0) * abs(
        pulses.potentiation
    )  # a synapse potentiates at negative voltage
    ladders = ladders.assign_coords(pulse_voltage=("pulse", volts))
    synapse = fit_pulses(ladders, law, pulse_noise=noisy, pulse_width=pulses.width).synapse
    return synapse if noisy else replace(synapse, pulse_noise=0.0)


def _tabulated(levels: Array, pulses: Pulses, ends: tuple[Array, Array] | None = None) -> Synapse:
    """Return the piecewise law of ladders, shape (device, cycle, pulse): each device stretched over
    its own window. [S]

    ``ends`` are the states between which it lies, each of shape (device,); the ladders' own
    without.
    """
    from acanthite.synapse import Piecewise

    low, high = levels.min(axis=(1, 2)), levels.max(axis=(1, 2))
    if ends is not None:
        low, high = np.minimum(low, ends[0]), np.maximum(high, ends[1])
    half = 0.5 * (high - low)
    w = (levels - low[:, None, None]) / half[:, None, None] - 1.0
    rises = np.arange(levels.shape[2]) < levels.shape[2] // 2
    before = w[:, :, :-1]
    step = np.diff(w, axis=2)
    sides = {"up": step[:, :, rises[1:]], "down": -step[:, :, ~rises[1:]]}
    starts = {"up": before[:, :, rises[1:]], "down": before[:, :, ~rises[1:]]}
    knots = {side: _knots(starts[side], sides[side]) for side in sides}
    predicted = {side: _hats(starts[side]) @ knots[side] for side in sides}
    mean_half = 0.5 * float(high.mean() - low.mean())
    return Piecewise(
        up=tuple(knots["up"].tolist()),
        down=tuple(knots["down"].tolist()),
        spread={side: _scatter(sides[side], predicted[side]) for side in sides},
        lower_spread=float(low.std()) / mean_half,
        upper_spread=float(high.std()) / mean_half,
        conductance_min=max(float(low.mean()), 0.0),
        conductance_max=float(high.mean()),
        pulse_noise=_noise(sides, predicted) if levels.shape[1] > 1 else 0.0,
        pulse_voltage=max(abs(pulses.potentiation), abs(pulses.depression)),
        pulse_width=pulses.width,
    )


def _hats(w: Array) -> Array:
    """Return the weights of the knots at ``w``, shape (..., N_KNOTS): linear between two
    neighbours.
    """
    at = 0.5 * (w[..., None] + 1.0) * (N_KNOTS - 1) - np.arange(N_KNOTS)
    return np.maximum(1.0 - np.abs(at), 0.0)


def _knots(w: Array, step: Array) -> Array:
    """Return the sizes of the steps at the knots, not negative; one that no pulse came near is like
    its neighbours.
    """
    from scipy.optimize import nnls

    free = (
        np.abs(w) < 1.0 - _AT_BOUND
    )  # a pulse at a bound says nothing of how far it would have gone
    if not free.any():
        raise FitError(
            "pulses take the device from one end to the other at once; its steps cannot be resolved"
        )
    hats = _hats(w[free])
    step = step[free]
    smooth = 2e-2 * np.sqrt(len(hats)) * np.diff(np.eye(N_KNOTS), axis=0)
    heights = nnls(np.vstack([hats, smooth]), np.r_[step, np.zeros(N_KNOTS - 1)])[0]
    return np.minimum(heights, 2.0)


def _scatter(step: Array, predicted: Array) -> float:
    """Return the relative standard deviation between devices of the size of their steps."""
    factor = (step * predicted).sum(axis=(1, 2)) / (predicted**2).sum(axis=(1, 2))
    return float(factor.std(ddof=1) / factor.mean()) if len(factor) > 1 else 0.0


def _noise(steps: Mapping[str, Array], predicted: Mapping[str, Array]) -> float:
    """Return the standard deviation of a step over its mean, from pulse to pulse of one device."""
    left = sum(float(((steps[k] - steps[k].mean(axis=1, keepdims=True)) ** 2).sum()) for k in steps)
    n = next(iter(steps.values())).shape[1]
    return float(np.sqrt(left * n / (n - 1) / sum(float((p**2).sum()) for p in predicted.values())))
