"""Fig. S15: the pulse law fitted to the ladders."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from acanthite import analysis
from acanthite.drawing import (
    BLUE,
    GREY,
    INK,
    RED,
    legend_above,
    new_figure,
    plain_log_axis,
    prefix_axis,
)
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import say
from acanthite.formatting import as_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Fitted pulse law"
CAPTION = (
    "Soft bounds fitted to the ladders. Left: conductance after each pulse, all ladders of one "
    "device (grey), and the fitted law from the same start. Middle: steps against the conductance "
    "before the pulse, with the fitted lines. Right: what the law leaves over, of all devices, in "
    "mean steps."
)
ALT = (
    "Left, grey ladders with the fitted law over them; middle, steps against conductance, points "
    "around two straight lines; right, histograms of what is left over."
)
WEIGHT = 6.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Fit the ladders and keep what the fit leaves over."""
    from acanthite.synapse import SoftBounds, summary

    recording = experiments.ladders(settings)
    synapse = cast(SoftBounds, experiments.synapse(settings))
    assert synapse.evidence is not None
    assert synapse.evidence.residuals is not None
    law = {
        name: getattr(synapse, name)
        for name in ("up", "down", "conductance_min", "conductance_max")
    }
    residuals = synapse.evidence.residuals.assign_attrs(law)
    notes = (
        _described(summary(synapse)),
        f"{synapse.n_states:.1f} states; step noise {100 * synapse.pulse_noise:.1f} % of a step, "
        f"cycle-to-cycle included; symmetry point at w = {synapse.symmetry_point:+.3f}.",
    )
    words = {"read": say(settings.parameters, "pulse.read_voltage", "mV")}
    return Outcome({}, {"ladders": recording, "residuals": residuals}, notes, words=words)


def _described(rows: dict[str, tuple[float, float, float, float]]) -> str:
    """Return the fitted numbers as a sentence."""
    parts = []
    for name, (value, *errors) in rows.items():
        unit = "S" if name.startswith("conductance") else "1"
        error, device, cycle = (as_text(e, unit, 2) for e in errors)
        parts.append(
            f"{name.replace('_', ' ')} {as_text(value, unit, 4)} ± {error} (devices {device}, "
            f"cycles {cycle})"
        )
    return f"Fitted: {'; '.join(parts)}."


def draw(outcome: Outcome) -> Figure:
    """Draw ladder, steps and residuals."""
    residuals = outcome.recordings["residuals"]
    figure, (left, middle, right) = new_figure(10.6, 3.5, ncols=3)
    _draw_ladder(left, outcome.recordings["ladders"], residuals.attrs, outcome.words["read"])
    _draw_steps(middle, residuals)
    _draw_residuals(right, residuals)
    return figure


def _draw_ladder(ax: Axes, recording: xr.Dataset, law: dict[str, float], read: str) -> None:
    g = analysis.conductance(recording).isel(device=0).values
    up = recording["pulse_voltage"].values < 0
    number = np.arange(1, g.shape[1] + 1)
    for k, ladder in enumerate(g):
        label = f"_ladder {k + 1}" if k else "ladders of a device"
        ax.plot(number, ladder, color=GREY, linewidth=0.6, alpha=0.6, label=label)
    path = [float(g[:, 0].mean())]
    for rising in up[1:]:
        bound, share = (
            (law["conductance_max"], law["up"]) if rising else (law["conductance_min"], law["down"])
        )
        path.append(path[-1] + share * (bound - path[-1]))
    ax.plot(number, path, color=RED, label="fitted law")
    ax.set(xlabel="pulse of the ladder", ylabel=f"conductance at {read}")
    ax.set_ylim(0, 1.05 * g.max())
    prefix_axis(ax, "y", "S")
    legend_above(ax)


def _draw_steps(ax: Axes, residuals: xr.Dataset) -> None:
    law = residuals.attrs
    rising = residuals["pulse_voltage"].values < 0
    line = np.linspace(law["conductance_min"], law["conductance_max"], 2)
    for chosen, color, label, share, bound in (
        (rising, RED, "potentiation", law["up"], law["conductance_max"]),
        (~rising, BLUE, "depression", law["down"], law["conductance_min"]),
    ):
        one = residuals.isel(device=0, pulse=np.flatnonzero(chosen))
        ax.plot(
            one["conductance"].values.ravel(),
            one["step"].values.ravel(),
            ".",
            color=color,
            markersize=2.5,
            alpha=0.5,
            label=f"_{label}, steps",
        )
        ax.plot(line, share * (bound - line), color=color, label=label)
    ax.axhline(0, color=INK, linewidth=0.6, gid="decoration")
    ax.set(xlabel="conductance before the pulse", ylabel="step")
    prefix_axis(ax, "x", "S")
    prefix_axis(ax, "y", "S")
    legend_above(ax)


def _draw_residuals(ax: Axes, residuals: xr.Dataset) -> None:
    step, predicted = residuals["step"].values, residuals["predicted"].values
    rising = np.broadcast_to(residuals["pulse_voltage"].values < 0, step.shape)
    left_over = (step - predicted) / np.sqrt(np.nanmean(predicted**2))
    bins = np.linspace(-0.6, 0.6, 61).tolist()
    for chosen, color, label in ((rising, RED, "potentiation"), (~rising, BLUE, "depression")):
        shown = np.clip(left_over[chosen], bins[0], bins[-1])
        weights = np.full(shown.size, 100 / shown.size)
        ax.hist(shown, bins, weights=weights, color=color, alpha=0.5, label=label)
    ax.set_yscale("log")
    plain_log_axis(ax, "y")
    ax.set(xlabel="residual / rms step", ylabel="share of the steps (%)")
    legend_above(ax)
