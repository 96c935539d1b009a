"""Fig. S16: symmetry-point shifting of the cells of array A."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.style import BLUE, CYCLE, GREY, INK, RED, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Symmetry-point shifting"
CAPTION = (
    "Cells of array A under alternating potentiation and depression pulses. Left: from anywhere in the window each cell runs to the "
    "point where its own up and down steps cancel. Right: distance to that point before, after the last pulse, and of the "
    "reference taken as the mean of the last reads."
)
WEIGHT = 2.0

_KEEP = 8  # cells drawn


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
    moved = shift(cells, start, noise, knobs.shift_pairs, knobs.shift_average, _KEEP)
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
        f"{n} cells, {knobs.shift_pairs} up-down pairs, reference from the last {knobs.shift_average}: distance to the own "
        f"symmetry point (half windows) {spread[0]:.3f} before, {spread[1]:.3f} after the last pulse, {spread[2]:.4f} of the "
        f"reference; one step is {synapse.step:.3f}.",
    )
    return Outcome({}, {"shift": data}, notes, None, ("Kim2019", "Gokmen2021"))


def draw(outcome: Outcome) -> Figure:
    """Draw paths and distances."""
    data = outcome.recordings["shift"]
    figure, (left, right) = new_figure(8.4, 3.4, ncols=2)
    path = data["path"].values[:81]
    for k in range(path.shape[1]):
        color = CYCLE[k % len(CYCLE)]
        left.plot(path[:, k], color=color, linewidth=0.9)
        left.plot(
            [83], [float(data["symmetry_point"][k])], "<", color=color, markersize=5, clip_on=False
        )
    left.set(
        xlabel="pulse, up and down in turn",
        ylabel="weight (half windows)",
        xlim=(0, 83),
        ylim=(-1, 1),
    )
    left.text(80, -0.92, "triangles: own symmetry points", ha="right", fontsize=8, color=INK)
    for name, color, label in (
        ("before", GREY, "before"),
        ("after", BLUE, "after the last pulse"),
        ("reference", RED, "reference, mean of reads"),
    ):
        values = data[name].values
        weights = np.full(values.size, 100 / values.size)
        right.hist(
            values,
            np.linspace(-1.1, 1.1, 111),
            weights=weights,
            color=color,
            alpha=0.55,
            label=label,
        )
    right.set(
        xlabel="distance to the own symmetry point (half windows)",
        ylabel="share of the cells (%)",
        xlim=(-1.1, 1.1),
    )
    right.legend(loc="upper right")
    return figure
