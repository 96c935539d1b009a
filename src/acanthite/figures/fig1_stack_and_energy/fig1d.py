"""Fig. 1d: what a write costs, beside other crossbar devices and synapses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import fJ
from acanthite.cost import BENCHMARK, BIOLOGY, lowest_known
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Switching energy against other devices"
CAPTION = (
    "Energy of one write of the twin (each of three pulses, every device) beside the devices the "
    "paper compares with. Energies that are not stated are left blank. Shaded: a biological "
    "synaptic event."
)
ALT = (
    "One row a device on a logarithmic scale of energy: the twin and its published range in the "
    "first, other devices as dots with their numbers below, a shaded band for a synaptic event."
)
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Compare the twin's write energy with the benchmark."""
    import xarray as xr

    from acanthite.figures import experiments

    _, energies = experiments.write_pulses(settings)
    energies = np.asarray(energies, float)
    device = energies.mean(axis=1)
    best = lowest_known()
    data = xr.Dataset(
        {"energy": (("device", "pulse"), energies, {"long_name": "write energy", "units": "J"})}
    )
    progress(1.0)
    estimates = {
        "fig1d.biology": Estimate(
            float(device.mean() / BIOLOGY[1]),
            "1",
            float(device.std(ddof=1) / BIOLOGY[1]),
            device.size,
        ),
        "fig1d.lowest": Estimate(float(np.mean(device < (best.energy or 0.0))), "1", n=device.size),
    }
    notes = (
        f"The lowest energy known to us among the arrays compared with is that of the {best.name} "
        f"({(best.energy or 0) / fJ:g} fJ). Arrays without a known energy, or with an upper bound "
        "alone, are not part of the comparison: the claim rests on few of them.",
        "The single Ag2S interface device of the same group (0.2 fJ) switches by another mechanism "
        "and is no array: it is shown, not compared.",
    )
    return Outcome(estimates, {"energies": data}, notes, sources=tuple(e.source for e in BENCHMARK))


def draw(outcome: Outcome) -> Figure:
    """Draw energies on a logarithmic axis, one row a device."""
    from acanthite import drawing

    energies = outcome.recordings["energies"].energy.values
    figure, ax = drawing.new_figure(6.6, 3.5)
    ax.axvspan(*BIOLOGY, color=drawing.ORANGE, alpha=0.18, linewidth=0)
    ax.text(
        np.sqrt(BIOLOGY[0] * BIOLOGY[1]),
        -0.72,
        "synaptic event",
        ha="center",
        va="center",
        fontsize=8,
    )
    names = ["Ag$_2$S array, this twin", *(_label(e.name) for e in BENCHMARK)]
    _twin_row(ax, energies)
    for row, entry in enumerate(BENCHMARK, 1):
        if entry.energy is None:
            ax.text(
                1.4e-13,
                row,
                "not stated",
                color=drawing.GREY,
                ha="left",
                va="center",
                style="italic",
            )
            continue
        marker = "<" if entry.bound else "o"
        fill = drawing.INK if entry.array else "white"
        name = f"_{entry.name}"
        ax.plot(
            entry.energy,
            row,
            marker,
            color=drawing.INK,
            markerfacecolor=fill,
            markersize=6,
            label=name,
        )
        ax.annotate(
            _value(entry.energy, entry.bound),
            (entry.energy, row),
            (8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -1.1)
    ax.set_xscale("log")
    ax.set_xlim(5e-17, 2e-11)
    drawing.prefix_axis(ax, "x", "J")
    ax.set_xlabel("energy of a switching event")
    drawing.legend_above(ax, ncols=4, markerscale=1.5, handletextpad=0.2)
    return figure


def _twin_row(ax: Axes, energies: np.ndarray) -> None:
    from acanthite import drawing

    spread = np.linspace(-0.22, 0.22, energies.shape[1])
    for pulse, (offset, colour) in enumerate(zip(spread, drawing.CYCLE, strict=False)):
        y = np.full(energies.shape[0], offset)
        ax.plot(
            energies[:, pulse],
            y,
            ".",
            color=colour,
            markersize=4,
            alpha=0.6,
            label=f"pulse {pulse + 1}",
        )
    low, high = 10 * fJ, 99 * fJ
    ax.plot(
        [low, high], [0.42, 0.42], "|--", color=drawing.PUBLISHED, linewidth=1.2, label="published"
    )


def _label(name: str) -> str:
    return re.sub(r"(?<=Ag|Se|oS)2", "$_2$", name)


def _value(energy: float, bound: bool) -> str:
    return f"{'< ' if bound else ''}{energy / fJ:g} fJ"
