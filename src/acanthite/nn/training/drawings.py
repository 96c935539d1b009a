"""Pictures of a training: learning curve, distribution of the weights, confusion of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import (
    BLUE,
    CYCLE,
    GREEN,
    GREY,
    INK,
    legend_above,
    new_axes,
    new_figure,
    prefixed,
    whole_numbers,
)
from acanthite.formatting import as_text
from acanthite.nn.array_types import Doubles, Integers, Singles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.nn.training.result import TrainingResult

_BINS = 80


def learning_curve(result: TrainingResult) -> Figure:
    """Draw the error, and the write pulses with their energy, against the epoch; return the Figure.

    The legend gives the error after the last epoch, as the axis does.
    """
    figure, (left, right) = new_figure(8.0, 3.4, 2)
    draw_errors(result, left)
    epochs = np.arange(1, len(result.loss) + 1)
    right.bar(epochs, result.pulses, color=BLUE, width=0.7)
    energy = as_text(float(result.energy.sum()), "J")
    right.set(xlabel="epoch", ylabel="write pulses an epoch")
    right.set_title(f"{energy} of writing in all", fontsize=9.5)
    right.yaxis.set_major_formatter(prefixed(""))
    whole_numbers(right, "x")
    figure.suptitle(result.algorithm.name, fontsize=9.5)
    return figure


def draw_errors(result: TrainingResult, ax: Axes | None = None) -> Axes:
    """Draw the error against the epoch; return the Axes."""
    ax = new_axes(ax)
    epochs = np.arange(1, len(result.loss) + 1)
    curves = (
        ("training, before its update", result.train_accuracy, GREY),
        ("held out", result.validation_accuracy, GREEN),
        ("test", result.test_accuracy, BLUE),
    )
    for label, accuracy, colour in curves:
        if accuracy is None:
            continue
        error = 100 * (1 - accuracy[-len(epochs) :])
        name = f"{label}: {error[-1]:.2f} %"
        ax.plot(epochs, error, "o-", color=colour, markersize=3, label=name)
    ax.set(xlabel="epoch", ylabel="error (%)", ylim=(0, None))
    legend_above(ax)
    whole_numbers(ax, "x")
    return ax


def histograms(
    layers: Sequence[Singles],
) -> tuple[Doubles, list[Integers]]:
    """Count the weights of each layer in bins they share.

    Parameters
    ----------
    layers : sequence of ndarray
        Weights of each layer. [1]

    Returns
    -------
    edges : ndarray, shape (n_bins + 1,)
    counts : list of ndarray of int64, shape (n_bins,)
    """
    top = max(float(np.abs(layer).max()) for layer in layers) or 1.0
    edges = np.linspace(-top, top, _BINS + 1)
    return edges, [np.histogram(layer, edges)[0] for layer in layers]


def weights(edges: Doubles, counts: Sequence[Integers]) -> Figure:
    """Draw the distribution of each layer's weights; return the Figure."""
    figure, ax = new_figure(5.2, 3.4)
    for k, count in enumerate(counts):
        density = count / max(count.sum(), 1) / np.diff(edges)
        label = f"layer {k + 1}, {count.sum():,} weights"
        ax.stairs(density, edges, color=CYCLE[k % len(CYCLE)], label=label, linewidth=1.3)
    ax.set(xlabel="weight", ylabel="probability density", yscale="log")
    legend_above(ax)
    return figure


def confusion(counts: Integers) -> Figure:
    """Draw how many images of each class (down) were put in each (across); return the Figure."""
    n = len(counts)
    figure, ax = new_figure(0.45 * n + 1.6, 0.42 * n + 1.0)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    ax.imshow(share**0.4, cmap="Blues", vmin=0, vmax=1)  # the power shows the rare ones
    if n <= 20:
        for (i, j), count in np.ndenumerate(counts):
            colour = "white" if share[i, j] > 0.3 else INK
            if count:
                ax.text(j, i, str(count), ha="center", va="center", fontsize=7, color=colour)
        ax.set(xticks=range(n), yticks=range(n))
    ax.set(xlabel="put in class", ylabel="class")
    ax.set_title(f"{100 * np.trace(counts) / max(counts.sum(), 1):.2f} % right", fontsize=9.5)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return figure
