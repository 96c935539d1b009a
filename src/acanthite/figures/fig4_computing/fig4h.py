"""Fig. 4h: the network, and the matrices A, H and C that train it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.errors import DatasetUnavailableError
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.fig4_computing.fig4i import check

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.nn import Run

__all__ = ["ALT", "CAPTION", "TITLE", "WEIGHT", "check", "compute", "draw"]

TITLE = "The network with A, H and C"
CAPTION = (
    "Left, the layers of nodes of the network of Fig. 4i, with the size of each array between them. "
    "Middle, the matrices of the last array after a short training with TTv2: A gathers the "
    "gradients, the digital H adds up what is read of A, and C, which the network runs on, is "
    "pulsed where H passes its threshold. Right, how often a cell of each is updated."
)
ALT = (
    "Columns of dots joined by bands for the layers; three striped maps of the matrices A, H and C "
    "one above the other; and three bars of falling height for their rates of update."
)
WEIGHT = 4.0
REPEATS = 3

_MATRICES = ("A", "H", "C")
_WHERE = {
    "A": "A: gradients, half windows",
    "H": "H: low-pass filter, over its threshold",
    "C": "C: weights, half windows",
}


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Train for a short while and take the matrices out of the training."""
    from acanthite.nn import Job, Run, mnist, prepare

    try:
        data = mnist(settings.data)
    except DatasetUnavailableError as error:
        return Outcome(not_run=str(error))
    job = Job(
        dataset=data,
        synapse=experiments.synapse(settings),
        algorithm="ttv2",
        seed=settings.seed * 1000 + 7,
        epochs=1,
        limit=experiments.count(settings, 30_000, 8_000),
        test=False,
    )
    run = Run(prepare(job))
    run.finish(lambda standing: progress(standing.fraction))
    matrices = _matrices(run)
    pulses = {"A": run.state.fast.counts, "C": run.state.slow.counts}
    sparse = float(pulses["C"].sum() / pulses["A"].sum())
    return Outcome(
        {"fig4h.sparse": Estimate(sparse)},
        {"matrices": matrices},
        _notes(matrices, run),
        None,
        ("GokmenVlasov2016", "GokmenHaensch2020", "Gokmen2021"),
    )


def _matrices(run: Run) -> xr.Dataset:
    """Return A, H and C of the last array, and how often a cell of each is updated."""
    import xarray as xr

    network = run.setup.network
    state: Any = run.state
    knobs: Any = run.setup.algorithm
    n_in, n_out = network.shapes[-1]
    first = network.n_weights - n_in * n_out
    threshold = knobs.threshold * max(n for n, _ in network.shapes) / n_in
    values = {
        "A": state.fast.weights,
        "H": state.digital.hidden / threshold,
        "C": state.slow.weights / knobs.window,
    }
    samples = len(run.setup.training.images)
    cells = network.n_weights
    read = sum(n_out for _, n_out in network.shapes)  # a column of each array, every sample
    rates = {
        "A": state.fast.counts.sum() / cells / samples,
        "H": read / cells / knobs.transfer_every,
        "C": state.slow.counts.sum() / cells / samples,
    }
    return xr.Dataset(
        {
            name: (
                ("output", "input"),
                np.asarray(values[name][first:], float).reshape(n_in, n_out).T,
                {"units": "1", "long_name": _WHERE[name]},
            )
            for name in _MATRICES
        }
        | {
            "rate": (
                "matrix",
                [float(rates[name]) for name in _MATRICES],
                {"units": "1", "long_name": "updates of a cell a sample"},
            ),
            "nodes": ("layer", list(network.widths), {"units": "1", "long_name": "nodes"}),
            "rows": ("array", [n for _, n in network.shapes], {"units": "1"}),
            "columns": ("array", [n for n, _ in network.shapes], {"units": "1"}),
        },
        {"matrix": list(_MATRICES)},
        {"samples": samples, "cells": cells},
    )


def _notes(matrices: xr.Dataset, run: Run) -> tuple[str, ...]:
    a, h, c = (float(rate) for rate in matrices["rate"].values)
    nodes = "-".join(str(n) for n in matrices["nodes"].values)
    return (
        f"{nodes} nodes, {matrices.attrs['cells']} cells in each of A and C and as many numbers in "
        f"H, biases included; {matrices.attrs['samples']} images once.",
        f"A cell of A gets a pulse every {1 / a:.3g} samples, an entry of H a read every "
        f"{1 / h:.3g}, a cell of C {c:.2g} pulses a sample.",
        f"Knobs as in Fig. 4i: {run.setup.algorithm}.",
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the layers, the matrices and the rates."""
    from acanthite import drawing

    data = outcome.recordings["matrices"]
    figure, axes = drawing.new_figure(10.2, 3.9, ncols=3, nrows=3, width_ratios=(1.25, 2.2, 0.8))
    grid = axes[0, 0].get_gridspec()
    for ax in (*axes[:, 0], *axes[:, 2]):
        ax.remove()
    with drawing.look():
        layers = figure.add_subplot(grid[:, 0])
        rates = figure.add_subplot(grid[:, 2])
    _draw_layers(layers, data)
    for ax, name in zip(axes[:, 1], _MATRICES, strict=True):
        values = data[name].values
        limit = float(np.quantile(np.abs(values), 0.995)) or 1.0
        shown = ax.imshow(
            values, cmap=drawing.SIGNED, vmin=-limit, vmax=limit, aspect="auto",
            interpolation="nearest",
        )  # fmt: skip
        drawing.as_map(ax)
        drawing.colour_bar(ax, shown)
        ax.set_title(f"{_WHERE[name]}: {values.shape[0]} × {values.shape[1]}", fontsize=9)
    for k, name in enumerate(_MATRICES):
        rates.bar(
            k, float(data["rate"][k]), 0.6, color=drawing.CYCLE[k], label=f"_updates of {name}"
        )
    rates.set_yscale("log")
    rates.set_xticks(range(3), list(_MATRICES))
    rates.set_ylabel("updates of a cell a sample")
    return figure


def _draw_layers(ax: Axes, data: xr.Dataset) -> None:
    """Draw each layer as a column of dots, one for every so many nodes, and what joins them."""
    from acanthite import drawing

    nodes = data["nodes"].values
    heights = 0.25 + 0.75 * np.log(nodes / nodes.min()) / np.log(nodes.max() / nodes.min())
    for k, (n, height) in enumerate(zip(nodes, heights, strict=True)):
        dots = int(np.clip(round(6 * height * 3), 4, 18))
        y = np.linspace(-height, height, dots)
        ax.plot(np.full(dots, k), y, "o", color=drawing.BLUE, markersize=4, label=f"_layer {k + 1}")
        ax.text(k, height + 0.09, str(n), ha="center", va="bottom", fontsize=9)
        if k:
            before = heights[k - 1]
            ax.fill(
                [k - 0.9, k - 0.1, k - 0.1, k - 0.9],
                [before, height, -height, -before],
                color=drawing.LIGHT,
                alpha=0.6,
                linewidth=0,
            )
            rows, columns = int(data["rows"][k - 1]), int(data["columns"][k - 1])
            ax.text(
                k - 0.5, -1.22 - 0.16 * (k % 2), f"{columns} × {rows}", ha="center", va="top",
                fontsize=8,
            )  # fmt: skip
    ax.set(xlim=(-0.4, len(nodes) - 0.6), ylim=(-1.6, 1.25))
    drawing.as_map(ax)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title("nodes, and arrays between them", fontsize=9)
