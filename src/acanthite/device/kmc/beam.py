r"""Silver clusters on a film under an electron beam, without electrodes: the observation of Fig.
S6.

Assumed, as the paper gives no numbers: the beam charges the film around the spot, out to its range
R_b, to an overpotential eta_b, and all electrons it leaves there reduce silver. Far from a cluster
silver nucleates by the law of the filament; a cluster within R_b discharges the spot and takes its
electrons. Averaged over the scan of an area A,

.. math::
    \text{nucleation per area} = \frac{N_s}{A_\mathrm{cell}} \Gamma(\eta_b) \frac{\pi R_b^2}{A},
    \qquad \frac{dV_i}{dt} = \frac{I_b}{e\,n_\mathrm{Ag}} \frac{A_i}{A}

where A_i is the area nearer to cluster i than to any other, and within R_b. Rates are constant
between events, so times are exponential and drawn without rejections.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import boltzmann, elementary_charge, um
from acanthite.device.kmc.filaments import SILVER_ATOMS, ion_density, path_factors
from acanthite.device.kmc.grains import GrainMap, boundaries, grain_map, nearest_seed
from acanthite.device.kmc.precipitation import hemisphere
from acanthite.errors import LawError
from acanthite.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.progress import long_call
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr


@long_call("irradiating")
@accepts_quantities
def irradiate(
    film: Film,
    duration: float = 20.0,
    seed: int = 1,
    *,
    side: float = 2 * um,
    cells: int = 200,
    frames: int = 40,
    index: int = 0,
    parameters: ParameterSet = AG2S,
) -> xr.Dataset:
    """Return the clusters an electron beam grows on a film's surface while it scans a square.

    Parameters
    ----------
    film : Film
        Its ``migration_barrier`` and grains are used.
    duration : float
        [s]
    seed, index : int
    side : float
        Of the square. [m]
    cells : int
        Along a side, of the map of captured current.
    frames : int
        Moments at which the radii are stored, evenly spaced.
    parameters : ParameterSet
        ``kmc.beam_*`` and what the filament law needs.

    Returns
    -------
    xarray.Dataset
        ``x``, ``y`` [m] and ``birth`` [s] over (cluster,); ``radius`` of the hemispheres [m] over
        (frame, cluster), zero before birth, with ``time`` (frame); ``boundary`` over (row, column);
        and without dimensions ``silver_share``, the clusters' silver over that of the film scanned.

    Raises
    ------
    LawError
        If a duration, size or count is not positive.
    """
    for name, value in (
        ("duration", duration),
        ("side", side),
        ("cells", cells),
        ("frames", frames),
    ):
        if not value > 0:
            raise LawError(f"{name} (={value:g}) must be positive")
    rng = generator(seed, "kmc-beam", index)
    grains = surface_grains(film, side, cells, rng)
    time = np.linspace(0, duration, frames + 1)[1:]
    lit = _lit(side**2, parameters)
    scanned, volume = _scanned(film, grains, lit, time, rng, parameters)
    content = ion_density(parameters) / SILVER_ATOMS * film.thickness * side**2
    share = {"units": "1", "long_name": "silver drawn out"}
    scanned["silver_share"] = ((), volume[-1].sum() / content, share)
    return scanned.assign_attrs(
        seed=seed,
        index=index,
        side=side,
        parameters=parameters.name,
        film_thickness=film.thickness,
        grain_size=film.grain_size,
    )


@long_call("irradiating a section")
@accepts_quantities
def irradiate_section(
    film: Film,
    duration: float = 4.0,
    seed: int = 1,
    *,
    width: float = 2 * um,
    frames: int = 40,
    index: int = 0,
    parameters: ParameterSet = AG2S,
) -> xr.Dataset:
    """Return the clusters an electron beam grows on the cut face of a film while it scans that.

    Of the electrons that spread over the beam's range, those above and below the film are left in
    the electrodes and reduce nothing.

    Parameters
    ----------
    film : Film
        Its ``migration_barrier`` and grains are used, small ones at the bottom and large at the
        top.
    duration : float
        [s]
    seed, index : int
    width : float
        Of the face; its height is the film's thickness. [m]
    frames : int
        Moments at which the radii are stored, evenly spaced.
    parameters : ParameterSet
        ``kmc.beam_*``, and what the grains and the filament law need.

    Returns
    -------
    xarray.Dataset
        As :func:`irradiate`, without ``silver_share``: the silver comes from the film behind the
        face. ``y`` is the depth below the top electrode. [m]

    Raises
    ------
    LawError
        If a duration, size or count is not positive.
    """
    for name, value in (("duration", duration), ("width", width), ("frames", frames)):
        if not value > 0:
            raise LawError(f"{name} (={value:g}) must be positive")
    rng = generator(seed, "kmc-beam-section", index)
    grains = grain_map(film, width, seed, index, parameters)
    time = np.linspace(0, duration, frames + 1)[1:]
    lit = min(1.0, 2 * parameters.value("kmc.beam_range") / width)
    inside = min(1.0, film.thickness / (2 * parameters.value("kmc.beam_range")))
    scanned, _ = _scanned(film, grains, lit, time, rng, parameters, inside)
    return scanned.assign_attrs(
        seed=seed,
        index=index,
        width=width,
        cell=grains.cell,
        parameters=parameters.name,
        film_thickness=film.thickness,
    )


def _scanned(
    film: Film,
    grains: GrainMap,
    lit: float,
    time: NDArray[np.float64],
    rng: np.random.Generator,
    parameters: ParameterSet,
    inside: float = 1.0,
) -> tuple[xr.Dataset, NDArray[np.float64]]:
    """Return the clusters on a face, of which a share ``lit`` is charged at a time.

    A share ``inside`` of the beam's electrons is left in the film. The volumes [m^3] of the
    clusters, shape (frame, cluster), are beside them.
    """
    import xarray as xr

    rows, columns, birth, captured = _scan(film, grains, lit, time, rng, parameters)
    current = inside * parameters.value("kmc.beam_current")
    volume = captured * current / elementary_charge / SILVER_ATOMS
    metre = {"units": "m"}
    position = {**metre, "long_name": "position"}
    scanned = xr.Dataset(
        {
            "x": ("cluster", (columns + 0.5) * grains.cell, position),
            "y": ("cluster", (rows + 0.5) * grains.cell, position),
            "birth": ("cluster", birth, {"units": "s", "long_name": "time of nucleation"}),
            "radius": (("frame", "cluster"), hemisphere(volume), {**metre, "long_name": "radius"}),
            "boundary": (
                ("row", "column"),
                grains.boundary,
                {"units": "1", "long_name": "grain boundary"},
            ),
        },
        {"time": ("frame", time, {"units": "s", "long_name": "time"})},
    )
    return scanned, volume


def surface_grains(film: Film, side: float, cells: int, rng: np.random.Generator) -> GrainMap:
    """Return the grains of a film's top seen from above, as large as its ``grain_size``."""
    n = max(2, round((side / film.grain_size) ** 2))
    grain = nearest_seed(rng.random((n, 2)) * cells, cells, cells)
    return GrainMap(grain, boundaries(grain), side / cells)


def nucleation_rate(film: Film, area: float, parameters: ParameterSet = AG2S) -> float:
    """Return the rate of nucleation [1/(m^2 s)] of clusters on a bare film, averaged over a scan of
    ``area`` [m^2].
    """
    return _charged_rate(film, parameters) * _lit(area, parameters)


def _charged_rate(film: Film, parameters: ParameterSet) -> float:
    """Return the rate of nucleation [1/(m^2 s)] where the beam charges the film."""
    f, k = parameters.group("filament"), parameters.group("kmc")
    kT = boltzmann * f["temperature"]
    sites = f["site_number"] / parameters.value("stack.island_side") ** 2
    barrier = film.migration_barrier + f["nucleation_field"] / k["beam_overpotential"]
    return sites * f["attempt_rate"] * math.exp(-barrier / kT)


def _lit(area: float, parameters: ParameterSet) -> float:
    """Return the share of a square of ``area`` [m^2] that the beam charges at a time [1]."""
    return min(1.0, math.pi * parameters.value("kmc.beam_range") ** 2 / area)


def _scan(
    film: Film,
    grains: GrainMap,
    lit: float,
    time: NDArray[np.float64],
    rng: np.random.Generator,
    parameters: ParameterSet,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return rows, columns, times of birth and the beam time each cluster captured up to each
    frame.
    """
    height, width = grains.grain.shape
    step = grains.cell
    weight = path_factors(grains, True, parameters)
    weight /= weight.mean()  # the film's mean rate, shared out
    rate = _charged_rate(film, parameters) * lit * step**2
    reach2 = (parameters.value("kmc.beam_range") / step) ** 2
    distance2 = np.full((height, width), np.inf)
    owner = np.full((height, width), -1)
    born: list[tuple[int, int, float]] = []
    captured = np.zeros((time.size, 0))
    area = np.zeros(0)
    t = 0.0
    while True:
        free = np.cumsum(np.where(distance2 > reach2, weight, 0.0).ravel())
        wait = rng.exponential() / (rate * free[-1]) if free[-1] > 0 else np.inf
        until = min(t + wait, time[-1])
        captured += np.clip(np.minimum(time, until) - t, 0, None)[:, None] * area
        t += wait
        if t >= time[-1]:
            break
        at = int(np.searchsorted(free, rng.random() * free[-1], side="right"))
        row, column = divmod(at, width)
        near = (np.arange(height)[:, None] - row) ** 2 + (np.arange(width) - column) ** 2
        owner[near < np.minimum(distance2, reach2)] = len(born)
        distance2 = np.minimum(distance2, near)
        born.append((row, column, t))
        captured = np.pad(captured, ((0, 0), (0, 1)))
        # frames already past keep what was captured up to them
        area = np.bincount(owner[owner >= 0], minlength=len(born)) / (height * width)
    positions = np.array(born).reshape(-1, 3)
    return positions[:, 0].astype(int), positions[:, 1].astype(int), positions[:, 2], captured
