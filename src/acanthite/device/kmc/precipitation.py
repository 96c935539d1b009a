r"""Silver particles on a substrate under a film that is rich in silver: nucleation without a bias.

A film of Ag(2+delta)S grows on silver or gold. Its excess delta is a supersaturation, which is an
overpotential,

.. math:: \eta = \frac{kT}{e} \ln\frac{\delta}{\delta_s},

with delta_s the excess in equilibrium with the metal. Particles nucleate by the law of the filament
(its sites, attempt rate, barriers and field), with what a Au/Ag interface adds on gold, and drain
the excess around them, which diffuses through the grains: D = nu0 l^2 exp(-W_g/kT). Seen from
above; events are drawn from the summed hazard of all cells.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import boltzmann, elementary_charge, um
from acanthite.device.kmc.filaments import SILVER_ATOMS, Electrode, ion_density
from acanthite.errors import LawError
from acanthite.film import Film, deposition_rate
from acanthite.jit import njit
from acanthite.parameters import AG2S, ParameterSet
from acanthite.progress import long_call
from acanthite.quantities import accepts_quantities
from acanthite.random import stream_id, uniforms

if TYPE_CHECKING:
    import xarray as xr

_STREAM = stream_id("kmc-precipitation")
_LEAST_STEPS = 400
_COURANT = 0.2  # of explicit diffusion in two dimensions, stable below 0.25


@long_call("precipitating")
@accepts_quantities
def precipitate(
    film: Film,
    substrate: Electrode = "Ag",
    seed: int = 1,
    *,
    side: float = 500 * um,
    cells: int = 128,
    index: int = 0,
    parameters: ParameterSet = AG2S,
) -> xr.Dataset:
    """Return the silver particles a silver-rich film leaves on its substrate while it is deposited.

    Parameters
    ----------
    film : Film
        As deposited; its ``silver_excess`` and ``bottom_barrier`` and its recipe's rate are used.
    substrate : {"Ag", "Au"}
    seed, index : int
    side : float
        Of the square seen; opposite edges are joined. [m]
    cells : int
        Along a side: at most one particle in each, so make them smaller than the particles'
        spacing.
    parameters : ParameterSet

    Returns
    -------
    xarray.Dataset
        Over (particle,): ``x``, ``y``, ``radius`` of the hemisphere [m] and ``birth`` [s];
        ``excess`` delta left over (row, column); and without dimensions ``density`` [1/m^2],
        ``supplied``, ``in_particles`` and ``in_film`` [1], counts of atoms.

    Raises
    ------
    LawError
        If the film holds no excess silver, the substrate is unknown or a size is not positive.
    """
    import xarray as xr

    _check(film, substrate, side, cells)
    f, k = parameters.group("filament"), parameters.group("kmc")
    kT = boltzmann * f["temperature"]
    step = side / cells
    rate = deposition_rate(film.recipe, parameters)
    duration = film.thickness / rate
    diffusion = f["attempt_rate"] * k["hop_distance"] ** 2 * math.exp(-film.grain_barrier / kT)
    steps = max(_LEAST_STEPS, math.ceil(duration * diffusion / (_COURANT * step**2)))
    formula = 0.5 * ion_density(parameters)
    field = f["gold_field"] if substrate == "Au" else f["nucleation_field"]
    sites = f["site_number"] / parameters.value("stack.island_side") ** 2 * step**2
    excess = np.zeros((cells, cells))
    atoms = np.zeros((cells, cells))
    birth = np.full((cells, cells), np.nan)
    _deposit(
        excess,
        atoms,
        birth,
        duration,
        steps,
        film.silver_excess,
        k["silver_solubility"],
        diffusion * duration / steps / step**2,
        sites * f["attempt_rate"] * math.exp(-film.bottom_barrier / kT),
        field * elementary_charge / kT**2,
        formula * film.thickness * step**2,
        np.uint64(seed),
        np.uint32(_STREAM),
        np.uint32(index),
    )
    row, column = np.nonzero(np.isfinite(birth))
    n = atoms[row, column]
    metre, count = {"units": "m"}, {"units": "1"}
    return xr.Dataset(
        {
            "x": ("particle", (column + 0.5) * step, {**metre, "long_name": "position"}),
            "y": ("particle", (row + 0.5) * step, {**metre, "long_name": "position"}),
            "radius": ("particle", hemisphere(n / SILVER_ATOMS), {**metre, "long_name": "radius"}),
            "birth": (
                "particle",
                birth[row, column],
                {"units": "s", "long_name": "time of nucleation"},
            ),
            "excess": (("row", "column"), excess, {**count, "long_name": "excess silver"}),
            "density": (
                (),
                row.size / side**2,
                {"units": "1/m^2", "long_name": "particle density"},
            ),
            "supplied": ((), film.silver_excess * formula * film.thickness * side**2, count),
            "in_particles": ((), atoms.sum(), count),
            "in_film": ((), excess.sum() * formula * film.thickness * step**2, count),
        },
        attrs={
            "substrate": substrate,
            "seed": seed,
            "index": index,
            "side": side,
            "parameters": parameters.name,
            "silver_excess": film.silver_excess,
            "film_thickness": film.thickness,
            "duration": duration,
        },
    )


def hemisphere(volume: np.ndarray) -> np.ndarray:
    """Return the radius [m] of hemispheres of a volume [m^3], same shape."""
    return np.cbrt(1.5 * np.asarray(volume) / math.pi)


def _check(film: Film, substrate: str, side: float, cells: int) -> None:
    if substrate not in ("Ag", "Au"):
        raise LawError(f"substrate = {substrate!r}; expected 'Ag' or 'Au'")
    if not film.silver_excess > 0:
        raise LawError(
            f"film.silver_excess (={film.silver_excess:g}) must be positive: this film holds no "
            "excess silver; "
            "lower h2s_flow in its recipe"
        )
    if not side > 0 or cells < 4:
        raise LawError(f"side (={side:g} m) must be positive and cells (={cells}) at least 4")


@njit(cache=True)
def _hazard(excess, birth, saturation, prefactor, field):
    """Return the rate of nucleation of all cells, before the prefactor of one is counted in."""
    sum_ = 0.0
    rows, columns = excess.shape
    for r in range(rows):
        for c in range(columns):
            if not birth[r, c] >= 0.0 and excess[r, c] > saturation:
                sum_ += math.exp(-field / math.log(excess[r, c] / saturation))
    return sum_ * prefactor


@njit(cache=True, inner=True)
def _nucleate(excess, birth, saturation, field, target, time):
    """Put a particle where the running sum of rates passes ``target``, a share of the whole."""
    rows, columns = excess.shape
    target *= _hazard(excess, birth, saturation, 1.0, field)
    for r in range(rows):
        for c in range(columns):
            if not birth[r, c] >= 0.0 and excess[r, c] > saturation:
                target -= math.exp(-field / math.log(excess[r, c] / saturation))
                if target <= 0.0:
                    birth[r, c] = time
                    return


@njit(cache=True)
def _spread(excess, new, factor):
    """Take one step of explicit diffusion; opposite edges are joined."""
    rows, columns = excess.shape
    for r in range(rows):
        up, down = (r - 1) % rows, (r + 1) % rows
        for c in range(columns):
            right = c + 1 if c + 1 < columns else 0
            around = excess[up, c] + excess[down, c] + excess[r, c - 1] + excess[r, right]
            new[r, c] = excess[r, c] + factor * (around - 4.0 * excess[r, c])
    excess[:] = new


@njit(cache=True, nogil=True)
def _deposit(
    excess,
    atoms,
    birth,
    duration,
    steps,
    supplied,
    saturation,
    factor,
    prefactor,
    field,
    capacity,
    seed,
    stream,
    index,
):
    """Deposit the film in ``steps``; ``excess`` is delta times the share of the thickness that is
    there.
    """
    new = np.empty_like(excess)
    dt = duration / steps
    draws = 1
    left = -math.log(uniforms(seed, stream, index, 0)[0])
    for step in range(steps):
        share = (step + 1) / steps
        excess += supplied / steps
        _spread(excess, new, factor)
        floor = saturation * share
        for r in range(excess.shape[0]):
            for c in range(excess.shape[1]):
                if birth[r, c] >= 0.0 and excess[r, c] > floor:
                    atoms[r, c] += (excess[r, c] - floor) * capacity
                    excess[r, c] = floor
        left -= _hazard(excess, birth, floor, prefactor, field) * dt
        while left <= 0.0:
            u = uniforms(seed, stream, index, draws)
            draws += 1
            _nucleate(excess, birth, floor, field, u[1], (step + 1) * dt)
            left -= math.log(u[0])
