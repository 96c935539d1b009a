"""One look for every picture: sizes, colours, axes with SI prefixes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, LIGHT = "#22252b", "#8a8f98", "#d7dae0"
BLUE, RED, GREEN, ORANGE, PURPLE = "#2f6db3", "#c4453c", "#3b8f5a", "#d98a2b", "#7a5aa6"
PUBLISHED = "#b3379a"  #: colour of every published number
CYCLE = (BLUE, RED, GREEN, ORANGE, PURPLE, GREY)

_RC: dict[Any, Any] = {
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9.0,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "lines.linewidth": 1.4,
    "svg.hashsalt": "acanthite",
    "svg.fonttype": "path",
}


def look() -> AbstractContextManager[None]:
    """Return a context in which everything drawn and saved has the house style."""
    import matplotlib as mpl

    return mpl.rc_context(_RC)


def new_figure(
    width: float = 5.2, height: float = 3.4, ncols: int = 1, nrows: int = 1, **kwargs: Any
) -> tuple[Figure, Any]:
    """Return a figure off the global state and its axes.

    Parameters
    ----------
    width, height : float
        In inches.
    ncols, nrows : int
        Of the grid of axes.
    **kwargs
        To :meth:`matplotlib.figure.Figure.subplots`.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : Axes or ndarray of Axes
    """
    from matplotlib.figure import Figure

    with look():
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(nrows, ncols, **kwargs)
    return figure, axes


def prefix_axis(ax: Axes, axis: str, unit: str) -> None:
    """Label the ticks of ``axis`` ("x" or "y") with SI prefixes of ``unit``."""
    from matplotlib.ticker import EngFormatter, NullFormatter

    getattr(ax, f"{axis}axis").set_major_formatter(EngFormatter(unit=unit, sep="\u2009"))
    getattr(ax, f"{axis}axis").set_minor_formatter(NullFormatter())
    if axis == "x" and ax.get_xscale() == "linear":
        ax.locator_params(axis="x", nbins=5)  # prefixed labels are long


def published_line(ax: Axes, value: float, axis: str = "y", label: str = "published") -> None:
    """Draw a published number as a dashed line across the axes."""
    draw = ax.axhline if axis == "y" else ax.axvline
    draw(value, color=PUBLISHED, linestyle="--", linewidth=1.1, label=label, zorder=1)
