"""What currents under a voltage that stays say: how a state holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acanthite import analysis
from acanthite.analysis import RetentionFit
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.report.measured.group import device_labels
from acanthite.report.measured.shown import analyse_other
from acanthite.report.measured.study import Drawing, Finding, Number, Options, Study, Value

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure as Canvas

Array = NDArray[np.float64]


def analyse_retention(study: Study, options: Options) -> Finding:
    """Return how resistances drift, and when they would have changed by the factor of the options.

    Parameters
    ----------
    study : Study
    options : Options

    Returns
    -------
    Finding
    """
    recording = study.recordings[0]
    labels = device_labels(recording, study.files[0], options)
    curves = _curves(recording)
    fits: list[tuple[str, int, Array, Array, RetentionFit, float]] = []
    trouble = []
    for (d, c), (t, r) in curves.items():
        try:
            failure = _failure(t, r, options.retention_factor)
            fits.append((labels[d], c + 1, t, r, analysis.fit_retention(t, r, failure), failure))
        except AnalysisError as error:
            trouble.append(f"{labels[d]}, cycle {c + 1}: {error}")
    if not fits:
        return analyse_other(
            study, "A current under one voltage, without enough times to tell a drift: shown, not analysed."
        )
    numbers = _numbers(fits, options.retention_factor)
    values = tuple(
        Value(label, cycle, "R at the end", float(r[-1]), "ohm", None, f"after {t[-1]:.4g} s")
        for label, cycle, t, r, _, _ in fits
    )
    summary = f"A state held at one voltage, {len(fits)} curve{'s' * (len(fits) != 1)}, up to {fits[0][2].max():.4g} s."
    return Finding(summary, numbers, values, (_drawing(fits[0]),), (*study.notes, *trouble))


def _curves(recording: xr.Dataset) -> dict[tuple[int, int], tuple[Array, Array]]:
    from acanthite.analysis.excursions import ordered_sweeps

    v, i, _ = ordered_sweeps(recording)
    t = np.asarray(recording["time"].broadcast_like(recording["current"]).values, float).reshape(v.shape)
    found = {}
    for d, c in np.ndindex(v.shape[:2]):
        if not (np.isfinite(i[d, c]) & np.isfinite(t[d, c])).any():
            continue  # not measured: other devices have more cycles
        time = t[d, c] - np.nanmin(t[d, c], initial=np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            r = np.abs(v[d, c] / i[d, c])
        keep = np.isfinite(time) & np.isfinite(r) & (time > 0)
        found[d, c] = time[keep], r[keep]
    return found


def _failure(time: Array, r: Array, factor: float) -> float:
    """Return the resistance at which the state is lost: that way in which it drifts."""
    if r.size < 3:
        raise AnalysisError(f"retention: {r.size} reads at different positive times; expected at least three")
    start = float(np.median(r[: max(3, r.size // 20)]))
    rises = float(np.polyfit(np.log(time), np.log(r), 1)[0]) > 0
    return start * factor if rises else start / factor


def _numbers(
    fits: list[tuple[str, int, Array, Array, RetentionFit, float]], factor: float
) -> tuple[Number, ...]:
    start = np.array([fit.initial.value for *_, fit, _ in fits])
    rate = np.array([fit.rate.value for *_, fit, _ in fits])
    life = np.array([fit.lifetime.value for *_, fit, _ in fits])
    if len(fits) == 1:
        fit = fits[0][4]
        estimates = [fit.initial, fit.rate, fit.lifetime]
    else:
        estimates = [
            analysis.median(start, "ohm"),
            analysis.median(rate),
            Estimate(float(np.median(life)), "s", None, life.size),
        ]
    notes = ("fitted, at the first read", "exponent of time; 0 holds for ever",
             f"until the resistance has changed by {factor:g}, extrapolated by the power law")  # fmt: skip
    names = ("R at the start", "drift exponent", "retention")
    return tuple(Number(n, e, note) for n, e, note in zip(names, estimates, notes, strict=True))


def _drawing(fit: tuple[str, int, Array, Array, RetentionFit, float]) -> Drawing:
    _, _, time, r, found, failure = fit

    def draw() -> Canvas:
        from acanthite.figures.style import new_figure

        figure, ax = new_figure(5.4, 3.4)
        analysis.plot_retention(time, r, found, failure, ax)
        return figure

    return Drawing("retention", "Resistance against time, and its drift extrapolated to the failure.", draw)
