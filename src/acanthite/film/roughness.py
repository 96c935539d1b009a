"""The surface an atomic force microscope sees: a correlated Gaussian height map, its roughness and
correlation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.errors import AnalysisError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr


@accepts_quantities
def surface(
    roughness: float, correlation: float, side: float, points: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    r"""Return a periodic Gaussian surface with autocorrelation :math:`e^{-(r/\xi)^2}`.

    White noise is filtered by the square root of the surface's power spectrum and scaled so that
    this very map, not just the ensemble, has the requested Ra.

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
            f"correlation (={correlation:g} m) must lie between the pixel ({side / points:g} m) "
            "and a "
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


def root_mean_square(height: ArrayLike) -> float:
    """Return Rq, the standard deviation of a height map [m]."""
    return float(np.std(np.asarray(height, float)))


def level(height: ArrayLike) -> NDArray[np.float64]:
    """Return a height map less the plane fitted to it, shape (y, x) [m]: a sample never lies quite
    flat.
    """
    z = _map(height)
    y, x = np.indices(z.shape, float)
    table = np.stack([np.ones(z.size), x.ravel(), y.ravel()], 1)
    return z - (table @ np.linalg.lstsq(table, z.ravel(), rcond=None)[0]).reshape(z.shape)


@accepts_quantities
def autocorrelation(
    height: ArrayLike, pixel_size: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the autocorrelation of a height map over the distance, averaged over directions.

    The map is padded, not wrapped, so a map that is not periodic does no harm.

    Parameters
    ----------
    height : array_like, shape (y, x)
        Level it first. [m]
    pixel_size : float
        [m]

    Returns
    -------
    distance : ndarray, shape (n,)
        Up to a quarter of the shorter side. [m]
    correlation : ndarray, shape (n,)
        1 at no distance.
    """
    z = _map(height)
    z = z - z.mean()
    shape = [2 * n for n in z.shape]
    power = np.fft.irfft2(np.abs(np.fft.rfft2(z, shape)) ** 2, shape)
    pairs = np.fft.irfft2(np.abs(np.fft.rfft2(np.ones_like(z), shape)) ** 2, shape)
    far = min(z.shape) // 4
    y, x = np.meshgrid(*(np.fft.fftfreq(n, 1 / n) for n in shape), indexing="ij")
    ring = np.rint(np.hypot(y, x)).astype(int)
    near = ring <= far
    value = power[near] / pairs[near]
    number = np.bincount(ring[near])
    correlation = np.bincount(ring[near], value) / number
    away = np.bincount(ring[near], np.hypot(y, x)[near]) / number
    return away * pixel_size, correlation / correlation[0]


def correlation_length(height: ArrayLike, pixel_size: float) -> float:
    r"""Return :math:`\xi` [m]: the distance at which the autocorrelation has fallen to 1/e.

    For a Gaussian surface that is the :math:`\xi` of :math:`e^{-(r/\xi)^2}`. One map of side L
    knows it to about :math:`\xi / L`.

    Raises
    ------
    AnalysisError
        If the map is flat, or too small to see the autocorrelation fall.
    """
    z = _map(height)
    if not z.std() > 0:
        raise AnalysisError("the height map is flat: it has no correlation length")
    distance, correlation = autocorrelation(z, pixel_size)
    below = np.flatnonzero(correlation < np.exp(-1))
    if not below.size:
        raise AnalysisError(
            f"the autocorrelation does not fall to 1/e within {distance[-1]:.3g} m, a quarter of "
            "the map; "
            "level the map or scan wider"
        )
    i = int(below[0])
    c0 = np.log(correlation[i - 1])
    c1 = np.log(max(correlation[i], 1e-3))
    part = (c0 + 1) / (c0 - c1)
    return float(np.sqrt(distance[i - 1] ** 2 + part * (distance[i] ** 2 - distance[i - 1] ** 2)))


def _map(height: ArrayLike) -> NDArray[np.float64]:
    z = np.asarray(height, float)
    if z.ndim != 2 or min(z.shape) < 8:
        raise AnalysisError(f"height map of shape {z.shape}; expected (y, x), at least 8 x 8")
    return z


@accepts_quantities
def scan_wafer(
    sites: int, seed: int, parameters: ParameterSet = AG2S, side: float = 2e-6, points: int = 256
) -> xr.Dataset:
    """Return AFM maps at several sites of a wafer; Ra is drawn evenly from the range over the
    wafer.

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

    film = parameters.group("film")
    maps = []
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
