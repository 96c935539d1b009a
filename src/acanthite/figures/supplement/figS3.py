"""Fig. S3: backscattering spectrum of the film and its composition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.claims import published
from acanthite.constants import MeV, keV, nm
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import worded
from acanthite.film.backscattering import (
    Spectrometer,
    film_target,
    fit_layer,
    measure,
    oxidised_silicon,
    spectrum,
)
from acanthite.film.stopping import kinematic_factor

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Composition by backscattering"
CAPTION = (
    "Helium backscattering spectrum of a {stack.film_thickness:nm} film on oxidised silicon with "
    "counting noise, and the fit of the silver and sulphur in it."
)
ALT = (
    "Counts against energy: a plateau of the wafer, a small sulphur peak and a tall silver peak, "
    "with the fit over them and the edges of the elements as dotted lines."
)
WEIGHT = 0.5

_LOWEST = 900 * keV  # of the fit: below the sulphur and the silicon edge the wafer alone is seen
_SHOWN = 600 * keV
_MACHINE = (
    "Beam, angle and detector are assumed ({rbs.energy:MeV} He, {rbs.angle:degrees}, "
    "{rbs.resolution:keV}); the paper's text does not state its own."
)


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Measure the film and fit it."""
    p = settings.parameters
    film, machine = recipes.grown(settings), Spectrometer.of(p)
    data = measure(film_target(film, p), settings.seed, machine, _SHOWN)
    used = data.sel(energy=data.energy >= _LOWEST)
    progress(0.3)
    fit = fit_layer(
        used.energy.values, used.counts.values, oxidised_silicon(p), spectrometer=machine
    )
    ratio = fit.ratio("Ag", "S")
    expected = spectrum(film_target(film, p), data.energy.values, machine)
    edges = {
        name: kinematic_factor(name, machine.angle) * machine.energy for name in ("Ag", "S", "Si")
    }
    data = data.assign(
        fitted=(
            "energy",
            np.pad(fit.expected, (data.energy.size - used.energy.size, 0), constant_values=np.nan),
        ),
        edge=(
            "element",
            list(edges.values()),
            {"units": "J", "long_name": "energy of the surface edge"},
        ),
        expected=("energy", expected),
    ).assign_coords(element=list(edges))
    data = data.assign_attrs(
        ratio=ratio.value, ratio_error=ratio.spread or 0.0, thickness=film.thickness
    )
    progress(1.0)
    notes = (
        (
            f"The fit finds Ag:S = {ratio.value:.3f} +- {ratio.spread:.3f} (counting); the film "
            f"has {2 + film.silver_excess:.3f}."
        ),
        "The film's ratio is given, not predicted: the recipe's H2S is assumed to be enough for "
        "stoichiometry. The figure shows that a spectrum of this film would say so.",
        worded(_MACHINE, p),
    )
    estimate = Estimate(ratio.value, "1", ratio.spread)
    return Outcome(
        {"figS3.stoichiometry": estimate},
        {"spectrum": data},
        notes,
        sources=("ICRU49", "LEcuyer1979", "Prohaska2022"),
    )


def draw(outcome: Outcome) -> Figure:
    """Draw counts and fit, the edges of the elements marked."""
    from acanthite import drawing

    data = outcome.recordings["spectrum"]
    figure, ax = drawing.new_figure(6.4, 3.7)
    x = data.energy / MeV
    ax.step(x, data.counts, where="mid", color=drawing.GREY, linewidth=0.8, label="counted")
    ax.plot(x, data.fitted, color=drawing.RED, linewidth=1.2, label="fit")
    top = 1.14 * float(data.counts.max())
    for name, edge in zip(data.element.values, data.edge.values / MeV, strict=True):
        ax.axvline(
            edge, color=drawing.BLUE, linewidth=0.7, linestyle=":", label=f"_surface edge of {name}"
        )
        ax.text(edge, top, f"{name} ", color=drawing.BLUE, ha="right", va="top")
    ax.set_ylim(0, top)
    ax.set_xlim(_SHOWN / MeV, 1.9)
    ax.set_xlabel("energy of the helium (MeV)")
    ax.set_ylabel("counts of a channel")
    ax.set_title(
        f"{data.attrs['thickness'] / nm:.0f} nm: Ag:S = {data.attrs['ratio']:.2f} ± "
        f"{data.attrs['ratio_error']:.2f}, published ~{published('figS3.stoichiometry'):g}:1"
    )
    ax.legend(loc="center", bbox_to_anchor=(0.62, 0.6))
    return figure
