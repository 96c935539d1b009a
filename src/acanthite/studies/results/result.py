"""What a study came to."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xarray as xr

from acanthite.display import Plotted
from acanthite.studies.optimisation.optimiser import best_of
from acanthite.studies.results.dataset import DONE, FAILED
from acanthite.studies.results.effects import (
    MainEffect,
    SobolIndices,
    main_effects,
    outputs_of,
    settings_of,
    sobol_indices,
)
from acanthite.studies.study import ParameterStudy


@dataclass(frozen=True, eq=False)
class StudyResult(Plotted, picture="acanthite.studies.results.drawings:draw_effect"):
    """What a study gave.

    Parameters
    ----------
    study : ParameterStudy
    data : xarray.Dataset
        Dims (point, seed); settings that vary are coordinates along ``point``.
    folder : pathlib.Path

    Examples
    --------
    >>> def area(width, height=2.0):
    ...     return {"area": width * height}
    >>> study = ac.studies.ParameterStudy(area, (ac.studies.Axis("width", values=(1.0, 3.0)),))
    >>> result = ac.studies.run_study(study, "areas", workers=1)
    >>> result.data["area"].sel(seed=1).values
    array([2., 6.])
    >>> result.done, result.failed
    (2, 0)
    """

    study: ParameterStudy
    data: xr.Dataset
    folder: Path

    def __str__(self) -> str:
        lines = [f"study of {self.study.runs.name}: {self.done} runs done, {self.failed} failed"]
        lines += [
            f"  {effect.output:<24} {effect.setting:<28} {effect.share:6.1%} of the variance"
            for effect in self.effects
        ]
        return "\n".join(lines)

    def _rows(self) -> Any:
        yield "job", self.study.runs.name
        yield "points", str(self.data.sizes["point"])
        yield "seeds", str(self.data.sizes["seed"])
        yield "done", str(self.done)
        yield "failed", str(self.failed)

    @property
    def done(self) -> int:
        """Runs that gave a result."""
        return int((self.data["state"] == DONE).sum())

    @property
    def failed(self) -> int:
        """Runs that failed."""
        return int((self.data["state"] == FAILED).sum())

    @property
    def errors(self) -> list[str]:
        """Why runs failed, one entry a run."""
        return [str(text) for text in self.data["error"].values.ravel() if text]

    @functools.cached_property
    def effects(self) -> list[MainEffect]:
        """What each setting does to each result."""
        return main_effects(self.data)

    @functools.cached_property
    def indices(self) -> list[SobolIndices]:
        """Sobol's indices of each result; of a study with the Saltelli design."""
        return sobol_indices(self.data)

    @property
    def best(self) -> dict[str, Any] | None:
        """Settings and results of the point that is nearest the goal, ``point`` its number; None
        without a goal, or if no point keeps its bounds.
        """
        if self.study.goal is None:
            return None
        means = self.data[list(outputs_of(self.data))].mean("seed", skipna=True)
        known = {
            int(k): {str(name): float(means[name].sel(point=k)) for name in means.data_vars}
            for k in self.data["point"].values
            if bool((self.data["state"].sel(point=k) == DONE).any())
        }
        number = best_of(self.study.goal, known)
        if number is None:
            return None
        row = self.data.sel(point=number)
        settings = {name: row[name].values.item() for name in settings_of(self.data)}
        return {"point": number, **settings, **known[number]}

    def as_json(self) -> dict[str, Any]:
        """Return what came out as plain objects: counts, the best point, and shares of variance."""
        shares: dict[str, dict[str, float | None]] = {}
        for effect in self.effects:
            share = None if math.isnan(effect.share) else effect.share
            shares.setdefault(effect.output, {})[effect.setting] = share
        return {
            "job": self.study.runs.name,
            "points": self.data.sizes["point"],
            "seeds": self.data.sizes["seed"],
            "done": self.done,
            "failed": self.failed,
            "best": self.best,
            "share_of_variance": shares,
        }

    def to_dataframe(self) -> Any:
        """Return one row a point and seed, as a pandas.DataFrame."""
        flat = [str(name) for name in self.data.data_vars if self.data[name].ndim == 2]
        return self.data[flat].to_dataframe().reset_index()
