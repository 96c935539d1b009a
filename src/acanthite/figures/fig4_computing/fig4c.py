"""Fig. 4c: the kernel the memristors hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.crossbar import VERTICAL, conductances, encode, on_array, program
from acanthite.crossbar.compute.convolution import states
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Analogue kernel for vertical edges"
CAPTION = (
    "Difference of conductance of the nine pairs, normalised to the (1,1) memristor, with the "
    "digital kernel beside it. ≈ 0: below a thousandth of that memristor."
)
ALT = (
    "Two grids of three by three coloured squares with their values: the digital kernel, and the "
    "one the memristors hold."
)
WEIGHT = 1.0
_NOTHING = 1e-3  # beside the memristor that the entries are normalised to


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Place the twin's devices on the kernel."""
    import xarray as xr

    from acanthite.figures import experiments

    encoding, reads = encode(VERTICAL), experiments.lrs_reads(settings)
    lrs, hrs = (conductances(states(reads, s)) for s in ("LRS", "HRS"))
    G = program(encoding, lrs, hrs)
    array = on_array(G, encoding, settings.parameters.value("mac.volt_per_level"))
    data = xr.Dataset(
        {
            "conductance": (
                ("row", "column", "member"),
                G,
                {"units": "S", "long_name": "conductance"},
            ),
            "analogue": (("row", "column"), array.held.reshape(3, 3), {"units": "1"}),
            "kernel": (("row", "column"), encoding.kernel, {"units": "1"}),
        }
    )
    progress(1.0)
    held, digital = data["analogue"].values, encoding.kernel
    estimates = {
        "fig4c.memristors": Estimate(float(encoding.n_memristors)),
        "fig4c.lrs": Estimate(float(encoding.n_lrs)),
        "fig4c.zeros": Estimate(float(np.abs(held[digital == 0]).max())),
        "fig4c.separable": Estimate(float((np.clip(np.rint(held), -1, 1) == digital).all())),
    }
    return Outcome(estimates, {"kernel": data})


def draw(outcome: Outcome) -> Figure:
    """Draw digital and analogue kernel as coloured squares with their values."""
    from acanthite import drawing

    data = outcome.recordings["kernel"]
    figure, axes = drawing.new_figure(6.4, 3.0, ncols=2)
    titles = {"kernel": "digital kernel", "analogue": "held by 18 memristors"}
    for ax, (name, title) in zip(axes, titles.items(), strict=True):
        values = data[name].values
        shown = ax.imshow(values, cmap=drawing.SIGNED, vmin=-1.5, vmax=1.5)
        for (i, j), value in np.ndenumerate(values):
            colour = drawing.ink_on(shown.to_rgba(value)[:3])
            ax.text(j, i, _entry(float(value)), ha="center", va="center", color=colour)
        ax.set_title(title)
        ax.set_xticks(range(3), ["1", "2", "3"])
        ax.set_yticks(range(3), ["1", "2", "3"])
        ax.spines[:].set_visible(False)
    drawing.colour_bar(axes[1], shown, "in units of memristor (1,1)")
    return figure


def _entry(value: float) -> str:
    """Return an entry of a kernel: what is nothing beside one is said to be about zero."""
    return "0" if value == 0 else "≈ 0" if abs(value) < _NOTHING else as_text(value)
