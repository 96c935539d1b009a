"""What of a figure moves with a parameter: every figure on small numbers, its whole outcome as one digest."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np
import xarray as xr

import acanthite.wafer  # noqa: F401  reads the defaults of its arrays once, when it is imported
from acanthite.constants import degree, eV
from acanthite.crossbar.compute import images
from acanthite.errors import AcanthiteError
from acanthite.estimate import Estimate
from acanthite.figures import Settings, experiments, figure
from acanthite.figures.fig2_switching import fig2i
from acanthite.figures.fig3_ion_migration import fig3b
from acanthite.figures.fig4_computing import edge_detection, fig4i
from acanthite.figures.supplement import figS14
from acanthite.figures.words import worded
from acanthite.film import diffraction
from acanthite.parameters import AG2S, ParameterSet, Quantity
from acanthite.parameters.reading import reading

_FACTORS = (1.05, 1.5, 0.6)
"""A parameter is tried at these, one after the other: a little may be lost where an output comes in steps."""
_OWN_FACTORS = {  # as far as the law holds
    "process.anneal_temperature": (0.98, 0.95),
    "process.substrate_temperature": (1.02, 0.98),
    "film.reference_temperature": (0.98, 1.02),
    "film.phase_transition_temperature": (1.01, 1.1),
    "filament.temperature": (1.03, 0.95),
}

_BASE = {
    "xrd.step": 0.1 * degree,  # diffractograms of few points
    "xrd.second_share": 0.3,
    "wire.specularity": 0.2,
    "film.microstrain": 2e-3,
    "spread.cycle_barrier": 5e-3 * eV,
    "process.critical_h2s_pressure": 2.5
    * AG2S.value("process.critical_h2s_pressure"),  # short of sulphur
}


def with_values(parameters: ParameterSet, values: Mapping[str, float], name: str) -> ParameterSet:
    """Return a set with other values."""
    return parameters.replace(
        {
            key: Quantity(value, parameters[key].unit, "test", "", "assumed")
            for key, value in values.items()
        },
        name=name,
    )


BASE = with_values(AG2S, _BASE, "base")
"""The Ag2S set, moved to where no law is at rest: a parameter that is zero, or in excess, would hide others."""


def changes(key: str) -> Iterator[ParameterSet]:
    """Give the set with one parameter changed, a little first."""
    for factor in _OWN_FACTORS.get(key, _FACTORS):
        yield with_values(BASE, {key: factor * BASE.value(key)}, f"{factor:g} of {key}")


def all_changed(keys: Iterable[str]) -> ParameterSet:
    """Return the set with many parameters changed at once."""
    values = {key: _OWN_FACTORS.get(key, _FACTORS)[0] * BASE.value(key) for key in keys}
    return with_values(BASE, values, "all changed")


@contextlib.contextmanager
def small() -> Iterator[None]:
    """Let experiments have few cycles and cells, so that every figure takes a fraction of a second."""
    sweep, count = experiments.sweep, experiments.count

    def few(settings: Settings, full: int, quick: int) -> int:
        return min(count(settings, full, quick), 40)

    def short(settings: Settings, cycles: int = 1, *arguments: float | None, **named: float | None):
        return sweep(settings, min(cycles, 4), *arguments, **named)

    with (
        mock.patch.object(experiments, "count", few),
        mock.patch.object(experiments, "sweep", short),
        mock.patch.object(fig2i, "_CELLS", {"Ag": 32, "Au": 32}),
        mock.patch.object(edge_detection, "photograph", _small_photograph),
        mock.patch.object(figS14, "photograph", _small_photograph),
        mock.patch.object(fig4i, "SEEDS", 2),
        mock.patch.object(fig3b, "fit_line", _moments),
        mock.patch.object(diffraction, "fit_line", _moments),
    ):
        yield


def _small_photograph(path: Path | None = None) -> np.ndarray:
    return images.photograph(path)[64:112, 64:112]


def _moments(two_theta, counts, near: float, neighbours=()) -> diffraction.LineFit:
    """Stand in for the fit of a line, which takes seconds: moments of the counts, and where they were looked for."""
    x, y = np.asarray(two_theta), np.asarray(counts)
    share = y / y.sum()
    middle = float(share @ x)
    width = float(np.sqrt(share @ (x - middle) ** 2)) + 1e-9 * (near + float(np.sum(neighbours)))
    return diffraction.LineFit(
        Estimate(middle, "rad", 1e-3),
        Estimate(width, "rad", 1e-3),
        Estimate(float(y.max()), "1", 1.0),
    )


def settings_of(parameters: ParameterSet) -> Settings:
    return Settings(seed=1, quick=True, parameters=parameters, data=_data())


def _data() -> Path | None:
    import os

    folder = os.environ.get("ACANTHITE_DATA")
    return None if folder is None else Path(folder)


def digest(name: str, settings: Settings) -> str:
    """Return a digest of all a figure says: words, estimates, recordings; or its error."""
    module = figure(name)
    said = hashlib.sha256()
    try:
        with small():
            outcome = module.compute(settings)
    except AcanthiteError as error:
        return f"error: {error}"
    said.update(worded(f"{module.TITLE} {module.CAPTION}", settings.parameters).encode())
    said.update(repr((outcome.notes, dict(outcome.words), outcome.not_run)).encode())
    said.update(repr(sorted(outcome.estimates.items())).encode())
    for stem, recording in sorted(outcome.recordings.items()):
        said.update(stem.encode())
        _add(said, recording)
    return said.hexdigest()


def _add(said, recording: xr.Dataset) -> None:
    for name, variable in sorted(recording.variables.items(), key=str):
        values = variable.values
        text = values.tobytes() if values.dtype.kind in "biuf" else repr(values.tolist()).encode()
        said.update(str(name).encode() + text)
    for name, value in sorted(recording.attrs.items()):
        if name not in ("parameters", "source"):
            said.update(f"{name}={value!r}".encode())


@cache
def at_base(name: str) -> tuple[str, frozenset[str]]:
    """Return the digest of a figure at the base, and the parameters it read."""
    with reading() as keys:
        said = digest(name, settings_of(BASE))
    assert not said.startswith("error"), f"{name}: {said}"
    return said, frozenset(keys)


def moves(name: str, key: str) -> bool:
    """Return whether a figure follows a parameter."""
    said = (digest(name, settings_of(parameters)) for parameters in changes(key))
    return any(d != at_base(name)[0] and not d.startswith("error") for d in said)
