"""Note S1: how the cost of a write falls with the cross-point's area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import nm
from acanthite.cost import capacitance, exponent, write_cost
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import say
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Scaling with cross-point area"
CAPTION = (
    "Energy of one write against the side of the cross-point: interface current, charging of the "
    "cross-point, and charging of a line of fixed capacitance (assumed "
    "{instrument.parasitic_capacitance:pF}). Right: charging of the paper's cross-point against "
    "the thickness of its film."
)
ALT = (
    "Left, straight lines on logarithmic scales of the parts of the cost against the side of the "
    "cross-point, with their total; right, one falling line against film thickness."
)
WEIGHT = 0.2
REPEATS = 0  # its claims depend on no seed


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Scale the twin's write energy from its island to smaller and larger ones."""
    import xarray as xr

    from acanthite.figures import experiments

    parameters = settings.parameters
    energy = float(np.mean(experiments.write_pulses(settings)[1]))
    voltage, width = parameters.value("pulse.write_voltage"), parameters.value("pulse.write_width")
    thickness = parameters.value("stack.thick_film_thickness")
    permittivity = parameters.value("filament.relative_permittivity")
    island = parameters.value("stack.island_side")
    side = np.geomspace(50 * nm, 2 * island, 40)
    line = parameters.value("instrument.parasitic_capacitance")
    cost = write_cost(side**2, voltage, thickness, permittivity, energy, island**2, line=line)
    plates = capacitance(side**2, thickness, permittivity)
    current = cost.interface / (voltage * width)
    films = np.geomspace(10 * nm, 1000 * nm, 30)
    thin_cost = [
        write_cost(island**2, voltage, d, permittivity, energy, island**2, line=line).crosspoint
        for d in films.tolist()
    ]
    names = {
        "interface": "interface current",
        "crosspoint": "cross-point C V²",
        "line": f"line of {line * 1e12:g} pF, C V²",
    }
    data = xr.Dataset(
        {k: ("side", getattr(cost, k), {"units": "J", "long_name": v}) for k, v in names.items()}
        | {
            "total": ("side", cost.total, {"units": "J", "long_name": "total"}),
            "capacitance": ("side", plates, {"units": "F", "long_name": "cross-point capacitance"}),
            "crosspoint_of_thickness": (
                "thickness",
                np.array(thin_cost, float).ravel(),
                {"units": "J"},
            ),
            "current": ("side", current, {"units": "A", "long_name": "mean write current"}),
        },
        {
            "side": ("side", side, {"units": "m", "long_name": "cross-point side"}),
            "thickness": ("thickness", films, {"units": "m", "long_name": "film thickness"}),
        },
        {"island_side": island},
    )
    progress(1.0)
    estimates = {
        "noteS1.capacitance": Estimate(exponent(side**2, plates), n=side.size),
        "noteS1.current": Estimate(exponent(side**2, current), n=side.size),
    }
    fixed = exponent(side**2, plates + line)
    notes = (
        "The write of Fig. 1c is carried by the interface (below a conductance quantum), whose "
        "current is taken as proportional to area; a filament's is not, so a bridged device gains "
        "nothing by shrinking.",
        f"With a fixed line of {as_text(line, 'F')} the capacitance hardly falls (exponent "
        f"{fixed:.3f}): the line, not the cross-point, then sets the cost.",
    )
    words = {"island": say(parameters, "stack.island_side", "um")}
    return Outcome(estimates, {"scaling": data}, notes, words=words)


def draw(outcome: Outcome) -> Figure:
    """Draw the parts of the cost against the side."""
    from acanthite import drawing

    data = outcome.recordings["scaling"]
    figure, (ax, right) = drawing.new_figure(8.6, 3.6, ncols=2, width_ratios=[1.5, 1.0])
    right.loglog(
        data.thickness, data.crosspoint_of_thickness, color=drawing.GREEN, label="_cross-point"
    )
    right.set(
        xlabel="film thickness", ylabel=f"charging of a {outcome.words['island']} cross-point, C V²"
    )
    drawing.prefix_axis(right, "x", "m")
    drawing.prefix_axis(right, "y", "J")
    for name, colour in (
        ("interface", drawing.BLUE),
        ("crosspoint", drawing.GREEN),
        ("line", drawing.GREY),
    ):
        ax.plot(data.side, data[name], color=colour, label=data[name].attrs["long_name"])
    ax.plot(data.side, data.total, color=drawing.INK, linestyle=":", label="total")
    ax.axvline(
        data.attrs["island_side"], color=drawing.ORANGE, linewidth=0.9, label="_the paper's island"
    )
    ax.annotate(
        "the paper's island",
        (data.attrs["island_side"], 0.02),
        (-4, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=8,
        color=drawing.ORANGE,
    )
    ax.set_xscale("log")
    ax.set_yscale("log")
    drawing.prefix_axis(ax, "x", "m")
    drawing.prefix_axis(ax, "y", "J")
    ax.set_xlabel("side of the cross-point")
    ax.set_ylabel("energy of a write")
    drawing.legend_above(ax, ncols=4)
    return figure
