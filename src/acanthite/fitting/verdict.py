"""Whether a fitted device is one to go on with: how far it is off, in decades, and why that is good or poor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from acanthite.errors import FitError
from acanthite.fitting.residual import view

if TYPE_CHECKING:
    import xarray as xr

Quality = Literal["good", "poor"]

MOST_DECADES = 0.3
"""By which a good fit may be off, root mean square: a factor of two."""

_MOST_ERRORS = 3.0  # standard errors, root mean square, by which moments may be off
_LEAST_CHANCE = 1e-3  # that a law which holds misses the moments by as much
_MOST_SHARE = 0.15  # of the range, by which a pulse response may be off
_MOST_LOST = 0.01  # share of samples for which a law may give no current


@dataclass(frozen=True)
class Verdict:
    """What a device file says of its own fit.

    Parameters
    ----------
    quality : {"good", "poor"}
    residual : float or None
        Root mean square distance of the law from the data it was fitted to, in decades; None where no decade can be told.
    held_out : float or None
        The same of what was held out.
    why : str
    """

    quality: Quality
    residual: float | None
    held_out: float | None
    why: str

    def table(self) -> dict[str, Any]:
        """Return it as a device file holds it."""
        found = {
            "quality": self.quality,
            "residual": self.residual,
            "held_out": self.held_out,
            "why": self.why,
        }
        return {name: value for name, value in found.items() if value is not None}

    def __str__(self) -> str:
        return f"{self.quality} fit: {self.why}"


def of_currents(residuals: xr.Dataset, floor: float) -> Verdict:
    """Return the verdict on a law fitted to currents.

    Parameters
    ----------
    residuals : xarray.Dataset
        ``current``, ``predicted`` [A] and whether ``held`` out, dim sample.
    floor : float
        Current below which decades are not counted. [A]
    """
    measured, predicted = residuals["current"].values, residuals["predicted"].values
    held, known = residuals["held"].values, np.isfinite(predicted)
    off = (view(measured, "log", floor) - view(predicted, "log", floor)) / math.log(10)
    residual, held_out = _rms(off[known & ~held]), _rms(off[known & held])
    lost = float((~known).mean())
    if lost > _MOST_LOST:
        return Verdict(
            "poor", residual, held_out, f"the law gives no current for {lost:.0%} of the samples"
        )
    return _by_decades(residual, held_out)


def of_moments(
    moments: xr.Dataset, rms: float, misfit: float | None, held_out: float | None
) -> Verdict:
    """Return the verdict on a random law fitted to moments.

    Parameters
    ----------
    moments : xarray.Dataset
        ``measured`` and ``fitted`` logarithms, and which were ``used``, dim moment.
    rms, misfit, held_out : float
        Of the moments used, in standard errors; the chance of as large a misfit; ``rms`` of what was held out.
    """
    middles = moments["used"].values & np.array(
        ["middle" in str(n) for n in moments["moment"].values]
    )
    off = (moments["measured"].values - moments["fitted"].values)[middles] / math.log(10)
    residual = _rms(off[np.isfinite(off)])
    if residual is not None and residual > MOST_DECADES:
        return _by_decades(residual, None)
    for value, what in ((rms, "fitted"), (held_out, "held out")):
        if value is not None and not value <= _MOST_ERRORS:
            return Verdict(
                "poor", residual, None, f"moments {what} are {value:.2g} standard errors off"
            )
    if misfit is not None and misfit < _LEAST_CHANCE:
        return Verdict(
            "poor",
            residual,
            None,
            f"a law that holds would miss by as much in {misfit:.2g} of cases",
        )
    return Verdict("good", residual, None, f"moments within {rms:.2g} standard errors")


def of_pulses(residuals: xr.Dataset, rms: float, held_out: float | None) -> Verdict:
    """Return the verdict on a pulse law.

    Parameters
    ----------
    residuals : xarray.Dataset
        ``level`` and ``mean`` response, dims (device, cycle, pulse).
    rms, held_out : float
        Of the levels fitted and held out about the mean response, in their unit.
    """
    level, mean = residuals["level"].values, residuals["mean"].values
    span = float(np.nanmax(level) - np.nanmin(level))
    positive = (level > 0) & (mean > 0)
    residual = (
        _rms(np.log10(level[positive]) - np.log10(mean[positive])) if positive.all() else None
    )
    for value, what in ((rms, "the levels fitted"), (held_out, "the levels held out")):
        if value is not None and not value <= _MOST_SHARE * span:
            return Verdict(
                "poor", residual, None, f"off {what} by {value / span:.0%} of their range"
            )
    if residual is not None and residual > MOST_DECADES:
        return _by_decades(residual, None)
    return Verdict("good", residual, None, f"within {rms / span:.1%} of the range of the levels")


def read(tables: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict in a device file's tables; that of a file without one follows from its residuals, where it tells them.

    Raises
    ------
    FitError
        If a table or an entry is of the wrong kind.
    """
    found = tables.get("verdict")
    if found is None:
        return _from_residuals(tables.get("fit"))
    if not isinstance(found, Mapping) or found.get("quality") not in ("good", "poor"):
        told = found.get("quality") if isinstance(found, Mapping) else found
        raise FitError(f"[verdict] quality = {told!r}; expected 'good' or 'poor'")
    numbers = [_decades(found, name) for name in ("residual", "held_out")]
    return Verdict(found["quality"], numbers[0], numbers[1], str(found.get("why", "")))


def _from_residuals(fit: Any) -> Verdict | None:
    if not isinstance(fit, Mapping) or fit.get("scale") != "log" or "rms" not in fit:
        return None
    numbers = [_decades(fit, name) for name in ("rms", "held_out")]
    residual, held_out = (None if x is None else x / math.log(10) for x in numbers)
    return _by_decades(residual, held_out)


def _decades(table: Mapping[str, Any], name: str) -> float | None:
    value = table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise FitError(f"{name} = {value!r}; expected decades, zero or more")
    return float(value)


def _by_decades(residual: float | None, held_out: float | None) -> Verdict:
    if residual is None:
        return Verdict("poor", None, held_out, "no sample can be compared with the law")
    told = f"{residual:.2g} decades off the data fitted"
    if held_out is not None:
        told += f", {held_out:.2g} off what was held out"
    if max(residual, held_out or 0.0) > MOST_DECADES:
        return Verdict("poor", residual, held_out, f"{told}; a good fit is within {MOST_DECADES:g}")
    return Verdict("good", residual, held_out, told)


def _rms(off: np.ndarray) -> float | None:
    return float(np.sqrt(np.mean(off**2))) if off.size else None
