"""What ``.plot()`` draws of pairs of pulses and spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.analysis.plasticity.decay import NONE
from acanthite.drawing import CYCLE, INK, legend_above, new_axes, prefix_axis
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from acanthite.analysis.plasticity.decay import Decay
    from acanthite.analysis.plasticity.pairs import PairedPulseResult, SpikeTiming

_POINTS = 200


def paired_pulses(result: PairedPulseResult, ax: Axes | None = None) -> Axes:
    """Draw the index against the interval, with the fit."""
    ax = new_axes(ax)
    error = result.standard_error
    bars = None if np.isnan(error).any() else 100 * error
    ax.errorbar(
        result.interval,
        100 * result.mean,
        bars,
        fmt="o",
        color=CYCLE[0],
        markersize=3.5,
        label=f"mean of {result.index[..., 0].size}",
    )
    t = np.geomspace(result.interval.min(), result.interval.max(), _POINTS)
    _line(ax, t, t, result.decay)
    ax.axhline(0.0, color=INK, linewidth=0.6)
    ax.set_xscale("log")
    ax.set_xlabel("interval")
    ax.set_ylabel("paired-pulse index (%)")
    prefix_axis(ax, "x", "s")
    legend_above(ax)
    return ax


def spike_timing(result: SpikeTiming, ax: Axes | None = None) -> Axes:
    """Draw the change against the delay, with the fit of each side."""
    ax = new_axes(ax)
    n = result.change[..., 0].size
    ax.plot(
        result.delay,
        100 * result.median,
        "o",
        color=CYCLE[0],
        markersize=3.5,
        label=f"median of {n}" if n > 1 else "one pair each",
    )
    for sign, fit in ((1, result.positive), (-1, result.negative)):
        side = np.abs(result.delay[np.sign(result.delay) == sign])
        if side.size:
            t = np.linspace(side.min(), side.max(), _POINTS)
            _line(ax, sign * t, t, fit)
    for line in (ax.axhline, ax.axvline):
        line(0.0, color=INK, linewidth=0.6)
    ax.set_xlabel("delay")
    ax.set_ylabel("change of conductance (%)")
    prefix_axis(ax, "x", "s")
    legend_above(ax)
    return ax


def _line(ax: Axes, x: np.ndarray, t: np.ndarray, fit: Decay) -> None:
    if fit.model == NONE:
        return
    taus = ", ".join(as_text(tau.value, "s") for tau in fit.time_constants)
    ax.plot(x, 100 * fit(t), color=CYCLE[1], label=f"{fit.model}: {taus}")
