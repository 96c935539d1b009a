"""Whether a fit is good enough to use: its distance from the data, in decades, and why that is good
or poor.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from acanthite.display import Display
from acanthite.fitting.loops.residual import view
from acanthite.parameters.toml import TomlTable

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
class Verdict(Display):
    """The quality of a fit, as a device file states it.

    Parameters
    ----------
    quality : {"good", "poor"}
    residual : float or None
        Root mean square distance of the law from the data it was fitted to, in decades; None where
        decades are undefined.
    held_out : float or None
        The same of what was held out.
    why : str

    Examples
    --------
    >>> from acanthite.fitting import Verdict
    >>> print(Verdict("good", residual=0.05, held_out=0.06, why="0.05 decades off"))
    good fit: 0.05 decades off
    """

    quality: Quality
    residual: float | None = None
    held_out: float | None = None
    why: str = ""

    def table(self) -> dict[str, Any]:
        """Return it as a device file holds it."""
        entries = dataclasses.asdict(self)
        return {name: value for name, value in entries.items() if value is not None}

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
    held = residuals["held"].values
    known = np.isfinite(predicted)
    off = (view(measured, "log", floor) - view(predicted, "log", floor)) / math.log(10)
    residual = _rms(off[known & ~held])
    held_out = _rms(off[known & held])
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
        Of the moments used, in standard errors; the chance of as large a misfit; ``rms`` of what
        was held out.
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
        ``level`` and ``mean`` response, dims (device, cycle, pulse). The range that counts is that
        of the mean response to a ladder: noise widens that of the levels.
    rms, held_out : float
        Of the levels fitted and held out about the mean response, in their unit.
    """
    level, mean = residuals["level"].values, residuals["mean"].values
    ladders = np.ptp(mean, axis=residuals["mean"].get_axis_num("pulse"))
    span = min(float(np.nanmax(level) - np.nanmin(level)), float(np.nanmedian(ladders)))
    positive = (level > 0) & (mean > 0)
    residual = (
        _rms(np.log10(level[positive]) - np.log10(mean[positive])) if positive.all() else None
    )
    for value, what in ((rms, "the levels fitted"), (held_out, "the levels held out")):
        if value is not None and not value <= _MOST_SHARE * span:
            far = f"{value / span:.0%} of" if value < 10 * span else "more than ten times"
            return Verdict("poor", residual, None, f"off {what} by {far} the range of a ladder")
    if residual is not None and residual > MOST_DECADES:
        return _by_decades(residual, None)
    return Verdict("good", residual, None, f"within {rms / span:.1%} of the range of a ladder")


def read(file: TomlTable) -> Verdict | None:
    """Return the verdict in a device file; without one it follows from the residuals, if the file
    has them.

    Raises
    ------
    FitError
        If a table or an entry is of the wrong kind.
    """
    if "verdict" in file:
        verdict = file.table("verdict")
        _check_decades(verdict, "residual", "held_out")
        return verdict.build(Verdict)
    fit = file.table("fit")
    if fit.get("scale") != "log" or "rms" not in fit:
        return None
    _check_decades(fit, "rms", "held_out")
    decades = math.log(10)
    held_out = fit.value("held_out", float, None)
    return _by_decades(
        fit.value("rms", float) / decades, None if held_out is None else held_out / decades
    )


def _check_decades(table: TomlTable, *names: str) -> None:
    for name in names:
        if table.value(name, float, 0.0) < 0:
            raise table.wrong(name, "decades, zero or more")


def _by_decades(residual: float | None, held_out: float | None) -> Verdict:
    if residual is None:
        return Verdict("poor", None, held_out, "no sample can be compared with the law")
    distance = f"{residual:.2g} decades off the data fitted"
    if held_out is not None:
        distance += f", {held_out:.2g} off what was held out"
    if max(residual, held_out or 0.0) > MOST_DECADES:
        return Verdict(
            "poor", residual, held_out, f"{distance}; a good fit is within {MOST_DECADES:g}"
        )
    return Verdict("good", residual, held_out, distance)


def _rms(off: np.ndarray) -> float | None:
    return float(np.sqrt(np.mean(off**2))) if off.size else None
