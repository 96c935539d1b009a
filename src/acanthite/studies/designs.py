"""Where the points of a study lie: on a grid, at random, or spread more evenly than chance does.

References
----------
.. [1] A. Saltelli et al., *Comput. Phys. Commun.* **181**, 259 (2010), :doi:`10.1016/j.cpc.2009.09.018`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import MissingExtraError, StudyError
from acanthite.random import generator
from acanthite.studies.axes import Axis

Shares = NDArray[np.float64]


def grid_points(axes: Sequence[Axis]) -> list[tuple[Any, ...]]:
    """Return every combination of the values of the axes, the last one running fastest."""
    return list(itertools.product(*(axis.grid() for axis in axes)))


def listed_points(axes: Sequence[Axis]) -> list[tuple[Any, ...]]:
    """Return the first values of all axes, the second values, and so on.

    Raises
    ------
    StudyError
        If they have not as many values each.
    """
    numbers = {axis.name: len(axis.values) for axis in axes}
    if len(set(numbers.values())) > 1 or 0 in numbers.values():
        counts = ", ".join(f"{name} {number}" for name, number in numbers.items())
        raise StudyError(f"a list needs as many values of each setting; it has {counts}")
    return list(zip(*(axis.values for axis in axes), strict=True))


def sampled_points(design: str, axes: Sequence[Axis], n: int, seed: int) -> list[tuple[Any, ...]]:
    """Return points that fill the ranges of the axes.

    Parameters
    ----------
    design : str
        One of :data:`SAMPLED`.
    axes : sequence of Axis
    n : int
        Points; of a Saltelli design, base points, each of which becomes as many as there are axes
        and two more.
    seed : int

    Raises
    ------
    StudyError
        If the design needs another number of points.
    """
    shares = SAMPLED[design](len(axes), n, seed)
    return [tuple(axis.at(float(u)) for axis, u in zip(axes, row, strict=True)) for row in shares]


def _random(dimensions: int, n: int, seed: int) -> Shares:
    return generator(seed, "studies.random").random((n, dimensions))


def _latin_hypercube(dimensions: int, n: int, seed: int) -> Shares:
    from scipy.stats import qmc

    rng = generator(seed, "studies.latin")
    return qmc.LatinHypercube(dimensions, seed=rng).random(n)  # type: ignore[call-arg]


def _sobol(dimensions: int, n: int, seed: int) -> Shares:
    from scipy.stats import qmc

    _check_power_of_two("sobol", n)
    rng = generator(seed, "studies.sobol")
    return qmc.Sobol(dimensions, seed=rng).random(n)  # type: ignore[call-arg]  # rng from 1.15 on


def _saltelli(dimensions: int, n: int, seed: int) -> Shares:
    _check_power_of_two("saltelli", n)
    problem = saltelli_problem([f"x{k}" for k in range(dimensions)])
    return _salib("SALib.sample.sobol").sample(problem, n, calc_second_order=False, seed=seed)


def saltelli_problem(names: Sequence[str]) -> dict[str, Any]:
    """Return what SALib calls a problem: all axes from 0 to 1."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _salib(module: str) -> Any:
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtraError(
            "Sobol's indices need SALib; install it with: pip install 'acanthite[sensitivity]'"
        ) from None


def _check_power_of_two(design: str, n: int) -> None:
    if n & (n - 1):
        below = 2 ** int(math.log2(n))
        raise StudyError(
            f"points = {n}; the {design} design keeps its balance for powers of two only: "
            f"{below} or {2 * below}"
        )


SAMPLED: dict[str, Callable[[int, int, int], Shares]] = {
    "random": _random,
    "latin-hypercube": _latin_hypercube,
    "sobol": _sobol,
    "saltelli": _saltelli,
}
"""Designs of so many points."""

DESIGNS = ("grid", "list", *SAMPLED)
"""How points may lie."""
