"""Fig. 3c: threshold of 50 nm devices against anneal temperature, beside the width of the XRD line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.constants import celsius
from acanthite.drawing import new_figure
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import series
from acanthite.figures.panels import draw_thresholds, draw_widths
from acanthite.figures.words import say
from acanthite.formatting import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Threshold against anneal, {stack.film_thickness:nm}"
CAPTION = (
    "Threshold magnitude of fresh {stack.film_thickness:nm} devices swept to −2.5 V, and width of "
    "the (-1 1 2) line, against anneal temperature."
)
ALT = (
    "Boxes of the threshold voltage at each anneal temperature, labelled with the share of devices "
    "that set, and a dashed curve of the line width on a second axis."
)
WEIGHT = 3.0
_PAPER_STOP = 1.0  # V
_STOP = 2.5  # V; beyond the paper's, so that poorly annealed films set too


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep fresh devices on each film."""
    thickness, anneals = recipes.thin(settings), recipes.anneals(settings)
    switching = [
        analysis.switching(experiments.film_loops(settings, thickness, a, _STOP)) for a in anneals
    ]
    volts = [np.abs(f.set_voltage[:, 0]) for f in switching]
    annealed = [float(np.median(np.where(np.isfinite(v), v, np.inf))) for v in volts[1:]]
    falls = bool(np.all(np.diff(annealed) < 0)) if np.isfinite(annealed).sum() > 1 else False
    x = np.array([experiments.line_temperature(a, settings) for a in anneals])
    widths = experiments.line_widths(settings, [(thickness, a) for a in anneals])
    data = series(x, volts, "threshold", "V", "anneal_temperature", "K").assign(
        line_width=("anneal_temperature", widths)
    )
    data["line_width"].attrs.update(units="rad", long_name="XRD line width, FWHM")
    notes = (
        f"Share of devices that set by {_PAPER_STOP:g} V, where the paper's sweeps end: "
        f"{_shares(volts, x, _PAPER_STOP)}.",
        f"Share that set by {_STOP:g} V, where these sweeps end and as the picture says: "
        f"{_shares(volts, x, _STOP)}. The coldest point is the un-annealed film.",
        f"The trend compares medians in which a device that does not set counts as above {_STOP:g} "
        "V.",
    )
    return Outcome(
        {"fig3c.trend": Estimate(float(falls), n=volts[0].size)},
        {"thresholds": data},
        notes,
        words={"deposition": say(settings.parameters, "process.substrate_temperature", "degC")},
    )


def _shares(volts: list[np.ndarray], temperatures: np.ndarray, limit: float) -> str:
    """Return the share of devices that set by a voltage [V], for each film, in words."""
    shares = [float(np.mean(v <= limit)) for v in volts]
    named = zip(shares, temperatures, strict=True)
    return ", ".join(f"{percent(s)} ({t - celsius(0.0):.0f} °C)" for s, t in named)


def draw(outcome: Outcome) -> Figure:
    """Draw thresholds and line widths."""
    data = outcome.recordings["thresholds"]
    figure, ax = new_figure()
    temperature = data["anneal_temperature"].values - celsius(0.0)
    draw_thresholds(ax, temperature, list(data["threshold"].values), f"{_STOP:g} V")
    draw_widths(ax, temperature, data["line_width"].values)
    ax.set_xlabel(f"anneal temperature (°C); un-annealed at {outcome.words['deposition']}")
    return figure
