"""The surface an atomic force microscope sees: a correlated Gaussian height map and its Ra."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.errors import AnalysisError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr


def surface(
    roughness: float, correlation: float, side: float, points: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    r"""Return a periodic Gaussian surface with autocorrelation :math:`e^{-(r/\xi)^2}`.

    White noise is filtered by the square root of the surface's power spectrum and scaled so that this very
    map, not just the ensemble, has the Ra asked for.

    Parameters
    ----------
    roughness : float
        Ra. [m]
    correlation : float
        :math:`\xi`. [m]
    side : float
        Of the square map; several correlation lengths. [m]
    points : int
        Along a side.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (points, points)
        Height, mean zero. [m]

    Raises
    ------
    AnalysisError
        If the map is too small or too coarse for the correlation length.
    """
    if not side / points <= correlation <= side / 4:
        raise AnalysisError(
            f"correlation (={correlation:g} m) must lie between the pixel ({side / points:g} m) and a "
            f"quarter of the side ({side / 4:g} m); change side or points"
        )
    k = 2 * np.pi * np.fft.fftfreq(points, side / points)
    k2 = k[:, None] ** 2 + k[None, :] ** 2
    noise = np.fft.fft2(rng.standard_normal((points, points)))
    height = np.fft.ifft2(noise * np.exp(-k2 * correlation**2 / 8)).real
    height -= height.mean()
    return height * (roughness / average_roughness(height))


def average_roughness(height: ArrayLike) -> float:
    """Return Ra, the mean of abs(z - mean z) [m], of a height map [m] of any shape."""
    z = np.asarray(height, float)
    return float(np.abs(z - z.mean()).mean())


def scan_wafer(
    sites: int, seed: int, parameters: ParameterSet = AG2S, side: float = 2e-6, points: int = 256
) -> xr.Dataset:
    """Return AFM maps at several sites of a wafer; Ra is drawn evenly from the range over the wafer.

    Parameters
    ----------
    sites : int
    seed : int
    parameters : ParameterSet
        ``film.roughness_low``, ``_high`` and ``_correlation``.
    side : float
        Of a scan. [m]
    points : int
        Along a side.

    Returns
    -------
    xarray.Dataset
        ``height`` [m] over (site, y, x).
    """
    import xarray as xr

    film, maps = parameters.group("film"), []
    for site in range(sites):
        rng = generator(seed, "afm", site)
        roughness = rng.uniform(film["roughness_low"], film["roughness_high"])
        maps.append(surface(roughness, film["roughness_correlation"], side, points, rng))
    axis = (np.arange(points) + 0.5) * side / points
    return xr.Dataset(
        {"height": (("site", "y", "x"), np.array(maps), {"long_name": "height", "units": "m"})},
        {name: (name, axis, {"long_name": name, "units": "m"}) for name in ("y", "x")},
        {"instrument": "virtual atomic force microscope", "seed": seed},
    )
