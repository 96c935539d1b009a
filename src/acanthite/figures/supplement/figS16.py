"""Fig. S16: symmetry-point shifting of the cells of array A."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import (
    BLUE,
    CYCLE,
    GREY,
    RED,
    keep_data,
    legend_above,
    new_figure,
    plain_log_axis,
)
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Symmetry-point shifting"
CAPTION = (
    "Cells of array A under alternating potentiation and depression pulses. Left: from anywhere in "
    "the window each cell runs to the point where its own up and down steps cancel. Right: "
    "distance to that point before, after the last pulse, and of the reference taken as the mean "
    "of the last reads."
)
ALT = (
    "Left, zigzag paths of eight cells that run together to triangles at their symmetry points; "
    "right, on a logarithmic scale, histograms of the distance before, after, and of the reference."
)
WEIGHT = 2.0

_DRAWN = 8  # cells
_PULSES = 80  # of them drawn


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Drive cells spread over the window to their symmetry points."""
    import xarray as xr

    from acanthite.nn import TTv2
    from acanthite.random import generator
    from acanthite.synapse import shift

    synapse, knobs = experiments.synapse(settings), TTv2()
    n = experiments.count(settings, 10_000, 1_000)
    cells = synapse.cells(n, generator(settings.seed, "figS16.cells"))
    start = generator(settings.seed, "figS16.start").uniform(-1.0, 1.0, n).astype(np.float32)
    noise = generator(settings.seed, "figS16.pulses")
    moved = shift(cells, start, noise, knobs.shift_pairs, knobs.shift_average, _DRAWN)
    own = np.broadcast_to(cells.symmetry_points, (n,))
    unit = {"units": "1"}
    data = xr.Dataset(
        {
            "path": (
                ("pulse", "kept"),
                moved.path,
                {**unit, "long_name": "weight after each pulse"},
            ),
            "before": ("cell", start - own, {**unit, "long_name": "distance before"}),
            "after": (
                "cell",
                moved.weights - own,
                {**unit, "long_name": "distance after the last pulse"},
            ),
            "reference": (
                "cell",
                moved.references - own,
                {**unit, "long_name": "error of the reference"},
            ),
            "symmetry_point": ("cell", own.copy(), {**unit, "long_name": "symmetry point"}),
        }
    )
    spread = [float(data[name].std()) for name in ("before", "after", "reference")]
    notes = (
        f"{n} cells, {knobs.shift_pairs} up-down pairs, reference from the last "
        f"{knobs.shift_average}: distance to the own symmetry point (half windows) {spread[0]:.3f} "
        f"before, {spread[1]:.3f} after the last pulse, {spread[2]:.4f} of the reference; one step "
        f"is {synapse.step:.3f}.",
    )
    return Outcome({}, {"shift": data}, notes, None, ("Kim2019", "Gokmen2021"))


def draw(outcome: Outcome) -> Figure:
    """Draw paths and distances."""
    data = outcome.recordings["shift"]
    figure, (left, right) = new_figure(8.4, 3.4, ncols=2)
    path = data["path"].values[: _PULSES + 1]
    for k in range(path.shape[1]):
        color = CYCLE[k % len(CYCLE)]
        own = float(data["symmetry_point"][k])
        left.plot(path[:, k], color=color, linewidth=0.9, label=f"_cell {k + 1}")
        left.plot([_PULSES + 3], [own], "<", color=color, markersize=5, label="_symmetry point")
    left.set(
        xlabel="pulse, up and down in turn",
        ylabel="weight (half windows)",
        xlim=(0, _PULSES + 6),
        ylim=(-1, 1),
    )
    left.set_title("triangles: own symmetry points")
    for name, color, label in (
        ("before", GREY, "before"),
        ("after", BLUE, "after the last pulse"),
        ("reference", RED, "reference, mean of reads"),
    ):
        values = data[name].values
        weights = np.full(values.size, 100 / values.size)
        bins = np.linspace(-1.1, 1.1, 111).tolist()
        style = {"histtype": "stepfilled", "alpha": 0.55, "edgecolor": color}
        heights, edges = np.histogram(values, bins, weights=weights)
        _, _, patches = right.hist(values, bins, weights=weights, color=color, label=label, **style)
        keep_data(patches[0], 0.5 * (edges[1:] + edges[:-1]), heights)
    right.set(
        xlabel="distance to the own symmetry point (half windows)",
        ylabel="share of the cells (%)",
        xlim=(-1.1, 1.1),
        yscale="log",
    )
    plain_log_axis(right, "y")
    right.locator_params(axis="x", nbins=5)
    legend_above(right, ncols=3, fontsize=7.5)
    return figure
