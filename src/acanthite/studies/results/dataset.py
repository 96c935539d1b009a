"""All results of a study as one data set: settings are coordinates, points and seeds dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from acanthite import __version__
from acanthite.errors import StudyError
from acanthite.studies.running.tasks import Record, number_of
from acanthite.studies.study import ParameterStudy

WAITING, DONE, FAILED = 0, 1, 2
_STATES = {"0": "not computed", "1": "done", "2": "failed"}


def dataset_of(
    study: ParameterStudy, records: Iterable[Record], chosen: Sequence[tuple[Any, ...]]
) -> xr.Dataset:
    """Return what was recorded as one data set.

    Parameters
    ----------
    study : ParameterStudy
    records : iterable of Record
        By settings, seed and part.
    chosen : sequence of tuple
        Values of the axes at each point, where an optimiser chose them.

    Returns
    -------
    xarray.Dataset
        Dims (point, seed) and those of results that are more than one number. Settings that vary
        are coordinates along ``point``; ``state`` says which points are done, ``error`` why one
        failed, ``seconds`` how long it took. Results are not-a-number where there is none.
    """
    points = list(chosen) if study.goal is not None else study.points_of_design
    data = xr.Dataset(attrs=_attrs(study))
    data = data.assign_coords(_coordinates(study, points))
    data = data.assign_coords(seed=("seed", np.arange(1, study.seeds + 1)))
    wanted = {number_of(study.with_fixed(values)): k for k, values in enumerate(points)}
    return _with_results(data, study, _whole(study, records, wanted), len(points))


def _attrs(study: ParameterStudy) -> dict[str, Any]:
    return {
        "title": f"study of the job {study.runs.name}",
        "acanthite": __version__,
        "job": study.runs.name,
        "design": "optimiser" if study.goal is not None else study.design,
        "design_seed": study.seed,
        "fixed": ", ".join(f"{name} = {value}" for name, value in study.fixed.items()),
    }


def _coordinates(study: ParameterStudy, points: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    coordinates: dict[str, Any] = {"point": ("point", np.arange(len(points)))}
    for k, axis in enumerate(study.axes):
        values = np.array([point[k] for point in points])
        attrs = {"long_name": axis.name.replace("_", " "), "units": study.runs.unit_of(axis.name)}
        coordinates[axis.name] = ("point", values, attrs)
    return coordinates


def _whole(
    study: ParameterStudy, records: Iterable[Record], wanted: Mapping[int, int]
) -> dict[tuple[int, int], Record]:
    """Return what whole points gave, by point and seed: parts put together, points that lack some
    left out.
    """
    by_point: dict[tuple[int, int], list[Record]] = {}
    for record in records:
        settings, seed, _ = record.key
        if settings in wanted and seed <= study.seeds:
            by_point.setdefault((wanted[settings], seed), []).append(record)
    if study.runs.parts is None:
        return {key: parts[0] for key, parts in by_point.items()}
    return {
        (point, seed): _together(study, parts)
        for (point, seed), parts in by_point.items()
        if len(parts) == study.runs.number_of_parts(study.settings(point))
    }


def _together(study: ParameterStudy, parts: list[Record]) -> Record:
    seconds = sum(part.seconds for part in parts)
    key = parts[0].key
    failed = [part for part in parts if part.outputs is None]
    if failed:
        return Record(key, None, failed[0].error, seconds)
    assert study.runs.combine is not None
    outputs = study.runs.combine([part.outputs for part in parts if part.outputs is not None])
    plain = {name: np.asarray(value, float).tolist() for name, value in outputs.items()}
    return Record(key, plain, "", seconds)


def _with_results(
    data: xr.Dataset,
    study: ParameterStudy,
    records: Mapping[tuple[int, int], Record],
    points: int,
) -> xr.Dataset:
    state = np.zeros((points, study.seeds), np.int8)
    seconds = np.zeros((points, study.seeds))
    errors = np.full((points, study.seeds), "", object)
    values = _empty_values(records.values(), (points, study.seeds))
    for (point, seed), record in records.items():
        at = (point, seed - 1)
        state[at] = FAILED if record.outputs is None else DONE
        seconds[at], errors[at] = record.seconds, record.error
        for name, value in (record.outputs or {}).items():
            _put(values, name, at, value)
    dims = ("point", "seed")
    for name, array in values.items():
        own = tuple(f"{name}_{k}" for k in range(array.ndim - 2))
        attrs = {"long_name": name.replace("_", " "), "units": study.runs.units.get(name, "1")}
        data[name] = ((*dims, *own), array, attrs)
    data["state"] = (
        dims,
        state,
        {"flag_meanings": "; ".join(f"{k} {v}" for k, v in _STATES.items())},
    )
    data["error"] = (dims, errors.astype(str))
    data["seconds"] = (dims, seconds, {"long_name": "time it took", "units": "s"})
    return data


def _empty_values(records: Iterable[Record], shape: tuple[int, int]) -> dict[str, np.ndarray]:
    values: dict[str, np.ndarray] = {}
    for record in records:
        for name, value in (record.outputs or {}).items():
            if name not in values:
                values[name] = np.full((*shape, *np.shape(value)), np.nan)
    return values


def _put(values: dict[str, np.ndarray], name: str, at: tuple[int, int], value: Any) -> None:
    expected = values[name].shape[2:]
    if np.shape(value) != expected:
        raise StudyError(
            f"{name} has the shape {np.shape(value)} at point {at[0]} and {expected} elsewhere; "
            "a job must give arrays of one shape"
        )
    values[name][at] = value


def on_grid(data: xr.Dataset) -> xr.Dataset:
    """Return the results of a grid with a dimension for each setting.

    Parameters
    ----------
    data : xarray.Dataset
        Of a study over a grid.

    Returns
    -------
    xarray.Dataset
        Dims of the settings, and ``seed``.

    Raises
    ------
    StudyError
        If the points are no grid.

    Examples
    --------
    >>> def product(a, b):
    ...     return {"value": a * b}
    >>> axes = ac.studies.Axis("a", values=(1, 2)), ac.studies.Axis("b", values=(3, 4, 5))
    >>> study = ac.studies.ParameterStudy(product, axes)
    >>> result = ac.studies.run_study(study, "products", workers=1)
    >>> ac.studies.on_grid(result.data)["value"].sel(a=2, seed=1).values
    array([ 6.,  8., 10.])
    """
    names = [str(name) for name in data.coords if name not in ("point", "seed")]
    if data.attrs.get("design") != "grid" or not names:
        raise StudyError(
            f"the study's design is {data.attrs.get('design')!r}; expected a grid with settings"
        )
    if len(names) == 1:
        return data.swap_dims(point=names[0]).drop_vars("point")
    return data.set_index(point=names).unstack("point")
