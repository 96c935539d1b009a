"""Fig. S2: surface of the film at sites across the wafer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import nm, um
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film.roughness import average_roughness, correlation_length, scan_wafer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Surface roughness over the wafer"
CAPTION = "Atomic-force maps (2 x 2 um2) of the film at nine sites of a wafer, and their Ra."
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
        "The range of Ra is an input, drawn evenly over the sites; the correlation length of the surface "
        f"is assumed; evaluated on the maps it comes out as {lengths.mean() / nm:.1f} +- {lengths.std(ddof=1) / nm:.1f} nm.",
    )
    return Outcome({"figS2.roughness": estimate}, {"maps": scan}, notes)


def draw(outcome: Outcome) -> Figure:
    """Draw the nine maps on one colour scale, and Ra by site."""
    from acanthite.figures import style

    data = outcome.recordings["maps"]
    figure, axes = style.new_figure(8.0, 4.3, ncols=5, nrows=3, width_ratios=(1, 1, 1, 0.16, 1.5))
    for ax in axes[:, 3:].flat:
        ax.remove()
    limit = 3.0 * float(data.height.std()) / nm
    side = float(data.x[-1] + data.x[0]) / um
    images = []
    for site, ax in enumerate(axes[:, :3].flat):
        z = data.height[site] / nm
        images.append(
            ax.imshow(z, vmin=-limit, vmax=limit, cmap="copper", extent=(0, side, 0, side))
        )
        ax.set_xticks([])
        ax.set_yticks([])
        ax.set_title(
            f"site {site + 1}: {float(data.roughness[site]) / nm:.2f} nm", fontsize=8, pad=2
        )
    grid = axes[0, 0].get_gridspec()
    bar = figure.add_subplot(grid[:, 3])
    figure.colorbar(images[0], cax=bar)
    bar.set_ylabel("height (nm)", fontsize=8)
    bar.tick_params(labelsize=7)
    ax = figure.add_subplot(grid[:, 4])
    ax.axhspan(3, 4.5, color=style.PUBLISHED, alpha=0.12, linewidth=0, label="published range")
    ax.plot(np.arange(1, _SITES + 1), data.roughness / nm, "o", color=style.BLUE)
    ax.set_xlabel("site")
    ax.set_ylabel("Ra (nm)")
    ax.set_ylim(0, 5.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="lower left", frameon=False, fontsize=8)
    return figure
