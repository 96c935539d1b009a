r"""A map of grains: Voronoi cells whose mean size grows from the disordered bottom of the film to
its top.

The template law of the film, read along its height: what lies at height h is the top of a film that
thick,

.. math:: D(h) = \max\{D_1, D_\mathrm{top} (h/d)^q\}

with D_1 the size of the first grains. Seeds have the density 1/D^2; a cell is a *boundary* cell
where its grain is not that of its right, lower or lower right neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.display import Plotted
from acanthite.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHADES = 0.618034  # the golden section: shades of any two neighbours in number differ


@dataclass(frozen=True)
class GrainMap(Plotted, picture="acanthite.device.kmc.grains:plot_grains"):
    """A section through a film.

    Parameters
    ----------
    grain : ndarray of int32, shape (row, column)
        Which grain a cell belongs to; row 0 lies at the top (Ag) electrode, left and right edges
        are joined.
    boundary : ndarray of bool, shape (row, column)
    cell : float
        Side of a cell. [m]
    """

    grain: NDArray[np.int32]
    boundary: NDArray[np.bool_]
    cell: float

    @property
    def boundary_share(self) -> float:
        """Share of cells on boundaries [1]."""
        return float(self.boundary.mean())


def grain_profile(film: Film, height: ArrayLike, parameters: ParameterSet = AG2S) -> np.ndarray:
    """Return the mean grain [m] at a height above the bottom electrode [m], same shape."""
    q = parameters.value("film.grain_thickness_exponent")
    first = min(parameters.value("kmc.first_grain"), film.grain_size)
    return np.maximum(first, film.grain_size * (np.asarray(height) / film.thickness) ** q)


@accepts_quantities
def grain_map(
    film: Film, width: float, seed: int, index: int = 0, parameters: ParameterSet = AG2S
) -> GrainMap:
    """Return a random section through a film.

    Parameters
    ----------
    film : Film
    width : float
        Of the section. [m]
    seed, index : int
        Which section.
    parameters : ParameterSet
        ``kmc.cell``, ``kmc.first_grain`` and ``film.grain_thickness_exponent``.

    Returns
    -------
    GrainMap
    """
    cell = parameters.value("kmc.cell")
    rows = round(film.thickness / cell)
    columns = round(width / cell)
    height = film.thickness - (np.arange(rows) + 0.5) * cell
    density = 1 / grain_profile(film, height, parameters) ** 2
    share = np.concatenate([[0.0], np.cumsum(density)])
    n = max(2, round(share[-1] * cell * columns * cell))
    rng = generator(seed, "kmc-grains", index)
    at = (rng.permutation(n) + rng.random(n)) / n * share[-1]  # even in the number of grains above
    seeds = np.stack([np.interp(at, share, np.arange(rows + 1.0)), rng.random(n) * columns], -1)
    grain = nearest_seed(seeds, rows, columns)
    return GrainMap(grain, boundaries(grain), cell)


def nearest_seed(seeds: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.int32]:
    """Return the Voronoi cell each map cell lies in; columns are periodic, rows are not."""
    from scipy.spatial import KDTree

    centres = np.stack(
        np.meshgrid(np.arange(rows) + 0.5, np.arange(columns) + 0.5, indexing="ij"), -1
    )
    tree = KDTree(seeds, boxsize=[0.0, float(columns)])
    return np.asarray(tree.query(centres.reshape(-1, 2))[1], np.int32).reshape(rows, columns)


def boundaries(grain: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which cells lie on a boundary; one cell wide, and connected along sides."""
    right = np.roll(grain, -1, 1)
    below = np.concatenate([grain[1:], grain[-1:]])
    return (grain != right) | (grain != below) | (grain != np.roll(below, -1, 1))


def plot_grains(section: GrainMap, ax: Axes | None = None) -> Axes:
    """Draw the grains of a section and their boundaries, the top electrode above."""
    from acanthite.drawing import new_axes, prefix_axis

    ax = new_axes(ax)
    rows, columns = section.grain.shape
    shades = section.grain * _SHADES % 1.0
    shown = np.where(section.boundary, np.nan, shades)
    extent = (0.0, columns * section.cell, 0.0, rows * section.cell)
    ax.imshow(shown, cmap="Blues", vmin=-0.5, vmax=2.0, extent=extent, interpolation="nearest")
    for axis in "xy":
        prefix_axis(ax, axis, "m")
    ax.set_xlabel("along the film")
    ax.set_ylabel("height")
    return ax
