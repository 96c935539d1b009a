"""A prediction: how long a state lasts, against temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import boltzmann, eV, uA
from acanthite.drawing import CYCLE, legend_above, new_figure
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.predictions.left_alone import lifetimes
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Prediction: lifetime against temperature"
CAPTION = (
    "Arrhenius plot of the time after which fresh {stack.film_thickness:nm} devices have lost half "
    "of their conductance, for compliance currents of the SET from 1 to 100 µA: medians. The lines "
    "are what surface diffusion alone gives in closed form. Nobody has measured it."
)
ALT = (
    "Lifetimes fall on straight lines against the inverse temperature, steep and parallel for "
    "contacts, shallow for a tunnel gap."
)
WEIGHT = 12.0
COMPLIANCES = (1 * uA, 5 * uA, 10 * uA, 30 * uA, 100 * uA)
TEMPERATURES = tuple(np.linspace(280.0, 400.0, 7))  # K


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Set devices and leave them alone at every temperature."""
    data = lifetimes(settings, COMPLIANCES, TEMPERATURES, 34, progress)
    life = np.median(data["lifetime"].values, axis=-1)
    inverse = 1.0 / (boltzmann * np.array(TEMPERATURES))
    barriers = []
    for current, row in zip(COMPLIANCES, life, strict=True):
        known = np.isfinite(row)
        if known.sum() > 1:
            slope = np.polyfit(inverse[known], np.log(row[known]), 1)[0] / eV
            barriers.append(f"{slope:.2f} eV at {as_text(current, 'A')}")
    q = settings.parameters.value("filament.surface_barrier") / eV
    notes = (
        f"Apparent activation energies of the lifetime: {', '.join(barriers)}. That of surface "
        f"diffusion is {q:.2f} eV; a gap needs only its tip to dissolve.",
        "Barriers and prefactors are taken as independent of temperature. Bare silver has some "
        "0.7 eV: the matrix holds the filament.",
    )
    return Outcome(recordings={"life_against_temperature": data}, notes=notes)


def draw(outcome: Outcome) -> Figure:
    """Draw life against inverse temperature."""
    data = outcome.recordings["life_against_temperature"]
    x = 1e3 / data["temperature"].values
    figure, ax = new_figure()
    for k, current in enumerate(data["compliance"].values):
        here = data.isel(compliance=k)
        ax.semilogy(
            x,
            np.median(here["lifetime"].values, axis=-1),
            "o",
            markersize=4,
            color=CYCLE[k],
            label=as_text(float(current), "A"),
        )
        closed = here["closed_form"].values
        if np.isfinite(closed).all():
            name = f"_{as_text(float(current), 'A')}, closed form"
            ax.semilogy(x, np.median(closed, axis=-1), color=CYCLE[k], linewidth=1.0, label=name)
    ax.set(xlabel="1000 K / temperature", ylabel="time to half the conductance (s)")
    legend_above(ax, ncols=5)
    return figure
