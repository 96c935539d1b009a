"""Fig. 3b: diffractograms of films annealed at different temperatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.claims import published
from acanthite.constants import degree
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import worded
from acanthite.film import Film
from acanthite.film.diffraction import (
    SINGLET,
    bragg_angle,
    fit_line,
    measure,
    pattern,
    singlet_neighbours,
)

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from acanthite.film.diffraction import LineFit
    from acanthite.parameters import ParameterSet

TITLE = "Diffraction of annealed films"
CAPTION = (
    "Powder diffractograms (Cu K-alpha) of {stack.film_thickness:nm} films, computed from the "
    "crystal structure with counting noise, and the pseudo-Voigt fit of the singlet (-1 1 2)."
)
ALT = (
    "Left, diffractograms above one another, one a film, whose lines get sharper with the anneal; "
    "right, the width of the line at the dashed position for each film."
)
WEIGHT = 1.5

_NOTE = (
    "Grain growth is the only thing an anneal does here: strain, texture and an amorphous share "
    "would change widths and heights as well. The paper's anneal temperatures below "
    "{process.anneal_temperature:degC} are not known; these are assumed."
)


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Anneal, measure and fit."""
    import xarray as xr

    parameters, scans, fits = settings.parameters, [], []
    anneals = recipes.anneals(settings)
    for i, anneal in enumerate(anneals):
        film = recipes.grown(settings, thickness=recipes.thin(settings), anneal_temperature=anneal)
        scan, fit = scan_and_fit(film, settings.seed, i, parameters)
        scans.append(scan)
        fits.append(fit)
        progress((i + 1) / len(anneals))
    films = xr.IndexVariable("film", [recipes.anneal_name(t) for t in anneals])
    data: xr.Dataset = xr.concat(scans, films, combine_attrs="drop_conflicts")  # type: ignore[assignment]
    line = fits[-1].position
    estimates = {
        "fig3b.line": Estimate(line.value, "rad", line.spread),
        "fig3b.narrowing": Estimate(narrowing(data), "1", n=len(anneals) - 1),
    }
    return Outcome(
        estimates,
        {"patterns": data},
        (worded(_NOTE, parameters),),
        sources=("Frueh1958", "Brown2006", "Scherrer1918"),
    )


def scan_and_fit(
    film: Film, seed: int, index: int, parameters: ParameterSet
) -> tuple[xr.Dataset, LineFit]:
    """Return a film's diffractogram, with what it was made from and the fit of its singlet, and the
    fit.
    """
    scan = measure(film, seed, index, parameters)
    centre = float(bragg_angle(SINGLET, parameters))
    neighbours = singlet_neighbours(parameters)
    fit = fit_line(scan.two_theta, scan.counts, near=centre, neighbours=neighbours)
    unknown = float("nan")
    angle = {"units": "rad", "long_name": "full width at half maximum"}
    return scan.assign(
        expected=("two_theta", pattern(film, scan.two_theta, parameters)),
        position=((), fit.position.value, {"units": "rad", "long_name": "2theta of the singlet"}),
        width=((), fit.width.value, angle),
        width_error=((), unknown if fit.width.spread is None else fit.width.spread, angle),
        height=((), fit.height.value, {"units": "1", "long_name": "height of the singlet, counts"}),
        grain_size=((), film.grain_size, {"units": "m", "long_name": "grain size"}),
    ), fit


def narrowing(data: xr.Dataset) -> float:
    """Return the share of steps from film to film in which the fitted line narrows and grows."""
    holds = (np.diff(data.width.values) < 0) & (np.diff(data.height.values) > 0)
    return float(holds.mean())


def draw(outcome: Outcome) -> Figure:
    """Draw the diffractograms above each other, and the singlet's width."""
    from acanthite import drawing

    data = outcome.recordings["patterns"]
    figure, (ax, side) = drawing.new_figure(7.6, 3.9, ncols=2, width_ratios=(2.4, 1))
    step = 0.75 * float(data.expected.max())
    for i, name in enumerate(data.film.values):
        x, colour = data.two_theta / degree, drawing.CYCLE[i]
        shift = i * step
        counted = {"linewidth": 0.5, "alpha": 0.55, "label": f"_{name}, counted"}
        ax.plot(x, data.counts[i] + shift, color=colour, **counted)
        ax.plot(
            x, data.expected[i] + shift, color=colour, linewidth=1.1, label=f"_{name}, expected"
        )
        ax.text(45.3, float(data.expected[i, -1]) + shift, name, va="center", color=colour)
    drawing.published_line(
        ax, np.degrees(published("fig3b.line")), axis="x", label="published: ~31.5°"
    )
    ax.set_xlabel("2θ (°)")
    ax.set_ylabel("counts, shifted")
    ax.set_yticks([])
    ax.set_xlim(25, 45)
    ax.set_ylim(0, (data.sizes["film"] + 0.75) * step)
    drawing.legend_above(ax)
    rows = np.arange(data.sizes["film"])
    side.errorbar(
        rows,
        data.width / degree,
        data.width_error / degree,
        fmt="o-",
        color=drawing.BLUE,
        capsize=3,
        label="_singlet",
    )
    side.set_xticks(rows, list(data.film.values), rotation=35, ha="right")
    side.set_ylabel("fitted FWHM of the singlet (°)")
    side.set_ylim(0, None)
    return figure
