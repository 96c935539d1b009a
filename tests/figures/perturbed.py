"""What of a figure moves with a parameter: every figure on small numbers, its whole outcome as one digest."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import xarray as xr

from acanthite.constants import degree, eV
from acanthite.crossbar import images
from acanthite.errors import AcanthiteError
from acanthite.estimate import Estimate
from acanthite.figures import Settings, edge_detection, experiments, fig2i, fig3b, fig4i, figS14, figure
from acanthite.figures.words import worded
from acanthite.film import diffraction
from acanthite.parameters import AG2S, ParameterSet, Quantity

_FACTOR = 1.05
_FACTORS = {  # far enough that sulphur runs short, or near enough that the law holds
    "process.critical_h2s_pressure": 2.5,
    "process.argon_flow": 5.0,
    "process.h2s_flow": 0.2,
    "process.pressure": 0.45,
    "process.anneal_temperature": 0.98,
    "process.substrate_temperature": 1.02,
    "film.reference_temperature": 0.98,
    "film.phase_transition_temperature": 1.01,
    "filament.temperature": 1.03,
}
_FROM_ZERO = {
    "film.microstrain": 2e-3,
    "xrd.second_share": 0.3,
    "spread.cycle_barrier": 5e-3 * eV,
    "wire.specularity": 0.3,
}


BASE = AG2S.replace({"xrd.step": Quantity(0.1 * degree, "rad", "test", "coarse", "assumed")})
"""The Ag2S set with diffractograms of few points."""


def changed(key: str) -> ParameterSet:
    """Return the set with one parameter changed."""
    old = BASE[key]
    value = _FROM_ZERO[key] if old.value == 0 else old.value * _FACTORS.get(key, _FACTOR)
    return BASE.replace({key: Quantity(value, old.unit, "test", "changed", "assumed")}, name=f"changed {key}")


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
        Estimate(middle, "rad", 1e-3), Estimate(width, "rad", 1e-3), Estimate(float(y.max()), "1", 1.0)
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


class _Group(dict):
    """A group that remembers which of its values were taken."""

    def __init__(self, values: dict[str, float], prefix: str, read: set[str]) -> None:
        super().__init__(values)
        self._prefix, self._read = prefix, read

    def __getitem__(self, key: str) -> float:
        self._read.add(f"{self._prefix}.{key}")
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:  # without it dict(group) and **group would not ask __getitem__
        return super().__iter__()

    def items(self):
        return [(key, self[key]) for key in self]

    def values(self):
        return [self[key] for key in self]


class Watched(ParameterSet):
    """A parameter set that remembers which parameters were read."""

    def __init__(self, name: str, quantities) -> None:
        super().__init__(name, quantities)
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Quantity:
        self.read.add(key)
        return super().__getitem__(key)

    def group(self, name: str) -> dict[str, float]:
        before = set(self.read)
        values = super().group(name)
        self.read.clear()
        self.read |= before
        return _Group(values, name, self.read)

    def replace(self, changes, name: str | None = None) -> ParameterSet:
        other = Watched(name or self.name, {**self._quantities, **changes})
        other.read = self.read
        return other


def reads(name: str) -> set[str]:
    """Return the parameters a figure reads."""
    watched = Watched(f"watched {name}", dict(BASE))
    watched.read.clear()
    module = figure(name)
    module.compute(settings_of(watched))
    worded(f"{module.TITLE} {module.CAPTION}", watched)
    return watched.read
