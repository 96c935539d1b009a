"""Pictures of the masks: the wafer, a die and its first cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.constants import mm, um
from acanthite.drawing import INK, new_axes, new_figure
from acanthite.wafer.layout.design import ArrayDesign, WaferDesign
from acanthite.wafer.layout.masks import MASKS, named
from acanthite.wafer.layout.rules import layer_shapes

if TYPE_CHECKING:
    import gdstk
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {
    "bottom electrode": "#d9a520",
    "electrolyte": "#6a4c93",
    "top electrode": "#8e9aa6",
    "label": "#d9a520",
}
_ALPHA = {"electrolyte": 0.75, "top electrode": 0.6}


def plot_masks(
    library: gdstk.Library, array: ArrayDesign, wafer: WaferDesign | None = None
) -> Figure:
    """Draw the wafer, a die and its four first cells side by side.

    Parameters
    ----------
    library : gdstk.Library
        Of :func:`acanthite.wafer.draw`.
    array : ArrayDesign
    wafer : WaferDesign, optional

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> array = ac.wafer.ArrayDesign(2, 2)
    >>> len(ac.wafer.plot_masks(ac.wafer.draw(array, small), array, small).axes)
    3
    """
    die = named(library, "DIE")
    figure, (left, middle, right) = new_figure(12.0, 4.6, 3)
    plot_floorplan(array, wafer, ax=left)
    plot_cell(die, ax=middle)
    middle.set_title(f"die, {array.rows} × {array.columns}")
    plot_cell(die, ax=right)
    x = 0.5 * (array.columns - 1) * array.pitch / um
    y = 0.5 * (array.rows - 1) * array.pitch / um
    view, edge = 2.2 * array.pitch / um, 1.1 * array.pitch / um
    right.set(
        xlim=(-x - edge, -x - edge + view + edge / 2), ylim=(y + edge - view - edge / 2, y + edge)
    )
    right.set_title("first cells")
    handles = _handles()
    figure.legend(
        handles=handles, ncols=len(handles), loc="outside lower center", fontsize=8, frameon=False
    )
    return figure


def plot_floorplan(
    array: ArrayDesign, wafer: WaferDesign | None = None, ax: Axes | None = None
) -> Axes:
    """Draw where the dies stand on the wafer; return the Axes.

    Examples
    --------
    >>> axes = ac.wafer.plot_floorplan(ac.wafer.ArrayDesign(64, 64))
    >>> axes.get_title(), axes.get_xlabel()
    ('100 mm wafer, 178 dies', 'x (mm)')
    """
    wafer = WaferDesign() if wafer is None else wafer
    ax = new_axes(ax, 4.6, 4.4)
    dies = wafer.dies(array.die_size)
    draw_wafer(ax, wafer)
    fill_dies(ax, dies, array.die_size, facecolors="#efe6cd", edgecolors="#9a8338")
    ax.set_title(f"{2 * round(wafer.diameter / mm / 2)} mm wafer, {len(dies)} dies")
    return ax


def plot_cell(cell: gdstk.Cell, ax: Axes | None = None) -> Axes:
    """Draw the layers of a cell and of all it repeats, in micrometres; return the Axes."""
    from matplotlib.collections import PolyCollection

    ax = new_axes(ax, 4.6, 4.4)
    for layer in (*MASKS, "label"):
        shapes = [p.points for p in layer_shapes(cell, layer)]
        ax.add_collection(
            PolyCollection(
                shapes,
                facecolors=COLOURS[layer],
                alpha=_ALPHA.get(layer, 1.0),
                linewidths=0,
                snap=False,  # lines snapped to pixels would show patterns that no mask has
            )
        )
    box = np.array(cell.bounding_box())
    ax.set(
        xlim=box[:, 0], ylim=box[:, 1], aspect="equal", xlabel="x (\u00b5m)", ylabel="y (\u00b5m)"
    )
    ax.set_facecolor("#f4f5f7")
    return ax


def draw_wafer(ax: Axes, wafer: WaferDesign) -> None:
    """Draw the edge of the wafer and, dotted, how far dies may reach; axes in millimetres."""
    for margin, style in ((0.0, "-"), (wafer.edge_exclusion, ":")):
        ax.plot(*_edge(wafer, margin), style, color=INK, lw=0.9, solid_capstyle="butt")
    half = 0.52 * wafer.diameter / mm
    ax.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", xlabel="x (mm)", ylabel="y (mm)")


def fill_dies(ax: Axes, dies: np.ndarray, size: tuple[float, float], **look: Any) -> Any:
    """Draw dies as rectangles, in millimetres.

    Return the collection, which can carry an array of values.
    """
    from matplotlib.collections import PolyCollection

    corners = 0.5 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array(size)
    filled = PolyCollection(
        ((dies[:, None, :] + corners) / mm).tolist(), linewidths=0.4, snap=False, **look
    )
    ax.add_collection(filled)
    return filled


def _edge(wafer: WaferDesign, margin: float) -> np.ndarray:
    radius = 0.5 * wafer.diameter - margin
    angle = np.linspace(-0.5 * np.pi, 1.5 * np.pi, 721)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    if wafer.flat_length:
        y = np.maximum(y, wafer.flat_height + margin)
    return np.array([x, y]) / mm


def _handles() -> list[Any]:
    from matplotlib.patches import Patch

    names = {
        "bottom electrode": "bottom electrode, Au",
        "electrolyte": "island, Ag$_2$S",
        "top electrode": "top electrode, Ag",
    }
    return [
        Patch(color=COLOURS[layer], alpha=_ALPHA.get(layer, 1.0), label=name)
        for layer, name in names.items()
    ]
