"""Fig. S2: surface of the film at sites across the wafer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import nm
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film.roughness import average_roughness, correlation_length, scan_wafer
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Surface roughness over the wafer"
CAPTION = "Atomic-force maps (2 µm x 2 µm) of the film at nine sites of a wafer, and their Ra."
ALT = (
    "Nine square maps of speckled height on one colour scale, and the roughness of each site as a "
    "dot in the shaded published range."
)
WEIGHT = 0.6

_SITES = 9


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Scan the wafer and evaluate every map."""
    scan = scan_wafer(
        _SITES, settings.seed, settings.parameters, points=128 if settings.quick else 256
    )
    roughness = np.array([average_roughness(z) for z in scan.height.values])
    pixel = float(scan.x[1] - scan.x[0])
    lengths = np.array([correlation_length(z, pixel) for z in scan.height.values])
    scan = scan.assign(
        roughness=("site", roughness, {"units": "m", "long_name": "Ra"}),
        correlation_length=("site", lengths, {"units": "m", "long_name": "correlation length"}),
    )
    progress(1.0)
    estimate = Estimate(float(roughness.mean()), "m", float(roughness.std(ddof=1)), roughness.size)
    notes = (
        "The range of Ra is an input, drawn evenly over the sites; the correlation length of the "
        f"surface is assumed; evaluated on the maps it comes out as {lengths.mean() / nm:.1f} ± "
        f"{lengths.std(ddof=1) / nm:.1f} nm.",
    )
    return Outcome({"figS2.roughness": estimate}, {"maps": scan}, notes)


def draw(outcome: Outcome) -> Figure:
    """Draw the nine maps on one colour scale, and Ra by site."""
    from acanthite import drawing

    data = outcome.recordings["maps"]
    figure, axes = drawing.new_figure(8.6, 4.3, ncols=4, nrows=3, width_ratios=(1, 1, 1, 2.2))
    limit = 3.0 * float(data.height.std()) / nm
    for site, ax in enumerate(axes[:, :3].flat):
        z = data.height[site] / nm
        shown = ax.imshow(z, vmin=-limit, vmax=limit, cmap="copper", origin="lower")
        ax.set_title(f"site {site + 1}: {as_text(float(data.roughness[site]), 'm')}", fontsize=8)
        drawing.as_map(ax)
    drawing.colour_bar(axes[1, 2], shown, "height (nm), all sites")
    grid = axes[0, 0].get_gridspec()
    for ax in axes[:, 3]:
        ax.remove()
    with drawing.look():
        side = figure.add_subplot(grid[:, 3])
    side.axhspan(3, 4.5, color=drawing.PUBLISHED, alpha=0.12, linewidth=0, label="published range")
    side.plot(np.arange(1, _SITES + 1), data.roughness / nm, "o", color=drawing.BLUE, label="twin")
    side.set(xlabel="site", ylabel="Ra (nm)", ylim=(0, 5.6))
    side.legend(loc="lower left")
    return figure
