"""A prediction: how long a state lasts, against the compliance current it was set with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import conductance_quantum, uA
from acanthite.drawing import BLUE, GREY, INK, legend_above, new_figure, prefix_axis
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.predictions.left_alone import lifetimes
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Prediction: lifetime against compliance"
CAPTION = (
    "Time after which fresh {stack.film_thickness:nm} devices have lost half of their conductance, "
    "against the compliance current of the SET: median of the devices and the middle four fifths. "
    "The line is what surface diffusion alone gives in closed form. The paper's text states neither a "
    "lifetime nor how long its levels were read; 10⁴ s (dotted) is what Fig. 2f here is judged by."
)
ALT = (
    "Lifetime rises from milliseconds at the lowest compliances to most of a year at the highest; it "
    "jumps where the contact closes, then follows the line of surface diffusion."
)
WEIGHT = 10.0
COMPLIANCES = tuple(float(c) * uA for c in (0.3, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100, 200))
KEPT = 1e4  # s


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Set devices under every compliance and leave them alone."""
    temperature = settings.parameters.value("filament.temperature")
    data = lifetimes(settings, COMPLIANCES, (temperature,), 33, progress).isel(temperature=0)
    life = np.median(data["lifetime"].values, axis=1)
    g = np.median(data["set_conductance"].values, axis=1)
    lasting = np.flatnonzero(life > KEPT)
    first = as_text(COMPLIANCES[lasting[0]], "A") if lasting.size else "none of the compliances"
    wide = np.flatnonzero(g > 2.5 * conductance_quantum)
    notes = [
        f"The shortest median life is {as_text(life.min(), 's', 2)}, the longest "
        f"{as_text(life.max(), 's', 2)}; states last for {as_text(KEPT, 's', 2)} or more from "
        f"{first} on.",
        "Below one quantum a gap is left, whose tip dissolves by its own curvature: a volatile "
        "threshold switch. A closed contact goes by surface diffusion, one of a single quantum "
        "within the hour.",
        "Nothing was fitted to it but the barrier of surface diffusion, from below: levels of "
        "10 µA and more hold for the 10⁴ s that Fig. 2f is judged by.",
    ]
    if wide.size > 1:
        slope = np.polyfit(np.log(g[wide]), np.log(life[wide]), 1)[0]
        notes.append(
            f"Above two quanta the life rises with the power {slope:.1f} of the conductance of the "
            "device; the fourth power of the radius is the second of the conductance of the "
            "contact, from which lines and body take a share."
        )
    return Outcome(recordings={"life_against_compliance": data}, notes=tuple(notes))


def draw(outcome: Outcome) -> Figure:
    """Draw life against compliance."""
    data = outcome.recordings["life_against_compliance"]
    x = data["compliance"].values
    low, middle, high = np.quantile(data["lifetime"].values, (0.1, 0.5, 0.9), axis=1)
    figure, ax = new_figure()
    closed = np.median(data["closed_form"].values, axis=1)  # not-a-number below a quantum
    ax.loglog(x, closed, color=GREY, label="surface diffusion alone")
    ax.errorbar(
        x,
        middle,
        np.array([middle - low, high - middle]),
        fmt="o",
        color=BLUE,
        markersize=4,
        label="twin, 80 % of the devices",
    )
    ax.axhline(KEPT, color=INK, linewidth=0.8, linestyle=":", label="asked of Fig. 2f, 10⁴ s")
    ax.set(xlabel="compliance current of the SET", ylabel="time to half the conductance")
    prefix_axis(ax, "x", "A")
    ax.set_ylabel("time to half the conductance (s)")
    legend_above(ax, ncols=2)
    return figure
