"""Write-read cycling: the two states against cycles, and the cycles that failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.analysis.pulses import conductance
from acanthite.display import Plotted
from acanthite.errors import AnalysisError

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class EnduranceResult(Plotted, picture="acanthite.analysis.result_drawings:endurance"):
    """What cycling did.

    Parameters
    ----------
    lrs, hrs : ndarray, shape (device, cycle)
        Conductance after SET and after RESET, in the unit of the recording. [S]
        Not-a-number where a state was not read.
    threshold : float
        The boundary between the two states: the geometric mean of their medians. [S]

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> cycling = ac.measurement.run(devices, ac.measurement.Endurance(cycles=5))
    >>> result = ac.analysis.endurance(cycling)
    >>> result.lrs.shape, result.good_share.tolist()
    ((2, 5), [1.0, 1.0])
    """

    lrs: np.ndarray
    hrs: np.ndarray
    threshold: float

    @property
    def set_failures(self) -> np.ndarray:
        """Cycles not conducting after SET, of each device, shape (device,)."""
        return (self.lrs < self.threshold).sum(-1)

    @property
    def reset_failures(self) -> np.ndarray:
        """Cycles conducting after RESET, of each device, shape (device,)."""
        return (self.hrs > self.threshold).sum(-1)

    @property
    def good_share(self) -> np.ndarray:
        """Share of the cycles read in which both states came out right, of each device, shape
        (device,); not-a-number of none.
        """
        good = (self.lrs >= self.threshold) & (self.hrs <= self.threshold)
        read = np.isfinite(self.lrs) & np.isfinite(self.hrs)
        with np.errstate(invalid="ignore"):
            return good.sum(-1) / read.sum(-1)


def endurance(recording: xr.Dataset) -> EnduranceResult:
    """Tell the states apart and count failures.

    Parameters
    ----------
    recording : xarray.Dataset
        ``conductance``, or ``current`` and ``voltage``, dims (device, cycle, pulse): a read after
        SET and one after RESET. LRS is the one whose median conductance is higher.

    Returns
    -------
    EnduranceResult

    Raises
    ------
    AnalysisError
        If the dims are others, there are not two pulses a cycle, or no state is read after one of
        them.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> result = ac.analysis.endurance(
    ...     ac.measurement.run(devices, ac.measurement.Endurance(cycles=5))
    ... )
    >>> result.set_failures.tolist(), result.reset_failures.tolist()
    ([0, 0], [0, 0])
    """
    levels = conductance(recording)
    levels = levels.expand_dims([d for d in ("device", "cycle") if d not in levels.dims])
    if set(levels.dims) != {"device", "cycle", "pulse"}:
        raise AnalysisError(
            f"endurance: conductance has dims {levels.dims}; expected (device, cycle, pulse)"
        )
    if levels.attrs.get("units", "S") != "S" and bool((levels < 0).any()):
        raise AnalysisError(
            "endurance: relative levels below zero; expected conductances, whose ratio says "
            "something"
        )
    g = np.abs(levels.transpose("device", "cycle", "pulse").values)
    if g.shape[-1] != 2:
        raise AnalysisError(f"endurance: {g.shape[-1]} pulses a cycle; expected two, SET and RESET")
    if not np.isfinite(g).any(axis=(0, 1)).all():
        raise AnalysisError(
            "endurance: no conductance after one of the two pulses; expected reads after SET and "
            "RESET"
        )
    medians = np.nanmedian(g, axis=(0, 1))
    on = int(np.argmax(medians))
    return EnduranceResult(g[..., on], g[..., 1 - on], float(np.sqrt(medians.prod())))
