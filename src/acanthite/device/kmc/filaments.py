r"""Filaments grown through a film: from a Film and a voltage to a Dataset with the growth film.

Every number of the event rates comes from the compact law's parameters (``filament.*``, ``film.*``)
where the same physics is meant; ``kmc.*`` adds what only a picture on cells needs. See docs/kmc.md.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.constants import boltzmann, elementary_charge, minute
from acanthite.device.kmc import shape
from acanthite.device.kmc.grains import GrainMap, grain_map
from acanthite.device.kmc.history import History
from acanthite.device.kmc.result import UNITS, dataset
from acanthite.errors import LawError
from acanthite.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.progress import Progress, long_call, reporter
from acanthite.quantities import accepts_quantities
from acanthite.random import stream_id

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.device.kmc.growth import Rates

Electrode = Literal["Ag", "Au"]

SILVER_ATOMS = 5.8626e28  #: atoms in a volume of silver [1/m^3], (0.40862 nm)^3 / 4 each
_STREAM = stream_id("kmc-growth")
_NARROWEST = 64  # cells: images across the joined edges then do not shield the filament much
_EVENTS_PER_CELL = 4


@long_call("growing a filament")
@accepts_quantities
def grow_filament(
    film: Film,
    voltage: float = -0.25,
    seed: int = 1,
    guided: bool = True,
    electrode: Electrode = "Ag",
    *,
    duration: float = 1000 * minute,
    width: float | None = None,
    frames: int = 48,
    index: int = 0,
    parameters: ParameterSet = AG2S,
) -> xr.Dataset:
    """Grow one filament under a constant voltage until it bridges the film.

    Parameters
    ----------
    film : Film
    voltage : float
        Of the top (Ag) electrode against the bottom (Au) one: negative grows from Ag, positive from
        Au. [V]
    seed, index : int
        Key of the grain map and of the events.
    guided : bool
        Whether silver follows grain boundaries: growth through a grain is slower by
        exp(-``kmc.path_barrier``/kT).
    electrode : {"Ag", "Au"}
        Where the filament starts.
    duration : float
        When the voltage is switched off, bridged or not. [s]
    width : float, optional
        Of the section; its edges are joined. At least 64 cells and the film's thickness without it.
        [m]
    frames : int
        Pictures of the growth film, evenly spaced in events.
    parameters : ParameterSet
        Groups ``kmc``, ``filament``, ``film``, ``stack`` and ``crystal``.

    Returns
    -------
    xarray.Dataset
        ``metal`` over (frame, z, x) with ``time`` (frame); ``grain``, ``boundary``, ``fill_time``
        [s] and the last ``potential`` [V] over (z, x), z from the top electrode down; and, without
        dimensions, ``bridged``, ``nucleation_time`` of the first nucleus, ``bridge_time``, and
        ``growth_time`` from the nucleus that stayed to the bridge [s] (not-a-number where it did
        not come to that), ``filament_width`` and ``roughness`` [m], ``branches``,
        ``boundary_share`` and ``film_boundary_share``.

    Raises
    ------
    LawError
        If the voltage does not drive silver out at ``electrode``, or a size, duration or count is
        not positive.
    """
    check(film, voltage, electrode, duration, frames)
    history = simulate(film, voltage, seed, index, guided, electrode, duration, width, parameters)
    attrs = {
        "device": "Ag2S filament, kinetic Monte Carlo",
        "parameters": parameters.name,
        "seed": seed,
        "index": index,
        "voltage": voltage,
        "electrode": electrode,
        "guided": int(guided),
        "film_thickness": film.thickness,
        "grain_size": film.grain_size,
    }
    return dataset(history, voltage, electrode, frames, attrs)


@long_call("growing filaments")
@accepts_quantities
def grow_many(
    film: Film,
    n: int,
    voltage: float = -0.25,
    seed: int = 1,
    guided: bool = True,
    electrode: Electrode = "Ag",
    *,
    duration: float = 1000 * minute,
    width: float | None = None,
    parameters: ParameterSet = AG2S,
    progress: Progress = None,
) -> xr.Dataset:
    """Grow ``n`` filaments, each through a section of its own, on :func:`acanthite.threads.count`
    threads.

    Parameters
    ----------
    film : Film
    n : int
    voltage, duration, width : float
        As in :func:`grow_filament`. [V], [s], [m]
    seed, guided, electrode, parameters
        As in :func:`grow_filament`.
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.

    Returns
    -------
    xarray.Dataset
        What :func:`grow_filament` gives without dimensions, over (filament,).

    Raises
    ------
    LawError
        As :func:`grow_filament`, or if ``n`` is not positive.
    """
    import xarray as xr

    check(film, voltage, electrode, duration)
    if n < 1:
        raise LawError(f"n = {n} filaments; expected at least 1")

    def one(index: int) -> dict[str, float]:
        history = simulate(
            film, voltage, seed, index, guided, electrode, duration, width, parameters
        )
        return shape.summary(history, electrode)

    report = reporter(progress)
    with ThreadPoolExecutor(threads.count()) as pool:
        rows = []
        for done, row in enumerate(pool.map(one, range(n)), 1):
            rows.append(row)
            report(done / n)
    variables: dict[str, Any] = {
        name: (
            "filament",
            [row[name] for row in rows],
            {"units": unit, "long_name": name.replace("_", " ")},
        )
        for name, unit in UNITS.items()
    }
    attrs = {
        "seed": seed,
        "voltage": voltage,
        "electrode": electrode,
        "guided": int(guided),
        "film_thickness": film.thickness,
        "parameters": parameters.name,
    }
    return xr.Dataset(variables, attrs=attrs)


def check(film: Film, voltage: float, electrode: str, duration: float, frames: int = 1) -> None:
    """Raise LawError unless the arguments can grow a filament."""
    if electrode not in ("Ag", "Au"):
        raise LawError(f"electrode = {electrode!r}; expected 'Ag' (top) or 'Au' (bottom)")
    if not (math.isfinite(film.thickness) and film.thickness > 0):
        raise LawError(
            f"film.thickness (={film.thickness:g} m) must be positive; grow the film anew"
        )
    if not math.isfinite(voltage) or (-voltage if electrode == "Ag" else voltage) <= 0:
        expected = "negative" if electrode == "Ag" else "positive"
        raise LawError(
            f"voltage (={voltage:g} V) never drives silver out at the {electrode} electrode: "
            f"expected a {expected} "
            "one, of the Ag electrode against the Au one"
        )
    for name, value in (("duration", duration), ("frames", frames)):
        if not value > 0:
            raise LawError(f"{name} (={value:g}) must be positive")


def simulate(
    film: Film,
    voltage: float,
    seed: int,
    index: int,
    guided: bool,
    electrode: str,
    duration: float,
    width: float | None,
    parameters: ParameterSet,
    every: int | None = None,
) -> History:
    """Return the history of one filament; arguments as in :func:`grow_filament`."""
    from acanthite.device.kmc import growth

    cell = parameters.value("kmc.cell")
    rows = round(film.thickness / cell)
    columns = max(_NARROWEST, rows) if width is None else round(width / cell)
    if rows < 2 or columns < 4:
        raise LawError(
            f"section of {rows} by {columns} cells of {cell:g} m; expected at least 2 by 4: "
            "a thicker film, a wider section or a smaller kmc.cell"
        )
    grains = grain_map(film, columns * cell, seed, index, parameters)
    path = path_factors(grains, guided, parameters)
    if electrode == "Au":
        path = np.ascontiguousarray(path[::-1])
    p = rates(film, abs(voltage), electrode, columns * cell, parameters)
    size = _EVENTS_PER_CELL * rows * columns
    cells = np.empty(size, np.int64)
    times = np.empty(size)
    n, bridged, metal, potential = growth.grow(
        path,
        path[0] / path[0].sum(),
        p,
        duration,
        np.uint64(seed),
        np.uint32(_STREAM),
        np.uint32(index),
        every or max(growth.EVERY, growth.EVERY * rows // 50),
        cells,
        times,
    )
    if n == size:
        raise LawError(
            f"voltage (={voltage:g} V) is too weak for the section: silver came and went {n} times "
            "without "
            "bridging it; apply more, or shorten duration"
        )
    return History(grains, cells[:n].copy(), times[:n].copy(), bool(bridged), metal, potential)


def path_factors(grains: GrainMap, guided: bool, parameters: ParameterSet) -> NDArray[np.float64]:
    """Return the factor of every cell's rates: 1, and in grains less where boundaries guide."""
    kT = boltzmann * parameters.value("filament.temperature")
    slow = math.exp(-parameters.value("kmc.path_barrier") / kT) if guided else 1.0
    return np.where(grains.boundary, 1.0, slow)


def rates(
    film: Film, drive: float, electrode: str, width: float, parameters: ParameterSet
) -> Rates:
    """Return the plain numbers of the event rates under a drive [V] in a section of a width [m]."""
    from acanthite.device.kmc.growth import Rates

    f, k = parameters.group("filament"), parameters.group("kmc")
    kT, a, l = boltzmann * f["temperature"], k["cell"], k["hop_distance"]  # noqa: E741
    barrier = film.migration_barrier if electrode == "Ag" else film.bottom_barrier
    nucleation = f["site_number"] * f["attempt_rate"] * math.exp(-barrier / kT)
    section = width * film.grain_size / parameters.value("stack.island_side") ** 2
    hops = (
        2 * l * f["attempt_rate"] * math.exp(-film.grain_barrier / kT)
    )  # velocity: hops times sinh
    return Rates(
        voltage=drive,
        tip_promotion=f["tip_promotion"],
        nucleation_field=(f["nucleation_field"] if electrode == "Ag" else f["gold_field"]) / kT,
        first_nucleation=nucleation,
        later_nucleation=nucleation * section,
        growth=f["growth_velocity"] / a,
        growth_field=f["growth_field"] / kT,
        supply=hops / a * ion_density(parameters) / SILVER_ATOMS,
        supply_field=elementary_charge * drive * l / (2 * kT * film.thickness),
        charge=elementary_charge / kT,
        bond=2 * k["interface_energy"] / (SILVER_ATOMS * a) / kT,
    )


def ion_density(parameters: ParameterSet) -> float:
    """Return the silver ions in a volume of Ag2S [1/m^3]."""
    c = parameters.group("crystal")
    return 8 / (c["a"] * c["b"] * c["c"] * math.sin(c["beta"]))
