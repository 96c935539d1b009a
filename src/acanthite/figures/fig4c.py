"""Fig. 4c: the kernel the memristors hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acanthite.crossbar import VERTICAL, conductances, encode, on_array, program
from acanthite.crossbar.compute.convolution import states
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Analogue kernel for vertical edges"
CAPTION = (
    "Difference of conductance of the nine pairs, normalised to the (1,1) memristor, with the digital kernel "
    "beside it."
)
WEIGHT = 1.0


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
    estimates = {
        "fig4c.memristors": Estimate(float(encoding.n_memristors)),
        "fig4c.lrs": Estimate(float(encoding.n_lrs)),
    }
    return Outcome(estimates, {"kernel": data})


def draw(outcome: Outcome) -> Figure:
    """Draw digital and analogue kernel as coloured squares with their values."""
    from acanthite.figures.style import new_figure

    data = outcome.recordings["kernel"]
    figure, axes = new_figure(6.4, 3.0, ncols=2)
    for ax, name, form in ((axes[0], "kernel", "{:.0f}"), (axes[1], "analogue", "{:.3g}")):
        values = data[name].values
        shown = ax.imshow(values, cmap="RdBu_r", vmin=-1.5, vmax=1.5)
        for i in range(3):
            for j in range(3):
                shade = "white" if abs(values[i, j]) > 0.8 else "#22252b"
                ax.text(
                    j,
                    i,
                    form.format(values[i, j]),
                    ha="center",
                    va="center",
                    color=shade,
                    fontsize=9,
                )
        ax.set_title(
            "digital kernel" if name == "kernel" else "held by 18 memristors", fontsize=9.5
        )
        ax.set_xticks(range(3), ["1", "2", "3"])
        ax.set_yticks(range(3), ["1", "2", "3"])
        ax.spines[:].set_visible(False)
    figure.colorbar(shown, ax=axes, shrink=0.85).set_label("in units of memristor (1,1)")
    return figure
