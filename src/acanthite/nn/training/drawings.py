"""Pictures of a training: the learning curve, how the weights are distributed, and which class is taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.nn.training.result import TrainingResult

_INK, _GREY = "#22252b", "#8a8f98"
_COLOURS = ("#2f6db3", "#c4453c", "#3b8f5a", "#d98a2b", "#7a5aa6", _GREY)
_BINS = 80


def _figure(width: float, height: float, columns: int = 1) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(1, columns)
    for ax in np.atleast_1d(axes):
        ax.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _whole_ticks(ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def learning_curve(result: TrainingResult) -> Figure:
    """Draw the error, and the write pulses with their energy, against the epoch; return the Figure."""
    from matplotlib.ticker import EngFormatter

    figure, (left, right) = _figure(8.0, 3.4, 2)
    epochs = np.arange(1, len(result.loss) + 1)
    curves = (
        ("training, before its update", result.train_accuracy, _GREY),
        ("held out", result.validation_accuracy, _COLOURS[2]),
        ("test", result.test_accuracy, _COLOURS[0]),
    )
    for label, values, colour in curves:
        if values is not None:
            last = f"{label}: {100 * values[-1]:.2f} %"
            left.plot(
                epochs,
                100 * (1 - values[-len(epochs) :]),
                "o-",
                color=colour,
                markersize=3,
                label=last,
            )
    left.set(
        xlabel="epoch",
        ylabel="error (%)",
        ylim=(0, None),
        title=f"{result.algorithm.name}, accuracy at the end",
    )
    left.legend(frameon=False, fontsize=8)
    right.bar(epochs, result.pulses, color=_COLOURS[0], width=0.7)
    right.set(
        xlabel="epoch",
        ylabel="write pulses an epoch",
        title=f"{_prefixed(result.energy.sum(), 'J')} of writing in all",
    )
    right.yaxis.set_major_formatter(EngFormatter(sep="\u2009"))
    for ax in (left, right):
        _whole_ticks(ax)
    return figure


def _prefixed(value: float, unit: str) -> str:
    from matplotlib.ticker import EngFormatter

    return EngFormatter(unit=unit, places=2, sep="\u2009")(value)


def histograms(
    layers: Sequence[NDArray[np.float32]],
) -> tuple[NDArray[np.float64], list[NDArray[np.int64]]]:
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


def weights(edges: NDArray[np.float64], counts: Sequence[NDArray[np.int64]]) -> Figure:
    """Draw the distribution of each layer's weights; return the Figure."""
    figure, ax = _figure(5.2, 3.4)
    for k, count in enumerate(counts):
        density = count / max(count.sum(), 1) / np.diff(edges)
        label = f"layer {k + 1}, {count.sum():,} weights"
        ax.stairs(density, edges, color=_COLOURS[k % len(_COLOURS)], label=label, linewidth=1.3)
    ax.set(xlabel="weight", ylabel="probability density", yscale="log")
    ax.legend(frameon=False, fontsize=8)
    return figure


def confusion(counts: NDArray[np.int64]) -> Figure:
    """Draw how many images of each class (down) were put in each (across); return the Figure."""
    n = len(counts)
    figure, ax = _figure(0.45 * n + 1.6, 0.42 * n + 1.0)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    ax.imshow(share**0.4, cmap="Blues", vmin=0, vmax=1)  # the power shows the rare ones
    if n <= 20:
        for (i, j), count in np.ndenumerate(counts):
            colour = "white" if share[i, j] > 0.3 else _INK
            if count:
                ax.text(j, i, str(count), ha="center", va="center", fontsize=7, color=colour)
        ax.set(xticks=range(n), yticks=range(n))
    ax.set(
        xlabel="put in class",
        ylabel="class",
        title=f"{100 * np.trace(counts) / max(counts.sum(), 1):.2f} % right",
    )
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return figure
