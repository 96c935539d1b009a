r"""What the film is like from place to place on a wafer.

A model of the chamber and the furnace, or a map that was measured.

Seen from a rotating wafer, a sputter target that stands off its axis is a ring of radius R at the
distance h. A ring that emits by the cosine law gives, r from the axis,

.. math:: t(r) \propto \frac{h^2 + R^2 + r^2}{\big[(h^2 + R^2 + r^2)^2 - 4 R^2 r^2\big]^{3/2}}

(the integral of cosine over squared distance around the ring). A tilt remains of a rotation that is
not even, and both thickness and roughness wander from spot to spot as Gaussian fields with a
correlation length. The paper says how much the roughness varies over the wafer, not where: here it
covers that range evenly.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.display import Display
from acanthite.errors import ProcessError, nearest
from acanthite.film import Film, Recipe, grow
from acanthite.film.growth import migration_barrier
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

Array = NDArray[np.float64]

PROPERTIES = ("thickness", "roughness", "grain_size")
_LENGTHS = {"m": 1.0, "mm": 1e-3, "um": 1e-6, "\u00b5m": 1e-6, "nm": 1e-9}
_WAVES = 256  # plane waves of a random field
_HEADING = re.compile(r"\s*([a-z_]+)\s*[\[(]\s*(\S+?)\s*[\])]\s*")


@accepts_quantities
def ring_thickness(r: ArrayLike, radius: float, distance: float) -> Array:
    """Return the thickness a ring source gives, over that on its axis.

    Parameters
    ----------
    r : array_like
        From the axis. [m]
    radius, distance : float
        Of the ring, and from its plane to the wafer. [m]

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> ac.wafer.ring_thickness([0.0, 50 * mm], radius=60 * mm, distance=100 * mm).round(
    ...     2
    ... ).tolist()
    [1.0, 0.89]
    """

    def flux(r2: Array) -> Array:
        a = distance**2 + radius**2 + r2
        return a / (a**2 - 4 * radius**2 * r2) ** 1.5

    r2 = np.asarray(r, float) ** 2
    return flux(r2) / flux(np.zeros(()))


@accepts_quantities
def film_map(
    places: ArrayLike,
    recipe: Recipe | None = None,
    *,
    seed: int = 0,
    diameter: float | None = None,
    parameters: ParameterSet = AG2S,
) -> list[Film]:
    """Return the film at places of a wafer, by the model of the chamber and the furnace.

    Parameters
    ----------
    places : array_like, shape (n, 2)
        From the middle of the wafer. [m]
    recipe : Recipe, optional
        What is set; its thickness is that in the middle of the wafer, but for what wanders from
        spot to spot.
    seed : int
        Of the tilt's direction and what wanders from spot to spot.
    diameter : float, optional
        Of the wafer, over which tilt and furnace are measured. [m]
    parameters : ParameterSet
        Groups ``wafer``, ``process`` and ``film``.

    Returns
    -------
    list of Film, n long

    Examples
    --------
    In the middle of the wafer and half a centimetre from its edge:

    >>> from acanthite.constants import mm, nm
    >>> films = ac.wafer.film_map([(0.0, 0.0), (45 * mm, 0.0)], seed=1)
    >>> [f"{film.thickness / nm:.1f} nm" for film in films]
    ['49.6 nm', '49.3 nm']
    """
    recipe = Recipe.of(parameters) if recipe is None else recipe
    w, places = parameters.group("wafer"), np.atleast_2d(np.asarray(places, float))
    half = 0.5 * (w["diameter"] if diameter is None else diameter)
    r = np.hypot(*places.T)
    direction = 2 * np.pi * generator(seed, "wafer-tilt").random()
    along = places @ np.array([math.cos(direction), math.sin(direction)])
    relative = ring_thickness(r, w["source_radius"], w["source_distance"]) * (
        1 + w["tilt"] * along / half
    )
    relative *= 1 + w["thickness_noise"] * random_field(
        places, w["correlation"], seed, "wafer-thickness"
    )
    cooler = w["anneal_droop"] * (r / half) ** 2
    roughness = _roughness(places, seed, parameters)
    middle = grow(recipe, parameters)
    return [
        replace(grow(_local(recipe, middle.thickness * t, c), parameters), roughness=float(ra))
        for t, c, ra in zip(relative, cooler, roughness, strict=True)
    ]


def random_field(places: Array, correlation: float, seed: int, stream: str) -> Array:
    """Return a Gaussian random field of unit variance at places, shape (n,).

    Its correlation is exp(-d^2 / 2 L^2); a value depends on its place only, not on which others are
    asked for.

    Parameters
    ----------
    places : ndarray, shape (n, 2)
        [m]
    correlation : float
        L. [m]
    seed : int
    stream : str
        Fields of different streams are independent.
    """
    rng = generator(seed, stream)
    waves, phases = rng.standard_normal((2, _WAVES)) / correlation, 2 * np.pi * rng.random(_WAVES)
    x, y = places[:, :1], places[:, 1:]
    angles = (
        x * waves[0] + y * waves[1] + phases
    )  # no matrix product: its last bit depends on how many places there are
    return math.sqrt(2 / _WAVES) * np.cos(angles).sum(1)


@accepts_quantities
def read_film_map(
    path: str | Path,
    places: ArrayLike,
    recipe: Recipe | None = None,
    parameters: ParameterSet = AG2S,
) -> list[Film]:
    """Read a measured map and return the film at places of the wafer.

    Parameters
    ----------
    path : path_like
        CSV whose heading names each column with its unit: ``x [mm], y [mm]`` and one or more of
        ``thickness [nm]``, ``roughness [nm]``, ``grain_size [nm]``. What is not in it follows from
        the recipe.
    places : array_like, shape (n, 2)
        From the middle of the wafer. Between the measured spots the map is linear, outside them it
        is that of the nearest spot. [m]
    recipe : Recipe, optional
    parameters : ParameterSet

    Returns
    -------
    list of Film, n long

    Raises
    ------
    ProcessError
        Naming file, line and value.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import mm, nm
    >>> spots = [[0, 0, 50], [40, 0, 46], [0, 40, 48]]
    >>> heading = "x [mm], y [mm], thickness [nm]"
    >>> np.savetxt("map.csv", spots, delimiter=",", header=heading, comments="")
    >>> films = ac.wafer.read_film_map("map.csv", [(20 * mm, 0.0)])
    >>> print(f"{films[0].thickness / nm:.0f} nm")
    48 nm
    """
    columns = _read_columns(Path(path))
    places = np.atleast_2d(np.asarray(places, float))
    spots = np.column_stack([columns.pop("x"), columns.pop("y")])
    interpolated = {name: _interpolate(spots, values, places) for name, values in columns.items()}
    recipe = Recipe.of(parameters) if recipe is None else recipe
    films = []
    for i in range(len(places)):
        at = {name: float(values[i]) for name, values in interpolated.items()}
        film = grow(_local(recipe, at["thickness"]) if "thickness" in at else recipe, parameters)
        if "grain_size" in at:
            barrier = migration_barrier(at["grain_size"], parameters)
            film = replace(film, grain_size=at["grain_size"], migration_barrier=barrier)
        films.append(replace(film, roughness=at.get("roughness", film.roughness)))
    return films


@dataclass(frozen=True)
class Statistics(Display):
    """A quantity over the dies of a wafer.

    Parameters
    ----------
    mean, spread, lowest, highest : float
        Spread is the standard deviation.
    uniformity : float
        (highest - lowest) / (2 mean), as process engineers quote it. [1]
    n : int
        Dies with a number.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> found = ac.wafer.statistics([48 * nm, 50 * nm, 52 * nm])
    >>> print(f"{found.mean / nm:.0f} nm +- {found.uniformity:.0%}")
    50 nm +- 4%
    """

    mean: float
    spread: float
    lowest: float
    highest: float
    uniformity: float
    n: int


def statistics(values: ArrayLike) -> Statistics:
    """Return mean, spread, range and uniformity of what is finite; not-a-numbers where nothing is.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> found = ac.wafer.statistics([48 * nm, 50 * nm, float("nan"), 52 * nm])
    >>> print(
    ...     f"{found.mean / nm:.0f} nm over {found.n} dies, uniform to {found.uniformity:.0%}"
    ... )
    50 nm over 3 dies, uniform to 4%
    """
    v = np.asarray(values, float)
    v = v[np.isfinite(v)]
    if not v.size:
        return Statistics(math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    spread = float(v.std(ddof=1)) if v.size > 1 else 0.0
    mean, low, high = float(v.mean()), float(v.min()), float(v.max())
    return Statistics(
        mean, spread, low, high, (high - low) / (2 * abs(mean)) if mean else math.nan, v.size
    )


def _local(recipe: Recipe, thickness: float, cooler: float = 0.0) -> Recipe:
    anneal = recipe.anneal_temperature
    return replace(
        recipe,
        thickness=float(thickness),
        deposition_time=None,
        anneal_temperature=None if anneal is None else float(anneal - cooler),
    )


def _roughness(places: Array, seed: int, parameters: ParameterSet) -> Array:
    from scipy.special import ndtr

    film = parameters.group("film")
    field = random_field(places, parameters.value("wafer.correlation"), seed, "wafer-roughness")
    return film["roughness_low"] + (film["roughness_high"] - film["roughness_low"]) * ndtr(field)


def _interpolate(spots: Array, values: Array, places: Array) -> Array:
    from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator
    from scipy.spatial import QhullError

    near = NearestNDInterpolator(spots, values)(places)
    try:
        linear = LinearNDInterpolator(spots, values)(places)
    except QhullError:  # fewer than three spots, or all on a line
        return near
    return np.where(np.isfinite(linear), linear, near)


def _read_columns(path: Path) -> dict[str, Array]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                (n, row)
                for n, row in enumerate(csv.reader(file), 1)
                if any(cell.strip() for cell in row)
            ]
    except (OSError, UnicodeDecodeError) as error:
        raise ProcessError(
            f"film map {path}: {getattr(error, 'strerror', None) or error}"
        ) from None
    if len(rows) < 2:
        raise ProcessError(
            f"film map {path}: expected a heading such as 'x [mm], y [mm], thickness [nm]' and a "
            f"line a spot"
        )
    names, factors = _heading(rows[0][1], path)
    table = np.array([_numbers(row, n, names, path) for n, row in rows[1:]])
    return {name: table[:, i] * factors[i] for i, name in enumerate(names)}


def _heading(cells: Sequence[str], path: Path) -> tuple[list[str], list[float]]:
    known = ("x", "y", *PROPERTIES)
    names, factors = [], []
    for cell in cells:
        heading = _HEADING.fullmatch(cell)
        name, unit = heading.groups() if heading else (cell.strip(), "")
        if name not in known:
            raise ProcessError(
                f"film map {path}, line 1: column {cell.strip()!r}; expected some of "
                f"{', '.join(known)}, each with its unit in brackets{nearest(name, known)}"
            )
        if unit not in _LENGTHS:
            units = ", ".join(_LENGTHS)
            raise ProcessError(
                f"film map {path}, line 1: column {cell.strip()!r}; expected a unit in brackets, "
                f"one of {units}"
            )
        names.append(name)
        factors.append(_LENGTHS[unit])
    if len(set(names)) < len(names) or not {"x", "y"} < set(names):
        raise ProcessError(
            f"film map {path}, line 1: expected x, y and one or more of {', '.join(PROPERTIES)}, "
            f"each once"
        )
    return names, factors


def _numbers(row: Sequence[str], line: int, names: Sequence[str], path: Path) -> list[float]:
    if len(row) != len(names):
        raise ProcessError(
            f"film map {path}, line {line}: {len(row)} cells; expected {len(names)}, as in the "
            f"heading"
        )
    numbers = []
    for name, cell in zip(names, row, strict=True):
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or (name in PROPERTIES and number <= 0):
            expected = "a positive number" if name in PROPERTIES else "a number"
            raise ProcessError(
                f"film map {path}, line {line}: {name} = {cell.strip()!r}; expected {expected}"
            )
        numbers.append(number)
    return numbers
