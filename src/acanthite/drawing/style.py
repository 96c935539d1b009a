"""The look of every picture: colours, sizes, and new figures that have them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GREY, LIGHT = "#22252b", "#8a8f98", "#d7dae0"
BLUE, RED, GREEN, ORANGE, PURPLE = "#2563ab", "#c8403a", "#1f8a70", "#e39a2d", "#a37ed0"
PUBLISHED = "#b3379a"  #: colour of every published number
CYCLE = (BLUE, RED, GREEN, ORANGE, PURPLE, GREY)
"""Colours of series, in this order: apart in lightness too, for colour-blind readers."""
SEQUENTIAL, SIGNED = "viridis", "RdBu_r"
"""Colour maps of magnitudes and of values around zero."""

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
    """Return a context in which everything drawn and saved has the house style.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with look():
    ...     mpl.rcParams["legend.frameon"]
    False
    """
    import matplotlib as mpl
    from cycler import cycler

    return mpl.rc_context({**_RC, "axes.prop_cycle": cycler(color=CYCLE)})


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

    Examples
    --------
    >>> figure, (left, right) = new_figure(ncols=2)
    >>> len(figure.axes)
    2
    """
    from matplotlib.figure import Figure

    with look():
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(nrows, ncols, **kwargs)
    return figure, axes


def new_axes(ax: Axes | None = None, width: float = 5.2, height: float = 3.4) -> Axes:
    """Return the axes given, or those of a new figure of a size in inches.

    Examples
    --------
    >>> ax = new_axes()
    >>> new_axes(ax) is ax
    True
    """
    return new_figure(width, height)[1] if ax is None else ax
