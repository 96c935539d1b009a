r"""Films of a wafer to devices of its dies, measured in one go: maps of V_th, LRS and yield.

A device is good if a loop sets it within the write voltage, resets it, and its states are far
enough apart; and if no pinhole shorts it. A film of mean thickness d and rms roughness s is a
surface of (cell / correlation length)^2 independent heights, so that some spot has no thickness
left with the probability

.. math:: P = 1 - \big[1 - \Phi(-d / s)\big]^{(a / L)^2}
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from acanthite.arguments import number
from acanthite.device import Filament, population
from acanthite.errors import ProcessError
from acanthite.estimate import Estimate
from acanthite.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator
from acanthite.wafer.yields.die_yield import die_yield
from acanthite.wafer.yields.film_map import PROPERTIES

if TYPE_CHECKING:
    import xarray as xr

_WANTED = 4000  # devices on a wafer, if not told otherwise
QUANTITIES = {
    "thickness": ("m", "film thickness"),
    "roughness": ("m", "surface roughness Ra"),
    "grain_size": ("m", "grain size"),
    "threshold": ("V", "threshold voltage, magnitude"),
    "lrs_resistance": ("ohm", "LRS resistance, median"),
    "good_share": ("1", "share of good devices, measured"),
}
"""What is mapped over the dies: unit and name."""


@accepts_quantities
@dataclass(frozen=True)
class Criteria:
    """When a device and a die are good.

    Parameters
    ----------
    set_voltage : float
        Largest magnitude of the threshold: what the write pulses apply. [V]
    ratio : float
        Least LRS over HRS conductance. [1]
    device_share : float
        Least share of good cells on a good die, from 0 to 1. [1]

    Raises
    ------
    ProcessError
        If a number makes no sense.

    Examples
    --------
    >>> from acanthite.constants import mV
    >>> strict = ac.wafer.Criteria(set_voltage=250 * mV, ratio=1e4)
    >>> strict.device_share
    0.9
    """

    set_voltage: float = AG2S.value("pulse.write_voltage")
    ratio: float = AG2S.value("yield.ratio")
    device_share: float = AG2S.value("yield.device_share")

    def __post_init__(self) -> None:
        number("criteria: set_voltage", self.set_voltage, above=0.0, error=ProcessError)
        number("criteria: ratio", self.ratio, least=0.0, error=ProcessError)
        number("criteria: device_share", self.device_share, least=0.0, most=1.0, error=ProcessError)

    @classmethod
    def of(cls, parameters: ParameterSet) -> Criteria:
        """Return the criteria of a parameter set."""
        return cls(parameters.value("pulse.write_voltage"), **parameters.group("yield"))


def wafer_devices(dies: int) -> int:
    """Return how many devices of each die are measured by default: twenty, fewer on many dies."""
    return max(1, min(20, _WANTED // dies))


@accepts_quantities
def measure_wafer(
    places: ArrayLike,
    films: Sequence[Film],
    *,
    cells: int = 4096,
    devices: int | None = None,
    criteria: Criteria | None = None,
    seed: int = 0,
    parameters: ParameterSet = AG2S,
    progress: Callable[[float], None] | None = None,
) -> xr.Dataset:
    """Sweep devices of every die once, all in one population, and judge them.

    Parameters
    ----------
    places : array_like, shape (die, 2)
        Middles of the dies. [m]
    films : sequence of Film
        One a die.
    cells : int
        Of a die: those of 64 x 64 lines without it. A good die has its share of good ones among all
        of them.
    devices : int, optional
        Measured on each die, of its cells; see :func:`wafer_devices`.
    criteria : Criteria, optional
    seed : int
    parameters : ParameterSet
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    xarray.Dataset
        Dims (die, device): ``threshold``, ``lrs_resistance``, ``good_share`` and the film's
        properties by die; ``set_voltage``, ``lrs_conductance``, ``hrs_conductance``, ``shorted``
        and ``good`` by device. ``good_probability`` is that a die is good with all its cells, and
        in the attrs stand ``device_yield`` and ``die_yield`` of all cells, each with its 95 %
        interval (``..._low``, ``..._high``); see :mod:`acanthite.wafer.yields.die_yield`.

    Raises
    ------
    ProcessError
        If there is not one film a die, or more devices are to be measured than a die has cells.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import mm
    >>> places = np.array([[0.0, 0.0], [40 * mm, 0.0]])
    >>> found = ac.wafer.measure_wafer(places, ac.wafer.film_map(places), devices=2)
    >>> found.good.dims, found.good.shape
    (('die', 'device'), (2, 2))
    """
    from acanthite import analysis, measurement

    places = np.asarray(places, float)
    if places.ndim != 2 or places.shape[1] != 2:
        raise ProcessError(f"places: shape {places.shape}; expected (n, 2): x and y of each die")
    if len(films) != len(places):
        raise ProcessError(f"films: {len(films)}; expected one for each of {len(places)} dies")
    criteria = criteria or Criteria.of(parameters)
    n = _measured(devices, cells, len(films))
    nominal = [Filament.from_film(film, parameters) for film in films]
    p = parameters.group("instrument")
    sweep = measurement.Sweep(-p["sweep_stop"], p["sweep_stop"], p["sweep_rate"], p["sweep_step"])
    loops = measurement.run(population(nominal, n, seed=seed), sweep, progress=progress)
    switching = analysis.switching(loops)
    by_device = {
        name: getattr(switching, name).reshape(len(films), n)
        for name in ("set_voltage", "reset_voltage", "lrs_conductance", "hrs_conductance")
    }
    risk = np.array([pinhole_probability(film, parameters) for film in films])
    shorted = generator(seed, "wafer-pinholes").random((len(films), n)) < risk[:, None]
    return _dataset(places, films, by_device, shorted, risk, criteria, cells, seed)


def _measured(devices: int | None, cells: int, dies: int) -> int:
    """Return how many devices of each die are measured."""
    if cells < 1 or (devices is not None and not 1 <= devices <= cells):
        raise ProcessError(
            f"devices = {devices} measured of each die, cells = {cells}; expected from one device "
            f"to all cells of a die"
        )
    return min(wafer_devices(dies), cells) if devices is None else devices


def pinhole_probability(film: Film, parameters: ParameterSet = AG2S) -> float:
    """Return the probability that roughness leaves a spot of a cell without electrolyte [1].

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> for thickness in (10 * nm, 50 * nm):
    ...     film = ac.film.grow(ac.film.Recipe(thickness=thickness))
    ...     print(f"{thickness / nm:.0f} nm: {ac.wafer.pinhole_probability(film):.1e}")
    10 nm: 1.0e+00
    50 nm: 1.5e-22
    """
    from scipy.special import log_ndtr

    rms = film.roughness * math.sqrt(math.pi / 2)  # of Gaussian heights whose mean departure is Ra
    spots = (
        parameters.value("stack.island_side") / parameters.value("film.roughness_correlation")
    ) ** 2
    return float(-np.expm1(spots * log_ndtr(film.thickness / rms)))


def _dataset(
    places: np.ndarray,
    films: Sequence[Film],
    by_device: dict[str, np.ndarray],
    shorted: np.ndarray,
    risk: np.ndarray,
    criteria: Criteria,
    cells: int,
    seed: int,
) -> xr.Dataset:
    import xarray as xr

    threshold = np.abs(by_device["set_voltage"])
    lrs, hrs = by_device["lrs_conductance"], by_device["hrs_conductance"]
    switches = np.isfinite(threshold) & np.isfinite(by_device["reset_voltage"]) & ~shorted
    good = switches & (threshold <= criteria.set_voltage) & (lrs >= criteria.ratio * hrs)
    share = good.mean(1)
    result = die_yield(good.sum(1), good.shape[1], cells, criteria.device_share, seed=seed)
    by_die = {
        **{name: np.array([getattr(film, name) for film in films]) for name in PROPERTIES},
        "threshold": _over_devices(np.nanmean, np.where(shorted, np.nan, threshold)),
        "lrs_resistance": 1.0 / _over_devices(np.nanmedian, np.where(switches, lrs, np.nan)),
        "good_share": share,
    }
    data = xr.Dataset(
        {
            name: ("die", values, {"units": QUANTITIES[name][0], "long_name": QUANTITIES[name][1]})
            for name, values in by_die.items()
        }
    )
    data["pinhole_probability"] = ("die", risk, {"units": "1"})
    data["good_probability"] = (
        "die",
        result.good,
        {"units": "1", "long_name": "probability of a good die"},
    )
    for name, values in {**by_device, "shorted": shorted, "good": good}.items():
        unit = "V" if "voltage" in name else "S" if "conductance" in name else "1"
        data[name] = (("die", "device"), values, {"units": unit})
    data = data.assign_coords(
        x=("die", places[:, 0], {"units": "m"}), y=("die", places[:, 1], {"units": "m"})
    )
    return data.assign_attrs(
        **_attrs("device_yield", result.devices),
        **_attrs("die_yield", result.dies),
        cells=cells,
        set_share=float(np.isfinite(threshold).mean()),
        criteria=repr(criteria),
        seed=seed,
    )


def _attrs(name: str, estimate: Estimate) -> dict[str, float]:
    """Return a value with its interval, as attributes."""
    low, high = estimate.interval or (estimate.value, estimate.value)
    return {name: estimate.value, f"{name}_low": low, f"{name}_high": high}


def _over_devices(reduce: Callable[..., np.ndarray], values: np.ndarray) -> np.ndarray:
    """Reduce over the devices of each die; a die without a number has none."""
    out = np.full(len(values), np.nan)
    some = np.isfinite(values).any(1)
    if some.any():
        out[some] = reduce(values[some], axis=1)
    return out
