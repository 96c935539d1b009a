"""Fig. S4: the film is monoclinic after the anneal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import degree, hour
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import say, worded
from acanthite.film.diffraction import WINDOW, measure, pattern, reflections

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Phase after the anneal"
CAPTION = (
    "Diffractogram of the annealed {stack.film_thickness:nm} film with the computed lines of "
    "monoclinic Ag2S (acanthite, P2_1/n) and their indices."
)
ALT = (
    "Above, a diffractogram with its expected curve; below, sticks at the computed lines with "
    "their indices."
)
WEIGHT = 0.3
REPEATS = 0  # its claims depend on no seed


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Anneal and measure a film; list the lines."""
    import xarray as xr

    parameters = settings.parameters
    film = recipes.grown(settings)
    recipe, scan = film.recipe, measure(film, settings.seed, 100, parameters)
    lines = reflections(parameters)
    shown = (lines.two_theta > WINDOW[0]) & (lines.two_theta < WINDOW[1]) & (lines.intensity > 0.1)
    sticks = xr.Dataset(
        {
            "intensity": ("line", lines.intensity[shown]),
            "two_theta": ("line", lines.two_theta[shown]),
        },
        {"line": [_index(h) for h in lines.hkl[shown]]},
    )
    scan = scan.assign(expected=("two_theta", pattern(film, scan.two_theta, parameters)))
    progress(1.0)
    temperature = recipe.anneal_temperature
    scan = scan.assign_attrs(anneal_temperature=temperature, anneal_time=recipe.anneal_time)
    estimates = {
        "figS4.anneal-time": Estimate(recipe.anneal_time, "s"),
        "figS4.anneal-temperature": Estimate(
            float("nan") if temperature is None else temperature, "K"
        ),
        "figS4.monoclinic": Estimate(float(film.phase == "monoclinic"), "1"),
    }
    note = worded(
        "The phase is given: the twin refuses anneals above the monoclinic-bcc transition "
        "({film.phase_transition_temperature:degC}).",
        parameters,
    )
    words = {"film": say(parameters, "stack.film_thickness", "nm")}
    return Outcome(
        estimates,
        {"pattern": scan, "lines": sticks},
        (note,),
        sources=("Frueh1958", "Brown2006"),
        words=words,
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the diffractogram over the sticks of the computed lines."""
    from acanthite import drawing

    scan, lines = outcome.recordings["pattern"], outcome.recordings["lines"]
    figure, (ax, below) = drawing.new_figure(7.0, 4.2, nrows=2, sharex=True, height_ratios=(2.2, 1))
    x = scan.two_theta / degree
    ax.plot(x, scan.counts, color=drawing.BLUE, linewidth=0.6, alpha=0.6, label="counted")
    ax.plot(x, scan.expected, color=drawing.INK, linewidth=1.0, label="expected")
    celsius, hours = scan.attrs["anneal_temperature"] - 273.15, scan.attrs["anneal_time"] / hour
    ax.set_title(f"{outcome.words['film']}, {celsius:.6g} °C, {hours:.6g} h")
    ax.set_ylabel("counts of a step")
    ax.set_ylim(0, None)
    ax.legend(loc="upper left")
    below.vlines(
        lines.two_theta / degree, 0, lines.intensity, color=drawing.RED, label="_computed line"
    )
    rows = [-1.0, -1.0, -1.0]  # where the last label of each row stands
    for angle, name in zip(lines.two_theta.values / degree, lines.line.values, strict=True):
        row = next((r for r, last in enumerate(rows) if angle - last > 0.9), 2)
        rows[row] = angle
        below.text(angle, 1.06 + 0.45 * row, name, ha="center", va="bottom", fontsize=7)
    below.set_ylim(0, 2.5)
    below.set_yticks([0, 1])
    below.set_ylabel("acanthite")
    below.set_xlabel("2θ (°)")
    below.set_xlim(*np.array(WINDOW) / degree)
    return figure


def _index(hkl: np.ndarray) -> str:
    """Return Miller indices with bars for minus signs, as mathtext."""
    return "$" + "".join(rf"\bar{{{-i}}}" if i < 0 else str(i) for i in hkl.tolist()) + "$"
