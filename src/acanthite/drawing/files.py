"""Pictures written to disk: whole or not at all, the same bits for the same picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.drawing.data import write_data
from acanthite.drawing.style import look
from acanthite.files import atomic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 160


def save_png(figure: Figure, path: str | Path) -> None:
    """Write a picture as PNG, in the house style.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> save_png(new_axes().figure, "empty.png")
    """
    with look(), atomic(path) as temporary:
        figure.savefig(temporary, format="png", dpi=_DPI)


def save(figure: Figure, stem: str | Path) -> None:
    """Write a picture as SVG and as PNG; ``stem`` is the path without its ending.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> save(new_axes().figure, "empty")  # empty.svg and empty.png
    """
    stem = Path(stem)
    with look(), atomic(stem.with_name(f"{stem.name}.svg")) as temporary:
        figure.savefig(temporary, format="svg", metadata={"Date": None})
    save_png(figure, stem.with_name(f"{stem.name}.png"))


def save_with_data(figure: Figure, stem: str | Path) -> tuple[str, ...]:
    """Write a picture as SVG and as PNG, and its data as CSV beside them.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    stem : path_like
        The path without its ending.

    Returns
    -------
    tuple of str
        Names of the CSV files: see :func:`acanthite.drawing.write_data`.

    Examples
    --------
    >>> from acanthite.drawing import new_axes
    >>> ax = new_axes()
    >>> line = ax.plot([0, 1], [2, 3], label="twin")
    >>> save_with_data(ax.figure, "mine")
    ('mine.csv',)
    """
    save(figure, stem)
    return write_data(figure, Path(stem))
