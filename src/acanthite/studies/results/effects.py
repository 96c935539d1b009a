"""What each setting does to each result: mean results along it, and its share of their variance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from acanthite.display import Display
from acanthite.errors import StudyError
from acanthite.studies.designs import _salib, saltelli_problem

_MOST_BINS = 8
_LEAST_IN_BIN = 5
_SOBOL_SEED = 1
_NOT_RESULTS = ("state", "error", "seconds")


@dataclass(frozen=True)
class MainEffect(Display):
    """A result along one setting, averaged over all others.

    Parameters
    ----------
    setting, output : str
    values : ndarray, shape (n,)
        Of the setting; of a range that was sampled, the mean of each of some bins.
    mean, error : ndarray, shape (n,)
        Of the result: mean over points and seeds, and its standard error.
    share : float
        Of the variance of the result among points that the setting explains by itself, less what
        chance would: between 0 and 1; NaN where the result does not vary, every value stands by
        itself, or an optimiser chose the points. [1]

    Examples
    --------
    >>> import numpy as np
    >>> effect = ac.studies.MainEffect(
    ...     "thickness",
    ...     "set_voltage",
    ...     np.array([5e-8, 2e-7]),
    ...     np.array([0.21, 0.10]),
    ...     np.array([0.01, 0.01]),
    ...     share=0.97,
    ... )
    >>> print(f"{effect.setting} explains {effect.share:.0%}")
    thickness explains 97%
    """

    setting: str
    output: str
    values: NDArray[Any]
    mean: NDArray[np.float64]
    error: NDArray[np.float64]
    share: float


@dataclass(frozen=True)
class SobolIndices(Display):
    """Sobol's indices of one result.

    Parameters
    ----------
    output : str
    settings : tuple of str
    first, total : ndarray, shape (settings,)
        Share of the variance by a setting alone, and with all it takes part in. [1]
    first_error, total_error : ndarray, shape (settings,)
        Half widths of 95 % intervals, by bootstrap. [1]

    Examples
    --------
    >>> import numpy as np
    >>> small = np.full(2, 0.01)
    >>> indices = ac.studies.SobolIndices(
    ...     "energy",
    ...     ("voltage", "width"),
    ...     np.array([0.6, 0.3]),
    ...     np.array([0.7, 0.4]),
    ...     small,
    ...     small,
    ... )
    >>> print(f"{indices.settings[0]}: {indices.first[0]:.0%} alone")
    voltage: 60% alone
    """

    output: str
    settings: tuple[str, ...]
    first: NDArray[np.float64]
    total: NDArray[np.float64]
    first_error: NDArray[np.float64]
    total_error: NDArray[np.float64]


def settings_of(data: xr.Dataset) -> tuple[str, ...]:
    """Return the names of the settings that vary."""
    return tuple(str(name) for name in data.coords if name not in ("point", "seed"))


def outputs_of(data: xr.Dataset) -> tuple[str, ...]:
    """Return the names of the results that are one number a point and seed."""
    names = (str(name) for name in data.data_vars if name not in _NOT_RESULTS)
    return tuple(name for name in names if data[name].dims == ("point", "seed"))


def main_effects(data: xr.Dataset) -> list[MainEffect]:
    """Return the effect of each setting on each result.

    Parameters
    ----------
    data : xarray.Dataset
        Of a study; points without a result are left out.

    Examples
    --------
    >>> def sag(load, length):
    ...     return {"depth": load * length**3}
    >>> axes = (
    ...     ac.studies.Axis("load", values=(1.0, 1.2)),
    ...     ac.studies.Axis("length", low=1.0, high=2.0),
    ... )
    >>> study = ac.studies.ParameterStudy(sag, axes)
    >>> result = ac.studies.run_study(study, "sag", workers=1)
    >>> [f"{effect.setting}: {effect.share:.2f}" for effect in result.effects]
    ['load: 0.00', 'length: 0.95']
    """
    return [
        _effect(data, setting, output)
        for output in outputs_of(data)
        for setting in settings_of(data)
    ]


def _effect(data: xr.Dataset, setting: str, output: str) -> MainEffect:
    y = data[output].values
    x = np.broadcast_to(data[setting].values[:, None], y.shape)
    there = np.isfinite(y)
    x, y = x[there], y[there]
    groups, values = _groups(x, data.attrs["design"] == "grid")
    means = np.array([y[group].mean() for group in groups])
    errors = np.array([_standard_error(y[group]) for group in groups])
    # an optimiser looks where it likes: what varies among its points says nothing of the ranges
    share = math.nan if data.attrs["design"] == "optimiser" else _share(y, groups, means)
    return MainEffect(setting, output, values, means, errors, share)


def _groups(x: NDArray[Any], grid: bool) -> tuple[list[NDArray[np.int64]], NDArray[Any]]:
    """Return positions that share a value of the setting, or a bin of its range, and the values."""
    distinct = np.unique(x)
    few = len(distinct) <= min(2 * _MOST_BINS, len(x) // 2)
    if grid or few or x.dtype.kind not in "fiu":
        return [np.flatnonzero(x == value) for value in distinct], distinct
    bins = max(1, min(_MOST_BINS, len(x) // _LEAST_IN_BIN))
    groups = np.array_split(np.argsort(x, kind="stable"), bins)
    return groups, np.array([x[group].mean() for group in groups])


def _standard_error(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else math.nan


def _share(
    y: NDArray[np.float64], groups: list[NDArray[np.int64]], means: NDArray[np.float64]
) -> float:
    """Return the share of the variance between groups, less what chance gives (epsilon squared).

    Not-a-number where the result does not vary, or every value stands by itself.
    """
    n, k = len(y), len(groups)
    sizes = np.array([len(group) for group in groups])
    total = float(((y - y.mean()) ** 2).sum()) if n else 0.0
    if total == 0.0 or n <= k or k < 2:
        return math.nan
    between = float((sizes * (means - y.mean()) ** 2).sum())
    within = max(total - between, 0.0)
    return min(max((between - (k - 1) * within / (n - k)) / total, 0.0), 1.0)


def sobol_indices(data: xr.Dataset) -> list[SobolIndices]:
    """Return Sobol's indices of each result, by SALib.

    Parameters
    ----------
    data : xarray.Dataset
        Of a study with the Saltelli design, every point of it with a result.

    Raises
    ------
    StudyError
        If the design is another, or a point lacks its result: the indices of what is left would be
        wrong.

    Examples
    --------
    With SALib (``pip install 'acanthite[sensitivity]'``), from eight base points:

    >>> def energy(voltage, width):
    ...     return {"energy": voltage**2 * width}
    >>> axes = (
    ...     ac.studies.Axis("voltage", low=0.1, high=0.4),
    ...     ac.studies.Axis("width", low=1, high=2),
    ... )
    >>> study = ac.studies.ParameterStudy(energy, axes, design="saltelli", points=8)
    >>> result = ac.studies.run_study(study, "energies", workers=1)  # doctest: +SKIP
    >>> ac.studies.sobol_indices(result.data)[0].settings  # doctest: +SKIP
    ('voltage', 'width')
    """
    if data.attrs.get("design") != "saltelli":
        raise StudyError(
            f"Sobol's indices need the saltelli design; this study has {data.attrs.get('design')}"
        )
    return [_indices(data, output) for output in outputs_of(data)]


def _indices(data: xr.Dataset, output: str) -> SobolIndices:
    settings = settings_of(data)
    y = data[output].mean("seed", skipna=False).values
    lacking = int((~np.isfinite(y)).sum())
    if lacking:
        raise StudyError(
            f"{output}: {lacking} of {len(y)} points have no result; Sobol's indices need all: "
            "mend what failed and go on with --retry-failed, or narrow the ranges"
        )
    if np.ptp(y) == 0.0:
        nothing = np.zeros(len(settings))
        return SobolIndices(output, settings, nothing, nothing, nothing, nothing)
    analyse = _salib("SALib.analyze.sobol").analyze
    got = analyse(
        saltelli_problem(settings),
        y,
        calc_second_order=False,
        seed=_SOBOL_SEED,
        print_to_console=False,
    )
    return SobolIndices(output, settings, got["S1"], got["ST"], got["S1_conf"], got["ST_conf"])
